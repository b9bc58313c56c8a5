package webhook

import (
	"container/list"
	"context"
	"crypto/sha256"
	"sync"
	"time"
)

// Position says how far something has come, such as a token's state. Platforms
// deliver in any order, so what a later notification has overtaken is out of date.
type Position struct {
	Of   string    // what it is about, with no secret in it: a keyed digest
	At   time.Time // the platform's time; zero, when that is not known, is not older than any
	Last bool      // nothing comes after it, whatever its time says
}

// Sequencer is implemented by a [Deduper] that keeps positions beside its claims, for
// all processes that share it. Without one a source keeps them itself.
type Sequencer interface {
	// Advance notes a position and returns true, unless a later or the last one has
	// been noted: equal times, and a last one, are never overtaken. What is called
	// within a claim's transaction is part of it.
	Advance(ctx context.Context, p Position) (bool, error)
}

// WithOrder makes a source leave out the call for an event that a later one has
// overtaken; it is acknowledged. of returns an event's position, and false for one that
// has none.
func WithOrder(of func(*Event) (p Position, ok bool)) SourceOption {
	return func(s *Source) error {
		s.order = of
		return nil
	}
}

// current reports whether an event is not out of date, and notes how far it brings
// what it is about.
func (d *delivery) current(ctx context.Context, event *Event) (bool, error) {
	if d.source.order == nil {
		return true, nil
	}
	p, ok := d.source.order(event)
	if !ok {
		return true, nil
	}
	p.Of = d.source.owner(event.Credential) + "/position/" + p.Of
	if keeper, ok := d.deduper().(Sequencer); ok {
		return keeper.Advance(ctx, p)
	}
	return d.source.positions.advance(p), nil
}

// maxPositions bounds the things whose position is known in memory.
const maxPositions = 1 << 16

// positions are kept in memory. What was not heard of for the longest is forgotten
// first.
type positions struct {
	mu    sync.Mutex
	known map[memoryKey]*list.Element // of *position
	order *list.List                  // heard of last at the back
}

type position struct {
	of   memoryKey
	at   time.Time
	last bool
}

func newPositions() *positions {
	return &positions{known: map[memoryKey]*list.Element{}, order: list.New()}
}

func (s *positions) advance(p Position) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	of := memoryKey(sha256.Sum256([]byte(p.Of)))
	e, ok := s.known[of]
	if !ok {
		if s.order.Len() >= maxPositions {
			oldest, _ := s.order.Remove(s.order.Front()).(*position)
			delete(s.known, oldest.of)
		}
		s.known[of] = s.order.PushBack(&position{of, p.At, p.Last})
		return true
	}
	s.order.MoveToBack(e)
	known, _ := e.Value.(*position)
	if !p.Last && (known.last || !p.At.IsZero() && p.At.Before(known.at)) {
		return false
	}
	if p.At.After(known.at) {
		known.at = p.At
	}
	known.last = known.last || p.Last
	return true
}

// Advance implements [Sequencer], for some ten thousand things.
func (d *MemoryDeduper) Advance(_ context.Context, p Position) (bool, error) {
	return d.positions.advance(p), nil
}
