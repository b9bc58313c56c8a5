package kazepaytest_test

import (
	"context"
	"fmt"
	"log"

	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
)

// A platform with a client for it, and a connection that dies under the first
// request: a read is simply asked again.
func Example() {
	server, err := kazepaytest.NewServer(kazepaytest.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	client, err := kazepay.New(server.ClientConfig())
	if err != nil {
		log.Fatal(err)
	}

	if err := server.Inject("Webhooks.URL", issuingtest.DropBefore()); err != nil {
		log.Fatal(err)
	}
	if _, err := client.Webhooks.URL(context.Background()); err != nil {
		log.Fatal(err)
	}
	fmt.Println("answered after", server.Requests("Webhooks.URL"), "requests; the books:", server.Check())
	// Output:
	// answered after 2 requests; the books: <nil>
}
