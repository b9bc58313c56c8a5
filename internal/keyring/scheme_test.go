package keyring

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// cred is a toy's credential: three words that a request must say.
type cred struct{ id, head, sign, open string }

// bound wants X-Head, X-Sign and X-Open to be the credential's. "half" opens with a
// problem, which newer words may mend. It answers with its id.
type bound struct{ c cred }

var errOpen = errors.New("does not open")

func (b bound) Precheck(_ context.Context, req *webhook.Request) error {
	if req.Header.Get("X-Head") != b.c.head {
		return webhook.ErrUnknownKey
	}
	return nil
}

func (b bound) Verify(_ context.Context, req *webhook.Request) (webhook.Verified, error) {
	switch req.Header.Get("X-Sign") {
	case "late":
		return webhook.Verified{Content: b.c.id}, webhook.ErrTimestamp
	case b.c.sign:
		return webhook.Verified{Content: b.c.id + " " + b.c.open}, nil
	}
	return webhook.Verified{Content: b.c.id}, webhook.ErrSignature
}

func (b bound) Open(_ context.Context, req *webhook.Request, v webhook.Verified) (*webhook.Event, error) {
	content, _ := v.Content.(string)
	event := &webhook.Event{Type: content, ID: string(req.Body)}
	switch open := req.Header.Get("X-Open"); {
	case open == b.c.open:
		return event, nil
	case strings.HasPrefix(open, "half "):
		event.AddProblem("member", "does not open")
		if open == "half "+b.c.open {
			event.Problems = nil
		}
		return event, nil
	}
	return nil, errOpen
}

func (b bound) Answer(_ *webhook.Request, result webhook.Result) webhook.Answer {
	content, _ := result.Verified.Content.(string)
	return webhook.Text(http.StatusOK, content)
}

// toyStore holds one credential, and counts how often it is asked for one.
type toyStore struct {
	c     cred
	err   error
	looks int
}

func (s *toyStore) look(context.Context, string) (cred, error) {
	s.looks++
	return s.c, s.err
}

func (s *toyStore) scheme(change func(*Rules[cred])) *Scheme[cred] {
	rules := Rules[cred]{
		Lookup: s.look, Name: func(c cred) string { return c.id },
		Bind: func(c cred) (webhook.Scheme, error) {
			if c.sign == "" {
				return nil, errors.New("the word is missing")
			}
			return bound{c}, nil
		},
		Answer: func(*webhook.Request, webhook.Result) webhook.Answer {
			return webhook.Text(http.StatusTeapot, "nobody")
		},
	}
	if change != nil {
		change(&rules)
	}
	return NewScheme(rules)
}

// says gives a request to a source of the scheme, and says what became of it.
func (s *Scheme[C]) says(t *testing.T, credential string, words ...string) (*webhook.Event, webhook.Answer, error) {
	t.Helper()
	src, err := webhook.NewSource("toy", s, webhook.WithPrecheck(s.Precheck))
	if err != nil {
		t.Fatal(err)
	}
	req := &webhook.Request{Credential: credential, Body: []byte("1"), Header: http.Header{
		"X-Head": {words[0]}, "X-Sign": {words[1]}, "X-Open": {words[2]},
	}}
	event, answer, err := src.Receive(req)
	return event, answer(err), err
}

// TestEveryWordRotates: whichever of a credential's secrets serves no more is looked up,
// once, and what is answered is answered with the same ones.
func TestEveryWordRotates(t *testing.T) {
	t.Parallel()
	for _, words := range [][]string{{"h2", "s1", "o1"}, {"h1", "s2", "o1"}, {"h1", "s1", "o2"}, {"h1", "s1", "half o2"}, {"h2", "s2", "o2"}} {
		synctest.Test(t, func(t *testing.T) {
			store := &toyStore{c: cred{"a", "h1", "s1", "o1"}}
			s := store.scheme(nil)
			event, answer, err := s.says(t, "a", "h1", "s1", "o1")
			if err != nil || event.Credential != "a" || string(answer.Body) != "a o1" {
				t.Fatalf("%+v, %s, %v", event, answer.Body, err)
			}
			store.c = cred{"a", words[0], words[1], strings.TrimPrefix(words[2], "half ")}
			event, answer, err = s.says(t, "a", words...) // too soon
			if half := strings.HasPrefix(words[2], "half"); store.looks != 1 || (err == nil) != half || half && len(event.Problems) != 1 {
				t.Errorf("%v at once: %+v, %s, %v, %d look-ups", words, event, answer.Body, err, store.looks)
			}
			time.Sleep(renewAfter)
			event, answer, err = s.says(t, "a", words...)
			if err != nil || len(event.Problems) > 0 || string(answer.Body) != "a "+store.c.open || store.looks != 2 {
				t.Errorf("%v: %+v, %s, %v, %d look-ups", words, event, answer.Body, err, store.looks)
			}
			time.Sleep(renewAfter)
			if _, answer, err = s.says(t, "a", "h3", "s3", "o3"); err == nil || answer.Status != http.StatusTeapot || store.looks != 3 {
				t.Errorf("forged: %v, %d, %d look-ups", err, answer.Status, store.looks)
			}
			time.Sleep(renewAfter)
			if _, _, err = s.says(t, "a", words[0], "late", "o1"); !errors.Is(err, webhook.ErrTimestamp) || store.looks != 3 {
				t.Errorf("late: %v, %d look-ups", err, store.looks)
			}
		})
	}
}

