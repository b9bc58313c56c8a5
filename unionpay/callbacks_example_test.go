package unionpay_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// ExampleNewCallbacks serves the messages that UnionPay sends to a token requestor.
func ExampleNewCallbacks() {
	keys, err := unionpaytest.NewKeys() // your own key, and UnionPay's public one
	if err != nil {
		fmt.Println(err)
		return
	}
	src, err := unionpay.NewCallbacks(unionpay.CallbackConfig{
		SignKey: keys.Sign(), SignKeyID: "20190411000000", AppIDs: []string{"00520446"},
		UPISignKeys: map[string]sign.PublicKey{"1555570302": keys.UPISign()},
	})
	if err != nil {
		fmt.Println(err)
		return
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
	// What nobody signed is refused without a reason.
	answer := handler.Handle(context.Background(), &webhook.Request{Body: []byte(`{}`)})
	fmt.Println(answer.Status, string(answer.Body))
	// Output:
	// refused E0
	// 401 {"MsgResponse":{"responseCode":"E0","responseMsg":"Unauthorized access"}}
}

// BenchmarkCallbackHandle is a message from its bytes to the signed answer, in
// profile G. Its floor is one RSA signature, which sign.BenchmarkBareRS256
// measures.
func BenchmarkCallbackHandle(b *testing.B) {
	s := newCallbackSide(b, unionpay.ProfileG, nil)
	message := s.message("TOKEN_STATE_NOTIFICATION", "", suspended)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		header := s.signed(message, nil)
		b.StartTimer()
		if a := s.deliver(upiPath, header, []byte(message)); a.Status != http.StatusOK {
			b.Fatal(a.Status)
		}
	}
}
