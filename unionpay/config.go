package unionpay

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

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
	// FieldNames renames members whose names are invented, by the name that this
	// package uses: authorizationData, issuerID, originalMsgID, pageNo, pageSize,
	// totalCount, atmList, cityList, bankList, radius.
	FieldNames map[string]string

	// IdentityField is the msgInfo member with our id: walletID (the default),
	// insID, trID or IdentityNone. Inferred. IdentityValue is AppID when empty.
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
	// Strict refuses requests with values of indicator fields that this version
	// does not know, such as a reportReason of 7. By default they are sent,
	// because UnionPay adds values without notice.
	Strict bool
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

// renameable are the members that FieldNames may rename.
var renameable = []string{
	"authorizationData", "issuerID", "originalMsgID", "pageNo", "pageSize", "totalCount", "atmList",
	"cityList", "bankList", "radius",
}

func (c Config) validate() error {
	var p check.Problems
	p.Cause("BaseURL", transport.CheckURL(c.BaseURL))
	checkHeaderText(&p, "AppID", c.AppID, 16)
	c.checkKeys(&p)
	if !c.UPIEncKey.IsZero() {
		checkHeaderText(&p, "UPIEncKeyID", c.UPIEncKeyID, 64)
	}
	c.checkMessages(&p)
	c.checkNames(&p)
	c.checkSettings(&p)
	return p.Err(providerName, "New")
}

// checkKeys checks the keys that requests and notifications have in common.
func (c Config) checkKeys(p *check.Problems) {
	if p.Required("SignKey", !c.SignKey.IsZero()) && c.SignKey.Bits() < rsaBits {
		p.Add("SignKey", "has %d bits, at least %d are needed", c.SignKey.Bits(), rsaBits)
	}
	checkHeaderText(p, "SignKeyID", c.SignKeyID, 64)
	p.Required("UPISignKeys", len(c.UPISignKeys) > 0)
	for kid, key := range c.UPISignKeys {
		checkKeyEntry(p, "UPISignKeys", kid, key.Bits())
	}
	for kid, key := range c.DecryptKeys {
		checkKeyEntry(p, "DecryptKeys", kid, key.Bits())
		if !key.IsZero() && !key.CanDecrypt() {
			p.Add("DecryptKeys", "has a key that signs only")
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
	case "", "walletID", "insID", "trID", IdentityNone:
	default:
		p.Add("IdentityField", "is none of walletID, insID, trID and IdentityNone")
	}
	if c.AnswerAppIDs != nil && (len(c.AnswerAppIDs) == 0 || slices.Contains(c.AnswerAppIDs, "")) {
		p.Add("AnswerAppIDs", "has no id, or an empty one")
	}
	if c.Skew < 0 {
		p.Add("Skew", "is negative")
	}
	if c.SendEncCertID {
		p.Text("EncCertID", c.EncCertID, 64)
	}
}

// checkMessages checks the settings by message.
func (c Config) checkMessages(p *check.Problems) {
	for message, path := range c.Paths {
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

func checkKnown[V interface{ Known() bool }](p *check.Problems, field string, settings map[MessageType]V) {
	for message, value := range settings {
		if !value.Known() {
			p.Add(fmt.Sprintf("%s[%q]", field, message), "is unknown")
		}
	}
}

// checkNames checks that a renamed member can be told from the others.
func (c Config) checkNames(p *check.Problems) {
	taken := map[string]bool{}
	for name, wire := range c.FieldNames {
		if lower := strings.ToLower(wire); taken[lower] {
			p.Add("FieldNames", "gives two members the same name")
		} else {
			taken[lower] = true
		}
		if !slices.Contains(renameable, name) || !validName(wire) {
			p.Add(fmt.Sprintf("FieldNames[%q]", name), "is not a name that can be changed, or not a usable one")
		}
	}
}

func checkKeyEntry(p *check.Problems, field, kid string, bits int) {
	switch {
	case kid == "":
		p.Add(field, "has a key without an id")
	case bits == 0:
		p.Add(field, "has an empty key for the id %.40q", kid)
	case bits < rsaBits:
		p.Add(field, "has a key of %d bits, at least %d are needed", bits, rsaBits)
	}
}

// checkHeaderText checks a value that goes into the protected header.
func checkHeaderText(p *check.Problems, field, value string, limit int) {
	if !p.Required(field, value != "") {
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
	c.FieldNames = maps.Clone(c.FieldNames)
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

// wireName returns the name that a member has on the wire.
func (c Config) wireName(name string) string {
	return cmp.Or(c.FieldNames[name], name)
}
