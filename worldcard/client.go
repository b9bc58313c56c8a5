package worldcard

import (
	"context"
	"maps"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/provider"
)

// providerName names this package in errors and events.
const providerName = "worldcard"

// Client calls the Card API. It is immutable and safe for concurrent use.
type Client struct {
	// Virtual applies for virtual cards and reads them.
	Virtual *VirtualService
	// Physical takes physical cards from application to activation.
	Physical *PhysicalService
	// KYC verifies the holders of physical cards.
	KYC *KYCService
	// Cards tops up, freezes, closes and lists the transactions of every card.
	Cards *CardService

	cfg  Config
	core *provider.Core
}

// New returns a client. It checks the configuration and does no I/O.
func New(cfg Config, opts ...issuing.Option) (*Client, error) {
	core, err := provider.New(providerName, cfg.validate, cfg.fingerprint, opts...)
	if err != nil {
		return nil, err
	}
	cfg.Codes = maps.Clone(cfg.Codes)
	return newClient(cfg, core), nil
}

func newClient(cfg Config, core *provider.Core) *Client {
	c := &Client{cfg: cfg, core: core}
	c.Virtual = &VirtualService{c}
	c.Physical = &PhysicalService{c}
	c.KYC = &KYCService{c}
	c.Cards = &CardService{c}
	return c
}

// Clone returns a client with further options applied to this one's.
func (c *Client) Clone(opts ...issuing.Option) (*Client, error) {
	core, err := c.core.With(opts...)
	if err != nil {
		return nil, err
	}
	return newClient(c.cfg, core), nil
}

// Do calls an operation that this package does not know, such as one that
// WorldCard publishes to some merchants only: in is sent encrypted and signed to
// path (nil is an empty object), the answer's data is decoded into out, a pointer
// or nil. Nothing is known about repeating it, so it is sent once; an unclear end
// is issuing.ErrOutcomeUnknown. Secrets in in are sent in clear inside the
// encrypted body.
func (c *Client) Do(ctx context.Context, path string, in, out any, opts ...issuing.CallOption) error {
	if in == nil {
		in = struct{}{}
	}
	call := c.call(operation{name: "Do " + path, path: path, safety: once}, in, nil, opts)
	call.Out = out
	return c.core.Do(ctx, call)
}

// call checks and sends a request and returns its decoded result.
func call[T any](ctx context.Context, c *Client, o operation, in request, opts []issuing.CallOption) (*T, error) {
	return provider.Result[T](ctx, c.core, c.call(o, in, in.validate, opts))
}

// errOther is a look's verdict: what stands under the key is another operation's.
var errOther = provider.ErrOther

// looked is call for an operation whose open outcome a look settles: it returns
// the result when the operation has happened, nil when it has not, and errOther
// when the key belongs to another one.
func looked[T any](ctx context.Context, c *Client, o operation, in request,
	look provider.Look[T], opts []issuing.CallOption,
) (*T, error) {
	return provider.Do(ctx, c.core, c.call(o, in, in.validate, opts), look)
}

// moved is looked for an operation that moves a card to another state.
func (c *Client) moved(ctx context.Context, t transition, in request, opts []issuing.CallOption) (*CardChange, error) {
	call := c.call(t.op, in, in.validate, opts)
	if t.before != nil {
		call.Before = func(ctx context.Context, w sought) error { return t.before(ctx, c, w) }
	}
	call.Confirm = t.numbers
	return provider.Do(ctx, c.core, call, t.look(c))
}

// check refuses the request of a method that makes its result from other calls.
func (c *Client) check(ctx context.Context, method string, in request, opts []issuing.CallOption) error {
	return c.core.Check(ctx, c.call(operation{name: method}, in, in.validate, opts))
}

// call is a logical call of the core's.
func (c *Client) call(o operation, in any, check func(*check.Problems), opts []issuing.CallOption) provider.Call {
	x := &exchange{c: c, o: o, in: in}
	if a, ok := in.(about); ok {
		x.key = a.key()
	}
	return provider.Call{
		Op: o.op(), Key: x.key, In: in, Check: check, Exchange: x, Decode: x.decode, Options: opts,
	}
}
