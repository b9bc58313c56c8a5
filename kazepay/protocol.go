package kazepay

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/provider"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/sign"
)

// operation is one row of the operation table: all in which two methods differ.
type operation struct {
	name    string // service and method
	apiCode string // head.apiCode
	safety  transport.Safety
	payload payload
	settle  provider.Settle
	offers  capability
}

// op is the part of the row that the core knows.
func (o operation) op() provider.Op {
	return provider.Op{Name: o.name, Safety: o.safety, Settle: o.settle}
}

// The safeties of rows; see [transport.Safety].
const read, once = transport.Read, transport.Once

// payload says what an answer's payload holds.
type payload int

const (
	bare    payload = iota // the result alone
	flagged                // the result flag "encrypt" beside it
)

// How the open outcome of a row is settled; see [provider.Settle].
var byNone, byState, byHistory, byNobody = provider.Nothing, provider.ByState, provider.ByHistory, provider.ByNobody

// errAstray is an answer to another request.
var errAstray = provider.ErrAstray

// facts is what a write says of itself for its record, and sought one that is looked up.
type (
	facts  = provider.Facts
	sought = provider.Sought
)

// factual is a request that tells what its look-up needs.
type factual interface{ facts(f *facts) }

// request is an input that can be checked before it is sent.
type request interface{ validate(p *check.Problems) }

// incomplete is a result that can tell that the answer lacked its main field.
type incomplete interface{ incomplete() bool }

// loose is a result that reads more shapes than the codec knows.
type loose interface {
	decode(codec wire.Codec, payload []byte) error
}

// exchange is one call of the merchant API.
type exchange struct {
	c      *Client
	o      operation
	in     any
	upload *UploadRequest // makes the message a form with a picture

	picture   *picture // of the upload, once it is open
	payload   []byte
	requestNo string                                         // of a write, or of a read's last attempt
	heard     func(status int, head answerHead, body []byte) // is told of each answer; nil is nobody
}

// Encode marshals the payload once and draws the message number of a write. The
// picture comes last, so that a refusal of anything else leaves it unread.
func (x *exchange) Encode(cs issuing.CallSettings) (provider.Plan, error) {
	cfg := x.c.cfg
	address := cfg.address(x.o.apiCode)
	var err error
	if x.payload, err = x.c.codec.Marshal(x.in); err != nil {
		return provider.Plan{}, err
	}
	if x.o.safety != read {
		if x.requestNo, err = x.c.writeNo(cs.IdempotencyKey); err != nil {
			return provider.Plan{}, err
		}
	}
	if x.upload != nil {
		if x.picture, err = openPicture(*x.upload, cfg.MaxUpload); err != nil {
			return provider.Plan{}, pictureError(err)
		}
	}
	return provider.Plan{URL: address, Template: pathOf(address), Key: x.requestNo}, nil
}

// Facts tells what a record of the call holds.
func (x *exchange) Facts(f *facts) {
	f.Payload = x.payload
	if in, ok := x.in.(factual); ok {
		in.facts(f)
	}
}

// pathOf returns the path of an address that New has checked, for hooks.
func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Path == "" {
		return "/"
	}
	return u.Path
}

// Seal makes one attempt over the same payload: a fresh session key and, for a
// read, a fresh message number.
func (x *exchange) Seal(ctx context.Context, _ int) (transport.Sealed, error) {
	var err error
	if x.o.safety == read {
		if x.requestNo, err = x.c.requestNo(); err != nil {
			return transport.Sealed{}, err
		}
	}
	x.c.sent.add(x.requestNo)
	head := requestHead{APICode: x.o.apiCode, SysID: x.c.cfg.SysID, RequestNo: x.requestNo, Version: version}
	e, err := provider.UseKey(ctx, x.c.core, func() (*sign.Envelope, error) { return x.c.envelope(head, x.payload) })
	if err != nil {
		return transport.Sealed{}, err
	}
	if x.picture != nil {
		return x.c.cfg.Upload.seal(e, head, x.picture)
	}
	header := http.Header{"Content-Type": {x.c.cfg.ContentType}, "Accept": {"application/json"}}
	return transport.Sealed{Header: header, Body: e.JSON(), RequestID: head.RequestNo}, nil
}

