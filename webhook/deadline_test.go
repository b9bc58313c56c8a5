package webhook

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// slow is a function that takes its time, whatever its context says.
func slow(d time.Duration, err error) Func {
	return func(_ context.Context, event *Event) error {
		time.Sleep(d)
		if q, ok := event.Data.(*toyQuestion); ok {
			q.Answer = "yes"
		}
		return err
	}
}

// What is reported of a function, at its deadline of a second and afterwards.
func TestDeadline(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	for name, c := range map[string]struct {
		fn      Func
		dropped bool
		want    []string // outcome, code and duration of each report
		errs    []error
	}{
		"in time":             {slow(900*time.Millisecond, nil), false, []string{"handled yes 900ms"}, []error{nil}},
		"error in time":       {slow(900*time.Millisecond, boom), false, []string{"failed  900ms"}, []error{boom}},
		"late":                {slow(3*time.Second, nil), true, []string{"late  1s", "overtime yes 3s"}, []error{ErrLate, nil}},
		"error, late":         {slow(3*time.Second, boom), true, []string{"late  1s", "overtime yes 3s"}, []error{ErrLate, boom}},
		"panic in time":       {func(context.Context, *Event) error { panic(1) }, false, []string{"failed  0s"}, []error{ErrPanic}},
		"goroutine ends":      {func(context.Context, *Event) error { runtime.Goexit(); return nil }, false, []string{"failed  0s"}, []error{ErrPanic}},
		"follows its context": {func(ctx context.Context, _ *Event) error { <-ctx.Done(); return ctx.Err() }, true, []string{"late  1s", "overtime  1s"}, []error{ErrLate, context.DeadlineExceeded}},
		"panic, late": {func(context.Context, *Event) error { time.Sleep(2 * time.Second); panic(1) }, true,
			[]string{"late  1s", "overtime  2s"}, []error{ErrLate, ErrPanic}},
	} {
		synctest.Test(t, func(t *testing.T) {
			_, src := newToy(WithDeadline(time.Second))
			var rec recorder
			h := NewHandler(src, c.fn, WithObserver(rec.observe))
			a := h.Handle(t.Context(), &Request{Header: toyHeader("n"), Body: []byte("SEALED ask 1")})
			time.Sleep(time.Minute)
			if a.Drop != c.dropped {
				t.Errorf("%s: answered %+v", name, a)
			}
			var got []string
			for i, r := range rec.all() {
				got = append(got, string(r.Outcome)+" "+r.Code+" "+r.Duration.String())
				if i < len(c.errs) && !errors.Is(r.Err, c.errs[i]) || r.Provider != "toy" || r.Type != "ask" || r.ID != "1" || r.RequestID != "n" {
					t.Errorf("%s: report %d: %+v", name, i, r)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		})
	}
}

// A function that was left behind goes on to hold its claims: meanwhile the event
// is busy, afterwards it is handled or free again.
func TestDeadlineAndClaims(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err       error
		afterward Outcome
	}{"success": {nil, OutcomeDuplicate}, "failure": {errors.New("boom"), OutcomeLate}} {
		synctest.Test(t, func(t *testing.T) {
			_, src := newToy(WithDeadline(time.Second))
			var rec recorder
			h := NewHandler(src, slow(3*time.Second, c.err), WithObserver(rec.observe))
			send := func() { h.Handle(t.Context(), &Request{Header: toyHeader("n"), Body: []byte("SEALED tell 1")}) }
			send()
			send()
			time.Sleep(time.Minute)
			send()
			time.Sleep(time.Minute)
			want := []Outcome{OutcomeLate, OutcomeBusy, OutcomeOvertime, c.afterward}
			if c.afterward == OutcomeLate {
				want = append(want, OutcomeOvertime)
			}
			var got []Outcome
			for _, r := range rec.all() {
				got = append(got, r.Outcome)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		})
	}
}

// The deadline begins with the arrival: what the checks take is the function's no
// more, and a function without time is not called.
func TestDeadlineIsOne(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		check, function time.Duration
		outcome         Outcome
		runs            int
	}{
		{900 * time.Millisecond, 50 * time.Millisecond, OutcomeHandled, 1},
		{900 * time.Millisecond, 200 * time.Millisecond, OutcomeLate, 1},
		{2 * time.Second, 0, OutcomeLate, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			_, src := newToy(WithDeadline(time.Second), WithPrecheck(func(context.Context, *Request) error {
				time.Sleep(c.check)
				return nil
			}))
			var rec recorder
			var runs atomic.Int64
			h := NewHandler(src, func(context.Context, *Event) error {
				runs.Add(1)
				time.Sleep(c.function)
				return nil
			}, WithObserver(rec.observe))
			h.Handle(t.Context(), &Request{Header: toyHeader("n"), Body: []byte("SEALED tell 1")})
			time.Sleep(time.Minute)
			if rec.all()[0].Outcome != c.outcome || int(runs.Load()) != c.runs {
				t.Errorf("%v, %v: %+v, %d runs", c.check, c.function, rec.all(), runs.Load())
			}
			state := probe(t, src.deduper, Claims{Event: "toy/event/1"})
			if want := map[int]Claim{0: ClaimNew, 1: ClaimDone}[c.runs]; state != want {
				t.Errorf("%v, %v: the claim is %v", c.check, c.function, state)
			}
		})
	}
}

