package uqpaytest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
)

// sent is a request as one of UQPAY's own libraries sends it.
type sent struct {
	what, method, path, body string
	header                   []string
}

// official are requests in the forms of UQPAY's libraries: Go 2.0 (G), Java 1.2 (J),
// Python 2.0 (P), Node 0.3 (N) and the command line (C), where they differ.
func official(holder, card, tx, refund string) []sent {
	const uuid = "5b6f0d0e-7d1f-4a52-9c7d-3b6a2f1e0d4c"
	path := cardsPath + "/" + card
	return []sent{
		{"Cardholders Get", "GET", holdersPath + "/" + holder, "", nil},
		{"Cardholders List", "GET", holdersPath + "?page_number=1&page_size=10&cardholder_status=SUCCESS", "", nil},
		{"Cardholders Create", "POST", holdersPath, `{"email":"carla@example.com","first_name":"Carla","last_name":"Mary-Jane","country_code":"SG","phone_number":"81234567","date_of_birth":"1990-02-03","gender":"FEMALE","nationality":"SG","residential_address":` + address + `}`, nil},
		{"Cardholders Create, J and N: delivery address", "POST", holdersPath, `{"email":"dora@example.com","first_name":"Dora","last_name":"Chen","country_code":"SG","phone_number":"81234568","delivery_address":{"line1":"1 Road","city":"Singapore","country":"SG","postal_code":"018956"}}`, nil},
		{"Cardholders Update", "POST", holdersPath + "/" + holder, `{"gender":"MALE"}`, nil},
		{"Products List", "GET", "/v1/issuing/products?page_number=1&page_size=10", "", nil},
		{"Cards Create", "POST", cardsPath, fmt.Sprintf(`{"card_currency":"USD","cardholder_id":%q,"card_product_id":%q,"card_limit":10.5,"spending_controls":[{"amount":50,"interval":"PER_TRANSACTION"}],"risk_controls":{"allow_3ds_transactions":"Y"},"metadata":{"k":"v"}}`, holder, uqpaytest.ProductSingle), nil},
		{"Cards Create, a limit as text", "POST", cardsPath, fmt.Sprintf(`{"card_currency":"USD","cardholder_id":%q,"card_product_id":%q,"spending_controls":[{"amount":"50.5","interval":"PER_TRANSACTION"}]}`, holder, uqpaytest.ProductShare), nil},
		{"Cards Create, one step", "POST", cardsPath, fmt.Sprintf(`{"card_currency":"USD","card_product_id":%q,"cardholder_required_fields":{"email":"emil@example.com","first_name":"Emil","last_name":"Chen","country_code":"SG","phone_number":"81234569"}}`, uqpaytest.ProductShare), nil},
		{"Cards Get", "GET", path, "", nil},
		{"Cards List", "GET", cardsPath + "?page_number=1&page_size=1", "", nil},
		{"Cards Update", "POST", path, `{"spending_controls":[{"amount":60,"interval":"PER_TRANSACTION"}]}`, nil},
		{"Cards GetSecure", "GET", path + "/secure", "", nil},
		{"CreatePANToken, P and N", "POST", path + "/token", "{}", nil},
		{"CreatePANToken, G and J", "POST", path + "/token", "", nil},
		{"Cards Recharge", "POST", path + "/recharge", `{"amount":10}`, nil},
		{"Cards Withdraw", "POST", path + "/withdraw", `{"amount":1.25}`, nil},
		{"ElevateLimit", "POST", path + "/elevate_limit", `{"limit_amount":100}`, nil},
		{"EnrollNetworkProtection", "POST", path + "/risk", `{"risk_control":"network_protection","action_code":"41"}`, nil},
		{"ListArts, G", "GET", cardsPath + "/arts?card_product_id=" + uqpaytest.ProductSingle, "", nil},
		{"SetDefaultArt", "POST", cardsPath + "/arts/default", fmt.Sprintf(`{"card_art_id":%q}`, uqpaytest.ArtDefault), nil},
		{"ResetPIN", "POST", cardsPath + "/pin", fmt.Sprintf(`{"card_id":%q,"pin":"493815"}`, card), nil},
		{"BulkCreate, J", "POST", cardsPath + "/bulk", `{"card_bin":"40963608","numbers":10}`, nil},
		{"Transactions Get", "GET", "/v1/issuing/transactions/" + tx, "", nil},
		{"Transactions List", "GET", "/v1/issuing/transactions?page_number=1&page_size=10&card_id=" + card + "&start_time=2026-09-01T00:00:00Z&end_time=2026-10-01T00:00:00Z", "", nil},
		{"ClaimUnsolicitedRefund", "POST", "/v1/issuing/transactions/unsolicited_refund/release", fmt.Sprintf(`{"related_transaction_id":%q}`, refund), nil},
		{"Balances Retrieve", "POST", "/v1/issuing/balances", `{"currency":"USD"}`, nil},
		{"Balances List", "GET", "/v1/issuing/balances?page_number=1&page_size=10", "", nil},
		{"Balances ListTransactions", "GET", "/v1/issuing/balances/transactions?page_number=1&page_size=10", "", nil},
		{"Transfers Create", "POST", "/v1/issuing/transfers", fmt.Sprintf(`{"source_account_id":%q,"destination_account_id":%q,"currency":"USD","amount":1.5,"remark":"r"}`, uqpaytest.MasterAccount, uqpaytest.SubAccount), nil},
		{"Transfers Create, J: amount as text", "POST", "/v1/issuing/transfers", fmt.Sprintf(`{"source_account_id":%q,"destination_account_id":%q,"currency":"USD","amount":"1.5"}`, uqpaytest.MasterAccount, uqpaytest.SubAccount), nil},
		{"Reports Create", "POST", "/v1/issuing/reports", `{"report_type":"SETTLEMENT","start_time":"2026-09-01T00:00:00+08:00","end_time":"2026-09-02T00:00:00+08:00"}`, nil},
		{"MerchantBrands List", "GET", "/v1/issuing/merchant_brands?display_name=Example&page_number=1&page_size=10", "", nil},
		{"Simulator Authorize", "POST", purchasePath, purchaseOf(card), nil},
		{"Simulator Authorize, category as number", "POST", purchasePath, strings.Replace(purchaseOf(card), `"5734"`, "5734", 1), nil},
		{"Simulator Authorize, N: status", "POST", purchasePath, strings.Replace(purchaseOf(card), "{", `{"transaction_status":"APPROVED",`, 1), nil},
		{"Simulator Reverse", "POST", "/v1/simulation/issuing/reversal", fmt.Sprintf(`{"transaction_id":%q}`, tx), nil},
		{"Simulator deposit, all four: no account", "POST", "/v1/simulation/deposit", `{"amount":100,"currency":"USD","sender_swift_code":"WELGBE22","sender_country":"BE","sender_name":"N","sender_account_number":"1","receiver_account_number":"2"}`, nil},
		{"Simulator deposit, newer contract", "POST", "/v1/simulation/deposit", fmt.Sprintf(`{"account_id":%q,"amount":100,"currency":"USD","sender_swift_code":"WELGBE22"}`, uqpaytest.SubAccount), nil},
		{"Files Links", "POST", "/v1/files/download_links", `{"file_ids":["` + uuid + `"]}`, nil},
		{"Accounts List, without client id", "GET", "/v1/accounts?page_number=1&page_size=10", "", []string{"x-client-id", ""}},
		{"Accounts Get, C: client id with every call", "GET", "/v1/accounts/" + uqpaytest.SubAccount + "?business_code=ISSUING", "", nil},
		{"a read with a key, P", "GET", path, "", []string{"x-idempotency-key", uuid}},
		{"RemoveNetworkProtection", "DELETE", path + "/risk", `{"risk_control":"network_protection"}`, nil},
		{"Cards UpdateStatus", "POST", path + "/status", `{"card_status":"FROZEN","update_reason":"why"}`, nil},
	}
}

