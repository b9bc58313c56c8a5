// Sandbox serves a card platform in memory to clients in any language.
//
//	go run ./examples/sandbox -provider worldcard -listen 127.0.0.1:0 -webhook http://127.0.0.1:9000/callbacks
//
// When it is ready it prints one line of JSON with the base address and the
// credentials that a client needs, then serves until SIGINT or SIGTERM. The
// keys are made at every start and open nothing else.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
)

// platform is a running platform in memory.
type platform struct {
	// ready is the line of JSON that tells clients how to call.
	ready any
	close func()
}

// start runs a platform on a loopback address. Callbacks go to webhookURL, or
// nowhere when it is empty.
type start func(listen, webhookURL string) (*platform, error)

// providers are the platforms that can be served; each has a file of its own.
var providers = map[string]start{
	"worldcard": startWorldCard,
	"legacy":    startLegacy,
	"kazepay":   startKazePay,
	"uqpay":     startUQPAY,
	"coshine":   startCoshine,
	"unionpay":  startUnionPay,
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "sandbox:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	names := strings.Join(slices.Sorted(maps.Keys(providers)), ", ")
	flags := flag.NewFlagSet("sandbox", flag.ContinueOnError)
	flags.SetOutput(stderr)
	provider := flags.String("provider", "worldcard", "platform to serve: "+names)
	listen := flags.String("listen", "127.0.0.1:0", "loopback address to listen on")
	webhookURL := flags.String("webhook", "", "address that callbacks are pushed to")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return nil
	} else if err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q; options begin with a dash", flags.Arg(0))
	}
	if u, err := url.Parse(*webhookURL); *webhookURL != "" && (err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https")) {
		return errors.New("-webhook needs an absolute http or https URL")
	}
	begin, ok := providers[*provider]
	if !ok {
		return fmt.Errorf("no provider %q; there are %s", *provider, names)
	}
	p, err := begin(*listen, *webhookURL)
	if err != nil {
		return err
	}
	defer p.close()
	line, err := json.Marshal(p.ready)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(stdout, string(line)); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}
