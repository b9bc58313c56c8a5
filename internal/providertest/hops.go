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
	drain(r)
	return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("nobody listens")}
}

// drain reads and closes a request's body, as a RoundTripper has to.
func drain(r *http.Request) {
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
		_ = r.Body.Close()
	}
}

// slow is a network that, once armed, calls begun when the next answer's header is
// there, and never brings the body.
type slow struct {
	armed atomic.Bool
	begun func()
}

// RoundTrip implements http.RoundTripper.
func (s *slow) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err == nil && s.armed.Swap(false) {
		_ = resp.Body.Close()
		resp.Body = &silence{r.Context()}
		s.begun()
	}
	return resp, err
}

// silence is a body that brings nothing until its context ends.
type silence struct{ ctx context.Context }

// Read implements io.Reader.
func (s *silence) Read([]byte) (int, error) {
	<-s.ctx.Done()
	return 0, s.ctx.Err()
}

// Close implements io.Closer.
func (s *silence) Close() error { return nil }

// stuck is a network that, while it is on, answers every request with the answer
// to the first.
type stuck struct {
	mu    sync.Mutex
	on    bool
	calls int
	first *http.Response
	body  []byte
}

// set switches the network on or off, and forgets.
func (s *stuck) set(on bool) {
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
		drain(r)
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
