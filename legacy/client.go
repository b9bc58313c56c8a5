package legacy

import (
	"context"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/provider"
	"github.com/issuing-sdk/issuing-go/internal/wire"
)

// providerName names this package in errors and events.
const providerName = "legacy"

// Client calls the legacy API. It is immutable and safe for concurrent use.
type Client struct {
	// Applications applies for cards of every product and queries applications.
	Applications *ApplicationService
	// Cards tops up cards of every product and queries top-ups.
	Cards *CardService
	// MasterE manages MASTER-E cards.
	MasterE *MasterEService
	// VisaH manages VISA-H cards.
	VisaH *VisaHService
	// VirtualL manages VIRTUAL-L cards.
	VirtualL *VirtualLService
	// VirtualP manages VIRTUAL-P cards.
	VirtualP *VirtualPService
	// Transfers quotes, sends and queries remittances.
	Transfers *TransferService
	// Reference reads what remittances can be made of: countries, channels,
	// banks, codes.
	Reference *ReferenceService

	cfg  Config
	core *provider.Core
}

// New returns a client. It checks the configuration and does no I/O.
func New(cfg Config, opts ...issuing.Option) (*Client, error) {
	cfg = cfg.clone()
	core, err := provider.New(providerName, cfg.validate, cfg.fingerprint, opts...)
	if err != nil {
		return nil, err
	}
	return newClient(cfg, core), nil
}

func newClient(cfg Config, core *provider.Core) *Client {
	c := new(Client)
	*c = Client{
		Applications: &ApplicationService{c}, Cards: &CardService{c}, MasterE: &MasterEService{c}, VisaH: &VisaHService{c},
		VirtualL: &VirtualLService{c}, VirtualP: &VirtualPService{c}, Transfers: &TransferService{c},
		Reference: &ReferenceService{c}, cfg: cfg, core: core,
	}
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

// Do calls an operation that this package does not know: in, a struct or map
// that encodes to a JSON object, is sent signed to path with the common
// parameters, and the answer's data is decoded into out, a pointer or nil.
// Nothing is known about repeating it, so it is sent once; an unclear end is
// issuing.ErrOutcomeUnknown. The balance of the reserve, which the pages mention
// and do not describe, is such an operation.
//
// Secrets in in are sent in clear. Every field is signed.
func (c *Client) Do(ctx context.Context, path string, in, out any, opts ...issuing.CallOption) error {
	if in == nil {
		in = noRequest{}
	}
	call := c.call(operation{name: "Do " + path, path: path, safety: once}, in, nil, opts)
	call.Out = out
	return c.core.Do(ctx, call)
}

// call checks and sends a request and returns its decoded result.
func call[T any](ctx context.Context, c *Client, o operation, in request, opts []issuing.CallOption) (*T, error) {
	return looked[T](ctx, c, o, in, nil, opts)
}

// list is call for an operation whose data is an array.
func list[T any](ctx context.Context, c *Client, o operation, in request, opts []issuing.CallOption) ([]T, error) {
	out, err := call[[]T](ctx, c, o, in, opts)
	if err != nil {
		return nil, err
	}
	return *out, nil
}

// errOther is a look's verdict: what stands under the number is another order.
var errOther = provider.ErrOther

// looked is call for an operation whose open outcome a look settles: it returns
// the result when the operation has happened, nil when it has not, and errOther
// when the number belongs to another order.
func looked[T any](ctx context.Context, c *Client, o operation, in request,
	look provider.Look[T], opts []issuing.CallOption,
) (*T, error) {
	return provider.Do(ctx, c.core, c.call(o, in, in.validate, opts), look)
}

// call is a logical call of the core's.
func (c *Client) call(o operation, in any, check func(*check.Problems), opts []issuing.CallOption) provider.Call {
	x := &exchange{c: c, o: o, in: in}
	if a, ok := in.(about); ok {
		x.key = a.key()
	}
	return provider.Call{
		Op: o.op(), Key: x.key, In: in, Check: c.checked(check), Exchange: x, Decode: x.decode, Options: opts,
	}
}

// checked is a request's check with the values that the configuration adds.
func (c *Client) checked(validate func(*check.Problems)) func(*check.Problems) {
	if len(c.cfg.Values) == 0 || validate == nil {
		return validate
	}
	return func(p *check.Problems) {
		p.Values = c.cfg.Values
		validate(p)
	}
}

// zone is the provider's, unless it is configured. No page names one; record numbers that begin with
// their local time show +08:00.
var zone = time.FixedZone("UTC+8", 8*60*60)

// codec reads and writes the API's JSON, with the zone that is not configured.
var codec = wire.Codec{Zone: zone, TimeLayout: time.DateTime}
