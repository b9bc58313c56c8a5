package unionpay

import (
	"cmp"
	"context"
	"crypto/x509"
	"slices"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/provider"
	"github.com/issuing-sdk/issuing-go/internal/wire"
)

// Client calls UnionPay as a token requestor. It is immutable and safe for
// concurrent use.
type Client struct {
	// ATMs finds ATMs and reports errors in their data.
	ATMs *ATMService
	// Tokens requests tokens, moves them between states and asks for them.
	Tokens *TokenService
	// Keys exchanges keys with UnionPay.
	Keys *KeyService

	cfg  Config
	core *provider.Core
}

// New returns a client. It checks the configuration and does no I/O. The
// default timeout of an attempt is [DefaultTimeout].
func New(cfg Config, opts ...issuing.Option) (*Client, error) {
	opts = slices.Concat([]issuing.Option{issuing.WithTimeout(DefaultTimeout)}, opts)
	core, err := provider.New(providerName, cfg.validate, cfg.fingerprint, opts...)
	if err != nil {
		return nil, err
	}
	return newClient(cfg.normal(), core), nil
}

func newClient(cfg Config, core *provider.Core) *Client {
	c := &Client{cfg: cfg, core: core}
	c.ATMs = &ATMService{c}
	c.Tokens = &TokenService{c}
	c.Keys = &KeyService{c}
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

// Do sends a message that this package does not know: in becomes the business
// fields (trxInfo, or the top level in the flat shape), the answer's business
// fields are decoded into out, a pointer or nil. Path, profile and shape are those
// of [Config] for the message; the shape's default is enveloped. Nothing is known
// about repeating it, so it is sent once; an unclear end is
// issuing.ErrOutcomeUnknown, which [Client.Settle] leaves open. Secrets in in are written in clear except for the
// members of Config.EncryptFields.
func (c *Client) Do(ctx context.Context, message MessageType, in, out any, opts ...issuing.CallOption) error {
	o := operation{name: "Do " + string(message), message: message, shape: ShapeEnveloped, safety: once}
	call := c.call(o, in, nil, opts)
	call.Out = out
	return c.core.Do(ctx, call)
}

// call checks and sends a request and returns its decoded result.
func call[T any](ctx context.Context, c *Client, o operation, in request, opts []issuing.CallOption) (*T, error) {
	return looked[T](ctx, c, o, in, nil, opts)
}

// looked is call for an operation whose open outcome a look settles: it returns
// the result when the operation has happened, and nil when it has not. A nil look
// leaves it open.
func looked[T any](ctx context.Context, c *Client, o operation, in request,
	look provider.Look[T], opts []issuing.CallOption,
) (*T, error) {
	validate := func(p *check.Problems) {
		p.Values, p.Optional = c.cfg.Values, c.cfg.optional(in)
		in.validate(p)
		c.cfg.checkExtra(p, in)
	}
	return provider.Do(ctx, c.core, c.call(o, in, validate, opts), look)
}

// call is a logical call of the core's.
func (c *Client) call(o operation, in any, validate func(*check.Problems), opts []issuing.CallOption) provider.Call {
	x := &exchange{c: c, o: o, in: in}
	return provider.Call{
		Op: c.row(o), In: in, Check: validate, Exchange: x, Decode: x.decode, Options: opts,
	}
}

// row is the part of an operation's row that the core knows, as this client can do it:
// what needs an inquiry is settled by nobody where there is none, and so is a request by
// a msgID that flat messages do not carry.
func (c *Client) row(o operation) provider.Op {
	settle := o.settle
	flat := cmp.Or(c.cfg.Shapes[o.message], o.shape) == ShapeFlat
	if len(settle.Inquiry) > 0 && (!c.inquires() || settle.By == issuing.SettledByKey && flat) {
		settle = provider.ByNobody(settle.Note)
	}
	return provider.Op{Name: o.name, Safety: o.safety, Settle: settle}
}

// inquires reports whether UnionPay has agreed an inquiry.
func (c *Client) inquires() bool { return c.cfg.Paths[MessageTypeTokenStateInquiry] != "" }

// CertificateID returns the id that implementers use as kid where UPI gave none:
// the certificate's serial number in decimal.
func CertificateID(cert *x509.Certificate) string {
	if cert == nil || cert.SerialNumber == nil {
		return ""
	}
	return cert.SerialNumber.String()
}

// codec reads and writes the interface's JSON.
var codec = wire.Codec{Zone: defaultZone}
