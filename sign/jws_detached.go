package sign

import (
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// UPIMode says over which bytes UnionPay's detached JWS is made. The security
// page cites RFC 7797 while its sample header is one of RFC 7515, so which of
// the three the live gateway takes is not settled by the documents.
type UPIMode int

// The three readings of UnionPay's security page.
const (
	// UPIModeEncoded signs B64U(header) "." B64U(body), what UPI's demo code and the
	// documented header do. The default.
	UPIModeEncoded UPIMode = iota
	// UPIModeRaw signs B64U(header) "." body under the same header, the literal
	// reading of the page. Not seen working.
	UPIModeRaw
	// UPIModeRFC7797 signs what UPIModeRaw signs and says so in the header: "b64":false
	// and "b64" first in crit. Not seen working.
	UPIModeRFC7797
)

// Known reports whether m is one of the three modes.
func (m UPIMode) Known() bool { return m == UPIModeEncoded || m == UPIModeRaw || m == UPIModeRFC7797 }

// String returns the mode's name.
func (m UPIMode) String() string {
	switch m {
	case UPIModeEncoded:
		return "Encoded"
	case UPIModeRaw:
		return "Raw"
	case UPIModeRFC7797:
		return "RFC7797"
	default:
		return "unknown (" + strconv.Itoa(int(m)) + ")"
	}
}

// UPIHeader is what the protected header of a UPI-JWS says, alg and crit aside,
// which are fixed.
type UPIHeader struct {
	KeyID string    // kid: certificate id of the signer
	UUID  string    // UPI-UUID: 32 hex digits, unique within the day
	Time  time.Time // UPI-TIMESTAMP: whole seconds
	AppID string    // UPI-APPID
	Path  string    // UPI-REQPATH: service URL suffix; "" leaves it out, as answers do
	Mode  UPIMode   // how the payload is signed; set by the verifier
}

// Names of the protected header's members that UnionPay defines.
const (
	upiUUID      = "UPI-UUID"
	upiTimestamp = "UPI-TIMESTAMP"
	upiAppID     = "UPI-APPID"
	upiReqPath   = "UPI-REQPATH"
	upiB64       = "b64"
)

var errUPIHeader = errors.New(
	"sign: a member of the UPI-JWS header is empty or has a character that is not printable ASCII")

// SignUPI returns the value of the UPI-JWS header for body: the protected header,
// two dots and the RS256 signature, without the payload. The body that is sent
// must be these very bytes.
func SignUPI(key PrivateKey, h UPIHeader, body []byte) (string, error) {
	if key.p == nil {
		return "", fmt.Errorf("%w: the signing key is missing", ErrKey)
	}
	if !h.Mode.Known() {
		return "", errors.New("sign: unknown UPI payload mode")
	}
	header, err := h.encode()
	if err != nil {
		return "", err
	}
	protected := base64.RawURLEncoding.EncodeToString(header)
	digest := upiDigest(protected, body, h.Mode != UPIModeEncoded)
	signature, err := key.p.signer().Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return "", fmt.Errorf("sign: RS256: %w", err)
	}
	out := make([]byte, 0, len(protected)+2+base64.RawURLEncoding.EncodedLen(len(signature)))
	out = append(out, protected...)
	out = append(out, '.', '.')
	return string(base64.RawURLEncoding.AppendEncode(out, signature)), nil
}

// encode writes the protected header compactly, in the documented order.
func (h UPIHeader) encode() ([]byte, error) {
	for _, v := range []string{h.KeyID, h.UUID, h.AppID} {
		if v == "" || !printable(v) {
			return nil, errUPIHeader
		}
	}
	if !printable(h.Path) || h.Time.Unix() <= 0 {
		return nil, errUPIHeader
	}
	b := make([]byte, 0, 320)
	member := func(name, value string) {
		b = append(b, `,"`...)
		b = append(b, name...)
		b = append(b, `":"`...)
		b = append(b, value...)
		b = append(b, '"')
	}
	b = append(b, `{"alg":"RS256"`...)
	member("kid", h.KeyID)
	if h.Mode == UPIModeRFC7797 {
		b = append(b, `,"b64":false,"crit":["b64",`...)
	} else {
		b = append(b, `,"crit":[`...)
	}
	b = append(b, `"UPI-UUID","UPI-TIMESTAMP","UPI-APPID"`...)
	if h.Path != "" {
		b = append(b, `,"UPI-REQPATH"`...)
	}
	b = append(b, ']')
	member(upiUUID, h.UUID)
	member(upiTimestamp, strconv.FormatInt(h.Time.Unix(), 10))
	member(upiAppID, h.AppID)
	if h.Path != "" {
		member(upiReqPath, h.Path)
	}
	return append(b, '}'), nil
}

// printable reports whether s needs no escape in JSON.
func printable(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' || s[i] == '"' || s[i] == '\\' {
			return false
		}
	}
	return true
}

// upiDigest hashes the signing input without building it.
func upiDigest(protected string, body []byte, raw bool) (digest [sha256.Size]byte) {
	h := sha256.New()
	h.Write([]byte(protected))
	h.Write([]byte{'.'})
	if raw {
		h.Write(body)
	} else {
		// A multiple of three bytes at a time encodes without padding in between.
		var text [4096]byte
		for len(body) > 0 {
			n := min(len(body), 3*len(text)/4)
			base64.RawURLEncoding.Encode(text[:], body[:n])
			h.Write(text[:base64.RawURLEncoding.EncodedLen(n)])
			body = body[n:]
		}
	}
	h.Sum(digest[:0])
	return digest
}
