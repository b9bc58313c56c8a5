package webhook

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"os"
	"sort"
	"strconv"
	"time"
)

// Request is a callback as it arrived.
type Request struct {
	Method string   // empty is POST
	URL    *url.URL // what was asked for; schemes find it set, to an empty one if need be
	// Header holds the headers. Names are taken in any case, as queues and
	// gateways keep them; schemes find them in net/http's spelling, so that
	// Get works.
	Header     http.Header
	Body       []byte // the raw body, as it came
	RemoteAddr string // of the caller's side of the connection; empty when it is not known

	// Type is the type of the address, for callbacks that name none. That of
	// [Source.ForType] replaces it.
	Type string
	// Credential is the credential that the address names, for sources that look
	// their keys up. That of [Source.ForCredential] replaces it.
	Credential string
	// Time is when the request arrived, by the source's clock. The source sets
	// it.
	Time time.Time
	// Prechecked is the scheme's own: what its [WithPrecheck] found out, for Verify.
	// The source empties it before.
	Prechecked any
}

// Verified is what a scheme learns from authenticating a request.
type Verified struct {
	// Delivery identifies this very delivery, such as its nonce: a signed value
	// only, empty where there is none. A repeat of a handled one is acknowledged
	// and does not reach the function; the name on another event is refused with
	// [ErrReplay].
	Delivery string
	// Once says that a delivery that was handled may not come again, where the
	// provider demands that: a repeat is refused with [ErrReplay].
	Once bool
	// At is when the platform sent it; zero when it does not say.
	At time.Time
	// RequestID names the delivery for the provider's support, in reports.
	RequestID string
	// Credential names the credential whose keys it was authenticated with; empty
	// where the source has one alone. Claims and positions begin with it, so it comes
	// from the configuration, and not as it stood in the request.
	Credential string
	// Content is the scheme's own: what Verify had to open for Open, and what
	// Answer needs to echo.
	Content any
}

// Scheme is one provider's rules. Its methods do not change the request, are
// safe for concurrent use, and put no secret, header or body into an error; the id
// of a credential is none of them.
type Scheme interface {
	// Verify authenticates a request: the key by its id, the signature in
	// constant time over the raw bytes, then the time, in both directions
	// ([Window]). Its error refuses the request, as [ErrSignature],
	// [ErrTimestamp] or [ErrUnknownKey] where one of them fits. An error of kind
	// issuing.ErrUnavailable says that it could not be found out, so that the
	// platform sends again.
	Verify(ctx context.Context, req *Request) (Verified, error)
	// Open decrypts and decodes an authenticated request by its type field, or by
	// Request.Type when it names none, into a new event. Data that stays nil becomes *[Unknown];
	// Provider is the source's, and Time is Verified.At unless Open knows better.
	// Its error becomes an [ErrPayload].
	Open(ctx context.Context, req *Request, v Verified) (*Event, error)
	// Answer is what the provider expects to hear, for every outcome, refusals
	// included. [StandardAnswer] is enough for most.
	Answer(req *Request, result Result) Answer
}

// Result is what became of a request.
type Result struct {
	// Verified is what Verify returned, with an error as well. It is zero for
	// what was refused before.
	Verified Verified
	// Event is the decoded event with what the function wrote into it. It is nil
	// for what was refused before or by Open, and for [OutcomeLate], when the
	// function may still be writing.
	Event *Event
	// Outcome is never empty.
	Outcome Outcome
	// Err says why, for every outcome but [OutcomeHandled] and
	// [OutcomeDuplicate].
	Err error
}

// Answer is an HTTP answer to a callback.
type Answer struct {
	Status int         // HTTP status
	Header http.Header // written in the spelling given; without a Content-Type it is plain text
	Body   []byte
	// Drop closes the connection without an answer, where only silence leaves
	// the decision to the provider. Where a connection is not the request's own,
	// as with HTTP/2, the answer is an empty one with status 503.
	Drop bool
	// Code is the provider's own response code inside the answer, for reports.
	Code string
	// Err says why the answer is not the one that the outcome deserves, such as a
	// key that cannot sign, for reports.
	Err error
}

// Text returns an answer of plain text.
func Text(status int, body string) Answer { return Answer{Status: status, Body: []byte(body)} }

// StandardAnswer is the answer of providers without rules of their own: 200 and
// "ok" for what was handled, 503 for what the platform has to send again, and a
// status that says no more than needed for what was refused: 401 when it is not
// authentic, 400, 405, 408, 413 and 422 for the rest.
func StandardAnswer(result Result) Answer {
	switch {
	case result.Outcome.Acknowledged():
		return Text(http.StatusOK, "ok")
	case result.Outcome != OutcomeRefused:
		return Text(http.StatusServiceUnavailable, "retry later")
	}
	status := http.StatusUnauthorized
	for _, refusal := range refusals {
		if errors.Is(result.Err, refusal.err) {
			status = refusal.status
			break
		}
	}
	answer := Text(status, http.StatusText(status))
	if status == http.StatusMethodNotAllowed {
		answer.Header = http.Header{"Allow": {http.MethodPost}}
	}
	return answer
}

// refusals are the statuses of what is refused for another reason than that it
// is not authentic. The first that fits counts.
var refusals = []struct {
	err    error
	status int
}{
	{ErrMethod, http.StatusMethodNotAllowed}, {ErrTooLarge, http.StatusRequestEntityTooLarge},
	{os.ErrDeadlineExceeded, http.StatusRequestTimeout}, {ErrBody, http.StatusBadRequest},
	{ErrPayload, http.StatusUnprocessableEntity},
}

// Window says how far the time of a callback may lie from now. A zero side lets
// nothing pass, a negative one everything.
type Window struct {
	MaxAge   time.Duration // into the past; longer than the platform's retries, unless they are signed afresh
	MaxAhead time.Duration // into the future: how far the platform's clock may be ahead of ours
}

// Check returns [ErrTimestamp] for a time outside the window.
func (w Window) Check(at, now time.Time) error {
	if (w.MaxAge >= 0 && !at.After(now.Add(-w.MaxAge))) || (w.MaxAhead >= 0 && !at.Before(now.Add(w.MaxAhead))) {
		return ErrTimestamp
	}
	return nil
}

// CheckUnix is Check for a decimal Unix time of seconds or, from 12 digits on,
// milliseconds. It returns the time.
func (w Window) CheckUnix(text string, now time.Time) (time.Time, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= 0 || len(text) > 13 {
		return time.Time{}, ErrTimestamp
	}
	at := time.Unix(n, 0)
	if len(text) >= 12 {
		at = time.UnixMilli(n)
	}
	return at, w.Check(at, now)
}

// canonical returns header with names in net/http's spelling. Values that come
// under several spellings of a name are all kept, in the order of the spellings.
func canonical(header http.Header) http.Header {
	same := func(name string) bool { return http.CanonicalHeaderKey(name) == name }
	all := true
	for name := range header {
		all = all && same(name)
	}
	if all {
		return header
	}
	out := make(http.Header, len(header))
	names := make([]string, 0, len(header))
	for name := range header {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		key := http.CanonicalHeaderKey(name)
		out[key] = append(out[key], header[name]...)
	}
	return out
}
