package webhook

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
)

func nothing(context.Context, *Event) error { return nil }

// respelled returns header with every name changed.
func respelled(header http.Header, change func(string) string) http.Header {
	out := http.Header{}
	for name, values := range header {
		out[change(name)] = values
	}
	return out
}

// Queues and gateways keep header names in any case, and a caller's header is
// left as it was.
func TestHeaderNamesInAnyCase(t *testing.T) {
	t.Parallel()
	_, src := newToy()
	h := NewHandler(src, nothing)
	for name, change := range map[string]func(string) string{"lower": strings.ToLower, "upper": strings.ToUpper, "canonical": http.CanonicalHeaderKey} {
		header := respelled(toyHeader(name), change)
		before := header.Clone()
		if _, err := src.Parse(header, []byte("SEALED a 1")); err != nil {
			t.Errorf("%s: Parse: %v", name, err)
		}
		if err := src.Verify(header, nil); err != nil {
			t.Errorf("%s: Verify: %v", name, err)
		}
		if a := h.Handle(t.Context(), &Request{Header: header, Body: []byte("SEALED a " + name)}); a.Status != 200 {
			t.Errorf("%s: Handle: %d", name, a.Status)
		}
		if diff := cmp.Diff(before, header); diff != "" {
			t.Errorf("%s: the caller's header changed:\n%s", name, diff)
		}
	}
	// Several spellings of one name: all values are kept, in one order.
	got := canonical(http.Header{"x-a": {"3"}, "X-A": {"1", "2"}, "X-B": {"4"}})
	if diff := cmp.Diff(http.Header{"X-A": {"1", "2", "3"}, "X-B": {"4"}}, got); diff != "" {
		t.Error(diff)
	}
	if canonical(nil) != nil {
		t.Error("a header out of nothing")
	}
}

func TestHandleOutsideHTTP(t *testing.T) {
	t.Parallel()
	_, src := newToy(WithMaxBody(20))
	var rec recorder
	h := NewHandler(src.ForType("typ"), nothing, WithObserver(rec.observe))
	for _, c := range []struct {
		req     Request
		status  int
		outcome string
	}{
		{Request{Header: toyHeader("1"), Body: []byte("SEALED ? 1")}, 200, "handled"},
		{Request{Method: "POST", Header: toyHeader("1"), Body: []byte("SEALED ? 1")}, 200, "duplicate"},
		{Request{Method: "PUT", Header: toyHeader("2"), Body: []byte("SEALED ? 2")}, 405, "refused"},
		{Request{Header: toyHeader("2"), Body: []byte("SEALED ? 3456789012345")}, 413, "refused"},
		{Request{Body: []byte("SEALED ? 2")}, 401, "refused"},
	} {
		if a := h.Handle(t.Context(), &c.req); a.Status != c.status {
			t.Errorf("%+v: %d", c.req, a.Status)
		}
		last := rec.reports[len(rec.reports)-1]
		if string(last.Outcome) != c.outcome || last.Status != c.status {
			t.Errorf("%+v: %+v", c.req, last)
		}
	}
	if rec.reports[0].Type != "typ" {
		t.Errorf("ForType: %+v", rec.reports[0])
	}
	if a := NewHandler(nil, nil).Handle(t.Context(), &Request{}); a.Status != 503 {
		t.Errorf("unconfigured: %d", a.Status)
	}
}

