package unionpay

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"

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
	message MessageType
	shape   Shape // where the configuration names none
	safety  transport.Safety
	settle  provider.Settle
	offers  capability
}

// The safeties of rows; see [transport.Safety].
const read, checked, once = transport.Read, transport.Checked, transport.Once

// How the open outcome of a row is settled; see [provider.Settle].
var byNone, byKey, byState, byRepeat = provider.Nothing, provider.ByKey, provider.ByState, provider.ByRepeat

// errAstray ends the connection of an answer that is to another request.
var errAstray = provider.ErrAstray

// request is an input that can be checked before it is sent.
type request interface{ validate(p *check.Problems) }

// incomplete is a result that can tell that an approval lacked its main field.
type incomplete interface{ incomplete() bool }

// unfolder is a result that reads more out of its members than the codec does.
type unfolder interface{ unfold(cfg Config) error }

// maxBody bounds an answer, as section 11 of the reference sets it.
const maxBody = 1 << 20

// exchange is one call of the gateway.
type exchange struct {
	c    *Client
	o    operation
	in   any
	form form
	business

	msgID  string // of the logical call
	sentID string // of the last attempt
}

// Encode makes the business fields once, and draws the message id. A flat message
// carries none, so its key is the caller's, if there is one.
func (x *exchange) Encode(cs issuing.CallSettings) (provider.Plan, error) {
	cfg := x.c.cfg
	f, err := cfg.form(x.o)
	key := cs.IdempotencyKey
	if key == "" && f.shape == ShapeEnveloped {
		key = cfg.NewMsgID(x.c.core.Now())
	}
	if key != "" && !validMsgID(key) {
		var p check.Problems
		p.Add("msgID", "needs %d to %d letters and digits", minMsgID, maxMsgID)
		return provider.Plan{}, p.Refusal()
	}
	x.form, x.msgID = f, key
	if err == nil {
		x.business, err = cfg.business(f.profile, x.in)
	}
	return provider.Plan{
		URL: transport.JoinURL(cfg.BaseURL, f.path), Template: f.path, Key: key, MaxResponse: maxBody,
	}, err
}

// Seal makes one attempt: a fresh UUID, timestamp and signature. A repeated read
// is a new message; a repeated write, which happens only when the first one never
// left or did nothing, is the same.
func (x *exchange) Seal(ctx context.Context, attempt int) (transport.Sealed, error) {
	cfg, now := x.c.cfg, x.c.core.Now()
	x.sentID = x.msgID
	if attempt > 1 && x.o.safety == read && x.form.shape == ShapeEnveloped {
		x.sentID = cfg.NewMsgID(now)
	}
	f, fields, msgID := x.form, x.business, x.sentID
	body, err := provider.UseKey(ctx, x.c.core, func() ([]byte, error) { return cfg.compose(f, fields, msgID, now) })
	if err != nil {
		return transport.Sealed{}, &issuing.Error{Kind: issuing.ErrUnavailable, Err: err}
	}
	header := http.Header{}
	header.Set("Content-Type", "application/json;charset=UTF-8")
	if x.form.body == BodyEncryptionJWE {
		header.Set("Content-Type", cfg.JWEContentType)
	}
	header.Set("Accept", "application/json")
	// The bytes that are verified must be the bytes on the wire, so no
	// transparent compression.
	header.Set("Accept-Encoding", "identity")
	id := cfg.NewUUID()
	if x.form.profile == ProfileG {
		head := sign.UPIHeader{
			KeyID: cfg.SignKeyID, UUID: id, Time: now, AppID: cfg.AppID, Path: f.path, Mode: cfg.PayloadMode,
		}
		jws, err := provider.UseKey(ctx, x.c.core, func() (string, error) { return sign.SignUPI(cfg.SignKey, head, body) })
		if err != nil {
			return transport.Sealed{}, &issuing.Error{Kind: issuing.ErrUnavailable, Err: err}
		}
		// The documented spelling, which Header.Set would change.
		header["UPI-JWS"] = []string{jws}
	}
	return transport.Sealed{Header: header, Body: body, RequestID: id}, nil
}

// Judge authenticates and splits an answer and says what it means.
func (x *exchange) Judge(ctx context.Context, r *transport.Response) provider.Verdict {
	if r.Status == http.StatusUnauthorized {
		// It may be unsigned; nothing but the code is read.
		r.Parsed = &answer{code: parseAnswer(r.Body, ShapeFlat).code}
	}
	if !r.OK() {
		return provider.Verdict{Judgement: transport.JudgeStatus(r)}
	}
	a := x.read(ctx, r)
	r.Parsed = a
	switch {
	case a.bad != nil:
		// The message was handled, and a repeat would be answered alike.
		return provider.Verdict{Judgement: transport.Final}
	case a.code == "", x.c.cfg.open(a.code):
		return provider.Verdict{Judgement: transport.Unclear}
	case x.c.cfg.retryable(a.code):
		return provider.Verdict{Judgement: transport.Busy}
	}
	return provider.Verdict{Judgement: transport.Final}
}

