package issuing

import "strings"

// Unsettled stands behind an error of kind [ErrOutcomeUnknown]; errors.As finds
// it. It says what to ask, and whom, before anything else is done: do not repeat
// the operation before, neither under another key nor under the same, unless the
// method's documentation says that the provider recognises a repeat.
type Unsettled struct {
	// Key is the number to ask with: the merchant's key, message number or
	// transaction number of the operation. It is also [Error.Key].
	Key string
	// Inquiry names the operations that show whether it was carried out, such as
	// "Cards.DepositByKey". None is published where it is empty: ask the provider,
	// quoting Key.
	Inquiry []string
	// Reversal names the operation that takes it back once an inquiry shows that
	// it was carried out and is not wanted; "" where none is published.
	Reversal string
	// Note says what else helps, such as a callback that tells the end; "" is
	// nothing.
	Note string
	// Pending is what the client's Settle needs to settle it, at any later time.
	Pending Pending
	// Err is what happened.
	Err error
}

// Error says what happened and what to ask, in one line.
func (u *Unsettled) Error() string {
	var b strings.Builder
	if u.Err != nil {
		b.WriteString(u.Err.Error() + "; ")
	}
	switch {
	case len(u.Inquiry) > 0:
		b.WriteString("look it up with " + strings.Join(u.Inquiry, " or "))
	case u.Note == "" && u.Key == "":
		b.WriteString("no inquiry for it is published: ask the provider, quoting the request")
	case u.Note == "":
		b.WriteString("no inquiry for it is published: ask the provider, quoting the key")
	}
	if u.Reversal != "" {
		b.WriteString("; when it was carried out and is not wanted, take it back with " + u.Reversal)
	}
	if u.Note != "" {
		if len(u.Inquiry) > 0 {
			b.WriteString("; ")
		}
		b.WriteString(u.Note)
	}
	return b.String()
}

// Unwrap returns what happened.
func (u *Unsettled) Unwrap() error { return u.Err }
