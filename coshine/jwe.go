package coshine

import (
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/sign/jose"
)

// JWE configures the encrypted bodies of EastPay's requests to the issuer, where
// the roles of [OAuth] are reversed.
type JWE struct {
	DecryptionKey sign.PrivateKey       // the issuer's RSA key; required
	PlatformKey   sign.PublicKey        // EastPay's RSA key, for answers; required
	PlatformKeyID string                // kid of answers; empty sends none
	Serialization jose.JWESerialization // zero is compact
	ContentType   string                // of answers; empty is DefaultBodyContentType
}

// minJWEBits is the smallest RSA key for bodies; RFC 7518 demands it.
const minJWEBits = 2048

// validate reports what encrypted bodies cannot use, under the prefix of the
// settings.
func (j *JWE) validate(p *check.Problems, prefix string) {
	p.OptionalID(prefix+"PlatformKeyID", j.PlatformKeyID, 256)
	p.OptionalID(prefix+"ContentType", j.ContentType, 128)
	if j.Serialization != jose.JWESerializationCompact && j.Serialization != jose.JWESerializationJSON {
		p.Add(prefix+"Serialization", "is unknown")
	}
	if p.Required(prefix+"PlatformKey", !j.PlatformKey.IsZero()) && j.PlatformKey.Bits() < minJWEBits {
		p.Add(prefix+"PlatformKey", "has %d bits, at least %d are needed", j.PlatformKey.Bits(), minJWEBits)
	}
	if !p.Required(prefix+"DecryptionKey", !j.DecryptionKey.IsZero()) {
		return
	}
	if j.DecryptionKey.Bits() < minJWEBits {
		p.Add(prefix+"DecryptionKey", "has %d bits, at least %d are needed", j.DecryptionKey.Bits(), minJWEBits)
	}
	if !j.DecryptionKey.CanDecrypt() {
		p.Add(prefix+"DecryptionKey", "is a signer that cannot decrypt")
	}
}

// seal encrypts a body. Without a JWE bodies are plain.
func (j *JWE) seal(body []byte) ([]byte, error) {
	if j == nil {
		return body, nil
	}
	sealed, err := jose.SealJWE(j.PlatformKey, j.PlatformKeyID, j.Serialization, body)
	return []byte(sealed), err
}

// open decrypts a body.
func (j *JWE) open(body []byte) ([]byte, error) {
	body = wire.TrimBOM(body)
	if j == nil {
		return body, nil
	}
	plain, err := jose.OpenJWE(j.DecryptionKey, j.Serialization, string(body))
	return wire.TrimBOM(plain), err
}
