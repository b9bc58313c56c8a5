package main

import (
	"bytes"
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
		"Cardholder: SUCCESS", "Product: VISA 40963608", "Card ordered: PENDING",
		"PAN [redacted] (last four", "CVV [redacted]", "Recharge of 10.00 USD: PENDING", "Order: SUCCESS",
		"asked for 12.50 USD at Example Books: approved", "Purchase of 12.50 USD: APPROVED",
		"asked for 15.01 USD at Example Books: declined", "Purchase of 15.01 USD: DECLINED 1051 - Declined by the merchant",
		"Withdrawal of 5.00 USD", "Cancellation ordered", "PRE_CANCEL, 12.50 USD return",
	} {
		i := strings.Index(text[position:], step)
		if i < 0 {
			t.Fatalf("%q is missing, or not in its place, in:\n%s", step, text)
		}
		position += i
	}
	// Callbacks arrive when they do, before or after the step's own line.
	for event, want := range map[string]int{
		"card.create.succeeded": 1, "card.recharge.succeeded": 1, "issuing.transaction.authorization": 2,
		"card.withdraw.succeeded": 1, "card.status.update.succeeded": 1,
	} {
		if got := strings.Count(text, event+", verified"); got != want {
			t.Errorf("%d times %s", got, event)
		}
	}
	if m := regexp.MustCompile(`[0-9]{12,}`).FindString(text); m != "" {
		t.Errorf("a card number was printed: %s", m)
	}
}

func TestNamesWhatTheEnvironmentLacks(t *testing.T) {
	t.Parallel()
	env := map[string]string{"UQPAY_BASE_URL": "https://api-sandbox.uqpaytech.com/api", "UQPAY_CALLBACK_ADDR": "127.0.0.1:0", "UQPAY_WEBHOOK_SECRET": "s"}
	err := run(t.Context(), []string{"-live"}, start.Terminal{Reader: strings.NewReader("yes\n"), Writer: &bytes.Buffer{}}, func(name string) string { return env[name] })
	if err == nil || !strings.Contains(err.Error(), "ClientID is required") {
		t.Errorf("%v", err)
	}
}
