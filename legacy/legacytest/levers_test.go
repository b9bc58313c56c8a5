package legacytest_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// Every event comes to a handler's function as it was given to SignCallback.
func TestSignCallbackOfEveryEvent(t *testing.T) {
	t.Parallel()
	card, amount := issuing.NewSecret("4242424242424242"), issuing.NewAmount(12_34, 2)
	for _, loose := range []bool{false, true} {
		server, _ := setup(t, legacytest.Config{LooseTypes: loose})
		key := server.AppKey()
		source, err := legacy.NewCallbacks(legacy.CallbackConfig{AppKey: key, AppSecrets: []sign.AppSecret{server.AppSecret()}})
		if err != nil {
			t.Fatal(err)
		}
		var got any
		mux := http.NewServeMux()
		mux.Handle("POST /callbacks/legacy/{type}", webhook.NewHandler(source, func(_ context.Context, event *webhook.Event) error {
			got = event.Data
			return nil
		}))
		for _, event := range []any{
			&legacy.CardDeposited{MerOrderNo: "d", Status: legacy.OrderStatusSuccess, SettleAmount: amount, CompleteTime: start, AppKey: key},
			&legacy.ApplicationCompleted{MerOrderNo: "a", CardNumber: card, Status: legacy.OrderStatusSuccess, AppKey: key},
			&legacy.TransferCompleted{
				MerOrderNo: "t", Status: legacy.OrderStatusFailed, TargetAmount: amount, TargetCurrency: "PHP",
				Ext: issuing.NewSecret(`{"pickupCode":"48151623"}`), AppKey: key,
			},
			&legacy.VirtualLBilled{
				CardNumber: card, RecordNo: "1", OccurTime: start, LocalAmount: amount,
				Type: legacy.VirtualLTransactionTypeAuth, AppKey: key,
			},
			&legacy.VirtualLClosed{CardNumber: card, RecordNo: "2", LocalAmount: amount, AppKey: key},
			&legacy.VirtualLChallenged{OTP: issuing.NewSecret("135790"), CardMask: "424242**4242", Amount: amount, AppKey: key},
			&legacy.OOBRequested{
				CardNumber: card, ACSTransactionID: "acs", Status: legacy.OOBStatusInProgress, ExpireDate: start.Add(time.Minute),
				Transactions: []legacy.OOBTransaction{{MerchantName: "Corner Books", PurchaseAmount: amount, PurchaseDate: start}},
			},
			&legacy.VirtualPBilled{ID: "3", CardNumber: card, Amount: amount, Type: legacy.VirtualPTransactionTypeTopUp, TransactionTime: start},
			&legacy.VirtualPClosed{CardNumber: card, Status: legacy.VirtualPCardStatusInactive, Last4: "4242"},
			&legacy.VirtualPChallenged{CardNumber: card, OTP: issuing.NewSecret("246802"), Amount: amount},
			&legacy.VirtualPForwarded{CardNumber: card, URL: issuing.NewSecret("https://acs.test/1"), ExpirationTime: start},
		} {
			got = nil
			answer := httptest.NewRecorder()
			mux.ServeHTTP(answer, server.SignCallback(event))
			if diff := cmp.Diff(event, got); diff != "" || answer.Body.String() != "ok" {
				t.Errorf("loose %t: answered %d %s (-want +got):\n%s", loose, answer.Code, answer.Body, diff)
			}
		}
	}
}

