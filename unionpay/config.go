package unionpay

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/sign/jose"
)

// providerName names this package in errors and events.
const providerName = "unionpay"

// rsaBits is the size of UnionPay's keys.
const rsaBits = 2048

// DefaultTimeout of one attempt is UPI's own: its server gives up after 60
// seconds.
const DefaultTimeout = 60 * time.Second

// IdentityNone leaves the identity member out of msgInfo.
const IdentityNone = "-"

// Config is what UnionPay and the token requestor agreed on. What is required
// says so; everything else that UnionPay does not publish is a setting whose
// default is the reference's, and says that it is inferred.
type Config struct {
	// BaseURL is the gateway's address: https, or http on a loopback address.
	// Required; production addresses are not published. Keep it to scheme and
	// host, and put the complete path into Paths: UPI-REQPATH is the suffix
	// alone, and whether a path of the base address belongs to it is not clear.
	BaseURL string
	// AppID is UPI-APPID: the institution, wallet or app id that UPI assigned,
	// 1 to 16 characters. Required.
	AppID string
	// SignKey signs requests: RSA of 2048 bits or more. Required.
	SignKey sign.PrivateKey
	// SignKeyID is the kid of SignKey's certificate. Required. Where UPI gave no
	// id, it is the decimal serial number: [CertificateID].
	SignKeyID string
	// UPISignKeys are UPI's signing keys by kid (profile U: by umpsSignCertID).
	// Required, several for a roll-over.
	UPISignKeys map[string]sign.PublicKey

	// Paths are the service URL suffixes by message. No suffix of CAMS is
	// published, so an operation without one returns issuing.ErrNotConfigured.
	// [InferredPaths] has the reference's guesses.
	Paths map[MessageType]string

	// UPIEncKey and UPIEncKeyID encrypt fields and bodies for UPI. Required only
	// where something is encrypted.
	UPIEncKey   sign.PublicKey
	UPIEncKeyID string
	// DecryptKeys open what UPI encrypts for us, by kid. Profile U names no key,
	// so all are tried there.
	DecryptKeys map[string]sign.PrivateKey

	// PayloadMode is the construction of the detached JWS. Inferred: Encoded.
	PayloadMode sign.UPIMode
	// JWE are the only algorithms used and accepted for JWE. The zero value is
	// the documented sample, RSA1_5 and A128CBC-HS256.
	JWE jose.UPIJWE
	// Profiles is the security profile by message. Inferred: G.
	Profiles map[MessageType]Profile
	// Shapes is the arrangement by message. Inferred: flat for the ATM messages,
	// enveloped for the others.
	Shapes map[MessageType]Shape
	// BodyEncryption is the encryption of whole bodies by message. Inferred: none.
	BodyEncryption map[MessageType]BodyEncryption
	// EncryptFields are the trxInfo members that are encrypted for UPI. Nil is
	// pan and cvm, which the token tables and the security page name.
	EncryptFields []string
	// MessageNames are the msgTypes of messages that UnionPay names otherwise than this
	// package, such as the token inquiry, whose name is not published; 1 to 50 characters.
	MessageNames map[MessageType]string
	// FieldNames renames the business members of requests and answers, by the name that
	// this package uses, which is that of the struct's JSON tag. Of most messages no names
	// are published: authorizationData, issuerID, originalMsgID, pageNo, pageSize,
	// totalCount, atmList, cityList, bankList and radius are invented, and those of tokens
	// are another product's. Members of msgInfo, msgResponse, riskInfo and cvm keep theirs.
	FieldNames map[string]string
	// ActionNames spells actions on tokens otherwise; that of SUSPEND and RESUME is inferred.
	ActionNames map[TokenAction]string
	// OptionalFields are members that this package requires by inference and UnionPay
	// does not: authorizationData and deviceID of a token request, deviceID of an update,
	// longitude and latitude of [ATMService.Nearby], and countryCode of
	// [ATMService.CitiesAndBanks].
	OptionalFields []string
	// AuthorizationForm is how authorizationData is written. Inferred: a text.
	AuthorizationForm AuthorizationForm
	// Codes are the kinds of response codes that mean something else in the merchant's
	// product than in UMPS, or that UMPS has not: issuing.ErrInvalid, ErrUnauthorized,
	// ErrNotFound, ErrDuplicate, ErrConflict, ErrInsufficientFunds or ErrDeclined, which
	// say that nothing was carried out, or ErrOutcomeUnknown for a code that says nothing
	// definite. They win over this package's.
	Codes map[Code]error

	// IdentityField is the msgInfo member with our id: walletID (the default),
	// insID, trID or another name, or IdentityNone. Inferred. IdentityValue is AppID
	// when empty.
	IdentityField, IdentityValue string
	// Zone is the zone of msgInfo.timeStamp and of the time inside msgID. One
	// page says Beijing time; nil is UTC+8.
	Zone *time.Location

	// UMPSDigestInfo makes profile U sign with DigestInfo. Inferred: false.
	UMPSDigestInfo bool
	// EscapeSlash writes "/" as "\/" in strings. UPI's FAQ asks for escapes that
	// it lists in a table which could not be recovered. Inferred: false.
	EscapeSlash bool
	// SendEncCertID adds the top-level object encCertId, seen in SCIS messages
	// with encrypted fields. Its insEncCertID is EncCertID.
	SendEncCertID bool
	// EncCertID is the id of our own encryption certificate.
	EncCertID string
	// AcceptUnsigned takes answers without a signature. Never needed by the
	// documents: all answers but a 401 are signed.
	AcceptUnsigned bool
	// RequireUUIDEcho refuses answers whose UPI-UUID is not the request's. That
	// it must be is not documented.
	RequireUUIDEcho bool
	// JWEContentType is the Content-Type of encrypted bodies. Inferred: application/jose.
	JWEContentType string
	// Values are further values of enumerations in requests, by the member's name as
	// errors print it, such as "reportReason": {"7"}: UnionPay adds values without notice.
	// Every other value that this version does not know is refused before it is sent.
	Values map[string][]string
	// AnswerAppIDs are the accepted values of UPI-APPID in answers. Inferred: nil
	// is AppID alone.
	AnswerAppIDs []string
	// Skew is how far the clock of an answer may be from ours; 0 is the
	// documented 300 seconds.
	Skew time.Duration

	// NewUUID makes UPI-UUID; nil is 32 random hex digits. It must be safe for
	// concurrent use.
	NewUUID func() string
	// NewMsgID makes msgID; nil is 29 characters: A, the id in eight digits, the
	// time and a sequence. It must be safe for concurrent use.
	NewMsgID func(now time.Time) string
}

