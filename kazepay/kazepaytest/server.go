package kazepaytest

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"sync"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/keytext"
	"github.com/issuing-sdk/issuing-go/internal/ledger"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/sign"
)

// Defaults of [Config], and what the published samples show.
const (
	defaultDelay  = 50 * time.Millisecond
	defaultSysID  = "202402271432298822660001"
	sampleBIN     = "222929"
	physicalBIN   = "493724"
	samplePlastic = "4937240800070604"
	sampleCode    = 70795665 // activation codes follow it
)

// Config describes a platform. The zero Config is a platform with a merchant
// reserve of one million dollars that follows real time and leaves KYC reviews
// to ApproveKYC and RejectKYC.
type Config struct {
	Listen     string             // loopback address; empty is any free port
	Listener   net.Listener       // listened on instead, wherever it is; nil listens at Listen
	Clock      *issuingtest.Clock // nil follows real time
	WebhookURL string             // where callbacks go before setWebhookUrl; empty sends none
	Profile    sign.Profile       // the envelope's choices, the client's too
	SysID      string             // empty is the published demo id
	Reserve    issuing.Amount     // the merchant's, in USD; an unset one is a million, "0" is empty
	Delay      time.Duration      // of every asynchronous step; 0 is 50 ms
	Zone       *time.Location     // zone of times; nil is UTC
	BINs       []string           // that createCard opens; empty is 222929
	NewCard    kazepay.CardStatus // how applications end: ACTIVE when empty, TBA or AUDIT_NOT_PASS
	AutoKYC    kazepay.KYCStatus  // verdict that is given by itself after Delay; empty waits for ApproveKYC or RejectKYC
	Upload     kazepay.UploadForm // the form of fileUpload
	Keys       Keys               // of merchant and platform; the zero Keys are fresh ones
	Seed       string             // ids follow from it, the same in every run; empty makes random ones
	MaxUpload  int64              // bytes of a picture; 0 is kazepay.DefaultMaxUpload
	Quirks     Quirks             // what the pages contradict

	Callbacks   kazepay.CallbackForm // how callbacks carry their content; the zero value is sealed
	Paths       map[string]string    // of operations by apiCode; nil answers at every path, others at / alone
	ContentType string               // that messages must have to the letter; empty takes application/json in UTF-8
	Values      map[string][]string  // further values of enumerations in requests, by the member's name
	RequestNo   func(string) bool    // which message numbers are taken; nil takes up to 64 characters

	// Accepted says which answers acknowledge a callback, by the first 4 kB;
	// nil takes status 200 with any of the forms of kazepay.CallbackAck, of which a
	// sealed message has to open and verify.
	Accepted func(status int, body []byte) bool
}

// ErrorForm is how failure answers come.
type ErrorForm int

// Error forms. Which one KazePay uses is not published.
const (
	ErrorFormBare   ErrorForm = iota // no sign, no keyEnc, empty body
	ErrorFormSigned                  // sign and keyEnc of nothing in particular, empty body
	ErrorFormSealed                  // an envelope that opens, with {} in it
)

// CallbackName is where a callback names its kind.
type CallbackName int

// Callback names. Which one KazePay uses is not published.
const (
	CallbackNameInHead    CallbackName = iota // head.apiCode
	CallbackNameInContent                     // the content's type; head.apiCode is "notify"
	CallbackNameNowhere                       // head.apiCode is "notify", and the fields have to tell
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
	TellFailures    bool         // says of a message that does not open whether key, payload or signature is wrong
	Errors          ErrorForm    // how failure answers come
	HideDeposits    bool         // queryTransactions lists no top-ups, as upstream says
	EmptyListAsNull bool         // an empty list comes as null
	FiveDeliveries  bool         // callbacks are delivered five times at most, not six
	CallbackNames   CallbackName // where callbacks name their kind
}

// Server is the platform. It is safe for concurrent use; Close it after use.
//
// What it can do beside KazePay's own affairs comes from the embedded
// [github.com/issuing-sdk/issuing-go/issuingtest.Platform]: URL, Clock, Close,
// Inject, Choose, Requests, SetCallbackFault, ReleaseCallbacks, Deliveries, Check.
// It prints its address alone.
type Server struct {
	issuingtest.Platform

	cfg  Config
	host *platform.Server
	book *ledger.Book

	own      sign.PrivateKey // the platform's
	merchant sign.PrivateKey

	ids      *platform.IDs
	seq      platform.Sequence // of ids and message numbers
	printed  platform.Sequence // of card numbers
	failures *platform.Failures

	mu         sync.Mutex
	requests   map[string]struct{} // requestNos carried out
	webhookURL string
	users      map[string]*user // by email
	files      map[string]*file // by file id
	cards      map[string]*card // by card id
	numbers    map[platform.NumberKey]*card
	plastics   map[platform.NumberKey]struct{} // printed, not assigned
	topUps     []*topUp
}

