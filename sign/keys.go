package sign

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// maxKeyText bounds the text of a key; a 16384-bit RSA key in PEM has 13 kB.
const maxKeyText = 32 << 10

// MinRSABits and MaxRSABits bound the RSA moduli that are accepted. Providers
// can demand more than the least; with more than the most, one check of a
// signature takes seconds.
const (
	MinRSABits = 1024
	MaxRSABits = 16384
)

// ErrKey marks a key that cannot be used; the message says what was wanted and
// what was found.
var ErrKey = errors.New("unusable key")

// PrivateKey is a merchant's own RSA key, in memory or behind a
// [crypto.Signer]. It prints as "[redacted]". The zero PrivateKey is no key.
type PrivateKey struct{ p *privateKey }

type privateKey struct {
	signer hidden[crypto.Signer]
	public *rsa.PublicKey
}

// NewPrivateKey wraps a signer whose public key is RSA: an *rsa.PrivateKey or a
// handle to an HSM or KMS key. The signer must be safe for concurrent use.
func NewPrivateKey(signer crypto.Signer) (PrivateKey, error) {
	if signer == nil {
		return PrivateKey{}, fmt.Errorf("%w: the signer is nil", ErrKey)
	}
	if k, ok := signer.(*rsa.PrivateKey); ok {
		if k == nil {
			return PrivateKey{}, fmt.Errorf("%w: the RSA private key is nil", ErrKey)
		}
		if err := checkRSA(&k.PublicKey); err != nil {
			return PrivateKey{}, err
		}
		if err := k.Validate(); err != nil {
			return PrivateKey{}, fmt.Errorf("%w: the RSA private key is inconsistent", ErrKey)
		}
	}
	public, ok := signer.Public().(*rsa.PublicKey)
	if !ok {
		return PrivateKey{}, fmt.Errorf("%w: want an RSA private key, found %s", ErrKey, kindOf(signer.Public()))
	}
	if err := checkRSA(public); err != nil {
		return PrivateKey{}, err
	}
	return PrivateKey{&privateKey{signer: hide(signer), public: public}}, nil
}

// ParsePrivateKey reads an RSA private key from PEM (PKCS #8 or PKCS #1) or
// from the bare Base64 of its DER. Surrounding white space is ignored.
func ParsePrivateKey(text string) (PrivateKey, error) {
	der, label, err := decodeKeyText(text)
	if err != nil {
		return PrivateKey{}, err
	}
	key, found := parsePrivateDER(der)
	if key == nil {
		if found == "" {
			found = describeDER(der, label)
		}
		return PrivateKey{}, fmt.Errorf("%w: want an RSA private key, found %s", ErrKey, found)
	}
	return NewPrivateKey(key)
}

func parsePrivateDER(der []byte) (key *rsa.PrivateKey, found string) {
	if k, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return k, ""
	}
	k, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, ""
	}
	if r, ok := k.(*rsa.PrivateKey); ok {
		return r, ""
	}
	if s, ok := k.(crypto.Signer); ok {
		return nil, kindOf(s.Public()) + " (private)"
	}
	return nil, "another private key"
}

// IsZero reports whether there is no key.
func (k PrivateKey) IsZero() bool { return k.p == nil }

// Bits returns the size of the modulus, 0 without a key.
func (k PrivateKey) Bits() int {
	if k.p == nil {
		return 0
	}
	return k.p.public.N.BitLen()
}

// Fingerprint returns 64 hexadecimal digits that identify data among all that is
// fingerprinted with the key, and from which nobody without the key can find a
// short secret in data, such as a one-time password, by trying. It is the hash of
// a PKCS #1 v1.5 signature, which is the same every time, so that a key in an HSM
// serves as well; it costs one use of the key.
func (k PrivateKey) Fingerprint(data []byte) (string, error) {
	if k.p == nil {
		return "", fmt.Errorf("%w: the RSA private key is missing", ErrKey)
	}
	digest := sha256.Sum256(append([]byte("issuing-go fingerprint "), data...))
	signature, err := k.p.signer().Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return "", fmt.Errorf("sign: fingerprint: %w", err)
	}
	sum := sha256.Sum256(signature)
	return hex.EncodeToString(sum[:]), nil
}

