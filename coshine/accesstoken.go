package coshine

// Access tokens are a strangeness of this platform beside its API: the token
// endpoint speaks a protocol of its own, which is an exchange of its own here.

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/provider"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/sign/jose"
)

// tokenSource keeps one access token and lets one caller at a time fetch the
// next. Clients made by Clone share it.
type tokenSource struct {
	cfg OAuth

	mu      sync.Mutex
	current issuing.Secret
	renewAt time.Time // by the client's clock
	flight  *flight   // nil when no token is being fetched
}

// flight is one fetch of a token, for which any number of callers wait.
type flight struct {
	done  chan struct{} // closed when token or err is set
	token issuing.Secret
	err   error
}

// token returns a valid access token. A waiter leaves when its own context ends;
// the fetch goes on for the others, bounded by the client's timeouts. No lock is
// held over the network.
func (s *tokenSource) token(ctx context.Context, via *provider.Core) (issuing.Secret, error) {
	s.mu.Lock()
	if !s.current.IsZero() && via.Now().Before(s.renewAt) {
		token := s.current
		s.mu.Unlock()
		return token, nil
	}
	f := s.flight
	if f == nil {
		f = &flight{done: make(chan struct{})}
		s.flight = f
		go s.fetch(context.WithoutCancel(ctx), via, f)
	}
	s.mu.Unlock()
	select {
	case <-f.done:
		return f.token, f.err
	case <-ctx.Done():
		return issuing.Secret{}, &issuing.Error{
			Kind: issuing.ErrUnavailable, Err: fmt.Errorf("waiting for an access token: %w", ctx.Err()),
		}
	}
}

// drop forgets a token that the platform rejected, unless it has been replaced
// already.
func (s *tokenSource) drop(token issuing.Secret) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current.Equal(token) {
		s.current = issuing.Secret{}
	}
}

// fetch ends flight f.
func (s *tokenSource) fetch(ctx context.Context, via *provider.Core, f *flight) {
	settings := via.Settings()
	limit := time.Duration(settings.MaxAttempts) * (settings.Timeout + settings.MaxRetryWait)
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	token, renewAt, err := s.mint(ctx, via)
	s.mu.Lock()
	defer s.mu.Unlock()
	f.token, f.err = token, err
	s.flight = nil
	if err == nil {
		s.current = token
		s.renewAt = renewAt
	}
	close(f.done)
}

// opToken names the fetch in errors and hooks.
const opToken = "OAuth.Token"

// tokenReply is the answer of the token endpoint (RFC 6749, sections 5.1 and
// 5.2).
type tokenReply struct {
	AccessToken issuing.Secret `json:"access_token"`
	TokenType   string         `json:"token_type"`
	ExpiresIn   int64          `json:"expires_in"` // seconds
	Error       string         `json:"error"`
}

// maxTokenReply bounds the answer of the token endpoint.
const maxTokenReply = 64 << 10

// mint asks for a token and returns it with the time of its renewal. The token's
// life counts from the asking: how long the answer took is not known to be before
// or after its making.
func (s *tokenSource) mint(ctx context.Context, via *provider.Core) (issuing.Secret, time.Time, error) {
	x := &tokenExchange{cfg: &s.cfg, core: via}
	reply, err := provider.Do[tokenReply](ctx, via, provider.Call{
		Op: provider.Op{Name: opToken, Safety: read}, Exchange: x, Decode: x.decode,
	}, nil)
	if err != nil {
		return issuing.Secret{}, time.Time{}, tokenError(err)
	}
	life := defaultTokenLife
	if reply.ExpiresIn > 0 {
		life = time.Duration(min(reply.ExpiresIn, int64(maxLife/time.Second))) * time.Second
	}
	return reply.AccessToken, x.asked.Add(life - min(s.cfg.RenewBefore, life/2)), nil
}

// tokenExchange is one call of the token endpoint (RFC 6749, section 4.4, with
// the assertion of RFC 7523).
type tokenExchange struct {
	cfg   *OAuth
	core  *provider.Core
	asked time.Time // when the last attempt was made
}

// Encode has nothing to encode: every attempt differs.
func (x *tokenExchange) Encode(issuing.CallSettings) (provider.Plan, error) {
	return provider.Plan{URL: x.cfg.TokenURL, Template: "token endpoint", MaxResponse: maxTokenReply}, nil
}