// A precheck sees the head alone; what it refuses is not read.
func TestPrecheck(t *testing.T) {
	t.Parallel()
	bodies := 0
	check := func(_ context.Context, req *Request) error {
		bodies += len(req.Body)
		if req.URL.Path != "/" || req.Header.Get("X-Sig") == "" {
			return ErrUnknownKey
		}
		return nil
	}
	scheme, src := newToy(WithPrecheck(check))
	h := NewHandler(src, nothing, WithObserver(func(context.Context, Report) {}))
	r := request(t.Context(), "1", "")
	r.Header.Del("X-Sig")
	r.Body = unreadable{t}
	w := serve(h, r)
	if w.Code != 401 || w.Header().Get("Connection") != "close" || bodies != 0 || len(scheme.taken()) != 0 {
		t.Errorf("%d %v, %v", w.Code, w.Header(), scheme.taken())
	}
	if got := deliver(t, h, "1", "SEALED a 1"); got != answerOK || bodies != 0 {
		t.Errorf("%q, %d bytes of body", got, bodies)
	}
	// It comes before Verify wherever a callback comes from; its address is not
	// known here.
	if err := src.Verify(toyHeader("1"), nil); !errors.Is(err, ErrUnknownKey) {
		t.Error(err)
	}
	if _, err := src.Parse(toyHeader("1"), nil); !errors.Is(err, ErrUnknownKey) {
		t.Error(err)
	}
}

type unreadable struct{ t *testing.T }

func (u unreadable) Read([]byte) (int, error) {
	u.t.Error("the body is read")
	return 0, os.ErrClosed
}

func (unreadable) Close() error { return nil }

// Two handlers of one source, and those of its copies, share its claims.
func TestClaimsBelongToTheSource(t *testing.T) {
	t.Parallel()
	runs := 0
	count := func(context.Context, *Event) error { runs++; return nil }
	_, src := newToy()
	for _, h := range []*Handler{NewHandler(src, count), NewHandler(src, count), NewHandler(src.ForType("x"), count)} {
		if got := deliver(t, h, "1", "SEALED a 1"); got != answerOK {
			t.Error(got)
		}
	}
	if runs != 1 {
		t.Errorf("%d runs", runs)
	}
}

// A delivery that may come once is refused when it was handled. One that failed may
// come again, and an error of the store is no refusal.
func TestOnce(t *testing.T) {
	t.Parallel()
	store := &brokenDeduper{Deduper: NewMemoryDeduper(0, 0)}
	_, src := newToy(WithDeduper(store))
	var rec recorder
	fail := errors.New("down")
	h := NewHandler(src, func(context.Context, *Event) error { return fail }, WithObserver(rec.observe))
	send := func(once, body string) int {
		r := request(t.Context(), "n", "SEALED "+body)
		r.Header.Set("X-Once", once)
		return serve(h, r).Code
	}
	codes := []int{send("u", "a 1")}
	fail = nil
	codes = append(codes, send("u", "a 1"), send("u", "a 1"), send("v", "a 1"), send("u", "a 2"))
	codes = append(codes, send("q", "ask 3"), send("q", "ask 3"), send("r", "ask 3"))
	store.done = errStore
	codes = append(codes, send("x", "a 4"))
	store.done, store.claim = nil, errStore
	codes = append(codes, send("y", "a 4"))
	store.claim = nil
	codes = append(codes, send("y", "a 4"), send("x", "a 4"))
	if diff := cmp.Diff([]int{503, 200, 401, 200, 401, 200, 401, 200, 503, 503, 200, 200}, codes); diff != "" {
		t.Error(diff)
	}
	want := "failed handled refused duplicate refused handled refused handled failed failed handled duplicate"
	if rec.outcomes() != want {
		t.Errorf("%s, want %s", rec.outcomes(), want)
	}
	if r := rec.reports[2]; !errors.Is(r.Err, ErrReplay) || r.ID != "1" {
		t.Errorf("%+v", r)
	}
}

