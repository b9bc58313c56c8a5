package kazepay_test

import (
	"context"
	"fmt"
	"log"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
)

// sandbox starts a platform in memory whose clock the examples turn, and makes a
// client for it.
func sandbox() (*kazepaytest.Server, *kazepay.Client, func()) {
	server, err := kazepaytest.NewServer(kazepaytest.Config{
		Clock: issuingtest.NewClock(time.Date(2026, 4, 1, 2, 0, 0, 0, time.UTC)),
	})
	if err != nil {
		log.Fatal(err)
	}
	client, err := kazepay.New(server.ClientConfig(), issuing.WithClock(server.Clock().Now))
	if err != nil {
		log.Fatal(err)
	}
	return server, client, server.Close
}

// issued applies for a virtual card and waits for it.
func issued(ctx context.Context, server *kazepaytest.Server, client *kazepay.Client) string {
	card, err := client.Virtual.Apply(ctx, kazepay.ApplyRequest{
		Email: "ada@example.com", MobileNumber: "108248888", MobilePrefix: "60", CardBIN: "222929",
	})
	if err != nil {
		log.Fatal(err)
	}
	server.Clock().Advance(time.Second)
	return card.ID
}

// A new card is asked for until it is there; Await does it on the client's clock.
func ExampleVirtualService() {
	server, client, stop := sandbox()
	defer stop()
	ctx := context.Background()
	id := issued(ctx, server, client)
	application, err := client.Virtual.Application(ctx, id)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(application.Status)
	// Output:
	// ACTIVE
}

// A card is topped up, frozen, unfrozen and closed.
func ExampleCardService() {
	server, client, stop := sandbox()
	defer stop()
	ctx := context.Background()
	id := issued(ctx, server, client)
	if _, err := client.Cards.Deposit(ctx, kazepay.DepositRequest{CardID: id, Amount: issuing.NewAmount(50_00, 2)}); err != nil {
		log.Fatal(err)
	}
	server.Clock().Advance(time.Second)
	balance, err := client.Cards.Balance(ctx, id, issuing.CurrencyUSD)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(balance.Available, balance.Currency)
	frozen, err := client.Cards.Freeze(ctx, id)
	if err != nil {
		log.Fatal(err)
	}
	active, err := client.Cards.Unfreeze(ctx, id)
	if err != nil {
		log.Fatal(err)
	}
	closing, err := client.Cards.Close(ctx, id)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(frozen.Status, active.Status, closing.Status, closing.RefundAmount)
	// Output:
	// 50.00 USD
	// INACTIVE ACTIVE CLOSE_PROCESSING 50.00
}

// A holder is verified; the platform in memory plays the reviewer.
func ExampleKYCService() {
	server, client, stop := sandbox()
	defer stop()
	ctx := context.Background()
	_, err := client.KYC.Link(ctx, exampleIdentity())
	if err != nil {
		log.Fatal(err)
	}
	if err := server.RejectKYC("ada@example.com", "the picture is blurred", issuingtest.KYCRetryAllowed); err != nil {
		log.Fatal(err)
	}
	review, err := client.KYC.Status(ctx, "ada@example.com")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(review.Status)
	// Output:
	// REJECTED
}

// A physical card from the merchant's stock is assigned, activated with the code that
// KazePay sends its holder, and given a PIN.
func ExamplePhysicalService() {
	server, client, stop := sandbox()
	defer stop()
	ctx := context.Background()
	if _, err := client.KYC.Link(ctx, exampleIdentity()); err != nil {
		log.Fatal(err)
	}
	if err := server.ApproveKYC("ada@example.com"); err != nil {
		log.Fatal(err)
	}
	number := server.PrintCard() // stands on the card
	assigned, err := client.Physical.Assign(ctx, kazepay.AssignRequest{Email: "ada@example.com", CardNumber: number})
	if err != nil {
		log.Fatal(err)
	}
	server.Clock().Advance(time.Second)
	code := server.ActivationCode(assigned.CardID) // comes by ActivationCodeSent
	if _, err := client.Physical.Activate(ctx, assigned.CardID, code); err != nil {
		log.Fatal(err)
	}
	server.Clock().Advance(time.Second)
	card, err := client.Cards.Card(ctx, assigned.CardID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(card.Status, card.CardNumber)
	err = client.Physical.SetPIN(ctx, assigned.CardID, issuing.NewSecret("135790"))
	fmt.Println("PIN set:", err == nil)
	// Output:
	// ACTIVE [redacted]
	// PIN set: true
}

// The address of callbacks is set by the merchant.
func ExampleWebhookService() {
	_, client, stop := sandbox()
	defer stop()
	ctx := context.Background()
	if _, err := client.Webhooks.SetURL(ctx, "https://merchant.example.com/callbacks/kazepay"); err != nil {
		log.Fatal(err)
	}
	set, err := client.Webhooks.URL(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(set.URL)
	// Output:
	// https://merchant.example.com/callbacks/kazepay
}

// exampleIdentity is who the examples verify.
func exampleIdentity() kazepay.Identity {
	return kazepay.Identity{
		Email: "ada@example.com", MobileNumber: "108248888", MobilePrefix: "60", MobilePrefixCountry: "MY",
		FirstName: "Ada", LastName: "Byron", DateOfBirth: issuing.NewDate(1990, time.April, 25),
		AddressLine: "1 Long Street", City: "Paris", CountryCode: "FR", PostCode: "75001", State: "Paris",
		IdentificationType: kazepay.IdentificationTypePassport, IdentificationNumber: issuing.NewSecret("A563F186"),
		IdentificationExpiryDate: issuing.NewDate(2099, time.December, 31),
	}
}
