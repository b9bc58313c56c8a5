package unionpay

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

// Facts tells what a record of the call holds. The payload is that of the request as it
// is: the one that is sent may have fields that are encrypted anew each time.
func (x *exchange) Facts(f *facts) {
	f.Payload, _ = codec.Marshal(x.in)
	if in, ok := x.in.(factual); ok {
		in.facts(f)
	}
}

// capability is what a row offers, and offering that of a concept; see [provider.Capability].
type capability = provider.Capability

var offering = provider.Offering

// Operations returns the operation table: what each method offers and when it is complete,
// what the pages limit, and how [Client.Settle] settles what stays open where the token inquiry has a path in Config.Paths. A
// client without one leaves token requests and updates to a person.
func Operations() []issuing.Operation {
	var rows []provider.Op
	for _, o := range table() {
		rows = append(rows, provider.Op{Name: o.name, Safety: o.safety, Settle: o.settle, Capability: o.offers})
	}
	return provider.WithKey(messageKey, provider.Operations(providerName, rows))
}

// Settle finds out what became of a write that ended in issuing.ErrOutcomeUnknown, or of
// which only the record of issuing.WithRecord is left: done, refused, absent or open. How,
// and what each proves, stands in the table of the package's page. The state of a token
// can be read only with issuing.WithReference, which gives its number: no pending holds
// it. It asks, and sends nothing again unless issuing.WithResend gives it the request.
//
// The error, of kind issuing.ErrInvalid, means that the pending cannot be read or an
// option does not fit it. A gateway that cannot be asked leaves it open.
func (c *Client) Settle(
	ctx context.Context, pending issuing.Pending, opts ...issuing.SettleOption,
) (issuing.Settlement, error) {
	return c.core.Settle(ctx, c.settlers(), pending, opts)
}

// settlers are the functions behind the rows of writes, as this client has them.
func (c *Client) settlers() map[string]provider.Settler {
	var rows []provider.Op
	for _, o := range table() {
		rows = append(rows, c.row(o))
	}
	own := []provider.Settler{
		provider.Resend(provider.NewSettler[Feedback](c.row(opATMFeedback), nil), c.ATMs.Feedback),
		provider.Resend(provider.NewSettler[KeyExchange](c.row(opKeyExchange), nil), c.Keys.Exchange),
		provider.Resend(provider.NewSettler[KeyInquiry](c.row(opKeyInquiry), nil), c.Keys.InquireExchange),
		provider.Resend(provider.NewSettler[KeyReset](c.row(opKeyReset), nil), c.Keys.ConfirmReset),
	}
	if row := c.row(opTokenRequest); row.Settle.By == issuing.SettledByKey {
		own = append(own, provider.NewSettler(row, c.Tokens.requested))
	}
	if row := c.row(opTokenUpdate); row.Settle.By == issuing.SettledByState {
		own = append(own, provider.Resend(provider.NewSettler(row, c.Tokens.moved).WithReference(), c.Tokens.UpdateState))
	}
	return provider.Settlers(rows, own...)
}
