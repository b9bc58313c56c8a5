package kazepaytest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/sign"
)

// problem is a refusal. The codes are this package's own, except with
// Quirks.UpstreamCodes.
type problem struct{ code, upstream, detail string }

// Refusals.
func refusal(code, detail string) *problem { return &problem{code, "200", detail} }
func badField(detail string) *problem      { return &problem{"FAKE_PARAM_ERROR", "2", detail} }
func notFound(detail string) *problem      { return &problem{"FAKE_NOT_FOUND", "200", detail} }
func badState(detail string) *problem      { return &problem{"FAKE_STATE_ERROR", "200", detail} }

// headFields are the clear part of a request.
type headFields struct {
	APICode   string `json:"apiCode"`
	SysID     string `json:"sysId"`
	RequestNo string `json:"requestNo"`
	Version   string `json:"version"`
}

// message is a request as it came.
type message struct {
	head     headFields
	envelope *sign.Envelope
	file     *file // of fileUpload
}

// apiCode names the operation of a request, for faults.
func (s *Server) apiCode(r *http.Request) string {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return ""
	}
	m, failed := s.parse(r, body)
	if failed != nil {
		return ""
	}
	return m.head.APICode
}

// parse reads a message from JSON or from a form.
func (s *Server) parse(r *http.Request, body []byte) (*message, *problem) {
	contentType := r.Header.Get("Content-Type")
	if strings.HasPrefix(contentType, "multipart/form-data") {
		return s.parseForm(contentType, body)
	}
	if !strings.HasPrefix(contentType, "application/json") {
		return nil, refusal("FAKE_FORMAT_ERROR", "Content-Type must be application/json or multipart/form-data")
	}
	return parseMessage(body)
}

func parseMessage(body []byte) (*message, *problem) {
	e, err := sign.ParseEnvelope(body)
	if err != nil {
		return nil, refusal("FAKE_FORMAT_ERROR", "the message is not head and body")
	}
	m := &message{envelope: e}
	if err := json.Unmarshal(e.Head, &m.head); err != nil {
		return nil, refusal("FAKE_FORMAT_ERROR", "a field of the head is not a string")
	}
	return m, nil
}

// handle carries one request out, in the documented order of checks.
func (s *Server) handle(r *http.Request, body []byte) platform.Reply {
	if r.Method != http.MethodPost {
		return platform.Reply{Status: http.StatusMethodNotAllowed, Body: []byte("method not allowed\n")}
	}
	m, failed := s.parse(r, body)
	if failed != nil {
		return s.failure(headFields{}, failed)
	}
	f, op, failed := s.authenticate(m)
	if failed != nil {
		return s.failure(m.head, failed)
	}
	s.mu.Lock()
	if _, repeated := s.requests[m.head.RequestNo]; repeated && !s.cfg.Quirks.IgnoreRepeats {
		s.mu.Unlock()
		return s.failure(m.head, refusal("FAKE_DUPLICATE_REQUEST", "requestNo was used before"))
	}
	s.requests[m.head.RequestNo] = struct{}{}
	data, failed := s.run(op, m, f)
	s.mu.Unlock()
	if failed != nil {
		return s.failure(m.head, failed)
	}
	return s.success(m.head, data)
}

// maxRequestNo bounds what is kept of a request for good. KazePay's limit is not
// published; the longest number shown has 24 digits.
const maxRequestNo = 64

// authenticate checks everything up to the payload's fields.
func (s *Server) authenticate(m *message) (fields, operation, *problem) {
	switch {
	case m.head.SysID != s.cfg.SysID:
		return nil, operation{}, refusal("FAKE_SYSID_ERROR", "unknown sysId")
	case m.head.Version != "1.0":
		return nil, operation{}, refusal("FAKE_VERSION_ERROR", "version must be 1.0")
	case m.head.RequestNo == "" || len(m.head.RequestNo) > maxRequestNo:
		return nil, operation{}, refusal("FAKE_FORMAT_ERROR", "requestNo is required, of 64 characters at most")
	}
	s.mu.Lock()
	_, repeated := s.requests[m.head.RequestNo]
	s.mu.Unlock()
	if repeated && !s.cfg.Quirks.IgnoreRepeats {
		return nil, operation{}, refusal("FAKE_DUPLICATE_REQUEST", "requestNo was used before")
	}
	payload, err := s.cfg.Profile.Open(s.own, s.merchant, m.envelope)
	if err != nil {
		return nil, operation{}, refusal("FAKE_SIGN_ERROR", "the message does not open or verify")
	}
	op, ok := operations[m.head.APICode]
	if !ok || op.form != (m.file != nil) {
		return nil, operation{}, refusal("FAKE_APICODE_ERROR", "unknown apiCode, or one for another form of message")
	}
	f, err := parseFields(payload)
	if err != nil {
		return nil, operation{}, badField("the payload is not a JSON object")
	}
	return f, op, nil
}