// CanDecrypt reports whether the key is able to decrypt: a key in memory is, a
// signer only when it is a [crypto.Decrypter] too.
func (k PrivateKey) CanDecrypt() bool {
	_, err := k.Decrypter()
	return err == nil
}

// Decrypter returns the key as one that can decrypt, for other libraries. It
// fails for a signer that is no [crypto.Decrypter].
func (k PrivateKey) Decrypter() (crypto.Decrypter, error) {
	if k.p == nil {
		return nil, fmt.Errorf("%w: the RSA private key is missing", ErrKey)
	}
	d, ok := k.p.signer().(crypto.Decrypter)
	if !ok {
		return nil, fmt.Errorf("%w: the RSA private key cannot decrypt", ErrKey)
	}
	return d, nil
}

// Public returns the public half, which the merchant gives to the platform.
func (k PrivateKey) Public() PublicKey {
	if k.p == nil {
		return PublicKey{}
	}
	return newPublic(k.p.public)
}

// Format implements [fmt.Formatter] for every verb.
func (PrivateKey) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[redacted]") }

// LogValue implements [slog.LogValuer].
func (PrivateKey) LogValue() slog.Value { return slog.StringValue("[redacted]") }

// MarshalText returns "[redacted]".
func (PrivateKey) MarshalText() ([]byte, error) { return []byte("[redacted]"), nil }

// PublicKey is a platform's RSA key, with which its messages are verified. It
// prints as its fingerprint. The zero PublicKey is no key.
type PublicKey struct{ p *publicKey }

type publicKey struct {
	rsa         *rsa.PublicKey
	fingerprint string
}

func newPublic(key *rsa.PublicKey) PublicKey {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return PublicKey{}
	}
	sum := sha256.Sum256(der)
	return PublicKey{&publicKey{rsa: key, fingerprint: hex.EncodeToString(sum[:])}}
}

// NewPublicKey wraps an RSA public key.
func NewPublicKey(key *rsa.PublicKey) (PublicKey, error) {
	if err := checkRSA(key); err != nil {
		return PublicKey{}, err
	}
	return newPublic(key), nil
}

// ParsePublicKey reads an RSA public key from PEM (PKIX, PKCS #1 or an X.509
// certificate, whose validity dates are not checked) or from the bare Base64 of
// the DER of one of them. Surrounding white space is ignored.
func ParsePublicKey(text string) (PublicKey, error) {
	der, label, err := decodeKeyText(text)
	if err != nil {
		return PublicKey{}, err
	}
	if k, err := x509.ParsePKCS1PublicKey(der); err == nil {
		return NewPublicKey(k)
	}
	var found any
	if k, err := x509.ParsePKIXPublicKey(der); err == nil {
		found = k
	} else if cert, err := x509.ParseCertificate(der); err == nil {
		found = cert.PublicKey
	}
	if k, ok := found.(*rsa.PublicKey); ok {
		return NewPublicKey(k)
	}
	if found != nil {
		return PublicKey{}, fmt.Errorf("%w: want an RSA public key, found %s", ErrKey, kindOf(found))
	}
	return PublicKey{}, fmt.Errorf("%w: want an RSA public key, found %s", ErrKey, describeDER(der, label))
}

// IsZero reports whether there is no key.
func (k PublicKey) IsZero() bool { return k.p == nil }

// Bits returns the size of the modulus, 0 without a key.
func (k PublicKey) Bits() int {
	if k.p == nil {
		return 0
	}
	return k.p.rsa.N.BitLen()
}

// RSA returns the key for other libraries, nil without a key. It must not be
// changed.
func (k PublicKey) RSA() *rsa.PublicKey {
	if k.p == nil {
		return nil
	}
	return k.p.rsa
}

