package issuingtest

import "time"

// Event is what a platform tells its observers, see [Platform.Observe]: one of the
// three is set.
type Event struct {
	Request  *Request  // a request of the client's, answered or broken off
	Delivery *Delivery // an attempt to deliver a callback
	Turned   time.Time // where the clock has come to, at the end of a turn by the action "advance"
}

// Request is what a platform notes of a request. It holds no body, no header and no
// key, and card numbers in its texts are masked.
type Request struct {
	ID        uint64        `json:"id"` // from 1, on this platform
	At        time.Time     `json:"at"` // of its arrival, on the platform's clock
	Took      time.Duration `json:"took_ns"`
	Method    string        `json:"method"`
	Path      string        `json:"path"`
	Operation string        `json:"operation,omitempty"` // "" when it fits none
	Card      string        `json:"card,omitempty"`      // id of the card that it is about, as in [State]
	Status    int           `json:"status,omitempty"`    // of the answer; 0 when it broke off
	Verdict   Verdict       `json:"verdict"`
	Check     string        `json:"check,omitempty"`    // that a refused one did not pass, such as "signature"
	Expected  string        `json:"expected,omitempty"` // what would have passed, or the platform's words
	Fault     string        `json:"fault,omitempty"`    // the fault that it met, see [Fault.String]
}

// Verdict says how a request ended.
type Verdict string

// Verdicts.
const (
	VerdictOK      Verdict = "ok"      // carried out and answered
	VerdictRefused Verdict = "refused" // the platform said no
	VerdictFault   Verdict = "fault"   // it met a fault
	VerdictBroken  Verdict = "broken"  // it could not be read, or the platform failed
)
