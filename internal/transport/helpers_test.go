package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

// roundTripper is an http.RoundTripper made of a function.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// answer is an HTTP answer in memory.
func answer(status int, body string, header ...string) *http.Response {
	h := http.Header{}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{
		StatusCode: status, Header: h, ContentLength: int64(len(body)), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Body: io.NopCloser(bytes.NewReader([]byte(body))),
	}
}

// newClient returns a client that waits next to nothing between attempts.
func newClient(t testing.TB, rt http.RoundTripper, opts ...issuing.Option) *Client {
	t.Helper()
	settings, err := issuing.NewSettings(append([]issuing.Option{
		issuing.WithRetryWait(time.Nanosecond, time.Nanosecond),
		issuing.WithHTTPClient(&http.Client{Transport: rt}),
	}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return New("acme", settings)
}

// newCall returns a call whose attempts carry their number as body and header.
func newCall(url string, safety Safety) *Call {
	return &Call{
		Op: "Cards.Deposit", URL: url, Template: "/cards/{id}", Safety: safety, Key: "order-1", Progress: new(Progress),
		Seal: func(_ context.Context, attempt int) (Sealed, error) {
			id := "r-" + strconv.Itoa(attempt)
			return Sealed{
				Header:    http.Header{"X-Nonce": {id}, "X-Signature": {"signature " + id}},
				Body:      []byte(id),
				RequestID: id,
			}, nil
		},
	}
}

// run sends a call and says what became of it, as the core of the providers does:
// an answer of 300 and above is an error, and every error of a write that may have
// been carried out one of unknown outcome.
func run(ctx context.Context, c *Client, call *Call) (*Response, error) {
	resp, err := c.Do(ctx, call)
	c.Conclude(call.Progress, false)
	if err == nil && resp.Status >= 300 {
		err = StatusError(resp)
	}
	var e *issuing.Error
	if errors.As(err, &e) && call.Safety != Read && call.Progress.Maybe {
		err = Unknown(e)
	}
	if errors.As(err, &e) {
		e.Provider, e.Op, e.Key = "acme", call.Op, call.Key
		e.Attempts, e.RequestID = call.Progress.Attempts, call.Progress.RequestID
	}
	if err == nil {
		return resp, nil
	}
	return resp, err
}

// kindName names what errors.Is finds in err, and fails when it finds two kinds.
func kindName(t testing.TB, err error) string {
	t.Helper()
	if err == nil {
		return "ok"
	}
	var names []string
	for _, kind := range []error{
		issuing.ErrInvalid, issuing.ErrNotConfigured, issuing.ErrUnauthorized, issuing.ErrNotFound, issuing.ErrDuplicate,
		issuing.ErrConflict, issuing.ErrInsufficientFunds, issuing.ErrDeclined, issuing.ErrRateLimited, issuing.ErrUnavailable,
		issuing.ErrBadResponse, issuing.ErrSignature, issuing.ErrOutcomeUnknown,
	} {
		if errors.Is(err, kind) {
			names = append(names, kind.Error())
		}
	}
	if len(names) != 1 {
		t.Errorf("%v has the kinds %v, want exactly one", err, names)
	}
	return fmt.Sprint(names)
}

// platform is a server that misbehaves as its queue of faults says, then
// answers "ok".
type platform struct {
	*httptest.Server
	mu     sync.Mutex
	faults []string
	seen   []string // X-Nonce, body and path of each request that arrived
	dials  []error  // errors of the next connections, nil for none
}

func newPlatform(t testing.TB, faults ...string) *platform {
	p := &platform{faults: faults}
	p.Server = httptest.NewServer(http.HandlerFunc(p.serve))
	t.Cleanup(p.Close)
	return p
}

func (p *platform) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	p.mu.Lock()
	p.seen = append(p.seen, r.Header.Get("X-Nonce")+" "+string(body))
	fault := ""
	if len(p.faults) > 0 {
		fault, p.faults = p.faults[0], p.faults[1:]
	}
	p.mu.Unlock()
	switch fault {
	case "":
		_, _ = io.WriteString(w, "ok")
	case "drop":
		panic(http.ErrAbortHandler)
	case "truncate":
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "half of")
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	case "large":
		_, _ = w.Write(bytes.Repeat([]byte("x"), 10<<20))
	case "redirect":
		w.Header().Set("Location", "https://evil.invalid/")
		w.WriteHeader(http.StatusTemporaryRedirect)
	default:
		status, err := strconv.Atoi(fault)
		if err != nil {
			panic("unknown fault " + fault)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "<html>sorry</html>")
	}
}

func (p *platform) requests() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string{}, p.seen...)
}

// dialer is a net/http transport whose next connections fail as p.dials says.
func (p *platform) dialer() *http.Transport {
	return &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		p.mu.Lock()
		var err error
		if len(p.dials) > 0 {
			err, p.dials = p.dials[0], p.dials[1:]
		}
		p.mu.Unlock()
		if err != nil {
			return nil, err
		}
		return new(net.Dialer).DialContext(ctx, network, address)
	}}
}

var errDial = &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
