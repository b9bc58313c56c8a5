package legacytest

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/ledger"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/sign"
)

// defaultDelay is how long asynchronous steps take.
const defaultDelay = 50 * time.Millisecond

// Config describes a platform. The zero Config is a platform with a reserve of one
// million US and Hong Kong dollars each that follows real time.
type Config struct {
	Listen     string             // loopback address; empty is any free port
	Listener   net.Listener       // listened on instead, wherever it is; nil listens at Listen
	Clock      *issuingtest.Clock // nil follows real time
	WebhookURL string             // where callbacks without a notifyUrl go; empty sends none
	Webhooks   map[string]string  // an address per legacy.Event type, before WebhookURL
	Reserve    issuing.Amount     // the merchant's reserve, in USD and in HKD; an unset one is a million, "0" is empty
	Delay      time.Duration      // of every asynchronous step; 0 is 50 ms
	AppSecret  issuing.Secret     // the merchant's, 32 characters; empty makes a fresh one
	Seed       string             // ids follow from it, the same in every run; empty makes random ones
	// LooseTypes sends numbers and objects in callbacks where the tables' examples
	// can be read either way; otherwise every value is a string.
	LooseTypes bool
	// NewEnvelope answers the paths under /api/v1 with code, message and data, as
	// the status code page does for remittances.
	NewEnvelope bool
	// What the documents leave open, set otherwise than it is inferred.

	Zone   *time.Location      // of the times that carry none; nil is UTC+8
	Paths  map[string]string   // of operations, as legacy.Config.Paths; nil are the documented ones
	Values map[string][]string // further values of parameters that have a form, by their names
}

// Server is the platform. It is safe for concurrent use; Close it after use.
//
// What it can do beside the affairs of this API comes from the embedded
// [github.com/issuing-sdk/issuing-go/issuingtest.Platform]: URL, Clock, Close,
// Inject, Choose, Requests, SetCallbackFault, ReleaseCallbacks, Deliveries, Check.
// It prints its address alone.
type Server struct {
	issuingtest.Platform

	cfg  Config
	host *platform.Server
	book *ledger.Book

	appKey     string
	secretText issuing.Secret
	secret     sign.AppSecret

	ids      *platform.IDs
	seq      platform.Sequence
	failures *platform.Failures

	mu           sync.Mutex
	cards        map[platform.NumberKey]*card // by what requests name them by
	all          []*order                     // orders, of all kinds
	deposits     orders[*deposit]
	applications orders[*application]
	transfers    orders[*transfer]
	oob          map[string]*confirmation // by ACS transaction id
}

// zone is the platform's, unless it is configured.
var zone = time.FixedZone("UTC+8", 8*60*60)

// NewServer starts a platform with a fresh secret.
func NewServer(cfg Config) (*Server, error) {
	if cfg.Reserve.IsZero() {
		cfg.Reserve = issuing.NewAmount(1_000_000_00, 2)
	}
	cfg.Delay, cfg.Zone = cmp.Or(cfg.Delay, defaultDelay), cmp.Or(cfg.Zone, zone)
	random := make([]byte, 16)
	_, _ = rand.Read(random)
	s := &Server{
		cfg: cfg, book: ledger.NewBook(), appKey: "sandboxappkey0001",
		secretText: cmp.Or(cfg.AppSecret, issuing.NewSecret(hex.EncodeToString(random))), ids: platform.NewIDs(cfg.Seed),
		failures: platform.NewFailures(failing...),
		cards:    map[platform.NumberKey]*card{}, oob: map[string]*confirmation{},
		deposits: newOrders[*deposit](), applications: newOrders[*application](), transfers: newOrders[*transfer](),
	}
	var err error
	if s.secret, err = sign.NewAppSecret(s.secretText.Reveal()); err != nil {
		return nil, err
	}
	for _, currency := range []issuing.Currency{issuing.CurrencyUSD, issuing.CurrencyHKD} {
		err := s.book.Transfer(ledger.World(currency), reserve(currency), cfg.Reserve, "funding")
		if err != nil && cfg.Reserve.Sign() != 0 { // an empty reserve is not booked
			return nil, fmt.Errorf("legacytest: the reserve: %w", err)
		}
	}
	if s.host, err = platform.New(platform.Config{
		Listen: cfg.Listen, Listener: cfg.Listener, Clock: cfg.Clock, Operations: operations(), Check: s.check,
		Actions: s.actions(), State: s.state,
	}); err != nil {
		return nil, err
	}
	s.Platform = issuingtest.NewPlatform(s.host)
	s.host.Serve(s.route)
	return s, nil
}

// reserve is the merchant's money in a currency.
func reserve(currency issuing.Currency) ledger.Account {
	return ledger.Account{Kind: "reserve", Owner: "merchant", Currency: currency}
}

// AppKey returns the merchant's appKey.
func (s *Server) AppKey() string { return s.appKey }

// AppSecretText returns the merchant's appSecret, 32 characters.
func (s *Server) AppSecretText() issuing.Secret { return s.secretText }

// AppSecret returns the merchant's appSecret.
func (s *Server) AppSecret() sign.AppSecret { return s.secret }

// ClientConfig returns the configuration of a client for this platform.
func (s *Server) ClientConfig() legacy.Config {
	return legacy.Config{
		BaseURL: s.URL(), AppKey: s.appKey, AppSecret: s.secret, Zone: s.cfg.Zone, Paths: s.cfg.Paths, Values: s.cfg.Values,
	}
}

// Reserve returns what the merchant's reserve holds in a currency.
func (s *Server) Reserve(currency issuing.Currency) issuing.Amount {
	return s.book.Balance(reserve(currency))
}

// check reports a book that does not balance, and an order whose held money does
// not fit its status.
func (s *Server) check() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := cmp.Or(s.book.Check(), s.failures.Check()); err != nil {
		return err
	}
	for _, o := range s.all {
		if got := s.book.Balance(o.account()); got.Cmp(o.expected()) != 0 {
			return fmt.Errorf("legacytest: order %s is %v and holds %s", o.merOrderNo, o.status, got)
		}
	}
	return nil
}

// Fund pays money into the merchant's reserve of a currency, USD or HKD.
func (s *Server) Fund(currency issuing.Currency, amount issuing.Amount) error {
	if (currency != issuing.CurrencyUSD && currency != issuing.CurrencyHKD) || amount.Sign() <= 0 {
		return errors.New("legacytest: the reserves take positive amounts in USD and HKD")
	}
	return s.book.Transfer(ledger.World(currency), reserve(currency), amount, "funding")
}

// FailNext lets the next request of an operation through and makes the order fail when
// it ends: Cards.Deposit, Transfers.Create and the four Applications.Apply operations.
// Failures queue up; an empty reason is "failed". Another operation is refused, and a
// failure that never happened is an error of Check.
func (s *Server) FailNext(op, reason string) error { return s.failures.Add(op, reason) }

// now is the time in the platform's zone, in which all its times are kept.
func (s *Server) now() time.Time { return s.Clock().Now().In(s.cfg.Zone) }

// later runs an asynchronous step with the server's lock held.
func (s *Server) later(step func()) { s.host.Later(&s.mu, s.cfg.Delay, step) }

// nextNo returns a fresh number that begins with the local time, as the
// platform's do.
func (s *Server) nextNo() string {
	return s.now().Format("060102150405") + fmt.Sprintf("%06d", s.seq.Next())
}

// stamp formats a time as answers do; the zero time is "".
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateTime)
}

// stampUTC formats a time as the lists of transactions do.
func stampUTC(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
