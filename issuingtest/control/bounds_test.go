package control

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/issuing-sdk/issuing-go/issuingtest"
)

func TestRing(t *testing.T) {
	t.Parallel()
	r := newRing[uint64](3)
	all := func(*uint64) bool { return true }
	if items, more := r.before(0, 10, all); items == nil || len(items) != 0 || more {
		t.Error("an empty ring has a page that is nil, or not empty")
	}
	for range 5 {
		r.add(func(id uint64) uint64 { return id * 10 })
	}
	for id, want := range map[uint64]bool{0: false, 2: false, 3: true, 5: true, 6: false} {
		if item, ok := r.get(id); ok != want || ok && item != id*10 {
			t.Errorf("%d: %d %t", id, item, ok)
		}
	}
	r.change(4, func(n uint64) uint64 { return n + 1 })
	r.change(2, func(uint64) uint64 { return 0 })
	for _, tt := range []struct {
		before uint64
		limit  int
		want   string
		more   bool
	}{{0, 10, "[50 41 30]", false}, {0, 2, "[50 41]", true}, {4, 10, "[30]", false}, {3, 10, "[]", false}, {1 << 62, 1, "[50]", true}} {
		items, more := r.before(tt.before, tt.limit, all)
		if got := fmt.Sprint(items); got != tt.want || more != tt.more {
			t.Errorf("before %d: %s %t", tt.before, got, more)
		}
	}
	for _, tt := range []struct {
		after uint64
		want  string
		lost  bool
	}{{5, "[]", false}, {4, "[50]", false}, {2, "[30 41 50]", false}, {1, "[]", true}, {6, "[]", true}} {
		items, lost := r.after(tt.after, 10)
		if got := fmt.Sprint(items); got != tt.want || lost != tt.lost {
			t.Errorf("after %d: %s %t", tt.after, got, lost)
		}
	}
	if last, dropped := r.counts(); last != 5 || dropped != 2 {
		t.Errorf("%d, %d", last, dropped)
	}
}

// fill notes requests and callbacks as a platform tells of them.
func fill(l *log, requests, callbacks int) {
	for i := range requests {
		l.see("worldcard", issuingtest.Event{Request: &issuingtest.Request{
			ID: uint64(i + 1), Method: "POST", Path: "/api/v1/card/deposit", Operation: "Cards.Deposit", Status: 200,
			Verdict: issuingtest.VerdictRefused, Check: "code 10001", Expected: "Card does not exist",
		}})
	}
	body := make([]byte, 700)
	for i := range callbacks {
		l.see("worldcard", issuingtest.Event{Delivery: &issuingtest.Delivery{
			ID: uint64(i + 1), Type: "card_billing", URL: "http://127.0.0.1:9000/callbacks", Attempt: 1, Status: 401,
			Answer: "bad signature", Header: http.Header{"X-Nonce": {"n"}}, Body: body,
		}})
	}
}

// grown returns what the heap holds more after something was done.
func grown(do func()) int64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	do()
	runtime.GC()
	runtime.ReadMemStats(&after)
	return int64(after.HeapAlloc) - int64(before.HeapAlloc)
}

// What all of the log takes: usually, which the package's comment calls about 8 MB, and
// at most.
const (
	usualMemory = 10 << 20
	maxMemory   = 96 << 20
)

// The log keeps what it says and no more, however much comes: what comes usually, and
// the largest that can come.
func TestLogIsBounded(t *testing.T) {
	for _, tt := range []struct {
		name string
		fill func(*log)
		most int64
	}{
		{"100,000 requests and 50,000 callbacks", func(l *log) { fill(l, 100_000, 50_000) }, usualMemory},
		{"the largest requests and callbacks, with all attempts", fillLargest, maxMemory},
	} {
		l := newLog()
		held := grown(func() { tt.fill(l) })
		t.Logf("%s: %.1f MB", tt.name, float64(held)/1e6)
		if held > tt.most {
			t.Errorf("%s hold %d bytes, more than %d", tt.name, held, tt.most)
		}
		if len(l.known) != MaxCallbacks {
			t.Errorf("%d callbacks are known", len(l.known))
		}
		runtime.KeepAlive(l)
	}
	l := newLog()
	fill(l, 100_000, 50_000)
	var dropped [4]uint64
	for i, counts := range []func() (uint64, uint64){l.requests.counts, l.callbacks.counts, l.events.counts, l.bodies.counts} {
		_, dropped[i] = counts()
	}
	if want := [4]uint64{90_000, 40_000, 140_000, 49_500}; dropped != want {
		t.Errorf("%v requests, callbacks, events and bodies are dropped, want %v", dropped, want)
	}
}

// fillLargest fills the log with the largest that a platform tells of, with texts of
// their own.
func fillLargest(l *log) {
	text := func(n int) string { return strings.Repeat("x", n) }
	for i := range MaxRequests {
		l.see("worldcard", issuingtest.Event{Request: &issuingtest.Request{
			ID: uint64(i + 1), Method: text(300), Path: text(300), Verdict: issuingtest.VerdictRefused, Check: text(300), Expected: text(300),
		}})
	}
	body := make([]byte, 64<<10)
	for i := range MaxCallbacks {
		for attempt := range maxAttempts {
			l.see("worldcard", issuingtest.Event{Delivery: &issuingtest.Delivery{
				ID: uint64(i + 1), Type: "card_billing", URL: text(200), Attempt: attempt + 1, Status: 500,
				Answer: text(4 << 10), Header: http.Header{"X-Signature": {text(512)}}, Body: body,
			}})
		}
	}
}

// deadlines is a writer that notes how long a connection may be read from.
type deadlines struct {
	*httptest.ResponseRecorder
	read []time.Time
}

func (d *deadlines) SetReadDeadline(at time.Time) error {
	d.read = append(d.read, at)
	return nil
}

// A stream lives on while nothing happens, a server's ReadTimeout does not end it, and
// a handler that is closed does.
func TestStreamEndsWithItsHandler(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLog()
		h := &Handler{log: l, boot: "boot", done: make(chan struct{}), routes: table()}
		r := httptest.NewRequest(http.MethodGet, "http://localhost/v1/events", nil)
		r.Header.Set("Accept", "text/event-stream")
		w := &deadlines{ResponseRecorder: httptest.NewRecorder()}
		ended := make(chan struct{})
		go func() { h.ServeHTTP(w, r); close(ended) }()
		synctest.Wait()
		fill(l, 1, 0)
		time.Sleep(2 * streamHeartbeat)
		h.Close()
		h.Close()
		<-ended
		if len(w.read) != 1 || !w.read[0].IsZero() {
			t.Errorf("deadlines %v", w.read)
		}
		want := ": alive\n\nevent: request\nid: boot-1\ndata: "
		if got := w.Body.String(); len(got) < len(want) || got[:len(want)] != want || got[len(got)-len(": alive\n\n"):] != ": alive\n\n" {
			t.Errorf("%s", got)
		}
	})
}
