package platform

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Queue keeps, by operation, what a test wants to happen next: faults, failures,
// odd answers. First in, first out. The zero Queue is empty. It has a lock of its
// own, so that a lever of the test needs none.
type Queue[V any] struct {
	mu      sync.Mutex
	waiting map[string][]V
}

// Add appends values to an operation's queue.
func (q *Queue[V]) Add(op string, values ...V) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.waiting == nil {
		q.waiting = map[string][]V{}
	}
	q.waiting[op] = append(q.waiting[op], values...)
}

// Take removes the first value of an operation's queue; ok is false when there is
// none.
func (q *Queue[V]) Take(op string) (value V, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	queue := q.waiting[op]
	if len(queue) == 0 {
		return value, false
	}
	q.waiting[op] = queue[1:]
	return queue[0], true
}

// Clear drops an operation's queue.
func (q *Queue[V]) Clear(op string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.waiting, op)
}

// Left returns what has not been taken, without empty queues.
func (q *Queue[V]) Left() map[string][]V {
	q.mu.Lock()
	defer q.mu.Unlock()
	left := map[string][]V{}
	for op, queue := range q.waiting {
		if len(queue) > 0 {
			left[op] = slices.Clone(queue)
		}
	}
	return left
}

// Sequence numbers what a platform makes. The zero Sequence begins with 1.
type Sequence struct{ last atomic.Uint64 }

// Next returns the next number.
func (s *Sequence) Next() uint64 { return s.last.Add(1) }

// ID returns the next number as an id of the given number of digits, of which the
// first is 1.
func (s *Sequence) ID(digits int) string { return fmt.Sprintf("1%0*d", digits-1, s.Next()) }

// Memory remembers keys that count once: nonces, message ids, assertions.
type Memory struct {
	life time.Duration
	mu   sync.Mutex
	seen map[string]time.Time
}

// NewMemory returns a memory that forgets a key after life.
func NewMemory(life time.Duration) *Memory {
	return &Memory{life: life, seen: map[string]time.Time{}}
}

// forgetAfter is how many keys a memory takes between two looks for old ones.
const forgetAfter = 4096

// First notes a key and reports whether it was not in use at now.
func (m *Memory) First(key string, now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if at, ok := m.seen[key]; ok && now.Sub(at) < m.life {
		return false
	}
	if len(m.seen) > 0 && len(m.seen)%forgetAfter == 0 {
		for old, at := range m.seen {
			if now.Sub(at) >= m.life {
				delete(m.seen, old)
			}
		}
	}
	m.seen[key] = now
	return true
}

// Later runs a job with the provider's lock held when d has passed on the
// platform's clock. A job that panics leaves the lock free.
func (s *Server) Later(lock sync.Locker, d time.Duration, job func()) {
	s.clock.After(d, func() {
		lock.Lock()
		defer lock.Unlock()
		job()
	})
}
