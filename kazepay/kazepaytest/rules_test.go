package kazepaytest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
)

const (
	userA    = `"email":"a@b.c","mobileNumber":"1","mobilePrefix":"60"`
	identity = userA + `,"mobilePrefixCountry":"MY","firstName":"Trump","lastName":"Donald","dateOfBirth":"1958-04-25",` +
		`"addressLine":"Nashville TN 37011","city":"Paris","countryCode":"FR","postCode":"223456","state":"dizhi",` +
		`"identificationType":"PASSPORT","identificationNumber":"A563F186","identificationExpiryDate":"2099-12-31"`
	inline = `,"frontImgBase64":"data:image/jpeg;base64,/9j/","handheldImgBase64":"data:image/png;base64,iVBO"`
)

// call sends a payload and returns the answer's code and payload.
func call(t testing.TB, server *kazepaytest.Server, apiCode, payload string) (code string, answer map[string]any) {
	t.Helper()
	head, text := request(server, apiCode, payload).send(t, server)
	if text != "" {
		if err := json.Unmarshal([]byte(text), &answer); err != nil {
			answer = map[string]any{"": text}
		}
	}
	return head["code"], answer
}

// world is a platform with a card of every state: A active, V being reviewed, P
// physical and assigned.
func world(t *testing.T) (server *kazepaytest.Server, replace *strings.Replacer) {
	t.Helper()
	server = start(t, kazepaytest.Config{})
	id := func(apiCode, payload string) string {
		_, answer := call(t, server, apiCode, payload)
		id, _ := answer["cardID"].(string)
		if id == "" {
			t.Fatalf("%s: %v", apiCode, answer)
		}
		return id
	}
	active := id("createCard", `{`+userA+`,"cardBin":"222929"}`)
	server.Clock().Advance(time.Second)
	review := id("createCard", `{`+userA+`,"cardBin":"222929"}`)
	physical := id("ucardAssign", `{"email":"a@b.c","cardNumber":"4937240800070604","autoActive":false}`)
	return server, strings.NewReplacer("<A>", active, "<V>", review, "<P>", physical)
}

// What the pages refuse by its form is in TestViolations; these depend on the state.
func TestRefusals(t *testing.T) {
	t.Parallel()
	const missing, state = "FAKE_NOT_FOUND", "FAKE_STATE_ERROR"
	server, replace := world(t)
	for _, c := range []struct{ apiCode, payload, want string }{
		{"createCardQuery", `{"cardID":"0"}`, missing},
		{"getCardId", `{"cardNo":"123456123456"}`, missing},
		{"cardRecharge", `{"cardID":"<V>","currency":"USD","amount":5}`, state},
		{"cardRecharge", `{"cardID":"<P>","currency":"USD","amount":5}`, state},
		{"cardRecharge", `{"cardID":"<A>","currency":"USD","amount":1000000.01}`, "FAKE_BALANCE_ERROR"},
		{"updCardStatus", `{"cardID":"<V>","status":"ACTIVE"}`, state},
		{"closeCard", `{"cardID":"<V>"}`, state},
		{"cardSetPin", `{"cardID":"<P>","pin":"123456"}`, state},
		{"ucardAssign", `{"email":"a@b.c","cardNumber":"4937240800070604","autoActive":true}`, state},
		{"ucardAssign", `{"email":"a@b.c","cardNumber":"4937240800070605","autoActive":true}`, missing},
		{"ucardAssign", `{"email":"z@b.c","cardNumber":"4937240800070604","autoActive":true}`, missing},
		{"ucardActive", `{"cardID":"<P>","activationCode":"12345678"}`, state},
		{"ucardActive", `{"cardID":"<A>","activationCode":"12345678"}`, state},
		{"queryUcardKycStatus", `{"email":"z@b.c"}`, missing},
		{"setUcardKyc", `{` + identity + `,"frontImgFileId":"f","handheldImgFileId":"f"}`, missing},
	} {
		if code, answer := call(t, server, c.apiCode, replace.Replace(c.payload)); code != c.want {
			t.Errorf("%s %s: %s %v, want %s", c.apiCode, c.payload, code, answer, c.want)
		}
	}
	if err := server.Check(); err != nil {
		t.Error(err)
	}
	if server.Reserve(issuing.CurrencyUSD).String() != "1000000.00" {
		t.Errorf("the merchant holds %s", server.Reserve(issuing.CurrencyUSD))
	}
}

