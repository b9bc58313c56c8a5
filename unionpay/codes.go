package unionpay

import (
	"fmt"
	"maps"
	"slices"

	issuing "github.com/issuing-sdk/issuing-go"
)

// Code is a responseCode, two letters or digits. "00" is approval. It is an
// error, so errors.Is(err, unionpay.CodeTokenAlreadyIssued) works. Codes are
// specific to UnionPay's products: this table is the UMPS one; unknown codes are
// kept and count as declined.
type Code string

// Response codes. 00 and E0 are documented for CAMS, the others were seen in the
// UMPS wallet interface.
const (
	CodeApproved             Code = "00" // approved, in some asynchronous operations: received
	CodeContactIssuer        Code = "01" // contact the issuer
	CodeQRRefresh            Code = "02" // QR code must be refreshed
	CodeInvalidMerchant      Code = "03" // merchant not valid
	CodePending              Code = "04" // result pending or unknown; inquire later
	CodeVerificationFailed   Code = "05" // cardholder verification failed
	CodeTSPError             Code = "08" // error at the token service provider; try later
	CodeInvalidTransaction   Code = "12" // transaction not valid
	CodeInvalidAmount        Code = "13" // amount not valid
	CodeInvalidCard          Code = "14" // card number not valid
	CodeNoSuchIssuer         Code = "15" // issuer does not exist
	CodeState                Code = "21" // card or token state does not allow it
	CodeRecordNotFound       Code = "25" // original record not found
	CodeFormat               Code = "30" // message format error
	CodeTooManyAttempts      Code = "32" // too many OTP or PIN attempts
	CodeFraud                Code = "34" // fraud suspected
	CodeRiskControl          Code = "38" // refused by UnionPay risk control
	CodeIssuerUnsupported    Code = "40" // not supported by the issuer
	CodeCardLost             Code = "41" // card reported lost
	CodeCardStolen           Code = "43" // card reported stolen
	CodeInsufficientBalance  Code = "51" // balance not sufficient
	CodeCardExpired          Code = "54" // card expired
	CodeInvalidDevice        Code = "55" // device id not valid
	CodeNotPermitted         Code = "57" // not allowed for this cardholder
	CodeAmountLimit          Code = "61" // over the amount limit
	CodeRestrictedCard       Code = "62" // restricted card
	CodeIssuerValidation     Code = "70" // issuer's validation failed
	CodeIssuerRefused        Code = "71" // issuer refused
	CodeIssuerMAC            Code = "72" // issuer could not verify the MAC
	CodeEnrolmentNotFound    Code = "73" // enrolment not found
	CodeOTPExpired           Code = "74" // OTP expired
	CodeOTPWrong             Code = "75" // OTP wrong
	CodeOTPNotFound          Code = "76" // OTP not found
	CodeNoIdentification     Code = "77" // identification method not set up
	CodeDuplicateRequest     Code = "78" // same request already received
	CodePromotion            Code = "85" // promotion conditions not met
	CodeTokenAlreadyIssued   Code = "88" // card already provisioned
	CodeProfileNotFound      Code = "89" // card profile not found
	CodeCutOff               Code = "90" // system in cut-off; try later
	CodeIssuerFault          Code = "91" // issuer system fault; outcome open
	CodeNetworkFault         Code = "92" // network fault; outcome open
	CodeEnrolmentState       Code = "93" // enrolment state does not allow it
	CodeDuplicateTransaction Code = "94" // duplicate transaction
	CodeEnrolmentTimeout     Code = "95" // enrolment timed out
	CodeSystemFault          Code = "96" // UnionPay system fault; outcome open
	CodeTimeout              Code = "98" // timed out; outcome open
	CodeOtherFault           Code = "99" // other fault; outcome open
	CodeUnauthorized         Code = "E0" // unauthorised access; HTTP 401
)

type codeInfo struct {
	kind    error
	retry   bool // not carried out, may be asked again later
	open    bool // whether it was carried out is not known
	meaning string
}

