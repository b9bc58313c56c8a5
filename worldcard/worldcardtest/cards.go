package worldcardtest

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/ledger"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// currency is the only one that the platform in memory keeps.
const currency = issuing.CurrencyUSD

// reserve is the merchant's account.
var reserve = account("reserve", "")

func account(kind, owner string) ledger.Account {
	return ledger.Account{Kind: kind, Owner: owner, Currency: currency}
}

// minimum is the smallest first recharge and top-up.
var minimum = issuing.NewAmount(10, 0)

// card is one card, virtual or physical.
type card struct {
	id, key    string
	typ        worldcard.CardType
	bin        bin
	status     worldcard.CardStatus
	number     issuing.Secret
	cvv        issuing.Secret
	month      string
	year       string
	pin        issuing.Secret
	first      issuing.Amount
	holder     map[string]string
	created    time.Time
	updated    time.Time
	kyc        kyc
	activating bool
	txs        []*transaction
}

func (c *card) physical() bool { return c.typ == worldcard.CardTypePhysicalG }

// The accounts of a card: what it can spend, what authorizations hold, and the
// initial top-up while the card is being issued.
func (c *card) available() ledger.Account   { return account("card", c.id) }
func (c *card) held() ledger.Account        { return account("authorized", c.id) }
func (c *card) frozenFirst() ledger.Account { return account("issuing", c.id) }

func (c *card) move(status worldcard.CardStatus, now time.Time) { c.status, c.updated = status, now }

// bin is a range that cards can be issued from.
type bin struct {
	id, number, brand, scene string
	typ                      worldcard.CardType
}

var bins = []bin{
	{id: "1", number: "440872", typ: worldcard.CardTypeVirtualV, brand: "VISA", scene: "Online Payments"},
	{id: "2", number: "559292", typ: worldcard.CardTypeVirtualR, brand: "MASTERCARD", scene: "Business Procurement"},
	{id: "3", number: "428836", typ: worldcard.CardTypeVirtualG, brand: "VISA", scene: "Advertising"},
	{id: "4", number: "441112", typ: worldcard.CardTypeVirtualV, brand: "VISA", scene: "E-commerce"},
	{id: "12", number: "493812", typ: worldcard.CardTypePhysicalG, brand: "VISA"},
	{id: "13", number: "522981", typ: worldcard.CardTypePhysicalG, brand: "MASTERCARD"},
	{id: "100023", number: "493724", typ: worldcard.CardTypePhysicalG, brand: "VISA"},
}

func (s *Server) virtualBINs(f fields) (any, *problem) {
	want := f.Text("card_type")
	if _, known := requiredFields[worldcard.CardType(want)]; want != "" && !known {
		return fail(worldcard.CodeCardTypeNotFound, "")
	}
	var list []map[string]any
	for _, b := range bins {
		if b.typ == worldcard.CardTypePhysicalG || (want != "" && want != string(b.typ)) {
			continue
		}
		list = append(list, map[string]any{
			"card_bin_id": b.id, "card_bin": b.number, "card_type": b.typ, "card_brand": b.brand,
			"business_scene": b.scene, "currency": currency, "issuer_country": "US",
		})
	}
	return paged(f, list)
}

func (s *Server) physicalBINs(f fields) (any, *problem) {
	var list []map[string]any
	for _, b := range bins {
		if b.typ == worldcard.CardTypePhysicalG {
			list = append(list, map[string]any{
				"card_bin_id": b.id, "card_bin": b.number, "card_type": b.typ, "card_brand": b.brand,
				"card_form": 2, "currency": currency, "issuer_country": "US",
			})
		}
	}
	return paged(f, list)
}

// findBIN returns the range with an id, if it is of a card type.
func findBIN(id string, typ worldcard.CardType) (b bin, ok bool) {
	i := slices.IndexFunc(bins, func(b bin) bool { return b.id == id && b.typ == typ })
	if i < 0 {
		return bin{}, false
	}
	return bins[i], true
}

// requiredFields is the table of apply.md.
var requiredFields = map[worldcard.CardType][]string{
	worldcard.CardTypeVirtualV: {"first_name", "last_name", "state", "country_code", "city", "address", "postal_code"},
	worldcard.CardTypeVirtualR: {"email"},
	worldcard.CardTypeVirtualG: {
		"email", "first_name", "last_name", "country_code", "city", "address", "postal_code",
		"phone", "phone_country_code", "birthday",
	},
}

var (
	latinName   = regexp.MustCompile(`^[A-Za-z]+( [A-Za-z]+)*$`)
	plainAmount = regexp.MustCompile(`^[0-9]+(\.[0-9]{1,2})?$`)
)

