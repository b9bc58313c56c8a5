package uqpay

import (
	"context"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// SetStatusRequest moves a card to another status.
type SetStatusRequest struct {
	Status CardStatus `json:"card_status"`            // ACTIVE, FROZEN or CANCELLED; required
	Reason string     `json:"update_reason,omitzero"` // at most 100 characters; optional
}

func (r SetStatusRequest) validate(p *check.Problems) {
	only(p, "card_status", r.Status, needed, CardStatusActive, CardStatusFrozen, CardStatusCancelled)
	p.OptionalText("update_reason", r.Reason, maxReason)
}

func (r SetStatusRequest) facts(f *facts) { f.Detail("card_status", string(r.Status)) }

// SetStatus (update card status) freezes, unfreezes or cancels a card. The
// final state comes as card.status.update.succeeded or .failed
// ([CardStateChanged]). A change can be refused while an earlier one is under
// way.
//
// Safety: keyed, by the client's UUID or a key of yours: 1 to 64 printable ASCII
// characters, best a UUID. On issuing.ErrOutcomeUnknown give the pending to
// [Client.Settle], which reads the card, and within 24 hours with
// issuing.WithResend(req) where it has not moved.
func (s *CardService) SetStatus(
	ctx context.Context, cardID string, req SetStatusRequest, opts ...issuing.CallOption,
) (*CardOrder, error) {
	return call[CardOrder](ctx, s.c, opCardStatus.at(cardID), req, opts)
}

// Freeze makes a card decline all authorizations until [CardService.Unfreeze].
//
// Safety: keyed, as [CardService.SetStatus].
func (s *CardService) Freeze(ctx context.Context, cardID string, opts ...issuing.CallOption) (*CardOrder, error) {
	return s.SetStatus(ctx, cardID, SetStatusRequest{Status: CardStatusFrozen}, opts...)
}

// Unfreeze makes a frozen card usable again.
//
// Safety: keyed, as [CardService.SetStatus].
func (s *CardService) Unfreeze(ctx context.Context, cardID string, opts ...issuing.CallOption) (*CardOrder, error) {
	return s.SetStatus(ctx, cardID, SetStatusRequest{Status: CardStatusActive}, opts...)
}

// Close cancels a card: PRE_CANCEL at once, CANCELLED after the waiting period of
// about 30 days, in which open authorizations still settle. What is left on a
// SINGLE card returns to the issuing balance then.
//
// Safety: keyed, as [CardService.SetStatus].
func (s *CardService) Close(ctx context.Context, cardID string, opts ...issuing.CallOption) (*CardOrder, error) {
	return s.SetStatus(ctx, cardID, SetStatusRequest{Status: CardStatusCancelled}, opts...)
}
