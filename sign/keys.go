package sign

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync/atomic"
)

// MinRSABits and MaxRSABits bound the RSA moduli that are accepted. Providers
// can demand more than the least; with more than the most, one check of a
// signature takes seconds.
const (
	MinRSABits = 1024
	MaxRSABits = 16384
)

// maxExponent is the greatest public exponent with which crypto/rsa verifies.
const maxExponent = 1<<31 - 1

// ErrKey marks a key that cannot be used; the message says what was wanted and
// what was found.
var ErrKey = errors.New("unusable key")

// PrivateKey is a merchant's own RSA key, in memory or behind a
// [crypto.Signer]. It prints as "[redacted]". The zero PrivateKey is no key.
type PrivateKey struct{ p *privateKey }

type privateKey struct {
	signer hidden[crypto.Signer]
	public *rsa.PublicKey
	print  atomic.Pointer[func(data []byte) string] // nil until it is asked for
}

// NewPrivateKey wraps a signer whose public key is RSA: an *rsa.PrivateKey or a
// handle to an HSM or KMS key. The signer must be safe for concurrent use. One that
// is nil or incomplete is an ErrKey.
func NewPrivateKey(signer crypto.Signer) (PrivateKey, error) {
	found, err := publicOf(signer)
	if err != nil {
		return PrivateKey{}, err
	}
	public, ok := found.(*rsa.PublicKey)
	if !ok {
		return PrivateKey{}, wantFound("an RSA private key", kindOf(found, "key"))
	}
	if err := checkRSA(public); err != nil {
		return PrivateKey{}, err
	}
	if k, ok := signer.(*rsa.PrivateKey); ok && guarded(k.Validate) != nil {
		return PrivateKey{}, fmt.Errorf("%w: the RSA private key is incomplete or inconsistent", ErrKey)
	}
	return PrivateKey{&privateKey{signer: hide(signer), public: public}}, nil
}

// ParsePrivateKey reads an RSA private key of PKCS #8 or PKCS #1, also one that is
// typed RSA-PSS, in the forms that environments, secret stores, editors and openssl
// hand out:
//
//   - PEM with line breaks of any kind, written as \n, turned into blanks or lost;
//     indented, in quotes, after a byte order mark;
//   - the Base64 of the PEM;
//   - the DER in Base64 of either alphabet, with or without padding and line breaks,
//     in hexadecimal, or as it is.
//
// Of several blocks the one private key counts; certificates, public keys and
// parameters beside it, and text around the blocks, are read over. Several private
// keys are refused, and so are an encrypted key and bytes after the key's end. The
// text has at most 64 KiB. The error, an ErrKey, says what was found and what to do,
// and quotes nothing of the text.
func ParsePrivateKey(text string) (PrivateKey, error) {
	const want = "an RSA private key"
	found, err := parsePrivate(text, want)
	if err != nil {
		return PrivateKey{}, err
	}
	key, ok := found.(*rsa.PrivateKey)
	if !ok {
		return PrivateKey{}, wantFound(want, kindOf(found, "private key"))
	}
	return NewPrivateKey(key)
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
// short secret in data, such as a one-time password, by trying. It is an HMAC under
// the hash of a PKCS #1 v1.5 signature, which is the same every time, so that a key
// in an HSM serves as well. The first call uses the key once, and an error of that
// call is the key's; later calls use it no more.
func (k PrivateKey) Fingerprint(data []byte) (string, error) {
	if k.p == nil {
		return "", fmt.Errorf("%w: the RSA private key is missing", ErrKey)
	}
	if known := k.p.print.Load(); known != nil {
		return (*known)(data), nil
	}
	digest := sha256.Sum256([]byte("issuing-go fingerprint key"))
	signature, err := k.p.signer().Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return "", fmt.Errorf("sign: fingerprint: %w", err)
	}
	made := fingerprinter(signature)
	k.p.print.Store(&made)
	return made(data), nil
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

// ParsePublicKey reads an RSA public key of PKIX or PKCS #1, also one that is typed
// RSA-PSS, or that of an X.509 certificate, whose dates and issuer are not checked.
// The forms are those of [ParsePrivateKey].
//
// Of several blocks the one public key counts, several are refused; without one it is
// the key of the first certificate, which in a chain is the leaf. A private key is
// never taken for its public half.
func ParsePublicKey(text string) (PublicKey, error) {
	const want = "an RSA public key"
	found, err := parsePublic(text, want)
	if err != nil {
		return PublicKey{}, err
	}
	key, ok := found.(*rsa.PublicKey)
	if !ok {
		return PublicKey{}, wantFound(want, kindOf(found, "public key"))
	}
	return NewPublicKey(key)
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
	if key.E < 3 || key.E&1 == 0 || key.E > maxExponent {
		return fmt.Errorf("%w: the RSA public exponent is not odd, or not between 3 and 2^31-1", ErrKey)
	}
	return nil
}
