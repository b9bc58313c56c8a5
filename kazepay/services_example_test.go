package kazepay_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
)

// The first call: keys and settings as texts, a client, a card, and what to do about
// errors.
func ExampleParseConfig() {
	cfg, err := kazepay.ParseConfig(kazepay.ConfigTexts{
		BaseURL: os.Getenv("KAZEPAY_BASE_URL"), SysID: os.Getenv("KAZEPAY_SYS_ID"),
		PrivateKey:  issuing.NewSecret(os.Getenv("KAZEPAY_PRIVATE_KEY")),
		PlatformKey: os.Getenv("KAZEPAY_PLATFORM_KEY"), Zone: "Asia/Shanghai",
	})
	if err != nil {
		log.Fatal(err) // names every field that is wrong
	}
	client, err := kazepay.New(cfg)
	if err != nil {
		log.Fatal(err)
	}
	card, err := client.Cards.Card(context.Background(), "19181")
	if errors.Is(err, issuing.ErrUnavailable) {
		log.Fatal("try again later: ", err)
	}
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(card.Status)
}

// sandbox starts the platform in memory, on a clock that is turned by hand, with a
// client for it.
func sandbox() (server *kazepaytest.Server, client *kazepay.Client, stop func()) {
	clock := issuingtest.NewClock(time.Date(2026, 4, 1, 2, 0, 0, 0, time.UTC))
	server, err := kazepaytest.NewServer(kazepaytest.Config{Clock: clock, Keys: serverKeys()})
	if err != nil {
		log.Fatal(err)
	}
	client, err = kazepay.New(server.ClientConfig(), issuing.WithClock(clock.Now))
	if err != nil {
		log.Fatal(err)
	}
	return server, client, server.Close
}

// issued applies for a virtual card and waits until it is active.
func issued(ctx context.Context, server *kazepaytest.Server, client *kazepay.Client) string {
	a, err := client.Virtual.Apply(ctx, kazepay.ApplyRequest{
		Email: "ada@example.com", MobileNumber: "108248888", MobilePrefix: "60", CardBIN: "222929",
	})
	if err != nil {
		log.Fatal(err)
	}
	server.Clock().Advance(time.Second)
	return a.ID
}

