package worldcard

import (
	"time"

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

func (r CardRef) check(p *check.Problems) {
	p.OneOf("card_id, merchant_card_id", r.CardID, r.MerchantCardID)
	p.OptionalText("card_id", r.CardID, maxID)
	p.OptionalText("merchant_card_id", r.MerchantCardID, maxID)
}

func (r CardRef) validate(op string, _ time.Time) error {
	var p check.Problems
	r.check(&p)
	return p.Err(provider, op)
}

// names reports whether a card with these ids can be the one that r names; an id
// that the answer leaves out contradicts nothing.
func (r CardRef) names(cardID, merchantCardID string) bool {
	if r.CardID != "" {
		return cardID == "" || cardID == r.CardID
	}
	return merchantCardID == "" || merchantCardID == r.MerchantCardID
}

// key is what an error names the card by.
func (r CardRef) key() string {
	if r.CardID != "" {
		return r.CardID
	}
	return r.MerchantCardID
}

// Page is one page of a list.
type Page[T any] struct {
	Total    int `json:"total"`     // items in all pages
	Page     int `json:"page"`      // this page, from 1
	PageSize int `json:"page_size"` // items per page
	List     []T `json:"list"`      // the items of this page
}

// maxPageSize is the largest page that the list pages allow.
const maxPageSize = 100

func checkPage(p *check.Problems, page, size int) {
	if page < 0 {
		p.Add("page", "must not be negative")
	}
	if size < 0 || size > maxPageSize {
		p.Add("page_size", "must lie between 1 and %d, or be 0 for the default of 10", maxPageSize)
	}
}