// What UQPAY's own libraries send is taken, in each of their forms.
func TestOfficialRequests(t *testing.T) {
	t.Parallel()
	r := newRaw(t, uqpaytest.Config{Limits: &uqpaytest.Limits{}})
	card := r.card()
	buy := func() string {
		return field(t, r.expect(200, "APPROVED", "POST", purchasePath, purchaseOf(card)), "transaction_id")
	}
	settled := buy()
	if err := r.s.Settle(settled, issuing.NewAmount(4, 0)); err != nil {
		t.Fatal(err)
	}
	if err := r.s.Refund(settled, issuing.NewAmount(4, 0)); err != nil {
		t.Fatal(err)
	}
	var listed struct {
		Data []struct {
			ID     string `json:"transaction_id"`
			Holder string `json:"cardholder_id"`
		} `json:"data"`
	}
	if err := json.Unmarshal([]byte(r.expect(200, "REFUND", "GET", "/v1/issuing/transactions", "")), &listed); err != nil {
		t.Fatal(err)
	}
	requests := official(listed.Data[0].Holder, card, buy(), listed.Data[0].ID)
	for _, req := range requests {
		if status, answer := r.do(req.method, req.path, req.body, req.header...); status != 200 {
			t.Errorf("%s: %d %s", req.what, status, answer)
		}
		r.s.Clock().Advance(2 * time.Second) // what was ordered ends before the next one
	}
	for _, body := range []string{"", "{}"} { // G and J, C
		r.expect(200, "auth_token", "POST", "/v1/connect/token", body, "x-auth-token", "", "x-api-key", r.s.APIKey().Reveal(), "x-idempotency-key", "")
	}
	if err := r.s.Check(); err != nil {
		t.Error(err)
	}
	t.Logf("%d requests", len(requests)+4)
}

