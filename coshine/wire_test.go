package coshine_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
)

// wireHeader is the public header that the client makes, in its order.
const wireHeader = `"participantId":"P1","tranBranch":"B1","tranChnl":"07","tranDate":"20260420","tranTime":"143052","tranId":"TXN1"`

// captured is one request as it came over the wire.
type captured struct {
	method, path string
	header       http.Header
	body         string
}

// capture returns a client whose requests are kept and answered with reply, in
// which {id} is the tranId.
func captureWith(t testing.TB, reply string, cfg coshine.Config, opts ...issuing.Option) (*coshine.Client, *captured) {
	t.Helper()
	got := new(captured)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		*got = captured{r.Method, r.URL.Path, r.Header.Clone(), string(body)}
		_, _ = io.WriteString(w, strings.ReplaceAll(reply, "{id}", "TXN1"))
	}))
	t.Cleanup(server.Close)
	cfg.BaseURL, cfg.Paths = server.URL+"/card-api/", testPaths()
	if cfg.ParticipantID == "" {
		cfg.ParticipantID, cfg.TranBranch = "P1", "B1"
	}
	cfg.Token = issuing.NewSecret("EAmHx5ClXw7nB7ai/r2Nm9vDiPOXBdL/0P4CZiOHNeY=")
	opts = append([]issuing.Option{issuing.WithClock(func() time.Time { return epoch }), issuing.WithMaxAttempts(1)}, opts...)
	client, err := coshine.New(cfg, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return client, got
}

