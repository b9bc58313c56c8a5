package unionpay

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/sign"
)

// validator is a request that can be checked before it is sent.
type validator interface {
	validate(p *check.Problems, cfg Config)
}

// incomplete is a result that can tell that an approval lacks what it promises.
type incomplete interface{ incomplete() error }

func (c *Client) check(o *operation, in validator) error {
	var p check.Problems
	in.validate(&p, c.cfg)
	return p.Err(provider, o.name)
}

// call checks and sends a request and returns its decoded result.
func call[T any](ctx context.Context, c *Client, o operation, in validator, opts []issuing.CallOption) (*T, error) {
	if err := c.check(&o, in); err != nil {
		return nil, err
	}
	out := new(T)
	if _, err := c.exchange(ctx, &o, in, out, issuing.NewCallSettings(opts...)); err != nil {
		return nil, err
	}
	return out, nil
}

// exchange sends in and decodes the answer's business fields into out.
func (c *Client) exchange(ctx context.Context, o *operation, in, out any, cs issuing.CallSettings) (*transport.Response, error) {
	msgID, err := c.msgID(o, cs.IdempotencyKey)
	if err != nil {
		return nil, err
	}
	p, err := c.cfg.plan(o)
	key := msgID
	if p.shape == ShapeFlat {
		key = cs.IdempotencyKey // a flat message carries no msgID
	}
	fail := func(kind, err error) error {
		return &issuing.Error{Provider: provider, Op: o.name, Kind: kind, Key: key, Err: err}
	}
	if err != nil {
		return nil, fail(issuing.ErrNotConfigured, err)
	}
	object, encrypted, err := c.cfg.business(p, in)
	switch {
	case errors.Is(err, issuing.ErrNotConfigured):
		return nil, fail(issuing.ErrNotConfigured, err)
	case err != nil:
		return nil, fail(issuing.ErrInvalid, err)
	}
	x := &exchange{c: c, o: o, plan: p, msgID: msgID, object: object, encrypted: encrypted}
	tc := &transport.Call{
		Op: o.name, URL: transport.JoinURL(c.cfg.BaseURL, p.path), Template: p.path,
		Safety: o.safety, Key: key, Seal: x.seal, Judge: x.judge, MaxResponse: maxBody,
	}
	resp, err := c.transport.Do(ctx, tc)
	if err != nil {
		c.transport.Report(cs.Info, tc, nil, nil, err)
		return nil, err
	}
	raw, err := x.result(tc, resp, out)
	c.transport.Report(cs.Info, tc, resp, raw, err)
	return resp, err
}

// maxBody bounds an answer, as section 11 of the reference sets it.
const maxBody = 1 << 20

// msgID returns the message id of a logical call: the caller's key or a new one.
func (c *Client) msgID(o *operation, key string) (string, error) {
	if key == "" {
		key = c.cfg.NewMsgID(c.now())
	}
	if !validMsgID(key) {
		var p check.Problems
		p.Add("msgID", "needs %d to %d letters and digits", minMsgID, maxMsgID)
		return "", p.Err(provider, o.name)
	}
	return key, nil
}

// exchange is one logical call on its way.
type exchange struct {
	c         *Client
	o         *operation
	plan      plan
	msgID     string
	object    []byte // the business fields, the same in every attempt
	encrypted bool

	sentID string // msgID of the last attempt
}

