package keyring

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// How long things are kept, and how much of them. Package webhook documents these
// figures to merchants.
const (
	freshFor    = time.Minute            // a value is used without a look-up, and at least renewAfter
	unknownFor  = 10 * time.Second       // an id is known to have none
	renewAfter  = 5 * time.Second        // between the look-ups of an id that has a value
	lastGoodFor = time.Hour              // a value is used on while its look-ups fail
	lookUpFor   = 2 * time.Second        // a look-up may take
	patience    = 250 * time.Millisecond // a look-up is waited for where there is a value

	maxKnown     = 10_000
	maxUnknown   = 1_024
	maxID        = 128 // bytes of an id
	knownSlots   = 64  // look-ups at once, of ids with a value
	strangeSlots = 32  // of ids without one

	// Look-ups of ids without a value, which anybody can make up.
	strangeBurst = 100
	strangeEvery = 10 * time.Millisecond
)

// ring remembers what a function says of ids. It is safe for concurrent use.
type ring[V any] struct {
	look func(ctx context.Context, id string) (V, error)

	mu       sync.Mutex
	known    lru[*held[V]]
	unknown  lru[absence]
	flights  map[string]*flight[V]
	running  [2]int    // look-ups that have not returned, by whether they are strange
	strangeT time.Time // when all of the burst will be there again
}

// held is what is known of an id.
type held[V any] struct {
	id    string
	value V
	at    time.Time // when the look-up began that found it: no later change is in it

	tried  time.Time // when the last look-up began; the ring's lock guards it
	failed error     // why that one found nothing
}

// absence is what is known of an id without a value.
type absence struct {
	at  time.Time // when the look-up began that found none
	err error
}

// flight is a look-up on its way, which all that ask for its id wait for.
type flight[V any] struct {
	begun   time.Time
	strange bool
	done    chan struct{}
	// When done:
	found *held[V]
	err   error
}

func newRing[V any](look func(context.Context, string) (V, error)) *ring[V] {
	return &ring[V]{look: look, known: newLRU[*held[V]](maxKnown), unknown: newLRU[absence](maxUnknown),
		flights: map[string]*flight[V]{}}
}

// unknownID is the refusal of an id without a credential.
func unknownID(id string) error {
	if id == "" {
		return fmt.Errorf("%w: it names no credential", webhook.ErrUnknownKey)
	}
	return fmt.Errorf("%w: no credential has the id %.40q", webhook.ErrUnknownKey, id)
}

// otherID says that a look-up found another's credential.
type otherID struct{ asked, found string }

func (e *otherID) Error() string {
	return fmt.Sprintf("%v: for the id %.40q Lookup returned the credential %.40q",
		webhook.ErrUnknownKey, e.asked, e.found)
}

// Unwrap makes it unknown: stores compare more loosely than claims, and what one finds
// under another spelling of an id would have its events claimed a second time.
func (e *otherID) Unwrap() error { return webhook.ErrUnknownKey }

var (
	errRate  = fmt.Errorf("%w: too many ids are not known, and this one may be", webhook.ErrUnknownKey)
	errSlots = errors.New("too many look-ups have not returned")
	errSlow  = errors.New("it has not returned in time")
)

// unavailable says that a credential cannot be had now: the platform sends again.
func unavailable(id string, err error) error {
	return fmt.Errorf("webhook: the credential %.40q cannot be looked up: %w: %w", id, issuing.ErrUnavailable, err)
}

// get returns what is known of an id, and looks it up where that is nothing or old.
func (r *ring[V]) get(ctx context.Context, id string) (*held[V], error) {
	if len(id) > maxID {
		return nil, unknownID(id)
	}
	now := time.Now()
	r.mu.Lock()
	h, ok := r.known.get(id)
	switch {
	case ok && now.Sub(h.at) < freshFor:
		r.mu.Unlock()
		return h, nil
	case !ok:
		if none, no := r.unknown.get(id); no && now.Sub(none.at) < unknownFor {
			r.mu.Unlock()
			return nil, none.err
		}
	}
	return r.renewLocked(ctx, id, h, now)
}

// newer returns what is known of an id other than h, whose keys did not serve. It looks
// up at most every renewAfter, whoever asks and how often: forged requests under a known
// id ask all the time. It returns nil when there is nothing newer.
func (r *ring[V]) newer(ctx context.Context, h *held[V]) *held[V] {
	now := time.Now()
	r.mu.Lock()
	current, ok := r.known.get(h.id)
	switch {
	case ok && current != h:
		r.mu.Unlock()
		return current
	case !ok, r.flights[h.id] == nil && now.Sub(h.tried) < renewAfter:
		r.mu.Unlock()
		return nil
	}
	current, err := r.renewLocked(ctx, h.id, h, now)
	if err != nil || current == h {
		return nil
	}
	return current
}

