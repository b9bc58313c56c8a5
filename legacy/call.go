package legacy

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/sign"
)

// envelope is the body of every answer: status, msg and success, or code and
// message on endpoints that have moved to the newer form.
type envelope struct {
	Status  *int64          `json:"status"`
	Code    *int64          `json:"code"`
	Msg     string          `json:"msg"`
	Message string          `json:"message"`
	Success *bool           `json:"success"`
	Data    json.RawMessage `json:"data"`
}

// code returns the result code. The newer form's 0 is reported as 200.
func (e *envelope) code() (Code, bool) {
	switch {
	case e.Status != nil:
		return Code(*e.Status), true
	case e.Code != nil && *e.Code == 0:
		return CodeSuccess, true
	case e.Code != nil:
		return Code(*e.Code), true
	}
	return 0, false
}

// accepted reports a success that nothing in the envelope contradicts: neither
// success nor the code of the other form, when both forms are there.
func (e *envelope) accepted() bool {
	code, ok := e.code()
	return ok && code == CodeSuccess && (e.Success == nil || *e.Success) &&
		(e.Code == nil || *e.Code == 0 || Code(*e.Code) == CodeSuccess)
}

func (e *envelope) text() string {
	if e.Msg != "" {
		return e.Msg
	}
	return e.Message
}

// validator is a request that can be checked before it is sent.
type validator interface {
	validate(op string, now time.Time) error
}

// wirer is a request whose wire form differs from its own.
type wirer interface {
	wire(secret sign.AppSecret) (any, error)
}

// incomplete is a result that can tell that the answer lacked its main field.
type incomplete interface{ incomplete() bool }

// opener is a result with fields that the platform encrypts or that need more
// than decoding.
type opener interface {
	open(secret sign.AppSecret) error
}

// call checks and sends a request and returns its decoded result.
func call[T any](ctx context.Context, c *Client, o operation, key string, in validator, opts []issuing.CallOption) (*T, error) {
	if err := in.validate(o.name, c.now()); err != nil {
		return nil, err
	}
	out := new(T)
	if _, err := c.exchange(ctx, &o, key, in, out, issuing.NewCallSettings(opts...)); err != nil {
		return nil, err
	}
	return out, nil
}

// list is call for an operation whose data is an array.
func list[T any](ctx context.Context, c *Client, o operation, key string, in validator, opts []issuing.CallOption) ([]T, error) {
	out, err := call[[]T](ctx, c, o, key, in, opts)
	if err != nil {
		return nil, err
	}
	return *out, nil
}

// exchange sends in and decodes the answer's data into out.
func (c *Client) exchange(ctx context.Context, o *operation, key string, in, out any, cs issuing.CallSettings) (*transport.Response, error) {
	payload, err := c.payload(in)
	if err != nil {
		return nil, &issuing.Error{Provider: provider, Op: o.name, Kind: issuing.ErrInvalid, Err: err}
	}
	if len(payload) > maxBody-signatureRoom {
		return nil, &issuing.Error{Provider: provider, Op: o.name, Kind: issuing.ErrInvalid, Fields: []issuing.FieldError{
			{Field: "request body", Problem: fmt.Sprintf("has %d bytes, at most %d (4 MB) are allowed", len(payload)+signatureRoom, maxBody)},
		}}
	}
	tc := &transport.Call{
		Op: o.name, URL: transport.JoinURL(c.cfg.BaseURL, o.path), Template: o.path,
		Safety: o.sending(), Key: key, Seal: c.seal(payload, o.unsigned), Judge: o.judge,
	}
	resp, err := c.transport.Do(ctx, tc)
	if err != nil {
		c.transport.Report(cs.Info, tc, nil, nil, err)
		return nil, err
	}
	raw, err := c.answer(tc, resp, out)
	c.transport.Report(cs.Info, tc, resp, raw, err)
	return resp, err
}

// sending is the safety that the transport works with. The transport must not
// repeat the creation of an order on its own: it is looked up first.
func (o *operation) sending() transport.Safety {
	if o.order {
		return transport.Checked
	}
	return o.safety
}

// payload encodes a request; nil is one without parameters of its own.
func (c *Client) payload(in any) ([]byte, error) {
	if w, ok := in.(wirer); ok {
		var err error
		if in, err = w.wire(c.cfg.AppSecret); err != nil {
			return nil, err
		}
	}
	if in == nil {
		return []byte("{}"), nil
	}
	payload, err := codec.Marshal(in)
	if err != nil {
		return nil, err
	}
	// A caller's raw JSON comes with its white space; members are added before
	// the closing brace.
	payload = bytes.TrimSpace(payload)
	if len(payload) < 2 || payload[0] != '{' || payload[len(payload)-1] != '}' {
		return nil, errNoObject
	}
	return append(bytes.TrimSpace(payload[:len(payload)-1]), '}'), nil
}

var errNoObject = errors.New("the request is not a JSON object")

// signatureRoom is what the common parameters add to a body at the most.
const signatureRoom = 512

// seal makes one attempt: a fresh timestamp, nonce and signature over the same
// payload.
func (c *Client) seal(payload []byte, unsigned []string) func(context.Context, int) (transport.Sealed, error) {
	return func(context.Context, int) (transport.Sealed, error) {
		nonce := strings.ReplaceAll(uuid.NewString(), "-", "")
		body, err := sealBody(c.cfg, payload, unsigned, strconv.FormatInt(c.now().UnixMilli(), 10), nonce)
		if err != nil {
			return transport.Sealed{}, &issuing.Error{Kind: issuing.ErrInvalid, Err: err}
		}
		header := http.Header{"Content-Type": {"application/json"}}
		return transport.Sealed{Header: header, Body: body, RequestID: nonce}, nil
	}
}

