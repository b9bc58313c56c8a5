package uqpay_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
)

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*uqpay.Config){
		"no URL":           func(c *uqpay.Config) { c.BaseURL = "" },
		"http":             func(c *uqpay.Config) { c.BaseURL = "http://api.uqpay.com/api" },
		"query":            func(c *uqpay.Config) { c.BaseURL += "?x" },
		"files URL":        func(c *uqpay.Config) { c.FilesURL = "ftp://x" },
		"iframe URL":       func(c *uqpay.Config) { c.IframeURL = "x" },
		"no client id":     func(c *uqpay.Config) { c.ClientID = "" },
		"no API key":       func(c *uqpay.Config) { c.APIKey = issuing.Secret{} },
		"line in id":       func(c *uqpay.Config) { c.ClientID = "a\r\nb" },
		"space in key":     func(c *uqpay.Config) { c.APIKey = issuing.NewSecret("key-secret ") },
		"account of words": func(c *uqpay.Config) { c.OnBehalfOf = "a b" },
	} {
		cfg := stubConfig()
		change(&cfg)
		_, err := uqpay.New(cfg)
		if !errors.Is(err, issuing.ErrInvalid) || strings.Contains(err.Error(), "key-secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := uqpay.New(stubConfig(), issuing.WithTimeout(0)); !errors.Is(err, issuing.ErrInvalid) {
		t.Errorf("bad option: %v", err)
	}
	_, err := uqpay.New(uqpay.Config{})
	var e *issuing.Error
	if !errors.As(err, &e) || len(e.Fields) != 3 {
		t.Errorf("all problems at once: %v", err)
	}
}

