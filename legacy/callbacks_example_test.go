package legacy_test

import (
	"context"
	"log"
	"log/slog"
	"net/http"
	"os"

	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// Each type of callback has an address of its own: in the requests' NotifyURL, or
// in the portal.
func ExampleNewCallbacks() {
	secret, err := sign.NewAppSecret(os.Getenv("LEGACY_APP_SECRET"))
	if err != nil {
		log.Print(err)
		return
	}
	src, err := legacy.NewCallbacks(legacy.CallbackConfig{
		AppKey: os.Getenv("LEGACY_APP_KEY"), AppSecrets: []sign.AppSecret{secret},
	})
	if err != nil {
		log.Print(err)
		return
	}
	// .../callbacks/legacy/deposit and so on, one address for each of NotifyTypes.
	http.Handle("POST /callbacks/legacy/{type}", webhook.NewHandler(src, func(ctx context.Context, ev *webhook.Event) error {
		switch e := ev.Data.(type) {
		case *legacy.CardDeposited:
			// Ask Cards.DepositByKey before booking: a captured callback stays valid.
			slog.InfoContext(ctx, "top-up ended", "key", e.MerOrderNo)
		case *webhook.Unknown:
			slog.WarnContext(ctx, "new callback type", "type", e.Type)
		}
		return nil // acknowledged; an error makes the platform send again
	}))
}
