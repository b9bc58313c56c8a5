package worldcardtest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/netip"
	"sync"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/ledger"
	"github.com/issuing-sdk/issuing-go/internal/platform"
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
	Listen     string            // loopback address; empty is any free port
	Clock      *Clock            // nil follows real time
	WebhookURL string            // where callbacks go; empty sends none
	Webhooks   map[string]string // an address per callback type, before WebhookURL
	Reserve    issuing.Amount    // the merchant's reserve in USD; an unset one is a million, "0" is empty
	Quota      int               // physical cards that may be applied for; 0 is DefaultQuota, negative is none
	Delay      time.Duration     // of every asynchronous step
	KYCTimeout time.Duration     // after which an application that waits for KYC is cancelled
	AllowedIPs []netip.Prefix    // source addresses; empty allows all
	CardData   CardData          // form of card data in answers
	LongSalt   bool              // sign callbacks with the longest salt, as Go's nil options do
	// NoNotifyType leaves notify_type out of callbacks, as the payload tables do.
	NoNotifyType bool
	// BlockedWord sends "blocked" for frozen cards, as the change log of
	// 2026-06-04 says, instead of "frozen".
	BlockedWord bool
	// RejectionStays leaves a card pending KYC after a rejection without retry,
	// as the flow page says; otherwise it fails, as the KYC guide says.
	RejectionStays bool
}

// Server is the platform. It is safe for concurrent use; Close it after use.
type Server struct {
	cfg   Config
	http  *platform.Server
	clock *Clock
	book  *ledger.Book

	appID       string
	merchantKey *rsa.PrivateKey
	merchant    sign.PublicKey
	platformKey *rsa.PrivateKey
	aesText     issuing.Secret
	aes         sign.AESKey

	mu       sync.Mutex
	nonces   map[string]time.Time
	seq      uint64
	cards    map[string]*card    // by card id
	byKey    map[string]*card    // by merchant card id
	deposits map[string]*deposit // by merchant transaction id
	ordered  []*deposit
	numbers  map[[sha256.Size]byte]string // hash of a card number to card id
	quota    int
	failures map[failure][]string
}

// failure names an asynchronous step that a test can make fail.
type failure int

const (
	failIssue failure = iota
	failDeposit
	failActivate
)

