package uqpay

import (
	"context"
	"iter"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// CardService issues cards and runs them. Most operations are asynchronous: the
// answer names an order, and an event or [OrderService.Order] says how it ended.
type CardService struct{ c *Client }

// SpendingControl limits what a card can spend.
type SpendingControl struct {
	Amount   issuing.Amount `json:"amount"`   // at most two decimals; the guide wants more than 0, the page 0 or more
	Interval Interval       `json:"interval"` // PER_TRANSACTION
}

// RiskControls are the rules that a card's transactions pass. In requests an
// empty flag leaves a setting as it is, a nil list is not sent, and an empty list
// that is not nil is sent as [].
type RiskControls struct {
	Enable3DS  Flag     `json:"enable_3ds,omitzero"`             // Visa only; off means no 3-D Secure and no fraud dispute
	Allow3DS   Flag     `json:"allow_3ds_transactions,omitzero"` // with Enable3DS: whether to challenge; Y by default
	AllowedMCC []string `json:"allowed_mcc,omitzero"`            // only these MCCs; excludes BlockedMCC
	BlockedMCC []string `json:"blocked_mcc,omitzero"`            // none of these MCCs
}

func (r *RiskControls) validate(p *check.Problems) {
	if r == nil {
		return
	}
	only(p, "risk_controls.enable_3ds", r.Enable3DS, optional, FlagYes, FlagNo)
	only(p, "risk_controls.allow_3ds_transactions", r.Allow3DS, optional, FlagYes, FlagNo)
	mccs(p, "risk_controls.allowed_mcc", r.AllowedMCC)
	mccs(p, "risk_controls.blocked_mcc", r.BlockedMCC)
	if len(r.AllowedMCC) > 0 && len(r.BlockedMCC) > 0 {
		p.Add("risk_controls", "has both allowed_mcc and blocked_mcc, which exclude each other")
	}
}

// CardholderFields are a cardholder's fields that a card's creation completes,
// or the whole cardholder when it creates one.
type CardholderFields struct {
	Email       issuing.Personal `json:"email,omitzero"`        // unique in the account; required for one-step
	FirstName   issuing.Personal `json:"first_name,omitzero"`   // given name; required for one-step
	LastName    issuing.Personal `json:"last_name,omitzero"`    // family name; required for one-step
	CountryCode string           `json:"country_code,omitzero"` // ISO 3166-1 alpha-2; required for one-step
	PhoneNumber issuing.Personal `json:"phone_number,omitzero"` // national number; required for one-step
	Person
}

// ApplyRequest issues a virtual card.
type ApplyRequest struct {
	Currency  issuing.Currency `json:"card_currency"`   // SGD, USD or XUSD, and one of the product's; required
	ProductID string           `json:"card_product_id"` // [Product.ID]; required
	// CardholderID is who the card is for. Without it the cardholder is created
	// with the card from CardholderFields (one-step issuance).
	CardholderID string `json:"cardholder_id,omitzero"`
	// Limit is what a SINGLE card is loaded with from the issuing balance, or
	// the cumulative cap of a SHARE card. Two decimals; required for the BINs
	// 527735, 555071 and 555243, 0 when unset for others.
	Limit      issuing.Amount   `json:"card_limit,omitzero"`
	NameOnCard issuing.Personal `json:"name_on_card,omitzero"` // at most 26 characters; optional
	ArtID      string           `json:"card_art_id,omitzero"`  // [Art.ID]; optional
	// optional; the account's maximum by default
	SpendingControls []SpendingControl `json:"spending_controls,omitzero"`
	RiskControls     *RiskControls     `json:"risk_controls,omitzero"` // optional
	// at most 3200 bytes as JSON; optional
	Metadata          map[string]string `json:"metadata,omitzero"`
	UsageType         UsageType         `json:"usage_type,omitzero"`          // normal by default
	AutoCancelTrigger AutoCancelTrigger `json:"auto_cancel_trigger,omitzero"` // for UsageTypeOneTime; required there
	// when the card ends by itself; optional
	ExpiryAt         time.Time         `json:"expiry_at,omitzero"`
	CardholderFields *CardholderFields `json:"cardholder_required_fields,omitzero"` // completes or makes the cardholder
}

func (r ApplyRequest) validate(p *check.Problems) {
	only(p, "card_currency", r.Currency, needed, issuing.CurrencySGD, issuing.CurrencyUSD, XUSD)
	p.Text("card_product_id", r.ProductID, maxID)
	p.OptionalText("cardholder_id", r.CardholderID, maxID)
	UpdateCardRequest{
		Limit: r.Limit, NameOnCard: r.NameOnCard, ArtID: r.ArtID,
		SpendingControls: r.SpendingControls, RiskControls: r.RiskControls, Metadata: r.Metadata,
	}.settings(p)
	choice(p, "usage_type", r.UsageType, optional)
	choice(p, "auto_cancel_trigger", r.AutoCancelTrigger, presence(r.UsageType == UsageTypeOneTime))
	f := r.CardholderFields
	if f == nil {
		p.Required("cardholder_id", r.CardholderID != "")
		return
	}
	f.check(p, presence(r.CardholderID == ""))
}

// check checks what is given, all of the person for one that is created with the card.
func (f *CardholderFields) check(p *check.Problems, whole presence) {
	f.Person.check(p, completing)
	p.Email(completing+"email", string(f.Email))
	if whole == needed {
		p.Required(completing+"email", f.Email != "")
		p.Required(completing+"first_name", f.FirstName != "")
		p.Required(completing+"last_name", f.LastName != "")
		p.Required(completing+"country_code", f.CountryCode != "")
		p.Required(completing+"phone_number", f.PhoneNumber != "")
	}
	personName(p, completing+"first_name", string(f.FirstName))
	personName(p, completing+"last_name", string(f.LastName))
	p.Country(completing+"country_code", f.CountryCode)
	p.OptionalText(completing+"phone_number", string(f.PhoneNumber), noLimit)
}

// CardOrder is the answer to an operation that creates or changes a card: what
// was ordered, not yet what came of it.
type CardOrder struct {
	CardID       string       `json:"card_id"`       // the card
	ID           string       `json:"card_order_id"` // the order; see [OrderService.Order]
	Status       OrderStatus  `json:"order_status"`  // pending or processing
	CardStatus   CardStatus   `json:"card_status"`   // of the card; may be empty
	CreateTime   time.Time    `json:"create_time"`   // zero when not sent
	UpdateReason string       `json:"update_reason"` // as given; may be empty
	RiskControls RiskControls `json:"risk_controls"` // as set; may be empty

	CardholderID       string           `json:"cardholder_id"`        // one-step: the new cardholder
	CardholderCreated  bool             `json:"cardholder_created"`   // one-step: a cardholder was created
	CardholderStatus   CardholderStatus `json:"cardholder_status"`    // while KYC is open
	VerificationStatus string           `json:"verification_status"`  // while KYC is open, such as UNDER_REVIEW
	KYCMethod          KYCMethod        `json:"kyc_method"`           // while KYC is open
	VerificationURL    issuing.Secret   `json:"idv_verification_url"` // see [CardholderChange]
	URLExpiresAt       time.Time        `json:"idv_url_expires_at"`   // of VerificationURL
	Message            string           `json:"message"`              // why the card waits, for people
}

func (o *CardOrder) incomplete() bool {
	return o.CardID == "" && o.ID == "" || unusable(o.CardID, o.ID)
}

// Apply creates a virtual card (UQPAY's create card). The answer's status is
// PENDING, which is success in progress: card.create.succeeded ([CardCreated])
// or card.create.failed follows, within seconds for a plain card. A SINGLE
// card's limit is moved out of the issuing balance.
//
// Codes: [CodeKYCInsufficient] with [Problem.MissingFields],
// [CodeInsufficientSubBIN], [CodeCardArtNotConfigured]; a balance that does not
// cover the limit is issuing.ErrInsufficientFunds.
//
// Safety: keyed, by the client's UUID or a key of yours: 1 to 64 printable ASCII
// characters, best a UUID. On issuing.ErrOutcomeUnknown give the pending to
// [Client.Settle] with issuing.WithResend(req) within 24 hours; later, look for the card
// in [CardService.List] by cardholder. Another key issues another card.
func (s *CardService) Apply(ctx context.Context, req ApplyRequest, opts ...issuing.CallOption) (*CardOrder, error) {
	return call[CardOrder](ctx, s.c, opCardApply, req, opts)
}

// Card is a card.
type Card struct {
	ID                 string            `json:"card_id"`               // the platform's id
	BIN                string            `json:"card_bin"`              // 6 or 8 digits
	Scheme             Scheme            `json:"card_scheme"`           // Visa or Mastercard
	Number             MaskedNumber      `json:"card_number"`           // twelve asterisks and the last four digits
	FormFactor         FormFactor        `json:"form_factor"`           // virtual or physical
	Mode               Mode              `json:"mode_type"`             // single or share
	ProductID          string            `json:"card_product_id"`       // may be empty
	Currency           issuing.Currency  `json:"card_currency"`         // may be empty
	Limit              issuing.Amount    `json:"card_limit"`            // see [ApplyRequest]
	AvailableBalance   issuing.Amount    `json:"available_balance"`     // what can be spent
	ConsumedAmount     issuing.Amount    `json:"consumed_amount"`       // what was spent; unset when not sent
	Cardholder         Cardholder        `json:"cardholder"`            // may be empty
	Status             CardStatus        `json:"card_status"`           // see [CardStatus]
	ProcessingStatus   CardStatus        `json:"processing_status"`     // must be ACTIVE for a change of art; may be empty
	SpendingControls   []SpendingControl `json:"spending_controls"`     // limits
	RiskControls       RiskControls      `json:"risk_controls"`         // enable_3ds is returned only if it was set
	NoPINPaymentAmount AmountText        `json:"no_pin_payment_amount"` // "200USD"; not in lists
	// the merchant's own; nil when empty, and when it is not the platform's JSON
	Metadata     map[string]string `json:"metadata" wire:"spare"`
	UpdateReason string            `json:"update_reason"` // of the last change of status; may be empty
	NameOnCard   issuing.Personal  `json:"name_on_card"`  // may be empty
	ArtID        string            `json:"card_art_id"`   // may be empty
	UsageType    UsageType         `json:"usage_type"`    // may be empty
	ExpiryAt     time.Time         `json:"expiry_at"`     // zero when unset
}

func (c *Card) incomplete() bool { return c.ID == "" || unusable(c.ID) }

// Card reads a card.
//
// Codes: [CodeCardNotFound].
//
// Safety: read.
func (s *CardService) Card(ctx context.Context, cardID string, opts ...issuing.CallOption) (*Card, error) {
	return call[Card](ctx, s.c, opCard.at(cardID), none{}, opts)
}

// CardsRequest selects cards.
type CardsRequest struct {
	Paging
	// CardNumber is a full number. The platform takes it in the query of the
	// URL, which proxies on the way may log: prefer ids.
	CardNumber   issuing.Secret `json:"card_number,omitzero"`
	Status       CardStatus     `json:"card_status,omitzero"`   // empty is any
	CardholderID string         `json:"cardholder_id,omitzero"` // empty is any
}

func (r CardsRequest) validate(p *check.Problems) {
	r.Paging.validate(p)
	if !r.CardNumber.IsZero() {
		p.Digits("card_number", r.CardNumber, 12, 19)
	}
	choice(p, "card_status", r.Status, optional)
	p.OptionalText("cardholder_id", r.CardholderID, maxID)
}

// List returns one page of cards, newest first.
//
// Safety: read.
func (s *CardService) List(ctx context.Context, req CardsRequest, opts ...issuing.CallOption) (*Page[Card], error) {
	return call[Page[Card]](ctx, s.c, opCards, req, opts)
}

// All iterates over cards, newest first, from the request's page on, each once. What
// leaves the list meanwhile, such as a card that no longer has the status asked for,
// can have others missed.
func (s *CardService) All(ctx context.Context, req CardsRequest, opts ...issuing.CallOption) iter.Seq2[*Card, error] {
	return all[Card](ctx, s.c, opCards, req, opts)
}

// UpdateCardRequest changes a card. Unset fields stay as they are.
type UpdateCardRequest struct {
	Limit      issuing.Amount   `json:"card_limit,omitzero"`   // SHARE cards only; two decimals
	NameOnCard issuing.Personal `json:"name_on_card,omitzero"` // at most 26 characters
	ArtID      string           `json:"card_art_id,omitzero"`  // needs card and processing status ACTIVE
	// physical cards of some BINs; 0 is PIN always; up to 2000 USD, 2600 SGD
	NoPINPaymentAmount issuing.Amount    `json:"no_pin_payment_amount,omitzero"`
	SpendingControls   []SpendingControl `json:"spending_controls,omitzero"` // replaces the limits
	RiskControls       *RiskControls     `json:"risk_controls,omitzero"`     // changes the rules that are set
	Metadata           map[string]string `json:"metadata,omitzero"`          // at most 3200 bytes as JSON
}

// settings checks what a card is created with, too.
func (r UpdateCardRequest) settings(p *check.Problems) {
	p.NotNegative("card_limit", r.Limit, 2)
	p.OptionalText("name_on_card", string(r.NameOnCard), maxName)
	p.OptionalText("card_art_id", r.ArtID, maxID)
	p.NotNegative("no_pin_payment_amount", r.NoPINPaymentAmount, 2)
	for _, c := range r.SpendingControls {
		p.Required("spending_controls.amount", !c.Amount.IsZero())
		p.NotNegative("spending_controls.amount", c.Amount, 2)
		choice(p, "spending_controls.interval", c.Interval, needed)
	}
	r.RiskControls.validate(p)
	if len(r.Metadata) == 0 {
		return
	}
	if text, err := codec.Marshal(r.Metadata); err != nil || len(text) > maxMetadata {
		p.Add("metadata", "is larger than %d bytes", maxMetadata)
	}
}

func (r UpdateCardRequest) validate(p *check.Problems) {
	r.settings(p)
	if r.Limit.IsZero() && r.NameOnCard == "" && r.ArtID == "" && r.NoPINPaymentAmount.IsZero() &&
		r.SpendingControls == nil && r.RiskControls == nil && r.Metadata == nil {
		p.Add("request", "changes nothing")
	}
}

// Update changes a card. It takes effect when card.update.succeeded
// ([CardUpdated]) arrives, and card.update.failed says that it does not.
//
// Safety: keyed, by the client's UUID or a key of yours: 1 to 64 printable ASCII
// characters, best a UUID. On issuing.ErrOutcomeUnknown give the pending to
// [Client.Settle] with issuing.WithResend(req) within 24 hours; later, read the card.
func (s *CardService) Update(
	ctx context.Context, cardID string, req UpdateCardRequest, opts ...issuing.CallOption,
) (*CardOrder, error) {
	return call[CardOrder](ctx, s.c, opCardUpdate.at(cardID), req, opts)
}
