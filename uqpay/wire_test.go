package uqpay_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/uqpay"
)

// sent is what one call put on the wire.
type sent struct {
	line   string // method, host, path and query
	body   string
	header http.Header
}

// record runs one call against a platform that answers with what any result
// needs, and returns what was sent.
func record(t *testing.T, do func(context.Context, *uqpay.Client) error) sent {
	t.Helper()
	var got []sent
	c := stubClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
		if isMint(r) {
			return answerTo(r, 200, tokenBody), nil
		}
		body, _ := io.ReadAll(r.Body)
		header := http.Header{} // by canonical names, as a server reads it
		for name, values := range r.Header {
			header[http.CanonicalHeaderKey(name)] = values
		}
		got = append(got, sent{r.Method + " " + r.URL.Host + r.URL.RequestURI(), string(body), header})
		return answerTo(r, 200, anyResult(r)), nil
	}))
	if err := do(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 {
		t.Fatalf("%d requests", len(got))
	}
	return got[0]
}

// anyResult is what any result needs, about the card, order or cardholder that the path
// names.
func anyResult(r *http.Request) string {
	named := func(pattern, other string) string {
		if m := regexp.MustCompile(pattern).FindStringSubmatch(r.URL.Path); m != nil {
			return m[1]
		}
		return other
	}
	return `{"card_id":"` + named("/cards/(c-[0-9])", "c") + `","card_order_id":"` + named("/cards/(o-[0-9])", "o") +
		`","cardholder_id":"` + named("/cardholders/([^/]+)", "h") + `","token":"t","card_number":"4","request_status":"SUCCESS",
		"transaction_id":"t","deposit_id":"d","report_id":"r","file_id":"f","transfer_id":"t","account_id":"a","balance_id":"b",
		"default_card_art_id":"a","total_pages":1,"total_items":0,"data":[]}`
}

func ignore[T any](_ T, err error) error { return err }

type client = *uqpay.Client

