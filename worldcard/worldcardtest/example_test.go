package worldcardtest_test

import (
	"context"
	"fmt"
	"log"

	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// A platform with a client for it, and a connection that dies under the first
// request: a read is simply asked again.
func Example() {
	server, err := worldcardtest.NewServer(worldcardtest.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	client, err := worldcard.New(server.ClientConfig())
	if err != nil {
		log.Fatal(err)
	}

	if err := server.Inject("Virtual.BINs", issuingtest.DropBefore()); err != nil {
		log.Fatal(err)
	}
	bins, err := client.Virtual.BINs(context.Background(), worldcard.BINsRequest{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(bins.Total, "BINs after", server.Requests("Virtual.BINs"), "requests; the books:", server.Check())
	// Output:
	// 4 BINs after 2 requests; the books: <nil>
}
