package coshine

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
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/sign/jose"
)

// Defaults of [OAuth].
const (
	// DefaultTokenLife is the documented life of an access token, used when an
	// answer does not state one.
	DefaultTokenLife = 60 * time.Minute
	// DefaultRenewBefore is how long before its end a token is replaced.
	DefaultRenewBefore = 5 * time.Minute
	// DefaultAssertionLife is the life of a client assertion.
	DefaultAssertionLife = 5 * time.Minute
	// DefaultBodyContentType is the content type of an encrypted body. Coshine
	// does not publish it; this is the registered type of compact JWE.
	DefaultBodyContentType = "application/jose"
)

// OAuth configures the second way to authenticate: OAuth 2.0 client credentials
// with private_key_jwt and ES256, and bodies encrypted with RSA-OAEP-256 and
// A128GCM. TokenURL, ClientID and the four keys' halves are exchanged with
// Coshine; what Coshine has not published is a setting with the default of the
// public standards.
//
// A token is fetched once for all callers that wait for it, in a goroutine of its
// own; hooks see it as the operation OAuth.Token.
type OAuth struct {
	// TokenURL is the token endpoint: https, or http on loopback. Required.
	TokenURL string
	// ClientID is the client's id, issuer and subject of assertions. Required.
	ClientID string
	// Key signs client assertions. Required.
	Key sign.ES256Key
	// KeyID is the kid of assertions; empty sends none.
	KeyID string
	// Audience of assertions; empty is TokenURL.
	Audience string
	// Scope to ask for; empty asks for none.
	Scope string
	// PlatformKey is EastPay's RSA key, which encrypts requests. Required.
	PlatformKey sign.PublicKey
	// PlatformKeyID is the kid of encrypted requests; empty sends none.
	PlatformKeyID string
	// DecryptionKey is the own RSA key, with which answers are decrypted.
	// Required; it must be able to decrypt, see [sign.PrivateKey.CanDecrypt].
	DecryptionKey sign.PrivateKey
	// TokenKey is EastPay's EC key, with which access tokens are verified. It
	// is optional: without it tokens are taken as opaque.
	TokenKey sign.ES256PublicKey
	// Serialization of encrypted bodies; zero is compact.
	Serialization jose.JWESerialization
	// ContentType of encrypted bodies; empty is DefaultBodyContentType.
	ContentType string
	// AssertionLife is how long an assertion is valid; 0 is
	// DefaultAssertionLife.
	AssertionLife time.Duration
	// RenewBefore is how long before its end a token is replaced; 0 is
	// DefaultRenewBefore. It is at most half of a token's life.
	RenewBefore time.Duration
}

// maxLife bounds the durations of OAuth.
const maxLife = 24 * time.Hour

// minJWEBits is the smallest RSA key for bodies; RFC 7518 demands it.
const minJWEBits = 2048

// checkJWEKeys reports keys that encrypted bodies cannot use, under the prefix
// of their settings.
func checkJWEKeys(p *check.Problems, prefix string, platform sign.PublicKey, own sign.PrivateKey) {
	if p.Required(prefix+"PlatformKey", !platform.IsZero()) && platform.Bits() < minJWEBits {
		p.Add(prefix+"PlatformKey", "has %d bits, at least %d are needed", platform.Bits(), minJWEBits)
	}
	if !p.Required(prefix+"DecryptionKey", !own.IsZero()) {
		return
	}
	if own.Bits() < minJWEBits {
		p.Add(prefix+"DecryptionKey", "has %d bits, at least %d are needed", own.Bits(), minJWEBits)
	}
	if !own.CanDecrypt() {
		p.Add(prefix+"DecryptionKey", "is a signer that cannot decrypt")
	}
}

func (o *OAuth) check(p *check.Problems) {
	if err := transport.CheckURL(o.TokenURL); err != nil {
		p.Add("OAuth.TokenURL", "%v", err)
	}
	p.Text("OAuth.ClientID", o.ClientID, 256)
	p.Required("OAuth.Key", !o.Key.IsZero())
	checkJWEKeys(p, "OAuth.", o.PlatformKey, o.DecryptionKey)
	p.OptionalText("OAuth.KeyID", o.KeyID, 256)
	p.OptionalText("OAuth.PlatformKeyID", o.PlatformKeyID, 256)
	p.OptionalText("OAuth.Audience", o.Audience, 1024)
	p.OptionalText("OAuth.Scope", o.Scope, 1024)
	p.OptionalText("OAuth.ContentType", o.ContentType, 128)
	if o.Serialization != jose.JWECompact && o.Serialization != jose.JWEJSON {
		p.Add("OAuth.Serialization", "is unknown")
	}
	for _, d := range []struct {
		field string
		value time.Duration
	}{{"OAuth.AssertionLife", o.AssertionLife}, {"OAuth.RenewBefore", o.RenewBefore}} {
		if d.value < 0 || d.value > maxLife {
			p.Add(d.field, "must lie between 0 and %v", maxLife)
		}
	}
}

