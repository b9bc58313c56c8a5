package authdecision

import (
	"container/list"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"sync"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

// maxRemembered bounds the decisions that are remembered; the oldest are
// forgotten first.
const maxRemembered = 1 << 16

// claim is one transaction: its decision, or the promise of one.
type claim struct {
	id     string
	digest [sha256.Size]byte // keyed: a request holds a card number
	at     time.Time
	done   chan struct{} // closed when decision and err are set

	decision Decision
	err      error
}

// memory remembers decisions, so that a repeat gets the same one.
type memory struct {
	age time.Duration
	now func() time.Time
	key func() string // of digests, this memory's own

	mu    sync.Mutex
	known map[string]*list.Element // of *claim
	order *list.List               // oldest first
}

func newMemory(age time.Duration, now func() time.Time) *memory {
	key := rand.Text()
	return &memory{
		age: age, now: now, key: func() string { return key }, known: map[string]*list.Element{}, order: list.New(),
	}
}

// digest tells requests apart.
func (m *memory) digest(raw issuing.Secret) [sha256.Size]byte {
	mac := hmac.New(sha256.New, []byte(m.key()))
	mac.Write([]byte(raw.Reveal()))
	return [sha256.Size]byte(mac.Sum(nil))
}

// claim returns the claim of a transaction. first reports that nobody decides it
// yet, and that the caller has to. Another request under the same id is
// ErrReplay.
func (m *memory) claim(id string, raw issuing.Secret) (c *claim, first bool, err error) {
	digest := m.digest(raw)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.forget()
	if e, ok := m.known[id]; ok {
		c, _ = e.Value.(*claim)
		if c.digest != digest {
			return nil, false, ErrReplay
		}
		return c, false, nil
	}
	c = &claim{id: id, digest: digest, at: m.now(), done: make(chan struct{})}
	m.known[id] = m.order.PushBack(c)
	return c, true, nil
}

// settle ends a claim. Without a decision it is forgotten, so that a repeat is
// decided anew.
func (m *memory) settle(c *claim, decision Decision, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c.decision, c.err = decision, err
	close(c.done)
	if err == nil {
		return
	}
	if e, ok := m.known[c.id]; ok && e.Value == any(c) {
		m.order.Remove(e)
		delete(m.known, c.id)
	}
}

// forget drops what is too old or too much.
func (m *memory) forget() {
	limit := m.now().Add(-m.age)
	for front := m.order.Front(); front != nil; front = m.order.Front() {
		c, ok := front.Value.(*claim)
		if ok && m.order.Len() < maxRemembered && c.at.After(limit) {
			return
		}
		m.order.Remove(front)
		if ok {
			delete(m.known, c.id)
		}
	}
}
