package coshinetest

import (
	"crypto/subtle"
	"encoding/json"
	"net/http"
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
	API       coshine.API
	Path      string         // with the prefix of the base address
	Timestamp string         // the timestamp header
	Type      string         // the Content-Type header
	Bearer    issuing.Secret // what was presented
	Body      issuing.Secret // as it came: in OAuth mode encrypted
	TranID    string         // "" when the body could not be read
}

// Received returns the log of requests of an interface, oldest first; "" returns
// all.
func (s *Server) Received(api coshine.API) []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Request
	for _, r := range s.received {
		if api == "" || r.API == api {
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
func (s *Server) handle(r *http.Request, body []byte) platform.Reply {
	if r.URL.Path == tokenPath {
		return s.mint(r, body)
	}
	api, ok := s.api(r.URL.Path)
	if !ok || r.Method != http.MethodPost {
		return s.status(http.StatusNotFound)
	}
	entry := Request{API: api, Path: r.URL.Path, Timestamp: r.Header.Get("Timestamp"), Type: r.Header.Get("Content-Type"), Body: issuing.NewSecret(string(body))}
	token, scheme := bearer(r)
	entry.Bearer = token
	plain, refused := s.admit(r, api, body, token, scheme)
	var in fields
	if refused == 0 {
		in, refused = parse(api, plain)
	}
	entry.TranID = in.text("tranId")
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.received) >= maxReceived {
		s.received = append([]Request(nil), s.received[maxReceived/2:]...)
	}
	s.received = append(s.received, entry)
	if queue := s.redirects[api]; len(queue) > 0 && refused == 0 {
		s.redirects[api] = queue[1:]
		reply := s.status(http.StatusTemporaryRedirect)
		reply.Header.Set("Location", queue[0])
		return reply
	}
	if refused != 0 {
		return s.status(refused)
	}
	return s.business(api, in)
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

// business runs the checks of the body and the interface itself, with the
// server's lock held.
func (s *Server) business(api coshine.API, in fields) platform.Reply {
	if in == nil {
		return s.reply(in, s.run(api, in))
	}
	if strings.TrimSpace(in.text("participantId")) != s.participant {
		return s.reply(in, fail(coshine.CodeInvalidParticipant))
	}
	for _, rule := range headerRules {
		if !rule.holds(in.text(rule.name)) {
			return s.status(http.StatusBadRequest)
		}
	}
	if s.disabled[api] {
		return s.reply(in, fail(coshine.CodeRestricted))
	}
	for _, rule := range apiRules[api] {
		if !rule.holds(in) {
			return s.status(http.StatusBadRequest)
		}
	}
	return s.reply(in, s.run(api, in))
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

// run calls the interface. Interfaces about which nothing is published accept
// any object.
func (s *Server) run(api coshine.API, in fields) result {
	if queue := s.failures[api]; len(queue) > 0 {
		s.failures[api] = queue[1:]
		return fail(queue[0])
	}
	if handler, ok := handlers[api]; ok {
		return handler(s, in)
	}
	return success(nil)
}

// handlers are the interfaces with behaviour. They run with the server's lock
// held.
var handlers = map[coshine.API]func(*Server, fields) result{
	coshine.APICardApplication:            (*Server).apply,
	coshine.APICustomerCardInfoInquiry:    (*Server).listCards,
	coshine.APICustomerAccountInfoInquiry: (*Server).listAccounts,
	coshine.APICustomerInfoUpdate:         (*Server).updateCustomer,
	coshine.APICardInfoInquiry:            (*Server).cardInfo,
	coshine.APICardActivation:             (*Server).activate,
	coshine.APICardReissue:                (*Server).reissue,
	coshine.APICardReplacement:            (*Server).replace,
	coshine.APICardCancellation:           (*Server).cancel,
	coshine.APICardStatusUpdate:           (*Server).updateStatus,
	coshine.APICardCVV2Inquiry:            (*Server).readCVV2,
	coshine.APICardCVV2Verify:             (*Server).verifyCVV2,
	coshine.APIGenerateDCVV:               (*Server).generateDCVV,
	coshine.APICardExpiryDateUpdate:       (*Server).updateExpiry,
	coshine.APICardLimitSetting:           (*Server).touch,
	coshine.APICardSecureRegist:           (*Server).touch,
	coshine.APIAccountLinkage:             (*Server).touch,
	coshine.APICardPlasticUpdate:          (*Server).touch,
	coshine.APIBusinessFlagUpdate:         (*Server).touch,
	coshine.APICardNumberInquiry:          (*Server).readNumber,
	coshine.APIGeneratePublicPinKey:       (*Server).makePINKey,
	coshine.APIPINReset:                   (*Server).resetPIN,
	coshine.APIPINChange:                  (*Server).changePIN,
	coshine.APIPINVerify:                  (*Server).verifyPIN,
	coshine.APIBalanceInquiry:             (*Server).balance,
	coshine.APILoadFund:                   (*Server).loadFund,
	coshine.APIWithdraw:                   (*Server).withdraw,
	coshine.APITransferFund:               (*Server).transferFund,
	coshine.APIPurchase:                   (*Server).purchase,
	coshine.APIRefund:                     (*Server).refund,
	coshine.APIReversal:                   (*Server).reverse,
	coshine.APIBlockFund:                  (*Server).blockFund,
	coshine.APIUnblockFund:                (*Server).unblockFund,
	coshine.APIServiceCharge:              (*Server).serviceCharge,
	coshine.APIVerification:               (*Server).touch,
	coshine.APIDebitAdjustment:            (*Server).debit,
	coshine.APICreditAdjustment:           (*Server).credit,
	coshine.APITransactionHistory:         (*Server).history,
	coshine.APIAuthorizationHistory:       (*Server).authorizations,
	coshine.APITokenInquiry:               (*Server).listTokens,
	coshine.APITokenRequest:               (*Server).requestToken,
	coshine.APITokenStateUpdate:           (*Server).updateToken,
	coshine.APITokenMetadataUpdate:        (*Server).updateTokenMetadata,
	coshine.APIDropDownListInquiry:        (*Server).dropDown,
	coshine.APIInquiryCardProduct:         (*Server).products,
}
