package authdecision_test

import (
	"context"
	"log"
	"net/http"
	"os"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/uqpay/authdecision"
)

// An endpoint that approves up to a limit. Serve it over TLS.
func Example() {
	own, err := authdecision.ParsePrivateKey(issuing.NewSecret(os.Getenv("PGP_KEY")), issuing.NewSecret(os.Getenv("PGP_PASSPHRASE")))
	if err != nil {
		log.Fatal(err)
	}
	platform, err := authdecision.ParsePublicKey(os.Getenv("UQPAY_PGP_KEY"))
	if err != nil {
		log.Fatal(err)
	}
	limit := issuing.NewAmount(100, 0)
	handler, err := authdecision.New(authdecision.Config{
		Key: own, PlatformKey: platform, Window: 2 * time.Second,
		Decide: func(_ context.Context, req *authdecision.Request) (authdecision.Decision, error) {
			if req.BillingAmount.Cmp(limit) > 0 {
				return authdecision.Decline(authdecision.CodeInsufficientFunds), nil
			}
			return authdecision.Approve(), nil
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	http.Handle("POST /uqpay/authorize/b1d6c7", handler)
}
