package webhook

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/leaktest"
)

// Each check stops what follows it: nothing is opened before it is authentic,
// nothing dispatched before it is opened.
func TestOrderOfChecks(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(*http.Request)
		answer string
		steps  []string
		err    error
	}{
		"good":           {func(*http.Request) {}, answerOK, []string{"verify", "open", "function"}, nil},
		"GET":            {func(r *http.Request) { r.Method = http.MethodGet }, "405|text/plain; charset=utf-8|Method Not Allowed", []string{}, nil},
		"HEAD":           {func(r *http.Request) { r.Method = http.MethodHead }, "405|text/plain; charset=utf-8|Method Not Allowed", []string{}, nil},
		"too large":      {body(strings.Repeat("x", 101)), "413|text/plain; charset=utf-8|Request Entity Too Large", []string{}, nil},
		"broken body":    {func(r *http.Request) { r.Body = io.NopCloser(io.MultiReader(strings.NewReader("SEALED"), broken{})) }, "400|text/plain; charset=utf-8|Bad Request", []string{}, nil},
		"bad signature":  {header("X-Sig", "bad"), "401|text/plain; charset=utf-8|Unauthorized", []string{"verify"}, ErrSignature},
		"no signature":   {header("X-Sig", ""), "401|text/plain; charset=utf-8|Unauthorized", []string{"verify"}, issuing.ErrSignature},
		"too old":        {header("X-Time", "1699996400"), "401|text/plain; charset=utf-8|Unauthorized", []string{"verify"}, ErrTimestamp},
		"just in time":   {header("X-Time", "1699996401"), answerOK, []string{"verify", "open", "function"}, nil},
		"ahead":          {header("X-Time", "1700000060"), "401|text/plain; charset=utf-8|Unauthorized", []string{"verify"}, ErrTimestamp},
		"a little ahead": {header("X-Time", "1700000059"), answerOK, []string{"verify", "open", "function"}, nil},
		"unreadable":     {body("garbage"), "422|text/plain; charset=utf-8|Unprocessable Entity", []string{"verify", "open"}, ErrPayload},
		"of the limit":   {body("SEALED card_open " + strings.Repeat("x", 83)), answerOK, []string{"verify", "open", "function"}, nil},
	} {
		scheme, src := newToy(WithMaxBody(100), nil, WithDeduper(nil))
		var rec recorder
		h := NewHandler(src, func(context.Context, *Event) error { scheme.step("function"); return nil },
			WithObserver(nil), WithObserver(rec.observe), nil)
		r := request(t.Context(), "n-1", "SEALED card_open e-1")
		tt.change(r)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if got := described(w); got != tt.answer {
			t.Errorf("%s: answered %q, want %q", name, got, tt.answer)
		}
		if diff := cmp.Diff(tt.steps, scheme.taken()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if w.Code == http.StatusMethodNotAllowed && w.Header().Get("Allow") != "POST" {
			t.Errorf("%s: Allow is %q", name, w.Header().Get("Allow"))
		}
		want := "refused"
		if tt.answer == answerOK {
			want = "handled"
		}
		if rec.outcomes() != want || (rec.reports[0].Err == nil) != (want == "handled") || tt.err != nil && !errors.Is(rec.reports[0].Err, tt.err) {
			t.Errorf("%s: reported %+v", name, rec.reports)
		}
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func body(text string) func(*http.Request) {
	return func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(text)) }
}

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

func TestUnconfiguredHandler(t *testing.T) {
	t.Parallel()
	_, src := newToy()
	for _, h := range []*Handler{NewHandler(nil, func(context.Context, *Event) error { return nil }), NewHandler(src, nil)} {
		if got := deliver(t, h, "n", "SEALED a 1"); got != "503|text/plain; charset=utf-8|Service Unavailable" {
			t.Errorf("answered %q", got)
		}
	}
}

func TestEventAndReport(t *testing.T) {
	t.Parallel()
	_, src := newToy()
	var rec recorder
	var got *Event
	h := NewHandler(src.ForType("card_open"), func(_ context.Context, ev *Event) error { got = ev; return nil }, WithObserver(rec.observe))
	if answer := deliver(t, h, "n-1", "SEALED ? e-1"); answer != answerOK {
		t.Fatal(answer)
	}
	raw := issuing.NewSecret("? e-1")
	want := &Event{Provider: "toy", Type: "card_open", ID: "e-1", Time: toyNow, Data: &Unknown{Type: "card_open", Raw: raw}, Raw: raw}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("event (-want +got):\n%s", diff)
	}
	wantReport := []Report{{Provider: "toy", Type: "card_open", ID: "e-1", RequestID: "n-1", Outcome: OutcomeHandled, Status: 200}}
	if diff := cmp.Diff(wantReport, rec.reports, cmpopts.EquateErrors(), cmpopts.IgnoreFields(Report{}, "Duration")); diff != "" || rec.reports[0].Duration <= 0 {
		t.Errorf("report (-want +got):\n%s", diff)
	}
	if ev, err := src.Parse(toyHeader("n-1"), []byte("SEALED ? e-1")); err != nil || ev.Type != "" {
		t.Errorf("ForType changed its receiver: %+v, %v", ev, err)
	}
	const secret = "4929420573595709"
	leaktest.Check(t, []string{secret}, leaktest.Fill(t, secret, Event{}), leaktest.Fill(t, secret, &Unknown{}))
}

