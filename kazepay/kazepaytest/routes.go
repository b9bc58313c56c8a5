package kazepaytest

import (
	"cmp"
	"net/http"

	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/kazepay"
)

// route names a request and carries it out. The payload has to be opened for the
// name, because two operations of the client's can share an apiCode; what does
// not open has the name of the first.
func (s *Server) route(r *http.Request, body []byte) (op string, run func() platform.Reply) {
	if r.Method != http.MethodPost {
		reply := platform.Reply{Status: http.StatusMethodNotAllowed, Body: []byte("method not allowed\n")}
		return "", func() platform.Reply { return reply }
	}
	m, failed := s.parse(r.Header, body)
	if failed != nil {
		return "", func() platform.Reply { return s.failure(head{}, failed) }
	}
	if path := cmp.Or(s.cfg.Paths[m.head.APICode], "/"); s.cfg.Paths != nil && r.URL.Path != path {
		reply := platform.Reply{Status: http.StatusNotFound, Body: []byte("not found\n"), Check: "path", Expected: path}
		return "", func() platform.Reply { return reply }
	}
	s.open(m)
	o := find(m)
	return o.op, func() platform.Reply {
		data, about, failed := s.run(o, m)
		reply := s.success(m.head, data)
		if failed != nil {
			reply = s.failure(m.head, failed)
		}
		reply.Card = about
		return reply
	}
}

// run carries an operation out with the server's lock held, and says which card it
// was about.
func (s *Server) run(o operation, m *message) (data any, about string, failed *problem) {
	s.mu.Lock()
	defer s.mu.Unlock()
	data, failed = s.runLocked(o, m)
	return data, s.about(m.fields, data), failed
}

// runLocked carries an operation out and adds its result flag.
func (s *Server) runLocked(o operation, m *message) (any, *problem) {
	if failed := s.admit(o, m); failed != nil {
		return nil, failed
	}
	s.requests[m.head.RequestNo] = struct{}{}
	if o.flag {
		if _, fail := s.failures.Take(o.op); fail {
			return map[string]any{"encrypt": "FAILED"}, nil
		}
	}
	data, failed := o.run(s, m)
	if answer, ok := data.(map[string]any); ok && o.flag {
		answer["encrypt"] = "SUCCESS"
	}
	return data, failed
}

// maxRequestNo bounds what is kept of a request for good. KazePay's limit is not
// published; the longest number shown has 24 digits.
const maxRequestNo = 64

// admit makes the checks that precede those of the operation, in the documented
// order.
func (s *Server) admit(o operation, m *message) *problem {
	_, repeated := s.requests[m.head.RequestNo]
	switch {
	case m.head.SysID != s.cfg.SysID:
		return refusal("FAKE_SYSID_ERROR", "unknown sysId")
	case m.head.Version != version:
		return refusal("FAKE_VERSION_ERROR", "version must be 1.0")
	case m.head.RequestNo == "" || len(m.head.RequestNo) > maxRequestNo:
		return refusal("FAKE_FORMAT_ERROR", "requestNo is required, of 64 characters at most")
	case s.cfg.RequestNo != nil && !s.cfg.RequestNo(m.head.RequestNo):
		return refusal("FAKE_FORMAT_ERROR", "requestNo is of another form")
	case repeated && !s.cfg.Quirks.IgnoreRepeats:
		return refusal("FAKE_DUPLICATE_REQUEST", "requestNo was used before")
	case !m.opened:
		return s.unopened(m)
	case o.run == nil || o.form != (m.file != nil):
		return refusal("FAKE_APICODE_ERROR", "unknown apiCode, or one for another form of message")
	case m.fields == nil:
		return badField("the payload is not a JSON object in UTF-8 whose names differ")
	}
	return nil
}

// operation is one row of the platform's table.
type operation struct {
	op      string // as hooks and errors print it
	apiCode string
	run     handler
	flag    bool              // the payload carries the result flag
	form    bool              // comes as multipart/form-data
	when    func(fields) bool // of a second operation with the apiCode: whether the payload is for it
}

// handler carries an operation out with the server's lock held.
type handler func(*Server, *message) (any, *problem)

// onCard makes a handler of what works on the card that a request names.
func onCard(run func(*Server, *card, *message) (any, *problem)) handler {
	return func(s *Server, m *message) (any, *problem) {
		if failed := need(m.fields, "cardID"); failed != nil {
			return nil, failed
		}
		c := s.cards[m.Text("cardID")]
		if c == nil {
			return nil, notFound("no card has this cardID")
		}
		return run(s, c, m)
	}
}

// The operations that [Server.FailNext] makes fail after they were accepted.
const (
	opApply   = "Virtual.Apply"
	opDeposit = "Cards.Deposit"
)

// failing lists the operations that can fail by themselves.
func failing() []string {
	ops := []string{opApply, opDeposit}
	for _, o := range table {
		if o.flag {
			ops = append(ops, o.op)
		}
	}
	return ops
}

// table are the operations.
var table = []operation{
	{op: opApply, apiCode: "createCard", run: (*Server).createCard},
	{op: "Virtual.Application", apiCode: "createCardQuery", run: onCard((*Server).application)},
	{op: "KYC.Upload", apiCode: "fileUpload", run: (*Server).fileUpload, flag: true, form: true},
	{op: "KYC.Submit", apiCode: "setUcardKyc", run: (*Server).submit, flag: true},
	{op: "KYC.SubmitInline", apiCode: "setUcardKyc", run: (*Server).submitInline, flag: true, when: inline},
	{op: "KYC.Link", apiCode: "setUserKyc", run: (*Server).link, flag: true},
	{op: "KYC.Status", apiCode: "queryUcardKycStatus", run: (*Server).queryKYC, flag: true},
	{op: "Physical.Assign", apiCode: "ucardAssign", run: (*Server).assign, flag: true},
	{op: "Physical.Activate", apiCode: "ucardActive", run: onCard((*Server).activate), flag: true},
	{op: "Physical.SetPIN", apiCode: "cardSetPin", run: onCard((*Server).setPIN), flag: true},
	{op: "Cards.Card", apiCode: "queryCard", run: onCard((*Server).queryCard)},
	{op: "Cards.Balance", apiCode: "cardBalance", run: onCard((*Server).cardBalance)},
	{op: opDeposit, apiCode: "cardRecharge", run: onCard((*Server).recharge)},
	{op: "Cards.Transactions", apiCode: "queryTransactions", run: onCard((*Server).queryTransactions)},
	{op: "Cards.Freeze", apiCode: "updCardStatus", run: onCard((*Server).setStatus)},
	{op: "Cards.Unfreeze", apiCode: "updCardStatus", run: onCard((*Server).setStatus), when: unfreezes},
	{op: "Cards.Close", apiCode: "closeCard", run: onCard((*Server).closeCard)},
	{op: "Cards.CardID", apiCode: "getCardId", run: (*Server).cardID},
	{op: "Webhooks.SetURL", apiCode: "setWebhookUrl", run: (*Server).setWebhookURL, flag: true},
	{op: "Webhooks.URL", apiCode: "getWebhookUrl", run: (*Server).getWebhookURL, flag: true},
}

func inline(f fields) bool { return f.Has("frontImgBase64") }

func unfreezes(f fields) bool { return f.Text("status") == string(kazepay.CardStatusActive) }

// find returns the operation of a message, the zero operation when there is none.
func find(m *message) (found operation) {
	for _, o := range table {
		if o.apiCode == m.head.APICode && (o.when == nil || o.when(m.fields)) {
			found = o
		}
	}
	return found
}
