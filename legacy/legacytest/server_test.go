package legacytest_test

import (
	"io"
	"net/http"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/leaktest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
)

func TestServersPrintNoSecret(t *testing.T) {
	t.Parallel()
	server, client := setup(t, legacytest.Config{})
	secrets := []string{server.AppSecretText().Reveal()}
	for _, product := range []legacytest.Product{legacytest.ProductMasterE, legacytest.ProductVisaH, legacytest.ProductVirtualL, legacytest.ProductVirtualP} {
		secrets = append(secrets, server.IssueCard(product).Reveal())
	}
	card := issuing.NewSecret(secrets[3])
	if _, err := client.Cards.Deposit(t.Context(), legacy.DepositRequest{
		MerOrderNo: "d", CardNumber: card, Amount: issuing.NewAmount(20, 0), NotifyURL: "http://127.0.0.1:1/",
	}); err != nil {
		t.Fatal(err)
	}
	if err := client.VisaH.SetPIN(t.Context(), issuing.NewSecret(secrets[2]), issuing.NewSecret("135790")); err != nil {
		t.Fatal(err)
	}
	if got := server.PIN(issuing.NewSecret(secrets[2])); got.Reveal() != "135790" {
		t.Error("the PIN was not set")
	}
	server.Clock().Advance(time.Second)
	leaktest.Check(t, secrets, server, server.Platform, server.Deliveries(), server.Deposits())
}

// Requests that share a path are told apart by what stands in them.
func TestNamesOfSharedPaths(t *testing.T) {
	t.Parallel()
	server, _ := setup(t, legacytest.Config{})
	c := rawClient(server)
	l, p, foreign := server.IssueCard(legacytest.ProductVirtualL), server.IssueCard(legacytest.ProductVirtualP), server.IssueForeignCard()
	for _, params := range []map[string]any{
		{"cardNumber": l.Reveal()}, {"cardNumber": p.Reveal()}, {"cardNumber": foreign.Reveal()}, {"cardNumber": "1"}, nil,
	} {
		c.post(t, "/op/card/P/close", c.body(params))
	}
	for _, path := range []string{"/api/card/top/up/query", "/api/card/kyc/query", "/api/v1/legacy/tf/v4/order/query"} {
		c.post(t, path, c.body(map[string]any{"orderNo": "1", "merOrderNo": "2"}))
		c.post(t, path, c.body(map[string]any{"orderNo": "", "merOrderNo": "2"}))
		c.send(t, http.MethodPost, path, "application/json", []byte(`{"orderNo":"1"`))
	}
	c.post(t, "/op/card/L/head", c.body(nil))
	c.post(t, "/op/card/L/head/en", c.body(nil))
	c.post(t, "/elsewhere", c.body(nil))
	for op, want := range map[string]int{
		"VirtualL.Close": 1, "VirtualP.Close": 4, "VirtualL.BINs": 2, "Cards.Deposit": 0, "": 17,
		"Cards.DepositByOrderNo": 1, "Applications.ApplicationByOrderNo": 1, "Transfers.TransferByOrderNo": 1,
		"Cards.DepositByKey": 2, "Applications.ApplicationByKey": 2, "Transfers.TransferByKey": 2,
	} {
		if got := server.Requests(op); got != want {
			t.Errorf("%q: %d requests, want %d", op, got, want)
		}
	}
	if err := server.Inject("/op/card/P/close", issuingtest.DropBefore()); err == nil {
		t.Error("a path is no operation's name")
	}
}

func TestRefusalsInTheNewEnvelope(t *testing.T) {
	t.Parallel()
	server, client := setup(t, legacytest.Config{NewEnvelope: true})
	c := rawClient(server)
	c.secret = "another"
	if status, a := c.post(t, "/api/v1/legacy/tf/v4/occupation/code", c.body(nil)); status != 401 || a.Code == nil || *a.Code != 401 {
		t.Errorf("a remittance path: %d %+v", status, a)
	}
	if status, a := c.post(t, "/op/card/P/bin", c.body(nil)); status != 401 || a.Code != nil || a.Status != 401 {
		t.Errorf("a card path: %d %+v", status, a)
	}
	if relations, err := client.Reference.Relationships(t.Context()); err != nil || len(relations) == 0 {
		t.Errorf("%+v, %v", relations, err)
	}
}

func TestEmptyReserveAndReasons(t *testing.T) {
	t.Parallel()
	server, client := setup(t, legacytest.Config{Reserve: issuing.NewAmount(0, 0)})
	if got := server.Reserve(issuing.CurrencyHKD); got.Sign() != 0 {
		t.Errorf("the reserve holds %s", got)
	}
	failNext(t, server, "Applications.ApplyVirtualP", "")
	if _, err := client.Applications.ApplyVirtualP(t.Context(), legacy.VirtualPApplication{
		MerOrderNo: "k", CardBIN: "537100", FirstRecharge: issuing.NewAmount(0, 0), Email: "x@example.com",
	}); err != nil {
		t.Fatal(err)
	}
	server.Clock().Advance(time.Minute)
	got := server.Applications()
	if len(got) != 1 || got[0].Status != legacy.OrderStatusFailed || got[0].FailReason != "failed" || !got[0].CardNumber.IsZero() {
		t.Errorf("applications %+v", got)
	}
}

func TestSignCallbackRefusesWhatIsNoJSON(t *testing.T) {
	t.Parallel()
	server, _ := setup(t, legacytest.Config{})
	for _, event := range []any{map[string]any{"status": make(chan int)}, "a text", nil} {
		if body, err := io.ReadAll(server.SignCallback(event).Body); err == nil {
			t.Errorf("signed %s", body)
		}
	}
}
