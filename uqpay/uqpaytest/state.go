package uqpaytest

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
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
)

// Card arts of the platform.
const (
	ArtDefault = "3c5d0a7e-0000-4000-8000-000000000001" // the platform's
	ArtBlue    = "3c5d0a7e-0000-4000-8000-000000000002" // another one
)

// state is all that the platform remembers. Server.mu guards it.
type state struct {
	token        token
	mints        int
	keys         map[string]*keyRecord
	keepInFlight int
	failOrders   int
	minute       int64
	counts       map[string]int

	accounts     []uqpay.Account
	products     []uqpay.Product
	holders      map[string]*holder
	holderIDs    []string
	cards        map[string]*card
	cardIDs      []string
	orders       map[string]*order
	orderIDs     []string
	transactions map[string]*transaction
	txIDs        []string
	ledger       []*uqpay.LedgerEntry
	transfers    map[string]*uqpay.Transfer
	reports      map[string]*report
	files        map[string]*uqpay.File
	inventory    []issuing.Secret
	defaultArt   string
	seq          uint64
}

type token struct {
	value   issuing.Secret
	expires time.Time
}

type holder struct {
	uqpay.Cardholder
	account  string
	identity bool
	method   uqpay.KYCMethod
	proof    string // reference of a verification elsewhere
}

type card struct {
	uqpay.Card
	account    string
	pan        issuing.Secret
	cvv        issuing.Secret
	expiry     string
	code       issuing.Secret
	pin        issuing.Secret
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
	return ledger.Account{Kind: "card", Owner: c.ID, Currency: c.Currency}
}

func issuingAccount(account string, currency issuing.Currency) ledger.Account {
	return ledger.Account{Kind: "issuing", Owner: account, Currency: currency}
}

// pending holds the money of an order that has not ended.
func pending(id string, currency issuing.Currency) ledger.Account {
	return ledger.Account{Kind: "pending", Owner: id, Currency: currency}
}

// hold is the money of an authorization.
func hold(id string, currency issuing.Currency) ledger.Account {
	return ledger.Account{Kind: "hold", Owner: id, Currency: currency}
}

type order struct {
	uqpay.Order
	account string
}

type transaction struct {
	uqpay.Transaction
	account  string
	reversed bool
}

type report struct {
	id      string
	account string
	typ     uqpay.ReportType
	start   time.Time
	end     time.Time
	ready   bool
	expires time.Time
}

func newState(now time.Time) state {
	st := state{
		keys: map[string]*keyRecord{}, counts: map[string]int{}, holders: map[string]*holder{},
		cards: map[string]*card{}, orders: map[string]*order{}, transactions: map[string]*transaction{},
		transfers: map[string]*uqpay.Transfer{}, reports: map[string]*report{}, files: map[string]*uqpay.File{},
		defaultArt: ArtDefault,
	}
	for i, a := range []struct {
		id, name string
		line     uqpay.BusinessCode
	}{{SubAccount, "Example Issuing Pte. Ltd.", uqpay.BusinessIssuing}, {BankingAccount, "Example Banking Pte. Ltd.", uqpay.BusinessBanking}} {
		st.accounts = append(st.accounts, uqpay.Account{
			ID: a.id, ShortID: fmt.Sprintf("CL260411-%d", i+1), BusinessCodes: []uqpay.BusinessCode{a.line}, Name: a.name,
			Email: fmt.Sprintf("account%d@example.com", i+1), Status: "ACTIVE", Country: "SG",
			VerificationStatus: uqpay.VerificationApproved, EntityType: uqpay.EntityCompany,
			Contact: uqpay.Contact{Email: fmt.Sprintf("contact%d@example.com", i+1), Phone: "+6591234567"},
		})
	}
	st.products = products(now)
	for range 10 {
		st.seq++
		st.inventory = append(st.inventory, ledger.PAN("49372410", st.seq, 16))
	}
	return st
}

// products are what cards can be issued of.
func products(now time.Time) []uqpay.Product {
	both := []issuing.Currency{issuing.SGD, issuing.USD}
	product := func(id, bin string, mode uqpay.Mode, form uqpay.CardForm, level uqpay.KYCLevel, fields ...uqpay.RequiredField) uqpay.Product {
		return uqpay.Product{
			ID: id, BIN: bin, Mode: mode, Forms: []uqpay.CardForm{form}, MaxQuota: 10000, Scheme: uqpay.SchemeVisa,
			Currencies: both, Status: uqpay.ProductEnabled, KYCLevel: level, RequiredFields: fields,
			NoPINPaymentAmount: []uqpay.Money{{Amount: issuing.NewAmount(20000, 2), Currency: issuing.SGD}},
			CreateTime:         now, UpdateTime: now,
		}
	}
	return []uqpay.Product{
		product(ProductSingle, uqpay.SimulatorBIN, uqpay.ModeSingle, uqpay.CardFormVirtual, uqpay.KYCSimplified),
		product(ProductShare, uqpay.SimulatorBIN, uqpay.ModeShare, uqpay.CardFormVirtual, uqpay.KYCSimplified),
		product(ProductEnhanced, "46651711", uqpay.ModeSingle, uqpay.CardFormVirtual, uqpay.KYCEnhanced,
			uqpay.RequiredField{Name: "nationality", Type: "string", Required: true, Description: "ISO 3166-1 alpha-2"},
			uqpay.RequiredField{Name: "residential_address", Type: "object", Required: true, Description: "where the person lives",
				Fields: []uqpay.RequiredField{
					{Name: "country", Type: "string", Required: true, Description: "ISO 3166-1 alpha-2"},
					{Name: "city", Type: "string", Required: true, Description: "city"},
					{Name: "line1", Type: "string", Required: true, Description: "street"},
				}},
			uqpay.RequiredField{Name: "identity", Type: "object", Required: true, Description: "identity document"},
			uqpay.RequiredField{Name: "kyc_verification", Type: "object", Required: true, Description: "verification"},
		),
		product(ProductPhysical, "49372410", uqpay.ModeSingle, uqpay.CardFormPhysical, uqpay.KYCSimplified),
	}
}

func (st *state) product(id string) *uqpay.Product {
	for i := range st.products {
		if st.products[i].ID == id {
			return &st.products[i]
		}
	}
	return nil
}

// shortID makes a reference for people.
func (s *Server) shortID(prefix string) string {
	s.state.seq++
	sum := sha256.Sum256(binary.BigEndian.AppendUint64(nil, s.state.seq))
	return fmt.Sprintf("%s%s-%X", prefix, s.now().Format("060102"), sum[:6])
}

func newID() string { return uuid.NewString() }

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
		s.state.ledger = append(s.state.ledger, &uqpay.LedgerEntry{
			ID: newID(), ShortID: s.shortID("T"), AccountID: side.account.Owner,
			BalanceID: balanceID(side.account), Type: kind, Currency: side.account.Currency, Amount: side.amount,
			EndingBalance: s.book.Balance(side.account), CreateTime: now, CompleteTime: now,
			Status: uqpay.LedgerCompleted, Description: memo,
		})
	}
	return nil
}

func balanceID(a ledger.Account) string {
	return uuid.NewSHA1(uuid.Nil, []byte(a.Owner+"|"+string(a.Currency))).String()
}
