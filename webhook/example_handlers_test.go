package webhook_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// One address for several providers: the form of a request tells whose it is, and that
// provider's source authenticates and answers it.
func ExampleNewHandlers() {
	kp, err := kazepaytest.NewServer(kazepaytest.Config{}) // platforms in memory
	if err != nil {
		log.Fatal(err)
	}
	defer kp.Close()
	uq, err := uqpaytest.NewServer(uqpaytest.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer uq.Close()

	cfg := kp.ClientConfig()
	kazePay, err := kazepay.NewCallbacks(kazepay.CallbackConfig{
		PlatformKeys: []sign.PublicKey{cfg.PlatformKey}, PrivateKey: cfg.PrivateKey,
	})
	if err != nil {
		log.Fatal(err)
	}
	uqPay, err := uqpay.NewCallbacks(uqpay.CallbackConfig{Secrets: []issuing.Secret{uq.WebhookSecret()}})
	if err != nil {
		log.Fatal(err)
	}
	handle := func(_ context.Context, ev *webhook.Event) error {
		fmt.Println(ev.Provider, ev.Type)
		return nil
	}
	handlers, err := webhook.NewHandlers(webhook.NewHandler(kazePay, handle), webhook.NewHandler(uqPay, handle))
	if err != nil {
		log.Fatal(err)
	}
	http.Handle("POST /callbacks", handlers)

	for _, callback := range []*http.Request{
		kp.SignCallback(kazepaytest.Callback{
			Type: kazepay.EventActivationCodeSent, Content: map[string]any{"cardID": "3377", "activationCode": "70795665"},
		}),
		uq.SignCallback(map[string]any{
			"version": "V1.6.0", "event_name": "ISSUING", "event_type": uqpay.EventActivationCodeSent, "event_id": "e-1",
			"data": map[string]any{"card_id": "c-1", "activation_code": "57609685"},
		}),
	} {
		answer := httptest.NewRecorder()
		handlers.ServeHTTP(answer, callback)
		fmt.Println(answer.Code, answer.Body)
	}
	// Output:
	// kazepay ACTIVATION_CODE
	// 200 SUCCESS
	// uqpay card.activation.code
	// 200 ok
}