// wireCalls are all calls but the upload, and what each puts on the wire: method,
// host, path, query and body.
func wireCalls(t *testing.T) map[string]func(context.Context, client) error {
	t.Helper()
	at := time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
	five := uqpay.AmountRequest{Amount: amount(t, "5.10")}
	pan := issuing.NewSecret("4937241000000012")
	pin := issuing.NewSecret("012345")
	image := issuing.NewSecret(base64.StdEncoding.EncodeToString([]byte("image")))
	const api = "api-sandbox.uqpaytech.com/api"
	return map[string]func(context.Context, client) error{
		"GET " + api + "/v1/accounts?page_number=1&page_size=10\n":  func(ctx context.Context, c client) error { return ignore(c.Accounts.List(ctx, uqpay.Paging{})) },
		"GET " + api + "/v1/accounts/a-1?business_code=ISSUING\n":   func(ctx context.Context, c client) error { return ignore(c.Accounts.Account(ctx, "a-1", "ISSUING")) },
		"GET " + api + "/v1/issuing/cardholders/h-1\n":              func(ctx context.Context, c client) error { return ignore(c.Cardholders.Cardholder(ctx, "h-1")) },
		"GET " + api + "/v1/issuing/cards/c-1\n":                    func(ctx context.Context, c client) error { return ignore(c.Cards.Card(ctx, "c-1")) },
		"GET " + api + "/v1/issuing/cards/c-1/secure\n":             func(ctx context.Context, c client) error { return ignore(c.Cards.Secure(ctx, "c-1")) },
		"POST " + api + "/v1/issuing/cards/c-1/token\n":             func(ctx context.Context, c client) error { return ignore(c.Cards.PANToken(ctx, "c-1")) },
		"GET " + api + "/v1/issuing/cards/o-1/order\n":              func(ctx context.Context, c client) error { return ignore(c.Orders.Order(ctx, "o-1")) },
		"GET " + api + "/v1/issuing/cards/arts\n":                   func(ctx context.Context, c client) error { return ignore(c.Arts.List(ctx, "")) },
		"GET " + api + "/v1/issuing/cards/arts?card_product_id=p\n": func(ctx context.Context, c client) error { return ignore(c.Arts.List(ctx, "p")) },
		"GET " + api + "/v1/issuing/transactions/t-1\n":             func(ctx context.Context, c client) error { return ignore(c.Transactions.Transaction(ctx, "t-1")) },
		"GET " + api + "/v1/issuing/transfers/t-1\n":                func(ctx context.Context, c client) error { return ignore(c.Transfers.Transfer(ctx, "t-1")) },
		"GET " + api + "/v1/issuing/cardholders?cardholder_status=PENDING&page_number=2&page_size=20\n": func(ctx context.Context, c client) error {
			return ignore(c.Cardholders.List(ctx, uqpay.CardholdersRequest{Paging: uqpay.Paging{Page: 2, PageSize: 20}, Status: "PENDING"}))
		},
		"GET " + api + "/v1/issuing/products?page_number=1&page_size=10\n": func(ctx context.Context, c client) error { return ignore(c.Products.List(ctx, uqpay.Paging{})) },
		"GET " + api + "/v1/issuing/balances?page_number=1&page_size=10\n": func(ctx context.Context, c client) error { return ignore(c.Balances.List(ctx, uqpay.Paging{})) },
		"GET " + api + "/v1/issuing/cards?card_number=4937241000000012&card_status=ACTIVE&cardholder_id=h&page_number=1&page_size=1\n": func(ctx context.Context, c client) error {
			return ignore(c.Cards.List(ctx, uqpay.CardsRequest{Paging: uqpay.Paging{PageSize: 1}, CardNumber: pan, Status: "ACTIVE", CardholderID: "h"}))
		},
		"GET " + api + "/v1/issuing/transactions?card_id=c&end_time=2026-04-02T08%3A00%3A00%2B08%3A00&page_number=1&page_size=10&start_time=2026-04-01T08%3A00%3A00%2B08%3A00\n": func(ctx context.Context, c client) error {
			return ignore(c.Transactions.List(ctx, uqpay.TransactionsRequest{CardID: "c", Period: uqpay.Period{Start: at, End: at.AddDate(0, 0, 1)}}))
		},
		"GET " + api + "/v1/issuing/balances/transactions?currency=USD&page_number=1&page_size=10&transaction_id=t&transaction_status=COMPLETED&transaction_type=FEE\n": func(ctx context.Context, c client) error {
			return ignore(c.Balances.Ledger(ctx, uqpay.LedgerRequest{Type: "FEE", Status: "COMPLETED", Currency: "USD", TransactionID: "t"}))
		},
		"GET " + api + "/v1/issuing/merchant_brands?display_name=Ex+%26&merchant_code=M&page_number=1&page_size=10\n": func(ctx context.Context, c client) error {
			return ignore(c.Brands.List(ctx, uqpay.BrandsRequest{DisplayName: "Ex &", MerchantCode: "M"}))
		},
		"GET " + api + "/v1/issuing/reports/r-1\n": func(ctx context.Context, c client) error { return c.Reports.Download(ctx, "r-1", io.Discard) },

		"POST " + api + "/v1/issuing/cardholders\n" + `{"email":"alex.chen@example.com","first_name":"Alex","last_name":"Chen","country_code":"SG","phone_number":"91234567"}`: func(ctx context.Context, c client) error {
			return ignore(c.Cardholders.Create(ctx, alex()))
		},
		"POST " + api + "/v1/issuing/cardholders/h-1\n" + `{"date_of_birth":"1990-02-03","gender":"FEMALE","nationality":"SG","residential_address":{"country":"SG","city":"Singapore","line1":"1 Road"},"identity":{"type":"ID_CARD","number":"S1","front_file":"aW1hZ2U=","back_file":"aW1hZ2U="},"kyc_verification":{"method":"THIRD_PARTY","kyc_proof":{"provider":"SUMSUB","reference_id":"0123456789"}},"document_type":"pdf","document":"aW1hZ2U="}`: func(ctx context.Context, c client) error {
			return ignore(c.Cardholders.Update(ctx, "h-1", uqpay.UpdateCardholderRequest{
				Person: uqpay.Person{
					DateOfBirth: issuing.NewDate(1990, 2, 3), Gender: uqpay.GenderFemale, Nationality: "SG",
					ResidentialAddress: &uqpay.Address{Country: "SG", City: "Singapore", Line1: "1 Road"},
					Identity:           &uqpay.Identity{Type: uqpay.IdentityTypeIDCard, Number: issuing.NewSecret("S1"), FrontFile: image, BackFile: image},
					KYCVerification:    &uqpay.KYCVerification{Method: uqpay.KYCMethodThirdParty, Proof: &uqpay.KYCProof{Provider: uqpay.KYCProviderSumsub, ReferenceID: "0123456789"}},
				},
				DocumentType: uqpay.DocumentTypePDF, Document: image,
			}))
		},
		"POST " + api + "/v1/issuing/cards\n" + `{"card_currency":"USD","card_product_id":"p","cardholder_id":"h","card_limit":100.00,"name_on_card":"A CHEN","card_art_id":"art","spending_controls":[{"amount":50.5,"interval":"PER_TRANSACTION"}],"risk_controls":{"enable_3ds":"Y","allow_3ds_transactions":"N","allowed_mcc":["5734"]},"metadata":{"a":"1","b":"2"},"usage_type":"ONE_TIME","auto_cancel_trigger":"ON_AUTH","expiry_at":"2026-04-01T08:00:00+08:00","cardholder_required_fields":{"phone_number":"91234567","gender":"MALE"}}`: func(ctx context.Context, c client) error {
			return ignore(c.Cards.Apply(ctx, uqpay.ApplyRequest{
				Currency: "USD", ProductID: "p", CardholderID: "h", Limit: amount(t, "100.00"), NameOnCard: "A CHEN", ArtID: "art",
				SpendingControls: []uqpay.SpendingControl{{Amount: amount(t, "50.5"), Interval: uqpay.IntervalPerTransaction}},
				RiskControls:     &uqpay.RiskControls{Enable3DS: uqpay.FlagYes, Allow3DS: uqpay.FlagNo, AllowedMCC: []string{"5734"}},
				Metadata:         map[string]string{"b": "2", "a": "1"}, UsageType: uqpay.UsageTypeOneTime, AutoCancelTrigger: uqpay.AutoCancelTriggerOnAuth, ExpiryAt: at,
				CardholderFields: &uqpay.CardholderFields{PhoneNumber: "91234567", Person: uqpay.Person{Gender: uqpay.GenderMale}},
			}))
		},
		"POST " + api + "/v1/issuing/cards/c-1\n" + `{"no_pin_payment_amount":0,"risk_controls":{"blocked_mcc":[]}}`: func(ctx context.Context, c client) error {
			return ignore(c.Cards.Update(ctx, "c-1", uqpay.UpdateCardRequest{NoPINPaymentAmount: amount(t, "0"), RiskControls: &uqpay.RiskControls{BlockedMCC: []string{}}}))
		},
		"POST " + api + "/v1/issuing/cards/c-1/status\n" + `{"card_status":"FROZEN","update_reason":"why"}`: func(ctx context.Context, c client) error {
			return ignore(c.Cards.SetStatus(ctx, "c-1", uqpay.SetStatusRequest{Status: "FROZEN", Reason: "why"}))
		},
		"POST " + api + "/v1/issuing/cards/c-2/status\n" + `{"card_status":"ACTIVE"}`:    func(ctx context.Context, c client) error { return ignore(c.Cards.Unfreeze(ctx, "c-2")) },
		"POST " + api + "/v1/issuing/cards/c-3/status\n" + `{"card_status":"CANCELLED"}`: func(ctx context.Context, c client) error { return ignore(c.Cards.Close(ctx, "c-3")) },
		"POST " + api + "/v1/issuing/cards/c-1/recharge\n" + `{"amount":5.10}`:           func(ctx context.Context, c client) error { return ignore(c.Cards.Deposit(ctx, "c-1", five)) },
		"POST " + api + "/v1/issuing/cards/c-1/withdraw\n" + `{"amount":5.10}`:           func(ctx context.Context, c client) error { return ignore(c.Cards.Withdraw(ctx, "c-1", five)) },
		"POST " + api + "/v1/issuing/cards/c-1/risk\n" + `{"risk_control":"network_protection","action_code":"41"}`: func(ctx context.Context, c client) error {
			return ignore(c.Cards.Protect(ctx, "c-1", uqpay.ProtectionActionLost))
		},
		"DELETE " + api + "/v1/issuing/cards/c-1/risk\n" + `{"risk_control":"network_protection"}`: func(ctx context.Context, c client) error { return ignore(c.Cards.Unprotect(ctx, "c-1")) },
		"POST " + api + "/v1/issuing/cards/c-1/elevate_limit\n" + `{"limit_amount":1000.5,"duration_in_days":3}`: func(ctx context.Context, c client) error {
			return ignore(c.Cards.ElevateLimit(ctx, "c-1", uqpay.ElevateLimitRequest{Limit: amount(t, "1000.5"), Days: 3}))
		},
		"POST " + api + "/v1/issuing/cards/assign\n" + `{"cardholder_id":"h","card_number":"4937241000000012","card_currency":"USD","card_mode":"SINGLE"}`: func(ctx context.Context, c client) error {
			return ignore(c.Cards.Assign(ctx, uqpay.AssignRequest{CardholderID: "h", CardNumber: pan, Currency: "USD", Mode: uqpay.ModeSingle}))
		},
		"POST " + api + "/v1/issuing/cards/activate\n" + `{"card_id":"c","activation_code":"57609685","pin":"012345","no_pin_payment_amount":200}`: func(ctx context.Context, c client) error {
			return ignore(c.Cards.Activate(ctx, uqpay.ActivateRequest{CardID: "c", ActivationCode: issuing.NewSecret("57609685"), PIN: pin, NoPINPaymentAmount: amount(t, "200")}))
		},
		"POST " + api + "/v1/issuing/cards/pin\n" + `{"card_id":"c","pin":"012345","type":"UPDATE","old_pin":"543210"}`: func(ctx context.Context, c client) error {
			return ignore(c.Cards.SetPIN(ctx, uqpay.PINRequest{CardID: "c", PIN: pin, Action: uqpay.PINActionUpdate, OldPIN: issuing.NewSecret("543210")}))
		},
		"POST " + api + "/v1/issuing/cards/manage/pin\n" + `{"card_id":"c","type":"SET","pin":"0123"}`: func(ctx context.Context, c client) error {
			return ignore(c.Cards.ManagePIN(ctx, uqpay.ManagePINRequest{CardID: "c", Action: uqpay.PINActionSet, PIN: issuing.NewSecret("0123")}))
		},
		"POST " + api + "/v1/issuing/cards/bulk\n" + `{"card_bin":"40963608","numbers":5}`: func(ctx context.Context, c client) error {
			return ignore(c.Cards.Bulk(ctx, uqpay.BulkRequest{BIN: "40963608", Count: 5}))
		},
		"POST " + api + "/v1/issuing/cards/arts/default\n" + `{"card_art_id":"art"}`: func(ctx context.Context, c client) error { return ignore(c.Arts.SetDefault(ctx, "art")) },
		"POST " + api + "/v1/issuing/transactions/unsolicited_refund/release\n" + `{"related_transaction_id":"t","remark":"r"}`: func(ctx context.Context, c client) error {
			return ignore(c.Transactions.ReleaseRefund(ctx, uqpay.ReleaseRefundRequest{TransactionID: "t", Remark: "r"}))
		},
		"POST " + api + "/v1/issuing/balances\n" + `{"currency":"XUSD"}`: func(ctx context.Context, c client) error { return ignore(c.Balances.Balance(ctx, uqpay.XUSD)) },
		"POST " + api + "/v1/issuing/transfers\n" + `{"source_account_id":"a","destination_account_id":"b","currency":"USD","amount":10.00,"remark":"r"}`: func(ctx context.Context, c client) error {
			return ignore(c.Transfers.Create(ctx, uqpay.TransferRequest{SourceAccountID: "a", DestinationAccountID: "b", Currency: "USD", Amount: amount(t, "10.00"), Remark: "r"}))
		},
		"POST " + api + "/v1/issuing/reports\n" + `{"report_type":"LEDGER","start_time":"2026-04-01T08:00:00+08:00","end_time":"2026-04-01T09:00:00+08:00"}`: func(ctx context.Context, c client) error {
			return ignore(c.Reports.Create(ctx, uqpay.ReportRequest{Type: uqpay.ReportTypeLedger, Start: at, End: at.Add(time.Hour)}))
		},
		"POST " + api + "/v1/simulation/issuing/authorization\n" + `{"card_id":"c","transaction_amount":5.1,"transaction_currency":"USD","merchant_name":"M","merchant_category_code":"5734"}`: func(ctx context.Context, c client) error {
			return ignore(c.Simulator.Authorize(ctx, uqpay.AuthorizeRequest{CardID: "c", Amount: amount(t, "5.1"), Currency: "USD", MerchantName: "M"}))
		},
		"POST " + api + "/v1/simulation/issuing/reversal\n" + `{"transaction_id":"t"}`: func(ctx context.Context, c client) error { return ignore(c.Simulator.Reverse(ctx, "t")) },
		"POST " + api + "/v1/simulation/deposit\n" + `{"account_id":"a","amount":100,"currency":"USD","sender_swift_code":"WELGBE22","sender_country":"BE","sender_name":"N"}`: func(ctx context.Context, c client) error {
			return ignore(c.Simulator.FundBalance(ctx, uqpay.FundBalanceRequest{AccountID: "a", Amount: amount(t, "100"), Currency: "USD", SenderSWIFT: "WELGBE22", SenderCountry: "BE", SenderName: "N"}))
		},
		"POST files.uqpaytech.com/api/v1/files/download_links\n" + `{"file_ids":["f"]}`: func(ctx context.Context, c client) error { return ignore(c.Files.Links(ctx, []string{"f"})) },
		"PUT " + api + "/v1/new/thing\n" + `{"n":1}`: func(ctx context.Context, c client) error {
			return c.Do(ctx, "PUT /v1/new/thing", map[string]any{"n": 1}, nil)
		},
		"GET " + api + "/v1/new/thing?n=1\n": func(ctx context.Context, c client) error {
			return c.Do(ctx, "get /v1/new/thing", map[string]any{"n": 1}, nil)
		},
	}
}

