package coshinetest

import (
	"fmt"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/internal/ledger"
)

// card is a card of the platform.
type card struct {
	applyNo  string
	number   issuing.Secret
	token    coshine.CardToken
	expiry   coshine.Expiry
	cvv2     issuing.Secret
	flag     coshine.CardFlag
	prodCode string
	picCode  string

	customer, idType string
	idNo             issuing.Secret

	openDate string
	state    coshine.CardState
	blocked  bool
	locked   bool // the PIN
	pin      issuing.Secret
	wrong    int // wrong PINs in a row
	modUser  string
}

// letters are those of all tables of card statuses.
const letters = "NUDLPOXE"

// letter is the card's status as the platform's table writes it.
func (s *Server) letter(c *card) coshine.CardStatus {
	if c.blocked && c.state != coshine.CardStateCancelled && s.cfg.CardStatusLost == coshine.LostMeaningBlocked {
		return coshine.CardStatusLost
	}
	if c.locked && c.state == coshine.CardStateActive && s.cfg.CardStatus == coshine.DialectPortal {
		return coshine.CardStatusO
	}
	for _, letter := range letters {
		if status := coshine.CardStatus(letter); s.cfg.CardStatus.State(status) == c.state {
			return status
		}
	}
	return ""
}

func (c *card) blockStatus() coshine.BlockStatus {
	if c.blocked {
		return coshine.BlockStatusFrozen
	}
	return coshine.BlockStatusNormal
}

func (c *card) masked() string {
	n := c.number.Reveal()
	if len(n) < 10 {
		return ""
	}
	return n[:6] + strings.Repeat("*", len(n)-10) + n[len(n)-4:]
}

// find returns the card that a request names, if the operation needs one.
func (s *Server) find(wanted need, in *call) (c *card, refused *refusal) {
	token, number := in.text("cardToken"), in.text("cardNumber")
	switch {
	case wanted == noCard:
		return nil, nil
	case token != "":
		c, refused = s.cards[coshine.CardToken(token)], unknownToken
	case number != "":
		c, refused = s.byNumber[digestOf(issuing.NewSecret(number))], unknownNumber
	default:
		return nil, badRequest
	}
	switch {
	case c == nil:
		return nil, refused
	case wanted == activeCard && c.state != coshine.CardStateActive:
		return nil, wrongStatus
	}
	return c, nil
}

// pan makes a card number.
func pan(seq uint64) issuing.Secret { return ledger.PAN("422000", seq, 16) }

// apply issues a card, inactive.
func (s *Server) apply(in *call) (object, *refusal) {
	n, now := s.seq.Next(), s.now()
	s.applied++
	var data NewCard
	if s.cfg.NextCard != nil {
		data = s.cfg.NextCard(s.applied)
	}
	if own := in.text("cardNumber"); own != "" {
		data.CardNumber = issuing.NewSecret(own)
	}
	if data.CardNumber.IsZero() {
		data.CardNumber = pan(n)
	}
	if s.byNumber[digestOf(data.CardNumber)] != nil {
		return nil, unknownNumber
	}
	if data.CardApplyNo == "" {
		data.CardApplyNo = fmt.Sprintf("AP%s%06d", day(now), n)
	}
	if data.ExpiryDate == "" {
		data.ExpiryDate = expiry(now, 3)
	}
	c := &card{
		applyNo: data.CardApplyNo, number: data.CardNumber, token: data.CardToken, expiry: data.ExpiryDate, cvv2: data.CVV2,
		flag: coshine.CardFlag(in.text("cardFlag")), prodCode: in.text("cardProdCode"), picCode: in.text("cardPicCode"),
		customer: in.text("customerId"), idType: in.text("custIdType"), idNo: issuing.NewSecret(in.text("custIdNo")),
		openDate: day(now), state: coshine.CardStateInactive,
	}
	s.add(c)
	return append(object{}.with("cardApplyNo", c.applyNo).with("customerId", c.customer), c.secrets()...), nil
}

