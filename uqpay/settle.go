package uqpay

import (
	"context"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/provider"
)

// keyKept is how long the platform keeps an idempotency key.
const keyKept = 24 * time.Hour

// sameKey settles every keyed operation.
const sameKey = "the same request with the same key, within 24 hours, returns its result"

// again is the settling of a row by its key alone. The inquiries show a person what may
// have come of it later than that.
func again(inquiry ...string) provider.Settle {
	return provider.ByRepeat(sameKey, inquiry...).Within(keyKept)
}

// byState is the settling of a row whose effect the inquiries show.
func byState(inquiry ...string) provider.Settle {
	return provider.ByState(inquiry...).With(sameKey).Within(keyKept)
}

// How the open outcome of other rows is settled; see [provider.Settle].
var byNone, byNobody = provider.Nothing, provider.ByNobody

// facts is what a write says of itself for its record, and sought one that is looked up.
type (
	facts  = provider.Facts
	sought = provider.Sought
)

// factual is a request that tells what its look-up needs.
type factual interface{ facts(f *facts) }

// Facts tells what a record of the call holds. The content of an upload is not in it, so
// that Settle does not send one again.
func (x *exchange) Facts(f *facts) {
	f.Card = x.o.id
	f.Detail(detailOnBehalf, x.header.Get(headerOnBehalf))
	if x.file == nil {
		f.Payload = append([]byte(x.o.method+" "+x.o.path+"\n"), x.payload...)
	}
	if in, ok := x.in.(factual); ok {
		in.facts(f)
	}
}

// detailOnBehalf is the pending's detail of the connected account.
const detailOnBehalf = "on_behalf_of"

// capability is what a row offers, and offering that of a concept; see [provider.Capability].
type capability = provider.Capability

var offering = provider.Offering

// Operations returns the operation table: what each method offers and when it is complete,
// what the pages limit, and how [Client.Settle] settles what stays open.
func Operations() []issuing.Operation {
	return provider.WithKey(idempotencyKey, provider.Operations(providerName, rows()))
}

// Settle finds out what became of a write that ended in issuing.ErrOutcomeUnknown, or of
// which only the record of issuing.WithRecord is left: done, refused, absent or open. How,
// and what each proves, stands in the table of the package's page. It asks, and sends
// nothing again unless issuing.WithResend gives it the request: UQPAY publishes no inquiry
// by idempotency key, so that within 24 hours a repeat under the same key is what settles
// most of them. The request of Freeze, Unfreeze and Close is their [SetStatusRequest], that
// of a method which takes an id alone is the id.
//
// A pending whose detail "card_order_id" holds the id of the order, which a callback may
// have told since, is settled by [OrderService.Order] at any time.
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
	cards := c.Cards
	deposit := resendAt(settler(opCardDeposit, c.ordered), cards.Deposit)
	withdraw := resendAt(settler(opCardWithdraw, c.ordered), cards.Withdraw)
	return provider.Settlers(rows(),
		resend(settler[CardholderChange](opCardholderCreate, nil), c.Cardholders.Create),
		resendAt(settler[CardholderChange](opCardholderUpdate, nil), c.Cardholders.Update),
		resend(settler[CardOrder](opCardApply, nil), cards.Apply),
		resendAt(settler[CardOrder](opCardUpdate, nil), cards.Update),
		resendAt(settler(opCardStatus, c.moved), cards.SetStatus),
		provider.Failing(deposit, failed), provider.Failing(withdraw, failed),
		resendAt(settler[CardOrder](opCardElevate, nil), cards.ElevateLimit),
		resendAt(settler[Protection](opCardProtect, nil), cards.Protect),
		resend(settler[Protection](opCardRelease, nil), cards.Unprotect),
		resend(settler[CardOrder](opCardAssign, nil), cards.Assign),
		resend(settler(opCardActivate, c.activated), cards.Activate),
		resend(settler[PINResult](opCardPIN, nil), cards.SetPIN),
		resend(settler[PINResult](opCardOldPIN, nil), cards.ManagePIN),
		resend(settler[BulkReport](opCardBulk, nil), cards.Bulk),
		resend(settler(opArtDefault, c.chosen), c.Arts.SetDefault),
		resend(settler[Acknowledgement](opRefundRelease, nil), c.Transactions.ReleaseRefund),
		resend(settler[Transfer](opTransferCreate, nil), c.Transfers.Create),
		resend(settler[Report](opReportCreate, nil), c.Reports.Create),
		resend(settler[Transaction](opSimAuthorization, nil), c.Simulator.Authorize),
		resend(settler[Transaction](opSimReversal, nil), c.Simulator.Reverse),
		resend(settler[BalanceFunding](opSimFundBalance, nil), c.Simulator.FundBalance),
	)
}

