package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/issuing-sdk/issuing-go/examples/internal/start"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
	"github.com/issuing-sdk/issuing-go/sign"
)

// onProbe is what -probe does on the real platform.
var onProbe = start.Live{
	Address: onPlatform.Address, Account: onPlatform.Account,
	Moves: "reads the address of callbacks, 120 times at most and a second apart, and changes nothing",
}

// probe finds the profile and prints it as a setting, or the list of what it tried.
func probe(ctx context.Context, out io.Writer, getenv func(string) string) error {
	t := &tour{out: out}
	var how kazepay.ProbeConfig
	cfg, err := t.fromEnvironment(getenv)
	if getenv(onPlatform.Address) == "" {
		var server *kazepaytest.Server
		if server, err = kazepaytest.NewServer(kazepaytest.Config{Profile: sign.Profile{
			Mode: sign.ModeCBCZeroIV, KeyText: sign.KeyTextHex, Wrap: sign.KeyWrapOAEPSHA256, MGF1: sign.MGF1SHA1,
		}}); err != nil {
			return err
		}
		defer server.Close()
		fmt.Fprintf(out, "KazePay's platform in memory at %s\n", server.URL())
		cfg, how.Interval = server.ClientConfig(), time.Millisecond
	}
	if err != nil {
		return err
	}
	how.Progress = func(a kazepay.ProbeAttempt) { fmt.Fprintln(out, a) }
	result, err := kazepay.Probe(ctx, cfg, how)
	if result != nil {
		fmt.Fprintf(out, "\n%s\n", result)
	}
	return err
}
