package uqpay

import (
	"cmp"
	"context"
	"iter"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// TransactionService lists what cards were used for.
type TransactionService struct{ c *Client }

// Period is a span of time, at most 90 days. Either end may be unset. Whether the
// ends belong to it is not documented: let consecutive periods overlap, and tell
// what comes twice by its id.
type Period struct {
	Start time.Time `json:"start_time,omitzero"` // from when on
	End   time.Time `json:"end_time,omitzero"`   // until when
}

func (r Period) validate(p *check.Problems) {
	if r.Start.IsZero() || r.End.IsZero() {
		return
	}
	if r.End.Before(r.Start) {
		p.Add("end_time", "lies before start_time")
	}
	if r.End.Sub(r.Start) > maxSpan*24*time.Hour {
		p.Add("end_time", "lies more than %d days after start_time", maxSpan)
	}
}

// TransactionsRequest selects card transactions.
type TransactionsRequest struct {
	Paging
	Period
	CardID string `json:"card_id,omitzero"` // empty is any card
}

func (r TransactionsRequest) validate(p *check.Problems) {
	r.Paging.validate(p)
	r.Period.validate(p)
	p.OptionalText("card_id", r.CardID, maxID)
}

// Transaction is a card transaction. Amounts are in their currency's base unit
// and may be negative.
type Transaction struct {
	ID                  string            `json:"transaction_id"`             // the platform's id
	ShortID             string            `json:"short_transaction_id"`       // for people and support
	OriginalID          string            `json:"original_transaction_id"`    // of a follow-up; may be empty
	CardID              string            `json:"card_id"`                    // the card
	CardNumber          MaskedNumber      `json:"card_number"`                // masked
	CardholderID        string            `json:"cardholder_id"`              // whose card it is
	Type                TransactionType   `json:"transaction_type"`           // compare with Normal
	Status              TransactionStatus `json:"transaction_status"`         // approved, declined, pending
	SettlementStatus    SettlementStatus  `json:"settlement_status"`          // in details only
	BillingAmount       issuing.Amount    `json:"billing_amount"`             // what the card is charged
	BillingCurrency     issuing.Currency  `json:"billing_currency"`           // the card's
	TransactionAmount   issuing.Amount    `json:"transaction_amount"`         // what the shop asked for
	TransactionCurrency issuing.Currency  `json:"transaction_currency"`       // the shop's
	Fee                 issuing.Amount    `json:"transaction_fee"`            // fee
	FeeCurrency         issuing.Currency  `json:"transaction_fee_currency"`   // of the fee
	FeePassThrough      Flag              `json:"fee_pass_through"`           // Y: the fee is part of the billing amount
	CardBalance         issuing.Amount    `json:"card_available_balance"`     // after it
	AuthorizationCode   string            `json:"authorization_code"`         // such as W6MJU9; empty when declined
	Time                time.Time         `json:"transaction_time"`           // zero when the platform's text cannot be read
	PostedTime          time.Time         `json:"posted_time"`                // zero before posting
	Merchant            Merchant          `json:"merchant_data" wire:"first"` // the shop; an array in events; may be empty
	// decline reason such as "1107 - Invalid CVV2", or remark
	Description string     `json:"description"`
	WalletType  WalletType `json:"wallet_type"` // empty without a wallet
	// FailureReason is the simulator's older name of Description.
	FailureReason string `json:"failure_reason"`
}

func (t *Transaction) incomplete() bool { return t.ID == "" || unusable(t.ID, t.CardID) }

// Reason returns why a transaction was declined, under whichever name it came; "" of one
// that was approved, whose Description is a remark.
func (t *Transaction) Reason() string {
	if t.Status == TransactionStatusApproved {
		return ""
	}
	return cmp.Or(t.Description, t.FailureReason)
}

// List returns one page of card transactions.
//
// Safety: read.
func (s *TransactionService) List(
	ctx context.Context, req TransactionsRequest, opts ...issuing.CallOption,
) (*Page[Transaction], error) {
	return call[Page[Transaction]](ctx, s.c, opTransactions, req, opts)
}

// All iterates over card transactions, from the request's page on, each
// once. What leaves the list meanwhile can have others missed.
func (s *TransactionService) All(
	ctx context.Context, req TransactionsRequest, opts ...issuing.CallOption,
) iter.Seq2[*Transaction, error] {
	return all[Transaction](ctx, s.c, opTransactions, req, opts)
}

// Transaction reads a card transaction with its settlement status.
//
// Safety: read.
func (s *TransactionService) Transaction(
	ctx context.Context, transactionID string, opts ...issuing.CallOption,
) (*Transaction, error) {
	return call[Transaction](ctx, s.c, opTransaction.at(transactionID), none{}, opts)
}

// ReleaseRefundRequest claims a refund that belongs to no known purchase.
type ReleaseRefundRequest struct {
	TransactionID string `json:"related_transaction_id"` // of the refund; required
	Remark        string `json:"remark,omitzero"`        // optional
}

func (r ReleaseRefundRequest) validate(p *check.Problems) {
	p.Text("related_transaction_id", r.TransactionID, maxID)
	p.OptionalText("remark", r.Remark, noLimit)
}

// ReleaseRefund has an unsolicited refund credited.
//
// Safety: keyed, by the client's UUID or a key of yours: 1 to 64 printable ASCII
// characters, best a UUID. On issuing.ErrOutcomeUnknown give the pending to
// [Client.Settle] with issuing.WithResend(req) within 24 hours; later, compare with
// [BalanceService.AllLedger].
func (s *TransactionService) ReleaseRefund(
	ctx context.Context, req ReleaseRefundRequest, opts ...issuing.CallOption,
) (*Acknowledgement, error) {
	return call[Acknowledgement](ctx, s.c, opRefundRelease, req, opts)
}
