package kazepaytest_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
	"github.com/issuing-sdk/issuing-go/sign"
)

// topUp has the active card of a world hold an amount.
func topUp(t *testing.T, server *kazepaytest.Server, id, amount string) {
	t.Helper()
	if code, _ := call(t, server, "cardRecharge", `{"cardID":"`+id+`","currency":"USD","amount":`+amount+`}`); code != "SUCCESS" {
		t.Fatal(code)
	}
	server.Clock().Advance(time.Second)
}

func TestFundAndBalance(t *testing.T) {
	t.Parallel()
	server, replace := world(t)
	id := replace.Replace("<A>")
	if err := server.Fund(issuing.CurrencyUSD, issuing.NewAmount(50, 0)); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"another currency": server.Fund(issuing.CurrencyEUR, issuing.NewAmount(1, 0)),
		"nothing":          server.Fund(issuing.CurrencyUSD, issuing.Amount("")),
		"less than none":   server.Fund(issuing.CurrencyUSD, issuing.NewAmount(-1, 0)),
	} {
		if err == nil {
			t.Errorf("%s was paid in", name)
		}
	}
	topUp(t, server, id, "30")
	if got := server.Reserve(issuing.CurrencyUSD).String(); got != "1000020.00" {
		t.Errorf("the reserve holds %s", got)
	}
	if got := server.Reserve(issuing.CurrencyEUR); got.Sign() != 0 {
		t.Errorf("the reserve holds %s EUR", got)
	}
	if got := server.Balance(id).String(); got != "30.00" {
		t.Errorf("the card holds %s", got)
	}
	if got := server.Balance("nobody's"); !got.IsZero() {
		t.Errorf("no card holds %s", got)
	}
}

// A failure waits for its operation, which accepts the request first.
func TestFailNext(t *testing.T) {
	t.Parallel()
	server, replace := world(t)
	id := replace.Replace("<A>")
	for _, op := range []string{"Cards.Deposit", "Cards.Deposit", "Virtual.Apply", "Webhooks.URL"} {
		if err := server.FailNext(op, "no luck"); err != nil {
			t.Fatal(err)
		}
	}
	if err := server.Check(); err == nil || !strings.Contains(err.Error(), "2 of Cards.Deposit") {
		t.Errorf("failures that never happened: %v", err)
	}
	for range 3 {
		topUp(t, server, id, "10")
	}
	var statuses []kazepay.TransactionStatus
	for _, d := range server.Deposits() {
		statuses = append(statuses, d.Status)
	}
	if len(statuses) != 3 || statuses[0] != "FAILED" || statuses[1] != "FAILED" || statuses[2] != "SUCCESS" {
		t.Errorf("%v", statuses)
	}
	if got := server.Balance(id).String(); got != "10.00" {
		t.Errorf("the card holds %s", got)
	}
	_, answer := call(t, server, "createCard", application)
	server.Clock().Advance(time.Second)
	if card, _ := server.Card(answer["cardID"].(string)); card.Status != kazepay.CardStatusAuditNotPass {
		t.Errorf("the application is %s", card.Status)
	}
	if _, answer := call(t, server, "getWebhookUrl", `{}`); answer["encrypt"] != "FAILED" {
		t.Errorf("%v", answer)
	}
	if err := server.Check(); err != nil {
		t.Error(err)
	}
}

func TestRefund(t *testing.T) {
	t.Parallel()
	server, replace := world(t)
	id, shop := replace.Replace("<A>"), issuingtest.Merchant{Name: "SHOP"}
	refund, err := server.Refund(id, issuing.NewAmount(7_00, 2), shop)
	if err != nil || server.Balance(id).String() != "7.00" {
		t.Fatalf("the card holds %s, %v", server.Balance(id), err)
	}
	_, answer := call(t, server, "queryTransactions", `{"cardID":"`+id+`","transactionId":"`+refund+`"}`)
	rows, _ := answer[""].(string)
	for _, part := range []string{`"transType":"refund"`, `"transStatus":"posted"`, `"cardCurrencyAmt":7.00,`, `"merchantName":"SHOP"`} {
		if !strings.Contains(rows, part) {
			t.Errorf("%s is missing in %s", part, rows)
		}
	}
	for name, refunded := range map[string]func() (string, error){
		"no card": func() (string, error) { return server.Refund("x", issuing.NewAmount(1, 0), shop) },
		"nothing": func() (string, error) { return server.Refund(id, issuing.NewAmount(0, 2), shop) },
	} {
		if got, err := refunded(); err == nil {
			t.Errorf("%s was refunded: %s", name, got)
		}
	}
	// What comes back to a card that is closed is the merchant's.
	call(t, server, "closeCard", `{"cardID":"`+id+`"}`)
	server.Clock().Advance(time.Second)
	if _, err := server.Refund(id, issuing.NewAmount(5_00, 2), shop); err != nil {
		t.Fatal(err)
	}
	if got := server.Reserve(issuing.CurrencyUSD).String(); got != "1000012.00" || server.Check() != nil {
		t.Errorf("the merchant holds %s, %v", got, server.Check())
	}
}

