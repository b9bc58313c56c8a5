package keyring

import (
	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/sign"
)

// minDigestSecret is the shortest DedupeSecret, in bytes.
const minDigestSecret = 16

// NeedDigest reports a DedupeSecret that is missing where keys are looked up: they change,
// and the ids of events must not.
func NeedDigest(p *check.Problems, secret issuing.Secret) {
	if secret.IsZero() {
		p.Add("DedupeSecret", "is required with Lookup: the ids of events must outlive the keys")
	}
}

// Digest returns what stands for content in the ids of events, keyed with the secret
// DedupeSecret of a configuration: ids reach logs and databases, and what is short in
// them is guessed easily. Without a secret it is nil.
func Digest(p *check.Problems, secret issuing.Secret) func(content []byte) string {
	switch {
	case secret.IsZero():
		return nil
	case secret.Len() < minDigestSecret:
		p.Add("DedupeSecret", "has %d bytes, at least %d are needed", secret.Len(), minDigestSecret)
		return nil
	}
	key, err := sign.NewHMACKey(secret)
	p.Cause("DedupeSecret", err)
	return key.Fingerprint
}
