package uqpay

import (
	"context"
	"iter"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

// ProductService lists what cards can be issued.
type ProductService struct{ c *Client }

// Product is a kind of card.
type Product struct {
	ID                 string             `json:"product_id"`            // given as card_product_id when a card is created
	Mode               Mode               `json:"mode_type"`             // single or share; may be empty
	BIN                string             `json:"card_bin"`              // 6 or 8 digits
	Forms              []CardForm         `json:"card_form"`             // virtual, plastic
	MaxQuota           int                `json:"max_card_quota"`        // 0 is possible
	Scheme             Scheme             `json:"card_scheme"`           // Visa or Mastercard
	Currencies         []issuing.Currency `json:"card_currency"`         // a card takes one of them
	Status             ProductStatus      `json:"product_status"`        // enabled or disabled
	NoPINPaymentAmount []Money            `json:"no_pin_payment_amount"` // up to which no PIN is asked for
	CreateTime         time.Time          `json:"create_time"`           // zero when the platform's text cannot be read
	UpdateTime         time.Time          `json:"update_time"`           // zero when the platform's text cannot be read
	KYCLevel           KYCLevel           `json:"kyc_level"`             // may be empty
	RequiredFields     []RequiredField    `json:"required_fields"`       // what a cardholder needs for it
}

// Money is an amount with its currency.
type Money struct {
	Amount   issuing.Amount   `json:"amount"`   // in the currency's base unit
	Currency issuing.Currency `json:"currency"` // ISO 4217, or XUSD
}

// List returns one page of products.
//
// Safety: read.
func (s *ProductService) List(ctx context.Context, req Paging, opts ...issuing.CallOption) (*Page[Product], error) {
	return call[Page[Product]](ctx, s.c, opProducts, req, opts)
}

// All iterates over products, from the request's page on, each
// once. What leaves the list meanwhile can have others missed.
func (s *ProductService) All(ctx context.Context, req Paging, opts ...issuing.CallOption) iter.Seq2[*Product, error] {
	return all[Product](ctx, s.c, opProducts, req, opts)
}
