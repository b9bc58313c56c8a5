package providertest

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// within runs call and fails when it is not promptly back.
func within(t testing.TB, what string, call func() error) error {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- call() }()
	select {
	case err := <-done:
		return err
	case <-time.After(20 * time.Second):
		t.Errorf("%s: the call does not end", what)
		return context.Canceled
	}
}

// stage is a point of a call at which its context is cancelled.
type stage struct {
	name string
	// sent says that an attempt may have been carried out by then.
	sent bool
	// has says which operations come to it; nil is all.
	has func(Op) bool
	// options of the client; cancel ends the call's context.
	options func(cancel func()) []issuing.Option
	// prepare has the platform cancel, or the network.
	prepare func(t testing.TB, b *Bench, op Op, cancel func())
}

func repeats(op Op) bool { return op.Safety != transport.Once }
func looks(op Op) bool   { return op.Look != "" }

// think has the platform cancel at a request of an operation, and take its time.
func think(op string, cancel func(), others func(name string) issuingtest.Fault) func(string) issuingtest.Fault {
	return func(name string) issuingtest.Fault {
		if name != op {
			return others(name)
		}
		cancel()
		return issuingtest.DelayAfter(time.Minute)
	}
}

// lost drops the answers of an operation.
func lost(op string) func(string) issuingtest.Fault {
	return func(name string) issuingtest.Fault {
		if name == op {
			return issuingtest.DropAfter()
		}
		return issuingtest.Fault{}
	}
}

// atLimit is a limiter that lets n attempts pass and cancels while it holds the
// next one back.
func atLimit(n int, cancel func()) issuing.Option {
	var passed atomic.Int64
	return issuing.WithLimiter(func(ctx context.Context) error {
		if int(passed.Add(1)) <= n {
			return nil
		}
		cancel()
		<-ctx.Done()
		return ctx.Err()
	})
}

var stages = []stage{
	{
		name:    "before it begins",
		prepare: func(_ testing.TB, _ *Bench, _ Op, cancel func()) { cancel() },
	},
	{
		name:    "in the limiter",
		options: func(cancel func()) []issuing.Option { return []issuing.Option{atLimit(0, cancel)} },
	},
	{
		name: "while it connects",
		options: func(cancel func()) []issuing.Option {
			network := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				cancel()
				<-ctx.Done()
				return nil, ctx.Err()
			}}
			return []issuing.Option{issuing.WithHTTPClient(&http.Client{Transport: network})}
		},
	},
	{
		name: "while the platform thinks", sent: true,
		prepare: func(_ testing.TB, b *Bench, op Op, cancel func()) {
			b.Platform.Choose(think(op.Name, cancel, lost("")))
		},
	},
	{
		name: "while the answer comes", sent: true,
		options: func(cancel func()) []issuing.Option {
			return []issuing.Option{issuing.WithHTTPClient(&http.Client{Transport: slow{cancel}})}
		},
		prepare: func(_ testing.TB, b *Bench, op Op, _ func()) {
			b.Platform.Choose(func(name string) issuingtest.Fault {
				if name == op.Name {
					return issuingtest.Truncate()
				}
				return issuingtest.Fault{}
			})
		},
	},
	{
		name: "in the wait", sent: true, has: repeats,
		options: func(cancel func()) []issuing.Option {
			hook := func(_ context.Context, e issuing.CallEvent) {
				if e.Retry {
					cancel()
				}
			}
			return []issuing.Option{issuing.WithRetryWait(time.Hour, time.Hour), issuing.WithHook(hook)}
		},
		prepare: func(t testing.TB, b *Bench, op Op, _ func()) {
			check(t, b.Platform.Inject(op.Name, issuingtest.DropBefore()))
		},
	},
	{
		name: "in the limiter of the second attempt", sent: true, has: func(op Op) bool { return repeats(op) && !looks(op) },
		options: func(cancel func()) []issuing.Option { return []issuing.Option{atLimit(1, cancel)} },
		prepare: func(_ testing.TB, b *Bench, op Op, _ func()) { b.Platform.Choose(lost(op.Name)) },
	},
	{
		name: "in the look-up", sent: true, has: looks,
		prepare: func(_ testing.TB, b *Bench, op Op, cancel func()) {
			b.Platform.Choose(think(op.Look, cancel, lost(op.Name)))
		},
	},
	{
		name: "in the limiter of the look-up", sent: true, has: looks,
		options: func(cancel func()) []issuing.Option {
			return []issuing.Option{issuing.WithMaxAttempts(1), atLimit(1, cancel)}
		},
		prepare: func(_ testing.TB, b *Bench, op Op, _ func()) { b.Platform.Choose(lost(op.Name)) },
	},
}

// cancelled: at whatever stage its context is cancelled, a call ends at once, says
// so, and knows whether anything can have happened.
func cancelled(ctx context.Context, t testing.TB, p Provider) {
	ops := p.Open(t).Ops
	for _, s := range stages {
		for i, op := range ops {
			if s.has == nil || s.has(op) {
				s.try(ctx, t, p, i)
			}
		}
	}
}

// try cancels a call of the operation at the stage. Each call has a platform of
// its own: what a cancelled one leaves there must not reach the next.
func (s stage) try(ctx context.Context, t testing.TB, p Provider, operation int) {
	t.Helper()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var opts []issuing.Option
	if s.options != nil {
		opts = s.options(cancel)
	}
	b := p.Open(t, opts...)
	op := b.Ops[operation]
	call := op.Ready()
	if s.prepare != nil {
		s.prepare(t, b, op, cancel)
	}
	before, what := b.Platform.Requests(op.Name), op.Name+", "+s.name
	err := within(t, what, func() error { return call(ctx) })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%s: %v, want %v in the chain", what, err, context.Canceled)
	}
	if open := s.sent && op.Safety != transport.Read; errors.Is(err, issuing.ErrOutcomeUnknown) != open {
		t.Errorf("%s: %v, want an open outcome: %t", what, err, open)
	} else if !open && !errors.Is(err, issuing.ErrCanceled) {
		t.Errorf("%s: %v, want the caller's own doing, %v", what, err, issuing.ErrCanceled)
	}
	if n := b.Platform.Requests(op.Name) - before; (n > 0) != s.sent {
		t.Errorf("%s: %d requests arrived", what, n)
	}
}
