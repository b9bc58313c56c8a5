package uqpaytest

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/ledger"
	"github.com/issuing-sdk/issuing-go/uqpay"
)

// newOrder stores an order that has just been received.
func (s *Server) newOrder(c *call, n *card, typ uqpay.OrderType, amount issuing.Amount) *order {
	now := s.now()
	o := &order{op: c.op, owned: owned{n.account}, Order: uqpay.Order{
		ID: s.ids.UUID(), CardID: n.ID, Type: typ, Amount: amount, Currency: n.Currency,
		CreateTime: now, UpdateTime: now, Status: uqpay.OrderStatusPending,
	}}
	s.orders.add(o.ID, o)
	return o
}

// fund takes an order's money from an account; refused when it does not cover
// it, and the order has failed then.
func (s *Server) fund(from ledger.Account, o *order, kind uqpay.LedgerType) *refusal {
	switch err := s.move(from, pending(o.ID, o.Currency), o.Amount, "order "+o.ID, kind); {
	case err == nil:
		return nil
	case !errors.Is(err, ledger.ErrInsufficient):
		return failure()
	}
	s.end(o, badly)
	if from.Kind == "card" {
		return cardError("insufficient balance")
	}
	return accountError("insufficient balance")
}

// release gives an order's money to an account.
func (s *Server) release(o *order, to ledger.Account, kind uqpay.LedgerType) {
	account := pending(o.ID, o.Currency)
	if held := s.book.Balance(account); held.Sign() > 0 {
		_ = s.move(account, to, held, "order "+o.ID, kind)
	}
}

// ended is how an order ends.
type ended bool

const (
	well  ended = true
	badly ended = false
)

// end finishes an order.
func (s *Server) end(o *order, how ended) {
	now := s.now()
	o.UpdateTime, o.CompleteTime, o.Status = now, now, uqpay.OrderStatusSuccess
	if how == badly {
		o.Status = uqpay.OrderStatusFailed
	}
}

// failing reports whether the order that an operation placed is to fail.
func (s *Server) failing(op string) bool {
	_, fails := s.failures.Take(op)
	return fails
}

// outcomes are the events of the two ends of an order.
type outcomes struct{ well, badly string }

// finish ends an order when the delay has passed: well, unless it is to fail.
// Its event has the data that then returns.
func (s *Server) finish(o *order, events outcomes, then func(how ended) map[string]any) {
	s.later(func() {
		event, how := events.well, well
		if s.failing(o.op) {
			event, how = events.badly, badly
		}
		s.end(o, how)
		s.push(event, o.ID, then(how))
	})
}

func orderAnswer(o *order) map[string]any {
	return map[string]any{"card_id": o.CardID, "card_order_id": o.ID, "order_status": o.Status}
}

func showOrder(o *order) map[string]any {
	m := map[string]any{
		"card_id": o.CardID, "card_order_id": o.ID, "order_type": o.Type, "create_time": stamp(o.CreateTime),
		"update_time": stamp(o.UpdateTime), "complete_time": stamp(o.CompleteTime), "order_status": o.Status,
	}
	if o.Type != uqpay.OrderTypePINManagement {
		m["amount"], m["card_currency"] = zero(o.Amount), o.Currency
	}
	set(m, "failure_code", o.FailureCode)
	return m
}

func getOrder(_ *Server, _ *call, o *order) (any, *refusal) { return showOrder(o), nil }

func rechargeCard(s *Server, c *call, n *card) (any, *refusal) {
	return changeBalance(s, c, n, balanceChange{
		typ: uqpay.OrderTypeCardRecharge, kind: uqpay.LedgerTypeCardRecharge,
		from: issuingAccount(n.account, n.Currency), to: n.money(),
		events: outcomes{well: uqpay.EventCardDepositSucceeded, badly: uqpay.EventCardDepositFailed},
	})
}

func withdrawCard(s *Server, c *call, n *card) (any, *refusal) {
	return changeBalance(s, c, n, balanceChange{
		typ: uqpay.OrderTypeCardWithdraw, kind: uqpay.LedgerTypeCardWithdraw,
		from: n.money(), to: issuingAccount(n.account, n.Currency),
		events: outcomes{well: uqpay.EventCardWithdrawSucceeded, badly: uqpay.EventCardWithdrawFailed},
	})
}

// balanceChange is what tells a recharge and a withdrawal apart.
type balanceChange struct {
	typ      uqpay.OrderType
	kind     uqpay.LedgerType
	from, to ledger.Account
	events   outcomes
}

