package coshine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
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
	h.answer, unfit = h.message.encode(answer)
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

// webhookAnswer is the answer of the SMS-OTP webhook. Its text is spelt as in
// the source.
type webhookAnswer struct {
	TraceID    string `json:"traceId,omitzero"`
	ReturnCode Code   `json:"returnCode"`
	ReturnMsg  string `json:"retrunMsg,omitzero"`
	Extra      Extra  `json:"-" wire:"inline"`
}

// headerAnswer is the part of every other answer that follows the echo.
type headerAnswer struct {
	Code  Code   `json:"responseCode"`
	Desc  string `json:"responseDesc,omitzero"`
	Extra Extra  `json:"-" wire:"inline"`
}

// message is what an answer needs of its request.
type message struct {
	otp  bool     // the SMS-OTP webhook, which has no public header
	echo [][]byte // the public header as it came, in headerOrder; nil where one is absent
}

// encode refuses an answer that cannot be sent.
func (m message) encode(a Answer) (encoded, error) {
	if a.Code == "" {
		a.Code = CodeUnexpected
	}
	var out any = headerAnswer{Code: a.Code, Desc: fmt.Sprintf("%.120s", a.Description), Extra: a.Extra}
	if m.otp {
		out = webhookAnswer{
			TraceID: fmt.Sprintf("%.36s", a.TraceID), ReturnCode: a.Code,
			ReturnMsg: fmt.Sprintf("%.100s", a.Description), Extra: a.Extra,
		}
	}
	var p check.Problems
	if !a.Code.wellFormed() {
		p.Add("Code", "does not have two characters")
	}
	checkExtra(&p, out)
	if err := p.Err(providerName, "Answer"); err != nil {
		return encoded{}, err
	}
	rest, err := codec.Marshal(out)
	if err != nil {
		return encoded{}, err
	}
	b := append(make([]byte, 0, 512), '{')
	for i, value := range m.echo {
		if value != nil && !m.otp {
			b = append(append(append(append(append(b, '"'), headerOrder[i]...), `":`...), value...), ',')
		}
	}
	return encoded{a.Code, issuing.NewSecret(string(append(b, rest[1:]...)))}, nil
}
