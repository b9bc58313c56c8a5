package unionpay

import (
	"fmt"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// Code is a responseCode, two letters or digits. "00" is approval. It is an
// error, so errors.Is(err, unionpay.CodeTokenAlreadyIssued) works. Codes are
// specific to UnionPay's products: this table is the UMPS one; unknown codes are
// kept and count as declined.
type Code string

// Response codes. 00 and E0 are documented for CAMS, the others were seen in the
// UMPS wallet interface. [Code.Meaning] has their meaning.
const (
	CodeApproved             Code = "00" // in some asynchronous operations no more than received
	CodeContactIssuer        Code = "01"
	CodeQRRefresh            Code = "02"
	CodeInvalidMerchant      Code = "03"
	CodePending              Code = "04" // inquire later
	CodeVerificationFailed   Code = "05"
	CodeTSPError             Code = "08" // try later
	CodeInvalidTransaction   Code = "12"
	CodeInvalidAmount        Code = "13"
	CodeInvalidCard          Code = "14"
	CodeNoSuchIssuer         Code = "15"
	CodeState                Code = "21" // of the card or the token
	CodeRecordNotFound       Code = "25"
	CodeFormat               Code = "30"
	CodeTooManyAttempts      Code = "32"
	CodeFraud                Code = "34"
	CodeRiskControl          Code = "38"
	CodeIssuerUnsupported    Code = "40"
	CodeCardLost             Code = "41"
	CodeCardStolen           Code = "43"
	CodeInsufficientBalance  Code = "51"
	CodeCardExpired          Code = "54"
	CodeInvalidDevice        Code = "55"
	CodeNotPermitted         Code = "57"
	CodeAmountLimit          Code = "61"
	CodeRestrictedCard       Code = "62"
	CodeIssuerValidation     Code = "70"
	CodeIssuerRefused        Code = "71"
	CodeIssuerMAC            Code = "72"
	CodeEnrolmentNotFound    Code = "73"
	CodeOTPExpired           Code = "74"
	CodeOTPWrong             Code = "75"
	CodeOTPNotFound          Code = "76"
	CodeNoIdentification     Code = "77"
	CodeDuplicateRequest     Code = "78"
	CodePromotion            Code = "85"
	CodeTokenAlreadyIssued   Code = "88"
	CodeProfileNotFound      Code = "89"
	CodeCutOff               Code = "90" // try later
	CodeIssuerFault          Code = "91"
	CodeNetworkFault         Code = "92"
	CodeEnrolmentState       Code = "93"
	CodeDuplicateTransaction Code = "94"
	CodeEnrolmentTimeout     Code = "95"
	CodeSystemFault          Code = "96"
	CodeTimeout              Code = "98"
	CodeOtherFault           Code = "99"
	CodeUnauthorized         Code = "E0" // with HTTP 401
)

type codeInfo struct {
	kind    error
	retry   bool // not carried out, may be asked again later
	open    bool // whether it was carried out is not known
	meaning string
}

var codes = map[Code]codeInfo{
	CodeApproved:             {meaning: "approved"},
	CodeContactIssuer:        {kind: issuing.ErrDeclined, meaning: "contact the issuer"},
	CodeQRRefresh:            {kind: issuing.ErrDeclined, meaning: "QR code must be refreshed"},
	CodeInvalidMerchant:      {kind: issuing.ErrDeclined, meaning: "merchant not valid"},
	CodePending:              {kind: issuing.ErrUnavailable, open: true, meaning: "result pending or unknown"},
	CodeVerificationFailed:   {kind: issuing.ErrDeclined, meaning: "cardholder verification failed"},
	CodeTSPError:             {kind: issuing.ErrUnavailable, retry: true, meaning: "error at the token service provider"},
	CodeInvalidTransaction:   {kind: issuing.ErrDeclined, meaning: "transaction not valid"},
	CodeInvalidAmount:        {kind: issuing.ErrDeclined, meaning: "amount not valid"},
	CodeInvalidCard:          {kind: issuing.ErrDeclined, meaning: "card number not valid"},
	CodeNoSuchIssuer:         {kind: issuing.ErrDeclined, meaning: "issuer does not exist"},
	CodeState:                {kind: issuing.ErrConflict, meaning: "state does not allow it"},
	CodeRecordNotFound:       {kind: issuing.ErrNotFound, meaning: "original record not found"},
	CodeFormat:               {kind: issuing.ErrInvalid, meaning: "message format error"},
	CodeTooManyAttempts:      {kind: issuing.ErrDeclined, meaning: "too many OTP or PIN attempts"},
	CodeFraud:                {kind: issuing.ErrDeclined, meaning: "fraud suspected"},
	CodeRiskControl:          {kind: issuing.ErrDeclined, meaning: "refused by UnionPay risk control"},
	CodeIssuerUnsupported:    {kind: issuing.ErrDeclined, meaning: "not supported by the issuer"},
	CodeCardLost:             {kind: issuing.ErrDeclined, meaning: "card reported lost"},
	CodeCardStolen:           {kind: issuing.ErrDeclined, meaning: "card reported stolen"},
	CodeInsufficientBalance:  {kind: issuing.ErrInsufficientFunds, meaning: "balance not sufficient"},
	CodeCardExpired:          {kind: issuing.ErrDeclined, meaning: "card expired"},
	CodeInvalidDevice:        {kind: issuing.ErrInvalid, meaning: "device id not valid"},
	CodeNotPermitted:         {kind: issuing.ErrDeclined, meaning: "not allowed for this cardholder"},
	CodeAmountLimit:          {kind: issuing.ErrDeclined, meaning: "over the amount limit"},
	CodeRestrictedCard:       {kind: issuing.ErrDeclined, meaning: "restricted card"},
	CodeIssuerValidation:     {kind: issuing.ErrDeclined, meaning: "issuer's validation failed"},
	CodeIssuerRefused:        {kind: issuing.ErrDeclined, meaning: "issuer refused"},
	CodeIssuerMAC:            {kind: issuing.ErrDeclined, meaning: "issuer could not verify the MAC"},
	CodeEnrolmentNotFound:    {kind: issuing.ErrNotFound, meaning: "enrolment not found"},
	CodeOTPExpired:           {kind: issuing.ErrDeclined, meaning: "OTP expired"},
	CodeOTPWrong:             {kind: issuing.ErrDeclined, meaning: "OTP wrong"},
	CodeOTPNotFound:          {kind: issuing.ErrNotFound, meaning: "OTP not found"},
	CodeNoIdentification:     {kind: issuing.ErrDeclined, meaning: "identification method not set up"},
	CodeDuplicateRequest:     {kind: issuing.ErrDuplicate, meaning: "same request already received"},
	CodePromotion:            {kind: issuing.ErrDeclined, meaning: "promotion conditions not met"},
	CodeTokenAlreadyIssued:   {kind: issuing.ErrDuplicate, meaning: "card already provisioned"},
	CodeProfileNotFound:      {kind: issuing.ErrNotFound, meaning: "card profile not found"},
	CodeCutOff:               {kind: issuing.ErrUnavailable, retry: true, meaning: "system in cut-off"},
	CodeIssuerFault:          {kind: issuing.ErrUnavailable, open: true, meaning: "issuer system fault"},
	CodeNetworkFault:         {kind: issuing.ErrUnavailable, open: true, meaning: "network fault"},
	CodeEnrolmentState:       {kind: issuing.ErrConflict, meaning: "enrolment state does not allow it"},
	CodeDuplicateTransaction: {kind: issuing.ErrDuplicate, meaning: "duplicate transaction"},
	CodeEnrolmentTimeout:     {kind: issuing.ErrDeclined, meaning: "enrolment timed out"},
	CodeSystemFault:          {kind: issuing.ErrUnavailable, open: true, meaning: "UnionPay system fault"},
	CodeTimeout:              {kind: issuing.ErrUnavailable, open: true, meaning: "timed out"},
	CodeOtherFault:           {kind: issuing.ErrUnavailable, open: true, meaning: "other fault"},
	CodeUnauthorized:         {kind: issuing.ErrUnauthorized, meaning: "unauthorised access"},
}

// Error returns the code and, for a known one, its meaning.
func (c Code) Error() string {
	if m := c.Meaning(); m != "" {
		return fmt.Sprintf("code %s %s", string(c), m)
	}
	return fmt.Sprintf("code %.8q", string(c))
}

// Known reports whether c is one of the constants.
func (c Code) Known() bool {
	_, ok := codes[c]
	return ok
}

// Meaning returns the meaning of a known code, and "" otherwise.
func (c Code) Meaning() string { return codes[c].meaning }

// Kind returns the kind of issuing error that a code stands for: nil for 00,
// issuing.ErrDeclined for an unknown code.
func (c Code) Kind() error {
	if info, ok := codes[c]; ok {
		return info.kind
	}
	return issuing.ErrDeclined
}

// Retryable reports whether an operation with this code was not carried out and
// may be asked for again later; the client repeats reads by itself.
func (c Code) Retryable() bool { return codes[c].retry }

// kind is the kind of a code as the configuration has it.
func (c Config) kind(code Code) error { return check.Kinds[Code](c.Codes).Kind(code, code.Kind()) }

// open reports whether a code leaves open if the operation was carried out.
func (c Config) open(code Code) bool { return check.Kinds[Code](c.Codes).Open(code, code.open()) }

// retryable reports whether a code says that nothing was carried out for now.
func (c Config) retryable(code Code) bool { return c.Codes[code] == nil && code.Retryable() }

// open reports whether the code leaves open if the operation was carried out.
func (c Code) open() bool { return codes[c].open }
