package issuing

import (
	"bytes"
	"crypto/subtle"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// redacted is what a secret prints, logs and marshals as.
const redacted = "[redacted]"

// Secret holds a value that must not reach a log, an error or a document by accident: a
// PAN, CVV2, PIN, one-time password, key, token, identity number or document image.
// Every fmt verb, log/slog and encoding/json print it as "[redacted]", in every position,
// and go-cmp, testify, go-spew and kr/pretty, which follow unexported pointers by
// reflection, do not find it either; [Secret.Reveal] is the only way to the value.
//
// No store takes one by accident. gob, XML, YAML, BSON, MessagePack, database/sql and
// everything else that asks a value for its own form get an error for a secret that is
// not empty; JSON writes "[redacted]", and nothing reads that word back as a secret.
// DynamoDB's attributevalue asks nobody: there a secret comes back empty. Store
// [Secret.Reveal], encrypted, where a secret has to be kept.
//
// The zero Secret is empty. Secrets are compared with [Secret.Equal], which go-cmp uses
// too: == and reflect.DeepEqual tell two that hold the same value apart.
type Secret struct {
	// A pointer to a function, because fmt ignores methods on unexported fields
	// and prints what is there, and the dumpers follow a pointer to a string. It
	// prints as an address, and keeps the type comparable.
	p *func() string
}

// NewSecret wraps value. An empty value gives the zero Secret.
func NewSecret(value string) Secret {
	if value == "" {
		return Secret{}
	}
	reveal := func() string { return value }
	return Secret{p: &reveal}
}

// Reveal returns the value. Call it where the value is used and keep the result
// out of logs and errors.
func (s Secret) Reveal() string {
	if s.p == nil {
		return ""
	}
	return (*s.p)()
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

// MarshalJSON returns "[redacted]", and "" for the empty secret.
func (s Secret) MarshalJSON() ([]byte, error) {
	if s.IsZero() {
		return []byte(`""`), nil
	}
	return []byte(`"` + redacted + `"`), nil
}

// UnmarshalJSON reads a JSON string, or keeps the literal of a number, true or false;
// null and "" give the zero Secret. Objects, lists and "[redacted]" are refused.
func (s *Secret) UnmarshalJSON(data []byte) error {
	data = bytes.TrimSpace(data)
	if len(data) == 0 || bytes.Equal(data, []byte("null")) {
		*s = Secret{}
		return nil
	}
	switch data[0] {
	case '{', '[':
		return errors.New("secret: an object or a list is none")
	case '"':
		var text string
		if err := json.Unmarshal(data, &text); err != nil {
			return errors.New("secret: not a JSON string")
		}
		return s.UnmarshalText([]byte(text))
	}
	return s.UnmarshalText(data)
}

// MarshalText refuses a secret that is not empty. The providers' wire form is written by
// their packages, never by this method.
func (s Secret) MarshalText() ([]byte, error) {
	if !s.IsZero() {
		return nil, errStored
	}
	return []byte{}, nil
}

// UnmarshalText reads a secret from a configuration or a column that holds one; it
// refuses "[redacted]".
func (s *Secret) UnmarshalText(text []byte) error {
	if string(bytes.TrimSpace(text)) == redacted {
		return errors.New("secret: " + redacted + " stands for a value that was not stored")
	}
	*s = NewSecret(string(text))
	return nil
}

// errStored is the error of every codec that is given a secret.
var errStored = errors.New("secret: not stored by itself; keep what Reveal returns, encrypted")

// MarshalBinary is MarshalText, for gob and MessagePack.
func (s Secret) MarshalBinary() ([]byte, error) { return s.MarshalText() }

// UnmarshalBinary is UnmarshalText.
func (s *Secret) UnmarshalBinary(data []byte) error { return s.UnmarshalText(data) }

// MarshalBSON refuses a secret that is not empty; MongoDB's drivers ask for it.
func (s Secret) MarshalBSON() ([]byte, error) {
	if !s.IsZero() {
		return nil, errStored
	}
	return []byte{5, 0, 0, 0, 0}, nil // an empty document
}

// Value refuses a secret that is not empty, and gives NULL for one that is; it
// implements [driver.Valuer].
func (s Secret) Value() (driver.Value, error) {
	if !s.IsZero() {
		return nil, errStored
	}
	return nil, nil
}

// Scan reads a column that holds a secret, or NULL; it implements sql.Scanner.
func (s *Secret) Scan(src any) error {
	switch src := src.(type) {
	case nil:
		*s = Secret{}
		return nil
	case string:
		return s.UnmarshalText([]byte(src))
	case []byte:
		return s.UnmarshalText(src)
	}
	return fmt.Errorf("secret: a column of type %T is not text", src)
}
