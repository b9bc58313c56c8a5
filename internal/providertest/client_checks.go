package providertest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// stale is a CallInfo that an earlier call has left.
func stale() issuing.CallInfo {
	return issuing.CallInfo{Provider: "stale", Op: "stale", Key: "stale", RequestID: "stale", Status: 999, Attempts: 99, Settled: true}
}

// wantUnsent checks the end of a call that was refused before it was sent.
func wantUnsent(t testing.TB, p Provider, b *Bench, before int, info issuing.CallInfo, err error, op string) {
	t.Helper()
	if !errors.Is(err, issuing.ErrInvalid) {
		t.Errorf("%s: %v, want %v", op, err, issuing.ErrInvalid)
	}
	if n := b.Platform.Requests("") - before; n != 0 {
		t.Errorf("%s: %d requests were sent", op, n)
	}
	if info.Provider != p.Name || info.Attempts != 0 || info.Status != 0 || info.Settled || info.RequestID != "" || info.Key == "stale" {
		t.Errorf("%s: CallInfo %+v", op, info)
	}
	if op != "Do" && info.Op != op {
		t.Errorf("CallInfo.Op is %q, want %q", info.Op, op)
	}
}

func refusedRequest(ctx context.Context, t testing.TB, p Provider) {
	b := p.Open(t)
	tried := 0
	for _, op := range b.Ops {
		if op.Invalid == nil {
			continue
		}
		tried++
		info, before := stale(), b.Platform.Requests("")
		err := op.Invalid(ctx, issuing.WithCallInfo(&info))
		wantUnsent(t, p, b, before, info, err, op.Name)
	}
	if tried == 0 {
		t.Error("no operation to try")
	}
}

func noPointer(ctx context.Context, t testing.TB, p Provider) {
	b := p.Open(t)
	for _, out := range []any{struct{}{}, (*struct{})(nil), map[string]any{}} {
		info, before := stale(), b.Platform.Requests("")
		err := b.Do(ctx, out, issuing.WithCallInfo(&info))
		wantUnsent(t, p, b, before, info, err, "Do")
	}
}

func invalidFirst(ctx context.Context, t testing.TB, p Provider) {
	b := p.Open(t)
	if b.Bare == nil {
		t.Skip("every operation has a published path")
	}
	info, before := stale(), b.Platform.Requests("")
	err := b.Bare(ctx, issuing.WithCallInfo(&info))
	wantUnsent(t, p, b, before, info, err, info.Op)
}

// watch is a hook that keeps the attempts of one operation, and when the first and
// the last were reported.
type watch struct {
	mu          sync.Mutex
	op          string
	events      []issuing.CallEvent
	first, last time.Time
}

func (w *watch) hook(_ context.Context, e issuing.CallEvent) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if e.Op != w.op {
		return
	}
	if len(w.events) == 0 {
		w.first = time.Now()
	}
	w.last = time.Now()
	w.events = append(w.events, e)
}

func threeAttempts(ctx context.Context, t testing.TB, p Provider) {
	for _, safety := range []transport.Safety{transport.Read, transport.Keyed, transport.Checked} {
		for _, faults := range []int{2, 3} {
			w := &watch{}
			b := p.Open(t, issuing.WithHook(w.hook))
			op := b.op(safety)
			if op == nil {
				continue
			}
			w.op = op.Name
			for range faults {
				if err := b.Platform.Inject(op.Name, issuingtest.DropBefore()); err != nil {
					t.Fatal(err)
				}
			}
			info := stale()
			start := time.Now()
			err := op.Call(ctx, issuing.WithCallInfo(&info))
			whole := time.Since(start)
			if info.Duration > whole || info.Duration < w.last.Sub(w.first) {
				t.Errorf("%s: CallInfo says %v; the call took %v, its attempts %v", op.Name, info.Duration, whole, w.last.Sub(w.first))
			}
			if info.Attempts != 3 || b.Platform.Requests(op.Name) != 3 {
				t.Errorf("%s: CallInfo says %d attempts, the platform saw %d", op.Name, info.Attempts, b.Platform.Requests(op.Name))
			}
			var e *issuing.Error
			switch {
			case faults == 2 && err != nil:
				t.Errorf("%s after two faults: %v", op.Name, err)
			case faults == 3 && (!errors.As(err, &e) || e.Attempts != 3):
				t.Errorf("%s after three faults: %v", op.Name, err)
			}
			for i, event := range w.events {
				if event.Attempt != i+1 || event.Retry != (i < 2) {
					t.Errorf("%s: event %d is attempt %d, another follows: %t", op.Name, i+1, event.Attempt, event.Retry)
				}
			}
			if len(w.events) != 3 {
				t.Errorf("%s: the hook saw %d attempts", op.Name, len(w.events))
			}
		}
	}
}

