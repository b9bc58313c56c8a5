package uqpay_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/leaktest"
	"github.com/issuing-sdk/issuing-go/uqpay"
)

const authorizationEvent = `{"version":"V1.6.0","event_name":"ISSUING","event_type":"issuing.transaction.authorization","event_id":"234fca01-1ace-4d34-baf5-29b10e9d11c0","source_id":"1a53aebf-900c-4e25-9852-b98f4338d94c","data":{"authorization_code":"W6MJU9","billing_amount":"11.5","billing_currency":"USD","card_available_balance":"988.5","card_id":"50418faa-57a8-4ce2-9157-621b00b13a3b","card_number":"40963608****1764","cardholder_id":"25ea804d-7fd5-43d5-8792-0fc0214cdb2f","description":"","fee_pass_through":"Y","merchant_data":[{"category_code":"5734","city":"","country":"","name":"Test Merchant"}],"original_transaction_id":"","posted_time":"2026-04-12T15:27:39.563+08:00","short_transaction_id":"T260412-2AHV51KO5U68","transaction_amount":"10","transaction_currency":"USD","transaction_fee":"1.5","transaction_fee_currency":"USD","transaction_id":"1a53aebf-900c-4e25-9852-b98f4338d94c","transaction_status":"APPROVED","transaction_time":"2026-04-12T15:27:39.48+08:00","transaction_type":"AUTHORIZATION","wallet_type":""}}`

// decode decodes an event of the given type with the given data.
func decode[T any](t *testing.T, typ, data string) *T {
	t.Helper()
	e, err := uqpay.DecodeEvent([]byte(`{"version":"V1.6.0","event_name":"ISSUING","event_type":"` + typ + `","event_id":"e-1","source_id":"s-1","data":` + data + `}`))
	if err != nil {
		t.Fatalf("%s: %v", typ, err)
	}
	out, ok := e.Data.(*T)
	if !ok {
		t.Fatalf("%s: %T", typ, e.Data)
	}
	return out
}

var exact = cmp.Options{
	cmp.Comparer(func(a, b issuing.Secret) bool { return a.Equal(b) }),
	cmp.Comparer(func(a, b issuing.Amount) bool { return a == b }),
	cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) }),
}

func TestAuthorizationEvent(t *testing.T) {
	t.Parallel()
	e, err := uqpay.DecodeEvent([]byte(authorizationEvent))
	if err != nil {
		t.Fatal(err)
	}
	at := func(text string) time.Time {
		parsed, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			t.Fatal(err)
		}
		return parsed
	}
	want := &uqpay.TransactionCreated{
		EventBase: uqpay.EventBase{EventType: uqpay.EventAuthorization, EventID: "234fca01-1ace-4d34-baf5-29b10e9d11c0", SourceID: "1a53aebf-900c-4e25-9852-b98f4338d94c"},
		Transaction: uqpay.Transaction{
			ID: "1a53aebf-900c-4e25-9852-b98f4338d94c", ShortID: "T260412-2AHV51KO5U68", CardID: "50418faa-57a8-4ce2-9157-621b00b13a3b",
			CardNumber: "40963608****1764", CardholderID: "25ea804d-7fd5-43d5-8792-0fc0214cdb2f", Type: "AUTHORIZATION", Status: "APPROVED",
			BillingAmount: amount(t, "11.5"), BillingCurrency: "USD", TransactionAmount: amount(t, "10"), TransactionCurrency: "USD",
			Fee: amount(t, "1.5"), FeeCurrency: "USD", FeePassThrough: uqpay.FlagYes, CardBalance: amount(t, "988.5"), AuthorizationCode: "W6MJU9",
			Time: at("2026-04-12T15:27:39.48+08:00"), PostedTime: at("2026-04-12T15:27:39.563+08:00"),
			Merchant: uqpay.Merchant{Name: "Test Merchant", CategoryCode: "5734"},
		},
	}
	if diff := cmp.Diff(want, e.Data, exact); diff != "" {
		t.Error(diff)
	}
}

