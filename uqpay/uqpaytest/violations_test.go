package uqpaytest_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/issuing-sdk/issuing-go/internal/conform"
	"github.com/issuing-sdk/issuing-go/internal/coverage"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
)

// violation is one request that the documents refuse, and the answer as they give it.
type violation struct {
	name, method, path, body string
	header                   []string
	status                   int
	code                     string // of the body; a number as its text
	says                     string // in the message: the page's words, or the field and what is wrong
}

// invalidField is the answer to a field that fails validation, whose message names it.
func invalidField(name, method, path, body, says string) violation {
	return violation{name, method, path, body, nil, 400, "invalid_request_error", says}
}

const (
	holdersPath = "/v1/issuing/cardholders"
	cardsPath   = "/v1/issuing/cards"
	unknownID   = "00000000-0000-4000-8000-00000000dead"
	freshHolder = `{"first_name":"Bert","last_name":"Chen","email":"bert@example.com","country_code":"SG","phone_number":"91230000"}`
	address     = `{"country":"SG","city":"Singapore","line1":"1 Road"}`
	identity    = `{"type":"PASSPORT","number":"E1","front_file":"aW1n"}`
)

func holderViolations(t *testing.T, holder string) []violation {
	t.Helper()
	long := func(n int) string { return `"` + strings.Repeat("x", n) + `"` }
	var out []violation
	for i, v := range []struct{ member, value, says string }{
		{"email", ``, "email: is required"},
		{"email", `7`, "email: must be a string"},
		{"email", `"bert"`, "email: is not"},
		{"first_name", `" "`, "first_name: is required"},
		{"first_name", `"Bert "`, "first_name: has a character"},
		{"first_name", `"B3rt"`, "first_name: has a character"},
		{"last_name", long(41), "last_name: is too long"},
		{"country_code", `"sg"`, "country_code: must be"},
		{"country_code", `"SGP"`, "country_code: must be"},
		{"date_of_birth", `"1990-02-30"`, "date_of_birth: must be"},
		{"date_of_birth", `"01.02.1990"`, "date_of_birth: must be"},
		{"date_of_birth", `"2020-01-01"`, "date_of_birth: the age"},
		{"date_of_birth", `"1900-01-01"`, "date_of_birth: the age"},
		{"gender", `"female"`, "gender: must be one of"},
		{"nationality", `"S1"`, "nationality: must be"},
		{"residential_address", `"1 Road"`, "residential_address: must be an object"},
		{"residential_address", conform.Set(t, address, "city", long(129)), "residential_address.city: is too long"},
		{"residential_address", conform.Set(t, address, "line1", long(256)), "residential_address.line1: is too long"},
		{"residential_address", conform.Set(t, address, "postal_code", long(17)), "residential_address.postal_code: is too long"},
		{"residential_address", conform.Set(t, address, "city", ``), "residential_address.city: is required"},
		{"delivery_address", address, "delivery_address.postal_code: is required"},
		{"identity", conform.Set(t, identity, "type", `"VISA"`), "identity.type: must be one of"},
		{"identity", conform.Set(t, identity, "type", `"ID_CARD"`), "identity.back_file: is required"},
		{"identity", conform.Set(t, identity, "front_file", `"a%b"`), "identity.front_file: must be base64"},
		{"kyc_verification", `{"method":"OTHER"}`, "kyc_verification.method: must be one of"},
		{"kyc_verification", `{"method":"THIRD_PARTY"}`, "kyc_verification.kyc_proof: is required"},
		{"kyc_verification", `{"method":"THIRD_PARTY","kyc_proof":{"provider":"ME","reference_id":"0123456789"}}`, "kyc_proof.provider: must be one of"},
		{"kyc_verification", `{"method":"THIRD_PARTY","kyc_proof":{"provider":"DIDIT","reference_id":"012345678"}}`, "reference_id: must have 10 to 64"},
		{"kyc_verification", `{"method":"THIRD_PARTY","kyc_proof":{"provider":"DIDIT","reference_id":` + long(65) + `}}`, "reference_id: is too long"},
		{"document_type", `"pdf"`, "document: is required"},
		{"document", `"aW1n"`, "document_type: is required"},
		{"date_of_birth", `"1990/02/01"`, "date_of_birth: must be"},
		{"residential_address", `{"country":"SG","country":"MY","city":"Singapore","line1":"1 Road"}`, "residential_address.country: is given twice"},
	} {
		out = append(out, invalidField(fmt.Sprint("cardholder ", i, ", ", v.member), "POST", holdersPath,
			conform.Set(t, freshHolder, v.member, v.value), v.says))
	}
	return append(out,
		violation{"phone with a plus", "POST", holdersPath, conform.Set(t, freshHolder, "phone_number", `"+6591230000"`), nil, 400, "invalid_phone_number", "phone"},
		violation{"phone of another country", "POST", holdersPath, conform.Set(t, freshHolder, "phone_number", `"71230000"`), nil, 400, "invalid_phone_number", "phone"},
		violation{"email again", "POST", holdersPath, conform.Set(t, freshHolder, "email", `"ALEX@example.com"`), nil, 400, "email_duplicated", "email"},
		invalidField("a name that changes", "POST", holdersPath+"/"+holder, `{"first_name":"Bert"}`, "first_name"),
		invalidField("status of no cardholder", "GET", holdersPath+"?cardholder_status=DONE", "", "cardholder_status: is not"),
		violation{"unknown cardholder", "GET", holdersPath + "/" + unknownID, "", nil, 400, "cardholder_error", "not found"},
	)
}