// Judge reads the clear part and says what the answer means for the operation.
func (x *exchange) Judge(_ context.Context, r *transport.Response) provider.Verdict {
	m, ok := x.c.message(r.Body)
	if x.heard != nil {
		x.heard(r.Status, m.head, r.Body)
	}
	if ok {
		r.Parsed = m
	}
	unclear := provider.Verdict{Judgement: transport.Unclear}
	switch code := m.head.Code; {
	case x.astray(m):
		r.HangUp() // before another attempt has the connection
		return unclear
	case !ok && r.OK():
		return unclear
	case !ok:
	case code == CodeSuccess && r.OK():
		return provider.Verdict{Judgement: transport.Final}
	case code == CodeSuccess, code == CodeUpstreamSuccess, x.c.cfg.open(code), r.Redirected():
		return unclear
	}
	// A failure code does not make a 5xx definite: it may be the word of a hop
	// that gave up waiting.
	return provider.Verdict{Judgement: transport.JudgeStatus(r)}
}

// Open splits an answer into payload or refusal. The payload, when it verifies,
// stands in CallInfo in either case.
func (x *exchange) Open(ctx context.Context, r *transport.Response) (provider.Answer, error) {
	m, ok := r.Parsed.(*message)
	if !ok {
		refusal := provider.StatusRefusal(r)
		refusal.Maybe = x.c.cfg.SignedFailures
		return provider.Answer{}, refusal
	}
	if x.astray(m) {
		return provider.Answer{}, errOtherNumber // neither its success nor its failure is this one's
	}
	payload, err := provider.UseKey(ctx, x.c.core, func() ([]byte, error) { return x.c.open(m) })
	answer := provider.Answer{Raw: payload, Data: payload}
	switch {
	case m.head.Code != CodeSuccess, !r.OK():
		// A payload that came with a failure is attached when it opens, and never
		// stands in the way when it does not.
		refusal := x.refuse(r, m.head, payload)
		flag, _ := failedFlag(payload)
		refusal.Maybe = refusal.Maybe || (err != nil && x.c.cfg.SignedFailures) ||
			(r.OK() && flag == ResultFlagSuccess) // what is signed says the opposite of the head, which is not
		return answer, refusal
	case errors.Is(err, provider.ErrKey):
		return answer, err
	case err != nil:
		// Whoever answered did not prove to be KazePay, or the profile is not the
		// right one; the operation may have been carried out all the same.
		return answer, &Unverified{Answer: issuing.NewSecret(string(r.Body)), Err: err}
	case x.o.payload == flagged:
		if flag, failed := failedFlag(payload); failed {
			e := &issuing.Error{Kind: issuing.ErrDeclined, Message: m.head.Detail, Err: x.failure(flag, payload)}
			// What is neither of the documented values says nothing definite.
			return answer, &provider.Refusal{Err: e, Maybe: flag != ResultFlagFailed}
		}
	}
	return answer, nil
}

// refuse makes the error of a failure answer.
func (x *exchange) refuse(r *transport.Response, head answerHead, payload []byte) *provider.Refusal {
	e := &issuing.Error{Kind: x.c.cfg.kind(head.Code), Code: head.Code, Message: head.Detail, Err: x.failure("", payload)}
	switch {
	case head.Code == CodeSuccess:
		e.Kind, e.Code = transport.KindOfStatus(r.Status), nil
	case e.Kind == nil && r.OK():
		e.Kind = issuing.ErrDeclined
	case e.Kind == nil:
		e.Kind = transport.KindOfStatus(r.Status)
	}
	// Every other code is a failure by the page, which lists none. One of another form that
	// the merchant has not learnt, or whose detail says the opposite, is no word of the
	// platform's.
	odd := !head.Code.wellFormed() && x.c.cfg.Codes[head.Code] == nil
	return &provider.Refusal{Err: e, Maybe: r.OK() && (odd || head.Detail == string(CodeSuccess))}
}

// failure is the cause of a failure answer.
func (x *exchange) failure(flag ResultFlag, payload []byte) *Failure {
	return &Failure{APICode: x.o.apiCode, RequestNo: x.requestNo, Flag: flag, Payload: issuing.NewSecret(string(payload))}
}

// decode reads a payload into out, and refuses one that is not about what was asked.
func (x *exchange) decode(ctx context.Context, payload []byte, out any) error {
	if l, ok := out.(loose); ok {
		if err := l.decode(x.c.codec, payload); err != nil {
			return err
		}
	} else if err := x.c.codec.Unmarshal(payload, out); err != nil {
		return err
	}
	if i, ok := out.(incomplete); ok && i.incomplete() {
		return provider.ErrIncomplete
	}
	return x.compare(ctx, out)
}
