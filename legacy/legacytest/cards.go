package legacytest

import (
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/ledger"
	"github.com/issuing-sdk/issuing-go/legacy"
)

// Product is one of the four card products.
type Product string

// The card products.
const (
	MasterE  Product = "MASTER-E"  // physical, in HKD
	VisaH    Product = "VISA-H"    // physical, in HKD
	VirtualL Product = "VIRTUAL-L" // virtual, in USD
	VirtualP Product = "VIRTUAL-P" // virtual, in USD, named by a card id
)

// state is where a card stands; each product has its own words for it.
type state int

const (
	active state = iota
	frozen
	closing
	closed
)

// card is one card.
type card struct {
	product     Product
	id          string // what requests name it by: the number, or VIRTUAL-P's card id
	number      issuing.Secret
	cvv         issuing.Secret
	month, year string
	currency    issuing.Currency
	state       state
	foreign     bool // belongs to another merchant
	holder      holder
	created     time.Time

	pin                     issuing.Secret
	purchaseLimit, atmLimit int
	document                string
	records                 []*record // oldest first
}

// holder is whom a card is issued to.
type holder struct{ first, last, email, mobile, birth string }

func (c *card) closed() bool  { return c.state == closing || c.state == closed }
func (c *card) virtual() bool { return c.product == VirtualL || c.product == VirtualP }

// account is what the card holds.
func (c *card) account() ledger.Account {
	return ledger.Account{Kind: "card", Owner: c.id, Currency: c.currency}
}

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
	shop     string
	declined bool
	settled  bool
}

// record adds a line to the card's history.
func (c *card) record(s *Server, k kind, amount issuing.Amount, text, shop string) *record {
	s.seq++
	r := &record{
		id: fmt.Sprintf("1%012d", s.seq), kind: k, amount: amount, currency: c.currency, at: s.now(),
		text: text, shop: shop, settled: k != recordPurchase,
	}
	if c.product == MasterE || c.product == VirtualP {
		r.id = uuid.NewSHA1(uuid.NameSpaceOID, []byte(r.id)).String()
	}
	c.records = append(c.records, r)
	return r
}

// bins are where test card numbers begin.
var bins = map[Product]string{MasterE: "529901", VisaH: "451888", VirtualL: "493193", VirtualP: "537100"}

// issue makes an active card. An empty bin is the product's usual one.
func (s *Server) issue(product Product, bin string, h holder) *card {
	if bin == "" {
		bin = bins[product]
	}
	s.seq++
	number := ledger.PAN(bin, s.seq, 16)
	month, year := ledger.Expiry(s.now())
	c := &card{
		product: product, id: number.Reveal(), number: number, cvv: ledger.CVV(number), month: month, year: year,
		currency: issuing.HKD, holder: h, created: s.now(), purchaseLimit: 100_000, atmLimit: 10_000,
	}
	switch product {
	case VirtualL:
		c.currency = issuing.USD
	case VirtualP:
		// A card id has the form of a card number and is none.
		c.currency, c.id = issuing.USD, "9"+fmt.Sprintf("%015d", s.seq)
	}
	s.cards[c.id] = c
	return c
}

// find returns the card of a product that a request names.
func (s *Server) find(f fields, product Product) (*card, *problem) {
	if failed := f.require("cardNumber"); failed != nil {
		return nil, failed
	}
	c := s.cards[f.text("cardNumber")]
	if c == nil || c.product != product || c.foreign {
		return nil, &problem{legacy.CodeInvalidParameters, "cardNumber does not name a card of this product"}
	}
	return c, nil
}

// move changes a card between active and frozen. Doing it twice changes nothing.
func (s *Server) move(f fields, product Product, to state) (*card, *problem) {
	c, failed := s.find(f, product)
	if failed != nil {
		return nil, failed
	}
	if c.closed() {
		return nil, &problem{legacy.CodeInvalidParameters, "the card is closed"}
	}
	if c.state != to {
		c.state = to
		if product == VirtualP {
			k := recordUnfrozen
			if to == frozen {
				k = recordFrozen
			}
			r := &record{id: uuid.NewString(), kind: k, amount: issuing.NewAmount(0, 0), currency: c.currency, at: s.now()}
			s.announce(c, r)
		}
	}
	return c, nil
}

