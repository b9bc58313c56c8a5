package coshinetest

import (
	"crypto/subtle"
	"encoding/json"
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

// Received returns the log of requests of an operation, oldest first; "" returns
// all.
func (s *Server) Received(op string) []Request {
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
	return platform.Reply{Status: code, Header: s.header("text/plain; charset=utf-8"), Body: []byte(http.StatusText(code) + "\n")}
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
	token, scheme := bearer(r)
	plain, refused := s.admit(r, o.api, body, token, scheme)
	var in fields
	if refused == 0 {
		in, refused = parse(o.api, plain)
	}
	s.log(Request{
		Op: o.op, Path: r.URL.Path, Timestamp: r.Header.Get("Timestamp"), Type: r.Header.Get("Content-Type"),
		Bearer: token, Body: issuing.NewSecret(string(body)), TranID: in.text("tranId"),
	})
	if refused != 0 {
		return s.status(refused)
	}
	if location, ok := s.redirects.Take(o.op); ok {
		reply := s.status(http.StatusTemporaryRedirect)
		reply.Header.Set("Location", location)
		return reply
	}
	return s.reply(in, s.business(o, in))
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

// admit runs the checks of credential and timestamp and opens the body. It
// returns the HTTP status of the check that failed, or 0.
func (s *Server) admit(r *http.Request, api coshine.API, body []byte, token issuing.Secret, scheme bool) ([]byte, int) {
	if !scheme {
		return nil, http.StatusUnauthorized
	}
	if !s.accepts(token) {
		return nil, http.StatusForbidden
	}
	timestamp := r.Header.Get("Timestamp")
	if timestamp == "" || len(timestamp) > 15 || strings.Trim(timestamp, "0123456789") != "" {
		return nil, http.StatusBadRequest
	}
	if s.cfg.OAuth && (len(body) > 0 || api != coshine.APIGeneratePublicPinKey) {
		plain, err := jose.OpenJWE(s.keys.platformRSA, s.cfg.Serialization, string(body))
		if err != nil {
			return nil, http.StatusBadRequest
		}
		return plain, 0
	}
	return body, 0
}

// accepts reports whether a token opens the platform: the static one, or in
// OAuth mode one that it gave and that has not ended.
func (s *Server) accepts(token issuing.Secret) bool {
	if !s.cfg.OAuth {
		return subtle.ConstantTimeCompare([]byte(token.Reveal()), []byte(s.token.Reveal())) == 1
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	end, ok := s.access[token.Reveal()]
	return ok && s.now().Before(end)
}

// parse reads the body. GeneratePublicPinKey may have none.
func parse(api coshine.API, body []byte) (fields, int) {
	if len(body) == 0 && api == coshine.APIGeneratePublicPinKey {
		return nil, 0
	}
	in := fields{}
	trimmed := strings.TrimSpace(string(body))
	if trimmed == "" || trimmed[0] != '{' || !json.Valid(body) {
		return nil, http.StatusBadRequest
	}
	for name, value := range wire.Members(body) {
		if _, twice := in[name]; twice {
			return nil, http.StatusBadRequest // nobody could tell which one counts
		}
		in[name] = value
	}
	return in, 0
}

// headerRule is a field of the public header.
type headerRule struct {
	name     string
	limit    int
	exact    bool
	required bool
	digits   bool
}

// The branch may have 32 characters: the sources disagree between 6 and 32.
var headerRules = []headerRule{
	{"tranBranch", 32, false, true, false}, {"tranChnl", 2, true, true, true}, {"tranCode", 6, false, false, false},
	{"tranDate", 8, true, true, true}, {"tranTime", 6, true, true, true}, {"tranId", 32, false, true, false},
	{"tellerNo", 32, false, false, false}, {"terminalNo", 15, false, false, false},
}

func (r headerRule) holds(text string) bool {
	switch {
	case text == "":
		return !r.required
	case len(text) > r.limit, r.exact && len(text) != r.limit:
		return false
	}
	return !r.digits || strings.Trim(text, "0123456789") == ""
}

// business runs the checks of the body, then the operation.
func (s *Server) business(o operation, in fields) result {
	if in != nil && strings.TrimSpace(in.text("participantId")) != s.participant {
		return fail(coshine.CodeInvalidParticipant)
	}
	for _, rule := range headerRules {
		if in != nil && !rule.holds(in.text(rule.name)) {
			return badRequest()
		}
	}
	if _, disabled := s.disabled.Load(o.op); disabled {
		return fail(coshine.CodeRestricted)
	}
	for _, rule := range apiRules[o.api] {
		if !rule.holds(in) {
			return badRequest()
		}
	}
	if code, ok := s.failures.Take(o.op); ok {
		return fail(code)
	}
	return s.run(o, in)
}

// run carries an operation out with the server's lock held.
func (s *Server) run(o operation, in fields) result {
	if o.run == nil {
		return success(nil)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return o.run(s, in)
}

// fieldRule is a field of an interface, for check 9.
type fieldRule struct {
	name     string
	limit    int // of the whole value
	required bool
	array    bool
}

func (r fieldRule) holds(in fields) bool {
	if r.array {
		list, ok := in.texts(r.name)
		total := 0
		for _, text := range list {
			total += len(text)
		}
		return ok && len(list) > 0 && total <= r.limit
	}
	text := in.text(r.name)
	if text == "" {
		return !r.required
	}
	return len([]rune(text)) <= r.limit
}

// apiRules are the published fields. The card token is opaque: the sources
// disagree on its length. The product code may have 10 characters, as in the
// product list.
var apiRules = map[coshine.API][]fieldRule{
	coshine.APICardApplication: {
		{"cardNumber", 19, false, false}, {"cardFlag", 1, true, false}, {"cardProdCode", 10, true, false},
		{"cardPicCode", 16, false, false}, {"cardEmbossName", 26, false, false}, {"customerId", 32, true, false},
		{"custIdType", 1, true, false}, {"custIdNo", 32, true, false}, {"custIssIdType", 1, false, false},
		{"custIssIdNo", 32, false, false},
	},
	coshine.APICustomerCardInfoInquiry: {{"customerId", 32, true, false}},
	coshine.APICardActivation: {
		{"cardToken", 64, true, false}, {"expiryDate", 4, true, false}, {"CVV2", 3, true, false},
		{"customerId", 32, true, false}, {"custIdType", 1, true, false}, {"custIdNo", 32, true, false},
	},
	coshine.APIPINReset:     {{"pinKeyId", 8, true, false}, {"newCardPin", 4096, true, false}},
	coshine.APIPINChange:    {{"pinKeyId", 8, true, false}, {"cardPin", 4096, true, false}, {"newCardPin", 4096, true, false}},
	coshine.APITokenInquiry: {{"cardToken", 64, true, false}},
	coshine.APITokenRequest: {
		{"cardToken", 64, true, false}, {"expiryDate", 4, true, false}, {"CVV2", 3, true, false},
		{"useCaseIndicator", 100, true, true}, {"cvm", 225, true, true},
	},
	coshine.APIDropDownListInquiry: {{"dropDownName", 20, true, false}},
}

// result is what an interface answers: a code and the fields of a success, or
// an HTTP status alone.
type result struct {
	code   coshine.Code
	status int
	body   object
}

func success(body object) result    { return result{code: coshine.CodeSuccess, body: body} }
func fail(code coshine.Code) result { return result{code: code} }
func badRequest() result            { return result{status: http.StatusBadRequest} }
func (r result) ok() bool           { return r.code == coshine.CodeSuccess && r.status == 0 }
func (s *Server) mismatch() result  { return fail(s.cfg.MismatchCode) }
func noCard(byToken bool) result {
	return fail(map[bool]coshine.Code{true: coshine.CodeInvalidCardToken, false: coshine.CodeInvalidCardNumber}[byToken])
}
func wrongStatus() result { return fail(coshine.CodeInvalidCardStatus) }

// echoed is the public header of an answer, in order.
var echoed = []string{
	"participantId", "tranBranch", "tranChnl", "tranCode", "tranDate", "tranTime", "tranId", "tellerNo", "terminalNo",
}

// reply encodes a result with the echo of the request's header.
func (s *Server) reply(in fields, r result) platform.Reply {
	if r.status != 0 {
		return s.status(r.status)
	}
	var out object
	for _, name := range echoed {
		if raw, ok := in[name]; ok {
			out = append(out, member{name, raw})
		}
	}
	desc := r.code.Meaning()
	if r.ok() {
		desc = "Success"
	}
	out = out.with("responseCode", string(r.code)).with("responseDesc", desc)
	body := append(out, r.body...).append(nil)
	contentType := "application/json; charset=UTF-8"
	if s.cfg.OAuth {
		sealed, err := jose.SealJWE(s.keys.clientRSA.Public(), "", s.cfg.Serialization, body)
		if err != nil {
			return s.status(http.StatusInternalServerError)
		}
		body, contentType = []byte(sealed), coshine.DefaultBodyContentType
	}
	return platform.Reply{Header: s.header(contentType), Body: body}
}
