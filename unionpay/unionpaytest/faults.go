package unionpaytest

import (
	"time"

	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/unionpay"
)

// Clock is the gateway's time: it follows real time or is turned by Advance.
type Clock = issuingtest.Clock

// NewClock returns a clock that stands at start until its Advance is called.
func NewClock(start time.Time) *Clock { return issuingtest.NewClock(start) }

// Fault is one misbehaviour of the network or server for one request.
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

// Replace carries the request out and answers with status 200 and another body,
// which the signature does not fit.
func Replace(body string) Fault { return issuingtest.Replace(body) }

// Inject queues faults for the next requests to a path, one each; "" is any
// path.
func (s *Server) Inject(path string, faults ...Fault) { _ = s.http.Inject(path, faults...) }

// Choose sets a function that picks the fault of every request for which none is
// queued. It runs concurrently; nil picks none.
func (s *Server) Choose(choose func(path string) Fault) { s.http.Choose(choose) }

// Requests returns how many requests to a path arrived; "" counts all.
func (s *Server) Requests(path string) int { return s.http.Requests(path) }

// CallbackFault changes how notifications are delivered: twice, held back and in
// reverse order, or forged.
type CallbackFault = issuingtest.CallbackFault

// Delivery is one attempt to deliver a notification.
type Delivery = issuingtest.Delivery

// SetCallbackFault changes how later notifications are delivered.
func (s *Server) SetCallbackFault(f CallbackFault) { s.http.SetCallbackFault(f) }

// ReleaseCallbacks sends what a fault held back, the latest first.
func (s *Server) ReleaseCallbacks() { s.http.ReleaseCallbacks() }

// Deliveries returns the log of deliveries, oldest first.
func (s *Server) Deliveries() []Delivery { return s.http.Deliveries() }

// Behaviour changes the answer to one request. The zero Behaviour changes
// nothing.
type Behaviour struct {
	// Code answers with this code, Message and Detail, and carries nothing out.
	Code    unionpay.Code
	Message string
	Detail  string

	Unsigned       bool          // no UPI-JWS header, or no signature in the body
	WrongSignature bool          // signed with a key that is not the gateway's
	StaleTime      bool          // UPI-TIMESTAMP is 301 seconds old
	OtherUUID      bool          // UPI-UUID is not the request's
	StandardBase64 bool          // the signature in standard Base64
	Mode           *sign.UPIMode // another payload mode
	ReqPath        bool          // UPI-REQPATH in the answer
	Bare401        bool          // status 401 without a body
	ExtraMembers   bool          // unknown members in every object
	CapitalM       bool          // MsgResponse instead of msgResponse
	EncryptToken   bool          // the token as JWE, or as RSA text in profile U
	EncryptBody    bool          // the whole body as JWE
	OtherMsgID     bool          // msgInfo of another message
	NoToken        bool          // an approval without the token
	NewValues      bool          // values of indicator fields that nobody knows
}

// Next queues behaviours for the next answers to a message, one each.
func (s *Server) Next(message unionpay.MessageType, behaviours ...Behaviour) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next[message] = append(s.next[message], behaviours...)
}

func (s *Server) behaviour(message unionpay.MessageType) Behaviour {
	s.mu.Lock()
	defer s.mu.Unlock()
	queue := s.next[message]
	if len(queue) == 0 {
		return Behaviour{}
	}
	s.next[message] = queue[1:]
	return queue[0]
}
