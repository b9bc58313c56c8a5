package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

// sealer is the RoundTripper below the retry loop. It makes one attempt: limit,
// seal, send, read, judge.
type sealer struct {
	client *Client
	base   http.RoundTripper // nil is what shared gives when the attempt is made
}

// RoundTrip makes one attempt of the call in the request's context.
func (s *sealer) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	st, ok := ctx.Value(stateKey{}).(*state)
	if !ok {
		return nil, errors.New("transport: a request without a call")
	}
	if err := ctx.Err(); err != nil {
		// Seal may ask a remote key store: not for a call that has ended.
		return nil, err
	}
	st.attempts++
	st.last, st.lastErr, st.again = nil, nil, false
	st.event = issuing.CallEvent{
		Provider: s.client.provider, Op: st.call.Op, Method: req.Method,
		Template: st.call.Template, Attempt: st.attempts,
	}
	st.ctx = s.client.observed(ctx, st, req)
	start := time.Now()
	resp, err := s.attempt(st.ctx, st, req)
	st.event.Duration = time.Since(start)
	if err != nil {
		st.lastErr = err
		st.event.Kind = issuing.ErrUnavailable
		if ctx.Err() != nil {
			st.event.Kind = issuing.ErrCanceled
		}
		return nil, err
	}
	st.event.Status = resp.StatusCode
	if resp.StatusCode >= 300 {
		st.event.Kind = KindOfStatus(resp.StatusCode)
	}
	return resp, nil
}

func (s *sealer) attempt(ctx context.Context, st *state, req *http.Request) (*http.Response, error) {
	if limit := s.client.settings.Limiter; limit != nil {
		if err := limit(ctx); err != nil {
			return nil, err
		}
	}
	// One attempt's time, from dialling to the last byte of the answer.
	ctx, cancel := context.WithTimeout(ctx, s.client.settings.Timeout)
	defer cancel()
	sealed, err := st.call.Seal(ctx, st.attempts)
	if err != nil {
		return nil, err
	}
	st.requestID = sealed.RequestID
	if err := ctx.Err(); err != nil {
		sealed.discard()
		st.again = true
		return nil, err
	}
	w := &way{}
	out := req.WithContext(w.traced(ctx))
	sealed.complete(out)
	if out.Body == http.NoBody {
		w.stop = cancel
	}
	if err := sendable(out); err != nil {
		sealed.discard()
		return nil, err
	}
	base := s.base
	if base == nil {
		base = shared.transport()
	}
	resp, err := base.RoundTrip(out)
	switch {
	case err != nil && w.neverLeft(err):
		st.again = true
		return nil, err
	case err != nil:
		return nil, st.unclear(w.cause(err))
	}
	defer func() { _ = resp.Body.Close() }()
	st.way = w
	return s.receive(ctx, st, resp, sealed.RequestID)
}

// userAgent says to a platform who is asking.
const userAgent = "issuing-go/" + issuing.Version

// complete gives req the attempt's headers and body, says who is asking, and keeps the
// cookies of the merchant's jar. It never has a GetBody: net/http repeats on its
// own, on a kept connection that breaks, what has a body that it can rewind.
func (sealed Sealed) complete(req *http.Request) {
	cookies := req.Header["Cookie"]
	req.Header = sealed.Header.Clone()
	if req.Header == nil {
		req.Header = http.Header{}
	}
	if req.Header["User-Agent"] == nil {
		req.Header["User-Agent"] = []string{userAgent}
	}
	if len(cookies) > 0 {
		req.Header["Cookie"] = append(req.Header["Cookie"], cookies...)
	}
	req.GetBody = nil
	switch {
	case sealed.Stream != nil:
		req.Body, req.ContentLength = sealed.Stream, sealed.Length
	case len(sealed.Body) == 0 && wantsLength(req.Method):
		withoutBody(req)
	default:
		// A reader even of nothing: without a body net/http repeats a GET.
		req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(sealed.Body)), int64(len(sealed.Body))
	}
}

