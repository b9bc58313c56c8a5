package worldcard

import (
	"cmp"
	"context"
	"iter"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// CardService holds the operations that every card has: top-up, freeze, close,
// transactions. The pages name the virtual types only for them; an activated
// physical card is "ready for top-up and spending", so no type is refused here.
type CardService struct{ c *Client }

// DepositRequest tops up a card.
type DepositRequest struct {
	CardRef // which card; required

	// MerchantTransactionID is the merchant's own id of the top-up, unique, at
	// most 128 characters. Required. It makes the top-up idempotent. Use it for
	// one card only: the lookup that settles it lists the top-ups of one card.
	MerchantTransactionID string `json:"merchant_transaction_id"`
	// Amount is in the currency's base unit ("100.00" is one hundred dollars),
	// at most two decimals; the platform asks for at least 10. Required.
	Amount issuing.Amount `json:"amount"`
	// Currency is ISO 4217; empty is USD.
	Currency issuing.Currency `json:"currency,omitzero"`
}

func (r DepositRequest) validate(p *check.Problems) {
	r.CardRef.validate(p)
	p.Text("merchant_transaction_id", r.MerchantTransactionID, maxID)
	p.Amount("amount", r.Amount, 2)
	if r.Currency != "" && !r.Currency.Valid() {
		p.Add("currency", "is not an ISO 4217 code such as USD")
	}
}

func (r DepositRequest) key() string { return r.MerchantTransactionID }

func (r DepositRequest) facts(f *facts) {
	r.CardRef.facts(f)
	f.Amount, f.Currency = r.Amount, cmp.Or(r.Currency, issuing.CurrencyUSD)
}

// Deposit is a top-up.
type Deposit struct {
	ID                    string           `json:"transaction_id"`          // the platform's id
	CardID                string           `json:"card_id"`                 // the platform's card id
	MerchantCardID        string           `json:"merchant_card_id"`        // the merchant's card id
	MerchantTransactionID string           `json:"merchant_transaction_id"` // the merchant's id
	Amount                issuing.Amount   `json:"amount"`                  // in the currency's base unit
	Currency              issuing.Currency `json:"currency"`                // ISO 4217
	Status                DepositStatus    `json:"status"`                  // processing, success or failed
	CreatedAt             time.Time        `json:"created_at"`              // when it was received
}

func (d *Deposit) key() string { return d.MerchantTransactionID }

func (d *Deposit) incomplete() bool { return d.ID == "" && d.MerchantTransactionID == "" }

// Deposit tops up a card from the merchant's reserve balance. The answer's
// status is processing; the result comes as card_deposit ([CardDeposited]) or by
// [CardService.DepositByKey].
//
// Safety: keyed by MerchantTransactionID, which the merchant draws: 1 to 128 characters.
// The platform answers a repeat with [CodeDuplicateOrder] rather than with the first
// result; after an attempt of this call that may have arrived, that is settled by
// looking the top-up up; its status can then be final already, failed included. On
// issuing.ErrOutcomeUnknown give the pending to [Client.Settle], which looks it up in
// the same way; never top up again with another id. issuing.ErrDuplicate means that the
// id was used before this call, or for another amount or currency.
func (s *CardService) Deposit(ctx context.Context, req DepositRequest, opts ...issuing.CallOption) (*Deposit, error) {
	return looked(ctx, s.c, opDeposit, req, s.deposited, opts)
}

// deposited looks a top-up up.
func (s *CardService) deposited(ctx context.Context, w sought) (*Deposit, error) {
	d, err := s.findDeposit(ctx, refOf(w), w.Key)
	if d != nil && !d.matches(w) {
		return nil, errOther
	}
	return d, err
}

// matches reports whether the top-up is what is sought, as far as the platform says.
func (d *Deposit) matches(w sought) bool {
	return (d.Amount.IsZero() || d.Amount.Cmp(w.Amount) == 0) &&
		(d.Currency == "" || d.Currency == w.Currency) && refOf(w).names(d.CardID, d.MerchantCardID)
}

// DepositByKey looks up a top-up by the merchant's own id. It settles an
// issuing.ErrOutcomeUnknown of [CardService.Deposit]. When there is none, the
// error's kind is issuing.ErrNotFound; shortly after a top-up whose connection
// broke, it may still be on its way.
//
// Safety: read.
func (s *CardService) DepositByKey(
	ctx context.Context, card CardRef, merchantTransactionID string, opts ...issuing.CallOption,
) (*Deposit, error) {
	by := depositKey{card, merchantTransactionID}
	if err := s.c.check(ctx, "Cards.DepositByKey", by, opts); err != nil {
		return nil, err
	}
	d, err := s.findDeposit(ctx, card, merchantTransactionID, opts...)
	if err == nil && d == nil {
		err = &issuing.Error{Provider: providerName, Op: "Cards.DepositByKey", Kind: issuing.ErrNotFound,
			Key: merchantTransactionID}
	}
	return d, err
}

// depositKey names a top-up of a card by the merchant's id.
type depositKey struct {
	CardRef
	merchantTransactionID string
}

func (k depositKey) validate(p *check.Problems) {
	k.CardRef.validate(p)
	p.Text("merchant_transaction_id", k.merchantTransactionID, maxID)
}

func (k depositKey) key() string { return k.merchantTransactionID }

// findDeposit lists with the filter and still compares the id, so that a
// platform which ignored the filter would not settle a wrong top-up. It returns
// nil when there is none.
func (s *CardService) findDeposit(
	ctx context.Context, card CardRef, key string, opts ...issuing.CallOption,
) (*Deposit, error) {
	req := DepositsRequest{CardRef: card, MerchantTransactionID: key, PageSize: maxPageSize}
	for d, err := range s.AllDeposits(ctx, req, opts...) {
		if err != nil || d.MerchantTransactionID == key {
			return d, err
		}
	}
	return nil, nil
}

// DepositsRequest selects a page of a card's top-ups.
type DepositsRequest struct {
	CardRef // which card; required

	MerchantTransactionID string `json:"merchant_transaction_id,omitzero"` // exact match; optional
	TransactionID         string `json:"transaction_id,omitzero"`          // the platform's id, exact match; optional
	Page                  int    `json:"page,omitzero"`                    // from 1; 0 is 1
	PageSize              int    `json:"page_size,omitzero"`               // 1 to 100; 0 is 10
}

func (r DepositsRequest) validate(p *check.Problems) {
	r.CardRef.validate(p)
	p.OptionalText("merchant_transaction_id", r.MerchantTransactionID, maxID)
	p.OptionalText("transaction_id", r.TransactionID, maxID)
	checkPage(p, r.Page, r.PageSize)
}

// Deposits returns one page of a card's top-ups.
//
// Safety: read.
func (s *CardService) Deposits(
	ctx context.Context, req DepositsRequest, opts ...issuing.CallOption,
) (*Page[Deposit], error) {
	return call[Page[Deposit]](ctx, s.c, opDeposits, req, opts)
}

// AllDeposits iterates over a card's top-ups, from the request's page on. It
// asks until a page brings nothing new, whatever total the answers tell. Pages are read
// one by one, and WorldCard's pages name no order: when the list shrinks meanwhile, an
// item can be missed. One that is listed again as it was is left out, one with another
// status comes again.
func (s *CardService) AllDeposits(
	ctx context.Context, req DepositsRequest, opts ...issuing.CallOption,
) iter.Seq2[*Deposit, error] {
	return all(ctx, req, func(r *DepositsRequest) *int { return &r.Page }, s.Deposits, opts)
}

// CardChange is the answer to an operation that moves a card to another state.
type CardChange struct {
	ID             string     `json:"card_id"`          // the platform's card id
	MerchantCardID string     `json:"merchant_card_id"` // physical operations only
	Status         CardStatus `json:"status"`           // after the operation, as far as it has got
}

// incomplete reports an answer without a status: what became of the card is not
// said then.
func (c *CardChange) incomplete() bool { return c.Status == 0 }

// Freeze freezes an active card. card_status_change ([CardStateChanged])
// follows.
//
// Safety: checked. After an attempt that may have arrived the card is read; only one
// that is still active is frozen again. On issuing.ErrOutcomeUnknown give the pending to
// [Client.Settle], which reads the card again.
func (s *CardService) Freeze(ctx context.Context, card CardRef, opts ...issuing.CallOption) (*CardChange, error) {
	return s.c.moved(ctx, toFrozen, card, opts)
}

// Unfreeze makes a frozen card usable again. card_status_change
// ([CardStateChanged]) follows.
//
// Safety: checked, as [CardService.Freeze].
func (s *CardService) Unfreeze(ctx context.Context, card CardRef, opts ...issuing.CallOption) (*CardChange, error) {
	return s.c.moved(ctx, toActive, card, opts)
}

// Close closes a card for good. The answer's status is closing; card_close
// ([CardClosed]) brings the balance that is to be refunded to the customer, and
// card_status_change follows on its own.
//
// Safety: checked, as [CardService.Freeze].
func (s *CardService) Close(ctx context.Context, card CardRef, opts ...issuing.CallOption) (*CardChange, error) {
	return s.c.moved(ctx, toClosed, card, opts)
}

// TransactionsRequest selects a page of a card's transactions.
type TransactionsRequest struct {
	CardRef // which card; required

	Page     int `json:"page,omitzero"`      // from 1; 0 is 1
	PageSize int `json:"page_size,omitzero"` // 1 to 100; 0 is 10
}

func (r TransactionsRequest) validate(p *check.Problems) {
	r.CardRef.validate(p)
	checkPage(p, r.Page, r.PageSize)
}

// Transaction is a spending transaction of a card. Amounts are in their
// currency's base unit and unset where the platform sends "".
type Transaction struct {
	ID                   string            `json:"transaction_id"`         // the platform's id
	CardID               string            `json:"card_id"`                // the platform's card id
	MerchantCardID       string            `json:"merchant_card_id"`       // the merchant's card id
	TransactionAmount    issuing.Amount    `json:"transaction_amount"`     // what the shop asked for
	TransactionCurrency  issuing.Currency  `json:"transaction_currency"`   // the shop's currency
	BillingAmount        issuing.Amount    `json:"billing_amount"`         // what the card is charged
	BillingCurrency      issuing.Currency  `json:"billing_currency"`       // the card's currency
	SettlementAmount     issuing.Amount    `json:"settlement_amount"`      // unset before settlement
	SettlementCurrency   issuing.Currency  `json:"settlement_currency"`    // empty before settlement
	Type                 TransactionType   `json:"transaction_type"`       // authorization, settlement, refund, reversal
	Status               TransactionStatus `json:"transaction_status"`     // pending, declined, complete
	Time                 time.Time         `json:"transaction_time"`       // zero when the platform's text cannot be read
	MerchantName         string            `json:"merchant_name"`          // the shop
	MerchantID           string            `json:"merchant_id"`            // the shop's id; may be empty
	MerchantCategoryCode string            `json:"merchant_category_code"` // MCC, four digits
	MerchantCountry      string            `json:"merchant_country"`       // the shop's country
	MerchantCity         string            `json:"merchant_city"`          // the shop's city
}

// Transactions returns one page of a card's transactions.
//
// Safety: read.
func (s *CardService) Transactions(
	ctx context.Context, req TransactionsRequest, opts ...issuing.CallOption,
) (*Page[Transaction], error) {
	return call[Page[Transaction]](ctx, s.c, opTransactions, req, opts)
}

// AllTransactions iterates over all transactions of a card as
// [CardService.AllDeposits] does over its top-ups; one with another type or status
// comes again.
func (s *CardService) AllTransactions(
	ctx context.Context, card CardRef, opts ...issuing.CallOption,
) iter.Seq2[*Transaction, error] {
	req := TransactionsRequest{CardRef: card, PageSize: maxPageSize}
	return all(ctx, req, func(r *TransactionsRequest) *int { return &r.Page }, s.Transactions, opts)
}
