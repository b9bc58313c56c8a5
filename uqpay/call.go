package uqpay

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/internal/wire"
)

// Headers of the API, in net/http's spelling.
const (
	headerToken    = "X-Auth-Token"
	headerKey      = "X-Idempotency-Key"
	headerOnBehalf = "X-On-Behalf-Of"
	headerClientID = "X-Client-Id"
	headerAPIKey   = "X-Api-Key"
)

// jsonType is the header value of JSON. The transport clones all headers, so it
// is never written to.
var jsonType = []string{"application/json"}

// maxKey bounds a caller's idempotency key.
const maxKey = 64

// inFlightPatience bounds how long an operation that the platform still works on
// is waited for. It is the time that one attempt has by default, so a request
// that is still under way there has either ended or is lost.
const inFlightPatience = 30 * time.Second

// input is a request that can be checked before it is sent.
type input interface{ validate(p *check.Problems) }

// none is the input of an operation without one.
type none struct{}

func (none) validate(*check.Problems) {}

// exchange is what one call adds to its operation's row.
type exchange struct {
	ids     []string // for the path's placeholders
	in      any      // nil: no body
	out     any      // nil: the result is not decoded
	literal bool     // the path has no placeholders to fill
	accept  string   // media type of the answer; "" is JSON
	sink    io.Writer
	limit   int64
	query   url.Values
	// finish ends what went into sink; it returns an error body that was kept out.
	finish func() ([]byte, error)
	// stream makes the body of one attempt instead of in, and may set headers.
	stream func(http.Header) (transport.Sealed, error)
	once   bool // the stream cannot be sent again, whatever the row says
}

// call checks and sends a request and returns its decoded result.
func call[T any](ctx context.Context, c *Client, o operation, ids []string, in input, opts []issuing.CallOption) (*T, error) {
	out := new(T)
	x := exchange{ids: ids, in: in, out: out}
	if _, empty := in.(none); empty {
		x.in = nil
	}
	var p check.Problems
	in.validate(&p)
	if err := p.Err(provider, o.name); err != nil {
		return nil, err
	}
	if err := c.exchange(ctx, &o, x, opts); err != nil {
		return nil, err
	}
	return out, nil
}

// one is the ids of a path with one placeholder.
func one(id string) []string { return []string{id} }

// exchange sends a request under one idempotency key until the platform has
// given an answer that is one: an expired token is renewed once, and an
// operation that is still under way under the same key is waited for.
func (c *Client) exchange(ctx context.Context, o *operation, x exchange, opts []issuing.CallOption) error {
	cs := issuing.NewCallSettings(opts...)
	s := &sender{c: c, x: &x}
	if err := s.prepare(o, cs); err != nil {
		return err
	}
	resp, err := s.run(ctx)
	if err != nil {
		c.transport.Report(cs.Info, s.call, nil, nil, err)
		return err
	}
	resp.RequestID = requestID(resp.Header)
	err = c.answer(s.call, resp, &x)
	c.transport.Report(cs.Info, s.call, resp, resp.Body, err)
	return err
}

// sender runs the attempts of one call, over the waits that are UQPAY's own.
type sender struct {
	c       *Client
	x       *exchange
	call    *transport.Call
	header  http.Header // of every attempt
	payload []byte
	used    Token // of the last attempt
	renewed bool
}

// prepare turns a row and a request into a call.
func (s *sender) prepare(o *operation, cs issuing.CallSettings) error {
	c, x := s.c, s.x
	invalid := func(err error) error {
		return &issuing.Error{Provider: provider, Op: o.name, Kind: issuing.ErrInvalid, Err: err}
	}
	base := c.cfg.BaseURL
	switch {
	case o.has(sandbox) && c.cfg.production():
		return notConfigured(o.name, "the simulator exists in the sandbox only, and BaseURL is the production API")
	case o.has(files):
		base = c.cfg.FilesURL
	}
	if base == "" {
		return notConfigured(o.name, "Config.FilesURL is not set")
	}
	path := o.path
	if !x.literal {
		var err error
		if path, err = transport.Expand(o.path, x.ids...); err != nil {
			return invalid(err)
		}
	}
	key, err := s.headers(o, cs)
	if err != nil {
		return err
	}
	if s.payload, err = x.encode(o); err != nil {
		return invalid(err)
	}
	if s.payload != nil {
		s.header["Content-Type"] = jsonType
	}
	address := transport.JoinURL(base, path)
	if len(x.query) > 0 {
		address += "?" + x.query.Encode()
	}
	s.call = &transport.Call{
		Op: o.name, Method: o.method, URL: address, Template: o.path, Safety: o.safety, Key: key,
		Seal: s.seal, Judge: judge, Sink: x.sink, MaxResponse: x.limit,
	}
	if x.once {
		s.call.Safety = transport.Once
	}
	if x.sink != nil || x.out == nil {
		s.call.Judge = judgeAny
	}
	return nil
}

