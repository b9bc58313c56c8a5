package kazepaytest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/ledger"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/sign"
)

// Defaults of [Config].
const (
	DefaultDelay     = 50 * time.Millisecond
	DefaultMaxUpload = 5 << 20 // bytes of a picture
	defaultSysID     = "202402271432298822660001"
	sampleBIN        = "222929"
	samplePlastic    = "4937240800070604"
)

// Config describes a platform. The zero Config is a platform with a merchant
// balance of one million dollars that follows real time and leaves KYC reviews
// to DecideKYC.
type Config struct {
	Listen     string             // loopback address; empty is any free port
	Clock      *Clock             // nil follows real time
	WebhookURL string             // where callbacks go before setWebhookUrl; empty sends none
	Profile    sign.Profile       // the envelope's choices, the client's too
	SysID      string             // empty is the published demo id
	Balance    issuing.Amount     // the merchant's balance in USD
	Delay      time.Duration      // of every asynchronous step
	Location   *time.Location     // zone of times; nil is UTC
	BINs       []string           // that createCard opens; empty is 222929
	NewCard    kazepay.CardStatus // how applications end: ACTIVE when empty, TBA or AUDIT_NOT_PASS
	AutoKYC    kazepay.KYCStatus  // verdict that is given by itself after Delay; empty waits for DecideKYC
	Upload     kazepay.UploadForm // the form of fileUpload
	Keys       Keys               // of merchant and platform; the zero Keys are fresh ones
	MaxUpload  int64              // bytes of a picture; 0 is DefaultMaxUpload
	Quirks     Quirks             // what the pages contradict

	// Accepted says which answers acknowledge a callback, by the first 200 bytes;
	// nil takes status 200 with any of the forms of webhook.KazePayAck, of which a
	// sealed message has to open and verify.
	Accepted func(status int, body []byte) bool
}

// ErrorForm is how failure answers come.
type ErrorForm int

// Error forms. Which one KazePay uses is not published.
const (
	ErrorsBare   ErrorForm = iota // no sign, no keyEnc, empty body
	ErrorsSigned                  // sign and keyEnc of nothing in particular, empty body
	ErrorsSealed                  // an envelope that opens, with {} in it
)

// CallbackName is where a callback names its kind.
type CallbackName int

// Callback names. Which one KazePay uses is not published.
const (
	NameInHead    CallbackName = iota // head.apiCode
	NameInContent                     // the content's type; head.apiCode is "notify"
	NameNowhere                       // head.apiCode is "notify", and the fields have to tell
)

// Quirks are contradictions and gaps of the pages, each a way the real platform
// may behave.
type Quirks struct {
	IgnoreRepeats   bool         // a repeated requestNo is carried out again instead of refused
	FreshRequestNo  bool         // answers carry a requestNo of their own
	WrongAPICode    bool         // answers of updCardStatus and closeCard say cardBalance
	OtherCardID     bool         // answers of ucardActive name another card
	OtherSysID      string       // answers name this system id
	ShuffledHead    bool         // heads begin with sysId
	SwappedAmounts  bool         // numbers as text and text as numbers in answers
	ProseDetail     bool         // detail is "Success"
	UpstreamCodes   bool         // codes of the upstream platform (2, 200, 212) instead of FAKE_ ones
	Errors          ErrorForm    // how failure answers come
	HideTopUps      bool         // queryTransactions lists no top-ups, as upstream says
	EmptyListAsNull bool         // an empty list comes as null
	FiveDeliveries  bool         // callbacks are delivered five times at most, not six
	CallbackNames   CallbackName // where callbacks name their kind
}

// Server is the platform. It is safe for concurrent use; Close it after use.
type Server struct {
	cfg   Config
	http  *platform.Server
	clock *Clock
	book  *ledger.Book

	merchantKey, platformKey *rsa.PrivateKey
	own                      sign.PrivateKey // the platform's
	merchant                 sign.PublicKey

	mu         sync.Mutex
	seq        uint64
	requests   map[string]struct{} // requestNos carried out
	webhookURL string
	users      map[string]*user    // by email
	files      map[string]*file    // by file id
	cards      map[string]*card    // by card id
	numbers    map[string]*card    // by card number
	plastics   map[string]struct{} // printed, not assigned
	topUps     []*topUp
	flags      map[string]int // apiCode to how many answers get the flag FAILED
	failTopUps int
}

// NewServer starts a platform with fresh keys.
func NewServer(cfg Config) (*Server, error) {
	if cfg.Balance.IsZero() {
		cfg.Balance = issuing.NewAmount(1_000_000_00, 2)
	}
	if cfg.Delay == 0 {
		cfg.Delay = DefaultDelay
	}
	if cfg.MaxUpload == 0 {
		cfg.MaxUpload = DefaultMaxUpload
	}
	if cfg.SysID == "" {
		cfg.SysID = defaultSysID
	}
	if cfg.Location == nil {
		cfg.Location = time.UTC
	}
	if cfg.NewCard == "" {
		cfg.NewCard = kazepay.CardStatusActive
	}
	if len(cfg.BINs) == 0 {
		cfg.BINs = []string{sampleBIN}
	}
	cfg.BINs = slices.Clone(cfg.BINs)
	if err := cfg.Profile.Validate(); err != nil {
		return nil, fmt.Errorf("kazepaytest: %w", err)
	}
	s := &Server{
		cfg: cfg, book: ledger.NewBook(), webhookURL: cfg.WebhookURL,
		requests: map[string]struct{}{}, users: map[string]*user{}, files: map[string]*file{},
		cards: map[string]*card{}, numbers: map[string]*card{},
		plastics: map[string]struct{}{samplePlastic: {}}, flags: map[string]int{},
	}
	if err := s.makeKeys(); err != nil {
		return nil, err
	}
	if err := s.book.Transfer(ledger.World(currency), merchant, cfg.Balance, "funding"); err != nil {
		return nil, fmt.Errorf("kazepaytest: the balance: %w", err)
	}
	server, err := platform.New(platform.Config{
		Listen: cfg.Listen, Clock: cfg.Clock, MaxRequest: max(platform.DefaultMaxRequest, 2*cfg.MaxUpload),
	})
	if err != nil {
		return nil, err
	}
	s.http, s.clock = server, server.Clock()
	s.http.Serve(platform.Named(s.apiCode, s.handle))
	return s, nil
}

