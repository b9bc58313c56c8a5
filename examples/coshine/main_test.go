package main

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/examples/internal/start"
)

// TestTourShowsEveryStepAndNoSecret runs the whole example in both ways to
// authenticate.
func TestTourShowsEveryStepAndNoSecret(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{"static token": nil, "OAuth": {"-oauth"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			if err := run(t.Context(), args, &out, func(string) string { return "" }); err != nil {
				t.Fatalf("%v\n%s", err, out.String())
			}
			text, position := out.String(), 0
			for _, step := range []string{
				"Platform in memory", "Application", "card [redacted] ending in", "CVV2 [redacted]", "Activation", "is active",
				"PIN [redacted] set", "invalid PIN", "Load: 100.00", "Balance: 100.00 USD", "Freeze", "block status B", "Unfreeze",
				"Replacement", "is cancelled", "is active", "Balance: 100.00 USD", "Cancellation", "Done",
			} {
				i := strings.Index(text[position:], step)
				if i < 0 {
					t.Fatalf("%q is missing, or not in its place, in:\n%s", step, text)
				}
				position += i
			}
			if found := regexp.MustCompile(`\b422000[0-9]{6,}`).FindString(text); found != "" {
				t.Errorf("a card number was printed")
			}
			for _, secret := range []string{"147258", "963852", "E12345678"} {
				if strings.Contains(text, secret) {
					t.Errorf("a secret was printed in:\n%s", text)
				}
			}
		})
	}
}

// TestTourTakesTheEnvironment runs the example with the published paths alone,
// as against the real platform.
func TestTourTakesTheEnvironment(t *testing.T) {
	t.Parallel()
	server, err := coshinetest.NewServer(coshinetest.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	var out bytes.Buffer
	err = run(t.Context(), []string{"-live"}, start.Terminal{Reader: strings.NewReader("yes\n"), Writer: &out}, func(name string) string {
		return map[string]string{
			"COSHINE_BASE_URL": server.URL(), "COSHINE_PARTICIPANT_ID": server.ParticipantID(),
			"COSHINE_TRAN_BRANCH": server.TranBranch(), "COSHINE_TOKEN": server.Token().Reveal(),
			"COSHINE_CARD_PROD_CODE": "2201",
		}[name]
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	for _, step := range []string{"Skipped the PIN", "Skipped the load", "Skipped the balance", "Replacement: accepted", "Cancellation: accepted"} {
		if !strings.Contains(out.String(), step) {
			t.Errorf("%q is missing in:\n%s", step, out.String())
		}
	}
	if strings.Contains(out.String(), "Skipped the replacement") {
		t.Errorf("a step that was made is called skipped:\n%s", out.String())
	}
}

func TestTourRefusesBadArguments(t *testing.T) {
	t.Parallel()
	if run(context.Background(), []string{"-nonsense"}, &bytes.Buffer{}, func(string) string { return "" }) == nil {
		t.Error("an unknown flag was accepted")
	}
	err := run(context.Background(), []string{"-live"}, start.Terminal{Reader: strings.NewReader("yes\n"), Writer: &bytes.Buffer{}}, func(name string) string {
		return map[string]string{"COSHINE_BASE_URL": "https://api.example.com"}[name]
	})
	if err == nil || !strings.Contains(err.Error(), "ParticipantID") || !strings.Contains(err.Error(), "Token") {
		t.Errorf("got %v", err)
	}
}
