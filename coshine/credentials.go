package coshine

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/keyring"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// Credential is what EastPay's requests to one participant are checked with.
type Credential struct {
	// ID is what the participant's address says; "" for one that says nothing. It must be
	// the one that was asked for: take it from the record that was found, because databases
	// compare more loosely.
	ID string
	// Tokens, Authenticate, JWE and ParticipantID are as in [CallbackConfig]. Either Tokens
	// or Authenticate is required.
	Tokens        []issuing.Secret
	Authenticate  func(ctx context.Context, token issuing.Secret) error
	JWE           *JWE
	ParticipantID string
}

// with returns the scheme of a credential.
func (s callbackScheme) with(p *check.Problems, c Credential) *callbackScheme {
	var hashes [][sha256.Size]byte
	for i, token := range c.Tokens {
		text := token.Reveal()
		p.ID(fmt.Sprintf("Tokens[%d]", i), text, 0)
		hashes = append(hashes, sha256.Sum256([]byte(text)))
	}
	s.hashes = func() [][sha256.Size]byte { return hashes }
	p.OptionalID("ParticipantID", c.ParticipantID, 0)
	s.cfg.Tokens, s.cfg.Authenticate = slices.Clone(c.Tokens), c.Authenticate
	s.cfg.JWE, s.cfg.ParticipantID = nil, c.ParticipantID
	if c.JWE != nil {
		jwe := *c.JWE
		jwe.FormerKeys = slices.Clone(jwe.FormerKeys)
		jwe.validate(p, "JWE.")
		s.cfg.JWE, s.contentType = &jwe, cmp.Or(jwe.ContentType, DefaultBodyContentType)
	}
	return &s
}

// lookedUp is the scheme of credentials that are looked up.
func (s callbackScheme) lookedUp() *keyring.Scheme[Credential] {
	return keyring.NewScheme(keyring.Rules[Credential]{
		Lookup: s.cfg.Lookup, Name: func(c Credential) string { return c.ID }, Answer: s.Answer, Precheck: s.form,
		Bind: func(c Credential) (webhook.Scheme, error) {
			var p check.Problems
			if (len(c.Tokens) == 0) == (c.Authenticate == nil) {
				p.Add("Tokens, Authenticate", "need exactly one of them")
			}
			bound := s.with(&p, c)
			return bound, p.Err(providerName, "Lookup")
		},
	})
}

// likeness tells EastPay's requests by the bearer token.
func likeness(req *webhook.Request) webhook.Likeness {
	if _, ok := bearer(req); ok {
		return webhook.LikenessFull
	}
	return webhook.LikenessNone
}
