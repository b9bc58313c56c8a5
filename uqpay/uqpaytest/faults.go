package uqpaytest

import (
	"time"

	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// Clock is a platform's time. Its Advance turns it and runs what falls due.
type Clock = issuingtest.Clock

// NewClock returns a clock that stands at start until Advance turns it.
func NewClock(start time.Time) *Clock { return issuingtest.NewClock(start) }

// Fault is one misbehaviour for one request; see [Server.Inject].
type Fault = issuingtest.Fault

// DropBefore closes the connection without carrying the request out.
func DropBefore() Fault { return issuingtest.DropBefore() }

// DropAfter carries the request out and closes the connection.
func DropAfter() Fault { return issuingtest.DropAfter() }

// BadGateway answers with an HTML page and status 502, before or after carrying
// the request out.
func BadGateway(afterCommit bool) Fault {
	if afterCommit {
		return issuingtest.BadGatewayAfter()
	}
	return issuingtest.BadGatewayBefore()
}

// RateLimited answers 429 with a Retry-After header in whole seconds and carries
// nothing out.
func RateLimited(retryAfter time.Duration) Fault { return issuingtest.RateLimited(retryAfter) }

// DelayBefore waits, then carries the request out, even when the client has
// given up by then.
func DelayBefore(d time.Duration) Fault { return issuingtest.DelayBefore(d) }

// DelayAfter carries the request out, waits, and answers.
func DelayAfter(d time.Duration) Fault { return issuingtest.DelayAfter(d) }

// Truncate carries the request out and breaks off in the middle of the answer.
func Truncate() Fault { return issuingtest.Truncate() }

// Replace carries the request out and answers another body with status 200.
func Replace(body string) Fault { return issuingtest.Replace(body) }

// Inject queues faults for the next requests of an operation, such as
// "Cards.Recharge", one each; "" is any operation. The names are those of the
// client's methods, and "Token".
func (s *Server) Inject(op string, faults ...Fault) { _ = s.http.Inject(op, faults...) }

// Choose sets a function that picks the fault of every request for which none is
// queued; nil picks none. It runs concurrently.
func (s *Server) Choose(choose func(op string) Fault) { s.http.Choose(choose) }

// Requests returns how many requests of an operation arrived; "" counts all.
func (s *Server) Requests(op string) int { return s.http.Requests(op) }

// CallbackFault changes how callbacks are delivered.
type CallbackFault = issuingtest.CallbackFault

// Delivery is one attempt to deliver a callback.
type Delivery = issuingtest.Delivery

// SetCallbackFault changes how later callbacks are delivered.
func (s *Server) SetCallbackFault(f CallbackFault) { s.http.SetCallbackFault(f) }

// ReleaseCallbacks sends what was held back, the latest first.
func (s *Server) ReleaseCallbacks() { s.http.ReleaseCallbacks() }

// Deliveries returns the log of callback deliveries, oldest first.
func (s *Server) Deliveries() []Delivery { return s.http.Deliveries() }
