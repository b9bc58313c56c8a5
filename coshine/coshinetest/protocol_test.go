package coshinetest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
)

var epoch = time.Date(2026, 4, 20, 6, 30, 52, 0, time.UTC)

var sharedKeys = sync.OnceValues(coshinetest.NewKeys)

func start(t *testing.T, cfg coshinetest.Config) *coshinetest.Server {
	t.Helper()
	keys, err := sharedKeys()
	if err != nil {
		t.Fatal(err)
	}
	cfg.Keys, cfg.Clock, cfg.Paths = keys, issuingtest.NewClock(epoch), coshine.InferredPaths()
	server, err := coshinetest.NewServer(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	return server
}

// request is a request as the document prints it; nil values leave a field out.
type request struct {
	method, path string
	header       map[string]string
	body         map[string]any
	raw          string // instead of body
}

func good(path string, body map[string]any) request {
	r := request{method: http.MethodPost, path: path, header: map[string]string{"timestamp": "1776666652"}, body: map[string]any{
		"participantId": "100000", "tranBranch": "300001", "tranChnl": "07", "tranDate": "20260420", "tranTime": "143052", "tranId": "TXN1",
	}}
	maps.Copy(r.body, body)
	return r
}

// with changes one field of a request; nil removes it.
func (r request) with(name string, value any) request {
	r.body = maps.Clone(r.body)
	r.body[name] = value
	if value == nil {
		delete(r.body, name)
	}
	return r
}

// as changes one header; "" removes it.
func (r request) as(name, value string) request {
	r.header = maps.Clone(r.header)
	r.header[name] = value
	return r
}

// do sends a request and returns status, response code and the answer.
func do(t *testing.T, server *coshinetest.Server, r request) (int, string, map[string]any) {
	t.Helper()
	status, code, out, err := send(t, server, r)
	if err != nil {
		t.Fatal(err)
	}
	return status, code, out
}

// send is do for requests that may get no answer.
func send(t *testing.T, server *coshinetest.Server, r request) (status int, code string, out map[string]any, err error) {
	t.Helper()
	text := r.raw
	if text == "" {
		b, err := json.Marshal(r.body)
		if err != nil {
			t.Fatal(err)
		}
		text = string(b)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, r.method, server.URL()+r.path, strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json; charset=UTF-8")
	req.Header.Set("Authorization", "Bearer "+server.Token().Reveal())
	for name, value := range r.header {
		req.Header.Set(name, value)
		if value == "" {
			req.Header.Del(name)
		}
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, "", nil, err
	}
	if resp.Header.Get("timestamp") == "" {
		t.Errorf("%s: no timestamp header", r.path)
	}
	_ = json.Unmarshal(body, &out)
	code, _ = out["responseCode"].(string)
	return resp.StatusCode, code, out, nil
}

var holder = map[string]any{"customerId": "CIF1", "custIdType": "P", "custIdNo": "E1"}

func applyFor(extra map[string]any) request {
	body := maps.Clone(holder)
	body["cardFlag"], body["cardProdCode"] = "V", "2201"
	maps.Copy(body, extra)
	return good("/cardmgr/cardApply", body)
}

func activationOf(card map[string]any) request {
	body := maps.Clone(holder)
	body["cardToken"], body["expiryDate"], body["CVV2"] = card["cardToken"], card["expiryDate"], card["CVV2"]
	return good("/cardmgr/cardActivate", body)
}

// active issues and activates a card.
func active(t *testing.T, server *coshinetest.Server) map[string]any {
	t.Helper()
	_, code, card := do(t, server, applyFor(nil))
	if code != "00" {
		t.Fatalf("application: %s", code)
	}
	if _, code, _ = do(t, server, activationOf(card)); code != "00" {
		t.Fatalf("activation: %s", code)
	}
	return card
}

// TestChecksOfTheReference runs the rows of the table of behaviour, one request
// each.
func TestChecksOfTheReference(t *testing.T) {
	t.Parallel()
	server := start(t, coshinetest.Config{})
	card := active(t, server)
	_, _, inactive := do(t, server, applyFor(nil))
	token := map[string]any{"cardToken": card["cardToken"]}
	info := good("/cardmgr/inquiryCardInfoByToken", token)
	list := good("/custmgr/inquiryCardListByCIF", map[string]any{"customerId": "CIF1"})
	long := strings.Repeat("1", 40)
	encoded, err := json.Marshal(info.body)
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Disable("Cards.UpdatePlastic"); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		r      request
		status int
		code   string
	}{
		"1 unknown path":             {good("/cardmgr/nothing", nil), 404, ""},
		"1 other method":             {request{method: "GET", path: info.path, header: info.header, body: info.body}, 404, ""},
		"2 no credential":            {info.as("Authorization", ""), 401, ""},
		"2 other scheme":             {info.as("Authorization", "Basic x"), 401, ""},
		"2 empty bearer":             {info.as("Authorization", "Bearer "), 401, ""},
		"3 wrong token":              {info.as("Authorization", "Bearer x"), 403, ""},
		"2 before 4":                 {info.as("Authorization", "").as("timestamp", ""), 401, ""},
		"4 no timestamp":             {info.as("timestamp", ""), 400, ""},
		"4 letters":                  {info.as("timestamp", "now"), 400, ""},
		"4 too long":                 {info.as("timestamp", strings.Repeat("1", 16)), 400, ""},
		"4 portal's example":         {info.as("timestamp", "10567867"), 200, "00"},
		"5 no JSON":                  {request{method: "POST", path: info.path, header: info.header, raw: "{"}, 400, ""},
		"5 array":                    {request{method: "POST", path: info.path, header: info.header, raw: "[]"}, 400, ""},
		"5 two documents":            {request{method: "POST", path: info.path, header: info.header, raw: "{}{}"}, 400, ""},
		"5 a member twice":           {request{method: "POST", path: info.path, header: info.header, raw: `{"tranId":"OTHER",` + strings.TrimPrefix(string(encoded), "{")}, 400, ""},
		"6 no participant":           {info.with("participantId", nil), 200, "01"},
		"6 blank participant":        {info.with("participantId", "  "), 200, "01"},
		"6 other participant":        {info.with("participantId", "100001"), 200, "01"},
		"6 before 7":                 {info.with("participantId", nil).with("tranDate", nil), 200, "01"},
		"7 no branch":                {info.with("tranBranch", nil), 400, ""},
		"7 branch of 9":              {info.with("tranBranch", "GTW100000"), 200, "00"},
		"7 branch of 40":             {info.with("tranBranch", long), 400, ""},
		"7 channel of 1":             {info.with("tranChnl", "7"), 400, ""},
		"7 channel of letters":       {info.with("tranChnl", "AB"), 400, ""},
		"7 date of 10":               {info.with("tranDate", "2026-04-20"), 400, ""},
		"7 time of 4":                {info.with("tranTime", "1430"), 400, ""},
		"7 no tranId":                {info.with("tranId", nil), 400, ""},
		"7 long tranId":              {info.with("tranId", long), 400, ""},
		"7 long tranCode":            {info.with("tranCode", "1234567"), 400, ""},
		"7 long terminalNo":          {info.with("terminalNo", "1234567890123456"), 400, ""},
		"8 disabled":                 {good("/cardmgr/cardPlasticUpdate", token), 200, "10"},
		"9 no customer":              {list.with("customerId", nil), 400, ""},
		"9 long customer":            {list.with("customerId", long), 400, ""},
		"9 application, no flag":     {applyFor(map[string]any{"cardFlag": ""}), 400, ""},
		"9 application, long name":   {applyFor(map[string]any{"cardEmbossName": long}), 400, ""},
		"9 activation, no CVV2":      {activationOf(inactive).with("CVV2", nil), 400, ""},
		"9 PIN, no key":              {good("/cardmgr/pinReset", token).with("newCardPin", "x"), 400, ""},
		"9 drop-down, no name":       {good("/paramgr/dropDownListInquiry", nil), 400, ""},
		"10 no card":                 {good("/cardmgr/pinVerify", map[string]any{"pinKeyId": "1", "cardPin": "x"}), 400, ""},
		"11 unknown token":           {info.with("cardToken", "1"), 200, "04"},
		"12 unknown number":          {good("/cardmgr/pinReset", map[string]any{"cardNumber": "4220", "pinKeyId": "1", "newCardPin": "x"}), 200, "02"},
		"13 not activated":           {good("/cardmgr/cardReissue", map[string]any{"cardToken": inactive["cardToken"]}), 200, "03"},
		"13 activated twice":         {activationOf(card), 200, "03"},
		"14 unknown PIN key":         {good("/cardmgr/pinReset", token).with("pinKeyId", "00000000").with("newCardPin", "x"), 200, "24"},
		"16 wrong CVV2":              {activationOf(inactive).with("CVV2", "000"), 200, "99"},
		"16 wrong expiry":            {activationOf(inactive).with("expiryDate", "2001"), 200, "99"},
		"16 wrong holder":            {activationOf(inactive).with("custIdNo", "E2"), 200, "99"},
		"18 unknown customer":        {list.with("customerId", "NOBODY"), 200, "00"},
		"18 number for a string":     {list.with("customerId", 7), 400, ""},
		"18 nothing known about it":  {good("/cardmgr/corpCardApply", nil), 200, "00"},
		"unknown drop-down":          {good("/paramgr/dropDownListInquiry", map[string]any{"dropDownName": "Nothing"}), 400, ""},
		"unknown cardOptFlag":        {good("/cardmgr/cardStatusUpdate", token).with("cardOptFlag", "Z"), 400, ""},
		"withdraw a loss of nothing": {good("/cardmgr/cardStatusUpdate", token).with("cardOptFlag", "C"), 200, "03"},
		"load without an amount":     {good("/tranmgr/loadFund", token), 400, ""},
		"negative load":              {good("/tranmgr/loadFund", token).with("amount", "-1.00"), 400, ""},
		"three decimals":             {good("/tranmgr/loadFund", token).with("amount", "1.001"), 400, ""},
		"other currency":             {good("/tranmgr/loadFund", token).with("amount", "1").with("currency", "EUR"), 400, ""},
		"no funds":                   {good("/tranmgr/purchase", token).with("amount", "1.00"), 200, "51"},
		"reversal of nothing":        {good("/tranmgr/reversal", token).with("originalTranId", "NO"), 200, "99"},
		"transfer to nobody":         {good("/tranmgr/transferFund", token).with("amount", "1"), 200, "04"},
		"transfer to itself":         {good("/tranmgr/transferFund", token).with("amount", "1").with("targetCardToken", card["cardToken"]), 400, ""},
	} {
		status, code, out := do(t, server, c.r)
		if status != c.status || code != c.code {
			t.Errorf("%s: %d %q, want %d %q", name, status, code, c.status, c.code)
		}
		if code != "" && code != "01" && out["tranId"] != "TXN1" {
			t.Errorf("%s: the header is not echoed: %v", name, out)
		}
	}
	if err := server.Check(); err != nil {
		t.Error(err)
	}
}

// TestSwitches changes the choices that Config offers.
func TestSwitches(t *testing.T) {
	t.Parallel()
	server := start(t, coshinetest.Config{UnknownCustomer: "10", MismatchCode: "05", FundsCode: "61", Currency: "SGD"})
	card := active(t, server)
	for name, c := range map[string]struct {
		r    request
		code string
	}{
		"unknown customer": {good("/custmgr/inquiryCardListByCIF", map[string]any{"customerId": "NOBODY"}), "10"},
		"mismatch":         {good("/cardmgr/verifyCVV2", map[string]any{"cardToken": card["cardToken"], "CVV2": "x"}), "05"},
		"funds":            {good("/tranmgr/withdraw", map[string]any{"cardToken": card["cardToken"], "amount": "5", "currency": "SGD"}), "61"},
	} {
		if _, code, _ := do(t, server, c.r); code != c.code {
			t.Errorf("%s: %s, want %s", name, code, c.code)
		}
	}
	if err := server.FailNext("Cards.Reissue", "96"); err != nil {
		t.Fatal(err)
	}
	reissue := good("/cardmgr/cardReissue", map[string]any{"cardToken": card["cardToken"]})
	if _, code, _ := do(t, server, reissue); code != "96" {
		t.Errorf("a failure on demand: %s", code)
	}
	if _, code, next := do(t, server, reissue); code != "00" || next["cardToken"] == card["cardToken"] {
		t.Errorf("after it: %s %v", code, next["cardToken"])
	}
	for name, cfg := range map[string]coshinetest.Config{
		"two interfaces at one path": {Paths: coshine.Paths{coshine.APILoadFund: "/cardmgr/cardApply"}},
		"an inbound interface":       {Paths: coshine.Paths{coshine.APISendOTP: "/otp"}},
		"a path without /":           {Paths: coshine.Paths{coshine.APILoadFund: "load"}},
		"not loopback":               {Listen: "0.0.0.0:0"},
	} {
		cfg.Keys, _ = sharedKeys()
		if s, err := coshinetest.NewServer(cfg); err == nil {
			s.Close()
			t.Errorf("%s: started", name)
		}
	}
}

// TestUnpublishedPathsAreNotServed: without Config.Paths nobody can test a
// guess.
func TestUnpublishedPathsAreNotServed(t *testing.T) {
	t.Parallel()
	keys, err := sharedKeys()
	if err != nil {
		t.Fatal(err)
	}
	server, err := coshinetest.NewServer(coshinetest.Config{Keys: keys, Clock: issuingtest.NewClock(epoch)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	for api, path := range coshine.InferredPaths() {
		if status, _, _ := do(t, server, good(path, nil)); status != 404 {
			t.Errorf("%s is served at %s", api, path)
		}
	}
}

// TestPlatformDoesNotRecogniseRepeats: nothing is published about a repeated
// tranId, so it moves money again and Booked shows it.
func TestPlatformDoesNotRecogniseRepeats(t *testing.T) {
	t.Parallel()
	server := start(t, coshinetest.Config{})
	card := active(t, server)
	load := good("/tranmgr/loadFund", map[string]any{"cardToken": card["cardToken"], "amount": "5.00"})
	for range 2 {
		if _, code, _ := do(t, server, load); code != "00" {
			t.Fatal(code)
		}
	}
	token := coshine.CardToken(fmt.Sprint(card["cardToken"]))
	if server.Booked("TXN1") != 2 || server.Balance(token).String() != "10.00" {
		t.Errorf("booked %d times, balance %s", server.Booked("TXN1"), server.Balance(token))
	}
}

// TestMoneyRules walks money through every account: loads, holds, fees, refunds,
// reversals and the renewal of the card.
func TestMoneyRules(t *testing.T) {
	t.Parallel()
	server := start(t, coshinetest.Config{})
	first, second := active(t, server), active(t, server)
	token := func(card map[string]any) coshine.CardToken { return coshine.CardToken(fmt.Sprint(card["cardToken"])) }
	step := func(api, id, want string, fields ...any) map[string]any {
		t.Helper()
		r := good("/tranmgr/"+api, map[string]any{"cardToken": first["cardToken"]}).with("tranId", id)
		for i := 0; i+1 < len(fields); i += 2 {
			r = r.with(fmt.Sprint(fields[i]), fields[i+1])
		}
		status, code, out := do(t, server, r)
		if got := fmt.Sprint(status, code); got != want {
			t.Errorf("%s %s: %s, want %s", api, id, got, want)
		}
		return out
	}
	balances := func(a, b string) {
		t.Helper()
		if server.Balance(token(first)).String() != a || server.Balance(token(second)).String() != b {
			t.Errorf("balances %s and %s, want %s and %s", server.Balance(token(first)), server.Balance(token(second)), a, b)
		}
	}
	step("loadFund", "L1", "20000", "amount", "100.00")
	step("creditAdjustment", "A1", "20000", "amount", "10.00", "memo", "goodwill")
	step("debitAdjustment", "A2", "20000", "amount", "5.00")
	step("serviceCharge", "F1", "20000", "amount", "1.00")
	step("transferFund", "T1", "20000", "amount", "4.00", "targetCardToken", second["cardToken"])
	balances("100.00", "4.00")
	step("blockFund", "H1", "20000", "amount", "30.00")
	step("blockFund", "H2", "20051", "amount", "70.01")
	step("unblockFund", "U1", "20000", "originalTranId", "H1", "amount", "10.00")
	step("unblockFund", "U2", "400", "originalTranId", "H1", "amount", "20.01")
	if out := step("balanceInquiry", "B1", "20000"); out["balance"] != "80.00" || out["held"] != "20.00" {
		t.Errorf("balance %v, held %v", out["balance"], out["held"])
	}
	step("unblockFund", "U3", "20000", "originalTranId", "H1")
	step("unblockFund", "U4", "400", "originalTranId", "H1")
	step("purchase", "P1", "20000", "amount", "50.00")
	step("refund", "R1", "20000", "originalTranId", "P1", "amount", "20.00")
	step("refund", "R2", "400", "originalTranId", "P1", "amount", "30.01")
	step("reversal", "V1", "400", "originalTranId", "P1") // refunded in part
	step("reversal", "V2", "20000", "originalTranId", "T1")
	step("reversal", "V3", "20099", "originalTranId", "T1") // once only
	step("withdraw", "W1", "20000", "amount", "4.00")
	step("reversal", "V4", "20000", "originalTranId", "W1")
	step("reversal", "V5", "20051", "originalTranId", "L1") // the load is spent in part
	balances("74.00", "0.00")
	freeze := func(flag string) {
		if _, code, _ := do(t, server, good("/cardmgr/cardStatusUpdate", map[string]any{"cardToken": first["cardToken"], "cardOptFlag": flag})); code != "00" {
			t.Error(code)
		}
	}
	freeze("D")
	step("purchase", "P2", "20003", "amount", "1.00")
	step("loadFund", "L2", "20000", "amount", "1.00") // a frozen card takes money
	freeze("E")
	step("blockFund", "H3", "20000", "amount", "10.00")
	if list, ok := step("transactionHistory", "Q1", "20000")["recordList"].([]any); !ok || len(list) != 15 {
		t.Errorf("%d transactions", len(list))
	}
	if list, ok := step("authorizationHistory", "Q2", "20000")["recordList"].([]any); !ok || len(list) != 4 {
		t.Errorf("%d authorizations", len(list))
	}
	_, code, next := do(t, server, good("/cardmgr/cardReplace", map[string]any{"cardToken": first["cardToken"]}))
	if code != "00" || server.Balance(token(next)).String() != "65.00" || server.Balance(token(first)).Sign() != 0 {
		t.Errorf("replacement: %s, balance %s", code, server.Balance(token(next)))
	}
	step("loadFund", "L3", "20003", "amount", "1.00") // the old card is cancelled
	first = next
	step("unblockFund", "U5", "20000", "originalTranId", "H3")
	balances("75.00", "0.00")
	if err := server.Check(); err != nil {
		t.Error(err)
	}
}
