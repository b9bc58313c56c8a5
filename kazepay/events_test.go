package kazepay_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/kazepay"
)

// notified is one kind of callback with a payload, upstream's where there is one.
type notified struct {
	kind, payload string
	want          any
	key           string
}

func notifications() []notified {
	pan := issuing.NewSecret("4242424242413691")
	at := func(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
	transaction := kazepay.NotifiedTransaction{
		RecordID: "88", ID: "57724528", ReceiptNo: "", AuthType: kazepay.AuthTypePurchase, CardCurrency: "USD",
		CardAmount: amount("-13.09"), TransactionCurrency: "EUR", TransactionAmount: amount("99.00"),
		MerchantName: "MEITUAN", Status: "Pending", Type: "AUTH", RespCode: "000000", RespDescription: "SUCCESS",
		Time: at(1691249025085),
	}
	return []notified{
		{
			kazepay.EventHolderChallenged, `{"cardNo":"4242424242413691","code":"123456","createAt":1691249025085,"userBankcardId":145}`,
			&kazepay.HolderChallenged{CardID: "145", CardNumber: pan, Code: issuing.NewSecret("123456"), CreatedAt: at(1691249025085)},
			"",
		},
		{
			kazepay.EventCardStateChanged, `{"createAt":1691248718245,"reason":"…","status":"AUDIT_NOT_PASS","userBankcardId":146,"cardNo":"4242424242413691"}`,
			&kazepay.CardStateChanged{CardID: "146", Status: kazepay.CardStatusAuditNotPass, Reason: "…", CardNumber: pan, CreatedAt: at(1691248718245)},
			"CARD_STATUS_CHANGE|146|AUDIT_NOT_PASS|2023-08-05T15:18:38.245Z",
		},
		{
			kazepay.EventTransactionCreated, `{"userBankcardId":"145","currency":"USD","cardNo":"4242424242413691","createAt":"2023-08-05 15:23:45","transaction":{` +
				`"id":88,"recordNo":"57724528","receiptNo":"","authType":"PURCHASE","localCurrency":"USD","localCurrencyAmt":"-13.09",` +
				`"transCurrency":"EUR","transCurrencyAmt":"+99.00","merchantName":"MEITUAN","transStatus":"Pending","transType":"AUTH",` +
				`"respCode":"000000","respCodeDesc":"SUCCESS","occurTime":1691249025085}}`,
			&kazepay.TransactionCreated{
				CardID: "145", Currency: "USD", CardNumber: pan, CreatedAt: time.Date(2023, 8, 5, 15, 23, 45, 0, time.UTC), Transaction: transaction,
			},
			"TRANSACTION_CREATED|57724528|88|PENDING|AUTH",
		},
		{
			kazepay.EventCardDeposited, `{"amount":100.00,"cardNo":"4242424242413691","createAt":1691550780785,"currency":"USD","receiveAmount":99.50,"status":"SUCCESS","userBankcardId":140}`,
			&kazepay.CardDeposited{
				CardID: "140", CardNumber: pan, Amount: amount("100.00"), ReceiveAmount: amount("99.50"), Currency: "USD",
				Status: kazepay.TransactionStatusSuccess, CreatedAt: at(1691550780785),
			},
			"CARD_RECHARGE_RESULT|140|SUCCESS|100.00|2023-08-09T03:13:00.785Z",
		},
		{
			kazepay.EventCardClosed, `{"cardID":"19181","status":"CLOSE","refundAmt":"65.22","currency":"USD","txnId":"2412111444075320115"}`,
			&kazepay.CardClosed{CardID: "19181", Status: kazepay.CardStatusClosed, RefundAmount: amount("65.22"), Currency: "USD", TransactionID: "2412111444075320115"},
			"CARD_CLOSE_RESULT|19181|CLOSE",
		},
		{
			kazepay.EventCoinDeposited, `{"uid":7,"coinAmount":"100.000001","symbol":"USDT","amount":"100","receiveAmount":"99","currency":"USD","orderNo":"O1","status":"SUCCESS","createAt":1691550780785}`,
			&kazepay.CoinDeposited{
				UID: "7", OrderNo: "O1", Symbol: "USDT", CoinAmount: amount("100.000001"), Amount: amount("100"),
				ReceiveAmount: amount("99"), Currency: "USD", Status: "SUCCESS", CreatedAt: at(1691550780785),
			},
			"COIN_RECHARGE_RESULT|O1|SUCCESS",
		},
		{
			kazepay.EventActivationCodeSent, `{"cardID":"3377","email":"kyc@kazepay.io","activationCode":"70795665"}`,
			&kazepay.ActivationCodeSent{CardID: "3377", Email: "kyc@kazepay.io", ActivationCode: issuing.NewSecret("70795665")},
			"",
		},
		{
			kazepay.EventKYCReviewed, `{"email":"kyc@kazepay.io","status":"PASSED","createAt":"2024-06-28 10:20:00"}`,
			&kazepay.KYCReviewed{Email: "kyc@kazepay.io", Status: kazepay.KYCStatusPassed, CreatedAt: time.Date(2024, 6, 28, 10, 20, 0, 0, time.UTC)},
			"",
		},
	}
}

func TestEveryNotification(t *testing.T) {
	t.Parallel()
	covered := map[string]bool{}
	for _, n := range notifications() {
		covered[n.kind] = true
		got, err := kazepay.DecodeNotification(n.kind, []byte(n.payload), nil)
		if err != nil {
			t.Errorf("%s: %v", n.kind, err)
			continue
		}
		if diff := cmp.Diff(n.want, got, cmp.Comparer(issuing.Secret.Equal), cmp.Comparer(time.Time.Equal)); diff != "" {
			t.Errorf("%s:\n%s", n.kind, diff)
		}
		if key := kazepay.IdentityOf(got); n.key != "" && key != n.key || strings.Contains(key, "kyc@") {
			t.Errorf("%s: key %q", n.kind, key)
		}
		// A payload without any name is told by its fields.
		kind, err := kazepay.NotificationKind("notify", []byte(n.payload), nil)
		if err != nil || kind != n.kind {
			t.Errorf("%s: by its fields %q, %v", n.kind, kind, err)
		}
	}
	for _, kind := range kazepay.EventTypes() {
		if !covered[kind] {
			t.Errorf("no payload of kind %s", kind)
		}
	}
}

func TestNotificationKind(t *testing.T) {
	t.Parallel()
	names := map[string]string{"rechargeNotify": kazepay.EventCardDeposited, "": kazepay.EventCardClosed}
	const deposit = `"cardID":"1","amount":1,"status":"SUCCESS"`
	for name, c := range map[string]struct {
		apiCode, payload, want string
		fails                  bool
	}{
		"the head":                  {"CARD_STATUS_CHANGE", `{"cardID":"1","status":"LOST"}`, kazepay.EventCardStateChanged, false},
		"the head of a closed card": {"CARD_CLOSE_RESULT", `{"cardID":"1","status":"CLOSED"}`, kazepay.EventCardClosed, false},
		"a closed card's status":    {"CARD_STATUS_CHANGE", `{"cardID":"1","refundAmt":"1","status":"CLOSE"}`, kazepay.EventCardStateChanged, false},
		"a top-up as a closed card": {"CARD_CLOSE_RESULT", `{` + deposit + `}`, "", false},
		"an active card as closed":  {"CARD_CLOSE_RESULT", `{"cardID":"1","status":"ACTIVE"}`, "", false},
		"a top-up as a status":      {"CARD_STATUS_CHANGE", `{` + deposit + `}`, "", false},
		"a closed card as a top-up": {"rechargeNotify", `{"cardID":"1","amount":1,"status":"CLOSE"}`, "", false},
		"a code as a closed card":   {"CARD_CLOSE_RESULT", `{"cardID":"1","code":"1"}`, "", false},
		"the content knows better":  {"CARD_CLOSE_RESULT", `{"type":"CARD_CLOSE_RESULT",` + deposit + `}`, kazepay.EventCardClosed, false},
		"the head in lower case":    {"card_status_change ", `{}`, kazepay.EventCardStateChanged, false},
		"a name of KazePay's":       {"rechargeNotify", `{}`, kazepay.EventCardDeposited, false},
		"the content's type":        {"notify", `{"type":"CARD_CLOSE_RESULT",` + deposit + `}`, kazepay.EventCardClosed, false},
		"the content's notifyType":  {"notify", `{"notifyType":"rechargeNotify"}`, kazepay.EventCardDeposited, false},
		"the content's apiCode":     {"", `{"apiCode":"KYC_RESULT"}`, kazepay.EventKYCReviewed, false},
		"head and content agree":    {"KYC_RESULT", `{"type":"KYC_RESULT"}`, kazepay.EventKYCReviewed, false},
		"the content's is unknown":  {"KYC_RESULT", `{"type":"PHYSICAL"}`, kazepay.EventKYCReviewed, false},
		"head and content disagree": {"CARD_RECHARGE_RESULT", `{"type":"KYC_RESULT",` + deposit + `}`, "", true},
		"two contents disagree":     {"", `{"type":"KYC_RESULT","apiCode":"CARD_CLOSE_RESULT"}`, "", true},
		"the fields":                {"notify", `{` + deposit + `}`, kazepay.EventCardDeposited, false},
		"upstream's fields":         {"notify", `{"userBankcardId":1,"code":"1"}`, kazepay.EventHolderChallenged, false},
		"a closed card":             {"notify", `{"cardID":"1","amount":1,"status":"CLOSE"}`, kazepay.EventCardClosed, false},
		"a status of no kind":       {"notify", `{"cardID":"1","amount":1,"status":"LOST"}`, "", false},
		"a verdict of no kind":      {"notify", `{"email":"a@b.c","status":"ACTIVE"}`, "", false},
		"nothing that fits":         {"notify", `{"hello":1}`, "", false},
		"empty values":              {"notify", `{"cardID":"","status":null}`, "", false},
		"a list":                    {"notify", `[1]`, "", false},
		"no JSON":                   {"notify", `<`, "", false},
	} {
		got, err := kazepay.NotificationKind(c.apiCode, []byte(c.payload), names)
		if got != c.want || (err != nil) != c.fails {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestNotificationsThatDoNotFitTheirKind(t *testing.T) {
	t.Parallel()
	for _, n := range notifications() {
		for _, payload := range []string{`{}`, `[]`, `{"other":1}`, `<`, ``} {
			if got, err := kazepay.DecodeNotification(n.kind, []byte(payload), nil); got != nil || err != nil {
				t.Errorf("%s from %s: %v, %v", n.kind, payload, got, err)
			}
		}
	}
	if got, err := kazepay.DecodeNotification("SOMETHING_NEW", []byte(`{"cardID":"1"}`), nil); got != nil || err != nil {
		t.Errorf("%v, %v", got, err)
	}
	const bad = `{"cardID":"1","amount":"a lot","status":"SUCCESS"}`
	if got, err := kazepay.DecodeNotification(kazepay.EventCardDeposited, []byte(bad), nil); got != nil || err == nil {
		t.Errorf("%v, %v", got, err)
	}
	// Flat fields, KazePay's own spelling, a zone, and an alias that loses.
	zone := time.FixedZone("UTC+8", 8*60*60)
	const flat = `{"cardID":"1","userBankcardId":2,"transactionId":"T","transStatus":"Pending","cardCurrencyAmt":-1.5,"transactionTime":"2024-02-08 13:17:02"}`
	got, err := kazepay.DecodeNotification(kazepay.EventTransactionCreated, []byte(flat), zone)
	event, ok := got.(*kazepay.TransactionCreated)
	if err != nil || !ok || event.CardID != "1" || event.Transaction.ID != "T" || event.Transaction.CardAmount.String() != "-1.5" ||
		!event.Transaction.Time.Equal(time.Date(2024, 2, 8, 5, 17, 2, 0, time.UTC)) {
		t.Errorf("%+v, %v", event, err)
	}
}

// TestDedupeKeys shows what is the same event and what is not.
func TestDedupeKeys(t *testing.T) {
	t.Parallel()
	decode := func(kind, payload string) string {
		n, err := kazepay.DecodeNotification(kind, []byte(payload), nil)
		if err != nil || n == nil {
			t.Fatalf("%s: %v, %v", payload, n, err)
		}
		return kazepay.IdentityOf(n)
	}
	for name, c := range map[string]struct {
		kind, a, b string
		same       bool
	}{
		"a card closes once": {
			kazepay.EventCardClosed, `{"cardID":"1","amount":"5","createAt":1691550780785}`, `{"cardID":1,"refundAmt":5.00,"createAt":1691550790000}`, true,
		},
		"a top-up with an id": {
			kazepay.EventCardDeposited, `{"cardID":"1","transactionId":"T","amount":5,"status":"SUCCESS"}`,
			`{"cardID":"1","transactionId":"T","amount":5,"status":"success","createAt":1691550780785}`, true,
		},
		"another top-up": {
			kazepay.EventCardDeposited, `{"cardID":"1","transactionId":"T","amount":5,"status":"SUCCESS"}`,
			`{"cardID":"1","transactionId":"U","amount":5,"status":"SUCCESS"}`, false,
		},
		"a transaction that settles": {
			kazepay.EventTransactionCreated, `{"transaction":{"recordNo":"R","transStatus":"Pending"}}`, `{"transaction":{"recordNo":"R","transStatus":"posted"}}`, false,
		},
		"a card frozen twice": {
			kazepay.EventCardStateChanged, `{"cardID":"1","status":"INACTIVE","createAt":1691550780785}`, `{"cardID":"1","status":"INACTIVE","createAt":1691550790785}`, false,
		},
	} {
		a, b := decode(c.kind, c.a), decode(c.kind, c.b)
		if a == "" || b == "" || (a == b) != c.same {
			t.Errorf("%s: %q and %q", name, a, b)
		}
	}
	for kind, payload := range map[string]string{
		kazepay.EventCardStateChanged: `{"cardID":"1","status":"ACTIVE"}`,
		kazepay.EventHolderChallenged: `{"cardID":"1","code":"123456"}`,
		kazepay.EventCardDeposited:    `{"cardID":"1","amount":1,"status":"SUCCESS"}`,
		kazepay.EventKYCReviewed:      `{"email":"a@b.c","status":"PASSED"}`,
	} {
		if key := decode(kind, payload); key != "" {
			t.Errorf("%s without what identifies it has the key %q", kind, key)
		}
	}
}

func FuzzNotification(f *testing.F) {
	for _, n := range notifications() {
		f.Add(n.kind, []byte(n.payload))
	}
	f.Add("notify", []byte(`{"transaction":"{\"id\":1}","cardID":[1]}`))
	f.Fuzz(func(t *testing.T, apiCode string, payload []byte) {
		kind, err := kazepay.NotificationKind(apiCode, payload, nil)
		if err != nil {
			return
		}
		n, err := kazepay.DecodeNotification(kind, payload, nil)
		if err != nil || n == nil {
			return
		}
		if !json.Valid(payload) {
			t.Fatalf("%T from %q", n, payload)
		}
		_, _ = kazepay.IdentityOf(n), kazepay.EventTime(n)
	})
}
