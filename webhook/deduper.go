package webhook

import (
	"container/list"
	"context"
	"sync"
	"time"
)

// Claim is the state of an event in a [Deduper].
type Claim int

// States of a claim.
const (
	ClaimNew  Claim = iota // not seen; the caller handles it and then calls Done or Release
	ClaimBusy              // another delivery of it is being handled
	ClaimDone              // it was handled
)

// Deduper remembers which events were handled. Implementations are safe for
// concurrent use; one that serves several processes claims atomically and lets
// a claim lapse when its process dies.
type Deduper interface {
	// Claim takes id for handling unless it is taken or done.
	Claim(ctx context.Context, id string) (Claim, error)
	// Done marks a claimed id as handled.
	Done(ctx context.Context, id string) error
	// Release gives a claimed id back, so that a later delivery is handled.
	Release(ctx context.Context, id string) error
}

// Limits of the memory deduper. The platforms' longest documented retry
// schedule ends after about 32 hours; seven days leave room for manual resends.
const (
	DefaultDedupeAge  = 7 * 24 * time.Hour
	DefaultDedupeSize = 1 << 20
)

// MemoryDeduper is a [Deduper] for one process. It forgets an event after a
// time, and the oldest handled events when it is full.
type MemoryDeduper struct {
	mu     sync.Mutex
	age    time.Duration
	size   int
	now    func() time.Time
	states map[string]*list.Element // of record
	order  *list.List               // handled records, oldest first
	busy   map[string]struct{}
}

type record struct {
	id string
	at time.Time
}

// NewMemoryDeduper returns a deduper that remembers handled events for age, at
// most size of them. Zero values mean the defaults.
func NewMemoryDeduper(age time.Duration, size int) *MemoryDeduper {
	if age <= 0 {
		age = DefaultDedupeAge
	}
	if size <= 0 {
		size = DefaultDedupeSize
	}
	return &MemoryDeduper{
		age: age, size: size, now: time.Now,
		states: map[string]*list.Element{}, order: list.New(), busy: map[string]struct{}{},
	}
}

// Claim implements [Deduper].
func (d *MemoryDeduper) Claim(_ context.Context, id string) (Claim, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.forget()
	if _, ok := d.states[id]; ok {
		return ClaimDone, nil
	}
	if _, ok := d.busy[id]; ok {
		return ClaimBusy, nil
	}
	d.busy[id] = struct{}{}
	return ClaimNew, nil
}

// Done implements [Deduper].
func (d *MemoryDeduper) Done(_ context.Context, id string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.busy, id)
	if _, ok := d.states[id]; !ok {
		d.states[id] = d.order.PushBack(record{id: id, at: d.now()})
	}
	d.forget()
	return nil
}

// Release implements [Deduper].
func (d *MemoryDeduper) Release(_ context.Context, id string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.busy, id)
	return nil
}

// Len returns how many handled events are remembered.
func (d *MemoryDeduper) Len() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.order.Len()
}

func (d *MemoryDeduper) forget() {
	limit := d.now().Add(-d.age)
	for front := d.order.Front(); front != nil; front = d.order.Front() {
		r, ok := front.Value.(record)
		if ok && d.order.Len() <= d.size && r.at.After(limit) {
			return
		}
		d.order.Remove(front)
		delete(d.states, r.id)
	}
}
