package issuing

import "time"

//go:generate go run ./internal/cmd/operations
//go:generate go run ./internal/cmd/architecture

// SettledBy is how an open outcome of an operation is settled.
type SettledBy string

// The ways to settle.
const (
	SettledByKey     SettledBy = "key"     // the platform is asked for the merchant's key; not found is an answer
	SettledByState   SettledBy = "state"   // what it is about is read, and tells, unless another has changed it since
	SettledByHistory SettledBy = "history" // a list shows it; that it shows nothing proves nothing
	SettledByRepeat  SettledBy = "repeat"  // sending the same again, which the provider recognises or does no harm
	SettledByNobody  SettledBy = "nobody"  // no inquiry is published: a person asks the provider
)

// Operation is a row of a provider's operation table: what one method does when things go
// wrong. Each provider package has them all as Operations.
type Operation struct {
	Provider string // the provider's package name
	Name     string // service and method, as errors, observers and pendings name it
	// Safety says what a repeat does: read asks only; keyed is recognised by the
	// merchant's key; checked reads the state before it repeats; once may do it again.
	Safety string

	// The rest is empty for a read, of which nothing stays open.

	SettledBy SettledBy     // how the client's Settle settles it
	Inquiry   []string      // the operations that show what became of it
	Reversal  string        // the operation that takes it back; "" where none is published
	Note      string        // what else helps
	Resend    bool          // WithResend may send it again under the same key
	Window    time.Duration // for how long after the first time; 0 is no end that is published
}
