package issuing

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// The kinds of an [Error]. Test for them with errors.Is; they mean the same for
// every provider.
var (
	// ErrInvalid: the request is malformed or breaks a documented rule. Found
	// before sending, nothing left the process; [Error.Fields] names each field.
	ErrInvalid = errors.New("invalid request")
	// ErrNotConfigured: the operation or the client lacks a setting, which the
	// message names. Nothing was sent.
	ErrNotConfigured = errors.New("not configured")
	// ErrUnauthorized: the provider does not accept who is calling (signature,
	// credentials, clock, address, permission).
	ErrUnauthorized = errors.New("unauthorized")
	// ErrNotFound: the card, order or other object does not exist.
	ErrNotFound = errors.New("not found")
	// ErrDuplicate: the merchant's key was used before. Look the operation up
	// by that key; it is not a failure of that operation.
	ErrDuplicate = errors.New("duplicate")
	// ErrConflict: the object's state does not allow the operation.
	ErrConflict = errors.New("conflicting state")
	// ErrInsufficientFunds: a balance or quota does not cover the operation.
	ErrInsufficientFunds = errors.New("insufficient funds")
	// ErrDeclined: the provider refused or failed the operation for good.
	ErrDeclined = errors.New("declined")
	// ErrRateLimited: too many requests; the operation was not carried out.
	ErrRateLimited = errors.New("rate limited")
	// ErrUnavailable: the provider or the network failed, and the operation was
	// a read or provably not carried out. It may be tried again.
	ErrUnavailable = errors.New("unavailable")
	// ErrCanceled: the caller's own context ended the call, and the operation was
	// a read or provably not carried out. context.Canceled or
	// context.DeadlineExceeded in the chain says how. A time-out of the client
	// ([WithTimeout]) is ErrUnavailable.
	ErrCanceled = errors.New("canceled by the caller")
	// ErrBadResponse: the answer to a read is not what the provider documents:
	// HTML, too large, redirected, without a result code, undecodable.
	ErrBadResponse = errors.New("bad response")
	// ErrSignature: a signed answer or message does not verify.
	ErrSignature = errors.New("bad signature")
	// ErrOutcomeUnknown: a write may or may not have been carried out. Give its
	// pending ([PendingOf]) to the client's Settle; never repeat it with another
	// key.
	ErrOutcomeUnknown = errors.New("outcome unknown")
)

// Causes that can stand behind a kind, in [Error.Err].
var (
	// ErrTooLarge: an answer or upload exceeds its limit.
	ErrTooLarge = errors.New("larger than the limit")
	// ErrRedirected: the provider answered with a redirect. Redirects are
	// refused, because credentials and signed bodies must not follow them.
	ErrRedirected = errors.New("redirect refused")
)

// Error is the error of every call. Its text is one line of provider,
// operation, kind, status and code; it never holds a body, a header, a URL, a
// key or card data. So is its JSON.
type Error struct {
	Provider string // the provider's package name, such as "worldcard"
	Op       string // the operation, such as "Cards.Deposit"
	Kind     error  // one of this package's kinds
	Status   int    // HTTP status of the last answer, 0 when none came

	// Code is the provider's own code, of the provider package's Code type, so
	// that errors.Is(err, worldcard.CodeCardNotFound) works. Nil when the
	// answer carried none.
	Code error
	// Message is the provider's text, for people. Never match on it.
	Message string
	// Key is the merchant's own key of the operation: order number, idempotency
	// key, card id. It is the key to settle [ErrOutcomeUnknown] with.
	Key string
	// RequestID identifies the last attempt for the provider's support.
	RequestID string
	// Attempts counts how often the request was tried.
	Attempts int
	// Fields lists what is wrong with a request, when Kind is ErrInvalid.
	Fields []FieldError
	// Err is the underlying cause, if any.
	Err error
}

// FieldError says what is wrong with one field of a request. It never holds the
// field's value.
type FieldError struct {
	Field   string `json:"field"`   // the provider's name of the field, such as "first_name"
	Problem string `json:"problem"` // what is wrong, such as "is required"
}

// String returns "field problem".
func (f FieldError) String() string { return f.Field + " " + f.Problem }

// Bounds of what others put into an error's text.
const (
	maxMessage = 200 // the provider's message or code, a key, a request id
	maxCause   = 600 // the text of a cause
)

// Error returns one line without secrets.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Provider)
	if e.Op != "" {
		b.WriteString(" " + e.Op)
	}
	if e.Kind != nil {
		b.WriteString(": " + e.Kind.Error())
	}
	separator := ": "
	for _, f := range e.Fields {
		b.WriteString(separator + f.String())
		separator = "; "
	}
	var details []string
	if e.Status != 0 {
		details = append(details, fmt.Sprintf("http %d", e.Status))
	}
	if e.Code != nil {
		details = append(details, oneLine(e.Code.Error(), maxMessage))
	}
	if e.Key != "" {
		details = append(details, fmt.Sprintf("key %q", clip(e.Key, maxMessage)))
	}
	if e.RequestID != "" {
		details = append(details, fmt.Sprintf("request %q", clip(e.RequestID, maxMessage)))
	}
	if e.Attempts > 1 {
		details = append(details, fmt.Sprintf("%d attempts", e.Attempts))
	}
	if len(details) > 0 {
		b.WriteString(" (" + strings.Join(details, ", ") + ")")
	}
	if e.Message != "" && !e.said(e.Message) {
		fmt.Fprintf(&b, ": %q", clip(e.Message, maxMessage))
	}
	if e.Err != nil {
		b.WriteString(": " + oneLine(e.Err.Error(), maxCause))
	}
	return b.String()
}

// Unwrap returns the kind, the provider's code and the cause.
func (e *Error) Unwrap() []error {
	var errs []error
	for _, err := range []error{e.Kind, e.Code, e.Err} {
		if err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

// clip shortens s to at most limit bytes of valid UTF-8.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "") + "…"
}

// oneLine clips s and puts a space for every line break and other character
// that does not print, so that nobody else's text breaks or colours a log.
func oneLine(s string, limit int) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(clip(s, limit), " "))
}
