package uqpay

import (
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
)

// Code is the "code" of an error body: a word, or a number of the older flat
// form as text. It is an error, so errors.Is(err, uqpay.CodeCardNotFound) works.
// The platform's list is open.
type Code string

// Codes of the error guide.
const (
	CodeInvalidRequest       Code = "invalid_request_error"   // the message names the field
	CodeUnauthorized         Code = "unauthorized_error"      // the client renews an expired token once
	CodeForbidden            Code = "forbidden"               // no permission, such as for card data
	CodeCardNotFound         Code = "card_not_found"          // another account's card looks the same
	CodeCardArtNotConfigured Code = "card_art_not_configured" // set one; see [ArtService.SetDefault]
	CodeInsufficientSubBIN   Code = "insufficient_sub_bin"    // contact UQPAY
	CodeKYCInsufficient      Code = "kyc_insufficient"        // see [Problem.MissingFields]
	CodeEmailDuplicated      Code = "email_duplicated"        // see [CreateCardholderRequest]
	CodeInvalidPhoneNumber   Code = "invalid_phone_number"    // see [CreateCardholderRequest]
	CodeSubAccountNotFound   Code = "sub_account_not_found"   // bad account given to [OnBehalfOf]
	CodeTooManyRequests      Code = "too_many_requests"       // repeated by the client
	CodeAPIError             Code = "api_error"               // repeated by the client with the same key
	CodeKeyConflict          Code = "key_conflict"            // send a new key with a new intent
	CodeNotFound             Code = "not_found"               // of the newer gateway
)

// codeInfo is one row of the code table.
type codeInfo struct {
	kind    error
	retry   bool // the client repeats the call by itself, with the same key
	meaning string
}

var codes = map[Code]codeInfo{
	CodeInvalidRequest: {kind: issuing.ErrInvalid, meaning: "a field fails validation"},
	CodeUnauthorized: {
		kind: issuing.ErrUnauthorized, meaning: "token missing, expired, displaced, or address not allowed",
	},
	CodeForbidden:            {kind: issuing.ErrUnauthorized, meaning: "no permission"},
	CodeCardNotFound:         {kind: issuing.ErrNotFound, meaning: "unknown, foreign or deactivated card"},
	CodeCardArtNotConfigured: {kind: issuing.ErrConflict, meaning: "no default card art resolves for the product"},
	CodeInsufficientSubBIN:   {kind: issuing.ErrInsufficientFunds, meaning: "the card numbers of the BIN are used up"},
	CodeKYCInsufficient: {
		kind: issuing.ErrConflict, meaning: "the cardholder lacks fields for the product's KYC level",
	},
	CodeEmailDuplicated:    {kind: issuing.ErrConflict, meaning: "e-mail address already used in the account"},
	CodeInvalidPhoneNumber: {kind: issuing.ErrInvalid, meaning: "phone number fails the country's rule"},
	CodeSubAccountNotFound: {
		kind: issuing.ErrUnauthorized, meaning: "not an active connected account of the issuing business line",
	},
	CodeTooManyRequests: {kind: issuing.ErrRateLimited, retry: true, meaning: "rate limit of the current minute"},
	CodeAPIError:        {kind: issuing.ErrUnavailable, retry: true, meaning: "internal error"},
	CodeKeyConflict:     {kind: issuing.ErrDuplicate, meaning: "idempotency key used for something else"},
	CodeNotFound:        {kind: issuing.ErrNotFound, meaning: "not found"},
}

// Error returns the code and, for a known one, its meaning.
func (c Code) Error() string {
	if m := c.Meaning(); m != "" {
		return "code " + clip(string(c)) + " (" + m + ")"
	}
	return "code " + clip(string(c))
}

// clip bounds what a platform can put into an error's text.
func clip(s string) string {
	if len(s) > 64 {
		s = strings.ToValidUTF8(s[:64], "") + "…"
	}
	return s
}

// Known reports whether the error page lists c.
func (c Code) Known() bool { return codes[c].meaning != "" }

// Meaning returns the documented meaning of a known code, and "" otherwise.
func (c Code) Meaning() string { return codes[c].meaning }

// Kind returns the kind of issuing error that a known code stands for, and nil
// otherwise.
func (c Code) Kind() error { return codes[c].kind }

// Retryable reports whether the client repeats a call with this code by itself.
func (c Code) Retryable() bool { return codes[c].retry }

// ErrorType is the "type" of an error body. The platform's list is open.
type ErrorType string

