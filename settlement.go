package issuing

import "time"

// Verdict is what became of a [Pending].
type Verdict int

// The verdicts.
const (
	// VerdictOpen: it cannot be told. [Settlement.Unsettled] says what to ask, and whom.
	VerdictOpen Verdict = iota
	// VerdictDone: the platform carried it out, or has accepted it and is about to, as
	// the status in its result says. [ResultOf] gives the result.
	VerdictDone
	// VerdictRefused: the platform did not carry it out, and will not.
	// [Settlement.Refusal] says why.
	VerdictRefused
	// VerdictAbsent: the platform knows nothing of it; see [Settlement.AbsentSince].
	VerdictAbsent
)

// String returns open, done, refused or absent.
func (v Verdict) String() string {
	switch v {
	case VerdictDone:
		return "done"
	case VerdictRefused:
		return "refused"
	case VerdictAbsent:
		return "absent"
	default:
		return "open"
	}
}

// MarshalText returns what String does.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// Settlement is what a client's Settle found out about a [Pending].
type Settlement struct {
	Verdict Verdict
	// Result is what the operation's method would have returned, or as much of it as the
	// platform still says: a pointer. [ResultOf] gives it its type. It is nil unless the
	// platform carried the operation out or keeps it as failed.
	Result any
	// Refusal is the platform's error of one that it refused, an *[Error]. Of an absent
	// one that was sent again it is the answer to that.
	Refusal error
	// ResendSameKey says of an absent one that it may be sent again, under the same key
	// and with the same content: the provider recognises it, should it have arrived after
	// all. Where it is false, sending again may do it twice.
	ResendSameKey bool
	// AbsentSince says of an absent one since when that proves anything: before it, the
	// request may still be on its way, or another process at it. Wait until then, and
	// settle once more, before the customer is told.
	AbsentSince time.Time
	// Unsettled says of an open one what to ask, and whom, and what takes it back. Its Err
	// is why nothing more could be told.
	Unsettled *Unsettled
}

// ResultOf returns the result of a settled operation as the type that its method returns,
// such as worldcard.Deposit, and whether there is one of that type.
func ResultOf[T any](s Settlement) (*T, bool) {
	result, ok := s.Result.(*T)
	return result, ok && result != nil
}

// SettleSettings is what options of Settle set. Provider packages read it; merchants use
// the With functions.
type SettleSettings struct {
	Reference Secret // what the operation is about, where that is a secret
	Resend    any    // the request, to be sent again; nil only asks
	// Others are the provider's ids of the others of the pending's kind on the same card;
	// nil is that the caller does not know.
	Others []string
}

// SettleOption configures one Settle.
type SettleOption func(*SettleSettings)

// NewSettleSettings applies options.
func NewSettleSettings(opts ...SettleOption) SettleSettings {
	var s SettleSettings
	for _, opt := range opts {
		if opt != nil {
			opt(&s)
		}
	}
	return s
}

// WithReference gives what the operation was about where that is a secret, which no
// [Pending] holds: the card number of the archived WorldCard API, for example. One that is
// not the pending's is refused.
func WithReference(reference Secret) SettleOption {
	return func(s *SettleSettings) { s.Reference = reference }
}

// WithOthers says that the caller knows of every other operation of the pending's kind on
// the same card, such as its other top-ups, that anybody sent within a day before or after
// it: ids are the provider's of all that may have been carried out, none where there were
// no others. It is what lets a line in a list that names no key prove something
// ([SettledByHistory]): what is left when the others are taken off. Where another one is
// open as well, of the same amount, it must not be given: their lines cannot be told apart.
func WithOthers(ids ...string) SettleOption {
	return func(s *SettleSettings) { s.Others = append([]string{}, ids...) }
}

// WithResend lets Settle send the operation again when asking does not settle it: request
// is the method's own, of the same content. It goes out under the same key, and only where
// the provider recognises a repeat ([Operation.Resend]); another content, and the same
// under other credentials, is refused unsent.
func WithResend(request any) SettleOption {
	return func(s *SettleSettings) { s.Resend = request }
}
