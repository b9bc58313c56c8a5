package legacy

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
// and what each proves, stands in the table of the package's page. Cards are named by their
// numbers, which no pending holds: an operation that a card's state settles wants
// issuing.WithReference with the number. Settle asks, and sends nothing again unless
// issuing.WithResend gives it the request.
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
	deposit := provider.Resend(settler(opDeposit, c.Cards.deposited()), c.Cards.Deposit)
	transfer := provider.Resend(settler(opTransfer, c.Transfers.placed()), c.Transfers.Create)
	limits := provider.Resend(settler(opMasterELimits, c.MasterE.limited), c.MasterE.SetDailyLimits)
	document := settler[struct{}](opVirtualPDocument, nil)
	return provider.Settlers(rows(),
		provider.Failing(deposit, func(d *Deposit) bool { return d.Status == OrderStatusFailed }),
		provider.Failing(transfer, func(t *Transfer) bool { return t.Status == OrderStatusFailed }),
		c.application(opApplyMasterE), c.application(opApplyVisaH), c.application(opApplyVirtualL),
		c.application(opApplyVirtualP),
		limits.WithReference(),
		provider.Resend(document, provider.Silent(c.VirtualP.UploadDocument)),
		change(toMasterEFrozen.op, c.MasterE.moved(toMasterEFrozen), c.MasterE.Freeze),
		change(toMasterEActive.op, c.MasterE.moved(toMasterEActive), c.MasterE.Unfreeze),
		change(opVisaHFreeze, moved[visaHState](c, c.cfg.visaHFreeze(), opVisaHCard), c.VisaH.Freeze),
		change(opVisaHUnfreeze, moved[visaHState](c, c.cfg.visaHUnfreeze(), opVisaHCard), c.VisaH.Unfreeze),
		change(opVirtualLFreeze, moved[virtualLState](c, toVirtualLFrozen, opVirtualLCard), c.VirtualL.Freeze),
		change(opVirtualLUnfreeze, moved[virtualLState](c, toVirtualLActive, opVirtualLCard), c.VirtualL.Unfreeze),
		change(opVirtualLClose, moved[virtualLState](c, toVirtualLClosed, opVirtualLCard), nil),
		change(opVirtualPFreeze, moved[virtualPState](c, toVirtualPFrozen, opVirtualPCard), c.VirtualP.Freeze),
		change(opVirtualPUnfreeze, moved[virtualPState](c, toVirtualPActive, opVirtualPCard), c.VirtualP.Unfreeze),
		change(opVirtualPClose, moved[virtualPState](c, toVirtualPClosed, opVirtualPCard), nil),
	)
}

func settler[T any](o operation, look provider.Look[T]) provider.Settler {
	return provider.NewSettler(o.op(), look)
}

// application is the settler of an application, which is never sent again.
func (c *Client) application(o operation) provider.Settler {
	return provider.Failing(settler(o, c.Applications.applied()),
		func(a *Application) bool { return a.Status == OrderStatusFailed })
}

// change is the settler of an operation that moves a card. Without a method it is never
// sent again.
func change[T any](o operation, look func(context.Context, sought) (*T, error),
	again provider.Method[issuing.Secret, CardChange],
) provider.Settler {
	s := settler(o, changed(look)).WithReference()
	if again != nil {
		s = provider.Resend(s, again)
	}
	return s
}

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
