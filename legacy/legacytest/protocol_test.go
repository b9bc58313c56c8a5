package legacytest_test

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sort"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
)

// raw is a client written from the pages, with nothing of the SDK.
type raw struct {
	url, key, secret string
}

// body signs parameters by the words of the signing page.
func (c raw) body(params map[string]any, unsigned ...string) map[string]any {
	out := map[string]any{"appKey": c.key, "nonce": "1038343423", "timestamp": "1775016000000"}
	for name, value := range params {
		out[name] = value
	}
	pairs := []string{"appSecret=" + c.secret}
	for name, value := range out {
		text := fmt.Sprint(value)
		if literal, ok := value.(json.RawMessage); ok {
			text = string(literal)
		}
		if value == nil {
			text = "" // nothing to sign
		}
		if text != "" && !strings.Contains(" "+strings.Join(unsigned, " ")+" ", " "+name+" ") {
			pairs = append(pairs, name+"="+text)
		}
	}
	sort.Slice(pairs, func(i, j int) bool {
		a, _, _ := strings.Cut(pairs[i], "=")
		b, _, _ := strings.Cut(pairs[j], "=")
		return a < b
	})
	sum := md5.Sum([]byte(strings.Join(pairs, "&")))
	out["sign"] = hex.EncodeToString(sum[:])
	return out
}

// answerOf is an answer as the pages show it.
type answerOf struct {
	Status  int             `json:"status"`
	Code    *int            `json:"code"`
	Msg     string          `json:"msg"`
	Success bool            `json:"success"`
	Data    json.RawMessage `json:"data"`
}

func (c raw) post(t testing.TB, path string, body any) (int, answerOf) {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return c.send(t, http.MethodPost, path, "application/json", text)
}

func (c raw) send(t testing.TB, method, path, contentType string, text []byte) (int, answerOf) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, c.url+path, bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var out answerOf
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatalf("%s: %s", path, data)
	}
	return resp.StatusCode, out
}

func rawClient(server *legacytest.Server) raw {
	return raw{server.URL(), server.AppKey(), server.AppSecretText().Reveal()}
}

func TestRequestsWithoutTheSDK(t *testing.T) {
	t.Parallel()
	server, _ := setup(t, legacytest.Config{})
	c := rawClient(server)
	card := server.IssueCard(legacytest.ProductVirtualL).Reveal()
	order := map[string]any{"merOrderNo": "d-1", "cardNumber": card, "amount": "20.129", "notifyUrl": ""}
	if status, a := c.post(t, "/api/card/top/up", c.body(order)); status != 200 || a.Status != 200 || !a.Success || !strings.Contains(string(a.Data), `"settleAmount":"20.12"`) {
		t.Errorf("top-up: %d %+v %s", status, a, a.Data)
	}
	server.Clock().Advance(time.Minute)
	if got := server.Balance(issuing.NewSecret(card)); got.String() != "20.12" {
		t.Errorf("the card holds %s: amounts are truncated", got)
	}
	for name, tc := range map[string]struct {
		path   string
		params map[string]any
		want   int
	}{
		"duplicate":              {"/api/card/top/up", order, 5101},
		"no card":                {"/api/card/top/up", map[string]any{"merOrderNo": "d-2", "cardNumber": "1", "amount": "20"}, 5001},
		"no order number":        {"/api/card/top/up", map[string]any{"cardNumber": card, "amount": "20"}, 5001},
		"below the minimum":      {"/api/card/top/up", map[string]any{"merOrderNo": "d-3", "cardNumber": card, "amount": "19.99"}, 5001},
		"an amount as a number":  {"/api/card/top/up", map[string]any{"merOrderNo": "d-4", "cardNumber": card, "amount": 20}, 5001},
		"over the reserve":       {"/api/card/top/up", map[string]any{"merOrderNo": "d-5", "cardNumber": card, "amount": "1000001"}, 5102},
		"query of nothing":       {"/api/card/top/up/query", map[string]any{"merOrderNo": "d-5"}, 5201},
		"query without a number": {"/api/card/top/up/query", nil, 5001},
		"orderNo wins":           {"/api/card/top/up/query", map[string]any{"orderNo": "1", "merOrderNo": "d-1"}, 5201},
		"limits as strings":      {"/op/card/E/set/daily/limit", map[string]any{"cardNumber": server.IssueCard(legacytest.ProductMasterE).Reveal(), "dailyPurchaseLimit": "1", "dailyAtmLimit": 1}, 5001},
		"a PIN in clear":         {"/op/card/H/change/pin/secure", map[string]any{"cardNumber": server.IssueCard(legacytest.ProductVisaH).Reveal(), "pin": "123456"}, 5001},
		"another product's card": {"/op/card/P/info/v2", map[string]any{"cardNumber": card}, 5001},
		"more than three months": {"/op/card/L/transaction", map[string]any{"cardNumber": card, "pageToken": "1", "pageSize": "10", "creationTimeFrom": "2026-01-01", "creationTimeTo": "2026-04-02"}, 5001},
		"L without a page":       {"/op/card/L/transaction", map[string]any{"cardNumber": card, "pageToken": "", "pageSize": "10", "creationTimeFrom": "2026-01-01", "creationTimeTo": "2026-04-01"}, 5001},
		"banks without country":  {"/api/v1/legacy/tf/v4/banks", nil, 5001},
		"an unknown channel":     {"/api/v1/legacy/tf/v4/type/countries", map[string]any{"type": "pigeon"}, 5001},
		"names of the other edition": {"/api/card/kyc/apply/virtual/L", map[string]any{
			"merOrderNo": "l-1", "cardType": "MASTER", "businessScene": "e-commerce", "cardArea": "United States"}, 5001},
		"a first recharge of 9": {"/api/card/kyc/apply/virtual/L/en", map[string]any{
			"merOrderNo": "l-1", "cardType": "MASTER", "businessScene": "e-commerce", "cardArea": "United States", "firstRecharge": "9"}, 5001},
		"no first recharge": {"/api/card/kyc/apply/virtual/L/en", map[string]any{
			"merOrderNo": "l-2", "cardType": "MASTER", "businessScene": "e-commerce", "cardArea": "United States"}, 200},
	} {
		if status, a := c.post(t, tc.path, c.body(tc.params)); status != 200 || a.Status != tc.want || a.Success != (tc.want == 200) {
			t.Errorf("%s: %d %+v, want %d", name, status, a, tc.want)
		}
	}
}

