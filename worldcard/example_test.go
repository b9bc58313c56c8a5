package worldcard_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// sandbox starts a platform in memory whose clock the examples turn, and makes a
// client for it.
func sandbox() (*worldcardtest.Server, *worldcard.Client, func()) {
	server, err := worldcardtest.NewServer(worldcardtest.Config{
		Clock: issuingtest.NewClock(time.Date(2026, 4, 1, 2, 0, 0, 0, time.UTC)),
	})
	if err != nil {
		log.Fatal(err)
	}
	client, err := worldcard.New(server.ClientConfig(), issuing.WithClock(server.Clock().Now))
	if err != nil {
		log.Fatal(err)
	}
	return server, client, server.Close
}

// The first call: which cards can be applied for.
func Example() {
	cfg, err := worldcard.ParseConfig(worldcard.ConfigTexts{
		BaseURL: os.Getenv("WORLDCARD_BASE_URL"), AppID: os.Getenv("WORLDCARD_APP_ID"),
		PrivateKey: issuing.NewSecret(os.Getenv("WORLDCARD_PRIVATE_KEY")),
		AESKey:     issuing.NewSecret(os.Getenv("WORLDCARD_AES_KEY")),
	})
	if err != nil {
		log.Fatal(err)
	}
	client, err := worldcard.New(cfg)
	if err != nil {
		log.Fatal(err)
	}
	for bin, err := range client.Virtual.AllBINs(context.Background(), worldcard.BINsRequest{}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(bin.ID, bin.CardType, bin.BIN, bin.CardBrand)
	}
}

