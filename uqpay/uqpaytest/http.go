package uqpaytest

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/uqpay"
)

// Rules of the platform.
const (
	tokenLife = 30 * time.Minute
	keyLife   = 24 * time.Hour
	maxKey    = 64
)

var zone = time.FixedZone("UTC+8", 8*60*60)

// call is one request on its way through its operation.
type call struct {
	operation
	s       *Server
	r       *http.Request
	body    []byte
	id      string // in the path
	account string
}

// answer is what a handler returns: a status and a value that is written as
// JSON, or raw bytes.
type answer struct {
	status int
	body   any
	raw    []byte
	kind   string // media type of raw
}

func ok(body any) answer { return answer{status: http.StatusOK, body: body} }

// refusal is an error of the typed form.
func refusal(status int, typ uqpay.ErrorType, code uqpay.Code, message string) answer {
	return answer{status: status, body: map[string]any{"type": string(typ), "code": string(code), "message": message}}
}

func invalid(message string) answer {
	return refusal(http.StatusBadRequest, uqpay.ErrorTypeInvalidRequest, uqpay.CodeInvalidRequest, message)
}

// flat is an error of the older form.
func flat(message string) answer {
	return answer{status: http.StatusBadRequest, body: map[string]any{"code": 200, "message": message}}
}

func cardError(message string) answer {
	return refusal(http.StatusBadRequest, uqpay.ErrorTypeCard, uqpay.Code(uqpay.ErrorTypeCard), message)
}

func accountError(message string) answer {
	return refusal(http.StatusBadRequest, uqpay.ErrorTypeAccount, uqpay.Code(uqpay.ErrorTypeAccount), message)
}

func idempotencyError(message string) answer {
	return refusal(http.StatusBadRequest, uqpay.ErrorTypeIdempotency, uqpay.Code(uqpay.ErrorTypeIdempotency), message)
}

// inFlight is the answer to a repeat while the key's first request is under way.
func inFlight() answer { return flat("Request is processing, please try again later") }

func unauthorized(message string) answer {
	return refusal(http.StatusUnauthorized, uqpay.ErrorTypeUnauthorized, uqpay.CodeUnauthorized, message)
}

// codec writes answers; amounts are strings unless the configuration says
// otherwise.
func (s *Server) codec() wire.Codec {
	return wire.Codec{Zone: zone, NumberAmounts: s.cfg.NumberAmounts}
}

func (s *Server) reply(a answer) platform.Reply {
	reply := platform.Reply{Status: a.status, Header: http.Header{"Content-Type": {"application/json"}}, Body: a.raw}
	if a.kind != "" {
		reply.Header.Set("Content-Type", a.kind)
	}
	if a.raw == nil {
		text, err := s.codec().Marshal(a.body)
		if err != nil {
			return platform.Reply{Status: http.StatusInternalServerError,
				Body: []byte(`{"type":"api_error","code":"api_error","message":"internal error"}`)}
		}
		reply.Body = text
	}
	return reply
}

// serve carries one request out, with the server's lock held.
func (s *Server) serve(c *call) platform.Reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reply(s.answer(c))
}

func (s *Server) answer(c *call) answer {
	if limited, a := s.limited(c); limited {
		return a
	}
	switch c.op {
	case "":
		return refusal(http.StatusNotFound, uqpay.ErrorTypeNotFound, uqpay.CodeNotFound, "no such path")
	case opToken:
		return c.run(c)
	}
	if a, refused := s.authenticate(c); refused {
		return a
	}
	if c.method == http.MethodGet {
		return c.run(c)
	}
	return s.once(c)
}

// limited counts the request in its minute.
func (s *Server) limited(c *call) (bool, answer) {
	minute := s.now().Unix() / 60
	if minute != s.state.minute {
		s.state.minute, s.state.counts = minute, map[string]int{}
		for key, record := range s.state.keys {
			if s.now().Sub(record.at) >= keyLife {
				delete(s.state.keys, key)
			}
		}
	}
	group, limit := "authenticated", s.limits.Authenticated
	switch {
	case c.op == opToken:
		group, limit = "token", s.limits.Token
	case c.r.Header.Get("x-auth-token") == "":
		group, limit = "unauthenticated", s.limits.Unauthenticated
	}
	s.state.counts[group]++
	if limit <= 0 || s.state.counts[group] <= limit {
		return false, answer{}
	}
	return true, answer{status: http.StatusTooManyRequests, body: map[string]any{
		"code": "too_many_requests", "message": "Too many requests have been made to the api. Please try again later.",
	}}
}

