package worldcardtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"time"

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
	unauthorized := func(message string) ([]byte, *platform.Reply) {
		reply := refuse(http.StatusUnauthorized, message)
		return nil, &reply
	}
	appID, signature := r.Header.Get("X-App-Id"), r.Header.Get("X-Signature")
	timestamp, nonce := r.Header.Get("X-Timestamp"), r.Header.Get("X-Nonce")
	if appID == "" || signature == "" || timestamp == "" || nonce == "" {
		return unauthorized("Missing required headers")
	}
	now := s.now()
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || now.Sub(time.Unix(seconds, 0)).Abs() > timestampWindow {
		return unauthorized("Request expired")
	}
	if appID != s.appID {
		return unauthorized("Invalid merchant ID")
	}
	if !s.allowed(r.RemoteAddr) {
		reply := refuse(http.StatusForbidden, "IP address not in whitelist")
		return nil, &reply
	}
	if sign.VerifyPSS(s.merchant, signature, body, timestamp, nonce) != nil {
		return unauthorized("Signature verification failed")
	}
	if s.seen(nonce, now) {
		return unauthorized("Request already processed (duplicate nonce)")
	}
	plaintext, err := s.aes.OpenBody(body)
	if err != nil {
		return unauthorized("Request body decryption failed")
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

// seen remembers a nonce and reports whether it was used before. Old nonces are
// forgotten; their timestamps have expired by then.
func (s *Server) seen(nonce string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at, ok := s.nonces[nonce]; ok && now.Sub(at) < nonceMemory {
		return true
	}
	if len(s.nonces) > 0 && len(s.nonces)%4096 == 0 {
		for n, at := range s.nonces {
			if now.Sub(at) >= nonceMemory {
				delete(s.nonces, n)
			}
		}
	}
	s.nonces[nonce] = now
	return false
}

// problem is a refusal by the business logic.
type problem struct {
	code    worldcard.Code
	message string
}

func fail(code worldcard.Code, message string) (any, *problem) {
	if message == "" {
		message = code.Meaning()
	}
	return nil, &problem{code: code, message: message}
}

// answer builds an envelope.
func answer(status int, code worldcard.Code, message string, data any) platform.Reply {
	envelope := map[string]any{"code": int(code), "message": message}
	if data != nil || code != 0 {
		envelope["data"] = data
	}
	var buf bytes.Buffer
	encoder := json.NewEncoder(&buf)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(envelope)
	return platform.Reply{
		Status: status, Body: buf.Bytes(),
		Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}},
	}
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

// fields are the parameters of a request, read without the client's types so
// that a wrong name in them shows.
type fields map[string]any

var errNotObject = errors.New("not a JSON object")

func parseFields(plaintext []byte) (fields, error) {
	d := json.NewDecoder(bytes.NewReader(plaintext))
	d.UseNumber()
	var f fields
	if err := d.Decode(&f); err != nil || f == nil {
		return nil, errNotObject
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errNotObject
	}
	return f, nil
}

// mistyped returns the first parameter that is not of its documented type: all
// are strings but the integers that paging reads.
func (f fields) mistyped() string {
	for _, name := range slices.Sorted(maps.Keys(f)) {
		_, text := f[name].(string)
		if !text && f[name] != nil && name != "page" && name != "page_size" {
			return name
		}
	}
	return ""
}

// text returns a string parameter, "" when absent or of another type.
func (f fields) text(name string) string {
	v, _ := f[name].(string)
	return v
}

// missing returns the first of the named parameters that is absent or no
// non-empty string.
func (f fields) missing(names ...string) string {
	for _, name := range names {
		if f.text(name) == "" {
			return name
		}
	}
	return ""
}

// paging returns page and page_size with their defaults.
func (f fields) paging() (page, size int, failed *problem) {
	page, size = 1, 10
	for name, target := range map[string]*int{"page": &page, "page_size": &size} {
		v, present := f[name]
		if !present {
			continue
		}
		number, ok := v.(json.Number)
		if !ok {
			return 0, 0, &problem{worldcard.CodePagination, name + " must be an integer"}
		}
		n, err := strconv.Atoi(number.String())
		if err != nil {
			return 0, 0, &problem{worldcard.CodePagination, name + " must be an integer"}
		}
		*target = n
	}
	if page < 1 {
		return 0, 0, &problem{worldcard.CodePagination, worldcard.CodePagination.Meaning()}
	}
	if size < 1 || size > 100 {
		return 0, 0, &problem{worldcard.CodePageSize, worldcard.CodePageSize.Meaning()}
	}
	return page, size, nil
}

// paged answers with one page of items.
func paged(f fields, items []map[string]any) (any, *problem) {
	page, size, failed := f.paging()
	if failed != nil {
		return nil, failed
	}
	first := min(page-1, len(items)) // so that the product below cannot overflow
	first = min(first*size, len(items))
	last := min(first+size, len(items))
	list := items[first:last]
	if list == nil {
		list = []map[string]any{}
	}
	return map[string]any{"total": len(items), "page": page, "page_size": size, "list": list}, nil
}
