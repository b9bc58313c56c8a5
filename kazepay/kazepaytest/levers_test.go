package kazepaytest_test

import (
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
)

func failNext(t testing.TB, server *kazepaytest.Server, op string) {
	t.Helper()
	if err := server.FailNext(op, ""); err != nil {
		t.Fatal(err)
	}
}

func TestFundBalanceAndWhatNeverFailed(t *testing.T) {
	t.Parallel()
	server, replace := world(t)
	id := replace.Replace("<A>")
	before := server.Reserve(issuing.CurrencyUSD)
	if err := server.Fund(issuing.CurrencyUSD, issuing.NewAmount(5, 0)); err != nil {
		t.Fatal(err)
	}
	if got := server.Reserve(issuing.CurrencyUSD).Sub(before); got.String() != "5.00" {
		t.Errorf("the balance grew by %s", got)
	}
	if got := server.Reserve(issuing.CurrencyEUR); got.Sign() != 0 {
		t.Errorf("the balance holds %s EUR", got)
	}
	if server.Fund(issuing.CurrencyEUR, issuing.NewAmount(5, 0)) == nil || server.Fund(issuing.CurrencyUSD, issuing.Amount{}) == nil {
		t.Error("another currency or nothing was paid in")
	}
	call(t, server, "cardRecharge", `{"cardID":"`+id+`","currency":"USD","amount":100}`)
	server.Clock().Advance(time.Second)
	if got := server.Balance(id); got.String() != "100.00" {
		t.Errorf("the card holds %s", got)
	}
	if got := server.Balance("x"); !got.IsZero() {
		t.Errorf("no card holds %s", got)
	}
	failNext(t, server, "Cards.Deposit")
	if err := server.Check(); err == nil || !strings.Contains(err.Error(), "Cards.Deposit") {
		t.Errorf("a failure that never happened: %v", err)
	}
}
