package uqpay_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/leaktest"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// The vectors that UQPAY's callbacks are checked against.
const (
	callbackSecret = "whsec_reference_vector"
	callbackBody   = `{"version":"V1.6.0","event_name":"ISSUING","event_type":"card.activation.code","event_id":"78ca1f8a-cf8a-42a4-ae0b-9b2acebe600b","source_id":"ba4bdf3e-c2b7-4197-9487-dc269e77b2c0","data":{"activation_code":"57609685","card_id":"ba4bdf3e-c2b7-4197-9487-dc269e77b2c0","card_number":"40963608****5859"}}`
	inSeconds      = "eee4618b751b4eed4fc7bf5201d096b584c36adf147653fb721847e31cd3ea8ab5e032b6b3b4f3d207d8b5385719c57fa79c3ca4c6de0decbcbb32f3faa8701c"
	inMilliseconds = "259391b51be14679a84d417691d2fe38e4ab3de10b10cc3e311e854dbc635de1e37325c807ea0c43ef9e7c4338534169136136e0ebfb13bad19c1966e53ffd66"
)

var callbackTime = time.Unix(1711077773, 0)

func callbackSource(tb testing.TB, now time.Time, secrets ...string) *webhook.Source {
	tb.Helper()
	var all []issuing.Secret
	for _, s := range secrets {
		all = append(all, issuing.NewSecret(s))
	}
	src, err := uqpay.NewCallbacks(uqpay.CallbackConfig{Secrets: all, Now: func() time.Time { return now }})
	if err != nil {
		tb.Fatal(err)
	}
	return src
}

func callbackHeader(timestamp, signature string) http.Header {
	h := http.Header{}
	h.Set("x-wk-timestamp", timestamp)
	h.Set("x-wk-signature", signature)
	return h
}

// callbackSign signs as the platform does, without this module's code.
func callbackSign(secret, body, timestamp string) string {
	mac := hmac.New(sha512.New, []byte(secret))
	mac.Write([]byte(body + timestamp))
	return hex.EncodeToString(mac.Sum(nil))
}

func TestCallbackVectors(t *testing.T) {
	t.Parallel()
	for timestamp, signature := range map[string]string{"1711077773": inSeconds, "1711077773123": inMilliseconds} {
		for _, secrets := range [][]string{{callbackSecret}, {"new", callbackSecret}, {callbackSecret, "new"}} {
			ev, err := callbackSource(t, callbackTime, secrets...).Parse(callbackHeader(timestamp, signature), []byte(callbackBody))
			if err != nil {
				t.Fatalf("%s: %v", timestamp, err)
			}
			data, ok := ev.Data.(*uqpay.ActivationCodeSent)
			if !ok || data.Code.Reveal() != "57609685" || ev.Type != uqpay.EventActivationCodeSent ||
				ev.ID != "78ca1f8a-cf8a-42a4-ae0b-9b2acebe600b" || ev.Provider != "uqpay" || ev.Time.Unix() != 1711077773 {
				t.Errorf("%+v", ev)
			}
			leaktest.Check(t, []string{"57609685"}, ev)
		}
	}
}

