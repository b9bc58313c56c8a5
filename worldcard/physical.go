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

// PhysicalService takes physical cards from application to activation: apply
// (pending KYC), verify the holder with [KYCService], assign a card number
// (pending activation), activate.
type PhysicalService struct{ c *Client }

// Lengths of a card number and a PIN (physical_card_assign.md and
// physical_card_activate.md).
const (
	panDigits = 16
	pinDigits = 6
)

// PhysicalBINsRequest selects a page of physical card BINs. All fields are
// optional.
type PhysicalBINsRequest struct {
	Page     int `json:"page,omitzero"`      // from 1; 0 is 1
	PageSize int `json:"page_size,omitzero"` // 1 to 100; 0 is 10
}

func (r PhysicalBINsRequest) validate(p *check.Problems) { checkPage(p, r.Page, r.PageSize) }

// BINs returns one page of the BINs of physical cards.
//
// Safety: read.
func (s *PhysicalService) BINs(
	ctx context.Context, req PhysicalBINsRequest, opts ...issuing.CallOption,
) (*Page[BIN], error) {
	return call[Page[BIN]](ctx, s.c, opPhysicalBINs, req, opts)
}

// AllBINs iterates over the BINs of physical cards, from the request's page on,
// each once. It asks until a page brings nothing new, whatever total the answers tell.
// Pages are read one by one: when the list shrinks meanwhile, a BIN can be missed.
func (s *PhysicalService) AllBINs(
	ctx context.Context, req PhysicalBINsRequest, opts ...issuing.CallOption,
) iter.Seq2[*BIN, error] {
	return all(ctx, req, func(r *PhysicalBINsRequest) *int { return &r.Page }, s.BINs, opts)
}

// PhysicalApplyRequest is an application for a physical card. It collects no
// identity documents; the KYC step does. The pages give no lengths; ids of more
// than 128 characters and texts of more than 255 are refused before sending.
type PhysicalApplyRequest struct {
	// MerchantCardID is the merchant's own id of the card, unique. Required. It
	// makes the application idempotent. A failed or cancelled application needs
	// a new one.
	MerchantCardID string `json:"merchant_card_id"`
	// CardType is PHYSICAL-G, which is filled in when empty. A misspelt one, and the
	// virtual types, are refused before sending.
	CardType CardType `json:"card_type"`
	// CardBINID is an id of the physical BIN list (BIN.ID). Required.
	CardBINID string `json:"card_bin_id"`
	// FirstName of the cardholder, in English: ASCII. Required.
	FirstName issuing.Personal `json:"first_name"`
	// LastName of the cardholder, in English: ASCII. Required.
	LastName issuing.Personal `json:"last_name"`
	// TelephoneCountryCode is the calling code, digits alone, such as 86. Required.
	TelephoneCountryCode string `json:"telephone_country_code"`
	// Phone is the number without the country code, digits alone as in the pages'
	// examples. Required.
	Phone issuing.Personal `json:"phone"`
	// Email is optional.
	Email issuing.Personal `json:"email,omitzero"`
	// BirthDate of the cardholder, in the past, sent as YYYY-MM-DD. Required.
	BirthDate issuing.Date `json:"birth_date"`

	ResidenceCountry    string           `json:"residence_country,omitzero"`     // ISO 3166-1 alpha-2; optional
	ResidenceState      string           `json:"residence_state,omitzero"`       // optional
	ResidenceCity       issuing.Personal `json:"residence_city,omitzero"`        // optional
	ResidenceLine1      issuing.Personal `json:"residence_line1,omitzero"`       // optional
	ResidenceLine2      issuing.Personal `json:"residence_line2,omitzero"`       // optional
	ResidenceLine3      issuing.Personal `json:"residence_line3,omitzero"`       // optional
	ResidencePostalCode issuing.Personal `json:"residence_postal_code,omitzero"` // optional

	// The delivery address is where the card is shipped to.

	DeliveryCountry string           `json:"delivery_country,omitzero"` // ISO 3166-1 alpha-2; optional
	DeliveryState   string           `json:"delivery_state,omitzero"`   // optional
	DeliveryCity    issuing.Personal `json:"delivery_city,omitzero"`    // optional
	DeliveryLine1   issuing.Personal `json:"delivery_line1,omitzero"`   // optional
	DeliveryLine2   issuing.Personal `json:"delivery_line2,omitzero"`   // optional
	DeliveryLine3   issuing.Personal `json:"delivery_line3,omitzero"`   // optional
	// optional; the table says "postal", the worked example this
	DeliveryPostalCode issuing.Personal `json:"delivery_postal_code,omitzero"`
}

