package transport

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
)

// stream is a body that knows whether it was closed.
type stream struct {
	io.Reader
	closed bool
}

func (s *stream) Close() error { s.closed = true; return nil }

func TestSealErrors(t *testing.T) {
	t.Parallel()
	hsm := errors.New("the HSM is gone")
	for name, tt := range map[string]struct {
		err  error
		at   int
		kind string
	}{
		"plain":                   {hsm, 1, unavailable},
		"typed":                   {&issuing.Error{Kind: issuing.ErrInvalid, Err: hsm}, 1, "[invalid request]"},
		"after an unclear answer": {hsm, 2, unknown},
		"typed, after unclear":    {&issuing.Error{Kind: issuing.ErrInvalid, Err: hsm}, 2, unknown},
	} {
		sends := 0
		c := newClient(t, roundTripper(func(*http.Request) (*http.Response, error) { sends++; return nil, io.EOF }))
		call := newCall("https://card.example/", Keyed)
		seal := call.Seal
		call.Seal = func(ctx context.Context, attempt int) (Sealed, error) {
			if attempt == tt.at {
				return Sealed{}, tt.err
			}
			return seal(ctx, attempt)
		}
		_, err := run(t.Context(), c, call)
		if sends != tt.at-1 || kindName(t, err) != tt.kind || !strings.Contains(err.Error(), hsm.Error()) {
			t.Errorf("%s: sent %d times, %v", name, sends, err)
		}
		if definite := tt.kind != unknown; errors.Is(err, hsm) != definite {
			t.Errorf("%s: errors.Is finds the cause: %v", name, !definite)
		}
	}
}

func TestStreamIsSentAndClosed(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	s := &stream{Reader: strings.NewReader("file")}
	call := newCall(p.URL, Once)
	call.Seal = func(context.Context, int) (Sealed, error) {
		return Sealed{Header: http.Header{"X-Nonce": {"n"}}, Stream: s, Length: -1}, nil
	}
	if _, err := run(t.Context(), newClient(t, p.dialer()), call); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"n file"}, p.requests()); diff != "" || !s.closed {
		t.Errorf("closed %v (-want +got):\n%s", s.closed, diff)
	}
}

// A stream that was made but not sent is closed as well.
func TestStreamIsClosedWhenTimeRunsOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &stream{Reader: strings.NewReader("file")}
		call := newCall("https://card.example/", Once)
		call.Seal = func(context.Context, int) (Sealed, error) {
			time.Sleep(time.Minute)
			return Sealed{Stream: s}, nil
		}
		c := newClient(t, roundTripper(func(*http.Request) (*http.Response, error) {
			t.Error("sent after its time")
			return nil, io.EOF
		}), issuing.WithMaxAttempts(1))
		_, err := run(t.Context(), c, call)
		if kindName(t, err) != unavailable || !errors.Is(err, context.DeadlineExceeded) || !s.closed {
			t.Errorf("%v, closed %v", err, s.closed)
		}
	})
}

