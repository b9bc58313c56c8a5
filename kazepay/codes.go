package kazepay

import (
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
)

// Code is head.code of a failure answer. It is text: SUCCESS is success and
// everything else a failure. KazePay's own list is not published; the constants
// are those of the platform that KazePay is built on and may show through. Code
// is an error, so errors.Is(err, kazepay.CodeInsufficientBalance) works.
type Code string

// Codes. All but CodeSuccess are inferred.
const (
	CodeSuccess             Code = "SUCCESS" // the only documented one; of an asynchronous operation, accepted
	CodeUpstreamSuccess     Code = "1"       // here it leaves a write open
	CodeInvalidParameters   Code = "2"       // upstream's word on a request's fields
	CodeBusiness            Code = "200"     // the text says what
	CodeInsufficientBalance Code = "212"     // of a top-up, presumably the merchant's
	CodeResultUnknown       Code = "99997"   // wait for the callback, or ask
)

// codeInfo is one row of the code table.
type codeInfo struct {
	kind    error
	retry   bool // the client repeats the call by itself, where it may
	meaning string
}

var codes = map[Code]codeInfo{
	CodeSuccess:             {meaning: "success"},
	CodeUpstreamSuccess:     {kind: issuing.ErrBadResponse, meaning: "success of the upstream platform"},
	CodeInvalidParameters:   {kind: issuing.ErrInvalid, meaning: "invalid parameters"},
	CodeBusiness:            {kind: issuing.ErrDeclined, meaning: "general business error"},
	CodeInsufficientBalance: {kind: issuing.ErrInsufficientFunds, meaning: "balance not enough"},
	CodeResultUnknown:       {kind: issuing.ErrUnavailable, retry: true, meaning: "result unknown yet"},
}

// Lengths of codes: in an error's text, and of one that is a number.
const (
	maxCode       = 40
	maxCodeDigits = 10
)

// Error returns the code and, for a known one, its meaning.
func (c Code) Error() string {
	text := string(c)
	if len(text) > maxCode {
		text = strings.ToValidUTF8(text[:maxCode], "") + "…"
	}
	if m := c.Meaning(); m != "" {
		return "code " + text + " " + m
	}
	return "code " + text
}

// Known reports whether c is in the list above: the Quick Guide's one code, and upstream's.
func (c Code) Known() bool {
	_, ok := codes[c]
	return ok
}

// wellFormed reports whether c has the form of the codes that are known: a few letters,
// digits and underscores. A truth value is none, and neither is a number of many digits.
func (c Code) wellFormed() bool {
	number := strings.Trim(string(c), "0123456789") == ""
	return c != "" && len(c) <= maxCode && (!number || len(c) <= maxCodeDigits) && c != "true" && c != "false" &&
		!strings.ContainsFunc(string(c), func(r rune) bool {
			return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && r != '_'
		})
}

// Meaning returns the text of a known code, and "" otherwise.
func (c Code) Meaning() string { return codes[c].meaning }

// Kind returns the kind of issuing error that a known code stands for, and nil
// otherwise.
func (c Code) Kind() error { return codes[c].kind }

// Retryable reports whether the client repeats a call with this code by itself,
// as far as the operation allows it.
func (c Code) Retryable() bool { return codes[c].retry }

// RespCode is the response code of a card transaction. The list is upstream's
// and for virtual cards; only 000000 was seen on KazePay.
type RespCode string

// Response codes of card transactions; [RespCode.Meaning] has each in words.
const (
	RespCodeSuccess              RespCode = "000000"
	RespCodeAccountAbnormal      RespCode = "100001"
	RespCodeInvalidCard          RespCode = "200001"
	RespCodeInsufficientBalance  RespCode = "200002"
	RespCodeWrongCVV             RespCode = "200003"
	RespCodeWrongExpiry          RespCode = "200004"
	RespCodeWrongCurrency        RespCode = "200005"
	RespCodeNotMultiUse          RespCode = "200006"
	RespCodeOverLimit            RespCode = "200007"
	RespCodeCardAbnormal         RespCode = "200008"
	RespCodeTooManyTransactions  RespCode = "200009"
	RespCodeInvalidMerchant      RespCode = "300001"
	RespCodeHighRisk             RespCode = "400001"
	RespCodeInvalidAmount        RespCode = "400002"
	RespCodeInvalidTransaction   RespCode = "400003"
	RespCodeOriginalNotFound     RespCode = "400004"
	RespCodeOriginalState        RespCode = "400005"
	RespCodeTypeNotSupported     RespCode = "400006"
	RespCodeTimeout              RespCode = "400007"
	RespCodeRiskControl          RespCode = "400008"
	RespCodeChannelBlocked       RespCode = "400009"
	RespCodeRefundOverLimit      RespCode = "400010"
	RespCodeTooFrequent          RespCode = "400011"
	RespCodeDecisionEngine       RespCode = "400012"
	RespCodeCaptureAfterReversal RespCode = "400013"
	RespCodeChannelAbnormal      RespCode = "999997"
	RespCodeSystemUpgrading      RespCode = "999998"
	RespCodeUnknownError         RespCode = "999999"
)

var respMeanings = map[RespCode]string{
	RespCodeSuccess:              "success",
	RespCodeAccountAbnormal:      "account abnormal",
	RespCodeInvalidCard:          "invalid card",
	RespCodeInsufficientBalance:  "insufficient balance",
	RespCodeWrongCVV:             "wrong CVV",
	RespCodeWrongExpiry:          "wrong expiry",
	RespCodeWrongCurrency:        "wrong transaction currency",
	RespCodeNotMultiUse:          "not a multi-use card",
	RespCodeOverLimit:            "over limit",
	RespCodeCardAbnormal:         "card abnormal",
	RespCodeTooManyTransactions:  "too many transactions",
	RespCodeInvalidMerchant:      "invalid merchant",
	RespCodeHighRisk:             "high-risk transaction",
	RespCodeInvalidAmount:        "invalid amount",
	RespCodeInvalidTransaction:   "invalid transaction",
	RespCodeOriginalNotFound:     "original transaction not found",
	RespCodeOriginalState:        "original transaction in a wrong state",
	RespCodeTypeNotSupported:     "transaction type not supported",
	RespCodeTimeout:              "timeout",
	RespCodeRiskControl:          "refused by risk control",
	RespCodeChannelBlocked:       "blocked by the channel",
	RespCodeRefundOverLimit:      "refund over limit",
	RespCodeTooFrequent:          "authorisations too frequent",
	RespCodeDecisionEngine:       "refused by decision engine",
	RespCodeCaptureAfterReversal: "capture after reversal",
	RespCodeChannelAbnormal:      "channel abnormal",
	RespCodeSystemUpgrading:      "system upgrading",
	RespCodeUnknownError:         "unknown error",
}

// Known reports whether c is in upstream's list of transaction response codes.
func (c RespCode) Known() bool { return respMeanings[c] != "" }

// Meaning returns the text of a known code, and "" otherwise.
func (c RespCode) Meaning() string { return respMeanings[c] }
