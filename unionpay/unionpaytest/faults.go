package unionpaytest

import (
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

// Next queues behaviours for the next answers to a message, one each.
func (s *Server) Next(message unionpay.MessageType, behaviours ...Behaviour) {
	s.behaviours.Add(string(message), behaviours...)
}
