package coshinetest_test

import (
	"context"
	"fmt"
	"log"

	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// A platform with a client for it, and a connection that dies under the first
// request: a read is simply asked again.
func Example() {
	server, err := coshinetest.NewServer(coshinetest.Config{Paths: coshine.InferredPaths()})
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	client, err := coshine.New(server.ClientConfig())
	if err != nil {
		log.Fatal(err)
	}

	if err := server.Inject("Parameters.DropDownList", issuingtest.DropBefore()); err != nil {
		log.Fatal(err)
	}
	list, err := client.Parameters.DropDownList(context.Background(),
		coshine.DropDownListRequest{Name: coshine.DropDownNameCardStatus})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(list.Items) > 0, "after", server.Requests("Parameters.DropDownList"), "requests; the books:", server.Check())
	// Output:
	// true after 2 requests; the books: <nil>
}