// TestEventShapes decodes T1 to T11 in the forms that occur.
func TestEventShapes(t *testing.T) {
	t.Parallel()
	created := decode[uqpay.CardCreated](t, "card.create.succeeded", `{"card_available_balance":"10","card_bin":"40963608","card_id":"c","card_number":"40963608****1764","card_status":"ACTIVE",
		"cardholder":{"cardholder_id":"h","cardholder_status":"SUCCESS","create_time":"2024-05-09 15:52:23","email":"a@example.com"},"metadata":{"k":"v"},
		"risk_control":{"enable_3ds":"Y","allowed_mcc":["1"]},"spending_limits":[{"amount":"5","interval":"PER_TRANSACTION"}]}`)
	if created.SourceID != "s-1" || created.Failed() || created.Cardholder.CreateTime.UTC().Hour() != 7 || created.Metadata["k"] != "v" ||
		created.RiskControls.Enable3DS != uqpay.FlagYes || created.SpendingControls[0].Amount.String() != "5" {
		t.Errorf("%+v", created)
	}
	if failed := decode[uqpay.CardCreated](t, "card.create.failed", `{}`); !failed.Failed() {
		t.Errorf("%+v", failed)
	}
	updated := decode[uqpay.CardUpdated](t, "card.update.succeeded", `{"order_status":"success","no_pin_payment_amount":"USD","card_limit":100,"cardholder":{"number_of_cards":2,"date_of_birth":"0001-01-01"},"metadata":"","risk_control":null}`)
	if updated.OrderStatus.Normal() != uqpay.OrderStatusSuccess || !updated.OrderStatus.Terminal() || updated.Limit.String() != "100" ||
		updated.Cardholder.NumberOfCards != 2 || !updated.Cardholder.DateOfBirth.IsZero() {
		t.Errorf("%+v", updated)
	}
	if _, currency, ok := updated.NoPINPaymentAmount.Split(); !ok || currency != "USD" {
		t.Errorf("%q", updated.NoPINPaymentAmount)
	}
	if st := decode[uqpay.CardStateChanged](t, "card.status.update.failed", `{"card_id":"c","card_status":"PRE_CANCEL"}`); !st.Failed() || st.CardStatus != uqpay.CardStatusPreCancel {
		t.Errorf("%+v", st)
	}
	if r := decode[uqpay.CardDeposited](t, "card.recharge.succeeded", `{"amount":"10","card_currency":"USD","order_status":"SUCCESS"}`); r.Amount.String() != "10" {
		t.Errorf("%+v", r)
	}
	if w := decode[uqpay.CardWithdrawn](t, "card.withdraw.failed", `{"amount":10.10}`); w.Amount.String() != "10.10" || !w.Failed() {
		t.Errorf("%+v", w)
	}
	if l := decode[uqpay.CardLimitElevated](t, "card.elevate_limit.succeeded", `{"card_id":"c","per_transaction_limit":5000,"currency":"USD","expires_at":"2026-09-18T00:00:00Z"}`); l.Limit.String() != "5000" || l.ExpiresAt.IsZero() {
		t.Errorf("%+v", l)
	}
	if p := decode[uqpay.ProtectionChanged](t, uqpay.EventProtectionEnrolled, `{"card_id":"c","card_number":"************1234","enabled":true,"status":"ENROLLED","action_code":"41","update_time":null}`); !p.Enabled || p.Number.Last4() != "1234" {
		t.Errorf("%+v", p)
	}
	if f := decode[uqpay.ProtectionFeeCharged](t, uqpay.EventProtectionMaintenanceFee, `{"account_id":"a","card_count":3,"transaction_amount":1.5,"balance_amount":"2"}`); f.CardCount != 3 || f.TransactionAmount.String() != "1.5" {
		t.Errorf("%+v", f)
	}
	if f := decode[uqpay.CardFeeCharged](t, "issuing.fee.card", `{"transaction_type":"FEE","remark":"3DS Fee","billing_amount":"0.3"}`); f.TransactionType != uqpay.TransactionTypeFee {
		t.Errorf("%+v", f)
	}
	if r := decode[uqpay.ReportCreated](t, "issuing.report.succeeded", `{"expire_time":"2026-04-15 16:54:11","report_id":"r","secret_key":"opensesame"}`); r.SecretKey.Reveal() != "opensesame" || r.ExpireTime.UTC().Hour() != 8 {
		t.Errorf("%+v", r)
	}
	if tr := decode[uqpay.TransferChanged](t, "issuing.transfer.status_changed", `{"status":"succeeded","previous_status":"pending","amount":"1"}`); tr.Status.Normal() != uqpay.TransferStatusCompleted || !tr.Status.Terminal() {
		t.Errorf("%+v", tr)
	}
	if k := decode[uqpay.CardholderKYCChanged](t, "cardholder.kyc.status_changed", `{"cardholder_status":"INCOMPLETE","date_of_birth":"0001-01-01","reason":"blurred"}`); k.Status != uqpay.CardholderStatusIncomplete || !k.DateOfBirth.IsZero() {
		t.Errorf("%+v", k)
	}
}

