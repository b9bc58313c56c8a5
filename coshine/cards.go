package coshine

import (
	"context"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// CardService runs the life of a card.
type CardService struct{ c *Client }

// CardInfo is a card with what its answer says about it. All fields are
// inferred from the card list; data about plastic and reissue is unpublished.
type CardInfo struct {
	Reply
	Card
}

// Card (CardInfoInquiry, row 7) reads a card. Its fields are inferred.
//
// Safety: read.
func (s *CardService) Card(ctx context.Context, req CardRequest, opts ...issuing.CallOption) (*CardInfo, error) {
	return call[CardInfo](ctx, s.c, opCardInfo, req, opts)
}

// ActivateRequest activates a card. Token, expiry and CVV2 come from the
// application; the other three fields check the holder.
type ActivateRequest struct {
	CardToken  CardToken      `json:"cardToken"`  // from the application; required
	ExpiryDate Expiry         `json:"expiryDate"` // YYMM; required
	CVV2       issuing.Secret `json:"CVV2"`       // 3 digits; required
	CustomerID string         `json:"customerId"` // at most 32 characters; required
	CustIDType CustIDType     `json:"custIdType"` // 1 character; required
	CustIDNo   issuing.Secret `json:"custIdNo"`   // at most 32 characters; required
}

func (r ActivateRequest) validate(p *check.Problems) {
	checkToken(p, r.CardToken)
	checkExpiry(p, "expiryDate", r.ExpiryDate)
	p.Digits("CVV2", r.CVV2, 3, 3)
	p.Text("customerId", r.CustomerID, 32)
	p.Text("custIdType", string(r.CustIDType), 1)
	checkListed(p, "custIdType", r.CustIDType, 1)
	p.Text("custIdNo", r.CustIDNo.Reveal(), 32)
}

func (r ActivateRequest) facts(f *facts) {
	f.Card = string(r.CardToken)
	f.Detail("customerId", r.CustomerID)
}

// Activate (CardActivation, row 8) makes a card usable. The public reference says that the
// status then goes from N to U; the portal reads these letters the other way
// round, see [Dialect].
//
// Safety: once. On issuing.ErrOutcomeUnknown give the pending to [Client.Settle], which
// reads the card: an active one is done, an inactive one absent. Which letter is which,
// only [Config.CardStatus] tells; without it the outcome stays open.
func (s *CardService) Activate(ctx context.Context, req ActivateRequest, opts ...issuing.CallOption) (*Ack, error) {
	return call[Ack](ctx, s.c, opCardActivation, req, opts)
}

// Reissue (CardReissue, row 9, which the catalogue leaves without a name) reissues a
// card. The name and the path are published, the fields are inferred or
// unpublished. Re-read the customer's cards after it.
//
// Safety: once. On issuing.ErrOutcomeUnknown no program can tell: list the customer's cards with
// [CustomerService.Cards].
func (s *CardService) Reissue(ctx context.Context, req CardRequest, opts ...issuing.CallOption) (*Replacement, error) {
	return call[Replacement](ctx, s.c, opCardReissue, req, opts)
}

// ReplaceRequest replaces a card. The number policy (same, given or
// random number), a given number, the delivery address and the name on a
// physical card have unpublished names and go into Extra.
type ReplaceRequest struct {
	CardToken  CardToken  `json:"cardToken,omitzero"`           // inferred; required unless Extra is set
	ReasonCode ReplReason `json:"reasonCode,omitzero"`          // published, 3 characters
	Extra      Extra      `json:"extra,omitzero" wire:"inline"` // unpublished fields
}

func (r ReplaceRequest) validate(p *check.Problems) {
	checkToken(p, r.CardToken)
	p.OptionalText("reasonCode", string(r.ReasonCode), 3)
	checkListed(p, "reasonCode", r.ReasonCode, 3)
}

func (r ReplaceRequest) facts(f *facts) { f.Card = string(r.CardToken) }

// Replacement is the answer to a replacement or reissue. All fields are inferred
// and may be absent: list the customer's cards instead of assuming which token
// is valid now.
type Replacement struct {
	Reply
	CardNumber issuing.Secret `json:"cardNumber,omitzero"` // PAN
	CardToken  CardToken      `json:"cardToken,omitzero"`  // handle
	ExpiryDate Expiry         `json:"expiryDate,omitzero"` // YYMM
	CVV2       issuing.Secret `json:"CVV2,omitzero"`       // 3 digits
}

// Replace (CardReplacement, row 10) replaces a card, and turns a virtual card into a
// physical one. Its fields other than the reason are inferred.
//
// Safety: once. On issuing.ErrOutcomeUnknown no program can tell: list the customer's cards with
// [CustomerService.Cards].
func (s *CardService) Replace(
	ctx context.Context, req ReplaceRequest, opts ...issuing.CallOption,
) (*Replacement, error) {
	return call[Replacement](ctx, s.c, opCardReplacement, req, opts)
}

// CloseRequest cancels a card. The list of reasons comes from
// [ParameterService.DropDownList] with [DropDownNameCloseReason]. The memo
// has an unpublished name and goes into Extra.
type CloseRequest struct {
	CardToken  CardToken `json:"cardToken,omitzero"`           // inferred; required unless Extra is set
	ReasonCode string    `json:"reasonCode,omitzero"`          // inferred from CardReplacement, at most 20 characters
	Extra      Extra     `json:"extra,omitzero" wire:"inline"` // unpublished fields
}

func (r CloseRequest) validate(p *check.Problems) {
	checkToken(p, r.CardToken)
	p.OptionalText("reasonCode", r.ReasonCode, 20)
}

func (r CloseRequest) facts(f *facts) { f.Card = string(r.CardToken) }

// Close (CardCancellation, row 11) cancels a card for good. Its fields are inferred.
//
// Safety: once; it cannot be undone. On issuing.ErrOutcomeUnknown give the pending to
// [Client.Settle], which reads the card: [CardStatusCancelled] is the same in both tables,
// and final, so that every other known letter says that it was not cancelled.
func (s *CardService) Close(ctx context.Context, req CloseRequest, opts ...issuing.CallOption) (*Ack, error) {
	return call[Ack](ctx, s.c, opCardCancel, req, opts)
}

// SetStatusRequest changes a card's status.
type SetStatusRequest struct {
	CardToken   CardToken   `json:"cardToken,omitzero"`           // inferred; required unless Extra is set
	CardOptFlag CardOptFlag `json:"cardOptFlag"`                  // published, 1 character; required
	Extra       Extra       `json:"extra,omitzero" wire:"inline"` // unpublished fields
}

func (r SetStatusRequest) validate(p *check.Problems) {
	checkToken(p, r.CardToken)
	p.Text("cardOptFlag", string(r.CardOptFlag), 1)
	checkListed(p, "cardOptFlag", r.CardOptFlag, 1)
}

func (r SetStatusRequest) facts(f *facts) {
	f.Card = string(r.CardToken)
	f.Detail("cardOptFlag", string(r.CardOptFlag))
}

// SetStatus (CardStatusUpdate, row 12) reports a card lost, freezes it or locks its PIN,
// and takes each of them back. The card's name is inferred.
//
// Safety: once. On issuing.ErrOutcomeUnknown give the pending to [Client.Settle], which
// reads the card: it is done when the card is frozen, lost or back as was asked, whoever
// did it, and absent when it is as before. A lock of the PIN proves something only where
// the letter shows it.
func (s *CardService) SetStatus(ctx context.Context, req SetStatusRequest, opts ...issuing.CallOption) (*Ack, error) {
	return call[Ack](ctx, s.c, opCardStatus, req, opts)
}

// Freeze freezes a card: CardStatusUpdate with [CardOptFlagFreeze].
//
// Safety: once, as [CardService.SetStatus].
func (s *CardService) Freeze(ctx context.Context, token CardToken, opts ...issuing.CallOption) (*Ack, error) {
	return s.SetStatus(ctx, SetStatusRequest{CardToken: token, CardOptFlag: CardOptFlagFreeze}, opts...)
}

// Unfreeze makes a frozen card usable: CardStatusUpdate with [CardOptFlagUnfreeze].
//
// Safety: once, as [CardService.SetStatus].
func (s *CardService) Unfreeze(ctx context.Context, token CardToken, opts ...issuing.CallOption) (*Ack, error) {
	return s.SetStatus(ctx, SetStatusRequest{CardToken: token, CardOptFlag: CardOptFlagUnfreeze}, opts...)
}

// SetLimits (CardLimitSetting, row 13) sets transaction limits and the domestic, overseas,
// e-commerce and POS indicators of a card. The card's name is inferred; limits,
// amounts and indicators have unpublished names and go into Extra. Limit types
// come from [ParameterService.DropDownList] with [DropDownNameLimitType].
//
// Safety: once. Setting the same limits again changes nothing more.
func (s *CardService) SetLimits(ctx context.Context, req CardRequest, opts ...issuing.CallOption) (*Ack, error) {
	return call[Ack](ctx, s.c, opCardLimit, req, opts)
}

// SetExpiryRequest changes the expiry of a card. Names are inferred.
type SetExpiryRequest struct {
	CardToken  CardToken `json:"cardToken,omitzero"`           // required unless Extra is set
	ExpiryDate Expiry    `json:"expiryDate,omitzero"`          // YYMM; required
	Extra      Extra     `json:"extra,omitzero" wire:"inline"` // unpublished fields
}

func (r SetExpiryRequest) validate(p *check.Problems) {
	checkToken(p, r.CardToken)
	checkExpiry(p, "expiryDate", r.ExpiryDate)
}

func (r SetExpiryRequest) facts(f *facts) {
	f.Card = string(r.CardToken)
	f.Detail("expiryDate", string(r.ExpiryDate))
}

// SetExpiry (CardExpiryDateUpdate, row 17) changes the expiry of a card. The catalogue
// marks it NA for one programme and leaves the other blank, so take it as not
// generally available. Path and fields are inferred.
//
// Safety: once. On issuing.ErrOutcomeUnknown give the pending to [Client.Settle], which
// reads the card: it is done when the card shows this expiry, absent with another one.
func (s *CardService) SetExpiry(ctx context.Context, req SetExpiryRequest, opts ...issuing.CallOption) (*Ack, error) {
	return call[Ack](ctx, s.c, opExpiryUpdate, req, opts)
}

// Register3DSRequest registers a card for 3-D Secure. Names are inferred.
type Register3DSRequest struct {
	CardToken  CardToken        `json:"cardToken,omitzero"`           // required unless Extra is set
	CustName   issuing.Personal `json:"custName,omitzero"`            // optional
	CustMobile issuing.Personal `json:"custMobile,omitzero"`          // where one-time passwords go, E.164; optional
	CustEmail  issuing.Personal `json:"custEmail,omitzero"`           // where one-time passwords go; optional
	Extra      Extra            `json:"extra,omitzero" wire:"inline"` // unpublished fields
}

func (r Register3DSRequest) validate(p *check.Problems) {
	checkToken(p, r.CardToken)
	p.OptionalText("custName", string(r.CustName), maxContact)
	p.OptionalText("custMobile", string(r.CustMobile), maxContact)
	p.OptionalText("custEmail", string(r.CustEmail), maxContact)
}

func (r Register3DSRequest) facts(f *facts) { f.Card = string(r.CardToken) }

// Register3DS (CardSecureRegist, row 18) registers the holder for 3-D Secure with Coshine's
// access control server: one-time passwords then go out by mail or text message.
// Path and fields are inferred.
//
// Safety: once. Registering the same data again changes nothing more.
func (s *CardService) Register3DS(
	ctx context.Context, req Register3DSRequest, opts ...issuing.CallOption,
) (*Ack, error) {
	return call[Ack](ctx, s.c, opSecureRegist, req, opts)
}

// UpdateBlacklist (BlacklistUpdate, row 19) is retired: the catalogue marks it as an old version
// that is not used now and as not available for both programmes. It returns
// issuing.ErrNotConfigured with [ErrRetired], and sends nothing, unless a path is
// configured. Its path is inferred and its fields are unpublished.
//
// Safety: once. No inquiry shows what became of it.
func (s *CardService) UpdateBlacklist(ctx context.Context, req OpenRequest, opts ...issuing.CallOption) (*Ack, error) {
	return call[Ack](ctx, s.c, opBlacklist, req, opts)
}
