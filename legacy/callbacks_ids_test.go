package legacy_test

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// TestCallbackIDsTellNothingOfASecret covers every event whose id comes from content
// that can hold a password, a card number or a pickup code.
func TestCallbackIDsTellNothingOfASecret(t *testing.T) {
	t.Parallel()
	server, source := callbackPlatform(t, legacytest.Config{})
	nested := func(typ, data string) map[string]any { return map[string]any{"type": typ, "data": data} }
	for _, tc := range []struct {
		typ, secret, other string
		content            map[string]any
	}{
		{legacy.EventVirtualLChallenged, "135790", "246801", map[string]any{
			"otp": "135790", "cardNo": "493193**1091", "transactionCurrency": "USD", "transactionAmount": "9"}},
		{legacy.EventVirtualPChallenged, "135790", "246801", nested(legacy.EventVirtualPChallenged,
			`{"cardNo":"5592922156696856","currency":"USD","amount":"9","otp":"135790","detail":"SHOP"}`)},
		{legacy.EventVirtualPForwarded, "https://acs.test/1", "https://acs.test/2", nested(legacy.EventVirtualPForwarded,
			`{"cardNo":"5592922156696856","currency":"USD","amount":"9","url":"https://acs.test/1"}`)},
		{legacy.EventVirtualPClosed, "5592922156696856", "5592922156696857", nested(legacy.EventVirtualPClosed,
			`{"cardNo":"5592922156696856","status":"Inactive","createTime":"2021-08-30T11:59:32.935Z"}`)},
		{"NewKind", "5592922156696856", "5592922156696857", nested("NewKind", `{"cardNo":"5592922156696856"}`)},
		{legacy.EventVirtualLBilled, "4931930000001091", "4931930000001092", map[string]any{"cardNumber": "4931930000001091"}},
		{legacy.EventTransferCompleted, "63742374673463847", "63742374673463848", map[string]any{
			"orderNo": "1", "merOrderNo": "m", "status": "2", "ext": `{"pickupCode":"63742374673463847"}`}},
	} {
		t.Run(tc.typ, func(t *testing.T) {
			t.Parallel()
			address := tc.typ
			if tc.content["type"] != nil {
				address = legacy.EventVirtualP
			}
			src := source.ForType(address)
			body := callbackBody(t, server, tc.content)
			parse := func(src *webhook.Source, body []byte) *webhook.Event {
				t.Helper()
				event, err := src.Parse(nil, body)
				if err != nil {
					t.Fatal(err)
				}
				return event
			}
			event := parse(src, body)
			if event.ID != parse(src, body).ID {
				t.Error("two deliveries of one event have two ids")
			}
			guesses := []string{tc.secret, string(body)}
			for _, name := range []string{"data", "ext"} {
				if text, ok := tc.content[name].(string); ok {
					guesses = append(guesses, text)
				}
			}
			guesses = append(guesses, tc.secret+"\x00")
			for _, guess := range guesses {
				if sum := sha256.Sum256([]byte(guess)); strings.Contains(event.ID, hex.EncodeToString(sum[:])) {
					t.Errorf("%s is a plain hash of what holds the secret", event.ID)
				}
			}
			if strings.Contains(event.ID, tc.secret) || !strings.Contains(event.ID, "|hmac:") {
				t.Errorf("id %s", event.ID)
			}
			next := map[string]any{}
			for name, value := range tc.content {
				next[name] = strings.ReplaceAll(value.(string), tc.secret, tc.other)
			}
			if parse(src, callbackBody(t, server, next)).ID == event.ID {
				t.Error("another event counts as a repeat")
			}
			// An event has one id while the secret is changed.
			newer, err := sign.NewAppSecret(strings.Repeat("n", 16))
			if err != nil {
				t.Fatal(err)
			}
			both, err := legacy.NewCallbacks(legacy.CallbackConfig{
				AppKey: server.AppKey(), AppSecrets: []sign.AppSecret{server.AppSecret(), newer},
			})
			if err != nil {
				t.Fatal(err)
			}
			if parse(both.ForType(address), body).ID != event.ID {
				t.Error("a second secret changes the id")
			}
		})
	}
}

// Ids are keys of stores, however long the numbers and types are that a callback has.
func TestCallbackIDsAreBounded(t *testing.T) {
	t.Parallel()
	server, source := callbackPlatform(t, legacytest.Config{})
	long := strings.Repeat("9", 100_000)
	notice := depositNotice()
	notice["orderNo"] = long
	ids := map[string]bool{}
	for range 2 {
		event, err := source.ForType(legacy.EventCardDeposited).Parse(nil, callbackBody(t, server, notice))
		if err != nil || len(event.ID) > 512 {
			t.Fatalf("%d characters, %v", len(event.ID), err)
		}
		ids[event.ID] = true
	}
	event, err := source.ForType(legacy.EventVirtualP).Parse(nil, callbackBody(t, server, map[string]any{"type": long, "data": "{}"}))
	if err != nil || len(event.ID) > 512 || event.Type != long {
		t.Fatalf("%d characters, %v", len(event.ID), err)
	}
	if ids[event.ID] = true; len(ids) != 2 {
		t.Errorf("%d ids of two events", len(ids))
	}
}
