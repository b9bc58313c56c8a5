package platform

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// DefaultMaxRequest bounds a request body.
const DefaultMaxRequest = 8 << 20

// Reply is what a platform answers.
type Reply struct {
	Status int // 0 is 200
	Header http.Header
	Body   []byte
}

// Config describes a platform's server.
type Config struct {
	// Listen is the address, "127.0.0.1:0" when empty. It must be on loopback.
	Listen string
	// Clock is the platform's time; nil follows real time.
	Clock *issuingtest.Clock
	// MaxRequest bounds a request body; 0 is DefaultMaxRequest.
	MaxRequest int64
	// Operations are the names of the platform's operations, as hooks and errors
	// print them.
	Operations []string
	// Check, when set, reports what is wrong with the provider's books and
	// records. It is called without a lock of the server's.
	Check func() error
}

// Route finds the operation of a request and returns its name, "" when there is
// none, and what carries the request out. Body is all of the request's body. Both
// functions run concurrently; run is not called when a fault keeps the request
// from being carried out.
type Route func(r *http.Request, body []byte) (op string, run func() Reply)

// Server is a platform's HTTP side. It implements [issuingtest.Backend]. Close it
// after use.
type Server struct {
	clock      *issuingtest.Clock
	listener   net.Listener
	http       *http.Server
	maxRequest int64
	check      func() error

	*script
	*pusher
}

var _ issuingtest.Backend = (*Server)(nil)

// New makes a server that listens and does not answer yet. The provider keeps it
// and calls [Server.Serve].
func New(cfg Config) (*Server, error) {
	if cfg.Listen == "" {
		cfg.Listen = "127.0.0.1:0"
	}
	if err := checkLoopback(cfg.Listen); err != nil {
		return nil, err
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", cfg.Listen)
	if err != nil {
		return nil, fmt.Errorf("platform: cannot listen: %w", err)
	}
	if cfg.MaxRequest <= 0 {
		cfg.MaxRequest = DefaultMaxRequest
	}
	if cfg.Clock == nil {
		cfg.Clock = issuingtest.NewRealClock()
	}
	return &Server{
		clock: cfg.Clock, listener: listener, maxRequest: cfg.MaxRequest, check: cfg.Check,
		http:   &http.Server{ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute},
		script: newScript(cfg.Operations), pusher: newPusher(cfg.Clock),
	}, nil
}

func checkLoopback(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return errors.New("platform: the listen address is not host:port")
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return errors.New("platform: a platform in memory listens on loopback only")
	}
	return nil
}

// Serve begins to answer. It is called once.
func (s *Server) Serve(route Route) {
	s.http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.answer(w, r, route) })
	go func() { _ = s.http.Serve(s.listener) }()
}

// URL returns the server's base address.
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() }

// Clock returns the platform's clock.
func (s *Server) Clock() *issuingtest.Clock { return s.clock }

// Close stops the clock's jobs, callbacks and connections.
func (s *Server) Close() {
	s.clock.Close()
	_ = s.http.Close()
	_ = s.listener.Close() // of a server that did not serve
	s.client.CloseIdleConnections()
}

// Check reports what the faults, the names and the provider's records say.
func (s *Server) Check() error {
	problems := s.problems()
	if s.check != nil {
		problems = append(problems, s.check())
	}
	return errors.Join(problems...)
}

// answer answers one request, with its fault if there is one.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, route Route) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, s.maxRequest))
	if err != nil {
		http.Error(w, "request body too large or broken", http.StatusRequestEntityTooLarge)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	op, run := route(r, body)
	fault := s.fault(op)
	if before(fault, w) {
		return
	}
	reply := run()
	if reply.Status == 0 {
		reply.Status = http.StatusOK
	}
	for name, values := range reply.Header {
		w.Header()[name] = values
	}
	if after(fault, w, reply) {
		return
	}
	w.WriteHeader(reply.Status)
	_, _ = w.Write(reply.Body)
}
