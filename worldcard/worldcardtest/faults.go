package worldcardtest

import (
	"net/http"
	"time"

	"github.com/issuing-sdk/issuing-go/internal/ledger"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// Clock is the platform's time: it follows real time or is turned by Advance.
type Clock = ledger.Clock

// NewClock returns a clock that stands at start until its Advance is called.
func NewClock(start time.Time) *Clock { return ledger.NewClock(start) }

// Fault is one misbehaviour for one request.
type Fault = platform.Fault

// DropBefore closes the connection without carrying the request out.
func DropBefore() Fault { return platform.DropBefore() }

// DropAfter carries the request out and closes the connection without an answer.
func DropAfter() Fault { return platform.DropAfter() }

// BadGateway answers with an HTML page and status 502, before or after carrying
// the request out.
func BadGateway(afterCommit bool) Fault { return platform.BadGateway(afterCommit) }

// RateLimited answers 429 with a Retry-After header and carries nothing out.
func RateLimited(retryAfter time.Duration) Fault { return platform.RateLimited(retryAfter) }

// DelayBefore waits, then carries the request out even when the client has given
// up.
func DelayBefore(d time.Duration) Fault { return platform.DelayBefore(d) }

// DelayAfter carries the request out, waits, and answers.
func DelayAfter(d time.Duration) Fault { return platform.DelayAfter(d) }

// Truncate carries the request out and breaks off in the middle of the answer.
func Truncate() Fault { return platform.Truncate() }

// Replace carries the request out and answers with status 200 and another body.
func Replace(body string) Fault { return platform.Replace(body) }

// Refuse answers with a code of the platform's in an answer of status 200 and
// carries nothing out: a way to codes for which the documents name no cause that
// a test could bring about, such as [worldcard.CodeKYCUnavailable] or
// [worldcard.CodeOwnerMismatch]. An empty message is the code's documented one.
func Refuse(code worldcard.Code, message string) Fault {
	if message == "" {
		message = code.Meaning()
	}
	reply := answer(http.StatusOK, code, message, nil)
	return platform.Refuse(reply.Status, string(reply.Body))
}

// Inject queues faults for the next requests to a path, one each; "" is any
// path.
func (s *Server) Inject(path string, faults ...Fault) { s.http.Inject(path, faults...) }

// Choose sets a function that picks the fault of every request for which none is
// queued. It runs concurrently; nil picks none.
func (s *Server) Choose(choose func(path string) Fault) { s.http.Choose(choose) }

// Requests returns how many requests to a path arrived; "" counts all.
func (s *Server) Requests(path string) int { return s.http.Requests(path) }

// CallbackFault changes how callbacks are delivered: twice, held back and in
// reverse order, or forged.
type CallbackFault = platform.CallbackFault

// Delivery is one attempt to deliver a callback.
type Delivery = platform.Delivery

// SetCallbackFault changes how later callbacks are delivered.
func (s *Server) SetCallbackFault(f CallbackFault) { s.http.SetCallbackFault(f) }

// ReleaseCallbacks sends the callbacks that a fault held back, the latest first.
func (s *Server) ReleaseCallbacks() { s.http.ReleaseCallbacks() }

// Deliveries returns the log of callback deliveries, oldest first.
func (s *Server) Deliveries() []Delivery { return s.http.Deliveries() }

// ForgeSignature is a Forge function for [CallbackFault]: the body stays, the
// signature is another one's.
func ForgeSignature(header http.Header, body []byte) (http.Header, []byte) {
	header.Set("X-Signature", "Zm9yZ2Vk")
	return header, body
}
