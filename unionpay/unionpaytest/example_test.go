package unionpaytest_test

import (
	"context"
	"fmt"
	"log"

	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
)

// A platform with a client for it, and a connection that dies under the first
// request: a read is simply asked again.
func Example() {
	server, err := unionpaytest.NewServer(unionpaytest.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	client, err := unionpay.New(server.ClientConfig())
	if err != nil {
		log.Fatal(err)
	}

	if err := server.Inject("ATMs.CitiesAndBanks", issuingtest.DropBefore()); err != nil {
		log.Fatal(err)
	}
	_, err = client.ATMs.CitiesAndBanks(context.Background(), unionpay.CitiesAndBanksRequest{CountryCode: "702"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("answered after", server.Requests("ATMs.CitiesAndBanks"), "requests; the tokens:", server.Check())
	// Output:
	// answered after 2 requests; the tokens: <nil>
}
