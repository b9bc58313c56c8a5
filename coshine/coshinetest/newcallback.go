package coshinetest

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/sign/jose"
)

// CallbackForm is the form of a request to the issuer.
type CallbackForm int

// Forms.
const (
	CallbackFormPublicHeader CallbackForm = iota // with the public header
	CallbackFormSMSOTP                           // the SMS-OTP webhook's, which has none; of SendOTPRequest alone
)

// CallbackConfig is what [NewCallback] authorizes and encrypts with: the other side of
// [coshine.CallbackConfig].
type CallbackConfig struct {
	// Token is what EastPay presents: one of the issuer's Tokens, or what Authenticate
	// takes. Required.
	Token issuing.Secret
	// IssuerKey encrypts the body: the public half of the issuer's JWE.DecryptionKey.
	// The zero key leaves bodies plain.
	IssuerKey sign.PublicKey
	// Serialization of encrypted bodies.
	Serialization jose.JWESerialization
	// ParticipantID is the issuer's, of requests whose header has none; empty is
	// "100000".
	ParticipantID string
	// Form is the request's.
	Form CallbackForm
	// Now is the clock of the timestamp, and of a header without date, time or id; nil
	// is time.Now.
	Now func() time.Time
}

func (c CallbackConfig) validate(p *check.Problems, event any) {
	p.ID("Token", c.Token.Reveal(), 0)
	p.OptionalID("ParticipantID", c.ParticipantID, 0)
	if c.Serialization != jose.JWESerializationCompact && c.Serialization != jose.JWESerializationJSON {
		p.Add("Serialization", "is unknown")
	}
	_, otp := event.(*coshine.SendOTPRequest)
	switch {
	case c.Form != CallbackFormPublicHeader && c.Form != CallbackFormSMSOTP:
		p.Add("Form", "is unknown")
	case c.Form == CallbackFormSMSOTP && !otp:
		p.Add("Form", "is that of a SendOTPRequest alone")
	}
}

// NewCallback makes EastPay's request to the issuer, authorized and, with an
// IssuerKey, encrypted, without a platform: for tests of an issuer's own handler. The
// event is a pointer to the request of an interface, such as
// [coshine.AuthorizationRequest]. What its public header leaves unset is filled; what
// else it leaves unset is left out. Members that are not published are those of a JSON
// object in Inbound.Raw: all of an event that was received can be sent again, under
// the same tranId.
//
// The request's path is / and the interface. Give it to a handler or a mux, with
// [net/http/httptest.ResponseRecorder]; or set its URL and send it; or hand its Header
// and body to Source.Receive with the interface as its type. Its body is read once:
// make a new request for a repeat.
func NewCallback(cfg CallbackConfig, event any) (*http.Request, error) {
	var p check.Problems
	cfg.validate(&p, event)
	api := apiOf(event)
	p.Cause("event", platform.CheckEvent(event, api != ""))
	if err := p.Err("coshinetest", "NewCallback"); err != nil {
		return nil, err
	}
	at := platform.Now(cfg.Now)
	body, contentType, err := cfg.sealed(event, at)
	if err != nil {
		return nil, fmt.Errorf("coshinetest: NewCallback: %w", err)
	}
	return platform.CallbackRequest("", string(api), http.Header{
		"Content-Type": {contentType}, "Timestamp": {strconv.FormatInt(at.Unix(), 10)},
		"Authorization": {"Bearer " + cfg.Token.Reveal()},
	}, body)
}

// sealed returns the body of a request.
func (c CallbackConfig) sealed(event any, at time.Time) (body []byte, contentType string, err error) {
	fields, err := platform.EventFields(wire.Codec{Sparse: true}.Marshal, event)
	if err != nil {
		return nil, "", err
	}
	inbound, _ := reflect.ValueOf(event).Elem().FieldByName("Inbound").Addr().Interface().(*coshine.Inbound)
	if raw := inbound.Raw.Reveal(); raw != "" {
		unpublished, err := platform.ReadFields([]byte(raw))
		if err != nil {
			return nil, "", errors.New("Inbound.Raw is not a JSON object whose names differ")
		}
		for name, value := range unpublished {
			if _, set := fields[name]; !set {
				fields[name] = value
			}
		}
	}
	if c.Form == CallbackFormPublicHeader {
		for _, m := range requestHeader(cmp.Or(c.ParticipantID, participant), at) {
			if fields.Text(m.name) == "" {
				fields[m.name] = platform.JSON(m.value)
			}
		}
	}
	plain := platform.JSON(fields)
	if c.IssuerKey.IsZero() {
		return plain, plainType, nil
	}
	sealed, err := jose.SealJWE(c.IssuerKey, "", c.Serialization, plain)
	return []byte(sealed), coshine.DefaultBodyContentType, err
}

// apiOf returns the interface that an event is a request of, "" for anything else.
func apiOf(event any) coshine.API {
	switch event.(type) {
	case *coshine.SendOTPRequest:
		return coshine.APISendOTP
	case *coshine.VerifyOTPRequest:
		return coshine.APIVerifyOTP
	case *coshine.StartOOBAuthenRequest:
		return coshine.APIStartOOBAuthen
	case *coshine.OOBResultInquiryRequest:
		return coshine.APIOOBResultInquiry
	case *coshine.TokenStateNotification:
		return coshine.APITokenStateNotification
	case *coshine.AuthorizationRequest:
		return coshine.APIAuthorization
	case *coshine.RemoteBalanceRequest:
		return coshine.APIRemoteBalanceInquiry
	case *coshine.ClearingRequest:
		return coshine.APIClearing
	case *coshine.AuthorizationNotification:
		return coshine.APIAuthorizationNotification
	}
	return ""
}
