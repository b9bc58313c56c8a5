package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/issuing-sdk/issuing-go/examples/internal/start"
)

func TestTour(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := run(t.Context(), nil, start.Terminal{Reader: strings.NewReader(""), Writer: &out}, func(string) string { return "" }); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	text := out.String()
	for _, want := range []string{
		"the query says success, card [redacted] ending in ", "balance 10.00 USD", "Balance: 30.00 USD",
		"fee 10.1000, so sending 100 USD costs 110.1000", "charged 110.1000 USD, pickup code [redacted]", "== Done", "with identity documents",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the output lacks %q", want)
		}
	}
	if regexp.MustCompile(`[0-9]{16}(?:[^0-9]|$)`).MatchString(regexp.MustCompile(`(Application|Top-up|Remittance) [0-9]{18}`).ReplaceAllString(text, "")) {
		t.Errorf("the output holds a card number:\n%s", text)
	}
	if t.Failed() {
		t.Log(text)
	}
}

func TestTourRefusesABadEnvironment(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	environment := map[string]string{"LEGACY_BASE_URL": "http://127.0.0.1:1", "LEGACY_APP_SECRET": "short", "LEGACY_CALLBACK_ADDR": "127.0.0.1:0"}
	if err := run(t.Context(), []string{"-live"}, start.Terminal{Reader: strings.NewReader("yes\n"), Writer: &out}, func(name string) string { return environment[name] }); err == nil {
		t.Error("a short secret was accepted")
	}
}