// operation is one row of the platform's table.
type operation struct {
	run  func(*Server, fields, *message) (any, *problem)
	flag bool // the payload carries the result flag
	form bool // comes as multipart/form-data
}

// operations are the table. Their functions run with the server's lock held.
var operations = map[string]operation{
	"createCard":          {run: (*Server).createCard},
	"createCardQuery":     {run: (*Server).createCardQuery},
	"fileUpload":          {run: (*Server).fileUpload, flag: true, form: true},
	"setUcardKyc":         {run: (*Server).setUcardKyc, flag: true},
	"setUserKyc":          {run: (*Server).setUserKyc, flag: true},
	"queryUcardKycStatus": {run: (*Server).queryKYC, flag: true},
	"ucardAssign":         {run: (*Server).assign, flag: true},
	"ucardActive":         {run: (*Server).activate, flag: true},
	"cardSetPin":          {run: (*Server).setPIN, flag: true},
	"queryCard":           {run: (*Server).queryCard},
	"cardBalance":         {run: (*Server).cardBalance},
	"cardRecharge":        {run: (*Server).recharge},
	"queryTransactions":   {run: (*Server).queryTransactions},
	"updCardStatus":       {run: (*Server).updCardStatus},
	"closeCard":           {run: (*Server).closeCard},
	"getCardId":           {run: (*Server).getCardID},
	"setWebhookUrl":       {run: (*Server).setWebhookURL, flag: true},
	"getWebhookUrl":       {run: (*Server).getWebhookURL, flag: true},
}

// run carries an operation out and adds its result flag.
func (s *Server) run(op operation, m *message, f fields) (any, *problem) {
	if op.flag && s.flags[m.head.APICode] > 0 {
		s.flags[m.head.APICode]--
		return map[string]any{"encrypt": "FAILED"}, nil
	}
	data, failed := op.run(s, f, m)
	if failed != nil {
		return nil, failed
	}
	if answer, ok := data.(map[string]any); ok && op.flag {
		answer["encrypt"] = "SUCCESS"
	}
	return data, nil
}

// number is an amount in an answer that the pages show as a JSON number.
type number issuing.Amount

// text is an amount in an answer that the pages show as text.
type text issuing.Amount

// shaped gives every amount of an answer its JSON form.
func (s *Server) shaped(data any) any {
	switch v := data.(type) {
	case number:
		if s.cfg.Quirks.SwappedAmounts {
			return issuing.Amount(v).String()
		}
		return json.Number(issuing.Amount(v).String())
	case text:
		if s.cfg.Quirks.SwappedAmounts {
			return json.Number(issuing.Amount(v).String())
		}
		return issuing.Amount(v).String()
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, value := range v {
			out[name] = s.shaped(value)
		}
		return out
	case []map[string]any:
		if len(v) == 0 && s.cfg.Quirks.EmptyListAsNull {
			return nil
		}
		out := make([]any, len(v))
		for i := range v {
			out[i] = s.shaped(v[i])
		}
		return out
	}
	return data
}

// compact writes JSON without escaping HTML.
func compact(v any) []byte {
	var buf bytes.Buffer
	encoder := json.NewEncoder(&buf)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(v)
	return bytes.TrimSpace(buf.Bytes())
}

// answerHead writes the head of an answer, its members in the order of the pages.
func (s *Server) answerHead(h headFields, code, detail string) []byte {
	q := s.cfg.Quirks
	if q.FreshRequestNo {
		h.RequestNo = s.freshNo()
	}
	if q.WrongAPICode && (h.APICode == "updCardStatus" || h.APICode == "closeCard") {
		h.APICode = "cardBalance"
	}
	if q.OtherSysID != "" {
		h.SysID = q.OtherSysID
	}
	type member struct{ name, value string }
	members := []member{
		{"apiCode", h.APICode}, {"sysId", h.SysID}, {"requestNo", h.RequestNo}, {"version", "1.0"},
		{"code", code}, {"detail", detail},
	}
	if q.ShuffledHead {
		members[0], members[1] = members[1], members[0]
	}
	b := []byte{'{'}
	for i, m := range members {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, compact(m.name)...), ':'), compact(m.value)...)
	}
	return append(b, '}')
}

