package issuing

import (
	"context"
	"errors"
	"time"
)

// Observer watches the calls of a client, for logs, metrics and traces; see
// [WithObserver] and [LogCalls]. Any of its functions may be nil, and further ones may
// come. They run on the calling goroutine and must not block. None is given a body, a
// header or a secret.
type Observer struct {
	// Start begins a call, one that is refused unsent included. The context that it
	// returns reaches the attempts, the look-ups and End; nil keeps the call's.
	Start func(ctx context.Context, call CallStart) context.Context
	// End ends it, once for each Start, also when the call panics.
	End func(ctx context.Context, call CallEnd)
	// StartAttempt begins one attempt of a call. The context that it returns reaches
	// the HTTP client's transport and EndAttempt; nil keeps the call's.
	StartAttempt func(ctx context.Context, attempt AttemptStart) context.Context
	// EndAttempt ends it, as soon as it is known whether another one follows.
	EndAttempt func(ctx context.Context, attempt CallEvent)
}

// CallStart is a call that begins.
type CallStart struct {
	Provider string // the provider's package name
	Op       string // the operation, such as "Cards.Deposit"
	Safety   string // read, keyed, checked or once: what a repeat does
	Key      string // the merchant's key, or what the call is about; may be drawn later
}

// CallEnd is a call that has ended.
type CallEnd struct {
	Provider  string        // the provider's package name
	Op        string        // the operation, such as "Cards.Deposit"
	Safety    string        // read, keyed, checked or once: what a repeat does
	Key       string        // the merchant's own key: order number, idempotency key
	RequestID string        // identifies the last attempt for the provider's support
	Status    int           // HTTP status of the last answer, 0 when none came
	Attempts  int           // how often the request was tried, 0 when it was refused unsent
	Settled   bool          // the result was found by a look-up after an unclear attempt
	Duration  time.Duration // of the whole call, waits included
	Err       error         // nil for a success; an *[Error], or [ErrPanic]
	Kind      error         // of Err: a kind of this package, or ErrPanic; nil for a success
	Code      error         // of Err: the provider's code; nil without one
	Pending   *Pending      // of a call that stayed open, for the client's Settle; else nil
}

// AttemptStart is an attempt that begins.
type AttemptStart struct {
	Provider string // the provider's package name
	Op       string // the operation, such as "Cards.Deposit"
	Method   string // HTTP method
	Host     string // of the address, with its port where it has one
	Template string // URL path with placeholders, never with values
	Attempt  int    // 1 for the first
}

// ErrPanic is the error by which an [Observer] is told that a call ended in a panic, of
// the merchant's own code that runs within it. The panic goes on.
var ErrPanic = errors.New("the call panicked")

// kindNames are the names of kinds in metrics and logs.
var kindNames = []struct {
	kind error
	name string
}{
	{ErrOutcomeUnknown, "outcome_unknown"}, // before all others: it may stand beside one
	{ErrInvalid, "invalid"}, {ErrNotConfigured, "not_configured"}, {ErrUnauthorized, "unauthorized"},
	{ErrNotFound, "not_found"}, {ErrDuplicate, "duplicate"}, {ErrConflict, "conflict"},
	{ErrInsufficientFunds, "insufficient_funds"}, {ErrDeclined, "declined"}, {ErrRateLimited, "rate_limited"},
	{ErrUnavailable, "unavailable"}, {ErrCanceled, "canceled"}, {ErrBadResponse, "bad_response"},
	{ErrSignature, "signature"}, {ErrPanic, "panic"},
}

// KindName returns a short name of an error's kind for the label of a metric, such as
// "declined" or "outcome_unknown": "" for nil, and "_OTHER" for an error that is none of
// this package's.
func KindName(err error) string {
	if err == nil {
		return ""
	}
	for _, k := range kindNames {
		if errors.Is(err, k.kind) {
			return k.name
		}
	}
	return "_OTHER"
}