// TestRequestsOnTheWire compares method, path, headers and body of one request
// of each kind.
func TestRequestsOnTheWire(t *testing.T) {
	t.Parallel()
	const ok = `{"tranId":"{id}","responseCode":"00","cardToken":"T1","cardNumber":"4220000000000001","pinKeyId":"1","pinKey":"k"}`
	secret := issuing.NewSecret
	expires := time.Date(2029, 4, 1, 0, 0, 0, 0, time.UTC)
	id := withID("TXN1")
	for name, c := range map[string]struct {
		call func(*coshine.Client) error
		path string
		body string // after the header
	}{
		"CardApplication with everything": {func(c *coshine.Client) error {
			return drop(c.Cards.Apply(t.Context(), coshine.ApplyRequest{
				CardNumber: secret("4220000000000001"), CardFlag: "P", CardProdCode: "2201", CardPicCode: "PIC", CardEmbossName: "JOSÉ",
				CustomerID: "C1", CustIDType: "P", CustIDNo: secret("E1"), CustIssIDType: "I", CustIssIDNo: secret("S1"),
				Extra: coshine.Extra{"deliveryAddress": "Street 1", "a": 1, "fee": issuing.NewAmount(150, 2)},
			}, id))
		}, "/cardmgr/cardApply", `"cardNumber":"4220000000000001","cardFlag":"P","cardProdCode":"2201","cardPicCode":"PIC","cardEmbossName":"JOSÉ",` +
			`"customerId":"C1","custIdType":"P","custIdNo":"E1","custIssIdType":"I","custIssIdNo":"S1","a":1,"deliveryAddress":"Street 1","fee":"1.50"`},
		"CustomerInfoUpdate": {func(c *coshine.Client) error {
			return drop(c.Customers.Update(t.Context(), coshine.UpdateCustomerRequest{CustomerID: "C1", CustMobile: "+6591234567"}, id))
		}, "/custmgr/updateCustInfo", `"customerId":"C1","custMobile":"+6591234567"`},
		"AccountLinkage": {func(c *coshine.Client) error {
			return drop(c.Accounts.Link(t.Context(), coshine.CardRequest{CardToken: "T1", Extra: coshine.Extra{"acct": "A1"}}, id))
		}, "/acctmgr/acctLinkage", `"cardToken":"T1","acct":"A1"`},
		"AccountStatusUpdate without fields": {func(c *coshine.Client) error {
			return drop(c.Accounts.SetStatus(t.Context(), coshine.OpenRequest{}, id))
		}, "/acctmgr/acctStatusUpdate", ``},
		"CardReplacement": {func(c *coshine.Client) error {
			return drop(c.Cards.Replace(t.Context(), coshine.ReplaceRequest{CardToken: "T1", ReasonCode: coshine.ReplReasonStolen}, id))
		}, "/cardmgr/cardReplace", `"cardToken":"T1","reasonCode":"003"`},
		"Freeze": {func(c *coshine.Client) error { return drop(c.Cards.Freeze(t.Context(), "T1", id)) },
			"/cardmgr/cardStatusUpdate", `"cardToken":"T1","cardOptFlag":"D"`},
		"Unfreeze": {func(c *coshine.Client) error { return drop(c.Cards.Unfreeze(t.Context(), "T1", id)) },
			"/cardmgr/cardStatusUpdate", `"cardToken":"T1","cardOptFlag":"E"`},
		"CardCVV2Verify": {func(c *coshine.Client) error {
			return drop(c.Cards.VerifyCVV2(t.Context(), coshine.VerifyCVV2Request{CardToken: "T1", CVV2: secret("123"), ExpiryDate: "2904"}, id))
		}, "/cardmgr/verifyCVV2", `"cardToken":"T1","CVV2":"123","expiryDate":"2904"`},
		"PINChange": {func(c *coshine.Client) error {
			return drop(c.PINs.Change(t.Context(), coshine.PINChangeRequest{
				CardRef: coshine.ByNumber(secret("4220000000000001")), PINKeyID: "7", CardPIN: secret("AA"), NewCardPIN: secret("BB"),
			}, id))
		}, "/cardmgr/pinChange", `"cardNumber":"4220000000000001","pinKeyId":"7","cardPin":"AA","newCardPin":"BB"`},
		"GeneratePublicPinKey": {func(c *coshine.Client) error { return drop(c.PINs.Key(t.Context(), id)) },
			"/paramgr/generatePublicPinKey", ``},
		"TransferFund": {func(c *coshine.Client) error {
			return drop(c.Transactions.Transfer(t.Context(), coshine.TransferRequest{Extra: coshine.Extra{"to": secret("T2"), "amt": issuing.NewAmount(1, 2)}}, id))
		}, "/tranmgr/transferFund", `"amt":"0.01","to":"T2"`},
		"TokenRequest": {func(c *coshine.Client) error {
			return drop(c.Tokens.Request(t.Context(), coshine.TokenRequest{
				CardToken: "T1", ExpiryDate: "2904", CVV2: secret("123"), UseCases: []coshine.UseCase{coshine.UseCaseHCE, coshine.UseCaseQRC},
				CVM: []coshine.CVM{coshine.CVMExpiryDate, coshine.CVMCVN2}, Extra: coshine.Extra{"deviceId": "D1"},
			}, id))
		}, "/test/TokenRequest", `"cardToken":"T1","expiryDate":"2904","CVV2":"123","useCaseIndicator":["HCE","QRC"],"cvm":["expiryDate","cvn2"],"deviceId":"D1"`},
		"TokenMetadataUpdate": {func(c *coshine.Client) error {
			return drop(c.Tokens.UpdateMetadata(t.Context(), coshine.TokenMetadataRequest{Number: secret("62"), ExpiresAt: expires}, id))
		}, "/test/TokenMetadataUpdate", `"cardToken":"62","cardTokenExpiryDate":"20290401080000"`},
		"InquiryCardProduct": {func(c *coshine.Client) error {
			return drop(c.Parameters.CardProducts(t.Context(), coshine.CardProductsRequest{CardProdType: "P"}, id))
		}, "/paramgr/inquiryCardProduct", `"cardProdType":"P"`},
		"Do": {func(c *coshine.Client) error {
			var out struct {
				Token string `json:"cardToken"`
			}
			err := c.Do(t.Context(), "/loyalty/points", map[string]any{"points": 5}, &out, id)
			if out.Token != "T1" {
				t.Errorf("Do: decoded %+v", out)
			}
			return err
		}, "/loyalty/points", `"points":5`},
		"Do without a request": {func(c *coshine.Client) error { return c.Do(t.Context(), "/x", nil, nil, id) }, "/x", ``},
	} {
		client, got := captureWith(t, ok, coshine.Config{})
		if err := c.call(client); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want := "{" + strings.TrimSuffix(wireHeader+","+c.body, ",") + "}"
		if got.body != want {
			t.Errorf("%s:\nwant %s\ngot  %s", name, want, got.body)
		}
		if got.method != http.MethodPost || got.path != "/card-api"+c.path {
			t.Errorf("%s: %s %s", name, got.method, got.path)
		}
		for header, value := range map[string]string{
			"Authorization": "Bearer EAmHx5ClXw7nB7ai/r2Nm9vDiPOXBdL/0P4CZiOHNeY=", "Timestamp": "1776666652",
			"Content-Type": "application/json; charset=UTF-8",
		} {
			if got.header.Get(header) != value {
				t.Errorf("%s: header %s: %s", name, header, got.header.Get(header))
			}
		}
	}
}

