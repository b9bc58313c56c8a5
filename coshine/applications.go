package coshine

import (
	"context"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// ApplyRequest is an application for a card. Its fields 1 to 10 are
// published; the page lists more, which go into Extra, among them the delivery
// address, which is mandatory for physical cards.
type ApplyRequest struct {
	CardNumber issuing.Secret `json:"cardNumber,omitzero"` // PAN chosen by the issuer, at most 19 digits; optional
	CardFlag   CardFlag       `json:"cardFlag"`            // virtual or physical; required
	// product, assigned by Coshine, 4 characters (10 in the product list); required
	CardProdCode CardProdCode `json:"cardProdCode"`
	// card picture, 15 characters (16 in the product list); optional
	CardPicCode string `json:"cardPicCode,omitzero"`
	// at most 26 characters; required for a physical card that bears a name
	CardEmbossName issuing.Personal `json:"cardEmbossName,omitzero"`
	// the issuer's customer id (CIF), at most 32 characters; required
	CustomerID string     `json:"customerId"`
	CustIDType CustIDType `json:"custIdType"` // kind of document, 1 character; required
	// identifier of the document, at most 32 characters; required
	CustIDNo      issuing.Secret `json:"custIdNo"`
	CustIssIDType CustIDType     `json:"custIssIdType,omitzero"` // issuer id type, 1 character; optional
	// real document number after KYC, at most 32 characters; optional
	CustIssIDNo issuing.Secret `json:"custIssIdNo,omitzero"`
	// inferred from the published sample, here at most 255 characters; optional
	CustName issuing.Personal `json:"custName,omitzero"`
	// inferred from the published sample, E.164 such as +6591234567, here at most
	// 255 characters; optional
	CustMobile issuing.Personal `json:"custMobile,omitzero"`
	// inferred from the published sample, here at most 255 characters; optional
	CustEmail issuing.Personal `json:"custEmail,omitzero"`
	// unpublished fields; a physical card needs the delivery address here
	Extra Extra `json:"extra,omitzero" wire:"inline"`
}

// maxContact bounds contact data, for which no length is published.
const maxContact = 255

func (r ApplyRequest) validate(p *check.Problems) {
	if !r.CardNumber.IsZero() {
		p.Digits("cardNumber", r.CardNumber, 12, 19)
	}
	p.Text("cardFlag", string(r.CardFlag), 1)
	p.Text("cardProdCode", string(r.CardProdCode), 10)
	p.OptionalText("cardPicCode", r.CardPicCode, 16)
	p.OptionalText("cardEmbossName", string(r.CardEmbossName), 26)
	p.Text("customerId", r.CustomerID, 32)
	p.Text("custIdType", string(r.CustIDType), 1)
	p.Text("custIdNo", r.CustIDNo.Reveal(), 32)
	p.OptionalText("custIssIdType", string(r.CustIssIDType), 1)
	checkListed(p, "cardFlag", r.CardFlag, 1)
	checkListed(p, "custIdType", r.CustIDType, 1)
	checkListed(p, "custIssIdType", r.CustIssIDType, 1)
	p.OptionalText("custIssIdNo", r.CustIssIDNo.Reveal(), 32)
	p.OptionalText("custName", string(r.CustName), maxContact)
	p.OptionalText("custMobile", string(r.CustMobile), maxContact)
	p.OptionalText("custEmail", string(r.CustEmail), maxContact)
	if r.CardFlag == CardFlagPhysical && len(r.Extra) == 0 {
		p.Add("Extra", "needs the delivery address of a physical card, under the names that Coshine told you")
	}
}

func (r ApplyRequest) facts(f *facts) {
	f.Detail("customerId", r.CustomerID)
	f.Detail("cardFlag", string(r.CardFlag))
	f.Detail("cardProdCode", string(r.CardProdCode))
	f.Secret(ownNumber, r.CardNumber)
}

// Application is the answer to an application. The card is inactive until
// [CardService.Activate] succeeds, which needs its token, expiry and CVV2.
type Application struct {
	Reply
	CardApplyNo string         `json:"cardApplyNo,omitzero"` // application number
	CustomerID  string         `json:"customerId,omitzero"`  // echo
	CardNumber  issuing.Secret `json:"cardNumber,omitzero"`  // PAN, in clear on the wire
	CardToken   CardToken      `json:"cardToken,omitzero"`   // handle for all later calls
	ExpiryDate  Expiry         `json:"expiryDate,omitzero"`  // YYMM
	CVV2        issuing.Secret `json:"CVV2,omitzero"`        // 3 digits, in clear on the wire
}

// incomplete refuses an answer without the handle of the card, or with one that no later
// call could name.
func (a *Application) incomplete() bool {
	var p check.Problems
	checkToken(&p, a.CardToken)
	return p.Any()
}

// Apply (CardApplication, row 1) issues a virtual or physical card.
//
// Safety: once. Its key is the tranId, as with [CardService.Deposit]; Coshine does not
// recognise a repeat. On issuing.ErrOutcomeUnknown give the pending to [Client.Settle]: it
// is done when [CustomerService.Cards] shows the CardNumber that the request chose, and
// open otherwise, with the tokens of the cards that may have come of it. Look at them
// before applying again.
func (s *CardService) Apply(ctx context.Context, req ApplyRequest, opts ...issuing.CallOption) (*Application, error) {
	return call[Application](ctx, s.c, opCardApplication, req, opts)
}

// OpenRequest is a request without published fields.
type OpenRequest struct {
	Extra Extra `json:"extra,omitzero" wire:"inline"` // all fields, under the names that Coshine told you
}

func (OpenRequest) validate(*check.Problems) {}

// CardRequest is a request of which only the card's handle is known, and that
// inferred from sibling interfaces.
type CardRequest struct {
	CardToken CardToken `json:"cardToken,omitzero"`           // inferred
	Extra     Extra     `json:"extra,omitzero" wire:"inline"` // further fields, under the names that Coshine told you
}

func (r CardRequest) validate(p *check.Problems) {
	if r.CardToken == "" && len(r.Extra) == 0 {
		p.Add("cardToken", "is required, or Extra names the card")
	}
	p.OptionalText("cardToken", string(r.CardToken), maxCardToken)
}

func (r CardRequest) facts(f *facts) {
	f.Card = string(r.CardToken)
	r.Extra.facts(f)
}

// ApplyCorporate (CorporateCardApplication) issues a corporate card. The path is listed by the
// public reference, which asks to have it confirmed; all fields are unpublished.
//
// Safety: once; see [CardService.Apply].
func (s *CardService) ApplyCorporate(ctx context.Context, req OpenRequest, opts ...issuing.CallOption) (*Ack, error) {
	return call[Ack](ctx, s.c, opCorporate, req, opts)
}
