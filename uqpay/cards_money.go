package uqpay

import (
	"context"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// AmountRequest is the amount that a recharge or withdrawal moves.
type AmountRequest struct {
	Amount issuing.Amount `json:"amount"` // more than 0, at most two decimals, in the card's currency; required
}

func (r AmountRequest) validate(p *check.Problems) { p.Amount("amount", r.Amount, 2) }

func (r AmountRequest) facts(f *facts) { f.Amount = r.Amount }

// Deposit recharges a card (UQPAY's card recharge): it moves money from the
// issuing balance onto it. The answer is an order, PENDING or PROCESSING;
// card.recharge.succeeded or .failed ([CardDeposited]) or [OrderService.Order]
// tells how it ended. Whether a SHARE card can be recharged is the platform's
// decision.
//
// A balance that does not cover it is issuing.ErrInsufficientFunds.
//
// Safety: keyed, by the client's UUID or a key of yours: 1 to 64 printable ASCII
// characters, best a UUID. On issuing.ErrOutcomeUnknown give the pending to
// [Client.Settle] with issuing.WithResend(req) within 24 hours, or at any time with the
// order's id in its Details["card_order_id"]; without one, compare with
// [BalanceService.AllLedger]. Never use another key for the same intent: it moves the
// money again.
func (s *CardService) Deposit(
	ctx context.Context, cardID string, req AmountRequest, opts ...issuing.CallOption,
) (*Order, error) {
	return call[Order](ctx, s.c, opCardDeposit.at(cardID), req, opts)
}

// Withdraw moves money from a card back to the issuing balance. The answer is an
// order; card.withdraw.succeeded or .failed ([CardWithdrawn]) tells how it ended.
//
// Safety: keyed, as [CardService.Deposit].
func (s *CardService) Withdraw(
	ctx context.Context, cardID string, req AmountRequest, opts ...issuing.CallOption,
) (*Order, error) {
	return call[Order](ctx, s.c, opCardWithdraw.at(cardID), req, opts)
}

// ElevateLimitRequest raises a card's per-transaction limit for some days.
type ElevateLimitRequest struct {
	// multiple of 0.01, up to 80000 USD or XUSD, 100000 SGD; required
	Limit issuing.Amount `json:"limit_amount"`
	Days  int            `json:"duration_in_days,omitzero"` // 0 is 7
}

func (r ElevateLimitRequest) validate(p *check.Problems) {
	p.Amount("limit_amount", r.Limit, 2)
	if r.Limit.Cmp(issuing.NewAmount(singDs.Max, 0)) > 0 { // the highest cap: the card's currency is not known here
		p.Add("limit_amount", "is above %d, the highest cap of any currency", singDs.Max)
	}
	if r.Days < 0 {
		p.Add("duration_in_days", "must not be negative")
	}
}

// ElevateLimit raises the per-transaction limit of an active card of some BINs
// for some days; one elevation per card at a time. The result comes as
// card.elevate_limit.succeeded or .failed ([CardLimitElevated]), told apart by
// the card.
//
// Safety: keyed, by the client's UUID or a key of yours: 1 to 64 printable
// ASCII characters, best a UUID. On issuing.ErrOutcomeUnknown call again with
// the same request and issuing.WithIdempotencyKey(err.Key) within 24 hours.
func (s *CardService) ElevateLimit(
	ctx context.Context, cardID string, req ElevateLimitRequest, opts ...issuing.CallOption,
) (*CardOrder, error) {
	return call[CardOrder](ctx, s.c, opCardElevate.at(cardID), req, opts)
}
