package uqpaytest_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
)

// raw speaks the protocol without the client.
type raw struct {
	t     *testing.T
	s     *uqpaytest.Server
	token string
	keys  int
}

func newRaw(t *testing.T, cfg uqpaytest.Config) *raw {
	t.Helper()
	cfg.Clock = issuingtest.NewClock(time.Date(2026, 9, 17, 10, 0, 30, 0, time.UTC))
	s, err := uqpaytest.NewServer(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	r := &raw{t: t, s: s}
	r.mint()
	return r
}

func (r *raw) mint() {
	r.t.Helper()
	_, body := r.do("POST", "/v1/connect/token", "", "x-auth-token", "", "x-client-id", r.s.ClientID(), "x-api-key", r.s.APIKey().Reveal())
	var out struct {
		Token   string `json:"auth_token"`
		Expires int64  `json:"expired_at"`
	}
	if err := json.Unmarshal([]byte(body), &out); err != nil || out.Expires != r.s.Clock().Now().Unix()+1800 {
		r.t.Fatalf("%s, %v", body, err)
	}
	r.token = out.Token
}

// do sends a request with a token and a fresh key, unless pairs of headers say
// otherwise; an empty value leaves a header out.
func (r *raw) do(method, path, body string, header ...string) (int, string) {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), method, r.s.URL()+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	r.keys++
	req.Header.Set("x-auth-token", "Bearer "+r.token)
	req.Header.Set("x-idempotency-key", fmt.Sprint("key-", r.keys))
	req.Header.Set("x-client-id", r.s.ClientID())
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Del(header[i])
		if header[i+1] != "" {
			req.Header.Set(header[i], header[i+1])
		}
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// expect fails unless the answer has the status and contains the text.
func (r *raw) expect(status int, text, method, path, body string, header ...string) string {
	r.t.Helper()
	got, answer := r.do(method, path, body, header...)
	if got != status || !strings.Contains(answer, text) {
		r.t.Errorf("%s %s %.80s: %d %.300s, want %d with %s", method, path, body, got, answer, status, text)
	}
	return answer
}

const holderBody = `{"first_name":"Alex","last_name":"Chen","email":"alex@example.com","country_code":"SG","phone_number":"91234567"}`

func TestTokens(t *testing.T) {
	t.Parallel()
	r := newRaw(t, uqpaytest.Config{})
	const path = "/v1/issuing/cardholders"
	r.expect(200, `"data":[]`, "GET", path, "")
	r.expect(401, "invalid auth token format", "GET", path, "", "x-auth-token", r.token)
	r.expect(401, "unauthorized_error", "GET", path, "", "x-auth-token", "")
	r.expect(400, "Invalid client id", "POST", "/v1/connect/token", "{}", "x-client-id", "other", "x-api-key", "x")
	r.expect(401, "unauthorized_error", "POST", "/v1/connect/token", "", "x-client-id", r.s.ClientID(), "x-api-key", "x")
	r.expect(400, "x-on-behalf-of", "POST", "/v1/connect/token", "", "x-client-id", r.s.ClientID(), "x-api-key", r.s.APIKey().Reveal(), "x-on-behalf-of", uqpaytest.SubAccount)
	old := r.token
	r.mint()
	r.expect(401, "token has expired", "GET", path, "", "x-auth-token", "Bearer "+old)
	r.s.Clock().Advance(30 * time.Minute)
	r.expect(401, "token has expired", "GET", path, "")
	if r.s.Mints() != 2 {
		t.Errorf("%d mints", r.s.Mints())
	}
}

func TestIdempotency(t *testing.T) {
	t.Parallel()
	r := newRaw(t, uqpaytest.Config{})
	const path = "/v1/issuing/cardholders"
	r.expect(400, "invalid_request_error", "POST", path, holderBody, "x-idempotency-key", "")
	r.expect(400, "idempotency_error", "POST", path, holderBody, "x-idempotency-key", strings.Repeat("k", 65))
	first := r.expect(200, "SUCCESS", "POST", path, holderBody, "x-idempotency-key", "mine")
	if again := r.expect(200, "SUCCESS", "POST", path, holderBody, "x-idempotency-key", "mine"); again != first {
		t.Errorf("a repeat: %s, first %s", again, first)
	}
	r.expect(400, "idempotency_error", "POST", path, strings.Replace(holderBody, "Alex", "Bert", 1), "x-idempotency-key", "mine")
	r.expect(400, "email_duplicated", "POST", path, holderBody, "x-idempotency-key", "failed")
	r.expect(400, "email_duplicated", "POST", path, holderBody, "x-idempotency-key", "failed")
	r.s.Clock().Advance(25 * time.Hour)
	r.mint()
	r.expect(400, "email_duplicated", "POST", path, holderBody, "x-idempotency-key", "mine")
	r.s.KeepInFlight(1)
	body := strings.NewReplacer("alex@", "bert@", "91234567", "91234568").Replace(holderBody)
	r.expect(200, "SUCCESS", "POST", path, body, "x-idempotency-key", "slow")
	r.expect(400, `{"code":200,"message":"Request is processing`, "POST", path, body, "x-idempotency-key", "slow")
	r.expect(200, "SUCCESS", "POST", path, body, "x-idempotency-key", "slow")
}

func TestRateLimits(t *testing.T) {
	t.Parallel()
	r := newRaw(t, uqpaytest.Config{Limits: &uqpaytest.Limits{Token: 2, Authenticated: 3, Unauthenticated: 1}})
	const path = "/v1/issuing/products"
	for range 3 {
		r.expect(200, "data", "GET", path, "")
	}
	if answer := r.expect(429, `"code":"too_many_requests"`, "GET", path, ""); strings.Contains(answer, `"type"`) {
		t.Error(answer)
	}
	r.expect(401, "", "GET", path, "", "x-auth-token", "")
	r.expect(429, "", "GET", path, "", "x-auth-token", "")
	r.mint()
	r.expect(429, "too_many", "POST", "/v1/connect/token", "")
	r.s.Clock().Advance(30 * time.Second)
	r.expect(200, "data", "GET", path, "")
}

// TestRefusals: the platform asks for what the documents ask for.
func TestRefusals(t *testing.T) {
	t.Parallel()
	r := newRaw(t, uqpaytest.Config{})
	holder := field(t, r.expect(200, "SUCCESS", "POST", "/v1/issuing/cardholders", holderBody), "cardholder_id")
	card := field(t, r.expect(200, "PENDING", "POST", "/v1/issuing/cards", fmt.Sprintf(`{"card_currency":"USD","card_product_id":%q,"cardholder_id":%q,"card_limit":10}`, uqpaytest.ProductSingle, holder)), "card_id")
	r.s.Clock().Advance(time.Second)
	path := "/v1/issuing/cards/" + card
	with := func(more string) string {
		return strings.NewReplacer("alex@", "carl@", "91234567", "91234560", "}", ","+more+"}").Replace(holderBody)
	}
	const proof = `"kyc_verification":{"method":"THIRD_PARTY","kyc_proof":{"provider":"SUMSUB","reference_id":"reference-1"}}`
	r.expect(200, "SUCCESS", "POST", "/v1/issuing/cardholders", strings.NewReplacer("alex@", "dora@", "91234567", "91234561", "}", ","+proof+"}").Replace(holderBody))
	for _, c := range []struct {
		want, method, path, body string
		header                   []string
	}{
		{"email: is required", "POST", "/v1/issuing/cardholders", `{"first_name":"A","last_name":"B","country_code":"SG","phone_number":"91234569"}`, nil},
		{"invalid_phone_number", "POST", "/v1/issuing/cardholders", strings.Replace(holderBody, "91234567", "+6591234567", 1), nil},
		{"invalid_phone_number", "POST", "/v1/issuing/cardholders", strings.NewReplacer("alex@", "b@", "91234567", "1234567").Replace(holderBody), nil},
		{"country_code: must be a country", "POST", "/v1/issuing/cardholders", strings.Replace(holderBody, "SG", "sg", 1), nil},
		{"nationality: must be a country", "POST", "/v1/issuing/cardholders", with(`"nationality":"SGP"`), nil},
		{"residential_address.country: must be", "POST", "/v1/issuing/cardholders", with(`"residential_address":{"country":"1","city":"C","line1":"L"}`), nil},
		{"delivery_address.postal_code: is required", "POST", "/v1/issuing/cardholders", with(`"delivery_address":{"country":"SG","city":"C","line1":"L"}`), nil},
		{"identity.front_file: must be base64", "POST", "/v1/issuing/cardholders", with(`"identity":{"type":"PASSPORT","number":"E1","front_file":"%"}`), nil},
		{"identity.back_file: is required", "POST", "/v1/issuing/cardholders", with(`"identity":{"type":"ID_CARD","number":"E1","front_file":"aW1n"}`), nil},
		{"document: is too large", "POST", "/v1/issuing/cardholders", with(`"document_type":"pdf","document":"` + strings.Repeat("AAAA", 2<<20/3+1) + `"`), nil},
		{"reference_id: is not unique", "POST", "/v1/issuing/cardholders", with(proof), nil},
		{"first_name, last_name: cannot be changed", "POST", "/v1/issuing/cardholders/" + holder, `{"first_name":"B"}`, nil},
		{"cardholder not found", "GET", "/v1/issuing/cardholders/no", "", nil},
		{"card_not_found", "GET", "/v1/issuing/cards/no", "", nil},
		{"kyc_insufficient", "POST", "/v1/issuing/cards", fmt.Sprintf(`{"card_currency":"USD","card_product_id":%q,"cardholder_id":%q}`, uqpaytest.ProductEnhanced, holder), nil},
		{"kyc_insufficient", "POST", "/v1/issuing/cards", fmt.Sprintf(`{"card_currency":"USD","card_product_id":%q,"cardholder_required_fields":%s}`,
			uqpaytest.ProductEnhanced, with(`"nationality":"SG"`)), nil},
		{"insufficient balance", "POST", "/v1/issuing/cards", fmt.Sprintf(`{"card_currency":"USD","card_product_id":%q,"cardholder_id":%q,"card_limit":1000000}`, uqpaytest.ProductSingle, holder), nil},
		{"card_currency", "POST", "/v1/issuing/cards", fmt.Sprintf(`{"card_currency":"EUR","card_product_id":%q,"cardholder_id":%q}`, uqpaytest.ProductSingle, holder), nil},
		{"amount: must be a number", "POST", path + "/recharge", `{"amount":"10"}`, nil},
		{"amount: must be greater than 0", "POST", path + "/recharge", `{"amount":0}`, nil},
		{"amount: must have at most 2", "POST", path + "/recharge", `{"amount":1.001}`, nil},
		{"body: must be an object", "POST", path + "/recharge", `[1]`, nil},
		{"amount: is given twice", "POST", path + "/recharge", `{"amount":1,"amount":2}`, nil},
		{"body: must be an object", "POST", path + "/recharge", `{"amount":1} {}`, nil},
		{"risk_controls.enable_3ds: is given twice", "POST", path, `{"risk_controls":{"enable_3ds":"Y","enable_3ds":"N"}}`, nil},
		{"spending_controls.amount: must be a number", "POST", path, `{"spending_controls":[{"amount":"ten","interval":"PER_TRANSACTION"}]}`, nil},
		{"spending_controls.amount: must be a number", "POST", path, `{"spending_controls":[{"amount":"\"","interval":"PER_TRANSACTION"}]}`, nil},
		{"spending_controls: must be an object", "POST", path, `{"spending_controls":[1]}`, nil},
		{"insufficient balance", "POST", path + "/withdraw", `{"amount":10.01}`, nil},
		{"card_limit: can be changed", "POST", path, `{"card_limit":5}`, nil},
		{"card_status: must be one of", "POST", path + "/status", `{"card_status":"BLOCKED"}`, nil},
		{"does not allow", "POST", path + "/status", `{"card_status":"ACTIVE"}`, nil},
		{"limit_amount: is above", "POST", path + "/elevate_limit", `{"limit_amount":80001}`, nil},
		{"reason: is not accepted", "POST", path + "/elevate_limit", `{"limit_amount":1,"reason":"x"}`, nil},
		{"action_code", "POST", path + "/risk", `{"risk_control":"network_protection","action_code":"99"}`, nil},
		{"does not allow", "DELETE", path + "/risk", `{"risk_control":"network_protection"}`, nil},
		{"card number is not in the inventory", "POST", "/v1/issuing/cards/assign", fmt.Sprintf(`{"cardholder_id":%q,"card_number":"4937241000000012","card_currency":"USD","card_mode":"SINGLE"}`, holder), nil},
		{"Card does not exists", "POST", "/v1/simulation/issuing/authorization", `{"card_id":"no","transaction_amount":1,"transaction_currency":"USD","merchant_name":"M","merchant_category_code":"5734"}`, nil},
		{"merchant_category_code", "POST", "/v1/simulation/issuing/authorization", fmt.Sprintf(`{"card_id":%q,"transaction_amount":1,"transaction_currency":"USD","merchant_name":"M","merchant_category_code":"6011"}`, card), nil},
		{"file_ids: is required", "POST", "/v1/files/download_links", `{"file_ids":[]}`, nil},
		{"file: is required", "POST", "/v1/files/upload", `{}`, nil},
		{"page_size", "GET", "/v1/issuing/cards?page_size=101&page_number=1", "", nil},
		{"90 days", "GET", "/v1/issuing/transactions?start_time=2026-01-01T00:00:00Z&end_time=2026-05-01T00:00:00Z", "", nil},
		{"at least one", "GET", "/v1/issuing/merchant_brands", "", nil},
		{"is not an account id", "GET", "/v1/issuing/cards", "", []string{"x-on-behalf-of", "me"}},
		{"sub_account_not_found", "GET", "/v1/issuing/cards", "", []string{"x-on-behalf-of", uqpaytest.BankingAccount}},
	} {
		r.expect(400, c.want, c.method, c.path, c.body, c.header...)
	}
	r.expect(404, "not_found", "GET", "/v1/issuing/novel", "")
	r.expect(200, "PENDING", "POST", path+"/status", `{"card_status":"FROZEN"}`)
	r.s.Clock().Advance(time.Second)
	r.expect(400, "while it is active only", "POST", path, fmt.Sprintf(`{"card_art_id":%q}`, uqpaytest.ArtBlue))
	r.expect(400, "enable_3ds can be changed", "POST", path, `{"risk_controls":{"enable_3ds":"N"}}`)
	for _, page := range []string{"9223372036854775807", "4611686018427387905"} {
		r.expect(200, `"data":[]`, "GET", "/v1/issuing/cards?page_size=4&page_number="+page, "")
	}
	r.expect(200, uqpaytest.SubAccount, "GET", "/v1/accounts", "", "x-on-behalf-of", "me") // which is not asked there
	// A connected account sees nothing of the master's.
	r.expect(400, "card_not_found", "GET", path, "", "x-on-behalf-of", uqpaytest.SubAccount)
	r.expect(200, `"card_limit":10.00`, "GET", path, "")
	r.expect(200, `"card_limit":"10.00"`, "GET", "/v1/issuing/cards", "")
	if err := r.s.Check(); err != nil {
		t.Error(err)
	}
}

// TestTokenClaims: a token is a JWT. One of UQPAY's own libraries fails on
// anything else.
func TestTokenClaims(t *testing.T) {
	t.Parallel()
	r := newRaw(t, uqpaytest.Config{})
	parts := strings.Split(r.token, ".")
	if len(parts) != 3 {
		t.Fatalf("the token has %d parts", len(parts))
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	var claims struct {
		Entity  string `json:"entity_id"`
		Client  string `json:"client_id"`
		Issuer  string `json:"iss"`
		Expires int64  `json:"exp"`
	}
	if err := json.Unmarshal(text, &claims); err != nil || claims.Entity != uqpaytest.MasterAccount ||
		claims.Client != r.s.ClientID() || claims.Issuer != "uqpay" || claims.Expires != r.s.Clock().Now().Unix()+1800 {
		t.Errorf("%s, %v", text, err)
	}
}

// TestEventAmounts: money in events is text without trailing zeros.
func TestEventAmounts(t *testing.T) {
	t.Parallel()
	bodies := make(chan string, 10)
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies <- string(body)
	}))
	t.Cleanup(hook.Close)
	r := newRaw(t, uqpaytest.Config{WebhookURL: hook.URL})
	holder := field(t, r.expect(200, "SUCCESS", "POST", "/v1/issuing/cardholders", holderBody), "cardholder_id")
	card := field(t, r.expect(200, "PENDING", "POST", "/v1/issuing/cards", fmt.Sprintf(`{"card_currency":"USD","card_product_id":%q,"cardholder_id":%q,"card_limit":10}`, uqpaytest.ProductSingle, holder)), "card_id")
	r.s.Clock().Advance(time.Second)
	r.expect(200, "PENDING", "POST", "/v1/issuing/cards/"+card+"/recharge", `{"amount":5}`)
	r.s.Clock().Advance(time.Second)
	for {
		select {
		case body := <-bodies:
			if !strings.Contains(body, "card.recharge.succeeded") {
				continue
			}
			if !strings.Contains(body, `"amount":"5"`) || !strings.Contains(body, `"card_available_balance":"15"`) {
				t.Error(body)
			}
			return
		case <-time.After(10 * time.Second):
			t.Fatal("no event")
		}
	}
}

func field(t *testing.T, body, name string) string {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal([]byte(body), &out); err != nil {
		t.Fatal(err)
	}
	text, _ := out[name].(string)
	return text
}
