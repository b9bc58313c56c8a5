package uqpay

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// SetStatusRequest moves a card to another status.
type SetStatusRequest struct {
	Status CardStatus `json:"card_status"`            // ACTIVE, FROZEN or CANCELLED; required
	Reason string     `json:"update_reason,omitzero"` // at most 100 characters; optional
}

func (r SetStatusRequest) validate(p *check.Problems) {
	only(p, "card_status", r.Status, true, CardStatusActive, CardStatusFrozen, CardStatusCancelled)
	p.OptionalText("update_reason", r.Reason, maxReason)
}

// SetStatus freezes, unfreezes or cancels a card. The final state comes as
// card.status.update.succeeded or .failed ([CardStatusUpdated]). A change can be
// refused while an earlier one is under way.
//
// Safety: keyed. On issuing.ErrOutcomeUnknown read the card, or call again with
// the same request and issuing.WithIdempotencyKey(err.Key) within 24 hours.
func (s *CardService) SetStatus(ctx context.Context, cardID string, req SetStatusRequest, opts ...issuing.CallOption) (*CardOrder, error) {
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

// SecureCard is a card's data in clear. Never log or store it.
type SecureCard struct {
	Number issuing.Secret `json:"card_number"` // PAN, 16 digits
	CVV    issuing.Secret `json:"cvv"`         // CVV2, 3 digits
	Expiry issuing.Secret `json:"expire_date"` // MM/YY
}

func (c *SecureCard) incomplete() bool { return c.Number.IsZero() }

// Secure reads a card's data in clear, for licensed or PCI DSS clients only;
// others get [CodeForbidden] and show the iframe of [Client.IframeURL].
//
// Safety: read.
func (s *CardService) Secure(ctx context.Context, cardID string, opts ...issuing.CallOption) (*SecureCard, error) {
	return call[SecureCard](ctx, s.c, opCardSecure.at(cardID), none{}, opts)
}

// PANToken opens the secure iframe of one card once.
type PANToken struct {
	Token     issuing.Secret `json:"token"`      // "pan_" and a JWT; for one use
	ExpiresIn int            `json:"expires_in"` // seconds; 60
	ExpiresAt time.Time      `json:"expires_at"` // when it stops working
}

func (t *PANToken) incomplete() bool { return t.Token.IsZero() }

// PANToken makes a token for the secure iframe; see [Client.IframeURL]. Make one
// for every view: it works once and for 60 seconds, and a repeated idempotency
// key returns a token that may have been used.
//
// Safety: keyed. On issuing.ErrOutcomeUnknown make another one.
func (s *CardService) PANToken(ctx context.Context, cardID string, opts ...issuing.CallOption) (*PANToken, error) {
	return call[PANToken](ctx, s.c, opCardPANToken.at(cardID), none{}, opts)
}

// Iframe says how the secure iframe looks.
type Iframe struct {
	Lang           string            // "en" or "zh"; empty is the platform's choice
	Styles         map[string]any    // JSON object of styles; nil is the platform's look
	CardholderName bool              // show name_on_card, else first and last name
	Extra          map[string]string // further query parameters of the iframe
}

// IframeURL builds the address of the secure iframe that shows a card's data to
// its holder. The address holds the token: give it to the holder's browser and
// keep it out of logs. It makes no request.
func (c *Client) IframeURL(cardID string, token issuing.Secret, look Iframe) (issuing.Secret, error) {
	const name = "IframeURL"
	var p check.Problems
	p.Text("cardId", cardID, maxID)
	p.Required("token", !token.IsZero())
	only(&p, "lang", look.Lang, false, "en", "zh")
	styles, err := json.Marshal(look.Styles)
	if err != nil {
		p.Add("styles", "cannot be written as JSON")
	}
	if err := p.Err(providerName, name); err != nil {
		return issuing.Secret{}, err
	}
	if c.cfg.IframeURL == "" {
		err := notConfigured("Config.IframeURL is not set")
		err.Provider, err.Op = providerName, name
		return issuing.Secret{}, err
	}
	query := url.Values{}
	for key, value := range look.Extra {
		query.Set(key, value)
	}
	query.Set("token", token.Reveal())
	query.Set("cardId", cardID)
	if look.Lang != "" {
		query.Set("lang", look.Lang)
	}
	if look.Styles != nil {
		query.Set("styles", string(styles))
	}
	if look.CardholderName {
		query.Set("cardholder_name", "true")
	}
	// The iframe reads %20, and + as a plus sign.
	encoded := strings.ReplaceAll(query.Encode(), "+", "%20")
	return issuing.NewSecret(strings.TrimRight(c.cfg.IframeURL, "/") + "/iframe/card?" + encoded), nil
}

// AmountRequest is the amount that a recharge or withdrawal moves.
type AmountRequest struct {
	Amount issuing.Amount `json:"amount"` // more than 0, at most two decimals, in the card's currency; required
}

func (r AmountRequest) validate(p *check.Problems) { p.Amount("amount", r.Amount, 2) }

// Recharge moves money from the issuing balance onto a card. The answer is an
// order, PENDING or PROCESSING; card.recharge.succeeded or .failed
// ([CardRecharged]) or [OrderService.Order] tells how it ended. Whether a SHARE
// card can be recharged is the platform's decision.
//
// A balance that does not cover it is issuing.ErrInsufficientFunds.
//
// Safety: keyed. On issuing.ErrOutcomeUnknown call again with the same request
// and issuing.WithIdempotencyKey(err.Key) within 24 hours, which returns the
// first order or makes it; later, compare with [BalanceService.AllLedger]. Never
// use another key for the same intent: it moves the money again.
func (s *CardService) Recharge(ctx context.Context, cardID string, req AmountRequest, opts ...issuing.CallOption) (*Order, error) {
	return call[Order](ctx, s.c, opCardRecharge.at(cardID), req, opts)
}

// Withdraw moves money from a card back to the issuing balance. The answer is an
// order; card.withdraw.succeeded or .failed ([CardWithdrawn]) tells how it ended.
//
// Safety: keyed, as [CardService.Recharge].
func (s *CardService) Withdraw(ctx context.Context, cardID string, req AmountRequest, opts ...issuing.CallOption) (*Order, error) {
	return call[Order](ctx, s.c, opCardWithdraw.at(cardID), req, opts)
}

// ElevateLimitRequest raises a card's per-transaction limit for some days.
type ElevateLimitRequest struct {
	Limit issuing.Amount `json:"limit_amount"`              // multiple of 0.01, up to 80000 USD or XUSD, 100000 SGD; required
	Days  int            `json:"duration_in_days,omitzero"` // 0 is 7
}

func (r ElevateLimitRequest) validate(p *check.Problems) {
	p.Amount("limit_amount", r.Limit, 2)
	if r.Days < 0 {
		p.Add("duration_in_days", "must not be negative")
	}
}

// ElevateLimit raises the per-transaction limit of an active card of some BINs
// for some days; one elevation per card at a time. The result comes as
// card.elevate_limit.succeeded or .failed ([CardLimitElevated]), told apart by
// the card.
//
// Safety: keyed. On issuing.ErrOutcomeUnknown call again with the same request
// and issuing.WithIdempotencyKey(err.Key) within 24 hours.
func (s *CardService) ElevateLimit(ctx context.Context, cardID string, req ElevateLimitRequest, opts ...issuing.CallOption) (*CardOrder, error) {
	return call[CardOrder](ctx, s.c, opCardElevate.at(cardID), req, opts)
}

// networkProtection is the only risk control that the endpoint has.
const networkProtection = "network_protection"

// protectRequest enrols a card in network protection, or removes it.
type protectRequest struct {
	Control string           `json:"risk_control"`
	Action  ProtectionAction `json:"action_code,omitzero"`
}

func (r protectRequest) validate(p *check.Problems) { choice(p, "action_code", r.Action, true) }

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

func (r *Protection) incomplete() bool { return r.CardID == "" && r.Status == "" }

// Protect has Visa decline a lost, stolen, closed or expired card in its whole
// network. The answer only acknowledges; the outcome comes as
// card.risk_control.network_protection.enrolled ([ProtectionChanged]), and no
// event is listed for a failure. It costs a fee per card and one per month.
//
// Safety: keyed. On issuing.ErrOutcomeUnknown call again with the same request
// and issuing.WithIdempotencyKey(err.Key) within 24 hours.
func (s *CardService) Protect(ctx context.Context, cardID string, action ProtectionAction, opts ...issuing.CallOption) (*Protection, error) {
	return call[Protection](ctx, s.c, opCardProtect.at(cardID), protectRequest{networkProtection, action}, opts)
}

// Unprotect ends network protection. The outcome comes as
// card.risk_control.network_protection.removed ([ProtectionChanged]).
//
// Safety: keyed, as [CardService.Protect].
func (s *CardService) Unprotect(ctx context.Context, cardID string, opts ...issuing.CallOption) (*Protection, error) {
	return call[Protection](ctx, s.c, opCardRelease.at(cardID), unprotectRequest{protectRequest{Control: networkProtection}}, opts)
}

// BulkRequest orders card numbers.
type BulkRequest struct {
	BIN   string `json:"card_bin"` // 6 or 8 digits; required
	Count int    `json:"numbers"`  // how many; required
}

func (r BulkRequest) validate(p *check.Problems) {
	p.Digits("card_bin", issuing.NewSecret(r.BIN), 6, 8)
	if r.Count < 1 {
		p.Add("numbers", "must be at least 1")
	}
}

// BulkReport is where ordered card numbers will be.
type BulkReport struct {
	ReportID   string    `json:"report_id"`   // see [ReportService.Download]
	ExpireDate time.Time `json:"expire_date"` // until when; zero when it cannot be read
}

func (r *BulkReport) incomplete() bool { return r.ReportID == "" }

// Bulk orders card numbers of a BIN, where UQPAY has turned that on. The file is
// announced by issuing.report.succeeded ([ReportReady]), whose secret key opens
// it.
//
// Experimental: only one of UQPAY's libraries has it, no page describes it.
//
// Safety: keyed. On issuing.ErrOutcomeUnknown call again with the same request
// and issuing.WithIdempotencyKey(err.Key) within 24 hours.
func (s *CardService) Bulk(ctx context.Context, req BulkRequest, opts ...issuing.CallOption) (*BulkReport, error) {
	return call[BulkReport](ctx, s.c, opCardBulk, req, opts)
}