// InferredPaths returns the reference's guesses for the suffixes that UnionPay
// does not publish. They are right for the platform in memory; for UnionPay have
// them confirmed.
func InferredPaths() map[MessageType]string {
	return map[MessageType]string{
		MessageTypeATMFeedback:       "/cams/tr/v1/atmfeedbackinform",
		MessageTypeATMList:           "/cams/tr/v1/atmlistinquiry",
		MessageTypeATMNearby:         "/cams/tr/v1/nearbyatminquiry",
		MessageTypeATMCitiesAndBanks: "/cams/tr/v1/atmcityandbanklistinquiry",
		MessageTypeTokenRequest:      "/cams/tr/v1/tokenrequestwithauthorization",
		MessageTypeTokenStateUpdate:  "/cams/tr/v1/tokenstateupdate",
		MessageTypeTokenStateInquiry: "/cams/tr/v1/tokenstateinquiry",
		MessageTypeKeyExchange:       "/uags/api/v1/exchange",
	}
}

// defaultZone is Beijing time as a fixed offset.
var defaultZone = time.FixedZone("UTC+8", 8*60*60)

// ConfigTexts is a [Config] as UnionPay and the token requestor exchanged it and the
// requestor's key store holds it: texts, as they come from the environment or a secret
// store. It does not print the private keys. What else a Config has is set on the
// result.
type ConfigTexts struct {
	BaseURL     string                    // as Config.BaseURL
	AppID       string                    // as Config.AppID
	SignKey     issuing.Secret            // in a form of sign.ParsePrivateKey, such as PEM
	SignKeyID   string                    // as Config.SignKeyID
	UPISignKeys map[string]string         // by kid: a key or a certificate in a form of sign.ParsePublicKey
	Paths       map[MessageType]string    // as Config.Paths
	UPIEncKey   string                    // as an entry of UPISignKeys; only where something is encrypted
	UPIEncKeyID string                    // as Config.UPIEncKeyID
	DecryptKeys map[string]issuing.Secret // by kid: as SignKey; optional
	PayloadMode string                    // Encoded, Raw or RFC7797; empty is Encoded
	Zone        string                    // an IANA name such as "Asia/Shanghai"; empty is UTC+8
}

