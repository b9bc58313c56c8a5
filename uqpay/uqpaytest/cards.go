package uqpaytest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/ledger"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/uqpay"
)

// cancelWait is how long a cancelled card's open authorizations may settle.
const cancelWait = 30 * 24 * time.Hour

func cardNotFound() answer {
	return refusal(http.StatusBadRequest, uqpay.ErrorTypeCard, uqpay.CodeCardNotFound, "card not found or deactivated")
}

// card finds a card of the call's account.
func (c *call) card(id string) (*card, bool) {
	card, ok := c.s.state.cards[id]
	return card, ok && card.account == c.account
}

func createCard(c *call) answer {
	s, f := c.s, c.read()
	n := &card{account: c.account}
	n.Currency = issuing.Currency(f.word("card_currency", true, "SGD", "USD", "XUSD"))
	productID := f.text("card_product_id", true, 0)
	holderID := f.text("cardholder_id", false, 0)
	n.Limit = zero(f.amount("card_limit", false, true))
	readCardSettings(f, n)
	if v := f.word("usage_type", false, "NORMAL", "ONE_TIME"); v != "" {
		n.UsageType = uqpay.UsageType(v)
	}
	n.trigger = uqpay.AutoCancelTrigger(f.word("auto_cancel_trigger", n.UsageType == uqpay.UsageOneTime, "ON_AUTH", "ON_CAPTURE"))
	n.ExpiryAt = f.when("expiry_at", false)
	person, oneStep := f.object("cardholder_required_fields")
	if holderID == "" && !oneStep {
		f.problem("cardholder_id", "is required")
	}
	if a, refused := f.refused(); refused {
		return a
	}
	p := s.state.product(productID)
	switch {
	case p == nil:
		return accountError("card product not found")
	case p.Status != uqpay.ProductEnabled || !slices.Contains(p.Forms, uqpay.CardFormVirtual):
		return accountError("card product does not issue virtual cards")
	case !slices.Contains(p.Currencies, n.Currency):
		return invalid("card_currency: is not a currency of the product")
	case p.Mode == uqpay.ModeSingle && s.book.Balance(issuingAccount(c.account, n.Currency)).Cmp(n.Limit) < 0:
		return accountError("insufficient balance")
	}
	h, a, refused := c.cardholder(p, holderID, person)
	if refused {
		return a
	}
	n.ProductID, n.Mode, n.FormFactor, n.BIN = p.ID, p.Mode, uqpay.FormFactorVirtual, p.BIN
	s.state.seq++
	s.issue(n, h, ledger.PAN(p.BIN, s.state.seq, 16))
	o := s.newOrder(n, uqpay.OrderCreateCard, n.Limit)
	if n.Mode == uqpay.ModeSingle {
		if a, refused := s.fund(issuingAccount(n.account, n.Currency), o, uqpay.LedgerCardRecharge); refused {
			return a
		}
	}
	s.finishCreation(n, h, o)
	body := orderAnswer(n, o)
	body["create_time"], body["risk_controls"] = stamp(o.CreateTime), showRisk(n.RiskControls)
	if holderID == "" {
		o.Status = uqpay.OrderStatusProcessing
		body["order_status"] = o.Status
		body["cardholder_id"], body["cardholder_created"], body["cardholder_status"] = h.ID, true, h.Status
	}
	return ok(body)
}

// cardholder finds or creates who a card is for, and completes what the product
// asks for.
func (c *call) cardholder(p *uqpay.Product, id string, person fields) (*holder, answer, bool) {
	if id == "" {
		return c.s.newHolder(c, person, p)
	}
	h, found := c.holder(id)
	if !found {
		return nil, cardholderError(uqpay.Code(uqpay.ErrorTypeCardholder), "cardholder not found"), true
	}
	if person.values != nil {
		next := *h
		c.s.readPerson(person, &next)
		if a, refused := person.refused(); refused {
			return nil, a, true
		}
		*h = next
		c.s.startKYC(h)
	}
	if a, refused := insufficient(p, h); refused {
		return nil, a, true
	}
	if h.Status != uqpay.CardholderStatusSuccess {
		return nil, cardholderError(uqpay.Code(uqpay.ErrorTypeCardholder), "cardholder is not active"), true
	}
	return h, answer{}, false
}

// insufficient refuses a cardholder who lacks what a product asks for; nil asks
// for nothing.
func insufficient(p *uqpay.Product, h *holder) (answer, bool) {
	if p == nil {
		return answer{}, false
	}
	missing := missingFields(p, h)
	if missing == nil {
		return answer{}, false
	}
	a := cardholderError(uqpay.CodeKYCInsufficient, "cardholder lacks fields for the product's KYC level")
	a.body.(map[string]any)["missing_fields"] = missing
	return a, true
}