// TestPublicHeader: every field can be overridden for one call, the zone is the
// configured one, and tranIds differ.
func TestPublicHeader(t *testing.T) {
	t.Parallel()
	const reply = `{"tranId":"MYID1","responseCode":"00"}`
	client, got := captureWith(t, reply, coshine.Config{Zone: time.FixedZone("", -5*3600), Channel: coshine.ChannelApp})
	if _, err := client.Cards.Card(t.Context(), someCard, coshine.WithHeader(coshine.Header{
		ParticipantID: "P2", TranBranch: "GTW100000", Channel: coshine.ChannelCMS, TranCode: "C00001",
		Time: time.Date(2027, 1, 2, 3, 4, 5, 0, time.UTC), TranID: "MYID1", TellerNo: "teller", TerminalNo: "terminal",
	})); err != nil {
		t.Fatal(err)
	}
	want := `{"participantId":"P2","tranBranch":"GTW100000","tranChnl":"06","tranCode":"C00001","tranDate":"20270101","tranTime":"220405",` +
		`"tranId":"MYID1","tellerNo":"teller","terminalNo":"terminal","cardToken":"T1"}`
	if got.body != want {
		t.Errorf("want %s\ngot  %s", want, got.body)
	}
	if _, err := client.Cards.Card(t.Context(), someCard, issuing.WithIdempotencyKey("MYID1")); err != nil {
		t.Error(err)
	}
	if !strings.Contains(got.body, `"tranChnl":"08","tranDate":"20260420","tranTime":"013052","tranId":"MYID1","cardToken"`) {
		t.Errorf("got %s", got.body)
	}
	seen := map[string]bool{}
	for range 1000 {
		id := coshine.NewTranID(epoch)
		if len(id) != 32 || seen[id] || !strings.HasPrefix(id, "20260420063052") || strings.Trim(id, "0123456789ABCDEF") != "" {
			t.Fatalf("tranId %s", id)
		}
		seen[id] = true
	}
}

// TestAnswersAreDecodedTolerantly: numbers for strings, unknown members, lists
// under both names, and what is not there.
func TestAnswersAreDecodedTolerantly(t *testing.T) {
	t.Parallel()
	const head = `{"tranId":"{id}","responseCode":"00","newField":{"a":[1]},`
	client, _ := captureWith(t, head+`"recordNum":2,"recordList":[{"cardToken":9000000000000000001,"openDate":20260420,"blockStatus":"B"},{"cardToken":"T2","openDate":"soon"}]}`, coshine.Config{})
	list, err := client.Customers.Cards(t.Context(), coshine.CustomerRequest{CustomerID: "C1"}, withID("TXN1"))
	if err != nil || list.RecordNum != 2 || len(list.Cards) != 2 || list.Cards[0].CardToken != "9000000000000000001" ||
		list.Cards[0].OpenDate != issuing.NewDate(2026, 4, 20) || !list.Cards[1].OpenDate.IsZero() || list.Cards[0].BlockStatus != coshine.BlockStatusFrozen {
		t.Errorf("%+v, %v", list, err)
	}
	var more struct {
		New struct {
			A []int `json:"a"`
		} `json:"newField"`
	}
	if err := list.Decode(&more); err != nil || len(more.New.A) != 1 {
		t.Errorf("Decode: %+v, %v", more, err)
	}
	if err := list.Decode(7); err == nil {
		t.Error("Decode into a number")
	}
	client, _ = captureWith(t, head+`"acctList":[{"no":"A1"},{"no":"A2"}]}`, coshine.Config{})
	accounts, err := client.Customers.Accounts(t.Context(), coshine.CustomerRequest{CustomerID: "C1"}, withID("TXN1"))
	if err != nil || accounts.RecordNum != 2 || accounts.Accounts[1].Raw.Reveal() != `{"no":"A2"}` {
		t.Errorf("%+v, %v", accounts, err)
	}
	client, _ = captureWith(t, head+`"recordList":[{"appUserId":"U1","cardToken":"6292","cardTokenState":"SUSPENDED","cardTokenExpiryDate":"20290401080000"}]}`, coshine.Config{})
	tokens, err := client.Tokens.List(t.Context(), coshine.TokensRequest{CardToken: "T1"}, withID("TXN1"))
	if err != nil || len(tokens.Tokens) != 1 || tokens.Tokens[0].Number.Reveal() != "6292" ||
		!tokens.Tokens[0].ExpiresAt.Equal(time.Date(2029, 4, 1, 0, 0, 0, 0, time.UTC)) || tokens.Tokens[0].State != coshine.TokenStateSuspended {
		t.Errorf("%+v, %v", tokens, err)
	}
	client, _ = captureWith(t, head+`"recordList":[{"cardProdCode":"2201","cardFaceValue":100.50,"feeAmount":"1.50","taxAmount":""}]}`, coshine.Config{})
	products, err := client.Parameters.CardProducts(t.Context(), coshine.CardProductsRequest{}, withID("TXN1"))
	if err != nil || products.Products[0].CardFaceValue.String() != "100.50" || products.Products[0].FeeAmount.String() != "1.50" || !products.Products[0].TaxAmount.IsZero() {
		t.Errorf("%+v, %v", products, err)
	}
}
