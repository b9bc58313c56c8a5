package platform

import (
	"context"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// recorder keeps what a platform tells.
type recorder struct {
	mu         sync.Mutex
	requests   []issuingtest.Request
	deliveries []issuingtest.Delivery
}

func (r *recorder) see(e issuingtest.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e.Request != nil {
		r.requests = append(r.requests, *e.Request)
	}
	if e.Delivery != nil {
		r.deliveries = append(r.deliveries, *e.Delivery)
	}
}

func TestObserversAreToldOfEveryRequest(t *testing.T) {
	t.Parallel()
	s, err := New(Config{Operations: []string{"op"}, MaxRequest: 100, Clock: issuingtest.NewClock(start)})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	replies := map[string]Reply{
		"/op":      {},
		"/refused": {Check: "signature", Expected: "one over 4111111111111111\n"},
		"/status":  {Status: http.StatusNotFound},
		"/failed":  {Status: http.StatusBadGateway},
	}
	s.Serve(func(r *http.Request, _ []byte) (string, func() Reply) {
		op := ""
		if r.URL.Path == "/op" {
			op = "op"
		}
		return op, func() Reply { return replies[r.URL.Path] }
	})
	var seen recorder
	s.Observe(nil)
	s.Observe(seen.see)
	for _, f := range []issuingtest.Fault{issuingtest.DropBefore(), issuingtest.DropAfter(), issuingtest.RateLimited(time.Second), issuingtest.Truncate()} {
		inject(t, s, "op", f)
		post(t, s, "/op", "")
	}
	for _, path := range []string{"/op", "/refused", "/status", "/failed", "/4111111111111111"} {
		post(t, s, path, "")
	}
	post(t, s, "/op", strings.Repeat("x", 101))
	want := []issuingtest.Request{
		{Path: "/op", Operation: "op", Verdict: "fault", Fault: "drop-before"},
		{Path: "/op", Operation: "op", Verdict: "fault", Fault: "drop-after"},
		{Path: "/op", Operation: "op", Verdict: "fault", Fault: "rate-limited 1s", Status: 429},
		{Path: "/op", Operation: "op", Verdict: "fault", Fault: "truncate", Status: 200},
		{Path: "/op", Operation: "op", Verdict: "ok", Status: 200},
		{Path: "/refused", Verdict: "refused", Status: 200, Check: "signature", Expected: "one over ••••••••••••1111 "},
		{Path: "/status", Verdict: "refused", Status: 404, Check: "Not Found"},
		{Path: "/failed", Verdict: "broken", Status: 502},
		{Path: "/••••••••••••1111", Verdict: "ok", Status: 200},
		{Path: "/op", Verdict: "broken", Status: 413, Check: "body", Expected: "a body that ends, of at most 100 bytes"},
	}
	for i := range want {
		want[i].ID, want[i].At, want[i].Method = uint64(i+1), start, http.MethodPost
	}
	seen.mu.Lock()
	defer seen.mu.Unlock()
	for i := range seen.requests {
		seen.requests[i].Took = 0
	}
	if diff := cmp.Diff(want, seen.requests); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestResend(t *testing.T) {
	t.Parallel()
	clock := issuingtest.NewClock(start)
	s, _ := newServer(t, Config{Operations: ops, Clock: clock})
	var seen recorder
	s.Observe(seen.see)
	url, _ := merchant(t)
	s.Push(callback(url, "first"))
	s.Push(callback(url, "second"))
	if err := s.Resend(1); err != nil { // even before its first attempt
		t.Error(err)
	}
	clock.Advance(time.Minute)
	for _, id := range []uint64{1, 1, 2} {
		if err := s.Resend(id); err != nil {
			t.Error(err)
		}
		clock.Advance(0)
	}
	for _, id := range []uint64{0, 3, 1 << 60} {
		if err := s.Resend(id); err == nil {
			t.Errorf("callback %d was sent again", id)
		}
	}
	type attempt struct {
		id      uint64
		attempt int
		body    string
	}
	var got []attempt
	for _, d := range s.Deliveries() {
		got = append(got, attempt{d.ID, d.Attempt, string(d.Body)})
	}
	want := []attempt{{1, 1, "first"}, {2, 1, "second"}, {1, 1, "first"}, {1, 2, "first"}, {1, 3, "first"}, {2, 2, "second"}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(attempt{})); diff != "" || len(seen.deliveries) != len(want) {
		t.Errorf("%d told of (-want +got):\n%s", len(seen.deliveries), diff)
	}
	for range maxKept {
		s.Push(callback(url, "later"))
	}
	if err := s.Resend(2); err == nil || len(s.callbackIDs()) != maxKept || s.callbackIDs()[0] != "1002" {
		t.Errorf("%v, %d callbacks are kept", err, len(s.callbackIDs()))
	}
}

// A turn of the clock from outside does not wait behind a slow receiver, and one that
// a receiver asks for while it answers does not wait at all.
func TestAdvanceFromOutsideNeverBlocks(t *testing.T) {
	t.Parallel()
	clock := issuingtest.NewClock(start)
	s, _ := newServer(t, Config{Operations: ops, Clock: clock})
	inside, leave := make(chan Result, 1), make(chan struct{})
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		result, err := s.advance(t.Context(), time.Hour)
		if err != nil {
			t.Error(err)
		}
		inside <- result
		<-leave
		_, _ = w.Write([]byte("ok"))
	}))
	defer hook.Close()
	s.Push(callback(hook.URL, "x"))
	done := make(chan Result, 1)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		result, err := s.advance(ctx, time.Minute)
		if err != nil {
			t.Error(err)
		}
		done <- result
	}()
	if result := <-inside; result["turning"] != true {
		t.Errorf("inside: %v", result)
	}
	cancel() // or five seconds have passed
	if result := <-done; result["turning"] != true {
		t.Errorf("outside: %v", result)
	}
	close(leave)
	for s.turns.open.Load() > 0 {
		runtime.Gosched()
	}
	if got := clock.Now().Sub(start); got != time.Hour {
		t.Errorf("the clock is at %v", got)
	}
	if d := s.Deliveries(); len(d) != 1 || !d[0].Accepted {
		t.Errorf("%v", d)
	}
}