// closeCard closes a VIRTUAL-L or VIRTUAL-P card, which share the path.
func (s *Server) closeCard(f fields) (any, *problem) {
	if failed := f.require("cardNumber"); failed != nil {
		return nil, failed
	}
	c := s.cards[f.text("cardNumber")]
	if c == nil || !c.virtual() || c.foreign {
		return invalid("cardNumber does not name a virtual card")
	}
	if c.closed() {
		return false, nil
	}
	c.state = closing
	s.clock.After(s.cfg.Delay, func() { s.finishClose(c) })
	return true, nil
}

// finishClose gives what is left on a card back to the reserve and announces it.
func (s *Server) finishClose(c *card) {
	s.mu.Lock()
	defer s.mu.Unlock()
	left := s.book.Balance(c.account())
	if left.Sign() > 0 {
		_ = s.book.Transfer(c.account(), reserve(c.currency), left, "close "+c.id)
	}
	c.state = closed
	r := c.record(s, recordClose, left, "closure", "")
	s.announce(c, r)
}

// pinRequest sets a PIN that came encrypted.
func (s *Server) setPIN(f fields, product Product) *problem {
	c, failed := s.find(f, product)
	if failed != nil {
		return failed
	}
	plain, err := s.secret.Decrypt(f.text("pin"))
	if err != nil || len(plain) != 6 || !digits(string(plain)) {
		return &problem{legacy.CodeInvalidParameters, "pin is not the encrypted form of six digits"}
	}
	c.pin = issuing.NewSecret(string(plain))
	return nil
}

func digits(text string) bool {
	for _, r := range text {
		if r < '0' || r > '9' {
			return false
		}
	}
	return text != ""
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
	return issuing.NewSecret(s.issue(product, "", holder{first: "Dennis", last: "Huang", email: "dennis@example.com", mobile: "9375161772", birth: "1992-09-20"}).id)
}

// IssueForeignCard makes a VIRTUAL-P card that belongs to another merchant: a
// document upload for it is refused with 5011.
func (s *Server) IssueForeignCard() issuing.Secret {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.issue(VirtualP, "", holder{})
	c.foreign = true
	return issuing.NewSecret(c.id)
}

// Purchase makes a shop charge a card and announces it. It returns the id of the
// record; a card that is not usable or does not hold the amount declines.
func (s *Server) Purchase(cardNumber issuing.Secret, amount issuing.Amount, shop string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.cards[cardNumber.Reveal()]
	if c == nil {
		return "", errNoCard
	}
	return s.purchase(c, amount, shop).id, nil
}

func (s *Server) purchase(c *card, amount issuing.Amount, shop string) *record {
	r := c.record(s, recordPurchase, amount, "purchase at "+shop, shop)
	r.declined = c.state != active || s.book.Transfer(c.account(), ledger.World(c.currency), amount, r.id) != nil
	s.announce(c, r)
	return r
}

// Settle settles a purchase: a VISA-H transaction shows its amount from then on.
func (s *Server) Settle(cardNumber issuing.Secret, recordID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.cards[cardNumber.Reveal()]; c != nil {
		for _, r := range c.records {
			if r.id == recordID && !r.declined {
				r.settled = true
				return nil
			}
		}
	}
	return errNoCard
}

// Balance returns what a card holds.
func (s *Server) Balance(cardNumber issuing.Secret) issuing.Amount {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.cards[cardNumber.Reveal()]; c != nil {
		return s.book.Balance(c.account())
	}
	return issuing.Amount{}
}

// PIN returns the PIN that was set for a card.
func (s *Server) PIN(cardNumber issuing.Secret) issuing.Secret {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.cards[cardNumber.Reveal()]; c != nil {
		return c.pin
	}
	return issuing.Secret{}
}