// A plastic card's way through the libraries, whose requests need what came before: the
// number, the code of the callback, the PIN that is set.
func TestOfficialCardAndReport(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	code := ""
	merchant := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
		var e struct {
			Data struct {
				Code string `json:"activation_code"`
			} `json:"data"`
		}
		mu.Lock()
		defer mu.Unlock()
		if json.NewDecoder(req.Body).Decode(&e) == nil && e.Data.Code != "" {
			code = e.Data.Code
		}
	}))
	defer merchant.Close()
	r := newRaw(t, uqpaytest.Config{Limits: &uqpaytest.Limits{}, WebhookURL: merchant.URL})
	const pinPath, oldPinPath, reports = cardsPath + "/pin", cardsPath + "/manage/pin", "/v1/issuing/reports"
	virtual := r.card()
	holder := field(t, r.expect(200, "cardholder_id", "POST", holdersPath, freshHolder), "cardholder_id")
	var cards []string
	for i, pan := range r.s.Inventory()[:2] {
		body := fmt.Sprintf(`{"cardholder_id":%q,"card_number":%q,"card_currency":"USD","card_mode":"SINGLE"}`, holder, pan.Reveal())
		cards = append(cards, field(t, r.expect(200, `"card_status":"PENDING"`, "POST", cardsPath+"/assign", body), "card_id"))
		r.s.Clock().Advance(time.Second)
		mu.Lock()
		activate := fmt.Sprintf(`{"card_id":%q,"activation_code":%q,"pin":"493815"`, cards[i], code)
		mu.Unlock()
		activate += []string{`}`, `,"no_pin_payment_amount":200}`}[i]
		r.expect(200, `{"request_status":"SUCCESS"}`, "POST", cardsPath+"/activate", activate)
		r.expect(200, `"ACTIVE"`, "GET", cardsPath+"/"+cards[i], "")
		// Under another key neither is done again, and the PIN stays.
		r.expect(400, "not in the inventory", "POST", cardsPath+"/assign", body)
		r.expect(400, "not waiting for its activation", "POST", cardsPath+"/activate", strings.Replace(activate, "493815", "493816", 1))
	}
	for _, req := range []sent{
		{"ResetPIN, G 2, J and P", "POST", pinPath, fmt.Sprintf(`{"card_id":%q,"pin":"271828"}`, cards[0]), nil},
		{"SetPIN, 3.x", "POST", pinPath, fmt.Sprintf(`{"card_id":%q,"type":"RESET","pin":"271829"}`, cards[0]), nil},
		{"SetPIN, 3.x: change", "POST", pinPath, fmt.Sprintf(`{"card_id":%q,"type":"UPDATE","pin":"314159","old_pin":"271829"}`, cards[0]), nil},
		{"ManagePIN, G, J and P", "POST", oldPinPath, fmt.Sprintf(`{"card_id":%q,"type":"SET","pin":"1397"}`, virtual), nil},
		{"ManagePIN, G, J and P: change", "POST", oldPinPath, fmt.Sprintf(`{"card_id":%q,"type":"RESET","pin":"1398","old_pin":"1397"}`, virtual), nil},
	} {
		answer := r.expect(200, "card_order_id", req.method, req.path, req.body)
		r.s.Clock().Advance(2 * time.Second)
		order := r.expect(200, "PIN_MANAGEMENT", "GET", cardsPath+"/"+field(t, answer, "card_order_id")+"/order", "")
		if got := field(t, order, "order_status"); got != "SUCCESS" {
			t.Errorf("%s: %s", req.what, order)
		}
	}
	if !r.s.CheckPIN(cards[0], issuing.NewSecret("314159")) || !r.s.CheckPIN(cards[1], issuing.NewSecret("493815")) ||
		!r.s.CheckPIN(virtual, issuing.NewSecret("1398")) {
		t.Error("a PIN is another one")
	}
	const span = `"start_time":"2026-09-17T00:00:00+08:00","end_time":"2026-09-18T00:00:00+08:00"`
	for _, typ := range []string{"SETTLEMENT", "LEDGER"} {
		id := field(t, r.expect(200, "report_id", "POST", reports, `{"report_type":"`+typ+`",`+span+`}`), "report_id")
		r.s.Clock().Advance(2 * time.Second)
		r.expect(200, "transaction_id,transaction_type,currency", "GET", reports+"/"+id, "", "Accept", "application/octet-stream")
	}
	if err := r.s.Check(); err != nil {
		t.Error(err)
	}
}

// The notes of an upload are taken from the query, where the page has them, and from
// the form, where one library puts them.
func TestUploadNotes(t *testing.T) {
	t.Parallel()
	r := newRaw(t, uqpaytest.Config{})
	for name, where := range map[string][2]string{"query": {"?notes=my+notes", ""}, "form": {"", "my notes"}} {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		part, err := form.CreateFormFile("file", "a.pdf")
		if err == nil {
			_, err = part.Write([]byte("x"))
		}
		if err == nil && where[1] != "" {
			err = form.WriteField("notes", where[1])
		}
		if err == nil {
			err = form.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		answer := r.expect(200, `"notes":"my notes"`, "POST", "/v1/files/upload"+where[0], body.String(), "Content-Type", form.FormDataContentType())
		if field(t, answer, "file_id") == "" {
			t.Errorf("%s: %s", name, answer)
		}
	}
}
