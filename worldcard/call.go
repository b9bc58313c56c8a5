package worldcard

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/sign"
)

// envelope is the body of every answer.
type envelope struct {
	Text    string          `json:"code"` // as it stands: an empty one must not read as 0
	Message string          `json:"message"`
	Data    json.RawMessage `json:"data"`

	Code *Code `json:"-"` // nil when the answer has none
}

// parse finds the code.
func (e *envelope) parse() {
	if n, err := strconv.Atoi(e.Text); err == nil {
		code := Code(n)
		e.Code = &code
	}
}

// validator is a request that can be checked before it is sent.
type validator interface {
	validate(op string, now time.Time) error
}

// wirer is a request whose wire form depends on the configuration.
type wirer interface{ wire(cfg Config) (any, error) }

// encryptField encrypts a field once more when the configuration asks for it.
func (c Config) encryptField(field *issuing.Secret) error {
	if !c.EncryptFields {
		return nil
	}
	sealed, err := c.AESKey.Seal([]byte(field.Reveal()))
	if err != nil {
		return err
	}
	*field = issuing.NewSecret(sealed)
	return nil
}

// check validates a request and tells a caller who asked for CallInfo when it is
// not sent.
func (c *Client) check(o operation, key string, in validator, cs issuing.CallSettings) error {
	err := in.validate(o.name, c.now())
	if err != nil {
		c.transport.Report(cs.Info, &transport.Call{Op: o.name, Key: key}, nil, nil, err)
	}
	return err
}

// call checks and sends a request and returns its decoded result. It serves
// operations that ask only, and those that are sent once.
func call[T any](ctx context.Context, c *Client, o operation, key string, in validator, opts []issuing.CallOption) (*T, error) {
	cs := issuing.NewCallSettings(opts...)
	if err := c.check(o, key, in, cs); err != nil {
		return nil, err
	}
	out := new(T)
	if _, err := c.exchange(ctx, &o, key, in, out, cs); err != nil {
		return nil, err
	}
	return out, nil
}

// callKeyed is call for an operation that the platform recognises by the
// merchant's key. When the outcome is open, a duplicate answer to a repeat of our
// own included, find looks the operation up by that key; found says whether it
// is there, and find returns an error of kind issuing.ErrDuplicate when the key
// belongs to another intent.
func callKeyed[T any](ctx context.Context, c *Client, o operation, key string, in validator,
	find func(context.Context) (result *T, found bool, err error), opts []issuing.CallOption,
) (*T, error) {
	cs := issuing.NewCallSettings(opts...)
	if err := c.check(o, key, in, cs); err != nil {
		return nil, err
	}
	out := new(T)
	_, err := c.exchange(ctx, &o, key, in, out, cs)
	if err == nil {
		return out, nil
	}
	open := errors.Is(err, issuing.ErrOutcomeUnknown)
	if !open && !ambiguous(err) {
		return nil, err
	}
	result, found, findErr := find(ctx)
	switch {
	case errors.Is(findErr, issuing.ErrDuplicate):
		return nil, findErr
	case !open:
		return nil, refused(ctx, err, found, findErr)
	case findErr != nil || !found:
		return nil, err
	}
	if cs.Info != nil {
		cs.Info.Settled = true
	}
	return result, nil
}

// ambiguous reports a refusal that may say that the key was used before: the
// pages do not give the code of a repeated application, so every conflict and
// every code that they do not list can be that one.
func ambiguous(err error) bool {
	var e *issuing.Error
	if !errors.As(err, &e) {
		return false
	}
	var code Code
	if errors.As(e.Code, &code) && (!code.Known() || code == CodeConflict || code == CodeInvalidOperation) {
		return true
	}
	return e.Status == http.StatusConflict
}