// An application is asynchronous: card_open or a look at the card tells how it
// ended.
func ExampleVirtualService_Apply() {
	server, client, stop := sandbox()
	defer stop()
	ctx := context.Background()

	card, err := client.Virtual.Apply(ctx, worldcard.ApplyRequest{
		MerchantCardID: "mc_001", CardType: worldcard.CardTypeVirtualR, CardBINID: "2",
		FirstRechargeAmount: issuing.NewAmount(100_00, 2), Email: "john@example.com",
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("applied:", card.Status)

	server.Clock().Advance(time.Minute)
	details, err := client.Virtual.Card(ctx, worldcard.ByCardID(card.ID))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("now:", details.Status, details.AvailableBalance, details.Currency)
	fmt.Println("PAN:", details.CardNumber, "last four:", details.CardNumber.Last4())
	// Output:
	// applied: processing
	// now: active 100.00 USD
	// PAN: [redacted] last four: 0028
}

// A top-up whose answer is lost stays open until the lookup settles it.
func ExampleCardService_Deposit() {
	server, client, stop := sandbox()
	defer stop()
	ctx := context.Background()
	card, err := client.Virtual.Apply(ctx, worldcard.ApplyRequest{
		MerchantCardID: "mc_001", CardType: worldcard.CardTypeVirtualR, CardBINID: "2",
		FirstRechargeAmount: issuing.NewAmount(100_00, 2), Email: "john@example.com",
	})
	if err != nil {
		log.Fatal(err)
	}
	server.Clock().Advance(time.Minute)

	// The platform carries the top-up out and dies before it answers anything.
	server.Choose(func(string) issuingtest.Fault { return issuingtest.DropAfter() })
	ref := worldcard.ByCardID(card.ID)
	deposit, err := client.Cards.Deposit(ctx, worldcard.DepositRequest{
		CardRef: ref, MerchantTransactionID: "tx_001", Amount: issuing.NewAmount(50_00, 2),
	})
	if errors.Is(err, issuing.ErrOutcomeUnknown) {
		fmt.Println("unknown: ask again later")
		server.Choose(nil) // later
		deposit, err = client.Cards.DepositByKey(ctx, ref, "tx_001")
	}
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(deposit.MerchantTransactionID, deposit.Amount, deposit.Currency, deposit.Status)
	// Output:
	// unknown: ask again later
	// tx_001 50.00 USD processing
}

// Every error is an *issuing.Error with a kind that is the same for all
// providers, and the platform's own code.
func Example_errors() {
	_, client, stop := sandbox()
	defer stop()
	_, err := client.Virtual.Card(context.Background(), worldcard.ByCardID("no such card"))
	fmt.Println(errors.Is(err, issuing.ErrNotFound), errors.Is(err, worldcard.CodeCardNotFound))

	_, err = client.Virtual.Apply(context.Background(), worldcard.ApplyRequest{CardType: worldcard.CardTypeVirtualR})
	var e *issuing.Error
	if errors.As(err, &e) {
		for _, f := range e.Fields {
			fmt.Println(f)
		}
	}
	// Output:
	// true true
	// merchant_card_id is required
	// card_bin_id is required
	// first_recharge_amount is required
	// email is required
}

// All transactions of a card, page by page as the loop needs them.
func ExampleCardService_AllTransactions() {
	server, client, stop := sandbox()
	defer stop()
	ctx := context.Background()
	card, err := client.Virtual.Apply(ctx, worldcard.ApplyRequest{
		MerchantCardID: "mc_001", CardType: worldcard.CardTypeVirtualR, CardBINID: "2",
		FirstRechargeAmount: issuing.NewAmount(100_00, 2), Email: "john@example.com",
	})
	if err != nil {
		log.Fatal(err)
	}
	server.Clock().Advance(time.Minute)
	shop := issuingtest.Merchant{Name: "AMAZON.COM", MCC: "5411", Country: "US", City: "SEATTLE"}
	if _, err := server.Purchase(card.ID, issuing.NewAmount(50_00, 2), shop); err != nil {
		log.Fatal(err)
	}
	for tx, err := range client.Cards.AllTransactions(ctx, worldcard.ByCardID(card.ID)) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(tx.Type, tx.BillingAmount, tx.BillingCurrency, tx.MerchantName)
	}
	// Output:
	// Authorization 50.00 USD AMAZON.COM
}

// applied applies for a physical card, which waits for its holder's KYC then.
func applied(ctx context.Context, client *worldcard.Client) *worldcard.Application {
	card, err := client.Physical.Apply(ctx, worldcard.PhysicalApplyRequest{
		MerchantCardID: "pc_001", CardBINID: "12", FirstName: "SAN", LastName: "ZHANG",
		TelephoneCountryCode: "86", Phone: "13800138000", BirthDate: issuing.NewDate(1990, time.January, 15),
	})
	if err != nil {
		log.Fatal(err)
	}
	return card
}

// The holder's browser runs the verification; the verdict comes by card_kyc, and
// Status shows it.
func ExampleKYCService() {
	server, client, stop := sandbox()
	defer stop()
	ctx := context.Background()
	card := applied(ctx, client)

	session, err := client.KYC.Init(ctx, card.MerchantCardID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("for the holder's browser:", session.AccessToken)

	// The platform in memory plays the reviewer.
	if err := server.RejectKYC(card.MerchantCardID, "the picture is blurred", issuingtest.KYCRetryAllowed); err != nil {
		log.Fatal(err)
	}
	review, err := client.KYC.Status(ctx, card.MerchantCardID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(review.Status, "again:", review.RetryAllowed)
	// Output:
	// for the holder's browser: [redacted]
	// rejected again: true
}

// A physical card goes from application over KYC and assignment to activation.
func ExamplePhysicalService() {
	server, client, stop := sandbox()
	defer stop()
	ctx := context.Background()
	card := applied(ctx, client)
	ref := worldcard.ByCardID(card.ID)
	if _, err := client.KYC.Init(ctx, card.MerchantCardID); err != nil {
		log.Fatal(err)
	}
	if err := server.ApproveKYC(card.MerchantCardID); err != nil {
		log.Fatal(err)
	}

	// The number stands on the card that the merchant took from its stock.
	number := issuing.NewSecret("4000123412341234")
	assigned, err := client.Physical.Assign(ctx, worldcard.AssignRequest{CardRef: ref, CardNumber: number})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(assigned.Status)
	pin := issuing.NewSecret("135790")
	if _, err := client.Physical.Activate(ctx, worldcard.ActivateRequest{CardRef: ref, PIN: pin}); err != nil {
		log.Fatal(err)
	}
	server.Clock().Advance(time.Minute)
	details, err := client.Physical.Card(ctx, ref)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(details.Status, details.CardNumber)
	err = client.Physical.SetPIN(ctx, worldcard.SetPINRequest{CardRef: ref, PIN: issuing.NewSecret("246801")})
	fmt.Println("PIN set:", err == nil)
	// Output:
	// pending activation
	// active [redacted]
	// PIN set: true
}