// TestValidation names every field that is wrong, without sending or quoting.
func TestValidation(t *testing.T) {
	t.Parallel()
	c := stubClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
		t.Errorf("sent %s", r.URL.Path)
		return nil, io.EOF
	}))
	ctx := t.Context()
	s := issuing.NewSecret
	for name, check := range map[string]struct {
		err  error
		want string
	}{
		"cardholder": {ignore(c.Cardholders.Create(ctx, uqpay.CreateCardholderRequest{Email: "x", LastName: " Chen", CountryCode: "sg",
			Person: uqpay.Person{DateOfBirth: issuing.NewDate(2000, 2, 30), Nationality: "S", Identity: &uqpay.Identity{Type: uqpay.IdentityTypeIDCard, FrontFile: s("%%")},
				ResidentialAddress: &uqpay.Address{}, KYCVerification: &uqpay.KYCVerification{Method: uqpay.KYCMethodThirdParty, Proof: &uqpay.KYCProof{ReferenceID: "short"}}},
			Document: s("!")})),
			"email first_name last_name country_code phone_number date_of_birth nationality residential_address.country residential_address.city residential_address.line1 identity.number identity.back_file identity.front_file kyc_verification.kyc_proof.provider kyc_verification.kyc_proof.reference_id document_type document"},
		"update":          {ignore(c.Cardholders.Update(ctx, "h", uqpay.UpdateCardholderRequest{})), "request"},
		"card":            {ignore(c.Cards.Apply(ctx, uqpay.ApplyRequest{Currency: "usd", Limit: amount(t, "1.001"), UsageType: uqpay.UsageTypeOneTime, NameOnCard: issuing.Personal(strings.Repeat("x", 27)), Metadata: map[string]string{"k": strings.Repeat("v", 3200)}})), "card_currency card_product_id card_limit name_on_card metadata auto_cancel_trigger cardholder_id"},
		"one step":        {ignore(c.Cards.Apply(ctx, uqpay.ApplyRequest{Currency: "USD", ProductID: "p", CardholderFields: &uqpay.CardholderFields{}})), "cardholder_required_fields.email cardholder_required_fields.first_name cardholder_required_fields.last_name cardholder_required_fields.country_code cardholder_required_fields.phone_number"},
		"risk":            {ignore(c.Cards.Update(ctx, "c", uqpay.UpdateCardRequest{RiskControls: &uqpay.RiskControls{Enable3DS: "yes", AllowedMCC: []string{"5734"}, BlockedMCC: []string{"57X4"}}})), "risk_controls.enable_3ds risk_controls.blocked_mcc[0] risk_controls"},
		"nothing":         {ignore(c.Cards.Update(ctx, "c", uqpay.UpdateCardRequest{})), "request"},
		"spending":        {ignore(c.Cards.Update(ctx, "c", uqpay.UpdateCardRequest{SpendingControls: []uqpay.SpendingControl{{Amount: amount(t, "-1")}}})), "spending_controls.amount spending_controls.interval"},
		"status":          {ignore(c.Cards.SetStatus(ctx, "c", uqpay.SetStatusRequest{Status: "BLOCKED", Reason: strings.Repeat("r", 101)})), "card_status update_reason"},
		"no amount":       {ignore(c.Cards.Deposit(ctx, "c", uqpay.AmountRequest{})), "amount"},
		"zero":            {ignore(c.Cards.Withdraw(ctx, "c", uqpay.AmountRequest{Amount: amount(t, "0.00")})), "amount"},
		"three decimals":  {ignore(c.Cards.Deposit(ctx, "c", uqpay.AmountRequest{Amount: amount(t, "1.005")})), "amount"},
		"PIN":             {ignore(c.Cards.SetPIN(ctx, uqpay.PINRequest{CardID: "c", PIN: s("12345")})), "pin"},
		"PIN update":      {ignore(c.Cards.SetPIN(ctx, uqpay.PINRequest{CardID: "c", PIN: s("123456"), Action: uqpay.PINActionUpdate})), "old_pin"},
		"same PIN":        {ignore(c.Cards.SetPIN(ctx, uqpay.PINRequest{CardID: "c", PIN: s("123456"), OldPIN: s("123456"), Action: uqpay.PINActionUpdate})), "pin"},
		"old PIN at set":  {ignore(c.Cards.SetPIN(ctx, uqpay.PINRequest{CardID: "c", PIN: s("123456"), OldPIN: s("654321")})), "old_pin"},
		"activate":        {ignore(c.Cards.Activate(ctx, uqpay.ActivateRequest{ActivationCode: s("1234567"), PIN: s("abcdef")})), "card_id activation_code pin"},
		"assign":          {ignore(c.Cards.Assign(ctx, uqpay.AssignRequest{CardNumber: s("1")})), "cardholder_id card_number card_currency card_mode"},
		"page":            {ignore(c.Cards.List(ctx, uqpay.CardsRequest{Paging: uqpay.Paging{Page: -1, PageSize: 101}})), "page_number page_size"},
		"span":            {ignore(c.Transactions.List(ctx, uqpay.TransactionsRequest{Period: uqpay.Period{Start: start, End: start.AddDate(0, 0, 91)}})), "end_time"},
		"backwards":       {ignore(c.Balances.Ledger(ctx, uqpay.LedgerRequest{Period: uqpay.Period{Start: start, End: start.Add(-1)}})), "end_time"},
		"brands":          {ignore(c.Brands.List(ctx, uqpay.BrandsRequest{})), "display_name, merchant_code"},
		"transfer":        {ignore(c.Transfers.Create(ctx, uqpay.TransferRequest{SourceAccountID: "a", DestinationAccountID: "a", Currency: "USD", Amount: amount(t, "1")})), "destination_account_id"},
		"report":          {ignore(c.Reports.Create(ctx, uqpay.ReportRequest{})), "report_type start_time end_time"},
		"report writer":   {c.Reports.Download(ctx, "r", nil), "w"},
		"protect":         {ignore(c.Cards.Protect(ctx, "c", "")), "action_code"},
		"elevate far":     {ignore(c.Cards.ElevateLimit(ctx, "c", uqpay.ElevateLimitRequest{Limit: amount(t, "100000.01")})), "limit_amount"},
		"elevate":         {ignore(c.Cards.ElevateLimit(ctx, "c", uqpay.ElevateLimitRequest{Days: -1})), "limit_amount duration_in_days"},
		"links":           {ignore(c.Files.Links(ctx, nil)), "file_ids"},
		"deposit":         {ignore(c.Simulator.FundBalance(ctx, uqpay.FundBalanceRequest{})), "account_id amount currency sender_swift_code"},
		"path with query": {c.Do(ctx, "GET /v1/x?y", nil, nil), "path"},
		"path upwards":    {c.Do(ctx, "GET /v1/../x", nil, nil), "path"},
		"bare path":       {c.Do(ctx, "GET v1/x", nil, nil), "path"},
	} {
		var e *issuing.Error
		if !errors.As(check.err, &e) || !errors.Is(e.Kind, issuing.ErrInvalid) {
			t.Errorf("%s: %v", name, check.err)
			continue
		}
		var fields []string
		for _, f := range e.Fields {
			if !slices.Contains(fields, f.Field) {
				fields = append(fields, f.Field)
			}
		}
		if diff := cmp.Diff(check.want, strings.Join(fields, " ")); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		for _, value := range []string{"123456", "654321", "abcdef", "short"} {
			if strings.Contains(check.err.Error(), value) {
				t.Errorf("%s: the error quotes a value: %v", name, check.err)
			}
		}
	}
}

