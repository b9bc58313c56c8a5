package worldcardtest

import (
	"cmp"
	"crypto/rsa"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"sync"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/ledger"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// Defaults of [Config].
const (
	DefaultDelay      = 50 * time.Millisecond
	DefaultQuota      = 1000
	DefaultKYCTimeout = 7 * 24 * time.Hour // the documents say "the allowed period"
)

// CardData says how answers carry card number, CVV and expiry. The documents
// show all three forms.
type CardData int

// Forms of card data in answers.
const (
	CardDataFields CardData = iota // each field encrypted
	CardDataClear                  // fields in clear
	CardDataWhole                  // the whole data encrypted into one string
)

// Config describes a platform. The zero Config is a platform with a reserve of
// one million dollars that follows real time.
type Config struct {
	Keys       Keys               // of merchant and platform; the zero Keys are fresh ones
	Listen     string             // loopback address; empty is any free port
	Listener   net.Listener       // listened on instead, wherever it is; nil listens at Listen
	Clock      *issuingtest.Clock // nil follows real time
	WebhookURL string             // where callbacks go; empty sends none
	Webhooks   map[string]string  // an address per callback type, before WebhookURL
	Reserve    issuing.Amount     // the merchant's reserve in USD; an unset one is a million, "0" is empty
	Quota      int                // physical cards that may be applied for; 0 is DefaultQuota, negative is none
	Delay      time.Duration      // of every asynchronous step
	KYCTimeout time.Duration      // after which an application that waits for KYC is cancelled
	AllowedIPs []netip.Prefix     // source addresses; empty allows all
	CardData   CardData           // form of card data in answers
	LongSalt   bool               // sign callbacks with the longest salt, as Go's nil options do
	// NoNotifyType leaves notify_type out of callbacks, as the payload tables do.
	NoNotifyType bool
	// BlockedWord sends "blocked" for frozen cards, as the change log of
	// 2026-06-04 says, instead of "frozen".
	BlockedWord bool
	// RejectionStays leaves a card pending KYC after a rejection without retry,
	// as the flow page says; otherwise it fails, as the KYC guide says.
	RejectionStays bool
	// EncryptedFields refuses pin and card_number that are in clear inside the encrypted
	// body.
	EncryptedFields bool
	// Zone sends times without a zone, as clocks show them there; nil sends RFC 3339 at
	// +08:00, as the pages show.
	Zone *time.Location
}

// Server is the platform. It is safe for concurrent use; Close it after use.
//
// What it can do beside WorldCard's own affairs comes from the embedded
// [github.com/issuing-sdk/issuing-go/issuingtest.Platform]: URL, Clock, Close,
// Inject, Choose, Requests, SetCallbackFault, ReleaseCallbacks, Deliveries, Check.
// It prints its address alone.
type Server struct {
	issuingtest.Platform

	cfg  Config
	host *platform.Server
	book *ledger.Book

	appID       string
	merchantKey func() *rsa.PrivateKey
	merchant    sign.PublicKey
	platformKey func() *rsa.PrivateKey
	aesText     issuing.Secret
	aes         sign.AESKey

	nonces   *platform.Memory
	seq      platform.Sequence
	failures *platform.Failures

	mu       sync.Mutex
	cards    map[string]*card    // by card id
	byKey    map[string]*card    // by merchant card id
	deposits map[string]*deposit // by merchant transaction id
	ordered  []*deposit
	numbers  map[platform.NumberKey]string // hash of a card number to card id
	quota    int
}

// NewServer starts a platform with fresh keys.
func NewServer(cfg Config) (*Server, error) {
	if cfg.Reserve.IsZero() {
		cfg.Reserve = issuing.NewAmount(1_000_000_00, 2)
	}
	cfg.Quota = cmp.Or(cfg.Quota, DefaultQuota)
	cfg.Delay = cmp.Or(cfg.Delay, DefaultDelay)
	cfg.KYCTimeout = cmp.Or(cfg.KYCTimeout, DefaultKYCTimeout)
	s := &Server{
		cfg: cfg, book: ledger.NewBook(), appID: "app_sandbox_0001", quota: cfg.Quota,
		nonces:   platform.NewMemory(nonceMemory),
		failures: platform.NewFailures(failing...),
		cards:    map[string]*card{}, byKey: map[string]*card{}, deposits: map[string]*deposit{},
		numbers: map[platform.NumberKey]string{},
	}
	if err := s.takeKeys(cfg.Keys); err != nil {
		return nil, err
	}
	if cfg.Reserve.Sign() != 0 {
		if err := s.book.Transfer(ledger.World(currency), reserve, cfg.Reserve, "funding"); err != nil {
			return nil, fmt.Errorf("worldcardtest: the reserve: %w", err)
		}
	}
	var err error
	if s.host, err = platform.New(platform.Config{
		Listen: cfg.Listen, Listener: cfg.Listener, Clock: cfg.Clock, Check: s.check,
		Operations: platform.Names(maps.Values(routes), func(o operation) string { return o.op }),
		Actions:    s.actions(), State: s.state,
	}); err != nil {
		return nil, err
	}
	s.Platform = issuingtest.NewPlatform(s.host)
	s.host.Serve(s.route)
	return s, nil
}

// AppID returns the merchant's application id.
func (s *Server) AppID() string { return s.appID }

// MerchantPrivateKey returns the merchant's key as PKCS #8 PEM.
func (s *Server) MerchantPrivateKey() issuing.Secret { return platform.KeyText(s.merchantKey()) }

// AESKeyText returns the shared AES key as 64 hexadecimal digits.
func (s *Server) AESKeyText() issuing.Secret { return s.aesText }

// AESKey returns the shared AES key.
func (s *Server) AESKey() sign.AESKey { return s.aes }

// PlatformKey returns the key that callbacks are verified with.
func (s *Server) PlatformKey() sign.PublicKey {
	key, _ := sign.NewPublicKey(&s.platformKey().PublicKey)
	return key
}

// ClientConfig returns the configuration of a client for this platform.
func (s *Server) ClientConfig() worldcard.Config {
	key, _ := sign.NewPrivateKey(s.merchantKey())
	return worldcard.Config{
		BaseURL: s.URL(), AppID: s.appID, PrivateKey: key, AESKey: s.aes,
		EncryptFields: s.cfg.EncryptedFields, Zone: s.cfg.Zone,
	}
}

// check reports a book that does not balance, and a top-up whose money is not
// where its status says.
func (s *Server) check() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := cmp.Or(s.book.Check(), s.failures.Check()); err != nil {
		return err
	}
	for _, d := range s.ordered {
		held := s.book.Balance(d.account()).Sign() > 0
		if held != (d.status == worldcard.DepositStatusProcessing) {
			return fmt.Errorf("worldcardtest: top-up %s is %v, money held: %t", d.id, d.status, held)
		}
	}
	return nil
}

