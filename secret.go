package issuing

import (
	"bytes"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

// redacted is what a secret prints, logs and marshals as.
const redacted = "[redacted]"

// Secret holds a value that must not reach a log, an error or a JSON document
// by accident: a PAN, CVV2, PIN, one-time password, key, token, identity number
// or document image. Every fmt verb, log/slog and encoding/json print it as
// "[redacted]"; [Secret.Reveal] is the only way to the value. Debuggers and
// dumpers that follow unexported pointers by reflection, such as go-spew and
// the differences of go-cmp, still see it.
//
// The zero Secret is empty. Secrets are compared with [Secret.Equal], not ==.
type Secret struct {
	// A pointer, because fmt ignores methods on unexported fields and would
	// print a plain string there; it prints a pointer as an address.
	p *string
}

// NewSecret wraps value. An empty value gives the zero Secret.
func NewSecret(value string) Secret {
	if value == "" {
		return Secret{}
	}
	return Secret{p: &value}
}

// Reveal returns the value. Call it where the value is used and keep the result
// out of logs and errors.
func (s Secret) Reveal() string {
	if s.p == nil {
		return ""
	}
	return *s.p
}

// IsZero reports whether the secret is empty.
func (s Secret) IsZero() bool { return s.p == nil }

// Len returns the length of the value in bytes.
func (s Secret) Len() int { return len(s.Reveal()) }

// Equal reports whether both hold the same value, in a time that does not
// depend on where they differ.
func (s Secret) Equal(other Secret) bool {
	return subtle.ConstantTimeCompare([]byte(s.Reveal()), []byte(other.Reveal())) == 1
}

// Last4 returns the last four characters when the value is a card number (12 to
// 19 digits), and "" for everything else, so that it cannot be used to print
// most of a PIN or a key.
func (s Secret) Last4() string {
	v := s.Reveal()
	if len(v) < 12 || len(v) > 19 {
		return ""
	}
	for i := range len(v) {
		if v[i] < '0' || v[i] > '9' {
			return ""
		}
	}
	return v[len(v)-4:]
}

// Format implements [fmt.Formatter] for every verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// String returns "[redacted]".
func (Secret) String() string { return redacted }

// GoString returns "[redacted]".
func (Secret) GoString() string { return redacted }

// LogValue implements [slog.LogValuer].
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText returns "[redacted]". The providers' wire form is written by
// their packages, never by this method.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// UnmarshalText stores a copy of text.
func (s *Secret) UnmarshalText(text []byte) error {
	*s = NewSecret(string(text))
	return nil
}

// MarshalJSON returns "[redacted]".
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// UnmarshalJSON reads a JSON string, or keeps the literal of a number or a
// structured value; null gives the zero Secret.
func (s *Secret) UnmarshalJSON(data []byte) error {
	data = bytes.TrimSpace(data)
	if len(data) == 0 || bytes.Equal(data, []byte("null")) {
		*s = Secret{}
		return nil
	}
	if data[0] != '"' {
		*s = NewSecret(string(data))
		return nil
	}
	var v string
	if err := json.Unmarshal(data, &v); err != nil {
		return fmt.Errorf("secret is not a JSON string")
	}
	*s = NewSecret(v)
	return nil
}
