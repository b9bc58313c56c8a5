package sign

import (
	"crypto"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// DefaultUPISkew is how far UPI-TIMESTAMP may be from the receiver's clock, in
// either direction, by UPI's FAQ.
const DefaultUPISkew = 300 * time.Second

// maxUPIJWS bounds the UPI-JWS header; one of ours has below 900 characters.
const maxUPIJWS = 16 << 10

// maxUPIUUID bounds UPI-UUID; the documented form has 32 characters.
const maxUPIUUID = 64

// UPIStep is one of the thirteen checks of a UPI-JWS, in their order.
type UPIStep int

// The checks. The signature is checked before what it protects, so that values
// which nobody signed cannot probe the receiver's state.
const (
	UPIStepPresent   UPIStep = 1  // the header is there
	UPIStepParts     UPIStep = 2  // three parts, the middle one empty
	UPIStepHeader    UPIStep = 3  // a JSON object without duplicate members
	UPIStepAlg       UPIStep = 4  // alg is RS256
	UPIStepCrit      UPIStep = 5  // crit names what is understood and there
	UPIStepKey       UPIStep = 6  // kid names a trusted key
	UPIStepEncoding  UPIStep = 7  // the signature decodes
	UPIStepSignature UPIStep = 8  // the signature fits the body
	UPIStepTime      UPIStep = 9  // the timestamp is decimal and close to now
	UPIStepAppID     UPIStep = 10 // the application is an expected one
	UPIStepPath      UPIStep = 11 // request: the path is where it arrived
	UPIStepReplay    UPIStep = 12 // request: the UUID was not used before
	UPIStepEcho      UPIStep = 13 // answer: the UUID is the request's
)

var upiStepNames = [...]string{
	"", "header missing", "parts", "protected header", "alg", "crit", "kid", "signature encoding", "signature",
	"timestamp", "application", "path", "replay", "UUID echo",
}

// String returns the step in words.
func (s UPIStep) String() string {
	if s < 1 || int(s) >= len(upiStepNames) {
		return "unknown (" + strconv.Itoa(int(s)) + ")"
	}
	return upiStepNames[s]
}

// UPIError says at which step a UPI-JWS was refused. It wraps [ErrVerify]. It is
// for the receiver's own log: the sender must not learn the step.
type UPIError struct{ Step UPIStep }

// Error returns one line without any value of the message.
func (e *UPIError) Error() string {
	return fmt.Sprintf("%v (UPI-JWS step %d: %s)", ErrVerify, int(e.Step), e.Step)
}

// Unwrap returns ErrVerify.
func (e *UPIError) Unwrap() error { return ErrVerify }

// UPIVerifier checks UPI-JWS headers. It is not changed by use and safe for
// concurrent use.
type UPIVerifier struct {
	Keys   map[string]PublicKey // the sender's trusted keys by kid
	Mode   UPIMode              // the construction to try; a header with b64:false is always taken as RFC 7797
	Skew   time.Duration        // 0 is DefaultUPISkew
	AppIDs []string             // expected UPI-APPID values; at least one
	// Lenient also takes UPIModeRaw for UPIModeEncoded and stray spaces in names and
	// values, as in the documented sample. For interoperability experiments only.
	Lenient bool
}

// UPIExpect is what one message must fit.
type UPIExpect struct {
	Now time.Time
	// Request tells a request from an answer.
	Request bool
	// Path is where a request arrived, without scheme, host and query.
	Path string
	// Seen reports whether a request's UUID was used before, and notes it. It is
	// called last. Its error is returned as it is. Nil checks nothing.
	Seen func(appID, uuid string) (bool, error)
	// UUID is the request's, for an answer; it is compared when StrictUUID is
	// set, because an echo is not documented.
	UUID       string
	StrictUUID bool
}

// Verify checks the value of a UPI-JWS header over the raw bytes of body, and
// returns what the header says. A failure of a check is a *[UPIError].
func (v UPIVerifier) Verify(value string, body []byte, want UPIExpect) (UPIHeader, error) {
	h, step, err := v.verify(value, body, want)
	if err != nil {
		return UPIHeader{}, err
	}
	if step != 0 {
		return UPIHeader{}, &UPIError{Step: step}
	}
	return h, nil
}

func (v UPIVerifier) verify(value string, body []byte, want UPIExpect) (UPIHeader, UPIStep, error) {
	if len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"' {
		value = value[1 : len(value)-1]
	}
	if value == "" {
		return UPIHeader{}, UPIStepPresent, nil
	}
	parts := strings.Split(value[:min(len(value), maxUPIJWS)], ".")
	if len(value) > maxUPIJWS || len(parts) != 3 || parts[1] != "" {
		return UPIHeader{}, UPIStepParts, nil
	}
	members, ok := v.members(parts[0])
	if !ok {
		return UPIHeader{}, UPIStepHeader, nil
	}
	if members.text("alg") != "RS256" {
		return UPIHeader{}, UPIStepAlg, nil
	}
	unencoded, ok := members.critical(v.Mode, v.Lenient)
	if !ok {
		return UPIHeader{}, UPIStepCrit, nil
	}
	key, ok := v.Keys[members.text("kid")]
	if !ok || key.p == nil {
		return UPIHeader{}, UPIStepKey, nil
	}
	signature, ok := decodeUPISignature(parts[2])
	if !ok {
		return UPIHeader{}, UPIStepEncoding, nil
	}
	mode, ok := v.signed(key, parts[0], body, signature, unencoded)
	if !ok {
		return UPIHeader{}, UPIStepSignature, nil
	}
	h := UPIHeader{
		KeyID: members.text("kid"), UUID: members.text(upiUUID), AppID: members.text(upiAppID),
		Path: members.text(upiReqPath), Mode: mode,
	}
	return v.fits(h, members, want)
}