// ParseConfig reads a Config from texts and checks all of it, keys and settings. The
// error, of kind issuing.ErrInvalid, names every field that is wrong, a key by its id,
// and no value.
// What a file or an editor left around a text is taken off: blanks, line breaks, a byte
// order mark and quotes.
func ParseConfig(t ConfigTexts) (Config, error) {
	var p check.Problems
	cfg := Config{
		BaseURL: check.Trim(t.BaseURL), AppID: check.Trim(t.AppID), SignKeyID: check.Trim(t.SignKeyID),
		UPIEncKeyID: check.Trim(t.UPIEncKeyID), Paths: map[MessageType]string{},
		SignKey:     check.Read(&p, "SignKey", t.SignKey.Reveal(), sign.ParsePrivateKey),
		UPIEncKey:   check.Read(&p, "UPIEncKey", t.UPIEncKey, sign.ParsePublicKey),
		PayloadMode: check.Read(&p, "PayloadMode", t.PayloadMode, payloadMode),
		Zone:        check.Read(&p, "Zone", t.Zone, check.Zone),
		UPISignKeys: map[string]sign.PublicKey{}, DecryptKeys: map[string]sign.PrivateKey{},
	}
	for _, kid := range sorted(t.UPISignKeys) {
		key := check.Read(&p, keyField("UPISignKeys", kid), t.UPISignKeys[kid], sign.ParsePublicKey)
		putKey(&p, "UPISignKeys", cfg.UPISignKeys, kid, key)
	}
	for _, kid := range sorted(t.DecryptKeys) {
		text := t.DecryptKeys[kid].Reveal()
		key := check.Read(&p, keyField("DecryptKeys", kid), text, sign.ParsePrivateKey)
		putKey(&p, "DecryptKeys", cfg.DecryptKeys, kid, key)
	}
	for message, path := range t.Paths {
		cfg.Paths[check.Trim(message)] = check.Trim(path)
	}
	cfg.validate(&p)
	return cfg, p.Err(providerName, "ParseConfig")
}

// putKey puts a key under its id without what came along with the id.
func putKey[K any](p *check.Problems, field string, keys map[string]K, kid string, key K) {
	bare := check.Trim(kid)
	if _, twice := keys[bare]; twice {
		p.Add(keyField(field, kid), "is given twice")
	}
	keys[bare] = key
}

// payloadMode reads the name of a mode.
func payloadMode(text string) (sign.UPIMode, error) {
	for _, mode := range []sign.UPIMode{sign.UPIModeEncoded, sign.UPIModeRaw, sign.UPIModeRFC7797} {
		if strings.EqualFold(check.Trim(text), mode.String()) {
			return mode, nil
		}
	}
	return 0, errors.New("is none of Encoded, Raw and RFC7797")
}