func TestSink(t *testing.T) {
	t.Parallel()
	full := errors.New("disk full")
	for name, tt := range map[string]struct {
		faults []string
		max    int64
		sink   io.Writer
		sends  int
		kind   string
		got    string
	}{
		"whole":                  {nil, 0, &bytes.Buffer{}, 1, "ok", "ok"},
		"after a 500":            {[]string{"500"}, 0, &bytes.Buffer{}, 2, "ok", "ok"},
		"error page stays out":   {[]string{"404"}, 0, &bytes.Buffer{}, 1, "[not found]", ""},
		"no repeat after a byte": {[]string{"truncate"}, 0, &bytes.Buffer{}, 1, unavailable, "half of"},
		"repeat before a byte":   {[]string{"drop"}, 0, &bytes.Buffer{}, 2, "ok", "ok"},
		"too large":              {nil, 1, &bytes.Buffer{}, 1, bad, "ok"},
		"writer fails":           {nil, 0, writerFunc(func([]byte) (int, error) { return 0, full }), 1, unavailable, ""},
	} {
		p := newPlatform(t, tt.faults...)
		call := newCall(p.URL, Read)
		call.Sink, call.MaxResponse = tt.sink, tt.max
		resp, err := run(t.Context(), newClient(t, p.dialer()), call)
		if n := len(p.requests()); n != tt.sends || kindName(t, err) != tt.kind {
			t.Errorf("%s: %d requests, %v", name, n, err)
		}
		if b, ok := tt.sink.(*bytes.Buffer); ok && b.String() != tt.got {
			t.Errorf("%s: the sink holds %q, want %q", name, b, tt.got)
		}
		if err == nil && len(resp.Body) != 0 {
			t.Errorf("%s: the body is in the answer as well", name)
		}
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestJudge(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		judgement Judgement
		safety    Safety
		sends     int
		maybe     bool
	}{
		"busy in a 200":          {Busy, Keyed, 3, false},
		"busy, checked":          {Busy, Checked, 3, false},
		"busy, once":             {Busy, Once, 1, false},
		"unclear in a 200":       {Unclear, Keyed, 3, true},
		"unclear, read":          {Unclear, Read, 3, true},
		"unclear, checked":       {Unclear, Checked, 1, true},
		"unclear, once":          {Unclear, Once, 1, true},
		"final, whatever status": {Final, Keyed, 1, false},
	} {
		p := newPlatform(t)
		call := newCall(p.URL, tt.safety)
		call.Judge = func(_ context.Context, r *Response) Judgement { r.Parsed = string(r.Body); return tt.judgement }
		resp, err := newClient(t, p.dialer()).Do(t.Context(), call)
		if err != nil || len(p.requests()) != tt.sends || call.Progress.Maybe != tt.maybe || resp.Judgement != tt.judgement || resp.Parsed != "ok" {
			t.Errorf("%s: %d requests, %+v, %v", name, len(p.requests()), resp, err)
		}
	}
}

// An answer of exactly the limit passes, one byte more does not.
func TestMaxResponse(t *testing.T) {
	t.Parallel()
	for size, want := range map[int]string{0: "ok", 99: "ok", 100: "ok", 101: bad, 1 << 20: bad} {
		for _, length := range []int64{-1, int64(size)} {
			c := newClient(t, roundTripper(func(*http.Request) (*http.Response, error) {
				resp := answer(200, strings.Repeat("x", size))
				resp.ContentLength = length
				return resp, nil
			}))
			call := newCall("https://card.example/", Read)
			call.MaxResponse = 100
			resp, err := run(t.Context(), c, call)
			if kindName(t, err) != want || err == nil && len(resp.Body) != size {
				t.Errorf("%d bytes: %v", size, err)
			}
		}
	}
}

func TestBadRequests(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	for name, change := range map[string]func(*Call){
		"bad URL":      func(c *Call) { c.URL = "https://card.example/\x7f" },
		"no host":      func(c *Call) { c.URL = "https://" },
		"bad method":   func(c *Call) { c.Method = "PO ST" },
		"bad protocol": func(c *Call) { c.URL = "ftp://card.example/" },
		"header with a line break": func(c *Call) {
			c.Seal = func(context.Context, int) (Sealed, error) {
				return Sealed{Header: http.Header{"X-Key": {"a\r\nb"}}, Body: []byte("x")}, nil
			}
		},
	} {
		call := newCall(p.URL, Once)
		change(call)
		_, err := run(t.Context(), newClient(t, p.dialer()), call)
		if err == nil || kindName(t, err) == unknown || strings.Contains(err.Error(), "card.example") {
			t.Errorf("%s: %v; nothing was sent, so the outcome is known", name, err)
		}
	}
	if seen := p.requests(); len(seen) != 0 {
		t.Errorf("sent %q", seen)
	}
}

// The caller's HTTP client, its transport and the sealed header stay as they
// were.
func TestNothingOfTheCallersChanges(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	transport := p.dialer()
	hc := &http.Client{Transport: transport, Timeout: time.Minute}
	header := http.Header{"X-Nonce": {"n"}}
	call := newCall(p.URL, Read)
	call.Seal = func(context.Context, int) (Sealed, error) { return Sealed{Header: header}, nil }
	if _, err := run(t.Context(), newClient(t, nil, issuing.WithHTTPClient(hc)), call); err != nil {
		t.Fatal(err)
	}
	if hc.Transport != transport || hc.CheckRedirect != nil || hc.Timeout != time.Minute {
		t.Error("the client was changed")
	}
	if diff := cmp.Diff(http.Header{"X-Nonce": {"n"}}, header); diff != "" {
		t.Errorf("the header was changed:\n%s", diff)
	}
}
