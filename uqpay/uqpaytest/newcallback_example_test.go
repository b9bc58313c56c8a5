package uqpaytest_test

import (
	"context"
	"fmt"
	"log"
	"net/http/httptest"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// A test of a handler needs a secret of its own and no platform. The same event id
// again is another delivery of the event.
func ExampleNewCallback() {
	secret := issuing.NewSecret("a webhook secret of the dashboard")

	// What the merchant's program does, with the secret of its environment.
	src, err := uqpay.NewCallbacks(uqpay.CallbackConfig{Secrets: []issuing.Secret{secret}})
	if err != nil {
		log.Fatal(err)
	}
	handler := webhook.NewHandler(src, func(_ context.Context, event *webhook.Event) error {
		if spent, ok := event.Data.(*uqpay.TransactionCreated); ok {
			fmt.Println(spent.Status, spent.BillingAmount, spent.BillingCurrency)
		}
		return nil
	})

	for range 2 {
		r, err := uqpaytest.NewCallback(uqpaytest.CallbackConfig{Secret: secret}, &uqpay.TransactionCreated{
			EventBase: uqpay.EventBase{EventType: uqpay.EventAuthorization, EventID: "e-1"},
			Transaction: uqpay.Transaction{
				ID: "t-1", Status: uqpay.TransactionStatusApproved, BillingAmount: issuing.NewAmount(1150, 2),
				BillingCurrency: issuing.CurrencyUSD,
			},
		})
		if err != nil {
			log.Fatal(err)
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		fmt.Println(w.Code, w.Body)
	}
	// Output:
	// APPROVED 11.50 USD
	// 200 ok
	// 200 ok
}