// A question reaches the function every time, unless the source's dispatch has
// the answer; the answer is what the function wrote.
func TestQuestions(t *testing.T) {
	t.Parallel()
	for _, remembers := range []bool{false, true} {
		answers := map[string]string{}
		dispatch := func(ctx context.Context, event *Event, fn Func) error {
			q, ok := event.Data.(*toyQuestion)
			if !ok {
				return fn(ctx, event)
			}
			if q.Answer = answers[event.ID]; q.Answer != "" {
				return ErrDuplicate
			}
			err := fn(ctx, event)
			answers[event.ID] = q.Answer
			return err
		}
		if !remembers {
			dispatch = nil
		}
		_, src := newToy(WithDispatch(dispatch))
		var rec recorder
		asked := 0
		h := NewHandler(src, func(_ context.Context, event *Event) error {
			if q, ok := event.Data.(*toyQuestion); ok {
				asked++
				q.Answer = fmt.Sprint("yes ", asked)
			}
			return nil
		}, WithObserver(rec.observe))
		for range 2 {
			deliver(t, h, "n", "SEALED ask 1") // a nonce claims nothing for a question
		}
		deliver(t, h, "n", "SEALED tell 1")
		want := []string{"handled yes 1", "handled yes 2", "handled "}
		if remembers {
			want = []string{"handled yes 1", "duplicate yes 1", "handled "}
		}
		var got []string
		for _, r := range rec.reports {
			got = append(got, string(r.Outcome)+" "+r.Code)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("remembers %t (-want +got):\n%s", remembers, diff)
		}
	}
}

// A function that finds the event in its own record says so, and it is
// remembered as handled.
func TestFunctionFindsADuplicate(t *testing.T) {
	t.Parallel()
	_, src := newToy()
	var rec recorder
	runs := 0
	h := NewHandler(src, func(context.Context, *Event) error {
		runs++
		return fmt.Errorf("inbox: %w", ErrDuplicate)
	}, WithObserver(rec.observe))
	for range 2 {
		if got := deliver(t, h, "1", "SEALED a 1"); got != answerOK {
			t.Error(got)
		}
	}
	if runs != 1 || rec.outcomes() != "duplicate duplicate" || rec.reports[0].Err != nil {
		t.Errorf("%d runs, %+v", runs, rec.reports)
	}
}

// oddScheme does what a scheme of a merchant's own might do.
type oddScheme struct {
	verify error
	event  *Event
	open   error
	answer Answer
}

func (s oddScheme) Verify(context.Context, *Request) (Verified, error) {
	return Verified{At: toyNow, Content: "c"}, s.verify
}

func (s oddScheme) Open(context.Context, *Request, Verified) (*Event, error) {
	if s.event == nil {
		return nil, s.open
	}
	event := *s.event
	return &event, s.open
}

func (s oddScheme) Answer(_ *Request, result Result) Answer {
	if result.Verified.Content != "c" {
		return Answer{Err: errors.New("no content")}
	}
	return s.answer
}

