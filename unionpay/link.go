package unionpay

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// Limits of Linking Card. None is published.
const (
	maxLink          = 8 << 10         // the whole URI
	maxPushID        = 64              // AN 1-64
	maxLinkID        = 16              // of issuer and token requestor, AN 1-16
	DefaultLinkAge   = 5 * time.Minute // how long a push is good for
	maxRememberedIDs = 1 << 16         // push ids that a Links remembers
)

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
	l.checkParts(&p, link)
	l.checkTime(&p, link, values[n.TimeStamp], now)
	if err := p.Err(providerName, op); err != nil {
		return nil, err
	}
	return link, nil
}

// checkParts checks what a link has, and takes the return address that it lacks from the
// issuer's list.
func (l *Links) checkParts(p *check.Problems, link *Link) {
	n := l.cfg.Params
	has := func(part LinkPart, name string, present bool) bool {
		return present || slices.Contains(l.cfg.Optional, part) || p.Required(name, false)
	}
	has(LinkPartIssuerID, n.IssuerID, link.IssuerID != "")
	l.cfg.checkID(p, n.IssuerID, link.IssuerID, maxLinkID)
	has(LinkPartTRID, n.TRID, link.TRID != "")
	if link.TRID != "" && link.TRID != l.cfg.TRID {
		p.Add(n.TRID, "is another token requestor's")
	}
	has(LinkPartPushID, n.PushID, link.PushID != "")
	l.cfg.checkID(p, n.PushID, link.PushID, maxPushID)
	has(LinkPartAuthData, n.AuthData, !link.AuthData.IsZero())
	if link.PushID == "" && link.AuthData.IsZero() {
		p.Add(n.PushID+", "+n.AuthData, "needs one of them, to be known by")
	}
	if !has(LinkPartCallbackURI, n.CallbackURI, link.CallbackURI != "") {
		return
	}
	if own := l.cfg.Callbacks[link.IssuerID]; link.CallbackURI == "" && len(own) > 0 {
		link.CallbackURI = own[0]
	}
	p.Cause(n.CallbackURI, l.checkCallback(link.IssuerID, link.CallbackURI))
}

func (l *Links) checkTime(p *check.Problems, link *Link, text string, now time.Time) {
	name := l.cfg.Params.TimeStamp
	if text == "" {
		if l.cfg.RequireTime {
			p.Required(name, false)
		}
		return
	}
	at, ok := l.cfg.ParseTime(text)
	if !ok {
		p.Add(name, "is not of the form of a time, which is YYYYMMDDhhmmss or Unix seconds unless configured")
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

// safeCallback is safeURI for a return address: an app's own scheme may do without a host.
func safeCallback(u *url.URL) error {
	if u.Host != "" || strings.EqualFold(u.Scheme, "http") || strings.EqualFold(u.Scheme, "https") {
		return safeURI(u)
	}
	hosted := *u
	hosted.Opaque, hosted.Host = "", "app"
	return safeURI(&hosted)
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
	if err := safeCallback(u); err != nil {
		return err
	}
	if raw := strings.ToLower(u.EscapedPath() + u.Opaque); strings.Contains(raw, "%2f") || strings.Contains(raw, "%5c") {
		return fmt.Errorf("has escaped slashes") // which some servers take for slashes
	}
	for _, segment := range strings.Split(u.Path+"/"+u.Opaque, "/") {
		if name, _, _ := strings.Cut(segment, ";"); name == "." || name == ".." {
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
		if allowed, err := url.Parse(entry); err == nil && covers(allowed, u) {
			return nil
		}
	}
	return fmt.Errorf("is not in the issuer's allow list")
}

// covers reports whether an entry of an allow list allows an address.
func covers(entry, u *url.URL) bool {
	if !strings.EqualFold(entry.Scheme, u.Scheme) || !strings.EqualFold(entry.Host, u.Host) {
		return false
	}
	all := entry.Host == "" && entry.Path == "" && entry.Opaque == "" // of a scheme
	return all || below(u.Path, entry.Path) && below(u.Opaque, entry.Opaque)
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
		return &issuing.Error{Provider: providerName, Op: "Links.Accept", Kind: kind, Key: link.name()}
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
	id := link.IssuerID + "/" + link.name()
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

// name is what a push is known by: its id, or a digest of its authorization.
func (link *Link) name() string {
	if link.PushID != "" {
		return link.PushID
	}
	digest := sha256.Sum256([]byte(link.AuthData.Reveal()))
	return "authData:" + hex.EncodeToString(digest[:])
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
	out := link.CallbackURI + separator
	if link.PushID != "" {
		out += n.PushID + "=" + url.QueryEscape(link.PushID) + "&"
	}
	out += n.ResultCode + "=" + url.QueryEscape(string(result.Code))
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