func (c Config) validate(p *check.Problems) {
	p.URL("BaseURL", c.BaseURL, transport.CheckURL)
	checkHeaderText(p, "AppID", c.AppID, 16)
	c.checkKeys(p)
	if !c.UPIEncKey.IsZero() || c.UPIEncKeyID != "" {
		checkHeaderText(p, "UPIEncKeyID", c.UPIEncKeyID, 64)
	}
	c.checkMessages(p)
	c.checkNames(p)
	c.checkSettings(p)
}

// checkKeys checks the keys that requests and notifications have in common.
func (c Config) checkKeys(p *check.Problems) {
	p.Key("SignKey", c.SignKey.Bits(), rsaBits)
	checkHeaderText(p, "SignKeyID", c.SignKeyID, 64)
	p.Required("UPISignKeys", len(c.UPISignKeys) > 0)
	for _, kid := range sorted(c.UPISignKeys) {
		checkKeyEntry(p, "UPISignKeys", kid, c.UPISignKeys[kid].Bits())
	}
	for _, kid := range sorted(c.DecryptKeys) {
		key := c.DecryptKeys[kid]
		checkKeyEntry(p, "DecryptKeys", kid, key.Bits())
		if !key.IsZero() && !key.CanDecrypt() {
			p.Add(keyField("DecryptKeys", kid), "signs only")
		}
	}
}

func (c Config) checkSettings(p *check.Problems) {
	if !c.PayloadMode.Known() {
		p.Add("PayloadMode", "is unknown")
	}
	if !c.JWE.Supported() {
		p.Add("JWE", "has an unsupported algorithm")
	}
	switch c.IdentityField {
	case "", IdentityNone:
	case "versionNo", "msgID", "timeStamp", "msgType":
		p.Add("IdentityField", "is another member of msgInfo")
	default:
		if !validName(c.IdentityField) {
			p.Add("IdentityField", "is neither a name of letters, digits and underscores nor IdentityNone")
		}
	}
	for i, name := range c.EncryptFields {
		p.Bare(fmt.Sprintf("EncryptFields[%d]", i), name)
	}
	for i, id := range c.AnswerAppIDs {
		p.Bare(fmt.Sprintf("AnswerAppIDs[%d]", i), id)
	}
	p.OptionalID("IdentityValue", c.IdentityValue, 0)
	if c.AnswerAppIDs != nil && (len(c.AnswerAppIDs) == 0 || slices.Contains(c.AnswerAppIDs, "")) {
		p.Add("AnswerAppIDs", "has no id, or an empty one")
	}
	if c.Skew < 0 {
		p.Add("Skew", "is negative")
	}
	if c.SendEncCertID {
		p.ID("EncCertID", c.EncCertID, 64)
	}
}

// checkMessages checks the settings by message.
func (c Config) checkMessages(p *check.Problems) {
	for message, path := range c.Paths {
		p.Bare(fmt.Sprintf("Paths[%q]", message), string(message))
		if !validPath(path) {
			p.Add(fmt.Sprintf("Paths[%q]", message), "is not a path of the form /a/b")
		}
	}
	checkKnown(p, "Profiles", c.Profiles)
	checkKnown(p, "Shapes", c.Shapes)
	checkKnown(p, "BodyEncryption", c.BodyEncryption)
	for message, encryption := range c.BodyEncryption {
		switch {
		case encryption == BodyEncryptionJWE && c.UPIEncKey.IsZero():
			p.Add(fmt.Sprintf("BodyEncryption[%q]", message), "needs UPIEncKey and UPIEncKeyID")
		case encryption == BodyEncryptionJWE && c.Profiles[message] == ProfileU:
			p.Add(fmt.Sprintf("BodyEncryption[%q]", message), "does not go with profile U")
		}
	}
}

