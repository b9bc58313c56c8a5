package main

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/issuing-sdk/issuing-go/examples/internal/start"
)

func TestQuickstartShowsEveryStepAndNoSecret(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := run(t.Context(), nil, start.Terminal{Reader: strings.NewReader(""), Writer: &out}, func(string) string { return "" }); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	text := out.String()
	position := 0
	for _, step := range []string{
		"BIN list", "Application", "card_open, verified", "PAN [redacted] (last four", "Top-up", "card_deposit", "Purchase",
		"card_billing, Authorization", "Freeze: frozen", "card_status_change, frozen", "Unfreeze: active", "Close: closing",
		"card_close, 57.66 USD to be refunded", "pending KYC", "card_kyc, rejected", "retry allowed: true", "card_kyc, approved",
		"Assign card number [redacted] ending in 1234", "Activate", "card_open, status 2", "last four 1234), active", "Done",
	} {
		i := strings.Index(text[position:], step)
		if i < 0 {
			t.Fatalf("%q is missing, or not in its place, in:\n%s", step, text)
		}
		position += i
	}
	for _, m := range regexp.MustCompile(`[0-9]{12,}`).FindAllString(text, -1) {
		if strings.HasPrefix(m, "4000") || strings.HasPrefix(m, "4408") {
			t.Errorf("a card number was printed: %s", m)
		}
	}
	if strings.Contains(text, "135790") || strings.Contains(text, "_act-sbx") {
		t.Error("a PIN or token was printed")
	}
}

func TestQuickstartNamesWhatTheEnvironmentLacks(t *testing.T) {
	t.Parallel()
	err := run(t.Context(), []string{"-live"}, start.Terminal{Reader: strings.NewReader("yes\n"), Writer: &bytes.Buffer{}}, func(name string) string {
		return map[string]string{"WORLDCARD_BASE_URL": "https://api.example.com", "WORLDCARD_CALLBACK_ADDR": "127.0.0.1:0"}[name]
	})
	if err == nil || !strings.Contains(err.Error(), "AppID is required; PrivateKey is required; AESKey is required") {
		t.Errorf("got %v", err)
	}
}
