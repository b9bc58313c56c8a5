// Quickstart takes a virtual and a physical card through their whole lives.
//
//	go run ./examples/quickstart
//
// It needs no network, no keys and no arguments: it starts WorldCard's platform in
// memory and talks to it over HTTP on loopback, callbacks included.
//
// With -live and WORLDCARD_BASE_URL in the environment the same program talks to the
// real platform, after a confirmation. It then needs WORLDCARD_APP_ID,
// WORLDCARD_PRIVATE_KEY (PEM), WORLDCARD_AES_KEY and WORLDCARD_PLATFORM_KEY (PEM),
// listens for callbacks on WORLDCARD_CALLBACK_ADDR (127.0.0.1:8080 when empty), and
// moves real money: it applies for a card with 20 dollars and tops it up with 50.
// Enter a public address that leads there in the merchant portal for each callback
// type: …/callbacks/worldcard/card_open and so on. Use an account without other
// traffic: the tour acknowledges every callback and takes it for its own card's.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/examples/internal/start"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := run(ctx, os.Args[1:], start.Terminal{Reader: os.Stdin, Writer: os.Stdout}, os.Getenv)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		os.Exit(1)
	}
}

// tour holds what the steps share.
type tour struct {
	out     io.Writer
	client  *worldcard.Client
	inbox   *inbox
	scheme  scheme // plays cardholders, shops and reviewers; nil on the real platform
	suffix  string // makes the merchant's ids unique
	counter int
}

// scheme is what happens outside the merchant: on the real platform people do
// it, in memory the platform's test methods.
type scheme interface {
	Purchase(cardID string, amount issuing.Amount) (transactionID string, err error)
	Settle(cardID, transactionID string) error
	ReviewKYC(merchantCardID string, approve bool) error
}

// onPlatform is what the program does with real money.
var onPlatform = start.Live{
	Address: "WORLDCARD_BASE_URL", Account: "WORLDCARD_APP_ID",
	Moves: "applies for a virtual card with 20 dollars and tops it up with 50",
}

func run(ctx context.Context, args []string, out io.ReadWriter, environment func(string) string) error {
	getenv, err := onPlatform.Environment(flag.NewFlagSet("quickstart", flag.ContinueOnError), args, out, environment)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	t := &tour{out: out, suffix: time.Now().UTC().Format("20060102150405.000")}
	closeAll, err := t.connect(getenv)
	if err != nil {
		return err
	}
	defer closeAll()
	if err := t.virtualCard(ctx); err != nil {
		return fmt.Errorf("virtual card: %w", err)
	}
	if err := t.physicalCard(ctx); err != nil {
		return fmt.Errorf("physical card: %w", err)
	}
	t.title("Done")
	return nil
}

func (t *tour) title(text string) { fmt.Fprintf(t.out, "\n== %s\n", text) }

func (t *tour) step(format string, args ...any) {
	t.counter++
	fmt.Fprintf(t.out, "%2d. "+format+"\n", append([]any{t.counter}, args...)...)
}

func (t *tour) event(format string, args ...any) {
	fmt.Fprintf(t.out, "      callback: "+format+"\n", args...)
}