func TestRefusedAuthentication(t *testing.T) {
	t.Parallel()
	server, _ := setup(t, legacytest.Config{})
	c := rawClient(server)
	params := map[string]any{"merOrderNo": "d-1"}
	change := func(f func(map[string]any)) map[string]any {
		body := c.body(params)
		f(body)
		return body
	}
	wrong := c
	wrong.secret = strings.Repeat("0", 32)
	other := c
	other.key = "other"
	for name, body := range map[string]map[string]any{
		"a changed value":   change(func(b map[string]any) { b["merOrderNo"] = "d-2" }),
		"an unsigned field": change(func(b map[string]any) { b["orderNo"] = "1" }),
		"no sign":           change(func(b map[string]any) { delete(b, "sign") }),
		"no nonce":          change(func(b map[string]any) { delete(b, "nonce") }),
		"no timestamp":      change(func(b map[string]any) { delete(b, "timestamp") }),
		"no appKey":         change(func(b map[string]any) { delete(b, "appKey") }),
		"seconds":           c.body(map[string]any{"timestamp": "1775016000"}),
		"another secret":    wrong.body(params),
		"another key":       other.body(params),
		"the secret inside": c.body(map[string]any{"appSecret": c.secret}),
		"nothing":           {},
	} {
		path := "/api/card/top/up/query"
		if status, a := c.post(t, path, body); status != http.StatusUnauthorized || a.Status != 401 || a.Success {
			t.Errorf("%s: %d %+v", name, status, a)
		}
	}
	if status, a := c.send(t, http.MethodPost, "/op/card/P/bin", "text/plain", []byte("{}")); a.Status != 5001 {
		t.Errorf("text/plain: %d %+v", status, a)
	}
	if status, a := c.send(t, http.MethodPost, "/op/card/P/bin", "application/json", []byte("[]")); a.Status != 5001 {
		t.Errorf("an array: %d %+v", status, a)
	}
	if status, _ := c.send(t, http.MethodGet, "/op/card/P/bin", "application/json", nil); status != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d", status)
	}
	for _, path := range []string{"/op/card/E/change/pin", "/op/card/H/change/pin", "/elsewhere"} {
		if status, _ := c.post(t, path, c.body(nil)); status != http.StatusNotFound {
			t.Errorf("%s: %d", path, status)
		}
	}
}

func TestDocumentRules(t *testing.T) {
	t.Parallel()
	server, _ := setup(t, legacytest.Config{})
	c := rawClient(server)
	card := server.IssueCard(legacytest.ProductVirtualP).Reveal()
	image := func(n int) string { return base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{0xff}, n)) }
	for name, tc := range map[string]struct {
		params   map[string]any
		unsigned []string
		want     int
	}{
		"accepted":          {map[string]any{"cardNumber": card, "idType": "PASSPORT", "faceImage": image(1 << 20)}, []string{"faceImage", "backImage"}, 200},
		"a signed image":    {map[string]any{"cardNumber": card, "idType": "PASSPORT", "faceImage": image(10)}, nil, 401},
		"over 1 MB":         {map[string]any{"cardNumber": card, "idType": "PASSPORT", "faceImage": image(1<<20 + 1)}, []string{"faceImage"}, 5001},
		"not Base64":        {map[string]any{"cardNumber": card, "idType": "PASSPORT", "faceImage": "%%%"}, []string{"faceImage"}, 5001},
		"another kind":      {map[string]any{"cardNumber": card, "idType": "ID", "faceImage": image(10)}, []string{"faceImage"}, 5001},
		"no such card":      {map[string]any{"cardNumber": "1", "idType": "DLN", "faceImage": image(10)}, []string{"faceImage"}, 5010},
		"a stranger's card": {map[string]any{"cardNumber": server.IssueForeignCard().Reveal(), "idType": "DLN", "faceImage": image(10)}, []string{"faceImage"}, 5011},
		"a body over 4 MB":  {map[string]any{"cardNumber": card, "idType": "DLN", "faceImage": image(4 << 20)}, []string{"faceImage"}, 5001},
	} {
		if _, a := c.post(t, "/op/card/P/document", c.body(tc.params, tc.unsigned...)); a.Status != tc.want {
			t.Errorf("%s: %+v, want %d", name, a, tc.want)
		}
	}
}