// Fingerprint returns the SHA-256 of the key's PKIX DER in lower-case hex.
func (k PublicKey) Fingerprint() string {
	if k.p == nil {
		return ""
	}
	return k.p.fingerprint
}

// String returns the type and the fingerprint.
func (k PublicKey) String() string { return "rsa-public-key " + k.Fingerprint() }

// Format implements [fmt.Formatter] for every verb.
func (k PublicKey) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, k.String()) }

// MarshalText returns the key as PKIX PEM.
func (k PublicKey) MarshalText() ([]byte, error) {
	if k.p == nil {
		return nil, nil
	}
	der, err := x509.MarshalPKIXPublicKey(k.p.rsa)
	if err != nil {
		return nil, fmt.Errorf("%w: cannot encode", ErrKey)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), nil
}

func checkRSA(key *rsa.PublicKey) error {
	if key == nil || key.N == nil {
		return fmt.Errorf("%w: the RSA key is nil", ErrKey)
	}
	if key.N.Sign() <= 0 || key.N.Bit(0) == 0 {
		return fmt.Errorf("%w: the RSA modulus is not valid", ErrKey)
	}
	if bits := key.N.BitLen(); bits < MinRSABits {
		return fmt.Errorf("%w: the RSA key has %d bits, at least %d are needed", ErrKey, bits, MinRSABits)
	} else if bits > MaxRSABits {
		return fmt.Errorf("%w: the RSA key has %d bits, at most %d are supported", ErrKey, bits, MaxRSABits)
	}
	if key.E < 3 || key.E&1 == 0 {
		return fmt.Errorf("%w: the RSA public exponent is not valid", ErrKey)
	}
	return nil
}

// decodeKeyText returns the DER of PEM or bare Base64 text.
func decodeKeyText(text string) (der []byte, label string, err error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return nil, "", fmt.Errorf("%w: the text is empty", ErrKey)
	case len(text) > maxKeyText:
		return nil, "", fmt.Errorf("%w: the text has %d characters, at most %d are read", ErrKey, len(text), maxKeyText)
	}
	if block, rest := pem.Decode([]byte(text)); block != nil {
		if strings.Contains(block.Type, "ENCRYPTED") || block.Headers["DEK-Info"] != "" {
			return nil, "", fmt.Errorf("%w: the private key is encrypted with a passphrase; decrypt it first", ErrKey)
		}
		if strings.TrimSpace(string(rest)) != "" {
			return nil, "", fmt.Errorf("%w: text follows the first PEM block", ErrKey)
		}
		return block.Bytes, block.Type, nil
	}
	if strings.Contains(text, "-----BEGIN") {
		return nil, "", fmt.Errorf("%w: the PEM block is damaged", ErrKey)
	}
	compact := strings.Join(strings.Fields(text), "")
	der, decodeErr := base64.StdEncoding.DecodeString(compact)
	if decodeErr != nil {
		return nil, "", fmt.Errorf("%w: neither PEM nor Base64 of DER", ErrKey)
	}
	return der, "", nil
}

// describeDER names what a DER of the wrong kind is.
func describeDER(der []byte, label string) string {
	if k, found := parsePrivateDER(der); k != nil {
		return "an RSA private key"
	} else if found != "" {
		return found
	}
	if _, err := x509.ParsePKCS1PublicKey(der); err == nil {
		return "an RSA public key"
	}
	if k, err := x509.ParsePKIXPublicKey(der); err == nil {
		return kindOf(k) + " (public)"
	}
	if _, err := x509.ParseCertificate(der); err == nil {
		return "a certificate"
	}
	if _, err := x509.ParseECPrivateKey(der); err == nil {
		return "an EC private key"
	}
	if label != "" {
		return fmt.Sprintf("an unreadable PEM block of type %.40q", label)
	}
	return "bytes that are no key"
}

func kindOf(key any) string {
	switch key.(type) {
	case *rsa.PublicKey:
		return "an RSA key"
	case *ecdsa.PublicKey:
		return "an EC key"
	case ed25519.PublicKey:
		return "an Ed25519 key"
	default:
		return "a key of another type"
	}
}
