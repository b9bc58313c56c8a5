package control_test

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/issuing-sdk/issuing-go/issuingtest/control"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// A platform in memory, driven by what speaks HTTP and JSON.
func ExampleNew() {
	platform, err := worldcardtest.NewServer(worldcardtest.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer platform.Close()
	card, err := platform.IssueCard(worldcard.CardTypeVirtualG, "100.00")
	if err != nil {
		log.Fatal(err)
	}
	handler, err := control.New(control.Config{Platforms: []control.Platform{{Name: "worldcard", Platform: platform.Platform}}})
	if err != nil {
		log.Fatal(err)
	}
	defer handler.Close()
	server := httptest.NewServer(handler)
	defer server.Close()

	for _, amount := range []string{"30.00", "100.00", "much"} {
		resp, err := http.Post(server.URL+"/v1/worldcard/actions/purchase", "application/json",
			strings.NewReader(`{"card":"`+card+`","amount":"`+amount+`"}`))
		if err != nil {
			log.Fatal(err)
		}
		answer, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		fmt.Print(resp.StatusCode, " ", string(answer))
	}

	// Output:
	// 200 {"approved":true,"reason":"","transaction":"100000000004"}
	// 200 {"approved":false,"reason":"insufficient balance","transaction":"100000000005"}
	// 400 {"error":{"arguments":[{"param":"amount","problem":"is no amount, such as \"12.50\""}],"code":"bad_arguments","message":"purchase: amount is no amount, such as \"12.50\""}}
}
