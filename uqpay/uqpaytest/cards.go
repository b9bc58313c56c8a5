package uqpaytest

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/ledger"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/uqpay"
)

// cancelWait is how long a cancelled card's open authorizations may settle.
const cancelWait = 30 * 24 * time.Hour

func createCard(s *Server, c *call) (any, *refusal) {
	n := &card{owned: owned{c.account}}
	c.require("card_currency", "card_product_id")
	n.Currency = issuing.Currency(c.word("card_currency", "SGD", "USD", "XUSD"))
	productID, holderID := c.text("card_product_id"), c.text("cardholder_id")
	n.Limit = zero(c.amountOrZero("card_limit"))
	readCardSettings(c.fields, n)
	n.UsageType = uqpay.UsageType(c.word("usage_type", "NORMAL", "ONE_TIME"))
	if n.UsageType == uqpay.UsageTypeOneTime {
		c.require("auto_cancel_trigger")
	}
	n.trigger = uqpay.AutoCancelTrigger(c.word("auto_cancel_trigger", "ON_AUTH", "ON_CAPTURE"))
	n.ExpiryAt = c.when("expiry_at")
	person, given := c.object("cardholder_required_fields")
	if !given {
		c.require("cardholder_id")
	}
	p := s.product(productID)
	if bad := cmp.Or(c.refused(), s.checkProduct(n, p)); bad != nil {
		return nil, bad
	}
	h, bad := s.cardholder(c.account, holderID, person, p)
	if bad != nil {
		return nil, bad
	}
	n.ProductID, n.Mode, n.FormFactor, n.BIN = p.ID, p.Mode, uqpay.FormFactorVirtual, p.BIN
	s.issue(n, h, ledger.PAN(p.BIN, s.seq.Next(), 16))
	o := s.newOrder(c, n, uqpay.OrderTypeCreateCard, n.Limit)
	if n.Mode == uqpay.ModeSingle {
		if bad := s.fund(issuingAccount(n.account, n.Currency), o, uqpay.LedgerTypeCardRecharge); bad != nil {
			return nil, bad
		}
	}
	s.finishCreation(n, o)
	body := orderAnswer(o)
	body["card_status"], body["create_time"] = n.Status, stamp(o.CreateTime)
	body["risk_controls"] = showRisk(n.RiskControls)
	if holderID == "" {
		o.Status, body["order_status"] = uqpay.OrderStatusProcessing, uqpay.OrderStatusProcessing
		body["cardholder_id"], body["cardholder_created"], body["cardholder_status"] = h.ID, true, h.Status
	}
	return body, nil
}

// checkProduct refuses a card that its product does not issue, or that the balance
// does not cover.
func (s *Server) checkProduct(n *card, p *uqpay.Product) *refusal {
	switch {
	case p == nil:
		return accountError("card product not found")
	case p.Status != uqpay.ProductStatusEnabled || !slices.Contains(p.Forms, uqpay.CardFormVirtual):
		return accountError("card product does not issue virtual cards")
	case !slices.Contains(p.Currencies, n.Currency):
		return invalid("card_currency: is not a currency of the product")
	case p.Mode == uqpay.ModeSingle && s.book.Balance(issuingAccount(n.account, n.Currency)).Cmp(n.Limit) < 0:
		return accountError("insufficient balance")
	}
	return nil
}

// cardholder finds or creates who a card is for, and completes what the product
// asks for.
func (s *Server) cardholder(account, id string, person fields, p *uqpay.Product) (*holder, *refusal) {
	if id == "" {
		return s.newHolder(account, person, p)
	}
	h, bad := s.holders.find(account, id)
	if bad != nil {
		return nil, bad
	}
	if person.wrong != nil {
		next := *h
		s.readPerson(person, &next)
		if bad := person.refused(); bad != nil {
			return nil, bad
		}
		*h = next
		s.startKYC(h)
	}
	if bad := cmp.Or(insufficient(p, h), outsideRegion(p, h)); bad != nil {
		return nil, bad
	}
	if h.Status != uqpay.CardholderStatusSuccess {
		return nil, cardholderError("cardholder is not active")
	}
	return h, nil
}

