package worldcard_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// Each type of callback has an address of its own in the merchant portal.
func ExampleNewCallbacks() {
	platformKey, err := sign.ParsePublicKey(os.Getenv("WORLDCARD_PLATFORM_KEY"))
	if err != nil {
		log.Print(err)
		return
	}
	aesKey, err := sign.ParseAESKey(os.Getenv("WORLDCARD_AES_KEY"))
	if err != nil {
		log.Print(err)
		return
	}
	src, err := worldcard.NewCallbacks(worldcard.CallbackConfig{PlatformKeys: []sign.PublicKey{platformKey}, AESKey: aesKey})
	if err != nil {
		log.Print(err)
		return
	}
	// .../callbacks/worldcard/card_open and so on, one address for each of EventTypes.
	http.Handle("POST /callbacks/worldcard/{type}", webhook.NewHandler(src, handle))
}

// handle stores what happened and lets something else act on it.
func handle(ctx context.Context, ev *webhook.Event) error {
	switch e := ev.Data.(type) {
	case *worldcard.CardOpened:
		slog.InfoContext(ctx, "card opened", "card", e.CardID, "last4", e.CardNumber.Last4())
	case *worldcard.CardDeposited:
		// Its status is numbered differently: ask Cards.DepositByKey before booking.
		slog.InfoContext(ctx, "top-up ended", "key", e.MerchantTransactionID)
	case *webhook.Unknown:
		slog.WarnContext(ctx, "new callback type", "type", e.Type)
	}
	return nil // acknowledged; an error makes the platform send again
}

// Several merchants share an address, and a key changes without a restart: Lookup finds
// the keys of each callback while it runs.
func ExampleNewCallbacks_merchants() {
	one, err := worldcardtest.NewServer(worldcardtest.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer one.Close()
	two, err := worldcardtest.NewServer(worldcardtest.Config{}) // with keys of its own
	if err != nil {
		log.Fatal(err)
	}
	defer two.Close()

	// In a program this is a row of a table or an entry of a secret store, which
	// somebody else changes: the answer counts for a minute.
	lookup := func(_ context.Context, id string) (worldcard.Credential, error) {
		server := map[string]*worldcardtest.Server{"app-1": one, "app-2": two}[id]
		if server == nil {
			return worldcard.Credential{}, webhook.ErrUnknownKey // refused; any other error asks to send again
		}
		return worldcard.Credential{
			ID:           id, // of the record, where it comes from a database
			PlatformKeys: []sign.PublicKey{server.PlatformKey()}, AESKeys: []sign.AESKey{server.AESKey()},
		}, nil
	}
	src, err := worldcard.NewCallbacks(worldcard.CallbackConfig{
		Lookup: lookup, DedupeSecret: issuing.NewSecret("32 bytes of the merchant's own..."),
	})
	if err != nil {
		log.Fatal(err)
	}
	handler := webhook.NewHandler(src, func(_ context.Context, ev *webhook.Event) error {
		fmt.Println(ev.Credential, ev.Type)
		return nil
	}, webhook.WithObserver(func(_ context.Context, r webhook.Report) {
		if r.Err != nil {
			fmt.Println(r.Err)
		}
	}))

	closed := map[string]any{"notify_type": "card_close", "card_id": "1234567890123456", "card_status": "cancelled"}
	for _, id := range []string{"app-1", "app-2", "app-3"} {
		callback := map[bool]*worldcardtest.Server{true: two, false: one}[id == "app-2"].SignCallback(closed)
		callback.Header.Set("X-App-Id", id)
		handler.ServeHTTP(httptest.NewRecorder(), callback)
	}
	// Output:
	// app-1 card_close
	// app-2 card_close
	// webhook: unknown key or merchant: no credential has the id "app-3"
}

// Callbacks that come through a queue or another framework are parsed.
func ExampleNewCallbacks_queue() {
	server, err := worldcardtest.NewServer(worldcardtest.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	src, err := worldcard.NewCallbacks(worldcard.CallbackConfig{
		PlatformKeys: []sign.PublicKey{server.PlatformKey()}, AESKey: server.AESKey(),
	})
	if err != nil {
		log.Fatal(err)
	}

	delivery := server.SignCallback(map[string]any{
		"notify_type": "card_close", "card_id": "1234567890123456", "card_number": "4937241000003841",
		"card_status": "cancelled", "amount": "57.66", "currency": "USD",
	})
	body, err := io.ReadAll(delivery.Body)
	if err != nil {
		log.Fatal(err)
	}
	event, err := src.Parse(delivery.Header, body)
	if err != nil {
		log.Fatal(err)
	}
	if closed, ok := event.Data.(*worldcard.CardClosed); ok {
		fmt.Println(event.Type, closed.CardNumber, closed.CardNumber.Last4(), closed.Amount, closed.Currency)
	}

	body[20] ^= 1
	_, err = src.Parse(delivery.Header, body)
	fmt.Println(err)
	// Output:
	// card_close [redacted] 3841 57.66 USD
	// webhook: bad signature
}
