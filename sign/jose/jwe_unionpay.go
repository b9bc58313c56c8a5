package jose

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"fmt"

	gojose "github.com/go-jose/go-jose/v4"

	"github.com/issuing-sdk/issuing-go/sign"
)

// UPIKeyAlgorithm is how a JWE's content key is encrypted.
type UPIKeyAlgorithm string

// Key algorithms. UnionPay documents the first alone; the others are settings
// for an agreement with UPI.
const (
	UPIKeyAlgorithmRSA15      UPIKeyAlgorithm = "RSA1_5"       // RSAES-PKCS1-v1_5; the default
	UPIKeyAlgorithmRSAOAEP    UPIKeyAlgorithm = "RSA-OAEP"     // RSAES-OAEP with SHA-1
	UPIKeyAlgorithmRSAOAEP256 UPIKeyAlgorithm = "RSA-OAEP-256" // RSAES-OAEP with SHA-256
)

// Known reports whether a is one of the constants.
func (a UPIKeyAlgorithm) Known() bool {
	return a == UPIKeyAlgorithmRSA15 || a == UPIKeyAlgorithmRSAOAEP || a == UPIKeyAlgorithmRSAOAEP256
}

// UPIContentEncryption is how a JWE's content is encrypted.
type UPIContentEncryption string

// Content encryptions. UnionPay documents the first alone; the others are
// settings for an agreement with UPI.
const (
	UPIContentEncryptionA128CBCHS256 UPIContentEncryption = "A128CBC-HS256" // the default
	UPIContentEncryptionA256CBCHS512 UPIContentEncryption = "A256CBC-HS512" // AES-256-CBC with HMAC-SHA-512
	UPIContentEncryptionA128GCM      UPIContentEncryption = "A128GCM"       // AES-128-GCM
	UPIContentEncryptionA256GCM      UPIContentEncryption = "A256GCM"       // AES-256-GCM
)

// cekBytes are the lengths of the content keys.
var cekBytes = map[UPIContentEncryption]int{
	UPIContentEncryptionA128CBCHS256: 32, UPIContentEncryptionA256CBCHS512: 64,
	UPIContentEncryptionA128GCM: 16, UPIContentEncryptionA256GCM: 32,
}

// Known reports whether e is one of the constants.
func (e UPIContentEncryption) Known() bool { return cekBytes[e] > 0 }

// UPIJWE makes and opens compact JWE with one pair of algorithms. A message
// with another pair is refused whatever it says of itself. The zero UPIJWE is
// UnionPay's documented pair, RSA1_5 and A128CBC-HS256.
type UPIJWE struct {
	Alg UPIKeyAlgorithm      // "" is RSA1_5
	Enc UPIContentEncryption // "" is A128CBC-HS256
}

func (j UPIJWE) algorithms() (UPIKeyAlgorithm, UPIContentEncryption) {
	if j.Alg == "" {
		j.Alg = UPIKeyAlgorithmRSA15
	}
	if j.Enc == "" {
		j.Enc = UPIContentEncryptionA128CBCHS256
	}
	return j.Alg, j.Enc
}

// Supported reports whether both algorithms are.
func (j UPIJWE) Supported() bool {
	alg, enc := j.algorithms()
	return alg.Known() && enc.Known()
}

// Encrypt returns the compact JWE of plaintext for the recipient's key, whose
// certificate id is kid.
func (j UPIJWE) Encrypt(key sign.PublicKey, kid string, plaintext []byte) (string, error) {
	if key.IsZero() {
		return "", fmt.Errorf("%w: the recipient's encryption key is missing", sign.ErrKey)
	}
	if !printableID(kid) {
		return "", fmt.Errorf("%w: the id of the recipient's encryption key is empty or not printable", sign.ErrKey)
	}
	alg, enc := j.algorithms()
	if !alg.Known() || !enc.Known() {
		return "", fmt.Errorf("%w: unsupported JWE algorithms", sign.ErrKey)
	}
	encrypter, err := gojose.NewEncrypter(gojose.ContentEncryption(enc),
		gojose.Recipient{Algorithm: gojose.KeyAlgorithm(alg), Key: key.RSA(), KeyID: kid}, nil)
	if err != nil {
		return "", fmt.Errorf("sign: JWE: %w", err)
	}
	object, err := encrypter.Encrypt(plaintext)
	if err != nil {
		return "", fmt.Errorf("sign: JWE: %w", err)
	}
	return object.CompactSerialize()
}

// Decrypt opens a compact JWE with the key that its kid names. Every failure of
// the message is [sign.ErrDecrypt]: another algorithm, an unknown kid, a content key
// of bad padding and a bad tag look the same.
func (j UPIJWE) Decrypt(keys map[string]sign.PrivateKey, text string) ([]byte, error) {
	alg, enc := j.algorithms()
	if !alg.Known() || !enc.Known() {
		return nil, fmt.Errorf("%w: unsupported JWE algorithms", sign.ErrKey)
	}
	object, err := gojose.ParseEncryptedCompact(text,
		[]gojose.KeyAlgorithm{gojose.KeyAlgorithm(alg)}, []gojose.ContentEncryption{gojose.ContentEncryption(enc)})
	if err != nil {
		return nil, sign.ErrDecrypt
	}
	// Compression is no part of UnionPay's profile and would let a short message
	// grow.
	if _, compressed := object.Header.ExtraHeaders["zip"]; compressed {
		return nil, sign.ErrDecrypt
	}
	key, ok := keys[object.Header.KeyID]
	if !ok || key.IsZero() {
		return nil, sign.ErrDecrypt
	}
	decrypter, err := key.Decrypter()
	if err != nil {
		return nil, err
	}
	plaintext, err := object.Decrypt(contentKeys{decrypter, key.Bits(), alg, cekBytes[enc]})
	if err != nil {
		return nil, sign.ErrDecrypt
	}
	return plaintext, nil
}

// contentKeys opens content keys for go-jose with any crypto.Decrypter, so that
// the key can stay in an HSM.
type contentKeys struct {
	key  crypto.Decrypter
	bits int
	alg  UPIKeyAlgorithm
	size int
}

// DecryptKey implements gojose.OpaqueKeyDecrypter.
func (k contentKeys) DecryptKey(encrypted []byte, _ gojose.Header) ([]byte, error) {
	switch k.alg {
	case UPIKeyAlgorithmRSAOAEP:
		return k.key.Decrypt(rand.Reader, encrypted, &rsa.OAEPOptions{Hash: crypto.SHA1})
	case UPIKeyAlgorithmRSAOAEP256:
		return k.key.Decrypt(rand.Reader, encrypted, &rsa.OAEPOptions{Hash: crypto.SHA256})
	}
	if len(encrypted) != (k.bits+7)/8 {
		return nil, sign.ErrDecrypt
	}
	// UnionPay documents RSA1_5. With a session key length, bad padding yields a
	// random content key in the same time, and the tag is what fails: there is
	// no padding oracle.
	//lint:ignore SA1019 UnionPay's documented sample uses RSA1_5
	return k.key.Decrypt(rand.Reader, encrypted, &rsa.PKCS1v15DecryptOptions{SessionKeyLen: k.size})
}

// printableID reports whether id can stand in a JSON header unescaped.
func printableID(id string) bool {
	for i := range len(id) {
		if id[i] <= ' ' || id[i] > '~' || id[i] == '"' || id[i] == '\\' {
			return false
		}
	}
	return id != ""
}
