package worldcard

import (
	"cmp"
	"errors"

	"github.com/issuing-sdk/issuing-go/internal/check"
)

// CardRef names a card by the platform's id, the merchant's, or both; the
// platform's id wins. Make one with [ByCardID] or [ByMerchantCardID].
type CardRef struct {
	CardID         string `json:"card_id,omitzero"`          // the platform's card id, 16 or 19 digits; opaque
	MerchantCardID string `json:"merchant_card_id,omitzero"` // the merchant's own card id, from the application
}

// ByCardID names a card by the platform's id.
func ByCardID(id string) CardRef { return CardRef{CardID: id} }

// ByMerchantCardID names a card by the merchant's own id.
func ByMerchantCardID(id string) CardRef { return CardRef{MerchantCardID: id} }

// maxID bounds ids. The pages give no length; the longest id shown has 19
// characters.
const maxID = 128

func (r CardRef) validate(p *check.Problems) {
	p.OneOf("card_id, merchant_card_id", r.CardID, r.MerchantCardID)
	p.OptionalText("card_id", r.CardID, maxID)
	p.OptionalText("merchant_card_id", r.MerchantCardID, maxID)
}

// names reports whether a card with these ids can be the one that r names; an id
// that the answer leaves out contradicts nothing.
func (r CardRef) names(cardID, merchantCardID string) bool {
	if r.CardID != "" {
		return cardID == "" || cardID == r.CardID
	}
	return merchantCardID == "" || merchantCardID == r.MerchantCardID
}

// ofCard is a request about a card, and identified a result that shows one's ids.
type (
	ofCard interface {
		names(cardID, merchantCardID string) bool
	}
	identified interface {
		ids() (cardID, merchantCardID string)
	}
)

func (c *Card) ids() (cardID, merchantCardID string)         { return c.ID, c.MerchantCardID }
func (c *PhysicalCard) ids() (cardID, merchantCardID string) { return c.ID, c.MerchantCardID }
func (c *CardChange) ids() (cardID, merchantCardID string)   { return c.ID, c.MerchantCardID }
func (d *Deposit) ids() (cardID, merchantCardID string)      { return d.CardID, d.MerchantCardID }

// matches refuses an answer about another card, or another operation, than the request's.
func (x *exchange) matches(out any) error {
	asked, names := x.in.(ofCard)
	shown, shows := out.(identified)
	if names && shows && !asked.names(shown.ids()) {
		return errOtherCard
	}
	if a, ok := out.(about); ok && x.o.safety == keyed && a.key() != "" && a.key() != x.key {
		return errors.New("the answer is about an operation with another key")
	}
	return nil
}

// key is what an error names the card by.
func (r CardRef) key() string { return cmp.Or(r.CardID, r.MerchantCardID) }

// facts tells a record which card it is about.
func (r CardRef) facts(f *facts) {
	f.Card = r.CardID
	f.Detail("merchant_card_id", r.MerchantCardID)
}

// refOf is the reference that facts told.
func refOf(w sought) CardRef { return CardRef{w.Card, w.Details["merchant_card_id"]} }
