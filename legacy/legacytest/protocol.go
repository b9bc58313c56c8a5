package legacytest

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/legacy"
)

// fields are the parameters of a message as they stand in its JSON, read without
// the client's types so that a wrong name or type in them shows.
type fields map[string]json.RawMessage

// readFields reads a message. A parameter that stands twice is refused: what is
// signed and what is used could differ.
func readFields(body []byte) (fields, bool) {
	var f fields
	if json.Unmarshal(body, &f) != nil || f == nil {
		return nil, false
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	_, _ = decoder.Token()
	members := 0
	for ; decoder.More(); members++ {
		var value json.RawMessage
		if _, err := decoder.Token(); err != nil || decoder.Decode(&value) != nil {
			return nil, false
		}
	}
	return f, members == len(f)
}

// value returns the text that a parameter is signed as.
func (f fields) value(name string) string {
	raw := f[name]
	if len(raw) == 0 || raw[0] == 'n' {
		return ""
	}
	if raw[0] == '"' {
		var text string
		_ = json.Unmarshal(raw, &text)
		return text
	}
	return string(raw)
}

// text returns a string parameter, "" when absent or of another type.
func (f fields) text(name string) string {
	if raw := f[name]; len(raw) == 0 || raw[0] != '"' {
		return ""
	}
	return f.value(name)
}

// integer returns an integer parameter, which the pages type as int.
func (f fields) integer(name string) (int, bool) {
	n, err := strconv.Atoi(string(f[name]))
	return n, err == nil
}

// amount returns an amount, which the pages type as string: digits, with a point
// or without, and no exponent.
func (f fields) amount(name string) (issuing.Amount, bool) {
	text := f.text(name)
	a, err := issuing.ParseAmount(text)
	return a, err == nil && strings.Trim(text, "0123456789.") == ""
}

// date returns a date of the form yyyy-MM-dd.
func (f fields) date(name string) (issuing.Date, bool) {
	text := f.text(name)
	d, err := issuing.ParseDate(text)
	return d, err == nil && len(text) == len("2006-01-02")
}

// dates checks the form of dates that may be absent.
func (f fields) dates(names ...string) *problem {
	for _, name := range names {
		if _, ok := f.date(name); f.value(name) != "" && !ok {
			return &problem{legacy.CodeInvalidParameters, name + " must have the form yyyy-MM-dd"}
		}
	}
	return nil
}

// problem is a refusal by the business logic.
type problem struct {
	code    legacy.Code
	message string
}

func fail(code legacy.Code, message string) (any, *problem) {
	return nil, &problem{code, message}
}

func invalid(message string) (any, *problem) { return fail(legacy.CodeInvalidParameters, message) }

// require returns a problem that names the first parameter that is absent or no
// non-empty string.
func (f fields) require(names ...string) *problem {
	for _, name := range names {
		if f.text(name) == "" {
			return &problem{legacy.CodeInvalidParameters, name + " is required"}
		}
	}
	return nil
}

// signature computes the platform's signature with nothing of the client's: the
// fields with a value and the secret, sorted, joined, hashed.
func (s *Server) signature(f fields, unsigned []string) string {
	var pairs []string
	for name := range f {
		if name != "sign" && !slices.Contains(unsigned, name) && f.value(name) != "" {
			pairs = append(pairs, name)
		}
	}
	pairs = append(pairs, "appSecret")
	slices.Sort(pairs)
	for i, name := range pairs {
		if name == "appSecret" {
			pairs[i] = name + "=" + s.secretText
		} else {
			pairs[i] = name + "=" + f.value(name)
		}
	}
	sum := md5.Sum([]byte(strings.Join(pairs, "&")))
	return hex.EncodeToString(sum[:])
}

// verify reads a request and checks its common parameters and signature.
func (s *Server) verify(r *http.Request, body []byte, unsigned []string) (fields, *platform.Reply) {
	unauthorized := func(message string) (fields, *platform.Reply) {
		reply := answer(http.StatusUnauthorized, legacy.CodeUnauthorized, message, nil)
		return nil, &reply
	}
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		reply := answer(http.StatusOK, legacy.CodeInvalidParameters, "Content-Type must be application/json", nil)
		return nil, &reply
	}
	f, ok := readFields(body)
	if !ok {
		reply := answer(http.StatusOK, legacy.CodeInvalidParameters, "the body is not a JSON object whose names differ", nil)
		return nil, &reply
	}
	for _, name := range []string{"appKey", "nonce", "timestamp", "sign"} {
		if f.value(name) == "" {
			return unauthorized(name + " is missing")
		}
	}
	stamp := f.value("timestamp")
	if _, err := strconv.ParseInt(stamp, 10, 64); err != nil || len(stamp) != 13 {
		return unauthorized("timestamp is not in milliseconds")
	}
	if f["appSecret"] != nil {
		return unauthorized("appSecret must not be submitted")
	}
	if f.value("appKey") != s.appKey {
		return unauthorized("unknown appKey")
	}
	if !hmac.Equal([]byte(f.text("sign")), []byte(s.signature(f, unsigned))) {
		return unauthorized("signature error")
	}
	return f, nil
}

// answer builds an envelope.
func answer(status int, code legacy.Code, message string, data any) platform.Reply {
	var buf bytes.Buffer
	encoder := json.NewEncoder(&buf)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(map[string]any{
		"data": data, "msg": message, "status": int(code), "success": code == legacy.CodeSuccess,
	})
	return platform.Reply{
		Status: status, Body: buf.Bytes(),
		Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}},
	}
}

// page is what a list request asks for.
type page struct {
	size     int
	from, to issuing.Date
}

// paging reads the parameters of a list; months bounds its span, 0 is any.
func (f fields) paging(fromName, toName string, required bool, months int) (page, *problem) {
	bad := func(message string) (page, *problem) {
		return page{}, &problem{legacy.CodeInvalidParameters, message}
	}
	size, err := strconv.Atoi(f.text("pageSize"))
	if err != nil || size < 1 {
		return bad("pageSize is required")
	}
	p := page{size: size}
	for name, target := range map[string]*issuing.Date{fromName: &p.from, toName: &p.to} {
		date, ok := f.date(name)
		if !ok && (required || f.text(name) != "") {
			return bad(name + " must have the form yyyy-MM-dd")
		}
		*target = date
	}
	if months > 0 && p.to.In(zone).After(p.from.In(zone).AddDate(0, months, 0)) {
		return bad("the time span exceeds 3 months")
	}
	return p, nil
}

// keeps reports whether a record's day lies in the page's range.
func (p page) keeps(day issuing.Date) bool {
	at := day.In(zone)
	return (p.from.IsZero() || !at.Before(p.from.In(zone))) && (p.to.IsZero() || !at.After(p.to.In(zone)))
}

// span returns where a page of a list begins and ends, whatever the numbers: they
// are the requester's, and their product can overflow.
func (p page) span(number, length int) (first, last int) {
	first = length
	if number-1 <= length/p.size {
		first = min((number-1)*p.size, length)
	}
	return first, first + min(p.size, length-first)
}