// NewServer starts a platform, with fresh keys unless [Config.Keys] has some.
func NewServer(cfg Config) (*Server, error) {
	if err := keytext.Bare(cfg.SysID); err != nil {
		return nil, fmt.Errorf("kazepaytest: SysID %w", err)
	}
	if cfg.Reserve.IsZero() {
		cfg.Reserve = issuing.NewAmount(1_000_000_00, 2)
	}
	cfg.Delay = cmp.Or(cfg.Delay, defaultDelay)
	cfg.MaxUpload = cmp.Or(cfg.MaxUpload, kazepay.DefaultMaxUpload)
	cfg.SysID = cmp.Or(cfg.SysID, defaultSysID)
	cfg.Zone = cmp.Or(cfg.Zone, time.UTC)
	cfg.NewCard = cmp.Or(cfg.NewCard, kazepay.CardStatusActive)
	if len(cfg.BINs) == 0 {
		cfg.BINs = []string{sampleBIN}
	}
	cfg.BINs = slices.Clone(cfg.BINs)
	if err := cfg.Profile.Validate(); err != nil {
		return nil, fmt.Errorf("kazepaytest: %w", err)
	}
	s := &Server{
		cfg: cfg, book: ledger.NewBook(), webhookURL: cfg.WebhookURL, ids: platform.NewIDs(cfg.Seed),
		failures: platform.NewFailures(failing()...),
		requests: map[string]struct{}{}, users: map[string]*user{}, files: map[string]*file{},
		cards: map[string]*card{}, numbers: map[platform.NumberKey]*card{},
		plastics: map[platform.NumberKey]struct{}{platform.KeyOf(samplePlastic): {}},
	}
	if err := s.takeKeys(); err != nil {
		return nil, err
	}
	if cfg.Reserve.Sign() != 0 {
		if err := s.book.Transfer(ledger.World(currency), merchant, cfg.Reserve, "funding"); err != nil {
			return nil, fmt.Errorf("kazepaytest: the reserve: %w", err)
		}
	}
	var err error
	if s.host, err = platform.New(platform.Config{
		Listen: cfg.Listen, Listener: cfg.Listener, Clock: cfg.Clock,
		MaxRequest: max(platform.DefaultMaxRequest, 2*cfg.MaxUpload),
		Operations: platform.Names(slices.Values(table), func(o operation) string { return o.op }), Check: s.check,
		Actions: s.actions(), State: s.state,
	}); err != nil {
		return nil, err
	}
	s.Platform = issuingtest.NewPlatform(s.host)
	s.host.Serve(s.route)
	return s, nil
}

// SysID returns the merchant's system id.
func (s *Server) SysID() string { return s.cfg.SysID }

// MerchantPrivateKey returns the merchant's key as PKCS #8 PEM.
func (s *Server) MerchantPrivateKey() issuing.Secret {
	return platform.KeyText(s.cfg.Keys.p.merchant())
}

// PlatformKey returns the key that answers and callbacks are verified with.
func (s *Server) PlatformKey() sign.PublicKey { return s.own.Public() }

// ClientConfig returns the configuration of a client for this platform.
func (s *Server) ClientConfig() kazepay.Config {
	return kazepay.Config{
		BaseURL: s.URL(), SysID: s.cfg.SysID, PrivateKey: s.merchant, PlatformKey: s.PlatformKey(),
		Profile: s.cfg.Profile, Zone: s.cfg.Zone, Upload: s.cfg.Upload, MaxUpload: s.cfg.MaxUpload,
		Paths: maps.Clone(s.cfg.Paths), ContentType: s.cfg.ContentType,
		Values: maps.Clone(s.cfg.Values),
	}
}

// check reports a book that does not balance, and money that is not where the
// status of its top-up or closure says.
func (s *Server) check() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := cmp.Or(s.book.Check(), s.failures.Check()); err != nil {
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

// Reserve returns what the merchant holds, which is all in USD; of another currency
// there is nothing.
func (s *Server) Reserve(c issuing.Currency) issuing.Amount {
	if c != currency {
		return issuing.NewAmount(0, 2)
	}
	return s.book.Balance(merchant)
}

// Fund pays money into the merchant's reserve, which is in USD.
func (s *Server) Fund(c issuing.Currency, amount issuing.Amount) error {
	if c != currency || amount.Sign() <= 0 {
		return errors.New("kazepaytest: the reserve takes positive amounts in USD")
	}
	return s.book.Transfer(ledger.World(currency), merchant, amount, "funding")
}

// FailNext makes the next request of an operation fail as the operation does by itself.
// Virtual.Apply is accepted, and the review refuses it with the reason. Cards.Deposit is
// accepted, fails when it falls due and gives the money back. The operations whose
// payload carries a result flag, which are those of KYC, Physical and Webhooks, are
// answered FAILED while head.code is SUCCESS, and nothing is carried out. Only the
// review has room for the reason; an empty one is "failed".
//
// Failures queue up. Another operation is an error, and a failure that never happened
// is an error of Check.
func (s *Server) FailNext(op, reason string) error { return s.failures.Add(op, reason) }

func (s *Server) now() time.Time { return s.Clock().Now() }

// later runs an asynchronous step with the server's lock held.
func (s *Server) later(step func()) { s.host.Later(&s.mu, s.cfg.Delay, step) }

// stamp formats a time as the platform does.
func (s *Server) stamp(t time.Time) string { return t.In(s.cfg.Zone).Format(time.DateTime) }
