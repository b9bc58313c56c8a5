package webhook

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// post sends a signed callback to a real server.
func post(t *testing.T, server *httptest.Server, nonce, body string) (*http.Response, string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = toyHeader(nonce)
	resp, err := server.Client().Do(req)
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	return resp, string(text), err
}

// The wildcard {type} of an address is the type of callbacks without one, unless
// the source has a type of its own.
func TestTypeOfTheAddress(t *testing.T) {
	t.Parallel()
	_, src := newToy()
	var rec recorder
	mux := http.NewServeMux()
	mux.Handle("POST /any/{type}", NewHandler(src, nothing, WithObserver(rec.observe)))
	mux.Handle("POST /own/{type}", NewHandler(src.ForType("own"), nothing, WithObserver(rec.observe)))
	mux.Handle("POST /none", NewHandler(src, nothing, WithObserver(rec.observe)))
	for path, want := range map[string]string{"/any/card_open": "card_open", "/own/card_open": "own", "/none": ""} {
		r := request(t.Context(), path, "SEALED ? "+path)
		r.URL.Path = path
		serve(mux, r)
		if last := rec.reports[len(rec.reports)-1]; last.Type != want || last.Outcome != OutcomeHandled {
			t.Errorf("%s: %+v", path, last)
		}
	}
}

// A dropped connection is one without an answer; where there is none to close,
// the answer is no success.
func TestDrop(t *testing.T) {
	t.Parallel()
	src, err := NewSource("odd", oddScheme{event: &Event{}, answer: Answer{Drop: true, Code: "51"}})
	if err != nil {
		t.Fatal(err)
	}
	var rec recorder
	h := NewHandler(src, nothing, WithObserver(rec.observe))
	server := httptest.NewServer(h)
	defer server.Close()
	if resp, _, err := post(t, server, "1", ""); err == nil {
		t.Errorf("answered with %d", resp.StatusCode)
	}
	if w := serve(h, request(t.Context(), "1", "")); w.Code != 503 || w.Body.Len() != 0 {
		t.Errorf("%d %q", w.Code, w.Body)
	}
	second := httptest.NewUnstartedServer(h)
	second.EnableHTTP2 = true
	second.StartTLS()
	defer second.Close()
	if resp, body, err := post(t, second, "1", ""); err != nil || resp.ProtoMajor != 2 || resp.StatusCode != 503 || body != "" {
		t.Errorf("HTTP/2: %+v, %q, %v", resp, body, err)
	}
	if rec.outcomes() != "handled handled handled" || rec.reports[0].Status != 0 || rec.reports[0].Code != "51" {
		t.Errorf("%+v", rec.reports)
	}
}

