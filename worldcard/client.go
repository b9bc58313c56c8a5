package worldcard

import (
	"context"
	"errors"
	"reflect"
	"strconv"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/sign"
)

// provider names this package in errors and events.
const provider = "worldcard"

// minRSABits is what sign.md recommends for the merchant's key.
const minRSABits = 2048

// Config is what the platform and the merchant agreed on. All fields but
// EncryptFields are required.
type Config struct {
	// BaseURL is the address that WorldCard gives to each merchant, without the
	// path: https, or http on a loopback address. There is no default.
	BaseURL string
	// AppID is the merchant's application id, sent as X-App-Id.
	AppID string
	// PrivateKey signs requests: RSA of 2048 bits or more. Its public half is
	// uploaded in the merchant portal.
	PrivateKey sign.PrivateKey
	// AESKey encrypts request bodies and opens card data.
	AESKey sign.AESKey
	// EncryptFields sends pin and card_number encrypted once more inside the
	// encrypted body. The pages say "transmit encrypted" while their worked
	// example has both in clear inside the body, which is the default. Have
	// WorldCard confirm before turning it on.
	EncryptFields bool
}

// ParseConfig makes a Config from the texts that the merchant portal and the
// merchant's key store hold: the private key in PEM or bare Base64, the AES key
// as 64 hex, 44 Base64 or 32 raw characters.
func ParseConfig(baseURL, appID, privateKey, aesKey string) (Config, error) {
	cfg := Config{BaseURL: baseURL, AppID: appID}
	var p check.Problems
	var err error
	if cfg.PrivateKey, err = sign.ParsePrivateKey(privateKey); err != nil {
		p.Add("private key", "%v", err)
	}
	if cfg.AESKey, err = sign.ParseAESKey(aesKey); err != nil {
		p.Add("AES key", "%v", err)
	}
	return cfg, p.Err(provider, "ParseConfig")
}

func (c Config) validate() error {
	var p check.Problems
	if err := transport.CheckURL(c.BaseURL); err != nil {
		p.Add("BaseURL", "%v", err)
	}
	p.Text("AppID", c.AppID, 128)
	if p.Required("PrivateKey", !c.PrivateKey.IsZero()) && c.PrivateKey.Bits() < minRSABits {
		p.Add("PrivateKey", "has %d bits, at least %d are needed", c.PrivateKey.Bits(), minRSABits)
	}
	p.Required("AESKey", !c.AESKey.IsZero())
	return p.Err(provider, "New")
}

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

	cfg       Config
	transport *transport.Client
}

// New returns a client. It checks the configuration and does no I/O.
func New(cfg Config, opts ...issuing.Option) (*Client, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	settings, err := issuing.NewSettings(opts...)
	if err != nil {
		return nil, err
	}
	return newClient(cfg, settings), nil
}

func newClient(cfg Config, settings issuing.Settings) *Client {
	c := &Client{cfg: cfg, transport: transport.New(provider, settings)}
	c.Virtual = &VirtualService{c}
	c.Physical = &PhysicalService{c}
	c.KYC = &KYCService{c}
	c.Cards = &CardService{c}
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

// Do calls an operation that this package does not know, such as one that
// WorldCard publishes to some merchants only: in is sent encrypted and signed to
// path (nil is an empty object), the answer's data is decoded into out, a pointer
// or nil. Nothing is known
// about repeating it, so it is sent once; an unclear end is
// issuing.ErrOutcomeUnknown. Secrets in in are sent in clear inside the
// encrypted body.
func (c *Client) Do(ctx context.Context, path string, in, out any, opts ...issuing.CallOption) error {
	o := operation{name: "Do " + path, path: path, safety: transport.Once}
	if v := reflect.ValueOf(out); out != nil && (v.Kind() != reflect.Pointer || v.IsNil()) {
		// Found after the answer, this would make an open outcome of a success.
		return &issuing.Error{Provider: provider, Op: o.name, Kind: issuing.ErrInvalid, Err: errors.New("out is not a pointer")}
	}
	if in == nil {
		in = struct{}{}
	}
	_, err := c.exchange(ctx, &o, "", in, out, issuing.NewCallSettings(opts...))
	return err
}

// zone is the provider's: every documented time has the offset +08:00.
var zone = time.FixedZone("UTC+8", 8*60*60)

// codec reads and writes the API's JSON.
var codec = wire.Codec{Zone: zone}

func named(name string, n int) string {
	if name != "" {
		return name
	}
	return "unknown (" + strconv.Itoa(n) + ")"
}
