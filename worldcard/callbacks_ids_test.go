package worldcard_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/issuing-sdk/issuing-go/webhook"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

func TestCallback3DSIdsTellNothingOfThePassword(t *testing.T) {
	t.Parallel()
	server, src := callbackPlatform(t, worldcardtest.Config{})
	payload := map[string]any{
		"notify_type": worldcard.EventHolderChallenged, "card_id": "1", "currency": "USD", "amount": "50.00", "otp": "135790",
		"detail": "SHOP", "business_type": "Card3ds", "expires_at": "2026-06-26T10:05:00+08:00",
	}
	parse := func() *webhook.Event {
		t.Helper()
		header, body := signed(t, server, payload)
		event, err := src.Parse(header, body)
		if err != nil {
			t.Fatal(err)
		}
		return event
	}
	first, again := parse(), parse()
	if first.ID != again.ID {
		t.Errorf("two deliveries of one event: %s and %s", first.ID, again.ID)
	}
	// Whoever reads the id in a log knows all but the password and tries them.
	plaintext := first.Raw.Reveal()
	for _, guess := range []string{"135790|" + "|50.00", "135790", plaintext} {
		sum := sha256.Sum256([]byte(guess))
		if strings.Contains(first.ID, hex.EncodeToString(sum[:])) {
			t.Errorf("the id %s is a plain hash of what holds the password", first.ID)
		}
	}
	if key := worldcard.Identity(first.Data); key != "" {
		t.Errorf("a key %q from the event alone", key)
	}
	// A second password for the same purchase is another event.
	payload["otp"] = "246801"
	if next := parse(); next.ID == first.ID {
		t.Error("a new password counts as a repeat of the old one")
	}
}

func TestCallbackIdSurvivesAMissingMerchantId(t *testing.T) {
	t.Parallel()
	server, src := callbackPlatform(t, worldcardtest.Config{})
	full := map[string]any{
		"notify_type": worldcard.EventCardClosed, "card_id": "1", "merchant_card_id": "mc", "card_status": "cancelled",
		"amount": "12.00", "currency": "USD",
	}
	sparse := maps.Clone(full)
	delete(sparse, "merchant_card_id")
	ids := map[string]bool{}
	for _, payload := range []map[string]any{full, sparse} {
		header, body := signed(t, server, payload)
		event, err := src.Parse(header, body)
		if err != nil {
			t.Fatal(err)
		}
		ids[event.ID] = true
	}
	if len(ids) != 1 {
		t.Errorf("one closure would be refunded twice: %v", ids)
	}
}

func TestCallbackMaxAhead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		allowed, ahead time.Duration
		want           error
	}{
		{0, 4 * time.Minute, nil},
		{0, 6 * time.Minute, webhook.ErrTimestamp},
		{time.Hour, 59 * time.Minute, nil},
		{time.Hour, 61 * time.Minute, webhook.ErrTimestamp},
		{-1, 24 * 365 * time.Hour, nil},
	} {
		server, src := callbackPlatform(t, worldcardtest.Config{}, func(cfg *worldcard.CallbackConfig) {
			now := callbackEpoch.Add(-c.ahead)
			cfg.MaxAhead, cfg.Now = c.allowed, func() time.Time { return now }
		})
		header, body := signed(t, server, map[string]any{"notify_type": worldcard.EventCardOpened, "card_id": "1", "status": 2})
		if err := src.Verify(header, body); !errors.Is(err, c.want) || (c.want == nil && err != nil) {
			t.Errorf("%v ahead of %v: %v", c.ahead, c.allowed, err)
		}
	}
}

// TestLongIdentities: what is kept of an event for good is short, whatever its members are,
// and still its own.
func TestLongIdentities(t *testing.T) {
	t.Parallel()
	server, src := callbackPlatform(t, worldcardtest.Config{})
	long, seen := strings.Repeat("é", 10_000), map[string]bool{}
	for _, payload := range []map[string]any{
		{"notify_type": worldcard.EventCardOpened, "card_id": long, "status": 2},
		{"notify_type": worldcard.EventCardOpened, "card_id": long, "status": 3},
		{"notify_type": worldcard.EventCardBilled, "transaction_id": long, "transaction_status": "COMPLETE"},
		{"notify_type": long, "card_id": "1"},
		{"notify_type": long, "card_id": "2"},
	} {
		event, err := src.Parse(signed(t, server, payload))
		if err != nil {
			t.Fatal(err)
		}
		if len(event.ID) > 512 || seen[event.ID] {
			t.Errorf("%.40v: %d characters of an id, seen before: %t", payload, len(event.ID), seen[event.ID])
		}
		seen[event.ID] = true
	}
}
