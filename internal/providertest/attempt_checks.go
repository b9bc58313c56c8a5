package providertest

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// safeties are all of them.
var safeties = []transport.Safety{transport.Read, transport.Keyed, transport.Checked, transport.Once}

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

// numbered checks that the hook saw n attempts, each with its number, of which all
// but the last are followed by another.
func (w *watch) numbered(t testing.TB, n int) {
	t.Helper()
	for i, event := range w.events {
		if event.Attempt != i+1 || event.Retry != (i < n-1) {
			t.Errorf("%s: event %d is attempt %d, another follows: %t", w.op, i+1, event.Attempt, event.Retry)
		}
	}
	if len(w.events) != n {
		t.Errorf("%s: the hook saw %d attempts, want %d", w.op, len(w.events), n)
	}
}

// attempts is the number that a call has by default.
const attempts = 3

// loss is what becomes of a call's first attempts.
type loss int

const (
	onTheWay loss = iota // they leave and do not arrive
	unsent               // nobody listens, so they do not leave
)

// trial is a call of which the first attempts are lost.
type trial struct {
	safety transport.Safety
	how    loss
	lost   int
}

// threeAttempts: whether requests are lost or never leave, and whether the last
// one is as well, three attempts are three for everybody.
func threeAttempts(ctx context.Context, t testing.TB, p Provider) {
	tried := 0
	for _, safety := range safeties {
		for lost := attempts - 1; lost <= attempts; lost++ {
			for _, how := range []loss{onTheWay, unsent} {
				if safety == transport.Once && how == onTheWay {
					continue // not repeated
				}
				if (trial{safety, how, lost}).run(ctx, t, p) {
					tried++
				}
			}
		}
	}
	if tried < 6 {
		t.Errorf("%d calls tried", tried)
	}
}

// run makes the call. It returns false where the provider has no operation of the
// safety.
func (c trial) run(ctx context.Context, t testing.TB, p Provider) bool {
	t.Helper()
	w, network := &watch{}, &deaf{}
	b := p.Open(t, issuing.WithHook(w.hook), issuing.WithHTTPClient(&http.Client{Transport: network}))
	op := b.op(c.safety)
	if op == nil {
		return false
	}
	w.op = op.Name
	arrive, call := attempts, op.Ready()
	if c.how == unsent {
		network.left.Store(int64(c.lost))
		arrive -= c.lost
	} else {
		for range c.lost {
			check(t, b.Platform.Inject(op.Name, issuingtest.DropBefore()))
		}
	}
	info, before, start := stale(), b.Platform.Requests(op.Name), time.Now()
	err := call(ctx, issuing.WithCallInfo(&info))
	whole := time.Since(start)
	if inside := w.last.Sub(w.first); info.Duration > whole || info.Duration < inside {
		t.Errorf("%s: CallInfo says %v; the call took %v, its attempts %v", op.Name, info.Duration, whole, inside)
	}
	if n := b.Platform.Requests(op.Name) - before; info.Attempts != attempts || n != arrive {
		t.Errorf("%s: CallInfo says %d attempts, the platform saw %d", op.Name, info.Attempts, n)
	}
	var e *issuing.Error
	switch {
	case c.lost < attempts && err != nil:
		t.Errorf("%s after %d lost: %v", op.Name, c.lost, err)
	case c.lost == attempts && (!errors.As(err, &e) || e.Attempts != attempts):
		t.Errorf("%s after %d lost: %v", op.Name, c.lost, err)
	case c.lost == attempts && c.how == unsent && !errors.Is(err, issuing.ErrUnavailable):
		t.Errorf("%s never left: %v", op.Name, err)
	}
	w.numbered(t, attempts)
	return true
}

