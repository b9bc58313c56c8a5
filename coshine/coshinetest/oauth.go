package coshinetest

import (
	"maps"
	"net/http"
	"net/url"
	"time"

	"github.com/google/uuid"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/sign/jose"
)

// tokenLife is the documented life of an access token.
const tokenLife = time.Hour

// assertionLife is the longest life of a client assertion: how long its id is
// remembered. Coshine publishes none; this is the longest that a client may set.
const assertionLife = 24 * time.Hour

// tokenURL is the address of the token endpoint. Without OAuth it gives nothing.
func (s *Server) tokenURL() string { return s.Platform.URL() + tokenPath }

// RevokeTokens makes every access token invalid, as if its time had ended.
func (s *Server) RevokeTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.access)
}

// oauthReply answers as RFC 6749 says.
func (s *Server) oauthReply(status int, body object) platform.Reply {
	return platform.Reply{Status: status, Header: s.header("application/json"), Body: body.append(nil)}
}

func (s *Server) oauthError(status int, code string) platform.Reply {
	return s.oauthReply(status, object{{"error", code}})
}

// mint serves the token endpoint: client credentials with a signed assertion,
// each of which is good for one use.
func (s *Server) mint(r *http.Request, body []byte) platform.Reply {
	if !s.cfg.OAuth || r.Method != http.MethodPost {
		return s.status(http.StatusNotFound)
	}
	form, err := url.ParseQuery(string(body))
	switch {
	case err != nil, r.Header.Get("Content-Type") != "application/x-www-form-urlencoded":
		return s.oauthError(http.StatusBadRequest, "invalid_request")
	case form.Get("grant_type") != "client_credentials":
		return s.oauthError(http.StatusBadRequest, "unsupported_grant_type")
	case form.Get("client_assertion_type") != jose.AssertionType:
		return s.oauthError(http.StatusUnauthorized, "invalid_client")
	}
	now := s.now()
	assertion, err := jose.VerifyAssertion(s.keys.caller.Public(), form.Get("client_assertion"), s.tokenURL(), now)
	if err != nil || assertion.ClientID != clientID || assertion.ExpiresAt.Sub(now) > assertionLife ||
		!s.assertions.First(assertion.ID, now) {
		return s.oauthError(http.StatusUnauthorized, "invalid_client")
	}
	end := now.Add(tokenLife)
	token, err := jose.SignAccessToken(s.keys.server, "", jose.AccessToken{
		Issuer: s.tokenURL(), Subject: clientID, ID: uuid.NewString(), ExpiresAt: end,
	})
	if err != nil {
		return s.oauthError(http.StatusInternalServerError, "server_error")
	}
	s.give(token, end)
	return s.oauthReply(http.StatusOK, object{{"access_token", token}, {"token_type", "Bearer"}, {"expires_in", "3600"}})
}

// give notes an access token until its end.
func (s *Server) give(token string, end time.Time) {
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.access, func(_ platform.NumberKey, ends time.Time) bool { return !now.Before(ends) })
	s.access[digestOf(issuing.NewSecret(token))] = end
}
