package legacy_test

import (
	"context"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/sign"
)

// signatureOf computes the signature of a body from the page's words, with
// nothing of the packages under test.
func signatureOf(t *testing.T, body map[string]json.RawMessage, unsigned ...string) string {
	t.Helper()
	var names []string
	for name := range body {
		if name != "sign" && !slices.Contains(unsigned, name) {
			names = append(names, name)
		}
	}
	names = append(names, "appSecret")
	slices.Sort(names)
	var pairs []string
	for _, name := range names {
		value := testSecret
		if name != "appSecret" {
			value = string(body[name])
			if strings.HasPrefix(value, `"`) {
				if err := json.Unmarshal(body[name], &value); err != nil {
					t.Fatal(err)
				}
			}
		}
		if value != "" {
			pairs = append(pairs, name+"="+value)
		}
	}
	sum := md5.Sum([]byte(strings.Join(pairs, "&")))
	return hex.EncodeToString(sum[:])
}

// sent returns the body without the common parameters, after checking them.
func sent(t *testing.T, r wireRequest, unsigned ...string) map[string]json.RawMessage {
	t.Helper()
	if r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%s with Content-Type %q", r.Method, r.Header.Get("Content-Type"))
	}
	if got := string(r.Body["sign"]); got != `"`+signatureOf(t, r.Body, unsigned...)+`"` {
		t.Errorf("%s: sign is %s", r.Path, got)
	}
	if string(r.Body["appKey"]) != `"key1"` || string(r.Body["timestamp"]) != `"1775016000000"` || len(r.Body["nonce"]) != 34 {
		t.Errorf("common parameters %s %s %s", r.Body["appKey"], r.Body["timestamp"], r.Body["nonce"])
	}
	if strings.Contains(string(r.Raw), testSecret) || r.Body["appSecret"] != nil {
		t.Error("the secret was submitted")
	}
	out := map[string]json.RawMessage{}
	for name, value := range r.Body {
		if !slices.Contains([]string{"sign", "appKey", "timestamp", "nonce"}, name) {
			out[name] = value
		}
	}
	return out
}

