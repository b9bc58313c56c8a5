package jose

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"

	gojose "github.com/go-jose/go-jose/v4"

	"github.com/issuing-sdk/issuing-go/sign"
)

// JWESerialization is the text form of an encrypted body.
type JWESerialization int

// Serialisations of RFC 7516.
const (
	JWESerializationCompact JWESerialization = iota // five Base64url parts with dots between
	JWESerializationJSON                            // flattened JSON
)

// String returns the name of the serialisation.
func (s JWESerialization) String() string {
	if s == JWESerializationJSON {
		return "json"
	}
	return "compact"
}

// maxJWE bounds an encrypted body before it is parsed; Base64 takes a third
// more than the plaintext.
const maxJWE = 8 << 20

// SealJWE encrypts body for the owner of key with alg RSA-OAEP-256 and enc
// A128GCM; keyID becomes kid unless it is empty.
func SealJWE(key sign.PublicKey, keyID string, form JWESerialization, body []byte) (string, error) {
	if key.IsZero() {
		return "", fmt.Errorf("%w: the RSA public key is missing", sign.ErrKey)
	}
	encrypter, err := gojose.NewEncrypter(gojose.A128GCM,
		gojose.Recipient{Algorithm: gojose.RSA_OAEP_256, Key: key.RSA(), KeyID: keyID}, nil)
	if err != nil {
		return "", fmt.Errorf("sign: JWE: %w", err)
	}
	sealed, err := encrypter.Encrypt(body)
	if err != nil {
		return "", fmt.Errorf("sign: JWE: %w", err)
	}
	if form == JWESerializationJSON {
		return sealed.FullSerialize(), nil
	}
	return sealed.CompactSerialize()
}

// OpenJWE decrypts what [SealJWE] made for key. Another alg or enc, another
// serialisation and compressed content are refused. The key must be able to
// decrypt: an *rsa.PrivateKey or a signer that is a [crypto.Decrypter] as well.
// Every failure of a message is [sign.ErrDecrypt].
func OpenJWE(key sign.PrivateKey, form JWESerialization, text string) ([]byte, error) {
	decrypter, err := key.Decrypter()
	if err != nil {
		return nil, err
	}
	if len(text) > maxJWE {
		return nil, sign.ErrDecrypt
	}
	parse := gojose.ParseEncryptedCompact
	if form == JWESerializationJSON {
		parse = gojose.ParseEncryptedJSON
	}
	sealed, err := parse(strings.TrimSpace(text),
		[]gojose.KeyAlgorithm{gojose.RSA_OAEP_256}, []gojose.ContentEncryption{gojose.A128GCM})
	if err != nil {
		return nil, sign.ErrDecrypt
	}
	if _, compressed := sealed.Header.ExtraHeaders["zip"]; compressed {
		return nil, sign.ErrDecrypt
	}
	plain, err := sealed.Decrypt(oaepDecrypter{decrypter})
	if err != nil {
		return nil, sign.ErrDecrypt
	}
	return plain, nil
}

// oaepDecrypter opens content keys through a [crypto.Decrypter], so that the
// key can stay in an HSM.
type oaepDecrypter struct{ key crypto.Decrypter }

// DecryptKey implements [gojose.OpaqueKeyDecrypter].
func (d oaepDecrypter) DecryptKey(encryptedKey []byte, header gojose.Header) ([]byte, error) {
	if header.Algorithm != string(gojose.RSA_OAEP_256) {
		return nil, errors.New("unexpected algorithm")
	}
	key, err := d.key.Decrypt(rand.Reader, encryptedKey, &rsa.OAEPOptions{Hash: crypto.SHA256})
	if err != nil || len(key) != sha256.Size/2 {
		return nil, errors.New("the content key does not open")
	}
	return key, nil
}