// missingFields are what a product asks for and a cardholder lacks.
func missingFields(p *uqpay.Product, h *holder) []uqpay.RequiredField {
	have := map[string]bool{
		"nationality": h.Nationality != "", "residential_address": h.ResidentialAddress != nil,
		"identity": h.identity, "kyc_verification": h.method != "",
	}
	var missing []uqpay.RequiredField
	for _, field := range p.RequiredFields {
		if field.Required && !have[field.Name] {
			missing = append(missing, field)
		}
	}
	return missing
}

// issue gives a card its number and stores it.
func (s *Server) issue(n *card, h *holder, pan issuing.Secret) {
	month, year := ledger.Expiry(s.now())
	n.ID, n.pan, n.cvv, n.expiry = newID(), pan, ledger.CVV(pan), month+"/"+year[2:]
	n.Scheme, n.Status, n.Cardholder = uqpay.SchemeVisa, uqpay.CardStatusPending, uqpay.Cardholder{ID: h.ID}
	s.state.cards[n.ID] = n
	s.state.cardIDs = append(s.state.cardIDs, n.ID)
}

// finishCreation makes a card usable once its cardholder may have one.
func (s *Server) finishCreation(n *card, h *holder, o *order) {
	s.later(func() {
		if h.Status == uqpay.CardholderStatusPending || h.Status == uqpay.CardholderStatusIncomplete {
			s.finishCreation(n, h, o)
			return
		}
		good := h.Status == uqpay.CardholderStatusSuccess && !s.failing()
		s.end(o, good)
		event := uqpay.EventCardCreateFailed
		n.Status = uqpay.CardStatusFailed
		if good {
			event, n.Status = uqpay.EventCardCreateSucceeded, uqpay.CardStatusActive
			s.release(o, n.money(), uqpay.LedgerCardRecharge)
		} else {
			s.release(o, issuingAccount(n.account, n.Currency), uqpay.LedgerRefund)
		}
		s.push(event, o.ID, s.cardEvent(n))
	})
}

// readCardSettings reads what creation and update have in common.
func readCardSettings(f fields, n *card) {
	if v := f.text("name_on_card", false, 26); v != "" {
		n.NameOnCard = v
	}
	if v := f.word("card_art_id", false, ArtDefault, ArtBlue); v != "" {
		n.ArtID = v
	}
	if f.has("spending_controls") {
		var items []json.RawMessage
		if json.Unmarshal(f.values["spending_controls"], &items) != nil {
			f.problem("spending_controls", "must be an array")
		}
		n.SpendingControls = nil
		for _, item := range items {
			inner := readFields(item)
			// One of UQPAY's own libraries sends this amount as a string.
			if text, quoted := wire.Unquote(inner.values["amount"]); quoted {
				inner.values["amount"] = []byte(text)
			}
			inner.prefix, inner.wrong = "spending_controls.", f.wrong
			n.SpendingControls = append(n.SpendingControls, uqpay.SpendingControl{
				Amount: inner.amount("amount", true, true), Interval: uqpay.Interval(inner.word("interval", true, "PER_TRANSACTION")),
			})
		}
	}
	if r, given := f.object("risk_controls"); given {
		readRisk(f, r, &n.RiskControls)
	}
	if f.has("metadata") {
		n.Metadata = nil
		if len(f.values["metadata"]) > 3200 || json.Unmarshal(f.values["metadata"], &n.Metadata) != nil {
			f.problem("metadata", "must be a string map of at most 3200 bytes")
		}
	}
}

func readRisk(f, r fields, controls *uqpay.RiskControls) {
	for name, target := range map[string]*uqpay.Flag{"enable_3ds": &controls.Enable3DS, "allow_3ds_transactions": &controls.Allow3DS} {
		if v := r.word(name, false, "Y", "N"); v != "" {
			*target = uqpay.Flag(v)
		}
	}
	for name, target := range map[string]*[]string{"allowed_mcc": &controls.AllowedMCC, "blocked_mcc": &controls.BlockedMCC} {
		if r.has(name) && json.Unmarshal(r.values[name], target) != nil {
			r.problem(name, "must be an array of strings")
		}
	}
	if len(controls.AllowedMCC) > 0 && len(controls.BlockedMCC) > 0 {
		f.problem("risk_controls", "allowed_mcc and blocked_mcc exclude each other")
	}
}

