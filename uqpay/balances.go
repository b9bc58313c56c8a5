package uqpay

import (
	"context"
	"iter"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// BalanceService reads the issuing balances that cards are loaded from. They are
// funded in the Dashboard, from Banking.
type BalanceService struct{ c *Client }

// Balance is the issuing balance of one currency.
type Balance struct {
	ID            string           `json:"balance_id"`        // the platform's id
	Currency      issuing.Currency `json:"currency"`          // ISO 4217, or XUSD
	Available     issuing.Amount   `json:"available_balance"` // what can be used
	Margin        issuing.Amount   `json:"margin_balance"`    // deposited as a margin
	Frozen        issuing.Amount   `json:"frozen_balance"`    // held
	CreateTime    time.Time        `json:"create_time"`       // when it was opened
	LastTradeTime time.Time        `json:"last_trade_time"`   // zero before the first movement
	Status        BalanceStatus    `json:"balance_status"`    // active, pending, processing, closed
}

func (b *Balance) incomplete() bool { return b.ID == "" && b.Currency == "" }

type balanceRequest struct {
	Currency issuing.Currency `json:"currency"`
}

func (r balanceRequest) validate(p *check.Problems) { currency(p, "currency", r.Currency) }

// Balance reads the balance of a currency.
//
// Safety: read. The platform takes it as a POST with an idempotency key, which is
// always a new one: a repeated key would return an old balance.
func (s *BalanceService) Balance(
	ctx context.Context, currency issuing.Currency, opts ...issuing.CallOption,
) (*Balance, error) {
	return call[Balance](ctx, s.c, opBalance, balanceRequest{currency}, opts)
}

// List returns one page of balances.
//
// Safety: read.
func (s *BalanceService) List(ctx context.Context, req Paging, opts ...issuing.CallOption) (*Page[Balance], error) {
	return call[Page[Balance]](ctx, s.c, opBalances, req, opts)
}

// All iterates over balances, from the request's page on, each
// once. What leaves the list meanwhile can have others missed.
func (s *BalanceService) All(ctx context.Context, req Paging, opts ...issuing.CallOption) iter.Seq2[*Balance, error] {
	return all[Balance](ctx, s.c, opBalances, req, opts)
}

// LedgerRequest selects entries of the balance ledger.
type LedgerRequest struct {
	Paging
	Period
	Type          LedgerType       `json:"transaction_type,omitzero"`   // empty is any
	Status        LedgerStatus     `json:"transaction_status,omitzero"` // empty is any
	Currency      issuing.Currency `json:"currency,omitzero"`           // empty is any
	TransactionID string           `json:"transaction_id,omitzero"`     // exact match; empty is any
}

func (r LedgerRequest) validate(p *check.Problems) {
	r.Paging.validate(p)
	r.Period.validate(p)
	choice(p, "transaction_type", r.Type, optional)
	choice(p, "transaction_status", r.Status, optional)
	if r.Currency != "" {
		currency(p, "currency", r.Currency)
	}
	p.OptionalText("transaction_id", r.TransactionID, maxID)
}

// LedgerEntry is a movement of an issuing balance.
type LedgerEntry struct {
	ID            string           `json:"transaction_id"`       // the platform's id
	ShortID       string           `json:"short_transaction_id"` // for people and support
	AccountID     string           `json:"account_id"`           // whose balance it is
	AccountName   string           `json:"account_name"`         // may be empty
	BalanceID     string           `json:"balance_id"`           // the balance
	Type          LedgerType       `json:"transaction_type"`     // what it was for
	Currency      issuing.Currency `json:"currency"`             // of the balance
	Amount        issuing.Amount   `json:"amount"`               // may be negative
	EndingBalance issuing.Amount   `json:"ending_balance"`       // after it
	CreateTime    time.Time        `json:"create_time"`          // when it began
	CompleteTime  time.Time        `json:"complete_time"`        // zero until it is booked
	Status        LedgerStatus     `json:"transaction_status"`   // completed, pending, failed
	Description   string           `json:"description"`          // remark
}

// Ledger returns one page of the balance ledger.
//
// Safety: read.
func (s *BalanceService) Ledger(
	ctx context.Context, req LedgerRequest, opts ...issuing.CallOption,
) (*Page[LedgerEntry], error) {
	return call[Page[LedgerEntry]](ctx, s.c, opLedger, req, opts)
}

// AllLedger iterates over the balance ledger, from the request's page on, each
// once. What leaves the list meanwhile can have others missed.
func (s *BalanceService) AllLedger(
	ctx context.Context, req LedgerRequest, opts ...issuing.CallOption,
) iter.Seq2[*LedgerEntry, error] {
	return all[LedgerEntry](ctx, s.c, opLedger, req, opts)
}
