package coshine

import (
	"context"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/provider"
)

// facts is what a write says of itself for its record, and sought one that is looked up.
type (
	facts  = provider.Facts
	sought = provider.Sought
)

// factual is a request that tells what its look-up needs.
type factual interface{ facts(f *facts) }

// Facts tells what a record of the call holds: on whose behalf it was sent, and what the
// request tells.
func (x *exchange) Facts(f *facts) {
	f.Payload = x.body
	x.header.facts(f)
	if x.o.api == "" {
		f.Detail("path", x.path) // of Do, for a person
	}
	if in, ok := x.in.(factual); ok {
		in.facts(f)
	}
}

// capability is what a row offers, and offering that of a concept; see [provider.Capability].
type capability = provider.Capability

var offering = provider.Offering

// Operations returns the operation table: what each method offers and when it is complete,
// what the pages limit, and how [Client.Settle] settles what stays open. Inquiries and histories tell only where their paths are
// configured.
func Operations() []issuing.Operation {
	return provider.WithKey(messageKey, provider.Operations(providerName, rows()))
}

// Settle finds out what became of a write that ended in issuing.ErrOutcomeUnknown, or of
// which only the record of issuing.WithRecord is left: done, refused, absent or open. How,
// and what each proves, stands in the table of the package's page. It asks on behalf of
// the participant, branch and channel of the write, and never sends anything again:
// Coshine does not publish that it recognises a repeat.
//
// The error, of kind issuing.ErrInvalid, means that the pending cannot be read or an
// option does not fit it. A platform that cannot be asked leaves it open, and so does an
// inquiry without a path.
func (c *Client) Settle(
	ctx context.Context, pending issuing.Pending, opts ...issuing.SettleOption,
) (issuing.Settlement, error) {
	return c.core.Settle(ctx, c.settlers(), pending, opts)
}

// settlers are the functions behind the rows of writes.
func (c *Client) settlers() map[string]provider.Settler {
	own := []provider.Settler{
		settler(opCardApplication, c.applied),
		settler(opCardActivation, c.changed(activated)),
		settler(opCardCancel, c.changed(closed)),
		settler(opCardStatus, c.changed(optioned)),
		settler(opExpiryUpdate, c.changed(expires)),
	}
	for _, o := range table() {
		if o.settle.By == issuing.SettledByHistory && o.name != opCardApplication.name {
			own = append(own, provider.Failing(settler(o, c.listed(o.settle.Inquiry)), failed))
		}
	}
	return provider.Settlers(rows(), own...)
}

func settler[T any](o operation, look provider.Look[T]) provider.Settler {
	return provider.NewSettler(o.op(), look)
}

// failed reports a transaction that is listed with the code of a refusal.
func failed(t *Transaction) bool { return t.ResponseCode != "" && t.ResponseCode != CodeSuccess }

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
