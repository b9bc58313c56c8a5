package uqpaytest

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/ledger"
	"github.com/issuing-sdk/issuing-go/uqpay"
)

// Accounts of the platform.
const (
	MasterAccount  = "6f1b2c3d-0000-4000-8000-000000000001" // holds the credentials
	SubAccount     = "6f1b2c3d-0000-4000-8000-000000000002" // connected, of the issuing line
	BankingAccount = "6f1b2c3d-0000-4000-8000-000000000003" // connected, not of the issuing line
)

// Products of the platform.
const (
	ProductSingle   = "9a0c0b1e-0000-4000-8000-000000000001" // virtual, SINGLE, BIN 40963608, simplified KYC
	ProductShare    = "9a0c0b1e-0000-4000-8000-000000000002" // virtual, SHARE, BIN 40963608, simplified KYC
	ProductEnhanced = "9a0c0b1e-0000-4000-8000-000000000003" // virtual, SINGLE, BIN 46651711, enhanced KYC
	ProductPhysical = "9a0c0b1e-0000-4000-8000-000000000004" // plastic, BIN 49372410
	ProductRegional = "9a0c0b1e-0000-4000-8000-000000000005" // virtual, SINGLE, BIN 40433705, with rules of regions
)

// physicalBIN begins the numbers of plastic cards, regionalBIN those of the cards whose
// cardholders' regions are limited.
const (
	physicalBIN = "49372410"
	regionalBIN = "40433705"
)

// Card arts of the platform.
const (
	ArtDefault = "3c5d0a7e-0000-4000-8000-000000000001" // the platform's
	ArtBlue    = "3c5d0a7e-0000-4000-8000-000000000002" // another one
)

type holder struct {
	owned
	uqpay.Cardholder
	identity bool
	method   uqpay.KYCMethod
	proof    string // reference of a verification elsewhere
	reason   string // of the last verification
}

type card struct {
	owned
	uqpay.Card
	holder *holder
	expiry string

	pan, cvv, code, pin issuing.Secret

	busy       bool // a status change is under way
	elevated   issuing.Amount
	elevatedTo time.Time
	protection uqpay.Protection
	trigger    uqpay.AutoCancelTrigger
}

// money is the account of what is on the card; a SHARE card has none of its own.
func (c *card) money() ledger.Account {
	if c.Mode == uqpay.ModeShare {
		return issuingAccount(c.account, c.Currency)
	}
	return account("card", c.ID, c.Currency)
}

func account(kind, owner string, in issuing.Currency) ledger.Account {
	return ledger.Account{Kind: kind, Owner: owner, Currency: in}
}

func issuingAccount(owner string, in issuing.Currency) ledger.Account {
	return account("issuing", owner, in)
}

// pending holds the money of an order that has not ended.
func pending(id string, in issuing.Currency) ledger.Account { return account("pending", id, in) }

// hold is the money of an authorization.
func hold(id string, in issuing.Currency) ledger.Account { return account("hold", id, in) }

type order struct {
	owned
	uqpay.Order
	op string // that placed it
}

type transaction struct {
	owned
	uqpay.Transaction
	card *card
}

// entry is one line of the ledger of an issuing balance.
type entry struct {
	owned
	uqpay.LedgerEntry
}

type report struct {
	owned
	id      string
	typ     uqpay.ReportType
	start   time.Time
	end     time.Time
	ready   bool
	expires time.Time
}

// furnish makes what the platform begins with.
func (s *Server) furnish() {
	for i, a := range []struct {
		id, name string
		line     uqpay.BusinessCode
	}{{SubAccount, "Example Issuing Pte. Ltd.", uqpay.BusinessCodeIssuing}, {BankingAccount, "Example Banking Pte. Ltd.",
		uqpay.BusinessCodeBanking}} {
		s.accounts = append(s.accounts, uqpay.Account{
			ID: a.id, ShortID: fmt.Sprintf("CL260411-%d", i+1), BusinessCodes: []uqpay.BusinessCode{a.line}, Name: a.name,
			Email: issuing.Personal(fmt.Sprintf("account%d@example.com", i+1)), Status: "ACTIVE", Country: "SG",
			VerificationStatus: uqpay.VerificationStatusApproved, EntityType: uqpay.EntityTypeCompany,
			Contact: uqpay.Contact{Email: issuing.Personal(fmt.Sprintf("contact%d@example.com", i+1)), Phone: "+6591234567"},
		})
	}
	s.products = products(s.now())
	for range 10 {
		s.inventory = append(s.inventory, ledger.PAN(physicalBIN, s.seq.Next(), 16))
	}
}

