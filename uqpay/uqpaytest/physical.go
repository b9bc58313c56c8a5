package uqpaytest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/uqpay"
)

func assignCard(s *Server, c *call) (any, *refusal) {
	c.require("cardholder_id", "card_number", "card_currency", "card_mode")
	h, missing := s.holders.find(c.account, c.text("cardholder_id"))
	pan := c.digits("card_number", 12, 19)
	currency := issuing.Currency(c.word("card_currency", "SGD", "USD"))
	mode := uqpay.Mode(c.word("card_mode", "SINGLE", "SHARE"))
	if bad := c.refused(); bad != nil {
		return nil, bad
	}
	if missing != nil || h.Status != uqpay.CardholderStatusSuccess {
		return nil, cardholderError("cardholder not found or not active")
	}
	i := slices.IndexFunc(s.inventory, pan.Equal)
	if i < 0 {
		return nil, cardError("card number is not in the inventory")
	}
	s.inventory = slices.Delete(s.inventory, i, i+1)
	n := &card{owned: owned{c.account}}
	n.ProductID, n.BIN, n.FormFactor = ProductPhysical, physicalBIN, uqpay.FormFactorPhysical
	n.Mode, n.Currency = mode, currency
	n.Limit = issuing.NewAmount(0, 2)
	s.issue(n, h, pan)
	n.code = issuing.NewSecret(fmt.Sprintf("%08d", (s.seq.Next()*7919+57609685)%100_000_000))
	o := s.newOrder(c, n, uqpay.OrderTypeCreateCard, n.Limit)
	s.later(func() {
		s.end(o, well)
		s.push(uqpay.EventActivationCodeSent, n.ID, map[string]any{
			"activation_code": n.code, "card_id": n.ID, "card_number": maskedEvent(n.pan),
		})
		s.push(uqpay.EventCardCreateSucceeded, o.ID, s.cardEvent(n))
	})
	body := orderAnswer(o)
	body["card_status"], body["create_time"], body["risk_controls"] = n.Status, stamp(o.CreateTime), map[string]any{}
	return body, nil
}

func activateCard(s *Server, c *call) (any, *refusal) {
	c.require("card_id", "activation_code", "pin")
	n, missing := s.cards.find(c.account, c.text("card_id"))
	code, pin := c.digits("activation_code", 8, 8), c.digits("pin", 6, 6)
	limit := c.amountOrZero("no_pin_payment_amount")
	switch {
	case *c.wrong != "":
		return nil, c.refused()
	case missing != nil || n.FormFactor != uqpay.FormFactorPhysical:
		return nil, cardNotFound()
	case n.Status != uqpay.CardStatusPending:
		return nil, cardError("the card is not waiting for its activation")
	case !code.Equal(n.code):
		return nil, cardError("activation code is wrong")
	case weakPIN(n, pin):
		return nil, cardError("the PIN is not allowed")
	}
	n.pin, n.Status = pin, uqpay.CardStatusActive
	n.RiskControls.Allow3DS = uqpay.FlagYes
	if limit.IsZero() {
		limit = issuing.NewAmount(200, 0)
	}
	n.NoPINPaymentAmount = uqpay.AmountText(limit.String() + string(n.Currency))
	s.push(uqpay.EventCardActivated, n.ID, map[string]any{
		"activation_status": "Activated", "card_id": n.ID, "card_number": maskedEvent(n.pan),
	})
	return map[string]any{"request_status": "SUCCESS"}, nil
}

// weakPIN applies the platform's rules.
func weakPIN(n *card, pin issuing.Secret) bool {
	p := pin.Reveal()
	return strings.Count(p, p[:1]) == len(p) || strings.Contains(string(n.holder.PhoneNumber), p) ||
		p[len(p)-4:] == n.pan.Last4()
}

func setPIN(s *Server, c *call) (any, *refusal) {
	c.require("card_id", "pin")
	change := c.word("type", "SET", "RESET", "UPDATE") == "UPDATE"
	if !change && c.Has("old_pin") {
		c.problem("old_pin", "is for UPDATE only")
	}
	return s.changePIN(c, 6, pinChange(change))
}

func managePIN(s *Server, c *call) (any, *refusal) {
	c.require("card_id", "type", "pin")
	return s.changePIN(c, 4, pinChange(c.word("type", "SET", "RESET") == "RESET"))
}

// pinChange tells a change of a PIN, which needs the old one, from a setting.
type pinChange bool

// changePIN starts a PIN order, or carries it out at once under the older
// contract. A change, unlike a setting, needs the old PIN.
func (s *Server) changePIN(c *call, shortest int, change pinChange) (any, *refusal) {
	if change {
		c.require("old_pin")
	}
	n, missing := s.cards.find(c.account, c.text("card_id"))
	pin, old := c.digits("pin", shortest, 6), c.digits("old_pin", shortest, 6)
	if bad := cmp.Or(c.refused(), missing); bad != nil {
		return nil, bad
	}
	if n.Status != uqpay.CardStatusActive || !n.ExpiryAt.IsZero() && !s.now().Before(n.ExpiryAt) {
		return nil, cardError("the card is not active, or has expired")
	}
	failure := ""
	switch {
	case weakPIN(n, pin), bool(change) && pin.Equal(n.pin):
		failure = "INVALID_PIN"
	case bool(change) && !old.Equal(n.pin):
		failure = "pin_operation_failed"
	}
	if s.cfg.OldPINContract {
		if failure != "" {
			return nil, cardError("the PIN is not allowed")
		}
		n.pin = pin
		return map[string]any{"request_status": "SUCCESS"}, nil
	}
	for _, o := range s.orders.list {
		if o.CardID == n.ID && o.Type == uqpay.OrderTypePINManagement && !o.Status.Terminal() {
			return nil, cardError("a PIN operation is under way")
		}
	}
	o := s.newOrder(c, n, uqpay.OrderTypePINManagement, issuing.Amount(""))
	o.Status = uqpay.OrderStatusProcessing
	s.later(func() {
		if failure == "" {
			failure, _ = s.failures.Take(o.op)
		}
		if failure == "" {
			s.end(o, well)
			n.pin = pin
			return
		}
		s.end(o, badly)
		o.FailureCode = failure
	})
	return map[string]any{
		"request_status": "SUCCESS", "card_id": n.ID, "card_order_id": o.ID, "order_status": o.Status,
		"create_time": stamp(o.CreateTime),
	}, nil
}

// CheckPIN reports whether a card has a PIN.
func (s *Server) CheckPIN(cardID string, pin issuing.Secret) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, ok := s.cards.byID[cardID]
	return ok && !pin.IsZero() && n.pin.Equal(pin)
}

func listArts(s *Server, _ *call) (any, *refusal) {
	arts := []any{}
	for _, a := range []struct{ id, text string }{{ArtDefault, "Default"}, {ArtBlue, "Blue"}} {
		arts = append(arts, map[string]any{
			"card_art_id": a.id, "description": a.text,
			"is_default": a.id == s.defaultArt, "is_system_config": a.id == ArtDefault,
		})
	}
	return map[string]any{"default_card_art_id": s.defaultArt, "card_arts": arts}, nil
}

func setDefaultArt(s *Server, c *call) (any, *refusal) {
	c.require("card_art_id")
	id := c.word("card_art_id", ArtDefault, ArtBlue)
	if bad := c.refused(); bad != nil {
		return nil, bad
	}
	s.defaultArt = id
	return map[string]any{"default_card_art_id": id, "updated_at": stamp(s.now())}, nil
}
