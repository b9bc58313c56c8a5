package coshine_test

import (
	"context"
	"fmt"
	"log"
	"net/http"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// An issuer that holds the balance answers authorizations. Only an explicit
// approval approves.
func ExampleNewCallbacks() {
	token := issuing.NewSecret("what EastPay presents")
	src, err := coshine.NewCallbacks(coshine.CallbackConfig{Tokens: []issuing.Secret{token}, ParticipantID: "100000"})
	if err != nil {
		log.Fatal(err)
	}
	fns := coshine.Functions{
		Authorization: func(_ context.Context, r *coshine.AuthorizationRequest) (coshine.Answer, error) {
			var tx struct {
				Amount issuing.Amount `json:"amount"` // a name that Coshine told you
			}
			if err := r.Decode(&tx); err != nil {
				return coshine.Answer{}, err // refused
			}
			if tx.Amount.Cmp(issuing.NewAmount(500, 0)) > 0 {
				return coshine.Refuse("61", "over the limit"), nil
			}
			return coshine.Approve(), nil
		},
	}
	handler := webhook.NewHandler(src, fns.Handle)
	http.Handle("POST /eastpay/{type}", handler) // POST /eastpay/Authorization and so on

	answer := handler.Handle(context.Background(), &webhook.Request{
		Type:   string(coshine.APIAuthorization),
		Header: http.Header{"Authorization": {"Bearer " + token.Reveal()}, "Timestamp": {"1776666652"}},
		Body:   []byte(`{"participantId":"100000","tranDate":"20260420","tranTime":"143052","tranId":"A1","amount":"700.00"}`),
	})
	fmt.Println(answer.Status, string(answer.Body))
	// Output:
	// 200 {"participantId":"100000","tranDate":"20260420","tranTime":"143052","tranId":"A1","responseCode":"61","responseDesc":"over the limit"}
}