// seal makes one attempt: a fresh UUID, timestamp and signature. A repeated read
// is a new message; a repeated write, which happens only when the first one
// never left, is the same.
func (x *exchange) seal(_ context.Context, attempt int) (transport.Sealed, error) {
	c, now := x.c, x.c.now()
	x.sentID = x.msgID
	if attempt > 1 && x.o.safety == transport.Read {
		x.sentID = c.cfg.NewMsgID(now)
	}
	body, err := c.cfg.compose(x.plan, x.o, x.sentID, now, x.object, x.encrypted)
	if err != nil {
		return transport.Sealed{}, &issuing.Error{Kind: issuing.ErrUnavailable, Err: err}
	}
	header := http.Header{}
	header.Set("Content-Type", "application/json;charset=UTF-8")
	if x.plan.body == BodyJWE {
		header.Set("Content-Type", "application/jose")
	}
	header.Set("Accept", "application/json")
	// The bytes that are verified must be the bytes on the wire, so no
	// transparent compression.
	header.Set("Accept-Encoding", "identity")
	id := c.cfg.NewUUID()
	if x.plan.profile == ProfileG {
		jws, err := sign.SignUPI(c.cfg.SignKey, sign.UPIHeader{
			KeyID: c.cfg.SignKeyID, UUID: id, Time: now, AppID: c.cfg.AppID,
			Path: x.plan.path, Mode: c.cfg.PayloadMode,
		}, body)
		if err != nil {
			return transport.Sealed{}, &issuing.Error{Kind: issuing.ErrUnavailable, Err: err}
		}
		// The documented spelling, which Header.Set would change.
		header["UPI-JWS"] = []string{jws}
	}
	return transport.Sealed{Header: header, Body: body, RequestID: id}, nil
}

var errUnsigned = fmt.Errorf("%w: the answer is not signed", issuing.ErrSignature)

// judge authenticates and splits an answer and says what it means.
func (x *exchange) judge(r *transport.Response) transport.Judgement {
	if r.Status < 200 || r.Status > 299 {
		if r.Status == http.StatusUnauthorized {
			// It may be unsigned; nothing but the code is read.
			r.Parsed = &answer{code: parseAnswer(r.Body, ShapeFlat).code}
		}
		return transport.JudgeStatus(r)
	}
	a := x.read(r)
	r.Parsed = a
	switch {
	case a.bad != nil:
		// What was carried out is decided in result, by the operation.
		return transport.Final
	case a.code == "", a.code.Open():
		return transport.Unclear
	case a.code.Retryable():
		return transport.Busy
	}
	return transport.Final
}

// read verifies, opens and splits a successful answer.
func (x *exchange) read(r *transport.Response) *answer {
	cfg := x.c.cfg
	if err := x.verify(r); err != nil {
		return &answer{bad: err}
	}
	body := r.Body
	if sealed := bytes.TrimSpace(body); isCompactJWE(sealed) {
		plaintext, err := cfg.JWE.Decrypt(cfg.DecryptKeys, string(sealed))
		if err != nil {
			return &answer{bad: fmt.Errorf("the answer's body: %w", err)}
		}
		body = plaintext
	}
	a := parseAnswer(body, x.plan.shape)
	if a.bad == nil && a.msgID != "" && x.plan.shape == ShapeEnveloped && a.msgID != x.sentID {
		a.bad = errors.New("the answer belongs to another message")
	}
	return a
}

func (x *exchange) verify(r *transport.Response) error {
	cfg := x.c.cfg
	if x.plan.profile == ProfileU {
		_, err := sign.UMPS{DigestInfo: cfg.UMPSDigestInfo}.Verify(cfg.UPISignKeys, "umpsSignCertID", r.Body)
		if err == nil || (cfg.AcceptUnsigned && !bytes.Contains(r.Body, []byte("certificateSignature"))) {
			return nil
		}
		return fmt.Errorf("%w: %w", issuing.ErrSignature, err)
	}
	jws := r.Header.Get("UPI-JWS")
	if jws == "" && cfg.AcceptUnsigned {
		return nil
	}
	if jws == "" {
		return errUnsigned
	}
	verifier := sign.UPIVerifier{Keys: cfg.UPISignKeys, Mode: cfg.PayloadMode, Skew: cfg.Skew, AppIDs: cfg.AnswerAppIDs}
	_, err := verifier.Verify(jws, r.Body, sign.UPIExpect{
		Now: x.c.now(), UUID: r.RequestID, StrictUUID: cfg.RequireUUIDEcho,
	})
	if err != nil {
		return fmt.Errorf("%w: %w", issuing.ErrSignature, err)
	}
	return nil
}