func settler[T any](o operation, look provider.Look[T]) provider.Settler {
	return provider.NewSettler(o.op(), look)
}

// resend sends again by a method of which the request is all.
func resend[R, T any](s provider.Settler, method provider.Method[R, T]) provider.Settler {
	return provider.ResendAt(s, func(p issuing.Pending) (provider.Method[R, T], []issuing.CallOption) {
		return method, onBehalf(p)
	})
}

// resendAt sends again by a method that takes an id and a request.
func resendAt[R, T any](
	s provider.Settler, method func(context.Context, string, R, ...issuing.CallOption) (*T, error),
) provider.Settler {
	return provider.ResendAt(s, func(p issuing.Pending) (provider.Method[R, T], []issuing.CallOption) {
		at := func(ctx context.Context, request R, opts ...issuing.CallOption) (*T, error) {
			return method(ctx, p.Card, request, opts...)
		}
		return at, onBehalf(p)
	})
}

// onBehalf has a call act for the account that the pending was sent for.
func onBehalf(p issuing.Pending) []issuing.CallOption {
	return []issuing.CallOption{OnBehalfOf(p.Details[detailOnBehalf])}
}

// ordered looks a movement of money up by its order, where the pending has its id. An
// order's amount has no sign that a page gives.
func (c *Client) ordered(ctx context.Context, w sought) (*Order, error) {
	id := w.Details["card_order_id"]
	if id == "" {
		return nil, provider.ErrUntold
	}
	o, err := c.Orders.Order(ctx, id, onBehalf(w.Pending)...)
	if err != nil {
		return nil, err
	}
	if !(subject{card: w.Card, amount: w.Amount}).agrees(o.about()) {
		return nil, provider.ErrOther
	}
	return o, nil
}

func failed(o *Order) bool { return o.Status.Normal() == OrderStatusFailed }

// moved looks a card up that was to change its status. It changes some time after the
// answer, so that one which has not yet changed tells nothing.
func (c *Client) moved(ctx context.Context, w sought) (*CardOrder, error) {
	card, err := c.Cards.Card(ctx, w.Card, onBehalf(w.Pending)...)
	if err != nil {
		return nil, err
	}
	want := CardStatus(w.Details["card_status"])
	if card.Status != want && !(want == CardStatusCancelled && card.Status == CardStatusPreCancel) {
		return nil, provider.ErrUntold
	}
	return &CardOrder{CardID: card.ID, Status: OrderStatusSuccess, CardStatus: card.Status}, nil
}

// activated looks a card up that was to be activated.
func (c *Client) activated(ctx context.Context, w sought) (*Acknowledgement, error) {
	card, err := c.Cards.Card(ctx, w.Card, onBehalf(w.Pending)...)
	if err != nil {
		return nil, err
	}
	if card.Status != CardStatusActive {
		return nil, provider.ErrUntold
	}
	return &Acknowledgement{Status: RequestStatusSuccess}, nil
}

// chosen looks up which art is the default.
func (c *Client) chosen(ctx context.Context, w sought) (*DefaultArt, error) {
	arts, err := c.Arts.List(ctx, "", onBehalf(w.Pending)...)
	if err != nil {
		return nil, err
	}
	if arts.DefaultID != w.Details["card_art_id"] {
		return nil, provider.ErrUntold
	}
	return &DefaultArt{ID: arts.DefaultID}, nil
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