func TestEventEnvelopes(t *testing.T) {
	t.Parallel()
	old, err := uqpay.DecodeEvent([]byte(`{"version":"V1.5.2","event_name":"card.activation.code","event_type":"ISSUING","event_id":"e","data":{"activation_code":57609685}}`))
	if err != nil || old.Type != "card.activation.code" || old.Name != "ISSUING" {
		t.Fatalf("%+v, %v", old, err)
	}
	if code, ok := old.Data.(*uqpay.ActivationCodeSent); !ok || code.Code.Reveal() != "57609685" || code.EventType != "card.activation.code" {
		t.Errorf("%+v", old.Data)
	}
	novel, err := uqpay.DecodeEvent([]byte(`{"event_type":"card.PIN.retry.exceed.soft.block","event_id":"e","data":{"x":1}}`))
	if err != nil || novel.Data != nil || novel.Raw.Reveal() != `{"x":1}` {
		t.Errorf("%+v, %v", novel, err)
	}
	for _, body := range []string{``, `[]`, `{}`, `{"data":{}}`, `"x"`, `{"event_type":`} {
		if e, err := uqpay.DecodeEvent([]byte(body)); err == nil {
			t.Errorf("%s: %+v", body, e)
		}
	}
	if len(uqpay.EventTypes()) != 38 {
		t.Errorf("%d event types", len(uqpay.EventTypes()))
	}
	for _, typ := range uqpay.EventTypes() {
		for _, data := range []string{`{}`, `null`, `""`, `[]`} {
			e, err := uqpay.DecodeEvent([]byte(`{"event_type":"` + typ + `","event_id":"id","data":` + data + `}`))
			if err != nil {
				t.Errorf("%s with %s: %v", typ, data, err)
				continue
			}
			if e.ID != "id" {
				t.Errorf("%s: the event's id is %q", typ, e.ID)
			}
		}
	}
}

func TestMerchantShapes(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]uqpay.Merchant{
		`{"name":"M","category_code":5734}`:     {Name: "M", CategoryCode: "5734"},
		`[{"name":"M","category_code":"5734"}]`: {Name: "M", CategoryCode: "5734"},
		`[]`:                                    {}, `{}`: {}, `null`: {}, `""`: {}, `"text"`: {}, `"{\"name\":\"M\"}"`: {Name: "M"},
	} {
		tx := decode[uqpay.TransactionCreated](t, "issuing.transaction.refund", `{"merchant_data":`+data+`}`)
		if tx.Merchant != want {
			t.Errorf("%s: %+v", data, tx.Merchant)
		}
	}
}

