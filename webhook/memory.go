package webhook

import (
	"container/list"
	"context"
	"crypto/sha256"
	"sync"
	"time"
)

// Limits of the memory deduper. The platforms' longest documented retry
// schedule ends after about 32 hours; seven days leave room for manual resends.
const (
	DefaultDedupeAge  = 7 * 24 * time.Hour
	DefaultDedupeSize = 1 << 20
)

// MemoryDeduper is a [Deduper] for one process. It forgets an event after a
// time, and the oldest handled events when it is full. What is being handled
// counts as well: when that alone fills it, further events are busy.
type MemoryDeduper struct {
	mu         sync.Mutex
	age        time.Duration
	size       int
	now        func() time.Time
	events     map[memoryKey]*memoryRecord
	deliveries map[memoryKey]*memoryRecord
	order      *list.List // of handled *memoryRecord, oldest first
	positions  *positions
}

// memoryKey stands for a name of any length.
type memoryKey [sha256.Size]byte

type memoryRecord struct {
	event, delivery memoryKey // delivery is zero where there is none
	busy            bool
	at              time.Time // when it was handled
	answer          []byte
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
		events: map[memoryKey]*memoryRecord{}, deliveries: map[memoryKey]*memoryRecord{}, order: list.New(),
		positions: newPositions(),
	}
}

// Do implements [Deduper].
func (d *MemoryDeduper) Do(
	ctx context.Context, c Claims, fn func(context.Context) ([]byte, error),
) (Claim, []byte, error) {
	r, state, answer := d.claim(c)
	if state != ClaimNew {
		return state, answer, nil
	}
	handled := false
	defer func() { d.end(r, handled) }()
	answer, err := fn(ctx)
	if err != nil {
		return ClaimNew, nil, err
	}
	r.answer, handled = answer, true
	return ClaimNew, answer, nil
}

func (d *MemoryDeduper) claim(c Claims) (*memoryRecord, Claim, []byte) {
	r := &memoryRecord{event: sha256.Sum256([]byte(c.Event)), busy: true}
	if c.Delivery != "" {
		r.delivery = sha256.Sum256([]byte(c.Delivery))
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.forget()
	same := d.deliveries[r.delivery] // nil where there is none
	known := d.events[r.event]
	switch {
	case same != nil && same.busy, known != nil && known.busy, known == nil && len(d.events)-d.order.Len() >= d.size:
		return nil, ClaimBusy, nil
	case same != nil && (same != known || c.Once):
		return nil, ClaimReplay, nil
	case known != nil:
		return nil, ClaimDone, known.answer
	}
	d.events[r.event] = r
	if c.Delivery != "" {
		d.deliveries[r.delivery] = r
	}
	return r, ClaimNew, nil
}

// end marks a claim as handled, or gives it back.
func (d *MemoryDeduper) end(r *memoryRecord, handled bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	r.busy = false
	if !handled {
		d.drop(r)
		return
	}
	r.at = d.now()
	d.order.PushBack(r)
	d.forget()
}

func (d *MemoryDeduper) drop(r *memoryRecord) {
	delete(d.events, r.event)
	if r.delivery != (memoryKey{}) {
		delete(d.deliveries, r.delivery)
	}
}

// Len returns how many handled events are remembered.
func (d *MemoryDeduper) Len() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.order.Len()
}

// forget drops what is too old or too much.
func (d *MemoryDeduper) forget() {
	limit := d.now().Add(-d.age)
	for front := d.order.Front(); front != nil; front = d.order.Front() {
		r, ok := front.Value.(*memoryRecord)
		if ok && len(d.events) <= d.size && r.at.After(limit) {
			return
		}
		d.order.Remove(front)
		if ok {
			d.drop(r)
		}
	}
}
