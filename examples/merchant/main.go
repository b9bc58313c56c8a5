// Merchant is a service that issues cards through all six providers, made to be copied:
// orders over HTTP, every one recorded before it is sent, what stays open asked for until
// it is known, callbacks whose effect happens once, and a page for operations. It runs on
// SQLite by itself and on PostgreSQL in any number of replicas.
//
//	go -C examples/merchant run .
//
// It needs no network, no keys and no arguments: it starts the platforms in memory, and
// prints where its page is. README.md has the rest.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

// terminal is standard input and output in one.
type terminal struct {
	io.Reader
	io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stderr, nil)))
	err := run(ctx, os.Args[1:], terminal{os.Stdin, os.Stdout}, os.Getenv)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "merchant:", err)
		stop()
		os.Exit(1)
	}
}

// run serves until the context ends.
func run(ctx context.Context, args []string, out io.ReadWriter, environment func(string) string) (err error) {
	cfg, err := parseConfig(args, out, environment)
	if err != nil {
		return err
	}
	if accounts := named(environment); cfg.Live {
		if len(accounts) == 0 {
			return errors.New("-live needs the providers' addresses and credentials in the environment")
		}
		if err := confirm(out, accounts); err != nil {
			return err
		}
	} else if len(accounts) > 0 {
		fmt.Fprintln(out,
			"Providers are set in the environment, but this run is on the platforms in memory: -live uses the real ones")
	}
	if cfg.Database == "" {
		dir, err := os.MkdirTemp("", "merchant")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(dir) }()
		cfg.Database = filepath.Join(dir, "merchant.db")
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", cfg.Listen)
	if err != nil {
		return err
	}
	ready := map[string]string{"page": "http://" + listener.Addr().String() + "/"}
	if !cfg.Live {
		box, err := newSandbox("http://" + listener.Addr().String())
		if err != nil {
			return errors.Join(err, listener.Close())
		}
		defer box.Close()
		address, end, err := box.serveControl(ctx, cfg.Control)
		if err != nil {
			return errors.Join(err, listener.Close())
		}
		defer func() { _ = end.Close() }()
		ready["control"], environment = address, box.getenv // nothing of a real account is seen
	}
	return serve(ctx, cfg, environment, listener, func() error {
		line, err := json.Marshal(ready)
		if err == nil {
			_, err = fmt.Fprintf(out, "%s\n", line)
		}
		return err
	})
}

// serve runs the service on a listener until the context ends, and then in this order:
// unready, so that no new request is sent here; what is being served, for as long as
// requests may take; the jobs, whose calls are recorded and end; the database.
func serve(ctx context.Context, cfg config, getenv func(string) string, listener net.Listener,
	started func() error) error {
	signals, err := newTelemetry(ctx)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer signals.stop()
	m, err := newMerchant(ctx, cfg, getenv, signals)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer m.store.close()
	working := context.WithoutCancel(ctx)
	if err := m.jobs.Start(working); err != nil {
		return errors.Join(err, listener.Close())
	}
	sweeping, endSweep := context.WithCancel(working)
	go m.sweeping(sweeping)
	server := &http.Server{
		Handler: m.routes(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: time.Minute,
		WriteTimeout: reconcileTimeout + time.Minute,
		BaseContext:  func(net.Listener) context.Context { return working },
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	m.started.Store(true)
	if err := started(); err != nil {
		endSweep()
		return err
	}
	select {
	case err = <-ended:
	case <-ctx.Done():
		m.started.Store(false)
		time.Sleep(cfg.Drain) // until whoever asks /readyz has noticed
	}
	if within(working, cfg.End, server.Shutdown) != nil {
		_ = server.Close() // an upload that takes longer begins anew elsewhere
	}
	endSweep()
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	// Time of their own: an answer that the jobs cannot store any more has to be asked for.
	return errors.Join(err, within(working, softStop+cfg.Grace, m.jobs.Stop))
}

func within(ctx context.Context, most time.Duration, end func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	return end(ctx)
}
