package kazepaytest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"slices"
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

// head is the clear part of a message, its members in the order of the pages.
type head struct {
	APICode   string `json:"apiCode"`
	SysID     string `json:"sysId"`
	RequestNo string `json:"requestNo"`
	Version   string `json:"version"`
	Code      string `json:"code,omitempty"`   // of answers
	Detail    string `json:"detail,omitempty"` // of answers
}

// shuffledHead is a head that begins with sysId.
type shuffledHead struct {
	SysID string `json:"sysId"`
	head
}

// message is a request as it came.
type message struct {
	head     head
	envelope *sign.Envelope
	file     *file // of fileUpload
	opened   bool  // whether the payload opens and verifies
	fields         // of the payload, nil when it is no object
}

// parse reads a message from JSON or from a form.
func (s *Server) parse(header http.Header, body []byte) (*message, *problem) {
	contentType := header.Get("Content-Type")
	media, params, err := mime.ParseMediaType(contentType)
	switch {
	case err == nil && media == "multipart/form-data":
		return s.parseForm(params["boundary"], body)
	case s.cfg.ContentType != "" && contentType != s.cfg.ContentType:
		return nil, refusal("FAKE_FORMAT_ERROR", "Content-Type must be "+s.cfg.ContentType)
	case platform.IsJSON(header):
		return parseMessage(body)
	}
	return nil, refusal("FAKE_FORMAT_ERROR", "Content-Type must be application/json in UTF-8, or multipart/form-data")
}

func parseMessage(body []byte) (*message, *problem) {
	e, err := sign.ParseEnvelope(body)
	if err != nil || !unambiguous(body) {
		return nil, refusal("FAKE_FORMAT_ERROR", "the message is not head and body in UTF-8, each name once")
	}
	m := &message{envelope: e}
	members, _ := platform.ReadFields(e.Head)
	for name, target := range map[string]*string{
		"apiCode": &m.head.APICode, "sysId": &m.head.SysID, "requestNo": &m.head.RequestNo, "version": &m.head.Version,
	} {
		if members.Has(name) && members[name][0] != '"' {
			return nil, refusal("FAKE_FORMAT_ERROR", "a field of the head is not a string")
		}
		*target = members.Text(name)
	}
	return m, nil
}

// unambiguous reports whether no name stands twice in a message or in one of its
// parts.
func unambiguous(body []byte) bool {
	parts, err := platform.ReadFields(body)
	for _, name := range []string{"head", "body"} {
		if part := parts[name]; err == nil && len(part) > 0 && part[0] == '{' {
			_, err = platform.ReadFields(part)
		}
	}
	return err == nil
}

// open opens the payload of a message as far as it can be opened.
func (s *Server) open(m *message) {
	payload, err := s.cfg.Profile.Open(s.own, s.merchant.Public(), m.envelope)
	m.opened = err == nil && !strings.ContainsAny(m.envelope.Encrypt, "\r\n")
	if m.opened && distinct(payload) {
		m.fields, _ = platform.ReadFields(payload)
	}
}

// distinct reports whether no object in a payload, at any depth, names a member twice.
func distinct(text []byte) bool {
	text = bytes.TrimSpace(text)
	var list []json.RawMessage
	switch {
	case len(text) > 0 && text[0] == '[' && json.Unmarshal(text, &list) == nil:
	case len(text) > 0 && text[0] == '{':
		members, err := platform.ReadFields(text)
		if err != nil {
			return false
		}
		list = slices.Collect(maps.Values(members))
	}
	return !slices.ContainsFunc(list, func(value json.RawMessage) bool { return !distinct(value) })
}

// unopened is the refusal of a message that does not open.
func (s *Server) unopened(m *message) *problem {
	if s.cfg.Quirks.TellFailures {
		switch s.cfg.Profile.Diagnose(s.own, s.merchant.Public(), m.envelope) {
		case sign.StageForm, sign.StageKey:
			return refusal("FAKE_KEY_ERROR", "keyEnc does not unwrap")
		case sign.StagePayload:
			return refusal("FAKE_PAYLOAD_ERROR", "encrypt does not decrypt")
		}
	}
	return refusal("FAKE_SIGN_ERROR", "the message does not open or verify")
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

// answerHead writes the head of the answer to a request.
func (s *Server) answerHead(h head, code, detail string) []byte {
	q := s.cfg.Quirks
	h.Version, h.Code, h.Detail = version, code, detail
	if q.FreshRequestNo {
		h.RequestNo = s.freshNo()
	}
	if q.WrongAPICode && (h.APICode == "updCardStatus" || h.APICode == "closeCard") {
		h.APICode = "cardBalance"
	}
	if q.OtherSysID != "" {
		h.SysID = q.OtherSysID
	}
	if q.ShuffledHead {
		return platform.JSON(shuffledHead{h.SysID, h})
	}
	return platform.JSON(h)
}

// freshNo makes a message number of the platform's, of 22 digits.
func (s *Server) freshNo() string {
	return requestNo(s.now().In(s.cfg.Zone), s.seq.Next())
}

// requestNo makes a number of 22 digits.
func requestNo(at time.Time, seq uint64) string {
	return fmt.Sprintf("%s%08d", at.Format("20060102150405"), seq%100_000_000)
}

// seal makes a message from the platform to the merchant.
func (s *Server) seal(head, payload []byte) (*sign.Envelope, error) {
	return s.cfg.Profile.Seal(s.own, s.merchant.Public(), head, payload)
}

func (s *Server) success(h head, data any) platform.Reply {
	detail := "SUCCESS"
	if s.cfg.Quirks.ProseDetail {
		detail = "Success"
	}
	return reply(s.seal(s.answerHead(h, "SUCCESS", detail), platform.JSON(s.shaped(data))))
}

func (s *Server) failure(h head, p *problem) platform.Reply {
	code := p.code
	if s.cfg.Quirks.UpstreamCodes {
		code = p.upstream
	}
	e, err := &sign.Envelope{Head: s.answerHead(h, code, p.detail)}, error(nil)
	if s.cfg.Quirks.Errors != ErrorFormBare {
		e, err = s.seal(e.Head, []byte("{}"))
	}
	if s.cfg.Quirks.Errors == ErrorFormSigned && err == nil {
		e.Encrypt = ""
	}
	out := reply(e, err)
	out.Check, out.Expected = p.code, p.detail
	if why, ok := expectations[p.code]; ok {
		out.Expected = why
	}
	return out
}

// expectations say of some refusals what would have passed.
var expectations = map[string]string{
	"FAKE_SIGN_ERROR": "keyEnc that opens under the platform's key, encrypt under the key in it, and sign over the " +
		"payload under the merchant's key, all as Config.Profile says",
	"FAKE_DUPLICATE_REQUEST": "a requestNo that was not used before",
	"FAKE_VERSION_ERROR":     "version 1.0",
}

func reply(e *sign.Envelope, err error) platform.Reply {
	if err != nil {
		return platform.Reply{Status: http.StatusInternalServerError, Body: []byte("cannot seal\n")}
	}
	return platform.Reply{Header: http.Header{"Content-Type": {"application/json; charset=UTF-8"}}, Body: e.JSON()}
}