// Reserve returns what the merchant's reserve holds. WorldCard keeps it in USD; of
// another currency there is nothing.
func (s *Server) Reserve(c issuing.Currency) issuing.Amount {
	if c != currency {
		return issuing.NewAmount(0, 2)
	}
	return s.book.Balance(reserve)
}

// Fund pays money into the merchant's reserve, which is in USD.
func (s *Server) Fund(c issuing.Currency, amount issuing.Amount) error {
	if c != currency || amount.Sign() <= 0 {
		return errors.New("worldcardtest: the reserve takes positive amounts in USD")
	}
	return s.book.Transfer(ledger.World(currency), reserve, amount, "funding")
}

// Balance returns what a card can spend, in USD; of a card that does not exist,
// nothing.
func (s *Server) Balance(cardID string) issuing.Amount {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.cards[cardID]
	if c == nil {
		return issuing.Amount("")
	}
	return s.book.Balance(c.available())
}

// FailNext lets the next request of an operation through and fails what follows from
// it: Virtual.Apply (the card is not issued), Cards.Deposit (the top-up fails, its
// money goes back) and Physical.Activate (the card stays pending and nothing
// announces it; the reason is not shown). Failures queue up; an empty reason is
// "failed". Another operation is refused, and a failure that never happened is an
// error of Check.
func (s *Server) FailNext(op, reason string) error { return s.failures.Add(op, reason) }

func (s *Server) now() time.Time { return s.Clock().Now() }

// later runs an asynchronous step with the server's lock held.
func (s *Server) later(step func()) { s.host.Later(&s.mu, s.cfg.Delay, step) }

// zone is the platform's: every documented time has the offset +08:00.
var zone = time.FixedZone("UTC+8", 8*60*60)

// stamp formats a time as the platform does, in whole seconds.
func (s *Server) stamp(t time.Time) string { return s.exactly(t.Truncate(time.Second)) }

// exactly is stamp with all digits.
func (s *Server) exactly(t time.Time) string {
	if s.cfg.Zone != nil {
		return t.In(s.cfg.Zone).Format("2006-01-02 15:04:05.999999999")
	}
	return t.In(zone).Format(time.RFC3339Nano)
}
