package authdecision

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/wire"
)

// ErrKey marks a key that cannot be used; the message says why.
var ErrKey = errors.New("authdecision: unusable PGP key")

// minRSABits is the smallest key that UQPAY takes.
const minRSABits = 2048

// maxKeyText bounds the text of a key.
const maxKeyText = 256 << 10

// PrivateKey is the own key, which opens what is encrypted to it. It prints as
// "[redacted]". The zero PrivateKey is no key.
type PrivateKey struct{ p *privateKey }

// privateKey and publicKey hold their keys behind functions, at which printers and
// dumpers stop.
type privateKey struct{ entity func() *openpgp.Entity }

// PublicKey is the other side's key, or the public half of the own one. It prints
// as its fingerprint. The zero PublicKey is no key.
type PublicKey struct{ p *publicKey }

type publicKey struct{ entity func() *openpgp.Entity }

func hide(entity *openpgp.Entity) func() *openpgp.Entity {
	return func() *openpgp.Entity { return entity }
}

// ParsePrivateKey reads an armored private key (PGP PRIVATE KEY BLOCK) with its
// passphrase, which is empty for one without. It must be RSA of at least 2048
// bits with a part that can decrypt.
func ParsePrivateKey(armored, passphrase issuing.Secret) (PrivateKey, error) {
	entity, err := parse(armored.Reveal())
	if err != nil {
		return PrivateKey{}, err
	}
	if entity.PrivateKey == nil {
		return PrivateKey{}, fmt.Errorf("%w: want a private key, found a public one", ErrKey)
	}
	if err := entity.DecryptPrivateKeys([]byte(passphrase.Reveal())); err != nil {
		return PrivateKey{}, fmt.Errorf("%w: the passphrase does not open the private key", ErrKey)
	}
	key, ok := entity.EncryptionKey(time.Now())
	if ok && key.PrivateKey != nil && !key.PrivateKey.Encrypted && !key.PrivateKey.Dummy() {
		return PrivateKey{&privateKey{hide(entity)}}, nil
	}
	return PrivateKey{}, fmt.Errorf("%w: the private key has no part that can decrypt", ErrKey)
}

// ParsePublicKey reads an armored public key (PGP PUBLIC KEY BLOCK). It must be
// RSA of at least 2048 bits with a part that can encrypt.
//
// UQPAY publishes its key in its guide; get it for each environment from there
// or from the account manager, and compare the fingerprint.
func ParsePublicKey(armored string) (PublicKey, error) {
	entity, err := parse(armored)
	if err != nil {
		return PublicKey{}, err
	}
	if entity.PrivateKey != nil {
		return PublicKey{}, fmt.Errorf("%w: want a public key, found a private one", ErrKey)
	}
	return PublicKey{&publicKey{hide(entity)}}, nil
}

// parse reads a key block with one key and checks it.
func parse(armored string) (*openpgp.Entity, error) {
	if strings.TrimSpace(armored) == "" {
		return nil, fmt.Errorf("%w: the key is empty", ErrKey)
	}
	if len(armored) > maxKeyText {
		return nil, fmt.Errorf("%w: the text is longer than %d bytes", ErrKey, maxKeyText)
	}
	if n := strings.Count(armored, "-----BEGIN PGP"); n > 1 {
		return nil, fmt.Errorf("%w: want one key block, found %d", ErrKey, n)
	}
	list, err := openpgp.ReadArmoredKeyRing(bytes.NewReader(wire.TrimBOM([]byte(armored))))
	if err != nil {
		return nil, fmt.Errorf("%w: want an armored PGP key block", ErrKey)
	}
	if len(list) != 1 {
		return nil, fmt.Errorf("%w: want one key, found %d", ErrKey, len(list))
	}
	key, ok := list[0].EncryptionKey(time.Now())
	if !ok {
		return nil, fmt.Errorf("%w: no valid part of the key can encrypt", ErrKey)
	}
	if algo := key.PublicKey.PubKeyAlgo; algo != packet.PubKeyAlgoRSA && algo != packet.PubKeyAlgoRSAEncryptOnly {
		return nil, fmt.Errorf("%w: want an RSA key", ErrKey)
	}
	if bits, err := key.PublicKey.BitLength(); err != nil || bits < minRSABits {
		return nil, fmt.Errorf("%w: the key has %d bits, at least %d are needed", ErrKey, bits, minRSABits)
	}
	return list[0], nil
}

