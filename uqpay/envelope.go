package uqpay

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/wire"
)

// envelope is an error body in any of its forms: the typed one, that of a rate
// limit, the older flat one with a number for a code, and that of the
// authentication layer, which has "error" alone.
type envelope struct {
	Type          ErrorType       `json:"type"`
	Code          json.RawMessage `json:"code"`
	Message       string          `json:"message" wire:"json"`
	Error         string          `json:"error" wire:"json"`
	MissingFields json.RawMessage `json:"missing_fields"`
}

// errorCodec loses no error for one odd member of it.
var errorCodec = wire.Codec{Zone: zone, Loose: &wire.Loose{}}

// readEnvelope returns nil for a body that is no error of the platform's.
func readEnvelope(body []byte) *envelope {
	env := new(envelope)
	if errorCodec.Unmarshal(body, env) != nil {
		return nil
	}
	env.Message = cmp.Or(env.Message, env.Error)
	if env.Type == "" && env.code() == "" && env.Message == "" {
		return nil
	}
	return env
}

// code returns the code, a number as its text.
func (e *envelope) code() Code {
	var c Code
	_ = codec.Unmarshal(e.Code, &c)
	return c
}

func (e *envelope) says(texts ...string) bool {
	if e == nil {
		return false
	}
	message := strings.ToLower(e.Message)
	return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(message, text) })
}

// rejection is what an answer says about the token that the request came with.
type rejection int

const (
	accepted rejection = iota // nothing
	ended                     // it has run out, or a newer one has ended it
	rejected                  // it was refused in words that no page has
)

// rejection recognises a token that the platform takes no more; e is nil for a body
// that is no error's. No page says in which words that comes, so every 401 counts but
// the two that are known to mean something else, and so does the account center's 403,
// which has no type. A missing right stays what it is under a new token.
func (e *envelope) rejection(status int) rejection {
	switch {
	case status == http.StatusForbidden && e != nil && e.Type == "" && e.says("authorization error"):
		return ended
	case status != http.StatusUnauthorized || e.says("ip not allowed", "invalid auth token format"):
		return accepted
	case e.says("token has expired", "login expired", "token expired", "jwt expired"):
		return ended
	}
	return rejected
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
// connected account and the gateway's route, and what is said about the key or
// about an operation under way, settles nothing.
func (e *envelope) settles(status int) bool {
	if status != http.StatusBadRequest && status != http.StatusNotFound && status != http.StatusUnprocessableEntity {
		return false
	}
	open := oneOf(e.Type, "", ErrorTypeIdempotency, ErrorTypeUnauthorized, ErrorTypeForbidden, ErrorTypeAPI,
		ErrorTypeRateLimit, ErrorTypeNotFound)
	return !open && e.code() != CodeSubAccountNotFound && !e.processing() && !e.says("idempoten", "on-behalf")
}

// known reports whether the body says by a documented code or type that it is an error:
// under a status of success a success may say "code" and "message" as well.
func (e *envelope) known() bool { return e.code().Kind() != nil || errorTypes[e.Type] != nil }

// kind decides by code, then by text where a type leaves it open, then by type.
// It returns nil where all three leave it to the status.
func (e *envelope) kind() error {
	code := e.code()
	if kind := kindOfMessage(e.Message); kind != nil && (code.Kind() == nil || code == CodeInvalidRequest) {
		return kind
	}
	if kind := code.Kind(); kind != nil {
		return kind
	}
	return errorTypes[e.Type]
}

// failure turns the body into an error.
func (e *envelope) failure() *issuing.Error {
	err := &issuing.Error{Kind: e.kind(), Message: e.Message}
	if code := e.code(); code != "" {
		err.Code = code
	}
	problem := &Problem{Type: e.Type}
	_ = codec.Unmarshal(e.MissingFields, &problem.MissingFields)
	if problem.Type != "" || problem.MissingFields != nil {
		err.Err = problem
	}
	return err
}

// incomplete is a result that can tell that the answer lacked its main field.
type incomplete interface{ incomplete() bool }

// unusable reports an id that cannot be the platform's: its ids are short texts without
// blanks. An empty one is for the caller to judge.
func unusable(ids ...string) bool {
	return slices.ContainsFunc(ids, func(id string) bool {
		return len(id) > maxID || strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' })
	})
}

// vague is a result that may lack everything, but says nothing then: what comes
// under status 200 with a code and a message is an error, not an empty list.
type vague interface{ vague() bool }

// requestIDs are headers that gateways commonly name a request by. UQPAY
// documents none.
var requestIDs = []string{"X-Request-Id", "X-Trace-Id", "X-Correlation-Id", "Traceparent"}

func requestID(header http.Header) string {
	for _, name := range requestIDs {
		if id := header.Get(name); id != "" {
			return clip(strings.TrimSpace(id))
		}
	}
	return ""
}
