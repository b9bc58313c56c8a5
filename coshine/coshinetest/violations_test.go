package coshinetest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/internal/conform"
	"github.com/issuing-sdk/issuing-go/internal/coverage"
)

// refusals builds the table of violations.
type refusals struct{ rows []conform.Violation[request] }

// bad adds a request that is answered with status 400, which has no code.
func (v *refusals) bad(name, rule string, r request) { v.add(name, rule, r, http.StatusBadRequest, "") }

func (v *refusals) add(name, rule string, r request, status int, code string) {
	v.rows = append(v.rows, conform.Violation[request]{Name: name, Rule: rule, Request: r, Want: conform.Refusal{Status: status, Code: code}})
}

// each adds requests with one field changed, by field and what is wrong with it; nil leaves
// the field out.
func (v *refusals) each(rule string, r request, changes map[string]map[string]any) {
	for field, values := range changes {
		for what, value := range values {
			v.bad(r.path+": "+field+" "+what, rule, r.with(field, value))
		}
	}
}

// TestViolations sends what the documents refuse, past the client. Codes are documented
// for what is well-formed and wrong, status 400 for what is not, whose body is not
// published.
func TestViolations(t *testing.T) {
	t.Parallel()
	server := start(t, coshinetest.Config{})
	card := active(t, server)
	inactive := issued(t, server)
	v := &refusals{}
	v.transport()
	v.headers()
	v.applications()
	v.cards(card, inactive)
	v.references(card, inactive)
	state := func() string {
		text, err := json.Marshal(server.State())
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	before := state()
	if err := coverage.RuleNames("../..", "coshine", "coshinetest.TestViolations", conform.Names(v.rows)); err != nil {
		t.Error(err)
	}
	conform.Violations(t, 60, v.rows, func(_ testing.TB, r request) conform.Refusal {
		status, code, out := do(t, server, r)
		message, _ := out["responseDesc"].(string)
		return conform.Refusal{Status: status, Code: code, Message: message}
	}, func() error {
		if after := state(); after != before {
			return fmt.Errorf("%s became %s", before, after)
		}
		return server.Check()
	})
	// The same requests without what is wrong in them are carried out.
	for _, r := range []request{
		applyFor(nil), applyFor(map[string]any{"cardFlag": "P", "cardEmbossName": "A B", "deliveryAddress": "1 Example Road"}), activationOf(inactive),
		statusOf(card, "D"), listOf("CIF1"), dropDownOf("CardStatus"),
	} {
		if status, code, _ := do(t, server, r); status != 200 || code != "00" {
			t.Errorf("%s: %d %q", r.path, status, code)
		}
	}
}

// issued is a card that has not been activated.
func issued(t *testing.T, server *coshinetest.Server) map[string]any {
	t.Helper()
	_, code, card := do(t, server, applyFor(nil))
	if code != "00" {
		t.Fatalf("application: %q", code)
	}
	return card
}

func statusOf(card map[string]any, flag string) request {
	return good("/cardmgr/cardStatusUpdate", map[string]any{"cardToken": card["cardToken"], "cardOptFlag": flag})
}

func listOf(customer string) request {
	return good("/custmgr/inquiryCardListByCIF", map[string]any{"customerId": customer})
}

func dropDownOf(name string) request {
	return good("/paramgr/dropDownListInquiry", map[string]any{"dropDownName": name})
}

func (v *refusals) transport() {
	r := listOf("CIF1")
	for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodDelete} {
		c := r
		c.method = method
		v.add("method "+method, "1: POST for every API", c, http.StatusNotFound, "")
	}
	c := r
	c.path = "/custmgr/nothing"
	v.add("no such path", "1.2: 404", c, http.StatusNotFound, "")
	for what, authorization := range map[string]string{"none": "", "Basic": "Basic QTpC", "without a token": "Bearer "} {
		v.add("authorization "+what, "1.2: 401", r.as("Authorization", authorization), http.StatusUnauthorized, "")
	}
	v.add("authorization of another", "1.2: 403", r.as("Authorization", "Bearer another"), http.StatusForbidden, "")
	for what, timestamp := range map[string]string{"missing": "", "of letters": "now", "of 16 digits": "1776666652000000", "negative": "-1", "with a point": "1776666652.5"} {
		v.bad("timestamp "+what, "1.1: decimal digits, at most 15", r.as("timestamp", timestamp))
	}
	for _, typ := range []string{"text/plain", "application/x-www-form-urlencoded", "application/json; charset=GBK", "application/jose", ""} {
		v.bad("content type "+typ, "1: application/json; charset=UTF-8", r.as("Content-Type", typ))
	}
	for what, body := range map[string]string{
		"an array": `[]`, "a text": `"x"`, "cut": `{`, "with more behind it": `{}{}`, "with a member twice": `{"participantId":"100000","participantId":"100000"}`,
		"not UTF-8": "{\"a\":\"\xff\"}", "with a nested member twice": `{"a":{"b":1,"b":2}}`, "blank": " ",
	} {
		c := r
		c.raw = body
		v.bad("a body that is "+what, "1: one flat JSON object in UTF-8", c)
	}
}

