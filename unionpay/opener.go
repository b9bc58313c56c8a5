package unionpay

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/sign/jose"
)

// Extra holds members of an answer or event that this version does not model, as
// raw JSON by name. What is unknown may be card data, so it prints as a secret. In a
// struct of one's own for [Client.Do] it has the tag wire:"extra".
type Extra map[string]issuing.Secret

// Member returns a member as raw JSON, nil when it is not there.
func (e Extra) Member(name string) json.RawMessage {
	value, ok := e[name]
	if !ok {
		return nil
	}
	return json.RawMessage(value.Reveal())
}

// opener opens what UnionPay encrypts for the token requestor.
type opener struct {
	profile Profile                    // how fields are encrypted
	jwe     jose.UPIJWE                // profile G: the only algorithms accepted
	keys    map[string]sign.PrivateKey // our decryption keys, by kid
	// use calls a function that uses a key; nil calls it as it is.
	use func(func() ([]byte, error)) ([]byte, error)
	// note is told of members that cannot be read, where the rest counts all the same;
	// see [wire.Codec].
	note func(member, reason string)
}

// spellings are other spellings of members, as in [wire.Loose].
var spellings = map[string]string{"expiredate": "expirydate"}

// rsaFields are the members that profile U may encrypt; it marks them in no way.
var rsaFields = map[string]bool{"token": true, "pan": true, "cvn2": true}

// open decrypts a member's value where it is encrypted. A value that looks
// encrypted and does not open is an error, never the value of its field.
func (o opener) open(name string, value []byte) ([]byte, error) {
	text, ok := wire.Unquote(value)
	if !ok {
		return value, nil
	}
	var plaintext []byte
	var err error
	switch {
	case strings.EqualFold(name, "authorizationData"):
		return value, nil // encrypted for UnionPay, not for us
	case o.profile == ProfileG && isCompactJWE(text):
		plaintext, err = o.with(func() ([]byte, error) { return o.jwe.Decrypt(o.keys, text) })
	case o.profile == ProfileU && rsaFields[strings.ToLower(name)] && len(text) > 100:
		plaintext, err = o.with(func() ([]byte, error) { return o.openUMPS(text) })
	default:
		return value, nil
	}
	if err != nil {
		return nil, fmt.Errorf("field %.40q: %w", name, err)
	}
	plaintext = wire.TrimBOM(plaintext)
	if len(plaintext) > 0 && (plaintext[0] == '{' || plaintext[0] == '[') && json.Valid(plaintext) {
		return plaintext, nil
	}
	return wire.AppendString(nil, string(plaintext)), nil
}

// with opens something by means of use, if there is one.
func (o opener) with(open func() ([]byte, error)) ([]byte, error) {
	if o.use == nil {
		return open()
	}
	return o.use(open)
}

// openUMPS tries every key: profile U does not say which one it used.
func (o opener) openUMPS(text string) ([]byte, error) {
	for _, key := range o.keys {
		if plaintext, err := sign.DecryptUMPS(key, text); err == nil {
			return plaintext, nil
		}
	}
	return nil, sign.ErrDecrypt
}

// isCompactJWE reports whether a text has the form of a compact JWE: five parts
// without white space, of which the first is the Base64 of a JSON object, {"….
func isCompactJWE[T string | []byte](text T) bool {
	return len(text) > 3 && string(text[:3]) == "eyJ" &&
		strings.Count(string(text), ".") == 4 && !strings.ContainsAny(string(text), " \t\r\n")
}

var errNotObject = errors.New("the business fields are not a JSON object")

// object returns business fields as a JSON object: all of them may be encrypted
// as one, and nothing comes in several spellings.
func (o opener) object(data []byte) ([]byte, error) {
	if opened, err := o.open("", data); err == nil {
		data = opened
	}
	switch trimmed := bytes.TrimSpace(wire.TrimBOM(data)); {
	case bytes.HasPrefix(trimmed, []byte("{")):
		return data, nil
	case slices.Contains([]string{"", "null", `""`, "[]"}, string(trimmed)):
		return []byte("{}"), nil
	}
	return nil, errNotObject
}

// read reads an object into what out points to. The members of a struct are opened,
// found whatever the case of their names, and those without a field, of a shape that
// their field cannot hold, or encrypted for somebody else, go into its Extra.
func (o opener) read(cfg Config, data []byte, out any) error {
	if v := reflect.ValueOf(out); v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		return codec.Unmarshal(data, out)
	}
	data, err := o.object(data)
	if err != nil {
		return err
	}
	return wire.Codec{
		Zone: cmp.Or(cfg.Zone, defaultZone), Loose: &wire.Loose{Spellings: cfg.ownNames(), Open: o.open}, Note: o.note,
	}.Unmarshal(data, out)
}
