package coshine

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/provider"
	"github.com/issuing-sdk/issuing-go/internal/wire"
)

// providerName names this package in errors and events.
const providerName = "coshine"

// Client calls the card API. It is immutable and safe for concurrent use.
type Client struct {
	// Customers reads and changes customers (rows 2 to 4).
	Customers *CustomerService
	// Accounts links and changes accounts (rows 5 and 6).
	Accounts *AccountService
	// Cards runs the life of a card, its money included (rows 1, 7 to 19, 23 to 25, 36
	// and 37).
	Cards *CardService
	// PINs sets, changes and verifies PINs (rows 20 to 22).
	PINs *PINService
	// Transactions moves balances that EastPay holds (rows 26 to 35).
	Transactions *TransactionService
	// Tokens runs payment tokens (rows 38 to 43).
	Tokens *TokenService
	// Parameters reads lookup tables and products (row 48).
	Parameters *ParameterService

	cfg    Config
	paths  map[API]string
	tokens *tokenSource // nil with a static token
	core   *provider.Core
}

// New returns a client. It checks the configuration and does no I/O.
func New(cfg Config, opts ...issuing.Option) (*Client, error) {
	core, err := provider.New(providerName, cfg.validate, cfg.fingerprint, opts...)
	if err != nil {
		return nil, err
	}
	if cfg.Channel == "" {
		cfg.Channel = ChannelWeb
	}
	if cfg.Zone == nil {
		cfg.Zone = defaultZone
	}
	paths := cfg.pathTable()
	cfg.Paths, cfg.TranCodes, cfg.Values = maps.Clone(cfg.Paths), maps.Clone(cfg.TranCodes), maps.Clone(cfg.Values)
	cfg.RedirectHosts = slices.Clone(cfg.RedirectHosts)
	var tokens *tokenSource
	if cfg.OAuth != nil {
		oauth := cfg.OAuth.withDefaults()
		cfg.OAuth = &oauth
		tokens = &tokenSource{cfg: oauth}
	}
	return newClient(cfg, paths, tokens, core), nil
}

func newClient(cfg Config, paths map[API]string, tokens *tokenSource, core *provider.Core) *Client {
	c := &Client{cfg: cfg, paths: paths, tokens: tokens, core: core}
	c.Customers = &CustomerService{c}
	c.Accounts = &AccountService{c}
	c.Cards = &CardService{c}
	c.PINs = &PINService{c}
	c.Transactions = &TransactionService{c}
	c.Tokens = &TokenService{c}
	c.Parameters = &ParameterService{c}
	return c
}

// Clone returns a client with further options applied to this one's. Both share
// one access token.
func (c *Client) Clone(opts ...issuing.Option) (*Client, error) {
	core, err := c.core.With(opts...)
	if err != nil {
		return nil, err
	}
	return newClient(c.cfg, c.paths, c.tokens, core), nil
}

// Row returns the catalogue's row of an interface, by its name or an alias, with
// the path that this client uses.
func (c *Client) Row(name API) (Row, bool) {
	api, ok := canonical(name)
	if !ok {
		return Row{}, false
	}
	row, _ := rowOf(api)
	row.Aliases = slices.Clone(row.Aliases)
	row.Path = c.paths[api]
	return row, true
}

// Availability returns whether prepaid and debit programmes have an interface;
// ok is false for a name that the catalogue does not know.
func (c *Client) Availability(name API) (prepaid, debit Availability, ok bool) {
	row, ok := c.Row(name)
	return row.Prepaid, row.Debit, ok
}

// CardState reads a card's status letter by the table that [Config.CardStatus]
// chose.
func (c *Client) CardState(s CardStatus) CardState {
	if s == CardStatusLost && c.cfg.CardStatusLost == LostMeaningBlocked {
		return CardStateLostOrBlocked
	}
	return c.cfg.CardStatus.State(s)
}

// path returns the configured path of an interface.
func (c *Client) path(api API) (string, error) {
	if path := c.paths[api]; path != "" {
		return path, nil
	}
	row, _ := rowOf(api)
	cause := fmt.Errorf("the path of %s is not published: set Config.Paths[%q] to what Coshine told you", api, string(api))
	if row.Retired {
		cause = fmt.Errorf("%s is %w; set Config.Paths[%q] to use it nevertheless", api, ErrRetired, string(api))
	}
	return "", &issuing.Error{Kind: issuing.ErrNotConfigured, Err: cause}
}

// Do calls an interface that this package does not know: in, a struct or a map,
// is sent with the public header to path, the answer is decoded into out, a
// pointer or nil. Nothing is known about repeating it, so it is sent once; an
// unclear end is issuing.ErrOutcomeUnknown, which [Client.Settle] leaves open. Secrets in in are sent in clear
// inside the body.
func (c *Client) Do(ctx context.Context, path string, in, out any, opts ...issuing.CallOption) error {
	x := &exchange{c: c, o: operation{name: "Do", safety: once}, in: in, path: path}
	call := x.call(func(p *check.Problems) {
		if !plainPath(path) {
			p.Add("path", "needs a plain path that starts with /")
		}
		checkExtra(p, in)
	}, opts)
	call.Out = out
	return c.core.Do(ctx, call)
}

// call checks and sends a request and returns its decoded result.
func call[T any](ctx context.Context, c *Client, o operation, in request, opts []issuing.CallOption) (*T, error) {
	return prepared[T](ctx, c, o, in, nil, opts)
}

// prepared is call for a request that prepare completes, once it has been checked.
func prepared[T any](ctx context.Context, c *Client, o operation, in request, prepare func() error,
	opts []issuing.CallOption,
) (*T, error) {
	x := &exchange{c: c, o: o, in: in, prepare: prepare}
	return provider.Do[T](ctx, c.core, x.call(func(p *check.Problems) {
		p.Values, p.Optional = c.cfg.Values, leftToExtra(o.api, in)
		in.validate(p)
		checkExtra(p, in)
	}, opts), nil)
}

// call is the exchange as a logical call of the core's.
func (x *exchange) call(check func(*check.Problems), opts []issuing.CallOption) provider.Call {
	return provider.Call{
		Op: x.o.op(), In: x.in, Check: check, Exchange: x, Decode: x.decode, Options: opts,
	}
}

// defaultZone is the only zone that Coshine's documents name.
var defaultZone = time.FixedZone("UTC+8", 8*60*60)

// codec reads and writes the API's JSON. Token expiry is in GMT+8.
var codec = wire.Codec{Zone: defaultZone, TimeLayout: "20060102150405"}
