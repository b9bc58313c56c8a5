package uqpaytest_test

import (
	"context"
	"fmt"
	"log"

	"github.com/issuing-sdk/issuing-go/issuingtest"
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

	if err := server.Inject("Products.List", issuingtest.DropBefore()); err != nil {
		log.Fatal(err)
	}
	products, err := client.Products.List(context.Background(), uqpay.Paging{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(products.Total, "products after", server.Requests("Products.List"), "requests; the books:", server.Check())
	// Output:
	// 5 products after 2 requests; the books: <nil>
}
