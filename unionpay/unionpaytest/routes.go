package unionpaytest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"slices"

	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/unionpay"
)

// operation is one row of the gateway's table: the name that hooks and errors
// print, the arrangement of the message's fields where the configuration names
// none, their table, and what carries a request out with the server's lock held.
type operation struct {
	op     string
	shape  unionpay.Shape
	fields []spec
	run    func(*Server, *request) outcome
}

// Arrangements of messages.
const (
	flat      = unionpay.ShapeFlat
	enveloped = unionpay.ShapeEnveloped
)

// operations are the gateway's by message.
var operations = map[unionpay.MessageType]operation{
	unionpay.MessageTypeATMFeedback:        {"ATMs.Feedback", flat, feedbackFields, (*Server).takeFeedback},
	unionpay.MessageTypeATMList:            {"ATMs.List", flat, listFields, (*Server).listATMs},
	unionpay.MessageTypeATMNearby:          {"ATMs.Nearby", flat, nearbyFields, (*Server).nearbyATMs},
	unionpay.MessageTypeATMCitiesAndBanks:  {"ATMs.CitiesAndBanks", flat, citiesAndBanksFields, (*Server).citiesAndBanks},
	unionpay.MessageTypeTokenRequest:       {"Tokens.Request", enveloped, tokenRequestFields, (*Server).requestToken},
	unionpay.MessageTypeTokenStateUpdate:   {"Tokens.UpdateState", enveloped, updateFields, updateToken},
	unionpay.MessageTypeTokenStateInquiry:  {"Tokens.Token", enveloped, inquiryFields, inquireToken},
	unionpay.MessageTypeKeyExchange:        {"Keys.Exchange", enveloped, exchangeFields, exchangeKeys},
	unionpay.MessageTypeKeyInquiryExchange: {"Keys.InquireExchange", enveloped, keyInquiryFields, inquireKeys},
	unionpay.MessageTypeKeyResetResult:     {"Keys.ConfirmReset", enveloped, nil, confirmReset},
}

// What is done to a token that the request names.
var (
	updateToken      = onToken(named, (*Server).updateToken)
	inquireToken     = onToken(named, (*Server).inquireToken)
	inquireRequested = onToken(requested, (*Server).inquireToken)
)

// tokenByRequest shares its message with Tokens.Token.
var tokenByRequest = operation{"Tokens.TokenByRequest", enveloped, byRequestFields, inquireRequested}

// operationNames are the names of all operations.
func operationNames() []string {
	names := platform.Names(maps.Values(operations), func(o operation) string { return o.op })
	slices.Sort(names)
	return append(names, tokenByRequest.op)
}

// operationOf returns the operation that a message with these fields asks for. An
// inquiry that names no token asks by the request for it, whatever the name that
// a client is configured to use for that request's id.
func operationOf(message unionpay.MessageType, f fields) operation {
	_, token := f["token"]
	_, ref := f["tokenRefID"]
	if message == unionpay.MessageTypeTokenStateInquiry && !token && !ref {
		return tokenByRequest
	}
	return operations[message]
}

// fields are the members of a request.
type fields = platform.Fields

// request is a message on its way through the gateway's steps.
type request struct {
	fields    // business fields
	operation operation

	message   unionpay.MessageType // "" when the path belongs to none
	profile   unionpay.Profile
	readable  bool            // it is of the path's shape
	unfit     string          // the member of msgInfo that does not fit
	msgInfo   json.RawMessage // nil in flat messages
	info      fields          // of msgInfo
	encCertID bool            // the object encCertId is there
	msgID     string          // "" in flat messages
	appID     string          // of the requestor that signed
	uuid      string          // of the signature's header
	behaviour Behaviour
}

// route names a request and carries it out.
func (s *Server) route(r *http.Request, body []byte) (op string, run func() platform.Reply) {
	q := s.read(r.URL.Path, body)
	return q.operation.op, func() platform.Reply { return s.handle(q, r, body) }
}

// read finds out what a request asks for, and so how it has to be signed; that
// it is signed so comes later. What cannot be read is still of its path's
// message, where that has no other.
func (s *Server) read(path string, body []byte) *request {
	q := &request{}
	messages := s.byPath[path]
	if len(messages) == 0 {
		return q
	}
	q.message = messages[0]
	q.readable = s.split(q, messages, body)
	q.profile = s.cfg.Profiles[q.message]
	switch {
	case q.readable:
		q.operation = operationOf(q.message, q.fields)
	case len(messages) == 1:
		q.operation = operations[q.message]
	}
	return q
}

// split opens a body and reads the JSON object in it and its envelope. It reports
// whether they are of the shape that one of the messages has.
func (s *Server) split(q *request, messages []unionpay.MessageType, body []byte) bool {
	sealed := !bytes.HasPrefix(bytes.TrimSpace(body), []byte("{"))
	if sealed {
		plaintext, err := s.open(s.cfg.JWE, string(bytes.TrimSpace(body)))
		if err != nil {
			return false
		}
		body = plaintext
	}
	top, err := platform.ReadFields(body)
	if err != nil {
		return false
	}
	_, q.encCertID = top["encCertId"]
	if len(messages) == 1 && cmp.Or(s.cfg.Shapes[q.message], operations[q.message].shape) == flat {
		delete(top, "certificateSignature")
		delete(top, "encCertId")
		q.fields = top
	} else if !q.unfold(s.cfg.Agreement, top, messages) {
		return false
	}
	q.fields = s.cfg.Agreement.named(q.fields)
	return sealed == (s.cfg.BodyEncryption[q.message] == unionpay.BodyEncryptionJWE)
}

// unfold takes a message out of its envelope.
func (q *request) unfold(agreed Agreement, top fields, messages []unionpay.MessageType) bool {
	info, err := platform.ReadFields(top["msgInfo"])
	if err != nil {
		return false
	}
	q.msgInfo, q.info, q.msgID = top["msgInfo"], info, info.Text("msgID")
	message := agreed.message(info.Text("msgType"))
	if q.unfit = misfit(msgInfoFields, info, nil); q.unfit == "" && !slices.Contains(messages, message) {
		q.unfit = "msgType"
	}
	if q.unfit != "" {
		return false
	}
	q.message = message
	q.fields, err = platform.ReadFields(top["trxInfo"])
	return err == nil
}