func updateCard(c *call) answer {
	n, found := c.card(c.id)
	if !found {
		return cardNotFound()
	}
	f := c.read()
	next := *n
	readCardSettings(f, &next)
	if f.has("card_limit") {
		if next.Limit = f.amount("card_limit", true, true); n.Mode != uqpay.ModeShare {
			f.problem("card_limit", "can be changed for SHARE cards only")
		}
	}
	if f.has("no_pin_payment_amount") {
		amount := f.amount("no_pin_payment_amount", true, true)
		if n.FormFactor != uqpay.FormFactorPhysical || amount.Cmp(noPINCap(n.Currency)) > 0 {
			f.problem("no_pin_payment_amount", "is out of range or not for this card")
		}
		next.NoPINPaymentAmount = uqpay.AmountText(amount.String() + string(n.Currency))
	}
	if a, refused := f.refused(); refused {
		return a
	}
	if n.Status != uqpay.CardStatusActive && n.Status != uqpay.CardStatusPending && n.Status != uqpay.CardStatusFrozen {
		return cardError("the card cannot be updated in its status")
	}
	if next.ArtID != n.ArtID && n.Status != uqpay.CardStatusActive {
		return cardError("the card's art can be changed while it is active only")
	}
	if next.RiskControls.Enable3DS != n.RiskControls.Enable3DS && n.Status == uqpay.CardStatusFrozen {
		return cardError("enable_3ds can be changed in PENDING and ACTIVE only")
	}
	o := c.s.newOrder(n, uqpay.OrderCardUpdate, issuing.Amount{})
	c.s.later(func() {
		good := !c.s.failing()
		event := uqpay.EventCardUpdateFailed
		if good {
			event = uqpay.EventCardUpdateSucceeded
			n.Limit, n.NameOnCard, n.ArtID, n.Metadata = next.Limit, next.NameOnCard, next.ArtID, next.Metadata
			n.SpendingControls, n.RiskControls, n.NoPINPaymentAmount = next.SpendingControls, next.RiskControls, next.NoPINPaymentAmount
		}
		c.s.end(o, good)
		c.s.push(event, o.ID, c.s.updateEvent(n, o))
	})
	return ok(orderAnswer(n, o))
}

func noPINCap(currency issuing.Currency) issuing.Amount {
	if currency == issuing.SGD {
		return issuing.NewAmount(2600, 0)
	}
	return issuing.NewAmount(2000, 0)
}

func setCardStatus(c *call) answer {
	n, found := c.card(c.id)
	if !found {
		return cardNotFound()
	}
	f := c.read()
	want := uqpay.CardStatus(f.word("card_status", true, "ACTIVE", "FROZEN", "CANCELLED"))
	reason := f.text("update_reason", false, 100)
	if a, refused := f.refused(); refused {
		return a
	}
	allowed := map[uqpay.CardStatus][]uqpay.CardStatus{
		uqpay.CardStatusActive:    {uqpay.CardStatusFrozen},
		uqpay.CardStatusFrozen:    {uqpay.CardStatusActive},
		uqpay.CardStatusCancelled: {uqpay.CardStatusActive, uqpay.CardStatusFrozen, uqpay.CardStatusPending},
	}[want]
	switch {
	case n.busy:
		return cardError("an earlier status change is not finished")
	case !slices.Contains(allowed, n.Status):
		return cardError("the card's status does not allow this change")
	}
	n.busy = true
	o := c.s.newOrder(n, uqpay.OrderCardUpdate, issuing.Amount{})
	c.s.later(func() {
		n.busy = false
		good := !c.s.failing()
		c.s.end(o, good)
		if !good {
			c.s.push(uqpay.EventCardStatusFailed, o.ID, c.s.statusEvent(n))
			return
		}
		n.UpdateReason = reason
		if want == uqpay.CardStatusCancelled {
			c.s.cancel(n, o.ID)
			return
		}
		n.Status = want
		c.s.push(uqpay.EventCardStatusSucceeded, o.ID, c.s.statusEvent(n))
	})
	body := orderAnswer(n, o)
	delete(body, "card_status")
	if reason != "" {
		body["update_reason"] = reason
	}
	return ok(body)
}

// cancel starts the waiting period of a card.
func (s *Server) cancel(n *card, orderID string) {
	n.Status = uqpay.CardStatusPreCancel
	s.push(uqpay.EventCardStatusSucceeded, orderID, s.statusEvent(n))
	s.host.Later(&s.mu, cancelWait, func() {
		n.Status = uqpay.CardStatusCancelled
		if n.Mode == uqpay.ModeSingle {
			_ = s.move(n.money(), issuingAccount(n.account, n.Currency), s.book.Balance(n.money()), "card "+n.ID+" cancelled", uqpay.LedgerCardWithdraw)
		}
		s.push(uqpay.EventCardStatusSucceeded, orderID, s.statusEvent(n))
	})
}

