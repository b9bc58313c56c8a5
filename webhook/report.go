package webhook

import "time"

// Outcome says what became of a callback.
type Outcome string

// Outcomes of a callback.
const (
	OutcomeHandled   Outcome = "handled"   // the function returned nil; acknowledged
	OutcomeDuplicate Outcome = "duplicate" // handled before; acknowledged again
	OutcomeBusy      Outcome = "busy"      // being handled by another delivery; to be sent again
	OutcomeFailed    Outcome = "failed"    // the function or the deduper failed; to be sent again
	OutcomeRefused   Outcome = "refused"   // not authentic, too large or unreadable
	OutcomeLate      Outcome = "late"      // the function missed the source's deadline; not acknowledged
	OutcomeOvertime  Outcome = "overtime"  // that function has ended; its answer was not sent
)

// Known reports whether o is one of this version's.
func (o Outcome) Known() bool {
	switch o {
	case OutcomeHandled, OutcomeDuplicate, OutcomeBusy, OutcomeFailed, OutcomeRefused, OutcomeLate, OutcomeOvertime:
		return true
	}
	return false
}

// Acknowledged reports whether the platform is told that the callback arrived.
func (o Outcome) Acknowledged() bool { return o == OutcomeHandled || o == OutcomeDuplicate }

// Report describes one callback to an observer. It holds no body, no header and
// no secret.
type Report struct {
	Provider string
	Type     string // "" when it was refused before decoding
	ID       string // Event.ID, "" when it was refused before decoding
	// Credential is the event's, "" when it was refused before it was authentic.
	Credential string
	RequestID  string // the delivery's name for the provider's support; "" when it has none or is not authentic
	Outcome    Outcome
	Status     int           // HTTP status of the answer; 0 when the connection was dropped
	Code       string        // the provider's own code in the answer, of those that have one
	Duration   time.Duration // from the arrival to the answer, or to the end of the function in overtime
	Err        error         // why, for what was not acknowledged or could not be answered
}
