package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// connect makes the client and the callback server: for the real platform when
// the environment names it, else for one in memory.
func (t *tour) connect(ctx context.Context, getenv func(string) string) (closeAll func(), err error) {
	onPlatform, addr := getenv("LEGACY_BASE_URL") != "", "127.0.0.1:0"
	if onPlatform {
		if addr = getenv("LEGACY_CALLBACK_ADDR"); addr == "" {
			addr = "127.0.0.1:8080"
		}
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	t.url = "http://" + listener.Addr().String() + "/callbacks"
	var cfg legacy.Config
	stopPlatform := func() {}
	if onPlatform {
		if public := getenv("LEGACY_CALLBACK_URL"); public != "" {
			t.url = public
		}
		cfg, err = legacy.ParseConfig(legacy.ConfigTexts{
			BaseURL: getenv("LEGACY_BASE_URL"), AppKey: getenv("LEGACY_APP_KEY"),
			AppSecret: issuing.NewSecret(getenv("LEGACY_APP_SECRET")),
		})
	} else {
		var server *legacytest.Server
		if server, err = legacytest.NewServer(legacytest.Config{}); err == nil {
			stopPlatform, t.memory = server.Close, true
			cfg = server.ClientConfig()
			fmt.Fprintf(t.out, "The previous API of WorldCard in memory at %s\n", server.URL())
		}
	}
	if err == nil {
		t.client, err = legacy.New(cfg)
	}
	var mux *http.ServeMux
	if err == nil {
		mux, err = t.callbacks(cfg)
	}
	if err != nil {
		stopPlatform()
		return nil, errors.Join(err, listener.Close())
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(listener) }()
	return func() {
		stopPlatform()
		_ = server.Close()
	}, nil
}

// callbacks serves every type at an address of its own, because the callbacks do
// not name their type. They share the source's Deduper, which keeps a captured
// callback from being dispatched again at another address.
func (t *tour) callbacks(cfg legacy.Config) (*http.ServeMux, error) {
	source, err := legacy.NewCallbacks(legacy.CallbackConfig{AppKey: cfg.AppKey, AppSecrets: []sign.AppSecret{cfg.AppSecret}})
	if err != nil {
		return nil, err
	}
	t.inbox = &inbox{events: make(chan *webhook.Event, inboxSize)}
	mux := http.NewServeMux()
	mux.Handle("POST /callbacks/{type}", webhook.NewHandler(source, t.inbox.receive))
	return mux, nil
}

// inbox keeps events until a step waits for them.
type inbox struct{ events chan *webhook.Event }

// inboxSize bounds what may wait; more makes the platform send again.
const inboxSize = 64

// receive is the callback function of the handlers. A real service would store
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
			return none, fmt.Errorf("no %T came: %w", none, ctx.Err())
		}
	}
}
