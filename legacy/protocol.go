package legacy

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/provider"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/sign"
)

// op is a row of an operation that creates no order.
func op(name, path string, safety transport.Safety, settle provider.Settle, unsigned ...string) operation {
	return operation{name: name, path: path, safety: safety, settle: settle, unsigned: unsigned}
}

// creation is a row of an operation that creates an order.
func creation(name, path string, safety transport.Safety, settle provider.Settle, unsigned ...string) operation {
	o := op(name, path, safety, settle, unsigned...)
	o.creates = true
	return o
}

// operation is one row of the operation table: all in which two methods differ.
type operation struct {
	name   string // service and method
	path   string
	safety transport.Safety
	settle provider.Settle
	offers capability
	// creates marks an operation that creates an order: only a few codes end it,
	// everything else leaves its outcome open.
	creates bool
	// unsigned names the fields that the page keeps out of the signature.
	unsigned []string
}

// op is the part of the row that the core knows. A refused order may have been created all the same, so it
// is looked up before a repeat, although its number is a key.
func (o operation) op() provider.Op {
	return provider.Op{Name: o.name, Safety: o.safety, Settle: o.settle, LookFirst: o.creates && o.safety == keyed}
}

// The safeties of rows; see [transport.Safety].
const read, keyed, checked, once = transport.Read, transport.Keyed, transport.Checked, transport.Once

// How the open outcome of a row is settled; see [provider.Settle].
var (
	byNone, byKey, byState = provider.Nothing, provider.ByKey, provider.ByState
	byRepeat, byNobody     = provider.ByRepeat, provider.ByNobody
)

// facts is what a write says of itself for its record, and sought one that is looked up.
type (
	settle = provider.Settle
	facts  = provider.Facts
	sought = provider.Sought
)

// factual is a request that tells what its look-up needs.
type factual interface{ facts(f *facts) }

// request is an input that can be checked before it is sent. One that is about
// something has a key.
type request interface{ validate(p *check.Problems) }

// about is a request, or a result, that names what it is about: an order by its
// number, a card by its last four digits.
type about interface{ key() string }

// wirer is a request whose wire form differs from its own.
type wirer interface {
	wire(secret sign.AppSecret) (any, error)
}

// incomplete is a result that can tell that the answer lacked its main field.
type incomplete interface{ incomplete() bool }

// opener is a result with fields that the platform encrypts or that need more
// than decoding. An *issuing.Error says that the platform refused.
type opener interface {
	open(secret sign.AppSecret) error
}

// exchange is one call of the legacy API.
type exchange struct {
	c       *Client
	o       operation
	key     string
	in      any
	payload []byte // the request without common parameters and signature
	text    string // of the answer, for people
}

// Encode marshals the request once.
func (x *exchange) Encode(issuing.CallSettings) (provider.Plan, error) {
	in, err := x.in, error(nil)
	if w, ok := in.(wirer); ok {
		if in, err = w.wire(x.c.cfg.AppSecret); err != nil {
			return provider.Plan{}, err
		}
	}
	payload, err := x.c.cfg.codec().Marshal(in)
	if err != nil {
		return provider.Plan{}, err
	}
	// A caller's raw JSON comes with its white space; members are added before
	// the closing brace.
	payload = bytes.TrimSpace(payload)
	if len(payload) < 2 || payload[0] != '{' || payload[len(payload)-1] != '}' {
		return provider.Plan{}, errNoObject
	}
	x.payload = append(bytes.TrimSpace(payload[:len(payload)-1]), '}')
	path := x.c.cfg.path(x.o)
	return provider.Plan{URL: transport.JoinURL(x.c.cfg.BaseURL, path), Template: path}, nil
}

// Facts tells what a record of the call holds. The payload is that of the request as it
// is: the one that is sent may have fields that are encrypted anew each time.
func (x *exchange) Facts(f *facts) {
	f.Payload, _ = x.c.cfg.codec().Marshal(x.in)
	if in, ok := x.in.(factual); ok {
		in.facts(f)
	}
}

// Seal makes one attempt: a fresh timestamp, nonce and signature over the same
// payload.
func (x *exchange) Seal(context.Context, int) (transport.Sealed, error) {
	nonce := strings.ReplaceAll(uuid.NewString(), "-", "")
	timestamp := strconv.FormatInt(x.c.core.Now().UnixMilli(), 10)
	body, err := sealBody(x.c.cfg, x.payload, x.o.unsigned, timestamp, nonce)
	if err != nil {
		return transport.Sealed{}, &issuing.Error{Kind: issuing.ErrInvalid, Err: err}
	}
	header := http.Header{"Content-Type": {"application/json"}}
	return transport.Sealed{Header: header, Body: body, RequestID: nonce}, nil
}

