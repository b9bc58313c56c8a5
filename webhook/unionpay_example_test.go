package webhook_test

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

// ExampleUnionPay serves the messages that UnionPay sends to a token requestor.
func ExampleUnionPay() {
	keys, err := unionpaytest.NewKeys() // your own key, and UnionPay's public one
	if err != nil {
		fmt.Println(err)
		return
	}
	handler, err := webhook.UnionPay(webhook.UnionPayConfig{
		SignKey: keys.Sign(), SignKeyID: "20190411000000", AppIDs: []string{"00520446"},
		UPISignKeys: map[string]sign.PublicKey{"1555570302": keys.UPISign()},
	}, func(_ context.Context, event *webhook.Event) error {
		switch e := event.Data.(type) {
		case *unionpay.TokenStateChanged:
			fmt.Println("token", e.Token, "is now", e.State)
		case *unionpay.UserIDRequested:
			e.AppUserID = "user-1"
		}
		return nil // 00; an error answers 96, so that UnionPay sends again
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	mux := http.NewServeMux()
	mux.Handle("/callbacks/unionpay", handler)
	// What nobody signed is refused without a reason.
	answer := handler.Handle(context.Background(), "/callbacks/unionpay", http.Header{}, []byte(`{}`))
	fmt.Println(answer.Status, string(answer.Body))
	// Output: 401 {"MsgResponse":{"responseCode":"E0","responseMsg":"Unauthorized access"}}
}

// BenchmarkUnionPayHandle is a message from its bytes to the signed answer, in
// profile G. Its floor is one RSA signature, which sign.BenchmarkBareRS256
// measures.
func BenchmarkUnionPayHandle(b *testing.B) {
	s := newUPISide(b, unionpay.ProfileG, nil)
	message := s.message("TOKEN_STATE_NOTIFICATION", "", suspended)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		header := s.signed(message, nil)
		b.StartTimer()
		if a := s.handler.Handle(b.Context(), upiPath, header, []byte(message)); a.Status != http.StatusOK {
			b.Fatal(a.Status)
		}
	}
}