func getCard(c *call) answer {
	n, found := c.card(c.id)
	if !found {
		return cardNotFound()
	}
	m := c.s.showCard(n)
	m["card_limit"] = json.Number(n.Limit.String())
	m["no_pin_payment_amount"] = n.NoPINPaymentAmount
	m["metadata"] = n.Metadata
	return ok(m)
}

func listCards(c *call) answer {
	query := c.r.URL.Query()
	if status := query.Get("card_status"); status != "" && !uqpay.CardStatus(status).Known() {
		return invalid("card_status: is not a status")
	}
	var items []*card
	for _, id := range c.s.state.cardIDs {
		n := c.s.state.cards[id]
		if n.account == c.account && fits(query.Get("card_status"), string(n.Status)) &&
			fits(query.Get("cardholder_id"), n.Cardholder.ID) && fits(query.Get("card_number"), n.pan.Reveal()) {
			items = append(items, n)
		}
	}
	slices.Reverse(items)
	return paged(query, items, func(n *card) map[string]any {
		m := c.s.showCard(n)
		m["card_limit"] = n.Limit.String()
		text := []byte("")
		if n.Metadata != nil {
			text, _ = wire.Codec{}.Marshal(n.Metadata)
		}
		m["metadata"] = string(bytes.TrimSpace(text))
		return m
	})
}

// fits reports whether a filter is unset or met.
func fits(filter, value string) bool { return filter == "" || filter == value }

func secureCard(c *call) answer {
	n, found := c.card(c.id)
	if !found || n.Status == uqpay.CardStatusCancelled {
		return cardNotFound()
	}
	return ok(map[string]any{"card_number": n.pan, "cvv": n.cvv, "expire_date": n.expiry})
}

func panToken(c *call) answer {
	if _, found := c.card(c.id); !found {
		return cardNotFound()
	}
	return ok(map[string]any{
		"token": issuing.NewSecret("pan_eyJ." + newID()), "expires_in": 60, "expires_at": stamp(c.s.now().Add(time.Minute)),
	})
}

// available is what a card can spend.
func (s *Server) available(n *card) issuing.Amount {
	balance := s.book.Balance(n.money())
	if n.Mode == uqpay.ModeShare && n.Limit.Sign() > 0 {
		if left := n.Limit.Sub(zero(n.ConsumedAmount)); left.Cmp(balance) < 0 {
			return left
		}
	}
	return balance
}

func (s *Server) showCard(n *card) map[string]any {
	holder := map[string]any{}
	if h := s.state.holders[n.Cardholder.ID]; h != nil {
		holder = s.showHolder(h)
	}
	controls := make([]any, 0, len(n.SpendingControls))
	for _, control := range n.SpendingControls {
		controls = append(controls, map[string]any{"amount": control.Amount.String(), "interval": control.Interval})
	}
	m := map[string]any{
		"card_id": n.ID, "card_bin": n.BIN, "card_scheme": n.Scheme, "card_number": masked(n.pan),
		"form_factor": n.FormFactor, "mode_type": n.Mode, "card_product_id": n.ProductID, "card_currency": n.Currency,
		"available_balance": s.available(n), "consumed_amount": zero(n.ConsumedAmount), "cardholder": holder,
		"card_status": n.Status, "processing_status": n.Status, "spending_controls": controls,
		"risk_controls": showRisk(n.RiskControls),
	}
	for name, value := range map[string]string{
		"update_reason": n.UpdateReason, "name_on_card": n.NameOnCard, "card_art_id": n.ArtID,
		"usage_type": string(n.UsageType), "expiry_at": stamp(n.ExpiryAt),
	} {
		if value != "" {
			m[name] = value
		}
	}
	return m
}

func showRisk(r uqpay.RiskControls) map[string]any {
	m := map[string]any{}
	if r.Enable3DS != "" {
		m["enable_3ds"] = r.Enable3DS
	}
	if r.Allow3DS != "" {
		m["allow_3ds_transactions"] = r.Allow3DS
	}
	if r.AllowedMCC != nil {
		m["allowed_mcc"] = r.AllowedMCC
	}
	if r.BlockedMCC != nil {
		m["blocked_mcc"] = r.BlockedMCC
	}
	return m
}