func TestRequestsOnTheWire(t *testing.T) {
	t.Parallel()
	pan, pin := issuing.NewSecret("4242424242424242"), issuing.NewSecret("135790")
	secret, err := sign.NewAppSecret(testSecret)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := secret.Encrypt([]byte("135790"))
	if err != nil {
		t.Fatal(err)
	}
	encoded := func(bytes string) string { return `"` + base64.StdEncoding.EncodeToString([]byte(bytes)) + `"` }
	yes := true
	for _, tc := range []struct {
		name, path, answer string
		unsigned           []string
		run                func(context.Context, *legacy.Client) error
		want               map[string]string
	}{
		{name: "top-up", path: "/api/card/top/up", answer: acceptedDeposit, run: func(ctx context.Context, c *legacy.Client) error {
			req := depositRequest("d-1", pan)
			req.NotifyURL = "https://example.com/cb?a=1&b=2"
			return just(c.Cards.Deposit(ctx, req))
		}, want: map[string]string{
			"merOrderNo": `"d-1"`, "cardNumber": `"4242424242424242"`, "amount": `"20.50"`, "notifyUrl": `"https://example.com/cb?a=1&b=2"`,
		}},
		{name: "query", path: "/api/card/top/up/query", answer: acceptedDeposit, run: func(ctx context.Context, c *legacy.Client) error {
			return just(c.Cards.DepositByOrderNo(ctx, "9"))
		}, want: map[string]string{"orderNo": `"9"`}},
		{name: "limits are integers", path: "/op/card/E/set/daily/limit", answer: `{"cardLimit":"0","dailyPurchaseLimit":"100"}`, run: func(ctx context.Context, c *legacy.Client) error {
			return just(c.MasterE.SetDailyLimits(ctx, legacy.DailyLimitsRequest{CardNumber: pan, DailyPurchaseLimit: 100}))
		}, want: map[string]string{"cardNumber": `"4242424242424242"`, "dailyPurchaseLimit": "100", "dailyAtmLimit": "0"}},
		{name: "PIN", path: "/op/card/H/change/pin/secure", answer: "true", run: func(ctx context.Context, c *legacy.Client) error {
			return c.VisaH.SetPIN(ctx, pan, pin)
		}, want: map[string]string{"cardNumber": `"4242424242424242"`, "pin": `"` + sealed + `"`}},
		{name: "OOB reply is an integer", path: "/op/card/H/oob", answer: `{"confirmationStatus":3}`, run: func(ctx context.Context, c *legacy.Client) error {
			return just(c.VisaH.ReplyOOB(ctx, pan, "41ce", legacy.OOBReplyDecline))
		}, want: map[string]string{"cardNumber": `"4242424242424242"`, "acsTransactionId": `"41ce"`, "reply": "3"}},
		{name: "VISA-H list", path: "/op/card/H/transactions", answer: "[]", run: func(ctx context.Context, c *legacy.Client) error {
			return just(c.VisaH.Transactions(ctx, legacy.VisaHTransactionsRequest{
				CardNumber: pan, Offset: 20, PageSize: 10, From: firstDay, To: lastDay, Settled: &yes,
			}))
		}, want: map[string]string{
			"cardNumber": `"4242424242424242"`, "offset": `"20"`, "pageSize": `"10"`, "isAuthorization": "1",
			"creationTimeFrom": `"2026-03-01"`, "creationTimeTo": `"2026-04-30"`,
		}},
		{name: "MASTER-E page", path: "/op/card/E/transaction/page", answer: "{}", run: func(ctx context.Context, c *legacy.Client) error {
			return just(c.MasterE.Transactions(ctx, legacy.MasterETransactionsRequest{CardNumber: pan, PageSize: 3, PageToken: "eyJ9=="}))
		}, want: map[string]string{"cardNumber": `"4242424242424242"`, "pageSize": `"3"`, "pageToken": `"eyJ9=="`}},
		{name: "first page of VIRTUAL-P", path: "/op/card/P/transaction", answer: "{}", run: func(ctx context.Context, c *legacy.Client) error {
			return just(c.VirtualP.Transactions(ctx, legacy.VirtualTransactionsRequest{CardNumber: pan, PageSize: 3, From: firstDay, To: lastDay}))
		}, want: map[string]string{
			"cardNumber": `"4242424242424242"`, "pageSize": `"3"`, "pageToken": `""`,
			"creationTimeFrom": `"2026-03-01"`, "creationTimeTo": `"2026-04-30"`,
		}},
		{name: "without parameters", path: "/api/v1/legacy/tf/v4/countries", answer: "[]", run: func(ctx context.Context, c *legacy.Client) error {
			return just(c.Reference.TargetCountries(ctx))
		}, want: map[string]string{}},
		{name: "images are not signed", path: "/op/card/P/document", answer: "true", unsigned: []string{"faceImage", "backImage"}, run: func(ctx context.Context, c *legacy.Client) error {
			return c.VirtualP.UploadDocument(ctx, legacy.DocumentRequest{
				CardNumber: pan, IDType: legacy.DocumentTypeHongKongID, FaceImage: issuing.NewSecret("\xff\xd8 front"), BackImage: issuing.NewSecret("\xff\xd8 back"),
			})
		}, want: map[string]string{
			"cardNumber": `"4242424242424242"`, "idType": `"HK-HKID"`, "faceImage": encoded("\xff\xd8 front"), "backImage": encoded("\xff\xd8 back"),
		}},
		{name: "MASTER-E application", path: "/api/card/kyc/apply/master/E", answer: acceptedDeposit,
			unsigned: []string{"faceImage", "backImage", "passImage", "signImage"}, run: func(ctx context.Context, c *legacy.Client) error {
				return just(c.Applications.ApplyMasterE(ctx, masterEApplication("d-1")))
			}, want: map[string]string{
				"merOrderNo": `"d-1"`, "firstName": `"小明"`, "lastName": `"Wang"`, "firstNameEn": `"Xiaoming"`, "lastNameEN": `"Wang"`,
				"countryCode": `"86"`, "phone": `"13800000000"`, "email": `"x@example.com"`, "address": `"1 Nanjing Road"`,
				"certType": `"-1"`, "idNumber": `"E12345678"`, "idExpiryDate": `"2030-01-01"`, "country": `"156"`,
				"birthday": `"1990-01-01"`, "annualIncome": `"30"`, "occupation": `"15"`, "position": `"3"`, "passImage": encoded("\xff\xd8 passport"),
			}},
		{name: "VIRTUAL-L application", path: "/api/card/kyc/apply/virtual/L/en", answer: acceptedDeposit, run: func(ctx context.Context, c *legacy.Client) error {
			return just(c.Applications.ApplyVirtualL(ctx, virtualLApplication("d-1")))
		}, want: map[string]string{
			"merOrderNo": `"d-1"`, "cardType": `"MASTER"`, "businessScene": `"e-commerce"`, "cardArea": `"United States"`,
			"firstRecharge": `"11"`, "firstName": `"Dennis"`, "lastName": `"Huang"`, "email": `"x@example.com"`, "birthday": `"1992-09-20"`,
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r, client := record(t, success(tc.answer))
			if err := tc.run(t.Context(), client); err != nil {
				t.Fatal(err)
			}
			requests := r.all()
			if len(requests) != 1 || requests[0].Path != tc.path {
				t.Fatalf("requests %+v", requests)
			}
			got := map[string]string{}
			for name, value := range sent(t, requests[0], tc.unsigned...) {
				got[name] = string(value)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEveryAttemptIsSignedAnew(t *testing.T) {
	t.Parallel()
	r, client := record(t, refusedAs("500"), refusedAs("5000"), success(acceptedDeposit))
	var info issuing.CallInfo
	if _, err := client.Cards.DepositByKey(t.Context(), "d-1", issuing.WithCallInfo(&info)); err != nil {
		t.Fatal(err)
	}
	nonces := map[string]bool{}
	for _, request := range r.all() {
		sent(t, request)
		nonces[string(request.Body["nonce"])] = true
	}
	if len(nonces) != 3 || info.Attempts != 3 || !nonces[`"`+info.RequestID+`"`] {
		t.Errorf("%d nonces in %d attempts, request id %q", len(nonces), info.Attempts, info.RequestID)
	}
}

func TestDo(t *testing.T) {
	t.Parallel()
	r, client := record(t, success(`{"available":"12.50"}`))
	in := struct {
		Currency issuing.Currency `json:"currency"`
		Deep     bool             `json:"deep"`
	}{issuing.CurrencyUSD, false}
	var target map[string]issuing.Amount
	if err := client.Do(t.Context(), "/api/balance", in, &target); err != nil || target["available"].String() != "12.50" {
		t.Errorf("%+v, %v", target, err)
	}
	if body := sent(t, r.all()[0]); string(body["currency"]) != `"USD"` || string(body["deep"]) != "false" {
		t.Errorf("body %s", body)
	}
	if err := client.Do(t.Context(), "/api/balance", nil, nil); err != nil {
		t.Error(err)
	}
	for name, in := range map[string]any{"an array": []string{"x"}, "a text": "x", "a common parameter": map[string]any{"appKey": "other"}} {
		if err := client.Do(t.Context(), "/api/balance", in, nil); !errors.Is(err, issuing.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := len(r.all()); got != 2 {
		t.Errorf("%d requests", got)
	}
	broken, brokenClient := scripted(t, map[string][]reply{"/x": {{}}})
	if err := brokenClient.Do(t.Context(), "/x", nil, nil); !errors.Is(err, issuing.ErrOutcomeUnknown) || broken.count("/x") != 1 {
		t.Errorf("unclear: %v after %d requests", err, broken.count("/x"))
	}
}
