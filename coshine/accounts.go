package coshine

import (
	"context"

	issuing "github.com/issuing-sdk/issuing-go"
)

// AccountService links and changes accounts.
type AccountService struct{ c *Client }

// Link (AccountLinkage, row 5, AcctLinkage in the public reference) ties a card to an
// account. The card's name is inferred; that of the account is unpublished and
// goes into Extra.
//
// Safety: once. On issuing.ErrOutcomeUnknown no program can tell: read the customer's accounts with
// [CustomerService.Accounts].
func (s *AccountService) Link(ctx context.Context, req CardRequest, opts ...issuing.CallOption) (*Ack, error) {
	return call[Ack](ctx, s.c, opAccountLinkage, req, opts)
}

// SetStatus (AccountStatusUpdate, row 6) blocks, closes or otherwise changes an account.
// Its path is inferred and its fields are unpublished.
//
// Safety: once. On issuing.ErrOutcomeUnknown no program can tell: read the customer's accounts with
// [CustomerService.Accounts].
func (s *AccountService) SetStatus(ctx context.Context, req OpenRequest, opts ...issuing.CallOption) (*Ack, error) {
	return call[Ack](ctx, s.c, opAccountStatus, req, opts)
}