func TestSimulatorIsForTheSandbox(t *testing.T) {
	t.Parallel()
	for _, base := range []string{uqpay.ProductionURL, "https://API.uqpay.com:443/api", "https://api.uqpay.com./api"} {
		cfg := stubConfig()
		cfg.BaseURL = base
		c, err := uqpay.New(cfg, issuing.WithHTTPClient(&http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
			t.Error("sent")
			return nil, io.EOF
		})}))
		if err != nil {
			t.Fatal(err)
		}
		for name, err := range map[string]error{
			"authorize": ignore(c.Simulator.Authorize(t.Context(), uqpay.AuthorizeRequest{CardID: "c", Amount: amount(t, "1"), Currency: "USD", MerchantName: "m"})),
			"reverse":   ignore(c.Simulator.Reverse(t.Context(), "t")),
			"deposit":   ignore(c.Simulator.FundBalance(t.Context(), uqpay.FundBalanceRequest{AccountID: "a", Amount: amount(t, "1"), Currency: "USD", SenderSWIFT: "WELGBE22"})),
			"do":        c.Do(t.Context(), "POST /v1/simulation/issuing/reversal", nil, nil),
		} {
			if !errors.Is(err, issuing.ErrNotConfigured) {
				t.Errorf("%s at %s: %v", name, base, err)
			}
		}
	}
}

func TestIframeURL(t *testing.T) {
	t.Parallel()
	c := stubClient(t, &authority{})
	address, err := c.IframeURL("card/1", issuing.NewSecret("pan_e y+J"), uqpay.Iframe{
		Lang: "en", Styles: map[string]any{"color": "#fff & more"}, CardholderName: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(address.Reveal())
	if err != nil || u.Host != "embedded-sandbox.uqpaytech.com" || u.Path != "/iframe/card" || strings.Contains(u.RawQuery, "+") {
		t.Fatalf("%v %v", u, err)
	}
	want := url.Values{"token": {"pan_e y+J"}, "cardId": {"card/1"}, "lang": {"en"}, "styles": {`{"color":"#fff \u0026 more"}`}, "cardholder_name": {"true"}}
	if diff := cmp.Diff(want, u.Query()); diff != "" {
		t.Error(diff)
	}
	if text := fmt.Sprint(address); text != "[redacted]" {
		t.Error(text)
	}
	for _, bad := range []func() error{
		func() error { return ignore(c.IframeURL("", issuing.NewSecret("t"), uqpay.Iframe{})) },
		func() error { return ignore(c.IframeURL("c", issuing.Secret{}, uqpay.Iframe{})) },
		func() error { return ignore(c.IframeURL("c", issuing.NewSecret("t"), uqpay.Iframe{Lang: "fr"})) },
	} {
		if err := bad(); !errors.Is(err, issuing.ErrInvalid) {
			t.Errorf("%v", err)
		}
	}
}

// TestIterators: lazy, all pages, an empty page in the middle, one error and the
// end.
func TestIterators(t *testing.T) {
	t.Parallel()
	s := newPlatform(t, uqpaytest.Config{})
	c := newClient(t, s)
	ctx := t.Context()
	holder := newHolder(t, c)
	for range 7 {
		if _, err := c.Cards.Apply(ctx, uqpay.ApplyRequest{Currency: "SGD", ProductID: uqpaytest.ProductShare, CardholderID: holder, Metadata: map[string]string{"k": "v"}}); err != nil {
			t.Fatal(err)
		}
	}
	seen := map[string]bool{}
	for card, err := range c.Cards.All(ctx, uqpay.CardsRequest{Paging: uqpay.Paging{PageSize: 3}, CardholderID: holder}) {
		if err != nil || card.Metadata["k"] != "v" || card.Mode != uqpay.ModeShare {
			t.Fatal(card, err)
		}
		seen[card.ID] = true
	}
	if len(seen) != 7 || s.Requests("Cards.List") != 4 { // the last is empty
		t.Errorf("%d cards in %d requests", len(seen), s.Requests("Cards.List"))
	}
	for range c.Cards.All(ctx, uqpay.CardsRequest{Paging: uqpay.Paging{PageSize: 3}}) {
		break
	}
	if s.Requests("Cards.List") != 5 {
		t.Errorf("a break goes on to %d requests", s.Requests("Cards.List"))
	}
	calls, errs := 0, 0
	stub := stubClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
		if isMint(r) {
			return answerTo(r, 200, tokenBody), nil
		}
		calls++
		switch r.URL.Query().Get("page_number") {
		case "1":
			return answerTo(r, 200, `{"total_pages":3,"total_items":2,"data":[{"card_id":"a"}]}`), nil
		case "2":
			return answerTo(r, 200, `{"total_pages":"3","total_items":2,"data":null}`), nil
		}
		return answerTo(r, 400, `{"type":"invalid_request_error","code":"invalid_request_error","message":"x"}`), nil
	}))
	for _, err := range stub.Cards.All(ctx, uqpay.CardsRequest{}) {
		if err != nil {
			errs++
		}
	}
	if calls != 3 || errs != 1 {
		t.Errorf("%d calls, %d errors", calls, errs)
	}
}