func (v *refusals) headers() {
	r := listOf("CIF1")
	for what, value := range map[string]any{"missing": nil, "blank": "  ", "unknown": "100001"} {
		v.add("participantId "+what, "3.1: gives code 01", r.with("participantId", value), http.StatusOK, "01")
	}
	v.each("3.1", r, map[string]map[string]any{
		"participantId": {"as a number": 100000},
		"tranBranch":    {"missing": nil, "empty": "", "of 33 characters": strings.Repeat("1", 33), "as a number": 300001},
		"tranChnl":      {"missing": nil, "99": "99", "of one character": "7", "as a number": 10, "WEB": "WEB"},
		"tranCode":      {"of 7 characters": "1234567", "as a number": 7},
		"tranDate": {
			"missing": nil, "99999999": "99999999", "20260231": "20260231", "of six digits": "260420", "with hyphens": "2026-04-20", "as a number": 20260420,
		},
		"tranTime":   {"missing": nil, "999999": "999999", "240000": "240000", "146000": "146000", "with colons": "14:30:52", "of four digits": "1430"},
		"tranId":     {"missing": nil, "empty": "", "of 33 characters": strings.Repeat("T", 33), "as a number": 1},
		"tellerNo":   {"of 33 characters": strings.Repeat("t", 33), "as a number": 1},
		"terminalNo": {"of 16 characters": strings.Repeat("t", 16), "a list": []string{"t"}},
	})
}

func (v *refusals) applications() {
	v.each("8.1", applyFor(nil), map[string]map[string]any{
		"cardFlag":       {"missing": nil, "Z": "Z", "v": "v", "as a number": 1, "of two characters": "VP", "P without an address": "P"},
		"cardProdCode":   {"missing": nil, "empty": "", "of 11 characters": "12345678901", "as a number": 2201},
		"cardPicCode":    {"of 17 characters": strings.Repeat("p", 17)},
		"cardEmbossName": {"of 27 characters": strings.Repeat("E", 27), "a list": []string{"E"}},
		"cardNumber":     {"of letters": "ABCD", "of 20 digits": strings.Repeat("4", 20), "as a number": int64(4220000000000001), "masked": "422000******0001"},
		"customerId":     {"missing": nil, "blank": " ", "of 33 characters": strings.Repeat("c", 33), "as a number": 1},
		"custIdType":     {"missing": nil, "Q": "Q", "p": "p", "as a number": 1, "PP": "PP"},
		"custIdNo":       {"missing": nil, "of 33 characters": strings.Repeat("i", 33), "as a number": 12345},
		"custIssIdType":  {"Q": "Q"},
		"custIssIdNo":    {"of 33 characters": strings.Repeat("i", 33)},
		"custName":       {"an object": map[string]any{"first": "Test"}},
		"custMobile":     {"as a number": int64(6591234567)},
		"custEmail":      {"true": true},
	})
}

