package issuing_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	issuing "github.com/issuing-sdk/issuing-go"
)

func TestSettingsDefaults(t *testing.T) {
	t.Parallel()
	got, err := issuing.NewSettings(nil)
	if err != nil {
		t.Fatal(err)
	}
	want := issuing.Settings{
		Timeout: 30 * time.Second, MaxAttempts: 3, MinRetryWait: 250 * time.Millisecond, MaxRetryWait: 5 * time.Second,
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(issuing.Settings{}, "Now")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got.Now == nil {
		t.Error("no clock")
	}
}

func TestOptionsAreApplied(t *testing.T) {
	t.Parallel()
	hc := &http.Client{Timeout: time.Minute}
	at := time.Unix(1, 0)
	limited := errors.New("limited")
	s, err := issuing.NewSettings(
		issuing.WithHTTPClient(hc), issuing.WithTimeout(time.Second), issuing.WithMaxAttempts(20),
		issuing.WithRetryWait(time.Nanosecond, time.Nanosecond), issuing.WithClock(func() time.Time { return at }),
		issuing.WithLimiter(func(context.Context) error { return limited }),
	)
	if err != nil {
		t.Fatal(err)
	}
	if s.HTTPClient != hc || s.Timeout != time.Second || s.MaxAttempts != 20 || s.MinRetryWait != 1 || s.MaxRetryWait != 1 {
		t.Errorf("not applied: %+v", s)
	}
	if !s.Now().Equal(at) || !errors.Is(s.Limiter(t.Context()), limited) {
		t.Error("clock or limiter not applied")
	}
}

func TestBadOptions(t *testing.T) {
	t.Parallel()
	for name, opt := range map[string]issuing.Option{
		"nil client": issuing.WithHTTPClient(nil), "timeout 0": issuing.WithTimeout(0), "negative timeout": issuing.WithTimeout(-1),
		"0 attempts": issuing.WithMaxAttempts(0), "-1 attempts": issuing.WithMaxAttempts(-1), "21 attempts": issuing.WithMaxAttempts(21),
		"wait 0": issuing.WithRetryWait(0, time.Second), "longest below shortest": issuing.WithRetryWait(2, 1),
		"nil hook": issuing.WithHook(nil), "nil limiter": issuing.WithLimiter(nil), "nil clock": issuing.WithClock(nil),
	} {
		s, err := issuing.NewSettings(opt)
		if !errors.Is(err, issuing.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(issuing.Settings{}, s, cmpopts.IgnoreFields(issuing.Settings{}, "Now")); diff != "" || s.Now != nil {
			t.Errorf("%s: settings come with the error:\n%s", name, diff)
		}
	}
}

// Settings are copied: what a clone adds must not reach the original.
func TestSettingsWithCopies(t *testing.T) {
	t.Parallel()
	var order []string
	hook := func(name string) issuing.Option {
		return issuing.WithHook(func(context.Context, issuing.CallEvent) { order = append(order, name) })
	}
	base, err := issuing.NewSettings(hook("a"), hook("b"))
	if err != nil {
		t.Fatal(err)
	}
	one, err := base.With(hook("c"), issuing.WithTimeout(time.Second))
	if err != nil {
		t.Fatal(err)
	}
	two, err := base.With(hook("d"))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []issuing.Settings{base, one, two} {
		for _, h := range s.Observers {
			h.EndAttempt(t.Context(), issuing.CallEvent{})
		}
		order = append(order, "|")
	}
	if diff := cmp.Diff([]string{"a", "b", "|", "a", "b", "c", "|", "a", "b", "d", "|"}, order); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if base.Timeout != issuing.DefaultTimeout {
		t.Error("With changed its receiver")
	}
}

func TestCallOptions(t *testing.T) {
	t.Parallel()
	var info issuing.CallInfo
	got := issuing.NewCallSettings(nil, issuing.WithCallInfo(&info), issuing.WithIdempotencyKey("k-1"))
	if got.Info != &info || got.IdempotencyKey != "k-1" || got.Header != nil {
		t.Errorf("not applied: %+v", got)
	}
}
