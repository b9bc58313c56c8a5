package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// uqClient speaks UQPAY's protocol as its documents have it, without this
// module's client.
type uqClient struct {
	t     *testing.T
	ready map[string]string
	auth  string
	keys  int
}

func newUQClient(t *testing.T, ready map[string]string) *uqClient {
	c := &uqClient{t: t, ready: ready}
	status, token := c.send(http.MethodPost, "/v1/connect/token", "", map[string]string{"x-client-id": ready["client_id"], "x-api-key": ready["api_key"]})
	if status != 200 || token["auth_token"] == nil {
		t.Fatalf("token: %d %v", status, token)
	}
	c.auth = fmt.Sprint(token["auth_token"])
	return c
}

func (c *uqClient) send(method, path, body string, header map[string]string) (int, map[string]any) {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.ready["base_url"]+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Content-Type", "application/json")
	if c.auth != "" {
		req.Header.Set("x-auth-token", "Bearer "+c.auth)
		if method != http.MethodGet {
			c.keys++
			req.Header.Set("x-idempotency-key", fmt.Sprintf("3f0c1d2e-0000-4000-8000-%012d", c.keys))
		}
	}
	for name, value := range header {
		req.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var out map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	return resp.StatusCode, out
}

// must is send with the expected status 200.
func (c *uqClient) must(method, path, body string) map[string]any {
	c.t.Helper()
	status, out := c.send(method, path, body, nil)
	if status != 200 {
		c.t.Fatalf("%s %s: %d %v", method, path, status, out)
	}
	return out
}

const guideCardholder = `{
    "first_name": "Alex",
    "last_name": "Chen",
    "email": "alex.chen@example.com",
    "country_code": "SG",
    "phone_number": "91234567"
  }`

func TestUQPAYLine(t *testing.T) {
	t.Parallel()
	ready := serve(t, "-provider", "uqpay")
	for _, name := range []string{"provider", "base_url", "client_id", "api_key", "webhook_secret", "card_numbers"} {
		if ready[name] == "" {
			t.Errorf("the line lacks %s", name)
		}
	}
	if len(ready) != 7 || !strings.HasSuffix(ready["base_url"], "/api") {
		t.Errorf("%v", ready)
	}
}

// TestUQPAYCardLife takes a cardholder and a card through the sandbox with a
// client written from the documents, and checks the callbacks' signatures.
func TestUQPAYCardLife(t *testing.T) {
	t.Parallel()
	events := make(chan string, 20)
	secret := make(chan string, 1)
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		key := <-secret
		secret <- key
		mac := hmac.New(sha512.New, []byte(key))
		mac.Write(body)
		mac.Write([]byte(r.Header.Get("x-wk-timestamp")))
		var event struct {
			Type string `json:"event_type"`
		}
		if hex.EncodeToString(mac.Sum(nil)) != r.Header.Get("x-wk-signature") || json.Unmarshal(body, &event) != nil {
			t.Errorf("a callback does not verify")
		}
		events <- event.Type
		w.WriteHeader(http.StatusOK)
	}))
	t.Cleanup(endpoint.Close)
	ready := serve(t, "-provider", "uqpay", "-webhook", endpoint.URL)
	secret <- ready["webhook_secret"]
	c := newUQClient(t, ready)

	holder := c.must("POST", "/v1/issuing/cardholders", guideCardholder)
	products := c.must("GET", "/v1/issuing/products?page_size=10&page_number=1", "")
	product := products["data"].([]any)[0].(map[string]any)["product_id"]
	card := c.must("POST", "/v1/issuing/cards", fmt.Sprintf(
		`{"card_currency":"USD","card_product_id":%q,"cardholder_id":%q,"card_limit":50.00}`, product, holder["cardholder_id"]))
	if card["card_status"] != "PENDING" || card["order_status"] != "PENDING" {
		t.Errorf("%v", card)
	}
	wait(t, events, "card.create.succeeded")
	path := fmt.Sprint("/v1/issuing/cards/", card["card_id"])
	if secure := c.must("GET", path+"/secure", ""); len(fmt.Sprint(secure["card_number"])) != 16 || len(fmt.Sprint(secure["cvv"])) != 3 {
		t.Error("secure data of another form")
	}
	c.must("POST", path+"/recharge", `{"amount":10.5}`)
	wait(t, events, "card.recharge.succeeded")
	if detail := c.must("GET", path, ""); detail["available_balance"] != "60.50" || detail["card_status"] != "ACTIVE" || detail["card_limit"] != 50.0 {
		t.Errorf("%v", detail)
	}
	c.must("POST", "/v1/simulation/issuing/authorization", fmt.Sprintf(
		`{"card_id":%q,"transaction_amount":20,"transaction_currency":"USD","merchant_name":"Shop","merchant_category_code":5734}`, card["card_id"]))
	wait(t, events, "issuing.transaction.authorization")
	list := c.must("GET", "/v1/issuing/transactions?page_size=10&page_number=1", "")
	if list["total_items"] != 1.0 {
		t.Errorf("%v", list)
	}
	if status, refusal := c.send("POST", path+"/recharge", `{"amount":"10"}`, nil); status != 400 || refusal["type"] != "invalid_request_error" {
		t.Errorf("an amount in quotes: %d %v", status, refusal)
	}
	if status, refusal := c.send("POST", path+"/recharge", `{"amount":10}`, map[string]string{"x-idempotency-key": ""}); status != 400 {
		t.Errorf("without a key: %d %v", status, refusal)
	}
}

