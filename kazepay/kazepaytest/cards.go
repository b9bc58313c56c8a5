package kazepaytest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/ledger"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/kazepay"
)

// card is a virtual or physical card.
type card struct {
	id           string
	user         *user
	number       issuing.Secret
	physical     bool
	auto         bool // physical: activates by itself
	code         issuing.Secret
	pin          issuing.Secret
	expiry       string // YYMM
	status       kazepay.CardStatus
	transactions []*transaction
}

func (c *card) available() ledger.Account { return account("card", c.id) }
func (c *card) held() ledger.Account      { return account("hold", c.id) }
func (c *card) closing() ledger.Account   { return account("closing", c.id) }

// in refuses a card of another status.
func (c *card) in(statuses ...kazepay.CardStatus) *problem {
	if slices.Contains(statuses, c.status) {
		return nil
	}
	return badState("the card is " + string(c.status))
}

// state answers with the card's id and status.
func (c *card) state() map[string]any { return map[string]any{"cardID": c.id, "status": c.status} }

// newCard adds a card.
func (s *Server) newCard(u *user, number issuing.Secret, status kazepay.CardStatus) *card {
	month, year := ledger.Expiry(s.now())
	c := &card{id: s.seq.ID(5), user: u, number: number, status: status, expiry: year[2:] + month}
	s.cards[c.id] = c
	s.numbers[platform.KeyOf(number.Reveal())] = c
	u.cards = append(u.cards, c)
	return c
}

func (s *Server) createCard(m *message) (any, *problem) {
	failed := oneOf(m.fields, "cardBin", s.cfg.BINs...)
	if _, present := m.fields["cardLevel"]; present {
		failed = cmp.Or(failed, oneOf(m.fields, "cardLevel", "01"))
	}
	if failed = cmp.Or(failed, s.registered(m.fields)); failed != nil {
		return nil, failed
	}
	c := s.newCard(s.register(m.fields), s.freshNumber(m.Text("cardBin")), kazepay.CardStatusAuditing)
	status := s.cfg.NewCard
	reason, refused := s.failures.Take(opApply)
	switch {
	case refused:
		status = kazepay.CardStatusAuditNotPass
	case status == kazepay.CardStatusAuditNotPass:
		reason = "the review failed"
	}
	s.later(func() { s.move(c, status, reason) })
	return c.state(), nil
}

// move gives a card another status and tells the merchant.
func (s *Server) move(c *card, status kazepay.CardStatus, reason string) {
	c.status = status
	s.pushStatus(c, reason)
}

func (*Server) application(c *card, _ *message) (any, *problem) { return c.state(), nil }

func (*Server) queryCard(c *card, _ *message) (any, *problem) {
	answer := map[string]any{
		"cardID": c.id, "cardNo": c.number.Reveal(), "expiryDate": c.expiry, "currency": currency,
		"userBankCardStatus": c.status, "cardHolderEmail": c.user.email,
		"cardHolderMobileNumber": c.user.number, "cardHolderMobilePrefix": c.user.prefix,
		"countryCode": "HONG KONG", "billingState": "HONG KONG", "billingCity": "HONG KONG",
		"billingAddress": "17/F FWD FINANCIAL CTR 308 DES VOEUX RD CENTRAL HK", "billingZipCode": "000000",
	}
	switch {
	case c.status == kazepay.CardStatusAuditing, c.status == kazepay.CardStatusAuditNotPass:
		answer["cardNo"] = c.number.Reveal()[:6] + " **** **** ****"
		delete(answer, "expiryDate")
	case !c.physical:
		answer["cardCvv"] = ledger.CVV(c.number).Reveal()
	}
	return answer, nil
}

func (s *Server) cardID(m *message) (any, *problem) {
	if failed := digits(m.fields, "cardNo", 12, 19); failed != nil {
		return nil, failed
	}
	c := s.numbers[platform.KeyOf(m.Text("cardNo"))]
	if c == nil {
		return nil, notFound("no card has this number")
	}
	return map[string]any{"cardID": c.id, "cardNo": c.number.Reveal()}, nil
}

// setStatus freezes a card or makes it usable again.
func (s *Server) setStatus(c *card, m *message) (any, *problem) {
	failed := cmp.Or(
		oneOf(m.fields, "status", kazepay.CardStatusActive, kazepay.CardStatusInactive),
		c.in(kazepay.CardStatusActive, kazepay.CardStatusInactive),
	)
	if failed != nil {
		return nil, failed
	}
	if status := kazepay.CardStatus(m.Text("status")); c.status != status {
		s.move(c, status, "")
	}
	return c.state(), nil
}

