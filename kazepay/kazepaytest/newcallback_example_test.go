package kazepaytest_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"log"
	"net/http/httptest"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// A test of a handler needs keys of its own and no platform.
func ExampleNewCallback() {
	var keys [2]sign.PrivateKey // the platform's and the merchant's
	for i := range keys {
		rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			log.Fatal(err)
		}
		if keys[i], err = sign.NewPrivateKey(rsaKey); err != nil {
			log.Fatal(err)
		}
	}

	// What the merchant's program does, with the keys of its environment.
	src, err := kazepay.NewCallbacks(kazepay.CallbackConfig{
		PlatformKeys: []sign.PublicKey{keys[0].Public()}, PrivateKey: keys[1],
	})
	if err != nil {
		log.Fatal(err)
	}
	handler := webhook.NewHandler(src, func(_ context.Context, event *webhook.Event) error {
		if paid, ok := event.Data.(*kazepay.CardDeposited); ok {
			fmt.Println("ask about card", paid.CardID)
		}
		return nil
	})

	r, err := kazepaytest.NewCallback(kazepaytest.CallbackConfig{Key: keys[0], MerchantKey: keys[1].Public()}, &kazepay.CardDeposited{
		CardID: "1001", TransactionID: "t-1", Amount: issuing.NewAmount(20, 0), Status: kazepay.TransactionStatusSuccess,
	})
	if err != nil {
		log.Fatal(err)
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	fmt.Println(w.Code, w.Body)
	// Output:
	// ask about card 1001
	// 200 SUCCESS
}
