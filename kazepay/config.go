package kazepay

import (
	"cmp"
	"context"
	"mime"
	"net/url"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/sign"
)

// minRSABits is the size of both keys in the published sample.
const minRSABits = 2048

// Limits and defaults of [Config].
const (
	DefaultMaxUpload = 5 << 20 // bytes of a picture; KazePay publishes no limit
	maxID            = 128     // characters of an id; the longest one shown has 36
	maxText          = 255     // characters of free text; KazePay gives no length
)

// Config is what KazePay and the merchant agreed on. BaseURL, SysID, PrivateKey
// and PlatformKey are required.
//
// KazePay hands most of it out with the credentials; what no page decides is a
// setting here, with the safest reading as default.
type Config struct {
	// BaseURL is the whole address that requests are posted to, path included:
	// https, or http on a loopback address. KazePay does not publish it; there
	// is no default.
	BaseURL string
	// UploadURL is the address of KYC.Upload; empty is BaseURL.
	UploadURL string
	// Paths are the paths of operations by their apiCode, such as
	// "cardBalance": "/api/cardBalance", in place of that of BaseURL (UploadURL for
	// fileUpload). No page shows a path; nil is one address for all.
	Paths map[string]string
	// ContentType is that of every message but an upload; empty is
	// "application/json; charset=UTF-8".
	ContentType string
	// SysID is the merchant's system id, such as 202402271432298822660001.
	// Opaque.
	SysID string
	// PrivateKey is the merchant's RSA key of 2048 bits or more. It signs
	// requests and unwraps the session keys of answers, so a key in an HSM must
	// be able to decrypt.
	PrivateKey sign.PrivateKey
	// PlatformKey is KazePay's RSA key of 2048 bits or more. It verifies answers
	// and wraps the session keys of requests.
	PlatformKey sign.PublicKey
	// Profile is the envelope's choice of algorithms. The zero Profile is
	// inferred, not published: confirm it with KazePay, have [Probe] find it, or run
	// sign.DetectKazePayProfile on an answer or callback.
	Profile sign.Profile
	// RequestNo makes the message numbers, from the time in Zone; nil makes 24 digits,
	// the time to the second and ten random digits. It is called concurrently, and must
	// not give a number twice. With it, the caller's own keys may have up to 64
	// characters of any kind but blanks.
	RequestNo func(time.Time) string
	// Codes are KazePay's own codes of failures, as far as the merchant has learnt
	// them, each with its kind: issuing.ErrInvalid, ErrUnauthorized, ErrNotFound,
	// ErrDuplicate, ErrConflict, ErrInsufficientFunds or ErrDeclined, which say that the
	// operation was not carried out, or ErrOutcomeUnknown for a code that says nothing
	// definite. They win over the codes of this package; a code that neither has is
	// issuing.ErrDeclined.
	Codes map[Code]error
	// Values are further values of enumerations in requests, by the member's name as
	// errors print it: what KazePay has told the merchant and its pages do not have, such
	// as "identificationType": {"RESIDENCE_PERMIT"}. Every other value that they do not
	// list is refused before it is sent.
	Values map[string][]string
	// Zone is the zone of KazePay's times, which carry none; nil is UTC.
	// UTC+8 is plausible. Widen query windows by a day while it is unconfirmed.
	Zone *time.Location
	// Upload is the form of KYC.Upload.
	Upload UploadForm
	// MaxUpload bounds a picture in bytes; 0 is DefaultMaxUpload.
	MaxUpload int64
	// RequireSysID refuses answers whose head names another system id. Off by
	// default: the published samples do not echo reliably.
	RequireSysID bool
	// SignedFailures believes a failure answer to a write only when its envelope
	// opens and verifies; any other leaves the outcome unknown. Off by default:
	// failures are expected to come without signature, protected by TLS alone.
	SignedFailures bool
	// Warn, when set, is told when an answer names another card than the
	// request, as one published sample does. Such an answer is not believed: a
	// read fails, a write is looked up or stays open. It runs on the calling
	// goroutine.
	Warn func(context.Context, Warning)
}

// Warning describes an answer that disagrees with its request.
type Warning struct {
	Op        string // the operation, such as "Physical.Activate"
	RequestNo string // the message number of the request
	Field     string // the field that differs, such as "cardID"
}