// Keys are the RSA-2048 pairs of a merchant and a platform. Make them once with
// [NewKeys] to start many servers quickly. They print as "[redacted]".
type Keys struct{ p *keyPairs }

type keyPairs struct{ merchant, platform *rsa.PrivateKey }

// NewKeys makes fresh keys.
func NewKeys() (Keys, error) {
	pairs := &keyPairs{}
	var err error
	if pairs.merchant, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		return Keys{}, err
	}
	pairs.platform, err = rsa.GenerateKey(rand.Reader, 2048)
	return Keys{pairs}, err
}

// Format implements [fmt.Formatter] for every verb.
func (Keys) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[redacted]") }

// LogValue implements [slog.LogValuer].
func (Keys) LogValue() slog.Value { return slog.StringValue("[redacted]") }

// MarshalText returns "[redacted]".
func (Keys) MarshalText() ([]byte, error) { return []byte("[redacted]"), nil }

func (s *Server) makeKeys() error {
	keys := s.cfg.Keys
	var err error
	if keys.p == nil {
		if keys, err = NewKeys(); err != nil {
			return err
		}
	}
	s.merchantKey, s.platformKey = keys.p.merchant, keys.p.platform
	if s.own, err = sign.NewPrivateKey(s.platformKey); err != nil {
		return err
	}
	s.merchant, err = sign.NewPublicKey(&s.merchantKey.PublicKey)
	return err
}

// Format implements [fmt.Formatter] for every verb: a platform holds card numbers
// and keys, and prints its address alone.
func (s *Server) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "kazepaytest.Server "+s.URL()) }

// Close stops the platform.
func (s *Server) Close() { s.http.Close() }

// URL returns the one address of the API.
func (s *Server) URL() string { return s.http.URL() }

// Clock returns the platform's clock.
func (s *Server) Clock() *Clock { return s.clock }

// SysID returns the merchant's system id.
func (s *Server) SysID() string { return s.cfg.SysID }

// MerchantPrivateKey returns the merchant's key as PKCS #8 PEM.
func (s *Server) MerchantPrivateKey() issuing.Secret {
	der, err := x509.MarshalPKCS8PrivateKey(s.merchantKey)
	if err != nil {
		return issuing.Secret{}
	}
	return issuing.NewSecret(string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
}

// PlatformKey returns the key that answers and callbacks are verified with.
func (s *Server) PlatformKey() sign.PublicKey { return s.own.Public() }

// ClientConfig returns the configuration of a client for this platform.
func (s *Server) ClientConfig() kazepay.Config {
	key, _ := sign.NewPrivateKey(s.merchantKey)
	return kazepay.Config{
		BaseURL: s.URL(), SysID: s.cfg.SysID, PrivateKey: key, PlatformKey: s.PlatformKey(),
		Profile: s.cfg.Profile, Location: s.cfg.Location, Upload: s.cfg.Upload, MaxUpload: s.cfg.MaxUpload,
	}
}

// Check reports a book that does not balance: money that a fault, a race or a
// repeat made or lost.
func (s *Server) Check() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.book.Check(); err != nil {
		return err
	}
	for _, t := range s.topUps {
		held := s.book.Balance(t.account()).Sign() > 0
		if held != (t.status == kazepay.TransactionStatusPending) {
			return fmt.Errorf("kazepaytest: top-up %s is %s, money held: %t", t.id, t.status, held)
		}
	}
	for _, c := range s.cards {
		if held := s.book.Balance(c.closing()).Sign() > 0; held && c.status != kazepay.CardStatusCloseProcessing {
			return fmt.Errorf("kazepaytest: card %s is %s and its refund is still held", c.id, c.status)
		}
	}
	return nil
}

// Balance returns what the merchant holds.
func (s *Server) Balance() issuing.Amount { return s.book.Balance(merchant) }

// FailFlag makes the next answer of an operation that carries a result flag say
// FAILED while head.code is SUCCESS. Nothing is carried out.
func (s *Server) FailFlag(apiCode string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flags[apiCode]++
}

// FailNextTopUp makes the next top-up that falls due fail.
func (s *Server) FailNextTopUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failTopUps++
}

// nextID returns a fresh id of the given number of digits.
func (s *Server) nextID(digits int) string {
	s.seq++
	return fmt.Sprintf("1%0*d", digits-1, s.seq)
}

func (s *Server) now() time.Time { return s.clock.Now() }

// stamp formats a time as the platform does.
func (s *Server) stamp(t time.Time) string { return t.In(s.cfg.Location).Format(time.DateTime) }
