package issuing

import (
	"time"
	"unicode/utf8"
)

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

// Operation is a row of a provider's operation table: what one method offers, what its
// provider limits, and what it does when things go wrong. Each provider package has them
// all as Operations.
type Operation struct {
	Provider string // the provider's package name
	Name     string // service and method, as errors, observers and pendings name it
	// Safety says what a repeat does: read asks only; keyed is recognised by the
	// merchant's key; checked reads the state before it repeats; once may do it again.
	Safety string

	// Offers is what it is in the field's terms, with the client's methods for it; nil is a
	// speciality of the provider's.
	Offers     []Offer
	Completion Completion
	Events     []string // the events that tell its end or its effect, as webhook.Event.Type has them
	ShownBy    []string // the client's reads that show its end
	Key        KeyForm  // of a write
	Limits     []Limit  // that the provider's pages state; nil is none

	// The rest is empty for a read, of which nothing stays open.

	SettledBy SettledBy     // how the client's Settle settles it
	Inquiry   []string      // the operations that show what became of it
	Reversal  string        // the operation that takes it back; "" where none is published
	Note      string        // what else helps
	Resend    bool          // WithResend may send it again under the same key
	Window    time.Duration // for how long after the first time; 0 is no end that is published
}

// Method returns the client's method for a concept, such as "Cards.Withdraw"; "" where the
// operation does not offer it.
func (o Operation) Method(c Concept) string {
	for _, offer := range o.Offers {
		if offer.Concept == c {
			return offer.Method
		}
	}
	return ""
}

// CheckKey returns an error of kind [ErrInvalid] for a key that the client with its default
// settings would refuse, so that it can be told before the key is stored. The key is not in the error. An operation
// without keys refuses all.
func (o Operation) CheckKey(key string) error {
	f := o.Key
	if n := utf8.RuneCountInString(key); f.Field != "" && n >= f.Min && n <= f.Max && f.Characters.holds(key) {
		return nil
	}
	field := FieldError{Field: f.Field, Problem: "needs " + f.String()}
	if f.Field == "" {
		field = FieldError{Field: "key", Problem: "is none that the operation takes"}
	}
	return &Error{Provider: o.Provider, Op: o.Name, Kind: ErrInvalid, Fields: []FieldError{field}}
}
