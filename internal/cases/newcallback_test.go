package cases

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// builder is one provider's builder of callbacks, and the source that takes them.
type builder struct {
	name   string
	source func(t *testing.T) *webhook.Source
	build  func(event any) (*http.Request, error)
	types  map[string]any // pointers to the empty events of all types
	listed []string       // the types that the provider's package lists
	// answer is what the merchant's function writes into a question; nil writes nothing.
	answer webhook.Func
	// sparse sets what an event without anything else needs; nil sets nothing.
	sparse func(event any)
	// expect turns what was sent into what is to arrive, where that differs.
	expect func(sent, arrived any)
	free   bool // takes more than its events
}

// served gives a request to a handler of the source and returns the one event that
// reaches the function.
func (b builder) served(t *testing.T, serve func(h http.Handler) int) *webhook.Event {
	t.Helper()
	var got []*webhook.Event
	h := webhook.NewHandler(b.source(t), func(ctx context.Context, event *webhook.Event) error {
		got = append(got, event)
		if b.answer == nil {
			return nil
		}
		return b.answer(ctx, event)
	}, webhook.WithObserver(func(_ context.Context, r webhook.Report) {
		if r.Err != nil {
			t.Errorf("%s: %v", b.name, r.Err)
		}
	}))
	if status := serve(h); status != http.StatusOK || len(got) != 1 {
		t.Fatalf("%s: status %d, dispatched %d times", b.name, status, len(got))
	}
	return got[0]
}

// ways are how a request reaches a merchant: through a handler, through a mux, over a
// connection.
func (b builder) ways() map[string]func(t *testing.T, r *http.Request) *webhook.Event {
	record := func(h http.Handler, r *http.Request) int {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code
	}
	pattern := func(r *http.Request) string {
		if typ := r.PathValue("type"); typ != "" {
			return "POST " + strings.TrimSuffix(r.URL.Path, typ) + "{type}"
		}
		return "POST " + r.URL.Path
	}
	return map[string]func(t *testing.T, r *http.Request) *webhook.Event{
		"handler": func(t *testing.T, r *http.Request) *webhook.Event {
			return b.served(t, func(h http.Handler) int { return record(h, r) })
		},
		"mux": func(t *testing.T, r *http.Request) *webhook.Event {
			return b.served(t, func(h http.Handler) int {
				mux := http.NewServeMux()
				mux.Handle(pattern(r), h)
				return record(mux, r)
			})
		},
		"connection": func(t *testing.T, r *http.Request) *webhook.Event {
			return b.served(t, func(h http.Handler) int {
				mux := http.NewServeMux()
				mux.Handle(pattern(r), h)
				server := httptest.NewServer(mux)
				defer server.Close()
				address, err := url.Parse(server.URL)
				if err != nil {
					t.Fatal(err)
				}
				r.URL.Scheme, r.URL.Host = address.Scheme, address.Host
				resp, err := server.Client().Do(r)
				if err != nil {
					t.Fatal(err)
				}
				_ = resp.Body.Close()
				return resp.StatusCode
			})
		},
		"receive": func(t *testing.T, r *http.Request) *webhook.Event {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Fatal(err)
			}
			event, answer, err := b.source(t).Receive(&webhook.Request{
				URL: r.URL, Header: r.Header, Body: body, Type: r.PathValue("type"),
			})
			if err != nil {
				t.Fatalf("%s: %v", b.name, err)
			}
			if status := answer(nil).Status; status != http.StatusOK && !event.Question {
				t.Errorf("%s: status %d", b.name, status)
			}
			return event
		},
	}
}

// revealed compares events with their secrets, and without what is no data.
var revealed = cmp.Options{
	cmp.Comparer(func(a, b issuing.Secret) bool { return a.Equal(b) }),
	cmp.FilterPath(func(p cmp.Path) bool {
		f, ok := p.Last().(cmp.StructField)
		return ok && !token(f.Name())
	}, cmp.Ignore()),
}

// token reports whether a field's name is exported.
func token(name string) bool { return name[:1] == strings.ToUpper(name[:1]) }

func clone(event any) any {
	out := reflect.New(reflect.TypeOf(event).Elem())
	out.Elem().Set(reflect.ValueOf(event).Elem())
	return out.Interface()
}

// check builds the callback of an event and compares what arrives.
func (b builder) check(t *testing.T, typ string, event any) {
	t.Helper()
	for way, arrive := range b.ways() {
		sent := clone(event)
		r, err := b.build(sent)
		if err != nil {
			t.Fatalf("%s: %v", typ, err)
		}
		if diff := cmp.Diff(event, sent, revealed); diff != "" {
			t.Errorf("%s: the builder changed the event: %s", typ, diff)
		}
		got := arrive(t, r)
		if got.Type != typ || got.ID == "" || len(got.Problems) > 0 {
			t.Errorf("%s: %s arrived as %s, %q with %+v", way, typ, got.Type, got.ID, got.Problems)
		}
		want := clone(event)
		if reflect.TypeOf(got.Data) == reflect.TypeOf(want) && b.expect != nil {
			b.expect(want, got.Data)
		}
		if diff := cmp.Diff(want, got.Data, revealed); diff != "" {
			t.Errorf("%s: %s (-sent +arrived):\n%s", way, typ, diff)
		}
	}
}

// TestNewCallback: the callback of every type of every provider, with every member set
// and with none, arrives as it was built, in every way that a request arrives.
func TestNewCallback(t *testing.T) {
	t.Parallel()
	for _, b := range builders() {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			for _, typ := range b.listed {
				if b.types[typ] == nil {
					t.Errorf("%s is listed, and nothing builds it", typ)
				}
			}
			for typ, empty := range b.types {
				if !slices.Contains(b.listed, typ) {
					t.Errorf("%s is built, and not listed", typ)
				}
				whole := clone(empty)
				(&distinct{}).fill(reflect.ValueOf(whole).Elem())
				b.check(t, typ, whole)
				if b.sparse != nil {
					b.sparse(empty)
				}
				b.check(t, typ, empty)
			}
		})
	}
}

// TestNewCallbackRefuses: what is no event is an error that says so.
func TestNewCallbackRefuses(t *testing.T) {
	t.Parallel()
	for _, b := range builders() {
		if b.free {
			continue
		}
		for _, typ := range b.listed {
			empty := b.types[typ]
			for name, event := range map[string]any{
				"nil": nil, "a text": "x", "a value": reflect.ValueOf(empty).Elem().Interface(),
				"a nil pointer": reflect.Zero(reflect.TypeOf(empty)).Interface(), "another struct": new(http.Server),
				"unknown": &webhook.Unknown{},
			} {
				r, err := b.build(event)
				var refused *issuing.Error
				if r != nil || !errors.As(err, &refused) || !errors.Is(err, issuing.ErrInvalid) ||
					len(refused.Fields) != 1 || refused.Fields[0].Field != "event" {
					t.Errorf("%s, %s: %v, %v", b.name, name, r, err)
				}
			}
		}
	}
}