func (r PhysicalApplyRequest) validate(p *check.Problems) {
	p.Text("merchant_card_id", r.MerchantCardID, maxID)
	p.Text("card_type", string(r.CardType), maxID)
	p.Text("card_bin_id", r.CardBINID, maxID)
	p.Text("first_name", string(r.FirstName), maxText)
	p.Text("last_name", string(r.LastName), maxText)
	p.Text("telephone_country_code", r.TelephoneCountryCode, maxText)
	p.Text("phone", string(r.Phone), maxText)
	checkType(p, r.CardType, physicalTypes)
	checkEnglish(p, "first_name", string(r.FirstName))
	checkEnglish(p, "last_name", string(r.LastName))
	checkNumber(p, "telephone_country_code", r.TelephoneCountryCode)
	checkNumber(p, "phone", string(r.Phone))
	p.OptionalText("email", string(r.Email), maxText)
	p.Email("email", string(r.Email))
	p.Required("birth_date", !r.BirthDate.IsZero())
	p.BirthDate("birth_date", r.BirthDate)
	p.Country("residence_country", r.ResidenceCountry)
	p.Country("delivery_country", r.DeliveryCountry)
	for _, f := range []struct{ name, value string }{
		{"residence_state", r.ResidenceState}, {"residence_city", string(r.ResidenceCity)},
		{"residence_line1", string(r.ResidenceLine1)}, {"residence_line2", string(r.ResidenceLine2)},
		{"residence_line3", string(r.ResidenceLine3)}, {"residence_postal_code", string(r.ResidencePostalCode)},
		{"delivery_state", r.DeliveryState}, {"delivery_city", string(r.DeliveryCity)},
		{"delivery_line1", string(r.DeliveryLine1)}, {"delivery_line2", string(r.DeliveryLine2)},
		{"delivery_line3", string(r.DeliveryLine3)}, {"delivery_postal_code", string(r.DeliveryPostalCode)},
	} {
		p.OptionalText(f.name, f.value, maxText)
	}
}

func (r PhysicalApplyRequest) key() string { return r.MerchantCardID }

func (r PhysicalApplyRequest) facts(f *facts) { f.Detail("card_type", string(r.CardType)) }

// Apply applies for a physical card. The answer's status is pending KYC; nothing
// is charged or frozen, but a card of the merchant's quota is taken until the
// application is cancelled. Go on with [KYCService.Init].
//
// Safety: keyed by MerchantCardID, which the merchant draws: 1 to 128 characters. A
// repeat after an unclear attempt is settled by looking the card up by that id. On
// issuing.ErrOutcomeUnknown give the pending to [Client.Settle], which looks it up in
// the same way; never apply again with another id. issuing.ErrDuplicate means that the
// id was used before this call.
func (s *PhysicalService) Apply(
	ctx context.Context, req PhysicalApplyRequest, opts ...issuing.CallOption,
) (*Application, error) {
	req.CardType = cmp.Or(req.CardType, CardTypePhysicalG)
	return looked(ctx, s.c, opPhysicalApply, req, s.applied, opts)
}

// applied looks an application up.
func (s *PhysicalService) applied(ctx context.Context, w sought) (*Application, error) {
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
	case card.CardType != "" && string(card.CardType) != w.Details["card_type"]:
		return nil, errOther
	}
	return &Application{
		ID: card.ID, MerchantCardID: card.MerchantCardID, CardType: card.CardType,
		Status: card.Status, CreatedAt: card.CreatedAt,
	}, nil
}

// PhysicalCard is a physical card. The platform sends neither CVV nor expiry of
// physical cards.
type PhysicalCard struct {
	ID               string           `json:"card_id"`           // the platform's card id
	MerchantCardID   string           `json:"merchant_card_id"`  // the merchant's card id
	CardType         CardType         `json:"card_type"`         // PHYSICAL-G
	Status           CardStatus       `json:"status"`            // life cycle
	CardNumber       issuing.Secret   `json:"card_number"`       // PAN, 16 digits; empty before assignment
	AvailableBalance issuing.Amount   `json:"available_balance"` // fresh while active, stored otherwise
	Currency         issuing.Currency `json:"currency"`          // ISO 4217
	CreatedAt        time.Time        `json:"created_at"`        // when it was applied for
	UpdatedAt        time.Time        `json:"updated_at"`        // when it last changed
}

func (c *PhysicalCard) incomplete() bool { return c.ID == "" && c.MerchantCardID == "" }

func (c *PhysicalCard) open(key sign.AESKey) error {
	return openField(key, "card_number", &c.CardNumber)
}

