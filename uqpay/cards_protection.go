package uqpay

import (
	"context"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// networkProtection is the only risk control that the endpoint has.
const networkProtection = "network_protection"

// protectRequest enrols a card in network protection, or removes it.
type protectRequest struct {
	Control string           `json:"risk_control"`
	Action  ProtectionAction `json:"action_code,omitzero"`
}

func (r protectRequest) validate(p *check.Problems) { choice(p, "action_code", r.Action, needed) }

type unprotectRequest struct{ protectRequest }

func (unprotectRequest) validate(*check.Problems) {}

// Protection is the state of a card's network protection.
type Protection struct {
	CardID       string           `json:"card_id"`       // the card
	Number       MaskedNumber     `json:"card_number"`   // twelve asterisks and the last four digits
	CardholderID string           `json:"cardholder_id"` // whose card it is
	Scheme       Scheme           `json:"card_scheme"`   // VISA
	Enabled      bool             `json:"enabled"`       // false in the acknowledgement
	Status       ProtectionStatus `json:"status"`        // enrolment or removal pending in the acknowledgement
	Action       ProtectionAction `json:"action_code"`   // why
	Definition   string           `json:"definition"`    // the action in words
	UpdateTime   time.Time        `json:"update_time"`   // zero when unset
}

func (r *Protection) incomplete() bool { return r.CardID == "" && r.Status == "" || unusable(r.CardID) }

// Protect enrols a card in network protection (a risk control): Visa declines
// the lost, stolen, closed or expired card in its whole network. The answer
// only acknowledges; the outcome comes as
// card.risk_control.network_protection.enrolled ([ProtectionChanged]), and no
// event is listed for a failure. It costs a fee per card and one per month.
//
// Safety: keyed, by the client's UUID or a key of yours: 1 to 64 printable ASCII
// characters, best a UUID. On issuing.ErrOutcomeUnknown give the pending to
// [Client.Settle] with issuing.WithResend(action) within 24 hours.
func (s *CardService) Protect(
	ctx context.Context, cardID string, action ProtectionAction, opts ...issuing.CallOption,
) (*Protection, error) {
	return call[Protection](ctx, s.c, opCardProtect.at(cardID), protectRequest{networkProtection, action}, opts)
}

// Unprotect ends network protection. The outcome comes as
// card.risk_control.network_protection.removed ([ProtectionChanged]).
//
// Safety: keyed, as [CardService.Protect].
func (s *CardService) Unprotect(ctx context.Context, cardID string, opts ...issuing.CallOption) (*Protection, error) {
	return call[Protection](ctx, s.c, opCardRelease.at(cardID),
		unprotectRequest{protectRequest{Control: networkProtection}}, opts)
}
