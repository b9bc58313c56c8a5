package provider

import (
	"context"
	"errors"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/transport"
)

// settle looks an operation up whose round ended with err, and says whether
// another round follows. After an attempt that may have been carried out no
// refusal of a later one says anything about it: only success or a look settles
// the call.
func (r *run) settle(ctx context.Context, round int, err error) (again bool, _ error) {
	var e *issuing.Error
	if r.call.look == nil || !errors.As(err, &e) {
		return false, err
	}
	open := errors.Is(err, issuing.ErrOutcomeUnknown)
	ambiguous := r.refusal != nil && r.refusal.Ambiguous && r.call.Op.Safety == transport.Keyed
	if !open && !ambiguous {
		return false, err
	}
	found, lookErr := r.call.look(ctx, r.sought())
	switch {
	case errors.Is(lookErr, ErrOther) && open:
		// Ours may have arrived, and the platform may have changed it, or the key is
		// an older operation's: nothing of this says that ours was not carried out.
		return false, r.then(err, lookErr)
	case errors.Is(lookErr, ErrOther):
		return false, &issuing.Error{
			Provider: r.core.name, Op: r.call.Op.Name, Kind: issuing.ErrDuplicate, Key: r.call.Key,
			Attempts: r.progress.Attempts, RequestID: r.progress.RequestID, Err: ErrOther,
		}
	case found && open:
		r.settled = true
		return false, nil
	case found:
		e.Kind = issuing.ErrDuplicate
		return false, err
	case !open && cannotAsk(ctx, lookErr):
		return false, r.unknown(ctx, e)
	case !open:
		return false, err
	case lookErr == nil && r.refusal != nil && r.refusal.Absent && !r.earlier:
		return false, r.refusal.Err
	}
	return lookErr == nil && r.repeatable(round), r.named(ctx, err)
}

// repeatable reports whether another round may go out, after a look that found
// nothing.
func (r *run) repeatable(round int) bool {
	if r.call.Op.Safety != transport.Checked && !r.call.Op.LookFirst {
		return false
	}
	if r.refusal != nil && (r.refusal.Lasting || r.verdict.Judgement == transport.Final) {
		return false
	}
	return round < r.core.Settings().MaxAttempts
}

// cannotAsk reports a look that got no answer, rather than the answer that
// nothing is there.
func cannotAsk(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.Is(err, issuing.ErrUnavailable) || errors.Is(err, issuing.ErrRateLimited) ||
		errors.Is(err, issuing.ErrBadResponse) || errors.Is(err, issuing.ErrSignature)
}

// asError returns the *issuing.Error in err, which the transport always gives.
func asError(err error) *issuing.Error {
	var e *issuing.Error
	if errors.As(err, &e) {
		return e
	}
	return &issuing.Error{Kind: issuing.ErrUnavailable, Err: err}
}

// kindOf is e's kind: what looks like a failure of the network is the caller's doing
// when its context has ended the call.
func kindOf(ctx context.Context, e *issuing.Error) error {
	if ended := ctx.Err(); ended != nil && e.Kind == issuing.ErrUnavailable && errors.Is(e, ended) {
		return issuing.ErrCanceled
	}
	return e.Kind
}

// failed completes the error of an attempt. resp is nil when no answer came.
func (r *run) failed(ctx context.Context, resp *transport.Response, e *issuing.Error) error {
	e.Provider, e.Op, e.Key = r.core.name, r.call.Op.Name, r.call.Key
	e.Attempts, e.Kind = r.progress.Attempts, kindOf(ctx, e)
	if without(ctx, mendAttempts) {
		e.Attempts = 1
	}
	if resp != nil {
		e.Status = resp.Status
		if e.RequestID == "" {
			e.RequestID = resp.RequestID
		}
	}
	if !without(ctx, mendRedact) {
		id := e.RequestID
		redact(e, r.call.In)
		if id == r.progress.RequestID {
			e.RequestID = id // of our own making, though it may look like a card number
		}
	}
	if r.call.Op.Safety == transport.Read || !r.progress.Maybe || (r.refusal != nil && r.refusal.Final) {
		return e
	}
	return r.unknown(ctx, e)
}

// unknown turns e into an error of unknown outcome, with what settles it.
func (r *run) unknown(ctx context.Context, e *issuing.Error) error {
	out := transport.Unknown(e)
	unsettled := r.call.Op.Settle.unsettled(r.call.Key)
	unsettled.Pending, unsettled.Err = r.pending(r.core.digestsOrNone(ctx)), out.Err
	unsettled.Pending.EndedAt = r.core.Now().UTC().Truncate(time.Millisecond)
	out.Err = unsettled
	return r.named(ctx, out)
}

// named puts the context's end into the chain of an error of unknown outcome,
// when it is why nothing more was done to settle it.
func (r *run) named(ctx context.Context, err error) error {
	if ended := ctx.Err(); ended != nil && !errors.Is(err, ended) {
		return r.then(err, ended)
	}
	return err
}

// then puts what happened next into the chain of an error of unknown outcome.
func (r *run) then(err, next error) error {
	var u *issuing.Unsettled
	if errors.As(err, &u) {
		u.Err = &ending{ended: next, before: u.Err}
	}
	return err
}

// ending is the end of a context, or of a look-up, after something else had happened.
type ending struct{ ended, before error }

// Error returns one line.
func (e *ending) Error() string {
	if e.before == nil {
		return e.ended.Error()
	}
	return e.before.Error() + ", then " + e.ended.Error()
}

// Unwrap returns both.
func (e *ending) Unwrap() []error {
	if e.before == nil {
		return []error{e.ended}
	}
	return []error{e.ended, e.before}
}
