// Package hoptest is a hop between client and platform that confuses answers: for tests.
package hoptest

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
)

// Hop stands between client and platform and, on a kept connection, delivers one answer
// in every so many twice: the second time in place of the answer to the next request, so
// that all that follow on the connection are late by one.
type Hop struct {
	listener net.Listener
	upstream string
	every    int64
	answers  atomic.Int64
	twice    atomic.Int64
	late     atomic.Int64

	wg    sync.WaitGroup
	mu    sync.Mutex
	conns []net.Conn
}

// Start puts a hop in front of the platform at an address without a path. It delivers one
// answer in every so many twice, and ends with the test.
func Start(t testing.TB, upstream string, every int64) *Hop {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := &Hop{listener: listener, upstream: upstream, every: every}
	h.wg.Go(h.accept)
	t.Cleanup(h.close)
	return h
}

// URL is the hop's address.
func (h *Hop) URL() string { return "http://" + h.listener.Addr().String() }

// Twice is how many answers were delivered twice.
func (h *Hop) Twice() int64 { return h.twice.Load() }

// Late is how many answers went to another request than their own.
func (h *Hop) Late() int64 { return h.late.Load() }

func (h *Hop) accept() {
	for {
		conn, err := h.listener.Accept()
		if err != nil {
			return
		}
		h.mu.Lock()
		h.conns = append(h.conns, conn)
		h.mu.Unlock()
		h.wg.Go(func() { h.serve(conn) })
	}
}

func (h *Hop) close() {
	_ = h.listener.Close()
	h.mu.Lock()
	for _, conn := range h.conns {
		_ = conn.Close()
	}
	h.mu.Unlock()
	h.wg.Wait()
}

// serve answers the requests of one connection. owed is the answer that the next request
// gets instead of its own.
func (h *Hop) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	var owed []byte
	in := bufio.NewReader(conn)
	for {
		req, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		answer, err := h.ask(req)
		if err != nil {
			return
		}
		if owed != nil {
			h.late.Add(1)
			answer, owed = owed, answer
		} else if h.answers.Add(1)%h.every == 0 {
			h.twice.Add(1)
			owed = answer
		}
		if _, err := conn.Write(answer); err != nil {
			return
		}
	}
}

// ask forwards a request.
func (h *Hop) ask(req *http.Request) ([]byte, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	address := h.upstream + req.URL.RequestURI()
	out, err := http.NewRequestWithContext(context.Background(), req.Method, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	out.Header = req.Header
	resp, err := http.DefaultClient.Do(out)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	var b bytes.Buffer
	err = resp.Write(&b)
	return b.Bytes(), err
}
