package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/uqpay/authdecision"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// tour holds what the steps share.
type tour struct {
	client   *uqpay.Client
	live     bool   // the real platform
	suffix   string // makes addresses and numbers unique
	holderID string
	cardID   string
	events   chan any

	mu  sync.Mutex
	out io.Writer
	n   int
}

func (t *tour) step(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.n++
	fmt.Fprintf(t.out, "%2d. "+format+"\n", append([]any{t.n}, args...)...)
}

func (t *tour) note(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Fprintf(t.out, "      "+format+"\n", args...)
}

// await waits for an event of a type that a condition holds for.
func await[T any](ctx context.Context, t *tour, is func(*T) bool) (*T, error) {
	for {
		select {
		case data := <-t.events:
			if e, ok := data.(*T); ok && is(e) {
				return e, nil
			}
		case <-ctx.Done():
			return nil, fmt.Errorf("waiting for %T: %w", new(T), ctx.Err())
		}
	}
}

// receive takes the verified callbacks.
func (t *tour) receive(ctx context.Context, ev *webhook.Event) error {
	t.note("%s, verified", ev.Type)
	select {
	case t.events <- ev.Data:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// connect makes the client and the merchant's endpoints: for the real platform
// when the environment names it, else for one in memory.
func (t *tour) connect(getenv func(string) string) (closeAll func(), err error) {
	t.events = make(chan any, 100)
	t.live = getenv("UQPAY_BASE_URL") != ""
	addr := "127.0.0.1:0"
	if t.live {
		if addr = getenv("UQPAY_CALLBACK_ADDR"); addr == "" {
			addr = "127.0.0.1:8080"
		}
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", addr)
	if err != nil {
		return nil, err
	}
	base := "http://" + listener.Addr().String()
	mux := http.NewServeMux()
	cfg := uqpay.Config{
		BaseURL: getenv("UQPAY_BASE_URL"), ClientID: getenv("UQPAY_CLIENT_ID"), APIKey: issuing.NewSecret(getenv("UQPAY_API_KEY")),
	}
	secret := issuing.NewSecret(getenv("UQPAY_WEBHOOK_SECRET"))
	stopPlatform := func() {}
	if !t.live {
		server, err := t.inMemory(mux, base)
		if err != nil {
			return nil, errors.Join(err, listener.Close())
		}
		stopPlatform, cfg, secret = server.Close, server.ClientConfig(), server.WebhookSecret()
		fmt.Fprintf(t.out, "UQPAY's platform in memory at %s\n", server.URL())
	}
	source, err := uqpay.NewCallbacks(uqpay.CallbackConfig{Secrets: []issuing.Secret{secret}})
	if err == nil {
		t.client, err = uqpay.New(cfg)
	}
	if err != nil {
		stopPlatform()
		return nil, errors.Join(err, listener.Close())
	}
	mux.Handle("POST /callbacks/uqpay", webhook.NewHandler(source, t.receive))
	endpoint := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = endpoint.Serve(listener) }()
	return func() {
		stopPlatform()
		_ = endpoint.Close()
	}, nil
}

// inMemory starts a platform that asks the merchant to decide purchases.
func (t *tour) inMemory(mux *http.ServeMux, base string) (*uqpaytest.Server, error) {
	own, err := authdecision.GenerateKey("Merchant", "merchant@example.com")
	if err != nil {
		return nil, err
	}
	platform, err := authdecision.GenerateKey("Platform", "platform@example.com")
	if err != nil {
		return nil, err
	}
	source, err := authdecision.NewCallbacks(authdecision.CallbackConfig{Key: own, PlatformKey: platform.Public(), Window: 5 * time.Second})
	if err != nil {
		return nil, err
	}
	mux.Handle("POST /authorize", webhook.NewHandler(source, authdecision.Decide(t.decide)))
	caller := &authdecision.Caller{URL: base + "/authorize", Key: platform, MerchantKey: own.Public(), Window: 5 * time.Second}
	return uqpaytest.NewServer(uqpaytest.Config{
		WebhookURL: base + "/callbacks/uqpay", Delay: 50 * time.Millisecond,
		Authorize: func(ctx context.Context, request map[string]any) (string, error) {
			answer, err := caller.Call(ctx, request)
			if err != nil {
				return "", err
			}
			return string(answer.Code), nil
		},
	})
}
