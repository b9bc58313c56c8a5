package coshine

import (
	"context"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// DCVV is the answer to [CardService.GenerateDCVV]. Whether the value itself
// comes back is not published.
type DCVV struct {
	Reply
	CVV2 issuing.Secret `json:"CVV2,omitzero"` // inferred, 3 digits; may be absent
}

// GenerateDCVV (row 16) makes a new CVV2. Path and fields are inferred.
//
// Safety: once. On issuing.ErrOutcomeUnknown read the value with
// [CardService.CardCVV2Inquiry].
func (s *CardService) GenerateDCVV(ctx context.Context, req CardRequest, opts ...issuing.CallOption) (*DCVV, error) {
	return call[DCVV](ctx, s.c, opGenerateDCVV, req, opts)
}

// CardExpiryDateUpdateRequest changes the expiry of a card. Names are inferred.
type CardExpiryDateUpdateRequest struct {
	CardToken  CardToken `json:"cardToken"`       // required
	ExpiryDate Expiry    `json:"expiryDate"`      // YYMM; required
	Extra      Extra     `json:"-" wire:"inline"` // unpublished fields
}

func (r CardExpiryDateUpdateRequest) validate(p *check.Problems) {
	checkToken(p, r.CardToken)
	checkExpiry(p, "expiryDate", r.ExpiryDate)
}

// CardExpiryDateUpdate (row 17) changes the expiry of a card. The catalogue
// marks it NA for one programme and leaves the other blank, so take it as not
// generally available. Path and fields are inferred.
//
// Safety: once. On issuing.ErrOutcomeUnknown read the card with
// [CardService.CardInfoInquiry].
func (s *CardService) CardExpiryDateUpdate(ctx context.Context, req CardExpiryDateUpdateRequest, opts ...issuing.CallOption) (*Ack, error) {
	return call[Ack](ctx, s.c, opExpiryUpdate, req, opts)
}

// CardSecureRegistRequest registers a card for 3-D Secure. Names are inferred.
type CardSecureRegistRequest struct {
	CardToken  CardToken `json:"cardToken"`           // required
	CustName   string    `json:"custName,omitzero"`   // optional
	CustMobile string    `json:"custMobile,omitzero"` // where one-time passwords go, E.164; optional
	CustEmail  string    `json:"custEmail,omitzero"`  // where one-time passwords go; optional
	Extra      Extra     `json:"-" wire:"inline"`     // unpublished fields
}

func (r CardSecureRegistRequest) validate(p *check.Problems) {
	checkToken(p, r.CardToken)
	p.OptionalText("custName", r.CustName, maxContact)
	p.OptionalText("custMobile", r.CustMobile, maxContact)
	p.OptionalText("custEmail", r.CustEmail, maxContact)
}

// CardSecureRegist (row 18) registers the holder for 3-D Secure with Coshine's
// access control server: one-time passwords then go out by mail or text message.
// Path and fields are inferred.
//
// Safety: once. Registering the same data again changes nothing more.
func (s *CardService) CardSecureRegist(ctx context.Context, req CardSecureRegistRequest, opts ...issuing.CallOption) (*Ack, error) {
	return call[Ack](ctx, s.c, opSecureRegist, req, opts)
}

// BlacklistUpdate (row 19) is retired: the catalogue marks it as an old version
// that is not used now and as not available for both programmes. It returns
// issuing.ErrNotConfigured with [ErrRetired], and sends nothing, unless a path is
// configured. Its path is inferred and its fields are unpublished.
//
// Safety: once. No inquiry shows what became of it.
func (s *CardService) BlacklistUpdate(ctx context.Context, req OpenRequest, opts ...issuing.CallOption) (*Ack, error) {
	return call[Ack](ctx, s.c, opBlacklist, req, opts)
}

// CardPlasticUpdate is an interface of a later edition. The path is published,
// the card's name is inferred, all other fields are unpublished.
//
// Safety: once. On issuing.ErrOutcomeUnknown read the card with
// [CardService.CardInfoInquiry].
func (s *CardService) CardPlasticUpdate(ctx context.Context, req CardRequest, opts ...issuing.CallOption) (*Ack, error) {
	return call[Ack](ctx, s.c, opPlasticUpdate, req, opts)
}

// CardNumber is the answer to [CardService.CardNumberInquiry].
type CardNumber struct {
	Reply
	CardNumber issuing.Secret `json:"cardNumber,omitzero"` // inferred; PAN, at most 19 digits
}

// CardNumberInquiry is an interface of a later edition that reads a card's
// number by its token. The path is published, names are inferred.
//
// Safety: read.
func (s *CardService) CardNumberInquiry(ctx context.Context, req CardRequest, opts ...issuing.CallOption) (*CardNumber, error) {
	return call[CardNumber](ctx, s.c, opCardNumber, req, opts)
}

// BusinessFlagUpdate is an interface of a later edition. The path is published,
// the card's name is inferred, all other fields are unpublished.
//
// Safety: once. On issuing.ErrOutcomeUnknown read the flag with
// [CardService.BusinessFlagInquiry], when Coshine has told you its path.
func (s *CardService) BusinessFlagUpdate(ctx context.Context, req CardRequest, opts ...issuing.CallOption) (*Ack, error) {
	return call[Ack](ctx, s.c, opBusinessUpdate, req, opts)
}

// BusinessFlagInquiry is named by a later edition; path and fields are
// unpublished (inferred).
//
// Safety: once, because nothing about it is published.
func (s *CardService) BusinessFlagInquiry(ctx context.Context, req CardRequest, opts ...issuing.CallOption) (*Ack, error) {
	return call[Ack](ctx, s.c, opBusinessInquiry, req, opts)
}

// BusinessOnOff is named by a later edition; path and fields are unpublished
// (inferred).
//
// Safety: once, as [CardService.BusinessFlagUpdate].
func (s *CardService) BusinessOnOff(ctx context.Context, req CardRequest, opts ...issuing.CallOption) (*Ack, error) {
	return call[Ack](ctx, s.c, opBusinessOnOff, req, opts)
}

// CardFaceInquiry is named by a later edition; path and fields are unpublished
// (inferred).
//
// Safety: once, because nothing about it is published.
func (s *CardService) CardFaceInquiry(ctx context.Context, req OpenRequest, opts ...issuing.CallOption) (*Ack, error) {
	return call[Ack](ctx, s.c, opCardFace, req, opts)
}

// CardInfoUpdate is named by a later edition; path and fields are unpublished
// (inferred).
//
// Safety: once. On issuing.ErrOutcomeUnknown read the card with
// [CardService.CardInfoInquiry].
func (s *CardService) CardInfoUpdate(ctx context.Context, req CardRequest, opts ...issuing.CallOption) (*Ack, error) {
	return call[Ack](ctx, s.c, opCardInfoUpdate, req, opts)
}

// CardNoBlock is named by a later edition; path and fields are unpublished
// (inferred).
//
// Safety: once. On issuing.ErrOutcomeUnknown read the card with
// [CardService.CardInfoInquiry].
func (s *CardService) CardNoBlock(ctx context.Context, req OpenRequest, opts ...issuing.CallOption) (*Ack, error) {
	return call[Ack](ctx, s.c, opCardNoBlock, req, opts)
}

// ConvertPrepaidToDebit (ConvertPrepaidtoDebit) is named by a later edition;
// path and fields are unpublished (inferred).
//
// Safety: once. On issuing.ErrOutcomeUnknown list the customer's cards with
// [CustomerService.CustomerCardInfoInquiry].
func (s *CardService) ConvertPrepaidToDebit(ctx context.Context, req CardRequest, opts ...issuing.CallOption) (*Ack, error) {
	return call[Ack](ctx, s.c, opConvert, req, opts)
}
