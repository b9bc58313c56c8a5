package legacy

import (
	"context"
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
	// ID is the application key, appKey. Required, and the one that was asked for: take it
	// from the record that was found, because databases compare more loosely.
	ID string
	// AppSecrets sign its callbacks, at least one. Several are valid at once, for a change
	// of secret.
	AppSecrets []sign.AppSecret
}

// with returns the scheme of a credential.
func (s callbackScheme) with(p *check.Problems, c Credential) callbackScheme {
	p.Required("AppSecrets", len(c.AppSecrets) > 0)
	for i, secret := range c.AppSecrets {
		if secret.IsZero() {
			p.Add(fmt.Sprintf("AppSecrets[%d]", i), "is empty")
		}
	}
	s.appKey, s.secrets = c.ID, slices.Clone(c.AppSecrets)
	return s
}

// lookedUp is the scheme of credentials that are looked up.
func (s callbackScheme) lookedUp(
	lookup func(context.Context, string) (Credential, error),
) *keyring.Scheme[Credential] {
	return keyring.NewScheme(keyring.Rules[Credential]{
		Lookup: lookup, Name: func(c Credential) string { return c.ID }, Answer: s.Answer, Decode: s.Decode,
		BodyID: func(req *webhook.Request) (string, error) { return wire.Text(string(req.Body), "appKey"), nil },
		Bind: func(c Credential) (webhook.Scheme, error) {
			var p check.Problems
			bound := s.with(&p, c)
			return bound, p.Err(providerName, "Lookup")
		},
	})
}

// likeness tells callbacks by two members of the body.
func likeness(req *webhook.Request) webhook.Likeness {
	body := string(req.Body)
	switch {
	case body == "":
		return webhook.LikenessBody
	case wire.Text(body, "appKey") != "" && wire.Text(body, "sign") != "":
		return webhook.LikenessFull
	}
	return webhook.LikenessNone
}
