package uqpaytest

import (
	"errors"
	"net/http"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/ledger"
	"github.com/issuing-sdk/issuing-go/uqpay"
)

// newOrder stores an order that has just been received.
func (s *Server) newOrder(n *card, typ uqpay.OrderType, amount issuing.Amount) *order {
	now := s.now()
	o := &order{account: n.account, Order: uqpay.Order{
		ID: newID(), CardID: n.ID, Type: typ, Amount: amount, Currency: n.Currency,
		CreateTime: now, UpdateTime: now, Status: uqpay.OrderStatusPending,
	}}
	s.state.orders[o.ID] = o
	s.state.orderIDs = append(s.state.orderIDs, o.ID)
	return o
}

// fund takes an order's money from an account; refused when it does not cover
// it, and the order has failed then.
func (s *Server) fund(from ledger.Account, o *order, kind uqpay.LedgerType) (answer, bool) {
	if o.Amount.Sign() == 0 {
		return answer{}, false
	}
	err := s.move(from, pending(o.ID, o.Currency), o.Amount, "order "+o.ID, kind)
	switch {
	case err == nil:
		return answer{}, false
	case errors.Is(err, ledger.ErrInsufficient):
		s.end(o, false)
		if from.Kind == "card" {
			return cardError("insufficient balance"), true
		}
		return accountError("insufficient balance"), true
	default:
		return refusal(http.StatusInternalServerError, uqpay.ErrorTypeAPI, uqpay.CodeAPIError, "internal error"), true
	}
}

// release gives an order's money to an account.
func (s *Server) release(o *order, to ledger.Account, kind uqpay.LedgerType) {
	account := pending(o.ID, o.Currency)
	if held := s.book.Balance(account); held.Sign() > 0 {
		_ = s.move(account, to, held, "order "+o.ID, kind)
	}
}

// end finishes an order.
func (s *Server) end(o *order, good bool) {
	now := s.now()
	o.UpdateTime, o.CompleteTime, o.Status = now, now, uqpay.OrderStatusSuccess
	if !good {
		o.Status = uqpay.OrderStatusFailed
	}
}

// failing reports whether the next order is to fail.
func (s *Server) failing() bool {
	if s.state.failOrders == 0 {
		return false
	}
	s.state.failOrders--
	return true
}

func orderAnswer(n *card, o *order) map[string]any {
	return map[string]any{"card_id": n.ID, "card_order_id": o.ID, "card_status": n.Status, "order_status": o.Status}
}

func showOrder(o *order) map[string]any {
	m := map[string]any{
		"card_id": o.CardID, "card_order_id": o.ID, "order_type": o.Type, "create_time": stamp(o.CreateTime),
		"update_time": stamp(o.UpdateTime), "complete_time": stamp(o.CompleteTime), "order_status": o.Status,
	}
	if o.Type != uqpay.OrderPINManagement {
		m["amount"], m["card_currency"] = zero(o.Amount), o.Currency
	}
	if o.FailureCode != "" {
		m["failure_code"] = o.FailureCode
	}
	return m
}

func getOrder(c *call) answer {
	o, found := c.s.state.orders[c.id]
	if !found || o.account != c.account {
		return cardError("card order not found")
	}
	return ok(showOrder(o))
}

func rechargeCard(c *call) answer { return changeBalance(c, uqpay.OrderCardRecharge) }
func withdrawCard(c *call) answer { return changeBalance(c, uqpay.OrderCardWithdraw) }

// changeBalance moves money between the issuing balance and a card, by way of
// the order.
func changeBalance(c *call, typ uqpay.OrderType) answer {
	s := c.s
	n, found := c.card(c.id)
	if !found {
		return cardNotFound()
	}
	f := c.read()
	amount := f.amount("amount", true, false)
	if a, refused := f.refused(); refused {
		return a
	}
	switch {
	case n.Mode != uqpay.ModeSingle:
		return cardError("the card draws on the issuing balance")
	case n.Status != uqpay.CardStatusActive && n.Status != uqpay.CardStatusFrozen:
		return cardError("the card's status does not allow this")
	}
	from, to := issuingAccount(n.account, n.Currency), n.money()
	good, bad, kind := uqpay.EventCardRechargeSucceeded, uqpay.EventCardRechargeFailed, uqpay.LedgerCardRecharge
	if typ == uqpay.OrderCardWithdraw {
		from, to = to, from
		good, bad, kind = uqpay.EventCardWithdrawSucceeded, uqpay.EventCardWithdrawFailed, uqpay.LedgerCardWithdraw
	}
	o := s.newOrder(n, typ, amount)
	if a, refused := s.fund(from, o, kind); refused {
		return a
	}
	s.later(func() {
		event := good
		if s.failing() {
			event = bad
			s.end(o, false)
			s.release(o, from, kind)
		} else {
			s.end(o, true)
			s.release(o, to, kind)
		}
		s.push(event, o.ID, map[string]any{
			"amount": trimmed(o.Amount), "card_available_balance": trimmed(s.available(n)), "card_currency": n.Currency, "card_id": n.ID,
			"card_status": n.Status, "complete_time": stamp(o.CompleteTime), "order_status": o.Status, "update_time": stamp(o.UpdateTime),
		})
	})
	return ok(showOrder(o))
}

