package uqpaytest

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/uqpay"
)

// Rules of the platform.
const (
	tokenLife = 30 * time.Minute
	keyLife   = 24 * time.Hour
	maxKey    = 64
)

// admit counts a request in its minute, and refuses one too many.
func (s *Server) admit(c *call) *refusal {
	now := s.now()
	if minute := now.Unix() / 60; minute != s.minute {
		s.minute, s.counts = minute, map[string]int{}
		maps.DeleteFunc(s.keys, func(_ string, record *keyRecord) bool { return now.Sub(record.at) >= keyLife })
	}
	group, limit := "authenticated", s.limits.Authenticated
	switch {
	case c.op == opToken:
		group, limit = "token", s.limits.Token
	case c.r.Header.Get("x-auth-token") == "":
		group, limit = "unauthenticated", s.limits.Unauthenticated
	}
	s.counts[group]++
	if limit <= 0 || s.counts[group] <= limit {
		return nil
	}
	return &refusal{http.StatusTooManyRequests, map[string]any{
		"code": "too_many_requests", "message": "Too many requests have been made to the api. Please try again later.",
	}}
}

// mint issues a token and ends the one before.
func mint(s *Server, c *call) (any, *refusal) {
	switch header := c.r.Header; {
	case header.Get("x-client-id") != s.clientID:
		return nil, flat("Invalid client id")
	case !issuing.NewSecret(header.Get("x-api-key")).Equal(s.apiKey):
		return nil, unauthorized("invalid api key")
	case header.Get("x-on-behalf-of") != "":
		return nil, invalid("x-on-behalf-of must be omitted")
	}
	s.mints++
	s.tokenEnd = s.now().Add(tokenLife)
	s.token = issuing.NewSecret(s.jwt(s.tokenEnd))
	return map[string]any{"auth_token": s.token, "expired_at": s.tokenEnd.Unix()}, nil
}

// jwt makes a token of the real form: UQPAY's libraries read its claims.
func (s *Server) jwt(expires time.Time) string {
	claims := platform.JSON(map[string]any{
		"entity_id": MasterAccount, "short_entity_id": "CL260411-0", "parent_entity_id": "", "client_id": s.clientID,
		"api_version": "V1.6.0", "bus_type": "ISSUING", "exp": expires.Unix(), "iss": "uqpay", "jti": uuid.NewString(),
	})
	part := base64.RawURLEncoding.EncodeToString
	signed := part([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + part(claims)
	mac := hmac.New(sha256.New, []byte(s.apiKey.Reveal()))
	mac.Write([]byte(signed))
	return signed + "." + part(mac.Sum(nil))
}

// authenticate checks the token and whom the call acts for.
func (s *Server) authenticate(c *call) *refusal {
	header := c.r.Header.Get("x-auth-token")
	value, found := strings.CutPrefix(header, "Bearer ")
	ended := !issuing.NewSecret(value).Equal(s.token) || !s.now().Before(s.tokenEnd)
	switch words := s.cfg.Variants.EndedToken; {
	case accountCenter(c.op) && s.cfg.Variants.ClientIDs == ClientIDFormRequired && c.r.Header.Get("x-client-id") == "":
		return unauthorized("x-client-id or email cannot be empty")
	case found && ended && words != "":
		return &refusal{http.StatusUnauthorized, map[string]any{"error": words}}
	case accountCenter(c.op) && (!found || ended):
		return unauthorized("Authorization error")
	case header == "":
		return unauthorized("missing auth token")
	case !found:
		return unauthorized("invalid auth token format")
	case ended:
		return unauthorized("token has expired, please login again")
	}
	values, sent := c.r.Header["X-On-Behalf-Of"]
	if !sent || strings.HasPrefix(c.path, "/v1/accounts") { // those calls are the master's own
		return nil
	}
	return s.actFor(c, values[0])
}

// actFor has a call act for a connected account.
func (s *Server) actFor(c *call, id string) *refusal {
	if s.cfg.Variants.Accounts == AccountFormShort {
		account := pick(s.accounts, func(a uqpay.Account) bool { return a.ShortID == id })
		if account == nil {
			return invalid("x-on-behalf-of: is not an account's reference")
		}
		id = account.ID
	} else if _, err := uuid.Parse(id); err != nil {
		return invalid("x-on-behalf-of: is not an account id")
	}
	if id != SubAccount && id != MasterAccount {
		return subAccountNotFound()
	}
	c.account = id
	return nil
}

// wellFormed refuses what no operation takes: a body that is not the JSON that it says
// it is, and a parameter that stands twice.
func wellFormed(c *call) *refusal {
	for name, values := range c.query {
		if len(values) > 1 {
			return invalid(name + ": stands more than once")
		}
	}
	if c.r.Method == http.MethodGet || c.op == opUpload || len(bytes.TrimSpace(c.body)) == 0 {
		return nil
	}
	if !platform.IsJSON(c.r.Header) {
		return invalid("content-type: must be application/json")
	}
	if !utf8.Valid(c.body) {
		return invalid("body: is not UTF-8")
	}
	return c.refused()
}

// keyRecord is what is known of an idempotency key.
type keyRecord struct {
	fingerprint platform.NumberKey
	at          time.Time
	inFlight    int // repeats that are still answered as in flight

	done bool
	body any
	bad  *refusal
}

// once carries a write out under its idempotency key, or answers what the key's
// first request was answered.
func (s *Server) once(c *call) (any, *refusal) {
	key := c.r.Header.Get("x-idempotency-key")
	if key == "" {
		return nil, invalid("x-idempotency-key: is required")
	}
	_, err := uuid.Parse(key)
	if len(key) > maxKey || err != nil && s.cfg.Variants.Keys == KeyFormUUID {
		return nil, uncoded(uqpay.ErrorTypeIdempotency, "invalid idempotency key")
	}
	fingerprint := platform.KeyOf(strings.Join([]string{
		c.r.Method, c.r.URL.Path, c.r.URL.RawQuery, c.account, string(c.body),
	}, "\x00"))
	now := s.now()
	if old, found := s.keys[key]; found && now.Sub(old.at) < keyLife {
		switch {
		case old.fingerprint != fingerprint:
			return nil, uncoded(uqpay.ErrorTypeIdempotency, "idempotency key was used with a different request")
		case !old.done || old.inFlight > 0:
			old.inFlight--
			return nil, flat("Request is processing, please try again later")
		}
		return old.body, old.bad
	}
	record := &keyRecord{fingerprint: fingerprint, at: now, inFlight: s.keepInFlight}
	s.keys[key] = record
	defer func() {
		if !record.done { // the platform failed, or a function of the test never returned
			delete(s.keys, key)
		}
	}()
	record.body, record.bad = c.run(s, c)
	record.done = record.bad == nil || record.bad.status < http.StatusInternalServerError
	return record.body, record.bad
}