func quotedSecrets(ctx context.Context, t testing.TB, p Provider) {
	var events []issuing.CallEvent
	b := p.Open(t, issuing.WithHook(func(_ context.Context, e issuing.CallEvent) { events = append(events, e) }))
	tried := 0
	for _, op := range b.Ops {
		if len(op.Secrets) == 0 {
			continue
		}
		tried++
		b.Refuse(op.Name, "your "+strings.Join(op.Secrets, " and ")+" are wrong")
		err := op.Call(ctx)
		var e *issuing.Error
		if !errors.As(err, &e) {
			t.Errorf("%s: %v, want the refusal", op.Name, err)
			continue
		}
		if !strings.Contains(err.Error(), "are wrong") {
			t.Errorf("%s: the platform's words are lost: %v", op.Name, err)
		}
		var logged bytes.Buffer
		slog.New(slog.NewJSONHandler(&logged, nil)).Error("failed", "err", err, "error", e, "events", events)
		asJSON, _ := json.Marshal(e)
		shown := fmt.Sprintf("%v %+v %#v %+v %s %s", err, e, e, events, &logged, asJSON)
		for _, secret := range op.Secrets {
			if strings.Contains(shown, secret) {
				t.Errorf("%s: the request's secret is printed: %v", op.Name, err)
			}
		}
	}
	if tried == 0 {
		t.Error("no operation with a secret to try")
	}
}

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

func cancelled(ctx context.Context, t testing.TB, p Provider) {
	end := func(op Op, what string, err error) {
		t.Helper()
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s, %s: %v, want %v in the chain", op.Name, what, err, context.Canceled)
		}
	}
	ops := p.Open(t).Ops
	for i := range ops {
		// Each stage has a platform of its own: what a cancelled call leaves there
		// must not reach the next.
		stage := func(what string, prepare func(b *Bench, op Op, cancel func()), opts ...issuing.Option) {
			ctx, cancel := context.WithCancel(ctx)
			defer cancel()
			b := p.Open(t, append(opts, issuing.WithHook(func(_ context.Context, e issuing.CallEvent) {
				if what == "in the wait" && e.Retry {
					cancel()
				}
			}))...)
			prepare(b, b.Ops[i], cancel)
			end(b.Ops[i], what, within(t, b.Ops[i].Name+", "+what, func() error { return b.Ops[i].Call(ctx) }))
		}
		stage("before it begins", func(_ *Bench, _ Op, cancel func()) { cancel() })
		stage("while the platform thinks", func(b *Bench, op Op, cancel func()) {
			b.Platform.Choose(func(name string) issuingtest.Fault {
				if name != op.Name {
					return issuingtest.Fault{}
				}
				cancel()
				return issuingtest.DelayAfter(time.Minute)
			})
		})
		if ops[i].Safety != transport.Once {
			stage("in the wait", func(b *Bench, op Op, _ func()) {
				if err := b.Platform.Inject(op.Name, issuingtest.DropBefore()); err != nil {
					t.Fatal(err)
				}
			}, issuing.WithRetryWait(time.Hour, time.Hour))
		}
		if ops[i].Look != "" {
			stage("in the look-up", func(b *Bench, op Op, cancel func()) {
				b.Platform.Choose(func(name string) issuingtest.Fault {
					switch name {
					case op.Name:
						return issuingtest.DropAfter()
					case op.Look:
						cancel()
						return issuingtest.DelayAfter(time.Minute)
					}
					return issuingtest.Fault{}
				})
			})
		}
	}
}