// readAmount reads a decimal string with at most two places that is not below the
// minimum.
func readAmount(f fields, name string) (issuing.Amount, *problem) {
	a, err := issuing.ParseAmount(f.Text(name))
	valid := err == nil && plainAmount.MatchString(f.Text(name)) && a.Cmp(minimum) >= 0
	a, _ = a.Rescale(2) // answers show two decimals
	return a, cmp.Or(need(f, name), ensure(valid, worldcard.CodeInvalidAmount, ""))
}

func (s *Server) checkBirthday(text string) *problem {
	if text == "" {
		return nil
	}
	born, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return refusal(worldcard.CodeDateFormat, "")
	}
	adult := issuing.DateOf(born).YearsBefore(issuing.DateOf(s.now())) >= 18
	return ensure(adult, worldcard.CodeFieldValue, "cardholder must be 18 or older")
}

// applicable makes the checks of every application. A repeat is recognised before
// anything else is checked.
func (s *Server) applicable(f fields) *problem {
	fresh := s.byKey[f.Text("merchant_card_id")] == nil
	return cmp.Or(
		need(f, "merchant_card_id", "card_type", "card_bin_id"), ensure(fresh, worldcard.CodeDuplicateOrder, ""))
}

// latinNames checks the names for a type.
func latinNames(f fields, typ worldcard.CardType) *problem {
	for _, name := range []string{"first_name", "last_name"} {
		if typ == worldcard.CardTypeVirtualG && (len(f.Text(name)) > 40 || !latinName.MatchString(f.Text(name))) {
			return refusal(worldcard.CodeFieldValue, name+" is invalid")
		}
	}
	return nil
}

// numbers checks phone numbers and calling codes: digits, as in the pages' examples; absent
// ones pass.
func numbers(f fields, names ...string) *problem {
	for _, name := range names {
		if strings.Trim(f.Text(name), "0123456789") != "" {
			return refusal(worldcard.CodeFieldValue, name+" is invalid")
		}
	}
	return nil
}

// mail checks an address; an absent one passes.
func mail(f fields) *problem {
	address := f.Text("email")
	return ensure(address == "" || check.ValidEmail(address), worldcard.CodeFieldValue, "email is invalid")
}

// countries checks country codes; absent ones pass.
func countries(f fields, names ...string) *problem {
	for _, name := range names {
		if code := f.Text(name); code != "" && !check.Alpha2(code) {
			return refusal(worldcard.CodeFieldValue, name+" is invalid")
		}
	}
	return nil
}

func (s *Server) applyVirtual(f fields) (any, *problem) {
	typ := worldcard.CardType(f.Text("card_type"))
	required, known := requiredFields[typ]
	b, found := findBIN(f.Text("card_bin_id"), typ)
	amount, badAmount := readAmount(f, "first_recharge_amount")
	if failed := cmp.Or(
		s.applicable(f), ensure(known, worldcard.CodeUnsupportedCardType, ""), need(f, required...),
		latinNames(f, typ), countries(f, "country_code"), s.checkBirthday(f.Text("birthday")),
		numbers(f, "phone", "phone_country_code"), mail(f),
		ensure(found, worldcard.CodeBINNotFound, ""), badAmount,
	); failed != nil {
		return nil, failed
	}
	c := s.newCard(f, typ, b, worldcard.CardStatusProcessing, 16)
	c.first = amount
	if s.book.Transfer(reserve, c.frozenFirst(), amount, c.id) != nil {
		return fail(worldcard.CodeInsufficientReserve, "")
	}
	s.keep(c)
	s.later(func() { s.issue(c) })
	return map[string]any{
		"card_id": c.id, "merchant_card_id": c.key, "status": c.status, "created_at": s.stamp(c.created),
	}, nil
}

// newCard makes a card that is not kept yet.
func (s *Server) newCard(f fields, typ worldcard.CardType, b bin, status worldcard.CardStatus, digits int) *card {
	now := s.now()
	c := &card{
		id: s.seq.ID(digits), key: f.Text("merchant_card_id"), typ: typ, bin: b, status: status,
		holder: map[string]string{}, created: now, updated: now,
	}
	for name := range f {
		c.holder[name] = f.Text(name)
	}
	return c
}

func (s *Server) keep(c *card) { s.cards[c.id], s.byKey[c.key] = c, c }

// issue ends the application for a virtual card.
func (s *Server) issue(c *card) {
	now := s.now()
	if reason, failed := s.failures.Take(opApply); failed {
		_ = s.book.Transfer(c.frozenFirst(), reserve, c.first, c.id)
		c.move(worldcard.CardStatusFailed, now)
		s.pushCardOpen(c, reason)
		return
	}
	_ = s.book.Transfer(c.frozenFirst(), c.available(), c.first, c.id)
	s.number(c)
	c.move(worldcard.CardStatusActive, now)
	s.pushCardOpen(c, "")
}

// number gives a card what is printed on it.
func (s *Server) number(c *card) {
	c.number = ledger.PAN(c.bin.number, s.seq.Next(), 16)
	c.cvv = ledger.CVV(c.number)
	c.month, c.year = ledger.Expiry(s.now())
	s.numbers[platform.KeyOf(c.number.Reveal())] = c.id
}

