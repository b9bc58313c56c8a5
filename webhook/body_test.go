package webhook

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"
)

// Bodies of every size and of known and unknown length are read whole, up to the
// limit, and what was lent for them is given back.
func TestBodies(t *testing.T) {
	t.Parallel()
	_, src := newToy()
	var got int
	h := NewHandler(src, func(_ context.Context, event *Event) error { got = event.Raw.Len(); return nil },
		WithObserver(func(context.Context, Report) {}))
	const head = len("SEALED ")
	for i, size := range []int{
		10, beginning - 1, beginning, beginning + 1, 2*beginning - 1, 2 * beginning, 2*beginning + 1, 40_000,
		DefaultMaxBody - 1, DefaultMaxBody, DefaultMaxBody + 1, 2 * DefaultMaxBody,
	} {
		for _, announced := range []bool{true, false} {
			body := "SEALED " + fmt.Sprint("a ", i, announced)
			body += strings.Repeat("x", max(0, size-len(body)))
			for j, reader := range []io.Reader{strings.NewReader(body), iotest.HalfReader(strings.NewReader(body)), iotest.DataErrReader(strings.NewReader(body))} {
				r := request(t.Context(), fmt.Sprint(i, announced, j), "")
				r.Body, r.ContentLength = io.NopCloser(reader), -1
				if announced {
					r.ContentLength = int64(len(body))
				}
				w := httptest.NewRecorder()
				got = len(body) - head
				h.ServeHTTP(w, r)
				switch {
				case len(body) > DefaultMaxBody:
					if w.Code != http.StatusRequestEntityTooLarge {
						t.Errorf("%d bytes, announced %t: %d", len(body), announced, w.Code)
					}
				case w.Code != http.StatusOK || got != len(body)-head:
					t.Errorf("%d bytes, announced %t: %d, %d bytes arrived", len(body), announced, w.Code, got)
				}
			}
		}
	}
	if b, r := h.budget.beginnings.Load(), h.budget.rests.Load(); b != 0 || r != 0 {
		t.Errorf("%d and %d bytes are still lent", b, r)
	}
}

// What does not fit beside the bodies that are on their way is to be sent again, in
// the platform's own words; large ones leave the small ones their share.
func TestBudget(t *testing.T) {
	t.Parallel()
	_, src := newToy()
	h := NewHandler(src, nothing, WithObserver(func(context.Context, Report) {}))
	h.budget.beginnings.Store(beginningsShare - 100)
	if got := deliver(t, h, "1", "SEALED a 1"); !strings.HasPrefix(got, "200") {
		t.Errorf("what fits: %s", got)
	}
	if got := deliver(t, h, "2", "SEALED a "+strings.Repeat("2", 200)); got != `503|application/json|{"retry":true}` {
		t.Errorf("what does not fit: %s", got)
	}
	h.budget.beginnings.Store(0)
	h.budget.rests.Store(restsShare)
	if got := deliver(t, h, "3", "SEALED a "+strings.Repeat("3", 2*beginning)); got != `503|application/json|{"retry":true}` {
		t.Errorf("a large one: %s", got)
	}
	if got := deliver(t, h, "4", "SEALED a 4"); !strings.HasPrefix(got, "200") {
		t.Errorf("a small one beside large ones: %s", got)
	}
	if b, r := h.budget.beginnings.Load(), h.budget.rests.Load(); b != 0 || r != restsShare {
		t.Errorf("%d and %d bytes are still lent", b, r)
	}
}

// A thousand connections that stall in the middle of their bodies take little memory,
// and good callbacks are answered meanwhile.
func TestStallingConnections(t *testing.T) { //nolint:paralleltest // it measures the process
	const (
		stalling = 1000
		good     = 200
		bound    = 100 << 20
	)
	var arrived atomic.Int64
	all := make(chan struct{})
	_, src := newToy(WithPrecheck(func(context.Context, *Request) error {
		if arrived.Add(1) == stalling {
			close(all)
		}
		return nil
	}))
	h := NewHandler(src, nothing, WithObserver(func(context.Context, Report) {}))
	server := httptest.NewServer(h)
	defer server.Close()
	before := memory()
	sent := []byte("POST / HTTP/1.1\r\nHost: x\r\nX-Sig: good\r\nX-Nonce: s\r\nX-Time: 1700000000\r\n" +
		fmt.Sprintf("Content-Length: %d\r\n\r\n", DefaultMaxBody) + strings.Repeat("x", DefaultMaxBody-1))
	var conns sync.WaitGroup
	for range stalling {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		conns.Go(func() { _, _ = conn.Write(sent) }) // refused ones are cut
	}
	select {
	case <-all:
	case <-time.After(time.Minute):
		t.Fatalf("%d connections arrived", arrived.Load())
	}
	for i := range good {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, strings.NewReader(fmt.Sprint("SEALED a ", i)))
		if err != nil {
			t.Fatal(err)
		}
		r.Header = toyHeader(fmt.Sprint("good", i))
		resp, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusOK || !bytes.Equal(body, []byte("ok")) {
			t.Fatalf("a good callback: %d %s", resp.StatusCode, body)
		}
	}
	grown := memory() - before
	t.Logf("%d stalling bodies: memory grew by %.1f MB", stalling, float64(grown)/(1<<20))
	if grown > bound {
		t.Errorf("memory grew by %d bytes", grown)
	}
	server.CloseClientConnections()
	conns.Wait()
}

// memory is what the process holds of the system's.
func memory() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.Sys - m.HeapReleased)
}
