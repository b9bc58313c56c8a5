package uqpay

import (
	"context"
	"fmt"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
)

// subject is what a request or an answer is about, as far as it says so. The platform's
// answers carry no request id: on a kept connection that delivers one twice, every later
// one is another call's, and only what it is about tells.
type subject struct {
	card   string         // id
	thing  string         // id of the order or cardholder that was asked for
	amount issuing.Amount // that is moved
	order  OrderType      // what the order does
}

// about is a request or a result that says what it is about.
type about interface{ about() subject }

var errOtherSubject = fmt.Errorf("%w: it is about another card, object, operation or amount", errAstray)

// agrees reports whether an answer may be the request's.
func (asked subject) agrees(answer subject) bool {
	same := func(a, b string) bool { return a == "" || b == "" || a == b }
	return same(asked.card, answer.card) && same(asked.thing, answer.thing) &&
		(asked.order == "" || !answer.order.Known() || asked.order == answer.order) &&
		(!asked.amount.IsSet() || !answer.amount.IsSet() || size(asked.amount).Equal(size(answer.amount)))
}

// size leaves the sign out: no page says whether a withdrawal's order has one.
func size(a issuing.Amount) issuing.Amount {
	if a.Sign() < 0 {
		return a.Neg()
	}
	return a
}

// asked returns what the call is about: what its path names, and its request.
func (x *exchange) asked() subject {
	var s subject
	if a, ok := x.in.(about); ok {
		s = a.about()
	}
	switch x.o.name {
	case opCardDeposit.name:
		s.order = OrderTypeCardRecharge
	case opCardWithdraw.name:
		s.order = OrderTypeCardWithdraw
	}
	switch {
	case strings.HasPrefix(x.o.path, "/v1/issuing/cards/{id}"):
		s.card = x.o.id
	case strings.Contains(x.o.path, "{"):
		s.thing = x.o.id
	}
	return s
}

// decode reads an answer's data and holds it against the request.
func (x *exchange) decode(_ context.Context, data []byte, out any) error {
	if err := decodeIn(x.c.cfg.Zone, data, out); err != nil {
		return err
	}
	if a, ok := out.(about); ok && !x.asked().agrees(a.about()) {
		return errOtherSubject
	}
	return nil
}

func (r AmountRequest) about() subject    { return subject{amount: r.Amount} }
func (r PINRequest) about() subject       { return subject{card: r.CardID} }
func (r ManagePINRequest) about() subject { return subject{card: r.CardID} }

func (c *Card) about() subject       { return subject{card: c.ID} }
func (o *CardOrder) about() subject  { return subject{card: o.CardID} }
func (r *Protection) about() subject { return subject{card: r.CardID} }
func (r *PINResult) about() subject  { return subject{card: r.CardID} }
func (o *Order) about() subject {
	return subject{card: o.CardID, thing: o.ID, amount: o.Amount, order: o.Type}
}
func (c *Cardholder) about() subject       { return subject{thing: c.ID} }
func (c *CardholderChange) about() subject { return subject{thing: c.ID} }