func wait(t *testing.T, events chan string, want string) {
	t.Helper()
	for {
		select {
		case got := <-events:
			if got == want {
				return
			}
		case <-time.After(30 * time.Second):
			t.Fatalf("no %s", want)
		}
	}
}

// TestUQPAYGuideInCurl runs the guide on cardholders with the commands that it
// prints, against the sandbox.
func TestUQPAYGuideInCurl(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("curl")
	if err != nil {
		t.Skip("no curl")
	}
	ready := serve(t, "-provider", "uqpay")
	c := newUQClient(t, ready)
	curl := func(token string, args ...string) map[string]any {
		t.Helper()
		args = append([]string{"-sS", "-H", "x-auth-token: " + token}, args...)
		var out bytes.Buffer
		cmd := exec.CommandContext(t.Context(), program, args...)
		cmd.Stdout = &out
		if err := cmd.Run(); err != nil {
			t.Fatal(err)
		}
		var answer map[string]any
		if err := json.Unmarshal(out.Bytes(), &answer); err != nil {
			t.Fatalf("%v in %s", err, out.String())
		}
		return answer
	}
	base := ready["base_url"] + "/v1/issuing/cardholders"
	create := []string{"-X", "POST", base, "-H", "x-idempotency-key: 3f0c1d2e-0000-4000-8000-000000000001",
		"-H", "Content-Type: application/json", "-d", guideCardholder}

	// The guide abbreviates the token; without the prefix it is refused.
	if bare := curl(c.auth, create...); bare["type"] != "unauthorized_error" || bare["message"] != "invalid auth token format" {
		t.Errorf("a bare token: %v", bare)
	}
	token := "Bearer " + c.auth
	created := curl(token, create...)
	if created["cardholder_status"] != "SUCCESS" || len(created) != 2 {
		t.Fatalf("create: %v", created)
	}
	if again := curl(token, create...); again["cardholder_id"] != created["cardholder_id"] {
		t.Errorf("the same key again: %v", again)
	}
	one := base + "/" + fmt.Sprint(created["cardholder_id"])
	if got := curl(token, one); got["email"] != "alex.chen@example.com" || got["number_of_cards"] != 0.0 {
		t.Errorf("retrieve: %v", got)
	}
	if got := curl(token, base+"?page_number=1&page_size=10", "-H", "Content-Type: application/json"); got["total_items"] != 1.0 || got["total_pages"] != 1.0 {
		t.Errorf("list: %v", got)
	}
	updated := curl(token, "-X", "POST", one, "-H", "x-idempotency-key: 3f0c1d2e-0000-4000-8000-000000000002",
		"-H", "Content-Type: application/json", "-d", `{"country_code": "SG","phone_number": "98765432"}`)
	if updated["cardholder_status"] != "SUCCESS" {
		t.Errorf("update: %v", updated)
	}
	if got := curl(token, one); got["phone_number"] != "98765432" {
		t.Errorf("after the update: %v", got)
	}
}
