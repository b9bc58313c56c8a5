package uqpay

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/provider"
	"github.com/issuing-sdk/issuing-go/internal/wire"
)

// Client calls the issuing API. It is immutable and safe for concurrent use.
type Client struct {
	// Accounts lists the master's connected accounts.
	Accounts *AccountService
	// Cardholders creates, reads and updates cardholders.
	Cardholders *CardholderService
	// Products lists the card products.
	Products *ProductService
	// Cards issues cards and runs them: limits, status, balance, PIN, card data.
	Cards *CardService
	// Orders reads what became of an asynchronous card operation.
	Orders *OrderService
	// Arts lists card arts and sets the default one.
	Arts *ArtService
	// Transactions lists card transactions and releases unsolicited refunds.
	Transactions *TransactionService
	// Balances reads the issuing balances and their ledger.
	Balances *BalanceService
	// Transfers moves money between the master and its connected accounts.
	Transfers *TransferService
	// Reports orders and downloads reports.
	Reports *ReportService
	// Brands looks merchant brands up.
	Brands *BrandService
	// Files uploads files and makes download links.
	Files *FileService
	// Simulator acts as shop and bank, in the sandbox only.
	Simulator *SimulatorService

	cfg      Config
	core     *provider.Core
	tokens   *tokens
	clientID []string // as a header's value, never written to
}

// New returns a client. It checks the configuration and does no I/O; the first
// call mints a token.
func New(cfg Config, opts ...issuing.Option) (*Client, error) {
	core, err := provider.New(providerName, cfg.validate, cfg.fingerprint, opts...)
	if err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	cfg.Values = maps.Clone(cfg.Values)
	if cfg.Tokens == nil {
		cfg.Tokens = NewMemoryTokenStore()
	}
	c := newClient(cfg, core)
	c.tokens = &tokens{store: cfg.Tokens, mint: c.mint, now: core.Now}
	return c, nil
}

func newClient(cfg Config, core *provider.Core) *Client {
	c := new(Client)
	*c = Client{
		Accounts: &AccountService{c}, Cardholders: &CardholderService{c}, Products: &ProductService{c},
		Cards: &CardService{c}, Orders: &OrderService{c}, Arts: &ArtService{c}, Transactions: &TransactionService{c},
		Balances: &BalanceService{c}, Transfers: &TransferService{c}, Reports: &ReportService{c},
		Brands: &BrandService{c}, Files: &FileService{c}, Simulator: &SimulatorService{c}, cfg: cfg, core: core,
		clientID: []string{cfg.ClientID},
	}
	return c
}

// Clone returns a client with further options applied to this one's. It shares
// this client's token; tokens go on being minted with the options of the client
// that New made.
func (c *Client) Clone(opts ...issuing.Option) (*Client, error) {
	core, err := c.core.With(opts...)
	if err != nil {
		return nil, err
	}
	clone := newClient(c.cfg, core)
	clone.tokens = c.tokens
	return clone, nil
}

// Token returns the access token that calls use now, and mints one when there is
// none: for other software that works with the same credentials, because minting
// one there would end this one.
//
// Safety: read.
func (c *Client) Token(ctx context.Context) (Token, error) {
	token, _, err := c.tokens.get(ctx)
	return token, err
}

// DropToken has the next call mint a new access token when t is the one that calls use
// now: for a merchant who knows that it does not work, such as from other software with
// the same credentials. The client does this by itself when the platform refuses a
// token, so it is rarely needed. A token that was replaced already changes nothing, and
// a [TokenStore] gives its own stored one only if that is another than t.
func (c *Client) DropToken(t Token) {
	c.tokens.mu.Lock()
	defer c.tokens.mu.Unlock()
	if !t.Value.IsZero() && c.tokens.current.Value.Equal(t.Value) {
		c.tokens.drop()
	}
}

// Do calls an operation that this package does not know, named by method and path as
// in "POST /v1/issuing/cards". The path stands below the base URL and starts with a
// slash; without a method it is posted to. in is sent as JSON, for GET as the
// query, and may be nil; secrets in it are sent in clear and amounts as bare
// numbers. The answer is decoded into out, which may be nil.
//
// Safety: read for GET, keyed for POST and DELETE, for which the platform asks
// for an idempotency key, and once for other methods. An unclear end of a write
// is issuing.ErrOutcomeUnknown.
func (c *Client) Do(ctx context.Context, operation string, in, out any, opts ...issuing.CallOption) error {
	method, path, named := strings.Cut(operation, " ")
	if !named {
		method, path = http.MethodPost, operation
	}
	o := op("Do", strings.ToUpper(method), path, once, literal, nothing)
	switch o.method {
	case http.MethodGet:
		o.safety = read
	case http.MethodPost, http.MethodDelete:
		o.safety, o.settle = keyed, again()
	}
	u, err := url.Parse(path)
	if err == nil && strings.Contains(strings.ToLower(u.Path), "simulation/") {
		o.traits |= sandbox
	}
	if out == nil {
		o.traits |= opaque
	}
	call := c.call(o, in, func(p *check.Problems) {
		if !strings.HasPrefix(path, "/") || err != nil || u.RawQuery != "" || u.Fragment != "" ||
			strings.Contains(u.Path, "..") {
			p.Add("path", "is not a path below the base URL that starts with a slash")
		}
	}, opts)
	call.Out = out
	return c.core.Do(ctx, call)
}

// call checks and sends a request and returns its decoded result.
func call[T any](ctx context.Context, c *Client, o operation, in request, opts []issuing.CallOption) (*T, error) {
	return provider.Do[T](ctx, c.core, c.call(o, in, in.validate, opts), nil)
}

// call is a logical call of the core's.
func (c *Client) call(o operation, in any, validate func(*check.Problems), opts []issuing.CallOption) provider.Call {
	x := &exchange{c: c, o: o, in: in}
	return provider.Call{
		Op: o.op(),
		In: in, Check: c.checked(validate), Exchange: x, Decode: x.decode, Options: opts,
	}
}

// checked is a request's check with the values that the configuration adds.
func (c *Client) checked(validate func(*check.Problems)) func(*check.Problems) {
	if len(c.cfg.Values) == 0 {
		return validate
	}
	return func(p *check.Problems) {
		p.Values = c.cfg.Values
		validate(p)
	}
}

// zone is that of times without one: every documented time with an offset has
// +08:00.
var zone = time.FixedZone("UTC+8", 8*60*60)

// codec reads and writes the API's JSON.
var codec = wire.Codec{Zone: zone, NumberAmounts: true}
