package uqpay

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/transport"
)

// envelope is an error body in any of its forms: the typed one, that of a rate
// limit, the older flat one with a number for a code, and that of the
// authentication layer, which has "error" alone.
type envelope struct {
	Type          ErrorType       `json:"type"`
	Code          json.RawMessage `json:"code"`
	Message       string          `json:"message"`
	Error         string          `json:"error"`
	MissingFields json.RawMessage `json:"missing_fields"`
}

// readEnvelope returns nil for a body that is no error of the platform's.
func readEnvelope(body []byte) *envelope {
	env := new(envelope)
	if codec.Unmarshal(body, env) != nil {
		return nil
	}
	if env.Message == "" {
		env.Message = env.Error
	}
	if env.Type == "" && env.code() == "" && env.Message == "" {
		return nil
	}
	return env
}

// code returns the code, a number as its text.
func (e *envelope) code() Code {
	var c Code
	if len(e.Code) > 0 {
		_ = codec.Unmarshal(e.Code, &c)
	}
	return c
}

func (e *envelope) says(texts ...string) bool {
	message := strings.ToLower(e.Message)
	for _, text := range texts {
		if strings.Contains(message, text) {
			return true
		}
	}
	return false
}

// expired recognises a token that has run out or that a newer one has ended.
// Nothing else may have a token minted: a wrong address or a missing right stays
// what it is under a new one.
func (e *envelope) expired(status int) bool {
	return status == http.StatusUnauthorized &&
		e.says("token has expired", "login expired", "token expired", "jwt expired")
}

// inFlight recognises that an earlier request with the same key is under way.
// The body's own code is 200 then, and it has no type; one that has says the
// same, because to take it for a refusal would call an open operation failed.
func (e *envelope) inFlight(status int) bool {
	return (status == http.StatusBadRequest || status == http.StatusConflict) && e.processing()
}

func (e *envelope) processing() bool { return e.says("request is processing") }

// settles reports whether a refusal is the operation's result even when an
// earlier attempt with the same key may have been carried out: the platform
// answers a repeat with the first result, so a rule that refuses the repeat has
// refused the first. What is checked before the key is looked up, such as the
// connected account and the gateway's route, and what is said about the key,
// settles nothing.
func (e *envelope) settles(status int) bool {
	if status != http.StatusBadRequest && status != http.StatusNotFound && status != http.StatusUnprocessableEntity {
		return false
	}
	switch e.Type {
	case "", ErrorTypeIdempotency, ErrorTypeUnauthorized, ErrorTypeForbidden, ErrorTypeAPI, ErrorTypeRateLimit, ErrorTypeNotFound:
		return false
	}
	return e.code() != CodeSubAccountNotFound && !e.says("idempoten", "on-behalf")
}

// kind decides by code, then by text where a type leaves it open, then by type,
// then by status.
func (e *envelope) kind(status int) error {
	code := e.code()
	if status == http.StatusTooManyRequests || status >= 500 {
		return transport.KindOfStatus(status)
	}
	if kind := kindOfMessage(e.Message); kind != nil && (code.Kind() == nil || code == CodeInvalidRequest) {
		return kind
	}
	if kind := code.Kind(); kind != nil {
		return kind
	}
	if kind := errorTypes[e.Type]; kind != nil {
		return kind
	}
	if status < 300 {
		return issuing.ErrDeclined
	}
	return transport.KindOfStatus(status)
}

// failure turns the body into an error.
func (e *envelope) failure(status int) *issuing.Error {
	err := &issuing.Error{Kind: e.kind(status), Message: e.Message}
	if code := e.code(); code != "" {
		err.Code = code
	}
	problem := &Problem{Type: e.Type}
	if len(e.MissingFields) > 0 {
		_ = codec.Unmarshal(e.MissingFields, &problem.MissingFields)
	}
	if problem.Type != "" || problem.MissingFields != nil {
		err.Err = problem
	}
	return err
}

func success(status int) bool { return status >= 200 && status < 300 }

// judge says what an answer means for the operation. A success that is not JSON
// is none.
func judge(r *transport.Response) transport.Judgement {
	if success(r.Status) && !json.Valid(r.Body) {
		return transport.Unclear
	}
	return judgeAny(r)
}

// judgeAny is judge for answers whose success may be anything.
func judgeAny(r *transport.Response) transport.Judgement {
	if !success(r.Status) {
		if env := readEnvelope(r.Body); env != nil {
			r.Parsed = env
		}
	}
	return transport.JudgeStatus(r)
}

// incomplete is a result that can tell that the answer lacked its main field.
type incomplete interface{ incomplete() bool }

// vague is a result that may lack everything, but says nothing then: what comes
// under status 200 with a code and a message is an error, not an empty list.
type vague interface{ vague() bool }

// errIncomplete is the cause of a success that says nothing.
var errIncomplete = errors.New("the answer lacks the fields that identify its result")

// answer splits resp into result or error.
func (c *Client) answer(tc *transport.Call, resp *transport.Response, x *exchange) error {
	if !success(resp.Status) {
		env, ok := resp.Parsed.(*envelope)
		if !ok {
			return c.transport.Fail(tc, resp, c.named(resp, transport.StatusError(resp)))
		}
		if tc.Safety == transport.Keyed && env.settles(resp.Status) {
			resp.Maybe = false
		}
		return c.transport.Fail(tc, resp, c.named(resp, env.failure(resp.Status)))
	}
	if x.finish != nil {
		held, err := x.finish()
		if err != nil {
			return c.transport.Fail(tc, resp, &issuing.Error{Kind: issuing.ErrBadResponse, Err: err})
		}
		if held != nil {
			return c.transport.Fail(tc, resp, c.named(resp, readEnvelope(held).failure(resp.Status)))
		}
		return nil
	}
	err := decode(resp.Body, x.out)
	doubt := errors.Is(err, errIncomplete)
	if v, ok := x.out.(vague); ok && err == nil {
		doubt = v.vague()
	}
	if err == nil && !doubt {
		return nil
	}
	env := readEnvelope(resp.Body)
	switch {
	case doubt && env != nil && env.code() != "" && env.Message != "":
		// An error under status 200. One of the platform's own making, or one
		// about a request that is still under way, says nothing about what became
		// of a write.
		resp.Maybe = resp.Maybe || env.code() == CodeAPIError || env.Type == ErrorTypeAPI || env.processing()
		return c.transport.Fail(tc, resp, c.named(resp, env.failure(resp.Status)))
	case err == nil:
		return nil
	}
	// The platform carried the operation out, but what it says about it cannot
	// be read.
	resp.Maybe = true
	return c.transport.Fail(tc, resp, c.named(resp, &issuing.Error{Kind: issuing.ErrBadResponse, Err: err}))
}

func (c *Client) named(resp *transport.Response, err *issuing.Error) *issuing.Error {
	err.RequestID = resp.RequestID
	return err
}

func decode(body []byte, out any) error {
	if out == nil {
		return nil
	}
	if err := codec.Unmarshal(body, out); err != nil {
		return err
	}
	if i, ok := out.(incomplete); ok && i.incomplete() {
		return errIncomplete
	}
	return nil
}
