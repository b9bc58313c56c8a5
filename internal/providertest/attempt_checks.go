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

// attempts is the number that a call has by default.
const attempts = 3

// threeAttempts: whether requests are lost or never leave, and whether the last
// one is as well, three attempts are three for everybody.
func threeAttempts(ctx context.Context, t testing.TB, p Provider) {
	tried := 0
	for _, safety := range safeties {
		for lost := attempts - 1; lost <= attempts; lost++ {
			if safety != transport.Once && tries(ctx, t, p, safety, lost, false) {
				tried++
			}
			if tries(ctx, t, p, safety, lost, true) {
				tried++
			}
		}
	}
	if tried < attempts {
		t.Errorf("%d operations tried", tried)
	}
}

// tries makes a call of which the first attempts are lost, on the way or, where
// nobody listens, before they leave. It returns false where the provider has no
// operation of the safety.
func tries(ctx context.Context, t testing.TB, p Provider, safety transport.Safety, lost int, unsent bool) bool {
	t.Helper()
	w, network := &watch{}, &deaf{}
	b := p.Open(t, issuing.WithHook(w.hook), issuing.WithHTTPClient(&http.Client{Transport: network}))
	op := b.op(safety)
	if op == nil {
		return false
	}
	w.op = op.Name
	arrive := attempts
	if unsent {
		network.left.Store(int64(lost))
		arrive -= lost
	} else {
		for range lost {
			check(t, b.Platform.Inject(op.Name, issuingtest.DropBefore()))
		}
	}
	call, info := op.Ready(), stale()
	before, start := b.Platform.Requests(op.Name), time.Now()
	err := call(ctx, issuing.WithCallInfo(&info))
	whole := time.Since(start)
	if info.Duration > whole || info.Duration < w.last.Sub(w.first) {
		t.Errorf("%s: CallInfo says %v; the call took %v, its attempts %v", op.Name, info.Duration, whole, w.last.Sub(w.first))
	}
	if n := b.Platform.Requests(op.Name) - before; info.Attempts != attempts || n != arrive {
		t.Errorf("%s: CallInfo says %d attempts, the platform saw %d", op.Name, info.Attempts, n)
	}
	var e *issuing.Error
	switch {
	case lost < attempts && err != nil:
		t.Errorf("%s after %d lost: %v", op.Name, lost, err)
	case lost == attempts && (!errors.As(err, &e) || e.Attempts != attempts):
		t.Errorf("%s after %d lost: %v", op.Name, lost, err)
	case lost == attempts && unsent && !errors.Is(err, issuing.ErrUnavailable):
		t.Errorf("%s never left: %v", op.Name, err)
	}
	for i, event := range w.events {
		if event.Attempt != i+1 || event.Retry != (i < attempts-1) {
			t.Errorf("%s: event %d is attempt %d, another follows: %t", op.Name, i+1, event.Attempt, event.Retry)
		}
	}
	if len(w.events) != attempts {
		t.Errorf("%s: the hook saw %d attempts", op.Name, len(w.events))
	}
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
			if info.Provider != p.Name || info.Op != op.Name || info.Attempts != 1 || info.Duration <= 0 || info.Status/100 != end.status/100 {
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

// lookedUp: an answer that is lost is settled by a look, which CallInfo says, and
// without the look the error says what to ask.
func lookedUp(ctx context.Context, t testing.TB, p Provider) {
	b := p.Open(t)
	tried := false
	for _, op := range b.Ops {
		if op.Look == "" {
			continue
		}
		tried = true
		before, looks := op.done(), b.Platform.Requests(op.Look)
		check(t, b.Platform.Inject(op.Name, issuingtest.DropAfter(), issuingtest.DropAfter(), issuingtest.DropAfter()))
		info := stale()
		if err := op.Call(ctx, issuing.WithCallInfo(&info)); err != nil || !info.Settled {
			t.Errorf("%s: %v, CallInfo %+v", op.Name, err, info)
		}
		if done, looked := op.done()-before, b.Platform.Requests(op.Look)-looks; done != 1 || looked == 0 {
			t.Errorf("%s: done %d times, looked up with %d requests", op.Name, done, looked)
		}
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
