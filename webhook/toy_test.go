package webhook

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

// toy is a scheme without cryptography: header X-Sig must be "good", X-Nonce is
// the claim, X-Once an id that may come once, X-Time the Unix time. The body is
// "type id" behind the word SEALED; the type "ask" is a question.
type toy struct {
	mu    sync.Mutex
	steps []string
}

func (s *toy) step(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.steps = append(s.steps, name)
}

func (s *toy) taken() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string{}, s.steps...)
}

var toyWindow = Window{MaxAge: time.Hour, MaxAhead: time.Minute}

func (s *toy) Verify(_ context.Context, req *Request) (Verified, error) {
	s.step("verify")
	if req.Header.Get("X-Sig") != "good" {
		return Verified{}, ErrSignature
	}
	at, err := toyWindow.CheckUnix(req.Header.Get("X-Time"), req.Time)
	v := Verified{Delivery: "nonce/" + req.Header.Get("X-Nonce"), At: at, RequestID: req.Header.Get("X-Nonce")}
	if once := req.Header.Get("X-Once"); once != "" {
		v.Delivery, v.Once = "once/"+once, true
	}
	return v, err
}

func (s *toy) Open(_ context.Context, req *Request, _ Verified) (*Event, error) {
	s.step("open")
	plain, ok := strings.CutPrefix(string(req.Body), "SEALED ")
	if !ok {
		return nil, errors.New("not sealed")
	}
	kind, id, _ := strings.Cut(plain, " ")
	if kind == "?" {
		kind = req.Type
	}
	event := &Event{Provider: "overwritten", Type: kind, ID: id, Raw: issuing.NewSecret(plain)}
	if kind == "ask" {
		event.Question, event.Data = true, &toyQuestion{}
	}
	return event, nil
}

// toyQuestion is what the function answers.
type toyQuestion struct{ Answer string }

// Answer has a body of its own for what is to be sent again, and for questions.
func (s *toy) Answer(_ *Request, result Result) Answer {
	if result.Event != nil && result.Outcome.Acknowledged() {
		if q, ok := result.Event.Data.(*toyQuestion); ok {
			return Answer{Status: 200, Body: []byte(q.Answer), Code: q.Answer}
		}
	}
	switch result.Outcome {
	case OutcomeBusy, OutcomeFailed:
		return Answer{Status: 503, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(`{"retry":true}`)}
	case OutcomeLate:
		return Answer{Drop: true}
	case OutcomeOvertime:
		if q, ok := result.Event.Data.(*toyQuestion); ok {
			return Answer{Code: q.Answer}
		}
	}
	return StandardAnswer(result)
}

var toyNow = time.Unix(1_700_000_000, 0)

func newToy(opts ...SourceOption) (*toy, *Source) {
	s := &toy{}
	src, err := NewSource("toy", s, append([]SourceOption{WithClock(func() time.Time { return toyNow })}, opts...)...)
	if err != nil {
		panic(err)
	}
	return s, src
}

func toyHeader(nonce string) http.Header {
	return http.Header{"X-Sig": {"good"}, "X-Nonce": {nonce}, "X-Time": {"1700000000"}}
}

// request is a callback over HTTP.
func request(ctx context.Context, nonce, body string) *http.Request {
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/", strings.NewReader(body))
	r.Header = toyHeader(nonce)
	return r
}

// deliver serves one callback and returns status, content type and body.
func deliver(t testing.TB, h http.Handler, nonce, body string) string {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, request(t.Context(), nonce, body))
	return described(w)
}

func described(w *httptest.ResponseRecorder) string {
	return strings.Join([]string{strconv.Itoa(w.Code), w.Header().Get("Content-Type"), w.Body.String()}, "|")
}

// The answers of the toy and of the handler.
const (
	answerOK    = "200|text/plain; charset=utf-8|ok"
	answerRetry = `503|application/json|{"retry":true}`
)

// recorder collects reports.
type recorder struct {
	mu      sync.Mutex
	reports []Report
}

func (r *recorder) observe(_ context.Context, report Report) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reports = append(r.reports, report)
}

// all returns what was reported so far.
func (r *recorder) all() []Report {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.reports)
}

func (r *recorder) outcomes() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []string
	for _, report := range r.reports {
		out = append(out, string(report.Outcome))
	}
	return strings.Join(out, " ")
}

// brokenDeduper fails where it is told to, and notes what is asked of it.
type brokenDeduper struct {
	Deduper
	claim, done error
	log         []string
}

var errStore = errors.New("the store is down")

func (d *brokenDeduper) Do(
	ctx context.Context, c Claims, fn func(context.Context) ([]byte, error),
) (Claim, []byte, error) {
	d.log = append(d.log, "claim "+c.Event+" "+c.Delivery)
	if d.claim != nil {
		return ClaimBusy, nil, d.claim
	}
	return d.Deduper.Do(ctx, c, func(ctx context.Context) ([]byte, error) {
		answer, err := fn(ctx)
		switch {
		case err != nil:
			d.log = append(d.log, "release")
			return nil, err
		case d.done != nil: // as a store that forgets the claim
			d.log = append(d.log, "done")
			return nil, d.done
		}
		d.log = append(d.log, "done")
		return answer, nil
	})
}

// probe asks a deduper for an event of the toy's, and gives it back.
func probe(t *testing.T, d Deduper, c Claims) Claim {
	t.Helper()
	free := errors.New("free")
	state, _, err := d.Do(t.Context(), c, func(context.Context) ([]byte, error) { return nil, free })
	if err != nil && !errors.Is(err, free) {
		t.Error(err)
	}
	return state
}

// serve answers one request.
func serve(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}