func (s *Server) closeCard(c *card, _ *message) (any, *problem) {
	if failed := c.in(kazepay.CardStatusActive, kazepay.CardStatusInactive, kazepay.CardStatusTBA); failed != nil {
		return nil, failed
	}
	refund, txn := s.book.Balance(c.available()), s.seq.ID(19)
	if refund.Sign() > 0 {
		_ = s.book.Transfer(c.available(), c.closing(), refund, txn)
	}
	s.move(c, kazepay.CardStatusCloseProcessing, "")
	s.later(func() {
		if refund.Sign() > 0 {
			_ = s.book.Transfer(c.closing(), merchant, refund, txn)
		}
		s.move(c, kazepay.CardStatusClosed, "")
		s.pushClosed(c, refund, txn)
	})
	answer := c.state()
	answer["refundAmt"], answer["currency"], answer["txnId"] = text(refund), currency, txn
	return answer, nil
}

// freshNumber draws a number that no card has.
func (s *Server) freshNumber(bin string) issuing.Secret { return ledger.PAN(bin, s.printed.Next(), 16) }

// PrintCard makes a plastic card and returns the number printed on it.
func (s *Server) PrintCard() issuing.Secret {
	s.mu.Lock()
	defer s.mu.Unlock()
	number := s.freshNumber(physicalBIN)
	s.plastics[platform.KeyOf(number.Reveal())] = struct{}{}
	return number
}

func (s *Server) assign(m *message) (any, *problem) {
	auto, number := string(m.fields["autoActive"]), m.Text("cardNumber")
	if failed := cmp.Or(email(m.fields), digits(m.fields, "cardNumber", 12, 19)); failed != nil {
		return nil, failed
	}
	if auto != "true" && auto != "false" {
		return nil, badField("autoActive is required and must be true or false")
	}
	u, failed := s.holder(m.fields)
	key := platform.KeyOf(number)
	_, inStock := s.plastics[key]
	switch {
	case failed != nil:
		return nil, failed
	case s.numbers[key] != nil:
		return nil, badState("the card is assigned")
	case !inStock:
		return nil, notFound("no card has this number")
	}
	delete(s.plastics, key)
	c := s.newCard(u, issuing.NewSecret(number), kazepay.CardStatusTBA)
	c.physical, c.auto = true, auto == "true"
	if !c.auto {
		c.code = issuing.NewSecret(fmt.Sprintf("%08d", sampleCode+s.seq.Next()))
		s.pushActivationCode(c)
	} else if u.kyc == kazepay.KYCStatusPassed {
		s.startActivation(c)
	}
	return map[string]any{"cardID": c.id}, nil
}

// startActivation makes a card usable after the delay.
func (s *Server) startActivation(c *card) {
	s.move(c, kazepay.CardStatusActiveProcessing, "")
	s.later(func() { s.move(c, kazepay.CardStatusActive, "") })
}

func (s *Server) activate(c *card, m *message) (any, *problem) {
	failed := digits(m.fields, "activationCode", 8, 8)
	switch {
	case failed != nil:
		return nil, failed
	case !c.physical || c.auto:
		return nil, badState("the card activates by itself")
	case c.user.kyc != kazepay.KYCStatusPassed:
		return nil, badState("KYC is not passed")
	case c.in(kazepay.CardStatusTBA) != nil:
		return nil, c.in(kazepay.CardStatusTBA)
	case !c.code.Equal(issuing.NewSecret(m.Text("activationCode"))):
		return nil, refusal("FAKE_ACTIVATION_CODE", "the activation code is wrong")
	}
	s.startActivation(c)
	answer := c.state()
	if s.cfg.Quirks.OtherCardID {
		answer["cardID"] = "3295"
	}
	return answer, nil
}

func (*Server) setPIN(c *card, m *message) (any, *problem) {
	if failed := cmp.Or(digits(m.fields, "pin", 6, 6), c.in(kazepay.CardStatusActive)); failed != nil {
		return nil, failed
	}
	c.pin = issuing.NewSecret(m.Text("pin"))
	return map[string]any{}, nil
}

// ActivationCode returns the code that was sent for a card that does not
// activate by itself, empty for others.
func (s *Server) ActivationCode(cardID string) issuing.Secret {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.cards[cardID]; c != nil {
		return c.code
	}
	return issuing.Secret{}
}

// CardState is a card as the platform has it.
type CardState struct {
	ID         string             // KazePay's card id
	CardNumber issuing.Secret     // PAN
	PIN        issuing.Secret     // six digits; empty before cardSetPin
	Email      string             // the user's
	Physical   bool               // printed
	Status     kazepay.CardStatus // life cycle
	Available  issuing.Amount     // may be spent
	Held       issuing.Amount     // by authorisations
}

// Card returns a card by its id.
func (s *Server) Card(id string) (state CardState, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.cards[id]
	if c == nil {
		return CardState{}, false
	}
	return CardState{
		ID: c.id, CardNumber: c.number, PIN: c.pin, Email: c.user.email, Physical: c.physical, Status: c.status,
		Available: s.book.Balance(c.available()), Held: s.book.Balance(c.held()),
	}, true
}

// Cards returns the ids of all cards, in their order.
func (s *Server) Cards() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.cards))
}
