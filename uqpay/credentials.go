package uqpay

import (
	"context"
	"fmt"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/keyring"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// Credential is what the callbacks of one master account are checked with.
type Credential struct {
	// ID is what the account's address says; "" for one that says nothing. It must be the
	// one that was asked for: take it from the record that was found, because databases
	// compare more loosely.
	ID string
	// Secrets are the account's webhook secrets, at least one. Several are valid at once,
	// for a change of secret.
	Secrets []issuing.Secret
}

// with returns the scheme of a credential.
func (s callbackScheme) with(p *check.Problems, c Credential) callbackScheme {
	p.Required("Secrets", len(c.Secrets) > 0)
	s.keys = nil
	for i, secret := range c.Secrets {
		key, err := sign.NewHMACKey(secret)
		if err != nil {
			p.Cause(fmt.Sprintf("Secrets[%d]", i), err)
			continue
		}
		s.keys = append(s.keys, key)
	}
	return s
}

// lookedUp is the scheme of credentials that are looked up.
func (s callbackScheme) lookedUp(
	lookup func(context.Context, string) (Credential, error),
) *keyring.Scheme[Credential] {
	return keyring.NewScheme(keyring.Rules[Credential]{
		Lookup: lookup, Name: func(c Credential) string { return c.ID }, Answer: s.Answer, Decode: s.Decode,
		Precheck: s.precheck,
		Bind: func(c Credential) (webhook.Scheme, error) {
			var p check.Problems
			bound := s.with(&p, c)
			return bound, p.Err(providerName, "Lookup")
		},
	})
}

// likeness tells callbacks by a header.
func likeness(req *webhook.Request) webhook.Likeness {
	if req.Header.Get(headerSignature) != "" {
		return webhook.LikenessFull
	}
	return webhook.LikenessNone
}