// expiry is the month in which a card ends after some years.
func expiry(now time.Time, years int) coshine.Expiry {
	end := now.In(zone).AddDate(years, 0, 0)
	return coshine.NewExpiry(end.Year(), end.Month())
}

// add completes a card's data and files it.
func (s *Server) add(c *card) {
	if c.token == "" {
		c.token = coshine.CardToken(fmt.Sprintf("9%018d", 7_000_000+s.seq.Next()))
	}
	if c.cvv2.IsZero() {
		c.cvv2 = ledger.CVV(c.number)
	}
	s.cards[c.token], s.byNumber[digestOf(c.number)] = c, c
	s.ordered = append(s.ordered, c)
}

func (c *card) secrets() object {
	return object{}.with("cardNumber", c.number).with("cardToken", c.token).with("expiryDate", c.expiry).with("CVV2",
		c.cvv2)
}

// element is a card in a list.
func (s *Server) element(c *card) object {
	o := object{}.with("cardNumber", c.masked()).with("cardToken", c.token)
	if s.cfg.SampleLists {
		return o.with("cardStatus", s.letter(c)).with("cardFlag", c.flag).with("expiryDate", c.expiry)
	}
	return o.with("expiryDate", c.expiry).with("cardFlag", c.flag).with("cardProdCode", c.prodCode).
		with("cardProdType", prodType(c.prodCode)).with("cardPicCode", c.picCode).with("openDate", c.openDate).
		with("cardStatus", s.letter(c)).with("blockStatus", c.blockStatus()).with("statusModUser", c.modUser)
}

// ofCustomer lists the cards of the customer whom a request names.
func (s *Server) ofCustomer(in *call, show func(*card) object) []object {
	var out []object
	for _, c := range s.ordered {
		if c.customer == in.text("customerId") {
			out = append(out, show(c))
		}
	}
	return out
}

func (s *Server) listCards(in *call) (object, *refusal) {
	cards := s.ofCustomer(in, s.element)
	if len(cards) == 0 && s.cfg.UnknownCustomer != "" {
		return nil, refuse(s.cfg.UnknownCustomer)
	}
	if s.cfg.SampleLists {
		return object{{"customerId", in.text("customerId")}, {"cardList", cards}}, nil
	}
	return list(cards), nil
}

// listAccounts answers with one account per card; the fields of an account are
// this package's own.
func (s *Server) listAccounts(in *call) (object, *refusal) {
	return list(s.ofCustomer(in, func(c *card) object {
		return object{{"accountNo", "A" + string(c.token)}, {"accountStatus", "N"}}
	})), nil
}

func (s *Server) cardInfo(in *call) (object, *refusal) { return s.element(in.card), nil }

// activate checks card and holder data and makes the card usable.
func (s *Server) activate(in *call) (object, *refusal) {
	c := in.card
	switch {
	case c.state != coshine.CardStateInactive:
		return nil, wrongStatus
	case in.text("expiryDate") != string(c.expiry), in.text("CVV2") != c.cvv2.Reveal(),
		in.text("customerId") != c.customer, in.text("custIdType") != c.idType, in.text("custIdNo") != c.idNo.Reveal():
		return nil, s.mismatch()
	}
	c.state = coshine.CardStateActive
	return nil, nil
}

func (s *Server) reissue(in *call) (object, *refusal) { return s.renew(in.card, in.card.number) }

// replace gives a card a new number and token, and cancels the old card.
func (s *Server) replace(in *call) (object, *refusal) {
	if in.card.state == coshine.CardStateCancelled || in.card.state == coshine.CardStateInactive {
		return nil, wrongStatus
	}
	return s.renew(in.card, pan(s.seq.Next()))
}