// A declined purchase says why, is in the list, and takes no money.
func TestPurchases(t *testing.T) {
	t.Parallel()
	server, client := setup(t, legacytest.Config{})
	shop := issuingtest.Merchant{Name: "Corner Books", MCC: "5942", Country: "US"}
	card := server.IssueCard(legacytest.ProductVirtualL)
	if _, err := client.Cards.Deposit(t.Context(), legacy.DepositRequest{
		MerOrderNo: "d", CardNumber: card, Amount: issuing.NewAmount(20, 0),
	}); err != nil {
		t.Fatal(err)
	}
	server.Clock().Advance(time.Second)
	buy := func(amount int64) issuingtest.Authorization {
		a, err := server.Purchase(card, issuing.NewAmount(amount, 0), shop)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	approved, short := buy(15), buy(15)
	if _, err := client.VirtualL.Freeze(t.Context(), card); err != nil {
		t.Fatal(err)
	}
	frozen := buy(1)
	if !approved.Approved || approved.Reason != "" || approved.ID == "" {
		t.Errorf("approved: %+v", approved)
	}
	for name, a := range map[string]issuingtest.Authorization{"too much": short, "frozen": frozen} {
		if a.Approved || a.Reason == "" || a.ID == "" {
			t.Errorf("%s: %+v", name, a)
		}
	}
	if got := server.Balance(card); got.String() != "5.00" {
		t.Errorf("the card holds %s", got)
	}
	page, err := client.VirtualL.Transactions(t.Context(), legacy.VirtualTransactionsRequest{
		CardNumber: card, PageSize: 9, From: issuing.NewDate(2026, 4, 1), To: issuing.NewDate(2026, 4, 2),
	})
	if err != nil || page.TotalRecords != 4 || page.List[0].Status != legacy.VirtualLTransactionStatusDeclined ||
		page.List[0].MerchantCategoryCode != "5942" || page.List[0].RecordNo != frozen.ID {
		t.Errorf("transactions %+v, %v", page, err)
	}
	for _, amount := range []int64{0, -1} {
		if _, err := server.Purchase(card, issuing.NewAmount(amount, 0), shop); err == nil {
			t.Errorf("a purchase of %d", amount)
		}
	}
	if err := server.Settle(card, frozen.ID); err == nil {
		t.Error("a declined purchase was settled")
	}
}

// The reserve grows by what is paid into it, and refuses what it cannot hold.
func TestFund(t *testing.T) {
	t.Parallel()
	server, _ := setup(t, legacytest.Config{Reserve: issuing.NewAmount(100, 0)})
	if err := server.Fund(issuing.CurrencyHKD, issuing.NewAmount(50, 0)); err != nil {
		t.Fatal(err)
	}
	if got := server.Reserve(issuing.CurrencyHKD); got.String() != "150.00" {
		t.Errorf("the reserve holds %s", got)
	}
	for currency, amount := range map[issuing.Currency]int64{issuing.CurrencyEUR: 1, issuing.CurrencyUSD: 0} {
		if err := server.Fund(currency, issuing.NewAmount(amount, 0)); err == nil {
			t.Errorf("%d %s was taken", amount, currency)
		}
	}
	if got := server.Reserve(issuing.CurrencyUSD); got.String() != "100.00" {
		t.Errorf("the other reserve holds %s", got)
	}
}

// A failure that no order meets is an error of Check, and one of no order is refused.
func TestFailNext(t *testing.T) {
	t.Parallel()
	server, err := legacytest.NewServer(legacytest.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	for _, op := range []string{"", "Cards", "VirtualL.Card", "Applications.ApplicationByKey"} {
		if err := server.FailNext(op, "no"); err == nil {
			t.Errorf("%q fails by itself", op)
		}
	}
	if err := server.Check(); err != nil {
		t.Errorf("nothing was queued: %v", err)
	}
	failNext(t, server, "Transfers.Create", "no")
	if err := server.Check(); err == nil {
		t.Error("Check missed a failure that never happened")
	}
}

// Orders end when the configured delay has passed, not before.
func TestDelay(t *testing.T) {
	t.Parallel()
	server, client := setup(t, legacytest.Config{Delay: time.Hour})
	if _, err := client.Applications.ApplyVirtualP(t.Context(), legacy.VirtualPApplication{
		MerOrderNo: "a", CardBIN: "537100", FirstRecharge: issuing.NewAmount(0, 0), Email: "x@example.com",
	}); err != nil {
		t.Fatal(err)
	}
	server.Clock().Advance(time.Hour - time.Second)
	if got := server.Applications()[0].Status; got != legacy.OrderStatusProcessing {
		t.Errorf("%v before the delay has passed", got)
	}
	server.Clock().Advance(time.Second)
	if got := server.Applications()[0].Status; got != legacy.OrderStatusSuccess {
		t.Errorf("%v after it", got)
	}
}
