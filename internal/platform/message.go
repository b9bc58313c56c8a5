package platform

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	issuing "github.com/issuing-sdk/issuing-go"
)

// Fields are the members of a request's JSON object as they stand in it, read
// without the client's types and codec so that a wrong name or type in them shows.
type Fields map[string]json.RawMessage

var errNotObject = errors.New("platform: the message is not a JSON object")

// RepeatedError is a member that stands twice in an object.
type RepeatedError struct{ Name string }

func (e *RepeatedError) Error() string { return "platform: a member of the message stands twice" }

// ReadFields reads one JSON object and nothing behind it. A member that stands
// twice is refused: what is signed and what is used could differ. So is what is not
// UTF-8, of which a decoder would make other text without a word.
func ReadFields(text []byte) (Fields, error) {
	if !utf8.Valid(text) {
		return nil, errNotObject
	}
	d := json.NewDecoder(bytes.NewReader(text))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil, errNotObject
	}
	f := Fields{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, errNotObject
		}
		key, ok := name.(string)
		if !ok {
			return nil, errNotObject
		}
		if _, twice := f[key]; twice {
			return nil, &RepeatedError{key}
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, errNotObject
		}
		f[key] = value
	}
	if _, err := d.Token(); err != nil { // the closing brace
		return nil, errNotObject
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errNotObject
	}
	return f, nil
}

// Has reports whether a member is there and not null.
func (f Fields) Has(name string) bool {
	value, ok := f[name]
	return ok && string(value) != "null"
}

// Text returns a string member, "" when it is absent or of another type.
func (f Fields) Text(name string) string {
	var text string
	if value := f[name]; len(value) == 0 || value[0] != '"' || json.Unmarshal(value, &text) != nil {
		return ""
	}
	return text
}

// Missing returns the first of the named members that is absent or no non-empty
// string, "" when there is none.
func (f Fields) Missing(names ...string) string {
	for _, name := range names {
		if f.Text(name) == "" {
			return name
		}
	}
	return ""
}

// Int returns an integer member; ok is false when it is absent, of another type
// or too large.
func (f Fields) Int(name string) (n int, ok bool) {
	n, err := strconv.Atoi(string(f[name]))
	return n, err == nil
}

// IsJSON reports whether a request says, once, that its body is JSON in UTF-8.
func IsJSON(header http.Header) bool {
	types := header.Values("Content-Type")
	if len(types) != 1 {
		return false
	}
	media, parameters, err := mime.ParseMediaType(types[0])
	return err == nil && media == "application/json" &&
		strings.EqualFold(cmp.Or(parameters["charset"], "utf-8"), "utf-8")
}

// Page cuts a list to one page, counted from 1. Beyond the list's end the page is
// empty, however large the numbers; it is never nil.
func Page[T any](items []T, page, size int) []T {
	if page < 1 || size < 1 || page-1 > len(items)/size {
		return []T{}
	}
	first := min((page-1)*size, len(items))
	return append([]T{}, items[first:min(first+size, len(items))]...)
}

// JSON encodes what a platform sends, without escaping characters that JSON does
// not ask for.
func JSON(v any) []byte {
	var buf bytes.Buffer
	encoder := json.NewEncoder(&buf)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(v)
	return bytes.TrimSpace(buf.Bytes())
}

// JSONReply answers with a value as JSON.
func JSONReply(status int, v any) Reply {
	return Reply{Status: status, Body: JSON(v), Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}}}
}

// NumberKey is what the index of a platform holds instead of a card number or another
// secret, so that a printed server shows none.
type NumberKey [sha256.Size]byte

// indexKey is this process's own: a digest without a key shows a number or a code of few
// digits to whoever tries them all.
var indexKey = func() []byte {
	key := make([]byte, sha256.Size)
	_, _ = rand.Read(key) // never fails
	return key
}()

// KeyOf returns the key of a card number, or of another secret.
func KeyOf(number string) NumberKey {
	mac := hmac.New(sha256.New, indexKey)
	_, _ = io.WriteString(mac, number)
	return NumberKey(mac.Sum(nil))
}

// Hide keeps a key behind a function, where the dumpers and comparers of tests, which
// follow pointers by reflection, stop.
func Hide[T any](value T) func() T { return func() T { return value } }

// ParseKeyText reads what KeyText returned.
func ParseKeyText(text issuing.Secret) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode([]byte(text.Reveal()))
	if block == nil {
		return nil, errKeyText
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	private, ok := key.(*rsa.PrivateKey)
	if err != nil || !ok {
		return nil, errKeyText
	}
	return private, nil
}

var errKeyText = errors.New("platform: the text is no RSA key in PKCS #8 PEM")

// KeyText returns a key as PKCS #8 PEM, for clients in any language.
func KeyText(key *rsa.PrivateKey) issuing.Secret {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return issuing.Secret{}
	}
	return issuing.NewSecret(string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
}
