package worldcard

import (
	"context"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/provider"
)

// capability is what a row offers, and offering that of a concept; see [provider.Capability].
type capability = provider.Capability

var offering = provider.Offering

// Operations returns the operation table: what each method offers and when it is complete,
// what the pages limit, and how [Client.Settle] settles what stays open.
func Operations() []issuing.Operation { return provider.Operations(providerName, rows()) }

// Settle finds out what became of a write that ended in issuing.ErrOutcomeUnknown, or of
// which only the record of issuing.WithRecord is left: done, refused, absent or open. How,
// and what each proves, stands in the table of the package's page. It asks, and sends
// nothing again unless issuing.WithResend gives it the request.
//
// The error, of kind issuing.ErrInvalid, means that the pending cannot be read or an
// option does not fit it. A platform that cannot be asked leaves it open.
func (c *Client) Settle(
	ctx context.Context, pending issuing.Pending, opts ...issuing.SettleOption,
) (issuing.Settlement, error) {
	return c.core.Settle(ctx, c.settlers(), pending, opts)
}

// settlers are the functions behind the rows of writes.
func (c *Client) settlers() map[string]provider.Settler {
	cancel := func(ctx context.Context, id string, opts ...issuing.CallOption) (*CardStatus, error) {
		status, err := c.KYC.Cancel(ctx, id, opts...)
		if err != nil {
			return nil, err
		}
		return &status, nil
	}
	return provider.Settlers(rows(),
		provider.Failing(provider.Resend(settler(opVirtualApply, c.Virtual.applied), c.Virtual.Apply), failedCard),
		provider.Failing(provider.Resend(settler(opPhysicalApply, c.Physical.applied), c.Physical.Apply), failedCard),
		provider.Failing(provider.Resend(settler(opDeposit, c.Cards.deposited), c.Cards.Deposit), failedDeposit),
		provider.Resend(settler(opFreeze, toFrozen.look(c)), c.Cards.Freeze),
		provider.Resend(settler(opUnfreeze, toActive.look(c)), c.Cards.Unfreeze),
		provider.Resend(settler(opClose, toClosed.look(c)), c.Cards.Close),
		provider.Resend(settler(opPhysicalAssign, toAssigned.look(c)), c.Physical.Assign),
		provider.Resend(settler(opPhysicalActivate, toActivated.look(c)), c.Physical.Activate),
		provider.Resend(settler[struct{}](opPhysicalPIN, nil), provider.Silent(c.Physical.SetPIN)),
		provider.Resend(settler[CardStatus](opKYCCancel, nil), cancel),
	)
}

func settler[T any](o operation, look provider.Look[T]) provider.Settler {
	return provider.NewSettler(o.op(), look)
}

func failedCard(a *Application) bool { return a.Status == CardStatusFailed }
func failedDeposit(d *Deposit) bool  { return d.Status == DepositStatusFailed }

// rows is the table as the core knows it.
func rows() []provider.Op {
	var all []provider.Op
	for _, o := range table() {
		op := o.op()
		op.Capability = o.offers
		all = append(all, op)
	}
	return all
}
