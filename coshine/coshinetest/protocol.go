package coshinetest

import (
	"cmp"
	"crypto/subtle"
	"encoding/json"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/sign/jose"
)

// maxReceived bounds the log of requests; older ones are forgotten.
const maxReceived = 10_000

// Request is one request that the platform received.
type Request struct {
	Op        string         // as hooks and errors print it
	Path      string         // with the prefix of the base address
	Timestamp string         // the timestamp header
	Type      string         // the Content-Type header
	Bearer    issuing.Secret // what was presented
	Body      issuing.Secret // as it came: in OAuth mode encrypted
	TranID    string         // "" when the body could not be read
}

// Received returns the log of an operation's requests that reached the platform,
// oldest first; "" returns all. A name that is no operation is an error of Check.
func (s *Server) Received(op string) []Request {
	if s.Requests(op) < 0 {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Request
	for _, r := range s.received {
		if op == "" || r.Op == op {
			out = append(out, r)
		}
	}
	return out
}

// status answers with an HTTP status and nothing that is published.
func (s *Server) status(code int) platform.Reply {
	return platform.Reply{Status: code, Header: s.header("text/plain; charset=utf-8"),
		Body: []byte(http.StatusText(code) + "\n")}
}

// header is what every answer carries.
func (s *Server) header(contentType string) http.Header {
	h := http.Header{}
	h.Set("Content-Type", contentType)
	h.Set("Timestamp", strconv.FormatInt(s.now().Unix(), 10))
	return h
}

// handle carries one request out, in the documented order of checks.
func (s *Server) handle(o operation, r *http.Request, body []byte) platform.Reply {
	if r.Method != http.MethodPost {
		return s.status(http.StatusNotFound)
	}
	token, _ := bearer(r)
	refused := s.admit(r)
	var in fields
	if refused == nil {
		in, refused = s.read(o.api, r.Header.Get("Content-Type"), body)
	}
	s.log(Request{
		Op: o.op, Path: r.URL.Path, Timestamp: r.Header.Get("Timestamp"), Type: r.Header.Get("Content-Type"),
		Bearer: token, Body: issuing.NewSecret(string(body)), TranID: text(in, "tranId"),
	})
	if refused != nil {
		return refused.noted(s.status(refused.status))
	}
	if location, ok := s.redirects.Take(o.op); ok {
		reply := s.status(http.StatusTemporaryRedirect)
		reply.Header.Set("Location", location)
		return reply
	}
	out, refused := s.business(o, in)
	reply := s.reply(in, out, refused)
	reply.Card = s.about(in, json.RawMessage(out.append(nil)))
	return reply
}

func (s *Server) log(r Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.received) >= maxReceived {
		s.received = slices.Clone(s.received[maxReceived/2:])
	}
	s.received = append(s.received, r)
}

// bearer returns the token of the Authorization header and whether the header
// is of the form Bearer.
func bearer(r *http.Request) (token issuing.Secret, ok bool) {
	scheme, text, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	text = strings.TrimSpace(text)
	return issuing.NewSecret(text), strings.EqualFold(scheme, "Bearer") && text != ""
}

// admit runs the checks of credential and timestamp.
func (s *Server) admit(r *http.Request) *refusal {
	token, ok := bearer(r)
	timestamp := r.Header.Get("Timestamp")
	switch {
	case !ok:
		return &refusal{status: http.StatusUnauthorized, check: "token", expected: "Authorization: Bearer and the token"}
	case !s.accepts(token):
		return &refusal{
			status: http.StatusForbidden, check: "token", expected: "the token that the platform gave, while it lives",
		}
	case timestamp == "", len(timestamp) > 15, strings.Trim(timestamp, "0123456789") != "":
		return &refusal{
			status: http.StatusBadRequest, check: "timestamp",
			expected: "the header Timestamp, Unix seconds in at most 15 digits",
		}
	}
	return nil
}

