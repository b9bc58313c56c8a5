package unionpay

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/wire"
)

// Limits of Linking Card. None is published.
const (
	maxLink          = 8 << 10         // the whole URI
	maxPushID        = 64              // AN 1-64
	DefaultLinkAge   = 5 * time.Minute // how long a push is good for
	maxRememberedIDs = 1 << 16         // push ids that a Links remembers
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

// LinkConfig describes the token requestor's side of Linking Card.
type LinkConfig struct {
	// TRID is the token requestor's id that links must be addressed to, AN 1-16.
	// Required.
	TRID string
	// Callbacks are the return addresses that each issuer may name, by issuer id:
	// scheme, host and a path which the callback's must equal or lie below.
	// Required: an issuer without an entry is refused.
	Callbacks map[string][]string
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

// Links reads the pushes that issuers send through URIs on the device, and
// builds the answers. It is safe for concurrent use.
//
// A link authenticates nobody: anyone can make one and it can be replayed. Parse
// it, show the user what is asked, and only after the logged-in user's
// confirmation take it with [Links.Accept] and request the token.
type Links struct {
	cfg LinkConfig

	mu       sync.Mutex
	accepted map[string]time.Time // push id to when it may be forgotten
}

// NewLinks checks the configuration.
func NewLinks(cfg LinkConfig) (*Links, error) {
	var p check.Problems
	if p.Required("TRID", cfg.TRID != "") {
		optionalAN(&p, "TRID", cfg.TRID, 16)
	}
	p.Required("Callbacks", len(cfg.Callbacks) > 0)
	callbacks := map[string][]string{}
	for issuer, list := range cfg.Callbacks {
		p.Required("Callbacks["+issuer+"]", len(list) > 0)
		p.Bare("Callbacks["+issuer+"]", issuer)
		for _, entry := range list {
			p.Bare("Callbacks["+issuer+"]", entry)
			if u, err := url.Parse(entry); err != nil || safeURI(u) != nil || u.RawQuery != "" {
				p.Add("Callbacks["+issuer+"]", "has an entry that is not scheme, host and path")
			}
		}
		callbacks[issuer] = slices.Clone(list)
	}
	cfg.Callbacks = callbacks
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
	return &Links{cfg: cfg, accepted: map[string]time.Time{}}, nil
}

// Link is a push from an issuer's app or site.
type Link struct {
	IssuerID    string         // the issuer that pushes
	TRID        string         // us
	PushID      string         // the push; accepted once
	AuthData    issuing.Secret // the issuer's authorization: TokenRequest.AuthorizationData, unchanged
	CallbackURI string         // where the answer goes; in the issuer's allow list
	Time        time.Time      // when the issuer made it; zero when it does not say
	JWS         issuing.Secret // the issuer's signature; what it covers is not published, so it is not checked
	ExpiresAt   time.Time      // when Accept refuses it
}

// linkError is a refusal of a link.
func linkError(op, field, format string, args ...any) error {
	var p check.Problems
	p.Add(field, format, args...)
	return p.Err(providerName, op)
}

// Parse reads and checks the URI of a push. Parameters may stand in the query or
// the fragment, each once. The error's kind is issuing.ErrInvalid and its Fields
// say what is wrong; no parameter's value is in it.
func (l *Links) Parse(uri string) (*Link, error) {
	const op = "Links.Parse"
	if len(uri) > maxLink {
		return nil, linkError(op, "uri", "has %d bytes, at most %d are read", len(uri), maxLink)
	}
	values, err := parameters(uri)
	if err != nil {
		return nil, err
	}
	n, now := l.cfg.Params, l.cfg.Now()
	link := &Link{
		IssuerID: values[n.IssuerID], TRID: values[n.TRID], PushID: values[n.PushID],
		AuthData: issuing.NewSecret(values[n.AuthData]), CallbackURI: values[n.CallbackURI],
		JWS: issuing.NewSecret(values[n.JWS]), ExpiresAt: now.Add(l.cfg.MaxAge),
	}
	var p check.Problems
	p.Required(n.IssuerID, link.IssuerID != "")
	optionalAN(&p, n.IssuerID, link.IssuerID, 16)
	if p.Required(n.TRID, link.TRID != "") && link.TRID != l.cfg.TRID {
		p.Add(n.TRID, "is another token requestor's")
	}
	p.Required(n.PushID, link.PushID != "")
	optionalAN(&p, n.PushID, link.PushID, maxPushID)
	p.Required(n.AuthData, !link.AuthData.IsZero())
	if p.Required(n.CallbackURI, link.CallbackURI != "") {
		p.Cause(n.CallbackURI, l.checkCallback(link.IssuerID, link.CallbackURI))
	}
	l.checkTime(&p, link, values[n.TimeStamp], now)
	if err := p.Err(providerName, op); err != nil {
		return nil, err
	}
	return link, nil
}

func (l *Links) checkTime(p *check.Problems, link *Link, text string, now time.Time) {
	name := l.cfg.Params.TimeStamp
	if text == "" {
		if l.cfg.RequireTime {
			p.Required(name, false)
		}
		return
	}
	at, ok := wire.ParseTime(text, l.cfg.Zone)
	if !ok || strings.Trim(text, "0123456789") != "" || (len(text) != 14 && len(text) != 10) {
		p.Add(name, "is neither YYYYMMDDhhmmss nor Unix seconds")
		return
	}
	link.Time, link.ExpiresAt = at, at.Add(l.cfg.MaxAge)
	if !now.Before(link.ExpiresAt) {
		p.Add(name, "is older than %v", l.cfg.MaxAge)
	}
	if at.After(now.Add(l.cfg.MaxAge)) {
		p.Add(name, "lies in the future")
	}
}

// parameters reads query and fragment without turning "+" into a space, which
// would damage standard Base64.
func parameters(uri string) (map[string]string, error) {
	const op = "Links.Parse"
	rest, fragment, _ := strings.Cut(uri, "#")
	address, query, _ := strings.Cut(rest, "?")
	if scheme, _, ok := strings.Cut(address, ":"); !ok || scheme == "" {
		return nil, linkError(op, "uri", "is not absolute")
	}
	values := map[string]string{}
	for _, part := range []string{query, fragment} {
		for pair := range strings.SplitSeq(part, "&") {
			if pair == "" {
				continue
			}
			rawName, rawValue, _ := strings.Cut(pair, "=")
			name, err1 := url.PathUnescape(rawName)
			value, err2 := url.PathUnescape(rawValue)
			if err1 != nil || err2 != nil || !utf8.ValidString(name) || !utf8.ValidString(value) {
				return nil, linkError(op, "uri", "has a parameter that is not percent-encoded UTF-8")
			}
			if _, twice := values[name]; twice {
				return nil, linkError(op, "uri", "has a parameter twice")
			}
			values[name] = value
		}
	}
	return values, nil
}

// safeURI refuses what must not be opened as a return address.
func safeURI(u *url.URL) error {
	switch strings.ToLower(u.Scheme) {
	case "":
		return fmt.Errorf("is not absolute")
	case "javascript", "data", "vbscript", "file", "blob", "about", "view-source", "intent":
		return fmt.Errorf("has a scheme that is not allowed")
	}
	switch {
	case u.User != nil:
		return fmt.Errorf("has a user part")
	case u.Fragment != "" || u.RawFragment != "":
		return fmt.Errorf("has a fragment")
	case u.Opaque != "" || u.Host == "":
		return fmt.Errorf("has no host")
	}
	return nil
}

// checkCallback compares a return address with the issuer's allow list.
func (l *Links) checkCallback(issuer, callback string) error {
	if strings.ContainsFunc(callback, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '\\' }) ||
		strings.HasSuffix(callback, "#") {
		return fmt.Errorf("has characters that do not belong in an address")
	}
	u, err := url.Parse(callback)
	if err != nil {
		return fmt.Errorf("cannot be read")
	}
	if err := safeURI(u); err != nil {
		return err
	}
	for _, segment := range strings.Split(u.Path, "/") {
		if segment == "." || segment == ".." {
			return fmt.Errorf("has dot segments")
		}
	}
	query, err := parameters(callback)
	if err != nil {
		return fmt.Errorf("has a damaged query")
	}
	n := l.cfg.Params
	for _, name := range []string{n.PushID, n.ResultCode, n.ResultMsg} {
		if _, taken := query[name]; taken {
			return fmt.Errorf("has a parameter that the answer uses")
		}
	}
	for _, entry := range l.cfg.Callbacks[issuer] {
		allowed, err := url.Parse(entry)
		if err == nil && strings.EqualFold(allowed.Scheme, u.Scheme) && strings.EqualFold(allowed.Host, u.Host) &&
			below(u.Path, allowed.Path) {
			return nil
		}
	}
	return fmt.Errorf("is not in the issuer's allow list")
}

func below(path, root string) bool {
	root = strings.TrimSuffix(root, "/")
	return path == root || strings.HasPrefix(path, root+"/")
}

// Accept takes a push after the user's confirmation, once: a second time it is
// issuing.ErrDuplicate, and after its time issuing.ErrConflict. The memory is this
// process's; with several processes, keep accepted push ids in a shared store as
// well.
func (l *Links) Accept(link *Link) error {
	now := l.cfg.Now()
	fail := func(kind error) error {
		return &issuing.Error{Provider: providerName, Op: "Links.Accept", Kind: kind, Key: link.PushID}
	}
	if !now.Before(link.ExpiresAt) {
		return fail(issuing.ErrConflict)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.accepted) >= maxRememberedIDs {
		for id, until := range l.accepted {
			if !now.Before(until) {
				delete(l.accepted, id)
			}
		}
	}
	id := link.IssuerID + "/" + link.PushID
	if _, taken := l.accepted[id]; taken {
		return fail(issuing.ErrDuplicate)
	}
	if len(l.accepted) >= maxRememberedIDs {
		return fail(issuing.ErrRateLimited)
	}
	// A link without a time of its own can be parsed anew at any time, so its id
	// is kept for a day.
	l.accepted[id] = now.Add(max(24*time.Hour, 2*l.cfg.MaxAge))
	return nil
}

// LinkResult is what the issuer's front end is told. It carries no token and no
// card number.
type LinkResult struct {
	Code    Code   // 00 for success; required
	Message string // for the user; at most 100 characters; optional
}

// Answer returns the address that leads the user back to the issuer, with the
// push id and the result.
func (l *Links) Answer(link *Link, result LinkResult) (string, error) {
	const op = "Links.Answer"
	var p check.Problems
	if p.Required("Code", result.Code != "") {
		optionalAN(&p, "Code", string(result.Code), 2)
	}
	optionalText(&p, "Message", result.Message, 100)
	if longDigits(result.Message) {
		p.Add("Message", "has digits that could be a card number or token")
	}
	p.Cause(l.cfg.Params.CallbackURI, l.checkCallback(link.IssuerID, link.CallbackURI))
	if err := p.Err(providerName, op); err != nil {
		return "", err
	}
	n := l.cfg.Params
	separator := "?"
	if strings.Contains(link.CallbackURI, "?") {
		separator = "&"
	}
	out := link.CallbackURI + separator + n.PushID + "=" + url.QueryEscape(link.PushID) +
		"&" + n.ResultCode + "=" + url.QueryEscape(string(result.Code))
	if result.Message != "" {
		out += "&" + n.ResultMsg + "=" + strings.ReplaceAll(url.QueryEscape(result.Message), "+", "%20")
	}
	return out, nil
}

// longDigits reports a run of twelve digits, perhaps grouped.
func longDigits(s string) bool {
	run := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			run++
		case c != ' ' && c != '-':
			run = 0
		}
		if run >= 12 {
			return true
		}
	}
	return false
}
