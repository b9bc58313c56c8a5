package uqpaytest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/ledger"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/uqpay"
)

// Limits are requests per calendar minute of the platform's clock; 0 is no limit.
type Limits struct {
	Token           int // mints
	Authenticated   int // calls with a token
	Unauthenticated int // calls without one
}

// sandboxLimits are those of UQPAY's sandbox.
var sandboxLimits = Limits{Token: 60, Authenticated: 500, Unauthenticated: 200}

// Config describes a platform. The zero Config serves a platform that follows
// real time, with random credentials and the sandbox's limits.
type Config struct {
	// Listen is a loopback address; "127.0.0.1:0" when empty.
	Listen string
	// Listener is listened on instead, wherever it is; nil listens at Listen.
	Listener net.Listener
	// ClientID, APIKey and WebhookSecret are the merchant's credentials; empty ones are
	// made.
	ClientID      string
	APIKey        issuing.Secret
	WebhookSecret issuing.Secret
	// Seed makes ids the same in every run; empty makes random ones.
	Seed string
	// Clock is the platform's time; nil follows real time.
	Clock *issuingtest.Clock
	// Delay is how long orders, reviews and reports take; 0 is one second.
	Delay time.Duration
	// Limits are the rate limits; nil is the sandbox's: 60 mints, 500 calls with a
	// token and 200 without one.
	Limits *Limits
	// WebhookURL is where callbacks go; empty is nowhere.
	WebhookURL string
	// Reserve is the issuing balance that the master account starts with in USD
	// and in SGD; unset is 100000.
	Reserve issuing.Amount
	// Variants are forms and rules that the documents leave open.
	Variants Variants
	// Milliseconds stamps callbacks in Unix milliseconds instead of seconds.
	Milliseconds bool
	// OldPINContract answers PIN operations as the page of v1.6 has it: at once
	// and without an order.
	OldPINContract bool
	// Authorize, when set, is asked to decide every simulated purchase that
	// passed the platform's own rules: with the fields of an authorization
	// request, which authdecision.Caller takes as they are. It returns the
	// response code ("00" approves), or an error, on which DefaultApprove
	// decides.
	Authorize func(ctx context.Context, request map[string]any) (code string, err error)
	// DefaultApprove is what decides when Authorize gives no answer.
	DefaultApprove bool
}

// Server is the platform. It is safe for concurrent use; Close it after use.
//
// What it can do beside UQPAY's own affairs comes from the embedded
// [github.com/issuing-sdk/issuing-go/issuingtest.Platform]: Clock, Close, Inject,
// Choose, Requests, SetCallbackFault, ReleaseCallbacks, Deliveries, Check. It
// prints its address alone.
type Server struct {
	issuingtest.Platform

	cfg    Config
	limits Limits
	host   *platform.Server
	book   *ledger.Book

	clientID       string
	apiKey, secret issuing.Secret
	hmac           sign.HMACKey
	ids            *platform.IDs
	seq            platform.Sequence
	failures       *platform.Failures

	mu           sync.Mutex
	token        issuing.Secret
	tokenEnd     time.Time
	mints        int
	keys         map[string]*keyRecord
	keepInFlight int
	minute       int64          // whose requests are counted
	counts       map[string]int // by group of calls
	accounts     []uqpay.Account
	products     []uqpay.Product
	holders      table[*holder]
	cards        table[*card]
	orders       table[*order]
	transactions table[*transaction]
	ledger       table[*entry]
	reports      table[*report]
	transfers    map[string]*uqpay.Transfer
	files        map[string]*uqpay.File
	inventory    []issuing.Secret
	defaultArt   string
}