func cardViolations(t *testing.T, holder, card string) []violation {
	t.Helper()
	create := fmt.Sprintf(`{"card_currency":"USD","card_product_id":%q,"cardholder_id":%q,"card_limit":10}`, uqpaytest.ProductSingle, holder)
	path := cardsPath + "/" + card
	var out []violation
	for i, v := range []struct{ member, value, says string }{
		{"card_currency", ``, "card_currency: is required"},
		{"card_currency", `"usd"`, "card_currency: must be one of"},
		{"card_currency", `"XUSD"`, "card_currency: is not a currency of the product"},
		{"card_limit", `"10"`, "card_limit: must be a number"},
		{"card_limit", `-1`, "card_limit: must be greater"},
		{"card_limit", `1.001`, "card_limit: must have at most 2"},
		{"cardholder_id", ``, "cardholder_id: is required"},
		{"name_on_card", `"` + strings.Repeat("N", 27) + `"`, "name_on_card: is too long"},
		{"card_art_id", `"no"`, "card_art_id: must be one of"},
		{"spending_controls", `{"amount":1}`, "spending_controls: must be an array"},
		{"spending_controls", `[{"amount":1,"interval":"DAILY"}]`, "spending_controls.interval: must be one of"},
		{"spending_controls", `[{"amount":1,"amount":2,"interval":"PER_TRANSACTION"}]`, "spending_controls.amount: is given twice"},
		{"risk_controls", `{"enable_3ds":true}`, "risk_controls.enable_3ds: must be a string"},
		{"risk_controls", `{"enable_3ds":"YES"}`, "risk_controls.enable_3ds: must be one of"},
		{"risk_controls", `{"allowed_mcc":"5734"}`, "risk_controls.allowed_mcc: must be an array"},
		{"risk_controls", `{"blocked_mcc":["573"]}`, "risk_controls.blocked_mcc: must hold"},
		{"risk_controls", `{"allowed_mcc":["5734"],"blocked_mcc":["5411"]}`, "exclude each other"},
		{"metadata", `{"a":1}`, "metadata: must be a string map"},
		{"metadata", `{"a":"` + strings.Repeat("v", 3200) + `"}`, "metadata: must be a string map of at most 3200"},
		{"usage_type", `"TWICE"`, "usage_type: must be one of"},
		{"usage_type", `"ONE_TIME"`, "auto_cancel_trigger: is required"},
		{"auto_cancel_trigger", `"ON_USE"`, "auto_cancel_trigger: must be one of"},
		{"expiry_at", `"2026-12-31"`, "expiry_at: must be an ISO 8601"},
		{"expiry_at", `1790000000`, "expiry_at: must be a string"},
		{"metadata", `{"a":"1","a":"2"}`, "metadata.a: is given twice"},
		{"spending_controls", `[{"amount":" 1","interval":"PER_TRANSACTION"}]`, "spending_controls.amount: must be a number"},
	} {
		out = append(out, invalidField(fmt.Sprint("card ", i, ", ", v.member), "POST", cardsPath, conform.Set(t, create, v.member, v.value), v.says))
	}
	return append(out,
		violation{"unknown product", "POST", cardsPath, conform.Set(t, create, "card_product_id", `"`+unknownID+`"`), nil, 400, "account_error", "not found"},
		violation{"unknown cardholder of a card", "POST", cardsPath, conform.Set(t, create, "cardholder_id", `"`+unknownID+`"`), nil, 400, "cardholder_error", "not found"},
		violation{"cardholder lacks fields", "POST", cardsPath, conform.Set(t, create, "card_product_id", `"`+uqpaytest.ProductEnhanced+`"`), nil, 400, "kyc_insufficient", ""},
		violation{"unknown card", "GET", cardsPath + "/" + unknownID, "", nil, 400, "card_not_found", "card not found or deactivated"},
		violation{"unknown order", "GET", cardsPath + "/" + unknownID + "/order", "", nil, 400, "card_error", "not found"},
		invalidField("status in lower case", "POST", path+"/status", `{"card_status":"frozen"}`, "card_status: must be one of"),
		invalidField("status that is UQPAY's", "POST", path+"/status", `{"card_status":"BLOCKED"}`, "card_status: must be one of"),
		invalidField("reason too long", "POST", path+"/status", `{"card_status":"FROZEN","update_reason":"`+strings.Repeat("r", 101)+`"}`, "update_reason: is too long"),
		invalidField("recharge of nothing", "POST", path+"/recharge", `{"amount":0}`, "amount: must be greater"),
		invalidField("recharge with a text", "POST", path+"/recharge", `{"amount":"10"}`, "amount: must be a number"),
		invalidField("recharge twice named", "POST", path+"/recharge", `{"amount":1,"amount":2}`, "amount: is given twice"),
		invalidField("withdrawal of fractions", "POST", path+"/withdraw", `{"amount":0.001}`, "amount: must have at most 2"),
		invalidField("limit above the cap", "POST", path+"/elevate_limit", `{"limit_amount":80000.01}`, "limit_amount: is above"),
		invalidField("limit for half a day", "POST", path+"/elevate_limit", `{"limit_amount":10,"duration_in_days":0.5}`, "duration_in_days: must be"),
		invalidField("limit with a reason", "POST", path+"/elevate_limit", `{"limit_amount":10,"reason":"x"}`, "reason: is not accepted"),
		invalidField("protection of no kind", "POST", path+"/risk", `{"risk_control":"network_protection","action_code":"05"}`, "action_code: must be one of"),
		invalidField("no risk control", "DELETE", path+"/risk", `{}`, "risk_control: is required"),
		invalidField("PIN of five digits", "POST", cardsPath+"/pin", fmt.Sprintf(`{"card_id":%q,"pin":"12345"}`, card), "pin: has the wrong number"),
		invalidField("PIN of letters", "POST", cardsPath+"/pin", fmt.Sprintf(`{"card_id":%q,"pin":"abcdef"}`, card), "pin: has the wrong number"),
		invalidField("old PIN where none is", "POST", cardsPath+"/pin", fmt.Sprintf(`{"card_id":%q,"pin":"493815","old_pin":"123456"}`, card), "old_pin: is for UPDATE"),
		invalidField("PIN of another action", "POST", cardsPath+"/pin", fmt.Sprintf(`{"card_id":%q,"pin":"493815","type":"CHANGE"}`, card), "type: must be one of"),
		invalidField("activation code", "POST", cardsPath+"/activate", fmt.Sprintf(`{"card_id":%q,"activation_code":"1234567","pin":"493815"}`, card), "activation_code: has the wrong"),
		invalidField("BIN of seven digits", "POST", cardsPath+"/bulk", `{"card_bin":"4096360","numbers":1}`, "card_bin: must have 6 or 8"),
		violation{"BIN of no product", "POST", cardsPath + "/bulk", `{"card_bin":"99999999","numbers":1}`, nil, 400, "account_error", "not found"},
		invalidField("too many numbers", "POST", cardsPath+"/bulk", `{"card_bin":"40963608","numbers":5001}`, "numbers: is above"),
		violation{"a number that is nobody's", "POST", cardsPath + "/assign", fmt.Sprintf(`{"cardholder_id":%q,"card_number":"4111111111111111","card_currency":"USD","card_mode":"SINGLE"}`, holder), nil, 400, "card_error", "inventory"},
		invalidField("a mode of no card", "POST", cardsPath+"/assign", fmt.Sprintf(`{"cardholder_id":%q,"card_number":"4937241000000018","card_currency":"USD","card_mode":"single"}`, holder), "card_mode: must be one of"),
	)
}

