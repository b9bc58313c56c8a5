package webhook

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

// toy is a scheme without cryptography: header X-Sig must be "good", X-Nonce is
// the claim, X-Time the Unix time. The body is "type id" behind the word SEALED.
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

func (s *toy) verify(header http.Header, _ []byte, now time.Time) (verified, error) {
	s.step("verify")
	if header.Get("X-Sig") != "good" {
		return verified{}, ErrSignature
	}
	n, err := strconv.ParseInt(header.Get("X-Time"), 10, 64)
	if at := time.Unix(n, 0); err != nil || !inWindow(at, now, time.Hour, time.Minute) {
		return verified{}, ErrTimestamp
	}
	return verified{claims: []string{"nonce/" + header.Get("X-Nonce")}, at: time.Unix(n, 0)}, nil
}

func (s *toy) open(_ verified, body []byte, typ string) (*Event, error) {
	s.step("open")
	plain, ok := strings.CutPrefix(string(body), "SEALED ")
	if !ok {
		return nil, ErrPayload
	}
	kind, id, _ := strings.Cut(plain, " ")
	if kind == "?" {
		kind = typ
	}
	raw := issuing.NewSecret(plain)
	return &Event{Provider: "overwritten", Type: kind, ID: id, Data: &Unknown{Type: kind, Raw: raw}, Raw: raw}, nil
}

func (*toy) success() Answer { return Answer{Status: 200, Body: "ok"} }

func (*toy) failure() Answer {
	return Answer{Status: 503, ContentType: "application/json", Body: `{"retry":true}`}
}

var toyNow = time.Unix(1_700_000_000, 0)

func newToy() (*toy, *Source) {
	s := &toy{}
	return s, newSource("toy", s, func() time.Time { return toyNow })
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

func (d *brokenDeduper) Claim(ctx context.Context, id string) (Claim, error) {
	d.log = append(d.log, "claim "+id)
	if d.claim != nil {
		return ClaimNew, d.claim
	}
	return d.Deduper.Claim(ctx, id)
}

func (d *brokenDeduper) Done(ctx context.Context, id string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	d.log = append(d.log, "done "+id)
	if d.done != nil {
		return d.done
	}
	return d.Deduper.Done(ctx, id)
}

func (d *brokenDeduper) Release(ctx context.Context, id string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	d.log = append(d.log, "release "+id)
	return d.Deduper.Release(ctx, id)
}
