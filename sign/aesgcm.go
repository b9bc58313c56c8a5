package sign

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/issuing-sdk/issuing-go/internal/keytext"
)

// gcmOverhead is the length of the 12-byte nonce and the 16-byte tag.
const gcmOverhead = 12 + 16

// ErrDecrypt is the only word about a ciphertext that does not open: wrong key,
// altered bytes and bad encoding look the same.
var ErrDecrypt = errors.New("cannot decrypt: wrong key or altered data")

// AESKey is a 256-bit AES key shared by merchant and platform. It prints as
// "[redacted]" and is safe for concurrent use. The zero AESKey is no key.
type AESKey struct{ p *aesKey }

type aesKey struct {
	aead        hidden[cipher.AEAD]
	fingerprint func(data []byte) string
}

// NewAESKey wraps the 32 bytes of a key.
func NewAESKey(key []byte) (AESKey, error) {
	if len(key) != 32 {
		return AESKey{}, fmt.Errorf("%w: an AES-256 key has 32 bytes, found %d", ErrKey, len(key))
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return AESKey{}, fmt.Errorf("%w: AES", ErrKey)
	}
	// The AEAD draws its own nonce and puts it before the ciphertext, which is
	// exactly WorldCard's layout.
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return AESKey{}, fmt.Errorf("%w: AES-GCM", ErrKey)
	}
	return AESKey{&aesKey{aead: hide(aead), fingerprint: fingerprinter(key)}}, nil
}

// Fingerprint returns 64 hexadecimal digits that identify data among all that is
// fingerprinted with the key, and from which nobody without the key can find a
// short secret in data, such as a one-time password, by trying. It is "" for the
// zero AESKey.
func (k AESKey) Fingerprint(data []byte) string {
	if k.p == nil {
		return ""
	}
	return k.p.fingerprint(data)
}

// ParseAESKey reads a 256-bit key in one of the forms that WorldCard's
// documents show, told apart by length: 64 hexadecimal digits, 44 characters of
// Base64, or 32 raw characters. Blanks, line breaks, a byte order mark and quotes
// around it are taken off.
func ParseAESKey(text string) (AESKey, error) {
	text = keytext.Trim(text)
	var key []byte
	var err error
	switch len(text) {
	case 64:
		key, err = hex.DecodeString(text)
	case 44:
		key, err = base64.StdEncoding.Strict().DecodeString(text)
	case 32:
		key = []byte(text)
	case 0:
		return AESKey{}, fmt.Errorf("%w: the AES key is empty", ErrKey)
	default:
		return AESKey{}, fmt.Errorf("%w: an AES-256 key has 64 hex, 44 Base64 or 32 raw characters, found %d",
			ErrKey, len(text))
	}
	if err != nil {
		return AESKey{}, fmt.Errorf("%w: the AES key of %d characters is not hex (64) or Base64 (44)", ErrKey, len(text))
	}
	return NewAESKey(key)
}

// IsZero reports whether there is no key.
func (k AESKey) IsZero() bool { return k.p == nil }

// Format implements [fmt.Formatter] for every verb.
func (AESKey) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[redacted]") }

// LogValue implements [slog.LogValuer].
func (AESKey) LogValue() slog.Value { return slog.StringValue("[redacted]") }

// MarshalText returns "[redacted]".
func (AESKey) MarshalText() ([]byte, error) { return []byte("[redacted]"), nil }

// Seal returns Base64(nonce|ciphertext|tag) of AES-256-GCM with a fresh random
// nonce and no additional data.
func (k AESKey) Seal(plaintext []byte) (string, error) {
	if k.p == nil {
		return "", fmt.Errorf("%w: the AES key is missing", ErrKey)
	}
	return base64.StdEncoding.EncodeToString(k.p.aead().Seal(nil, nil, plaintext, nil)), nil
}

// Open reverses [AESKey.Seal]. Every failure is [ErrDecrypt].
func (k AESKey) Open(text string) ([]byte, error) {
	return k.open([]byte(text))
}

func (k AESKey) open(text []byte) ([]byte, error) {
	if k.p == nil {
		return nil, fmt.Errorf("%w: the AES key is missing", ErrKey)
	}
	sealed := make([]byte, base64.StdEncoding.DecodedLen(len(text)))
	n, err := base64.StdEncoding.Decode(sealed, text)
	if err != nil || n < gcmOverhead {
		return nil, ErrDecrypt
	}
	plaintext, err := k.p.aead().Open(nil, nil, sealed[:n], nil)
	if err != nil {
		return nil, ErrDecrypt
	}
	return plaintext, nil
}

// SealBound returns nonce|ciphertext|tag of AES-256-GCM with a fresh random nonce,
// bound to what its place says of it: it opens only together with the same bytes. A
// key seals up to 2^32 times.
func (k AESKey) SealBound(plaintext, bound []byte) ([]byte, error) {
	if k.p == nil {
		return nil, fmt.Errorf("%w: the AES key is missing", ErrKey)
	}
	return k.p.aead().Seal(nil, nil, plaintext, bound), nil
}

// OpenBound reverses [AESKey.SealBound]. Every failure of what came is [ErrDecrypt].
func (k AESKey) OpenBound(sealed, bound []byte) ([]byte, error) {
	if k.p == nil {
		return nil, fmt.Errorf("%w: the AES key is missing", ErrKey)
	}
	if len(sealed) < gcmOverhead {
		return nil, ErrDecrypt
	}
	plaintext, err := k.p.aead().Open(nil, nil, sealed, bound)
	if err != nil {
		return nil, ErrDecrypt
	}
	return plaintext, nil
}

// The body of an enveloped message, byte for byte as the platform's samples
// build it. Base64 has no character that JSON escapes.
const (
	envelopeHead = `{"data":"`
	envelopeTail = `"}`
)

// SealBody returns the request body {"data":"…"} that carries plaintext.
func (k AESKey) SealBody(plaintext []byte) ([]byte, error) {
	if k.p == nil {
		return nil, fmt.Errorf("%w: the AES key is missing", ErrKey)
	}
	sealed := k.p.aead().Seal(nil, nil, plaintext, nil)
	body := make([]byte, 0, len(envelopeHead)+base64.StdEncoding.EncodedLen(len(sealed))+len(envelopeTail))
	body = append(body, envelopeHead...)
	body = base64.StdEncoding.AppendEncode(body, sealed)
	return append(body, envelopeTail...), nil
}

// OpenBody reverses [AESKey.SealBody]. It accepts any JSON object with a string
// member "data"; every failure is [ErrDecrypt].
func (k AESKey) OpenBody(body []byte) ([]byte, error) {
	if data, ok := bytes.CutPrefix(body, []byte(envelopeHead)); ok {
		// Two searches for one byte each are ten times as fast as bytes.ContainsAny.
		data, ok = bytes.CutSuffix(data, []byte(envelopeTail))
		if ok && bytes.IndexByte(data, '"') < 0 && bytes.IndexByte(data, '\\') < 0 {
			return k.open(data)
		}
	}
	var envelope struct {
		Data string `json:"data"`
	}
	if err := json.Unmarshal(body, &envelope); err != nil {
		return nil, ErrDecrypt
	}
	return k.Open(envelope.Data)
}