func TestOddSchemes(t *testing.T) {
	t.Parallel()
	down := fmt.Errorf("key service: %w", issuing.ErrUnavailable)
	event := func() *Event { return &Event{Type: "t"} }
	for name, c := range map[string]struct {
		scheme  oddScheme
		status  int
		outcome Outcome
		err     error
	}{
		"no answer":         {oddScheme{event: event()}, 503, OutcomeHandled, nil},
		"an answer of 100":  {oddScheme{event: event(), answer: Answer{Status: 100}}, 503, OutcomeHandled, nil},
		"cannot sign":       {oddScheme{event: event(), answer: Answer{Err: errStore}}, 503, OutcomeHandled, errStore},
		"no event":          {oddScheme{answer: Text(418, "")}, 418, OutcomeRefused, ErrPayload},
		"bare error":        {oddScheme{open: errStore, answer: Text(418, "")}, 418, OutcomeRefused, errStore},
		"error is payload":  {oddScheme{open: errStore, answer: Text(418, "")}, 418, OutcomeRefused, ErrPayload},
		"verify is down":    {oddScheme{verify: down, answer: Text(418, "")}, 418, OutcomeFailed, issuing.ErrUnavailable},
		"open is down":      {oddScheme{open: down, answer: Text(418, "")}, 418, OutcomeFailed, issuing.ErrUnavailable},
		"event without ids": {oddScheme{event: event(), answer: Text(204, "")}, 204, OutcomeHandled, nil},
	} {
		src, err := NewSource("odd", c.scheme)
		if err != nil {
			t.Fatal(err)
		}
		var rec recorder
		var got *Event
		h := NewHandler(src, func(_ context.Context, ev *Event) error { got = ev; return nil }, WithObserver(rec.observe))
		for range 2 { // nothing is claimed: there is no id
			a := h.Handle(t.Context(), &Request{})
			r := rec.reports[len(rec.reports)-1]
			if a.Status != c.status || r.Status != c.status || r.Outcome != c.outcome || !errors.Is(r.Err, c.err) || (c.err == nil && r.Err != nil) {
				t.Errorf("%s: %d, %+v", name, a.Status, r)
			}
		}
		if got != nil && (got.Provider != "odd" || !got.Time.Equal(toyNow) || got.Data.(*Unknown).Type != "t") {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestNewSourceRefuses(t *testing.T) {
	t.Parallel()
	for name, make := range map[string]func() (*Source, error){
		"no name":           func() (*Source, error) { return NewSource("", &toy{}) },
		"a slash":           func() (*Source, error) { return NewSource("a/b", &toy{}) },
		"no scheme":         func() (*Source, error) { return NewSource("a", nil) },
		"negative body":     func() (*Source, error) { return NewSource("a", &toy{}, WithMaxBody(-1)) },
		"negative deadline": func() (*Source, error) { return NewSource("a", &toy{}, WithDeadline(-time.Second)) },
	} {
		if src, err := make(); !errors.Is(err, issuing.ErrInvalid) || src != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	for _, o := range []Outcome{OutcomeHandled, OutcomeDuplicate, OutcomeBusy, OutcomeFailed, OutcomeRefused, OutcomeLate, OutcomeOvertime} {
		if !o.Known() || o.Acknowledged() != (o == OutcomeHandled || o == OutcomeDuplicate) {
			t.Error(o)
		}
		if a := StandardAnswer(Result{Outcome: o}); (a.Status == 200) != o.Acknowledged() || a.Status/100 == 3 {
			t.Errorf("%s: %d", o, a.Status)
		}
	}
	if Outcome("other").Known() {
		t.Error("another is known")
	}
}

func TestCheckUnix(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 0)
	window := Window{MaxAge: time.Hour, MaxAhead: time.Hour}
	for text, want := range map[string]time.Time{
		"1700000000": now, "1700000000123": now.Add(123 * time.Millisecond), "1699996401": now.Add(-3599 * time.Second),
		"": {}, "-1700000000": {}, "0": {}, "1699996400": {}, "1700003600": {}, "170000000": {}, "1.7e9": {}, "0x1": {},
		"17000000001234": {}, "99999999999999999999": {}, " 1700000000": {}, "1_700_000_000": {},
	} {
		at, err := window.CheckUnix(text, now)
		if want.IsZero() != errors.Is(err, ErrTimestamp) || (err == nil && !at.Equal(want)) {
			t.Errorf("%q: %v, %v", text, at, err)
		}
	}
	if (Window{MaxAge: -1, MaxAhead: -1}).Check(now.AddDate(1000, 0, 0), now) != nil {
		t.Error("an open window refuses")
	}
}

// Ids are keys of stores, however long what a provider says is: a long one is its digest,
// the same each time and its own.
func TestLongIDs(t *testing.T) {
	t.Parallel()
	_, src := newToy()
	seen := map[string]int{}
	for _, id := range []string{strings.Repeat("a", maxEventID), strings.Repeat("a", maxEventID+1), strings.Repeat("a", maxEventID+2)} {
		for range 2 {
			event, err := src.Parse(toyHeader("1"), []byte("SEALED a "+id))
			if err != nil || len(event.ID) > maxEventID || (event.ID == id) != (len(id) == maxEventID) {
				t.Fatalf("%d characters of %d, %v", len(event.ID), len(id), err)
			}
			seen[event.ID]++
		}
	}
	if len(seen) != 3 {
		t.Errorf("%d ids of three events", len(seen))
	}
}
