// Legacy applies for a card through KYC, tops it up, and sends a remittance from
// quote to notification on WorldCard's previous API.
//
//	go run ./examples/legacy
//
// It needs no network, no keys and no arguments: it starts the platform in memory
// and talks to it over HTTP on loopback, callbacks included.
//
// With -live and LEGACY_BASE_URL in the environment the same program talks to the
// real platform, after a confirmation. It then needs LEGACY_APP_KEY and
// LEGACY_APP_SECRET, listens for callbacks on LEGACY_CALLBACK_ADDR (127.0.0.1:8080
// when empty), which the platform has to reach under LEGACY_CALLBACK_URL, and moves
// real money: a card with 10 dollars, a top-up of 20, and a remittance of 100.
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

	"github.com/issuing-sdk/issuing-go/examples/internal/start"
	"github.com/issuing-sdk/issuing-go/legacy"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := run(ctx, os.Args[1:], start.Terminal{Reader: os.Stdin, Writer: os.Stdout}, os.Getenv)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "legacy:", err)
		os.Exit(1)
	}
}

// tour holds what the steps share.
type tour struct {
	out     io.Writer
	client  *legacy.Client
	inbox   *inbox
	url     string // where the platform sends callbacks; the type follows it
	memory  bool   // the platform is the one in memory
	suffix  string // makes the merchant's numbers unique
	counter int
}

// onPlatform is what the program does with real money.
var onPlatform = start.Live{
	Address: "LEGACY_BASE_URL", Account: "LEGACY_APP_KEY",
	Moves: "applies for a card with 10 dollars, tops it up with 20 and sends a remittance of 100",
}

func run(ctx context.Context, args []string, out io.ReadWriter, environment func(string) string) error {
	getenv, err := onPlatform.Environment(flag.NewFlagSet("legacy", flag.ContinueOnError), args, out, environment)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	t := &tour{out: out, suffix: time.Now().UTC().Format("20060102150405.000")}
	closeAll, err := t.connect(ctx, getenv)
	if err != nil {
		return err
	}
	defer closeAll()
	card, err := t.apply(ctx)
	if err != nil {
		return fmt.Errorf("card: %w", err)
	}
	if err := t.topUp(ctx, card); err != nil {
		return fmt.Errorf("top-up: %w", err)
	}
	if err := t.identify(ctx); err != nil {
		return fmt.Errorf("physical card: %w", err)
	}
	if err := t.remit(ctx); err != nil {
		return fmt.Errorf("remittance: %w", err)
	}
	t.title("Done")
	return nil
}

// notify is the address of one callback type.
func (t *tour) notify(typ string) string { return t.url + "/" + typ }

func (t *tour) title(text string) { fmt.Fprintf(t.out, "\n== %s\n", text) }

func (t *tour) step(format string, args ...any) {
	t.counter++
	fmt.Fprintf(t.out, "%2d. "+format+"\n", append([]any{t.counter}, args...)...)
}

func (t *tour) event(format string, args ...any) {
	fmt.Fprintf(t.out, "      callback: "+format+"\n", args...)
}
