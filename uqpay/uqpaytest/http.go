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

// call is one request on its way through a handler.
type call struct {
	s       *Server
	r       *http.Request
	body    []byte
	ids     []string
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

func unauthorized(message string) answer {
	return refusal(http.StatusUnauthorized, uqpay.ErrorTypeUnauthorized, uqpay.CodeUnauthorized, message)
}

// handle answers one request.
func (s *Server) handle(r *http.Request, body []byte) platform.Reply {
	return s.reply(s.answer(r, body))
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

func (s *Server) answer(r *http.Request, body []byte) answer {
	rt, ids := match(r)
	s.mu.Lock()
	if limited, a := s.limited(r, rt); limited {
		s.mu.Unlock()
		return a
	}
	if rt == nil {
		s.mu.Unlock()
		return refusal(http.StatusNotFound, uqpay.ErrorTypeNotFound, uqpay.CodeNotFound, "no such path")
	}
	if rt.op == opToken {
		defer s.mu.Unlock()
		return s.mint(r)
	}
	c := &call{s: s, r: r, body: body, ids: ids, account: MasterAccount}
	if a, refused := s.authenticate(c, rt); refused {
		s.mu.Unlock()
		return a
	}
	if r.Method == http.MethodGet {
		defer s.mu.Unlock()
		return rt.run(c)
	}
	record, a, done := s.claim(c)
	if done {
		s.mu.Unlock()
		return a
	}
	a = rt.run(c)
	defer s.mu.Unlock()
	s.settle(c, record, a)
	return a
}

// limited counts the request in its minute.
func (s *Server) limited(r *http.Request, rt *route) (bool, answer) {
	minute := s.clock.Now().Unix() / 60
	if minute != s.state.minute {
		s.state.minute, s.state.counts = minute, map[string]int{}
		for key, record := range s.state.keys {
			if s.clock.Now().Sub(record.at) >= keyLife {
				delete(s.state.keys, key)
			}
		}
	}
	group, limit := "authenticated", s.limits.Authenticated
	switch {
	case rt != nil && rt.op == opToken:
		group, limit = "token", s.limits.Token
	case r.Header.Get("x-auth-token") == "":
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
func (s *Server) mint(r *http.Request) answer {
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
	s.state.token = token{expires: s.clock.Now().Add(tokenLife)}
	s.state.token.value = s.jwt(s.state.token.expires)
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
func (s *Server) authenticate(c *call, rt *route) (answer, bool) {
	header := c.r.Header.Get("x-auth-token")
	value, found := strings.CutPrefix(header, "Bearer ")
	switch {
	case header == "":
		return unauthorized("missing auth token"), true
	case !found:
		return unauthorized("invalid auth token format"), true
	case value != s.state.token.value || !s.clock.Now().Before(s.state.token.expires):
		return unauthorized("token has expired, please login again"), true
	}
	values, sent := c.r.Header["X-On-Behalf-Of"]
	if !sent || rt.master {
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

// claim looks an idempotency key up. done means that the answer is final.
func (s *Server) claim(c *call) (record *keyRecord, a answer, done bool) {
	key := c.r.Header.Get("x-idempotency-key")
	if key == "" {
		return nil, invalid("x-idempotency-key: is required"), true
	}
	if len(key) > maxKey {
		return nil, refusal(http.StatusBadRequest, uqpay.ErrorTypeIdempotency, uqpay.Code(uqpay.ErrorTypeIdempotency), "invalid idempotency key"), true
	}
	print := sha256.Sum256(bytes.Join([][]byte{
		[]byte(c.r.Method), []byte(c.r.URL.Path), []byte(c.r.URL.RawQuery), []byte(c.account), c.body,
	}, []byte{0}))
	now := s.clock.Now()
	old, found := s.state.keys[key]
	switch {
	case !found || now.Sub(old.at) >= keyLife:
	case old.fingerprint != print:
		return nil, refusal(http.StatusBadRequest, uqpay.ErrorTypeIdempotency, uqpay.Code(uqpay.ErrorTypeIdempotency),
			"idempotency key was used with a different request"), true
	case !old.done || old.inFlight > 0:
		old.inFlight--
		return nil, flat("Request is processing, please try again later"), true
	default:
		return nil, old.answer, true
	}
	record = &keyRecord{fingerprint: print, at: now, inFlight: s.state.keepInFlight}
	s.state.keys[key] = record
	return record, answer{}, false
}

// settle keeps the answer of a key, except one of the platform's own failures.
func (s *Server) settle(c *call, record *keyRecord, a answer) {
	if a.status >= 500 {
		delete(s.state.keys, c.r.Header.Get("x-idempotency-key"))
		return
	}
	record.done, record.answer = true, a
}