// TestWire asserts method, path, query and body of every call.
func TestWire(t *testing.T) {
	t.Parallel()
	for want, do := range wireCalls(t) {
		got := record(t, do)
		if diff := cmp.Diff(want, got.line+"\n"+got.body); diff != "" {
			t.Error(diff)
		}
		checkHeaders(t, got)
	}
}

// checkHeaders asserts the headers that every call needs.
func checkHeaders(t *testing.T, got sent) {
	t.Helper()
	method, _, _ := strings.Cut(got.line, " ")
	h := got.header
	if h.Get("x-auth-token") != "Bearer eyJ.t" || h.Get("x-api-key") != "" || h["X-On-Behalf-Of"] != nil {
		t.Errorf("%s: credentials %v", got.line, h)
	}
	if key := h.Get("x-idempotency-key"); (key == "") != (method == "GET") || key != strings.ToLower(key) {
		t.Errorf("%s: key %q", got.line, key)
	}
	if (h.Get("Content-Type") == "application/json") != (got.body != "") {
		t.Errorf("%s: content type %q", got.line, h.Get("Content-Type"))
	}
	if want := map[bool]string{true: "application/octet-stream", false: "application/json"}[strings.Contains(got.line, "/reports/")]; h.Get("Accept") != want {
		t.Errorf("%s: accept %q", got.line, h.Get("Accept"))
	}
}

