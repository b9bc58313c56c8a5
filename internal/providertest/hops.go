package providertest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
)

// deaf is a network on which the next connections cannot be made.
type deaf struct{ left atomic.Int64 }

// RoundTrip implements http.RoundTripper.
func (d *deaf) RoundTrip(r *http.Request) (*http.Response, error) {
	if d.left.Add(-1) < 0 {
		return http.DefaultTransport.RoundTrip(r)
	}
	_ = r.Body.Close() // nothing reads it, as in net/http
	return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("nobody listens")}
}

// slow is a network on which what is missing of an answer never comes; it calls
// missing then.
type slow struct{ missing func() }

// RoundTrip implements http.RoundTripper.
func (s slow) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err == nil {
		resp.Body = &endless{resp.Body, r.Context(), s.missing}
	}
	return resp, err
}

// endless is a body that breaks off with the end of its context.
type endless struct {
	io.ReadCloser
	ctx     context.Context
	missing func()
}

// Read implements io.Reader.
func (e *endless) Read(p []byte) (int, error) {
	n, err := e.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		e.missing()
		<-e.ctx.Done()
		return n, e.ctx.Err()
	}
	return n, err
}

// stuck is a network that, while it is on, answers every request with the answer
// to the first.
type stuck struct {
	mu    sync.Mutex
	on    power
	calls int
	first *http.Response
	body  []byte
}

// power says whether the network answers by itself.
type power bool

const (
	switchedOn  power = true
	switchedOff power = false
)

// turn switches the network on or off, and forgets.
func (s *stuck) turn(on power) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.on, s.calls, s.first, s.body = on, 0, nil, nil
}

// requests returns how many it has answered.
func (s *stuck) requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls
}

// RoundTrip implements http.RoundTripper.
func (s *stuck) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	if s.first != nil && s.on {
		_ = r.Body.Close()
		return s.copy(), nil
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil || !s.on {
		return resp, err
	}
	defer func() { _ = resp.Body.Close() }()
	if s.body, err = io.ReadAll(resp.Body); err != nil {
		return nil, err
	}
	s.first = resp
	return s.copy(), nil
}

// copy returns the first answer anew.
func (s *stuck) copy() *http.Response {
	resp := *s.first
	resp.Header = resp.Header.Clone()
	resp.Body = io.NopCloser(bytes.NewReader(s.body))
	return &resp
}
