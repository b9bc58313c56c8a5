package worldcardtest_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"log"
	"net/http/httptest"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// A test of a handler needs keys of its own and no platform.
func ExampleNewCallback() {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		log.Fatal(err)
	}
	platform, err := sign.NewPrivateKey(rsaKey)
	if err != nil {
		log.Fatal(err)
	}
	aesKey, err := sign.NewAESKey(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		log.Fatal(err)
	}

	// What the merchant's program does, with the keys of its environment.
	src, err := worldcard.NewCallbacks(worldcard.CallbackConfig{
		PlatformKeys: []sign.PublicKey{platform.Public()}, AESKey: aesKey,
	})
	if err != nil {
		log.Fatal(err)
	}
	handler := webhook.NewHandler(src, func(_ context.Context, event *webhook.Event) error {
		if closed, ok := event.Data.(*worldcard.CardClosed); ok {
			fmt.Println(closed.MerchantCardID, "gets back", closed.Amount, closed.Currency)
		}
		return nil
	})

	r, err := worldcardtest.NewCallback(worldcardtest.CallbackConfig{Key: platform, AESKey: aesKey}, &worldcard.CardClosed{
		CardID: "1900000000000000001", MerchantCardID: "mc-1", CardNumber: issuing.NewSecret("4929420573595709"),
		CardState: worldcard.CardStateCancelled, Amount: issuing.NewAmount(1250, 2), Currency: issuing.CurrencyUSD,
	})
	if err != nil {
		log.Fatal(err)
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	fmt.Println(w.Code, w.Body)
	// Output:
	// mc-1 gets back 12.50 USD
	// 200 ok
}
