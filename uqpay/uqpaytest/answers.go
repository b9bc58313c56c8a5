package uqpaytest

import (
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

// csvFile is an answer that is not JSON.
type csvFile []byte

// reply writes an answer. Amounts are strings unless the configuration says
// otherwise.
func (s *Server) reply(body any, bad *refusal) platform.Reply {
	reply := platform.Reply{Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}}
	if file, ok := body.(csvFile); ok && bad == nil {
		reply.Header.Set("Content-Type", "application/octet-stream")
		reply.Body = file
		return reply
	}
	if bad != nil {
		reply.Status, body = bad.status, bad.body
	}
	var err error
	if reply.Body, err = (wire.Codec{Zone: zone, NumberAmounts: s.cfg.NumberAmounts}).Marshal(body); err != nil {
		return s.reply(nil, failure())
	}
	return reply
}