// result splits an answer into result or error.
func (x *exchange) result(tc *transport.Call, resp *transport.Response, out any) ([]byte, error) {
	t := x.c.transport
	a, ok := resp.Parsed.(*answer)
	switch {
	case !ok:
		return resp.Body, t.Fail(tc, resp, transport.StatusError(resp))
	case resp.Status == http.StatusUnauthorized:
		e := &issuing.Error{Kind: issuing.ErrUnauthorized}
		if a.code == CodeUnauthorized {
			e.Code = a.code
		}
		return resp.Body, t.Fail(tc, resp, e)
	case a.bad != nil:
		// The gateway answered 200: the message was handled, and what came of it
		// cannot be believed.
		resp.Maybe = true
		kind := issuing.ErrBadResponse
		if errors.Is(a.bad, issuing.ErrSignature) {
			kind = issuing.ErrSignature
		}
		return resp.Body, t.Fail(tc, resp, &issuing.Error{Kind: kind, Err: a.bad})
	case a.code == "":
		return a.raw, t.Fail(tc, resp, transport.StatusError(resp))
	case a.code != CodeApproved:
		return a.raw, t.Fail(tc, resp, &issuing.Error{Kind: a.code.Kind(), Code: a.code, Message: a.message})
	}
	if err := x.c.decode(x.plan.profile, a.business, out); err != nil {
		resp.Maybe = true
		return a.raw, t.Fail(tc, resp, &issuing.Error{Kind: issuing.ErrBadResponse, Err: err})
	}
	return a.raw, nil
}

// decode reads business fields into out.
func (c *Client) decode(profile Profile, business []byte, out any) error {
	if out == nil {
		return nil
	}
	opener := Opener{Profile: profile, JWE: c.cfg.JWE, Keys: c.cfg.DecryptKeys}
	if err := c.cfg.decodeLoose(opener, business, out); err != nil {
		return err
	}
	if i, ok := out.(incomplete); ok {
		return i.incomplete()
	}
	return nil
}

// checked sends a state update. After an attempt that may have arrived it reads
// the token, where the inquiry is configured: a token in the state that was asked
// for is the result, one in a state to start from moves on with another attempt
// under the same msgID, anything else leaves the outcome unknown.
func checked(ctx context.Context, c *Client, req StateUpdateRequest, opts []issuing.CallOption) (*TokenChange, error) {
	if err := c.check(&opTokenUpdate, req); err != nil {
		return nil, err
	}
	cs := issuing.NewCallSettings(opts...)
	if cs.IdempotencyKey == "" {
		cs.IdempotencyKey = c.cfg.NewMsgID(c.now())
	}
	settings := c.transport.Settings()
	for attempt := 1; ; attempt++ {
		out := new(TokenChange)
		_, err := c.exchange(ctx, &opTokenUpdate, req, out, cs)
		if err == nil {
			return out, nil
		}
		refused := !errors.Is(err, issuing.ErrOutcomeUnknown)
		if (refused && attempt == 1) || c.cfg.Paths[MessageTokenStateInquiry] == "" || req.Action.goal() == "" {
			return nil, err
		}
		if refused {
			// A refusal of the repeat says nothing about the first attempt.
			err = unknown(err)
		}
		token, readErr := c.Tokens.Token(ctx, TokenQuery{Token: req.Token, DeviceID: req.DeviceID})
		switch {
		case readErr != nil:
			return nil, err
		case token.State == req.Action.goal():
			if cs.Info != nil {
				cs.Info.Settled = true
			}
			return &TokenChange{Token: req.Token, State: token.State}, nil
		case refused || !slices.Contains(req.Action.origins(), token.State) || attempt >= settings.MaxAttempts:
			return nil, err
		}
		if !transport.Pause(ctx, settings.MinRetryWait) {
			return nil, err
		}
	}
}

func unknown(err error) error {
	var e *issuing.Error
	if errors.As(err, &e) {
		return transport.Unknown(e)
	}
	return err
}
