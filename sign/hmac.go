package sign

import (
	"crypto/fips140"
	"crypto/hmac"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"log/slog"
	"sync"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/keytext"
)

// HMACKey is a webhook secret shared by merchant and platform, for HMAC with
// SHA-512. It prints as "[redacted]" and is safe for concurrent use. The zero
// HMACKey is no key.
type HMACKey struct{ p *hmacKey }

type hmacKey struct {
	pool        sync.Pool
	fingerprint func(data []byte) string
}

// minFIPSKey is the shortest key, in bytes, with which crypto/hmac does not panic in
// FIPS 140-only mode.
const minFIPSKey = 14

// NewHMACKey wraps a secret. Its bytes are the key as they are: nothing is
// decoded, whatever they look like. A secret with blanks, a line break, a byte order
// mark or quotes around it is refused, since no platform signs with them, and in FIPS
// 140-only mode so is one below 14 bytes.
func NewHMACKey(secret issuing.Secret) (HMACKey, error) {
	if secret.IsZero() {
		return HMACKey{}, fmt.Errorf("%w: the HMAC secret is empty", ErrKey)
	}
	if err := keytext.Bare(secret.Reveal()); err != nil {
		return HMACKey{}, fmt.Errorf("%w: the HMAC secret %w", ErrKey, err)
	}
	if n := secret.Len(); n < minFIPSKey && fips140.Enforced() {
		return HMACKey{}, fmt.Errorf("%w: the HMAC secret has %d bytes, FIPS 140-only mode needs at least %d",
			ErrKey, n, minFIPSKey)
	}
	key := []byte(secret.Reveal())
	k := &hmacKey{fingerprint: fingerprinter(key)}
	k.pool.New = func() any { return hmac.New(sha512.New, key) }
	return HMACKey{k}, nil
}

// IsZero reports whether there is no key.
func (k HMACKey) IsZero() bool { return k.p == nil }

// Format implements [fmt.Formatter] for every verb.
func (HMACKey) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[redacted]") }

// LogValue implements [slog.LogValuer].
func (HMACKey) LogValue() slog.Value { return slog.StringValue("[redacted]") }

// MarshalText returns "[redacted]".
func (HMACKey) MarshalText() ([]byte, error) { return []byte("[redacted]"), nil }

// Fingerprint returns 64 hexadecimal digits that identify data among all that is
// fingerprinted with the key, and from which nobody without the key can find a
// short secret in data, such as a one-time password, by trying. It is "" for the
// zero HMACKey.
func (k HMACKey) Fingerprint(data []byte) string {
	if k.p == nil {
		return ""
	}
	return k.p.fingerprint(data)
}

// SignHMAC512 returns the lower-case hex HMAC-SHA512 over body and timestamp,
// one after the other without a separator. The timestamp is signed as the text
// it is sent as.
func SignHMAC512(key HMACKey, body []byte, timestamp string) (string, error) {
	if key.p == nil {
		return "", fmt.Errorf("%w: the HMAC secret is missing", ErrKey)
	}
	sum := key.p.sum(body, timestamp)
	return hex.EncodeToString(sum[:]), nil
}

// VerifyHMAC512 checks a signature made by [SignHMAC512], in hex of either case,
// in constant time. Every failure is [ErrVerify].
func VerifyHMAC512(key HMACKey, signature string, body []byte, timestamp string) error {
	if key.p == nil {
		return fmt.Errorf("%w: the HMAC secret is missing", ErrKey)
	}
	var given [sha512.Size]byte
	if len(signature) != hex.EncodedLen(len(given)) {
		return ErrVerify
	}
	if _, err := hex.Decode(given[:], []byte(signature)); err != nil {
		return ErrVerify
	}
	want := key.p.sum(body, timestamp)
	if !hmac.Equal(given[:], want[:]) {
		return ErrVerify
	}
	return nil
}

func (k *hmacKey) sum(body []byte, timestamp string) (sum [sha512.Size]byte) {
	h, ok := k.pool.Get().(hash.Hash)
	if !ok {
		return sum
	}
	h.Write(body)
	_, _ = io.WriteString(h, timestamp)
	h.Sum(sum[:0])
	h.Reset()
	k.pool.Put(h)
	return sum
}
