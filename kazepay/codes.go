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
	CodeSuccess             Code = "SUCCESS" // accepted; the only documented one
	CodeUpstreamSuccess     Code = "1"       // success upstream; here it leaves a write open
	CodeInvalidParameters   Code = "2"       // invalid parameters
	CodeBusiness            Code = "200"     // general business error, see the text
	CodeInsufficientBalance Code = "212"     // balance not enough
	CodeResultUnknown       Code = "99997"   // result unknown yet; wait for the callback or ask
)

// codeInfo is one row of the code table.
type codeInfo struct {
	kind    error
	retry   bool // the client repeats the call by itself, where it may
	meaning string
}

var codes = map[Code]codeInfo{
	CodeSuccess:             {nil, false, "success"},
	CodeUpstreamSuccess:     {issuing.ErrBadResponse, false, "success of the upstream platform"},
	CodeInvalidParameters:   {issuing.ErrInvalid, false, "invalid parameters"},
	CodeBusiness:            {issuing.ErrDeclined, false, "general business error"},
	CodeInsufficientBalance: {issuing.ErrInsufficientFunds, false, "balance not enough"},
	CodeResultUnknown:       {issuing.ErrUnavailable, true, "result unknown yet"},
}

// maxCode bounds a code in an error's text.
const maxCode = 40

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

// Known reports whether c was documented, or inferred, when this version was
// released.
func (c Code) Known() bool {
	_, ok := codes[c]
	return ok
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

// Response codes of card transactions.
const (
	RespCodeSuccess              RespCode = "000000" // success
	RespCodeAccountAbnormal      RespCode = "100001" // account abnormal
	RespCodeInvalidCard          RespCode = "200001" // invalid card
	RespCodeInsufficientBalance  RespCode = "200002" // insufficient balance
	RespCodeWrongCVV             RespCode = "200003" // wrong CVV
	RespCodeWrongExpiry          RespCode = "200004" // wrong expiry
	RespCodeWrongCurrency        RespCode = "200005" // wrong transaction currency
	RespCodeNotMultiUse          RespCode = "200006" // not a multi-use card
	RespCodeOverLimit            RespCode = "200007" // over limit
	RespCodeCardAbnormal         RespCode = "200008" // card abnormal
	RespCodeTooManyTransactions  RespCode = "200009" // too many transactions
	RespCodeInvalidMerchant      RespCode = "300001" // invalid merchant
	RespCodeHighRisk             RespCode = "400001" // high-risk transaction
	RespCodeInvalidAmount        RespCode = "400002" // invalid amount
	RespCodeInvalidTransaction   RespCode = "400003" // invalid transaction
	RespCodeOriginalNotFound     RespCode = "400004" // original transaction not found
	RespCodeOriginalState        RespCode = "400005" // original transaction in a wrong state
	RespCodeTypeNotSupported     RespCode = "400006" // transaction type not supported
	RespCodeTimeout              RespCode = "400007" // timeout
	RespCodeRiskControl          RespCode = "400008" // refused by risk control
	RespCodeChannelBlocked       RespCode = "400009" // blocked by the channel
	RespCodeRefundOverLimit      RespCode = "400010" // refund over limit
	RespCodeTooFrequent          RespCode = "400011" // authorisations too frequent
	RespCodeDecisionEngine       RespCode = "400012" // refused by decision engine
	RespCodeCaptureAfterReversal RespCode = "400013" // capture after reversal
	RespCodeChannelAbnormal      RespCode = "999997" // channel abnormal
	RespCodeSystemUpgrading      RespCode = "999998" // system upgrading
	RespCodeUnknownError         RespCode = "999999" // unknown error
)

var respMeanings = map[RespCode]string{
	RespCodeSuccess: "success", RespCodeAccountAbnormal: "account abnormal", RespCodeInvalidCard: "invalid card",
	RespCodeInsufficientBalance: "insufficient balance", RespCodeWrongCVV: "wrong CVV", RespCodeWrongExpiry: "wrong expiry",
	RespCodeWrongCurrency: "wrong transaction currency", RespCodeNotMultiUse: "not a multi-use card",
	RespCodeOverLimit: "over limit", RespCodeCardAbnormal: "card abnormal", RespCodeTooManyTransactions: "too many transactions",
	RespCodeInvalidMerchant: "invalid merchant", RespCodeHighRisk: "high-risk transaction", RespCodeInvalidAmount: "invalid amount",
	RespCodeInvalidTransaction: "invalid transaction", RespCodeOriginalNotFound: "original transaction not found",
	RespCodeOriginalState: "original transaction in a wrong state", RespCodeTypeNotSupported: "transaction type not supported",
	RespCodeTimeout: "timeout", RespCodeRiskControl: "refused by risk control", RespCodeChannelBlocked: "blocked by the channel",
	RespCodeRefundOverLimit: "refund over limit", RespCodeTooFrequent: "authorisations too frequent",
	RespCodeDecisionEngine: "refused by decision engine", RespCodeCaptureAfterReversal: "capture after reversal",
	RespCodeChannelAbnormal: "channel abnormal", RespCodeSystemUpgrading: "system upgrading", RespCodeUnknownError: "unknown error",
}

// Known reports whether c was listed when this version was released.
func (c RespCode) Known() bool { return respMeanings[c] != "" }

// Meaning returns the text of a known code, and "" otherwise.
func (c RespCode) Meaning() string { return respMeanings[c] }