// NewServer starts a platform.
func NewServer(cfg Config) (*Server, error) {
	if cfg.Delay <= 0 {
		cfg.Delay = time.Second
	}
	if cfg.Reserve.IsZero() {
		cfg.Reserve = issuing.NewAmount(100_000_00, 2)
	}
	cfg.Variants.Values = maps.Clone(cfg.Variants.Values)
	s := &Server{
		cfg: cfg, limits: sandboxLimits, book: ledger.NewBook(), defaultArt: ArtDefault,
		failures: platform.NewFailures(failing...),
		keys:     map[string]*keyRecord{}, transfers: map[string]*uqpay.Transfer{}, files: map[string]*uqpay.File{},
		cards: table[*card]{missing: cardNotFound()}, orders: table[*order]{missing: cardError("card order not found")},
		holders:      table[*holder]{missing: cardholderError("cardholder not found")},
		reports:      table[*report]{missing: notFound("report")},
		transactions: table[*transaction]{missing: notFound("transaction")},
		ids:          platform.NewIDs(cfg.Seed),
		clientID:     cmp.Or(cfg.ClientID, "client_"+uuid.NewString()),
		apiKey:       cmp.Or(cfg.APIKey, issuing.NewSecret("key_"+uuid.NewString())),
		secret:       cmp.Or(cfg.WebhookSecret, issuing.NewSecret("whsec_"+uuid.NewString())),
	}
	if cfg.Limits != nil {
		s.limits = *cfg.Limits
	}
	var err error
	if s.hmac, err = sign.NewHMACKey(s.secret); err != nil {
		return nil, err
	}
	if s.host, err = platform.New(platform.Config{
		Listen: cfg.Listen, Listener: cfg.Listener, Clock: cfg.Clock,
		MaxRequest: maxRequest, Operations: operations(), Check: s.check,
		Actions: s.actions(), State: s.present,
	}); err != nil {
		return nil, err
	}
	s.Platform = issuingtest.NewPlatform(s.host)
	s.furnish()
	if cfg.Reserve.Sign() > 0 {
		if err := errors.Join(s.Fund(issuing.CurrencyUSD, cfg.Reserve),
			s.Fund(issuing.CurrencySGD, cfg.Reserve)); err != nil {
			s.Close()
			return nil, err
		}
	}
	s.host.Serve(s.route)
	return s, nil
}

// maxRequest holds the largest upload and its form.
const maxRequest = uqpay.MaxUpload + 1<<20

// basePath is where the API begins; it is served without it, too.
const basePath = "/api"

// URL returns the base address, for [uqpay.Config] as BaseURL and FilesURL.
func (s *Server) URL() string { return s.Platform.URL() + basePath }

func (s *Server) now() time.Time { return s.Clock().Now() }

// ClientID returns the client id.
func (s *Server) ClientID() string { return s.clientID }

// APIKey returns the API key.
func (s *Server) APIKey() issuing.Secret { return s.apiKey }

// WebhookSecret returns the secret that callbacks are signed with.
func (s *Server) WebhookSecret() issuing.Secret { return s.secret }

// ClientConfig returns the configuration of a client for this platform.
func (s *Server) ClientConfig() uqpay.Config {
	return uqpay.Config{
		BaseURL: s.URL(), FilesURL: s.URL(), IframeURL: s.Platform.URL(), ClientID: s.clientID, APIKey: s.apiKey,
	}
}

// locked runs a lever with the server's lock held.
func (s *Server) locked(pull func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	pull()
}

// SetWebhookURL changes where later callbacks go.
func (s *Server) SetWebhookURL(url string) { s.locked(func() { s.cfg.WebhookURL = url }) }

// Mints returns how many tokens were minted.
func (s *Server) Mints() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mints
}

// EndToken ends the present token, as a mint by somebody else would.
func (s *Server) EndToken() { s.locked(func() { s.tokenEnd = time.Time{} }) }

// KeepInFlight has the next n repeats of every idempotency key answered as if
// its first request were still being processed.
func (s *Server) KeepInFlight(n int) { s.locked(func() { s.keepInFlight = n }) }

// failing are the operations that FailNext knows.
var failing = []string{
	"Cards.Apply", "Cards.Update", "Cards.SetStatus", "Cards.Deposit", "Cards.Withdraw", "Cards.ElevateLimit",
	"Cards.SetPIN", "Cards.ManagePIN", "Transfers.Create",
}

