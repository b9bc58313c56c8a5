package coshine

import (
	"context"

	issuing "github.com/issuing-sdk/issuing-go"
)

// AccountService links and changes accounts.
type AccountService struct{ c *Client }

// AccountLinkage (row 5, AcctLinkage in the public reference) ties a card to an
// account. The card's name is inferred; that of the account is unpublished and
// goes into Extra.
//
// Safety: once. On issuing.ErrOutcomeUnknown read the customer's accounts with
// [CustomerService.CustomerAccountInfoInquiry].
func (s *AccountService) AccountLinkage(ctx context.Context, req CardRequest, opts ...issuing.CallOption) (*Ack, error) {
	return call[Ack](ctx, s.c, opAccountLinkage, req, opts)
}

// AccountStatusUpdate (row 6) blocks, closes or otherwise changes an account.
// Its path is inferred and its fields are unpublished.
//
// Safety: once. On issuing.ErrOutcomeUnknown read the customer's accounts with
// [CustomerService.CustomerAccountInfoInquiry].
func (s *AccountService) AccountStatusUpdate(ctx context.Context, req OpenRequest, opts ...issuing.CallOption) (*Ack, error) {
	return call[Ack](ctx, s.c, opAccountStatus, req, opts)
}
