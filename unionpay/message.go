package unionpay

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/sign"
)

// Layout of msgInfo.timeStamp.
const timeStampLayout = "20060102150405"

// versionNo is the only version that the samples show.
const versionNo = "1.0.0"

// Limits of msgID: AN 17-49.
const (
	minMsgID = 17
	maxMsgID = 49
)

// newUUID returns 32 random hex digits.
func newUUID() string { return strings.ReplaceAll(uuid.NewString(), "-", "") }

// newMsgIDs returns the default generator: the letter of a wallet or app gateway,
// the id in eight characters, the time, and a sequence that starts anywhere.
func newMsgIDs(appID string, zone *time.Location) func(time.Time) string {
	id := strings.Map(func(r rune) rune {
		if foreign(r) {
			return '0'
		}
		return r
	}, appID)
	id = fmt.Sprintf("%08s", id)
	seq := new(atomic.Uint64)
	seq.Store(rand.Uint64N(1_000_000))
	return func(now time.Time) string {
		return fmt.Sprintf("A%s%s%06d", id, now.In(zone).Format(timeStampLayout), seq.Add(1)%1_000_000)
	}
}

func validMsgID(id string) bool {
	return len(id) >= minMsgID && len(id) <= maxMsgID && !strings.ContainsFunc(id, foreign)
}

// form is how one operation's messages are made and read. The forms are this
// interface's own strangeness: each message is flat or enveloped, signed in a
// header or in its body, in clear or encrypted, as UnionPay and the token
// requestor agreed.
type form struct {
	message MessageType
	path    string
	profile Profile
	shape   Shape
	body    BodyEncryption
}

// form returns the form of an operation's messages. The error is that the
// message has no path.
func (c Config) form(o operation) (form, error) {
	f := form{
		message: o.message, path: c.Paths[o.message], profile: c.Profiles[o.message],
		shape: cmp.Or(c.Shapes[o.message], o.shape), body: c.BodyEncryption[o.message],
	}
	if f.path == "" {
		return f, notConfigured("Config.Paths[%q] is not set; UnionPay does not publish it", o.message)
	}
	return f, nil
}

// notConfigured makes the error of a request that lacks a setting.
func notConfigured(format string, args ...any) error {
	return &issuing.Error{Kind: issuing.ErrNotConfigured, Err: fmt.Errorf(format, args...)}
}

// business is a request's business fields on the wire, the same in every attempt.
type business struct {
	object    []byte // a JSON object
	encrypted bool   // a member of it is encrypted
}

// business turns a request into its business fields, renamed and with the
// sensitive ones encrypted.
func (c Config) business(profile Profile, in any) (business, error) {
	if in == nil {
		return business{object: []byte("{}")}, nil
	}
	raw, err := codec.Marshal(in)
	if err != nil {
		return business{}, err
	}
	if len(raw) == 0 || raw[0] != '{' {
		return business{}, errors.New("a request is a JSON object")
	}
	if c.asItIs(in, raw) {
		return business{object: raw}, nil
	}
	out, encrypted, names, p := objectWriter{}, false, map[string]bool{}, check.Problems{}
	for name, value := range wire.Members(raw) {
		lower := strings.ToLower(c.wireName(name))
		if names[lower] {
			p.Add(name, "stands twice in the request")
		}
		names[lower] = true
		if slices.Contains(c.EncryptFields, name) && string(value) != "null" {
			if value, err = c.encryptField(profile, name, value); err != nil {
				return business{}, err
			}
			encrypted = true
		}
		out.member(c.wireName(name), c.formed(&p, name, value))
	}
	if p.Any() {
		return business{}, p.Refusal()
	}
	return business{out.bytes(), encrypted}, nil
}

