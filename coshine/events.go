package coshine

import (
	"cmp"
	"errors"
	"strconv"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// Inbound is the public header of a request that EastPay sends. Every inbound
// request embeds it. In the SMS-OTP webhook form, which has no public header,
// its fields but Raw are empty.
type Inbound struct {
	ParticipantID string  `json:"participantId"` // the issuer, at most 15 characters
	TranBranch    string  `json:"tranBranch"`    // the issuer's branch
	Channel       Channel `json:"tranChnl"`      // 2 characters
	TranCode      string  `json:"tranCode"`      // at most 30 characters, unlike in outbound requests
	TranDate      string  `json:"tranDate"`      // YYYYMMDD; see At
	TranTime      string  `json:"tranTime"`      // HHMISS; see At
	TranID        string  `json:"tranId"`        // serial number of the request, at most 32 characters
	TellerNo      string  `json:"tellerNo"`      // operator; may be empty
	TerminalNo    string  `json:"terminalNo"`    // terminal; may be empty

	// Raw is the whole request as JSON, decrypted. It may hold card data and
	// one-time passwords. Read unpublished fields with Decode.
	Raw issuing.Secret `json:"-"`
	// Problems name the members that came and could not be read; they are unset.
	Problems []webhook.Problem `json:"-"`

	zone    *time.Location
	dedupe  issuing.Secret // keys DedupeKey
	message message
	answer  encoded // what Functions.Handle leaves for the source
}

func (i *Inbound) inbound() *Inbound { return i }

// inboundRequest is the data of an event.
type inboundRequest interface{ inbound() *Inbound }

// inboundTypes makes the data of each interface.
var inboundTypes = map[API]func() inboundRequest{
	APISendOTP:                   func() inboundRequest { return new(SendOTPRequest) },
	APIVerifyOTP:                 func() inboundRequest { return new(VerifyOTPRequest) },
	APIStartOOBAuthen:            func() inboundRequest { return new(StartOOBAuthenRequest) },
	APIOOBResultInquiry:          func() inboundRequest { return new(OOBResultInquiryRequest) },
	APITokenStateNotification:    func() inboundRequest { return new(TokenStateNotification) },
	APIAuthorization:             func() inboundRequest { return new(AuthorizationRequest) },
	APIRemoteBalanceInquiry:      func() inboundRequest { return new(RemoteBalanceRequest) },
	APIClearing:                  func() inboundRequest { return new(ClearingRequest) },
	APIAuthorizationNotification: func() inboundRequest { return new(AuthorizationNotification) },
}

// decisive are the members of questions without which there is no answer: one that
// came and cannot be read is a format error, status 400. A question needs its whole
// public header besides. Notifications need their id alone.
var decisive = map[API][]string{
	APISendOTP:              {"cardToken", "verifyCode"},
	APIVerifyOTP:            {"acsTransId", "cardToken", "verifyCode"},
	APIStartOOBAuthen:       {"acsTransId", "cardToken", "amount", "currency"},
	APIOOBResultInquiry:     {"acsTransId", "cardToken"},
	APIAuthorization:        {},
	APIRemoteBalanceInquiry: {},
}

// At returns date and time of the request; ok is false when they cannot be read.
func (i *Inbound) At() (at time.Time, ok bool) {
	at, err := time.ParseInLocation("20060102150405", i.TranDate+i.TranTime, cmp.Or(i.zone, defaultZone))
	return at, err == nil
}

// Decode reads the whole request into v as [Reply.Decode] does.
func (i *Inbound) Decode(v any) error { return decodeRaw(i.Raw, v) }

// DedupeKey is equal for two identical deliveries under the same key; see
// [CallbackConfig]. It gives no secret of the content away. Coshine publishes
// neither whether it repeats a request nor the names of transaction id and status,
// by which to recognise a repeat best.
func (i *Inbound) DedupeKey() string {
	key, _ := sign.NewHMACKey(i.dedupe) // none in requests that came through no source
	return i.TranID + "|hmac:" + key.Fingerprint([]byte(i.Raw.Reveal()))
}

// MinorUnits is an amount in the smallest unit of its currency without
// punctuation: 123.45 is "12345". The SMS-OTP webhook alone has it; every other
// amount of this API is a decimal in major units.
type MinorUnits string

// Amount returns the decimal in major units, for a currency with the given
// number of decimals.
func (m MinorUnits) Amount(exponent int) (issuing.Amount, error) {
	n, err := strconv.ParseUint(string(m), 10, 63)
	if err != nil || len(m) > 18 || exponent < 0 || exponent > 4 {
		return issuing.Amount(""), errors.New("amount in minor units: not 1 to 18 digits, or decimals out of range")
	}
	return issuing.NewAmount(int64(n), uint8(exponent)), nil
}

// SendOTPRequest (row 44) asks the issuer to send a one-time password. The
// catalogue publishes no fields; these are the ones of the SMS-OTP webhook,
// which Coshine marks "for reference only" (inferred for SendOTP). When
// VerifyCode is empty, the issuer makes the password itself.
type SendOTPRequest struct {
	Inbound
	ACSTransID  string         `json:"acsTransId"`  // transaction at the access control server, at most 36 characters
	AcquirerBIN string         `json:"acquirerBin"` // at most 11 characters; may be empty
	ValidTime   int64          `json:"validTime"`   // life of the password in milliseconds; see Life
	VerifyCode  issuing.Secret `json:"verifyCode"`  // the password, at most 6 characters; never log it
	CardToken   CardToken      `json:"cardToken"`   // the card's handle, documented with at most 19 characters
	Last4Digits string         `json:"last4Digits"` // of the card number, at most 6 characters
	Merchant    string         `json:"merchant"`    // name of the shop, at most 40 characters
	Amount      MinorUnits     `json:"amount"`      // minor units; may be empty
	Currency    string         `json:"currency"`    // ISO 4217 number, 3 digits, see issuing.CurrencyByNumber; may be empty
	OTPType     OTPType        `json:"otpType"`     // text message or e-mail
}

// Life returns how long the password is valid, at most a day.
func (r *SendOTPRequest) Life() time.Duration {
	return time.Duration(min(max(r.ValidTime, 0), int64(24*time.Hour/time.Millisecond))) * time.Millisecond
}

// VerifyOTPRequest (row 45) asks whether a one-time password is right. Fields
// are inferred.
type VerifyOTPRequest struct {
	Inbound
	ACSTransID string         `json:"acsTransId"` // as in SendOTP
	CardToken  CardToken      `json:"cardToken"`  // the card's handle
	VerifyCode issuing.Secret `json:"verifyCode"` // what the cardholder typed; never log it
}

// StartOOBAuthenRequest (row 46) asks the issuer to authenticate the cardholder
// out of band. Fields are inferred.
type StartOOBAuthenRequest struct {
	Inbound
	ACSTransID string     `json:"acsTransId"` // transaction at the access control server
	CardToken  CardToken  `json:"cardToken"`  // the card's handle
	Merchant   string     `json:"merchant"`   // name of the shop
	Amount     MinorUnits `json:"amount"`     // minor units, as in SendOTP; may be empty
	Currency   string     `json:"currency"`   // ISO 4217 number, as above; may be empty
}

// OOBResultInquiryRequest (row 47) asks how an out-of-band authentication ended.
// Fields are inferred, and the values for pending, approved and rejected are not
// published: answer with what Coshine told you, in Answer.Extra.
type OOBResultInquiryRequest struct {
	Inbound
	ACSTransID string    `json:"acsTransId"` // as in StartOOBAuthen
	CardToken  CardToken `json:"cardToken"`  // the card's handle
}

// TokenStateNotification (row 41) tells that UMPS suspended, resumed or deleted
// a payment token. Fields are inferred.
type TokenStateNotification struct {
	Inbound
	Number issuing.Secret `json:"cardToken"`      // inferred to be the payment token's number, not the card's handle
	State  TokenState     `json:"cardTokenState"` // active, suspended or deleted
}

// AuthorizationRequest asks an issuer that holds the balance to approve or
// decline a transaction, now. No field beyond the public header is published:
// read what Coshine told you with [Inbound.Decode].
type AuthorizationRequest struct{ Inbound }

// RemoteBalanceRequest asks an issuer that holds the balance for it. No field
// beyond the public header is published; answer with Answer.Extra.
type RemoteBalanceRequest struct{ Inbound }

// ClearingRequest brings a cleared transaction, with the original
// authorization's transaction id when it was matched. No field beyond the public
// header is published.
type ClearingRequest struct{ Inbound }

// AuthorizationNotification tells the latest status of a transaction, by its
// transaction id; the names of both are not published. Notifications come in the
// order of the updates as a rule and must be acknowledged within 2 seconds. Take
// each for a reason to ask, not for the truth.
type AuthorizationNotification struct{ Inbound }
