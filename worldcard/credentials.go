package worldcard

import (
	"context"
	"fmt"
	"slices"

	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/keyring"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// Credential is what the callbacks of one merchant are checked with.
type Credential struct {
	// ID is the application id, X-App-Id. Required, and the one that was asked for: take it
	// from the record that was found, because databases compare more loosely.
	ID string
	// PlatformKeys are WorldCard's public keys for it, at least one. Several are valid at
	// once, for a change of key.
	PlatformKeys []sign.PublicKey
	// AESKeys are the merchant's, at least one. Each of them opens, for a change of key.
	AESKeys []sign.AESKey
}

// with returns the scheme of a credential.
func (s callbackScheme) with(p *check.Problems, c Credential) callbackScheme {
	p.Required("PlatformKeys", len(c.PlatformKeys) > 0)
	for i, key := range c.PlatformKeys {
		if key.IsZero() {
			p.Add(fmt.Sprintf("PlatformKeys[%d]", i), "is empty")
		}
	}
	s.keys, s.aesKeys, s.appID = slices.Clone(c.PlatformKeys), slices.Clone(c.AESKeys), c.ID
	return s
}

// lookedUp is the scheme of credentials that are looked up.
func (s callbackScheme) lookedUp(
	lookup func(context.Context, string) (Credential, error),
) *keyring.Scheme[Credential] {
	return keyring.NewScheme(keyring.Rules[Credential]{
		Lookup: lookup, Name: func(c Credential) string { return c.ID }, Answer: s.Answer, Precheck: s.Precheck,
		HeadID: func(req *webhook.Request) (string, error) { return req.Header.Get(headerAppID), nil },
		Bind: func(c Credential) (webhook.Scheme, error) {
			var p check.Problems
			p.Required("AESKeys", len(c.AESKeys) > 0 && !slices.ContainsFunc(c.AESKeys, sign.AESKey.IsZero))
			bound := s.with(&p, c)
			return bound, p.Err(providerName, "Lookup")
		},
	})
}

// likeness tells callbacks by their headers.
func likeness(req *webhook.Request) webhook.Likeness {
	if req.Header.Get(headerSignature) != "" && req.Header.Get(headerNonce) != "" {
		return webhook.LikenessFull
	}
	return webhook.LikenessNone
}