func TestOnBehalfOf(t *testing.T) {
	t.Parallel()
	var seen []string
	rt := roundTrip(func(r *http.Request) (*http.Response, error) {
		if isMint(r) {
			return answerTo(r, 200, tokenBody), nil
		}
		seen = append(seen, strings.Join(r.Header["X-On-Behalf-Of"], ","))
		return answerTo(r, 200, `{"card_id":"c","account_id":"a"}`), nil
	})
	cfg := stubConfig()
	cfg.OnBehalfOf = "configured"
	c, err := uqpay.New(cfg, issuing.WithHTTPClient(&http.Client{Transport: rt}))
	if err != nil {
		t.Fatal(err)
	}
	for _, do := range []func() error{
		func() error { return ignore(c.Cards.Card(t.Context(), "c")) },
		func() error { return ignore(c.Cards.Card(t.Context(), "c", uqpay.OnBehalfOf("called"))) },
		func() error { return ignore(c.Cards.Card(t.Context(), "c", uqpay.OnBehalfOf(""))) },
		func() error { return ignore(c.Accounts.Account(t.Context(), "a", "", uqpay.OnBehalfOf("called"))) },
	} {
		if err := do(); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"configured", "called", "", ""}, seen); diff != "" {
		t.Error(diff)
	}
	if _, err := c.Cards.Card(t.Context(), "c", uqpay.OnBehalfOf("a\r\nb")); err == nil || len(seen) != 4 {
		t.Errorf("%v", err)
	}
}

