package coshinetest

import (
	"time"

	"github.com/issuing-sdk/issuing-go/coshine"
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

// OpToken names the token endpoint for faults and counts.
const OpToken = "OAuth.Token"

// Inject queues faults for the next requests of an interface, one each; "" is
// any interface.
func (s *Server) Inject(api coshine.API, faults ...Fault) { _ = s.http.Inject(string(api), faults...) }

// Choose sets a function that picks the fault of every request for which none is
// queued. It runs concurrently; nil picks none.
func (s *Server) Choose(choose func(api coshine.API) Fault) {
	if choose == nil {
		s.http.Choose(nil)
		return
	}
	s.http.Choose(func(op string) Fault { return choose(coshine.API(op)) })
}

// Requests returns how many requests of an interface arrived; "" counts all.
func (s *Server) Requests(api coshine.API) int { return s.http.Requests(string(api)) }

// CallbackFault changes how notifications are delivered: twice, held back and in
// reverse order, or forged.
type CallbackFault = issuingtest.CallbackFault

// Delivery is one attempt to deliver a notification. Its header holds the bearer
// token that the platform presents to the issuer.
type Delivery = issuingtest.Delivery

// SetCallbackFault changes how later notifications are delivered.
func (s *Server) SetCallbackFault(f CallbackFault) { s.http.SetCallbackFault(f) }

// ReleaseCallbacks sends what Hold kept back, the latest first.
func (s *Server) ReleaseCallbacks() { s.http.ReleaseCallbacks() }

// Deliveries returns the log of delivery attempts, oldest first.
func (s *Server) Deliveries() []Delivery { return s.http.Deliveries() }

// FailNext answers the next request of an interface with a code instead of
// carrying it out.
func (s *Server) FailNext(api coshine.API, code coshine.Code) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failures[api] = append(s.failures[api], code)
}

// Redirect answers the next requests of an interface with 307, one for each
// location, and carries nothing out. A location may be relative. The platform
// serves the same interfaces below /moved as well.
func (s *Server) Redirect(api coshine.API, locations ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.redirects[api] = append(s.redirects[api], locations...)
}

// Disable makes the platform answer an interface with [coshine.CodeRestricted],
// or no longer.
func (s *Server) Disable(api coshine.API, disabled bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.disabled[api] = disabled
}
