package coshine

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/provider"
	"github.com/issuing-sdk/issuing-go/internal/transport"
)

// operation is one row of the operation table: all in which two methods differ.
// The path comes from the client's path table.
type operation struct {
	api    API
	name   string // service and method
	safety transport.Safety
	settle provider.Settle
	offers capability
}

// The safeties of rows; see [transport.Safety].
const read, once = transport.Read, transport.Once

// op is the part of the row that the core knows.
func (o operation) op() provider.Op {
	return provider.Op{Name: o.name, Safety: o.safety, Settle: o.settle}
}

// How the open outcome of a row is settled; see [provider.Settle].
var byNone, byState, byHistory, byNobody = provider.Nothing, provider.ByState, provider.ByHistory, provider.ByNobody

// request is an input that can be checked before it is sent.
type request interface{ validate(p *check.Problems) }

// bodyless is a request that may be sent without a body.
type bodyless interface{ bodyless(Config) bool }

// incomplete is a result that can tell that the answer lacked its main field.
type incomplete interface{ incomplete() bool }

// exchange is one call of the card API.
type exchange struct {
	c       *Client
	o       operation
	in      any
	prepare func() error // completes in before it is encoded; nil has nothing to do

	path   string // of the interface
	header Header // TranID is empty where each attempt draws one
	body   []byte // the request's members without braces
	empty  bool   // send no body at all
	route  route

	at      time.Time      // when the last answer was produced
	echo    string         // the tranId that the answer has to echo; "" is none
	token   issuing.Secret // the access token of the last attempt
	renewed bool           // a rejected access token has been replaced
}

// Encode marshals the request once. The tranId of a write is drawn before anything
// else is done for it: every attempt has the same, and what ends before the first
// one has it too.
func (x *exchange) Encode(cs issuing.CallSettings) (provider.Plan, error) {
	x.header = x.c.header(cs)
	x.header.TranCode = cmp.Or(x.header.TranCode, x.c.cfg.tranCode(x.o.api))
	p := check.Problems{Values: x.c.cfg.Values}
	if x.header.validate(&p); p.Any() {
		return provider.Plan{}, p.Refusal()
	}
	if x.header.TranID == "" && x.o.safety != read {
		x.header.TranID = NewTranID(x.c.core.Now())
	}
	plan := provider.Plan{Key: x.header.TranID}
	var err error
	if x.path == "" {
		if x.path, err = x.c.path(x.o.api); err != nil {
			return plan, err
		}
	}
	if x.prepare != nil {
		if err = x.prepare(); err != nil {
			return plan, err
		}
	}
	if x.body, err = x.c.cfg.membersOf(x.in); err != nil {
		return plan, err
	}
	if b, ok := x.in.(bodyless); ok {
		x.empty = b.bodyless(x.c.cfg)
	}
	x.route = route{cfg: &x.c.cfg, url: transport.JoinURL(x.c.cfg.BaseURL, x.path)}
	plan.URL, plan.Template = x.route.url, x.path
	return plan, nil
}

// Seal makes one attempt: a timestamp, a tranId for a read whose caller gave
// none, and the access token.
func (x *exchange) Seal(ctx context.Context, _ int) (transport.Sealed, error) {
	c := x.c
	now := c.core.Now()
	h := x.header
	if h.TranID == "" {
		h.TranID = NewTranID(now)
	}
	if h.Time.IsZero() {
		h.Time = now
	}
	header := http.Header{}
	header.Set("Content-Type", "application/json; charset=UTF-8")
	header.Set("Timestamp", strconv.FormatInt(now.Unix(), 10))
	var body []byte
	if !x.empty {
		body, x.echo = h.with(x.body, c.cfg.Zone), h.TranID
	}
	x.token = c.cfg.Token
	if c.tokens != nil {
		var err error
		if x.token, err = c.tokens.token(ctx, c.core); err != nil {
			return transport.Sealed{}, err
		}
		if body != nil {
			var err error
			if body, err = c.cfg.OAuth.bodies().seal(body); err != nil {
				return transport.Sealed{}, &issuing.Error{Kind: issuing.ErrInvalid, Err: err}
			}
			header.Set("Content-Type", c.cfg.OAuth.ContentType)
		}
	}
	header.Set("Authorization", "Bearer "+x.token.Reveal())
	return transport.Sealed{Header: header, Body: body, RequestID: h.TranID, Key: h.TranID}, nil
}