var codes = map[Code]codeInfo{
	CodeApproved:             {nil, false, false, "approved"},
	CodeContactIssuer:        {issuing.ErrDeclined, false, false, "contact the issuer"},
	CodeQRRefresh:            {issuing.ErrDeclined, false, false, "QR code must be refreshed"},
	CodeInvalidMerchant:      {issuing.ErrDeclined, false, false, "merchant not valid"},
	CodePending:              {issuing.ErrUnavailable, false, true, "result pending or unknown"},
	CodeVerificationFailed:   {issuing.ErrDeclined, false, false, "cardholder verification failed"},
	CodeTSPError:             {issuing.ErrUnavailable, true, false, "error at the token service provider"},
	CodeInvalidTransaction:   {issuing.ErrDeclined, false, false, "transaction not valid"},
	CodeInvalidAmount:        {issuing.ErrDeclined, false, false, "amount not valid"},
	CodeInvalidCard:          {issuing.ErrDeclined, false, false, "card number not valid"},
	CodeNoSuchIssuer:         {issuing.ErrDeclined, false, false, "issuer does not exist"},
	CodeState:                {issuing.ErrConflict, false, false, "state does not allow it"},
	CodeRecordNotFound:       {issuing.ErrNotFound, false, false, "original record not found"},
	CodeFormat:               {issuing.ErrInvalid, false, false, "message format error"},
	CodeTooManyAttempts:      {issuing.ErrDeclined, false, false, "too many OTP or PIN attempts"},
	CodeFraud:                {issuing.ErrDeclined, false, false, "fraud suspected"},
	CodeRiskControl:          {issuing.ErrDeclined, false, false, "refused by UnionPay risk control"},
	CodeIssuerUnsupported:    {issuing.ErrDeclined, false, false, "not supported by the issuer"},
	CodeCardLost:             {issuing.ErrDeclined, false, false, "card reported lost"},
	CodeCardStolen:           {issuing.ErrDeclined, false, false, "card reported stolen"},
	CodeInsufficientBalance:  {issuing.ErrInsufficientFunds, false, false, "balance not sufficient"},
	CodeCardExpired:          {issuing.ErrDeclined, false, false, "card expired"},
	CodeInvalidDevice:        {issuing.ErrInvalid, false, false, "device id not valid"},
	CodeNotPermitted:         {issuing.ErrDeclined, false, false, "not allowed for this cardholder"},
	CodeAmountLimit:          {issuing.ErrDeclined, false, false, "over the amount limit"},
	CodeRestrictedCard:       {issuing.ErrDeclined, false, false, "restricted card"},
	CodeIssuerValidation:     {issuing.ErrDeclined, false, false, "issuer's validation failed"},
	CodeIssuerRefused:        {issuing.ErrDeclined, false, false, "issuer refused"},
	CodeIssuerMAC:            {issuing.ErrDeclined, false, false, "issuer could not verify the MAC"},
	CodeEnrolmentNotFound:    {issuing.ErrNotFound, false, false, "enrolment not found"},
	CodeOTPExpired:           {issuing.ErrDeclined, false, false, "OTP expired"},
	CodeOTPWrong:             {issuing.ErrDeclined, false, false, "OTP wrong"},
	CodeOTPNotFound:          {issuing.ErrNotFound, false, false, "OTP not found"},
	CodeNoIdentification:     {issuing.ErrDeclined, false, false, "identification method not set up"},
	CodeDuplicateRequest:     {issuing.ErrDuplicate, false, false, "same request already received"},
	CodePromotion:            {issuing.ErrDeclined, false, false, "promotion conditions not met"},
	CodeTokenAlreadyIssued:   {issuing.ErrDuplicate, false, false, "card already provisioned"},
	CodeProfileNotFound:      {issuing.ErrNotFound, false, false, "card profile not found"},
	CodeCutOff:               {issuing.ErrUnavailable, true, false, "system in cut-off"},
	CodeIssuerFault:          {issuing.ErrUnavailable, false, true, "issuer system fault"},
	CodeNetworkFault:         {issuing.ErrUnavailable, false, true, "network fault"},
	CodeEnrolmentState:       {issuing.ErrConflict, false, false, "enrolment state does not allow it"},
	CodeDuplicateTransaction: {issuing.ErrDuplicate, false, false, "duplicate transaction"},
	CodeEnrolmentTimeout:     {issuing.ErrDeclined, false, false, "enrolment timed out"},
	CodeSystemFault:          {issuing.ErrUnavailable, false, true, "UnionPay system fault"},
	CodeTimeout:              {issuing.ErrUnavailable, false, true, "timed out"},
	CodeOtherFault:           {issuing.ErrUnavailable, false, true, "other fault"},
	CodeUnauthorized:         {issuing.ErrUnauthorized, false, false, "unauthorised access"},
}

// Codes lists the known codes in ascending order.
func Codes() []Code { return slices.Sorted(maps.Keys(codes)) }

// Error returns the code and, for a known one, its meaning.
func (c Code) Error() string {
	if m := c.Meaning(); m != "" {
		return fmt.Sprintf("code %s %s", string(c), m)
	}
	return fmt.Sprintf("code %.8q", string(c))
}

// Known reports whether c was known when this version was released.
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

// Open reports whether the code leaves open if the operation was carried out.
func (c Code) Open() bool { return codes[c].open }