func (v *refusals) cards(card, inactive map[string]any) {
	v.each("8.8", activationOf(inactive), map[string]map[string]any{
		"cardToken": {"missing": nil, "as a number": 1}, "expiryDate": {"missing": nil, "MMYY": "1329", "of month 00": "2900", "of month 13": "2913", "of six digits": "202904"},
		"CVV2": {"missing": nil, "of two digits": "12", "of letters": "abc", "as a number": 123}, "customerId": {"missing": nil}, "custIdType": {"Q": "Q"}, "custIdNo": {"missing": nil},
	})
	v.each("6.6", statusOf(card, "D"), map[string]map[string]any{
		"cardOptFlag": {"missing": nil, "Z": "Z", "b": "b", "of two characters": "BC", "as a number": 1}, "cardToken": {"missing": nil},
	})
	v.each("6.9", good("/cardmgr/cardReplace", map[string]any{"cardToken": card["cardToken"]}), map[string]map[string]any{
		"reasonCode": {"005": "005", "1": "1", "as a number": 1},
	})
	v.each("8.2", listOf("CIF1"), map[string]map[string]any{"customerId": {"missing": nil, "of 33 characters": strings.Repeat("c", 33), "a list": []string{"CIF1"}}})
	v.each("6.10", dropDownOf("CardStatus"), map[string]map[string]any{"dropDownName": {"missing": nil, "Nothing": "Nothing", "cardstatus": "cardstatus", "as a number": 1}})
	for _, path := range []string{"/cardmgr/pinReset", "/cardmgr/pinChange", "/cardmgr/cardClose", "/cardmgr/inquiryCVV2ByToken"} {
		v.bad(path+": no card at all", "14 row 10", good(path, map[string]any{"pinKeyId": "00000001", "newCardPin": "x", "cardPin": "x"}))
	}
	v.each("8.20", good("/cardmgr/pinReset", map[string]any{"cardToken": card["cardToken"], "pinKeyId": "00000001", "newCardPin": "x"}), map[string]map[string]any{
		"pinKeyId": {"missing": nil, "of nine characters": "000000001"}, "newCardPin": {"missing": nil, "empty": ""},
	})
}

// references name what does not exist, or is in no state for it.
func (v *refusals) references(card, inactive map[string]any) {
	v.add("a token that is not there", "4: code 04", statusOf(map[string]any{"cardToken": "NOBODY"}, "D"), http.StatusOK, "04")
	number := good("/cardmgr/pinReset", map[string]any{"cardNumber": "4220009999999999", "pinKeyId": "00000001", "newCardPin": "x"})
	v.add("a number that is not there", "4: code 02", number, http.StatusOK, "02")
	v.add("a number that is taken", "4: code 02", applyFor(map[string]any{"cardNumber": card["cardNumber"]}), http.StatusOK, "02")
	v.add("a card that is not activated", "4: code 03", statusOf(inactive, "D"), http.StatusOK, "03")
	v.add("no loss to withdraw", "4: code 03", statusOf(card, "C"), http.StatusOK, "03")
	v.add("a card that is active already", "4: code 03", activationOf(card), http.StatusOK, "03")
	for field, value := range map[string]string{"CVV2": "000", "expiryDate": "2901", "custIdNo": "E2", "customerId": "CIF2"} {
		v.add("activation with another "+field, "8.8: the holder is checked", activationOf(inactive).with(field, other(inactive, field, value)), http.StatusOK, "99")
	}
	block := good("/cardmgr/pinReset", map[string]any{"cardToken": card["cardToken"], "pinKeyId": "00000001", "newCardPin": "bm8gUElOIGJsb2Nr"})
	v.add("a PIN block of no key", "4: code 24", block, http.StatusOK, string(coshine.CodePINBlockFormat))
	money := func(amount any) request {
		body := map[string]any{"cardToken": card["cardToken"], coshinetest.FieldAmount: amount}
		return good("/tranmgr/loadFund", body)
	}
	for what, amount := range map[string]any{"negative": "-1.00", "zero": "0.00", "of letters": "ten", "of three decimals": "1.005"} {
		v.bad("an amount that is "+what, "5: 16,2", money(amount))
	}
}

// other is a value that differs from what the card has.
func other(card map[string]any, field, value string) string {
	if card[field] == value {
		return value[:len(value)-1] + "2"
	}
	return value
}