// sealBody adds the common parameters and the signature to a JSON object. The
// text that stands in the body is the text that is signed.
func sealBody(cfg Config, payload []byte, unsigned []string, timestamp, nonce string) ([]byte, error) {
	body := make([]byte, 0, len(payload)+signatureRoom)
	body = append(body, payload[:len(payload)-1]...)
	for _, m := range [...][2]string{{"appKey", cfg.AppKey}, {"nonce", nonce}, {"timestamp", timestamp}} {
		body = appendMember(body, m[0], m[1])
	}
	params := SignedParams(append(body, '}'), unsigned...)
	if len(params) == 0 {
		return nil, errNoObject
	}
	signature, err := cfg.AppSecret.SignParams(params)
	if err != nil {
		return nil, err
	}
	return append(appendMember(body, "sign", signature), '}'), nil
}

func appendMember(body []byte, name, value string) []byte {
	if body[len(body)-1] != '{' {
		body = append(body, ',')
	}
	return wire.AppendString(append(wire.AppendString(body, name), ':'), value)
}

// SignedParams returns the parameters of a message, a JSON object, that its
// signature covers: all members but sign itself and the named ones, as the text
// that stands in the JSON. Empty ones are among them; the signature leaves them
// out. The package webhook calls it; anything but an object gives none.
func SignedParams(body []byte, unsigned ...string) []sign.Param {
	params := make([]sign.Param, 0, 32)
	for name, text := range wire.Texts(body) {
		if name == "sign" || slices.Contains(unsigned, name) {
			continue
		}
		params = append(params, sign.Param{Name: name, Value: text})
	}
	return params
}

func (c *Client) now() time.Time { return c.transport.Settings().Now() }

// judge reads the envelope and says what the answer means for the operation.
func (o *operation) judge(r *transport.Response) transport.Judgement {
	var env envelope
	code, ok := Code(0), false
	if codec.Unmarshal(r.Body, &env) == nil {
		code, ok = env.code()
	}
	if !ok {
		if o.order || (r.Status >= 200 && r.Status < 300) {
			return transport.Unclear
		}
		return transport.JudgeStatus(r)
	}
	r.Parsed = &env
	success := r.Status >= 200 && r.Status < 300
	switch {
	case success && env.accepted():
		return transport.Final
	case o.order && success && code.settlesOrder():
		return transport.Final
	case o.order, code == CodeSuccess, r.Status >= 300 && r.Status < 400:
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

// answer splits resp into result or error. The raw JSON is returned for
// CallInfo.
func (c *Client) answer(tc *transport.Call, resp *transport.Response, out any) ([]byte, error) {
	env, ok := resp.Parsed.(*envelope)
	success := resp.Status >= 200 && resp.Status < 300
	if !ok || (!success && env.accepted()) {
		return resp.Body, c.transport.Fail(tc, resp, transport.StatusError(resp))
	}
	if !env.accepted() {
		return resp.Body, c.transport.Fail(tc, resp, refusal(env, resp))
	}
	err := c.decodeData(env.Data, out)
	var refused *issuing.Error
	switch {
	case errors.As(err, &refused):
		refused.Message = env.text()
		return resp.Body, c.transport.Fail(tc, resp, refused)
	case err != nil:
		// The platform carried the operation out, but what it says about it
		// cannot be read.
		resp.Maybe = true
		return resp.Body, c.transport.Fail(tc, resp, &issuing.Error{Kind: issuing.ErrBadResponse, Err: err})
	}
	return resp.Body, nil
}

// refusal makes the error of an answer that is no success.
func refusal(env *envelope, resp *transport.Response) *issuing.Error {
	code, _ := env.code()
	if code == CodeSuccess {
		return &issuing.Error{Kind: issuing.ErrBadResponse, Message: env.text(), Err: errors.New("status 200 that the rest of the answer contradicts")}
	}
	e := &issuing.Error{Kind: code.Kind(), Code: code, Message: env.text()}
	if e.Kind == nil && resp.Status >= 200 && resp.Status < 300 {
		e.Kind = issuing.ErrDeclined
	}
	if e.Kind == nil {
		e.Kind = transport.KindOfStatus(resp.Status)
	}
	return e
}

// decodeData decodes an answer's data into out, which may be nil.
func (c *Client) decodeData(data []byte, out any) error {
	if out == nil {
		return nil
	}
	if len(data) > 0 {
		if err := codec.Unmarshal(data, out); err != nil {
			return err
		}
	}
	if o, ok := out.(opener); ok {
		if err := o.open(c.cfg.AppSecret); err != nil {
			return err
		}
	}
	if i, ok := out.(incomplete); ok && i.incomplete() {
		return errors.New("the answer lacks the fields that identify its result")
	}
	return nil
}

// openField replaces an encrypted field by its plaintext. A field that is empty,
// already in clear (at most 19 digits) or masked stays; anything else must
// decrypt, so that ciphertext is never taken for a value.
func openField(secret sign.AppSecret, name string, field *issuing.Secret) error {
	v := field.Reveal()
	if strings.Contains(v, "*") || (len(v) <= 19 && strings.Trim(v, "0123456789") == "") {
		return nil
	}
	plain, err := secret.Decrypt(v)
	if err != nil {
		return fmt.Errorf("field %q: %w", name, err)
	}
	*field = issuing.NewSecret(string(plain))
	return nil
}
