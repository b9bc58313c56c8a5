package webhook

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

// byBody and byHead tell toys apart; the toy itself wants its signature.
func byHead(req *Request) Likeness {
	if req.Header.Get("X-Sig") != "" {
		return LikenessFull
	}
	return LikenessNone
}

func byBody(req *Request) Likeness {
	switch {
	case len(req.Body) == 0:
		return LikenessBody
	case strings.HasPrefix(string(req.Body), "SEALED"):
		return LikenessFull
	}
	return LikenessNone
}

func handled(event *Event, to *[]string) {
	*to = append(*to, event.Provider+" "+event.Type+" "+event.ID)
}

func TestNewHandlersRefuses(t *testing.T) {
	t.Parallel()
	_, plain := newToy()
	_, looks := newToy(WithLikeness(byHead))
	_, same := newToy(WithLikeness(byHead))
	fn := func(context.Context, *Event) error { return nil }
	for name, handlers := range map[string][]*Handler{
		"none": {}, "nil": {NewHandler(looks, fn), nil}, "without a source": {NewHandler(nil, fn)},
		"without a function": {NewHandler(looks, nil)}, "without a likeness": {NewHandler(plain, fn)},
		"alike": {NewHandler(looks, fn), NewHandler(same, fn)},
	} {
		if hs, err := NewHandlers(handlers...); hs != nil || !errors.Is(err, issuing.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Without a network as with one, a handler is chosen by head or body and does the rest.
func TestHandlersHandle(t *testing.T) {
	t.Parallel()
	var got []string
	fn := func(_ context.Context, event *Event) error { handled(event, &got); return nil }
	head := new(recorder)
	_, first := newToy(WithLikeness(byHead), WithMaxBody(40))
	second, err := NewSource("other", anyone{}, WithLikeness(byBody), WithMaxBody(60))
	if err != nil {
		t.Fatal(err)
	}
	hs, err := NewHandlers(NewHandler(first, fn, WithObserver(head.observe)), NewHandler(second, fn, WithObserver(head.observe)))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		header http.Header
		body   string
		status int
	}{
		{toyHeader("1"), "SEALED a 1", 200}, {nil, "SEALED b 2", 200}, {nil, "b 3", 401}, {toyHeader("4"), "a 4", 422},
		{nil, "SEALED c " + strings.Repeat("x", 50), 200}, {nil, "SEALED " + strings.Repeat("x", 60), 413},
		{toyHeader("5"), "SEALED " + strings.Repeat("x", 50), 413},
	} {
		if answer := hs.Handle(t.Context(), &Request{Header: c.header, Body: []byte(c.body)}); answer.Status != c.status {
			t.Errorf("%s: %d, want %d", c.body, answer.Status, c.status)
		}
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(c.body))
		r.Header = c.header
		if w := serve(hs, r); w.Code != c.status {
			t.Errorf("%s over HTTP: %d, want %d", c.body, w.Code, c.status)
		}
	}
	if strings.Join(got, ", ") != "toy a 1, other b 2, other c "+strings.Repeat("x", 50) {
		t.Error(got)
	}
	if hs.front.budget.beginnings.Load()+hs.front.budget.rests.Load() != 0 {
		t.Error("bodies are held")
	}
}

// anyone is a scheme that lets everything in.
type anyone struct{}

func (anyone) Verify(context.Context, *Request) (Verified, error) { return Verified{}, nil }
func (anyone) Open(_ context.Context, req *Request, _ Verified) (*Event, error) {
	kind, id, _ := strings.Cut(strings.TrimPrefix(string(req.Body), "SEALED "), " ")
	return &Event{Type: kind, ID: id}, nil
}
func (anyone) Answer(_ *Request, result Result) Answer { return StandardAnswer(result) }

// The time that a body takes to arrive is the chosen source's.
func TestHandlersDeadlineBeginsWithTheArrival(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		src, err := NewSource("other", anyone{}, WithLikeness(byBody), WithDeadline(time.Second))
		if err != nil {
			t.Fatal(err)
		}
		reports := new(recorder)
		called := 0
		hs, err := NewHandlers(NewHandler(src, func(context.Context, *Event) error { called++; return nil }, WithObserver(reports.observe)))
		if err != nil {
			t.Fatal(err)
		}
		for wait, want := range map[time.Duration]int{900 * time.Millisecond: 200, 1100 * time.Millisecond: 503} {
			r := httptest.NewRequest(http.MethodPost, "/", lateBody{strings.NewReader("SEALED a " + wait.String()), wait})
			if w := serve(hs, r); w.Code != want {
				t.Errorf("%v: %d", wait, w.Code)
			}
		}
		if called != 1 {
			t.Error(called)
		}
	})
}

// lateBody takes its time.
type lateBody struct {
	*strings.Reader
	wait time.Duration
}

func (s lateBody) Read(p []byte) (int, error) {
	time.Sleep(s.wait / 2)
	return s.Reader.Read(p)
}

// credentials is a scheme whose X-Cred is authentic.
type credentials struct{ toy }

func (s *credentials) Verify(ctx context.Context, req *Request) (Verified, error) {
	v, err := s.toy.Verify(ctx, req)
	v.Credential = req.Credential
	return v, err
}

// TestCredentialsHaveClaimsOfTheirOwn, whatever their ids are made of.
func TestCredentialsHaveClaimsOfTheirOwn(t *testing.T) {
	t.Parallel()
	d := NewMemoryDeduper(0, 0)
	src, err := NewSource("toy", &credentials{}, WithDeduper(d), WithClock(func() time.Time { return toyNow }))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	reports := new(recorder)
	h := func(src *Source) http.Handler {
		return NewHandler(src, func(_ context.Context, event *Event) error {
			got = append(got, event.Credential+" "+event.ID)
			return nil
		}, WithObserver(reports.observe))
	}
	mux := http.NewServeMux()
	mux.Handle("POST /{credential}/in", h(src))
	mux.Handle("POST /own", h(src.ForCredential("own")))
	mux.Handle("POST /none", h(src))
	for _, c := range []struct{ path, id string }{
		{"/a/in", "1"}, {"/b/in", "1"}, {"/a/in", "1"}, {"/own", "1"}, {"/none", "1"}, {"/none", "1"},
		{"/a%2Fevent%2Fb/in", "c"}, {"/a/in", "b/event/c"},
	} {
		r := httptest.NewRequest(http.MethodPost, c.path, strings.NewReader("SEALED t "+c.id))
		r.Header = toyHeader(c.path + c.id)
		if w := serve(mux, r); w.Code != http.StatusOK {
			t.Errorf("%s: %d", c.path, w.Code)
		}
	}
	if want := "a 1, b 1, own 1,  1, a/event/b c, a b/event/c"; strings.Join(got, ", ") != want {
		t.Errorf("%q, want %q", got, want)
	}
	if r := reports.all()[0]; r.Credential != "a" {
		t.Errorf("%+v", r)
	}
	if probe(t, d, Claims{Event: "toy/event/1"}) != ClaimDone || probe(t, d, Claims{Event: "toy/credential/a/event/1"}) != ClaimDone {
		t.Error("the names of claims have changed: what is stored under them is new again")
	}
}
