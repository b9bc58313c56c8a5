package providertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// faults are what a network and a tired platform do.
var faults = []issuingtest.Fault{
	issuingtest.DropBefore(), issuingtest.DropAfter(), issuingtest.BadGatewayBefore(), issuingtest.BadGatewayAfter(),
	issuingtest.RateLimited(0), issuingtest.Truncate(), issuingtest.Replace(""), issuingtest.Replace("{}"),
	issuingtest.Replace("<html></html>"), issuingtest.Replace(`{"code":"","message":null}`),
	issuingtest.Refuse(http.StatusServiceUnavailable, "{}"), issuingtest.Refuse(http.StatusBadRequest, "[]"),
}

// everyFault: whatever happens on the way, a success has happened, a definite
// failure has not, and nothing happens twice.
func everyFault(ctx context.Context, t testing.TB, p Provider) {
	b := p.Open(t)
	for _, op := range b.Ops {
		for _, fault := range faults {
			for _, always := range []bool{false, true} {
				before := 0
				if op.Done != nil {
					before = op.Done()
				}
				if always {
					b.Platform.Choose(func(name string) issuingtest.Fault {
						if name == op.Name {
							return fault
						}
						return issuingtest.Fault{}
					})
				} else if err := b.Platform.Inject(op.Name, fault); err != nil {
					t.Fatal(err)
				}
				var info issuing.CallInfo
				err := op.Call(ctx, issuing.WithCallInfo(&info))
				b.Platform.Choose(nil)
				what := fmt.Sprintf("%s (%v), %v, always %t: %v", op.Name, op.Safety, fault, always, err)
				var e *issuing.Error
				if err != nil && (!errors.As(err, &e) || e.Attempts != info.Attempts || e.Op != op.Name) {
					t.Errorf("%s: an error of another call, or another number of attempts than CallInfo's %d", what, info.Attempts)
				}
				if op.Safety == transport.Read && errors.Is(err, issuing.ErrOutcomeUnknown) {
					t.Errorf("%s: a read has no outcome", what)
				}
				var u *issuing.Unsettled
				if errors.Is(err, issuing.ErrOutcomeUnknown) && (!errors.As(err, &u) || u.Key == "") {
					t.Errorf("%s: nothing says how to settle it", what)
				}
				if op.Done == nil {
					continue
				}
				done := op.Done() - before
				switch {
				case done > 1:
					t.Errorf("%s: carried out %d times", what, done)
				case err == nil && done != 1:
					t.Errorf("%s: reported as done", what)
				case err != nil && !errors.Is(err, issuing.ErrOutcomeUnknown) && done != 0:
					t.Errorf("%s: reported as failed, and done", what)
				}
			}
		}
	}
	if err := b.Platform.Check(); err != nil {
		t.Error(err)
	}
}

// stuck answers every request of a list with the answer to the first.
type stuck struct {
	base  http.RoundTripper
	mu    sync.Mutex
	calls map[string]int
	first map[string]*http.Response
	body  map[string][]byte
	on    bool
}

// RoundTrip implements http.RoundTripper.
func (s *stuck) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	on := s.on
	s.mu.Unlock()
	if !on {
		return s.base.RoundTrip(r)
	}
	// The operation is the path, or the body where all share one.
	s.mu.Lock()
	defer s.mu.Unlock()
	key := r.URL.Path
	s.calls[key]++
	if s.first[key] == nil {
		resp, err := s.base.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil {
			return nil, err
		}
		s.first[key], s.body[key] = resp, body
	} else if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
		_ = r.Body.Close()
	}
	resp := *s.first[key]
	resp.Header = resp.Header.Clone()
	resp.Body = io.NopCloser(bytes.NewReader(s.body[key]))
	return &resp, nil
}

// maxPages is more requests than any list of the platforms in memory needs.
const maxPages = 1000

// listsEnd: a list ends on a platform that pages, and on one that answers the
// same page for ever.
func listsEnd(ctx context.Context, t testing.TB, p Provider) {
	hop := &stuck{base: http.DefaultTransport, calls: map[string]int{}, first: map[string]*http.Response{}, body: map[string][]byte{}}
	b := p.Open(t, issuing.WithHTTPClient(&http.Client{Transport: hop}))
	if len(b.Lists) == 0 {
		t.Skip("no lists with an iterator")
	}
	for _, always := range []bool{false, true} {
		hop.mu.Lock()
		hop.on = always
		hop.mu.Unlock()
		for _, list := range b.Lists {
			before := b.Platform.Requests(list.Op)
			items := 0
			for _, err := range list.All(ctx) {
				if items++; items > 100*maxPages || (err != nil && !always) {
					t.Fatalf("%s: %d items, %v", list.Op, items, err)
				}
			}
			if n := b.Platform.Requests(list.Op) - before; n == 0 || n > maxPages {
				t.Errorf("%s: %d requests", list.Op, n)
			}
		}
		for path, n := range hop.calls {
			if n > maxPages {
				t.Errorf("%s: %d requests for one page", path, n)
			}
		}
	}
}