// wantsLength reports whether a request without a body says so with a
// Content-Length of 0 (RFC 9110, section 8.6). Some gateways answer 411 otherwise.
func wantsLength(method string) bool {
	return method == http.MethodPost || method == http.MethodPut || method == http.MethodPatch
}

// withoutBody marks a request as one without a body, the only kind to which
// net/http gives a Content-Length of 0. Over HTTP/1.1 it repeats such a request on
// its own when it has an idempotency key, which it looks for in the canonical
// spelling; names of headers have no case, so the other spelling means the same.
// Over HTTP/2 it repeats every such request; see [way].
func withoutBody(req *http.Request) {
	req.Body, req.ContentLength = http.NoBody, 0
	for _, name := range []string{"Idempotency-Key", "X-Idempotency-Key"} {
		if value, ok := req.Header[name]; ok {
			delete(req.Header, name)
			req.Header[strings.ToLower(name)] = value
		}
	}
}

// discard closes the stream of an attempt that is not sent.
func (sealed Sealed) discard() {
	if sealed.Stream != nil {
		_ = sealed.Stream.Close()
	}
}

// sendable reports what net/http would refuse before it connects, so that such
// a request counts as one that never left. It names a header, never its value.
func sendable(req *http.Request) error {
	if req.URL.Host == "" || (req.URL.Scheme != "https" && req.URL.Scheme != "http") {
		return &issuing.Error{Kind: issuing.ErrInvalid, Err: errors.New("the request URL is not an http or https address")}
	}
	for name, values := range req.Header {
		for _, value := range values {
			if strings.ContainsFunc(value, func(r rune) bool { return (r < ' ' && r != '\t') || r == 0x7f }) {
				return &issuing.Error{Kind: issuing.ErrInvalid, Err: fmt.Errorf("the header %s has control characters", name)}
			}
		}
	}
	return nil
}

// unclear notes that an attempt may have been carried out.
func (st *state) unclear(err error) error {
	st.maybe = true
	st.again = st.call.Safety == Read || st.call.Safety == Keyed
	if st.sinking {
		st.again = false
	}
	return err
}

// receive reads the answer within its limit and judges it.
func (s *sealer) receive(ctx context.Context, st *state, resp *http.Response, requestID string) (*http.Response, error) {
	limit := st.call.MaxResponse
	if limit <= 0 {
		limit = DefaultMaxResponse
	}
	out := &Response{Status: resp.StatusCode, Header: resp.Header, RequestID: requestID, way: st.way}
	var body bytes.Buffer
	dst := io.Writer(&body)
	if st.call.Sink != nil && resp.StatusCode >= 200 && resp.StatusCode < 300 {
		dst = &sink{st: st, w: st.call.Sink}
	} else if n := resp.ContentLength; n > 0 && n <= limit {
		body.Grow(int(n))
	}
	n, err := io.Copy(dst, io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return nil, st.unclear(fmt.Errorf("the answer broke off: %w", err))
	}
	if n > limit {
		err := st.unclear(fmt.Errorf("the answer is over %d bytes: %w", limit, issuing.ErrTooLarge))
		st.again = false
		return nil, err
	}
	out.Body = body.Bytes()
	out.Judgement = JudgeStatus(out)
	if st.call.Judge != nil {
		out.Judgement = st.call.Judge(ctx, out)
	}
	st.maybe = st.maybe || out.Maybe
	switch out.Judgement {
	case Unclear:
		_ = st.unclear(nil)
	case Busy:
		st.again = st.call.Safety != Once
	}
	if out.Status >= 300 && out.Status < 400 {
		st.again = false
	}
	st.last = out
	// The retry loop wants a response whose body it may drain.
	resp.Body = io.NopCloser(bytes.NewReader(nil))
	return resp, nil
}

// sink copies an answer to the caller's writer and remembers that it did.
type sink struct {
	st *state
	w  io.Writer
}

// Write passes p on.
func (s *sink) Write(p []byte) (int, error) {
	if len(p) > 0 {
		s.st.sinking = true
	}
	return s.w.Write(p)
}
