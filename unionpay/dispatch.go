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

// maxTokens bounds the tokens whose latest notification a source knows.
const maxTokens = 1 << 16

// answers keep what questions were answered, with their claims.
type answers struct{}

// Keep implements [webhook.Answers]. That no user is known is an answer too.
func (answers) Keep(event *webhook.Event) ([]byte, error) {
	asked, ok := event.Data.(*UserIDRequested)
	if !ok {
		return nil, webhook.ErrPayload
	}
	return []byte(asked.AppUserID), nil
}

// Give implements [webhook.Answers].
func (answers) Give(event *webhook.Event, answer []byte) error {
	asked, ok := event.Data.(*UserIDRequested)
	if !ok {
		return webhook.ErrPayload
	}
	asked.AppUserID = string(answer)
	return nil
}

// handled reports whether the function's error lets its event be acknowledged.
func handled(err error) bool { return err == nil || errors.Is(err, webhook.ErrDuplicate) }

// dispatch leaves out the call for what a later notification has overtaken.
func (s *callbackScheme) dispatch(ctx context.Context, event *webhook.Event, fn webhook.Func) error {
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