func TestCallbacksAreRefused(t *testing.T) {
	t.Parallel()
	sign := func(timestamp string) http.Header {
		return callbackHeader(timestamp, callbackSign(callbackSecret, callbackBody, timestamp))
	}
	for name, c := range map[string]struct {
		header http.Header
		body   string
		now    time.Time
		secret string
		want   error
	}{
		"no headers":       {http.Header{}, callbackBody, callbackTime, callbackSecret, webhook.ErrSignature},
		"unsigned":         {http.Header{"X-Wk-Timestamp": {"1711077773"}}, callbackBody, callbackTime, callbackSecret, webhook.ErrSignature},
		"no timestamp":     {callbackHeader("", inSeconds), callbackBody, callbackTime, callbackSecret, webhook.ErrSignature},
		"other body":       {callbackHeader("1711077773", inSeconds), callbackBody + " ", callbackTime, callbackSecret, webhook.ErrSignature},
		"other secret":     {callbackHeader("1711077773", inSeconds), callbackBody, callbackTime, "other", webhook.ErrSignature},
		"cut signature":    {callbackHeader("1711077773", inSeconds[:64]), callbackBody, callbackTime, callbackSecret, webhook.ErrSignature},
		"other timestamp":  {callbackHeader("1711077774", inSeconds), callbackBody, callbackTime, callbackSecret, webhook.ErrSignature},
		"older names":      {http.Header{"X-Timestamp": {"1711077773"}, "X-Signature": {inSeconds}}, callbackBody, callbackTime, callbackSecret, webhook.ErrSignature},
		"too old":          {sign("1711077773"), callbackBody, callbackTime.Add(5*time.Minute + time.Second), callbackSecret, webhook.ErrTimestamp},
		"from the future":  {sign("1711077773"), callbackBody, callbackTime.Add(-5*time.Minute - time.Second), callbackSecret, webhook.ErrTimestamp},
		"not a time":       {sign("yesterday"), callbackBody, callbackTime, callbackSecret, webhook.ErrTimestamp},
		"a negative time":  {sign("-1711077773"), callbackBody, callbackTime, callbackSecret, webhook.ErrTimestamp},
		"a huge time":      {sign("99999999999999999999"), callbackBody, callbackTime, callbackSecret, webhook.ErrTimestamp},
		"not JSON":         {callbackHeader("1711077773", callbackSign(callbackSecret, "hello", "1711077773")), "hello", callbackTime, callbackSecret, webhook.ErrPayload},
		"without any type": {callbackHeader("1711077773", callbackSign(callbackSecret, "{}", "1711077773")), "{}", callbackTime, callbackSecret, webhook.ErrPayload},
	} {
		src := callbackSource(t, c.now, c.secret)
		ev, err := src.Parse(c.header, []byte(c.body))
		if !errors.Is(err, c.want) || ev != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && (strings.Contains(err.Error(), callbackSecret) || strings.Contains(err.Error(), inSeconds[:16])) {
			t.Errorf("%s: the error says too much: %v", name, err)
		}
	}
	for name, cfg := range map[string]uqpay.CallbackConfig{
		"no secret":          {},
		"empty secret":       {Secrets: []issuing.Secret{issuing.NewSecret("a"), {}}},
		"negative tolerance": {Secrets: []issuing.Secret{issuing.NewSecret("a")}, Tolerance: -1},
	} {
		if _, err := uqpay.NewCallbacks(cfg); !errors.Is(err, issuing.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestCallbacksOverHTTP: a repeat is acknowledged and not dispatched, an unknown
// type arrives as it is.
func TestCallbacksOverHTTP(t *testing.T) {
	t.Parallel()
	var types []string
	h := webhook.NewHandler(callbackSource(t, callbackTime, callbackSecret), func(_ context.Context, ev *webhook.Event) error {
		if u, ok := ev.Data.(*webhook.Unknown); ok {
			types = append(types, "unknown "+u.Type)
			return nil
		}
		types = append(types, ev.Type)
		return nil
	})
	const novel = `{"event_type":"card.PIN.retry.exceed.soft.block","event_name":"ISSUING","event_id":"e-2","data":{}}`
	const swapped = `{"version":"V1.5.2","event_name":"card.recharge.succeeded","event_type":"ISSUING","event_id":"e-3","data":{}}`
	for _, c := range []struct{ body, timestamp string }{
		{callbackBody, "1711077773"}, {callbackBody, "1711077773"}, {callbackBody, "1711077780"}, {novel, "1711077773"}, {swapped, "1711077773"},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(c.body))
		r.Header = callbackHeader(c.timestamp, callbackSign(callbackSecret, c.body, c.timestamp))
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			t.Errorf("status %d for %s", w.Code, c.body)
		}
	}
	want := "card.activation.code, unknown card.PIN.retry.exceed.soft.block, card.recharge.succeeded"
	if got := strings.Join(types, ", "); got != want {
		t.Errorf("dispatched %s", got)
	}
}

// An event without an id is told apart by its content, and its id gives nothing
// of that away: who knows the rest would find a password by trying.
func TestIDOfAnEventWithoutOne(t *testing.T) {
	t.Parallel()
	body := func(otp string) string {
		return `{"event_type":"card.3ds.otp","data":{"card_id":"c","otp":"` + otp + `"}}`
	}
	id := func(otp string, secrets ...string) string {
		ev, err := callbackSource(t, callbackTime, secrets...).Parse(
			callbackHeader("1711077773", callbackSign(secrets[0], body(otp), "1711077773")), []byte(body(otp)))
		if err != nil {
			t.Fatal(err)
		}
		return ev.ID
	}
	first := id("135790", callbackSecret)
	sum := sha256.Sum256([]byte(body("135790")))
	if strings.Contains(first, hex.EncodeToString(sum[:])) {
		t.Errorf("the id %s is a plain hash of what holds the password", first)
	}
	if first != id("135790", callbackSecret) || first != id("135790", callbackSecret, "newer") {
		t.Error("a repeat, or a second secret, changes the id")
	}
	if first == id("246801", callbackSecret) || first == id("135790", "other") {
		t.Error("another password, or another secret, has the same id")
	}
}

func FuzzCallback(f *testing.F) {
	src := callbackSource(f, callbackTime, callbackSecret)
	f.Add("1711077773", inSeconds, []byte(callbackBody))
	f.Add("", "", []byte(`{`))
	f.Add("1711077773123", strings.ToUpper(inMilliseconds), []byte(callbackBody))
	f.Fuzz(func(t *testing.T, timestamp, signature string, body []byte) {
		ev, err := src.Parse(callbackHeader(timestamp, signature), body)
		if (err == nil) != (ev != nil) {
			t.Errorf("%v, %v", ev, err)
		}
		if err == nil && !bytes.Equal(body, []byte(callbackBody)) {
			t.Errorf("a body that nobody signed is authentic: %q", body)
		}
	})
}

// BenchmarkCallback measures verifying and decoding the largest callback
// beside bare HMAC and encoding/json into a struct of the same fields.
func BenchmarkCallback(b *testing.B) {
	signature := callbackSign(callbackSecret, authorizationEvent, "1711077773")
	b.Run("bare HMAC and json.Unmarshal", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			given, err := hex.DecodeString(signature)
			if err != nil {
				b.Fatal(err)
			}
			mac := hmac.New(sha512.New, []byte(callbackSecret))
			mac.Write([]byte(authorizationEvent))
			mac.Write([]byte("1711077773"))
			if !hmac.Equal(mac.Sum(nil), given) {
				b.Fatal("signature")
			}
			var ev struct {
				Version   string `json:"version"`
				EventName string `json:"event_name"`
				EventType string `json:"event_type"`
				EventID   string `json:"event_id"`
				SourceID  string `json:"source_id"`
				Data      struct {
					AuthorizationCode      string         `json:"authorization_code"`
					BillingAmount          issuing.Amount `json:"billing_amount"`
					BillingCurrency        string         `json:"billing_currency"`
					CardAvailableBalance   issuing.Amount `json:"card_available_balance"`
					CardID                 string         `json:"card_id"`
					CardNumber             string         `json:"card_number"`
					CardholderID           string         `json:"cardholder_id"`
					Description            string         `json:"description"`
					FeePassThrough         string         `json:"fee_pass_through"`
					MerchantData           []bareMerchant `json:"merchant_data"`
					OriginalTransactionID  string         `json:"original_transaction_id"`
					PostedTime             time.Time      `json:"posted_time"`
					ShortTransactionID     string         `json:"short_transaction_id"`
					TransactionAmount      issuing.Amount `json:"transaction_amount"`
					TransactionCurrency    string         `json:"transaction_currency"`
					TransactionFee         issuing.Amount `json:"transaction_fee"`
					TransactionFeeCurrency string         `json:"transaction_fee_currency"`
					TransactionID          string         `json:"transaction_id"`
					TransactionStatus      string         `json:"transaction_status"`
					TransactionTime        time.Time      `json:"transaction_time"`
					TransactionType        string         `json:"transaction_type"`
					WalletType             string         `json:"wallet_type"`
				} `json:"data"`
			}
			if err := json.Unmarshal([]byte(authorizationEvent), &ev); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("ours", func(b *testing.B) {
		src := callbackSource(b, callbackTime, callbackSecret)
		header, body := callbackHeader("1711077773", signature), []byte(authorizationEvent)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := src.Parse(header, body); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// bareMerchant is the shop in a callback, for the bare benchmark.
type bareMerchant struct {
	CategoryCode string `json:"category_code"`
	City         string `json:"city"`
	Country      string `json:"country"`
	Name         string `json:"name"`
}
