package providertest

import (
	"context"
	"errors"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/transport"
)

// stale is a CallInfo that an earlier call has left.
func stale() issuing.CallInfo {
	return issuing.CallInfo{
		Provider: "stale", Op: "stale", Key: "stale", RequestID: "stale", Status: 999, Attempts: 99, Duration: -1,
		Settled: true, Raw: issuing.NewSecret("stale"),
	}
}

// unsent makes a call and checks that it was refused before it was sent, and that
// its CallInfo says so.
func unsent(ctx context.Context, t testing.TB, p Provider, b *Bench, op string, call Call, kind error) {
	t.Helper()
	info, before := stale(), b.Platform.Requests("")
	err := call(ctx, issuing.WithCallInfo(&info))
	var e *issuing.Error
	if !errors.Is(err, kind) || !errors.As(err, &e) {
		t.Errorf("%s: %v, want %v", op, err, kind)
		return
	}
	if n := b.Platform.Requests("") - before; n != 0 {
		t.Errorf("%s: %d requests were sent", op, n)
	}
	want := issuing.CallInfo{Provider: p.Name, Op: e.Op, Key: e.Key, Duration: info.Duration}
	if info != want || info.Duration < 0 || e.Provider != p.Name || e.Attempts != 0 {
		t.Errorf("%s: CallInfo %+v, want %+v", op, info, want)
	}
	if op != "Do" && e.Op != op {
		t.Errorf("%s: the error is of %s", op, e.Op)
	}
}

func refusedRequest(ctx context.Context, t testing.TB, p Provider) {
	b := p.Open(t)
	for _, op := range b.Ops {
		unsent(ctx, t, p, b, op.Name, op.Invalid, issuing.ErrInvalid)
	}
}

func noPointer(ctx context.Context, t testing.TB, p Provider) {
	b := p.Open(t)
	for _, out := range []any{struct{}{}, (*struct{})(nil), map[string]any{}} {
		unsent(ctx, t, p, b, "Do", func(ctx context.Context, opts ...issuing.CallOption) error {
			return b.Do(ctx, out, opts...)
		}, issuing.ErrInvalid)
	}
	if err := b.Do(ctx, new(any)); err != nil {
		t.Errorf("Do with a pointer: %v", err)
	}
}

func notConfigured(ctx context.Context, t testing.TB, p Provider) {
	b := p.Open(t)
	if b.Bare == nil {
		t.Skip("every operation has a published path")
	}
	unsent(ctx, t, p, b, b.Bare.Name, b.Bare.Invalid, issuing.ErrInvalid)
	unsent(ctx, t, p, b, b.Bare.Name, b.Bare.Call, issuing.ErrNotConfigured)
}

// limited: what the limiter refuses is not sent, fails for good, and a write has
// its key all the same: keys are drawn before the first attempt.
func limited(ctx context.Context, t testing.TB, p Provider) {
	full := errors.New("the quota is used up")
	b := p.Open(t, issuing.WithLimiter(func(context.Context) error { return full }))
	for _, op := range b.Ops {
		info, before, done := stale(), b.Platform.Requests(op.Name), op.done()
		err := op.Call(ctx, issuing.WithCallInfo(&info))
		var e *issuing.Error
		if !errors.Is(err, full) || !errors.As(err, &e) || errors.Is(err, issuing.ErrOutcomeUnknown) {
			t.Errorf("%s: %v", op.Name, err)
			continue
		}
		if b.Platform.Requests(op.Name) != before || op.done() != done {
			t.Errorf("%s was sent", op.Name)
		}
		if info.Provider != p.Name || info.Op != op.Name || info.Key != e.Key || info.Status != 0 || info.Settled || info.Attempts != e.Attempts {
			t.Errorf("%s: CallInfo %+v, %v", op.Name, info, err)
		}
		if op.Safety != transport.Read && info.Key == "" {
			t.Errorf("%s: a write without a key", op.Name)
		}
	}
}
