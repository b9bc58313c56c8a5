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

// base lets generic code reach the common part.
func (o *order) base() *order { return o }

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

// orders keeps the orders of one kind under both numbers.
type orders[T interface{ base() *order }] struct {
	byMer, byNo map[string]T
	list        []T
}

func newOrders[T interface{ base() *order }]() orders[T] {
	return orders[T]{byMer: map[string]T{}, byNo: map[string]T{}}
}

func (o *orders[T]) add(item T) {
	b := item.base()
	o.byMer[b.merOrderNo], o.byNo[b.orderNo] = item, item
	o.list = append(o.list, item)
}

// find answers a query: with orderNo only that is used.
func (o *orders[T]) find(f fields) (item T, failed *problem) {
	var ok bool
	switch {
	case f.text("orderNo") != "":
		item, ok = o.byNo[f.text("orderNo")]
	case f.text("merOrderNo") != "":
		item, ok = o.byMer[f.text("merOrderNo")]
	default:
		return item, &problem{legacy.CodeInvalidParameters, "orderNo or merOrderNo is required"}
	}
	if !ok {
		return item, &problem{legacy.CodeOrderNotFound, "订单不存在"}
	}
	return item, nil
}

// held lists all orders.
func (s *Server) held() []*order {
	var out []*order
	for _, d := range s.deposits.list {
		out = append(out, &d.order)
	}
	for _, a := range s.applications.list {
		out = append(out, &a.order)
	}
	for _, t := range s.transfers.list {
		out = append(out, &t.order)
	}
	return out
}

// newOrder makes the common part of an accepted order and freezes its charge; a
// charge of nothing freezes nothing.
func (s *Server) newOrder(f fields, currency issuing.Currency, charge issuing.Amount) (order, *problem) {
	o := order{
		orderNo: s.nextNo(), merOrderNo: f.text("merOrderNo"), notifyURL: f.text("notifyUrl"),
		status: legacy.OrderStatusProcessing, created: s.now(), currency: currency, charge: charge,
	}
	if charge.Sign() > 0 && s.book.Transfer(reserve(currency), o.account(), charge, o.orderNo) != nil {
		return order{}, &problem{legacy.CodeInsufficientReserve, "储备金余额不足"}
	}
	return o, nil
}

// release gives a failed order's money back.
func (s *Server) release(o *order, reason string) {
	if o.charge.Sign() > 0 {
		_ = s.book.Transfer(o.account(), reserve(o.currency), o.charge, o.orderNo)
	}
	o.status, o.reason, o.completed = legacy.OrderStatusFailed, reason, s.now()
}

// succeed moves a finished order's money to where it belongs.
func (s *Server) succeed(o *order, to ledger.Account) {
	if o.charge.Sign() > 0 {
		_ = s.book.Transfer(o.account(), to, o.charge, o.orderNo)
	}
	o.status, o.completed = legacy.OrderStatusSuccess, s.now()
}

// fields are the common fields of an order in answers.
func (o *order) fields() map[string]any {
	return map[string]any{
		"merOrderNo": o.merOrderNo, "orderNo": o.orderNo, "status": int(o.status), "ext": "",
		"createTime": stamp(o.created), "completeTime": stamp(o.completed),
	}
}

// notice are the common fields of an order in callbacks, which write times
// without separators.
func (o *order) notice() map[string]any {
	const layout = "20060102150405"
	out := map[string]any{
		"merOrderNo": o.merOrderNo, "orderNo": o.orderNo, "status": int(o.status),
		"createTime": o.created.In(zone).Format(layout), "completeTime": o.completed.In(zone).Format(layout),
	}
	if o.reason != "" {
		out["failReason"] = o.reason
	}
	return out
}

// deposit is one top-up.
type deposit struct {
	order
	card           *card
	amount, settle issuing.Amount
	ext            string
}

// Least top-ups of the change log of 2025-06-30.
const (
	minPhysical = 200
	minVirtual  = 20
)

func (s *Server) topUp(f fields) (any, *problem) {
	if failed := f.require("merOrderNo", "cardNumber", "amount"); failed != nil {
		return nil, failed
	}
	if s.deposits.byMer[f.text("merOrderNo")] != nil {
		return fail(legacy.CodeDuplicateOrder, "订单重复提交")
	}
	c := s.cards[f.text("cardNumber")]
	if c == nil || c.foreign || c.closed() {
		return invalid("cardNumber does not name a usable card")
	}
	amount, ok := f.amount("amount")
	least := minPhysical
	if c.virtual() {
		least = minVirtual
	}
	if !ok || amount.Cmp(issuing.NewAmount(int64(least), 0)) < 0 {
		return invalid("amount is below the minimum")
	}
	settle := truncate(amount, 2)
	o, failed := s.newOrder(f, c.currency, settle)
	if failed != nil {
		return nil, failed
	}
	d := &deposit{order: o, card: c, amount: amount, settle: settle, ext: f.text("ext")}
	s.deposits.add(d)
	s.clock.After(s.cfg.Delay, func() { s.finishDeposit(d) })
	answer := d.fields()
	delete(answer, "amount")
	return answer, nil
}

// truncate cuts an amount after scale decimals.
func truncate(a issuing.Amount, scale int) issuing.Amount {
	text := a.String()
	if extra := a.Scale() - scale; extra > 0 {
		text = text[:len(text)-extra]
	}
	cut, err := issuing.ParseAmount(text)
	if err != nil {
		return a
	}
	if out, err := cut.Rescale(scale); err == nil {
		return out
	}
	return cut
}

func (s *Server) finishDeposit(d *deposit) {
	s.mu.Lock()
	defer s.mu.Unlock()
	reason := s.takeFailure(failDeposit)
	if reason == "" && d.card.closed() {
		reason = "card is closed"
	}
	if reason != "" {
		s.release(&d.order, reason)
	} else {
		s.succeed(&d.order, d.card.account())
		d.card.record(s, recordTopUp, d.settle, "top-up "+d.orderNo, "")
	}
	notice := d.notice()
	notice["settleAmount"], notice["ext"] = d.settle.String(), d.ext
	s.push(legacy.NotifyDeposit, d.notifyURL, topUpRetries, notice)
	if reason == "" {
		s.announce(d.card, d.card.records[len(d.card.records)-1])
	}
}

func (d *deposit) fields() map[string]any {
	out := d.order.fields()
	out["cardNumber"], out["amount"], out["settleAmount"], out["ext"] = d.card.id, d.amount.String(), d.settle.String(), d.ext
	return out
}

func (s *Server) topUpQuery(f fields) (any, *problem) {
	d, failed := s.deposits.find(f)
	if failed != nil {
		return nil, failed
	}
	return d.fields(), nil
}

// Deposits returns all top-ups in the order in which they were accepted.
func (s *Server) Deposits() []legacy.Deposit {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]legacy.Deposit, len(s.deposits.list))
	for i, d := range s.deposits.list {
		out[i] = legacy.Deposit{
			MerOrderNo: d.merOrderNo, OrderNo: d.orderNo, CardNumber: issuing.NewSecret(d.card.id), Amount: d.amount,
			SettleAmount: d.settle, Status: d.status, CreateTime: d.created, CompleteTime: d.completed, Ext: d.ext,
		}
	}
	return out
}
