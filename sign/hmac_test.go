package sign

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
)

// The vectors that UQPAY's callbacks are checked against: one body, signed with
// a timestamp in seconds and in milliseconds.
const (
	hmacSecret = "whsec_reference_vector"
	hmacBody   = `{"version":"V1.6.0","event_name":"ISSUING","event_type":"card.activation.code","event_id":"78ca1f8a-cf8a-42a4-ae0b-9b2acebe600b","source_id":"ba4bdf3e-c2b7-4197-9487-dc269e77b2c0","data":{"activation_code":"57609685","card_id":"ba4bdf3e-c2b7-4197-9487-dc269e77b2c0","card_number":"40963608****5859"}}`
)

var hmacVectors = map[string]string{
	"1711077773":    "eee4618b751b4eed4fc7bf5201d096b584c36adf147653fb721847e31cd3ea8ab5e032b6b3b4f3d207d8b5385719c57fa79c3ca4c6de0decbcbb32f3faa8701c",
	"1711077773123": "259391b51be14679a84d417691d2fe38e4ab3de10b10cc3e311e854dbc635de1e37325c807ea0c43ef9e7c4338534169136136e0ebfb13bad19c1966e53ffd66",
}

func hmacKeyOf(tb testing.TB, secret string) HMACKey {
	tb.Helper()
	key, err := NewHMACKey(issuing.NewSecret(secret))
	if err != nil {
		tb.Fatal(err)
	}
	return key
}

func TestHMAC512Vectors(t *testing.T) {
	t.Parallel()
	key := hmacKeyOf(t, hmacSecret)
	for timestamp, want := range hmacVectors {
		got, err := SignHMAC512(key, []byte(hmacBody), timestamp)
		if err != nil || got != want {
			t.Errorf("timestamp %s: got %s, %v", timestamp, got, err)
		}
		for _, signature := range []string{want, strings.ToUpper(want)} {
			if err := VerifyHMAC512(key, signature, []byte(hmacBody), timestamp); err != nil {
				t.Errorf("timestamp %s: %v", timestamp, err)
			}
		}
	}
}

func TestHMAC512Refuses(t *testing.T) {
	t.Parallel()
	key := hmacKeyOf(t, hmacSecret)
	good := hmacVectors["1711077773"]
	for name, c := range map[string]struct{ signature, body, timestamp string }{
		"another body":      {good, hmacBody + " ", "1711077773"},
		"another timestamp": {good, hmacBody, "1711077774"},
		"no timestamp":      {good, hmacBody, ""},
		"moved boundary":    {good, hmacBody + "1", "711077773x"},
		"empty":             {"", hmacBody, "1711077773"},
		"cut":               {good[:126], hmacBody, "1711077773"},
		"longer":            {good + "00", hmacBody, "1711077773"},
		"not hex":           {"zz" + good[2:], hmacBody, "1711077773"},
	} {
		if err := VerifyHMAC512(key, c.signature, []byte(c.body), c.timestamp); !errors.Is(err, ErrVerify) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if err := VerifyHMAC512(hmacKeyOf(t, "other"), good, []byte(hmacBody), "1711077773"); !errors.Is(err, ErrVerify) {
		t.Errorf("another key: got %v", err)
	}
	if _, err := NewHMACKey(issuing.Secret{}); !errors.Is(err, ErrKey) {
		t.Errorf("empty secret: got %v", err)
	}
	if _, err := SignHMAC512(HMACKey{}, nil, "1"); !errors.Is(err, ErrKey) {
		t.Errorf("zero key signs: %v", err)
	}
	if err := VerifyHMAC512(HMACKey{}, good, nil, "1"); !errors.Is(err, ErrKey) {
		t.Errorf("zero key verifies: %v", err)
	}
}

func TestHMACKeyPrintsNothing(t *testing.T) {
	t.Parallel()
	key := hmacKeyOf(t, hmacSecret)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		if text := fmt.Sprintf(verb, struct{ K HMACKey }{key}); strings.Contains(text, "whsec") || strings.Contains(text, "7768736563") {
			t.Errorf("%s prints the key", verb)
		}
	}
}

func BenchmarkVerifyHMAC512(b *testing.B) {
	key := hmacKeyOf(b, hmacSecret)
	b.ReportAllocs()
	for b.Loop() {
		if err := VerifyHMAC512(key, hmacVectors["1711077773"], []byte(hmacBody), "1711077773"); err != nil {
			b.Fatal(err)
		}
	}
}