func TestParseAndVerify(t *testing.T) {
	t.Parallel()
	scheme, src := newToy()
	if src.Provider() != "toy" {
		t.Error(src.Provider())
	}
	bad := toyHeader("n")
	bad.Set("X-Sig", "bad")
	if err := src.Verify(bad, nil); !errors.Is(err, ErrSignature) {
		t.Error(err)
	}
	if err := src.Verify(toyHeader("n"), []byte("garbage")); err != nil {
		t.Error(err)
	}
	if ev, err := src.Parse(bad, []byte("SEALED a 1")); ev != nil || !errors.Is(err, ErrSignature) {
		t.Error(ev, err)
	}
	if diff := cmp.Diff([]string{"verify", "verify", "verify"}, scheme.taken()); diff != "" {
		t.Errorf("something was opened:\n%s", diff)
	}
	if ev, err := src.Parse(toyHeader("n"), []byte("garbage")); ev != nil || !errors.Is(err, ErrPayload) {
		t.Error(ev, err)
	}
	if src, err := NewSource("x", scheme, WithClock(nil)); err != nil || time.Since(src.now()) > time.Hour {
		t.Error("no default clock", err)
	}
}

// A sequence of deliveries to one handler: what each is answered, and how often
// the function runs.
func TestRepeats(t *testing.T) {
	t.Parallel()
	type delivery struct{ nonce, body, answer string }
	const unauthorized = "401|text/plain; charset=utf-8|Unauthorized"
	for name, tt := range map[string]struct {
		fn         func(run int) error
		deliveries []delivery
		runs       int
		outcomes   string
	}{
		"same nonce":               {ok, []delivery{{"1", "SEALED a 1", answerOK}, {"1", "SEALED a 1", answerOK}}, 1, "handled duplicate"},
		"same event, other nonce":  {ok, []delivery{{"1", "SEALED a 1", answerOK}, {"2", "SEALED a 1", answerOK}, {"2", "garbage", "422|text/plain; charset=utf-8|Unprocessable Entity"}}, 1, "handled duplicate refused"},
		"other event, same nonce":  {ok, []delivery{{"1", "SEALED a 1", answerOK}, {"1", "SEALED a 2", unauthorized}}, 1, "handled refused"},
		"two events":               {ok, []delivery{{"1", "SEALED a 1", answerOK}, {"2", "SEALED a 2", answerOK}}, 2, "handled handled"},
		"failed, then redelivered": {failFirst, []delivery{{"1", "SEALED a 1", answerRetry}, {"1", "SEALED a 1", answerOK}, {"1", "SEALED a 1", answerOK}}, 2, "failed handled duplicate"},
		"failed, then signed anew": {failFirst, []delivery{{"1", "SEALED a 1", answerRetry}, {"2", "SEALED a 1", answerOK}, {"1", "SEALED a 1", answerOK}}, 2, "failed handled duplicate"},
		"unreadable, then fine":    {ok, []delivery{{"1", "garbage", "422|text/plain; charset=utf-8|Unprocessable Entity"}, {"1", "SEALED a 1", answerOK}}, 1, "refused handled"},
		"a nonce that looks like an event": {
			ok, []delivery{{"x", "SEALED a 1", answerOK}, {"1", "SEALED a x", answerOK}, {"event/1", "SEALED a 2", answerOK}}, 3, "handled handled handled",
		},
		"nothing without a signature": {ok, []delivery{{"", "SEALED a 1", unauthorized}}, 0, "refused"},
	} {
		_, src := newToy()
		var rec recorder
		runs := 0
		h := NewHandler(src, func(context.Context, *Event) error { runs++; return tt.fn(runs) }, WithObserver(rec.observe))
		for i, d := range tt.deliveries {
			r := request(t.Context(), d.nonce, d.body)
			if d.nonce == "" {
				r.Header.Del("X-Sig")
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if got := described(w); got != d.answer {
				t.Errorf("%s: delivery %d answered %q, want %q", name, i+1, got, d.answer)
			}
		}
		if runs != tt.runs || rec.outcomes() != tt.outcomes {
			t.Errorf("%s: %d runs, %q; want %d, %q", name, runs, rec.outcomes(), tt.runs, tt.outcomes)
		}
	}
}

func ok(int) error { return nil }

func failFirst(run int) error {
	if run == 1 {
		return errors.New("the database is down")
	}
	return nil
}

// A delivery while the same event is being handled is not acknowledged: the
// first one may still fail.
func TestBusy(t *testing.T) {
	t.Parallel()
	_, src := newToy()
	var rec recorder
	entered, leave := make(chan struct{}), make(chan error)
	runs := 0
	h := NewHandler(src, func(context.Context, *Event) error {
		if runs++; runs == 1 {
			close(entered)
			return <-leave
		}
		return nil
	}, WithObserver(rec.observe))
	var wg sync.WaitGroup
	wg.Go(func() {
		if got := deliver(t, h, "1", "SEALED a 1"); got != answerRetry {
			t.Errorf("the first delivery is answered %q", got)
		}
	})
	<-entered
	for _, nonce := range []string{"1", "2"} {
		if got := deliver(t, h, nonce, "SEALED a 1"); got != answerRetry {
			t.Errorf("nonce %s meanwhile: %q", nonce, got)
		}
	}
	leave <- errors.New("failed")
	wg.Wait()
	if got := deliver(t, h, "2", "SEALED a 1"); got != answerOK || runs != 2 || rec.outcomes() != "busy busy failed handled" {
		t.Errorf("afterwards: %q, %d runs, %s", got, runs, rec.outcomes())
	}
}

// Many deliveries at once run the function once.
func TestConcurrentDeliveries(t *testing.T) {
	t.Parallel()
	_, src := newToy()
	var mu sync.Mutex
	runs := 0
	h := NewHandler(src, func(context.Context, *Event) error { mu.Lock(); defer mu.Unlock(); runs++; return nil })
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			if got := deliver(t, h, strings.Repeat("n", 1+i%5), "SEALED a 1"); got != answerOK && got != answerRetry {
				t.Errorf("answered %q", got)
			}
		})
	}
	wg.Wait()
	if runs != 1 {
		t.Errorf("%d runs", runs)
	}
}

