package kazepaytest

import (
	"fmt"
	"slices"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/ledger"
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

func (c *card) available() ledger.Account {
	return ledger.Account{Kind: "card", Owner: c.id, Currency: currency}
}

func (c *card) held() ledger.Account {
	return ledger.Account{Kind: "hold", Owner: c.id, Currency: currency}
}

func (c *card) closing() ledger.Account {
	return ledger.Account{Kind: "closing", Owner: c.id, Currency: currency}
}

// newCard adds a card.
func (s *Server) newCard(u *user, number issuing.Secret, status kazepay.CardStatus) *card {
	month, year := ledger.Expiry(s.now())
	c := &card{id: s.nextID(5), user: u, number: number, status: status, expiry: year[2:] + month}
	s.cards[c.id] = c
	s.numbers[number.Reveal()] = c
	u.cards = append(u.cards, c)
	return c
}

// find returns the card of a request.
func (s *Server) find(f fields) (*card, *problem) {
	if failed := f.need("cardID"); failed != nil {
		return nil, failed
	}
	c := s.cards[f.text("cardID")]
	if c == nil {
		return nil, notFound("no card has this cardID")
	}
	return c, nil
}

func (s *Server) createCard(f fields, _ *message) (any, *problem) {
	bin := f.text("cardBin")
	if failed := f.need("cardBin"); failed != nil {
		return nil, failed
	}
	if !slices.Contains(s.cfg.BINs, bin) {
		return nil, badField("cardBin was not agreed on")
	}
	if level, ok := f["cardLevel"]; ok && level != string(kazepay.CardLevelDefault) {
		return nil, badField("cardLevel is unknown")
	}
	u, failed := s.register(f)
	if failed != nil {
		return nil, failed
	}
	c := s.newCard(u, ledger.PAN(bin, s.seq+1, 16), kazepay.CardStatusAuditing)
	s.clock.After(s.cfg.Delay, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		reason := ""
		if s.cfg.NewCard == kazepay.CardStatusAuditNotPass {
			reason = "the review failed"
		}
		s.move(c, s.cfg.NewCard, reason)
	})
	return map[string]any{"cardID": c.id, "status": string(c.status)}, nil
}

// move gives a card another status and tells the merchant.
func (s *Server) move(c *card, status kazepay.CardStatus, reason string) {
	c.status = status
	s.pushStatus(c, reason)
}

func (s *Server) createCardQuery(f fields, _ *message) (any, *problem) {
	c, failed := s.find(f)
	if failed != nil {
		return nil, failed
	}
	return map[string]any{"cardID": c.id, "status": string(c.status)}, nil
}

