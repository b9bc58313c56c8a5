package uqpaytest

import (
	"cmp"
	"encoding/json"
	"maps"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/uqpay"
)

var zone = time.FixedZone("UTC+8", 8*60*60)

// stamp writes a time, "" when unset.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format(time.RFC3339)
}

// zero writes an unset amount as nothing.
func zero(a issuing.Amount) issuing.Amount {
	if a.IsZero() {
		return issuing.NewAmount(0, 2)
	}
	return a
}

// set puts a value into an answer unless it is unset.
func set[T comparable](m map[string]any, name string, value T) {
	var unset T
	if value != unset {
		m[name] = value
	}
}

// without takes members out of an answer that is made of another.
func without(m map[string]any, names ...string) {
	for _, name := range names {
		delete(m, name)
	}
}

// birthday is the form of a birth date in events.
func birthday(h *holder) string { return cmp.Or(h.DateOfBirth.String(), "0001-01-01") }

// masked is the REST form of a card number.
func masked(pan issuing.Secret) string { return "************" + pan.Last4() }

// maskedEvent is the form of a card number in events.
func maskedEvent(pan issuing.Secret) string {
	v := pan.Reveal()
	return v[:8] + "****" + pan.Last4()
}

// trimmed writes an amount as events do: without trailing zeros.
func trimmed(a issuing.Amount) string {
	text := zero(a).String()
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}

// bareNumber writes an amount as a JSON number wherever it stands.
func bareNumber(a issuing.Amount) json.Number { return json.Number(a.String()) }

// limits are spending controls with their amounts as text.
func limits(controls []uqpay.SpendingControl, text func(issuing.Amount) string) []any {
	out := make([]any, 0, len(controls))
	for _, c := range controls {
		out = append(out, map[string]any{"amount": text(c.Amount), "interval": c.Interval})
	}
	return out
}

// eventHolder is the cardholder in events about a card.
func eventHolder(h *holder) map[string]any {
	m := map[string]any{
		"cardholder_id": h.ID, "cardholder_status": h.Status, "create_time": stamp(h.CreateTime),
		"email": h.Email, "first_name": h.FirstName, "last_name": h.LastName,
	}
	set(m, "reason", h.reason)
	return m
}

// cardEvent is the data of card.create events.
func (s *Server) cardEvent(n *card) map[string]any {
	metadata := map[string]string{}
	maps.Copy(metadata, n.Metadata)
	return map[string]any{
		"card_available_balance": trimmed(s.available(n)), "card_bin": n.BIN, "card_id": n.ID,
		"card_number": maskedEvent(n.pan), "card_product_id": n.ProductID, "card_scheme": n.Scheme,
		"card_status": n.Status, "cardholder": eventHolder(n.holder), "form_factor": n.FormFactor,
		"metadata": metadata, "mode_type": n.Mode, "risk_control": showRisk(n.RiskControls),
		"spending_limits": limits(n.SpendingControls, trimmed),
	}
}

// updateEvent is the data of card.update events.
func (s *Server) updateEvent(n *card, o *order) map[string]any {
	m := s.cardEvent(n)
	without(m, "spending_limits", "card_available_balance")
	holder := eventHolder(n.holder)
	maps.Copy(holder, map[string]any{
		"country_code": n.holder.CountryCode, "phone_number": n.holder.PhoneNumber,
		"number_of_cards": s.cardsOf(n.holder), "date_of_birth": birthday(n.holder),
	})
	maps.Copy(m, map[string]any{
		"available_balance": trimmed(s.available(n)), "card_currency": n.Currency, "card_limit": trimmed(n.Limit),
		"card_order_id": o.ID, "cardholder": holder, "no_pin_payment_amount": cmp.Or(string(n.NoPINPaymentAmount),
			string(n.Currency)),
		"order_status": strings.ToLower(string(o.Status)), "spending_controls": limits(n.SpendingControls, trimmed),
	})
	return m
}

// statusEvent is the data of card.status.update events.
func (s *Server) statusEvent(n *card) map[string]any {
	return map[string]any{
		"card_id": n.ID, "card_number": maskedEvent(n.pan), "available_balance": trimmed(s.available(n)),
		"currency": n.Currency, "card_status": n.Status, "update_reason": n.UpdateReason, "update_time": stamp(s.now()),
	}
}
