package unionpay

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/wire"
)

// LinkParams are the names of the URI's parameters. UnionPay's are not
// published: the defaults are invented, to be replaced by the specification's.
type LinkParams struct {
	IssuerID    string // default issuerID
	TRID        string // default trID
	PushID      string // default pushID
	AuthData    string // default authData
	CallbackURI string // default callbackUri
	TimeStamp   string // default timeStamp
	JWS         string // default jws
	ResultCode  string // default resultCode; of the answer
	ResultMsg   string // default resultMsg; of the answer
}

func (n LinkParams) withDefaults() LinkParams {
	n.IssuerID = cmp.Or(n.IssuerID, "issuerID")
	n.TRID = cmp.Or(n.TRID, "trID")
	n.PushID = cmp.Or(n.PushID, "pushID")
	n.AuthData = cmp.Or(n.AuthData, "authData")
	n.CallbackURI = cmp.Or(n.CallbackURI, "callbackUri")
	n.TimeStamp = cmp.Or(n.TimeStamp, "timeStamp")
	n.JWS = cmp.Or(n.JWS, "jws")
	n.ResultCode = cmp.Or(n.ResultCode, "resultCode")
	n.ResultMsg = cmp.Or(n.ResultMsg, "resultMsg")
	return n
}

func (n LinkParams) all() []string {
	return []string{
		n.IssuerID, n.TRID, n.PushID, n.AuthData, n.CallbackURI, n.TimeStamp, n.JWS, n.ResultCode, n.ResultMsg,
	}
}

// LinkPart is what a link tells. Which of it a link needs is not published.
type LinkPart string

// Parts that a link must have unless LinkConfig.Optional says otherwise.
const (
	LinkPartIssuerID    LinkPart = "issuerID"
	LinkPartTRID        LinkPart = "trID"
	LinkPartPushID      LinkPart = "pushID"
	LinkPartAuthData    LinkPart = "authData"
	LinkPartCallbackURI LinkPart = "callbackUri"
)

var linkParts = []LinkPart{
	LinkPartIssuerID, LinkPartTRID, LinkPartPushID, LinkPartAuthData, LinkPartCallbackURI,
}

// LinkIDForm is of which characters the ids in a link are.
type LinkIDForm int

// Forms of ids.
const (
	LinkIDFormAlphanumeric LinkIDForm = iota // letters and digits; the default
	LinkIDFormVisible                        // any visible ASCII, such as a UUID with its hyphens
)

// LinkConfig describes the token requestor's side of Linking Card.
type LinkConfig struct {
	// TRID is the token requestor's id that links must be addressed to, AN 1-16.
	// Required.
	TRID string
	// Callbacks are the return addresses that each issuer may name, by issuer id:
	// scheme, host and a path which the callback's must equal or lie below. An entry of an
	// app's own scheme may do without a host: issuerapp:return, issuerapp: for any, and
	// issuerapp:/return. Required: an issuer without an entry is refused. A link without a
	// return address gets the issuer's first entry, and one without an issuer those of "".
	Callbacks map[string][]string
	// Optional are the parts that a link may lack. A push without an id is known by its
	// authorization.
	Optional []LinkPart
	// IDForm is the form of the issuer's, our own and the push's id. Inferred: letters
	// and digits.
	IDForm LinkIDForm
	// ParseTime reads the time stamp; ok is false for what it cannot read. Nil reads
	// YYYYMMDDhhmmss, in Zone, and Unix seconds. Inferred.
	ParseTime func(text string) (at time.Time, ok bool)
	// Params renames the parameters.
	Params LinkParams
	// MaxAge is how long a push is good for; 0 is DefaultLinkAge.
	MaxAge time.Duration
	// RequireTime refuses links without a time stamp.
	RequireTime bool
	// Zone is the zone of time stamps; nil is UTC+8.
	Zone *time.Location
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// NewLinks checks the configuration.
func NewLinks(cfg LinkConfig) (*Links, error) {
	var p check.Problems
	if p.Required("TRID", cfg.TRID != "") {
		cfg.checkID(&p, "TRID", cfg.TRID, maxLinkID)
	}
	if cfg.IDForm != LinkIDFormAlphanumeric && cfg.IDForm != LinkIDFormVisible {
		p.Add("IDForm", "is unknown")
	}
	for i, part := range cfg.Optional {
		if !slices.Contains(linkParts, part) {
			p.Add(fmt.Sprintf("Optional[%d]", i), "is no part of a link")
		}
	}
	p.Required("Callbacks", len(cfg.Callbacks) > 0)
	callbacks := map[string][]string{}
	for issuer, list := range cfg.Callbacks {
		p.Required("Callbacks["+issuer+"]", len(list) > 0)
		p.Bare("Callbacks["+issuer+"]", issuer)
		for _, entry := range list {
			p.Bare("Callbacks["+issuer+"]", entry)
			if u, err := url.Parse(entry); err != nil || safeCallback(u) != nil || u.RawQuery != "" {
				p.Add("Callbacks["+issuer+"]", "has an entry that is not scheme, host and path")
			}
		}
		callbacks[issuer] = slices.Clone(list)
	}
	cfg.Callbacks, cfg.Optional = callbacks, slices.Clone(cfg.Optional)
	cfg.Params = cfg.Params.withDefaults()
	names := cfg.Params.all()
	for i, name := range names {
		if !validName(name) || slices.Contains(names[:i], name) {
			p.Add("Params", "has a name that is not letters, digits and underscores, or is used twice")
		}
	}
	if cfg.MaxAge < 0 {
		p.Add("MaxAge", "is negative")
	}
	if err := p.Err(providerName, "NewLinks"); err != nil {
		return nil, err
	}
	cfg.MaxAge = cmp.Or(cfg.MaxAge, DefaultLinkAge)
	cfg.Zone = cmp.Or(cfg.Zone, defaultZone)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.ParseTime == nil {
		cfg.ParseTime = cfg.parseTime
	}
	return &Links{cfg: cfg, accepted: map[string]time.Time{}}, nil
}

// checkID reports an id that is not of the form, or too long.
func (cfg LinkConfig) checkID(p *check.Problems, field, id string, limit int) {
	if cfg.IDForm == LinkIDFormAlphanumeric {
		optionalAN(p, field, id, limit)
		return
	}
	optionalText(p, field, id, limit)
	if strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' }) {
		p.Add(field, "has characters other than visible ASCII")
	}
}

// parseTime reads the two forms that are read by default.
func (cfg LinkConfig) parseTime(text string) (at time.Time, ok bool) {
	if strings.Trim(text, "0123456789") != "" || len(text) != 14 && len(text) != 10 {
		return at, false
	}
	return wire.ParseTime(text, cfg.Zone)
}
