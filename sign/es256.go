package sign

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
)

// ES256Key is an own EC key on the curve P-256, in memory or behind a
// [crypto.Signer]. It prints as "[redacted]". The zero ES256Key is no key.
type ES256Key struct{ p *es256Key }

type es256Key struct {
	signer hidden[crypto.Signer]
	public *ecdsa.PublicKey
}

// NewES256Key wraps a signer whose public key is ECDSA on P-256: an
// *ecdsa.PrivateKey or a handle to an HSM or KMS key. The signer must be safe
// for concurrent use. One that is nil or incomplete is an ErrKey.
func NewES256Key(signer crypto.Signer) (ES256Key, error) {
	found, err := publicOf(signer)
	if err != nil {
		return ES256Key{}, err
	}
	public, ok := found.(*ecdsa.PublicKey)
	if !ok {
		return ES256Key{}, wantFound("an EC private key on P-256", kindOf(found, "key"))
	}
	if err := checkP256(public); err != nil {
		return ES256Key{}, err
	}
	if k, ok := signer.(*ecdsa.PrivateKey); ok {
		if guarded(func() error { _, err := k.Bytes(); return err }) != nil {
			return ES256Key{}, fmt.Errorf("%w: the EC private key is incomplete or inconsistent", ErrKey)
		}
	}
	return ES256Key{&es256Key{signer: hide(signer), public: public}}, nil
}

// ParseES256Key reads an EC private key on P-256 of PKCS #8 or SEC 1, also with the
// parameters that "openssl ecparam -genkey" writes before it. Forms, the block that
// counts and refusals are those of [ParsePrivateKey].
func ParseES256Key(text string) (ES256Key, error) {
	const want = "an EC private key on P-256"
	found, err := parsePrivate(text, want)
	if err != nil {
		return ES256Key{}, err
	}
	key, ok := found.(*ecdsa.PrivateKey)
	if !ok {
		return ES256Key{}, wantFound(want, kindOf(found, "private key"))
	}
	return NewES256Key(key)
}

// IsZero reports whether there is no key.
func (k ES256Key) IsZero() bool { return k.p == nil }

// Signer returns the key for other libraries, nil without a key.
func (k ES256Key) Signer() crypto.Signer {
	if k.p == nil {
		return nil
	}
	return k.p.signer()
}

// Public returns the public half, which is given to the other side.
func (k ES256Key) Public() ES256PublicKey {
	if k.p == nil {
		return ES256PublicKey{}
	}
	return ES256PublicKey{p: k.p.public}
}

// Format implements [fmt.Formatter] for every verb.
func (ES256Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[redacted]") }

// LogValue implements [slog.LogValuer].
func (ES256Key) LogValue() slog.Value { return slog.StringValue("[redacted]") }

// MarshalText returns "[redacted]".
func (ES256Key) MarshalText() ([]byte, error) { return []byte("[redacted]"), nil }

// ES256PublicKey is the other side's EC key on P-256, with which its tokens are
// verified. It prints as its fingerprint. The zero ES256PublicKey is no key.
type ES256PublicKey struct {
	_ byte // see PublicKey
	p *ecdsa.PublicKey
}

// NewES256PublicKey wraps an ECDSA public key on P-256.
func NewES256PublicKey(key *ecdsa.PublicKey) (ES256PublicKey, error) {
	if err := checkP256(key); err != nil {
		return ES256PublicKey{}, err
	}
	return ES256PublicKey{p: key}, nil
}

// ParseES256PublicKey reads an EC public key on P-256 of PKIX, its point in full, or
// that of an X.509 certificate, whose dates and issuer are not checked. Forms, the
// block that counts and refusals are those of [ParsePublicKey].
func ParseES256PublicKey(text string) (ES256PublicKey, error) {
	const want = "an EC public key on P-256"
	found, err := parsePublic(text, want)
	if err != nil {
		return ES256PublicKey{}, err
	}
	key, ok := found.(*ecdsa.PublicKey)
	if !ok {
		return ES256PublicKey{}, wantFound(want, kindOf(found, "public key"))
	}
	return NewES256PublicKey(key)
}

// IsZero reports whether there is no key.
func (k ES256PublicKey) IsZero() bool { return k.p == nil }

// ECDSA returns the key for other libraries, nil without a key. It must not be
// changed.
func (k ES256PublicKey) ECDSA() *ecdsa.PublicKey { return k.p }

// Fingerprint returns the SHA-256 of the key's PKIX DER in lower-case hex.
func (k ES256PublicKey) Fingerprint() string {
	if k.p == nil {
		return ""
	}
	der, err := x509.MarshalPKIXPublicKey(k.p)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:])
}

// String returns the type and the fingerprint.
func (k ES256PublicKey) String() string { return "ec-public-key " + k.Fingerprint() }

// Format implements [fmt.Formatter] for every verb.
func (k ES256PublicKey) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, k.String()) }

// MarshalText returns the key as PKIX PEM.
func (k ES256PublicKey) MarshalText() ([]byte, error) {
	if k.p == nil {
		return nil, nil
	}
	der, err := x509.MarshalPKIXPublicKey(k.p)
	if err != nil {
		return nil, fmt.Errorf("%w: cannot encode", ErrKey)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), nil
}

func checkP256(key *ecdsa.PublicKey) error {
	return guarded(func() error {
		if key == nil {
			return fmt.Errorf("%w: the EC key is nil", ErrKey)
		}
		if key.Curve != elliptic.P256() {
			return wantFound("an EC key on the curve P-256, which ES256 needs", kindOf(key, "key"))
		}
		if _, err := key.ECDH(); err != nil {
			return fmt.Errorf("%w: the EC key has no point of its curve", ErrKey)
		}
		return nil
	})
}
