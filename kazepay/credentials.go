package kazepay

import (
	"fmt"
	"slices"

	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/keyring"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// Credential is what the callbacks of one merchant are checked with.
type Credential struct {
	// ID is the merchant's system id, head.sysId. Required, and the one that was asked for:
	// take it from the record that was found, because databases compare more loosely.
	ID string
	// PlatformKeys are KazePay's public keys for it, of 2048 bits or more, at least one.
	// Several are valid at once, for a change of key.
	PlatformKeys []sign.PublicKey
	// PrivateKeys are the merchant's, as CallbackConfig.PrivateKey, at least one. Several
	// unwrap, for a change of key: put the one first that KazePay uses, because each that
	// does not fit costs a private-key operation.
	PrivateKeys []sign.PrivateKey
}

// with returns the scheme of a credential.
func (s callbackScheme) with(p *check.Problems, c Credential) callbackScheme {
	p.Required("PlatformKeys", len(c.PlatformKeys) > 0)
	for i, key := range c.PlatformKeys {
		p.Key(fmt.Sprintf("PlatformKeys[%d]", i), key.Bits(), minRSABits)
	}
	s.peers, s.own, s.cfg.SysID = slices.Clone(c.PlatformKeys), slices.Clone(c.PrivateKeys), c.ID
	return s
}

// lookedUp is the scheme of credentials that are looked up.
func (s callbackScheme) lookedUp() *keyring.Scheme[Credential] {
	return keyring.NewScheme(keyring.Rules[Credential]{
		Lookup: s.cfg.Lookup, Name: func(c Credential) string { return c.ID }, Answer: s.Answer, Decode: s.Decode,
		BodyID: func(req *webhook.Request) (string, error) {
			for name, head := range wire.Members(req.Body) {
				if name == "head" {
					return wire.Text(string(head), "sysId"), nil
				}
			}
			return "", unsupported(req.Body)
		},
		Bind: func(c Credential) (webhook.Scheme, error) {
			var p check.Problems
			p.Required("PrivateKeys", len(c.PrivateKeys) > 0)
			for i, key := range c.PrivateKeys {
				checkPrivateKey(&p, fmt.Sprintf("PrivateKeys[%d]", i), key)
			}
			bound := s.with(&p, c)
			return bound, p.Err(providerName, "Lookup")
		},
	})
}

// likeness tells callbacks by the form of their body.
func likeness(req *webhook.Request) webhook.Likeness {
	if len(req.Body) == 0 {
		return webhook.LikenessBody
	}
	for name := range wire.Members(req.Body) {
		if name == "head" {
			return webhook.LikenessFull
		}
	}
	return webhook.LikenessNone
}
