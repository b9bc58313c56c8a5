package legacytest

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/ledger"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/legacy"
)

// Product is one of the four card products.
type Product string

// The card products.
const (
	ProductMasterE  Product = "MASTER-E"  // physical, in HKD
	ProductVisaH    Product = "VISA-H"    // physical, in HKD
	ProductVirtualL Product = "VIRTUAL-L" // virtual, in USD
	ProductVirtualP Product = "VIRTUAL-P" // virtual, in USD, named by a card id
)

// state is where a card stands; each product has its own words for it.
type state int

const (
	active state = iota
	frozen
	closing
	closed
)

// statuses are the products' words for where a card stands.
var statuses = map[Product]map[state]any{
	ProductMasterE: {
		active: legacy.MasterECardStatusActivated, frozen: legacy.MasterECardStatusLost,
		closing: legacy.MasterECardStatusExpired, closed: legacy.MasterECardStatusExpired,
	},
	ProductVisaH: {
		active: legacy.VisaHCardStatusActivated, frozen: "suspended", closing: "suspended", closed: "suspended",
	},
	ProductVirtualL: {
		active: legacy.VirtualLCardStatusActive, frozen: legacy.VirtualLCardStatusFrozen,
		closing: legacy.VirtualLCardStatusActive, closed: legacy.VirtualLCardStatusCancelled,
	},
	ProductVirtualP: {
		active: legacy.VirtualPCardStatusActive, frozen: legacy.VirtualPCardStatusFrozen,
		closing: legacy.VirtualPCardStatusActive, closed: legacy.VirtualPCardStatusInactive,
	},
}

// card is one card.
type card struct {
	product     Product
	id          string // what requests name it by: the number, or VIRTUAL-P's card id
	number      issuing.Secret
	cvv         issuing.Secret
	month, year string
	currency    issuing.Currency
	account     ledger.Account // what the card holds; its owner is no card number, because errors name it
	state       state
	foreign     bool // belongs to another merchant
	holder      holder
	created     time.Time

	pin                     issuing.Secret
	purchaseLimit, atmLimit int
	records                 []*record // oldest first
}

// holder is whom a card is issued to.
type holder struct{ first, last, email, mobile, birth string }

func (h holder) name() string { return h.first + " " + h.last }

func (c *card) status() any   { return statuses[c.product][c.state] }
func (c *card) closed() bool  { return c.state == closing || c.state == closed }
func (c *card) virtual() bool { return c.product == ProductVirtualL || c.product == ProductVirtualP }

// kind is what a record is about.
type kind int

const (
	recordTopUp kind = iota
	recordPurchase
	recordClose
	recordFrozen
	recordUnfrozen
)

// record is one line of a card's history.
type record struct {
	id       string
	kind     kind
	amount   issuing.Amount
	currency issuing.Currency
	at       time.Time
	text     string
	shop     issuingtest.Merchant

	declined, settled bool
}

// record adds a line to the card's history. The caller announces it.
func (s *Server) record(c *card, k kind, amount issuing.Amount, text string) *record {
	r := &record{
		id: s.seq.ID(13), kind: k, amount: amount, currency: c.currency, at: s.now(), text: text,
		settled: k != recordPurchase,
	}
	if c.product == ProductMasterE || c.product == ProductVirtualP {
		r.id = uuid.NewSHA1(uuid.NameSpaceOID, []byte(r.id)).String()
	}
	c.records = append(c.records, r)
	return r
}

// bins are where test card numbers begin.
var bins = map[Product]string{
	ProductMasterE: "529901", ProductVisaH: "451888", ProductVirtualL: "493193", ProductVirtualP: "537100",
}

// issue makes an active card. An empty bin is the product's usual one.
func (s *Server) issue(product Product, bin string, h holder) *card {
	if bin == "" {
		bin = bins[product]
	}
	seq := s.seq.Next()
	number := ledger.PAN(bin, seq, 16)
	month, year := ledger.Expiry(s.now())
	c := &card{
		product: product, id: number.Reveal(), number: number, cvv: ledger.CVV(number), month: month, year: year,
		currency: issuing.CurrencyHKD, holder: h, created: s.now(), purchaseLimit: 100_000, atmLimit: 10_000,
	}
	switch product {
	case ProductVirtualL:
		c.currency = issuing.CurrencyUSD
	case ProductVirtualP:
		// A card id has the form of a card number and is none.
		c.currency, c.id = issuing.CurrencyUSD, fmt.Sprintf("9%015d", seq)
	}
	c.account = ledger.Account{Kind: "card", Owner: fmt.Sprint(seq), Currency: c.currency}
	s.cards[platform.KeyOf(c.id)] = c
	return c
}

// card returns the card that is named by id, nil when there is none.
func (s *Server) card(id string) *card { return s.cards[platform.KeyOf(id)] }

// What operations on a card take.
var (
	cardRules = rules{{mandatory, textForm, "cardNumber"}}
	pinRules  = cardRules.with(rule{mandatory, textForm, "pin"})
)

// find returns the card of a product that a request names.
func (s *Server) find(f fields, product Product) (*card, *problem) {
	c := s.card(f.Text("cardNumber"))
	if c == nil || c.product != product || c.foreign {
		return nil, bad("cardNumber does not name a card of this product")
	}
	return c, nil
}

