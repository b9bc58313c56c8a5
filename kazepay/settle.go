package kazepay

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
func Operations() []issuing.Operation {
	return provider.WithKey(messageKey, provider.Operations(providerName, rows()))
}

// Settle finds out what became of a write that ended in issuing.ErrOutcomeUnknown, or of
// which only the record of issuing.WithRecord is left: done, refused, absent or open. How,
// and what each proves, stands in the table of the package's page. It only asks:
// issuing.WithResend sends nothing, because KazePay does not say that it recognises a
// repeat.
//
// issuing.WithReference gives the card number of a Physical.Assign and the user's email of
// a KYC.Submit, issuing.WithOthers the ids of a card's other top-ups for a Cards.Deposit.
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
	return provider.Settlers(rows(),
		provider.Failing(settler(opDeposit, c.Cards.deposited), failedDeposit),
		settler(opFreeze, toFrozen.look(c)),
		settler(opUnfreeze, toActive.look(c)),
		settler(opClose, toClosed.look(c)),
		settler(opActivate, toActivated.look(c)),
		settler(opAssign, c.Physical.assigned).WithReference(),
		settler(opSubmit, c.KYC.reviewed).WithReference(),
		settler(opSubmitInline, c.KYC.reviewed).WithReference(),
		settler(opSetURL, c.Webhooks.stored),
	)
}

func settler[T any](o operation, look provider.Look[T]) provider.Settler {
	return provider.NewSettler(o.op(), look)
}

func failedDeposit(d *Deposit) bool { return d.Status.failed() }

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