// refused says what an ambiguous refusal was after a lookup by the key: a
// duplicate when the operation is there, open when the platform could not be
// asked, and what the platform called it otherwise.
func refused(ctx context.Context, refusal error, found bool, findErr error) error {
	var e *issuing.Error
	if !errors.As(refusal, &e) {
		return refusal
	}
	switch {
	case found:
		e.Kind = issuing.ErrDuplicate
	case ctx.Err() != nil, errors.Is(findErr, issuing.ErrUnavailable), errors.Is(findErr, issuing.ErrRateLimited),
		errors.Is(findErr, issuing.ErrBadResponse):
		return transport.Unknown(e)
	}
	return e
}

// exchange sends in and decodes the answer's data into out.
func (c *Client) exchange(ctx context.Context, o *operation, key string, in, out any, cs issuing.CallSettings) (*transport.Response, error) {
	var err error
	if w, ok := in.(wirer); ok {
		in, err = w.wire(c.cfg)
	}
	var payload []byte
	if err == nil {
		payload, err = codec.Marshal(in)
	}
	if err != nil {
		return nil, &issuing.Error{Provider: provider, Op: o.name, Kind: issuing.ErrInvalid, Err: err}
	}
	tc := &transport.Call{
		Op: o.name, URL: transport.JoinURL(c.cfg.BaseURL, o.path), Template: o.path,
		Safety: o.safety, Key: key, Seal: c.seal(payload), Judge: judge,
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

// seal makes one attempt: a fresh encryption, timestamp, nonce and signature
// over the same payload.
func (c *Client) seal(payload []byte) func(context.Context, int) (transport.Sealed, error) {
	return func(context.Context, int) (transport.Sealed, error) {
		body, err := c.cfg.AESKey.SealBody(payload)
		if err != nil {
			return transport.Sealed{}, &issuing.Error{Kind: issuing.ErrInvalid, Err: err}
		}
		timestamp := strconv.FormatInt(c.now().Unix(), 10)
		nonce := uuid.NewString()
		signature, err := sign.SignPSS(c.cfg.PrivateKey, body, timestamp, nonce)
		if err != nil {
			return transport.Sealed{}, &issuing.Error{Kind: issuing.ErrUnavailable, Err: err}
		}
		header := http.Header{}
		header.Set("Content-Type", "application/json")
		header.Set("X-App-Id", c.cfg.AppID)
		header.Set("X-Signature", signature)
		header.Set("X-Timestamp", timestamp)
		header.Set("X-Nonce", nonce)
		return transport.Sealed{Header: header, Body: body, RequestID: nonce}, nil
	}
}

func (c *Client) now() time.Time { return c.transport.Settings().Now() }

// judge reads the envelope and says what the answer means for the operation. A
// success without a code is none; 5xx leaves a write open unless the body
// carries a code of the platform's own.
func judge(r *transport.Response) transport.Judgement {
	var env envelope
	if codec.Unmarshal(r.Body, &env) == nil {
		env.parse()
	}
	if env.Code == nil {
		r.Parsed = &envelope{Message: env.Message}
		if r.Status >= 200 && r.Status < 300 {
			return transport.Unclear
		}
		if replayed(r.Status, string(r.Body)) {
			return transport.Unclear
		}
		return transport.JudgeStatus(r)
	}
	r.Parsed = &env
	code := *env.Code
	switch {
	case r.Status >= 300 && r.Status < 400, replayed(r.Status, env.Message):
		return transport.Unclear
	case r.Status == http.StatusTooManyRequests, code == CodeTooManyRequests, code == CodeKYCUnavailable:
		return transport.Busy
	case code >= 500 && code < 600, code == http.StatusRequestTimeout, code == 0 && r.Status >= 400:
		// The body's code shares the numbers of HTTP: 504 there is a timeout
		// somewhere behind. A success under a status of failure is neither.
		return transport.Unclear
	case code >= 1000 && code.Known():
		return transport.Final
	default:
		return transport.JudgeStatus(r)
	}
}

// replayed recognises the answer to a nonce that the platform has seen. Every
// attempt of ours has its own nonce, so a copy of this very attempt was accepted
// before, and what came of it is open.
func replayed(status int, message string) bool {
	return status == http.StatusUnauthorized && strings.Contains(message, "duplicate nonce")
}

// incomplete is a result that can tell that the answer lacked its main field.
type incomplete interface{ incomplete() bool }

// keyed is a result that repeats the merchant's key of its operation.
type keyed interface{ key() string }

// opener is a result with fields that the platform encrypts.
type opener interface{ open(key sign.AESKey) error }

// answer splits resp into result or error. The raw JSON is returned for
// CallInfo.
func (c *Client) answer(tc *transport.Call, resp *transport.Response, out any) ([]byte, error) {
	env, ok := resp.Parsed.(*envelope)
	success := resp.Status >= 200 && resp.Status < 300
	if !ok || env.Code == nil || (!success && *env.Code == 0) {
		e := transport.StatusError(resp)
		if ok && env.Code == nil {
			e.Message = env.Message
		}
		return resp.Body, c.transport.Fail(tc, resp, e)
	}
	if *env.Code != 0 {
		code := *env.Code
		e := &issuing.Error{Kind: code.Kind(), Code: code, Message: env.Message}
		switch {
		case e.Kind != nil:
		case !success:
			e.Kind = transport.KindOfStatus(resp.Status)
		case code >= 400 && code < 600:
			e.Kind = transport.KindOfStatus(int(code))
		default:
			e.Kind = issuing.ErrDeclined
		}
		return resp.Body, c.transport.Fail(tc, resp, e)
	}
	err := c.decodeData(env.Data, out)
	if k, keyed := out.(keyed); err == nil && keyed && tc.Safety == transport.Keyed && k.key() != "" && k.key() != tc.Key {
		err = errors.New("the answer is about an operation with another key")
	}
	if err != nil {
		// The platform carried the operation out, but what it says about it
		// cannot be read.
		resp.Maybe = true
		return resp.Body, c.transport.Fail(tc, resp, &issuing.Error{Kind: issuing.ErrBadResponse, Err: err})
	}
	return resp.Body, nil
}

// decodeData decodes an answer's data, which may come as one encrypted string.
func (c *Client) decodeData(data []byte, out any) error {
	if _, nothing := out.(*struct{}); nothing || out == nil {
		return nil // whatever stands there, nobody reads it
	}
	if len(data) > 0 && data[0] == '"' && string(data) != `""` {
		var text string
		if err := json.Unmarshal(data, &text); err != nil {
			return errors.New("the answer's data cannot be read")
		}
		plain, err := c.cfg.AESKey.Open(text)
		if err != nil {
			return fmt.Errorf("the answer's data: %w", err)
		}
		data = plain
	}
	if len(data) > 0 {
		if err := codec.Unmarshal(data, out); err != nil {
			return err
		}
	}
	if o, ok := out.(opener); ok {
		if err := o.open(c.cfg.AESKey); err != nil {
			return err
		}
	}
	if i, ok := out.(incomplete); ok && i.incomplete() {
		return errors.New("the answer lacks the fields that identify its result")
	}
	return nil
}

// minSealed is the shortest Base64 of nonce, one byte and tag.
const minSealed = 40

// openField replaces an encrypted field by its plaintext. A field that is empty,
// already in clear (at most 19 digits) or masked stays; anything else must
// decrypt, so that ciphertext is never taken for a value.
func openField(key sign.AESKey, name string, field *issuing.Secret) error {
	v := field.Reveal()
	switch {
	case v == "", len(v) < minSealed && strings.ContainsAny(v, "*xX#•"):
		return nil
	case len(v) <= 19 && strings.Trim(v, "0123456789") == "":
		return nil
	case len(v) < minSealed:
		return fmt.Errorf("field %q is neither digits nor an encrypted value", name)
	}
	plain, err := key.Open(v)
	if err != nil {
		return fmt.Errorf("field %q: %w", name, err)
	}
	*field = issuing.NewSecret(string(plain))
	return nil
}