// accepts reports whether a token opens the platform: the static one, or in
// OAuth mode one that it gave and that has not ended.
func (s *Server) accepts(token issuing.Secret) bool {
	if !s.cfg.OAuth {
		return subtle.ConstantTimeCompare([]byte(token.Reveal()), []byte(s.token.Reveal())) == 1
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	end, ok := s.access[digestOf(token)]
	return ok && s.now().Before(end)
}

// read opens and parses the body; GeneratePublicPinKey may have none.
func (s *Server) read(api coshine.API, contentType string, body []byte) (fields, *refusal) {
	if len(body) == 0 && api == coshine.APIGeneratePublicPinKey {
		return nil, nil
	}
	if s.cfg.EmptyPINKeyBody && api == coshine.APIGeneratePublicPinKey {
		return nil, &refusal{status: http.StatusBadRequest, check: "body", expected: "none"}
	}
	if !s.typed(contentType) {
		return nil, &refusal{status: http.StatusBadRequest, check: "content type", expected: s.bodyType()}
	}
	plain, in, err := s.open(body)
	if err != nil || wire.Twice(plain) {
		return nil, &refusal{status: http.StatusBadRequest, check: "body", expected: s.bodyForm()}
	}
	return in, nil
}

// bodyType is the Content-Type of bodies.
func (s *Server) bodyType() string {
	if s.cfg.OAuth {
		return cmp.Or(s.cfg.BodyContentType, coshine.DefaultBodyContentType)
	}
	return plainType
}

// typed reports whether a Content-Type is that of bodies, in UTF-8 where it is JSON.
func (s *Server) typed(contentType string) bool {
	want, _, _ := mime.ParseMediaType(s.bodyType())
	media, parameters, err := mime.ParseMediaType(contentType)
	charset := parameters["charset"]
	return err == nil && media == want && (charset == "" || strings.EqualFold(charset, "utf-8"))
}

// bodyForm says how a body has to come.
func (s *Server) bodyForm() string {
	if s.cfg.OAuth {
		return "a JSON object whose names differ, encrypted as JWE for the platform's key"
	}
	return "a JSON object whose names differ"
}

// call is a request that has passed the checks of credential and form.
type call struct {
	fields
	api    coshine.API
	card   *card  // when the operation needs one
	notice object // what the issuer is told when the request has been carried out
}

func (in *call) text(name string) string { return text(in.fields, name) }

// refusal is why a request is not carried out: an HTTP status and nothing that is
// published, or a code.
type refusal struct {
	status int
	code   coshine.Code

	check, expected string // for observers, where status and code do not say it
}

// noted adds to a reply why the request was refused.
func (r *refusal) noted(reply platform.Reply) platform.Reply {
	reply.Check, reply.Expected = r.check, r.expected
	if reply.Check == "" && r.code != "" {
		reply.Check, reply.Expected = "code "+string(r.code), r.code.Meaning()
	}
	if reply.Check == "" {
		reply.Check, reply.Expected = "fields", "the fields of the catalogue, and values that fit what they refer to"
	}
	return reply
}

func refuse(code coshine.Code) *refusal { return &refusal{code: code} }

// Refusals that several operations share.
var (
	badRequest    = &refusal{status: http.StatusBadRequest}
	unknownToken  = refuse(coshine.CodeInvalidCardToken)
	unknownNumber = refuse(coshine.CodeInvalidCardNumber)
	wrongStatus   = refuse(coshine.CodeInvalidCardStatus)
	unexpected    = refuse(coshine.CodeUnexpected)
)

// mismatch refuses wrong CVV2, expiry or holder data.
func (s *Server) mismatch() *refusal { return refuse(s.cfg.MismatchCode) }

// business runs the checks of the fields, then the operation, and tells the issuer
// of it.
func (s *Server) business(o operation, in fields) (object, *refusal) {
	if refused := s.checkFields(o, in); refused != nil {
		return nil, refused
	}
	if code, ok := s.failures.Take(o.op); ok {
		return nil, refuse(code)
	}
	c := &call{fields: in, api: o.api}
	out, refused := s.run(o, c)
	if c.notice != nil {
		s.notify(coshine.APIAuthorizationNotification, c.notice)
	}
	return out, refused
}

// run carries an operation out with the server's lock held.
func (s *Server) run(o operation, in *call) (object, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var refused *refusal
	if in.card, refused = s.find(o.card, in); refused != nil || o.run == nil {
		return nil, refused
	}
	return o.run(s, in)
}

// echoed is the public header of an answer, in order.
var echoed = []string{
	"participantId", "tranBranch", "tranChnl", "tranCode", "tranDate", "tranTime", "tranId", "tellerNo", "terminalNo",
}

// reply encodes an answer with the echo of the request's header.
func (s *Server) reply(in fields, body object, refused *refusal) platform.Reply {
	code, desc := coshine.CodeSuccess, "Success"
	if refused != nil {
		if refused.status != 0 {
			return refused.noted(s.status(refused.status))
		}
		code, desc = refused.code, refused.code.Meaning()
	}
	var out object
	for _, name := range echoed {
		if raw, ok := in[name]; ok {
			out = append(out, member{name, raw})
		}
	}
	out = append(out.with("responseCode", code).with("responseDesc", desc), body...)
	sealed, contentType, err := s.seal(out)
	if err != nil {
		return s.status(http.StatusInternalServerError)
	}
	reply := platform.Reply{Header: s.header(contentType), Body: sealed}
	if refused != nil {
		return refused.noted(reply)
	}
	return reply
}

// plainType is the content type of bodies that are not encrypted.
const plainType = "application/json; charset=UTF-8"

// seal encodes what the platform sends, in OAuth mode encrypted for the client.
func (s *Server) seal(message object) (body []byte, contentType string, err error) {
	plain := message.append(nil)
	if !s.cfg.OAuth {
		return plain, plainType, nil
	}
	sealed, err := jose.SealJWE(s.keys.client.Public(), "", s.cfg.Serialization, plain)
	return []byte(sealed), s.bodyType(), err
}

// open reads what the platform receives: in OAuth mode encrypted, a JSON object.
func (s *Server) open(body []byte) (plain []byte, in fields, err error) {
	plain = body
	if s.cfg.OAuth {
		if plain, err = jose.OpenJWE(s.keys.platform, s.cfg.Serialization, string(body)); err != nil {
			return nil, nil, err
		}
	}
	in, err = platform.ReadFields(plain)
	return plain, in, err
}
