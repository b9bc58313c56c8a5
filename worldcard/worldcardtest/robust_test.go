package worldcardtest_test

import (
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/leaktest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

func activeR(t *testing.T, server *worldcardtest.Server, client *worldcard.Client, key string) string {
	t.Helper()
	card := must(client.Virtual.Apply(t.Context(), worldcard.ApplyRequest{
		MerchantCardID: key, CardType: worldcard.CardTypeVirtualR, CardBINID: "2",
		FirstRechargeAmount: issuing.NewAmount(100, 0), Email: "a@example.com",
	}))
	server.Clock().Advance(time.Minute)
	return card.ID
}

func TestHugePageNumbersAreEmptyPages(t *testing.T) {
	t.Parallel()
	s := newSample(t, start(t, worldcardtest.Config{}))
	for _, page := range []string{"9223372036854775807", "1152921504606846977", "922337203685477582"} {
		a := s.call(binList, `{"page":`+page+`,"page_size":10}`)
		if list, _ := a.Data["list"].([]any); a.Code != 0 || len(list) != 0 {
			t.Errorf("page %s: %+v", page, a)
		}
	}
	if a := s.call(binList, `{}`); a.Code != 0 {
		t.Errorf("afterwards: %+v", a)
	}
}

func TestServerWithCardsPrintsNoCardNumber(t *testing.T) {
	t.Parallel()
	server := start(t, worldcardtest.Config{})
	activeR(t, server, clientFor(t, server), "mc")
	card, _ := server.Card("mc")
	leaktest.Check(t, []string{card.Number.Reveal()}, server)
}

func TestEmptyReserveRefusesApplications(t *testing.T) {
	t.Parallel()
	server := start(t, worldcardtest.Config{Reserve: issuing.NewAmount(0, 2)})
	if a := newSample(t, server).call(applyV, johnsApp); a.Code != int(worldcard.CodeInsufficientReserve) {
		t.Errorf("%+v", a)
	}
}

func TestClosedCardHasNoMoreTransactions(t *testing.T) {
	t.Parallel()
	server := start(t, worldcardtest.Config{})
	client := clientFor(t, server)
	id := activeR(t, server, client, "mc")
	shop := issuingtest.Merchant{Name: "SHOP", MCC: "5411", Country: "US", City: "SEATTLE"}
	auth := must(server.Purchase(id, issuing.NewAmount(30, 0), shop))
	if _, err := server.Purchase(id, issuing.NewAmount(-30, 0), shop); err == nil {
		t.Error("a negative purchase was recorded")
	}
	if _, err := server.Refund(id, issuing.NewAmount(0, 0), shop); err == nil {
		t.Error("a refund of nothing was recorded")
	}
	must(client.Cards.Close(t.Context(), worldcard.ByCardID(id)))
	server.Clock().Advance(time.Minute)
	if _, err := server.Settle(id, auth.ID); err == nil {
		t.Error("an authorization that the closure released was settled")
	}
	if _, err := server.Refund(id, issuing.NewAmount(5, 0), shop); err == nil {
		t.Error("a closed card took a refund")
	}
	n := 0
	for _, err := range client.Cards.AllTransactions(t.Context(), worldcard.ByCardID(id)) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 1 {
		t.Errorf("%d transactions, want the authorization alone", n)
	}
	if err := server.Check(); err != nil {
		t.Error(err)
	}
}

func TestFailuresNeedNoReason(t *testing.T) {
	t.Parallel()
	server := start(t, worldcardtest.Config{})
	client := clientFor(t, server)
	id := activeR(t, server, client, "mc")
	failNext(t, server, "Cards.Deposit", "")
	must(client.Cards.Deposit(t.Context(), worldcard.DepositRequest{
		CardRef: worldcard.ByCardID(id), MerchantTransactionID: "tx", Amount: issuing.NewAmount(50, 0),
	}))
	failNext(t, server, "Virtual.Apply", "")
	activeR(t, server, client, "mc-2")
	if got := server.Deposits()[0].Status; got != worldcard.DepositStatusFailed {
		t.Errorf("the top-up is %v", got)
	}
	if card, _ := server.Card("mc-2"); card.Status != worldcard.CardStatusFailed {
		t.Errorf("the card is %v", card.Status)
	}
	if err := server.Check(); err != nil {
		t.Error(err)
	}
}
