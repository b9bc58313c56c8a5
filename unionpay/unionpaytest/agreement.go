package unionpaytest

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/unionpay"
)

// Agreement is what UnionPay and a token requestor agree on beside what is published. The
// zero Agreement is what package unionpay infers; what has the name of a field of
// [unionpay.Config] is the gateway's side of it.
type Agreement struct {
	MessageNames      map[unionpay.MessageType]string
	FieldNames        map[string]string
	ActionNames       map[unionpay.TokenAction]string
	OptionalFields    []string // a token request without authorizationData names its push by pushID
	AuthorizationForm unionpay.AuthorizationForm
	IdentityField     string // member of msgInfo
	IdentityValue     string // what has to stand there; empty is the id of the requestor that signs
	EncryptFields     []string
	SendEncCertID     bool // encrypted fields need the object encCertId
	EscapeSlash       bool // a "/" that is not escaped is refused with 401
	JWEContentType    string

	// Zone is the zone of times; when it is set, a timeStamp more than an hour from the
	// gateway's clock is refused.
	Zone *time.Location
	// MsgID says which ids of messages are taken; nil is every one of the documented form.
	MsgID func(string) bool
	// AppID is UPI-APPID of answers and notifications; empty is the token requestor's.
	AppID string
	// Codes are what this gateway answers for codes of package unionpay.
	Codes map[unionpay.Code]unionpay.Code
	// PushShape is the arrangement of notifications.
	PushShape unionpay.Shape
	// Link is how the issuer writes Linking Card.
	Link LinkForm
}

// LinkForm is how an issuer writes a link.
type LinkForm struct {
	Params  unionpay.LinkParams    // names
	Without []unionpay.LinkPart    // what it leaves out
	PushID  func(id string) string // another form of a push's id, which is P and 16 hex digits
	Time    func(time.Time) string // another form of the time stamp
}

// client completes a client's configuration.
func (a Agreement) client(cfg *unionpay.Config) {
	cfg.MessageNames, cfg.FieldNames = maps.Clone(a.MessageNames), maps.Clone(a.FieldNames)
	cfg.ActionNames, cfg.OptionalFields = maps.Clone(a.ActionNames), slices.Clone(a.OptionalFields)
	cfg.AuthorizationForm, cfg.EscapeSlash = a.AuthorizationForm, a.EscapeSlash
	cfg.IdentityField, cfg.IdentityValue, cfg.Zone = a.IdentityField, a.IdentityValue, a.Zone
	cfg.EncryptFields, cfg.JWEContentType = slices.Clone(a.EncryptFields), a.JWEContentType
	if a.SendEncCertID {
		cfg.SendEncCertID, cfg.EncCertID = true, DecryptKeyID
	}
	if a.AppID != "" {
		cfg.AnswerAppIDs = []string{a.AppID}
	}
	for own, used := range a.Codes {
		if cfg.Codes == nil {
			cfg.Codes = map[unionpay.Code]error{}
		}
		cfg.Codes[used] = own.Kind()
	}
}

// message returns this package's name of a message, by that on the wire.
func (a Agreement) message(name string) unionpay.MessageType {
	for own, used := range a.MessageNames {
		if used == name {
			return own
		}
	}
	if _, renamed := a.MessageNames[unionpay.MessageType(name)]; renamed {
		return ""
	}
	return unionpay.MessageType(name)
}

// named gives the members of a request the names of package unionpay. A member under a
// name that has been replaced is an unknown one.
func (a Agreement) named(f fields) fields {
	out, own := fields{}, map[string]string{}
	for name, used := range a.FieldNames {
		own[used] = name
	}
	for name, value := range f {
		if _, replaced := a.FieldNames[name]; !replaced || own[name] != "" {
			out[cmp.Or(own[name], name)] = value
		}
	}
	return out
}

// renamed gives the members of an answer the agreed names.
func (a Agreement) renamed(o object) object {
	if len(a.FieldNames) == 0 {
		return o
	}
	out := object{}
	for name, value := range o {
		if list, ok := value.([]object); ok {
			var elements []object
			for _, element := range list {
				elements = append(elements, a.renamed(element))
			}
			value = elements
		}
		out[cmp.Or(a.FieldNames[name], name)] = value
	}
	return out
}

