package kazepaytest

import (
	"net/http"
	"strings"
	"time"

	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// Clock is the platform's time: it follows real time or is turned by Advance.
type Clock = issuingtest.Clock

// NewClock returns a clock that stands at start until its Advance is called.
func NewClock(start time.Time) *Clock { return issuingtest.NewClock(start) }

// Fault is one misbehaviour for one request.
type Fault = issuingtest.Fault

// DropBefore closes the connection without carrying the request out.
func DropBefore() Fault { return issuingtest.DropBefore() }

// DropAfter carries the request out and closes the connection without an answer.
func DropAfter() Fault { return issuingtest.DropAfter() }

// BadGateway answers with an HTML page and status 502, before or after carrying
// the request out.
func BadGateway(afterCommit bool) Fault {
	if afterCommit {
		return issuingtest.BadGatewayAfter()
	}
	return issuingtest.BadGatewayBefore()
}

// RateLimited answers 429 with a Retry-After header and carries nothing out.
func RateLimited(retryAfter time.Duration) Fault { return issuingtest.RateLimited(retryAfter) }

// DelayBefore waits, then carries the request out even when the client has given
// up.
func DelayBefore(d time.Duration) Fault { return issuingtest.DelayBefore(d) }

// DelayAfter carries the request out, waits, and answers.
func DelayAfter(d time.Duration) Fault { return issuingtest.DelayAfter(d) }

// Truncate carries the request out and breaks off in the middle of the answer.
func Truncate() Fault { return issuingtest.Truncate() }

// Replace carries the request out and answers with status 200 and another body.
func Replace(body string) Fault { return issuingtest.Replace(body) }

// Inject queues faults for the next requests of an apiCode, one each; "" is any
// operation.
func (s *Server) Inject(apiCode string, faults ...Fault) { _ = s.http.Inject(apiCode, faults...) }

// Choose sets a function that picks the fault of every request for which none is
// queued. It runs concurrently; nil picks none.
func (s *Server) Choose(choose func(apiCode string) Fault) { s.http.Choose(choose) }

// Requests returns how many requests of an apiCode arrived; "" counts all.
func (s *Server) Requests(apiCode string) int { return s.http.Requests(apiCode) }

// CallbackFault changes how callbacks are delivered: twice, held back and in
// reverse order, or forged.
type CallbackFault = issuingtest.CallbackFault

// Delivery is one attempt to deliver a callback.
type Delivery = issuingtest.Delivery

// SetCallbackFault changes how later callbacks are delivered.
func (s *Server) SetCallbackFault(f CallbackFault) { s.http.SetCallbackFault(f) }

// ReleaseCallbacks sends the callbacks that a fault held back, the latest first.
func (s *Server) ReleaseCallbacks() { s.http.ReleaseCallbacks() }

// Deliveries returns the log of callback deliveries, oldest first.
func (s *Server) Deliveries() []Delivery { return s.http.Deliveries() }

// ForgeSignature is a Forge function for [CallbackFault]: the content stays, the
// signature is another one's.
func ForgeSignature(header http.Header, body []byte) (http.Header, []byte) {
	const name = `"sign":"`
	text := string(body)
	if i := strings.Index(text, name); i >= 0 {
		start := i + len(name)
		end := start + strings.IndexByte(text[start:], '"')
		body = []byte(text[:start] + strings.Repeat("0", end-start) + text[end:])
	}
	return header, body
}