// renew cancels c and issues its successor, active, with the same balance.
func (s *Server) renew(c *card, number issuing.Secret) (object, *refusal) {
	next := *c
	next.number, next.token, next.cvv2, next.expiry = number, "", issuing.Secret{}, expiry(s.now(), 4)
	next.state, next.blocked = coshine.CardStateActive, false
	s.add(&next)
	if held := s.Balance(c.token); held.Sign() > 0 {
		if err := s.book.Transfer(s.account(c.token), s.account(next.token), held,
			"renewal of "+string(c.token)); err != nil {
			return nil, unexpected
		}
	}
	for _, t := range s.trans {
		if t.card == c.token && t.api == coshine.APIBlockFund {
			t.card = next.token
		}
	}
	c.state = coshine.CardStateCancelled
	return next.secrets(), nil
}

func (s *Server) cancel(in *call) (object, *refusal) {
	if in.card.state == coshine.CardStateCancelled {
		return nil, wrongStatus
	}
	in.card.state, in.card.modUser = coshine.CardStateCancelled, in.text("tellerNo")
	return nil, nil
}

// updateStatus is the table of cardOptFlag.
func (s *Server) updateStatus(in *call) (object, *refusal) {
	c, flag := in.card, coshine.CardOptFlag(in.text("cardOptFlag"))
	from := coshine.CardStateActive
	if flag == coshine.CardOptFlagWithdrawLoss {
		from = coshine.CardStateLost
	}
	switch {
	case !flag.Known():
		return nil, badRequest
	case c.state != from:
		return nil, wrongStatus
	}
	switch flag {
	case coshine.CardOptFlagReportLost:
		c.state = coshine.CardStateLost
	case coshine.CardOptFlagWithdrawLoss:
		c.state = coshine.CardStateActive
	case coshine.CardOptFlagFreeze:
		c.blocked = true
	case coshine.CardOptFlagUnfreeze:
		c.blocked = false
	case coshine.CardOptFlagLockPIN:
		c.locked = true
	case coshine.CardOptFlagUnlockPIN:
		c.locked, c.wrong = false, 0
	}
	c.modUser = in.text("tellerNo")
	return nil, nil
}

func (s *Server) readCVV2(in *call) (object, *refusal) {
	c := in.card
	if c.flag != coshine.CardFlagVirtual {
		return nil, refuse(coshine.CodeRestricted)
	}
	return object{{"cardNumber", c.number}, {"expiryDate", c.expiry}, {"CVV2", c.cvv2}}, nil
}

func (s *Server) verifyCVV2(in *call) (object, *refusal) {
	end := in.text("expiryDate")
	if in.text("CVV2") != in.card.cvv2.Reveal() || (end != "" && end != string(in.card.expiry)) {
		return nil, s.mismatch()
	}
	return nil, nil
}

func (s *Server) generateDCVV(in *call) (object, *refusal) {
	in.card.cvv2 = ledger.CVV(pan(s.seq.Next()))
	return object{{"CVV2", in.card.cvv2}}, nil
}

func (s *Server) updateExpiry(in *call) (object, *refusal) {
	end := coshine.Expiry(in.text("expiryDate"))
	if !end.Valid() {
		return nil, badRequest
	}
	in.card.expiry = end
	return nil, nil
}

func (s *Server) readNumber(in *call) (object, *refusal) {
	return object{{"cardNumber", in.card.number}}, nil
}

// CardInfo is what the platform knows of a card, for tests.
type CardInfo struct {
	Token       coshine.CardToken
	Number      issuing.Secret // PAN
	State       coshine.CardState
	BlockStatus coshine.BlockStatus
	PINSet      bool
	PINLocked   bool
	Opened      time.Time // day of the application
}

// Card returns what the platform knows of a card.
func (s *Server) Card(token coshine.CardToken) (CardInfo, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.cards[token]
	if c == nil {
		return CardInfo{}, false
	}
	opened, _ := time.ParseInLocation(dateLayout, c.openDate, zone)
	return CardInfo{
		Token: c.token, Number: c.number, State: c.state, BlockStatus: c.blockStatus(),
		PINSet: !c.pin.IsZero(), PINLocked: c.locked, Opened: opened,
	}, true
}
