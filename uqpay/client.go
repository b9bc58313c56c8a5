package uqpay

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/internal/wire"
)

// provider names this package in errors and events.
const provider = "uqpay"

// Addresses of the two environments, for [Config.BaseURL], with the file service
// and the secure iframe that belong to them.
const (
	SandboxURL          = "https://api-sandbox.uqpaytech.com/api"
	SandboxFilesURL     = "https://files.uqpaytech.com/api"
	SandboxIframeURL    = "https://embedded-sandbox.uqpaytech.com"
	ProductionURL       = "https://api.uqpay.com/api"
	ProductionFilesURL  = "https://files.uqpay.com/api"
	ProductionIframeURL = "https://embedded.uqpay.com"
)

// productionHost is what the simulator refuses.
const productionHost = "api.uqpay.com"

// Config is what UQPAY assigned to the merchant. Credentials differ between
// sandbox and production, and the API key works from the addresses of its allow
// list only.
type Config struct {
	// BaseURL is the API with its /api: [SandboxURL], [ProductionURL], or another
	// address, https or on loopback. Required; there is no default.
	BaseURL string
	// ClientID is sent as x-client-id when a token is minted. Required.
	ClientID string
	// APIKey is sent as x-api-key when a token is minted. Required.
	APIKey issuing.Secret

	// FilesURL is the file service. Empty is the one that belongs to SandboxURL
	// or ProductionURL; with another BaseURL the file calls are not configured.
	FilesURL string
	// IframeURL is the secure card iframe. Empty works as in FilesURL.
	IframeURL string
	// OnBehalfOf is the account id of a connected account that all calls act
	// for, except those on tokens and accounts. Empty is the master account. The
	// call option [OnBehalfOf] wins over it.
	OnBehalfOf string
	// Tokens shares the access token with other clients and processes that use
	// the same credentials. Nil is a store of this client's own, which its
	// clones share. A new token ends all earlier ones, so two clients without a
	// common store keep taking the token from each other.
	Tokens TokenStore
}

func (c Config) validate() error {
	var p check.Problems
	for _, u := range []struct {
		field, text string
		required    bool
	}{{"BaseURL", c.BaseURL, true}, {"FilesURL", c.FilesURL, false}, {"IframeURL", c.IframeURL, false}} {
		if u.text == "" && !u.required {
			continue
		}
		if err := transport.CheckURL(u.text); err != nil {
			p.Add(u.field, "%v", err)
		}
	}
	headerText(&p, "ClientID", c.ClientID, true)
	headerText(&p, "APIKey", c.APIKey.Reveal(), true)
	headerText(&p, "OnBehalfOf", c.OnBehalfOf, false)
	return p.Err(provider, "New")
}

// maxHeaderText bounds credentials and ids in headers.
const maxHeaderText = 512

// headerText reports what cannot be a header's value: outside printable ASCII,
// or with a space, which headers trim.
func headerText(p *check.Problems, field, value string, required bool) {
	if value == "" {
		p.Required(field, !required)
		return
	}
	if len(value) > maxHeaderText {
		p.Add(field, "is longer than %d characters", maxHeaderText)
	}
	if strings.ContainsFunc(value, func(r rune) bool { return r <= ' ' || r > '~' }) {
		p.Add(field, "has a character that is not printable ASCII")
	}
}

// withDefaults fills the addresses that belong to a documented base URL.
func (c Config) withDefaults() Config {
	filesURL, iframeURL := "", ""
	switch strings.TrimRight(c.BaseURL, "/") {
	case SandboxURL:
		filesURL, iframeURL = SandboxFilesURL, SandboxIframeURL
	case ProductionURL:
		filesURL, iframeURL = ProductionFilesURL, ProductionIframeURL
	}
	if c.FilesURL == "" {
		c.FilesURL = filesURL
	}
	if c.IframeURL == "" {
		c.IframeURL = iframeURL
	}
	return c
}

