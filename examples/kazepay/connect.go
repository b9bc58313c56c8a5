package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// connect makes the client and the callback server: for the real platform when
// the environment names it, else for one in memory.
func (t *tour) connect(getenv func(string) string) (closeAll func(), err error) {
	addr := "127.0.0.1:0"
	if getenv("KAZEPAY_BASE_URL") != "" {
		addr = getenv("KAZEPAY_CALLBACK_ADDR")
		if addr == "" {
			addr = "127.0.0.1:8080"
		}
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", addr)
	if err != nil {
		return nil, err
	}
	var cfg kazepay.Config
	stopPlatform := func() {}
	if getenv("KAZEPAY_BASE_URL") != "" {
		cfg, err = t.fromEnvironment(getenv)
	} else {
		cfg, stopPlatform, err = t.inMemory("http://" + listener.Addr().String() + "/callbacks/kazepay")
	}
	if err == nil {
		err = t.serve(cfg, listener)
	}
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	return func() {
		stopPlatform()
		_ = listener.Close()
	}, nil
}

// serve makes the client and receives callbacks.
func (t *tour) serve(cfg kazepay.Config, listener net.Listener) error {
	var err error
	if t.client, err = kazepay.New(cfg); err != nil {
		return err
	}
	source, err := kazepay.NewCallbacks(kazepay.CallbackConfig{
		PlatformKeys: []sign.PublicKey{cfg.PlatformKey}, PrivateKey: cfg.PrivateKey, SysID: cfg.SysID,
	})
	if err != nil {
		return err
	}
	t.inbox = &inbox{events: make(chan *webhook.Event, inboxSize)}
	mux := http.NewServeMux()
	mux.Handle("POST /callbacks/kazepay", webhook.NewHandler(source, t.inbox.receive))
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(listener) }()
	return nil
}

func (t *tour) fromEnvironment(getenv func(string) string) (kazepay.Config, error) {
	t.holder = person{getenv("KAZEPAY_EMAIL"), getenv("KAZEPAY_MOBILE"), getenv("KAZEPAY_MOBILE_PREFIX")}
	t.cardBIN, t.plastic = getenv("KAZEPAY_CARD_BIN"), issuing.NewSecret(getenv("KAZEPAY_CARD_NUMBER"))
	return kazepay.ParseConfig(kazepay.ConfigTexts{
		BaseURL: getenv("KAZEPAY_BASE_URL"), SysID: getenv("KAZEPAY_SYS_ID"),
		PrivateKey: issuing.NewSecret(getenv("KAZEPAY_PRIVATE_KEY")), PlatformKey: getenv("KAZEPAY_PLATFORM_KEY"),
	})
}

func (t *tour) inMemory(callbacks string) (kazepay.Config, func(), error) {
	server, err := kazepaytest.NewServer(kazepaytest.Config{WebhookURL: callbacks, Delay: 10 * time.Millisecond})
	if err != nil {
		return kazepay.Config{}, nil, err
	}
	fmt.Fprintf(t.out, "KazePay's platform in memory at %s\n", server.URL())
	t.holder, t.cardBIN, t.plastic = person{"kyc@kazepay.io", "15659874544", "60"}, "222929", server.PrintCard()
	t.review = server.ApproveKYC
	t.buy = func(cardID string) error {
		authorization, err := server.PurchaseAt(cardID, kazepaytest.Price{
			Amount: issuing.NewAmount(13_09, 2), Fee: issuing.NewAmount(25, 2),
			ShopCurrency: issuing.CurrencyEUR, ShopAmount: issuing.NewAmount(11_90, 2),
		}, issuingtest.Merchant{Name: "MEITUAN FOOD BEIJING CHN"})
		if err != nil {
			return err
		}
		if !authorization.Approved {
			return errors.New("the purchase was declined: " + authorization.Reason)
		}
		return server.Settle(cardID, authorization.ID)
	}
	return server.ClientConfig(), server.Close, nil
}

// inbox keeps events until a step waits for them.
type inbox struct{ events chan *webhook.Event }

// inboxSize bounds what may wait; more makes the platform send again.
const inboxSize = 64

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

// patience is how long a step waits for a callback before it asks instead.
const patience = 10 * time.Second

// wait returns the next event of type T, or false when none comes in time;
// others are passed over.
func wait[T any](ctx context.Context, b *inbox) (data T, ok bool) {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for {
		select {
		case event := <-b.events:
			if data, ok = event.Data.(T); ok {
				return data, true
			}
		case <-timer.C:
			return data, false
		case <-ctx.Done():
			return data, false
		}
	}
}