// insufficient refuses a cardholder who lacks what a product asks for.
func insufficient(p *uqpay.Product, h *holder) *refusal {
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
	if missing == nil {
		return nil
	}
	bad := refuse(http.StatusBadRequest, uqpay.ErrorTypeCardholder, uqpay.CodeKYCInsufficient,
		"cardholder lacks fields for the product's KYC level")
	bad.body["missing_fields"] = missing
	return bad
}

// issue gives a card its number and stores it.
func (s *Server) issue(n *card, h *holder, pan issuing.Secret) {
	month, year := ledger.Expiry(s.now())
	n.ID, n.pan, n.cvv, n.expiry = s.ids.UUID(), pan, ledger.CVV(pan), month+"/"+year[2:]
	n.Scheme, n.Status, n.holder = uqpay.SchemeVisa, uqpay.CardStatusPending, h
	s.cards.add(n.ID, n)
}

// finishCreation makes a card usable once its cardholder may have one.
func (s *Server) finishCreation(n *card, o *order) {
	s.later(func() {
		status := n.holder.Status
		if status == uqpay.CardholderStatusPending || status == uqpay.CardholderStatusIncomplete {
			s.finishCreation(n, o)
			return
		}
		good := status == uqpay.CardholderStatusSuccess && !s.failing(o.op)
		s.end(o, ended(good))
		n.Status = uqpay.CardStatusFailed
		event, to, kind := uqpay.EventCardCreateFailed, issuingAccount(n.account, n.Currency), uqpay.LedgerTypeRefund
		if good {
			n.Status = uqpay.CardStatusActive
			event, to, kind = uqpay.EventCardCreateSucceeded, n.money(), uqpay.LedgerTypeCardRecharge
		}
		s.release(o, to, kind)
		s.push(event, o.ID, s.cardEvent(n))
	})
}

// readCardSettings reads what creation and update have in common.
func readCardSettings(f fields, n *card) {
	n.NameOnCard = cmp.Or(issuing.Personal(f.short("name_on_card", 26)), n.NameOnCard)
	n.ArtID = cmp.Or(f.word("card_art_id", ArtDefault, ArtBlue), n.ArtID)
	if f.Has("spending_controls") {
		n.SpendingControls = readSpendingControls(f)
	}
	if r, given := f.object("risk_controls"); given {
		readRisk(r, &n.RiskControls)
	}
	if len(n.RiskControls.AllowedMCC) > 0 && len(n.RiskControls.BlockedMCC) > 0 {
		f.problem("risk_controls", "allowed_mcc and blocked_mcc exclude each other")
	}
	if f.Has("metadata") {
		n.Metadata = nil
		if len(f.Fields["metadata"]) > 3200 || json.Unmarshal(f.Fields["metadata"], &n.Metadata) != nil {
			f.problem("metadata", "must be a string map of at most 3200 bytes")
		}
		f.within("metadata", f.Fields["metadata"])
	}
}

func readSpendingControls(f fields) []uqpay.SpendingControl {
	var items []json.RawMessage
	if json.Unmarshal(f.Fields["spending_controls"], &items) != nil {
		f.problem("spending_controls", "must be an array")
	}
	var controls []uqpay.SpendingControl
	for _, item := range items {
		inner := f.within("spending_controls", item)
		inner.bare("amount")
		inner.require("amount", "interval")
		controls = append(controls, uqpay.SpendingControl{
			Amount: inner.amountOrZero("amount"), Interval: uqpay.Interval(inner.word("interval", "PER_TRANSACTION")),
		})
	}
	return controls
}