func TestAdvanceWaitsForAQuickTurn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		clock := issuingtest.NewClock(start)
		s := &Server{clock: clock, observers: new(observers)}
		var ends atomic.Int64
		s.Observe(func(issuingtest.Event) { ends.Add(1) })
		ran := false
		clock.After(time.Hour, func() { time.Sleep(turnWait - time.Second); ran = true })
		result, err := s.advance(t.Context(), 2*time.Hour)
		if err != nil || !ran || result["turning"] != false || !result["now"].(time.Time).Equal(start.Add(2*time.Hour)) {
			t.Errorf("%v, %v, ran %t", result, err, ran)
		}
		release := make(chan struct{})
		clock.After(time.Hour, func() { <-release })
		result, err = s.advance(t.Context(), time.Hour)
		if err != nil || result["turning"] != true || ends.Load() != 1 {
			t.Errorf("%v, %v, %d ends", result, err, ends.Load())
		}
		for range maxTurns - 1 {
			_, err = s.advance(t.Context(), 0)
		}
		if _, full := s.advance(t.Context(), 0); err != nil || full == nil {
			t.Errorf("%v; one too many: %v", err, full)
		}
		close(release)
		synctest.Wait()
		if s.turns.open.Load() != 0 {
			t.Errorf("%d turns are open", s.turns.open.Load())
		}
	})
}

func TestRedact(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", "short 1234": "short 1234", "4111111111111111": "••••••••••••1111", "a4111111111111111b": "a••••••••••••1111b",
		"4111111111111112": "4111111111111112", "a\tb\x00c\xff": "a b c?",
	} {
		if got := Redact(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := Redact(strings.Repeat("x", 1000)); len(got) != maxNoted+len("…") {
		t.Errorf("%d bytes", len(got))
	}
	if Mask("4111111111111111") != "411111••••••1111" || Mask("") != "" || Mask("12345678901") != "" {
		t.Error("wrong masks")
	}
}