// action returns the action that a text is the agreed spelling of.
func (a Agreement) action(text string) unionpay.TokenAction {
	for own, used := range a.ActionNames {
		if used == text {
			return own
		}
	}
	if _, renamed := a.ActionNames[unionpay.TokenAction(text)]; renamed {
		return ""
	}
	return unionpay.TokenAction(text)
}

// without returns the mandatory members that a message may lack.
func (a Agreement) without(message unionpay.MessageType) []string {
	if message == unionpay.MessageTypeATMList || message == unionpay.MessageTypeATMFeedback {
		return nil
	}
	return a.OptionalFields
}

// encrypted are the members that have to be encrypted.
func (a Agreement) encrypted() []string {
	if a.EncryptFields == nil {
		return []string{"pan", "cvm"}
	}
	return a.EncryptFields
}

// stamp formats a time as this gateway does.
func (a Agreement) stamp(t time.Time) string { return t.In(cmp.Or(a.Zone, zone)).Format(timeStamp) }

// identity returns the member of an enveloped message that is not as agreed, "" when all
// are.
func (a Agreement) identity(info fields, appID string, now time.Time) string {
	if field := cmp.Or(a.IdentityField, "walletID"); field != unionpay.IdentityNone &&
		info.Text(field) != cmp.Or(a.IdentityValue, appID) {
		return field
	}
	if a.MsgID != nil && !a.MsgID(info.Text("msgID")) {
		return "msgID"
	}
	if a.Zone != nil {
		at, err := time.ParseInLocation(timeStamp, info.Text("timeStamp"), a.Zone)
		if err != nil || at.Sub(now).Abs() > time.Hour {
			return "timeStamp"
		}
	}
	return ""
}

// escaped reports whether every "/" of a JSON text is escaped. Outside of strings there
// is none.
func escaped(body []byte) bool {
	text := strings.ReplaceAll(string(body), `\\`, "")
	return strings.Count(text, "/") == strings.Count(text, `\/`)
}

// jweParts are the members of a flattened JWE in the order of the compact form.
var jweParts = []string{"protected", "encrypted_key", "iv", "ciphertext", "tag"}

// flattened turns a compact JWE into the JSON object of RFC 7516.
func flattened(compact string) string {
	o := object{}
	for i, part := range strings.Split(compact, ".") {
		o[jweParts[i]] = part
	}
	return string(platform.JSON(o))
}

// compacted is the reverse of flattened; "" for what is none.
func compacted(text []byte) string {
	f, err := platform.ReadFields(text)
	if err != nil {
		return ""
	}
	var parts []string
	for _, name := range jweParts {
		parts = append(parts, f.Text(name))
	}
	return strings.Join(parts, ".")
}

// parameters are those of a link, in their order.
func (l LinkForm) parameters(values map[unionpay.LinkPart]string, at string) [][2]string {
	n := l.Params
	var out [][2]string
	for _, p := range []struct {
		part       unionpay.LinkPart
		name, used string
	}{
		{unionpay.LinkPartIssuerID, "issuerID", n.IssuerID}, {unionpay.LinkPartTRID, "trID", n.TRID},
		{unionpay.LinkPartPushID, "pushID", n.PushID}, {unionpay.LinkPartAuthData, "authData", n.AuthData},
		{unionpay.LinkPartCallbackURI, "callbackUri", n.CallbackURI},
	} {
		if !slices.Contains(l.Without, p.part) {
			out = append(out, [2]string{cmp.Or(p.used, p.name), values[p.part]})
		}
	}
	return append(out, [2]string{cmp.Or(n.TimeStamp, "timeStamp"), at})
}

// id returns a push's id in the agreed form.
func (l LinkForm) id(id string) string {
	if l.PushID == nil {
		return id
	}
	return l.PushID(id)
}

// stamp returns a time stamp in the agreed form.
func (l LinkForm) stamp(agreed Agreement, now time.Time) string {
	if l.Time == nil {
		return agreed.stamp(now)
	}
	return l.Time(now)
}
