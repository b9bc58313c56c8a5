package issuingtest

import (
	"cmp"
	"strconv"
	"time"
)

// Fault is one misbehaviour of a platform, for one request. Make it with the
// functions of this package ([DropBefore], [DropAfter] and the others), queue it
// with [Platform.Inject] or pick it in [Platform.Choose]. The zero Fault is none:
// the request is carried out and answered. Faults can be compared with ==.
//
// What matters most of a fault is on which side of the commit it strikes: after
// DropBefore nothing has happened, after DropAfter everything has, and the client
// cannot tell them apart.
type Fault struct {
	Kind   FaultKind
	Wait   time.Duration // of FaultKindDelayBefore, FaultKindDelayAfter and FaultKindRateLimited
	Status int           // of FaultKindRefuse
	Body   string        // of FaultKindRefuse and FaultKindReplace
}

// FaultKind says what a [Fault] does. Its text is the fault's name.
type FaultKind string

// Kinds of faults.
const (
	FaultKindNone             FaultKind = ""                   // none: carried out and answered
	FaultKindDropBefore       FaultKind = "drop-before"        // see [DropBefore]
	FaultKindDropAfter        FaultKind = "drop-after"         // see [DropAfter]
	FaultKindBadGatewayBefore FaultKind = "bad-gateway-before" // see [BadGatewayBefore]
	FaultKindBadGatewayAfter  FaultKind = "bad-gateway-after"  // see [BadGatewayAfter]
	FaultKindRateLimited      FaultKind = "rate-limited"       // see [RateLimited]
	FaultKindDelayBefore      FaultKind = "delay-before"       // see [DelayBefore]
	FaultKindDelayAfter       FaultKind = "delay-after"        // see [DelayAfter]
	FaultKindTruncate         FaultKind = "truncate"           // see [Truncate]
	FaultKindReplace          FaultKind = "replace"            // see [Replace]
	FaultKindRefuse           FaultKind = "refuse"             // see [Refuse]
)

// DropBefore closes the connection without carrying the request out.
func DropBefore() Fault { return Fault{Kind: FaultKindDropBefore} }

// DropAfter carries the request out and closes the connection without an answer.
func DropAfter() Fault { return Fault{Kind: FaultKindDropAfter} }

// BadGatewayBefore answers with status 502 and an HTML page, as a proxy does, and
// does not carry the request out.
func BadGatewayBefore() Fault { return Fault{Kind: FaultKindBadGatewayBefore} }

// BadGatewayAfter carries the request out and answers with status 502 and an HTML
// page.
func BadGatewayAfter() Fault { return Fault{Kind: FaultKindBadGatewayAfter} }

// RateLimited answers with status 429 and a Retry-After header of retryAfter,
// rounded down to whole seconds, and does not carry the request out.
func RateLimited(retryAfter time.Duration) Fault {
	return Fault{Kind: FaultKindRateLimited, Wait: retryAfter}
}

// DelayBefore waits for d of real time, then carries the request out, even when
// the client has given up by then: the request that arrives late.
func DelayBefore(d time.Duration) Fault { return Fault{Kind: FaultKindDelayBefore, Wait: d} }

// DelayAfter carries the request out, waits for d of real time, and answers.
func DelayAfter(d time.Duration) Fault { return Fault{Kind: FaultKindDelayAfter, Wait: d} }

// Truncate carries the request out and breaks the connection in the middle of the
// answer's body.
func Truncate() Fault { return Fault{Kind: FaultKindTruncate} }

// Replace carries the request out and answers with status 200 and another body,
// sent as JSON whatever it is: a maintenance page, half an object, nothing.
func Replace(body string) Fault { return Fault{Kind: FaultKindReplace, Body: body} }

// Refuse answers with a status and a body, sent as JSON, and does not carry the
// request out. A status outside 200 to 599 is sent as 500. The packages of the
// platforms offer refusals with a provider's own codes where that is of use.
func Refuse(status int, body string) Fault {
	return Fault{Kind: FaultKindRefuse, Status: status, Body: body}
}

// String returns the fault's name, "none" for the zero Fault, with its status or
// its wait: "drop-after", "refuse 503", "rate-limited 7s".
func (f Fault) String() string {
	name := cmp.Or(string(f.Kind), "none")
	switch {
	case f.Status != 0:
		return name + " " + strconv.Itoa(f.Status)
	case f.Wait != 0:
		return name + " " + f.Wait.String()
	}
	return name
}
