package worldcardtest

import (
	"cmp"
	"encoding/json"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// Rules of sign.md.
const (
	timestampWindow = 5 * time.Minute
	nonceMemory     = 10 * time.Minute
)

// verify runs the platform's steps 1 to 6 in their order and returns the
// plaintext, or the answer that the page's table gives for the step that failed.
func (s *Server) verify(r *http.Request, body []byte) ([]byte, *platform.Reply) {
	unauthorized := func(message, check, expected string) ([]byte, *platform.Reply) {
		reply := refuse(http.StatusUnauthorized, message)
		reply.Check, reply.Expected = check, expected
		return nil, &reply
	}
	if !platform.IsJSON(r.Header) {
		reply := refuse(http.StatusBadRequest, "Content-Type must be application/json")
		reply.Check, reply.Expected = "headers", "Content-Type: application/json"
		return nil, &reply
	}
	appID, signature := r.Header.Get("X-App-Id"), r.Header.Get("X-Signature")
	timestamp, nonce := r.Header.Get("X-Timestamp"), r.Header.Get("X-Nonce")
	if appID == "" || signature == "" || timestamp == "" || nonce == "" {
		return unauthorized("Missing required headers", "headers", "X-App-Id, X-Timestamp, X-Nonce and X-Signature")
	}
	now := s.now()
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || timestamp[0] == '+' || now.Sub(time.Unix(seconds, 0)).Abs() > timestampWindow {
		return unauthorized("Request expired", "timestamp",
			"X-Timestamp in Unix seconds within five minutes of "+strconv.FormatInt(now.Unix(), 10))
	}
	if appID != s.appID {
		return unauthorized("Invalid merchant ID", "app id", "X-App-Id: "+s.appID)
	}
	if !s.allowed(r.RemoteAddr) {
		reply := refuse(http.StatusForbidden, "IP address not in whitelist")
		reply.Check, reply.Expected = "address", "a source address of Config.AllowedIPs"
		return nil, &reply
	}
	if sign.VerifyPSS(s.merchant, signature, body, timestamp, nonce) != nil {
		return unauthorized("Signature verification failed", "signature",
			"Base64 of RSA-PSS with SHA-256 under the merchant's key over the encrypted body, X-Timestamp and X-Nonce, as sent")
	}
	if !s.nonces.First(nonce, now) {
		return unauthorized("Request already processed (duplicate nonce)", "nonce",
			"an X-Nonce that was not used within ten minutes")
	}
	plaintext, err := s.aes.OpenBody(body)
	if err != nil {
		return unauthorized("Request body decryption failed", "encryption",
			"a body sealed with AES-256-GCM under the shared key")
	}
	return plaintext, nil
}

func (s *Server) allowed(remote string) bool {
	if len(s.cfg.AllowedIPs) == 0 {
		return true
	}
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	for _, prefix := range s.cfg.AllowedIPs {
		if err == nil && prefix.Contains(ip.Unmap()) {
			return true
		}
	}
	return false
}

// problem is a refusal by the business logic.
type problem struct {
	code    worldcard.Code
	message string
}

// refusal makes a problem; an empty message is the code's documented one.
func refusal(code worldcard.Code, message string) *problem {
	return &problem{code, cmp.Or(message, code.Meaning())}
}

func fail(code worldcard.Code, message string) (any, *problem) { return nil, refusal(code, message) }

// ensure refuses a request for which a condition does not hold.
func ensure(holds bool, code worldcard.Code, message string) *problem {
	if holds {
		return nil
	}
	return refusal(code, message)
}

// need refuses a request in which one of the named fields is absent or no
// non-empty string.
func need(f fields, names ...string) *problem {
	name := f.Missing(names...)
	return ensure(name == "", worldcard.CodeFieldMissing, name+" is required")
}

// answer builds an envelope.
func answer(status int, code worldcard.Code, message string, data any) platform.Reply {
	envelope := map[string]any{"code": int(code), "message": message}
	if data != nil || code != 0 {
		envelope["data"] = data
	}
	return platform.JSONReply(status, envelope)
}

// refuse answers with an HTTP status and the same number as code.
func refuse(status int, message string) platform.Reply {
	return answer(status, worldcard.Code(status), message, nil)
}

func (s *Server) success(data any) platform.Reply {
	if s.cfg.CardData != CardDataWhole || data == nil {
		return answer(http.StatusOK, 0, "success", data)
	}
	plaintext, err := json.Marshal(data)
	if err != nil {
		return refuse(http.StatusInternalServerError, "Internal Server Error")
	}
	sealed, err := s.aes.Seal(plaintext)
	if err != nil {
		return refuse(http.StatusInternalServerError, "Internal Server Error")
	}
	return answer(http.StatusOK, 0, "success", sealed)
}

// protect gives a sensitive value the form that answers carry it in.
func (s *Server) protect(value string) string {
	if value == "" || s.cfg.CardData != CardDataFields {
		return value
	}
	sealed, err := s.aes.Seal([]byte(value))
	if err != nil {
		return ""
	}
	return sealed
}

// fields are the parameters of a request.
type fields = platform.Fields

// mistyped returns the first parameter that is not of its documented type: all
// are strings but the integers that paging reads.
func mistyped(f fields) string {
	for _, name := range slices.Sorted(maps.Keys(f)) {
		if f.Has(name) && f[name][0] != '"' && name != "page" && name != "page_size" {
			return name
		}
	}
	return ""
}

// unprintable returns the first parameter with control characters.
func unprintable(f fields) string {
	for _, name := range slices.Sorted(maps.Keys(f)) {
		if strings.ContainsFunc(f.Text(name), unicode.IsControl) {
			return name
		}
	}
	return ""
}

// paging returns page and page_size with their defaults.
func paging(f fields) (page, size int, failed *problem) {
	page, size = 1, 10
	for name, target := range map[string]*int{"page": &page, "page_size": &size} {
		if _, present := f[name]; !present {
			continue
		}
		n, ok := f.Int(name)
		if !ok {
			return 0, 0, refusal(worldcard.CodePagination, name+" must be an integer")
		}
		*target = n
	}
	return page, size, cmp.Or(
		ensure(page >= 1, worldcard.CodePagination, ""), ensure(size >= 1 && size <= 100, worldcard.CodePageSize, ""))
}

// paged answers with one page of items.
func paged(f fields, items []map[string]any) (any, *problem) {
	page, size, failed := paging(f)
	if failed != nil {
		return nil, failed
	}
	return map[string]any{"total": len(items), "page": page, "page_size": size,
		"list": platform.Page(items, page, size)}, nil
}