// freshNo makes a message number of the platform's, of 22 digits.
func (s *Server) freshNo() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seq++
	no := "00000000" + strconv.FormatUint(s.seq, 10)
	return s.now().In(s.cfg.Location).Format("20060102150405") + no[len(no)-8:]
}

// seal makes a message from the platform to the merchant.
func (s *Server) seal(head, payload []byte) (*sign.Envelope, error) {
	return s.cfg.Profile.Seal(s.own, s.merchant, head, payload)
}

var jsonHeader = http.Header{"Content-Type": {"application/json; charset=UTF-8"}}

func (s *Server) success(h headFields, data any) platform.Reply {
	detail := "SUCCESS"
	if s.cfg.Quirks.ProseDetail {
		detail = "Success"
	}
	e, err := s.seal(s.answerHead(h, "SUCCESS", detail), compact(s.shaped(data)))
	if err != nil {
		return platform.Reply{Status: http.StatusInternalServerError, Body: []byte("cannot seal\n")}
	}
	return platform.Reply{Header: jsonHeader, Body: e.JSON()}
}

func (s *Server) failure(h headFields, p *problem) platform.Reply {
	code := p.code
	if s.cfg.Quirks.UpstreamCodes {
		code = p.upstream
	}
	e := &sign.Envelope{Head: s.answerHead(h, code, p.detail)}
	if s.cfg.Quirks.Errors != ErrorsBare {
		sealed, err := s.seal(e.Head, []byte("{}"))
		if err != nil {
			return platform.Reply{Status: http.StatusInternalServerError, Body: []byte("cannot seal\n")}
		}
		e = sealed
	}
	if s.cfg.Quirks.Errors == ErrorsSigned {
		e.Encrypt = ""
	}
	return platform.Reply{Header: jsonHeader, Body: e.JSON()}
}

// fields are the parameters of a request, read without the client's types so
// that a wrong name in them shows.
type fields map[string]any

func parseFields(payload []byte) (fields, error) {
	d := json.NewDecoder(bytes.NewReader(payload))
	d.UseNumber()
	var f fields
	if err := d.Decode(&f); err != nil || f == nil {
		return nil, errors.New("not a JSON object")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than a JSON object")
	}
	return f, nil
}

// text returns a string parameter, "" when absent or of another type.
func (f fields) text(name string) string {
	v, _ := f[name].(string)
	return v
}

// need refuses a request in which one of the named parameters is absent or no
// non-empty string.
func (f fields) need(names ...string) *problem {
	for _, name := range names {
		if f.text(name) == "" {
			return badField(name + " is required and must be text")
		}
	}
	return nil
}

// optional refuses a parameter that is there and no non-empty string.
func (f fields) optional(name string) *problem {
	if _, present := f[name]; present && f.text(name) == "" {
		return badField(name + " must be text")
	}
	return nil
}

// integer returns a number parameter within bounds, or its default.
func (f fields) integer(name string, low, high, missing int) (int, *problem) {
	v, present := f[name]
	if !present {
		return missing, nil
	}
	n, ok := v.(json.Number)
	if !ok {
		return 0, badField(name + " must be a number")
	}
	i, err := strconv.Atoi(n.String())
	if err != nil || i < low || i > high {
		return 0, badField(name + " is out of range")
	}
	return i, nil
}

// date checks a yyyy-MM-dd parameter.
func (f fields) date(name string) *problem {
	if _, err := time.Parse(time.DateOnly, f.text(name)); err != nil {
		return badField(name + " must be yyyy-MM-dd")
	}
	return nil
}

// digits refuses a parameter that is not n to m decimal digits.
func (f fields) digits(name string, n, m int) *problem {
	v := f.text(name)
	if len(v) < n || len(v) > m || strings.Trim(v, "0123456789") != "" {
		return badField(name + " must consist of digits, of the right number")
	}
	return nil
}