// A function that panics with http.ErrAbortHandler gets what net/http promises:
// the connection is dropped and nothing is logged. The event is given back.
func TestAbortHandler(t *testing.T) {
	t.Parallel()
	_, src := newToy()
	var rec recorder
	runs := 0
	h := NewHandler(src, func(context.Context, *Event) error {
		if runs++; runs == 1 {
			panic(http.ErrAbortHandler)
		}
		return nil
	}, WithObserver(rec.observe))
	server := httptest.NewUnstartedServer(h)
	var logged lockedBuffer
	server.Config.ErrorLog = log.New(&logged, "", 0)
	server.Start()
	if resp, _, err := post(t, server, "1", "SEALED a 1"); err == nil {
		t.Errorf("answered with %d", resp.StatusCode)
	}
	if resp, _, err := post(t, server, "1", "SEALED a 1"); err != nil || resp.StatusCode != 200 {
		t.Errorf("afterwards: %v", err)
	}
	server.Close()
	if logged.String() != "" || rec.outcomes() != "failed handled" || !errors.Is(rec.reports[0].Err, ErrPanic) || rec.reports[0].Status != 0 {
		t.Errorf("logged %q, reported %+v", logged.String(), rec.reports)
	}
	runs = 0
	if a := h.Handle(t.Context(), &Request{Header: toyHeader("2"), Body: []byte("SEALED a 2")}); !a.Drop {
		t.Errorf("outside HTTP: %+v", a)
	}
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// The observer is told after the answer has been sent, and what it does wrong
// changes no answer.
func TestObserverHoldsNothingBack(t *testing.T) {
	t.Parallel()
	_, src := newToy()
	arrived := make(chan struct{})
	told := make(chan Report, 1)
	server := httptest.NewServer(NewHandler(src, nothing, WithObserver(func(ctx context.Context, r Report) {
		<-arrived
		told <- r
		panic("observer's bug")
	})))
	defer server.Close()
	resp, body, err := post(t, server, "1", "SEALED a 1")
	close(arrived)
	if err != nil || resp.StatusCode != 200 || body != "ok" {
		t.Errorf("%+v, %q, %v", resp, body, err)
	}
	if r := <-told; r.Outcome != OutcomeHandled || r.Status != 200 {
		t.Errorf("%+v", r)
	}
}

// pipes is a listener of connections in memory, which live in a bubble of time.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (*pipes) Addr() net.Addr { return &net.TCPAddr{} }

// A body that stalls holds its connection for ten seconds, whether it is waited
// for or was refused unread; a function may take longer than that.
func TestStalledBodies(t *testing.T) {
	t.Parallel()
	const head = "POST / HTTP/1.1\r\nHost: x\r\nX-Nonce: 1\r\nX-Time: 1700000000\r\n"
	for name, c := range map[string]struct {
		sent   string
		status string
		after  time.Duration // until the answer
		closed time.Duration // until the connection is closed
	}{
		"stalls":           {head + "X-Sig: good\r\nContent-Length: 100\r\n\r\nSEALED", "408", 10 * time.Second, 10*time.Second + 500*time.Millisecond},
		"refused unread":   {head + "Content-Length: 100\r\n\r\nSEALED", "401", 0, 10*time.Second + 500*time.Millisecond},
		"announced large":  {head + "X-Sig: good\r\nContent-Length: 101\r\n\r\nSEALED", "413", 0, 10*time.Second + 500*time.Millisecond},
		"a slow function":  {head + "X-Sig: good\r\nContent-Length: 10\r\n\r\nSEALED a 1", "200", 30 * time.Second, time.Minute},
		"an impatient one": {"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n", "405", 0, 10*time.Second + 500*time.Millisecond},
	} {
		synctest.Test(t, func(t *testing.T) {
			_, src := newToy(WithMaxBody(100), WithPrecheck(func(_ context.Context, req *Request) error {
				if req.Header.Get("X-Sig") == "" {
					return ErrSignature
				}
				return nil
			}))
			var ended atomic.Bool
			h := NewHandler(src, func(ctx context.Context, _ *Event) error {
				time.Sleep(30 * time.Second)
				ended.Store(ctx.Err() != nil)
				return nil
			}, WithObserver(func(context.Context, Report) {}))
			listener := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
			server := &http.Server{Handler: h, IdleTimeout: 30 * time.Second, ReadHeaderTimeout: time.Second}
			go func() { _ = server.Serve(listener) }()
			ours, theirs := net.Pipe()
			listener.conns <- theirs
			begun := time.Now()
			go func() { _, _ = io.WriteString(ours, c.sent) }()
			first := make([]byte, 12)
			if _, err := io.ReadFull(ours, first); err != nil || string(first) != "HTTP/1.1 "+c.status {
				t.Errorf("%s: %q, %v", name, first, err)
			}
			if took := time.Since(begun); took != c.after {
				t.Errorf("%s: answered after %v", name, took)
			}
			_, _ = io.Copy(io.Discard, ours)
			if took := time.Since(begun); took > c.closed {
				t.Errorf("%s: closed after %v", name, took)
			}
			if ended.Load() {
				t.Errorf("%s: the function's context ended", name)
			}
			_ = ours.Close()
			_ = server.Close()
			synctest.Wait()
		})
	}
}
