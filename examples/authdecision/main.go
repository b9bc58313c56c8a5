// Authdecision serves a decision rule for UQPAY's real-time authorization: it
// approves transactions up to a limit and declines the rest.
//
//	go run ./examples/authdecision -listen 127.0.0.1:8081 -limit 100 -keys ./keys
//
// The keys come from the environment: AUTHDECISION_KEY (the own private key,
// armored), AUTHDECISION_PASSPHRASE and AUTHDECISION_PLATFORM_KEY (UQPAY's public
// key, armored). Without them both sides' keys are made for this run; with -keys
// they are written to that folder as merchant-public.asc and platform-private.asc,
// so that gpg can play the platform:
//
//	gpg --import keys/*.asc
//	gpg --trust-model always --armor --encrypt -r merchant@example.com request.json
//	curl --data-binary @request.json.asc http://127.0.0.1:8081/ | gpg --decrypt
//
// In production it belongs behind TLS and a filter of source addresses.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/examples/internal/start"
	"github.com/issuing-sdk/issuing-go/uqpay/authdecision"
	"github.com/issuing-sdk/issuing-go/webhook"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Getenv); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "authdecision:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer, getenv func(string) string) error {
	flags := flag.NewFlagSet("authdecision", flag.ContinueOnError)
	listen := flags.String("listen", "127.0.0.1:0", "address to listen on")
	text := flags.String("limit", "100", "largest amount that is approved")
	folder := flags.String("keys", "", "folder to write generated keys to")
	window := flags.Duration("window", 2*time.Second, "the time agreed with UQPAY")
	if err := start.Parse(flags, args, out); err != nil {
		return err
	}
	limit, err := issuing.ParseAmount(*text)
	if err != nil {
		return err
	}
	key, platformKey, err := keys(*folder, getenv)
	if err != nil {
		return err
	}
	source, err := authdecision.NewCallbacks(authdecision.CallbackConfig{Key: key, PlatformKey: platformKey, Window: *window})
	if err != nil {
		return err
	}
	decide := func(_ context.Context, req *authdecision.Request) (authdecision.Decision, error) {
		if req.BillingAmount.IsZero() {
			return authdecision.Decision{}, errors.New("no billing amount")
		}
		if !req.BillingAmount.AtMost(limit) {
			return authdecision.Decline(authdecision.ResponseCodeInsufficientFunds), nil
		}
		return authdecision.Approve(), nil
	}
	observe := func(_ context.Context, r webhook.Report) {
		fmt.Fprintf(out, "transaction %q: %s, code %q, %v, error %v\n",
			r.ID, r.Outcome, r.Code, r.Duration.Round(time.Millisecond), r.Err)
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", *listen)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "deciding at http://%s/ with key %s\n", listener.Addr(), key.Public().Fingerprint())
	handler := webhook.NewHandler(source, authdecision.Decide(decide), webhook.WithObserver(observe))
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// keys reads both keys from the environment, or makes both sides'.
func keys(folder string, getenv func(string) string) (authdecision.PrivateKey, authdecision.PublicKey, error) {
	if text := getenv("AUTHDECISION_KEY"); text != "" {
		own, err := authdecision.ParsePrivateKey(issuing.NewSecret(text), issuing.NewSecret(getenv("AUTHDECISION_PASSPHRASE")))
		if err != nil {
			return own, authdecision.PublicKey{}, err
		}
		platform, err := authdecision.ParsePublicKey(getenv("AUTHDECISION_PLATFORM_KEY"))
		return own, platform, err
	}
	own, err := authdecision.GenerateKey("Merchant", "merchant@example.com")
	if err != nil {
		return own, authdecision.PublicKey{}, err
	}
	platform, err := authdecision.GenerateKey("Platform", "platform@example.com")
	if err != nil || folder == "" {
		return own, platform.Public(), err
	}
	public, err := own.Public().Armored()
	if err != nil {
		return own, authdecision.PublicKey{}, err
	}
	private, err := platform.Armored()
	if err != nil {
		return own, authdecision.PublicKey{}, err
	}
	err = os.MkdirAll(folder, 0o700)
	for name, text := range map[string]string{"merchant-public.asc": public, "platform-private.asc": private.Reveal()} {
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600)
		}
	}
	return own, platform.Public(), err
}
