package legacytest_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// A test of the addresses that a merchant serves needs no platform: the request goes to
// the address of its type.
func ExampleNewCallback() {
	secret, err := sign.NewAppSecret("0123456789abcdef")
	if err != nil {
		log.Fatal(err)
	}

	// What the merchant's program does, with the secret of its environment.
	src, err := legacy.NewCallbacks(legacy.CallbackConfig{AppKey: "app", AppSecrets: []sign.AppSecret{secret}})
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("POST /callbacks/legacy/{type}", webhook.NewHandler(src, func(_ context.Context, event *webhook.Event) error {
		if paid, ok := event.Data.(*legacy.CardDeposited); ok {
			fmt.Println("ask about", paid.MerOrderNo)
		}
		return nil
	}))

	r, err := legacytest.NewCallback(legacytest.CallbackConfig{AppKey: "app", AppSecret: secret}, &legacy.CardDeposited{
		OrderNo: "1448538596381429760", MerOrderNo: "m-1", Status: legacy.OrderStatusSuccess,
		SettleAmount: issuing.NewAmount(20, 0),
	})
	if err != nil {
		log.Fatal(err)
	}
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	fmt.Println(w.Code, w.Body)
	// Output:
	// ask about m-1
	// 200 ok
}