// Nothing that panics in a function's own goroutine ends the process.
func TestLatePanicsAreContained(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &panickingDeduper{NewMemoryDeduper(0, 0)}
		_, src := newToy(WithDeadline(time.Second), WithDeduper(store))
		var told atomic.Int64
		h := NewHandler(src, slow(2*time.Second, nil), WithObserver(func(context.Context, Report) { told.Add(1); panic("observer") }))
		h.Handle(t.Context(), &Request{Header: toyHeader("n"), Body: []byte("SEALED tell 1")})
		time.Sleep(time.Minute)
		if told.Load() != 2 {
			t.Errorf("%d reports", told.Load())
		}
		src, err := NewSource("odd", latePanic{}, WithDeadline(time.Second))
		if err != nil {
			t.Fatal(err)
		}
		h = NewHandler(src, slow(2*time.Second, nil), WithObserver(func(context.Context, Report) { told.Add(1) }))
		h.Handle(t.Context(), &Request{})
		time.Sleep(time.Minute)
		if told.Load() != 4 {
			t.Errorf("%d reports", told.Load())
		}
	})
}

type panickingDeduper struct{ Deduper }

func (d panickingDeduper) Do(
	ctx context.Context, c Claims, fn func(context.Context) ([]byte, error),
) (Claim, []byte, error) {
	_, _, _ = d.Deduper.Do(ctx, c, fn)
	panic("store")
}

// latePanic is a scheme that knows nothing of overtime.
type latePanic struct{}

func (latePanic) Verify(context.Context, *Request) (Verified, error) { return Verified{}, nil }

func (latePanic) Open(context.Context, *Request, Verified) (*Event, error) { return &Event{}, nil }

func (latePanic) Answer(_ *Request, result Result) Answer {
	if result.Event != nil {
		panic("unexpected")
	}
	return Answer{Drop: true}
}

// A caller who hangs up is answered no more, and the function is left behind.
func TestDeadlineAndAnImpatientCaller(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, src := newToy(WithDeadline(time.Minute))
		var rec recorder
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		NewHandler(src, slow(10*time.Second, nil), WithObserver(rec.observe)).
			Handle(ctx, &Request{Header: toyHeader("n"), Body: []byte("SEALED tell 1")})
		if len(rec.all()) != 1 || rec.all()[0].Outcome != OutcomeLate || rec.all()[0].Duration != time.Second {
			t.Errorf("%+v", rec.all())
		}
		time.Sleep(time.Minute)
		if rec.outcomes() != "late overtime" {
			t.Error(rec.outcomes())
		}
	})
}

// deadlines is a writer that notes the deadlines of its connection's reads.
type deadlines struct {
	*httptest.ResponseRecorder
	set []time.Time
}

func (d *deadlines) SetReadDeadline(at time.Time) error {
	d.set = append(d.set, at)
	return nil
}

// A body has ten seconds, the source's deadline or the server's, whichever is
// shortest; the limit is lifted when the body is there, and not for one that is
// refused, whose rest net/http reads.
func TestBodyDeadline(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		server   *http.Server
		deadline time.Duration
		body     io.Reader
		limit    time.Duration // 0 is none of ours
		lifted   bool
		status   int
	}{
		"default":        {nil, 0, strings.NewReader("SEALED a 1"), 10 * time.Second, true, 200},
		"source":         {nil, 2 * time.Second, strings.NewReader("SEALED a 1"), 2 * time.Second, true, 200},
		"long source":    {nil, time.Minute, strings.NewReader("SEALED a 1"), 10 * time.Second, true, 200},
		"server":         {&http.Server{ReadTimeout: time.Second}, 0, strings.NewReader("SEALED a 1"), 0, false, 200},
		"patient server": {&http.Server{ReadTimeout: time.Minute}, 0, strings.NewReader("SEALED a 1"), 10 * time.Second, true, 200},
		"silent server":  {&http.Server{}, 0, strings.NewReader("SEALED a 1"), 10 * time.Second, true, 200},
		"too slow":       {nil, 0, timeout{}, 10 * time.Second, false, 408},
		"too large":      {nil, 0, strings.NewReader(strings.Repeat("x", 101)), 10 * time.Second, false, 413},
	} {
		synctest.Test(t, func(t *testing.T) {
			_, src := newToy(WithDeadline(c.deadline), WithMaxBody(100))
			ctx := t.Context()
			if c.server != nil {
				ctx = context.WithValue(ctx, http.ServerContextKey, c.server)
			}
			r := request(ctx, "1", "")
			r.Body, r.ContentLength = io.NopCloser(c.body), -1
			w := &deadlines{ResponseRecorder: httptest.NewRecorder()}
			begun := time.Now()
			NewHandler(src, nothing, WithObserver(func(context.Context, Report) {})).ServeHTTP(w, r)
			var want []time.Time
			if c.limit > 0 {
				want = append(want, begun.Add(c.limit))
			}
			if c.lifted {
				want = append(want, time.Time{})
			}
			if diff := cmp.Diff(want, w.set); diff != "" || w.Code != c.status {
				t.Errorf("%s: %d (-want +got):\n%s", name, w.Code, diff)
			}
			if refused := c.status != 200; refused != (w.Header().Get("Connection") == "close") {
				t.Errorf("%s: Connection %q", name, w.Header().Get("Connection"))
			}
		})
	}
	// A body that announces its size is refused unread.
	_, src := newToy(WithMaxBody(100))
	r := request(t.Context(), "1", "")
	r.Body, r.ContentLength = unreadable{t}, 101
	if w := serve(NewHandler(src, nothing, WithObserver(func(context.Context, Report) {})), r); w.Code != 413 {
		t.Error(w.Code)
	}
}

type timeout struct{}

func (timeout) Read([]byte) (int, error) { return 0, os.ErrDeadlineExceeded }
