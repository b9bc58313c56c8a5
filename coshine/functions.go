package coshine

import (
	"cmp"
	"context"
	"errors"
	"net/http"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// Functions are the merchant's functions for inbound requests. An interface
// without a function is answered with HTTP 404. A function's error, panic or
// missed deadline refuses the request: with the error's [Code] when it is one
// other than "00", else with [CodeUnexpected]. [webhook.ErrDuplicate] alone
// leaves the answer as it is, so that a repeat can get the first one.
//
// The context ends at the deadline. A function that returns later is not waited
// for and its answer is discarded, so it must undo what it has done.
type Functions struct {
	// SendOTP delivers a one-time password, or makes one (row 44). Approving says
	// that it is on its way.
	SendOTP func(context.Context, *SendOTPRequest) (Answer, error)
	// VerifyOTP says whether a one-time password is right (row 45).
	VerifyOTP func(context.Context, *VerifyOTPRequest) (Answer, error)
	// StartOOBAuthen starts an authentication out of band (row 46) and does not
	// wait for its end.
	StartOOBAuthen func(context.Context, *StartOOBAuthenRequest) (Answer, error)
	// OOBResultInquiry says how it ended (row 47).
	OOBResultInquiry func(context.Context, *OOBResultInquiryRequest) (Answer, error)
	// TokenStateNotification takes note of a payment token's state (row 41).
	TokenStateNotification func(context.Context, *TokenStateNotification) (Answer, error)
	// Authorization approves or declines a transaction. A repeat of a tranId must
	// get the first answer and not hold money again.
	Authorization func(context.Context, *AuthorizationRequest) (Answer, error)
	// BalanceInquiry answers with the balance, in Answer.Extra.
	BalanceInquiry func(context.Context, *RemoteBalanceRequest) (Answer, error)
	// Clearing books a cleared transaction, once for each tranId.
	Clearing func(context.Context, *ClearingRequest) (Answer, error)
	// AuthorizationNotification takes note of a transaction's latest status.
	AuthorizationNotification func(context.Context, *AuthorizationNotification) (Answer, error)
}

// Handle is a [webhook.Func] for a source of [NewCallbacks]. It calls the function
// of the event's interface. Repeats reach it as well.
func (f Functions) Handle(ctx context.Context, event *webhook.Event) error {
	switch r := event.Data.(type) {
	case *SendOTPRequest:
		return ask(ctx, f.SendOTP, r)
	case *VerifyOTPRequest:
		return ask(ctx, f.VerifyOTP, r)
	case *StartOOBAuthenRequest:
		return ask(ctx, f.StartOOBAuthen, r)
	case *OOBResultInquiryRequest:
		return ask(ctx, f.OOBResultInquiry, r)
	case *TokenStateNotification:
		return ask(ctx, f.TokenStateNotification, r)
	case *AuthorizationRequest:
		return ask(ctx, f.Authorization, r)
	case *RemoteBalanceRequest:
		return ask(ctx, f.BalanceInquiry, r)
	case *ClearingRequest:
		return ask(ctx, f.Clearing, r)
	case *AuthorizationNotification:
		return ask(ctx, f.AuthorizationNotification, r)
	}
	return errNoInterface
}

// ask leaves the function's answer, ready to be sent, in the request.
func ask[T inboundRequest](ctx context.Context, fn func(context.Context, T) (Answer, error), r T) error {
	if fn == nil {
		return refusal{http.StatusNotFound, errNoInterface}
	}
	answer, err := fn(ctx, r)
	if err != nil && !errors.Is(err, webhook.ErrDuplicate) {
		return err
	}
	h := r.inbound()
	var unfit error
	h.answer, unfit = h.message.encode(&answer)
	return cmp.Or(unfit, err)
}

// Answer is the issuer's answer to an inbound request. The zero Answer refuses:
// only the code "00" approves, so approval has to be written out.
type Answer struct {
	Code        Code   // "00" approves; empty is [CodeUnexpected]
	Description string // text for responseDesc, at most 120 characters
	TraceID     string // the SMS-OTP webhook's traceId, at most 36 characters; ignored elsewhere
	Extra       Extra  // further fields of the answer, under the names that Coshine told you
}

// Approve is the answer that approves or acknowledges.
func Approve() Answer { return Answer{Code: CodeSuccess, Description: "Success"} }

// Refuse is an answer with another code; "00" and what has not two characters
// become [CodeUnexpected].
func Refuse(code Code, description string) Answer {
	if !code.wellFormed() || code == CodeSuccess {
		code = CodeUnexpected
	}
	return Answer{Code: code, Description: description}
}

// encoded is an answer that can be sent.
type encoded struct {
	code Code
	body issuing.Secret // may hold card data; zero when there is no answer
}

// Names in an answer beside those of Extra: of the SMS-OTP webhook, whose text is
// spelt as in the source, and of every other answer, behind the echo.
const (
	nameTraceID    = "traceId"
	nameReturnCode = "returnCode"
	nameReturnMsg  = "retrunMsg"
	nameCode       = "responseCode"
	nameDesc       = "responseDesc"
)

var (
	webhookNames = map[string]bool{nameTraceID: true, nameReturnCode: true, nameReturnMsg: true}
	answerNames  = map[string]bool{nameCode: true, nameDesc: true}
)

// message is what an answer needs of its request.
type message struct {
	otp  bool   // the SMS-OTP webhook, which has no public header
	echo string // the public header as it came, in headerOrder; see echoOf
}

// encode refuses an answer that cannot be sent. It runs on the function's goroutine,
// whose stack is small: what it calls is shallow unless there is an Extra.
func (m *message) encode(a *Answer) (encoded, error) {
	code := cmp.Or(a.Code, CodeUnexpected)
	if !code.wellFormed() || len(a.Extra) > 0 {
		if err := m.check(code, a.Extra); err != nil {
			return encoded{}, err
		}
	}
	b := make([]byte, 0, len(m.echo)+len(a.Description)+len(a.TraceID)+64)
	b = append(b, '{')
	if m.otp {
		b = appendText(b, nameTraceID, clipText(a.TraceID, 36))
		b = appendText(b, nameReturnCode, string(code))
		b = appendText(b, nameReturnMsg, clipText(a.Description, 100))
	} else {
		b = append(b, m.echo...)
		b = appendText(b, nameCode, string(code))
		b = appendText(b, nameDesc, clipText(a.Description, 120))
	}
	if len(a.Extra) == 0 {
		b[len(b)-1] = '}'
	} else {
		extra, err := codec.Marshal(a.Extra)
		if err != nil {
			return encoded{}, err
		}
		b = append(b, extra[1:]...)
	}
	return encoded{code, issuing.NewSecret(string(b))}, nil
}

// check says what is wrong with an answer.
func (m *message) check(code Code, extra Extra) error {
	var p check.Problems
	if !code.wellFormed() {
		p.Add("Code", "does not have two characters")
	}
	names := answerNames
	if m.otp {
		names = webhookNames
	}
	checkOpen(&p, extra, names)
	return p.Err(providerName, "Answer")
}

// appendText appends a member and a comma, and nothing for an empty text.
func appendText(b []byte, name, text string) []byte {
	if text == "" {
		return b
	}
	b = append(append(append(b, '"'), name...), `":`...)
	return append(wire.AppendString(b, text), ',')
}

// clipText returns the first n characters of a text.
func clipText(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for i := range text {
		if n--; n < 0 {
			return text[:i]
		}
	}
	return text
}
