package worldcard

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/google/uuid"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/provider"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/sign"
)

// operation is one row of the operation table: all in which two methods differ.
type operation struct {
	name   string // service and method
	path   string
	safety transport.Safety
	settle provider.Settle
	offers capability
}

// op is the part of the row that the core knows.
func (o operation) op() provider.Op {
	return provider.Op{Name: o.name, Safety: o.safety, Settle: o.settle}
}

// The safeties of rows; see [transport.Safety].
const read, keyed, checked, once = transport.Read, transport.Keyed, transport.Checked, transport.Once

// request is an input that can be checked before it is sent.
type request interface{ validate(p *check.Problems) }

// about is a request, or a result, that names what it is about: the merchant's key
// of the operation, or the card.
type about interface{ key() string }

// How the open outcome of a row is settled; see [provider.Settle].
var byNone, byKey, byState, byRepeat = provider.Nothing, provider.ByKey, provider.ByState, provider.ByRepeat

// facts is what a write says of itself for its record, sought one that is looked up, and
// refusal says that one would change nothing.
type (
	facts   = provider.Facts
	sought  = provider.Sought
	refusal = provider.Refusal
)

// factual is a request that tells what its look-up needs.
type factual interface{ facts(f *facts) }

// wirer is a request whose wire form depends on the configuration.
type wirer interface{ wire(cfg Config) (any, error) }

// incomplete is a result that can tell that the answer lacked its main field.
type incomplete interface{ incomplete() bool }

// opener is a result with fields that the platform encrypts.
type opener interface{ open(key sign.AESKey) error }

// exchange is one call of the Card API.
type exchange struct {
	c       *Client
	o       operation
	key     string
	in      any
	payload []byte
}

// Encode marshals the request once.
func (x *exchange) Encode(issuing.CallSettings) (provider.Plan, error) {
	in, err := x.in, error(nil)
	if w, ok := in.(wirer); ok {
		if in, err = w.wire(x.c.cfg); err != nil {
			return provider.Plan{}, err
		}
	}
	x.payload, err = x.c.cfg.codec().Marshal(in)
	return provider.Plan{URL: transport.JoinURL(x.c.cfg.BaseURL, x.o.path), Template: x.o.path}, err
}

// Facts tells what a record of the call holds. The payload is that of the request as it
// is: the one that is sent may have fields that are encrypted anew each time.
func (x *exchange) Facts(f *facts) {
	f.Payload, _ = x.c.cfg.codec().Marshal(x.in)
	if in, ok := x.in.(factual); ok {
		in.facts(f)
	}
}

// Seal makes one attempt: a fresh encryption, timestamp, nonce and signature over
// the same payload.
func (x *exchange) Seal(ctx context.Context, _ int) (transport.Sealed, error) {
	cfg := x.c.cfg
	body, err := cfg.AESKey.SealBody(x.payload)
	if err != nil {
		return transport.Sealed{}, &issuing.Error{Kind: issuing.ErrInvalid, Err: err}
	}
	timestamp := strconv.FormatInt(x.c.core.Now().Unix(), 10)
	nonce := uuid.NewString()
	signature, err := provider.UseKey(ctx, x.c.core, func() (string, error) {
		return sign.SignPSS(cfg.PrivateKey, body, timestamp, nonce)
	})
	if err != nil {
		return transport.Sealed{}, &issuing.Error{Kind: issuing.ErrUnavailable, Err: err}
	}
	header := http.Header{}
	header.Set("Content-Type", "application/json")
	header.Set("X-App-Id", cfg.AppID)
	header.Set("X-Signature", signature)
	header.Set("X-Timestamp", timestamp)
	header.Set("X-Nonce", nonce)
	return transport.Sealed{Header: header, Body: body, RequestID: nonce}, nil
}

// envelope is the body of every answer.
type envelope struct {
	Text    string          `json:"code"` // as it stands: an empty one must not read as 0
	Message string          `json:"message" wire:"json"`
	Data    json.RawMessage `json:"data"`
}

// code returns the answer's code; ok is false when it has none.
func (e *envelope) code() (code Code, ok bool) {
	n, err := strconv.Atoi(e.Text)
	return Code(n), err == nil
}

