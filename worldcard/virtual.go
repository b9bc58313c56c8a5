package worldcard

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/sign"
)

// VirtualService applies for virtual cards and reads them.
type VirtualService struct{ c *Client }

// ApplyRequest is an application for a virtual card. Which fields are required
// depends on the card type; for a type that this version does not know, only the
// fields that all types need are checked. The pages give no lengths; ids of more
// than 128 characters and texts of more than 255 are refused before sending.
type ApplyRequest struct {
	// MerchantCardID is the merchant's own id of the card, unique. Required. It
	// makes the application idempotent.
	MerchantCardID string `json:"merchant_card_id"`
	// CardType is the product. Required. A misspelt one of the pages, and PHYSICAL-G, are
	// refused before sending; others are the platform's to know.
	CardType CardType `json:"card_type"`
	// CardBINID is an id of the BIN list (BIN.ID). Required.
	CardBINID string `json:"card_bin_id"`
	// FirstRechargeAmount is the initial top-up in the currency's base unit
	// ("100.00" is one hundred dollars), at most two decimals; the platform
	// asks for at least 10. Required. It is frozen on the reserve balance and
	// taken when the card is issued.
	FirstRechargeAmount issuing.Amount `json:"first_recharge_amount"`
	// Email is a bare address. Required for VIRTUAL-R and VIRTUAL-G.
	Email issuing.Personal `json:"email,omitzero"`
	// FirstName is required for VIRTUAL-V and VIRTUAL-G. VIRTUAL-G: 1 to 40
	// characters, letters A-Z and a-z with single spaces between words.
	FirstName issuing.Personal `json:"first_name,omitzero"`
	// LastName is required for VIRTUAL-V and VIRTUAL-G, with FirstName's rule.
	LastName issuing.Personal `json:"last_name,omitzero"`
	// State is the state or province. Required for VIRTUAL-V.
	State string `json:"state,omitzero"`
	// CountryCode is ISO 3166-1 alpha-2, such as US. Required for VIRTUAL-V and
	// VIRTUAL-G.
	CountryCode string `json:"country_code,omitzero"`
	// City is required for VIRTUAL-V and VIRTUAL-G.
	City issuing.Personal `json:"city,omitzero"`
	// Address is street and number. Required for VIRTUAL-V and VIRTUAL-G.
	Address issuing.Personal `json:"address,omitzero"`
	// PostalCode is required for VIRTUAL-V and VIRTUAL-G.
	PostalCode issuing.Personal `json:"postal_code,omitzero"`
	// Phone is the number without the country code, digits alone as in the pages'
	// examples. Required for VIRTUAL-G.
	Phone issuing.Personal `json:"phone,omitzero"`
	// PhoneCountryCode is the calling code, digits alone, such as 1. Required for
	// VIRTUAL-G.
	PhoneCountryCode string `json:"phone_country_code,omitzero"`
	// Birthday of the cardholder, who must be 18 or older, sent as YYYY-MM-DD.
	// Required for VIRTUAL-G, checked for every type.
	Birthday issuing.Date `json:"birthday,omitzero"`
	// AddressLineTwo is never required.
	AddressLineTwo issuing.Personal `json:"address_line_two,omitzero"`
}

func (r ApplyRequest) validate(p *check.Problems) {
	p.Text("merchant_card_id", r.MerchantCardID, maxID)
	p.Text("card_type", string(r.CardType), maxID)
	p.Text("card_bin_id", r.CardBINID, maxID)
	p.Amount("first_recharge_amount", r.FirstRechargeAmount, 2)
	needs := map[string]bool{}
	for _, name := range requiredByType[r.CardType] {
		needs[name] = true
	}
	for _, f := range []struct{ name, value string }{
		{"email", string(r.Email)}, {"first_name", string(r.FirstName)}, {"last_name", string(r.LastName)},
		{"state", r.State},
		{"country_code", r.CountryCode}, {"city", string(r.City)}, {"address", string(r.Address)},
		{"postal_code", string(r.PostalCode)},
		{"phone", string(r.Phone)}, {"phone_country_code", r.PhoneCountryCode},
		{"address_line_two", string(r.AddressLineTwo)},
	} {
		if needs[f.name] {
			p.Text(f.name, f.value, maxText)
		} else {
			p.OptionalText(f.name, f.value, maxText)
		}
	}
	p.Email("email", string(r.Email))
	p.Country("country_code", r.CountryCode)
	checkType(p, r.CardType, virtualTypes)
	checkNumber(p, "phone", string(r.Phone))
	checkNumber(p, "phone_country_code", r.PhoneCountryCode)
	if r.CardType == CardTypeVirtualG {
		checkLatinName(p, "first_name", string(r.FirstName))
		checkLatinName(p, "last_name", string(r.LastName))
	}
	if needs["birthday"] {
		p.Required("birthday", !r.Birthday.IsZero())
	}
	checkAdult(p, "birthday", r.Birthday)
}

