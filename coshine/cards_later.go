package coshine

import (
	"context"

	issuing "github.com/issuing-sdk/issuing-go"
)

// CardPlasticUpdate is an interface of a later edition. The path is published,
// the card's name is inferred, all other fields are unpublished.
//
// Safety: once. On issuing.ErrOutcomeUnknown read the card with
// [CardService.CardInfoInquiry].
func (s *CardService) CardPlasticUpdate(ctx context.Context, req CardRequest, opts ...issuing.CallOption) (*Ack, error) {
	return call[Ack](ctx, s.c, opPlasticUpdate, req, opts)
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
