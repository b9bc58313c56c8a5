package uqpaytest_test

import (
	"context"
	"fmt"
	"log"

	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
)

// A platform with a client for it, and a connection that dies under the first
// request: a read is simply asked again.
func Example() {
	server, err := uqpaytest.NewServer(uqpaytest.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	client, err := uqpay.New(server.ClientConfig())
	if err != nil {
		log.Fatal(err)
	}

	server.Inject("", uqpaytest.DropBefore())
	products, err := client.Products.List(context.Background(), uqpay.Paging{})
	if err != nil {
		log.Fatal(err)
	}
	// The token was asked for twice, the products once.
	fmt.Println(len(products.List) > 0, "after", server.Requests(""), "requests; the books:", server.Check())
	// Output:
	// true after 3 requests; the books: <nil>
}