// ConfigTexts are the texts of a [Config] as the merchant keeps them, in the
// environment or a secret store. What is no text there, Profile first of all, is set on
// the Config afterwards. It does not print the private key.
type ConfigTexts struct {
	BaseURL     string         // as Config.BaseURL
	UploadURL   string         // as Config.UploadURL; optional
	SysID       string         // as Config.SysID
	PrivateKey  issuing.Secret // in a form of sign.ParsePrivateKey, such as PEM
	PlatformKey string         // in a form of sign.ParsePublicKey
	Zone        string         // IANA name, such as Asia/Shanghai; empty is UTC
}

// ParseConfig reads a Config from texts and checks all of it, keys and settings. The
// error, of kind issuing.ErrInvalid, names every field that is wrong and no value.
// What a file or an editor left around a text is taken off: blanks, line breaks, a byte
// order mark and quotes.
func ParseConfig(t ConfigTexts) (Config, error) {
	var p check.Problems
	cfg := Config{
		BaseURL: check.Trim(t.BaseURL), UploadURL: check.Trim(t.UploadURL), SysID: check.Trim(t.SysID),
		PrivateKey:  check.Read(&p, "PrivateKey", t.PrivateKey.Reveal(), sign.ParsePrivateKey),
		PlatformKey: check.Read(&p, "PlatformKey", t.PlatformKey, sign.ParsePublicKey),
		Zone:        check.Read(&p, "Zone", t.Zone, check.Zone),
	}
	cfg.validate(&p)
	return cfg, p.Err(providerName, "ParseConfig")
}

func (c Config) validate(p *check.Problems) {
	p.URL("BaseURL", c.BaseURL, transport.CheckURL)
	if c.UploadURL != "" {
		p.URL("UploadURL", c.UploadURL, transport.CheckURL)
	}
	c.checkPaths(p)
	p.ID("SysID", c.SysID, maxID)
	if _, _, err := mime.ParseMediaType(c.ContentType); c.ContentType != "" && err != nil {
		p.Add("ContentType", "is no media type")
	}
	check.Kinds[Code](c.Codes).Check(p, "Codes", func(code Code) bool { return code != "" && code != CodeSuccess })
	p.CheckValues(c.Values)
	checkPrivateKey(p, "PrivateKey", c.PrivateKey)
	p.Key("PlatformKey", c.PlatformKey.Bits(), minRSABits)
	both := !c.PlatformKey.IsZero() && !c.PrivateKey.IsZero()
	if both && c.PlatformKey.Fingerprint() == c.PrivateKey.Public().Fingerprint() {
		p.Add("PlatformKey", "is the merchant's own public key; KazePay's is needed")
	}
	p.Cause("Profile", c.Profile.Validate())
	c.Upload.check(p)
	if c.MaxUpload < 0 {
		p.Add("MaxUpload", "must not be negative")
	}
}

// kind returns what a code stands for, nil when nobody knows.
func (c Config) kind(code Code) error { return check.Kinds[Code](c.Codes).Kind(code, code.Kind()) }

// open reports whether a code says nothing definite.
func (c Config) open(code Code) bool {
	return check.Kinds[Code](c.Codes).Open(code, code == CodeResultUnknown)
}

// address returns where an operation's messages go.
func (c Config) address(apiCode string) string {
	base := c.BaseURL
	if apiCode == opUpload.apiCode {
		base = cmp.Or(c.UploadURL, base)
	}
	path, ok := c.Paths[apiCode]
	u, err := url.Parse(base)
	if !ok || err != nil {
		return base
	}
	return u.ResolveReference(&url.URL{Path: path}).String()
}

func (c Config) checkPaths(p *check.Problems) {
	for apiCode, path := range c.Paths {
		switch {
		case apiCode == "" || !strings.HasPrefix(path, "/"):
			p.Add("Paths", "needs an apiCode and a path from / on for %.40q", apiCode)
		case transport.CheckURL(c.BaseURL) == nil && transport.CheckURL(c.address(apiCode)) != nil,
			strings.ContainsFunc(path, func(r rune) bool { return r <= ' ' || r > '~' || r == '?' || r == '#' || r == '%' }):
			p.Add("Paths", "has a path for %.40q that is none", apiCode)
		}
	}
}

// checkPrivateKey checks the merchant's key.
func checkPrivateKey(p *check.Problems, field string, key sign.PrivateKey) {
	p.Key(field, key.Bits(), minRSABits)
	if !key.IsZero() && !key.CanDecrypt() {
		p.Add(field, "cannot decrypt; its signer must be a crypto.Decrypter as well")
	}
}

func (c Config) fingerprint(data []byte) (string, error) { return c.PrivateKey.Fingerprint(data) }