func (s *Server) queryCard(f fields, _ *message) (any, *problem) {
	c, failed := s.find(f)
	if failed != nil {
		return nil, failed
	}
	answer := map[string]any{
		"cardID": c.id, "cardNo": c.number.Reveal(), "expiryDate": c.expiry, "currency": string(currency),
		"userBankCardStatus": string(c.status), "cardHolderEmail": c.user.email,
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

func (s *Server) getCardID(f fields, _ *message) (any, *problem) {
	if failed := f.digits("cardNo", 12, 19); failed != nil {
		return nil, failed
	}
	c := s.numbers[f.text("cardNo")]
	if c == nil {
		return nil, notFound("no card has this number")
	}
	return map[string]any{"cardID": c.id, "cardNo": c.number.Reveal()}, nil
}

func (s *Server) updCardStatus(f fields, _ *message) (any, *problem) {
	c, failed := s.find(f)
	if failed != nil {
		return nil, failed
	}
	status := kazepay.CardStatus(f.text("status"))
	if status != kazepay.CardStatusActive && status != kazepay.CardStatusInactive {
		return nil, badField("status must be ACTIVE or INACTIVE")
	}
	if c.status != kazepay.CardStatusActive && c.status != kazepay.CardStatusInactive {
		return nil, badState("the card is " + string(c.status))
	}
	if c.status != status {
		s.move(c, status, "")
	}
	return map[string]any{"cardID": c.id, "status": string(c.status)}, nil
}

func (s *Server) closeCard(f fields, _ *message) (any, *problem) {
	c, failed := s.find(f)
	if failed != nil {
		return nil, failed
	}
	if c.status != kazepay.CardStatusActive && c.status != kazepay.CardStatusInactive && c.status != kazepay.CardStatusTBA {
		return nil, badState("the card is " + string(c.status))
	}
	refund, txn := s.book.Balance(c.available()), s.nextID(19)
	if refund.Sign() > 0 {
		_ = s.book.Transfer(c.available(), c.closing(), refund, txn)
	}
	s.move(c, kazepay.CardStatusCloseProcessing, "")
	s.clock.After(s.cfg.Delay, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if refund.Sign() > 0 {
			_ = s.book.Transfer(c.closing(), merchant, refund, txn)
		}
		s.move(c, kazepay.CardStatusClosed, "")
		s.pushClosed(c, refund, txn)
	})
	return map[string]any{
		"cardID": c.id, "status": string(c.status), "refundAmt": text(refund), "currency": string(currency), "txnId": txn,
	}, nil
}

// PrintCard makes a plastic card and returns the number printed on it.
func (s *Server) PrintCard() issuing.Secret {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seq++
	number := ledger.PAN("493724", 1_000_000+s.seq, 16)
	s.plastics[number.Reveal()] = struct{}{}
	return number
}

func (s *Server) assign(f fields, _ *message) (any, *problem) {
	if failed := f.need("email", "cardNumber"); failed != nil {
		return nil, failed
	}
	auto, ok := f["autoActive"].(bool)
	if !ok {
		return nil, badField("autoActive is required and must be true or false")
	}
	u, number := s.users[f.text("email")], f.text("cardNumber")
	if u == nil {
		return nil, notFound("no user has this email")
	}
	if s.numbers[number] != nil {
		return nil, badState("the card is assigned")
	}
	if _, printed := s.plastics[number]; !printed {
		return nil, notFound("no card has this number")
	}
	delete(s.plastics, number)
	c := s.newCard(u, issuing.NewSecret(number), kazepay.CardStatusTBA)
	c.physical, c.auto = true, auto
	if !auto {
		c.code = issuing.NewSecret(fmt.Sprintf("%08d", 70795665+s.seq))
		s.pushActivationCode(c)
	} else if u.kyc == kazepay.KYCStatusPassed {
		s.startActivation(c)
	}
	return map[string]any{"cardID": c.id}, nil
}

// startActivation makes a card usable after the delay.
func (s *Server) startActivation(c *card) {
	s.move(c, kazepay.CardStatusActiveProcessing, "")
	s.clock.After(s.cfg.Delay, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.move(c, kazepay.CardStatusActive, "")
	})
}

func (s *Server) activate(f fields, _ *message) (any, *problem) {
	c, failed := s.find(f)
	if failed != nil {
		return nil, failed
	}
	if failed := f.digits("activationCode", 8, 8); failed != nil {
		return nil, failed
	}
	switch {
	case !c.physical || c.auto:
		return nil, badState("the card activates by itself")
	case c.user.kyc != kazepay.KYCStatusPassed:
		return nil, badState("KYC is not passed")
	case c.status != kazepay.CardStatusTBA:
		return nil, badState("the card is " + string(c.status))
	case !c.code.Equal(issuing.NewSecret(f.text("activationCode"))):
		return nil, refusal("FAKE_ACTIVATION_CODE", "the activation code is wrong")
	}
	s.startActivation(c)
	id := c.id
	if s.cfg.Quirks.OtherCardID {
		id = "3295"
	}
	return map[string]any{"cardID": id, "status": string(c.status)}, nil
}

func (s *Server) setPIN(f fields, _ *message) (any, *problem) {
	c, failed := s.find(f)
	if failed != nil {
		return nil, failed
	}
	if failed := f.digits("pin", 6, 6); failed != nil {
		return nil, failed
	}
	if c.status != kazepay.CardStatusActive {
		return nil, badState("the card is " + string(c.status))
	}
	c.pin = issuing.NewSecret(f.text("pin"))
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
	ids := make([]string, 0, len(s.cards))
	for id := range s.cards {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// timeWindow reads transactionStartTime and transactionEndTime: the start
// belongs to the window, the end does not.
func (s *Server) timeWindow(f fields) (from, to time.Time, failed *problem) {
	for name, target := range map[string]*time.Time{"transactionStartTime": &from, "transactionEndTime": &to} {
		if _, present := f[name]; !present {
			continue
		}
		at, err := time.ParseInLocation(time.DateTime, f.text(name), s.cfg.Location)
		if err != nil {
			return from, to, badField(name + " must be yyyy-MM-dd HH:mm:ss")
		}
		*target = at
	}
	return from, to, nil
}