// fits makes the checks of what the signature has been found to protect.
func (v UPIVerifier) fits(h UPIHeader, members upiMembers, want UPIExpect) (UPIHeader, UPIStep, error) {
	skew := v.Skew
	if skew == 0 {
		skew = DefaultUPISkew
	}
	at, ok := unixSeconds(members.text(upiTimestamp))
	if !ok || want.Now.Sub(at).Abs().Truncate(time.Second) > skew {
		return h, UPIStepTime, nil
	}
	h.Time = at
	if h.AppID == "" || !slices.Contains(v.AppIDs, h.AppID) {
		return h, UPIStepAppID, nil
	}
	if !want.Request {
		if h.UUID == "" || len(h.UUID) > maxUPIUUID || (want.StrictUUID && h.UUID != want.UUID) {
			return h, UPIStepEcho, nil
		}
		return h, 0, nil
	}
	if h.Path == "" || h.Path != want.Path {
		return h, UPIStepPath, nil
	}
	if h.UUID == "" || len(h.UUID) > maxUPIUUID {
		return h, UPIStepReplay, nil
	}
	if want.Seen != nil {
		seen, err := want.Seen(h.AppID, h.UUID)
		if err != nil {
			return h, 0, err
		}
		if seen {
			return h, UPIStepReplay, nil
		}
	}
	return h, 0, nil
}

// signed tries the constructions that the settings and the header allow.
func (v UPIVerifier) signed(key PublicKey, protected string, body, signature []byte, unencoded bool) (UPIMode, bool) {
	modes := []UPIMode{v.Mode}
	switch {
	case unencoded:
		modes = []UPIMode{UPIModeRFC7797}
	case v.Lenient:
		modes = []UPIMode{UPIModeEncoded, UPIModeRaw}
	}
	for _, mode := range modes {
		digest := upiDigest(protected, body, mode != UPIModeEncoded)
		if rsa.VerifyPKCS1v15(key.p.rsa, crypto.SHA256, digest[:], signature) == nil {
			return mode, true
		}
	}
	return 0, false
}

// decodeUPISignature reads base64url, or padded standard Base64, which one
// implementation of UPI's interface emits. Both are read strictly: a second
// spelling of the same signature is refused.
func decodeUPISignature(text string) ([]byte, bool) {
	if text == "" {
		return nil, false
	}
	if raw, ok := strictly(strictRawURL, text); ok {
		return raw, true
	}
	return strictly(strictStd, text)
}

// unixSeconds reads a decimal Unix time.
func unixSeconds(text string) (time.Time, bool) {
	if text == "" || len(text) > 12 || strings.Trim(text, "0123456789") != "" {
		return time.Time{}, false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return time.Unix(n, 0), err == nil
}

// upiMembers are the members of a protected header.
type upiMembers map[string]member

// text returns a string member; "" when it is missing or something else.
func (m upiMembers) text(name string) string { return m[name].text() }

// members decodes a protected header.
func (v UPIVerifier) members(part string) (upiMembers, bool) {
	raw, ok := strictly(strictRawURL, part)
	if !ok || !json.Valid(raw) {
		return nil, false
	}
	members, ok := objectMembers(string(raw), 0)
	if ok && v.Lenient {
		return withoutSpaces(members)
	}
	return members, ok
}

func withoutSpaces(members upiMembers) (upiMembers, bool) {
	out := upiMembers{}
	for name, m := range members {
		name = strings.ReplaceAll(name, " ", "")
		if _, twice := out[name]; twice {
			return nil, false
		}
		out[name] = member{value: strings.ReplaceAll(m.value, " ", "")}
	}
	return out, true
}

// critical checks crit and b64. unencoded reports a header of RFC 7797.
func (m upiMembers) critical(mode UPIMode, lenient bool) (unencoded, ok bool) {
	var crit []string
	if list, present := m["crit"]; present {
		if crit, ok = arrayTexts(list.value); !ok || len(crit) == 0 {
			return false, false
		}
	}
	for i, name := range crit {
		if _, present := m[name]; !present || slices.Contains(crit[:i], name) {
			return false, false
		}
		switch name {
		case upiUUID, upiTimestamp, upiAppID, upiReqPath, upiB64:
		default:
			return false, false
		}
	}
	switch m[upiB64].value {
	case "":
		return false, mode != UPIModeRFC7797 || lenient
	case "true":
		return false, true
	case "false":
		return true, slices.Contains(crit, upiB64)
	default:
		return false, false
	}
}
