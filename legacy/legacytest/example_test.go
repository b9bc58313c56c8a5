package legacytest_test

import (
	"context"
	"fmt"
	"log"

	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
)

// A platform with a client for it, and a connection that dies under the first
// request: a read is simply asked again.
func Example() {
	server, err := legacytest.NewServer(legacytest.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	client, err := legacy.New(server.ClientConfig())
	if err != nil {
		log.Fatal(err)
	}

	if err := server.Inject("Reference.BusinessModes", issuingtest.DropBefore()); err != nil {
		log.Fatal(err)
	}
	modes, err := client.Reference.BusinessModes(context.Background(), "CHN", legacy.ChannelBankAccount)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(modes) > 0, "after", server.Requests("Reference.BusinessModes"), "requests; the books:", server.Check())
	// Output:
	// true after 2 requests; the books: <nil>
}