// A purchase is answered when it is declined, and is an error when it cannot be one.
func TestPurchaseAnswers(t *testing.T) {
	t.Parallel()
	server, replace := world(t)
	id, shop := replace.Replace("<A>"), issuingtest.Merchant{Name: "SHOP"}
	topUp(t, server, id, "10")
	for name, c := range map[string]struct {
		card   string
		price  kazepaytest.Price
		reason string
		fails  bool
	}{
		"too much":            {card: id, price: kazepaytest.Price{Amount: issuing.NewAmount(11, 0)}, reason: "insufficient balance"},
		"too much with a fee": {card: id, price: kazepaytest.Price{Amount: issuing.NewAmount(10, 0), Fee: issuing.NewAmount(1, 2)}, reason: "insufficient balance"},
		"not active":          {card: replace.Replace("<P>"), price: kazepaytest.Price{Amount: issuing.NewAmount(1, 0)}, reason: "card abnormal"},
		"no card":             {card: "x", price: kazepaytest.Price{Amount: issuing.NewAmount(1, 0)}, fails: true},
		"no amount":           {card: id, fails: true},
		"less than none":      {card: id, price: kazepaytest.Price{Amount: issuing.NewAmount(-1, 0)}, fails: true},
		"a fee to the card":   {card: id, price: kazepaytest.Price{Amount: issuing.NewAmount(1, 0), Fee: issuing.NewAmount(-1, 0)}, fails: true},
		"a shop that pays":    {card: id, price: kazepaytest.Price{Amount: issuing.NewAmount(1, 0), ShopAmount: issuing.NewAmount(-1, 0)}, fails: true},
	} {
		auth, err := server.PurchaseAt(c.card, c.price, shop)
		if (err != nil) != c.fails || auth.Approved || auth.Reason != c.reason || (auth.ID == "") != c.fails {
			t.Errorf("%s: %+v, %v", name, auth, err)
		}
	}
	if got := server.Balance(id).String(); got != "10.00" {
		t.Errorf("the card holds %s", got)
	}
}

// An event without a Callback around it has no name, and its fields have to tell.
func TestSignCallbackWithoutAName(t *testing.T) {
	t.Parallel()
	server := start(t, kazepaytest.Config{})
	cfg := server.ClientConfig()
	src, err := kazepay.NewCallbacks(kazepay.CallbackConfig{
		PlatformKeys: []sign.PublicKey{cfg.PlatformKey}, PrivateKey: cfg.PrivateKey,
	})
	if err != nil {
		t.Fatal(err)
	}
	content := struct {
		CardID string `json:"cardID"`
		Status string `json:"status"`
		Note   string `json:"note"`
	}{"7", "ACTIVE", "a & b"}
	r := server.SignCallback(content)
	var body json.RawMessage
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil || r.Header.Get("Content-Type") == "" {
		t.Fatalf("%v, %v", r.Header, err)
	}
	event, err := src.Parse(r.Header, body)
	if err != nil {
		t.Fatal(err)
	}
	changed, ok := event.Data.(*kazepay.CardStateChanged)
	if !ok || changed.CardID != "7" || changed.Status != kazepay.CardStatusActive || !strings.Contains(event.Raw.Reveal(), "a & b") {
		t.Errorf("%+v", event)
	}
}

// A review that was rejected can be decided again after the user submits again.
func TestKYCVerdicts(t *testing.T) {
	t.Parallel()
	server := start(t, kazepaytest.Config{})
	call(t, server, "setUserKyc", `{`+identity+`}`)
	if err := server.RejectKYC("a@b.c", "blurred", issuingtest.KYCRetryForbidden); err == nil {
		t.Error("a refusal for good, which KazePay does not know")
	}
	if err := server.RejectKYC("a@b.c", "blurred", issuingtest.KYCRetryAllowed); err != nil {
		t.Fatal(err)
	}
	if err := server.ApproveKYC("a@b.c"); err == nil {
		t.Error("a review was decided twice")
	}
	call(t, server, "setUserKyc", `{`+identity+`}`)
	if err := server.ApproveKYC("a@b.c"); err != nil {
		t.Error(err)
	}
}
