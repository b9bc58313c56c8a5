package coshinetest

import (
	"net/http"
	"net/url"
	"time"

	"github.com/google/uuid"

	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/sign/jose"
)

// tokenLife is the documented life of an access token.
const tokenLife = time.Hour

// TokenURL returns the address of the token endpoint. Without OAuth it gives
// nothing.
func (s *Server) TokenURL() string { return s.Platform.URL() + tokenPath }

// ClientID returns the client's id in OAuth mode.
func (s *Server) ClientID() string { return s.clientID }

// RevokeTokens makes every access token invalid, as if its time had ended.
func (s *Server) RevokeTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.access)
}

// oauthError answers as RFC 6749 says.
func (s *Server) oauthError(status int, code string) platform.Reply {
	return platform.Reply{
		Status: status, Header: s.header("application/json"), Body: object{}.with("error", code).append(nil),
	}
}

// mint serves the token endpoint: client credentials with a signed assertion,
// each of which is good for one use.
func (s *Server) mint(r *http.Request, body []byte) platform.Reply {
	if !s.cfg.OAuth || r.Method != http.MethodPost {
		return s.status(http.StatusNotFound)
	}
	form, err := url.ParseQuery(string(body))
	if err != nil || r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
		return s.oauthError(http.StatusBadRequest, "invalid_request")
	}
	if form.Get("grant_type") != "client_credentials" {
		return s.oauthError(http.StatusBadRequest, "unsupported_grant_type")
	}
	if form.Get("client_assertion_type") != jose.AssertionType {
		return s.oauthError(http.StatusUnauthorized, "invalid_client")
	}
	now := s.now()
	assertion, err := jose.VerifyAssertion(s.keys.callerEC.Public(), form.Get("client_assertion"), s.TokenURL(), now)
	if err != nil || assertion.ClientID != s.clientID {
		return s.oauthError(http.StatusUnauthorized, "invalid_client")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, end := range s.jtis {
		if !now.Before(end) {
			delete(s.jtis, id)
		}
	}
	if _, used := s.jtis[assertion.ID]; used {
		return s.oauthError(http.StatusUnauthorized, "invalid_client")
	}
	s.jtis[assertion.ID] = assertion.ExpiresAt
	end := now.Add(tokenLife)
	token, err := jose.SignAccessToken(s.keys.serverEC, "", s.TokenURL(), s.clientID, uuid.NewString(), end)
	if err != nil {
		return s.oauthError(http.StatusInternalServerError, "server_error")
	}
	for old, ends := range s.access {
		if !now.Before(ends) {
			delete(s.access, old)
		}
	}
	s.access[token] = end
	reply := object{}.with("access_token", token).with("token_type", "Bearer").with("expires_in", "3600")
	return platform.Reply{Header: s.header("application/json"), Body: reply.append(nil)}
}
