// Package acme is a client of Acme, a provider that does not exist, for signed JSON
// over HTTP: the worked example of CONTRIBUTING.md, for tests alone.
package acme

import (
	"context"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/provider"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/sign"
)

// Config is what Acme and the merchant agreed on. Both fields are required.
type Config struct {
	BaseURL string       // https, or http on a loopback address
	Secret  sign.HMACKey // signs requests and callbacks
}

func (c Config) validate(p *check.Problems) {
	p.Cause("BaseURL", transport.CheckURL(c.BaseURL))
	p.Required("Secret", !c.Secret.IsZero())
}

// Client calls Acme. It is immutable and safe for concurrent use.
type Client struct {
	Cards *CardService // all that Acme offers
	cfg   Config
	core  *provider.Core
}

// New returns a client. It checks the configuration and does no I/O.
func New(cfg Config, opts ...issuing.Option) (*Client, error) {
	core, err := provider.New("acme", cfg.validate, opts...)
	if err != nil {
		return nil, err
	}
	c := &Client{cfg: cfg, core: core}
	c.Cards = &CardService{c}
	return c, nil
}

// Do calls an operation that this package does not know, once.
func (c *Client) Do(ctx context.Context, name string, in, out any, opts ...issuing.CallOption) error {
	call := c.call(op(name, once, by()), in, opts)
	call.Out = out
	return c.core.Do(ctx, call)
}

// call carries an operation out; a look, where there is one, settles what stays open.
func call[T any](
	ctx context.Context, c *Client, o provider.Op, in request, look provider.Look[T], opts []issuing.CallOption,
) (*T, error) {
	return provider.Do(ctx, c.core, c.call(o, in, opts), look)
}

// errOther is a look's verdict: what stands under the key is another operation's.
var errOther = provider.ErrOther

func (c *Client) call(o provider.Op, in any, opts []issuing.CallOption) provider.Call {
	x := &exchange{c: c, path: "/" + o.Name, in: in}
	call := provider.Call{Op: o, In: in, Exchange: x, Decode: x.decode, Options: opts}
	if r, ok := in.(request); ok {
		call.Key, call.Check = r.key(), r.validate
	}
	return call
}
