package unionpay_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// ExampleNewCallbacks serves the messages that UnionPay sends to a token requestor,
// here one that the gateway in memory signs, and one that nobody signed.
func ExampleNewCallbacks() {
	gateway, _, stop := sandbox()
	defer stop()
	cfg := gateway.ClientConfig() // or what ParseConfig returned
	src, err := unionpay.NewCallbacks(unionpay.CallbackConfig{
		SignKey: cfg.SignKey, SignKeyID: cfg.SignKeyID, UPISignKeys: cfg.UPISignKeys, AppIDs: []string{cfg.AppID},
		Now: gateway.Clock().Now, // the gateway's; nil is the real one
	})
	if err != nil {
		log.Fatal(err)
	}
	handler := webhook.NewHandler(src, func(_ context.Context, event *webhook.Event) error {
		switch e := event.Data.(type) {
		case *unionpay.TokenStateChanged:
			fmt.Println("token", e.Token, "is now", e.State)
		case *unionpay.UserIDRequested:
			e.AppUserID = "user-1"
		}
		return nil // 00; an error answers 96, so that UnionPay sends again
	}, webhook.WithObserver(func(_ context.Context, r webhook.Report) { fmt.Println(r.Outcome, r.Code) }))
	http.Handle("POST /callbacks/unionpay", handler)

	handler.ServeHTTP(httptest.NewRecorder(), gateway.SignCallback(&unionpay.TokenStateChanged{
		Token: issuing.NewSecret("6299990000000000004"), State: unionpay.TokenStateSuspended,
	}))
	// What nobody signed is refused without a reason.
	answer := handler.Handle(context.Background(), &webhook.Request{Body: []byte(`{}`)})
	fmt.Println(answer.Status, string(answer.Body))
	// Output:
	// token [redacted] is now SUSPENDED
	// handled 00
	// refused E0
	// 401 {"MsgResponse":{"responseCode":"E0","responseMsg":"Unauthorized access"}}
}