func (r ApplyRequest) key() string { return r.MerchantCardID }

func (r ApplyRequest) facts(f *facts) {
	f.Amount = r.FirstRechargeAmount
	f.Detail("card_type", string(r.CardType))
	f.Detail("card_bin_id", r.CardBINID)
}

// requiredByType is the table of apply.md, beyond what every type needs.
var requiredByType = map[CardType][]string{
	CardTypeVirtualV: {"first_name", "last_name", "state", "country_code", "city", "address", "postal_code"},
	CardTypeVirtualR: {"email"},
	CardTypeVirtualG: {
		"email", "first_name", "last_name", "country_code", "city", "address", "postal_code",
		"phone", "phone_country_code", "birthday",
	},
}

// Application is the answer to an application, virtual or physical.
type Application struct {
	ID             string     `json:"card_id"`          // the platform's card id
	MerchantCardID string     `json:"merchant_card_id"` // the merchant's card id
	CardType       CardType   `json:"card_type"`        // physical cards only
	Status         CardStatus `json:"status"`           // processing (virtual) or pending KYC (physical)
	CreatedAt      time.Time  `json:"created_at"`       // zero when the result was settled by a lookup
}

func (a *Application) key() string { return a.MerchantCardID }

func (a *Application) incomplete() bool { return a.ID == "" }

// Apply applies for a virtual card. The answer's status is processing; the
// result comes as card_open ([CardOpened]) or by [VirtualService.Card].
//
// Safety: keyed by MerchantCardID, which the merchant draws: 1 to 128 characters. A
// repeat after an unclear attempt is settled by looking the card up by that id; its
// status can then be any, failed included. On issuing.ErrOutcomeUnknown give the pending
// to [Client.Settle], which looks it up in the same way, until the card is there or you
// decide that it never will be; never apply again with another id. issuing.ErrDuplicate
// means that the id was used before this call.
func (s *VirtualService) Apply(
	ctx context.Context, req ApplyRequest, opts ...issuing.CallOption,
) (*Application, error) {
	return looked(ctx, s.c, opVirtualApply, req, s.applied, opts)
}

