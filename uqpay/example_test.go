package uqpay_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
)

// sandbox starts a platform in memory whose clock the examples turn, and makes a
// client for it.
func sandbox() (*uqpaytest.Server, *uqpay.Client, func()) {
	server, err := uqpaytest.NewServer(uqpaytest.Config{Clock: issuingtest.NewClock(time.Date(2026, 4, 1, 2, 0, 0, 0, time.UTC))})
	if err != nil {
		log.Fatal(err)
	}
	client, err := uqpay.New(server.ClientConfig(), issuing.WithClock(server.Clock().Now))
	if err != nil {
		log.Fatal(err)
	}
	return server, client, server.Close
}

// The first call: which cards can be issued.
func Example() {
	cfg, err := uqpay.ParseConfig(uqpay.ConfigTexts{
		BaseURL:  uqpay.SandboxURL,
		ClientID: os.Getenv("UQPAY_CLIENT_ID"),
		APIKey:   issuing.NewSecret(os.Getenv("UQPAY_API_KEY")),
	})
	if err != nil {
		log.Fatal(err)
	}
	client, err := uqpay.New(cfg)
	if err != nil {
		log.Fatal(err)
	}
	for product, err := range client.Products.All(context.Background(), uqpay.Paging{}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(product.ID, product.Scheme, product.BIN, product.Mode, product.KYCLevel)
	}
}

// A cardholder, a card, and a recharge whose outcome is settled with its own key.
func ExampleCardService_Deposit() {
	server, client, stop := sandbox()
	defer stop()
	ctx := context.Background()

	holder, err := client.Cardholders.Create(ctx, uqpay.CreateCardholderRequest{
		Email: "alex.chen@example.com", FirstName: "Alex", LastName: "Chen", CountryCode: "SG", PhoneNumber: "91234567",
	})
	if err != nil {
		log.Fatal(err)
	}
	card, err := client.Cards.Apply(ctx, uqpay.ApplyRequest{
		Currency: issuing.CurrencyUSD, ProductID: uqpaytest.ProductSingle, CardholderID: holder.ID, Limit: issuing.NewAmount(20_00, 2),
	})
	if err != nil {
		log.Fatal(err)
	}
	server.Clock().Advance(time.Minute)

	recharge := uqpay.AmountRequest{Amount: issuing.NewAmount(10_50, 2)}
	order, err := client.Cards.Deposit(ctx, card.CardID, recharge)
	var e *issuing.Error
	if errors.Is(err, issuing.ErrOutcomeUnknown) && errors.As(err, &e) {
		// The same key returns the first result, or carries it out now.
		order, err = client.Cards.Deposit(ctx, card.CardID, recharge, issuing.WithIdempotencyKey(e.Key))
	}
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(order.Type, order.Status)
	server.Clock().Advance(time.Minute)
	order, err = client.Orders.Order(ctx, order.ID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(order.Status, order.Amount, order.Currency)
	// Output:
	// CARD_RECHARGE PENDING
	// SUCCESS 10.50 USD
}

// What a cardholder lacks for a product is in the error.
func ExampleProblem() {
	_, client, stop := sandbox()
	defer stop()
	ctx := context.Background()
	holder, err := client.Cardholders.Create(ctx, uqpay.CreateCardholderRequest{
		Email: "alex.chen@example.com", FirstName: "Alex", LastName: "Chen", CountryCode: "SG", PhoneNumber: "91234567",
	})
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.Cards.Apply(ctx, uqpay.ApplyRequest{
		Currency: issuing.CurrencyUSD, ProductID: uqpaytest.ProductEnhanced, CardholderID: holder.ID,
	})
	var problem *uqpay.Problem
	if errors.Is(err, uqpay.CodeKYCInsufficient) && errors.As(err, &problem) {
		for _, f := range problem.MissingFields {
			fmt.Println(f.Name)
		}
	}
	// Output:
	// nationality
	// residential_address
	// identity
	// kyc_verification
}
