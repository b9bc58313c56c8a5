package uqpay

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/provider"
	"github.com/issuing-sdk/issuing-go/internal/transport"
)

// Tokens are UQPAY's own way of authentication, so this file makes an exchange
// beside that of protocol.go.

// Token is an access token. The platform knows one at a time per credential: a
// new one ends all earlier ones at once, whatever time they had left.
type Token struct {
	Value     issuing.Secret // the JWT, without "Bearer "
	IssuedAt  time.Time      // when it was minted, by the clock of who minted it
	ExpiresAt time.Time      // when it stops working, by the platform's clock
}

// Limits of a token's use.
const (
	// tokenMargin is how long before its end a token is renewed: the shortest
	// margin of UQPAY's own libraries, because renewing ends the old one for
	// whoever still sends with it.
	tokenMargin = time.Minute
	// tokenMinUse is how long a new token is used whatever its end says, so that
	// a wrong clock or a very short life does not mint one for every call. A
	// token that has really ended is recognised by its refusal.
	tokenMinUse = 10 * time.Second
	// mintTimeout bounds one renewal with its repeats and the store's work. It
	// belongs to no caller: each waits for it within its own context.
	mintTimeout = 2 * time.Minute
)

// usable reports whether t can still be sent at the given time.
func (t Token) usable(now time.Time) bool {
	return !t.Value.IsZero() &&
		(now.Before(t.ExpiresAt.Add(-tokenMargin)) || now.Before(t.IssuedAt.Add(tokenMinUse)))
}

// tokens hands out the token of one credential. Concurrent callers that find
// none wait for one renewal together; nobody holds a lock meanwhile.
type tokens struct {
	store TokenStore
	mint  func(context.Context) (Token, error)
	now   func() time.Time

	mu      sync.Mutex
	current Token
	header  func() []string // how current is sent; never written to, and printed by nothing
	ended   issuing.Secret  // a token that the platform has refused
	barren  time.Time       // until then no unknown words of a refusal have a token minted
	running *renewal
}

// renewal is one run of the store, which others can wait for.
type renewal struct {
	done   chan struct{}
	token  Token
	header func() []string
	err    error
}

// bearer is how the token is sent; the platform refuses the bare one.
const bearer = "Bearer "

// get returns a usable token with its header's value, or waits for one as long
// as ctx allows.
func (t *tokens) get(ctx context.Context) (Token, []string, error) {
	t.mu.Lock()
	if t.current.usable(t.now()) {
		defer t.mu.Unlock()
		return t.current, t.header(), nil
	}
	r := t.running
	if r == nil {
		r = &renewal{done: make(chan struct{})}
		t.running = r
		go t.renew(context.WithoutCancel(ctx), r, t.ended)
	}
	t.mu.Unlock()
	select {
	case <-r.done:
		if r.err != nil {
			return Token{}, nil, r.err
		}
		return r.token, r.header(), nil
	case <-ctx.Done():
		return Token{}, nil, ctx.Err()
	}
}

// tokenUse tells a call's first token from the one that replaced it.
type tokenUse bool

const replaced tokenUse = true

// rejected says that the platform refused a token, and reports whether the call goes
// on with another one. Only the token in use is dropped: a refusal of an older one has
// been overtaken. A call replaces its token once.
//
// Where the words are unknown and the new token is refused as well, it was not the
// token: an address that is not allowed, in words of its own. For a while nothing is
// minted for them then, because a new token ends the one of other processes.
func (t *tokens) rejected(used Token, how rejection, use tokenUse) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	now, inUse := t.now(), t.current.Value.Equal(used.Value)
	switch {
	case use == replaced:
		if inUse && how == rejected {
			t.barren = now.Add(tokenMinUse)
		}
		return false
	case inUse && how == rejected && now.Before(t.barren):
		return false
	case inUse:
		t.drop()
	}
	return true
}

// drop ends the use of the current token.
func (t *tokens) drop() { t.current, t.ended = Token{}, t.current.Value }

// errStore is what a token store that gives neither a token nor an error, or
// that panics, is reported as.
var errStore = errors.New("the token store failed without an error")

// renew runs one renewal for all who wait for it.
func (t *tokens) renew(ctx context.Context, r *renewal, ended issuing.Secret) {
	ctx, cancel := context.WithTimeout(ctx, mintTimeout)
	defer cancel()
	defer func() {
		// A store is the merchant's code, on a goroutine that the merchant cannot
		// guard.
		if p := recover(); p != nil || (r.err == nil && r.token.Value.IsZero()) {
			r.err = errStore
		}
		t.mu.Lock()
		defer t.mu.Unlock()
		t.running = nil
		if r.err == nil {
			header := []string{bearer + r.token.Value.Reveal()}
			r.header = func() []string { return header }
			t.current, t.header = r.token, r.header
		}
		close(r.done)
	}()
	r.token, r.err = t.store.Update(ctx, func(ctx context.Context, stored Token) (Token, error) {
		if stored.usable(t.now()) && !stored.Value.Equal(ended) {
			return stored, nil
		}
		return t.mint(ctx)
	})
}

// minted is the answer to a mint.
type minted struct {
	Value     issuing.Secret `json:"auth_token"`
	ExpiresAt int64          `json:"expired_at"`
}

func (m *minted) incomplete() bool { return m.Value.IsZero() || m.ExpiresAt <= 0 }

// mint fetches a new token. It is repeated like a read: what a lost answer
// carried is ended by the next token.
func (c *Client) mint(ctx context.Context) (Token, error) {
	m, err := provider.Do[minted](ctx, c.core, provider.Call{
		Op: provider.Op{Name: opToken.name, Safety: opToken.safety},
		In: c.cfg.APIKey, Exchange: &minting{exchange{c: c, o: opToken}}, Decode: decode,
	}, nil)
	if err != nil {
		return Token{}, err
	}
	return Token{Value: m.Value, IssuedAt: c.core.Now(), ExpiresAt: time.Unix(m.ExpiresAt, 0)}, nil
}

// minting is an exchange with the credentials in place of a token: without body
// and key, and with nothing to renew or to wait for.
type minting struct{ exchange }

// Encode says where tokens are minted.
func (x *minting) Encode(issuing.CallSettings) (provider.Plan, error) {
	return provider.Plan{Method: x.o.method, URL: transport.JoinURL(x.c.cfg.BaseURL, x.o.path), Template: x.o.path}, nil
}

// Seal sends the credentials.
func (x *minting) Seal(context.Context, int) (transport.Sealed, error) {
	return transport.Sealed{Header: http.Header{
		"Accept":       jsonType,
		headerClientID: {x.c.cfg.ClientID},
		headerAPIKey:   {x.c.cfg.APIKey.Reveal()},
	}}, nil
}

// Judge reads the body of a failure.
func (*minting) Judge(_ context.Context, r *transport.Response) provider.Verdict { return judge(r) }

// tokenError says that a call ended for want of a token. Nothing of it was sent.
func tokenError(err error) error {
	if e, ok := errors.AsType[*issuing.Error](err); ok {
		return &issuing.Error{Kind: e.Kind, Err: err}
	}
	return err
}