// production reports whether the base URL is the production API's.
func (c Config) production() bool {
	u, err := url.Parse(c.BaseURL)
	return err != nil || strings.EqualFold(strings.TrimSuffix(u.Hostname(), "."), productionHost)
}

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

	cfg       Config
	transport *transport.Client
	tokens    *tokens
}

// New returns a client. It checks the configuration and does no I/O; the first
// call mints a token.
func New(cfg Config, opts ...issuing.Option) (*Client, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	settings, err := issuing.NewSettings(opts...)
	if err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	if cfg.Tokens == nil {
		cfg.Tokens = NewMemoryTokenStore()
	}
	c := newClient(cfg, settings)
	c.tokens = newTokens(c.cfg.Tokens, settings.Now, c.mint)
	return c, nil
}

func newClient(cfg Config, settings issuing.Settings) *Client {
	c := &Client{cfg: cfg, transport: transport.New(provider, settings)}
	c.Accounts = &AccountService{c}
	c.Cardholders = &CardholderService{c}
	c.Products = &ProductService{c}
	c.Cards = &CardService{c}
	c.Orders = &OrderService{c}
	c.Arts = &ArtService{c}
	c.Transactions = &TransactionService{c}
	c.Balances = &BalanceService{c}
	c.Transfers = &TransferService{c}
	c.Reports = &ReportService{c}
	c.Brands = &BrandService{c}
	c.Files = &FileService{c}
	c.Simulator = &SimulatorService{c}
	return c
}

// Clone returns a client with further options applied to this one's. It shares
// this client's token; tokens go on being minted with the options of the client
// that New made.
func (c *Client) Clone(opts ...issuing.Option) (*Client, error) {
	settings, err := c.transport.Settings().With(opts...)
	if err != nil {
		return nil, err
	}
	clone := newClient(c.cfg, settings)
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

// Do calls an operation that this package does not know. The path stands below
// the base URL and starts with a slash. in is sent as JSON, for GET as the
// query, and may be nil; secrets in it are sent in clear and amounts as bare
// numbers. The answer is decoded into out, which may be nil.
//
// Safety: read for GET, keyed for POST and DELETE, for which the platform asks
// for an idempotency key, and once for other methods. An unclear end of a write
// is issuing.ErrOutcomeUnknown.
func (c *Client) Do(ctx context.Context, method, path string, in, out any, opts ...issuing.CallOption) error {
	o := operation{name: "Do", method: strings.ToUpper(method), path: path}
	switch o.method {
	case http.MethodGet:
		o.safety = transport.Read
	case http.MethodPost, http.MethodDelete:
		o.safety = transport.Keyed
	default:
		o.safety = transport.Once
	}
	var p check.Problems
	u, err := url.Parse(path)
	if err == nil && strings.Contains(strings.ToLower(u.Path), "simulation/") {
		o.traits |= sandbox
	}
	if !strings.HasPrefix(path, "/") || err != nil || u.RawQuery != "" || u.Fragment != "" || strings.Contains(u.Path, "..") {
		p.Add("path", "is not a path below the base URL that starts with a slash")
	}
	if err := p.Err(provider, o.name); err != nil {
		return err
	}
	return c.exchange(ctx, &o, exchange{in: in, out: out, literal: true}, opts)
}

// zone is that of times without one: every documented time with an offset has
// +08:00.
var zone = time.FixedZone("UTC+8", 8*60*60)

// codec reads and writes the API's JSON.
var codec = wire.Codec{Zone: zone, NumberAmounts: true}

// OnBehalfOf has one call act for a connected account: the account id from
// [AccountService.List]. It wins over Config.OnBehalfOf. An empty id has the
// master account act. It is ignored by the calls on accounts.
func OnBehalfOf(accountID string) issuing.CallOption {
	return func(s *issuing.CallSettings) {
		header := map[string]string{headerOnBehalf: accountID}
		for name, value := range s.Header {
			if name != headerOnBehalf {
				header[name] = value
			}
		}
		s.Header = header
	}
}