// Card reads a physical card.
//
// Safety: read.
func (s *PhysicalService) Card(ctx context.Context, ref CardRef, opts ...issuing.CallOption) (*PhysicalCard, error) {
	return call[PhysicalCard](ctx, s.c, opPhysicalCard, ref, opts)
}

// AssignRequest binds a card number to an applied physical card.
type AssignRequest struct {
	CardRef // which card; required

	// CardNumber is the real PAN on the plastic, 16 digits, not used by another
	// card. Required.
	CardNumber issuing.Secret `json:"card_number"`
}

func (r AssignRequest) validate(p *check.Problems) {
	r.CardRef.validate(p)
	p.Digits("card_number", r.CardNumber, panDigits, panDigits)
}

func (r AssignRequest) facts(f *facts) {
	r.CardRef.facts(f)
	f.Secret(cardNumber, r.CardNumber)
}

func (r AssignRequest) wire(cfg Config) (any, error) {
	err := cfg.encryptField(&r.CardNumber)
	return r, err
}

// Assign binds a card number to a card that is pending assignment; afterwards it
// is pending activation. Before KYC is passed the platform answers
// [CodeKYCNotCompleted]. Of a card that has a number already the platform answers success
// and keeps that number. So the card is read before: one that has another number, or is
// past assignment and shows none, is issuing.ErrConflict with the last four digits of what
// it has; one that has this number is sent, and its current status is the answer. Where the
// card cannot be read, nothing is sent, and the error is the reading's. It is read once more
// after a success, in case another call was faster; when that fails, the success stands.
//
// Safety: checked. After an attempt that may have arrived the card is read: it is done
// when it shows this card number, and tried again while it waits for one. On
// issuing.ErrOutcomeUnknown give the pending to [Client.Settle], which reads the card
// again.
func (s *PhysicalService) Assign(
	ctx context.Context, req AssignRequest, opts ...issuing.CallOption,
) (*CardChange, error) {
	return s.c.moved(ctx, toAssigned, req, opts)
}

// ActivateRequest activates an assigned physical card.
type ActivateRequest struct {
	CardRef // which card; required

	// PIN of the card, 6 digits. Required. The platform does not keep it.
	PIN issuing.Secret `json:"pin"`
}

func (r ActivateRequest) validate(p *check.Problems) {
	r.CardRef.validate(p)
	p.Digits("pin", r.PIN, pinDigits, pinDigits)
}

func (r ActivateRequest) wire(cfg Config) (any, error) {
	err := cfg.encryptField(&r.PIN)
	return r, err
}

// Activate activates a card that is pending activation. The answer shows pending
// activation or active; only active means done. Success comes as card_open
// ([CardOpened]); a failed activation is announced by nothing and leaves the
// card pending, so poll [PhysicalService.Card] for a while and send the PIN
// again. A card that is "not ready" yet is refused with a retryable error whose
// code the pages do not give.
//
// Of a card that is active already the platform answers success and keeps its PIN. So the
// card is read before: an active one is issuing.ErrConflict, and [PhysicalService.SetPIN]
// changes its PIN. Where the card cannot be read, nothing is sent, and the error is the
// reading's. A PIN cannot be read back: of two activations at once, the answers do not tell
// whose PIN the card has.
//
// Safety: checked. After an attempt that may have arrived the card is read; one that
// still waits is activated again with the same PIN, which the platform takes as the same
// request. On issuing.ErrOutcomeUnknown give the pending to [Client.Settle], which reads
// the card again.
func (s *PhysicalService) Activate(
	ctx context.Context, req ActivateRequest, opts ...issuing.CallOption,
) (*CardChange, error) {
	return s.c.moved(ctx, toActivated, req, opts)
}

// SetPINRequest changes the PIN of an active physical card.
type SetPINRequest struct {
	CardRef // which card; required

	// PIN is the new one, 6 digits. Required. The platform does not keep it.
	PIN issuing.Secret `json:"pin"`
}

func (r SetPINRequest) validate(p *check.Problems) { ActivateRequest(r).validate(p) }

func (r SetPINRequest) wire(cfg Config) (any, error) { return ActivateRequest(r).wire(cfg) }

// SetPIN changes the PIN of an active card, at once.
//
// Safety: once. A PIN cannot be read back, so after an unclear attempt the outcome stays
// issuing.ErrOutcomeUnknown: give the pending to [Client.Settle] with
// issuing.WithResend(req), which changes to the same PIN again.
func (s *PhysicalService) SetPIN(ctx context.Context, req SetPINRequest, opts ...issuing.CallOption) error {
	_, err := call[struct{}](ctx, s.c, opPhysicalPIN, req, opts)
	return err
}
