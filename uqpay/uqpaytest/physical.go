package uqpaytest

import (
	"fmt"
	"slices"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/uqpay"
)

func assignCard(c *call) answer {
	s, f := c.s, c.read()
	h, found := c.holder(f.text("cardholder_id", true, 0))
	pan := issuing.NewSecret(f.digits("card_number", true, 12, 19))
	currency := issuing.Currency(f.word("card_currency", true, "SGD", "USD"))
	mode := uqpay.Mode(f.word("card_mode", true, "SINGLE", "SHARE"))
	if a, refused := f.refused(); refused {
		return a
	}
	if !found || h.Status != uqpay.CardholderStatusSuccess {
		return cardholderError(uqpay.Code(uqpay.ErrorTypeCardholder), "cardholder not found or not active")
	}
	i := slices.IndexFunc(s.state.inventory, pan.Equal)
	if i < 0 {
		return cardError("card number is not in the inventory")
	}
	s.state.inventory = slices.Delete(s.state.inventory, i, i+1)
	n := &card{account: c.account}
	n.ProductID, n.Mode, n.FormFactor, n.Currency, n.BIN = ProductPhysical, mode, uqpay.FormFactorPhysical, currency, "49372410"
	n.Limit = issuing.NewAmount(0, 2)
	s.issue(n, h, pan)
	s.state.seq++
	n.code = issuing.NewSecret(fmt.Sprintf("%08d", (s.state.seq*7919+57609685)%100_000_000))
	o := s.newOrder(n, uqpay.OrderCreateCard, n.Limit)
	s.later(func() {
		s.end(o, true)
		s.push(uqpay.EventCardActivationCode, n.ID, map[string]any{
			"activation_code": n.code, "card_id": n.ID, "card_number": maskedEvent(n.pan),
		})
		s.push(uqpay.EventCardCreateSucceeded, o.ID, s.cardEvent(n))
	})
	body := orderAnswer(n, o)
	body["create_time"], body["risk_controls"] = stamp(o.CreateTime), map[string]any{}
	return ok(body)
}

func activateCard(c *call) answer {
	s, f := c.s, c.read()
	n, found := c.card(f.text("card_id", true, 0))
	code := issuing.NewSecret(f.digits("activation_code", true, 8, 8))
	pin := issuing.NewSecret(f.digits("pin", true, 6, 6))
	limit := f.amount("no_pin_payment_amount", false, true)
	if a, refused := f.refused(); refused {
		return a
	}
	switch {
	case !found || n.FormFactor != uqpay.FormFactorPhysical:
		return cardNotFound()
	case n.Status != uqpay.CardStatusPending:
		return cardError("the card is not waiting for its activation")
	case !code.Equal(n.code):
		return cardError("activation code is wrong")
	case s.weakPIN(n, pin):
		return cardError("the PIN is not allowed")
	}
	n.pin, n.Status = pin, uqpay.CardStatusActive
	n.RiskControls.Allow3DS = uqpay.Yes
	if limit.IsZero() {
		limit = issuing.NewAmount(200, 0)
	}
	n.NoPINPaymentAmount = uqpay.AmountText(limit.String() + string(n.Currency))
	s.push(uqpay.EventCardActivationStatus, n.ID, map[string]any{
		"activation_status": uqpay.ActivationActivated, "card_id": n.ID, "card_number": maskedEvent(n.pan),
	})
	return ok(map[string]any{"request_status": "SUCCESS"})
}

// weakPIN applies the platform's rules.
func (s *Server) weakPIN(n *card, pin issuing.Secret) bool {
	p := pin.Reveal()
	phone := ""
	if h := s.state.holders[n.Cardholder.ID]; h != nil {
		phone = h.PhoneNumber
	}
	return strings.Count(p, p[:1]) == len(p) || strings.Contains(phone, p) || p[len(p)-4:] == n.pan.Last4()
}

func setPIN(c *call) answer {
	f := c.read()
	n, found := c.card(f.text("card_id", true, 0))
	pin := issuing.NewSecret(f.digits("pin", true, 6, 6))
	action := f.word("type", false, "SET", "RESET", "UPDATE")
	old := issuing.NewSecret(f.digits("old_pin", action == "UPDATE", 6, 6))
	if action != "UPDATE" && f.has("old_pin") {
		f.problem("old_pin", "is for UPDATE only")
	}
	return c.changePIN(f, n, found, pin, old, action == "UPDATE")
}

func managePIN(c *call) answer {
	f := c.read()
	n, found := c.card(f.text("card_id", true, 0))
	action := f.word("type", true, "SET", "RESET")
	pin := issuing.NewSecret(f.digits("pin", true, 4, 6))
	old := issuing.NewSecret(f.digits("old_pin", action == "RESET", 4, 6))
	return c.changePIN(f, n, found, pin, old, action == "RESET")
}

// changePIN starts a PIN order, or carries it out at once under the older
// contract.
func (c *call) changePIN(f fields, n *card, found bool, pin, old issuing.Secret, update bool) answer {
	s := c.s
	if a, refused := f.refused(); refused {
		return a
	}
	switch {
	case !found:
		return cardNotFound()
	case n.Status != uqpay.CardStatusActive:
		return cardError("the card is not active")
	}
	failure := ""
	switch {
	case s.weakPIN(n, pin), update && pin.Equal(n.pin):
		failure = "INVALID_PIN"
	case update && !old.Equal(n.pin):
		failure = "pin_operation_failed"
	}
	if s.cfg.OldPINContract {
		if failure != "" {
			return cardError("the PIN is not allowed")
		}
		n.pin = pin
		return ok(map[string]any{"request_status": "SUCCESS"})
	}
	for _, o := range s.state.orders {
		if o.CardID == n.ID && o.Type == uqpay.OrderPINManagement && !o.Status.Terminal() {
			return cardError("a PIN operation is under way")
		}
	}
	o := s.newOrder(n, uqpay.OrderPINManagement, issuing.Amount{})
	o.Status = uqpay.OrderStatusProcessing
	s.later(func() {
		good := failure == "" && !s.failing()
		if s.end(o, good); good {
			n.pin = pin
		} else {
			o.FailureCode = failure
		}
	})
	return ok(map[string]any{
		"request_status": "SUCCESS", "card_id": n.ID, "card_order_id": o.ID, "order_status": o.Status, "create_time": stamp(o.CreateTime),
	})
}

// CheckPIN reports whether a card has a PIN.
func (s *Server) CheckPIN(cardID string, pin issuing.Secret) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, ok := s.state.cards[cardID]
	return ok && !pin.IsZero() && n.pin.Equal(pin)
}

func listArts(c *call) answer {
	arts := []any{}
	for _, a := range []struct{ id, text string }{{ArtDefault, "Default"}, {ArtBlue, "Blue"}} {
		arts = append(arts, map[string]any{
			"card_art_id": a.id, "description": a.text, "is_default": a.id == c.s.state.defaultArt, "is_system_config": a.id == ArtDefault,
		})
	}
	return ok(map[string]any{"default_card_art_id": c.s.state.defaultArt, "card_arts": arts})
}

func setDefaultArt(c *call) answer {
	f := c.read()
	id := f.word("card_art_id", true, ArtDefault, ArtBlue)
	if a, refused := f.refused(); refused {
		return a
	}
	c.s.state.defaultArt = id
	return ok(map[string]any{"default_card_art_id": id, "updated_at": stamp(c.s.now())})
}