const nowhere = "Cards.Nowhere"

func unknownOperation(_ context.Context, t testing.TB, p Provider) {
	b := p.Open(t)
	if err := b.Platform.Inject(nowhere, issuingtest.DropAfter()); err == nil {
		t.Error("a fault for an operation that does not exist is accepted")
	}
	if err := b.Platform.Check(); err != nil {
		t.Errorf("a refused fault was queued: %v", err)
	}
	if n := b.Platform.Requests(nowhere); n != -1 {
		t.Errorf("%d requests of an operation that does not exist", n)
	}
	if err := b.Platform.Check(); err == nil || !strings.Contains(err.Error(), nowhere) {
		t.Errorf("the question for an operation that does not exist is forgotten: %v", err)
	}
}

func unfiredFault(ctx context.Context, t testing.TB, p Provider) {
	b := p.Open(t)
	op := b.Ops[0]
	if err := b.Platform.Inject(op.Name, issuingtest.Fault{}); err != nil {
		t.Fatal(err)
	}
	if err := b.Platform.Check(); err == nil || !strings.Contains(err.Error(), op.Name) {
		t.Errorf("a fault that has not fired: %v", err)
	}
	if err := op.Call(ctx); err != nil {
		t.Fatal(err)
	}
	if err := b.Platform.Check(); err != nil {
		t.Errorf("all faults have fired: %v", err)
	}
}

// chooseFreely: five calls are in Choose at once, and Choose may ask the platform.
func chooseFreely(ctx context.Context, t testing.TB, p Provider) {
	b := p.Open(t)
	op := b.op(transport.Read)
	const callers = 5
	var inside sync.WaitGroup
	inside.Add(callers)
	b.Platform.Choose(func(name string) issuingtest.Fault {
		if name != op.Name || b.Platform.Requests(op.Name) > callers {
			return issuingtest.Fault{}
		}
		inside.Done()
		inside.Wait()
		return issuingtest.Fault{}
	})
	err := within(t, "five calls in Choose", func() error {
		var all sync.WaitGroup
		errs := make([]error, callers)
		for i := range callers {
			all.Go(func() { errs[i] = op.Call(ctx) })
		}
		all.Wait()
		return errors.Join(errs...)
	})
	if err != nil {
		t.Error(err)
	}
}

func panicInChoose(ctx context.Context, t testing.TB, p Provider) {
	b := p.Open(t)
	op := b.op(transport.Read)
	b.Platform.Choose(func(string) issuingtest.Fault { panic(http.ErrAbortHandler) })
	if err := op.Call(ctx); err == nil {
		t.Error("no request met the panic")
	}
	b.Platform.Choose(nil)
	if err := within(t, "after a panic", func() error { return op.Call(ctx) }); err != nil {
		t.Error(err)
	}
}

func printsAddress(_ context.Context, t testing.TB, p Provider) {
	b := p.Open(t)
	var logged bytes.Buffer
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("platform", "server", b.Server)
	for _, text := range []string{
		fmt.Sprint(b.Server), fmt.Sprintf("%+v", b.Server), fmt.Sprintf("%#v", b.Server), fmt.Sprintf("%s", b.Server),
		fmt.Sprintf("%x", b.Server), fmt.Sprintf("%d", b.Server), logged.String(),
	} {
		if !strings.Contains(text, b.Platform.URL()) || len(text) > len(b.Platform.URL())+200 {
			t.Errorf("prints %.300q", text)
		}
		for _, secret := range b.Secrets {
			if strings.Contains(text, secret) {
				t.Errorf("prints a secret: %.300q", text)
			}
		}
	}
	if len(b.Secrets) == 0 {
		t.Error("no secrets to look for")
	}
}

// namesAgree: the operation that a call's hook names is the one that the platform
// counts.
func namesAgree(ctx context.Context, t testing.TB, p Provider) {
	seen := map[string]int{}
	b := p.Open(t, issuing.WithHook(func(_ context.Context, e issuing.CallEvent) { seen[e.Op]++ }))
	for _, op := range b.Ops {
		if err := op.Call(ctx); err != nil {
			t.Errorf("%s: %v", op.Name, err)
		}
		if seen[op.Name] == 0 {
			t.Errorf("%s: the hook did not see it", op.Name)
		}
	}
	for op, n := range seen {
		if got := b.Platform.Requests(op); got != n {
			t.Errorf("%s: the client sent %d, the platform counts %d", op, n, got)
		}
	}
}
