package coshine

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/sign"
)

// ErrRetired stands behind the issuing.ErrNotConfigured of an interface that the
// catalogue marks as an old version.
var ErrRetired = errors.New("retired: the catalogue marks it as an old version that is not used now")

// checker is a request that can be checked before it is sent.
type checker interface{ check(p *check.Problems) }

// call checks and sends a request of an operation and returns its decoded
// result.
func call[T any](ctx context.Context, c *Client, o operation, in checker, opts []issuing.CallOption) (*T, error) {
	path, err := c.path(o)
	if err != nil {
		return nil, err
	}
	var p check.Problems
	in.check(&p)
	if err := p.Err(provider, o.name); err != nil {
		return nil, err
	}
	out := new(T)
	if err := c.send(ctx, &o, path, in, out, opts); err != nil {
		return nil, err
	}
	return out, nil
}

// path returns the configured path of an operation.
func (c *Client) path(o operation) (string, error) {
	if path := c.paths[o.api]; path != "" {
		return path, nil
	}
	row, _ := rowOf(o.api)
	cause := fmt.Errorf("the path of %s is not published: set Config.Paths[%q] to what Coshine told you", o.api, string(o.api))
	if row.Retired {
		cause = fmt.Errorf("%s is %w; set Config.Paths[%q] to use it nevertheless", o.api, ErrRetired, string(o.api))
	}
	return "", &issuing.Error{Provider: provider, Op: o.name, Kind: issuing.ErrNotConfigured, Err: cause}
}

// send carries one logical call out: attempts, redirects, a fresh access token
// where the platform asks for one, and the decoding of the answer.
func (c *Client) send(ctx context.Context, o *operation, path string, in, out any, opts []issuing.CallOption) error {
	cs := issuing.NewCallSettings(opts...)
	x := &exchange{c: c, op: o, path: path, header: c.header(cs), url: transport.JoinURL(c.cfg.BaseURL, path)}
	if err := x.prepare(in); err != nil {
		return err
	}
	tc := &transport.Call{
		Op: o.name, URL: x.url, Template: path, Safety: o.safety, Key: x.header.TranID,
		Seal: x.seal, Judge: x.judge,
	}
	x.call = tc
	resp, err := x.run(ctx)
	if err != nil {
		err = x.explain(err)
		c.transport.Report(cs.Info, tc, nil, nil, err)
		return err
	}
	raw, err := x.answer(resp, out)
	err = x.explain(err)
	c.transport.Report(cs.Info, tc, resp, raw, err)
	return err
}

// exchange is the state of one logical call.
type exchange struct {
	c      *Client
	op     *operation
	path   string
	header Header // TranID is empty until an attempt draws one
	fixed  bool   // TranID stays the same for every attempt
	body   []byte // the request's members without braces
	empty  bool   // send no body at all

	call     *transport.Call
	url      string // of the next attempt
	hops     int
	next     string // where a permitted 307 leads
	refused  error  // why a 307 is not followed
	reminted bool

	last   transport.Sealed // of the last attempt
	resend bool             // the next attempt repeats last as it is
	token  issuing.Secret   // the access token of the last attempt
	tranID string           // of the last attempt
	fault  error            // what is wrong with an answer that was judged unclear
}

// bodyless is a request that may be sent without a body.
type bodyless interface{ bodyless(Config) bool }

// prepare marshals the request once and checks the header.
func (x *exchange) prepare(in any) error {
	var p check.Problems
	x.header.check(&p)
	checkExtra(&p, in)
	if err := p.Err(provider, x.op.name); err != nil {
		return err
	}
	x.fixed = x.header.TranID != ""
	if b, ok := in.(bodyless); ok {
		x.empty = b.bodyless(x.c.cfg)
	}
	if in == nil {
		return nil
	}
	payload, err := codec.Marshal(in)
	if err == nil && (len(payload) < 2 || payload[0] != '{') {
		err = errors.New("the request is not a JSON object")
	}
	if err != nil {
		return &issuing.Error{Provider: provider, Op: x.op.name, Kind: issuing.ErrInvalid, Err: err}
	}
	checkMembers(&p, payload)
	if err := p.Err(provider, x.op.name); err != nil {
		return err
	}
	x.body = payload[1 : len(payload)-1]
	return nil
}

// run makes attempts until an answer ends the call. It follows permitted
// redirects by hand, because the transport follows none, and replaces a
// rejected access token once.
func (x *exchange) run(ctx context.Context) (*transport.Response, error) {
	attempts, duration := 0, time.Duration(0)
	for {
		resp, err := x.c.transport.Do(ctx, x.call)
		if err != nil {
			var e *issuing.Error
			if errors.As(err, &e) {
				e.Attempts += attempts
			}
			return nil, err
		}
		attempts, duration = attempts+resp.Attempts, duration+resp.Duration
		resp.Attempts, resp.Duration = attempts, duration
		switch {
		case resp.Status == http.StatusTemporaryRedirect && x.next != "":
			x.call.URL, x.url, x.next = x.next, x.next, ""
			x.hops++
			x.resend = true
		case resp.Status == http.StatusForbidden && x.c.tokens != nil && !x.reminted && resp.Judgement == transport.Final:
			x.reminted = true
			x.c.tokens.drop(x.token)
		default:
			return resp, nil
		}
	}
}

