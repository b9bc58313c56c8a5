package main

import (
	"bufio"
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/uqpay/authdecision"
)

func TestDecidesOnAPort(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- run(ctx, []string{"-limit", "50", "-keys", folder, "-window", "5s"}, in, func(string) string { return "" })
		_ = in.Close()
	}()
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatal(<-done)
	}
	address := regexp.MustCompile(`http://\S+`).FindString(lines.Text())
	rest := make(chan string, 10)
	go func() {
		for lines.Scan() {
			rest <- lines.Text()
		}
		close(rest)
	}()
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	platform, err := authdecision.ParsePrivateKey(issuing.NewSecret(read("platform-private.asc")), issuing.Secret{})
	if err != nil {
		t.Fatal(err)
	}
	merchant, err := authdecision.ParsePublicKey(read("merchant-public.asc"))
	if err != nil {
		t.Fatal(err)
	}
	caller := &authdecision.Caller{URL: address, Key: platform, MerchantKey: merchant, Window: 20 * time.Second}
	for amount, want := range map[string]authdecision.ResponseCode{"50.00": "00", "50.01": "51"} {
		answer, err := caller.Call(ctx, map[string]any{"transaction_id": "t-" + amount, "billing_amount": amount})
		if err != nil || answer.Code != want {
			t.Errorf("%s: %+v, %v", amount, answer, err)
		}
	}
	if answer, err := caller.Call(ctx, map[string]any{"transaction_id": "t-none"}); err == nil {
		t.Errorf("without an amount: %+v", answer)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	var log []string
	for line := range rest {
		log = append(log, line)
	}
	if text := strings.Join(log, "\n"); strings.Count(text, "handled") != 2 || strings.Count(text, "failed") != 1 {
		t.Errorf("log:\n%s", text)
	}
}