func elevateLimit(c *call) answer {
	s := c.s
	n, found := c.card(c.id)
	if !found {
		return cardNotFound()
	}
	f := c.read()
	amount := f.amount("limit_amount", true, false)
	days := 7
	if f.has("duration_in_days") {
		if days = f.number("duration_in_days", true); days < 1 {
			f.problem("duration_in_days", "must be positive")
		}
	}
	most := issuing.NewAmount(80000, 0)
	if n.Currency == issuing.SGD {
		most = issuing.NewAmount(100000, 0)
	}
	if amount.Cmp(most) > 0 {
		f.problem("limit_amount", "is above the cap")
	}
	for _, name := range []string{"currency", "intent", "reason"} {
		if f.has(name) {
			f.problem(name, "is not accepted")
		}
	}
	if a, refused := f.refused(); refused {
		return a
	}
	if n.Status != uqpay.CardStatusActive || s.now().Before(n.elevatedTo) {
		return cardError("the card is not active or its limit is elevated already")
	}
	begun := s.now()
	n.elevated, n.elevatedTo = amount, begun.Add(time.Duration(days)*24*time.Hour)
	o := s.newOrder(n, "ELEVATE_LIMIT", amount)
	s.later(func() {
		good := !s.failing()
		event := uqpay.EventCardElevateLimitSucceeded
		if s.end(o, good); !good {
			event, n.elevatedTo = uqpay.EventCardElevateLimitFailed, time.Time{}
		}
		s.push(event, n.ID, map[string]any{
			"card_id": n.ID, "per_transaction_limit": bareNumber(amount), "currency": n.Currency,
			"expires_at": stamp(n.elevatedTo), "created_at": stamp(begun),
		})
	})
	body := orderAnswer(n, o)
	delete(body, "card_status")
	return ok(body)
}

// definitions are the actions of network protection in words.
var definitions = map[uqpay.ProtectionAction]string{
	uqpay.ProtectionPickUp: "Pick up card", uqpay.ProtectionLost: "Lost card, pickup",
	uqpay.ProtectionStolen: "Stolen card, pickup", uqpay.ProtectionClosed: "Closed account",
	uqpay.ProtectionExpired: "Expired card",
}

func protectCard(c *call) answer {
	f := c.read()
	f.word("risk_control", true, "network_protection")
	action := uqpay.ProtectionAction(f.word("action_code", true, "04", "41", "43", "46", "54"))
	return c.changeProtection(f, uqpay.ProtectionEnrollPending, func(p *uqpay.Protection) bool {
		p.Action, p.Definition = action, definitions[action]
		return p.Status == "" || p.Status == uqpay.ProtectionNotEnrolled
	})
}

func unprotectCard(c *call) answer {
	f := c.read()
	f.word("risk_control", true, "network_protection")
	return c.changeProtection(f, uqpay.ProtectionRemovalPending, func(p *uqpay.Protection) bool {
		return p.Status == uqpay.ProtectionEnrolled
	})
}

func (c *call) changeProtection(f fields, next uqpay.ProtectionStatus, allowed func(*uqpay.Protection) bool) answer {
	s := c.s
	n, found := c.card(c.id)
	if !found {
		return cardNotFound()
	}
	if a, refused := f.refused(); refused {
		return a
	}
	changed := n.protection
	if !allowed(&changed) {
		return cardError("network protection does not allow this now")
	}
	n.protection = changed
	n.protection.Enabled, n.protection.Status, n.protection.UpdateTime = false, next, s.now()
	s.later(func() {
		event, status := uqpay.EventProtectionEnrolled, uqpay.ProtectionEnrolled
		if next == uqpay.ProtectionRemovalPending {
			event, status = uqpay.EventProtectionRemoved, uqpay.ProtectionNotEnrolled
		}
		n.protection.Status, n.protection.UpdateTime = status, s.now()
		n.protection.Enabled = status == uqpay.ProtectionEnrolled
		s.push(event, "ASAF_REC_"+strings.ToUpper(n.ID[:8]), showProtection(n))
	})
	return ok(showProtection(n))
}

func showProtection(n *card) map[string]any {
	p := n.protection
	return map[string]any{
		"card_id": n.ID, "card_number": masked(n.pan), "cardholder_id": n.Cardholder.ID, "card_scheme": n.Scheme,
		"enabled": p.Enabled, "status": p.Status, "action_code": p.Action, "definition": p.Definition, "update_time": stamp(p.UpdateTime),
	}
}