func otherViolations(card string) []violation {
	const (
		transfers, reports, authorization, deposit = "/v1/issuing/transfers", "/v1/issuing/reports", "/v1/simulation/issuing/authorization", "/v1/simulation/deposit"
		purchase                                   = `{"card_id":%q,"transaction_amount":1,"transaction_currency":%q,"merchant_name":"M","merchant_category_code":%q}`
		transfer                                   = `{"source_account_id":%q,"destination_account_id":%q,"currency":"USD","amount":%s}`
		ledger                                     = "/v1/issuing/balances/transactions"
	)
	return []violation{
		invalidField("page of size 0", "GET", cardsPath+"?page_size=0&page_number=1", "", "page_size"),
		invalidField("page of size 101", "GET", cardsPath+"?page_size=101&page_number=1", "", "page_size"),
		invalidField("page 0", "GET", cardsPath+"?page_size=10&page_number=0", "", "page_number"),
		invalidField("page one", "GET", cardsPath+"?page_size=10&page_number=one", "", "page_number"),
		invalidField("two page sizes", "GET", cardsPath+"?page_size=10&page_size=20", "", "page_size: stands more than once"),
		invalidField("status of no card", "GET", cardsPath+"?card_status=GONE", "", "card_status: is not"),
		invalidField("time of no form", "GET", "/v1/issuing/transactions?start_time=yesterday", "", "start_time: must be"),
		invalidField("time without an offset", "GET", "/v1/issuing/transactions?start_time=2026-01-01T00:00:00", "", "start_time: must be"),
		invalidField("span of 91 days", "GET", "/v1/issuing/transactions?start_time=2026-01-01T00:00:00Z&end_time=2026-04-02T00:00:00Z", "", "end_time: the span"),
		invalidField("period backwards", "GET", ledger+"?start_time=2026-01-02T00:00:00Z&end_time=2026-01-01T00:00:00Z", "", "end_time: lies before"),
		invalidField("ledger type", "GET", ledger+"?transaction_type=FEES", "", "transaction_type: is not"),
		invalidField("ledger status", "GET", ledger+"?transaction_status=done", "", "transaction_status: is not"),
		invalidField("ledger currency", "GET", ledger+"?currency=EURO", "", "currency: is not"),
		invalidField("balance of no currency", "POST", "/v1/issuing/balances", `{"currency":"DOLLAR"}`, "currency: must be"),
		invalidField("brands without a filter", "GET", "/v1/issuing/merchant_brands", "", "at least one is required"),
		invalidField("report of no type", "POST", reports, `{"report_type":"ALL","start_time":"2026-01-01T00:00:00Z","end_time":"2026-01-02T00:00:00Z"}`, "report_type: must be one of"),
		invalidField("report backwards", "POST", reports, `{"report_type":"LEDGER","start_time":"2026-01-02T00:00:00Z","end_time":"2026-01-01T00:00:00Z"}`, "end_time: lies before"),
		invalidField("report without an end", "POST", reports, `{"report_type":"LEDGER","start_time":"2026-01-01T00:00:00Z"}`, "end_time: is required"),
		{"unknown report", "GET", reports + "/" + unknownID, "", nil, 400, "not_found", "not found"},
		{"transfer to nobody", "POST", transfers, fmt.Sprintf(transfer, uqpaytest.MasterAccount, unknownID, "1"), nil, 400, "sub_account_not_found", ""},
		{"transfer to a banking account", "POST", transfers, fmt.Sprintf(transfer, uqpaytest.MasterAccount, uqpaytest.BankingAccount, "1"), nil, 400, "sub_account_not_found", ""},
		invalidField("transfer of nothing", "POST", transfers, fmt.Sprintf(transfer, uqpaytest.MasterAccount, uqpaytest.SubAccount, "0"), "amount: must be greater"),
		invalidField("transfer of words", "POST", transfers, fmt.Sprintf(transfer, uqpaytest.MasterAccount, uqpaytest.SubAccount, `"ten"`), "amount: must be a number"),
		invalidField("transfer of a number with a blank", "POST", transfers, fmt.Sprintf(transfer, uqpaytest.MasterAccount, uqpaytest.SubAccount, `" 1"`), "amount: must be a number"),
		invalidField("transfer to itself", "POST", transfers, fmt.Sprintf(transfer, uqpaytest.MasterAccount, uqpaytest.MasterAccount, "1"), "destination_account_id"),
		{"unknown transfer", "GET", transfers + "/" + unknownID, "", nil, 400, "not_found", "not found"},
		{"unknown transaction", "GET", "/v1/issuing/transactions/" + unknownID, "", nil, 400, "not_found", "not found"},
		{"purchase with no card", "POST", authorization, fmt.Sprintf(purchase, unknownID, "USD", "5734"), nil, 400, "200", "Card does not exists"},
		invalidField("purchase of another category", "POST", authorization, fmt.Sprintf(purchase, card, "USD", "5411"), "merchant_category_code: must be one of"),
		invalidField("purchase in another currency", "POST", authorization, fmt.Sprintf(purchase, card, "SGD", "5734"), "transaction_currency: is not"),
		invalidField("purchase in no currency", "POST", authorization, fmt.Sprintf(purchase, card, "US", "5734"), "transaction_currency: must be"),
		invalidField("reversal of nothing", "POST", "/v1/simulation/issuing/reversal", `{"transaction_id":"`+unknownID+`"}`, "transaction_id"),
		invalidField("deposit from no bank", "POST", deposit, `{"amount":1,"currency":"USD","sender_swift_code":"BANK"}`, "sender_swift_code: must be"),
		invalidField("deposit from no country", "POST", deposit, `{"amount":1,"currency":"USD","sender_swift_code":"WELGBE22","sender_country":"Belgium"}`, "sender_country: must be"),
		invalidField("art that is not", "POST", cardsPath+"/arts/default", `{"card_art_id":"no"}`, "card_art_id: must be one of"),

		{"account of no business", "GET", "/v1/accounts/" + uqpaytest.SubAccount + "?business_code=ISSUE", "", nil, 400, "400", "business_code"},
		{"unknown account", "GET", "/v1/accounts/" + unknownID, "", nil, 400, "400", "not found"},
		{"account center without client id", "GET", "/v1/accounts", "", []string{"x-client-id", ""}, 403, "403", "x-client-id or email cannot be empty"},
		{"account center with a dead token", "GET", "/v1/accounts", "", []string{"x-auth-token", "Bearer x"}, 403, "403", "Authorization error"},
		{"account center without a token", "GET", "/v1/accounts", "", []string{"x-auth-token", ""}, 403, "403", "Authorization error"},
		{"account center by another method", "DELETE", "/v1/accounts", "", nil, 405, "405", ""},
		{"account center without a route", "GET", "/v1/accounts/a/b", "", nil, 404, "404", ""},
		{"links of nothing", "POST", "/v1/files/download_links", `{"file_ids":[]}`, nil, 400, "400", "file_ids"},
		{"upload without a file", "POST", "/v1/files/upload", "x", []string{"Content-Type", "multipart/form-data; boundary=b"}, 400, "400", "file: is required"},

		invalidField("a form for JSON", "POST", cardsPath+"/"+card+"/recharge", `{"amount":1}`, "content-type").with("Content-Type", "application/x-www-form-urlencoded"),
		invalidField("no type of body", "POST", cardsPath+"/"+card+"/recharge", `{"amount":1}`, "content-type").with("Content-Type", ""),
		invalidField("an array for a body", "POST", cardsPath+"/"+card+"/recharge", `[1]`, "body: must be an object"),
		invalidField("two bodies", "POST", cardsPath+"/"+card+"/recharge", `{"amount":1}{}`, "body: must be an object"),
		invalidField("no UTF-8", "POST", cardsPath+"/"+card+"/status", "{\"card_status\":\"FROZEN\",\"update_reason\":\"\xff\"}", "body: is not UTF-8"),
		invalidField("no key", "POST", cardsPath+"/"+card+"/recharge", `{"amount":1}`, "x-idempotency-key").with("x-idempotency-key", ""),
		{"a key of 65 characters", "POST", cardsPath + "/" + card + "/recharge", `{"amount":1}`, []string{"x-idempotency-key", strings.Repeat("k", 65)}, 400, "idempotency_error", ""},
		{"a token without Bearer", "GET", cardsPath, "", []string{"x-auth-token", "eyJ.x.y"}, 401, "unauthorized_error", "invalid auth token format"},
		{"a dead token", "GET", cardsPath, "", []string{"x-auth-token", "Bearer eyJ.x.y"}, 401, "unauthorized_error", "token has expired"},
		invalidField("an account of words", "GET", cardsPath, "", "x-on-behalf-of").with("x-on-behalf-of", "CL260411-1"),
		{"an unknown account", "GET", cardsPath, "", []string{"x-on-behalf-of", unknownID}, 400, "sub_account_not_found", ""},
		{"a banking account", "GET", cardsPath, "", []string{"x-on-behalf-of", uqpaytest.BankingAccount}, 400, "sub_account_not_found", ""},
		{"another client", "POST", "/v1/connect/token", "", []string{"x-client-id", "other"}, 400, "200", "Invalid client id"},
	}
}

