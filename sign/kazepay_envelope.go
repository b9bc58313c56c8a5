package sign

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
)

var (
	// ErrEnvelope is the only word about an envelope that does not open: wrong
	// key, wrong profile, bad padding, altered bytes and a signature that does
	// not verify look the same, so that nobody can use the receiver to find out
	// which it was.
	ErrEnvelope = errors.New("cannot open the envelope: wrong key, wrong profile or altered data")
	// ErrEnvelopeForm marks an envelope that is malformed in a way that anyone
	// can see without a key. The message names the field.
	ErrEnvelopeForm = errors.New("malformed envelope")
)

// Envelope is a message of the form
// {"head":{…,"sign":"…","keyEnc":"…"},"body":{"encrypt":"…"}}.
type Envelope struct {
	// Head is the JSON object of the head without sign and keyEnc. It travels
	// in clear, and nothing but [SignedBytesMessage] protects it.
	Head []byte
	// Sign is head.sign.
	Sign string
	// KeyEnc is head.keyEnc, the wrapped session key.
	KeyEnc issuing.Secret
	// Encrypt is body.encrypt, the ciphertext.
	Encrypt string
	// Body is the JSON object of the body as it came, when it holds more than Encrypt.
	// It is sent when Encrypt is empty: see [Profile.SignPlain].
	Body []byte
}

// Names of the envelope's own members.
const (
	fieldSign    = "head.sign"
	fieldKeyEnc  = "head.keyEnc"
	fieldEncrypt = "body.encrypt"
)

// ParseEnvelope reads a message. Only the object head is required, because a
// failure may come without signature, key and body; [Profile.Open] requires
// them all. The order of members does not matter and unknown ones are kept in
// the head. Every failure is [ErrEnvelopeForm].
func ParseEnvelope(data []byte) (*Envelope, error) {
	var message map[string]json.RawMessage
	if err := json.Unmarshal(data, &message); err != nil || message == nil {
		return nil, fmt.Errorf("%w: not a JSON object", ErrEnvelopeForm)
	}
	var head map[string]json.RawMessage
	if err := json.Unmarshal(message["head"], &head); err != nil || head == nil {
		return nil, fmt.Errorf("%w: head is missing or not an object", ErrEnvelopeForm)
	}
	e := &Envelope{}
	var err error
	if e.Sign, err = textMember(head, "sign", fieldSign); err != nil {
		return nil, err
	}
	keyEnc, err := textMember(head, "keyEnc", fieldKeyEnc)
	if err != nil {
		return nil, err
	}
	e.KeyEnc = issuing.NewSecret(keyEnc)
	delete(head, "sign")
	delete(head, "keyEnc")
	e.Head = joinMembers(head)
	if e.Encrypt, err = bodyText(message["body"]); err != nil {
		return nil, err
	}
	e.Body = plainBody(message["body"])
	return e, nil
}

// plainBody returns a body that has more than the ciphertext's member, as it stands.
func plainBody(body json.RawMessage) []byte {
	var members map[string]json.RawMessage
	if json.Unmarshal(body, &members) != nil {
		return nil
	}
	if _, sealed := members["encrypt"]; len(members) == 0 || sealed && len(members) == 1 {
		return nil
	}
	return bytes.TrimSpace(body)
}

// bodyText returns body.encrypt; a missing, null or empty body has none.
func bodyText(body json.RawMessage) (string, error) {
	switch string(bytes.TrimSpace(body)) {
	case "", "null", `""`, "[]":
		return "", nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil {
		return "", fmt.Errorf("%w: body is not an object", ErrEnvelopeForm)
	}
	return textMember(members, "encrypt", fieldEncrypt)
}

func textMember(members map[string]json.RawMessage, name, field string) (string, error) {
	raw, ok := members[name]
	if !ok || string(raw) == "null" {
		return "", nil
	}
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return "", fmt.Errorf("%w: %s is not a string", ErrEnvelopeForm, field)
	}
	return text, nil
}

// joinMembers writes an object with its members in the order of their names and
// without white space between tokens.
func joinMembers(members map[string]json.RawMessage) []byte {
	var out bytes.Buffer
	out.WriteByte('{')
	names := make([]string, 0, len(members))
	for name := range members {
		names = append(names, name)
	}
	sort.Strings(names)
	for i, name := range names {
		if i > 0 {
			out.WriteByte(',')
		}
		// Names and values come from a decoder, so neither call can fail.
		quoted, _ := json.Marshal(name)
		out.Write(quoted)
		out.WriteByte(':')
		_ = json.Compact(&out, members[name])
	}
	out.WriteByte('}')
	return out.Bytes()
}

