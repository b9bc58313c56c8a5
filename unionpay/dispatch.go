package unionpay

import (
	"container/list"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"sync"
	"time"

	"github.com/issuing-sdk/issuing-go/webhook"
)

// Bounds of what a source remembers beside its deduper.
const (
	maxMessages = 4096    // messages that are not dispatched again, with their answers
	maxTokens   = 1 << 16 // tokens whose latest notification is known
)

// errBusy makes UPI send a message again.
var errBusy = errors.New("the same message is being handled")

// handling is what became of one message. Whoever holds it handles the message.
type handling struct {
	mu        sync.Mutex
	done      bool
	appUserID string // the answer to a question
}

// dispatch calls the function once for a message and gives repeats its answer,
// whatever the deduper knows: questions are not claimed there, and a store that
// fails after the function has acted does not learn that it has.
func (s *callbackScheme) dispatch(ctx context.Context, event *webhook.Event, fn webhook.Func) error {
	h := s.messages.entry(event.ID)
	if !h.mu.TryLock() {
		return errBusy
	}
	defer h.mu.Unlock()
	asked, question := event.Data.(*UserIDRequested)
	if h.done {
		if question {
			asked.AppUserID = h.appUserID
		}
		return webhook.ErrDuplicate
	}
	err := s.inOrder(ctx, event, fn)
	if h.done = handled(err); h.done && question {
		h.appUserID = asked.AppUserID
	}
	return err
}

// handled reports whether the function's error lets its event be acknowledged.
func handled(err error) bool { return err == nil || errors.Is(err, webhook.ErrDuplicate) }

// inOrder leaves out the call for what a later notification has overtaken.
func (s *callbackScheme) inOrder(ctx context.Context, event *webhook.Event, fn webhook.Func) error {
	changed, ok := event.Data.(*TokenStateChanged)
	if !ok || event.HasProblem("trxInfo.token", "trxInfo.tokenState") { // which one, or what it says, is open
		return fn(ctx, event)
	}
	order := s.tokens.entry(s.tokenKey(changed))
	if order.stale(changed, event.Time) {
		return nil
	}
	err := fn(ctx, event)
	if handled(err) {
		order.note(changed, event.Time)
	}
	return err
}

// tokenKey names a token without keeping it: a plain hash of so few digits could
// be undone, so it is keyed with bytes of this source.
type tokenKey [sha256.Size]byte

func (s *callbackScheme) tokenKey(n *TokenStateChanged) tokenKey {
	mac := hmac.New(sha256.New, []byte(s.secret()))
	mac.Write([]byte(n.Token.Reveal()))
	return tokenKey(mac.Sum(nil))
}

// tokenOrder is the latest notification of a token.
type tokenOrder struct {
	mu      sync.Mutex
	at      time.Time
	deleted bool
}

// stale reports a notification that a later one has overtaken: nothing overtakes a
// deletion. Times have whole seconds, so an equal one is not older.
func (o *tokenOrder) stale(n *TokenStateChanged, at time.Time) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return !n.State.Terminal() && (o.deleted || !at.IsZero() && at.Before(o.at))
}

func (o *tokenOrder) note(n *TokenStateChanged, at time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if at.After(o.at) {
		o.at = at
	}
	o.deleted = o.deleted || n.State.Terminal()
}

// recent is a map that makes its values, and forgets the one that was not asked
// for the longest when it is full.
type recent[K comparable, V any] struct {
	mu    sync.Mutex
	limit int
	known map[K]*list.Element // of *recentEntry
	order *list.List          // asked for last at the back
}

type recentEntry[K comparable, V any] struct {
	key   K
	value V
}

func newRecent[K comparable, V any](limit int) *recent[K, V] {
	return &recent[K, V]{limit: limit, known: map[K]*list.Element{}, order: list.New()}
}

// entry returns the value of a key, a zero one when there is none yet.
func (r *recent[K, V]) entry(key K) *V {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e, ok := r.known[key]; ok {
		r.order.MoveToBack(e)
		return &e.Value.(*recentEntry[K, V]).value
	}
	if len(r.known) >= r.limit {
		oldest := r.order.Front()
		delete(r.known, oldest.Value.(*recentEntry[K, V]).key)
		r.order.Remove(oldest)
	}
	made := &recentEntry[K, V]{key: key}
	r.known[key] = r.order.PushBack(made)
	return &made.value
}
