package platform

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
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
	// Check names what a refused request did not pass, such as "signature" or a
	// code; Expected says what would have passed, without a secret. Observers are
	// told; the client is not.
	Check, Expected string
	// Card is the id of the card that the request is about, as in the state; "" is none
	// or several. Observers are told.
	Card string
}

// Config describes a platform's server.
type Config struct {
	// Listen is the address, "127.0.0.1:0" when empty. It must be on loopback.
	Listen string
	// Listener, when set, is listened on instead, wherever it is: whoever made it has
	// decided who reaches the platform.
	Listener net.Listener
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
	// Actions are the provider's rows of the table of actions.
	Actions []Row
	// State, when set, lists what the provider holds. It is called without a lock of
	// the server's.
	State func() issuingtest.State
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
	state      func() issuingtest.State
	actions    []issuingtest.Action
	turns      turns

	*observers
	*script
	*pusher
}

var _ issuingtest.Backend = (*Server)(nil)

// New makes a server that listens and does not answer yet. The provider keeps it
// and calls [Server.Serve].
func New(cfg Config) (*Server, error) {
	listener := cfg.Listener
	if listener == nil {
		var err error
		if listener, err = listen(cmp.Or(cfg.Listen, "127.0.0.1:0")); err != nil {
			return nil, err
		}
	}
	if cfg.MaxRequest <= 0 {
		cfg.MaxRequest = DefaultMaxRequest
	}
	if cfg.Clock == nil {
		cfg.Clock = issuingtest.NewRealClock()
	}
	seen := new(observers)
	s := &Server{
		clock: cfg.Clock, listener: listener, maxRequest: cfg.MaxRequest, check: cfg.Check, state: cfg.State,
		http:      &http.Server{ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute},
		observers: seen, script: newScript(cfg.Operations), pusher: newPusher(cfg.Clock, seen.tell),
	}
	for _, row := range append(slices.Clone(cfg.Actions), s.common()...) {
		s.actions = append(s.actions, row.action())
	}
	return s, nil
}

// Actions returns the table of actions: the provider's rows, and those that every
// platform has.
func (s *Server) Actions() []issuingtest.Action { return slices.Clone(s.actions) }

// State lists what the provider holds.
func (s *Server) State() issuingtest.State {
	if s.state == nil {
		return issuingtest.State{}
	}
	return s.state()
}

// listen listens at an address of loopback.
func listen(address string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, errors.New("platform: the listen address is not host:port")
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, errors.New("platform: a platform in memory listens on loopback only")
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("platform: cannot listen: %w", err)
	}
	return listener, nil
}

// Serve begins to answer. It is called once.
func (s *Server) Serve(route Route) {
	s.http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.answer(w, r, route) })
	go func() { _ = s.http.Serve(s.listener) }()
}

// URL returns the server's base address: on loopback where it listens everywhere.
func (s *Server) URL() string {
	address := s.listener.Addr()
	if tcp, ok := address.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		address = &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: tcp.Port}
	}
	return "http://" + address.String()
}

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

// answer answers one request, with its fault if there is one, and tells the
// observers of it.
func (s *Server) answer(out http.ResponseWriter, r *http.Request, route Route) {
	w := &answerWriter{ResponseWriter: out}
	seen := issuingtest.Request{
		At: s.clock.Now(), Method: r.Method, Path: r.URL.Path, Verdict: issuingtest.VerdictBroken,
	}
	begun := time.Now()
	defer func() { // also when the connection is broken off
		seen.Took, seen.Status = time.Since(begun), w.status
		s.note(seen)
	}()
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, s.maxRequest))
	if err != nil {
		seen.Check, seen.Expected = "body", "a body that ends, of at most "+strconv.FormatInt(s.maxRequest, 10)+" bytes"
		http.Error(w, "request body too large or broken", http.StatusRequestEntityTooLarge)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	op, run := route(r, body)
	seen.Operation = op
	fault := s.fault(op)
	if fault != (issuingtest.Fault{}) {
		seen.Verdict, seen.Fault = issuingtest.VerdictFault, fault.String()
	}
	if before(fault, w) {
		return
	}
	reply := run()
	if reply.Status == 0 {
		reply.Status = http.StatusOK
	}
	judge(&seen, reply)
	for name, values := range reply.Header {
		w.Header()[name] = values
	}
	if after(fault, w, reply) {
		return
	}
	w.WriteHeader(reply.Status)
	_, _ = w.Write(reply.Body)
}
