package platform

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/issuing-sdk/issuing-go/internal/ledger"
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
	Clock *ledger.Clock
	// MaxRequest bounds a request body; 0 is DefaultMaxRequest.
	MaxRequest int64
	// Op names the operation of a request, for faults; nil is the URL path. The
	// request's body can be read again from its start.
	Op func(*http.Request) string
	// Handle carries a request out. It runs concurrently. Body is all of the
	// request's body.
	Handle func(r *http.Request, body []byte) Reply
	// Bind, when set, is handed the server before the first request can arrive,
	// so that Handle finds what it needs of it.
	Bind func(*Server)
}

// Server is a platform's HTTP side. Close it after use.
type Server struct {
	cfg      Config
	clock    *ledger.Clock
	listener net.Listener
	http     *http.Server

	mu     sync.Mutex
	faults map[string][]Fault
	choose func(op string) Fault
	counts map[string]int

	pusher
}

// NewServer starts a server.
func NewServer(cfg Config) (*Server, error) {
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
		cfg.Clock = ledger.NewRealClock()
	}
	s := &Server{
		cfg: cfg, clock: cfg.Clock, listener: listener,
		faults: map[string][]Fault{}, counts: map[string]int{},
	}
	s.pusher.init(s.clock)
	if cfg.Bind != nil {
		cfg.Bind(s)
	}
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute}
	go func() { _ = s.http.Serve(listener) }()
	return s, nil
}

func checkLoopback(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("platform: the listen address is not host:port")
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return errors.New("platform: a platform in memory listens on loopback only")
	}
	return nil
}

// URL returns the server's base address.
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() }

// Clock returns the platform's clock.
func (s *Server) Clock() *ledger.Clock { return s.clock }

// Close stops the clock's jobs, callbacks and connections.
func (s *Server) Close() {
	s.clock.Close()
	_ = s.http.Close()
	s.pusher.close()
}

// Inject queues faults for the next requests of an operation, one each; "" is
// any operation.
func (s *Server) Inject(op string, faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[op] = append(s.faults[op], faults...)
}

// Choose sets a function that picks the fault of every request for which none
// is queued; nil picks none. It runs concurrently.
func (s *Server) Choose(choose func(op string) Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.choose = choose
}

// Requests returns how many requests of an operation arrived, faulty ones
// included; "" counts all.
func (s *Server) Requests(op string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counts[op]
}

func (s *Server) fault(op string) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts[op]++
	s.counts[""]++
	for _, key := range []string{op, ""} {
		if queue := s.faults[key]; len(queue) > 0 {
			s.faults[key] = queue[1:]
			return queue[0]
		}
	}
	if s.choose != nil {
		return s.choose(op)
	}
	return Fault{}
}

// ServeHTTP answers one request, with its fault if there is one.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, s.cfg.MaxRequest))
	if err != nil {
		http.Error(w, "request body too large or broken", http.StatusRequestEntityTooLarge)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	op := r.URL.Path
	if s.cfg.Op != nil {
		op = s.cfg.Op(r)
	}
	fault := s.fault(op)
	if fault.before(w) {
		return
	}
	reply := s.cfg.Handle(r, body)
	if reply.Status == 0 {
		reply.Status = http.StatusOK
	}
	for name, values := range reply.Header {
		w.Header()[name] = values
	}
	if fault.after(w, reply) {
		return
	}
	w.WriteHeader(reply.Status)
	_, _ = w.Write(reply.Body)
}