func TestTransferRules(t *testing.T) {
	t.Parallel()
	server, client := setup(t, legacytest.Config{NewEnvelope: true})
	c := rawClient(server)
	base := map[string]any{
		"sourceCurrency": "USD", "sendAmount": "100.01", "country": "IDN", "business": "C2C", "type": "ewallet", "currency": "IDR",
		"targetAddressLine": "1 Jalan", "targetAddressCity": "Jakarta", "targetNameFirst": "A", "targetNameLast": "B", "targetNationality": "IDN",
		"sourceCountry": "HKG", "sourceAddressLine": "1 Road", "sourceAddressCity": "HK", "sourceAddressCountry": "HKG",
		"sourceReferenceNumber": "u", "sourceNameFirst": "C", "sourceNameLast": "D", "sourceNationality": "HKG", "sourceDateOfBirth": "1990-01-01",
		"remittancePurpose": "001-01", "sourceOfFunds": "01", "relationship": "01",
		"ewalletId": "081", "targetAddressCityCode": "0102", "sourceMobileNumber": "+85291234567", "targetMobileNumber": "+6281329623212",
		"sourceIdNumber": "A1", "sourceIdType": "national", "sourceIdIssueCountry": "HKG",
	}
	n := 0
	for name, change := range map[string]map[string]any{
		"accepted":         {},
		"no recipient":     {"targetNameFirst": ""},
		"no sender":        {"sourceDateOfBirth": ""},
		"at home":          {"sourceCountry": "IDN"},
		"full pay":         {"chargeCode": "FP"},
		"three decimals":   {"sendAmount": "1.001"},
		"B2B by ewallet":   {"business": "B2B"},
		"a long note":      {"unformattedNote": strings.Repeat("x", 65)},
		"no quote":         {"currency": "AUD"},
		"id without kind":  {"sourceIdType": ""},
		"both accounts":    {"accountNumber": "1", "iban": "2"},
		"CNY from HKD":     {"sourceCurrency": "HKD", "country": "CHN", "type": "bank_account", "currency": "CNY"},
		"over the reserve": {"sendAmount": "999999"},
	} {
		n++
		params := map[string]any{"merOrderNo": fmt.Sprint("t-", n)}
		for k, v := range base {
			params[k] = v
		}
		for k, v := range change {
			params[k] = v
		}
		want := map[string]int{"accepted": 0, "over the reserve": 5102}
		code, ok := want[name]
		if !ok {
			code = 5001
		}
		if _, a := c.post(t, pathCreate, c.body(params)); a.Code == nil || *a.Code != code {
			t.Errorf("%s: %+v, want %d", name, a, code)
		}
	}
	server.Clock().Advance(time.Minute)
	transfers := server.Transfers()
	// 100.01 + 100.01 × 0.021 + 8 is 110.11021, rounded up.
	if len(transfers) != 1 || transfers[0].SourceAmount.String() != "110.1103" || transfers[0].TargetAmount.String() != "1600160.00" {
		t.Errorf("transfers %+v", transfers)
	}
	order, err := client.Transfers.TransferByOrderNo(t.Context(), transfers[0].OrderNo)
	if err != nil || order.SourceAmount.String() != "110.1103" {
		t.Errorf("%+v, %v", order, err)
	}
}

func TestMoneyStaysWhole(t *testing.T) {
	t.Parallel()
	server, client := setup(t, legacytest.Config{Reserve: issuing.NewAmount(1000, 0)})
	card := server.IssueCard(legacytest.ProductVisaH)
	if _, err := server.Purchase(card, issuing.NewAmount(5, 0), issuingtest.Merchant{Name: "shop"}); err != nil {
		t.Fatal(err)
	}
	if _, err := server.Purchase(issuing.NewSecret("1"), issuing.NewAmount(5, 0), issuingtest.Merchant{Name: "shop"}); err == nil {
		t.Error("a card that does not exist bought something")
	}
	if err := server.Settle(card, "1"); err == nil {
		t.Error("a purchase that does not exist was settled")
	}
	req := wireTransfer("t-1")
	req.SendAmount = issuing.NewAmount(900, 0)
	if _, err := client.Transfers.Create(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	if err := server.Check(); err != nil {
		t.Errorf("while it is processed: %v", err)
	}
	failNext(t, server, "Transfers.Create", "no")
	server.Clock().Advance(time.Minute)
	if got := server.Reserve(issuing.CurrencyUSD); got.Cmp(issuing.NewAmount(1000, 0)) != 0 {
		t.Errorf("the reserve holds %s", got)
	}
}