// Judge reads the envelope. A success without a code is none, and neither is an answer that
// gives a member twice, of which two readers could take different ones; 5xx leaves a write
// open unless the body carries a code of the platform's own.
func (x *exchange) Judge(_ context.Context, r *transport.Response) provider.Verdict {
	env := &envelope{}
	if x.c.cfg.codec().Unmarshal(r.Body, env) != nil || wire.Twice(r.Body) {
		env.Text = ""
	}
	r.Parsed = env
	return provider.Verdict{Judgement: x.judge(r, env)}
}

func (x *exchange) judge(r *transport.Response, env *envelope) transport.Judgement {
	code, ok := env.code()
	switch {
	case !ok && (r.OK() || replayed(r.Status, string(r.Body))):
		return transport.Unclear
	case !ok:
		return transport.JudgeStatus(r)
	case r.Redirected(), replayed(r.Status, env.Message):
		return transport.Unclear
	case r.Status == http.StatusTooManyRequests, code == CodeTooManyRequests, code == CodeKYCUnavailable:
		return transport.Busy
	case code >= 500 && code < 600, code == http.StatusRequestTimeout, code == 0 && r.Status >= 400:
		// The body's code shares the numbers of HTTP: 504 there is a timeout
		// somewhere behind. A success under a status of failure is neither.
		return transport.Unclear
	case code >= firstOwnCode && x.c.cfg.kind(code) != nil:
		return transport.Final
	default:
		return transport.JudgeStatus(r)
	}
}

// Open splits an answer into data or refusal.
func (x *exchange) Open(_ context.Context, r *transport.Response) (provider.Answer, error) {
	env, _ := r.Parsed.(*envelope)
	code, ok := env.code()
	switch {
	case !ok, !r.OK() && code == 0:
		refusal := provider.StatusRefusal(r)
		if !ok {
			refusal.Err.Message = env.Message
			refusal.Ambiguous = r.Status == http.StatusConflict
		}
		return provider.Answer{Raw: r.Body}, refusal
	case code != 0:
		return provider.Answer{Raw: r.Body}, x.refuse(r, code, env.Message)
	}
	return provider.Answer{Raw: r.Body, Data: env.Data}, nil
}

// refuse makes the error of a code. The pages do not give the code of a repeated
// application, so every conflict and every code that they do not list may mean
// that the key was used before.
func (x *exchange) refuse(r *transport.Response, code Code, message string) *provider.Refusal {
	e := &issuing.Error{Kind: x.c.cfg.kind(code), Code: code, Message: message}
	switch {
	case e.Kind != nil:
	case !r.OK():
		e.Kind = transport.KindOfStatus(r.Status)
	case code >= 400 && code < 600:
		e.Kind = transport.KindOfStatus(int(code))
	default:
		e.Kind = issuing.ErrDeclined
	}
	listed := x.c.cfg.kind(code) != nil
	ambiguous := !listed || code == CodeConflict || code == CodeInvalidOperation || r.Status == http.StatusConflict
	// A code that no page lists under a status of success says nothing definite.
	return &provider.Refusal{Err: e, Ambiguous: ambiguous, Maybe: r.OK() && !listed}
}

// decode reads an answer's data, which may come as one encrypted string.
func (x *exchange) decode(_ context.Context, data []byte, out any) error {
	if _, nothing := out.(*struct{}); nothing {
		return nil // whatever stands there, nobody reads it
	}
	if len(data) > 0 && data[0] == '"' && string(data) != `""` {
		var text string
		if err := json.Unmarshal(data, &text); err != nil {
			return errors.New("the answer's data cannot be read")
		}
		plain, err := x.c.cfg.AESKey.Open(text)
		if err != nil {
			return fmt.Errorf("the answer's data: %w", err)
		}
		data = plain
	}
	if len(data) > 0 {
		if err := x.c.cfg.unmarshal(data, out); err != nil {
			return err
		}
	}
	if i, ok := out.(incomplete); ok && i.incomplete() {
		return provider.ErrIncomplete
	}
	return x.matches(out)
}

// unmarshal reads JSON into out and opens what the platform encrypted in it.
func (c Config) unmarshal(data []byte, out any) error {
	if err := c.codec().Unmarshal(data, out); err != nil {
		return err
	}
	if o, ok := out.(opener); ok {
		return o.open(c.AESKey)
	}
	return nil
}
