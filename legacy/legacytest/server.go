package legacytest

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"sync"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/ledger"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/sign"
)

// DefaultDelay is how long asynchronous steps take.
const DefaultDelay = 50 * time.Millisecond

// Config describes a platform. The zero Config is a platform with a reserve of one
// million US and Hong Kong dollars each that follows real time.
type Config struct {
	Listen     string            // loopback address; empty is any free port
	Clock      *Clock            // nil follows real time
	WebhookURL string            // where callbacks without a notifyUrl go; empty sends none
	Webhooks   map[string]string // an address per legacy.Notify type, before WebhookURL
	Reserve    issuing.Amount    // the merchant's reserve, in USD and in HKD
	Delay      time.Duration     // of every asynchronous step
	// LooseTypes sends numbers and objects in callbacks where the tables' examples
	// can be read either way; otherwise every value is a string.
	LooseTypes bool
	// NewEnvelope answers the paths under /api/v1 with code, message and data, as
	// the status code page does for remittances.
	NewEnvelope bool
}

// Server is the platform. It is safe for concurrent use; Close it after use.
type Server struct {
	cfg   Config
	http  *platform.Server
	clock *Clock
	book  *ledger.Book

	appKey     string
	secretText string
	secret     sign.AppSecret

	mu           sync.Mutex
	seq          uint64
	cards        map[string]*card // by what requests name them by
	deposits     orders[*deposit]
	applications orders[*application]
	transfers    orders[*transfer]
	failures     map[failure][]string
	oob          map[string]*confirmation // by ACS transaction id
}

// failure names an asynchronous step that a test can make fail.
type failure int

const (
	failDeposit failure = iota
	failApplication
	failTransfer
)

// zone is the platform's.
var zone = time.FixedZone("UTC+8", 8*60*60)

// NewServer starts a platform with a fresh secret.
func NewServer(cfg Config) (*Server, error) {
	if cfg.Reserve.IsZero() {
		cfg.Reserve = issuing.NewAmount(1_000_000_00, 2)
	}
	if cfg.Delay == 0 {
		cfg.Delay = DefaultDelay
	}
	random := make([]byte, 16)
	_, _ = rand.Read(random)
	s := &Server{
		cfg: cfg, book: ledger.NewBook(), appKey: "sandboxappkey0001", secretText: hex.EncodeToString(random),
		cards: map[string]*card{}, failures: map[failure][]string{}, oob: map[string]*confirmation{},
		deposits: newOrders[*deposit](), applications: newOrders[*application](), transfers: newOrders[*transfer](),
	}
	var err error
	if s.secret, err = sign.NewAppSecret(s.secretText); err != nil {
		return nil, err
	}
	for _, currency := range []issuing.Currency{issuing.USD, issuing.HKD} {
		if err := s.book.Transfer(ledger.World(currency), reserve(currency), cfg.Reserve, "funding"); err != nil {
			return nil, fmt.Errorf("legacytest: the reserve: %w", err)
		}
	}
	if s.http, err = platform.New(platform.Config{Listen: cfg.Listen, Clock: cfg.Clock}); err != nil {
		return nil, err
	}
	s.clock = s.http.Clock()
	s.http.Serve(platform.Named(platform.Path, s.handle))
	return s, nil
}

// reserve is the merchant's money in a currency.
func reserve(currency issuing.Currency) ledger.Account {
	return ledger.Account{Kind: "reserve", Owner: "merchant", Currency: currency}
}

// Close stops the platform.
func (s *Server) Close() { s.http.Close() }

// URL returns the base address.
func (s *Server) URL() string { return s.http.URL() }

// Clock returns the platform's clock.
func (s *Server) Clock() *Clock { return s.clock }

// AppKey returns the merchant's appKey.
func (s *Server) AppKey() string { return s.appKey }

// AppSecretText returns the merchant's appSecret, 32 characters.
func (s *Server) AppSecretText() issuing.Secret { return issuing.NewSecret(s.secretText) }

// AppSecret returns the merchant's appSecret.
func (s *Server) AppSecret() sign.AppSecret { return s.secret }

// ClientConfig returns the configuration of a client for this platform.
func (s *Server) ClientConfig() legacy.Config {
	return legacy.Config{BaseURL: s.URL(), AppKey: s.appKey, AppSecret: s.secret}
}

// Reserve returns what the merchant's reserve holds in a currency.
func (s *Server) Reserve(currency issuing.Currency) issuing.Amount {
	return s.book.Balance(reserve(currency))
}

// Check reports a book that does not balance, and an order whose held money does
// not fit its status.
func (s *Server) Check() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.book.Check(); err != nil {
		return err
	}
	for _, o := range s.held() {
		if got := s.book.Balance(o.account()); got.Cmp(o.expected()) != 0 {
			return fmt.Errorf("legacytest: order %s is %v and holds %s", o.merOrderNo, o.status, got)
		}
	}
	return nil
}

// FailNextDeposit makes the next top-up that ends fail.
func (s *Server) FailNextDeposit(reason string) { s.failNext(failDeposit, reason) }

// FailNextApplication makes the next application that ends fail.
func (s *Server) FailNextApplication(reason string) { s.failNext(failApplication, reason) }

// FailNextTransfer makes the next remittance that ends fail.
func (s *Server) FailNextTransfer(reason string) { s.failNext(failTransfer, reason) }

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

func (s *Server) now() time.Time { return s.clock.Now() }

// nextNo returns a fresh number that begins with the local time, as the
// platform's do.
func (s *Server) nextNo() string {
	s.seq++
	return s.now().In(zone).Format("060102150405") + fmt.Sprintf("%06d", s.seq)
}

// stamp formats a time as answers do; the zero time is "".
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format(time.DateTime)
}

// handle carries one request out.
func (s *Server) handle(r *http.Request, body []byte) platform.Reply {
	route, ok := routes[r.URL.Path]
	if !ok {
		return answer(http.StatusNotFound, legacy.CodeNotFound, "Resource Not Found", nil)
	}
	if r.Method != http.MethodPost {
		return answer(http.StatusMethodNotAllowed, http.StatusMethodNotAllowed, "Method Not Allowed", nil)
	}
	if len(body) > maxBody {
		return answer(http.StatusOK, legacy.CodeInvalidParameters, "请求体过大", nil)
	}
	f, refused := s.verify(r, body, route.unsigned)
	if refused != nil {
		return *refused
	}
	data, failed := s.run(route, f)
	code, message := legacy.CodeSuccess, "操作成功"
	if failed != nil {
		code, message, data = failed.code, failed.message, nil
	}
	if s.cfg.NewEnvelope && newEnvelope(r.URL.Path) {
		return answerNew(code, message, data)
	}
	return answer(http.StatusOK, code, message, data)
}

// run carries a request out under the lock, which a defect must not leave closed.
func (s *Server) run(o route, f fields) (any, *problem) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return o.run(s, f)
}

// maxBody is the limit of a whole request.
const maxBody = 4 << 20