// read verifies, opens and splits a successful answer.
func (x *exchange) read(ctx context.Context, r *transport.Response) *answer {
	if err := x.verify(r); err != nil {
		return &answer{bad: fmt.Errorf("%w: %w", issuing.ErrSignature, err)}
	}
	body := r.Body
	if sealed := bytes.TrimSpace(body); isCompactJWE(sealed) {
		plaintext, err := provider.UseKey(ctx, x.c.core, func() ([]byte, error) {
			return x.c.cfg.JWE.Decrypt(x.c.cfg.DecryptKeys, string(sealed))
		})
		if err != nil {
			return &answer{bad: fmt.Errorf("the answer's body: %w", err)}
		}
		body = plaintext
	}
	a := parseAnswer(body, x.form.shape)
	if a.bad == nil && a.msgID != "" && x.form.shape == ShapeEnveloped && a.msgID != x.sentID {
		a.bad = errors.New("the answer belongs to another message")
	}
	return a
}

var errUnsigned = errors.New("the answer is not signed")

func (x *exchange) verify(r *transport.Response) error {
	cfg := x.c.cfg
	if x.form.profile == ProfileU {
		_, err := sign.UMPS{DigestInfo: cfg.UMPSDigestInfo}.Verify(cfg.UPISignKeys, "umpsSignCertID", wire.TrimBOM(r.Body))
		if err != nil && cfg.AcceptUnsigned && !bytes.Contains(r.Body, []byte("certificateSignature")) {
			return nil
		}
		return err
	}
	jws := r.Header.Get("UPI-JWS")
	switch {
	case jws == "" && cfg.AcceptUnsigned:
		return nil
	case jws == "":
		return errUnsigned
	}
	verifier := sign.UPIVerifier{Keys: cfg.UPISignKeys, Mode: cfg.PayloadMode, Skew: cfg.Skew, AppIDs: cfg.AnswerAppIDs}
	_, err := verifier.Verify(jws, r.Body, sign.UPIExpect{
		Now: x.c.core.Now(), UUID: r.RequestID, StrictUUID: cfg.RequireUUIDEcho,
	})
	return err
}

// Open splits an answer into business fields or refusal. The gateway answers 200
// to what it has handled, so an answer of that status which does not verify or
// cannot be read is a success that cannot be believed.
func (x *exchange) Open(_ context.Context, r *transport.Response) (provider.Answer, error) {
	a, parsed := r.Parsed.(*answer)
	switch {
	case r.Status == http.StatusUnauthorized:
		e := &issuing.Error{Kind: issuing.ErrUnauthorized}
		if parsed && a.code == CodeUnauthorized {
			e.Code = a.code
		}
		return provider.Answer{Raw: r.Body}, &provider.Refusal{Err: e}
	case !parsed:
		return provider.Answer{Raw: r.Body}, provider.StatusRefusal(r)
	case a.bad != nil:
		return provider.Answer{Raw: r.Body}, a.bad
	case a.code == "":
		return provider.Answer{Raw: a.raw}, provider.StatusRefusal(r)
	case a.code != CodeApproved:
		return provider.Answer{Raw: a.raw}, &provider.Refusal{
			Err: &issuing.Error{Kind: x.c.cfg.kind(a.code), Code: a.code, Message: a.message},
		}
	}
	return provider.Answer{Raw: a.raw, Data: a.business}, nil
}

// decode reads business fields into out.
func (x *exchange) decode(ctx context.Context, data []byte, out any) error {
	cfg := x.c.cfg
	o := opener{profile: x.form.profile, jwe: cfg.JWE, keys: cfg.DecryptKeys}
	var slow error // a member that does not open stays as it came, unless nobody tried
	o.use = func(open func() ([]byte, error)) ([]byte, error) {
		if slow != nil {
			return nil, slow
		}
		plaintext, err := provider.UseKey(ctx, x.c.core, open)
		if errors.Is(err, provider.ErrKey) {
			slow = err
		}
		return plaintext, err
	}
	if err := o.read(cfg, data, out); slow != nil || err != nil {
		return cmp.Or(slow, err)
	}
	if u, ok := out.(unfolder); ok {
		if err := u.unfold(cfg); err != nil {
			return err
		}
	}
	switch i, ok := out.(incomplete); {
	case ok && i.incomplete():
		return provider.ErrIncomplete
	case x.isOther(out):
		return errOtherSubject
	}
	return nil
}
