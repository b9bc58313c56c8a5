package webhook

import "context"

// Claim is what a [Deduper] found of an event.
type Claim int

// States of a claim.
const (
	ClaimNew    Claim = iota // not seen before: the function was called
	ClaimBusy                // another delivery of it is being handled
	ClaimDone                // it was handled
	ClaimReplay              // the delivery's name is taken, by another event or, with Once, by this one
)

// Claims name one delivery and its event. Both begin with the provider's name, so
// that several sources can share a [Deduper].
type Claims struct {
	// Event is the same for every delivery of the event. It is never empty.
	Event string
	// Delivery is this delivery's own name, such as its nonce; empty where the
	// provider gives none. It belongs to the event that it came with first.
	Delivery string
	// Once says that the delivery may come a single time: a repeat of a handled
	// one is [ClaimReplay] instead of [ClaimDone].
	Once bool
}

// Deduper remembers which events were handled. It is one method, so that an
// implementation decides what holds a claim together with its effect: a map, a row
// with a lease, a transaction. Implementations are safe for concurrent use.
//
// Do claims event and delivery in one step that cannot be divided, calls fn if that
// is new, and returns [ClaimNew] with fn's error; for everything else it returns
// without having called fn. When fn returns nil, the event stays claimed for good,
// with the answer: from then on Do returns [ClaimDone] and that answer. When fn
// returns an error, panics or ends its goroutine, the event is new again.
//
// The caller can go away while fn runs. Do ends a claim all the same: what was
// handled is remembered although ctx is over. An error of the store is returned
// as it is; if fn was called before, it may have acted, and the claim is open.
//
// The answer is nil but for questions ([Event.Question]). It is as secret as the
// callback: an implementation that stores it seals it.
type Deduper interface {
	Do(ctx context.Context, c Claims, fn func(context.Context) (answer []byte, err error)) (Claim, []byte, error)
}
