package kazepay_test

import (
	"context"
	"fmt"
	"log"
	"net/http/httptest"

	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// The callbacks of KazePay come to one address.
func ExampleNewCallbacks() {
	platform, err := kazepaytest.NewServer(kazepaytest.Config{}) // the platform in memory
	if err != nil {
		log.Fatal(err)
	}
	defer platform.Close()
	cfg := platform.ClientConfig()
	src, err := kazepay.NewCallbacks(kazepay.CallbackConfig{
		PlatformKeys: []sign.PublicKey{cfg.PlatformKey}, PrivateKey: cfg.PrivateKey, Profile: cfg.Profile,
	})
	if err != nil {
		log.Fatal(err)
	}
	handler := webhook.NewHandler(src, func(_ context.Context, ev *webhook.Event) error {
		switch e := ev.Data.(type) {
		case *kazepay.ActivationCodeSent:
			fmt.Println("activation code", e.ActivationCode, "for card", e.CardID)
		case *webhook.Unknown:
			fmt.Println("not known yet:", e.Type)
		}
		return nil
	})

	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, platform.SignCallback(kazepaytest.Callback{
		Type:    kazepay.EventActivationCodeSent,
		Content: map[string]any{"cardID": "3377", "activationCode": "70795665"},
	}))
	fmt.Println(answer.Code, answer.Body)
	// Output:
	// activation code [redacted] for card 3377
	// 200 SUCCESS
}
