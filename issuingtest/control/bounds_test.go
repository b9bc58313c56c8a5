package control

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
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

// The log keeps what it says and no more, however much comes.
func TestLogIsBounded(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	l := newLog()
	fill(l, 100_000, 50_000)
	runtime.GC()
	runtime.ReadMemStats(&after)
	const most = 32 << 20
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > most {
		t.Errorf("100,000 requests and 50,000 callbacks hold %d bytes", grown)
	}
	var dropped [4]uint64
	for i, counts := range []func() (uint64, uint64){l.requests.counts, l.callbacks.counts, l.events.counts, l.bodies.counts} {
		_, dropped[i] = counts()
	}
	if want := [4]uint64{90_000, 40_000, 140_000, 49_500}; dropped != want {
		t.Errorf("%v requests, callbacks, events and bodies are dropped, want %v", dropped, want)
	}
	if len(l.known) != MaxCallbacks {
		t.Errorf("%d callbacks are known", len(l.known))
	}
	runtime.KeepAlive(l)
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

// BenchmarkPage is a list page over a full log; the bare primitive beside it is a
// request of the platform's own.
func BenchmarkPage(b *testing.B) {
	server, err := worldcardtest.NewServer(worldcardtest.Config{})
	if err != nil {
		b.Fatal(err)
	}
	defer server.Close()
	h, err := New(Config{Platforms: []Platform{{Name: "worldcard", Platform: server.Platform}}})
	if err != nil {
		b.Fatal(err)
	}
	fill(h.log, 100_000, 50_000)
	for name, path := range map[string]string{
		"page": "/v1/requests", "no match": "/v1/requests?operation=none", "callbacks": "/v1/callbacks",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				w := httptest.NewRecorder()
				h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost"+path, nil))
				if w.Code != http.StatusOK {
					b.Fatal(w.Body)
				}
			}
		})
	}
	b.Run("platform's own request", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			resp, err := http.Post(server.URL()+"/api/v1/card/deposit", "application/json", nil)
			if err != nil {
				b.Fatal(err)
			}
			_ = resp.Body.Close()
		}
	})
}
