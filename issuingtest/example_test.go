package issuingtest_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// A top-up that is carried out and not answered, on a clock that the test turns.
// The client asks again under the same key, and the money moves once.
func Example() {
	clock := issuingtest.NewClock(time.Date(2026, 4, 1, 2, 0, 0, 0, time.UTC))
	server, err := worldcardtest.NewServer(worldcardtest.Config{Clock: clock})
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	client, err := worldcard.New(server.ClientConfig(), issuing.WithClock(clock.Now))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	card, err := client.Virtual.Apply(ctx, worldcard.ApplyRequest{
		MerchantCardID: "mc_001", CardType: worldcard.CardTypeVirtualR, CardBINID: "2",
		FirstRechargeAmount: issuing.NewAmount(100_00, 2), Email: "john@example.com",
	})
	if err != nil {
		log.Fatal(err)
	}
	clock.Advance(time.Minute) // the card is issued

	if err := server.Inject("Cards.Deposit", issuingtest.DropAfter()); err != nil {
		log.Fatal(err)
	}
	deposit, err := client.Cards.Deposit(ctx, worldcard.DepositRequest{
		CardRef: worldcard.ByCardID(card.ID), MerchantTransactionID: "tx_001", Amount: issuing.NewAmount(50_00, 2),
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(deposit.Amount, deposit.Status, "in", server.Requests("Cards.Deposit"), "requests")
	clock.Advance(time.Minute) // the top-up ends
	state, _ := server.Card("mc_001")
	fmt.Println("on the card:", state.Available)
	fmt.Println("check:", server.Check())
	// Output:
	// 50.00 processing in 2 requests
	// on the card: 150.00
	// check: <nil>
}

// A wrong name is refused, and a fault that never fires fails the test's check.
func ExamplePlatform_Check() {
	server, err := worldcardtest.NewServer(worldcardtest.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	fmt.Println("refused:", server.Inject("/api/v1/card/deposit", issuingtest.DropAfter()) != nil)
	if err := server.Inject("Cards.Deposit", issuingtest.RateLimited(2*time.Second)); err != nil {
		log.Fatal(err)
	}
	fmt.Println("asked for a wrong name:", server.Requests("Cards.Topup"))
	fmt.Println(server.Check())
	// Output:
	// refused: true
	// asked for a wrong name: -1
	// issuingtest: injected for Cards.Deposit and never fired: [rate-limited 2s]
	// issuingtest: Requests was asked for "Cards.Topup", which is no operation
}

// Choose decides for each request: here every second one fails at a proxy.
func ExamplePlatform_Choose() {
	server, err := worldcardtest.NewServer(worldcardtest.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	client, err := worldcard.New(server.ClientConfig(), issuing.WithMaxAttempts(1))
	if err != nil {
		log.Fatal(err)
	}
	server.Choose(func(op string) issuingtest.Fault {
		if server.Requests(op)%2 == 0 {
			return issuingtest.BadGatewayBefore()
		}
		return issuingtest.Fault{}
	})
	for range 3 {
		_, err := client.Virtual.BINs(context.Background(), worldcard.BINsRequest{})
		fmt.Println(errors.Is(err, issuing.ErrUnavailable))
	}
	// Output:
	// false
	// true
	// false
}