func notConfigured(op, what string) error {
	return &issuing.Error{Provider: provider, Op: op, Kind: issuing.ErrNotConfigured, Err: errors.New(what)}
}

// headers makes what all attempts of a call share, and its idempotency key.
func (s *sender) headers(o *operation, cs issuing.CallSettings) (string, error) {
	c, x := s.c, s.x
	var p check.Problems
	header := make(http.Header, 8)
	s.header = header
	header["Accept"] = jsonType
	if x.accept != "" {
		header["Accept"] = []string{x.accept}
	}
	onBehalf := c.cfg.OnBehalfOf
	for name, value := range cs.Header {
		if name == headerOnBehalf {
			onBehalf = value
			continue
		}
		header.Set(name, value)
	}
	if onBehalf != "" && !o.has(master) {
		headerText(&p, "OnBehalfOf", onBehalf, true)
		header[headerOnBehalf] = []string{onBehalf}
	}
	key := ""
	if o.method != http.MethodGet {
		key = cs.IdempotencyKey
		if key == "" || o.has(fresh) {
			key = uuid.NewString()
		}
		if len(key) > maxKey {
			p.Add("idempotency key", "has %d characters, at most %d are allowed", len(key), maxKey)
		}
		headerText(&p, "idempotency key", key, true)
		header[headerKey] = []string{key}
	}
	return key, p.Err(provider, o.name)
}

// encode makes the body, or the query of a GET from the same struct tags.
func (x *exchange) encode(o *operation) ([]byte, error) {
	if o.method != http.MethodGet {
		if x.in == nil {
			return nil, nil
		}
		return codec.Marshal(x.in)
	}
	if x.in != nil {
		text, err := codec.Marshal(x.in)
		if err != nil {
			return nil, err
		}
		x.query = url.Values{}
		for name, value := range wire.Members(text) {
			plain, ok := wire.Unquote(value)
			if !ok {
				plain = string(value)
			}
			x.query.Set(name, plain)
		}
	}
	if o.has(list) {
		if x.query == nil {
			x.query = url.Values{}
		}
		for name, value := range map[string]string{"page_number": "1", "page_size": "10"} {
			if !x.query.Has(name) {
				x.query.Set(name, value)
			}
		}
	}
	return nil, nil
}

// seal makes one attempt: the same headers, key and payload with the token of
// the moment. The transport clones the headers before it sends them.
func (s *sender) seal(ctx context.Context, _ int) (transport.Sealed, error) {
	token, header, err := s.c.tokens.get(ctx)
	if err != nil {
		return transport.Sealed{}, tokenError(err)
	}
	s.used = token
	s.header[headerToken] = header
	sealed := transport.Sealed{Body: s.payload}
	if s.x.stream != nil {
		if sealed, err = s.x.stream(s.header); err != nil {
			return transport.Sealed{}, err
		}
	}
	sealed.Header = s.header
	return sealed, nil
}

// tokenError says that a call ended for want of a token. Nothing of it was sent.
func tokenError(err error) error {
	var e *issuing.Error
	if !errors.As(err, &e) {
		return err
	}
	return &issuing.Error{Kind: e.Kind, Err: err}
}

// run sends the call until its answer is one. An expired token is renewed once;
// a call whose body cannot be sent again ends with its first answer.
func (s *sender) run(ctx context.Context) (*transport.Response, error) {
	settings := s.c.transport.Settings()
	wait := settings.MinRetryWait
	for waited := time.Duration(0); ; {
		resp, err := s.c.transport.Do(ctx, s.call)
		if err != nil {
			return nil, err
		}
		env, _ := resp.Parsed.(*envelope)
		switch {
		case env == nil:
			return resp, nil
		case env.expired(resp.Status) && !s.renewed:
			s.renewed = true
			s.c.tokens.displaced(s.used)
			if s.x.once {
				return resp, nil
			}
		case env.inFlight(resp.Status):
			// An attempt with this key, ours or another caller's, is under way.
			resp.Maybe = true
			if s.x.once || waited >= inFlightPatience || !transport.Pause(ctx, wait) {
				return resp, nil
			}
			waited += wait
			wait = min(2*wait, settings.MaxRetryWait)
		default:
			return resp, nil
		}
		next := *s.call
		next.Prior = resp
		s.call = &next
	}
}

// requestIDs are headers that gateways commonly name a request by. UQPAY
// documents none.
var requestIDs = []string{"X-Request-Id", "X-Trace-Id", "X-Correlation-Id", "Traceparent"}

func requestID(header http.Header) string {
	for _, name := range requestIDs {
		if id := header.Get(name); id != "" {
			return clip(strings.TrimSpace(id))
		}
	}
	return ""
}