// TestWhoIsAsked: the id of the address, of the head, of the body, or none.
func TestWhoIsAsked(t *testing.T) {
	t.Parallel()
	form := errors.New("no such form")
	head := func(r *Rules[cred]) {
		r.HeadID = func(req *webhook.Request) (string, error) { return req.Header.Get("X-Head"), nil }
	}
	body := func(r *Rules[cred]) {
		r.BodyID = func(req *webhook.Request) (string, error) { return string(req.Body), nil }
	}
	for name, c := range map[string]struct {
		rules   func(*Rules[cred])
		address string
		id      string // the store's
		head    string
		err     error
		looks   int
	}{
		"address":             {nil, "a", "a", "h", nil, 1},
		"no address":          {nil, "", "", "h", nil, 1},
		"head":                {head, "", "h", "h", nil, 1},
		"address before head": {head, "a", "a", "h", nil, 1},
		"an empty head":       {head, "", "", "", webhook.ErrUnknownKey, 0},
		"body":                {body, "", "1", "h", nil, 1},
		"address before body": {body, "a", "a", "h", nil, 1},
		"another spelling":    {body, "", "1 ", "h", webhook.ErrUnknownKey, 1},
		"not worth a look-up": {func(r *Rules[cred]) {
			r.Precheck = func(context.Context, *webhook.Request) error { return webhook.ErrSignature }
		}, "a", "a", "h", webhook.ErrSignature, 0},
		"a body of another form": {func(r *Rules[cred]) { r.BodyID = func(*webhook.Request) (string, error) { return "", form } }, "", "a", "h", form, 0},
	} {
		store := &toyStore{c: cred{c.id, c.head, "s", "o"}}
		event, answer, err := store.scheme(c.rules).says(t, c.address, c.head, "s", "o")
		if !errors.Is(err, c.err) || (err == nil) != (c.err == nil) || store.looks != c.looks {
			t.Errorf("%s: %v, want %v, %d look-ups", name, err, c.err, store.looks)
		}
		if (answer.Status == http.StatusTeapot) != (err != nil) || err == nil && event.Credential != c.id {
			t.Errorf("%s: %+v, %d", name, event, answer.Status)
		}
	}
}

func TestWhatCannotBeUsedIsTold(t *testing.T) {
	t.Parallel()
	store := &toyStore{c: cred{id: "a"}}
	s := store.scheme(nil)
	if _, _, err := s.says(t, "a", "", "", ""); !errors.Is(err, issuing.ErrUnavailable) || !strings.Contains(err.Error(), "the word is missing") {
		t.Error(err)
	}
	if err := s.Decode(&webhook.Event{Credential: "a"}); !errors.Is(err, issuing.ErrUnavailable) {
		t.Error(err)
	}
	store.c = cred{"b", "h", "s", "o"}
	if err := s.Decode(&webhook.Event{Credential: "b"}); !errors.Is(err, errNoDecoder) {
		t.Error(err)
	}
	decoded := store.scheme(func(r *Rules[cred]) { r.Decode = func(*webhook.Event) error { return nil } })
	if err := decoded.Decode(&webhook.Event{Credential: "c"}); err != nil {
		t.Error(err)
	}
	if _, err := s.Open(t.Context(), &webhook.Request{}, webhook.Verified{}); !errors.Is(err, webhook.ErrPayload) {
		t.Error(err)
	}
}