func TestMaskedNumber(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`"************5668"`: "************5668", `"40963608****8664"`: "40963608****8664", `"4096360812345678"`: "************5678",
		`"4096 3608 1234 5678"`: "***************5678", `4096360812345678`: "************5678", `""`: "", `null`: "",
	} {
		tx := decode[uqpay.TransactionCreated](t, "issuing.transaction.refund", `{"card_number":`+in+`}`)
		if string(tx.CardNumber) != want {
			t.Errorf("%s: %s", in, tx.CardNumber)
		}
		if want != "" && (tx.CardNumber.Last4() != want[len(want)-4:] || strings.Contains(string(tx.CardNumber), "1234")) {
			t.Errorf("%s: %s", in, tx.CardNumber)
		}
	}
	if uqpay.MaskedNumber("12*4").Last4() != "" || uqpay.MaskedNumber("1").Last4() != "" {
		t.Error("Last4 of no number")
	}
}

func TestAmountText(t *testing.T) {
	t.Parallel()
	for text, want := range map[uqpay.AmountText]string{
		"200USD": "200 USD", "2000.50SGD": "2000.50 SGD", "USD": " USD", "0XUSD": "0 XUSD", "": "bad", "200": "200 ", "abc": "bad", "1.2.3USD": "bad", "200 USD": "200 USD",
	} {
		a, currency, ok := text.Split()
		got := a.String() + " " + string(currency)
		if !ok {
			got = "bad"
		}
		if got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// TestNothingPrintsSecrets formats every exported type that holds a secret.
func TestNothingPrintsSecrets(t *testing.T) {
	t.Parallel()
	const secret = "Zq7-sesame-4096"
	for _, v := range []any{
		uqpay.Config{}, uqpay.Token{}, uqpay.Identity{}, uqpay.Person{}, uqpay.CreateCardholderRequest{}, uqpay.UpdateCardholderRequest{},
		uqpay.CardholderChange{}, uqpay.Cardholder{}, uqpay.CardholderFields{}, uqpay.ApplyRequest{}, uqpay.CardOrder{}, uqpay.Card{},
		uqpay.CardsRequest{}, uqpay.SecureCard{}, uqpay.PANToken{}, uqpay.AssignRequest{}, uqpay.ActivateRequest{}, uqpay.PINRequest{},
		uqpay.ManagePINRequest{}, uqpay.FileLink{}, uqpay.FileLinks{}, uqpay.FundBalanceRequest{}, uqpay.BalanceFunding{}, uqpay.Sender{},
		uqpay.DecodedEvent{}, uqpay.ActivationCodeSent{}, uqpay.HolderChallenged{}, uqpay.VerificationCodeSent{}, uqpay.ReportCreated{},
		uqpay.Page[uqpay.Card]{},
	} {
		leaktest.Check(t, []string{secret}, leaktest.Fill(t, secret, v))
	}
	const text = "eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl"
	c := stubClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
		return answerTo(r, 200, fmt.Sprintf(`{"auth_token":%q,"expired_at":%d}`, text, time.Now().Add(time.Hour).Unix())), nil
	}))
	// The second call waits for the end of the renewal that the first one began,
	// so that nothing moves in the client while it is printed.
	for range 2 {
		if token, err := c.Token(t.Context()); err != nil || token.Value.Reveal() != text {
			t.Fatalf("%v, %v", token, err)
		}
	}
	leaktest.Check(t, []string{"api-key-secret", text}, c, struct{ inner any }{c})
}

func FuzzDecodeEvent(f *testing.F) {
	f.Add([]byte(authorizationEvent))
	for _, typ := range slices.Sorted(slices.Values(uqpay.EventTypes())) {
		f.Add([]byte(`{"event_type":"` + typ + `","data":{"card_number":1,"merchant_data":[[]],"metadata":"{\"a\":1}"}}`))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := uqpay.DecodeEvent(body)
		if err == nil && !json.Valid(body) {
			t.Errorf("%+v", e)
		}
	})
}
