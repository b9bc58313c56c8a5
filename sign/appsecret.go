package sign

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"

	"github.com/issuing-sdk/issuing-go/internal/keytext"
)

// maxECBText bounds a Base64 text that [AppSecret.Decrypt] opens. The longest
// documented value is a card number, one or two blocks.
const maxECBText = 4 << 10

// AppSecret is the secret that a merchant and a platform share where one text
// serves two purposes: it signs messages (sorted parameters, MD5) and encrypts
// single fields (AES in ECB mode). It prints as "[redacted]" and is safe for
// concurrent use. The zero AppSecret is no secret.
//
// Both schemes are weak and are here for compatibility alone: MD5 is broken
// as a hash, a signature of this kind proves nothing to a third party, and ECB
// shows which fields are equal and authenticates nothing. What protects such an
// integration is TLS and asking the platform before money moves.
type AppSecret struct{ p *appSecret }

type appSecret struct {
	text        hidden[string]
	block       hidden[cipher.Block]
	fingerprint func(data []byte) string
}

// NewAppSecret wraps a secret of 16, 24 or 32 bytes, which are the AES key as
// they stand. One with blanks, a line break, a byte order mark or quotes around it is
// refused: it came along in the copying and would be part of the key. So is every
// secret in FIPS 140-only mode, which does not allow MD5.
func NewAppSecret(text string) (AppSecret, error) {
	if err := keytext.Bare(text); err != nil {
		return AppSecret{}, fmt.Errorf("%w: the app secret %w", ErrKey, err)
	}
	if err := checkMD5(); err != nil {
		return AppSecret{}, err
	}
	switch len(text) {
	case 16, 24, 32:
	case 0:
		return AppSecret{}, fmt.Errorf("%w: the app secret is empty", ErrKey)
	default:
		return AppSecret{}, fmt.Errorf("%w: an app secret has 16, 24 or 32 bytes, found %d", ErrKey, len(text))
	}
	block, err := aes.NewCipher([]byte(text))
	if err != nil {
		return AppSecret{}, fmt.Errorf("%w: AES", ErrKey)
	}
	return AppSecret{&appSecret{hide(text), hide(block), fingerprinter([]byte(text))}}, nil
}

// Fingerprint returns 64 hexadecimal digits, an HMAC-SHA256, that identify data
// among all that is fingerprinted with the secret, and from which nobody without
// the secret can find what is short in data, such as a one-time password or a card
// number, by trying. It is "" for the zero AppSecret.
func (s AppSecret) Fingerprint(data []byte) string {
	if s.p == nil {
		return ""
	}
	return s.p.fingerprint(data)
}

// IsZero reports whether there is no secret.
func (s AppSecret) IsZero() bool { return s.p == nil }

// Format implements [fmt.Formatter] for every verb.
func (AppSecret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[redacted]") }

// LogValue implements [slog.LogValuer].
func (AppSecret) LogValue() slog.Value { return slog.StringValue("[redacted]") }

// MarshalText returns "[redacted]".
func (AppSecret) MarshalText() ([]byte, error) { return []byte("[redacted]"), nil }

// Encrypt returns the Base64 of plaintext under AES/ECB with PKCS #5 padding.
// Equal plaintexts give equal texts, so whoever sees two of them learns that two
// cards have the same PIN.
func (s AppSecret) Encrypt(plaintext []byte) (string, error) {
	if s.p == nil {
		return "", fmt.Errorf("%w: the app secret is missing", ErrKey)
	}
	pad := aes.BlockSize - len(plaintext)%aes.BlockSize
	data := make([]byte, len(plaintext), len(plaintext)+pad)
	copy(data, plaintext)
	for range pad {
		data = append(data, byte(pad))
	}
	for cipher, at := s.p.block(), 0; at < len(data); at += aes.BlockSize {
		block := data[at : at+aes.BlockSize]
		cipher.Encrypt(block, block)
	}
	return base64.StdEncoding.EncodeToString(data), nil
}

// Decrypt reverses [AppSecret.Encrypt]. Every byte of the padding is checked,
// in a time that does not depend on it, and every failure is [ErrDecrypt]. A
// wrong secret is noticed by the padding alone, which one in 255 wrong secrets
// passes: check the form of the result.
func (s AppSecret) Decrypt(text string) ([]byte, error) {
	if s.p == nil {
		return nil, fmt.Errorf("%w: the app secret is missing", ErrKey)
	}
	if len(text) > maxECBText {
		return nil, ErrDecrypt
	}
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(data) == 0 || len(data)%aes.BlockSize != 0 {
		return nil, ErrDecrypt
	}
	for cipher, at := s.p.block(), 0; at < len(data); at += aes.BlockSize {
		block := data[at : at+aes.BlockSize]
		cipher.Decrypt(block, block)
	}
	pad := int(data[len(data)-1])
	good := subtle.ConstantTimeLessOrEq(1, pad) & subtle.ConstantTimeLessOrEq(pad, aes.BlockSize)
	for i := 1; i <= aes.BlockSize; i++ {
		inPadding := subtle.ConstantTimeLessOrEq(i, pad)
		equal := subtle.ConstantTimeByteEq(data[len(data)-i], byte(pad))
		good &= equal | (1 - inPadding)
	}
	if good != 1 {
		return nil, ErrDecrypt
	}
	return data[:len(data)-pad], nil
}