func readRisk(r fields, controls *uqpay.RiskControls) {
	controls.Enable3DS = cmp.Or(uqpay.Flag(r.word("enable_3ds", "Y", "N")), controls.Enable3DS)
	controls.Allow3DS = cmp.Or(uqpay.Flag(r.word("allow_3ds_transactions", "Y", "N")), controls.Allow3DS)
	for name, target := range map[string]*[]string{"allowed_mcc": &controls.AllowedMCC,
		"blocked_mcc": &controls.BlockedMCC} {
		if r.Has(name) {
			*target = r.codes(name)
		}
	}
}

func updateCard(s *Server, c *call, n *card) (any, *refusal) {
	next := *n
	readCardSettings(c.fields, &next)
	if c.Has("card_limit") {
		if next.Limit = c.amountOrZero("card_limit"); n.Mode != uqpay.ModeShare {
			c.problem("card_limit", "can be changed for SHARE cards only")
		}
	}
	if c.Has("no_pin_payment_amount") {
		amount := c.amountOrZero("no_pin_payment_amount")
		if n.FormFactor != uqpay.FormFactorPhysical || amount.Cmp(capIn(n.Currency, 2600, 2000)) > 0 {
			c.problem("no_pin_payment_amount", "is out of range or not for this card")
		}
		next.NoPINPaymentAmount = uqpay.AmountText(amount.String() + string(n.Currency))
	}
	if bad := c.refused(); bad != nil {
		return nil, bad
	}
	switch {
	case n.Status != uqpay.CardStatusActive && n.Status != uqpay.CardStatusPending && n.Status != uqpay.CardStatusFrozen:
		return nil, cardError("the card cannot be updated in its status")
	case next.ArtID != n.ArtID && n.Status != uqpay.CardStatusActive:
		return nil, cardError("the card's art can be changed while it is active only")
	case next.RiskControls.Enable3DS != n.RiskControls.Enable3DS && n.Status == uqpay.CardStatusFrozen:
		return nil, cardError("enable_3ds can be changed in PENDING and ACTIVE only")
	}
	o := s.newOrder(c, n, uqpay.OrderTypeCardUpdate, issuing.Amount(""))
	events := outcomes{well: uqpay.EventCardUpdateSucceeded, badly: uqpay.EventCardUpdateFailed}
	s.finish(o, events, func(how ended) map[string]any {
		if how == well {
			n.Limit, n.NameOnCard, n.ArtID, n.Metadata = next.Limit, next.NameOnCard, next.ArtID, next.Metadata
			n.SpendingControls, n.RiskControls = next.SpendingControls, next.RiskControls
			n.NoPINPaymentAmount = next.NoPINPaymentAmount
		}
		return s.updateEvent(n, o)
	})
	body := orderAnswer(o)
	body["card_status"] = n.Status
	return body, nil
}

// capIn is a cap that differs by currency.
func capIn(currency issuing.Currency, sgd, other int64) issuing.Amount {
	if currency == issuing.CurrencySGD {
		return issuing.NewAmount(sgd, 0)
	}
	return issuing.NewAmount(other, 0)
}

func setCardStatus(s *Server, c *call, n *card) (any, *refusal) {
	c.require("card_status")
	want := uqpay.CardStatus(c.word("card_status", "ACTIVE", "FROZEN", "CANCELLED"))
	reason := c.short("update_reason", 100)
	allowed := map[uqpay.CardStatus][]uqpay.CardStatus{
		uqpay.CardStatusActive:    {uqpay.CardStatusFrozen},
		uqpay.CardStatusFrozen:    {uqpay.CardStatusActive},
		uqpay.CardStatusCancelled: {uqpay.CardStatusActive, uqpay.CardStatusFrozen, uqpay.CardStatusPending},
	}[want]
	switch {
	case *c.wrong != "":
		return nil, c.refused()
	case n.busy:
		return nil, cardError("an earlier status change is not finished")
	case !slices.Contains(allowed, n.Status):
		return nil, cardError("the card's status does not allow this change")
	}
	n.busy = true
	o := s.newOrder(c, n, uqpay.OrderTypeCardUpdate, issuing.Amount(""))
	events := outcomes{well: uqpay.EventCardStateSucceeded, badly: uqpay.EventCardStateFailed}
	s.finish(o, events, func(how ended) map[string]any {
		n.busy = false
		if how == well {
			n.Status, n.UpdateReason = want, reason
		}
		if how == well && want == uqpay.CardStatusCancelled {
			s.cancel(n, o.ID)
		}
		return s.statusEvent(n)
	})
	body := orderAnswer(o)
	set(body, "update_reason", reason)
	return body, nil
}

