package legacytest

import (
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/ledger"
	"github.com/issuing-sdk/issuing-go/legacy"
)

// order is what top-ups, applications and remittances have in common.
type order struct {
	orderNo, merOrderNo string
	notifyURL           string
	status              legacy.OrderStatus
	created, completed  time.Time
	reason              string
	currency            issuing.Currency
	charge              issuing.Amount // held on the order while it is processed
}

// account holds the money of an order that is under way.
func (o *order) account() ledger.Account {
	return ledger.Account{Kind: "order", Owner: o.orderNo, Currency: o.currency}
}

// expected is what the account has to hold.
func (o *order) expected() issuing.Amount {
	if o.status == legacy.OrderStatusProcessing && !o.charge.IsZero() {
		return o.charge
	}
	return issuing.NewAmount(0, 2)
}

// entry is an order of some kind.
type entry interface {
	base() *order
	fields() map[string]any // in answers to queries
}

// base lets generic code reach what all kinds have in common.
func (o *order) base() *order { return o }

// orders keeps the orders of one kind under both numbers.
type orders[T entry] struct {
	byMer, byNo map[string]T
	list        []T
}

func newOrders[T entry]() orders[T] {
	return orders[T]{byMer: map[string]T{}, byNo: map[string]T{}}
}

func (o *orders[T]) add(item T) {
	b := item.base()
	o.byMer[b.merOrderNo], o.byNo[b.orderNo] = item, item
	o.list = append(o.list, item)
}

// fresh returns a problem of the message when a request's merOrderNo was used before.
func (o *orders[T]) fresh(f fields, message string) *problem {
	if _, used := o.byMer[f.Text("merOrderNo")]; used {
		return &problem{code: legacy.CodeDuplicateOrder, message: message}
	}
	return nil
}

// query answers a query: with orderNo only that is used.
func (o *orders[T]) query(f fields) (any, *problem) {
	item, ok := o.byMer[f.Text("merOrderNo")]
	if f.Text("orderNo") != "" {
		item, ok = o.byNo[f.Text("orderNo")]
	} else if f.Text("merOrderNo") == "" {
		return nil, bad("orderNo or merOrderNo is required")
	}
	if !ok {
		return nil, &problem{code: legacy.CodeOrderNotFound, message: "订单不存在"}
	}
	return item.fields(), nil
}

// listOf returns what show makes of the orders of one kind, in the order in which
// they were accepted.
func listOf[T entry, V any](s *Server, o *orders[T], show func(T) V) []V {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]V, len(o.list))
	for i, item := range o.list {
		out[i] = show(item)
	}
	return out
}

// newOrder makes the common part of an accepted order and freezes its charge; a
// charge of nothing freezes nothing.
func (s *Server) newOrder(f fields, currency issuing.Currency, charge issuing.Amount) (*order, *problem) {
	o := &order{
		orderNo: s.nextNo(), merOrderNo: f.Text("merOrderNo"), notifyURL: f.Text("notifyUrl"),
		status: legacy.OrderStatusProcessing, created: s.now(), currency: currency, charge: charge,
	}
	if charge.Sign() > 0 && s.book.Transfer(reserve(currency), o.account(), charge, o.orderNo) != nil {
		return nil, &problem{code: legacy.CodeInsufficientReserve, message: "储备金余额不足"}
	}
	s.all = append(s.all, o)
	return o, nil
}

// end finishes an order and moves its money to where it belongs: back to the
// reserve when there is a reason to fail.
func (s *Server) end(o *order, to ledger.Account, reason string) {
	o.status, o.reason, o.completed = legacy.OrderStatusSuccess, reason, s.now()
	if reason != "" {
		o.status, to = legacy.OrderStatusFailed, reserve(o.currency)
	}
	if o.charge.Sign() > 0 {
		_ = s.book.Transfer(o.account(), to, o.charge, o.orderNo)
	}
}

// fields are the common fields of an order in answers.
func (o *order) fields() map[string]any {
	return map[string]any{
		"merOrderNo": o.merOrderNo, "orderNo": o.orderNo, "status": int(o.status), "ext": "",
		"createTime": stamp(o.created), "completeTime": stamp(o.completed),
	}
}

