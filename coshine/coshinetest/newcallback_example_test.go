package coshinetest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// A test of an issuer's addresses needs no platform. Members that are not published, here
// tranAmount, come from Raw.
func ExampleNewCallback() {
	token := issuing.NewSecret("what EastPay presents")

	// What the issuer's program does, with the token of its environment.
	src, err := coshine.NewCallbacks(coshine.CallbackConfig{Tokens: []issuing.Secret{token}})
	if err != nil {
		log.Fatal(err)
	}
	functions := coshine.Functions{
		Authorization: func(_ context.Context, asked *coshine.AuthorizationRequest) (coshine.Answer, error) {
			var told struct {
				Amount issuing.Amount `json:"tranAmount"`
			}
			if err := asked.Decode(&told); err != nil {
				return coshine.Answer{}, err
			}
			fmt.Println("asked for", told.Amount)
			return coshine.Approve(), nil
		},
	}
	mux := http.NewServeMux()
	mux.Handle("POST /{type}", webhook.NewHandler(src, functions.Handle))

	r, err := coshinetest.NewCallback(coshinetest.CallbackConfig{Token: token}, &coshine.AuthorizationRequest{
		Inbound: coshine.Inbound{TranID: "1", Raw: issuing.NewSecret(`{"tranAmount":"12.30"}`)},
	})
	if err != nil {
		log.Fatal(err)
	}
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	reply := struct{ ResponseCode, TranID string }{}
	if err := json.Unmarshal(w.Body.Bytes(), &reply); err != nil {
		log.Fatal(err)
	}
	fmt.Println(w.Code, reply.TranID, reply.ResponseCode)
	// Output:
	// asked for 12.30
	// 200 1 00
}
