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
	flag     string
	prodCode string
	picCode  string

	customer, idType string
	idNo             issuing.Secret
	name             string
	mobile           string
	email            string

	openDate string
	state    coshine.CardState
	blocked  bool
	locked   bool // the PIN
	pin      issuing.Secret
	wrong    int // wrong PINs in a row
	modUser  string
}

// letter is the card's status as the platform's table writes it.
func (s *Server) letter(c *card) string {
	if c.locked && c.state == coshine.CardStateActive {
		if s.cfg.CardStatus == coshine.DialectPortal {
			return string(coshine.CardStatusO)
		}
	}
	for _, letter := range "NUDLPOXE" {
		if s.cfg.CardStatus.State(coshine.CardStatus(letter)) == c.state {
			return string(letter)
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

// find returns the card that a request names, or the refusal.
func (s *Server) find(in fields) (*card, result) {
	if token := in.text("cardToken"); token != "" {
		if c := s.cards[coshine.CardToken(token)]; c != nil {
			return c, result{}
		}
		return nil, noCard(true)
	}
	if number := in.text("cardNumber"); number != "" {
		if c := s.byNumber[number]; c != nil {
			return c, result{}
		}
		return nil, noCard(false)
	}
	return nil, badRequest()
}

// usable finds a card that is neither inactive, cancelled nor lost.
func (s *Server) usable(in fields) (*card, result) {
	c, refused := s.find(in)
	if c != nil && c.state != coshine.CardStateActive {
		return nil, wrongStatus()
	}
	return c, refused
}

// apply issues a card, inactive.
func (s *Server) apply(in fields) result {
	s.seq++
	n := s.seq
	var data NewCard
	if s.cfg.NextCard != nil {
		data = s.cfg.NextCard(n)
	}
	if own := in.text("cardNumber"); own != "" {
		data.CardNumber = issuing.NewSecret(own)
	}
	if data.CardNumber.IsZero() {
		data.CardNumber = ledger.PAN("422000", uint64(n), 16)
	}
	if s.byNumber[data.CardNumber.Reveal()] != nil {
		return noCard(false)
	}
	if data.CardApplyNo == "" {
		data.CardApplyNo = fmt.Sprintf("AP%s%06d", s.now().In(s.zone).Format("20060102"), n)
	}
	c := &card{
		applyNo: data.CardApplyNo, number: data.CardNumber, flag: in.text("cardFlag"), prodCode: in.text("cardProdCode"),
		picCode: in.text("cardPicCode"), customer: in.text("customerId"), idType: in.text("custIdType"),
		idNo: issuing.NewSecret(in.text("custIdNo")), name: in.text("custName"), mobile: in.text("custMobile"),
		email: in.text("custEmail"), openDate: s.now().In(s.zone).Format("20060102"), state: coshine.CardStateInactive,
	}
	s.add(c, data)
	return success(object{}.with("cardApplyNo", c.applyNo).with("customerId", c.customer)).and(c.secrets())
}

// and appends further members to a success.
func (r result) and(o object) result {
	r.body = append(r.body, o...)
	return r
}

// add completes a card's data and files it.
func (s *Server) add(c *card, data NewCard) {
	c.token, c.expiry, c.cvv2 = data.CardToken, data.ExpiryDate, data.CVV2
	if c.token == "" {
		c.token = coshine.CardToken(fmt.Sprintf("9%018d", 7_000_000+s.seq))
	}
	if c.expiry == "" {
		end := s.now().In(s.zone).AddDate(3, 0, 0)
		c.expiry = coshine.NewExpiry(end.Year(), end.Month())
	}
	if c.cvv2.IsZero() {
		c.cvv2 = ledger.CVV(c.number)
	}
	s.cards[c.token], s.byNumber[c.number.Reveal()] = c, c
	s.ordered = append(s.ordered, c)
}

func (c *card) secrets() object {
	return object{}.with("cardNumber", c.number).with("cardToken", string(c.token)).
		with("expiryDate", string(c.expiry)).with("CVV2", c.cvv2)
}

// element is a card in a list.
func (s *Server) element(c *card) object {
	o := object{}.with("cardNumber", c.masked()).with("cardToken", string(c.token))
	if s.cfg.SampleLists {
		return o.with("cardStatus", s.letter(c)).with("cardFlag", c.flag).with("expiryDate", string(c.expiry))
	}
	return o.with("expiryDate", string(c.expiry)).with("cardFlag", c.flag).with("cardProdCode", c.prodCode).
		with("cardProdType", string(prodType(c.prodCode))).with("cardPicCode", c.picCode).with("openDate", c.openDate).
		with("cardStatus", s.letter(c)).with("blockStatus", string(c.blockStatus())).with("statusModUser", c.modUser)
}

func (s *Server) listCards(in fields) result {
	var list []object
	for _, c := range s.ordered {
		if c.customer == in.text("customerId") {
			list = append(list, s.element(c))
		}
	}
	if len(list) == 0 && s.cfg.UnknownCustomer != "" {
		return fail(s.cfg.UnknownCustomer)
	}
	if s.cfg.SampleLists {
		if list == nil {
			list = []object{}
		}
		return success(object{}.with("customerId", in.text("customerId")).with("cardList", list))
	}
	return success(object{}.list(list))
}

// listAccounts answers with one account per card; the fields of an account are
// this package's own.
func (s *Server) listAccounts(in fields) result {
	var list []object
	for _, c := range s.ordered {
		if c.customer == in.text("customerId") {
			list = append(list, object{}.with("accountNo", "A"+string(c.token)).with("accountStatus", "N"))
		}
	}
	return success(object{}.list(list))
}

func (s *Server) updateCustomer(in fields) result {
	for _, c := range s.ordered {
		if c.customer != in.text("customerId") {
			continue
		}
		for name, to := range map[string]*string{"custName": &c.name, "custMobile": &c.mobile, "custEmail": &c.email} {
			if text := in.text(name); text != "" {
				*to = text
			}
		}
	}
	return success(nil)
}

func (s *Server) cardInfo(in fields) result {
	c, refused := s.find(in)
	if c == nil {
		return refused
	}
	return success(s.element(c))
}

// activate checks card and holder data and makes the card usable.
func (s *Server) activate(in fields) result {
	c, refused := s.find(in)
	switch {
	case c == nil:
		return refused
	case c.state != coshine.CardStateInactive:
		return wrongStatus()
	case in.text("expiryDate") != string(c.expiry), in.text("CVV2") != c.cvv2.Reveal(),
		in.text("customerId") != c.customer, in.text("custIdType") != c.idType, in.text("custIdNo") != c.idNo.Reveal():
		return s.mismatch()
	}
	c.state = coshine.CardStateActive
	return success(nil)
}

func (s *Server) reissue(in fields) result {
	c, refused := s.usable(in)
	if c == nil {
		return refused
	}
	return s.renew(c, c.number)
}

// replace gives a card a new number and token, and cancels the old card.
func (s *Server) replace(in fields) result {
	c, refused := s.find(in)
	switch {
	case c == nil:
		return refused
	case c.state == coshine.CardStateCancelled || c.state == coshine.CardStateInactive:
		return wrongStatus()
	}
	return s.renew(c, ledger.PAN("422000", uint64(s.seq+1), 16))
}

// renew cancels c and issues its successor, active, with the same balance.
func (s *Server) renew(c *card, number issuing.Secret) result {
	s.seq++
	next := *c
	next.number, next.state, next.blocked = number, coshine.CardStateActive, false
	end := s.now().In(s.zone).AddDate(4, 0, 0)
	s.add(&next, NewCard{ExpiryDate: coshine.NewExpiry(end.Year(), end.Month())})
	if held := s.book.Balance(s.account(c)); held.Sign() > 0 {
		if err := s.book.Transfer(s.account(c), s.account(&next), held, "renewal of "+string(c.token)); err != nil {
			return fail(coshine.CodeUnexpected)
		}
	}
	for _, t := range s.trans {
		if t.card == c.token && t.api == coshine.APIBlockFund {
			t.card = next.token
		}
	}
	c.state = coshine.CardStateCancelled
	return success(next.secrets())
}

func (s *Server) cancel(in fields) result {
	c, refused := s.find(in)
	switch {
	case c == nil:
		return refused
	case c.state == coshine.CardStateCancelled:
		return wrongStatus()
	}
	c.state, c.modUser = coshine.CardStateCancelled, in.text("tellerNo")
	return success(nil)
}

// updateStatus is the table of cardOptFlag.
func (s *Server) updateStatus(in fields) result {
	c, refused := s.find(in)
	if c == nil {
		return refused
	}
	active, lost := c.state == coshine.CardStateActive, c.state == coshine.CardStateLost
	flag := coshine.CardOptFlag(in.text("cardOptFlag"))
	switch {
	case !flag.Known():
		return badRequest()
	case flag == coshine.CardOptWithdrawLoss && !lost, flag != coshine.CardOptWithdrawLoss && !active:
		return wrongStatus()
	}
	switch flag {
	case coshine.CardOptReportLost:
		c.state = coshine.CardStateLost
	case coshine.CardOptWithdrawLoss:
		c.state = coshine.CardStateActive
	case coshine.CardOptFreeze:
		c.blocked = true
	case coshine.CardOptUnfreeze:
		c.blocked = false
	case coshine.CardOptLockPIN:
		c.locked = true
	case coshine.CardOptUnlockPIN:
		c.locked, c.wrong = false, 0
	}
	c.modUser = in.text("tellerNo")
	return success(nil)
}

func (s *Server) readCVV2(in fields) result {
	c, refused := s.usable(in)
	switch {
	case c == nil:
		return refused
	case c.flag != string(coshine.CardFlagVirtual):
		return fail(coshine.CodeRestricted)
	}
	return success(object{}.with("cardNumber", c.number).with("expiryDate", string(c.expiry)).with("CVV2", c.cvv2))
}

func (s *Server) verifyCVV2(in fields) result {
	c, refused := s.usable(in)
	switch {
	case c == nil:
		return refused
	case in.text("CVV2") != c.cvv2.Reveal(), in.text("expiryDate") != "" && in.text("expiryDate") != string(c.expiry):
		return s.mismatch()
	}
	return success(nil)
}

func (s *Server) generateDCVV(in fields) result {
	c, refused := s.usable(in)
	if c == nil {
		return refused
	}
	s.seq++
	c.cvv2 = ledger.CVV(ledger.PAN("422000", uint64(s.seq), 16))
	return success(object{}.with("CVV2", c.cvv2))
}

func (s *Server) updateExpiry(in fields) result {
	c, refused := s.usable(in)
	if c == nil {
		return refused
	}
	expiry := coshine.Expiry(in.text("expiryDate"))
	if !expiry.Valid() {
		return badRequest()
	}
	c.expiry = expiry
	return success(nil)
}

// touch accepts a request that names a usable card and changes nothing that an
// answer shows.
func (s *Server) touch(in fields) result {
	c, refused := s.usable(in)
	if c == nil {
		return refused
	}
	return success(nil)
}

func (s *Server) readNumber(in fields) result {
	c, refused := s.usable(in)
	if c == nil {
		return refused
	}
	return success(object{}.with("cardNumber", c.number))
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
	opened, _ := time.ParseInLocation("20060102", c.openDate, s.zone)
	return CardInfo{
		Token: c.token, Number: c.number, State: c.state, BlockStatus: c.blockStatus(),
		PINSet: !c.pin.IsZero(), PINLocked: c.locked, Opened: opened,
	}, true
}
