// Package acme is a client of Acme, a made-up provider: the worked example of CONTRIBUTING.md, for tests alone.
package acme

import (
	"context"
	"errors"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/provider"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/sign"
)

// Config is what Acme and the merchant agreed on. Both fields are required.
type Config struct {
	BaseURL string         // https, or http on a loopback address
	Secret  issuing.Secret // authorizes requests, and signs callbacks
}

func (c Config) validate(p *check.Problems) {
	p.URL("BaseURL", c.BaseURL, transport.CheckURL)
	p.ID("Secret", c.Secret.Reveal(), 0)
}

func (c Config) fingerprint(data []byte) (string, error) {
	key, err := sign.NewHMACKey(c.Secret)
	return key.Fingerprint(data), err
}

// Client calls Acme. It is immutable and safe for concurrent use.
type Client struct {
	Cards *CardService // all that Acme offers
	cfg   Config
	core  *provider.Core
}

// New returns a client. It checks the configuration and does no I/O.
func New(cfg Config, opts ...issuing.Option) (*Client, error) {
	core, err := provider.New("acme", cfg.validate, cfg.fingerprint, opts...)
	if err != nil {
		return nil, err
	}
	c := &Client{cfg: cfg, core: core}
	c.Cards = &CardService{c}
	return c, nil
}

// Acme's operations: how each may be repeated, and what settles it. Their names are their paths.
var (
	byPIN     = provider.ByRepeat("setting the same PIN again settles it")
	opCard    = provider.Op{Name: "Cards.Card", Safety: transport.Read}
	opFreeze  = provider.Op{Name: "Cards.Freeze", Safety: transport.Checked, Settle: provider.ByState("Cards.Card")}
	opSetPIN  = provider.Op{Name: "Cards.SetPIN", Safety: transport.Once, Settle: byPIN}
	opDeposit = provider.Op{Name: "Cards.Deposit", Safety: transport.Keyed, Settle: provider.ByKey("Cards.DepositByKey")}
	opByKey   = provider.Op{Name: "Cards.DepositByKey", Safety: transport.Read}
	rows      = []provider.Op{opCard, opFreeze, opSetPIN, opDeposit, opByKey}
)

// Operations returns the table, by name.
func Operations() []issuing.Operation { return provider.Operations("acme", rows) }

// Settle finds out what became of a write.
func (c *Client) Settle(
	ctx context.Context, pending issuing.Pending, opts ...issuing.SettleOption,
) (issuing.Settlement, error) {
	return c.core.Settle(ctx, c.settlers(), pending, opts)
}

func (c *Client) settlers() map[string]provider.Settler {
	return provider.Settlers(rows,
		provider.Resend(provider.NewSettler(opFreeze, c.Cards.frozen), c.Cards.Freeze),
		provider.Resend(provider.NewSettler[Card](opSetPIN, nil), c.Cards.SetPIN),
		provider.Resend(provider.NewSettler(opDeposit, c.Cards.deposited), c.Cards.Deposit),
	)
}

// Do calls an operation that this package does not know, once.
func (c *Client) Do(ctx context.Context, name string, in, out any, opts ...issuing.CallOption) error {
	call := c.call(provider.Op{Name: name, Safety: transport.Once}, in, opts)
	call.Out = out
	return c.core.Do(ctx, call)
}

func (c *Client) call(op provider.Op, in any, opts []issuing.CallOption) provider.Call {
	x := &exchange{cfg: c.cfg, op: op.Name, in: in}
	call := provider.Call{Op: op, In: in, Exchange: x, Decode: x.decode, Options: opts}
	if r, ok := in.(request); ok {
		call.Key, call.Check = r.key(), r.validate
	}
	return call
}

// CardService holds Acme's operations. Amounts are US dollars.
type CardService struct{ c *Client }

// CardRef names a card.
type CardRef struct {
	CardID string `json:"card_id"` // Acme's, at most 32 characters
}

func (r CardRef) key() string                { return r.CardID }
func (r CardRef) facts(f *provider.Facts)    { f.Card = r.CardID }
func (r CardRef) validate(p *check.Problems) { p.Text("card_id", r.CardID, 32) }

// Card is a card.
type Card struct {
	CardRef
	Frozen  bool           `json:"frozen"` // takes no deposits
	Balance issuing.Amount `json:"balance"`
}

// Card reads a card. Safety: read.
func (s *CardService) Card(ctx context.Context, card CardRef, opts ...issuing.CallOption) (*Card, error) {
	return provider.Result[Card](ctx, s.c.core, s.c.call(opCard, card, opts))
}

// Freeze blocks a card. Safety: checked; it is read before it is frozen again.
func (s *CardService) Freeze(ctx context.Context, card CardRef, opts ...issuing.CallOption) (*Card, error) {
	return provider.Do(ctx, s.c.core, s.c.call(opFreeze, card, opts), s.frozen)
}

func (s *CardService) frozen(ctx context.Context, sought provider.Sought) (*Card, error) {
	if found, err := s.Card(ctx, CardRef{sought.Card}); err != nil || found.Frozen {
		return found, err
	}
	return nil, nil
}

// SetPINRequest gives a card a PIN.
type SetPINRequest struct {
	CardRef
	PIN issuing.Secret `json:"pin"` // four to six digits
}

func (r SetPINRequest) validate(p *check.Problems) {
	r.CardRef.validate(p)
	p.Digits("pin", r.PIN, 4, 6)
}

// SetPIN gives a card a PIN. Safety: once; setting the same again settles it.
func (s *CardService) SetPIN(ctx context.Context, req SetPINRequest, opts ...issuing.CallOption) (*Card, error) {
	return provider.Result[Card](ctx, s.c.core, s.c.call(opSetPIN, req, opts))
}

// OrderRef names a deposit.
type OrderRef struct {
	OrderNo string `json:"order_no"` // the merchant's own, at most 32 characters, used once
}

func (r OrderRef) key() string                { return r.OrderNo }
func (r OrderRef) validate(p *check.Problems) { p.Text("order_no", r.OrderNo, 32) }

// Deposit is a top-up, as it is asked for and as it was carried out.
type Deposit struct {
	OrderRef
	CardID string         `json:"card_id"` // Acme's, at most 32 characters
	Amount issuing.Amount `json:"amount"`  // at most two decimals
}

func (d Deposit) facts(f *provider.Facts) { f.Card, f.Amount = d.CardID, d.Amount }

func (d Deposit) validate(p *check.Problems) {
	d.OrderRef.validate(p)
	p.Text("card_id", d.CardID, 32)
	p.Amount("amount", d.Amount, 2)
}

// Deposit tops a card up. Safety: keyed by OrderNo, and looked up by it.
func (s *CardService) Deposit(ctx context.Context, req Deposit, opts ...issuing.CallOption) (*Deposit, error) {
	return provider.Do(ctx, s.c.core, s.c.call(opDeposit, req, opts), s.deposited)
}

func (s *CardService) deposited(ctx context.Context, sought provider.Sought) (*Deposit, error) {
	found, err := s.DepositByKey(ctx, OrderRef{sought.Key})
	switch {
	case errors.Is(err, issuing.ErrNotFound):
		return nil, nil
	case err == nil && (found.CardID != sought.Card || !found.Amount.Equal(sought.Amount)):
		return nil, provider.ErrOther
	}
	return found, err
}

// DepositByKey reads a deposit by its order number. Safety: read.
func (s *CardService) DepositByKey(ctx context.Context, ref OrderRef, opts ...issuing.CallOption) (*Deposit, error) {
	return provider.Result[Deposit](ctx, s.c.core, s.c.call(opByKey, ref, opts))
}