// changeBalance moves money between the issuing balance and a card, by way of
// the order.
func changeBalance(s *Server, c *call, n *card, change balanceChange) (any, *refusal) {
	c.require("amount")
	amount := c.amount("amount")
	switch {
	case *c.wrong != "":
		return nil, c.refused()
	case n.Mode != uqpay.ModeSingle:
		return nil, cardError("the card draws on the issuing balance")
	case n.Status != uqpay.CardStatusActive && n.Status != uqpay.CardStatusFrozen:
		return nil, cardError("the card's status does not allow this")
	}
	o := s.newOrder(c, n, change.typ, amount)
	if bad := s.fund(change.from, o, change.kind); bad != nil {
		return nil, bad
	}
	s.finish(o, change.events, func(how ended) map[string]any {
		to := change.to
		if how == badly {
			to = change.from
		}
		s.release(o, to, change.kind)
		return map[string]any{
			"amount": trimmed(o.Amount), "card_available_balance": trimmed(s.available(n)), "card_currency": n.Currency,
			"card_id": n.ID, "card_status": n.Status, "complete_time": stamp(o.CompleteTime), "order_status": o.Status,
			"update_time": stamp(o.UpdateTime),
		}
	})
	return showOrder(o), nil
}

func elevateLimit(s *Server, c *call, n *card) (any, *refusal) {
	begun := s.now()
	c.require("limit_amount")
	amount := c.amount("limit_amount")
	days := cmp.Or(c.number("duration_in_days"), 7)
	if amount.Cmp(capIn(n.Currency, 100000, 80000)) > 0 {
		c.problem("limit_amount", "is above the cap")
	}
	for _, name := range []string{"currency", "intent", "reason"} {
		if c.Has(name) {
			c.problem(name, "is not accepted")
		}
	}
	if bad := c.refused(); bad != nil {
		return nil, bad
	}
	if n.Status != uqpay.CardStatusActive || begun.Before(n.elevatedTo) {
		return nil, cardError("the card is not active or its limit is elevated already")
	}
	n.elevated, n.elevatedTo = amount, begun.Add(time.Duration(days)*24*time.Hour)
	o := s.newOrder(c, n, "ELEVATE_LIMIT", amount)
	s.later(func() {
		event, good := uqpay.EventCardElevateLimitSucceeded, !s.failing(o.op)
		if s.end(o, ended(good)); !good {
			event, n.elevatedTo = uqpay.EventCardElevateLimitFailed, time.Time{}
		}
		s.push(event, n.ID, map[string]any{
			"card_id": n.ID, "per_transaction_limit": bareNumber(amount), "currency": n.Currency,
			"expires_at": stamp(n.elevatedTo), "created_at": stamp(begun),
		})
	})
	return orderAnswer(o), nil
}

// definitions are the actions of network protection in words.
var definitions = map[uqpay.ProtectionAction]string{
	uqpay.ProtectionActionPickUp: "Pick up card", uqpay.ProtectionActionLost: "Lost card, pickup",
	uqpay.ProtectionActionStolen: "Stolen card, pickup", uqpay.ProtectionActionClosed: "Closed account",
	uqpay.ProtectionActionExpired: "Expired card",
}

func protectCard(s *Server, c *call, n *card) (any, *refusal) {
	c.require("risk_control", "action_code")
	c.word("risk_control", "network_protection")
	action := uqpay.ProtectionAction(c.word("action_code", "04", "41", "43", "46", "54"))
	return s.changeProtection(c, n, protectionChange{
		from: []uqpay.ProtectionStatus{"", uqpay.ProtectionStatusNotEnrolled},
		over: uqpay.ProtectionStatusEnrollPending, to: uqpay.ProtectionStatusEnrolled,
		action: action, eventType: uqpay.EventProtectionEnrolled,
	})
}

func unprotectCard(s *Server, c *call, n *card) (any, *refusal) {
	c.require("risk_control")
	c.word("risk_control", "network_protection")
	return s.changeProtection(c, n, protectionChange{
		from: []uqpay.ProtectionStatus{uqpay.ProtectionStatusEnrolled},
		over: uqpay.ProtectionStatusRemovalPending, to: uqpay.ProtectionStatusNotEnrolled,
		action: n.protection.Action, eventType: uqpay.EventProtectionRemoved,
	})
}

// protectionChange is what tells an enrolment and a removal apart.
type protectionChange struct {
	from      []uqpay.ProtectionStatus
	over, to  uqpay.ProtectionStatus
	action    uqpay.ProtectionAction
	eventType string
}

func (s *Server) changeProtection(c *call, n *card, change protectionChange) (any, *refusal) {
	if bad := c.refused(); bad != nil {
		return nil, bad
	}
	if !slices.Contains(change.from, n.protection.Status) {
		return nil, cardError("network protection does not allow this now")
	}
	n.protection.Action, n.protection.Definition = change.action, definitions[change.action]
	n.protection.Status, n.protection.UpdateTime, n.protection.Enabled = change.over, s.now(), false
	s.later(func() {
		n.protection.Status, n.protection.UpdateTime = change.to, s.now()
		n.protection.Enabled = change.to == uqpay.ProtectionStatusEnrolled
		s.push(change.eventType, "ASAF_REC_"+strings.ToUpper(n.ID[:8]), showProtection(n))
	})
	return showProtection(n), nil
}

func showProtection(n *card) map[string]any {
	p := n.protection
	return map[string]any{
		"card_id": n.ID, "card_number": masked(n.pan), "cardholder_id": n.holder.ID, "card_scheme": n.Scheme,
		"enabled": p.Enabled, "status": p.Status, "action_code": p.Action, "definition": p.Definition,
		"update_time": stamp(p.UpdateTime),
	}
}