// JSON returns the message. Sign and keyEnc follow the head's own members; those
// that are empty are left out, and so is the content of an empty body.
func (e *Envelope) JSON() []byte {
	head, body := e.Split()
	b := make([]byte, 0, len(head)+len(body)+20)
	b = append(b, `{"head":`...)
	b = append(b, head...)
	b = append(b, `,"body":`...)
	b = append(b, body...)
	return append(b, '}')
}

// Split returns the message's two objects, for forms that carry them apart.
func (e *Envelope) Split() (head, body []byte) {
	own := bytes.TrimSpace(e.Head)
	if len(own) < 2 {
		own = []byte("{}")
	}
	head = make([]byte, 0, len(own)+len(e.Sign)+e.KeyEnc.Len()+32)
	head = append(head, own[:len(own)-1]...)
	head = appendTextMember(head, "sign", e.Sign)
	head = append(appendTextMember(head, "keyEnc", e.KeyEnc.Reveal()), '}')
	if e.Encrypt == "" && len(e.Body) > 0 {
		return head, e.Body
	}
	body = make([]byte, 0, len(e.Encrypt)+16)
	body = append(appendTextMember(append(body, '{'), "encrypt", e.Encrypt), '}')
	return head, body
}

// appendTextMember appends a member whose value needs no escaping: hex or
// Base64.
func appendTextMember(b []byte, name, value string) []byte {
	if value == "" {
		return b
	}
	if b[len(b)-1] != '{' {
		b = append(b, ',')
	}
	b = append(b, '"')
	b = append(b, name...)
	b = append(b, `":"`...)
	b = append(b, value...)
	return append(b, '"')
}

// parts are the bytes of an envelope's three texts.
type parts struct{ signature, wrapped, ciphertext []byte }

// decode checks what can be seen without a key: that everything is there, and
// that every text encodes what its place needs. Hex of both cases and Base64
// are accepted.
func (e *Envelope) decode(ownSize, peerSize int, hooks *ProfileHooks) (p parts, err error) {
	for _, f := range []struct{ name, value string }{
		{fieldSign, e.Sign}, {fieldKeyEnc, e.KeyEnc.Reveal()}, {fieldEncrypt, e.Encrypt},
	} {
		if f.value == "" {
			return p, fmt.Errorf("%w: %s is missing", ErrEnvelopeForm, f.name)
		}
	}
	if p.signature, err = decodeBlock(fieldSign, e.Sign, peerSize); err != nil {
		return p, err
	}
	if p.wrapped, err = decodeBlock(fieldKeyEnc, e.KeyEnc.Reveal(), ownSize); err != nil {
		return p, err
	}
	unit := blockSize
	if hooks.ciphers() {
		unit = 1
	}
	p.ciphertext, err = decodeCiphertext(e.Encrypt, unit)
	return p, err
}

// decodeBlock decodes an RSA block of size bytes; its length tells hex from
// Base64.
func decodeBlock(field, text string, size int) ([]byte, error) {
	if len(text) == 2*size {
		if b, err := hex.DecodeString(text); err == nil {
			return b, nil
		}
	}
	if len(text) == base64.StdEncoding.EncodedLen(size) {
		if b, err := base64.StdEncoding.Strict().DecodeString(text); err == nil && len(b) == size {
			return b, nil
		}
	}
	return nil, fmt.Errorf("%w: %s is not the hex or Base64 of %d bytes", ErrEnvelopeForm, field, size)
}

// decodeCiphertext decodes whole units, which are AES's blocks or bytes. Text of hex
// digits in one case that makes whole blocks is hex; random Base64 looks like that
// with a chance below 2^-60.
func decodeCiphertext(text string, unit int) ([]byte, error) {
	var b []byte
	var err error
	if len(text)%(2*blockSize) == 0 && (isHex(text, 'a') || isHex(text, 'A')) {
		b, err = hex.DecodeString(text)
	} else {
		b, err = base64.StdEncoding.Strict().DecodeString(text)
	}
	if err != nil || len(b) == 0 || len(b)%unit != 0 {
		return nil, fmt.Errorf("%w: %s is not the Base64 or hex of whole %d-byte blocks",
			ErrEnvelopeForm, fieldEncrypt, unit)
	}
	return b, nil
}

// isHex reports whether text has only decimal digits and the six letters from
// first on.
func isHex(text string, first rune) bool {
	return !strings.ContainsFunc(text, func(r rune) bool {
		return (r < '0' || r > '9') && (r < first || r > first+5)
	})
}