// find returns the card that a request names; the platform's id wins.
func (s *Server) find(f fields) (*card, *problem) {
	var c *card
	switch {
	case f.Text("card_id") != "":
		c = s.cards[f.Text("card_id")]
	case f.Text("merchant_card_id") != "":
		c = s.byKey[f.Text("merchant_card_id")]
	default:
		return nil, refusal(worldcard.CodeFieldMissing, "card_id or merchant_card_id is required")
	}
	return c, ensure(c != nil, worldcard.CodeCardNotFound, "")
}

func (s *Server) virtualInfo(c *card, _ fields) (any, *problem) {
	if c.physical() {
		return fail(worldcard.CodeCardNotFound, "")
	}
	data := map[string]any{
		"card_id": c.id, "merchant_card_id": c.key, "card_type": c.typ, "card_bin_id": c.bin.id,
		"card_number": "", "cvv": "", "expiry_month": "", "expiry_year": "",
		"available_balance": s.book.Balance(c.available()).String(),
		"frozen_balance":    s.book.Balance(c.held()).String(),
		"pending_balance":   "0.00",
		"currency":          currency, "status": c.status, "first_recharge_amount": c.first.String(),
	}
	for _, name := range []string{
		"first_name", "last_name", "email", "phone", "phone_country_code", "birthday", "country_code", "city",
		"address", "state", "address_line_two", "postal_code",
	} {
		data[name] = c.holder[name]
	}
	if c.status == worldcard.CardStatusActive {
		data["card_number"], data["cvv"] = s.protect(c.number.Reveal()), s.protect(c.cvv.Reveal())
		data["expiry_month"], data["expiry_year"] = s.protect(c.month), s.protect(c.year)
	}
	return data, nil
}

// What freezing a card and its reverse do.
var (
	freeze   = toggle(worldcard.CardStatusActive, worldcard.CardStatusFrozen, worldcard.CodeFreezeFailed)
	unfreeze = toggle(worldcard.CardStatusFrozen, worldcard.CardStatusActive, worldcard.CodeUnfreezeFailed)
)

func toggle(from, to worldcard.CardStatus, code worldcard.Code) func(*Server, *card, fields) (any, *problem) {
	return func(s *Server, c *card, _ fields) (any, *problem) {
		if c.status != from {
			return fail(code, "")
		}
		c.move(to, s.now())
		s.pushStatusChange(c)
		return map[string]any{"card_id": c.id, "status": c.status}, nil
	}
}

func (s *Server) closeCard(c *card, _ fields) (any, *problem) {
	if c.status != worldcard.CardStatusActive && c.status != worldcard.CardStatusFrozen {
		return fail(worldcard.CodeCloseFailed, "")
	}
	c.move(worldcard.CardStatusClosing, s.now())
	s.later(func() { s.finishClose(c) })
	return map[string]any{"card_id": c.id, "status": c.status}, nil
}

// finishClose releases what authorizations hold, gives the balance back to the
// reserve and announces it for the refund.
func (s *Server) finishClose(c *card) {
	if held := s.book.Balance(c.held()); held.Sign() > 0 {
		_ = s.book.Transfer(c.held(), c.available(), held, c.id)
	}
	left := s.book.Balance(c.available())
	if left.Sign() > 0 {
		_ = s.book.Transfer(c.available(), reserve, left, c.id)
	}
	for _, t := range c.txs {
		t.open = false
	}
	c.move(worldcard.CardStatusClosed, s.now())
	s.pushStatusChange(c)
	s.pushCardClose(c, left)
}

// Card is what the platform knows of a card.
type Card struct {
	ID             string
	MerchantCardID string
	Type           worldcard.CardType
	Status         worldcard.CardStatus
	Number         issuing.Secret
	PIN            issuing.Secret // physical cards, after activation
	Available      issuing.Amount
	Held           issuing.Amount // by authorizations
}

// Cards returns all cards, in the order of their ids.
func (s *Server) Cards() []Card {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Card, 0, len(s.cards))
	for _, c := range s.cards {
		out = append(out, s.snapshot(c))
	}
	slices.SortFunc(out, func(a, b Card) int {
		return cmp.Or(cmp.Compare(len(a.ID), len(b.ID)), strings.Compare(a.ID, b.ID))
	})
	return out
}

// Card returns the card with a merchant card id.
func (s *Server) Card(merchantCardID string) (Card, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.byKey[merchantCardID]
	if c == nil {
		return Card{}, false
	}
	return s.snapshot(c), true
}

func (s *Server) snapshot(c *card) Card {
	return Card{
		ID: c.id, MerchantCardID: c.key, Type: c.typ, Status: c.status, Number: c.number, PIN: c.pin,
		Available: s.book.Balance(c.available()), Held: s.book.Balance(c.held()),
	}
}
