package unionpaytest_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"log"
	"net/http/httptest"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// A test of a handler needs keys of its own and no gateway.
func ExampleNewCallback() {
	var keys [2]sign.PrivateKey // UnionPay's and the token requestor's
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
	src, err := unionpay.NewCallbacks(unionpay.CallbackConfig{
		SignKey: keys[1], SignKeyID: "20190411000000", AppIDs: []string{"00520446"},
		UPISignKeys: map[string]sign.PublicKey{"1555570302": keys[0].Public()},
	})
	if err != nil {
		log.Fatal(err)
	}
	handler := webhook.NewHandler(src, func(_ context.Context, event *webhook.Event) error {
		switch e := event.Data.(type) {
		case *unionpay.TokenStateChanged:
			fmt.Println(e.Token, "is", e.State)
		case *unionpay.UserIDRequested:
			e.AppUserID = "user-1"
		}
		return nil
	}, webhook.WithObserver(func(_ context.Context, r webhook.Report) { fmt.Println(r.Outcome, r.Code) }))

	for _, event := range []any{
		&unionpay.TokenStateChanged{Token: issuing.NewSecret("6299990000000000004"), State: unionpay.TokenStateSuspended},
		&unionpay.UserIDRequested{UserAuthCode: issuing.NewSecret("a code")},
	} {
		r, err := unionpaytest.NewCallback(unionpaytest.CallbackConfig{
			Key: keys[0], KeyID: "1555570302", AppID: "00520446",
		}, event)
		if err != nil {
			log.Fatal(err)
		}
		handler.ServeHTTP(httptest.NewRecorder(), r)
	}
	// Output:
	// [redacted] is SUSPENDED
	// handled 00
	// handled 00
}