// A review that refuses an application is no error: the status says it.
func ExampleVirtualService() {
	server, client, stop := sandbox()
	defer stop()
	ctx := context.Background()
	if err := server.FailNext("Virtual.Apply", "the user is unknown"); err != nil {
		log.Fatal(err)
	}
	a, err := client.Virtual.Apply(ctx, kazepay.ApplyRequest{
		Email: "ada@example.com", MobileNumber: "108248888", MobilePrefix: "60", CardBIN: "222929",
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(a.Status, a.Status.Waiting())
	server.Clock().Advance(time.Second)
	a, err = client.Virtual.Application(ctx, a.ID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(a.Status, a.Status.Terminal())
	// Output:
	// AUDITING true
	// AUDIT_NOT_PASS true
}

// The pictures are uploaded one by one, then the identity is submitted.
func ExampleKYCService() {
	server, client, stop := sandbox()
	defer stop()
	ctx := context.Background()
	var files []string
	for range 2 { // the passport, and the holder with it
		f, err := client.KYC.Upload(ctx, kazepay.UploadRequest{
			Email: "ada@example.com", MobileNumber: "108248888", MobilePrefix: "60",
			File: bytes.NewReader([]byte("\xff\xd8\xff\xe0, a JPEG")),
		})
		if err != nil {
			log.Fatal(err)
		}
		files = append(files, f.ID)
	}
	review, err := client.KYC.Submit(ctx, kazepay.SubmitRequest{
		Identity: kazepay.Identity{
			Email: "ada@example.com", MobileNumber: "108248888", MobilePrefix: "60", MobilePrefixCountry: "MY",
			FirstName: "Ada", LastName: "Lovelace", DateOfBirth: issuing.NewDate(1985, time.December, 10),
			AddressLine: "1 Analytical Way", City: "Paris", CountryCode: "FR", PostCode: "75001", State: "Paris",
			IdentificationType: kazepay.IdentificationTypePassport, IdentificationNumber: issuing.NewSecret("A563F186"),
			IdentificationExpiryDate: issuing.NewDate(2099, time.December, 31),
		},
		FrontFileID: files[0], HandheldFileID: files[1],
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(review.Status)
	if err := server.ApproveKYC("ada@example.com"); err != nil { // the test plays the reviewer
		log.Fatal(err)
	}
	review, err = client.KYC.Await(ctx, "ada@example.com")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(review.Status)
	// Output:
	// WAITING_KYC
	// PASSED
}

// A printed card is bound to its holder and activated with the code that the holder's
// callback brought.
func ExamplePhysicalService() {
	server, client, stop := sandbox()
	defer stop()
	ctx := context.Background()
	if _, err := client.KYC.Link(ctx, user(1).identity(kazepay.IdentificationTypePassport)); err != nil {
		log.Fatal(err)
	}
	if err := server.ApproveKYC(user(1).email); err != nil {
		log.Fatal(err)
	}

	card, err := client.Physical.Assign(ctx, kazepay.AssignRequest{Email: issuing.Personal(user(1).email), CardNumber: server.PrintCard()})
	if err != nil {
		log.Fatal(err)
	}
	code := server.ActivationCode(card.CardID) // comes by the event ActivationCodeSent
	change, err := client.Physical.Activate(ctx, card.CardID, code)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(change.Status)
	server.Clock().Advance(time.Second)
	if err := client.Physical.SetPIN(ctx, card.CardID, issuing.NewSecret("135790")); err != nil {
		log.Fatal(err)
	}
	active, err := client.Cards.Card(ctx, card.CardID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(active.Status, active.CardNumber)
	// Output:
	// ACTIVE_PROCESSING
	// ACTIVE [redacted]
}

// A card is topped up, used, frozen and closed; what it holds goes back.
func ExampleCardService() {
	server, client, stop := sandbox()
	defer stop()
	ctx := context.Background()
	id := issued(ctx, server, client)
	deposit, err := client.Cards.Deposit(ctx, kazepay.DepositRequest{CardID: id, Amount: issuing.NewAmount(50_00, 2)})
	if err != nil {
		log.Fatal(err) // of kind issuing.ErrOutcomeUnknown: look before topping up again
	}
	fmt.Println(deposit.Status)
	server.Clock().Advance(time.Second)
	if _, err := server.Purchase(id, issuing.NewAmount(13_09, 2), issuingtest.Merchant{Name: "BAKERY"}); err != nil {
		log.Fatal(err)
	}
	for tx, err := range client.Cards.AllTransactions(ctx, kazepay.TransactionsRequest{CardID: id}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(tx.Type.Normal(), tx.CardAmount, tx.Status.Normal())
	}
	for _, move := range []func(context.Context, string, ...issuing.CallOption) (*kazepay.CardChange, error){
		client.Cards.Freeze, client.Cards.Unfreeze, client.Cards.Close,
	} {
		change, err := move(ctx, id)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(change.Status)
		if !change.RefundAmount.IsZero() {
			fmt.Println(change.RefundAmount, change.Currency, "go back")
		}
	}
	// Output:
	// PENDING
	// EXPENDITURE -13.09 PENDING
	// TOPUP 50.00 SUCCESS
	// INACTIVE
	// ACTIVE
	// CLOSE_PROCESSING
	// 36.91 USD go back
}

// There is one address for all callbacks; setting it again replaces it.
func ExampleWebhookService() {
	_, client, stop := sandbox()
	defer stop()
	ctx := context.Background()
	if _, err := client.Webhooks.SetURL(ctx, "https://merchant.example.com/callbacks/kazepay"); err != nil {
		log.Fatal(err)
	}
	address, err := client.Webhooks.URL(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(address.URL)
	// Output:
	// https://merchant.example.com/callbacks/kazepay
}
