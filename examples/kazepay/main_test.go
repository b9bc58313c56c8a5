package main

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/issuing-sdk/issuing-go/examples/internal/start"
)

func TestShowsEveryStepAndNoSecret(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := run(t.Context(), nil, start.Terminal{Reader: strings.NewReader(""), Writer: &out}, func(string) string { return "" }); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	text := out.String()
	position := 0
	for _, step := range []string{
		"A physical card", "Upload: passport.jpg", "Upload: holder.jpg", "KYC submitted: WAITING_KYC", "callback: KYC, PASSED",
		"KYC status: PASSED", "Assign: the card [redacted] ending in", "callback: activation code [redacted]",
		"Activate: ACTIVE_PROCESSING", ": ACTIVE", "PIN set", "Top-up: 20.00 USD, PENDING", "callback: top-up of card",
		"SUCCESS, 20.00 USD received", "Balance: 20.00 USD", "callback: transaction, -11.90 EUR", "Expenditure, -13.09 USD, fee -0.25",
		"Freeze: INACTIVE", "Unfreeze: ACTIVE", "Close: CLOSE_PROCESSING, 6.66 USD go back", "closed, 6.66 USD returned",
		": CLOSE\n", "A virtual card", "Application: card", "is AUDITING", "Top-up", "Close: CLOSE_PROCESSING", ": CLOSE\n", "Done",
	} {
		i := strings.Index(text[position:], step)
		if i < 0 {
			t.Fatalf("%q is missing, or not in its place, in:\n%s", step, text)
		}
		position += i
	}
	for _, m := range regexp.MustCompile(`[0-9]{13,}`).FindAllString(text, -1) {
		t.Errorf("a long number was printed: %s", m)
	}
	if strings.Contains(text, "375426") || strings.Contains(text, "A563F186") {
		t.Error("a PIN or document number was printed")
	}
}

func TestProbePrintsTheSetting(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := run(t.Context(), []string{"-probe"}, start.Terminal{Reader: strings.NewReader(""), Writer: &out}, func(string) string { return "" }); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	const want = "Profile: sign.Profile{Mode: sign.ModeCBCZeroIV, KeyText: sign.KeyTextHex, Wrap: sign.KeyWrapOAEPSHA256, MGF1: sign.MGF1SHA1} // found with request"
	if text := out.String(); !strings.Contains(text, want) || !strings.Contains(text, "  1. sign.Profile{}: status 200") {
		t.Errorf("printed\n%s", text)
	}
	// On the real platform it says first that it changes nothing.
	out.Reset()
	err := run(t.Context(), []string{"-live", "-probe"}, start.Terminal{Reader: strings.NewReader("no\n"), Writer: &out}, func(string) string { return "https://api.example.com" })
	if !errors.Is(err, start.ErrNotConfirmed) || !strings.Contains(out.String(), "changes nothing") || strings.Contains(out.String(), "dollars") {
		t.Errorf("%v: %s", err, out.String())
	}
}

func TestNamesWhatTheEnvironmentLacks(t *testing.T) {
	t.Parallel()
	err := run(t.Context(), []string{"-live"}, start.Terminal{Reader: strings.NewReader("yes\n"), Writer: &bytes.Buffer{}}, func(name string) string {
		return map[string]string{"KAZEPAY_BASE_URL": "https://api.example.com", "KAZEPAY_CALLBACK_ADDR": "127.0.0.1:0"}[name]
	})
	if err == nil || !strings.Contains(err.Error(), "PrivateKey") || !strings.Contains(err.Error(), "PlatformKey") {
		t.Errorf("got %v", err)
	}
}