// A panic is answered as an error is, and the event is given back. What the
// function panicked with stays out of the report.
func TestPanicReleases(t *testing.T) {
	t.Parallel()
	_, src := newToy()
	var rec recorder
	runs := 0
	h := NewHandler(src, func(context.Context, *Event) error {
		switch runs++; runs {
		case 1:
			panic("4929420573595709")
		case 2:
			var event *Event
			_ = event.ID
		}
		return nil
	}, WithObserver(rec.observe))
	for _, want := range []string{answerRetry, answerRetry, answerOK, answerOK} {
		if got := deliver(t, h, "1", "SEALED a 1"); got != want {
			t.Errorf("run %d: %q", runs, got)
		}
	}
	if runs != 3 || rec.outcomes() != "failed failed handled duplicate" {
		t.Errorf("%d runs, %s", runs, rec.outcomes())
	}
	for _, r := range rec.reports[:2] {
		if !errors.Is(r.Err, ErrPanic) || strings.Contains(r.Err.Error(), "4929") || !strings.Contains(r.Err.Error(), "handler_test.go:") {
			t.Errorf("reported %v", r.Err)
		}
	}
}

func TestDeduperFails(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		deduper *brokenDeduper
		runs    int
		log     []string
	}{
		"claim": {&brokenDeduper{claim: errStore}, 0, []string{"claim toy/event/1 toy/delivery/nonce/1"}},
		"done":  {&brokenDeduper{done: errStore}, 1, []string{"claim toy/event/1 toy/delivery/nonce/1", "done"}},
	} {
		tt.deduper.Deduper = NewMemoryDeduper(0, 0)
		var rec recorder
		runs := 0
		_, src := newToy(WithDeduper(tt.deduper))
		h := NewHandler(src, func(context.Context, *Event) error { runs++; return nil }, WithObserver(rec.observe))
		if got := deliver(t, h, "1", "SEALED a 1"); got != answerRetry || runs != tt.runs || rec.outcomes() != "failed" || !errors.Is(rec.reports[0].Err, errStore) {
			t.Errorf("%s: %q, %d runs, %+v", name, got, runs, rec.reports)
		}
		if diff := cmp.Diff(tt.log, tt.deduper.log); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// The platform may hang up while the function runs: what was done is remembered
// all the same, and what failed is given back.
func TestClientGone(t *testing.T) {
	t.Parallel()
	for _, fail := range []error{nil, errors.New("failed")} {
		d := &brokenDeduper{Deduper: NewMemoryDeduper(0, 0)}
		ctx, cancel := context.WithCancel(t.Context())
		_, src := newToy(WithDeduper(d))
		h := NewHandler(src, func(context.Context, *Event) error { cancel(); return fail })
		h.ServeHTTP(httptest.NewRecorder(), request(ctx, "1", "SEALED a 1"))
		want := map[bool]Claim{true: ClaimDone, false: ClaimNew}[fail == nil]
		if got := probe(t, d.Deduper, Claims{Event: "toy/event/1", Delivery: "toy/delivery/nonce/1"}); got != want {
			t.Errorf("function returned %v: the claim is %v, want %v", fail, got, want)
		}
	}
}