// seal makes one attempt. A write keeps its tranId; a read draws a new one per
// attempt, unless the caller gave one. After a redirect the last attempt is
// repeated as it was, timestamp included.
func (x *exchange) seal(ctx context.Context, _ int) (transport.Sealed, error) {
	if x.resend {
		x.resend = false
		return x.last, nil
	}
	c := x.c
	now := c.now()
	h := x.header
	if !x.fixed {
		h.TranID = NewTranID(now)
		// A write that is sealed again has provably not been carried out.
		x.fixed = x.op.safety != transport.Read
		x.header.TranID = h.TranID
	}
	x.tranID, x.call.Key = h.TranID, h.TranID
	if h.Time.IsZero() {
		h.Time = now
	}
	header := http.Header{}
	header.Set("Content-Type", "application/json; charset=UTF-8")
	header.Set("Timestamp", strconv.FormatInt(now.Unix(), 10))
	body := x.plain(h)
	x.token = c.cfg.Token
	if c.tokens != nil {
		token, err := c.tokens.token(ctx, c.transport)
		if err != nil {
			return transport.Sealed{}, err
		}
		x.token = token
		if body != nil {
			sealed, err := c.cfg.OAuth.seal(body)
			if err != nil {
				return transport.Sealed{}, &issuing.Error{Kind: issuing.ErrInvalid, Err: err}
			}
			body = []byte(sealed)
			header.Set("Content-Type", c.cfg.OAuth.ContentType)
		}
	}
	header.Set("Authorization", "Bearer "+x.token.Reveal())
	x.last = transport.Sealed{Header: header, Body: body, RequestID: h.TranID}
	return x.last, nil
}

// plain returns the JSON body: public header and fields at one level.
func (x *exchange) plain(h Header) []byte {
	if x.empty {
		return nil
	}
	b := make([]byte, 0, 320+len(x.body))
	b = h.append(append(b, '{'), x.c.cfg.Zone)
	if len(x.body) > 0 {
		b = append(append(b, ','), x.body...)
	}
	return append(b, '}')
}

// parsed is what judge made of an answer.
type parsed struct {
	reply Reply
	plain []byte
}

// judge reads the answer and says what it means for the operation. A 200
// without a response code, or for another tranId, is no success, and no refusal
// either: a code of another form, such as the number 0, may stand for "00".
func (x *exchange) judge(r *transport.Response) transport.Judgement {
	x.next, x.refused, x.fault = "", nil, nil
	if r.Status == http.StatusTemporaryRedirect {
		if x.next, x.refused = x.target(r.Header.Get("Location")); x.refused == nil {
			return transport.Final
		}
		return transport.JudgeStatus(r)
	}
	ok := r.Status == http.StatusOK
	if !ok && r.Status >= 200 && r.Status < 300 {
		x.fault = errors.New("the status is a success other than 200, which is not documented")
		return transport.Unclear
	}
	plain, err := x.open(r.Body, ok)
	var reply Reply
	if err == nil {
		err = codec.Unmarshal(plain, &reply)
	}
	if err != nil || !reply.ResponseCode.wellFormed() {
		if !ok {
			return transport.JudgeStatus(r)
		}
		x.fault = errors.New("the answer has no response code of two characters")
		if err != nil {
			x.fault = err
		}
		return transport.Unclear
	}
	r.Parsed = &parsed{reply: reply, plain: plain}
	if !ok && reply.ResponseCode == CodeSuccess {
		x.fault = fmt.Errorf("the answer says success with HTTP status %d", r.Status)
		return transport.Unclear
	}
	open := reply.ResponseCode.Open() && x.op.safety != transport.Read
	rejected := r.Status == http.StatusUnauthorized || r.Status == http.StatusForbidden
	if !ok && open && !rejected {
		// A page says that 400 carries the codes of transactions as well; with
		// a rejected credential nothing was carried out.
		return transport.Unclear
	}
	if !ok {
		return transport.JudgeStatus(r)
	}
	if reply.TranID != x.tranID && !x.empty {
		x.fault = errors.New("the answer echoes another tranId than the request's")
		return transport.Unclear
	}
	if open {
		return transport.Unclear
	}
	return transport.Final
}

// open decrypts a body when bodies are encrypted. A successful answer in plain
// text is refused then; the platform's error answers may come in plain, because
// an error can precede its knowing the caller.
func (x *exchange) open(body []byte, ok bool) ([]byte, error) {
	oauth := x.c.cfg.OAuth
	if oauth == nil {
		return body, nil
	}
	plain, err := oauth.open(string(body))
	if err != nil && !ok {
		return body, nil
	}
	return plain, err
}