// Judge reads the answer and says what it means for the operation. It follows
// permitted redirects, because the transport follows none, and replaces a
// rejected access token once.
func (x *exchange) Judge(ctx context.Context, r *transport.Response) provider.Verdict {
	if r.Status == http.StatusTemporaryRedirect {
		if err := x.route.follow(r.Header.Get("Location")); err != nil {
			r.Parsed = &parsed{plain: r.Body, fault: err}
			return provider.Verdict{Judgement: transport.Unclear}
		}
		return provider.Verdict{Again: &provider.Again{URL: x.route.url, Same: true}}
	}
	got := x.parse(ctx, r)
	r.Parsed, x.at = got, sentAt(r.Header.Get("Timestamp"))
	rejected := r.Status == http.StatusUnauthorized || r.Status == http.StatusForbidden
	switch {
	case got.fault != nil:
		return provider.Verdict{Judgement: transport.Unclear}
	case r.Status == http.StatusForbidden && x.c.tokens != nil && !x.renewed:
		x.renewed = true
		x.c.tokens.drop(x.token)
		return provider.Verdict{Again: &provider.Again{}}
	case got.reply.ResponseCode.Open() && x.o.safety != read && !rejected:
		// A page says that 400 carries the codes of transactions as well; with a
		// rejected credential nothing was carried out.
		return provider.Verdict{Judgement: transport.Unclear}
	case r.Status == http.StatusOK:
		return provider.Verdict{}
	}
	return provider.Verdict{Judgement: transport.JudgeStatus(r)}
}

// parse reads an answer. The key is asked only where answers are encrypted: what waits
// for it runs apart, which costs as much as the rest of the reading.
func (x *exchange) parse(ctx context.Context, r *transport.Response) *parsed {
	if x.c.cfg.OAuth == nil {
		return x.c.parse(r.Status, r.Body, x.echo)
	}
	echo := x.echo
	got, err := provider.UseKey(ctx, x.c.core, func() (*parsed, error) { return x.c.parse(r.Status, r.Body, echo), nil })
	if err != nil {
		return &parsed{plain: r.Body, fault: err}
	}
	return got
}

// Open splits an answer into data or refusal.
func (x *exchange) Open(_ context.Context, r *transport.Response) (provider.Answer, error) {
	got, _ := r.Parsed.(*parsed)
	answer := provider.Answer{Raw: got.plain}
	code := got.reply.ResponseCode
	switch {
	case got.fault != nil:
		return answer, got.fault
	case code == "":
		return answer, x.refuseStatus(r)
	case r.Status != http.StatusOK || code != CodeSuccess:
		return answer, refuse(r.Status, &got.reply)
	}
	answer.Data = got.plain
	return answer, nil
}

// refuseStatus makes the error of an answer without a response code.
func (x *exchange) refuseStatus(r *transport.Response) *provider.Refusal {
	refusal := provider.StatusRefusal(r)
	if r.Status == http.StatusNotFound {
		name := string(x.o.api)
		if name == "" {
			name = x.o.name
		}
		refusal.Err.Kind = issuing.ErrNotConfigured
		refusal.Err.Err = fmt.Errorf("the platform has nothing at the path %s of %s; correct Config.Paths or BaseURL", x.path,
			name)
	}
	return refusal
}

// refuse makes the error of an answer with a response code.
func refuse(status int, reply *Reply) *provider.Refusal {
	code := reply.ResponseCode
	e := &issuing.Error{Kind: code.Kind(), Code: code, Message: reply.ResponseDesc}
	switch {
	case status == http.StatusUnauthorized || status == http.StatusForbidden || status >= 500:
		e.Kind = transport.KindOfStatus(status)
	case e.Kind == nil:
		// A page says that 400 stands for a declined payment as well.
		e.Kind = issuing.ErrDeclined
	}
	// The published list is open, and neither it nor ISO 8583 has the code: under a status
	// of success it says nothing definite.
	return &provider.Refusal{Err: e, Maybe: status == http.StatusOK && !code.Known()}
}

// decode reads an answer into a result.
func (x *exchange) decode(_ context.Context, plain []byte, out any) error {
	list, err := readResult(plain, out)
	if err != nil {
		return err
	}
	if r, ok := out.(replier); ok {
		r.reply().SentAt = x.at
	}
	switch i, ok := out.(incomplete); {
	case !ok || !i.incomplete():
		return nil
	case list:
		return fmt.Errorf("%w: it counts records and has no list of them", provider.ErrIncomplete)
	}
	return provider.ErrIncomplete
}
