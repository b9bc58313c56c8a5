package uqpay

import (
	"context"
	"iter"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// BrandService looks merchant brands up.
type BrandService struct{ c *Client }

// BrandsRequest selects brands. At least one of the two filters is required.
type BrandsRequest struct {
	Paging
	DisplayName  string `json:"display_name,omitzero"`  // prefix
	MerchantCode string `json:"merchant_code,omitzero"` // exact
}

func (r BrandsRequest) validate(p *check.Problems) {
	r.Paging.validate(p)
	p.OneOf("display_name, merchant_code", r.DisplayName, r.MerchantCode)
	p.OptionalText("display_name", r.DisplayName, noLimit)
	p.OptionalText("merchant_code", r.MerchantCode, noLimit)
}

// Brand is a merchant's brand.
type Brand struct {
	MerchantCode string `json:"merchant_code"` // the platform's code
	DisplayName  string `json:"display_name"`  // for people
}

// List returns one page of brands.
//
// Safety: read.
func (s *BrandService) List(ctx context.Context, req BrandsRequest, opts ...issuing.CallOption) (*Page[Brand], error) {
	return call[Page[Brand]](ctx, s.c, opBrands, req, opts)
}

// All iterates over brands, from the request's page on, each
// once. What leaves the list meanwhile can have others missed.
func (s *BrandService) All(
	ctx context.Context, req BrandsRequest, opts ...issuing.CallOption,
) iter.Seq2[*Brand, error] {
	return all[Brand](ctx, s.c, opBrands, req, opts)
}
