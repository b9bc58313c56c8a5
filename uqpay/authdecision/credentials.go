package authdecision

import (
	"bytes"

	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/keyring"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// Credential is what the requests about one master account's cards are opened and
// answered with.
type Credential struct {
	// ID is what the account's address says; "" for one that says nothing. It must be the
	// one that was asked for: take it from the record that was found, because databases
	// compare more loosely.
	ID string
	// Key is the merchant's own for it. Required; for a change of key it holds the old one
	// and the new one, see [ParsePrivateKey].
	Key PrivateKey
	// PlatformKey is UQPAY's, to which answers are encrypted. Required.
	PlatformKey PublicKey
}

// with returns the scheme of a credential.
func (s callbackScheme) with(p *check.Problems, c Credential) callbackScheme {
	keys := p.Required("Key", !c.Key.IsZero())
	keys = p.Required("PlatformKey", !c.PlatformKey.IsZero()) && keys
	if keys && c.Key.holds(c.PlatformKey) {
		p.Add("PlatformKey", "is the own key: the own key and the platform's are the same")
	}
	s.cfg.Key, s.cfg.PlatformKey = c.Key, c.PlatformKey
	return s
}

// lookedUp is the scheme of credentials that are looked up.
func (s callbackScheme) lookedUp() *keyring.Scheme[Credential] {
	return keyring.NewScheme(keyring.Rules[Credential]{
		Lookup: s.cfg.Lookup, Name: func(c Credential) string { return c.ID }, Answer: s.Answer, Precheck: s.precheck,
		Bind: func(c Credential) (webhook.Scheme, error) {
			var p check.Problems
			bound := s.with(&p, c)
			return bound, p.Err("authdecision", "Lookup")
		},
	})
}

// likeness tells requests by the armor of their body.
func likeness(req *webhook.Request) webhook.Likeness {
	switch body := bytes.TrimSpace(wire.TrimBOM(req.Body)); {
	case len(req.Body) == 0:
		return webhook.LikenessBody
	case bytes.HasPrefix(body, []byte("-----BEGIN "+messageType)):
		return webhook.LikenessFull
	}
	return webhook.LikenessNone
}
