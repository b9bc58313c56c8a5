package unionpaytest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/unionpay"
)

// Behaviour changes the answer to one request. The zero Behaviour changes
// nothing.
type Behaviour struct {
	// Code answers with this code, Message and Detail, and carries nothing out.
	Code    unionpay.Code
	Message string
	Detail  string

	Unsigned       bool          // no UPI-JWS header, or no signature in the body
	WrongSignature bool          // signed with a key that is not the gateway's
	StaleTime      bool          // UPI-TIMESTAMP is 301 seconds old
	OtherUUID      bool          // UPI-UUID is not the request's
	StandardBase64 bool          // the signature in standard Base64
	Mode           *sign.UPIMode // another payload mode
	ReqPath        bool          // UPI-REQPATH in the answer
	Bare401        bool          // status 401 without a body
	ExtraMembers   bool          // unknown members in every object
	CapitalM       bool          // MsgResponse instead of msgResponse
	EncryptToken   bool          // the token as JWE, or as RSA text in profile U
	EncryptBody    bool          // the whole body as JWE
	OtherMsgID     bool          // msgInfo of another message
	NoToken        bool          // an approval without the token
	NewValues      bool          // values of indicator fields that nobody knows
}

// Next queues behaviours for the next answers to an operation, one each. A name that
// is no operation is an error, and so is, of Check, a behaviour that nothing met.
func (s *Server) Next(op string, behaviours ...Behaviour) error {
	if !slices.Contains(operationNames(), op) {
		return fmt.Errorf("unionpaytest: no operation %q; there are %s", op, strings.Join(operationNames(), ", "))
	}
	s.behaviours.Add(op, behaviours...)
	return nil
}

// FailNext refuses the next request of an operation with a response code that
// package unionpay knows, such as "71", and carries nothing out: [Server.Next] for
// the failure alone.
func (s *Server) FailNext(op, reason string) error {
	code := unionpay.Code(reason)
	if !code.Known() || code == unionpay.CodeApproved {
		return fmt.Errorf("unionpaytest: %q is no response code of a failure", reason)
	}
	return s.Next(op, Behaviour{Code: code})
}

// unmet reports behaviours that no request has met.
func (s *Server) unmet() error {
	left := s.behaviours.Left()
	var errs []error
	for _, op := range slices.Sorted(maps.Keys(left)) {
		errs = append(errs, fmt.Errorf("unionpaytest: %d behaviours of %s never happened", len(left[op]), op))
	}
	return errors.Join(errs...)
}
