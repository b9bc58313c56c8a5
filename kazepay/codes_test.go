package kazepay_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/kazepay"
)

func TestCodes(t *testing.T) {
	t.Parallel()
	for code, want := range map[kazepay.Code]struct {
		kind  error
		retry bool
		text  string
	}{
		kazepay.CodeSuccess:                   {nil, false, "code SUCCESS success"},
		kazepay.CodeUpstreamSuccess:           {issuing.ErrBadResponse, false, "code 1 success of the upstream platform"},
		kazepay.CodeInvalidParameters:         {issuing.ErrInvalid, false, "code 2 invalid parameters"},
		kazepay.CodeBusiness:                  {issuing.ErrDeclined, false, "code 200 general business error"},
		kazepay.CodeInsufficientBalance:       {issuing.ErrInsufficientFunds, false, "code 212 balance not enough"},
		kazepay.CodeResultUnknown:             {issuing.ErrUnavailable, true, "code 99997 result unknown yet"},
		"FAKE_X":                              {nil, false, "code FAKE_X"},
		kazepay.Code(strings.Repeat("x", 50)): {nil, false, "code " + strings.Repeat("x", 40) + "…"},
	} {
		if !errors.Is(code.Kind(), want.kind) || code.Retryable() != want.retry || code.Error() != want.text || code.Known() != (code.Meaning() != "") {
			t.Errorf("%q: %v, %t, %q", string(code), code.Kind(), code.Retryable(), code.Error())
		}
	}
}

func TestRespCodes(t *testing.T) {
	t.Parallel()
	for code, meaning := range map[kazepay.RespCode]string{
		"000000": "success", "100001": "account abnormal", "200001": "invalid card", "200002": "insufficient balance",
		"200003": "wrong CVV", "200004": "wrong expiry", "200005": "wrong transaction currency", "200006": "not a multi-use card",
		"200007": "over limit", "200008": "card abnormal", "200009": "too many transactions", "300001": "invalid merchant",
		"400001": "high-risk transaction", "400002": "invalid amount", "400003": "invalid transaction",
		"400004": "original transaction not found", "400005": "original transaction in a wrong state",
		"400006": "transaction type not supported", "400007": "timeout", "400008": "refused by risk control",
		"400009": "blocked by the channel", "400010": "refund over limit", "400011": "authorisations too frequent",
		"400012": "refused by decision engine", "400013": "capture after reversal", "999997": "channel abnormal",
		"999998": "system upgrading", "999999": "unknown error", "123456": "",
	} {
		if code.Meaning() != meaning || code.Known() != (meaning != "") {
			t.Errorf("%s: %q", code, code.Meaning())
		}
	}
}

func TestCardStatuses(t *testing.T) {
	t.Parallel()
	const known, terminal, waiting = 1, 2, 4
	for status, want := range map[kazepay.CardStatus]int{
		"AUDITING": known | waiting, "AUDIT_PASS": known | waiting, "AUDIT_NOT_PASS": known | terminal, "TBA": known,
		"ACTIVE_PROCESSING": known | waiting, "ACTIVE": known, "INACTIVE": known, "CLOSE_PROCESSING": known | waiting,
		"CLOSE": known | terminal, "CLOSED": known | terminal, "EXCHANGE_PROCESSING": known | waiting,
		"active": 0, "LOST": 0, "": 0,
	} {
		if status.Known() != (want&known != 0) || status.Terminal() != (want&terminal != 0) || status.Waiting() != (want&waiting != 0) {
			t.Errorf("%s: known %t, terminal %t, waiting %t", status, status.Known(), status.Terminal(), status.Waiting())
		}
	}
	if kazepay.CardStatus("CLOSED").Normal() != kazepay.CardStatusClosed {
		t.Error("CLOSED is not CLOSE")
	}
}

func TestOtherEnums(t *testing.T) {
	t.Parallel()
	for status, want := range map[kazepay.TransactionStatus][2]bool{
		"PENDING": {true, false}, "Pending": {true, false}, "pending": {true, false}, "SUCCESS": {true, true}, "FAILED": {true, true},
		"APPROVED": {true, false}, "Declined": {true, true}, "posted": {true, true}, "vodi": {true, true}, "void": {true, true},
		"": {false, false}, "HELD": {false, false},
	} {
		if got := [2]bool{status.Known(), status.Terminal()}; got != want {
			t.Errorf("%s: %v", status, got)
		}
	}
	for status, want := range map[kazepay.KYCStatus][2]bool{
		"WAITING_KYC": {true, false}, "REJECTED": {true, true}, "PASSED": {true, true}, "NEW": {false, false},
	} {
		if got := [2]bool{status.Known(), status.Terminal()}; got != want {
			t.Errorf("%s: %v", status, got)
		}
	}
	for _, name := range []string{
		"Expenditure", "AUTH", "AUTH_QUERY", "REVERSAL", "REFUND", "FEE", "TRADE_PROCESS_FEE", "TRADE_CROSS_BOARD_FEE",
		"TRADE_REFUND_FEE", "FEE_REVERSAL", "ORIGINAL_CREDIT", "ORIGINAL_CREDIT_REVERSAL", "charge", "refund", "topup",
		"withdraw", "transfer", "cashback", "interest", "fee", "other",
	} {
		if !kazepay.TransactionType(name).Known() {
			t.Errorf("%s is not known", name)
		}
	}
	for name, known := range map[string]bool{
		"type": kazepay.TransactionType("gift").Known(),
		"auth": kazepay.AuthType("purchase").Known(),
		"flag": kazepay.ResultFlag("DONE").Known(),
		"id":   kazepay.IdentificationType("VISA").Known(),
	} {
		if known {
			t.Errorf("an unknown %s is known", name)
		}
	}
	if !kazepay.AuthTypeATM.Known() || !kazepay.ResultFlagFailed.Known() || !kazepay.IdentificationTypeIDCard.Known() {
		t.Error("a known value is not")
	}
}

func TestExpiry(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2707": "2027-07", "202707": "2027-07", "2713": "", "27": "", "": "", "27/07": "", "0727ab": "",
	} {
		year, month, ok := (&kazepay.Card{ExpiryDate: issuing.NewSecret(text)}).Expiry()
		got := ""
		if ok {
			got = time.Date(year, month, 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
