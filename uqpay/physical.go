package uqpay

import (
	"context"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// AssignRequest gives a plastic card to a cardholder.
type AssignRequest struct {
	CardholderID string           `json:"cardholder_id"` // a SUCCESS cardholder; required
	CardNumber   issuing.Secret   `json:"card_number"`   // PAN from the inventory that UQPAY provides; required
	Currency     issuing.Currency `json:"card_currency"` // one of the product's; required
	Mode         Mode             `json:"card_mode"`     // single or share; required
}

func (r AssignRequest) validate(p *check.Problems) {
	p.Text("cardholder_id", r.CardholderID, maxID)
	p.Digits("card_number", r.CardNumber, 12, 19)
	currency(p, "card_currency", r.Currency)
	choice(p, "card_mode", r.Mode, needed)
}

// Assign gives a plastic card to a cardholder, for good. The card stays PENDING
// until it is activated with the code of card.activation.code
// ([ActivationCodeSent]), which follows together with card.create.succeeded.
//
// Safety: keyed, by the client's UUID or a key of yours: 1 to 64 printable ASCII
// characters, best a UUID. On issuing.ErrOutcomeUnknown give the pending to
// [Client.Settle] with issuing.WithResend(req) within 24 hours; later, look for the card
// in [CardService.List] by cardholder.
func (s *CardService) Assign(ctx context.Context, req AssignRequest, opts ...issuing.CallOption) (*CardOrder, error) {
	return call[CardOrder](ctx, s.c, opCardAssign, req, opts)
}

// ActivateRequest makes a plastic card usable.
type ActivateRequest struct {
	CardID             string         `json:"card_id"`                        // the card; required
	ActivationCode     issuing.Secret `json:"activation_code"`                // 8 digits, never expires; required
	PIN                issuing.Secret `json:"pin"`                            // 6 digits; required
	NoPINPaymentAmount issuing.Amount `json:"no_pin_payment_amount,omitzero"` // 0 or more; unset is 200 SGD or as much
}

func (r ActivateRequest) validate(p *check.Problems) {
	p.Text("card_id", r.CardID, maxID)
	p.Digits("activation_code", r.ActivationCode, 8, 8)
	p.Digits("pin", r.PIN, pinDigits, pinDigits)
	p.NotNegative("no_pin_payment_amount", r.NoPINPaymentAmount, 2)
}

func (r ActivateRequest) facts(f *facts) { f.Card = r.CardID }

// Acknowledgement says that a request was taken.
type Acknowledgement struct {
	Status RequestStatus `json:"request_status"` // SUCCESS
}

func (a *Acknowledgement) incomplete() bool { return a.Status == "" }

// Activate makes a plastic card usable and sets its PIN.
// card.activation.status ([CardActivated]) follows.
//
// Safety: keyed, by the client's UUID or a key of yours: 1 to 64 printable ASCII
// characters, best a UUID. On issuing.ErrOutcomeUnknown give the pending to
// [Client.Settle], which reads the card, and within 24 hours with
// issuing.WithResend(req) where it is not active.
func (s *CardService) Activate(
	ctx context.Context, req ActivateRequest, opts ...issuing.CallOption,
) (*Acknowledgement, error) {
	return call[Acknowledgement](ctx, s.c, opCardActivate, req, opts)
}

// PINRequest sets or changes a card's PIN. The platform refuses six equal digits,
// a part of the phone number, and the last four digits of the card number at its
// end.
type PINRequest struct {
	CardID string         `json:"card_id"`          // the card, active and not expired; required
	PIN    issuing.Secret `json:"pin"`              // 6 digits; required
	Action PINAction      `json:"type,omitzero"`    // set by default; the page of v1.6 does not know the field
	OldPIN issuing.Secret `json:"old_pin,omitzero"` // 6 digits; required with PINActionUpdate, forbidden otherwise
}

func (r PINRequest) validate(p *check.Problems) {
	p.Text("card_id", r.CardID, maxID)
	p.Digits("pin", r.PIN, pinDigits, pinDigits)
	choice(p, "type", r.Action, optional)
	switch {
	case r.Action == PINActionUpdate:
		p.Digits("old_pin", r.OldPIN, pinDigits, pinDigits)
		if !r.OldPIN.IsZero() && r.OldPIN.Equal(r.PIN) {
			p.Add("pin", "must differ from old_pin")
		}
	case !r.OldPIN.IsZero() && (r.Action == "" || r.Action.Known()):
		p.Add("old_pin", "is for UPDATE only")
	}
}

// PINResult is the answer to a PIN operation. Under the contract of v1.6 it has
// been carried out; under the newer one an order has begun.
type PINResult struct {
	Status      RequestStatus `json:"request_status"` // SUCCESS: taken
	CardID      string        `json:"card_id"`        // newer contract
	OrderID     string        `json:"card_order_id"`  // newer contract; "" means that there is nothing to wait for
	OrderStatus OrderStatus   `json:"order_status"`   // newer contract: PROCESSING
	CreateTime  time.Time     `json:"create_time"`    // newer contract
}

func (r *PINResult) incomplete() bool {
	return r.Status == "" && r.OrderID == "" || unusable(r.OrderID, r.CardID)
}

// Pending reports whether the order has to be read, with [OrderService.Order],
// to learn how it ended. No event tells.
func (r *PINResult) Pending() bool { return r.OrderID != "" && !r.OrderStatus.Terminal() }

// SetPIN sets, resets or updates a card's PIN. Where [PINResult.Pending] reports
// so, read the order until it has ended; one that failed says why in
// [Order.FailureCode].
//
// Safety: keyed, by the client's UUID or a key of yours: 1 to 64 printable ASCII
// characters, best a UUID. On issuing.ErrOutcomeUnknown give the pending to
// [Client.Settle] with issuing.WithResend(req) within 24 hours.
func (s *CardService) SetPIN(ctx context.Context, req PINRequest, opts ...issuing.CallOption) (*PINResult, error) {
	return call[PINResult](ctx, s.c, opCardPIN, req, opts)
}

// ManagePINRequest sets or resets the PIN of some virtual cards.
type ManagePINRequest struct {
	CardID string         `json:"card_id"`          // the card; required
	Action PINAction      `json:"type"`             // PINActionSet or PINActionReset; required
	PIN    issuing.Secret `json:"pin"`              // 4 digits in UQPAY's own tests, up to 6; required
	OldPIN issuing.Secret `json:"old_pin,omitzero"` // required with PINActionReset
}

func (r ManagePINRequest) validate(p *check.Problems) {
	p.Text("card_id", r.CardID, maxID)
	only(p, "type", r.Action, needed, PINActionSet, PINActionReset)
	p.Digits("pin", r.PIN, 4, pinDigits)
	if r.Action == PINActionReset || !r.OldPIN.IsZero() {
		p.Digits("old_pin", r.OldPIN, 4, pinDigits)
	}
}

// ManagePIN sets or resets the PIN of some standard virtual cards. Its PINActionReset
// is what [CardService.SetPIN] calls PINActionUpdate.
//
// Deprecated: UQPAY announced the end of the endpoint for 2026-10-17, which has passed.
// It stays for accounts where it still works; a status of 404 or 405, and a 400 that
// names no field, mean that it is gone. Use [CardService.SetPIN].
//
// Safety: keyed, as [CardService.SetPIN].
func (s *CardService) ManagePIN(
	ctx context.Context, req ManagePINRequest, opts ...issuing.CallOption,
) (*PINResult, error) {
	return call[PINResult](ctx, s.c, opCardOldPIN, req, opts)
}
