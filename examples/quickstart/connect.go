package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// callbackPath and a callback type make the path of the type's address.
const callbackPath = "/callbacks/worldcard/"

// connect makes the client and the callback server: for the real platform when
// the environment names it, else for one in memory.
func (t *tour) connect(getenv func(string) string) (closeAll func(), err error) {
	addr := "127.0.0.1:0"
	if getenv("WORLDCARD_BASE_URL") != "" {
		addr = getenv("WORLDCARD_CALLBACK_ADDR")
		if addr == "" {
			addr = "127.0.0.1:8080"
		}
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", addr)
	if err != nil {
		return nil, err
	}
	// Each callback type has an address of its own, as in the merchant portal.
	addresses := map[string]string{}
	for _, typ := range worldcard.EventTypes() {
		addresses[typ] = "http://" + listener.Addr().String() + callbackPath + typ
	}

	var cfg worldcard.Config
	var hooks worldcard.CallbackConfig
	stopPlatform := func() {}
	if getenv("WORLDCARD_BASE_URL") != "" {
		cfg, hooks, err = fromEnvironment(getenv)
		fmt.Fprintf(t.out, "Callbacks are expected at http://%s%s<type>, one address per type\n", listener.Addr(), callbackPath)
	} else {
		var server *worldcardtest.Server
		server, err = worldcardtest.NewServer(worldcardtest.Config{Webhooks: addresses, NoNotifyType: true})
		if err == nil {
			stopPlatform = server.Close
			cfg = server.ClientConfig()
			hooks = worldcard.CallbackConfig{PlatformKeys: []sign.PublicKey{server.PlatformKey()}, AESKey: server.AESKey()}
			t.scheme = playedBy{server}
			fmt.Fprintf(t.out, "WorldCard's platform in memory at %s\n", server.URL())
		}
	}
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	if t.client, err = worldcard.New(cfg); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	source, err := worldcard.NewCallbacks(hooks)
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	t.inbox = newInbox()
	mux := http.NewServeMux()
	// One address for all is enough for a platform that sends notify_type.
	mux.Handle("POST "+strings.TrimSuffix(callbackPath, "/"), webhook.NewHandler(source, t.inbox.receive))
	for _, typ := range worldcard.EventTypes() {
		mux.Handle("POST "+callbackPath+typ, webhook.NewHandler(source.ForType(typ), t.inbox.receive))
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(listener) }()
	return func() {
		stopPlatform()
		_ = server.Close()
	}, nil
}

func fromEnvironment(getenv func(string) string) (worldcard.Config, worldcard.CallbackConfig, error) {
	cfg, err := worldcard.ParseConfig(worldcard.ConfigTexts{
		BaseURL: getenv("WORLDCARD_BASE_URL"), AppID: getenv("WORLDCARD_APP_ID"),
		PrivateKey: issuing.NewSecret(getenv("WORLDCARD_PRIVATE_KEY")), AESKey: issuing.NewSecret(getenv("WORLDCARD_AES_KEY")),
	})
	if err != nil {
		return cfg, worldcard.CallbackConfig{}, err
	}
	key, err := sign.ParsePublicKey(getenv("WORLDCARD_PLATFORM_KEY"))
	return cfg, worldcard.CallbackConfig{PlatformKeys: []sign.PublicKey{key}, AESKey: cfg.AESKey, AppID: cfg.AppID}, err
}

// playedBy lets the platform in memory play shops and reviewers.
type playedBy struct{ server *worldcardtest.Server }

func (p playedBy) Purchase(cardID string, amount issuing.Amount) (string, error) {
	authorization, err := p.server.Purchase(cardID, amount, issuingtest.Merchant{
		Name: "Corner Books", ID: "SHOP-7", MCC: "5942", Country: "US", City: "SEATTLE",
	})
	if err == nil && !authorization.Approved {
		err = errors.New("declined: " + authorization.Reason)
	}
	return authorization.ID, err
}

func (p playedBy) Settle(cardID, transactionID string) error {
	_, err := p.server.Settle(cardID, transactionID)
	return err
}

func (p playedBy) ReviewKYC(merchantCardID string, approve bool) error {
	if approve {
		return p.server.ApproveKYC(merchantCardID)
	}
	return p.server.RejectKYC(merchantCardID, "the picture of the document is blurred", issuingtest.KYCRetryAllowed)
}

// inbox keeps events until a step waits for them.
type inbox struct{ events chan *webhook.Event }

// inboxSize bounds what may wait; more makes the platform send again.
const inboxSize = 64

func newInbox() *inbox { return &inbox{events: make(chan *webhook.Event, inboxSize)} }

// receive is the callback function of the handler. A real service would store
// the event and acknowledge it here.
func (b *inbox) receive(_ context.Context, event *webhook.Event) error {
	select {
	case b.events <- event:
		return nil
	default:
		return errors.New("inbox full")
	}
}

// wait returns the next event of type T; others are passed over.
func wait[T any](ctx context.Context, b *inbox) (T, error) {
	for {
		select {
		case event := <-b.events:
			if data, ok := event.Data.(T); ok {
				return data, nil
			}
		case <-ctx.Done():
			var none T
			return none, fmt.Errorf("no %T callback came: %w", none, ctx.Err())
		}
	}
}
