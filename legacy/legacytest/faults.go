package legacytest

import (
	"bytes"
	"fmt"
	"net/http"
	"time"

	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/legacy"
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

// Answer carries the request out and answers with a status all the same: the 500
// and 5000 after which an order has to be queried.
func Answer(code legacy.Code) Fault {
	return issuingtest.Replace(fmt.Sprintf(`{"data":null,"msg":%q,"status":%d,"success":false}`, code.Meaning(), int(code)))
}

// Inject queues faults for the next requests to a path, one each; "" is any
// path.
func (s *Server) Inject(path string, faults ...Fault) { _ = s.http.Inject(path, faults...) }

// Choose sets a function that picks the fault of every request for which none is
// queued. It runs concurrently; nil picks none.
func (s *Server) Choose(choose func(path string) Fault) { s.http.Choose(choose) }

// Requests returns how many requests to a path arrived; "" counts all.
func (s *Server) Requests(path string) int { return s.http.Requests(path) }

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

// ForgeContent is a Forge function for [CallbackFault]: a success instead of a
// failure, under the signature of the failure.
func ForgeContent(header http.Header, body []byte) (http.Header, []byte) {
	return header, bytes.Replace(body, []byte(`"status":"3"`), []byte(`"status":"2"`), 1)
}
