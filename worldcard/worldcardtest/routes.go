package worldcardtest

import (
	"net/http"
	"strconv"

	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// route names a request and carries it out.
func (s *Server) route(r *http.Request, body []byte) (op string, run func() platform.Reply) {
	o, ok := routes[r.URL.Path]
	if !ok {
		return "", func() platform.Reply { return refuse(http.StatusNotFound, "Resource Not Found") }
	}
	return o.op, func() platform.Reply { return s.handle(o, r, body) }
}

// handle carries one request out.
func (s *Server) handle(o operation, r *http.Request, body []byte) platform.Reply {
	if r.Method != http.MethodPost {
		return refuse(http.StatusMethodNotAllowed, "Method Not Allowed")
	}
	plaintext, refused := s.verify(r, body)
	if refused != nil {
		return *refused
	}
	f, err := platform.ReadFields(plaintext)
	if err != nil {
		reply := refuse(http.StatusBadRequest, "Bad Request")
		reply.Check, reply.Expected = "form", "a JSON object whose names differ"
		return reply
	}
	data, about, failed := s.run(o, f)
	reply := s.success(data)
	if failed != nil {
		reply = answer(http.StatusOK, failed.code, failed.message, nil)
		reply.Check, reply.Expected = "code "+strconv.Itoa(int(failed.code)), failed.message
	}
	reply.Card = about
	return reply
}

// run carries an operation out with the server's lock held, and says which card it
// was about.
func (s *Server) run(o operation, f fields) (data any, about string, failed *problem) {
	if name := mistyped(f); name != "" {
		return nil, "", refusal(worldcard.CodeFieldValue, name+" must be a string")
	}
	if name := unprintable(f); name != "" {
		return nil, "", refusal(worldcard.CodeFieldValue, name+" has control characters")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	data, failed = o.run(s, f)
	return data, s.about(f, data), failed
}

// operation is one row of the platform's table: the name that hooks and errors
// print, and what carries it out with the server's lock held.
type operation struct {
	op  string
	run handler
}

type handler func(*Server, fields) (any, *problem)

// on makes a handler of what works on the card that a request names.
func on(find func(*Server, fields) (*card, *problem), run func(*Server, *card, fields) (any, *problem)) handler {
	return func(s *Server, f fields) (any, *problem) {
		c, failed := find(s, f)
		if failed != nil {
			return nil, failed
		}
		return run(s, c, f)
	}
}

// The operations that [Server.FailNext] makes fail.
const (
	opApply    = "Virtual.Apply"
	opDeposit  = "Cards.Deposit"
	opActivate = "Physical.Activate"
)

// routes are the operations by path.
var routes = map[string]operation{
	"/api/v1/card/virtual/apply":       {opApply, (*Server).applyVirtual},
	"/api/v1/card/virtual/get_info":    {"Virtual.Card", on((*Server).find, (*Server).virtualInfo)},
	"/api/v1/card/virtual/bin/list":    {"Virtual.BINs", (*Server).virtualBINs},
	"/api/v1/card/deposit":             {opDeposit, on((*Server).find, (*Server).deposit)},
	"/api/v1/card/deposit/list":        {"Cards.Deposits", on((*Server).find, (*Server).depositList)},
	"/api/v1/card/freeze":              {"Cards.Freeze", on((*Server).find, freeze)},
	"/api/v1/card/unfreeze":            {"Cards.Unfreeze", on((*Server).find, unfreeze)},
	"/api/v1/card/close":               {"Cards.Close", on((*Server).find, (*Server).closeCard)},
	"/api/v1/card/transaction/list":    {"Cards.Transactions", on((*Server).find, (*Server).transactionList)},
	"/api/v1/card/physical/bin/list":   {"Physical.BINs", (*Server).physicalBINs},
	"/api/v1/card/physical/apply":      {"Physical.Apply", (*Server).applyPhysical},
	"/api/v1/card/physical/assign":     {"Physical.Assign", on((*Server).findPhysical, (*Server).assign)},
	"/api/v1/card/physical/activate":   {opActivate, on((*Server).findPhysical, (*Server).activate)},
	"/api/v1/card/physical/change/pin": {"Physical.SetPIN", on((*Server).findPhysical, (*Server).setPIN)},
	"/api/v1/card/physical/get_info":   {"Physical.Card", on((*Server).findPhysical, (*Server).physicalInfo)},
	"/api/v1/card/physical/kyc/init":   {"KYC.Init", on((*Server).findKYC, (*Server).kycInit)},
	"/api/v1/card/physical/kyc/status": {"KYC.Status", on((*Server).findKYC, (*Server).kycStatus)},
	"/api/v1/card/physical/kyc/cancel": {"KYC.Cancel", on((*Server).findKYC, (*Server).kycCancel)},
}