// No page says what a repeat of an assignment or activation does: here it is refused, with
// the same data and with other.
func TestAssignedAndActivatedOnce(t *testing.T) {
	t.Parallel()
	server, _ := world(t)
	assign := `{"email":"a@b.c","cardNumber":"` + server.PrintCard().Reveal() + `","autoActive":%s}`
	if code, answer := call(t, server, "setUcardKyc", `{`+identity+inline+`}`); code != "SUCCESS" {
		t.Fatalf("%s %v", code, answer)
	}
	if err := server.ApproveKYC("a@b.c"); err != nil {
		t.Fatal(err)
	}
	_, made := call(t, server, "ucardAssign", fmt.Sprintf(assign, "false"))
	id, _ := made["cardID"].(string)
	activate := fmt.Sprintf(`{"cardID":%q,"activationCode":%q}`, id, server.ActivationCode(id).Reveal())
	if code, answer := call(t, server, "ucardActive", activate); code != "SUCCESS" {
		t.Fatalf("%s %v", code, answer)
	}
	server.Clock().Advance(time.Second)
	for _, again := range []struct{ apiCode, payload string }{
		{"ucardAssign", fmt.Sprintf(assign, "false")}, {"ucardAssign", fmt.Sprintf(assign, "true")}, {"ucardActive", activate},
		{"ucardActive", fmt.Sprintf(`{"cardID":%q,"activationCode":"00000000"}`, id)},
	} {
		if code, answer := call(t, server, again.apiCode, again.payload); code != "FAKE_STATE_ERROR" {
			t.Errorf("%s again: %s %v", again.apiCode, code, answer)
		}
	}
}

// The BINs that are open and the length of a step are settings.
func TestBINsAndDelay(t *testing.T) {
	t.Parallel()
	server := start(t, kazepaytest.Config{BINs: []string{"111111", "222222"}, Delay: 10 * time.Second})
	if code, _ := call(t, server, "createCard", `{`+userA+`,"cardBin":"222929"}`); code == "SUCCESS" {
		t.Error("a BIN that is not open has a card")
	}
	_, made := call(t, server, "createCard", `{`+userA+`,"cardBin":"222222"}`)
	id, _ := made["cardID"].(string)
	for _, step := range []struct {
		wait time.Duration
		want string
	}{{9 * time.Second, "AUDITING"}, {time.Second, "ACTIVE"}} {
		server.Clock().Advance(step.wait)
		if code, answer := call(t, server, "createCardQuery", `{"cardID":"`+id+`"}`); answer["status"] != step.want {
			t.Errorf("after %v more: %s %v", step.wait, code, answer)
		}
	}
}

func TestMoneyThatDoesNotArrive(t *testing.T) {
	t.Parallel()
	server, replace := world(t)
	id := replace.Replace("<A>")
	recharge := func() {
		if code, _ := call(t, server, "cardRecharge", replace.Replace(`{"cardID":"<A>","currency":"USD","amount":5000.00}`)); code != "SUCCESS" {
			t.Fatal(code)
		}
	}
	want := func(status kazepay.TransactionStatus, balance string) {
		t.Helper()
		server.Clock().Advance(time.Second)
		deposits := server.Deposits()
		if got := deposits[len(deposits)-1].Status; got != status || server.Reserve(issuing.CurrencyUSD).String() != balance {
			t.Errorf("%s, the merchant holds %s; want %s and %s", got, server.Reserve(issuing.CurrencyUSD), status, balance)
		}
		if err := server.Check(); err != nil {
			t.Error(err)
		}
	}
	if err := server.FailNext("Cards.Deposit", ""); err != nil {
		t.Fatal(err)
	}
	recharge()
	want(kazepay.TransactionStatusFailed, "1000000.00")
	recharge()
	want(kazepay.TransactionStatusSuccess, "995000.00")

	// Held money of a card that closes goes back to the merchant when it is
	// released, and a top-up under way fails.
	auth, err := server.Purchase(id, issuing.NewAmount(1000, 0), issuingtest.Merchant{})
	if err != nil || !auth.Approved {
		t.Fatal(auth, err)
	}
	recharge()
	if code, answer := call(t, server, "closeCard", `{"cardID":"`+id+`"}`); code != "SUCCESS" || answer["refundAmt"] != "4000.00" {
		t.Errorf("%s %v", code, answer)
	}
	want(kazepay.TransactionStatusFailed, "999000.00")
	if err := server.Reverse(id, auth.ID); err != nil {
		t.Fatal(err)
	}
	if server.Reserve(issuing.CurrencyUSD).String() != "1000000.00" || server.Check() != nil {
		t.Errorf("the merchant holds %s, %v", server.Reserve(issuing.CurrencyUSD), server.Check())
	}
}

