package uqpaytest

import (
	"fmt"
	"net/http"

	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/uqpay"
)

// refusal is an answer that says no.
type refusal struct {
	status int
	body   map[string]any
}

// refuse makes a refusal of the typed form.
func refuse(status int, typ uqpay.ErrorType, code uqpay.Code, message string) *refusal {
	return &refusal{status, map[string]any{"type": string(typ), "code": string(code), "message": message}}
}

// uncoded makes a refusal whose code is its type.
func uncoded(typ uqpay.ErrorType, message string) *refusal {
	return refuse(http.StatusBadRequest, typ, uqpay.Code(typ), message)
}

// flat makes a refusal of the older form.
func flat(message string) *refusal {
	return &refusal{http.StatusBadRequest, map[string]any{"code": 200, "message": message}}
}

func invalid(message string) *refusal { return uncoded(uqpay.ErrorTypeInvalidRequest, message) }

func cardError(message string) *refusal { return uncoded(uqpay.ErrorTypeCard, message) }

func cardholderError(message string) *refusal { return uncoded(uqpay.ErrorTypeCardholder, message) }

func accountError(message string) *refusal { return uncoded(uqpay.ErrorTypeAccount, message) }

func notFound(what string) *refusal {
	return refuse(http.StatusBadRequest, uqpay.ErrorTypeNotFound, uqpay.CodeNotFound, what+" not found")
}

func cardNotFound() *refusal {
	return refuse(http.StatusBadRequest, uqpay.ErrorTypeCard, uqpay.CodeCardNotFound, "card not found or deactivated")
}

func subAccountNotFound() *refusal {
	return refuse(http.StatusBadRequest, uqpay.ErrorTypeAccount, uqpay.CodeSubAccountNotFound, "sub account not found")
}

func unauthorized(message string) *refusal {
	return refuse(http.StatusUnauthorized, uqpay.ErrorTypeUnauthorized, uqpay.CodeUnauthorized, message)
}

func failure() *refusal {
	return refuse(http.StatusInternalServerError, uqpay.ErrorTypeAPI, uqpay.CodeAPIError, "internal error")
}

// expectations say of some refusals, by their message, what did not pass and what
// would have.
var expectations = map[string][2]string{
	"Invalid client id":                     {"client id", "x-client-id as the sandbox printed it"},
	"invalid api key":                       {"api key", "x-api-key as the sandbox printed it"},
	"missing auth token":                    {"token", "x-auth-token: Bearer and a token of POST /v1/connect/token"},
	"invalid auth token format":             {"token", "x-auth-token: Bearer and a token of POST /v1/connect/token"},
	"token has expired, please login again": {"token", "the latest token of POST /v1/connect/token, within 30 minutes"},
	"Authorization error":                   {"token", "the latest token of POST /v1/connect/token, within 30 minutes"},
	"x-client-id or email cannot be empty":  {"client id", "x-client-id, with every call to the account center"},
	"x-idempotency-key: is required":        {"idempotency key", "x-idempotency-key of 1 to 64 characters"},
}

// csvFile is an answer that is not JSON.
type csvFile []byte

// ofAccountCenter writes a refusal as the account center does: with the status as a number
// for a code, and without a type.
func (r *refusal) ofAccountCenter() *refusal {
	if _, typed := r.body["type"]; !typed {
		return r
	}
	status := r.status
	if status == http.StatusUnauthorized {
		status = http.StatusForbidden
	}
	return &refusal{status, map[string]any{"code": status, "message": r.body["message"]}}
}

// reply writes an answer to an operation. Amounts are strings unless the variants say
// otherwise.
func (s *Server) reply(op string, body any, bad *refusal) platform.Reply {
	reply := platform.Reply{Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}}
	if file, ok := body.(csvFile); ok && bad == nil {
		reply.Header.Set("Content-Type", "application/octet-stream")
		reply.Body = file
		return reply
	}
	if bad != nil && accountCenter(op) {
		bad = bad.ofAccountCenter()
	}
	s.cfg.Variants.tidy(body)
	if bad != nil {
		reply.Status, body = bad.status, bad.body
		reply.Check, reply.Expected = fmt.Sprint(bad.body["code"]), fmt.Sprint(bad.body["message"])
		if why, ok := expectations[reply.Expected]; ok {
			reply.Check, reply.Expected = why[0], why[1]
		}
	}
	var err error
	if reply.Body, err = (wire.Codec{Zone: zone, NumberAmounts: s.cfg.Variants.numbers(op)}).Marshal(body); err != nil {
		return s.reply(op, nil, failure())
	}
	return reply
}