// replier is a result with the public header.
type replier interface{ reply() *Reply }

// finisher is a result that reads further shapes of its answer, or refuses one
// that lacks its main field.
type finisher interface{ finish(plain []byte) error }

// answer splits resp into result or error. The raw JSON is returned for
// CallInfo.
func (x *exchange) answer(resp *transport.Response, out any) ([]byte, error) {
	c := x.c
	got, ok := resp.Parsed.(*parsed)
	if !ok || x.fault != nil {
		e := transport.StatusError(resp)
		switch {
		case x.fault != nil:
			e.Kind, e.Err = issuing.ErrBadResponse, x.fault
		case x.refused != nil:
			e.Err = x.refused
		case resp.Status == http.StatusNotFound:
			e.Kind = issuing.ErrNotConfigured
			e.Err = fmt.Errorf("the platform has nothing at the path %s of %s; correct Config.Paths or BaseURL", x.path, x.name())
		}
		return resp.Body, c.transport.Fail(x.call, resp, e)
	}
	code := got.reply.ResponseCode
	if resp.Status != http.StatusOK || code != CodeSuccess {
		e := &issuing.Error{Kind: code.Kind(), Code: code, Message: got.reply.ResponseDesc}
		switch {
		case resp.Status == http.StatusUnauthorized || resp.Status == http.StatusForbidden || resp.Status >= 500:
			e.Kind = transport.KindOfStatus(resp.Status)
		case e.Kind == nil:
			// A page says that 400 stands for a declined payment as well.
			e.Kind = issuing.ErrDeclined
		}
		return got.plain, c.transport.Fail(x.call, resp, e)
	}
	if err := decodeResult(got.plain, out); err != nil {
		// The platform carried the operation out, but what it says about it
		// cannot be read.
		resp.Maybe = true
		return got.plain, c.transport.Fail(x.call, resp, &issuing.Error{Kind: issuing.ErrBadResponse, Err: err})
	}
	return got.plain, nil
}

func (x *exchange) name() string {
	if x.op.api != "" {
		return string(x.op.api)
	}
	return x.op.name
}

func decodeResult(plain []byte, out any) error {
	if out == nil {
		return nil
	}
	if err := codec.Unmarshal(plain, out); err != nil {
		return err
	}
	if r, ok := out.(replier); ok {
		r.reply().Raw = issuing.NewSecret(string(plain))
	}
	if f, ok := out.(finisher); ok {
		return f.finish(plain)
	}
	return nil
}

// Unsettled is the cause of an issuing.ErrOutcomeUnknown. Use errors.As to read
// it. First look the transaction up; reverse only when that shows that it was
// carried out and is not wanted. Do not repeat it before, neither under another
// tranId nor under the same: Coshine does not publish that it recognises one.
type Unsettled struct {
	TranID   string // of the request that may have been carried out
	Inquiry  []API  // interfaces that show whether it was; none when none is published
	Reversal API    // the interface that takes it back; "" when none is published
	Err      error  // what happened
}

// Error returns one line.
func (u *Unsettled) Error() string {
	var b strings.Builder
	if u.Err != nil {
		b.WriteString(strings.ReplaceAll(u.Err.Error(), "\n", ": ") + "; ")
	}
	if len(u.Inquiry) == 0 {
		b.WriteString("no inquiry for it is published: ask Coshine, quoting the tranId")
		return b.String()
	}
	names := make([]string, len(u.Inquiry))
	for i, api := range u.Inquiry {
		names[i] = string(api)
	}
	b.WriteString("look it up with " + strings.Join(names, " or "))
	if u.Reversal != "" {
		b.WriteString("; when it was carried out and is not wanted, take it back with " + string(u.Reversal))
	}
	return b.String()
}

// Unwrap returns what happened.
func (u *Unsettled) Unwrap() error { return u.Err }

// explain adds the way out to an error of unknown outcome.
func (x *exchange) explain(err error) error {
	var e *issuing.Error
	if errors.As(err, &e) && errors.Is(e.Kind, issuing.ErrOutcomeUnknown) {
		e.Err = &Unsettled{TranID: x.tranID, Inquiry: x.op.settle.inquiry, Reversal: x.op.settle.reversal, Err: e.Err}
	}
	return err
}

// pinProfile returns the configured PIN profile.
func (c *Client) pinProfile(o operation) (sign.PINProfile, error) {
	if c.cfg.PIN == (sign.PINProfile{}) {
		return sign.PINProfile{}, &issuing.Error{
			Provider: provider, Op: o.name, Kind: issuing.ErrNotConfigured,
			Err: errors.New("how a PIN block is encrypted is not published: set Config.PIN to what Coshine told you"),
		}
	}
	return c.cfg.PIN, nil
}