func TestSpending(t *testing.T) {
	t.Parallel()
	server, replace := world(t)
	id := replace.Replace("<A>")
	call(t, server, "cardRecharge", `{"cardID":"`+id+`","currency":"USD","amount":100}`)
	server.Clock().Advance(time.Second)
	buy := func(amount, fee int64) (string, bool) {
		price := kazepaytest.Price{Amount: issuing.NewAmount(amount, 0), Fee: issuing.NewAmount(fee, 0)}
		auth, err := server.PurchaseAt(id, price, issuingtest.Merchant{})
		if err != nil {
			t.Fatal(err)
		}
		return auth.ID, auth.Approved
	}
	first, approved := buy(60, 1)
	if _, second := buy(40, 0); !approved || second {
		t.Error("the balance was spent twice")
	}
	if err := server.Settle(id, first); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"settled twice": server.Settle(id, first), "reversed after settling": server.Reverse(id, first),
		"no transaction": server.Settle(id, "x"), "no card": server.Reverse("x", first),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := server.Purchase("x", issuing.NewAmount(1, 0), issuingtest.Merchant{}); err == nil {
		t.Error("a card that is not there can spend")
	}
	_, answer := call(t, server, "queryTransactions", `{"cardID":"`+id+`"}`)
	rows, _ := answer[""].(string)
	for _, part := range []string{`"transStatus":"posted"`, `"transStatus":"DECLINED"`, `"respCode":"200002"`, `"cardCurrencyAmt":-60,`, `"fee":-1,`} {
		if !strings.Contains(rows, part) {
			t.Errorf("%s is missing in %s", part, rows)
		}
	}
	state, _ := server.Card(id)
	if state.Available.String() != "39.00" || server.Check() != nil {
		t.Errorf("%s, %v", state.Available, server.Check())
	}
	if len(server.Cards()) != 3 {
		t.Errorf("%v", server.Cards())
	}
}

func TestAutoKYC(t *testing.T) {
	t.Parallel()
	server := start(t, kazepaytest.Config{AutoKYC: kazepay.KYCStatusPassed})
	call(t, server, "setUserKyc", `{`+identity+`}`)
	if err := server.ApproveKYC("z@b.c"); err == nil {
		t.Error("a review of nobody was decided")
	}
	if err := server.RejectKYC("a@b.c", "", issuingtest.KYCRetryForbidden); err == nil {
		t.Error("a refusal for good, which KazePay does not know")
	}
	server.Clock().Advance(time.Second)
	if _, answer := call(t, server, "queryUcardKycStatus", `{"email":"a@b.c"}`); answer["status"] != "PASSED" {
		t.Errorf("%v", answer)
	}
}

// TestWhatAcknowledges has merchants that answer callbacks in all forms.
func TestWhatAcknowledges(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]bool{
		"": true, "SUCCESS": true, "success\n": true, `{"code":"SUCCESS"}`: true, `{ "code" : "SUCCESS" }`: true,
		"OK": false, `{"code":"FAILED"}`: false, `{"text":"no \"code\":\"SUCCESS\""}`: false,
		`{"head":{"code":"SUCCESS"},"body":{}}`:                                         false,
		`{"head":{"code":"SUCCESS","sign":"00","keyEnc":"00"},"body":{"encrypt":"00"}}`: false,
	} {
		merchant := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(answer)) }))
		server := start(t, kazepaytest.Config{WebhookURL: merchant.URL})
		call(t, server, "createCard", `{`+userA+`,"cardBin":"222929"}`)
		server.Clock().Advance(time.Second)
		merchant.Close()
		d := server.Deliveries()
		if len(d) != 1 || d[0].Accepted != want {
			t.Errorf("%s: %v", answer, d)
		}
	}
}
