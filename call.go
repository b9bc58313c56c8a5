package issuing

import (
	"context"
	"time"
)

// CallSettings is what call options set. Provider packages read it; merchants
// use the With functions.
type CallSettings struct {
	Info           *CallInfo         // filled when the call ends
	IdempotencyKey string            // the merchant's key, for providers that take one in a header
	Header         map[string]string // further request headers, set by provider packages' options
	Record         Record            // keeps the call before it is sent; nil is the client's
	Resend         *Pending          // what the call sends again; set by Settle
}

// CallOption configures one call.
type CallOption interface{ applyToCall(*CallSettings) }

// CallOptionFunc makes an option of a function, for provider packages.
func CallOptionFunc(set func(*CallSettings)) CallOption { return callOption(set) }

type callOption func(*CallSettings)

func (f callOption) applyToCall(s *CallSettings) { f(s) }

// NewCallSettings applies call options.
func NewCallSettings(opts ...CallOption) CallSettings {
	var s CallSettings
	for _, opt := range opts {
		if opt != nil {
			opt.applyToCall(&s)
		}
	}
	return s
}

// WithCallInfo has info filled when the call ends, whether it succeeds or not.
func WithCallInfo(info *CallInfo) CallOption {
	return callOption(func(s *CallSettings) { s.Info = info })
}

// WithIdempotencyKey sets the key under which the provider recognises a repeat
// of this call, for providers that take one beside the request's own order
// number. Without it a random UUID is made. Providers that identify an
// operation by a field of the request ignore it.
func WithIdempotencyKey(key string) CallOption {
	return callOption(func(s *CallSettings) { s.IdempotencyKey = key })
}

// CallInfo reports what a call did.
type CallInfo struct {
	Provider  string        // the provider's package name
	Op        string        // the operation, such as "Cards.Deposit"
	Key       string        // the merchant's own key: order number, idempotency key
	RequestID string        // identifies the last attempt for the provider's support
	Status    int           // HTTP status of the last answer, 0 when none came
	Attempts  int           // how often the request was tried
	Duration  time.Duration // of the whole call, waits included
	Settled   bool          // the result was found by a lookup after an unclear attempt
	Raw       Secret        // the verified plaintext JSON of the answer; may hold card data
}

// CallEvent describes one attempt of a call to a [Hook]. It holds no body, no
// header and no secret.
type CallEvent struct {
	Provider string        // the provider's package name
	Op       string        // the operation, such as "Cards.Deposit"
	Method   string        // HTTP method
	Template string        // URL path with placeholders, never with values
	Attempt  int           // 1 for the first
	Status   int           // HTTP status, 0 when no answer came
	Duration time.Duration // of this attempt
	Kind     error         // nil for an answer with a status below 300, else a kind of this package
	Retry    bool          // another attempt follows
}

// Hook observes attempts, for logs, metrics and traces. It runs on the calling
// goroutine with the call's context and must not block.
type Hook func(ctx context.Context, event CallEvent)