// TestReportGuard: an error body under status 200 does not get into the file.
func TestReportGuard(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body, want string
		kind       error
	}{
		"csv":          {"a,b\n1,2\n", "a,b\n1,2\n", nil},
		"empty":        {"", "", nil},
		"error":        {` {"code":"forbidden","message":"no"}`, "", issuing.ErrUnauthorized},
		"other object": {`{"a":1}`, `{"a":1}`, nil},
		"long object":  {`{` + strings.Repeat("x", 40_000), `{` + strings.Repeat("x", 40_000), nil},
	} {
		client := stubClient(t, &script{answers: []scripted{{200, c.body, nil}}})
		var out bytes.Buffer
		err := client.Reports.Download(t.Context(), "r", &out)
		if out.String() != c.want || (c.kind == nil) != (err == nil) || (c.kind != nil && !errors.Is(err, c.kind)) {
			t.Errorf("%s: %d bytes, %v", name, out.Len(), err)
		}
	}
	client := stubClient(t, &script{answers: []scripted{{500, `{"type":"api_error"}`, nil}, {200, "a,b", nil}}})
	var out bytes.Buffer
	if err := client.Reports.Download(t.Context(), "r", &out); err != nil || out.String() != "a,b" {
		t.Errorf("%q, %v", out.String(), err)
	}
}