// Error types of the error guide.
const (
	ErrorTypeInvalidRequest ErrorType = "invalid_request_error" // validation
	ErrorTypeCard           ErrorType = "card_error"            // a card rule
	ErrorTypeCardholder     ErrorType = "cardholder_error"      // a cardholder rule
	ErrorTypeAccount        ErrorType = "account_error"         // an account, product or balance rule
	ErrorTypeIdempotency    ErrorType = "idempotency_error"     // the key's format, a replay or a mismatch
	ErrorTypeUnauthorized   ErrorType = "unauthorized_error"    // token or permission
	ErrorTypeAPI            ErrorType = "api_error"             // internal
	ErrorTypeNotFound       ErrorType = "not_found"             // of the newer gateway

	ErrorTypeForbidden  ErrorType = "forbidden"        // of other product lines
	ErrorTypeNotAllowed ErrorType = "not_allowed"      // of other product lines
	ErrorTypeConflict   ErrorType = "conflict_error"   // of other product lines
	ErrorTypePayment    ErrorType = "payment_error"    // of other product lines
	ErrorTypeProduct    ErrorType = "product_error"    // of other product lines
	ErrorTypeTransfer   ErrorType = "transfer_error"   // of other product lines
	ErrorTypePayout     ErrorType = "payout_error"     // of other product lines
	ErrorTypeRateLimit  ErrorType = "rate_limit_error" // of other product lines
)

// errorTypes gives the kind of a type whose code is not known; nil leaves it to
// the HTTP status.
var errorTypes = map[ErrorType]error{
	ErrorTypeInvalidRequest: issuing.ErrInvalid, ErrorTypeIdempotency: issuing.ErrDuplicate,
	ErrorTypeAPI: issuing.ErrUnavailable, ErrorTypeRateLimit: issuing.ErrRateLimited,
	ErrorTypeNotFound: issuing.ErrNotFound, ErrorTypeConflict: issuing.ErrConflict,
	ErrorTypeUnauthorized: issuing.ErrUnauthorized, ErrorTypeForbidden: issuing.ErrUnauthorized,
	ErrorTypeNotAllowed: issuing.ErrUnauthorized, ErrorTypeCard: issuing.ErrDeclined,
	ErrorTypeCardholder: issuing.ErrDeclined, ErrorTypeAccount: issuing.ErrDeclined,
	ErrorTypePayment: issuing.ErrDeclined, ErrorTypeProduct: issuing.ErrDeclined,
	ErrorTypeTransfer: issuing.ErrDeclined, ErrorTypePayout: issuing.ErrDeclined,
}

// Known reports whether the error page lists t.
func (t ErrorType) Known() bool { return errorTypes[t] != nil }

// Problem is the part of an error body that issuing.Error has no field for. It
// is the cause of an error of the typed form: errors.As(err, &problem) with a
// *Problem.
type Problem struct {
	// Type is the family of the error.
	Type ErrorType
	// MissingFields, with [CodeKYCInsufficient], are the cardholder's fields that
	// the product asks for.
	MissingFields []RequiredField
}

// Error returns the type and the names of missing fields.
func (p *Problem) Error() string {
	text, separator := "type "+clip(string(p.Type)), ", missing "
	for i, f := range p.MissingFields {
		if i == maxMissingNamed {
			return text + ", …"
		}
		text += separator + clip(f.Name)
		separator = ", "
	}
	return text
}

// maxMissingNamed bounds the field names in an error's text.
const maxMissingNamed = 10

// RequiredField describes a cardholder's field that a product asks for.
type RequiredField struct {
	Name        string          `json:"name" wire:"also=field_name"` // such as "residential_address"
	Type        string          `json:"type" wire:"also=field_type"` // "string" or "object"
	Required    bool            `json:"required"`                    // false: may be left out
	Description string          `json:"description"`                 // for people
	Fields      []RequiredField `json:"fields"`                      // of an object
}

// kindOfMessage gives the kind of errors that only their text tells apart: the
// flat ones, which have no word for a code, and a balance that does not cover an
// operation or a thing other than a card that does not exist, whose codes are not
// published. Every such error is a definite
// refusal, so a text that is not recognised costs no more than precision.
func kindOfMessage(message string) error {
	switch text := strings.ToLower(message); {
	case strings.Contains(text, "does not exist"), strings.HasSuffix(text, " not found"):
		return issuing.ErrNotFound
	case strings.Contains(text, "invalid client id"):
		return issuing.ErrUnauthorized
	case strings.Contains(text, "insufficient balance"), strings.Contains(text, "insufficient fund"):
		return issuing.ErrInsufficientFunds
	}
	return nil
}
