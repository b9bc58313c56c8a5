package coshine

import (
	"context"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// CardSecrets are the data that a cardholder types into a shop.
type CardSecrets struct {
	Reply
	CardNumber issuing.Secret `json:"cardNumber,omitzero"` // PAN, at most 19 digits
	ExpiryDate Expiry         `json:"expiryDate,omitzero"` // YYMM
	CVV2       issuing.Secret `json:"CVV2,omitzero"`       // 3 digits
}

// incomplete refuses an answer that has none of the data asked for.
func (c *CardSecrets) incomplete() bool { return c.CardNumber.IsZero() && c.CVV2.IsZero() }

// Secrets (CardCVV2Inquiry, row 14, CVV2Inquiry in the public reference) reads number,
// expiry and CVV2 of a virtual card. Names are inferred.
//
// Safety: read.
func (s *CardService) Secrets(ctx context.Context, req CardRequest, opts ...issuing.CallOption) (*CardSecrets, error) {
	return call[CardSecrets](ctx, s.c, opCVV2Inquiry, req, opts)
}

// VerifyCVV2Request verifies a CVV2. Names are inferred.
type VerifyCVV2Request struct {
	CardToken  CardToken      `json:"cardToken,omitzero"`           // required
	CVV2       issuing.Secret `json:"CVV2,omitzero"`                // 3 digits; required
	ExpiryDate Expiry         `json:"expiryDate,omitzero"`          // YYMM; optional
	Extra      Extra          `json:"extra,omitzero" wire:"inline"` // unpublished fields
}

func (r VerifyCVV2Request) validate(p *check.Problems) {
	checkToken(p, r.CardToken)
	p.Digits("CVV2", r.CVV2, 3, 3)
	if r.ExpiryDate != "" {
		checkExpiry(p, "expiryDate", r.ExpiryDate)
	}
}

func (r VerifyCVV2Request) facts(f *facts) { f.Card = string(r.CardToken) }

// VerifyCVV2 (CardCVV2Verify, row 15, CVV2Verify in the public reference) verifies the CVV2
// of a virtual card. A mismatch is any code but [CodeSuccess]; none is published.
//
// Safety: once, because wrong tries may count.
func (s *CardService) VerifyCVV2(ctx context.Context, req VerifyCVV2Request, opts ...issuing.CallOption) (*Ack, error) {
	return call[Ack](ctx, s.c, opCVV2Verify, req, opts)
}

// DCVV is the answer to [CardService.GenerateDCVV]. Whether the value itself
// comes back is not published.
type DCVV struct {
	Reply
	CVV2 issuing.Secret `json:"CVV2,omitzero"` // inferred, 3 digits; may be absent
}

// GenerateDCVV (row 16) makes a new CVV2. Path and fields are inferred.
//
// Safety: once. On issuing.ErrOutcomeUnknown no program can tell: read the value with
// [CardService.Secrets].
func (s *CardService) GenerateDCVV(ctx context.Context, req CardRequest, opts ...issuing.CallOption) (*DCVV, error) {
	return call[DCVV](ctx, s.c, opGenerateDCVV, req, opts)
}

// CardNumber is the answer to [CardService.Number].
type CardNumber struct {
	Reply
	CardNumber issuing.Secret `json:"cardNumber,omitzero"` // inferred; PAN, at most 19 digits
}

// Number (CardNumberInquiry) is an interface of a later edition that reads a card's
// number by its token. The path is published, names are inferred.
//
// Safety: read.
func (s *CardService) Number(ctx context.Context, req CardRequest, opts ...issuing.CallOption) (*CardNumber, error) {
	return call[CardNumber](ctx, s.c, opCardNumber, req, opts)
}