// FailNext lets the next request of an operation through and makes what it ordered fail
// when it ends; the money goes back. It knows what is asynchronous: Cards.Apply, Update,
// SetStatus (which Freeze, Unfreeze and Close call), Deposit, Withdraw, ElevateLimit,
// SetPIN and ManagePIN, and Transfers.Create. The reason is the failure code of a PIN
// order; other orders and UQPAY's events give none. Failures queue up; another operation
// is refused, and a failure that never happened is an error of Check.
func (s *Server) FailNext(op, reason string) error { return s.failures.Add(op, reason) }

// Fund adds money to the master's issuing balance, as a transfer from Banking in
// the Dashboard does.
func (s *Server) Fund(currency issuing.Currency, amount issuing.Amount) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	to := issuingAccount(MasterAccount, currency)
	return s.move(ledger.World(currency), to, amount, "funding", uqpay.LedgerTypeFundsTransferIn)
}

// Reserve returns what the master account's issuing balance holds in a currency.
func (s *Server) Reserve(currency issuing.Currency) issuing.Amount {
	return s.AccountBalance(MasterAccount, currency)
}

// AccountBalance returns the issuing balance of an account.
func (s *Server) AccountBalance(accountID string, currency issuing.Currency) issuing.Amount {
	return s.book.Balance(issuingAccount(accountID, currency))
}

// Balance returns what a card can spend: what is on a SINGLE one, or the account's
// issuing balance. Of a card that does not exist, nothing.
func (s *Server) Balance(cardID string) issuing.Amount {
	s.mu.Lock()
	defer s.mu.Unlock()
	card, ok := s.cards.byID[cardID]
	if !ok {
		return issuing.Amount("")
	}
	return s.book.Balance(card.money())
}

// Orders returns all orders of a type, oldest first; "" is every type.
func (s *Server) Orders(typ uqpay.OrderType) []uqpay.Order {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []uqpay.Order
	for _, o := range s.orders.list {
		if typ == "" || o.Type == typ {
			out = append(out, o.Order)
		}
	}
	return out
}

// Inventory returns the numbers of plastic cards that can be assigned.
func (s *Server) Inventory() []issuing.Secret {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.inventory)
}

// check reports a book that does not balance, an order that has ended and still
// holds money, and an authorization whose money is not where its status says.
func (s *Server) check() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := cmp.Or(s.book.Check(), s.failures.Check()); err != nil {
		return err
	}
	for _, o := range s.orders.list {
		if held := s.book.Balance(pending(o.ID, o.Currency)); held.Sign() > 0 && o.Status.Terminal() {
			return fmt.Errorf("uqpaytest: order %s is %s and holds %s", o.ID, o.Status, held)
		}
	}
	for _, tx := range s.transactions.list {
		held := s.book.Balance(hold(tx.ID, tx.BillingCurrency)).Sign() > 0
		if held != (tx.SettlementStatus == uqpay.SettlementStatusUnsettled) {
			return fmt.Errorf("uqpaytest: transaction %s is %s, money held: %t", tx.ID, tx.SettlementStatus, held)
		}
	}
	return nil
}

// ApproveKYC ends the verification of a cardholder with SUCCESS and sends the event.
func (s *Server) ApproveKYC(cardholderID string) error {
	return s.review(cardholderID, uqpay.CardholderStatusSuccess, "")
}

// RejectKYC ends the verification of a cardholder and sends the event: with INCOMPLETE
// where a retry is allowed, and with FAILED where it is not.
func (s *Server) RejectKYC(cardholderID, reason string, retry issuingtest.KYCRetry) error {
	status := uqpay.CardholderStatusFailed
	if retry == issuingtest.KYCRetryAllowed {
		status = uqpay.CardholderStatusIncomplete
	}
	return s.review(cardholderID, status, reason)
}

func (s *Server) review(cardholderID string, status uqpay.CardholderStatus, reason string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	h, ok := s.holders.byID[cardholderID]
	if !ok {
		return errors.New("uqpaytest: no such cardholder")
	}
	s.finishKYC(h, status, reason)
	return nil
}
