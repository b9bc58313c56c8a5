package uqpay

import (
	"context"
	"iter"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// AccountService lists the master's connected accounts. Its calls are always the
// master's own, whatever [OnBehalfOf] says.
type AccountService struct{ c *Client }

// Account is a connected account.
type Account struct {
	ID                 string             `json:"account_id"`          // given to [OnBehalfOf] and transfers
	ShortID            string             `json:"short_reference_id"`  // for people and support
	BusinessCodes      []BusinessCode     `json:"business_code"`       // what it can do; issuing needs ISSUING
	Email              issuing.Personal   `json:"email"`               // of the account
	Name               string             `json:"account_name"`        // of the account
	Status             string             `json:"status"`              // open set, such as PROCESSING and ACTIVE
	VerificationStatus VerificationStatus `json:"verification_status"` // of the account
	Country            string             `json:"country"`             // where it is
	EntityType         EntityType         `json:"entity_type"`         // company or person
	Contact            Contact            `json:"contact_details"`     // how to reach it
	Business           map[string]any     `json:"business_details"`    // as sent; numbers are json.Number
	ReviewReason       string             `json:"review_reason"`       // why it was returned or rejected; in details only

	// What only onboarding needs and only details have, as JSON; empty when not sent.
	RegistrationAddress issuing.Personal `json:"registration_address" wire:"json"` // of a company
	BusinessAddress     issuing.Personal `json:"business_address" wire:"json"`     // of a company; an array
	Representatives     issuing.Personal `json:"representatives" wire:"json"`      // of a company; an array
	Person              issuing.Personal `json:"person_details" wire:"json"`       // of an individual
	ResidentialAddress  issuing.Personal `json:"residential_address" wire:"json"`  // of an individual
}

// Contact is how to reach an account.
type Contact struct {
	Email issuing.Personal `json:"email"` // may be empty
	Phone issuing.Personal `json:"phone"` // may be empty
}

func (a *Account) incomplete() bool { return a.ID == "" || unusable(a.ID) }

// List returns one page of connected accounts.
//
// Safety: read.
func (s *AccountService) List(ctx context.Context, req Paging, opts ...issuing.CallOption) (*Page[Account], error) {
	return call[Page[Account]](ctx, s.c, opAccounts, req, opts)
}

// All iterates over connected accounts, from the request's page on, each
// once. What leaves the list meanwhile can have others missed.
func (s *AccountService) All(ctx context.Context, req Paging, opts ...issuing.CallOption) iter.Seq2[*Account, error] {
	return all[Account](ctx, s.c, opAccounts, req, opts)
}

type accountRequest struct {
	BusinessCode BusinessCode `json:"business_code,omitzero"`
}

func (r accountRequest) validate(p *check.Problems) {
	choice(p, "business_code", r.BusinessCode, optional)
}

// Account reads a connected account as a business line sees it. An empty line is
// the platform's default, which is BANKING.
//
// Safety: read.
func (s *AccountService) Account(
	ctx context.Context, accountID string, line BusinessCode, opts ...issuing.CallOption,
) (*Account, error) {
	return call[Account](ctx, s.c, opAccount.at(accountID), accountRequest{line}, opts)
}