// GenerateKey makes an RSA key of 3072 bits without a passphrase that does not
// advertise AEAD. Keep the result of [PrivateKey.Armored] in a key store and give
// that of [PublicKey.Armored] to UQPAY.
func GenerateKey(name, email string) (PrivateKey, error) { return generate(name, email, 3072) }

func generate(name, email string, bits int) (PrivateKey, error) {
	cfg := settings(time.Now())
	cfg.RSABits, cfg.Algorithm = bits, packet.PubKeyAlgoRSA
	entity, err := openpgp.NewEntity(name, "", email, cfg)
	if err != nil {
		return PrivateKey{}, fmt.Errorf("%w: cannot generate: %w", ErrKey, err)
	}
	return PrivateKey{&privateKey{hide(entity)}}, nil
}

// IsZero reports whether there is no key.
func (k PrivateKey) IsZero() bool { return k.p == nil }

// Public returns the public half, for the other side.
func (k PrivateKey) Public() PublicKey {
	if k.p == nil {
		return PublicKey{}
	}
	return PublicKey{&publicKey{k.p.entity}}
}

// Armored returns the key as a PGP PRIVATE KEY BLOCK without a passphrase.
func (k PrivateKey) Armored() (issuing.Secret, error) {
	if k.p == nil {
		return issuing.Secret{}, fmt.Errorf("%w: the key is missing", ErrKey)
	}
	text, err := armored(openpgp.PrivateKeyType, func(w io.Writer) error {
		return k.p.entity().SerializePrivateWithoutSigning(w, nil)
	})
	return issuing.NewSecret(text), err
}

// Format implements [fmt.Formatter] for every verb.
func (PrivateKey) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[redacted]") }

// LogValue implements [slog.LogValuer].
func (PrivateKey) LogValue() slog.Value { return slog.StringValue("[redacted]") }

// MarshalText returns "[redacted]".
func (PrivateKey) MarshalText() ([]byte, error) { return []byte("[redacted]"), nil }

// IsZero reports whether there is no key.
func (k PublicKey) IsZero() bool { return k.p == nil }

// Fingerprint returns the primary key's fingerprint in upper-case hex, to be
// compared with what the other side publishes; "" without a key.
func (k PublicKey) Fingerprint() string {
	if k.p == nil {
		return ""
	}
	return strings.ToUpper(hex.EncodeToString(k.p.entity().PrimaryKey.Fingerprint))
}

// Armored returns the key as a PGP PUBLIC KEY BLOCK.
func (k PublicKey) Armored() (string, error) {
	if k.p == nil {
		return "", fmt.Errorf("%w: the key is missing", ErrKey)
	}
	return armored(openpgp.PublicKeyType, k.p.entity().Serialize)
}

// Format implements [fmt.Formatter]: a PublicKey made of a private one must not
// print its parts.
func (k PublicKey) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "PGP "+k.Fingerprint()) }

// LogValue implements [slog.LogValuer].
func (k PublicKey) LogValue() slog.Value { return slog.StringValue("PGP " + k.Fingerprint()) }

// MarshalText returns the fingerprint.
func (k PublicKey) MarshalText() ([]byte, error) { return []byte("PGP " + k.Fingerprint()), nil }

// armored writes a block of the given type.
func armored(blockType string, write func(io.Writer) error) (string, error) {
	var out bytes.Buffer
	w, err := armor.Encode(&out, blockType, nil)
	if err == nil {
		if err = write(w); err == nil {
			err = w.Close()
		}
	}
	if err != nil {
		return "", fmt.Errorf("%w: cannot be written", ErrKey)
	}
	return out.String(), nil
}
