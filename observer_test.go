package issuing_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

func TestKindName(t *testing.T) {
	t.Parallel()
	for name, err := range map[string]error{
		"":                   nil,
		"declined":           &issuing.Error{Kind: issuing.ErrDeclined},
		"outcome_unknown":    fmt.Errorf("a deposit: %w", &issuing.Error{Kind: issuing.ErrOutcomeUnknown, Err: issuing.ErrUnavailable}),
		"insufficient_funds": issuing.ErrInsufficientFunds, "canceled": issuing.ErrCanceled, "panic": issuing.ErrPanic,
		"_OTHER": errors.New("of somebody else"),
	} {
		if got := issuing.KindName(err); got != name {
			t.Errorf("%v is %q, want %q", err, got, name)
		}
	}
}

// TestLogCalls: one line a call, at the level that its end deserves, without the
// platform's words.
func TestLogCalls(t *testing.T) {
	t.Parallel()
	declined := &issuing.Error{Kind: issuing.ErrDeclined, Message: "words of the platform"}
	open := &issuing.Error{Kind: issuing.ErrOutcomeUnknown}
	for _, tt := range []struct {
		call issuing.CallEnd
		want string
	}{
		{
			issuing.CallEnd{Provider: "acme", Op: "Cards.Card", Attempts: 1, Status: 200, Duration: time.Second, RequestID: "r-1"},
			`level=DEBUG msg="issuing: call" provider=acme op=Cards.Card status=200 attempts=1 duration=1s request_id=r-1`,
		},
		{
			issuing.CallEnd{Provider: "acme", Op: "Cards.Deposit", Key: "order-1", Err: declined, Kind: issuing.ErrDeclined, Code: errors.New("code 7\nx"), Status: 200, Attempts: 2, Settled: true},
			`level=WARN msg="issuing: call failed" provider=acme op=Cards.Deposit key=order-1 kind=declined code="code 7 x" status=200 attempts=2 duration=0s settled=true`,
		},
		{
			issuing.CallEnd{Provider: "acme", Op: "Cards.Deposit", Key: "order-1", Err: open, Kind: issuing.ErrOutcomeUnknown, Attempts: 3},
			`level=ERROR msg="issuing: outcome unknown" provider=acme op=Cards.Deposit key=order-1 kind=outcome_unknown attempts=3 duration=0s`,
		},
		{
			issuing.CallEnd{Provider: "acme", Op: "Cards.Deposit", Err: issuing.ErrPanic, Kind: issuing.ErrPanic},
			`level=ERROR msg="issuing: call panicked" provider=acme op=Cards.Deposit kind=panic attempts=0 duration=0s`,
		},
	} {
		var out bytes.Buffer
		logger := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{
			Level: slog.LevelDebug,
			ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
				if a.Key == slog.TimeKey {
					return slog.Attr{}
				}
				return a
			},
		}))
		issuing.LogCalls(logger).End(context.Background(), tt.call)
		if got := strings.TrimSpace(out.String()); got != tt.want {
			t.Errorf("%s\nwant\n%s", got, tt.want)
		}
	}
}

// A line that nobody wants costs nothing. It counts allocations, so it runs alone.
func TestLogCallsCostsNothing(t *testing.T) {
	observer := issuing.LogCalls(slog.New(slog.NewTextHandler(&bytes.Buffer{}, nil)))
	if n := testing.AllocsPerRun(100, func() { observer.End(context.Background(), issuing.CallEnd{Provider: "acme"}) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestObserverNeedsAFunction(t *testing.T) {
	t.Parallel()
	for name, opt := range map[string]issuing.Option{
		"an observer without functions": issuing.WithObserver(issuing.Observer{}), "no hook": issuing.WithHook(nil),
	} {
		if _, err := issuing.NewSettings(opt); !errors.Is(err, issuing.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