// Judge reads the envelope and says what the answer means for the operation. One that gives
// a member twice, of which two readers could take different ones, is none.
func (x *exchange) Judge(_ context.Context, r *transport.Response) provider.Verdict {
	env := new(envelope)
	if codec.Unmarshal(r.Body, env) == nil && !wire.Twice(r.Body) {
		r.Parsed = env
	}
	return provider.Verdict{Judgement: x.o.judge(r, x.c.cfg.Refusals)}
}

// judge says what an answer means; refusals are codes that end an order's creation as well.
func (o *operation) judge(r *transport.Response, refusals []Code) transport.Judgement {
	env, code, ok := answered(r)
	switch {
	case !ok && (o.creates || r.OK()):
		return transport.Unclear
	case !ok:
		return transport.JudgeStatus(r)
	case r.OK() && env.accepted(), r.OK() && o.creates && (code.settlesOrder() || slices.Contains(refusals, code)):
		return transport.Final
	case o.creates && r.Status == http.StatusTooManyRequests && code == CodeTooManyRequests:
		return transport.Busy
	case o.creates && (refusedAtTheDoor(r.Status, code) || refusedForm(r.Status, code)):
		return transport.Final
	case o.creates, code == CodeSuccess, r.Redirected():
		return transport.Unclear
	case r.Status == http.StatusTooManyRequests, code == CodeTooManyRequests:
		return transport.Busy
	case code.Retryable():
		return transport.Unclear
	case code.Known():
		return transport.Final
	default:
		return transport.JudgeStatus(r)
	}
}

// answered returns the envelope that Judge has read and its code; ok is false
// for an answer that is no envelope or has no code.
func answered(r *transport.Response) (env *envelope, code Code, ok bool) {
	if env, ok = r.Parsed.(*envelope); ok {
		code, ok = env.code()
	}
	return env, code, ok
}

// Open splits an answer into data or refusal.
func (x *exchange) Open(_ context.Context, r *transport.Response) (provider.Answer, error) {
	answer := provider.Answer{Raw: r.Body}
	env, code, ok := answered(r)
	if !ok || (!r.OK() && env.accepted()) {
		return answer, provider.StatusRefusal(r)
	}
	x.text = env.text()
	if env.accepted() {
		answer.Data = env.Data
		return answer, nil
	}
	e := &issuing.Error{Kind: code.Kind(), Code: code, Message: x.text}
	switch {
	case code == CodeSuccess:
		e.Kind, e.Code = issuing.ErrBadResponse, nil
		e.Err = errors.New("status 200 that the rest of the answer contradicts")
	case e.Kind == nil && r.OK():
		e.Kind = issuing.ErrDeclined
	case e.Kind == nil:
		e.Kind = transport.KindOfStatus(r.Status)
	}
	// Nearly every refusal of an order leaves it open, so it is the code that
	// says whether an attempt after a look-up may be answered otherwise.
	lasting := x.o.creates && code != CodeSuccess && !code.Retryable()
	confirmed := x.o.creates && r.OK() && slices.Contains(x.c.cfg.Refusals, code)
	absent := x.o.creates && !confirmed && refusedForm(r.Status, code)
	// A code that no page lists under a status of success says nothing definite.
	maybe := absent || (r.OK() && !code.Known() && !confirmed)
	return answer, &provider.Refusal{Err: e, Lasting: lasting, Maybe: maybe, Absent: absent}
}

// decode reads an answer's data.
func (x *exchange) decode(_ context.Context, data []byte, out any) error {
	if len(data) > 0 {
		if err := x.c.cfg.codec().Unmarshal(data, out); err != nil {
			return err
		}
	}
	if o, ok := out.(opener); ok {
		if err := o.open(x.c.cfg.AppSecret); err != nil {
			var refused *issuing.Error
			if errors.As(err, &refused) {
				refused.Message = x.text
				return &provider.Refusal{Err: refused}
			}
			return err
		}
	}
	if i, ok := out.(incomplete); ok && i.incomplete() {
		return provider.ErrIncomplete
	}
	return x.compare(out)
}