// renewLocked waits for a look-up of an id, and begins one where none is on its way. h
// is what there is to go on with, and may be nil. It unlocks.
func (r *ring[V]) renewLocked(ctx context.Context, id string, h *held[V], now time.Time) (*held[V], error) {
	f := r.flights[id]
	if f != nil && now.Sub(f.begun) >= lookUpFor+renewAfter {
		f = nil // its function ignores the end of its context; it is left behind
	}
	if f == nil {
		var err error
		if f, err = r.beginLocked(ctx, id, h, now); err != nil {
			r.mu.Unlock()
			return lastGood(id, h, now, err)
		}
	}
	r.mu.Unlock()
	return f.wait(ctx, id, h, now)
}

// wait waits as long as it is worth it.
func (f *flight[V]) wait(ctx context.Context, id string, h *held[V], now time.Time) (*held[V], error) {
	limit := lookUpFor
	if h.usable(now) {
		limit = patience
	}
	timer := time.NewTimer(max(0, limit-now.Sub(f.begun)))
	defer timer.Stop()
	select {
	case <-f.done:
	case <-timer.C:
		return lastGood(id, h, now, errSlow)
	case <-ctx.Done():
		return lastGood(id, h, now, ctx.Err())
	}
	if f.err != nil && !errors.Is(f.err, webhook.ErrUnknownKey) {
		return lastGood(id, h, now, f.err)
	}
	return f.found, f.err
}

// usable reports whether a value may be used on without an answer about it.
func (h *held[V]) usable(now time.Time) bool { return h != nil && now.Sub(h.at) < freshFor+lastGoodFor }

// lastGood is the value to go on with where err keeps a look-up from telling.
func lastGood[V any](id string, h *held[V], now time.Time, err error) (*held[V], error) {
	if h.usable(now) {
		return h, nil
	}
	return nil, unavailable(id, err)
}

// beginLocked begins a look-up, unless the limits keep it from that.
func (r *ring[V]) beginLocked(ctx context.Context, id string, h *held[V], now time.Time) (*flight[V], error) {
	f := &flight[V]{begun: now, strange: h == nil, done: make(chan struct{})}
	kind, slots := 0, knownSlots
	if f.strange {
		kind, slots = 1, strangeSlots
	}
	switch {
	case h != nil && h.failed != nil && now.Sub(h.tried) < renewAfter:
		return nil, h.failed
	case r.running[kind] >= slots:
		return nil, errSlots
	case f.strange && r.strangeT.Sub(now) > (strangeBurst-1)*strangeEvery:
		return nil, errRate
	case f.strange:
		r.strangeT = later(r.strangeT, now).Add(strangeEvery)
	default:
		h.tried = now
	}
	r.running[kind]++
	r.flights[id] = f
	// The look-up is for all that wait for it: it does not end with the first one.
	go r.fly(context.WithoutCancel(ctx), id, kind, f)
	return f, nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

var errPanic = errors.New("the function Lookup panicked")

// fly looks an id up and notes what is found. It contains the function's panic, and
// that it ends its goroutine.
func (r *ring[V]) fly(ctx context.Context, id string, kind int, f *flight[V]) {
	ctx, cancel := context.WithTimeout(ctx, lookUpFor)
	defer cancel()
	var value V
	err := errPanic
	defer func() {
		if recover() != nil {
			err = errPanic
		}
		r.landed(id, kind, f, value, err)
	}()
	value, err = r.look(ctx, id)
}

// landed notes what a look-up found, unless one that began later was faster.
func (r *ring[V]) landed(id string, kind int, f *flight[V], value V, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer close(f.done)
	r.running[kind]--
	if r.flights[id] == f {
		delete(r.flights, id)
	}
	h, known := r.known.get(id)
	none, unknown := r.unknown.get(id)
	switch {
	case known && h.at.After(f.begun):
		f.found = h
	case unknown && none.at.After(f.begun):
		f.err = none.err
	case err == nil:
		f.found = &held[V]{id: id, value: value, at: f.begun, tried: f.begun}
		r.unknown.remove(id)
		r.known.put(id, f.found)
	case errors.Is(err, webhook.ErrUnknownKey):
		f.err = unknownID(id)
		if other := new(otherID); errors.As(err, &other) {
			f.err = other
		}
		r.known.remove(id)
		r.unknown.put(id, absence{f.begun, f.err})
	default:
		f.err = err
		if known {
			h.failed = err
		}
	}
}