func (v violation) with(header ...string) violation {
	v.header = header
	return v
}

// The platform refuses what the documents refuse, with their status, and with code and
// message where a page gives them; a refusal changes nothing.
func TestViolations(t *testing.T) {
	t.Parallel()
	r := newRaw(t, uqpaytest.Config{Limits: &uqpaytest.Limits{}, Variants: uqpaytest.Variants{ClientIDs: uqpaytest.ClientIDFormRequired}})
	card := r.card()
	var first struct {
		Data []struct {
			ID string `json:"cardholder_id"`
		} `json:"data"`
	}
	if err := json.Unmarshal([]byte(r.expect(200, "cardholder_id", "GET", holdersPath, "")), &first); err != nil {
		t.Fatal(err)
	}
	holder := first.Data[0].ID
	balance := r.s.Reserve("USD")
	var rows []conform.Violation[violation]
	for _, part := range []struct {
		rule string // the section of the documents
		list []violation
	}{
		{"cardholders", holderViolations(t, holder)}, {"cards", cardViolations(t, holder, card)},
		{"protocol, money, simulator, files", otherViolations(card)},
	} {
		for _, v := range part.list {
			rows = append(rows, conform.Violation[violation]{Name: v.name, Rule: part.rule, Request: v, Want: conform.Refusal{
				Status: v.status, Code: v.code, Message: v.says,
			}})
		}
	}
	send := func(t testing.TB, v violation) conform.Refusal {
		status, text := r.do(v.method, v.path, v.body, v.header...)
		var answer struct {
			Code    json.RawMessage `json:"code"`
			Message string          `json:"message"`
		}
		if err := json.Unmarshal([]byte(text), &answer); err != nil {
			t.Errorf("%s: %d %.200s", v.name, status, text)
		}
		return conform.Refusal{Status: status, Code: strings.Trim(string(answer.Code), `"`), Message: answer.Message}
	}
	conform.Violations(t, 60, rows, send, func() error {
		if got := r.s.Reserve("USD"); got.Cmp(balance) != 0 || len(r.s.Orders("")) != 1 {
			return fmt.Errorf("refusals moved money: %s of %s, %d orders", got, balance, len(r.s.Orders("")))
		}
		return r.s.Check()
	})
	if err := coverage.RuleNames("../..", "uqpay", "uqpaytest.TestViolations", conform.Names(rows)); err != nil {
		t.Error(err)
	}
}

// A minute has its limit, whose refusal has no type.
func TestTooManyRequests(t *testing.T) {
	t.Parallel()
	r := newRaw(t, uqpaytest.Config{Limits: &uqpaytest.Limits{Authenticated: 1}})
	r.expect(200, "data", "GET", cardsPath, "")
	r.expect(429, `"code":"too_many_requests","message":"Too many requests have been made to the api`, "GET", cardsPath, "")
	r.s.Clock().Advance(time.Minute)
	r.expect(200, "data", "GET", cardsPath, "")
}