// products are what cards can be issued of.
func products(now time.Time) []uqpay.Product {
	both := []issuing.Currency{issuing.CurrencySGD, issuing.CurrencyUSD}
	product := func(id, bin string, mode uqpay.Mode, form uqpay.CardForm, level uqpay.KYCLevel,
		fields ...uqpay.RequiredField) uqpay.Product {
		return uqpay.Product{
			ID: id, BIN: bin, Mode: mode, Forms: []uqpay.CardForm{form}, MaxQuota: 10000, Scheme: uqpay.SchemeVisa,
			Currencies: both, Status: uqpay.ProductStatusEnabled, KYCLevel: level, RequiredFields: fields,
			NoPINPaymentAmount: []uqpay.Money{{Amount: issuing.NewAmount(20000, 2), Currency: issuing.CurrencySGD}},
			CreateTime:         now, UpdateTime: now,
		}
	}
	need := func(name, kind, description string, inner ...uqpay.RequiredField) uqpay.RequiredField {
		return uqpay.RequiredField{Name: name, Type: kind, Required: true, Description: description, Fields: inner}
	}
	return []uqpay.Product{
		product(ProductSingle, uqpay.SimulatorBIN, uqpay.ModeSingle, uqpay.CardFormVirtual, uqpay.KYCLevelSimplified),
		product(ProductShare, uqpay.SimulatorBIN, uqpay.ModeShare, uqpay.CardFormVirtual, uqpay.KYCLevelSimplified),
		product(ProductEnhanced, "46651711", uqpay.ModeSingle, uqpay.CardFormVirtual, uqpay.KYCLevelEnhanced,
			need("nationality", "string", "ISO 3166-1 alpha-2"),
			need("residential_address", "object", "where the person lives",
				need("country", "string", "ISO 3166-1 alpha-2"), need("city", "string", "city"), need("line1", "string", "street")),
			need("identity", "object", "identity document"), need("kyc_verification", "object", "verification"),
		),
		product(ProductPhysical, physicalBIN, uqpay.ModeSingle, uqpay.CardFormPhysical, uqpay.KYCLevelSimplified),
		product(ProductRegional, regionalBIN, uqpay.ModeSingle, uqpay.CardFormVirtual, uqpay.KYCLevelStandard,
			need("nationality", "string", "ISO 3166-1 alpha-2"),
			need("residential_address", "object", "where the person lives",
				need("country", "string", "ISO 3166-1 alpha-2"), need("city", "string", "city"), need("line1", "string", "street"))),
	}
}

// product finds a product, nil when there is none.
func (s *Server) product(id string) *uqpay.Product {
	return pick(s.products, func(p uqpay.Product) bool { return p.ID == id })
}

// connected finds a connected account, nil when there is none.
func (s *Server) connected(id string) *uqpay.Account {
	return pick(s.accounts, func(a uqpay.Account) bool { return a.ID == id })
}

func pick[T any](items []T, is func(T) bool) *T {
	i := slices.IndexFunc(items, is)
	if i < 0 {
		return nil
	}
	return &items[i]
}

// shortID makes a reference for people.
func (s *Server) shortID(prefix string) string {
	sum := sha256.Sum256(binary.BigEndian.AppendUint64(nil, s.seq.Next()))
	return fmt.Sprintf("%s%s-%X", prefix, s.now().Format("060102"), sum[:6])
}

// move books a transfer and, where it touches an issuing balance, an entry of
// that balance's ledger.
func (s *Server) move(from, to ledger.Account, amount issuing.Amount, memo string, kind uqpay.LedgerType) error {
	if amount.Sign() == 0 {
		return nil
	}
	if err := s.book.Transfer(from, to, amount, memo); err != nil {
		return err
	}
	for _, side := range []struct {
		account ledger.Account
		amount  issuing.Amount
	}{{from, amount.Neg()}, {to, amount}} {
		if side.account.Kind != "issuing" {
			continue
		}
		now := s.now()
		e := &entry{owned{side.account.Owner}, uqpay.LedgerEntry{
			ID: s.ids.UUID(), ShortID: s.shortID("T"), AccountID: side.account.Owner,
			BalanceID: balanceID(side.account), Type: kind, Currency: side.account.Currency, Amount: side.amount,
			EndingBalance: s.book.Balance(side.account), CreateTime: now, CompleteTime: now,
			Status: uqpay.LedgerStatusCompleted, Description: memo,
		}}
		s.ledger.add(e.ID, e)
	}
	return nil
}

func balanceID(a ledger.Account) string {
	return uuid.NewSHA1(uuid.Nil, []byte(a.Owner+"|"+string(a.Currency))).String()
}