// formed returns a member's value in the form that UnionPay and the token requestor
// agreed.
func (c Config) formed(p *check.Problems, name string, value []byte) []byte {
	text, ok := wire.Unquote(value)
	switch {
	case !ok:
	case name == "authorizationData" && c.AuthorizationForm == AuthorizationFormObject:
		if !json.Valid([]byte(text)) || !strings.HasPrefix(strings.TrimSpace(text), "{") {
			p.Add(name, "is not the text of a JSON object")
			break
		}
		return []byte(text)
	case name == "tokenAction" && c.ActionNames[TokenAction(text)] != "":
		return wire.AppendString(nil, c.ActionNames[TokenAction(text)])
	}
	return value
}

// asItIs reports whether a request's object is sent as the codec wrote it, as that of
// most is.
func (c Config) asItIs(in any, object []byte) bool {
	if _, own := in.(request); !own || len(extraOf(in)) > 0 {
		return false
	}
	if len(c.FieldNames)+len(c.ActionNames) > 0 || c.AuthorizationForm != AuthorizationFormText {
		return false
	}
	return !slices.ContainsFunc(c.EncryptFields, func(name string) bool {
		return bytes.Contains(object, append(wire.AppendString(nil, name), ':'))
	})
}

// encryptField encrypts a member's value: the raw text of a string, the compact
// JSON of anything else. The ciphertext replaces the value.
func (c Config) encryptField(profile Profile, name string, value []byte) ([]byte, error) {
	if c.UPIEncKey.IsZero() {
		return nil, notConfigured("%s: Config.UPIEncKey and UPIEncKeyID are needed to encrypt", name)
	}
	plaintext := value
	if text, ok := wire.Unquote(value); ok {
		plaintext = []byte(text)
	}
	var sealed string
	var err error
	if profile == ProfileU {
		sealed, err = sign.EncryptUMPS(c.UPIEncKey, plaintext)
	} else {
		sealed, err = c.JWE.Encrypt(c.UPIEncKey, c.UPIEncKeyID, plaintext)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return wire.AppendString(nil, sealed), nil
}

// compose makes the body of one attempt around the business fields.
func (c Config) compose(f form, b business, msgID string, now time.Time) ([]byte, error) {
	w := objectWriter{}
	if f.shape == ShapeEnveloped {
		info := objectWriter{}
		info.text("versionNo", versionNo)
		info.text("msgID", msgID)
		info.text("timeStamp", now.In(c.Zone).Format(timeStampLayout))
		info.text("msgType", c.msgType(f.message))
		if c.IdentityField != IdentityNone {
			info.text(c.IdentityField, c.IdentityValue)
		}
		w.member("msgInfo", info.bytes())
		w.member("trxInfo", b.object)
	} else {
		for name, value := range wire.Members(b.object) {
			w.member(name, value)
		}
	}
	if b.encrypted && c.SendEncCertID {
		ids := objectWriter{}
		ids.text("upiEncCertID", c.UPIEncKeyID)
		ids.text("insEncCertID", c.EncCertID)
		w.member("encCertId", ids.bytes())
	}
	if f.profile == ProfileU {
		signature := objectWriter{}
		signature.text("appSignCertID", c.SignKeyID)
		if b.encrypted {
			signature.text("umpsEncCertID", c.UPIEncKeyID)
		}
		signature.text("signature", sign.UMPSPlaceholder)
		w.member("certificateSignature", signature.bytes())
	}
	body := c.spell(w.bytes())
	switch {
	case f.profile == ProfileU:
		return sign.UMPS{DigestInfo: c.UMPSDigestInfo}.Sign(c.SignKey, body)
	case f.body == BodyEncryptionJWE:
		sealed, err := c.JWE.Encrypt(c.UPIEncKey, c.UPIEncKeyID, body)
		return []byte(sealed), err
	}
	return body, nil
}

// objectWriter writes a JSON object member by member.
type objectWriter struct{ b []byte }

func (w *objectWriter) member(name string, value []byte) {
	if len(w.b) == 0 {
		w.b = append(w.b, '{')
	} else {
		w.b = append(w.b, ',')
	}
	w.b = append(wire.AppendString(w.b, name), ':')
	w.b = append(w.b, value...)
}

func (w *objectWriter) text(name, value string) { w.member(name, wire.AppendString(nil, value)) }

func (w *objectWriter) bytes() []byte {
	if len(w.b) == 0 {
		return []byte("{}")
	}
	return append(w.b, '}')
}

// shortEscapes are the two-character escapes of RFC 8259 for control characters,
// which UPI's FAQ seems to ask for.
var shortEscapes = map[string]byte{"0008": 'b', "0009": 't', "000a": 'n', "000c": 'f', "000d": 'r'}

// spell rewrites the strings of compact JSON: short escapes instead of \u00XX,
// and "\/" for "/" where EscapeSlash asks for it.
func (c Config) spell(body []byte) []byte {
	if !bytes.ContainsRune(body, '\\') && (!c.EscapeSlash || !bytes.ContainsRune(body, '/')) {
		return body
	}
	out := make([]byte, 0, len(body)+16)
	for i := 0; i < len(body); i++ {
		switch char := body[i]; {
		case char == '\\' && i+5 < len(body) && body[i+1] == 'u':
			if short, ok := shortEscapes[string(body[i+2:i+6])]; ok {
				out = append(out, '\\', short)
				i += 5
				continue
			}
			out = append(out, '\\', 'u')
			i++
		case char == '\\' && i+1 < len(body):
			out = append(out, char, body[i+1])
			i++
		case char == '/' && c.EscapeSlash:
			// Outside of strings JSON has no slash.
			out = append(out, '\\', '/')
		default:
			out = append(out, char)
		}
	}
	return out
}

// answer is a decoded answer of the gateway.
type answer struct {
	raw      []byte // the plaintext JSON
	business json.RawMessage
	msgID    string
	code     Code
	message  string
	bad      error // why the answer cannot be believed or read
}

// parseAnswer splits an answer's JSON. The member names are compared without
// regard to case: a refusal writes MsgResponse.
func parseAnswer(raw []byte, shape Shape) *answer {
	raw = wire.TrimBOM(raw)
	a := &answer{raw: raw}
	if !json.Valid(raw) {
		a.bad = errors.New("the answer is not JSON")
		return a
	}
	if wire.Twice(raw) {
		a.bad = errTwice
		return a
	}
	flat, seen := objectWriter{}, map[string]bool{}
	for name, value := range wire.Members(raw) {
		lower := strings.ToLower(name)
		if seen[lower] {
			*a = answer{raw: raw, bad: errTwice}
			return a
		}
		seen[lower] = true
		switch lower {
		case "msgresponse":
			var r struct {
				Code    string `json:"responseCode"`
				Message string `json:"responseMsg" wire:"json"`
			}
			if foldsTwice(value) {
				*a = answer{raw: raw, bad: errTwice}
				return a
			}
			if codec.Unmarshal(value, &r) == nil && isCode(r.Code) {
				a.code, a.message = Code(r.Code), r.Message
			}
		case "msginfo":
			var info struct {
				MsgID string `json:"msgID"`
			}
			if codec.Unmarshal(value, &info) == nil {
				a.msgID = info.MsgID
			}
		case "trxinfo":
			a.business = value
		case "certificatesignature", "enccertid":
		default:
			flat.member(name, value)
		}
	}
	if shape == ShapeFlat || a.business == nil {
		a.business = flat.bytes()
	}
	return a
}

var errTwice = errors.New("a member of the message stands twice")

// foldsTwice reports whether an object has two members whose names differ in case alone.
func foldsTwice(object []byte) bool {
	seen := map[string]bool{}
	for name := range wire.Members(object) {
		if lower := strings.ToLower(name); seen[lower] {
			return true
		} else {
			seen[lower] = true
		}
	}
	return false
}

// isCode reports whether a text can be a response code: AN 2. Anything else is no
// answer to go by, such as 0 or 4, which would read as refusals for want of a zero.
func isCode(s string) bool { return len(s) == 2 && !strings.ContainsFunc(s, foreign) }
