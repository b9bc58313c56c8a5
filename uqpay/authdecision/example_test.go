package authdecision_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/uqpay/authdecision"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// An endpoint that approves up to a limit. Serve it over TLS.
func Example() {
	own, err := authdecision.ParsePrivateKey(issuing.NewSecret(os.Getenv("PGP_KEY")), issuing.NewSecret(os.Getenv("PGP_PASSPHRASE")))
	if err != nil {
		log.Fatal(err)
	}
	platform, err := authdecision.ParsePublicKey(os.Getenv("UQPAY_PGP_KEY"))
	if err != nil {
		log.Fatal(err)
	}
	limit := issuing.NewAmount(100, 0)
	src, err := authdecision.NewCallbacks(authdecision.CallbackConfig{Key: own, PlatformKey: platform, Window: 2 * time.Second})
	if err != nil {
		log.Fatal(err)
	}
	decide := func(_ context.Context, req *authdecision.Request) (authdecision.Decision, error) {
		if !req.BillingAmount.AtMost(limit) { // a request without an amount is declined too
			return authdecision.Decline(authdecision.ResponseCodeInsufficientFunds), nil
		}
		return authdecision.Approve(), nil
	}
	http.Handle("POST /uqpay/authorize/b1d6c7", webhook.NewHandler(src, authdecision.Decide(decide)))
}

// A test of an endpoint: UQPAY's request, and what the endpoint answers.
func ExampleCaller_NewCallback() {
	var keys [2]authdecision.PrivateKey // UQPAY's and the merchant's
	for i, name := range []string{"UQPAY", "Merchant"} {
		var err error
		if keys[i], err = authdecision.GenerateKey(name, name+"@example.com"); err != nil {
			log.Fatal(err)
		}
	}
	src, err := authdecision.NewCallbacks(authdecision.CallbackConfig{
		Key: keys[1], PlatformKey: keys[0].Public(), Window: 5 * time.Second,
	})
	if err != nil {
		log.Fatal(err)
	}
	handler := webhook.NewHandler(src, authdecision.Decide(
		func(_ context.Context, req *authdecision.Request) (authdecision.Decision, error) {
			if !req.BillingAmount.AtMost(issuing.NewAmount(100, 0)) {
				return authdecision.Decline(authdecision.ResponseCodeInsufficientFunds), nil
			}
			return authdecision.Approve(), nil
		}))

	caller := authdecision.Caller{Key: keys[0], MerchantKey: keys[1].Public()}
	for _, amount := range []issuing.Amount{"99.90", "100.10"} {
		r, err := caller.NewCallback(&authdecision.Request{TransactionID: "t-" + amount.String(), BillingAmount: amount})
		if err != nil {
			log.Fatal(err)
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		answer, err := caller.ReadAnswer(w.Result())
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(answer.TransactionID, answer.Code)
	}
	// Output:
	// t-99.90 00
	// t-100.10 51
}
