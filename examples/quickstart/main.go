// Quickstart takes a virtual and a physical card through their whole lives.
//
//	go run ./examples/quickstart
//
// It needs no network, no keys and no arguments: it starts WorldCard's platform
// in memory and talks to it over HTTP on loopback, callbacks included.
//
// With WORLDCARD_BASE_URL in the environment the same program talks to the real
// platform. It then needs WORLDCARD_APP_ID, WORLDCARD_PRIVATE_KEY (PEM),
// WORLDCARD_AES_KEY and WORLDCARD_PLATFORM_KEY (PEM), listens for callbacks on
// WORLDCARD_CALLBACK_ADDR (127.0.0.1:8080 when empty), and moves real money: it
// applies for a card with 20 dollars and tops it up with 50. Enter a public
// address that leads there in the merchant portal for each callback type:
// …/callbacks/worldcard/card_open and so on. Use an account without other
// traffic: the tour acknowledges every callback and takes it for its own card's.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, os.Getenv); err != nil {
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

func run(ctx context.Context, out io.Writer, getenv func(string) string) error {
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
