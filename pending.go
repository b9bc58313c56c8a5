package issuing

import (
	"context"
	"errors"
	"time"
)

// PendingVersion is the version of [Pending] that this package writes.
const PendingVersion = 1

// Pending is a write of which the merchant does not know yet what became of it: all that
// a client of the same provider needs to find out, in any process, at any later time.
// [WithRecord] gives it before the write is sent, [PendingOf] takes it from the error of
// one that stayed open, and the client's Settle reads it.
//
// It is plain data without a secret in it: what is secret stands there as a digest under
// a key that is derived from the client's credentials. Its JSON is stable; store that.
type Pending struct {
	Version  int    `json:"version"`  // PendingVersion
	Provider string `json:"provider"` // the provider's package name, such as "worldcard"
	Op       string `json:"op"`       // the operation, such as "Cards.Deposit"
	// Key is the merchant's key of the operation: order number, idempotency key,
	// message number. It is also [Error.Key].
	Key string `json:"key,omitzero"`

	Card     string   `json:"card,omitzero"`     // the card, or what else it is about; never a card number
	Amount   Amount   `json:"amount,omitzero"`   // what was to be moved
	Currency Currency `json:"currency,omitzero"` // of Amount
	// Details is what else the look-up needs, under the provider's names.
	Details map[string]string `json:"details,omitzero"`

	SentAt   time.Time `json:"sent_at"`           // just before the first byte
	EndedAt  time.Time `json:"ended_at,omitzero"` // when the call gave up; zero in a record
	Attempts int       `json:"attempts,omitzero"` // how often it was tried so far; 0 in a record

	// Credentials tells under which credentials the digests were made, Payload is the
	// digest of what was sent, and Secrets are those of single secrets by the provider's
	// name of the field: hexadecimal, empty where they cannot be had.
	Credentials string            `json:"credentials,omitzero"`
	Payload     string            `json:"payload,omitzero"`
	Secrets     map[string]string `json:"secrets,omitzero"`
}

// PendingOf returns the write that an error of kind [ErrOutcomeUnknown] leaves open, and
// whether there is one.
func PendingOf(err error) (Pending, bool) {
	var u *Unsettled
	if !errors.As(err, &u) || u.Pending.Version == 0 {
		return Pending{}, false
	}
	return u.Pending, true
}

// Record keeps a write before it is sent; see [WithRecord].
type Record func(ctx context.Context, write Pending) error

// WithRecord has keep called before every write, so that a process which dies between
// sending and answering leaves a record of it: once per call, after the request has been
// checked and encoded and its key is drawn, before the first byte leaves. An error ends
// the call unsent. It is an option of a client and of a call, where it takes the place of
// the client's. Reads are not recorded.
//
// Store the record durably before keep returns. When the call has ended with a result or
// with an error of any kind but [ErrOutcomeUnknown], nothing is open, and the record is
// done with; otherwise give it to the client's Settle.
func WithRecord(keep Record) interface {
	Option
	CallOption
} {
	return recordOption(keep)
}

type recordOption Record

var errNoRecord = errors.New("WithRecord: the function is nil")

func (keep recordOption) applyTo(s *Settings) error {
	if keep == nil {
		return errNoRecord
	}
	s.Record = Record(keep)
	return nil
}

func (keep recordOption) applyToCall(s *CallSettings) {
	s.Record = Record(keep)
	if keep == nil {
		// A call has no place for an error but its own end, unsent.
		s.Record = func(context.Context, Pending) error { return errNoRecord }
	}
}