// everyEnd: a call that ends fills all of CallInfo anew, whether it succeeds, is
// refused or gets no answer.
func everyEnd(ctx context.Context, t testing.TB, p Provider) {
	b := p.Open(t, issuing.WithMaxAttempts(1))
	for _, op := range b.Ops {
		for _, end := range []struct {
			fault  issuingtest.Fault
			fails  bool
			status int
		}{
			{issuingtest.Fault{}, false, http.StatusOK},
			{issuingtest.Refuse(http.StatusBadRequest, "{}"), true, http.StatusBadRequest},
			{issuingtest.DropBefore(), true, 0},
		} {
			check(t, b.Platform.Inject(op.Name, end.fault))
			info := stale()
			err := op.Call(ctx, issuing.WithCallInfo(&info))
			if (err != nil) != end.fails && op.Look == "" {
				t.Errorf("%s, %v: %v", op.Name, end.fault, err)
			}
			named := info.Provider == p.Name && info.Op == op.Name
			if !named || info.Attempts != 1 || info.Duration <= 0 || info.Status/100 != end.status/100 {
				t.Errorf("%s, %v: CallInfo %+v", op.Name, end.fault, info)
			}
			if info.Key == "stale" || info.RequestID == "stale" || info.Raw.Reveal() == "stale" || info.Settled && op.Look == "" {
				t.Errorf("%s, %v: CallInfo of an earlier call", op.Name, end.fault)
			}
			var e *issuing.Error
			if errors.As(err, &e) && (e.Key != info.Key || e.Status != info.Status || e.RequestID != info.RequestID) {
				t.Errorf("%s, %v: CallInfo %+v, error %v", op.Name, end.fault, info, err)
			}
		}
	}
}

// lookedUp: an answer that is lost is settled by a look, which CallInfo says. What
// the look asks for is no attempt of the operation.
func lookedUp(ctx context.Context, t testing.TB, p Provider) {
	w := &watch{}
	b := p.Open(t, issuing.WithHook(w.hook))
	tried := false
	for _, op := range b.Ops {
		if op.Look == "" {
			continue
		}
		tried = true
		call, before, looks := op.Ready(), op.done(), b.Platform.Requests(op.Look)
		w.op, w.events = op.Name, nil
		b.Platform.Choose(lost(op.Name))
		info := stale()
		err := call(ctx, issuing.WithCallInfo(&info))
		b.Platform.Choose(nil)
		if err != nil || !info.Settled {
			t.Errorf("%s: %v, CallInfo %+v", op.Name, err, info)
		}
		looked := b.Platform.Requests(op.Look) - looks
		if done := op.done() - before; done != 1 || looked == 0 {
			t.Errorf("%s: done %d times, looked up with %d requests", op.Name, done, looked)
		}
		w.numbered(t, info.Attempts)
	}
	if !tried {
		t.Skip("no look-ups")
	}
}

// namesAgree: the operation that a call's hook names is the one that the platform
// counts, and every attempt is told of once, those of look-ups included.
func namesAgree(ctx context.Context, t testing.TB, p Provider) {
	var seen map[string]int
	b := p.Open(t, issuing.WithHook(func(_ context.Context, e issuing.CallEvent) {
		seen[e.Op]++
		seen[""]++
	}))
	for _, fault := range []issuingtest.Fault{{}, issuingtest.DropBefore(), issuingtest.BadGatewayAfter()} {
		for _, op := range b.Ops {
			call := op.Ready()
			check(t, b.Platform.Inject(op.Name, fault))
			counts := []string{"", op.Name}
			if op.Look != "" {
				counts = append(counts, op.Look)
			}
			before := map[string]int{}
			for _, name := range counts {
				before[name] = b.Platform.Requests(name)
			}
			seen = map[string]int{}
			if err := call(ctx); fault == (issuingtest.Fault{}) && err != nil {
				t.Errorf("%s: %v", op.Name, err)
			}
			for _, name := range counts {
				if n := b.Platform.Requests(name) - before[name]; n != seen[name] {
					t.Errorf("%s, %v: hooks tell of %d requests of %q, the platform counts %d", op.Name, fault, seen[name], name, n)
				}
			}
			if seen[op.Name] == 0 {
				t.Errorf("%s, %v: hooks tell of no request", op.Name, fault)
			}
		}
	}
}