func (o *OAuth) withDefaults() OAuth {
	out := *o
	if out.Audience == "" {
		out.Audience = out.TokenURL
	}
	if out.ContentType == "" {
		out.ContentType = DefaultBodyContentType
	}
	if out.AssertionLife == 0 {
		out.AssertionLife = DefaultAssertionLife
	}
	if out.RenewBefore == 0 {
		out.RenewBefore = DefaultRenewBefore
	}
	return out
}

func (o *OAuth) seal(body []byte) (string, error) {
	return jose.SealJWE(o.PlatformKey, o.PlatformKeyID, o.Serialization, body)
}

func (o *OAuth) open(text string) ([]byte, error) {
	return jose.OpenJWE(o.DecryptionKey, o.Serialization, text)
}

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
func (s *tokenSource) token(ctx context.Context, via *transport.Client) (issuing.Secret, error) {
	s.mu.Lock()
	if !s.current.IsZero() && via.Settings().Now().Before(s.renewAt) {
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
func (s *tokenSource) fetch(ctx context.Context, via *transport.Client, f *flight) {
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

// mint asks for a token and returns it with the time of its renewal. Every
// attempt carries an assertion of its own, because a jti is good for one use.
// The token's life counts from the asking: how long the answer took is not known
// to be before or after its making.
func (s *tokenSource) mint(ctx context.Context, via *transport.Client) (issuing.Secret, time.Time, error) {
	var asked time.Time
	call := &transport.Call{
		Op: opToken, URL: s.cfg.TokenURL, Template: "token endpoint", Safety: transport.Read,
		MaxResponse: maxTokenReply,
		Seal: func(context.Context, int) (transport.Sealed, error) {
			asked = via.Settings().Now()
			return s.ask(asked)
		},
	}
	resp, err := via.Do(ctx, call)
	if err != nil {
		return issuing.Secret{}, time.Time{}, tokenError(err)
	}
	var reply tokenReply
	decodeErr := codec.Unmarshal(resp.Body, &reply)
	if resp.Status != http.StatusOK {
		e := transport.StatusError(resp)
		if resp.Status == http.StatusBadRequest {
			e.Kind = issuing.ErrUnauthorized // invalid_client, invalid_grant and their siblings
		}
		if decodeErr == nil && reply.Error != "" && oauthCode(reply.Error) {
			e.Err = errors.New("the token endpoint answered " + reply.Error)
		}
		return issuing.Secret{}, time.Time{}, tokenError(via.Fail(call, resp, e))
	}
	if decodeErr == nil {
		decodeErr = s.verify(reply, via.Settings().Now())
	}
	if decodeErr != nil {
		return issuing.Secret{}, time.Time{}, tokenError(via.Fail(call, resp, &issuing.Error{Kind: issuing.ErrBadResponse, Err: decodeErr}))
	}
	life := DefaultTokenLife
	if reply.ExpiresIn > 0 {
		life = time.Duration(min(reply.ExpiresIn, int64(maxLife/time.Second))) * time.Second
	}
	return reply.AccessToken, asked.Add(life - min(s.cfg.RenewBefore, life/2)), nil
}

// ask makes one request for a token.
func (s *tokenSource) ask(now time.Time) (transport.Sealed, error) {
	id := uuid.NewString()
	assertion, err := jose.SignAssertion(s.cfg.Key, s.cfg.KeyID, jose.Assertion{
		ClientID: s.cfg.ClientID, Audience: s.cfg.Audience, ID: id,
		IssuedAt: now, ExpiresAt: now.Add(s.cfg.AssertionLife),
	})
	if err != nil {
		return transport.Sealed{}, &issuing.Error{Kind: issuing.ErrUnavailable, Err: err}
	}
	form := url.Values{
		"grant_type":            {"client_credentials"},
		"client_assertion_type": {jose.AssertionType},
		"client_assertion":      {assertion},
	}
	if s.cfg.Scope != "" {
		form.Set("scope", s.cfg.Scope)
	}
	header := http.Header{}
	header.Set("Content-Type", "application/x-www-form-urlencoded")
	header.Set("Accept", "application/json")
	return transport.Sealed{Header: header, Body: []byte(form.Encode()), RequestID: id}, nil
}

func (s *tokenSource) verify(reply tokenReply, now time.Time) error {
	switch {
	case reply.AccessToken.IsZero():
		return errors.New("the token endpoint's answer has no access token")
	case strings.ContainsFunc(reply.AccessToken.Reveal(), func(r rune) bool { return r <= ' ' || r >= 0x7f }):
		return errors.New("the access token has characters that no header can hold")
	case reply.TokenType != "" && !strings.EqualFold(reply.TokenType, "bearer"):
		return errors.New("the access token is not of type bearer")
	case s.cfg.TokenKey.IsZero():
		return nil
	}
	if err := jose.VerifyAccessToken(s.cfg.TokenKey, reply.AccessToken.Reveal(), now); err != nil {
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