// Seal makes one request for a token. Every attempt carries an assertion of its
// own, because a jti is good for one use.
func (x *tokenExchange) Seal(ctx context.Context, _ int) (transport.Sealed, error) {
	x.asked = x.core.Now()
	id := uuid.NewString()
	claims := jose.Assertion{
		ClientID: x.cfg.ClientID, Audience: x.cfg.Audience, ID: id,
		IssuedAt: x.asked, ExpiresAt: x.asked.Add(x.cfg.AssertionLife),
	}
	assertion, err := provider.UseKey(ctx, x.core, func() (string, error) {
		return jose.SignAssertion(x.cfg.Key, x.cfg.KeyID, claims)
	})
	if err != nil {
		return transport.Sealed{}, &issuing.Error{Kind: issuing.ErrUnavailable, Err: err}
	}
	form := url.Values{
		"grant_type":            {"client_credentials"},
		"client_assertion_type": {jose.AssertionType},
		"client_assertion":      {assertion},
	}
	if x.cfg.Scope != "" {
		form.Set("scope", x.cfg.Scope)
	}
	header := http.Header{}
	header.Set("Content-Type", "application/x-www-form-urlencoded")
	header.Set("Accept", "application/json")
	return transport.Sealed{Header: header, Body: []byte(form.Encode()), RequestID: id}, nil
}

// Judge goes by the status alone.
func (x *tokenExchange) Judge(_ context.Context, r *transport.Response) provider.Verdict {
	return provider.Verdict{Judgement: transport.JudgeStatus(r)}
}

// Open refuses every status but 200.
func (x *tokenExchange) Open(_ context.Context, r *transport.Response) (provider.Answer, error) {
	if r.Status == http.StatusOK {
		return provider.Answer{Data: r.Body}, nil
	}
	refusal := provider.StatusRefusal(r)
	if r.Status == http.StatusBadRequest {
		refusal.Err.Kind = issuing.ErrUnauthorized // invalid_client, invalid_grant and their siblings
	}
	var reply tokenReply
	if codec.Unmarshal(r.Body, &reply) == nil && reply.Error != "" && oauthCode(reply.Error) {
		refusal.Err.Err = errors.New("the token endpoint answered " + reply.Error)
	}
	return provider.Answer{}, refusal
}

// decode reads an answer and verifies the token in it.
func (x *tokenExchange) decode(_ context.Context, data []byte, out any) error {
	if err := codec.Unmarshal(data, out); err != nil {
		return err
	}
	reply, _ := out.(*tokenReply)
	return x.verify(reply)
}

func (x *tokenExchange) verify(reply *tokenReply) error {
	switch {
	case reply.AccessToken.IsZero():
		return errors.New("the token endpoint's answer has no access token")
	case strings.ContainsFunc(reply.AccessToken.Reveal(), func(r rune) bool { return r <= ' ' || r >= 0x7f }):
		return errors.New("the access token has characters that no header can hold")
	case reply.TokenType != "" && !strings.EqualFold(reply.TokenType, "bearer"):
		return errors.New("the access token is not of type bearer")
	case x.cfg.TokenKey.IsZero():
		return nil
	}
	if err := jose.VerifyAccessToken(x.cfg.TokenKey, reply.AccessToken.Reveal(), x.core.Now()); err != nil {
		return fmt.Errorf("the access token: %w", err)
	}
	return nil
}

// oauthCode reports whether text has the form of an error code of RFC 6749,
// which is safe to quote.
func oauthCode(text string) bool {
	return len(text) <= 40 && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz_") == ""
}

// tokenError keeps kind and cause of a failed fetch: the call that needed the
// token has not been sent.
func tokenError(err error) error {
	var e *issuing.Error
	if !errors.As(err, &e) {
		return &issuing.Error{Kind: issuing.ErrUnavailable, Err: err}
	}
	cause := "no access token"
	if e.Status != 0 {
		cause = fmt.Sprintf("no access token (http %d)", e.Status)
	}
	out := &issuing.Error{Kind: e.Kind, Err: errors.New(cause)}
	if e.Err != nil {
		out.Err = fmt.Errorf("%s: %w", cause, e.Err)
	}
	return out
}
