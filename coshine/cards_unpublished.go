package coshine

import (
	"context"

	issuing "github.com/issuing-sdk/issuing-go"
)

// UpdatePlastic (CardPlasticUpdate) is an interface of a later edition. The path is published,
// the card's name is inferred, all other fields are unpublished.
//
// Safety: once. On issuing.ErrOutcomeUnknown no program can tell: read the card with
// [CardService.Card].
func (s *CardService) UpdatePlastic(ctx context.Context, req CardRequest, opts ...issuing.CallOption) (*Ack, error) {
	return call[Ack](ctx, s.c, opPlasticUpdate, req, opts)
}

// SetBusinessFlag (BusinessFlagUpdate) is an interface of a later edition. The path is published,
// the card's name is inferred, all other fields are unpublished.
//
// Safety: once. On issuing.ErrOutcomeUnknown no program can tell: read the flag with
// [CardService.BusinessFlag], when Coshine has told you its path.
func (s *CardService) SetBusinessFlag(ctx context.Context, req CardRequest, opts ...issuing.CallOption) (*Ack, error) {
	return call[Ack](ctx, s.c, opBusinessUpdate, req, opts)
}

// BusinessFlag (BusinessFlagInquiry) is named by a later edition; path and fields are
// unpublished (inferred).
//
// Safety: once, because nothing about it is published.
func (s *CardService) BusinessFlag(ctx context.Context, req CardRequest, opts ...issuing.CallOption) (*Ack, error) {
	return call[Ack](ctx, s.c, opBusinessInquiry, req, opts)
}

// SwitchBusiness (BusinessOnOff) is named by a later edition; path and fields are unpublished
// (inferred).
//
// Safety: once, as [CardService.SetBusinessFlag].
func (s *CardService) SwitchBusiness(ctx context.Context, req CardRequest, opts ...issuing.CallOption) (*Ack, error) {
	return call[Ack](ctx, s.c, opBusinessOnOff, req, opts)
}

// Face (CardFaceInquiry) is named by a later edition; path and fields are unpublished
// (inferred).
//
// Safety: once, because nothing about it is published.
func (s *CardService) Face(ctx context.Context, req OpenRequest, opts ...issuing.CallOption) (*Ack, error) {
	return call[Ack](ctx, s.c, opCardFace, req, opts)
}

// Update (CardInfoUpdate) is named by a later edition; path and fields are unpublished
// (inferred).
//
// Safety: once. On issuing.ErrOutcomeUnknown no program can tell: read the card with
// [CardService.Card].
func (s *CardService) Update(ctx context.Context, req CardRequest, opts ...issuing.CallOption) (*Ack, error) {
	return call[Ack](ctx, s.c, opCardInfoUpdate, req, opts)
}

// BlockNumber (CardNoBlock) is named by a later edition; path and fields are unpublished
// (inferred).
//
// Safety: once. On issuing.ErrOutcomeUnknown no program can tell: read the card with
// [CardService.Card].
func (s *CardService) BlockNumber(ctx context.Context, req OpenRequest, opts ...issuing.CallOption) (*Ack, error) {
	return call[Ack](ctx, s.c, opCardNoBlock, req, opts)
}

// ConvertToDebit (ConvertPrepaidToDebit, ConvertPrepaidtoDebit) is named by a later edition;
// path and fields are unpublished (inferred).
//
// Safety: once. On issuing.ErrOutcomeUnknown no program can tell: list the customer's cards with
// [CustomerService.Cards].
func (s *CardService) ConvertToDebit(ctx context.Context, req CardRequest, opts ...issuing.CallOption) (*Ack, error) {
	return call[Ack](ctx, s.c, opConvert, req, opts)
}
