package authdecision

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"

	issuing "github.com/issuing-sdk/issuing-go"
)

// ErrKey marks a key that cannot be used; the message says why.
var ErrKey = errors.New("authdecision: unusable PGP key")

// minRSABits is the smallest key that UQPAY takes.
const minRSABits = 2048

// PrivateKey is the own key, which opens what is encrypted to it, or several of them
// during a rotation. It prints as "[redacted]". The zero PrivateKey is no key.
type PrivateKey struct{ p *privateKey }

// privateKey and publicKey hold their keys behind functions, at which printers and
// dumpers stop.
type privateKey struct {
	entities func() openpgp.EntityList // the newest first
	ring     func() keyRing            // of their parts that decrypt
}

// PublicKey is the other side's key, or the public half of the own one. It prints
// as its fingerprint. The zero PublicKey is no key.
type PublicKey struct {
	_ byte // see sign.PublicKey
	p *publicKey
}

type publicKey struct{ entity func() *openpgp.Entity }

func hide[T any](key T) func() T { return func() T { return key } }

// ParsePrivateKey reads the own key with its passphrase, which is empty for one
// without. It must be RSA of at least 2048 bits with a part that can decrypt.
//
// The text is a PGP PRIVATE KEY BLOCK in the forms that environments, secret stores
// and editors hand out: with line breaks of any kind, written as \n, turned into
// blanks or lost, indented, in quotes, after a byte order mark; the Base64 of it; or
// the key's packets in Base64, in hexadecimal or as they are. Public keys and text
// beside it are read over. During a rotation it may hold several keys, in one block or
// in several, all of which open messages.
//
// The key is judged by what it is for: an expired one still opens what is encrypted to
// it and is taken, and so is one from a clock that is ahead. Revoked keys and parts
// are left out. The error, an ErrKey, says what was found and what to do, and quotes
// nothing of the text.
func ParsePrivateKey(armored, passphrase issuing.Secret) (PrivateKey, error) {
	list, err := readKeys(armored.Reveal())
	if err != nil {
		return PrivateKey{}, err
	}
	own := slices.DeleteFunc(list, func(e *openpgp.Entity) bool { return e.PrivateKey == nil })
	if len(own) == 0 {
		return PrivateKey{}, fmt.Errorf("%w: want a private key, found a public one; "+
			"export it: gpg --armor --export-secret-keys", ErrKey)
	}
	return newPrivateKey(own, passphrase.Reveal(), time.Now())
}

// ParsePublicKey reads a public key, in the forms of [ParsePrivateKey]. It must be one
// key, RSA of at least 2048 bits, valid now, with a part that can encrypt.
//
// UQPAY publishes its key in its guide; get it for each environment from there
// or from the account manager, and compare the fingerprint.
func ParsePublicKey(armored string) (PublicKey, error) {
	list, err := readKeys(armored)
	if err != nil {
		return PublicKey{}, err
	}
	public := slices.DeleteFunc(list, func(e *openpgp.Entity) bool { return e.PrivateKey != nil })
	switch len(public) {
	case 0:
		return PublicKey{}, fmt.Errorf("%w: want a public key, found a private one; "+
			"export it: gpg --armor --export", ErrKey)
	case 1:
	default:
		return PublicKey{}, fmt.Errorf("%w: want one public key, found %d; keep the one that is meant",
			ErrKey, len(public))
	}
	if err := checkPublic(public[0], time.Now()); err != nil {
		return PublicKey{}, err
	}
	return PublicKey{p: &publicKey{hide(public[0])}}, nil
}

// GenerateKey makes an RSA key of 3072 bits without a passphrase that does not
// advertise AEAD. Keep the result of [PrivateKey.Armored] in a key store and give
// that of [PublicKey.Armored] to UQPAY.
func GenerateKey(name, email string) (PrivateKey, error) { return generate(name, email, 3072) }

func generate(name, email string, bits int) (PrivateKey, error) {
	if err := checkMode(); err != nil {
		return PrivateKey{}, err
	}
	cfg := settings(time.Now())
	cfg.RSABits, cfg.Algorithm = bits, packet.PubKeyAlgoRSA
	entity, err := openpgp.NewEntity(name, "", email, cfg)
	if err != nil {
		return PrivateKey{}, fmt.Errorf("%w: cannot generate: %w", ErrKey, err)
	}
	return newPrivateKey(openpgp.EntityList{entity}, "", cfg.Time())
}

// IsZero reports whether there is no key.
func (k PrivateKey) IsZero() bool { return k.p == nil }

// Public returns the public half, for the other side; of several keys, that of the
// newest.
func (k PrivateKey) Public() PublicKey {
	if k.p == nil {
		return PublicKey{}
	}
	return PublicKey{p: &publicKey{hide(k.p.entities()[0])}}
}

// Armored returns the key as a PGP PRIVATE KEY BLOCK without a passphrase; of several
// keys, all of them.
func (k PrivateKey) Armored() (issuing.Secret, error) {
	if k.p == nil {
		return issuing.Secret{}, fmt.Errorf("%w: the key is missing", ErrKey)
	}
	text, err := armored(openpgp.PrivateKeyType, func(w io.Writer) error {
		for _, entity := range k.p.entities() {
			for _, sub := range entity.Subkeys {
				if sub.PrivateKey == nil {
					return errors.New("a part of the key has no private half")
				}
			}
			if err := entity.SerializePrivateWithoutSigning(w, nil); err != nil {
				return err
			}
		}
		return nil
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