// cancel starts the waiting period of a card.
func (s *Server) cancel(n *card, orderID string) {
	n.Status = uqpay.CardStatusPreCancel
	s.host.Later(&s.mu, cancelWait, func() {
		n.Status = uqpay.CardStatusCancelled
		if n.Mode == uqpay.ModeSingle {
			_ = s.move(n.money(), issuingAccount(n.account, n.Currency), s.book.Balance(n.money()), "card "+n.ID+" cancelled",
				uqpay.LedgerTypeCardWithdraw)
		}
		s.push(uqpay.EventCardStateSucceeded, orderID, s.statusEvent(n))
	})
}

func getCard(s *Server, _ *call, n *card) (any, *refusal) {
	m := s.showCard(n)
	m["card_limit"] = bareNumber(n.Limit)
	m["no_pin_payment_amount"] = n.NoPINPaymentAmount
	m["metadata"] = n.Metadata
	return m, nil
}

func listCards(s *Server, c *call) (any, *refusal) {
	if bad := c.one("card_status", isKnown[uqpay.CardStatus]); bad != nil {
		return nil, bad
	}
	items := s.cards.latest(c.account, func(n *card) bool {
		return c.fits("card_status", string(n.Status)) && c.fits("cardholder_id", n.holder.ID) &&
			c.fits("card_number", n.pan.Reveal())
	})
	return paged(c, items, func(n *card) map[string]any {
		m := s.showCard(n)
		m["card_limit"], m["metadata"] = n.Limit.String(), ""
		if n.Metadata != nil {
			m["metadata"] = string(platform.JSON(n.Metadata))
		}
		return m
	})
}

func secureCard(_ *Server, _ *call, n *card) (any, *refusal) {
	if n.Status == uqpay.CardStatusCancelled {
		return nil, cardNotFound()
	}
	return map[string]any{"card_number": n.pan, "cvv": n.cvv, "expire_date": n.expiry}, nil
}

func panToken(s *Server, _ *call, _ *card) (any, *refusal) {
	return map[string]any{
		"token": issuing.NewSecret("pan_eyJ." + s.ids.UUID()), "expires_in": 60, "expires_at": stamp(s.now().Add(time.Minute)),
	}, nil
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
	m := map[string]any{
		"card_id": n.ID, "card_bin": n.BIN, "card_scheme": n.Scheme, "card_number": masked(n.pan),
		"form_factor": n.FormFactor, "mode_type": n.Mode, "card_product_id": n.ProductID, "card_currency": n.Currency,
		"available_balance": s.available(n), "consumed_amount": zero(n.ConsumedAmount), "cardholder": s.showHolder(n.holder),
		"card_status": n.Status, "spending_controls": limits(n.SpendingControls, issuing.Amount.String),
		"processing_status": n.Status, "risk_controls": showRisk(n.RiskControls),
	}
	set(m, "update_reason", n.UpdateReason)
	set(m, "name_on_card", n.NameOnCard)
	set(m, "card_art_id", n.ArtID)
	set(m, "usage_type", n.UsageType)
	set(m, "expiry_at", stamp(n.ExpiryAt))
	return m
}

func showRisk(r uqpay.RiskControls) map[string]any {
	m := map[string]any{}
	set(m, "enable_3ds", r.Enable3DS)
	set(m, "allow_3ds_transactions", r.Allow3DS)
	for name, mccs := range map[string][]string{"allowed_mcc": r.AllowedMCC, "blocked_mcc": r.BlockedMCC} {
		if mccs != nil {
			m[name] = mccs
		}
	}
	return m
}
