package authdecision_test

import (
	"context"
	"log"
	"net/http"
	"os"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/uqpay/authdecision"
	"github.com/issuing-sdk/issuing-go/webhook"
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
	src, err := authdecision.NewCallbacks(authdecision.CallbackConfig{Key: own, PlatformKey: platform, Window: 2 * time.Second})
	if err != nil {
		log.Fatal(err)
	}
	decide := func(_ context.Context, req *authdecision.Request) (authdecision.Decision, error) {
		if req.BillingAmount.Cmp(limit) > 0 {
			return authdecision.Decline(authdecision.ResponseCodeInsufficientFunds), nil
		}
		return authdecision.Approve(), nil
	}
	http.Handle("POST /uqpay/authorize/b1d6c7", webhook.NewHandler(src, authdecision.Decide(decide)))
}
