package kazepay

import (
	"cmp"
	"context"
	"maps"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/provider"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/internal/wire"
)

// providerName names this package in errors and events.
const providerName = "kazepay"

// Client calls KazePay's API. It is immutable and safe for concurrent use.
type Client struct {
	// Virtual applies for virtual cards.
	Virtual *VirtualService
	// Physical binds, activates and protects physical cards.
	Physical *PhysicalService
	// KYC verifies the holders of physical cards.
	KYC *KYCService
	// Cards reads, tops up, freezes and closes every card.
	Cards *CardService
	// Webhooks sets where callbacks go.
	Webhooks *WebhookService

	cfg   Config
	codec wire.Codec
	core  *provider.Core
	sent  *sentNumbers // of this client and its clones
}

// New returns a client. It checks the configuration and does no I/O.
func New(cfg Config, opts ...issuing.Option) (*Client, error) {
	core, err := provider.New(providerName, cfg.validate, cfg.fingerprint, opts...)
	if err != nil {
		return nil, err
	}
	cfg.UploadURL = cmp.Or(cfg.UploadURL, cfg.BaseURL)
	cfg.MaxUpload = cmp.Or(cfg.MaxUpload, DefaultMaxUpload)
	cfg.Zone = cmp.Or(cfg.Zone, time.UTC)
	cfg.Upload = cfg.Upload.complete()
	cfg.Paths, cfg.Codes, cfg.Values = maps.Clone(cfg.Paths), maps.Clone(cfg.Codes), maps.Clone(cfg.Values)
	cfg.ContentType = cmp.Or(cfg.ContentType, "application/json; charset=UTF-8")
	return newClient(cfg, core, new(sentNumbers)), nil
}

func newClient(cfg Config, core *provider.Core, sent *sentNumbers) *Client {
	c := &Client{cfg: cfg, codec: codecIn(cfg.Zone), core: core, sent: sent}
	c.Virtual = &VirtualService{c}
	c.Physical = &PhysicalService{c}
	c.KYC = &KYCService{c}
	c.Cards = &CardService{c}
	c.Webhooks = &WebhookService{c}
	return c
}

// codecIn reads and writes the payloads' JSON: amounts are bare numbers, times
// have no zone.
func codecIn(zone *time.Location) wire.Codec {
	return wire.Codec{Zone: zone, TimeLayout: time.DateTime, NumberAmounts: true}
}

// Clone returns a client with further options applied to this one's.
func (c *Client) Clone(opts ...issuing.Option) (*Client, error) {
	core, err := c.core.With(opts...)
	if err != nil {
		return nil, err
	}
	return newClient(c.cfg, core, c.sent), nil
}

// Do calls an operation that this package does not know, such as those of
// KazePay's Merchant APIs page: in, sealed like every other payload, goes to
// apiCode, and the answer's payload is decoded into out, a pointer or nil. A nil
// in sends {}, a nil out drops the payload; a *json.RawMessage takes it as it is.
// A payload whose result flag is FAILED is a failure here as well. Secrets in in
// are sent in clear inside the encrypted payload.
//
// Safety: once, because nothing is known about repeating it; the key is the requestNo,
// 1 to 24 digits. An unclear end is issuing.ErrOutcomeUnknown.
func (c *Client) Do(ctx context.Context, apiCode string, in, out any, opts ...issuing.CallOption) error {
	valid := func(p *check.Problems) { p.Text("apiCode", apiCode, maxID) }
	o := operation{name: "Do", apiCode: apiCode, safety: once, payload: flagged, settle: byQuery}
	var p check.Problems
	if valid(&p); !p.Any() {
		o.name += " " + apiCode // any other text has no place in an error
	}
	if in == nil {
		in = struct{}{}
	}
	call := c.call(&exchange{c: c, o: o, in: in}, valid, opts)
	call.Out = out
	return c.core.Do(ctx, call)
}

// call checks and sends a request and returns its decoded result.
func call[T any](ctx context.Context, c *Client, o operation, in request, opts []issuing.CallOption) (*T, error) {
	return provider.Result[T](ctx, c.core, c.call(&exchange{c: c, o: o, in: in}, in.validate, opts))
}

// looked is call for an operation whose open outcome a look settles. It is not sent again.
func looked[T any](ctx context.Context, c *Client, o operation, in request,
	look provider.Look[T], opts []issuing.CallOption,
) (*T, error) {
	return provider.Do(ctx, c.core, c.call(&exchange{c: c, o: o, in: in}, in.validate, opts), look)
}

// call is a logical call of the core's.
func (c *Client) call(x *exchange, valid func(*check.Problems), opts []issuing.CallOption) provider.Call {
	checked := func(p *check.Problems) {
		p.Values = c.cfg.Values
		valid(p)
	}
	return provider.Call{Op: x.o.op(), In: x.in, Check: checked, Exchange: x, Decode: x.decode, Options: opts}
}

// pause waits; it returns false when the context ended first.
var pause = transport.Pause

// Waits of polling.
const (
	firstPoll   = 2 * time.Second
	longestPoll = time.Minute
)

// poll asks until it is done, an error comes or the context ends. With the
// context's error comes the last answer.
func poll[T any](ctx context.Context, op string, ask func() (answer *T, done bool, err error)) (*T, error) {
	for wait := firstPoll; ; wait = min(2*wait, longestPoll) {
		answer, done, err := ask()
		if err != nil || done {
			return answer, err
		}
		if !pause(ctx, wait) {
			return answer, &issuing.Error{Provider: providerName, Op: op, Kind: issuing.ErrCanceled, Err: ctx.Err()}
		}
	}
}
