package coshine

import (
	"context"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// ParameterService reads lookup tables and products.
type ParameterService struct{ c *Client }

// DropDownListRequest names a lookup table.
type DropDownListRequest struct {
	Name DropDownName `json:"dropDownName"` // at most 20 characters; required
}

func (r DropDownListRequest) validate(p *check.Problems) {
	p.Text("dropDownName", string(r.Name), 20)
	checkListed(p, "dropDownName", r.Name, 20)
}

// DropDownItem is a row of a lookup table.
type DropDownItem struct {
	Code  string `json:"dropDownCode"`  // at most 20 characters
	Value string `json:"dropDownValue"` // text, at most 50 characters
}

// DropDownList is a lookup table.
type DropDownList struct {
	Reply
	RecordNum int            `json:"recordNum,omitzero"` // number of records
	Items     []DropDownItem `json:"recordList"`         // the rows
}

func (l *DropDownList) counted() (*int, int) { return &l.RecordNum, len(l.Items) }

func (l *DropDownList) incomplete() bool { return l.RecordNum > 0 && len(l.Items) == 0 }

// DropDownList (DropDownListInquiry, row 48) reads a lookup table. Its fields are published,
// its path is inferred.
//
// Safety: read.
func (s *ParameterService) DropDownList(
	ctx context.Context, req DropDownListRequest, opts ...issuing.CallOption,
) (*DropDownList, error) {
	return call[DropDownList](ctx, s.c, opDropDown, req, opts)
}

// CardProductsRequest selects card products.
type CardProductsRequest struct {
	CardProdType CardProdType `json:"cardProdType,omitzero"` // 1 character; empty is all
}

func (r CardProductsRequest) validate(p *check.Problems) {
	p.OptionalText("cardProdType", string(r.CardProdType), 1)
	checkListed(p, "cardProdType", r.CardProdType, 1)
}

// CardProduct is a card product of the issuer.
type CardProduct struct {
	CardProdCode  CardProdCode   `json:"cardProdCode"`           // at most 10 characters
	CardProdDesc  string         `json:"cardProdDesc"`           // at most 40 characters
	CardProdType  CardProdType   `json:"cardProdType"`           // kind of product
	CardPicCode   string         `json:"cardPicCode,omitzero"`   // at most 16 characters; optional
	CardFaceID    string         `json:"cardFaceId,omitzero"`    // at most 2 characters; optional
	CardFaceValue issuing.Amount `json:"cardFaceValue,omitzero"` // in major units; optional
	FeeAmount     issuing.Amount `json:"feeAmount,omitzero"`     // in major units; optional
	TaxAmount     issuing.Amount `json:"taxAmount,omitzero"`     // in major units; optional
}

// CardProductList is the issuer's card products.
type CardProductList struct {
	Reply
	RecordNum int           `json:"recordNum,omitzero"` // number of records
	Products  []CardProduct `json:"recordList"`         // the products
}

func (l *CardProductList) counted() (*int, int) { return &l.RecordNum, len(l.Products) }

func (l *CardProductList) incomplete() bool { return l.RecordNum > 0 && len(l.Products) == 0 }

// CardProducts (InquiryCardProduct) lists the issuer's card products. It is an interface of a
// later edition; its fields are published, its path is inferred.
//
// Safety: read.
func (s *ParameterService) CardProducts(
	ctx context.Context, req CardProductsRequest, opts ...issuing.CallOption,
) (*CardProductList, error) {
	return call[CardProductList](ctx, s.c, opCardProducts, req, opts)
}
