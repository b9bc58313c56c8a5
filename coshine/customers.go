package coshine

import (
	"context"
	"fmt"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/wire"
)

// CustomerService reads and changes customers.
type CustomerService struct{ c *Client }

// CustomerRequest names a customer.
type CustomerRequest struct {
	CustomerID string `json:"customerId,omitzero"`          // the issuer's id of it (CIF), at most 32 characters; required
	Extra      Extra  `json:"extra,omitzero" wire:"inline"` // unpublished fields, if Coshine named any
}

func (r CustomerRequest) validate(p *check.Problems) { p.Text("customerId", r.CustomerID, 32) }

// Card is a card of a list. Fields 2.12 and on are not published; read them with
// [Reply.Decode].
type Card struct {
	// at most 19 characters; masked in lists, as far as samples show
	CardNumber    issuing.Secret `json:"cardNumber,omitzero"`
	CardToken     CardToken      `json:"cardToken,omitzero"`     // handle
	ExpiryDate    Expiry         `json:"expiryDate,omitzero"`    // YYMM
	CardFlag      CardFlag       `json:"cardFlag,omitzero"`      // virtual or physical
	CardProdCode  CardProdCode   `json:"cardProdCode,omitzero"`  // product
	CardProdType  CardProdType   `json:"cardProdType,omitzero"`  // kind of product
	CardPicCode   string         `json:"cardPicCode,omitzero"`   // card picture; optional
	OpenDate      issuing.Date   `json:"openDate,omitzero"`      // zero when it cannot be read
	CardStatus    CardStatus     `json:"cardStatus,omitzero"`    // a letter; read it with Client.CardState
	BlockStatus   BlockStatus    `json:"blockStatus,omitzero"`   // frozen or not
	StatusModUser string         `json:"statusModUser,omitzero"` // operator who changed the status, when one did
}

// CardList is a customer's cards.
type CardList struct {
	Reply
	CustomerID string `json:"customerId,omitzero"` // echo, in the published sample only
	RecordNum  int    `json:"recordNum,omitzero"`  // number of records; the length of Cards when the answer has none
	Cards      []Card `json:"recordList"`          // the cards; also read from "cardList", the sample's name
}

// further reads the list under its other name. The one that is present wins.
func (l *CardList) further(plain []byte) error { return listUnder(plain, &l.Cards, "cardList") }

func (l *CardList) counted() (*int, int) { return &l.RecordNum, len(l.Cards) }

// incomplete refuses an answer that counts records and has none: taken for an
// empty list it would say that an open application was not carried out.
func (l *CardList) incomplete() bool { return l.RecordNum > 0 && len(l.Cards) == 0 }

// listUnder fills a list that is nil with what stands under another name.
func listUnder[T any](plain []byte, list *[]T, name string) error {
	if *list != nil {
		return nil
	}
	for member, value := range wire.Members(plain) {
		if member == name {
			if err := codec.Unmarshal(value, list); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			break
		}
	}
	return nil
}

// Cards (CustomerCardInfoInquiry, row 2) lists a customer's cards with their statuses.
// A customer without cards, or an unknown one, may come as an empty list.
//
// Safety: read.
func (s *CustomerService) Cards(
	ctx context.Context, req CustomerRequest, opts ...issuing.CallOption,
) (*CardList, error) {
	return call[CardList](ctx, s.c, opCustomerCards, req, opts)
}

// AccountList is a customer's accounts. What an account holds is not published.
// The list's name is inferred: when RecordNum counts accounts that Accounts does
// not have, read the answer with [Reply.Decode].
type AccountList struct {
	Reply
	RecordNum int      `json:"recordNum,omitzero"` // inferred; number of records
	Accounts  []Record `json:"recordList"`         // inferred; also read from "acctList"
}

func (l *AccountList) further(plain []byte) error { return listUnder(plain, &l.Accounts, "acctList") }

func (l *AccountList) counted() (*int, int) { return &l.RecordNum, len(l.Accounts) }

// Accounts (CustomerAccountInfoInquiry, row 3) lists a customer's accounts with their
// statuses. Its fields are inferred.
//
// Safety: read.
func (s *CustomerService) Accounts(
	ctx context.Context, req CustomerRequest, opts ...issuing.CallOption,
) (*AccountList, error) {
	return call[AccountList](ctx, s.c, opCustomerAccounts, req, opts)
}

// UpdateCustomerRequest changes a customer's data. All names are inferred
// from the application; those of addresses are unpublished and go into Extra.
type UpdateCustomerRequest struct {
	CustomerID string           `json:"customerId,omitzero"`          // the issuer's id (CIF), 1-32 characters; required
	CustName   issuing.Personal `json:"custName,omitzero"`            // optional
	CustMobile issuing.Personal `json:"custMobile,omitzero"`          // E.164; optional
	CustEmail  issuing.Personal `json:"custEmail,omitzero"`           // optional
	Extra      Extra            `json:"extra,omitzero" wire:"inline"` // addresses, that of a delivery included
}

func (r UpdateCustomerRequest) validate(p *check.Problems) {
	p.Text("customerId", r.CustomerID, 32)
	p.OptionalText("custName", string(r.CustName), maxContact)
	p.OptionalText("custMobile", string(r.CustMobile), maxContact)
	p.OptionalText("custEmail", string(r.CustEmail), maxContact)
	if r.CustName == "" && r.CustMobile == "" && r.CustEmail == "" && len(r.Extra) == 0 {
		p.Add("custName, custMobile, custEmail, Extra", "needs at least one change")
	}
}

func (r UpdateCustomerRequest) facts(f *facts) { f.Detail("customerId", r.CustomerID) }

// Update (CustomerInfoUpdate, row 4) changes mobile number, e-mail and addresses. Its
// fields are inferred.
//
// Safety: once. Setting the same data again changes nothing more; on
// issuing.ErrOutcomeUnknown the caller may repeat it knowingly.
func (s *CustomerService) Update(
	ctx context.Context, req UpdateCustomerRequest, opts ...issuing.CallOption,
) (*Ack, error) {
	return call[Ack](ctx, s.c, opCustomerUpdate, req, opts)
}

// Link (CustomerLinkage) is named by a later edition of the API; its path and all its
// fields are unpublished (inferred to be a write).
//
// Safety: once. On issuing.ErrOutcomeUnknown no program can tell: list the customer's cards with
// [CustomerService.Cards].
func (s *CustomerService) Link(ctx context.Context, req OpenRequest, opts ...issuing.CallOption) (*Ack, error) {
	return call[Ack](ctx, s.c, opCustomerLinkage, req, opts)
}
