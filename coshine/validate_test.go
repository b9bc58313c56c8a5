package coshine_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/sign"
)

// fieldsOf lists the fields that an error names.
func fieldsOf(err error) []string {
	var e *issuing.Error
	if !errors.As(err, &e) || !errors.Is(err, issuing.ErrInvalid) {
		return nil
	}
	var out []string
	for _, f := range e.Fields {
		out = append(out, f.Field)
	}
	return out
}

// TestRequestsAreCheckedBeforeSending names all problems at once.
func TestRequestsAreCheckedBeforeSending(t *testing.T) {
	t.Parallel()
	server, client := full(t, coshinetest.Config{})
	long := strings.Repeat("x", 300)
	secret := issuing.NewSecret
	ctx := t.Context()
	for name, c := range map[string]struct {
		err  error
		want []string
	}{
		"empty application": {drop(client.Cards.Apply(ctx, coshine.ApplyRequest{})),
			[]string{"cardFlag", "cardProdCode", "customerId", "custIdType", "custIdNo"}},
		"application with everything wrong": {drop(client.Cards.Apply(ctx, coshine.ApplyRequest{
			CardNumber: secret("42200000"), CardFlag: "VV", CardProdCode: "12345678901", CardPicCode: long, CardEmbossName: issuing.Personal(long), CustomerID: long,
			CustIDType: "PP", CustIDNo: secret(long), CustIssIDType: "II", CustIssIDNo: secret(long), CustName: issuing.Personal(long), CustMobile: "a\nb", CustEmail: issuing.Personal(long),
		})), []string{"cardNumber", "cardFlag", "cardProdCode", "cardPicCode", "cardEmbossName", "customerId", "custIdType", "custIdNo",
			"custIssIdType", "custIssIdNo", "custName", "custMobile", "custEmail"}},
		"physical card without an address": {drop(client.Cards.Apply(ctx, func() coshine.ApplyRequest {
			r := application("C1")
			r.CardFlag = coshine.CardFlagPhysical
			return r
		}())), []string{"Extra"}},
		"no customer":   {drop(client.Customers.Cards(ctx, coshine.CustomerRequest{})), []string{"customerId"}},
		"no change":     {drop(client.Customers.Update(ctx, coshine.UpdateCustomerRequest{CustomerID: "C1"})), []string{"custName, custMobile, custEmail, Extra"}},
		"no card":       {drop(client.Cards.Card(ctx, coshine.CardRequest{})), []string{"cardToken"}},
		"activation":    {drop(client.Cards.Activate(ctx, coshine.ActivateRequest{ExpiryDate: "0429", CVV2: secret("12")})), []string{"cardToken", "expiryDate", "CVV2", "customerId", "custIdType", "custIdNo"}},
		"status":        {drop(client.Cards.Freeze(ctx, "")), []string{"cardToken"}},
		"no operation":  {drop(client.Cards.SetStatus(ctx, coshine.SetStatusRequest{CardToken: "T"})), []string{"cardOptFlag"}},
		"expiry":        {drop(client.Cards.SetExpiry(ctx, coshine.SetExpiryRequest{CardToken: "T", ExpiryDate: "2913"})), []string{"expiryDate"}},
		"CVV2":          {drop(client.Cards.VerifyCVV2(ctx, coshine.VerifyCVV2Request{CardToken: "T", CVV2: secret("12a"), ExpiryDate: "x"})), []string{"CVV2", "expiryDate"}},
		"replacement":   {drop(client.Cards.Replace(ctx, coshine.ReplaceRequest{ReasonCode: "0001"})), []string{"cardToken", "reasonCode"}},
		"cancellation":  {drop(client.Cards.Close(ctx, coshine.CloseRequest{ReasonCode: long})), []string{"cardToken", "reasonCode"}},
		"3-D Secure":    {drop(client.Cards.Register3DS(ctx, coshine.Register3DSRequest{CustEmail: issuing.Personal(long)})), []string{"cardToken", "custEmail"}},
		"transaction":   {drop(client.Cards.Deposit(ctx, coshine.TransactionRequest{})), []string{"cardToken, cardNumber"}},
		"two cards":     {drop(client.Cards.Deposit(ctx, coshine.TransactionRequest{CardRef: coshine.CardRef{CardToken: "T", CardNumber: secret("4220")}})), []string{"cardToken, cardNumber", "cardNumber"}},
		"transfer":      {drop(client.Transactions.Transfer(ctx, coshine.TransferRequest{})), []string{"Extra"}},
		"token request": {drop(client.Tokens.Request(ctx, coshine.TokenRequest{UseCases: []coshine.UseCase{""}, CVM: make([]coshine.CVM, 0)})), []string{"cardToken", "expiryDate", "CVV2", "useCaseIndicator", "cvm"}},
		"long sets": {drop(client.Tokens.Request(ctx, coshine.TokenRequest{CardToken: "T", ExpiryDate: "2904", CVV2: secret("123"),
			UseCases: []coshine.UseCase{coshine.UseCase(long)}, CVM: []coshine.CVM{coshine.CVM(long)}})), []string{"useCaseIndicator", "cvm"}},
		"metadata":   {drop(client.Tokens.UpdateMetadata(ctx, coshine.TokenMetadataRequest{})), []string{"cardToken"}},
		"drop-down":  {drop(client.Parameters.DropDownList(ctx, coshine.DropDownListRequest{})), []string{"dropDownName"}},
		"products":   {drop(client.Parameters.CardProducts(ctx, coshine.CardProductsRequest{CardProdType: "PP"})), []string{"cardProdType"}},
		"Do":         {client.Do(ctx, "no/slash", nil, nil), []string{"path"}},
		"Do, query":  {client.Do(ctx, "/a?", nil, nil), []string{"path"}},
		"Do, header": {client.Do(ctx, "/a", map[string]any{"tranId": "1"}, nil), []string{"tranId"}},
		"Do, struct": {client.Do(ctx, "/a", struct {
			ID string `json:"tranId"`
		}{"1"}, nil), []string{"tranId"}},
		"Do, encoded": {client.Do(ctx, "/a", json.RawMessage(`{"a":1,"TranID":"1","a":2}`), nil), []string{"TranID", "a"}},
		"bad header": {drop(client.Cards.Card(ctx, someCard, coshine.WithHeader(coshine.Header{
			ParticipantID: long, TranBranch: long, Channel: "7", TranCode: "1234567", TranID: "a-b", TellerNo: long, TerminalNo: long,
		}))), []string{"participantId", "tranBranch", "tranChnl", "tranCode", "tellerNo", "terminalNo", "tranId"}},
		"long tranId": {drop(client.Cards.Card(ctx, someCard, withID(strings.Repeat("A", 33)))), []string{"tranId"}},
	} {
		if diff := cmp.Diff(c.want, fieldsOf(c.err)); diff != "" {
			t.Errorf("%s: %v\n%s", name, c.err, diff)
		}
		if strings.Contains(c.err.Error(), "xxxxx") {
			t.Errorf("%s: the error quotes a value", name)
		}
	}
	if n := server.Requests(""); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// TestFurtherValues: what the documents do not list is sent when Coshine has told it.
func TestFurtherValues(t *testing.T) {
	t.Parallel()
	server, client := full(t, coshinetest.Config{})
	cfg := server.ClientConfig()
	cfg.Values = map[string][]string{"custIdType": {"Q"}, "tranChnl": {"99"}}
	told, err := coshine.New(cfg, issuing.WithClock(server.Clock().Now))
	if err != nil {
		t.Fatal(err)
	}
	req := application("C1")
	req.CustIDType = "Q"
	channel := coshine.WithHeader(coshine.Header{Channel: "99"})
	for name, send := range map[string]func(*coshine.Client) error{
		"custIdType": func(c *coshine.Client) error { return drop(c.Cards.Apply(t.Context(), req)) },
		"tranChnl":   func(c *coshine.Client) error { return drop(c.Cards.Card(t.Context(), someCard, channel)) },
	} {
		before := server.Requests("")
		if diff := cmp.Diff([]string{name}, fieldsOf(send(client))); diff != "" || server.Requests("") != before {
			t.Errorf("%s, not told: %s", name, diff)
		}
		if err := send(told); fieldsOf(err) != nil || server.Requests("") == before {
			t.Errorf("%s, told: %v", name, err)
		}
	}
}

// TestExtraFollowsTheMergeRules: an open field overwrites neither the public
// header nor a typed field, and amounts keep the documented form.
func TestExtraFollowsTheMergeRules(t *testing.T) {
	t.Parallel()
	server, client := full(t, coshinetest.Config{})
	amount := func(text string) coshine.Extra { return coshine.Extra{"amount": amt(t, text)} }
	many := coshine.Extra{}
	for i := range 70 {
		many[strings.Repeat("a", i+1)] = i
	}
	for name, c := range map[string]struct {
		extra coshine.Extra
		want  []string
	}{
		"header":          {coshine.Extra{"tranId": "X", "responseCode": "00"}, []string{"Extra[responseCode]", "Extra[tranId]"}},
		"other case":      {coshine.Extra{"TranID": "X", "CARDTOKEN": "other"}, []string{"Extra[CARDTOKEN]", "Extra[TranID]"}},
		"typed field":     {coshine.Extra{"cardToken": "other", "cardNumber": "4220000000000001"}, []string{"Extra[cardNumber]", "Extra[cardToken]"}},
		"no name":         {coshine.Extra{"": 1}, []string{"Extra[]"}},
		"three decimals":  {amount("1.005"), []string{"Extra[amount]"}},
		"negative":        {amount("-1"), []string{"Extra[amount]"}},
		"15 whole digits": {amount("123456789012345"), []string{"Extra[amount]"}},
		"amounts inside": {coshine.Extra{
			"limits": []any{map[string]any{"day": amt(t, "1.005")}, coshine.Extra{"txn": amt(t, "-1")}, amt(t, "1.00")},
			"more":   []map[string]any{{"a": amt(t, "0.001")}},
		}, []string{"Extra[limits][0][day]", "Extra[limits][1][txn]", "Extra[more][0][a]"}},
		"unset amount":    {coshine.Extra{"amount": issuing.Amount("")}, []string{"Extra[amount]"}},
		"14 whole digits": {amount("12345678901234.56"), nil},
		"nothing":         {amount("0"), nil},
		"null":            {coshine.Extra{"memo": nil}, nil},
		"nested":          {coshine.Extra{"address": map[string]any{"line": "x", "no": 7}}, nil},
		"float":           {coshine.Extra{"amount": 1.5}, []string{""}},
		"function":        {coshine.Extra{"f": func() {}}, []string{""}},
	} {
		_, err := client.Cards.Deposit(t.Context(), coshine.TransactionRequest{CardRef: coshine.ByToken("T1"), Extra: c.extra})
		var e *issuing.Error
		switch {
		case len(c.want) == 1 && c.want[0] == "":
			if !errors.Is(err, issuing.ErrInvalid) {
				t.Errorf("%s: %v", name, err)
			}
		case c.want == nil:
			if !errors.As(err, &e) || e.Status == 0 {
				t.Errorf("%s was not sent: %v", name, err)
			}
		default:
			if diff := cmp.Diff(c.want, fieldsOf(err)); diff != "" {
				t.Errorf("%s: %v\n%s", name, err, diff)
			}
		}
	}
	if _, err := client.Cards.Deposit(t.Context(), coshine.TransactionRequest{CardRef: coshine.ByToken("T1"), Extra: many}); len(fieldsOf(err)) < 2 {
		t.Errorf("70 fields: %v", err)
	}
	if n := server.Requests("Cards.Deposit"); n != 4 {
		t.Errorf("%d requests were sent", n)
	}
}

// TestNewRefusesBadConfiguration names every bad setting.
func TestNewRefusesBadConfiguration(t *testing.T) {
	t.Parallel()
	server := startServer(t, coshinetest.Config{OAuth: true})
	oauth := *server.ClientConfig().OAuth
	good := coshine.Config{BaseURL: coshine.SandboxURL, ParticipantID: "100000", TranBranch: "300001", Token: issuing.NewSecret("t")}
	if _, err := coshine.New(good); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*coshine.Config)
		want   string
	}{
		"nothing":         {func(c *coshine.Config) { *c = coshine.Config{} }, "BaseURL is required; ParticipantID is required; TranBranch is required; Token is required"},
		"plain http":      {func(c *coshine.Config) { c.BaseURL = "http://api.example.com" }, "BaseURL needs https"},
		"query":           {func(c *coshine.Config) { c.BaseURL += "?a=b" }, "BaseURL"},
		"participant":     {func(c *coshine.Config) { c.ParticipantID = strings.Repeat("1", 16) }, "ParticipantID"},
		"branch":          {func(c *coshine.Config) { c.TranBranch = strings.Repeat("1", 33) }, "TranBranch"},
		"channel":         {func(c *coshine.Config) { c.Channel = "7" }, "Channel"},
		"another channel": {func(c *coshine.Config) { c.Channel = "05" }, "Channel"},
		"token":           {func(c *coshine.Config) { c.Token = issuing.NewSecret("a\r\nX-Y: z") }, "Token has blanks"},
		"both":            {func(c *coshine.Config) { o := oauth; c.OAuth = &o }, "Token must be empty"},
		"dialect":         {func(c *coshine.Config) { c.CardStatus = 9 }, "CardStatus"},
		"meaning of L":    {func(c *coshine.Config) { c.CardStatusLost = 2 }, "CardStatusLost"},
		"PIN":             {func(c *coshine.Config) { c.PIN.Encoding = sign.PINEncodingHex }, "PIN"},
		"unknown path":    {func(c *coshine.Config) { c.Paths = coshine.Paths{"Nothing": "/a"} }, "Paths[Nothing]"},
		"inbound path":    {func(c *coshine.Config) { c.Paths = coshine.Paths{coshine.APISendOTP: "/a"} }, "Paths[SendOTP]"},
		"relative path":   {func(c *coshine.Config) { c.Paths = coshine.Paths{coshine.APILoadFund: "a"} }, "Paths[LoadFund]"},
		"dot segments":    {func(c *coshine.Config) { c.Paths = coshine.Paths{coshine.APILoadFund: "/a/../b"} }, "Paths[LoadFund]"},
		"path with query": {func(c *coshine.Config) { c.Paths = coshine.Paths{coshine.APILoadFund: "/a?b#c"} }, "Paths[LoadFund]"},
		"two names":       {func(c *coshine.Config) { c.Paths = coshine.Paths{"CVV2Inquiry": "/a", "CardCVV2Inquiry": "/b"} }, "is given under two names"},
		"one path for two": {func(c *coshine.Config) {
			c.Paths = coshine.Paths{coshine.APILoadFund: "/tranmgr/x", coshine.APIWithdraw: "/tranmgr/x"}
		}, "Paths[Withdraw] is the path of LoadFund as well"},
		"path of another": {func(c *coshine.Config) { c.Paths = coshine.Paths{coshine.APILoadFund: "/cardmgr/cardClose"} }, "is the path of CardCancellation as well"},
		"escaped path":    {func(c *coshine.Config) { c.Paths = coshine.Paths{coshine.APILoadFund: "/a%2f.."} }, "Paths[LoadFund]"},
		"other host":      {func(c *coshine.Config) { c.Paths = coshine.Paths{coshine.APILoadFund: "//evil.example/a"} }, "Paths[LoadFund]"},
		"redirect host":   {func(c *coshine.Config) { c.RedirectHosts = []string{"https://a"} }, "RedirectHosts[0]"},
		"empty OAuth": {func(c *coshine.Config) { c.Token, c.OAuth = issuing.Secret{}, &coshine.OAuth{} },
			"OAuth.TokenURL is required; OAuth.ClientID is required; OAuth.Key is required; OAuth.PlatformKey is required; OAuth.DecryptionKey is required"},
		"OAuth over http": {func(c *coshine.Config) {
			o := oauth
			o.TokenURL = "http://auth.example.com"
			c.Token, c.OAuth = issuing.Secret{}, &o
		}, "OAuth.TokenURL needs https"},
		"OAuth times": {func(c *coshine.Config) {
			o := oauth
			o.AssertionLife, o.RenewBefore, o.Serialization = -1, 48*3600*1e9, 7
			c.Token, c.OAuth = issuing.Secret{}, &o
		}, "OAuth.Serialization is unknown; OAuth.AssertionLife must lie between 0 and 24h0m0s; OAuth.RenewBefore"},
	} {
		cfg := good
		c.change(&cfg)
		if _, err := coshine.New(cfg); !errors.Is(err, issuing.ErrInvalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := coshine.New(good, issuing.WithMaxAttempts(0)); err == nil {
		t.Error("a bad option was accepted")
	}
	client, _ := coshine.New(good)
	if _, err := client.Clone(issuing.WithTimeout(-1)); err == nil {
		t.Error("Clone accepted a bad option")
	}
}

// TestConfigIsCopied: what the caller does with its maps later changes nothing.
func TestConfigIsCopied(t *testing.T) {
	t.Parallel()
	paths := coshine.Paths{"CVV2Inquiry": "/own/path"}
	client, err := coshine.New(coshine.Config{BaseURL: coshine.SandboxURL, ParticipantID: "1", TranBranch: "1", Token: issuing.NewSecret("t"), Paths: paths})
	if err != nil {
		t.Fatal(err)
	}
	paths["CVV2Inquiry"] = "/changed"
	if row, _ := client.Row(coshine.APICardCVV2Inquiry); row.Path != "/own/path" {
		t.Errorf("path %s", row.Path)
	}
	rows := coshine.Catalogue()
	rows[0].Path, rows[4].Aliases[0] = "/changed", "changed"
	if again := coshine.Catalogue(); again[0].Path != "/cardmgr/cardApply" || again[4].Aliases[0] != "AcctLinkage" {
		t.Error("the catalogue can be changed")
	}
	if _, ok := client.Row("Nothing"); ok {
		t.Error("a row of nothing")
	}
	if _, _, ok := client.Availability("Nothing"); ok {
		t.Error("an availability of nothing")
	}
}

func TestWarningsNameWhatDiffersFromAPage(t *testing.T) {
	t.Parallel()
	cfg := coshine.Config{TranBranch: "GTW100000", Token: issuing.NewSecret(strings.Repeat("t", 65))}
	if w := cfg.Warnings(); len(w) != 4 || strings.Contains(strings.Join(w, ""), "ttt") {
		t.Errorf("%q", w)
	}
	server := startServer(t, coshinetest.Config{})
	if w := server.ClientConfig().Warnings(); len(w) != 0 {
		t.Errorf("%q", w)
	}
}
