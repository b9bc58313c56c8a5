package unionpay

import (
	"context"
	"crypto/x509"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/transport"
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

	cfg       Config
	transport *transport.Client
}

// New returns a client. It checks the configuration and does no I/O. The
// default timeout of an attempt is [DefaultTimeout].
func New(cfg Config, opts ...issuing.Option) (*Client, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	settings, err := issuing.NewSettings(issuing.WithTimeout(DefaultTimeout))
	if err == nil {
		settings, err = settings.With(opts...)
	}
	if err != nil {
		return nil, err
	}
	return newClient(cfg.normal(), settings), nil
}

func newClient(cfg Config, settings issuing.Settings) *Client {
	c := &Client{cfg: cfg, transport: transport.New(provider, settings)}
	c.ATMs = &ATMService{c}
	c.Tokens = &TokenService{c}
	c.Keys = &KeyService{c}
	return c
}

// Clone returns a client with further options applied to this one's.
func (c *Client) Clone(opts ...issuing.Option) (*Client, error) {
	settings, err := c.transport.Settings().With(opts...)
	if err != nil {
		return nil, err
	}
	return newClient(c.cfg, settings), nil
}

// Do sends a message that this package does not know: in becomes the business
// fields (trxInfo, or the top level in the flat shape), the answer's business
// fields are decoded into out, which may be nil. Path, profile and shape are those
// of [Config] for the message; the shape's default is enveloped. Nothing is known
// about repeating it, so it is sent once; an unclear end is
// issuing.ErrOutcomeUnknown. Secrets in in are written in clear except for the
// members of Config.EncryptFields.
func (c *Client) Do(ctx context.Context, message MessageType, in, out any, opts ...issuing.CallOption) error {
	o := operation{"Do " + string(message), message, transport.Once, ShapeEnveloped}
	_, err := c.exchange(ctx, &o, in, out, issuing.NewCallSettings(opts...))
	return err
}

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

func (c *Client) now() time.Time { return c.transport.Settings().Now() }