// mint issues a token and ends the one before.
func mint(c *call) answer {
	s, r := c.s, c.r
	if r.Header.Get("x-client-id") != s.clientID {
		return flat("Invalid client id")
	}
	if !issuing.NewSecret(r.Header.Get("x-api-key")).Equal(s.apiKey) {
		return unauthorized("invalid api key")
	}
	if r.Header.Get("x-on-behalf-of") != "" {
		return invalid("x-on-behalf-of must be omitted")
	}
	s.state.mints++
	expires := s.now().Add(tokenLife)
	s.state.token = token{issuing.NewSecret(s.jwt(expires)), expires}
	return ok(map[string]any{"auth_token": s.state.token.value, "expired_at": s.state.token.expires.Unix()})
}

// jwt makes a token of the real form: UQPAY's libraries read its claims.
func (s *Server) jwt(expires time.Time) string {
	claims, err := wire.Codec{}.Marshal(map[string]any{
		"entity_id": MasterAccount, "short_entity_id": "CL260411-0", "parent_entity_id": "", "client_id": s.clientID,
		"api_version": "V1.6.0", "bus_type": "ISSUING", "exp": expires.Unix(), "iss": "uqpay", "jti": uuid.NewString(),
	})
	if err != nil {
		return ""
	}
	part := base64.RawURLEncoding.EncodeToString
	signed := part([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + part(bytes.TrimSpace(claims))
	mac := hmac.New(sha256.New, []byte(s.apiKey.Reveal()))
	mac.Write([]byte(signed))
	return signed + "." + part(mac.Sum(nil))
}

// authenticate checks the token and whom the call acts for.
func (s *Server) authenticate(c *call) (answer, bool) {
	header := c.r.Header.Get("x-auth-token")
	value, found := strings.CutPrefix(header, "Bearer ")
	switch {
	case header == "":
		return unauthorized("missing auth token"), true
	case !found:
		return unauthorized("invalid auth token format"), true
	case !issuing.NewSecret(value).Equal(s.state.token.value) || !s.now().Before(s.state.token.expires):
		return unauthorized("token has expired, please login again"), true
	}
	values, sent := c.r.Header["X-On-Behalf-Of"]
	if !sent || strings.HasPrefix(c.path, "/v1/accounts") { // which are the master's to see
		return answer{}, false
	}
	if _, err := uuid.Parse(values[0]); err != nil {
		return invalid("x-on-behalf-of: is not an account id"), true
	}
	if values[0] != SubAccount && values[0] != MasterAccount {
		return refusal(http.StatusBadRequest, uqpay.ErrorTypeAccount, uqpay.CodeSubAccountNotFound, "sub account not found"), true
	}
	c.account = values[0]
	return answer{}, false
}

// keyRecord is what is known of an idempotency key.
type keyRecord struct {
	fingerprint [sha256.Size]byte
	at          time.Time
	done        bool
	answer      answer
	inFlight    int // repeats that are still answered as in flight
}

// once carries a write out under its idempotency key, or answers what the key's
// first request was answered.
func (s *Server) once(c *call) answer {
	key := c.r.Header.Get("x-idempotency-key")
	if key == "" {
		return invalid("x-idempotency-key: is required")
	}
	if len(key) > maxKey {
		return idempotencyError("invalid idempotency key")
	}
	fingerprint := sha256.Sum256(bytes.Join([][]byte{
		[]byte(c.r.Method), []byte(c.r.URL.Path), []byte(c.r.URL.RawQuery), []byte(c.account), c.body,
	}, []byte{0}))
	now := s.now()
	if old, found := s.state.keys[key]; found && now.Sub(old.at) < keyLife {
		switch {
		case old.fingerprint != fingerprint:
			return idempotencyError("idempotency key was used with a different request")
		case !old.done:
			return inFlight()
		case old.inFlight > 0:
			old.inFlight--
			return inFlight()
		}
		return old.answer
	}
	record := &keyRecord{fingerprint: fingerprint, at: now, inFlight: s.state.keepInFlight}
	s.state.keys[key] = record
	defer func() {
		if !record.done { // the platform failed, or a function of the test never returned
			delete(s.state.keys, key)
		}
	}()
	a := c.run(c)
	record.answer, record.done = a, a.status < http.StatusInternalServerError
	return a
}
