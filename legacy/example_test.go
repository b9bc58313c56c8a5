package legacy_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
)

// sandbox starts a platform in memory whose clock the examples turn, and makes a
// client for it.
func sandbox() (*legacytest.Server, *legacy.Client, func()) {
	server, err := legacytest.NewServer(legacytest.Config{
		Clock: issuingtest.NewClock(time.Date(2026, 4, 1, 4, 0, 0, 0, time.UTC)),
	})
	if err != nil {
		log.Fatal(err)
	}
	client, err := legacy.New(server.ClientConfig(), issuing.WithClock(server.Clock().Now))
	if err != nil {
		log.Fatal(err)
	}
	return server, client, server.Close
}

// The first call: where money can be sent.
func Example() {
	cfg, err := legacy.ParseConfig(legacy.ConfigTexts{
		BaseURL: os.Getenv("LEGACY_BASE_URL"), AppKey: os.Getenv("LEGACY_APP_KEY"),
		AppSecret: issuing.NewSecret(os.Getenv("LEGACY_APP_SECRET")),
	})
	if err != nil {
		log.Fatal(err)
	}
	client, err := legacy.New(cfg)
	if err != nil {
		log.Fatal(err)
	}
	countries, err := client.Reference.TargetCountries(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	for _, country := range countries {
		fmt.Println(country.Code, country.Name)
	}
}

// A top-up whose answer is lost is settled by the merchant's order number.
func ExampleCardService_Deposit() {
	server, client, stop := sandbox()
	defer stop()
	ctx := context.Background()
	card := server.IssueCard(legacytest.ProductVirtualL)

	if err := server.Inject("Cards.Deposit", issuingtest.DropAfter()); err != nil { // carried out, but the answer is lost
		log.Fatal(err)
	}
	var info issuing.CallInfo
	deposit, err := client.Cards.Deposit(ctx, legacy.DepositRequest{
		MerOrderNo: "topup-001", CardNumber: card, Amount: issuing.NewAmount(50_00, 2),
	}, issuing.WithCallInfo(&info))
	if errors.Is(err, issuing.ErrOutcomeUnknown) {
		deposit, err = client.Cards.DepositByKey(ctx, "topup-001")
	}
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(deposit.Status, "settled by lookup:", info.Settled)

	server.Clock().Advance(time.Second)
	deposit, err = client.Cards.DepositByKey(ctx, "topup-001")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(deposit.Status, server.Balance(card))
	// Output:
	// processing settled by lookup: true
	// success 50.00
}

// The fee page's worked example.
func ExampleQuote_Charge() {
	quote := legacy.Quote{FixedFee: issuing.NewAmount(8, 0), PreRatedFee: issuing.NewAmount(21, 3)}
	charge, err := quote.Charge(issuing.NewAmount(1000, 0))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(charge.Fee, charge.Total)
	// Output: 29.0000 1029.0000
}

// A code of the platform and a kind of this SDK both identify an error.
func ExampleCode() {
	_, client, stop := sandbox()
	defer stop()
	_, err := client.Transfers.TransferByKey(context.Background(), "never-sent")
	fmt.Println(errors.Is(err, legacy.CodeOrderNotFound), errors.Is(err, issuing.ErrNotFound))
	// Output: true true
}

// Card numbers print as [redacted]; the last four digits are there for people.
func ExampleVirtualLService_Card() {
	server, client, stop := sandbox()
	defer stop()
	card, err := client.VirtualL.Card(context.Background(), server.IssueCard(legacytest.ProductVirtualL))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(card.CardNumber, card.CardNumber.Last4(), card.CVV)
	// Output: [redacted] 0012 [redacted]
}