func TestUpload(t *testing.T) {
	t.Parallel()
	content := strings.Repeat("content ", 1000)
	got := record(t, func(ctx context.Context, c *uqpay.Client) error {
		return ignore(c.Files.Upload(ctx, uqpay.UploadRequest{Name: `my "id".PDF`, Content: strings.NewReader(content), Notes: "for A & B"}))
	})
	if got.line != "POST files.uqpaytech.com/api/v1/files/upload?notes=for+A+%26+B" || !strings.Contains(got.body, content) ||
		!strings.Contains(got.body, `form-data; name="file"; filename="my \"id\".PDF"`) || !strings.HasPrefix(got.header.Get("Content-Type"), "multipart/form-data; boundary=") {
		t.Errorf("%s %v", got.line, got.header)
	}
	for name, req := range map[string]uqpay.UploadRequest{
		"no name":    {Content: strings.NewReader("x")},
		"no content": {Name: "a.pdf"},
		"bad type":   {Name: "a.exe", Content: strings.NewReader("x")},
		"too large":  {Name: "a.pdf", Content: bytes.NewReader(make([]byte, uqpay.MaxUpload+1))},
		"notes":      {Name: "a.pdf", Content: strings.NewReader("x"), Notes: strings.Repeat("n", 51)},
	} {
		c := stubClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
			t.Errorf("%s: sent", name)
			return nil, io.EOF
		}))
		if _, err := c.Files.Upload(t.Context(), req); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
