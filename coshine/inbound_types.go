package coshine

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
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

	zone *time.Location
}

func (i *Inbound) inbound() *Inbound { return i }

// maxEcho bounds a field of the public header, well above every documented
// length: what is echoed comes from outside.
const maxEcho = 64

// tooLong reports a field that is not echoed.
func (i *Inbound) tooLong() bool {
	for _, text := range []string{
		i.ParticipantID, i.TranBranch, string(i.Channel), i.TranCode, i.TranDate, i.TranTime, i.TranID, i.TellerNo, i.TerminalNo,
	} {
		if len(text) > maxEcho {
			return true
		}
	}
	return false
}

// At returns date and time of the request; ok is false when they cannot be read.
func (i *Inbound) At() (at time.Time, ok bool) {
	if i.zone == nil {
		return time.Time{}, false
	}
	at, err := time.ParseInLocation("20060102150405", i.TranDate+i.TranTime, i.zone)
	return at, err == nil
}

// Decode reads the whole request into v as [Reply.Decode] does.
func (i *Inbound) Decode(v any) error { return decodeRaw(i.Raw, v) }

// DedupeKey is equal for two identical deliveries. Coshine publishes neither
// whether it repeats a request nor the names of transaction id and status, by
// which to recognise a repeat best.
func (i *Inbound) DedupeKey() string {
	sum := sha256.Sum256([]byte(i.Raw.Reveal()))
	return i.TranID + "|" + hex.EncodeToString(sum[:])
}

// MinorUnits is an amount in the smallest unit of its currency without
// punctuation: 123.45 is "12345". The SMS-OTP webhook alone has it; every other
// amount of this API is a decimal in major units.
type MinorUnits string

// Amount returns the decimal in major units, for a currency with the given
// number of decimals.
func (m MinorUnits) Amount(exponent int) (issuing.Amount, error) {
	if exponent < 0 || exponent > 4 || m == "" || len(m) > 18 {
		return issuing.Amount{}, fmt.Errorf("amount in minor units: out of range")
	}
	var n int64
	for _, r := range m {
		if r < '0' || r > '9' {
			return issuing.Amount{}, fmt.Errorf("amount in minor units: not digits only")
		}
		n = n*10 + int64(r-'0')
	}
	return issuing.NewAmount(n, uint8(exponent)), nil
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
	Currency    string         `json:"currency"`    // ISO 4217 numeric, 3 digits; may be empty
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
	Currency   string     `json:"currency"`   // ISO 4217 numeric; may be empty
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

// Refuse is an answer with another code; an empty code and "00" become
// [CodeUnexpected].
func Refuse(code Code, description string) Answer {
	if code == "" || code == CodeSuccess {
		code = CodeUnexpected
	}
	return Answer{Code: code, Description: description}
}