func checkKnown[V interface{ known() bool }](p *check.Problems, field string, settings map[MessageType]V) {
	for message, value := range settings {
		if !value.known() {
			p.Add(fmt.Sprintf("%s[%q]", field, message), "is unknown")
		}
	}
}

// sorted returns the ids of a map of keys, so that errors have an order.
func sorted[V any](keys map[string]V) []string { return slices.Sorted(maps.Keys(keys)) }

// keyField names an entry of a map of keys.
func keyField(field, kid string) string { return fmt.Sprintf("%s[%.40q]", field, kid) }

func checkKeyEntry(p *check.Problems, field, kid string, bits int) {
	field = keyField(field, kid)
	if kid == "" {
		p.Add(field, "has no id")
		return
	}
	p.Bare(field, kid)
	p.Key(field, bits, rsaBits)
}

// checkHeaderText checks a value that goes into the protected header.
func checkHeaderText(p *check.Problems, field, value string, limit int) {
	if !p.Required(field, value != "") || !p.Bare(field, value) {
		return
	}
	if len(value) > limit {
		p.Add(field, "has %d characters, at most %d are allowed", len(value), limit)
	}
	if strings.ContainsFunc(value, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' }) {
		p.Add(field, "has characters other than printable ASCII")
	}
}

// validPath accepts an absolute path of unreserved characters, so that the path
// that is signed is the path that is requested.
func validPath(path string) bool {
	reserved := func(r rune) bool { return foreign(r) && !strings.ContainsRune("/-._~", r) }
	if len(path) < 2 || len(path) > 256 || path[0] != '/' || strings.ContainsFunc(path, reserved) {
		return false
	}
	return !slices.ContainsFunc(strings.Split(path[1:], "/"), func(s string) bool {
		return s == "" || s == "." || s == ".."
	})
}

func validName(name string) bool {
	other := func(r rune) bool { return foreign(r) && r != '_' }
	return name != "" && len(name) <= 64 && !strings.ContainsFunc(name, other)
}

// foreign reports whether r is neither a letter of A to Z, in either case, nor a
// digit.
func foreign(r rune) bool {
	return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
}

// normal returns a copy with its own maps and the defaults filled in.
func (c Config) normal() Config {
	c.UPISignKeys = maps.Clone(c.UPISignKeys)
	c.DecryptKeys = maps.Clone(c.DecryptKeys)
	c.Paths = maps.Clone(c.Paths)
	c.Profiles = maps.Clone(c.Profiles)
	c.Shapes = maps.Clone(c.Shapes)
	c.BodyEncryption = maps.Clone(c.BodyEncryption)
	c.MessageNames = maps.Clone(c.MessageNames)
	c.FieldNames = maps.Clone(c.FieldNames)
	c.ActionNames = maps.Clone(c.ActionNames)
	c.OptionalFields = slices.Clone(c.OptionalFields)
	c.Codes = maps.Clone(c.Codes)
	c.Values = maps.Clone(c.Values)
	c.JWEContentType = cmp.Or(c.JWEContentType, "application/jose")
	if c.EncryptFields == nil {
		c.EncryptFields = []string{"pan", "cvm"}
	}
	c.EncryptFields = slices.Clone(c.EncryptFields)
	c.AnswerAppIDs = slices.Clone(c.AnswerAppIDs)
	if c.AnswerAppIDs == nil {
		c.AnswerAppIDs = []string{c.AppID}
	}
	c.IdentityField = cmp.Or(c.IdentityField, "walletID")
	c.IdentityValue = cmp.Or(c.IdentityValue, c.AppID)
	c.Zone = cmp.Or(c.Zone, defaultZone)
	if c.NewUUID == nil {
		c.NewUUID = newUUID
	}
	if c.NewMsgID == nil {
		c.NewMsgID = newMsgIDs(c.AppID, c.Zone)
	}
	return c
}

func (c Config) fingerprint(data []byte) (string, error) { return c.SignKey.Fingerprint(data) }