// applied looks an application up.
func (s *VirtualService) applied(ctx context.Context, w sought) (*Application, error) {
	card, err := s.Card(ctx, ByMerchantCardID(w.Key))
	switch {
	case errors.Is(err, issuing.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	case card.MerchantCardID != w.Key:
		return nil, errOtherCard
	case card.ID == "":
		return nil, errNoID
	case (card.CardType != "" && string(card.CardType) != w.Details["card_type"]) ||
		(card.CardBINID != "" && card.CardBINID != w.Details["card_bin_id"]) ||
		(!card.FirstRechargeAmount.IsZero() && card.FirstRechargeAmount.Cmp(w.Amount) != 0):
		return nil, errOther
	}
	return &Application{
		ID: card.ID, MerchantCardID: card.MerchantCardID, CardType: card.CardType, Status: card.Status,
	}, nil
}

// Card is a virtual card in full.
type Card struct {
	ID             string   `json:"card_id"`          // the platform's card id
	MerchantCardID string   `json:"merchant_card_id"` // the merchant's card id
	CardType       CardType `json:"card_type"`        // the product
	CardBINID      string   `json:"card_bin_id"`      // id of its BIN

	// The platform sends the next four only while the card is active.

	CardNumber  issuing.Secret `json:"card_number"`  // PAN, 16 digits
	CVV         issuing.Secret `json:"cvv"`          // three digits
	ExpiryMonth issuing.Secret `json:"expiry_month"` // MM
	ExpiryYear  issuing.Secret `json:"expiry_year"`  // as sent, two or four digits

	AvailableBalance    issuing.Amount   `json:"available_balance"`     // in the currency's base unit
	FrozenBalance       issuing.Amount   `json:"frozen_balance"`        // held by authorizations
	PendingBalance      issuing.Amount   `json:"pending_balance"`       // awaiting settlement
	Currency            issuing.Currency `json:"currency"`              // ISO 4217
	Status              CardStatus       `json:"status"`                // life cycle
	FirstRechargeAmount issuing.Amount   `json:"first_recharge_amount"` // initial top-up

	FirstName        issuing.Personal `json:"first_name"`         // cardholder
	LastName         issuing.Personal `json:"last_name"`          // cardholder
	Email            issuing.Personal `json:"email"`              // cardholder
	Phone            issuing.Personal `json:"phone"`              // without the country code
	PhoneCountryCode string           `json:"phone_country_code"` // calling code
	Birthday         issuing.Date     `json:"birthday"`           // cardholder
	CountryCode      string           `json:"country_code"`       // ISO 3166-1 alpha-2
	City             issuing.Personal `json:"city"`               // billing address
	Address          issuing.Personal `json:"address"`            // billing address
	State            string           `json:"state"`              // billing address
	AddressLineTwo   issuing.Personal `json:"address_line_two"`   // billing address
	PostalCode       issuing.Personal `json:"postal_code"`        // billing address
}

func (c *Card) incomplete() bool { return c.ID == "" && c.MerchantCardID == "" }

func (c *Card) open(key sign.AESKey) error {
	return cmp.Or(
		openField(key, "card_number", &c.CardNumber), openField(key, "cvv", &c.CVV),
		openField(key, "expiry_month", &c.ExpiryMonth), openField(key, "expiry_year", &c.ExpiryYear),
	)
}

// Card reads a virtual card with its balances and, while it is active, its card
// number, CVV and expiry, opened with the merchant's AES key.
//
// Safety: read.
func (s *VirtualService) Card(ctx context.Context, ref CardRef, opts ...issuing.CallOption) (*Card, error) {
	return call[Card](ctx, s.c, opVirtualCard, ref, opts)
}

// BINsRequest selects a page of virtual card BINs. All fields are optional.
type BINsRequest struct {
	// CardType selects a product; empty is all. The page names VIRTUAL-V and
	// VIRTUAL-R.
	CardType CardType `json:"card_type,omitzero"`
	Page     int      `json:"page,omitzero"`      // from 1; 0 is 1
	PageSize int      `json:"page_size,omitzero"` // 1 to 100; 0 is 10
}

func (r BINsRequest) validate(p *check.Problems) {
	p.OptionalText("card_type", string(r.CardType), maxID)
	checkType(p, r.CardType, virtualTypes)
	checkPage(p, r.Page, r.PageSize)
}

// BIN is a range of cards that can be applied for.
type BIN struct {
	ID            string           `json:"card_bin_id"`    // for applications; opaque
	BIN           string           `json:"card_bin"`       // leading digits of the card number, such as 440872
	CardType      CardType         `json:"card_type"`      // the product
	CardBrand     CardBrand        `json:"card_brand"`     // the scheme
	BusinessScene string           `json:"business_scene"` // what it is meant for; virtual BINs only
	CardForm      CardForm         `json:"card_form"`      // physical BINs only
	Currency      issuing.Currency `json:"currency"`       // ISO 4217
	IssuerCountry string           `json:"issuer_country"` // ISO 3166-1 alpha-2
}

// BINs returns one page of the BINs of virtual cards.
//
// Safety: read.
func (s *VirtualService) BINs(ctx context.Context, req BINsRequest, opts ...issuing.CallOption) (*Page[BIN], error) {
	return call[Page[BIN]](ctx, s.c, opVirtualBINs, req, opts)
}

// AllBINs iterates over the BINs of virtual cards, from the request's page on,
// each once. It asks until a page brings nothing new, whatever total the answers tell.
// Pages are read one by one: when the list shrinks meanwhile, a BIN can be missed.
func (s *VirtualService) AllBINs(
	ctx context.Context, req BINsRequest, opts ...issuing.CallOption,
) iter.Seq2[*BIN, error] {
	return all(ctx, req, func(r *BINsRequest) *int { return &r.Page }, s.BINs, opts)
}
