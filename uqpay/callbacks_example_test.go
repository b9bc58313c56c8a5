package uqpay_test

import (
	"context"
	"log"
	"log/slog"
	"net/http"
	"os"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// One address gets all events.
func ExampleNewCallbacks() {
	src, err := uqpay.NewCallbacks(uqpay.CallbackConfig{
		Secrets: []issuing.Secret{issuing.NewSecret(os.Getenv("UQPAY_WEBHOOK_SECRET"))},
	})
	if err != nil {
		log.Print(err)
		return
	}
	http.Handle("POST /callbacks/uqpay", webhook.NewHandler(src, func(ctx context.Context, ev *webhook.Event) error {
		switch e := ev.Data.(type) {
		case *uqpay.CardDeposited:
			// Ask Orders.Order before booking: the event tells that something happened.
			slog.InfoContext(ctx, "recharge ended", "order", e.SourceID, "failed", e.Failed())
		case *webhook.Unknown:
			slog.WarnContext(ctx, "new event", "type", e.Type)
		}
		return nil // acknowledged; an error makes the platform send again
	}))
}