// NewServer starts a platform with fresh keys.
func NewServer(cfg Config) (*Server, error) {
	if cfg.Reserve.IsZero() {
		cfg.Reserve = issuing.NewAmount(1_000_000_00, 2)
	}
	if cfg.Quota == 0 {
		cfg.Quota = DefaultQuota
	}
	if cfg.Delay == 0 {
		cfg.Delay = DefaultDelay
	}
	if cfg.KYCTimeout == 0 {
		cfg.KYCTimeout = DefaultKYCTimeout
	}
	s := &Server{
		cfg: cfg, book: ledger.NewBook(), appID: "app_sandbox_0001", quota: cfg.Quota,
		nonces: map[string]time.Time{}, cards: map[string]*card{}, byKey: map[string]*card{},
		deposits: map[string]*deposit{}, numbers: map[[sha256.Size]byte]string{}, failures: map[failure][]string{},
	}
	if err := s.makeKeys(); err != nil {
		return nil, err
	}
	if cfg.Reserve.Sign() != 0 {
		if err := s.book.Transfer(ledger.World(currency), reserve, cfg.Reserve, "funding"); err != nil {
			return nil, fmt.Errorf("worldcardtest: the reserve: %w", err)
		}
	}
	_, err := platform.NewServer(platform.Config{
		Listen: cfg.Listen, Clock: cfg.Clock, Handle: s.handle,
		Bind: func(server *platform.Server) { s.http, s.clock = server, server.Clock() },
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Server) makeKeys() error {
	var err error
	if s.merchantKey, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		return err
	}
	if s.platformKey, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		return err
	}
	if s.merchant, err = sign.NewPublicKey(&s.merchantKey.PublicKey); err != nil {
		return err
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	s.aesText = issuing.NewSecret(hex.EncodeToString(key))
	s.aes, err = sign.NewAESKey(key)
	return err
}

// Close stops the platform.
func (s *Server) Close() { s.http.Close() }

// URL returns the base address.
func (s *Server) URL() string { return s.http.URL() }

// Clock returns the platform's clock.
func (s *Server) Clock() *Clock { return s.clock }

// AppID returns the merchant's application id.
func (s *Server) AppID() string { return s.appID }

// MerchantPrivateKey returns the merchant's key as PKCS #8 PEM.
func (s *Server) MerchantPrivateKey() issuing.Secret {
	der, err := x509.MarshalPKCS8PrivateKey(s.merchantKey)
	if err != nil {
		return issuing.Secret{}
	}
	return issuing.NewSecret(string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
}

// AESKeyText returns the shared AES key as 64 hexadecimal digits.
func (s *Server) AESKeyText() issuing.Secret { return s.aesText }

// AESKey returns the shared AES key.
func (s *Server) AESKey() sign.AESKey { return s.aes }

// PlatformKey returns the key that callbacks are verified with.
func (s *Server) PlatformKey() sign.PublicKey {
	key, _ := sign.NewPublicKey(&s.platformKey.PublicKey)
	return key
}

// ClientConfig returns the configuration of a client for this platform.
func (s *Server) ClientConfig() worldcard.Config {
	key, _ := sign.NewPrivateKey(s.merchantKey)
	return worldcard.Config{BaseURL: s.URL(), AppID: s.appID, PrivateKey: key, AESKey: s.aes}
}

// Check reports a book that does not balance: money that a fault, a race or a
// repeat made or lost.
func (s *Server) Check() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.book.Check(); err != nil {
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

// Reserve returns what the merchant's reserve holds.
func (s *Server) Reserve() issuing.Amount { return s.book.Balance(reserve) }

// FailNextIssue makes the next virtual card fail to be issued.
func (s *Server) FailNextIssue(reason string) { s.failNext(failIssue, reason) }

// FailNextDeposit makes the next top-up fail.
func (s *Server) FailNextDeposit(reason string) { s.failNext(failDeposit, reason) }

// FailNextActivation makes the next activation fail: the card stays pending and
// nothing announces it.
func (s *Server) FailNextActivation() { s.failNext(failActivate, "activation failed") }

func (s *Server) failNext(f failure, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failures[f] = append(s.failures[f], reason)
}

// takeFailure returns the reason for which the next step is to fail, or "".
func (s *Server) takeFailure(f failure) string {
	queue := s.failures[f]
	if len(queue) == 0 {
		return ""
	}
	s.failures[f] = queue[1:]
	return queue[0]
}

// nextID returns a fresh id of the given number of digits.
func (s *Server) nextID(digits int) string {
	s.seq++
	return fmt.Sprintf("1%0*d", digits-1, s.seq)
}

func (s *Server) now() time.Time { return s.clock.Now() }

// zone is the platform's: every documented time has the offset +08:00.
var zone = time.FixedZone("UTC+8", 8*60*60)

// stamp formats a time as the platform does.
func stamp(t time.Time) string { return t.In(zone).Format(time.RFC3339) }

// handle carries one request out.
func (s *Server) handle(r *http.Request, body []byte) platform.Reply {
	run, ok := routes[r.URL.Path]
	if !ok {
		return refuse(http.StatusNotFound, "Resource Not Found")
	}
	if r.Method != http.MethodPost {
		return refuse(http.StatusMethodNotAllowed, "Method Not Allowed")
	}
	plaintext, refused := s.verify(r, body)
	if refused != nil {
		return *refused
	}
	fields, err := parseFields(plaintext)
	if err != nil {
		return refuse(http.StatusBadRequest, "Bad Request")
	}
	data, failed := s.run(run, fields)
	if failed != nil {
		return answer(http.StatusOK, failed.code, failed.message, nil)
	}
	return s.success(data)
}

// run carries an operation out with the server's lock held.
func (s *Server) run(operation func(*Server, fields) (any, *problem), f fields) (any, *problem) {
	if name := f.mistyped(); name != "" {
		return fail(worldcard.CodeFieldValue, name+" must be a string")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return operation(s, f)
}

// routes are the operations by path. They run with the server's lock held.
var routes = map[string]func(*Server, fields) (any, *problem){
	"/api/v1/card/virtual/apply":       (*Server).applyVirtual,
	"/api/v1/card/virtual/get_info":    (*Server).virtualInfo,
	"/api/v1/card/virtual/bin/list":    (*Server).virtualBINs,
	"/api/v1/card/deposit":             (*Server).deposit,
	"/api/v1/card/deposit/list":        (*Server).depositList,
	"/api/v1/card/freeze":              (*Server).freeze,
	"/api/v1/card/unfreeze":            (*Server).unfreeze,
	"/api/v1/card/close":               (*Server).closeCard,
	"/api/v1/card/transaction/list":    (*Server).transactionList,
	"/api/v1/card/physical/bin/list":   (*Server).physicalBINs,
	"/api/v1/card/physical/apply":      (*Server).applyPhysical,
	"/api/v1/card/physical/assign":     (*Server).assign,
	"/api/v1/card/physical/activate":   (*Server).activate,
	"/api/v1/card/physical/change/pin": (*Server).changePIN,
	"/api/v1/card/physical/get_info":   (*Server).physicalInfo,
	"/api/v1/card/physical/kyc/init":   (*Server).kycInit,
	"/api/v1/card/physical/kyc/status": (*Server).kycStatus,
	"/api/v1/card/physical/kyc/cancel": (*Server).kycCancel,
}