// TestUploadAttempts: what can be rewound is sent again, a stream is not.
func TestUploadAttempts(t *testing.T) {
	t.Parallel()
	s := newPlatform(t, uqpaytest.Config{})
	c := newClient(t, s)
	ctx := t.Context()
	inject(t, s, "Files.Upload", issuingtest.DropAfter(), issuingtest.BadGatewayBefore())
	content := bytes.NewReader([]byte("prefix%PDF-1.7"))
	if _, err := content.Seek(6, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	f, err := c.Files.Upload(ctx, uqpay.UploadRequest{Name: "a.pdf", Content: content, Notes: "n"})
	if err != nil || f.Size != 8 || f.Name != "a.pdf" || f.Notes != "n" || s.Requests("Files.Upload") != 3 {
		t.Fatalf("%+v, %v after %d requests", f, err, s.Requests("Files.Upload"))
	}
	links, err := c.Files.Links(ctx, []string{f.ID, "no"})
	if err != nil || len(links.Files) != 1 || links.Files[0].URL.IsZero() || links.Absent[0] != "no" {
		t.Errorf("%+v, %v", links, err)
	}
	inject(t, s, "Files.Upload", issuingtest.BadGatewayBefore())
	_, err = c.Files.Upload(ctx, uqpay.UploadRequest{Name: "a.pdf", Content: io.MultiReader(strings.NewReader("x"))})
	if !errors.Is(err, issuing.ErrOutcomeUnknown) || s.Requests("Files.Upload") != 4 {
		t.Errorf("a stream: %v after %d requests", err, s.Requests("Files.Upload"))
	}
	s.EndToken()
	_, err = c.Files.Upload(ctx, uqpay.UploadRequest{Name: "a.pdf", Content: io.MultiReader(strings.NewReader("x"))})
	if !errors.Is(err, issuing.ErrUnauthorized) {
		t.Errorf("a stream with an ended token: %v", err)
	}
	if _, err = c.Files.Upload(ctx, uqpay.UploadRequest{Name: "a.pdf", Content: io.MultiReader(strings.NewReader("x"))}); err != nil {
		t.Errorf("the ended token is still used: %v", err)
	}
	_, err = c.Files.Upload(ctx, uqpay.UploadRequest{Name: "a.pdf", Content: io.LimitReader(zeros{}, uqpay.MaxUpload+1)})
	if err == nil {
		t.Error("a stream beyond the limit was accepted")
	}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// TestHooks: a resent call numbers its attempts on, and no event shows an id.
func TestHooks(t *testing.T) {
	t.Parallel()
	var events []issuing.CallEvent
	hook := issuing.WithHook(func(_ context.Context, e issuing.CallEvent) {
		e.Duration = 0
		events = append(events, e)
	})
	s := &script{answers: []scripted{{401, `{"error":"token expired"}`, nil}, {200, orderOK, nil}}}
	c := stubClient(t, s, hook)
	if _, err := c.Cards.Freeze(t.Context(), "c"); err != nil {
		t.Fatal(err)
	}
	const path = "/v1/issuing/cards/{id}/status"
	mint := issuing.CallEvent{Provider: "uqpay", Op: "Token", Method: "POST", Template: "/v1/connect/token", Attempt: 1, Status: 200}
	want := []issuing.CallEvent{
		mint,
		{Provider: "uqpay", Op: "Cards.SetStatus", Method: "POST", Template: path, Attempt: 1, Status: 401, Kind: issuing.ErrUnauthorized, Retry: true},
		mint,
		{Provider: "uqpay", Op: "Cards.SetStatus", Method: "POST", Template: path, Attempt: 2, Status: 200},
	}
	if diff := cmp.Diff(want, events, cmp.Comparer(func(a, b error) bool { return errors.Is(a, b) && errors.Is(b, a) })); diff != "" {
		t.Error(diff)
	}
}

// TestNumberInAQueryStaysSecret: the one request that has a card number in its
// URL does not show it when it fails.
func TestNumberInAQueryStaysSecret(t *testing.T) {
	t.Parallel()
	const pan = "4096360812345678"
	for _, rt := range []roundTrip{
		func(r *http.Request) (*http.Response, error) {
			if isMint(r) {
				return answerTo(r, 200, tokenBody), nil
			}
			return nil, &url.Error{Op: "Get", URL: r.URL.String(), Err: io.ErrUnexpectedEOF}
		},
		func(r *http.Request) (*http.Response, error) {
			if isMint(r) {
				return answerTo(r, 200, tokenBody), nil
			}
			return answerTo(r, 400, `{"type":"card_error","code":"x","message":"`+r.URL.RawQuery+`"}`), nil
		},
	} {
		var seen []string
		c := stubClient(t, rt, issuing.WithHook(func(_ context.Context, e issuing.CallEvent) { seen = append(seen, fmt.Sprintf("%+v", e)) }))
		_, err := c.Cards.List(t.Context(), uqpay.CardsRequest{CardNumber: issuing.NewSecret(pan)})
		if err == nil || strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), pan) || strings.Contains(strings.Join(seen, " "), pan) {
			t.Errorf("%v %v", err, seen)
		}
	}
}
