// Kazepay takes a physical and a virtual card of KazePay through their lives:
// pictures, KYC, assignment, activation, PIN, top-up, transactions, closure.
//
//	go run ./examples/kazepay
//
// It needs no network, no keys and no arguments: it starts KazePay's platform in
// memory and talks to it over HTTP on loopback, callbacks included.
//
// With -live and KAZEPAY_BASE_URL in the environment the same program talks to the
// real platform, after a confirmation. It then needs KAZEPAY_SYS_ID,
// KAZEPAY_PRIVATE_KEY (PEM), KAZEPAY_PLATFORM_KEY (PEM), KAZEPAY_EMAIL,
// KAZEPAY_MOBILE (digits), KAZEPAY_MOBILE_PREFIX, KAZEPAY_CARD_BIN and
// KAZEPAY_CARD_NUMBER (of a printed card), listens for callbacks on
// KAZEPAY_CALLBACK_ADDR (127.0.0.1:8080 when empty), which the address set with
// setWebhookUrl has to reach, and moves real money: it tops each card up with 20
// dollars and closes it.
//
// With -probe it finds the profile of KazePay's envelope, by reads alone, and prints
// it; with -live as well that of the real platform, for which the first three
// variables are enough.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/examples/internal/start"
	"github.com/issuing-sdk/issuing-go/kazepay"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := run(ctx, os.Args[1:], start.Terminal{Reader: os.Stdin, Writer: os.Stdout}, os.Getenv)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "kazepay:", err)
		os.Exit(1)
	}
}

// person is the holder of both cards.
type person struct{ email, number, prefix string }

// tour holds what the steps share.
type tour struct {
	out     io.Writer
	client  *kazepay.Client
	inbox   *inbox
	holder  person
	cardBIN string
	plastic issuing.Secret            // the number of a printed card
	buy     func(cardID string) error // plays a shop; nil on the real platform
	review  func(email string) error  // plays the reviewer; nil on the real platform
	counter int
}

// onPlatform is what the program does with real money.
var onPlatform = start.Live{
	Address: "KAZEPAY_BASE_URL", Account: "KAZEPAY_SYS_ID",
	Moves: "tops two cards up with 20 dollars each and closes them",
}

func run(ctx context.Context, args []string, out io.ReadWriter, environment func(string) string) error {
	flags := flag.NewFlagSet("kazepay", flag.ContinueOnError)
	probing := flags.Bool("probe", false, "find the profile of the envelope, and do nothing else")
	what := onPlatform
	if slices.Contains(args, "-probe") || slices.Contains(args, "--probe") {
		what = onProbe
	}
	getenv, err := what.Environment(flags, args, out, environment)
	if err != nil {
		return err
	}
	if *probing {
		return probe(ctx, out, getenv)
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Minute)
	defer cancel()
	t := &tour{out: out}
	closeAll, err := t.connect(getenv)
	if err != nil {
		return err
	}
	defer closeAll()
	t.title("A physical card")
	if err := t.physicalCard(ctx); err != nil {
		return fmt.Errorf("physical card: %w", err)
	}
	t.title("A virtual card")
	if err := t.virtualCard(ctx); err != nil {
		return fmt.Errorf("virtual card: %w", err)
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

// lookedUp says what a program does about an outcome that is open: it never
// repeats the call but asks, and keeps the requestNo for KazePay's support.
func lookedUp(err error) error {
	var open *issuing.Unsettled
	if errors.As(err, &open) {
		return fmt.Errorf("requestNo %s is open: %w", open.Key, err)
	}
	return err
}
