package coshine

import (
	"fmt"

	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/sign/jose"
)

// JWE configures the encrypted bodies of EastPay's requests to the issuer, where
// the roles of [OAuth] are reversed.
type JWE struct {
	DecryptionKey sign.PrivateKey       // the issuer's RSA key; required
	FormerKeys    []sign.PrivateKey     // open as well, during a change of DecryptionKey
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
	checkDecryptionKey(p, prefix+"DecryptionKey", j.DecryptionKey)
	for i, key := range j.FormerKeys {
		checkDecryptionKey(p, fmt.Sprintf("%sFormerKeys[%d]", prefix, i), key)
	}
}

func checkDecryptionKey(p *check.Problems, field string, key sign.PrivateKey) {
	if !p.Required(field, !key.IsZero()) {
		return
	}
	if key.Bits() < minJWEBits {
		p.Add(field, "has %d bits, at least %d are needed", key.Bits(), minJWEBits)
	}
	if !key.CanDecrypt() {
		p.Add(field, "is a signer that cannot decrypt")
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
	for i := 0; err != nil && i < len(j.FormerKeys); i++ {
		plain, err = jose.OpenJWE(j.FormerKeys[i], j.Serialization, string(body))
	}
	return wire.TrimBOM(plain), err
}