func (s *Server) freeze(_ fields, c *card) (any, *problem) { return s.move(c, frozen, recordFrozen) }
func (s *Server) unfreeze(_ fields, c *card) (any, *problem) {
	return s.move(c, active, recordUnfrozen)
}

// move changes a card between active and frozen. Doing it twice changes nothing.
func (s *Server) move(c *card, to state, k kind) (any, *problem) {
	if c.closed() {
		return nil, bad("the card is closed")
	}
	if c.state != to {
		c.state = to
		if c.product == ProductVirtualP { // announced, and no line of the card's history
			none := issuing.NewAmount(0, 0)
			s.announce(c, &record{id: s.ids.UUID(), kind: k, amount: none, currency: c.currency, at: s.now()})
		}
	}
	if c.product == ProductMasterE {
		return s.masterEChange(c), nil
	}
	return true, nil
}

// closeCard closes a VIRTUAL-L or VIRTUAL-P card, which share the path.
func (s *Server) closeCard(_ fields, c *card) (any, *problem) {
	if c.closed() {
		return false, nil
	}
	c.state = closing
	s.later(func() { s.finishClose(c) })
	return true, nil
}

// finishClose gives what is left on a card back to the reserve and announces it.
func (s *Server) finishClose(c *card) {
	left := s.book.Balance(c.account)
	if left.Sign() > 0 {
		_ = s.book.Transfer(c.account, reserve(c.currency), left, "closure")
	}
	c.state = closed
	s.announce(c, s.record(c, recordClose, left, "closure"))
}

// changePIN sets a PIN that came encrypted.
func (s *Server) setPIN(f fields, c *card) (any, *problem) {
	plain, err := s.secret.Decrypt(f.Text("pin"))
	if err != nil || len(plain) != 6 || strings.Trim(string(plain), "0123456789") != "" {
		return nil, bad("pin is not the encrypted form of six digits")
	}
	c.pin = issuing.NewSecret(string(plain))
	if c.product == ProductMasterE {
		return "succeed", nil
	}
	return true, nil
}

// seal encrypts a field as answers carry it.
func (s *Server) seal(value string) string {
	text, err := s.secret.Encrypt([]byte(value))
	if err != nil {
		return ""
	}
	return text
}

var errNoCard = errors.New("legacytest: no such card")

// IssueCard makes an active card without an application, empty, and returns what
// requests name it by.
func (s *Server) IssueCard(product Product) issuing.Secret {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := holder{first: "Dennis", last: "Huang", email: "dennis@example.com", mobile: "9375161772", birth: "1992-09-20"}
	return issuing.NewSecret(s.issue(product, "", h).id)
}

// IssueForeignCard makes a VIRTUAL-P card that belongs to another merchant: a
// document upload for it is refused with 5011.
func (s *Server) IssueForeignCard() issuing.Secret {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.issue(ProductVirtualP, "", holder{})
	c.foreign = true
	return issuing.NewSecret(c.id)
}

// with calls do with the card of that number, the server's lock held.
func (s *Server) with(cardNumber issuing.Secret, do func(*card)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.card(cardNumber.Reveal())
	if c == nil {
		return errNoCard
	}
	do(c)
	return nil
}

// Purchase makes a shop charge a card, in the card's currency, and announces it. A
// card that is not usable or does not hold the amount declines, which is recorded and
// announced as well.
func (s *Server) Purchase(
	cardNumber issuing.Secret, amount issuing.Amount, shop issuingtest.Merchant,
) (issuingtest.Authorization, error) {
	var a issuingtest.Authorization
	if amount.Sign() <= 0 {
		return a, errors.New("legacytest: the amount is not positive")
	}
	err := s.with(cardNumber, func(c *card) { a = s.purchase(c, amount, shop) })
	return a, err
}

func (s *Server) purchase(c *card, amount issuing.Amount, shop issuingtest.Merchant) issuingtest.Authorization {
	r := s.record(c, recordPurchase, amount, "purchase at "+shop.Name)
	r.shop = shop
	var reason string
	switch {
	case c.state != active:
		reason = "card is not usable"
	case s.book.Transfer(c.account, ledger.World(c.currency), amount, r.id) != nil:
		reason = "insufficient balance"
	}
	r.declined = reason != ""
	s.announce(c, r)
	return issuingtest.Authorization{ID: r.id, Approved: !r.declined, Reason: reason}
}

// Settle settles a purchase: a VISA-H transaction shows its amount from then on.
func (s *Server) Settle(cardNumber issuing.Secret, recordID string) error {
	err := errNoCard
	_ = s.with(cardNumber, func(c *card) {
		for _, r := range c.records {
			if r.id == recordID && !r.declined {
				r.settled, err = true, nil
			}
		}
	})
	return err
}

// Balance returns what a card holds.
func (s *Server) Balance(cardNumber issuing.Secret) (held issuing.Amount) {
	_ = s.with(cardNumber, func(c *card) { held = s.book.Balance(c.account) })
	return held
}

// PIN returns the PIN that was set for a card.
func (s *Server) PIN(cardNumber issuing.Secret) (pin issuing.Secret) {
	_ = s.with(cardNumber, func(c *card) { pin = c.pin })
	return pin
}