// orderTime is how callbacks of orders write times.
const orderTime = "20060102150405"

// notice are the common fields of an order in callbacks, which write times
// without separators.
func (o *order) notice() map[string]any {
	out := map[string]any{
		"merOrderNo": o.merOrderNo, "orderNo": o.orderNo, "status": int(o.status),
		"createTime": o.created.Format(orderTime), "completeTime": o.completed.Format(orderTime),
	}
	if o.reason != "" {
		out["failReason"] = o.reason
	}
	return out
}

// deposit is one top-up.
type deposit struct {
	*order
	card           *card
	amount, settle issuing.Amount
	ext            string
}

// Least top-ups of the change log of 2025-06-30.
var (
	minPhysical = issuing.NewAmount(200, 0)
	minVirtual  = issuing.NewAmount(20, 0)
)

// What every order takes, a query for one, and a top-up.
var (
	orderRules = rules{{mandatory, textForm, "merOrderNo"}, {optional, addressForm, "notifyUrl"}}
	queryRules = rules{{optional, textForm, "orderNo merOrderNo"}}
	topUpRules = orderRules.with(cardRules...).with(
		rule{mandatory, amountForm, "amount"},
		rule{optional, textForm, "ext"})
)

func (s *Server) topUp(f fields) (any, *problem) {
	if failed := s.deposits.fresh(f, "订单重复提交"); failed != nil {
		return nil, failed
	}
	c := s.card(f.Text("cardNumber"))
	if c == nil || c.foreign || c.closed() {
		return nil, bad("cardNumber does not name a usable card")
	}
	amount := readAmount(f, "amount")
	least := minPhysical
	if c.virtual() {
		least = minVirtual
	}
	if amount.Cmp(least) < 0 {
		return nil, bad("amount is below the minimum")
	}
	settle := truncate(amount, 2)
	o, failed := s.newOrder(f, c.currency, settle)
	if failed != nil {
		return nil, failed
	}
	d := &deposit{order: o, card: c, amount: amount, settle: settle, ext: f.Text("ext")}
	s.deposits.add(d)
	s.later(func() { s.finishDeposit(d) })
	answer := d.fields()
	delete(answer, "amount")
	return answer, nil
}

// truncate cuts an amount after as many decimals, all of which it has then.
func truncate(a issuing.Amount, decimals int) issuing.Amount {
	text := a.String()
	cut, _ := issuing.ParseAmount(text[:len(text)-max(a.Scale()-decimals, 0)])
	cut, _ = cut.Rescale(decimals)
	return cut
}

func (s *Server) finishDeposit(d *deposit) {
	reason, _ := s.failures.Take(opDeposit)
	if reason == "" && d.card.closed() {
		reason = "card is closed"
	}
	s.end(d.order, d.card.account, reason)
	notice := d.notice()
	notice["settleAmount"], notice["ext"] = d.settle.String(), d.ext
	s.push(legacy.EventCardDeposited, d.notifyURL, topUpRetries, notice)
	if reason == "" {
		s.announce(d.card, s.record(d.card, recordTopUp, d.settle, "top-up "+d.orderNo))
	}
}

func (d *deposit) fields() map[string]any {
	out := d.order.fields()
	out["cardNumber"], out["ext"] = d.card.id, d.ext
	out["amount"], out["settleAmount"] = d.amount.String(), d.settle.String()
	return out
}

func (s *Server) topUpQuery(f fields) (any, *problem) { return s.deposits.query(f) }

// Deposits returns all top-ups in the order in which they were accepted.
func (s *Server) Deposits() []legacy.Deposit {
	return listOf(s, &s.deposits, func(d *deposit) legacy.Deposit {
		return legacy.Deposit{
			MerOrderNo: d.merOrderNo, OrderNo: d.orderNo, CardNumber: issuing.NewSecret(d.card.id), Amount: d.amount,
			SettleAmount: d.settle, Status: d.status, CreateTime: d.created, CompleteTime: d.completed, Ext: d.ext,
		}
	})
}
