package webhook_test

import (
	"bytes"
	"context"
	"crypto/hmac"
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
	uqSecret       = "whsec_reference_vector"
	uqBody         = `{"version":"V1.6.0","event_name":"ISSUING","event_type":"card.activation.code","event_id":"78ca1f8a-cf8a-42a4-ae0b-9b2acebe600b","source_id":"ba4bdf3e-c2b7-4197-9487-dc269e77b2c0","data":{"activation_code":"57609685","card_id":"ba4bdf3e-c2b7-4197-9487-dc269e77b2c0","card_number":"40963608****5859"}}`
	uqSeconds      = "eee4618b751b4eed4fc7bf5201d096b584c36adf147653fb721847e31cd3ea8ab5e032b6b3b4f3d207d8b5385719c57fa79c3ca4c6de0decbcbb32f3faa8701c"
	uqMilliseconds = "259391b51be14679a84d417691d2fe38e4ab3de10b10cc3e311e854dbc635de1e37325c807ea0c43ef9e7c4338534169136136e0ebfb13bad19c1966e53ffd66"
)

var uqTime = time.Unix(1711077773, 0)

func uqSource(tb testing.TB, now time.Time, secrets ...string) *webhook.Source {
	tb.Helper()
	var all []issuing.Secret
	for _, s := range secrets {
		all = append(all, issuing.NewSecret(s))
	}
	src, err := webhook.UQPAY(webhook.UQPAYConfig{Secrets: all, Now: func() time.Time { return now }})
	if err != nil {
		tb.Fatal(err)
	}
	return src
}

func uqHeader(timestamp, signature string) http.Header {
	h := http.Header{}
	h.Set("x-wk-timestamp", timestamp)
	h.Set("x-wk-signature", signature)
	return h
}

// uqSign signs as the platform does, without this module's code.
func uqSign(secret, body, timestamp string) string {
	mac := hmac.New(sha512.New, []byte(secret))
	mac.Write([]byte(body + timestamp))
	return hex.EncodeToString(mac.Sum(nil))
}

func TestUQPAYVectors(t *testing.T) {
	t.Parallel()
	for timestamp, signature := range map[string]string{"1711077773": uqSeconds, "1711077773123": uqMilliseconds} {
		for _, secrets := range [][]string{{uqSecret}, {"new", uqSecret}, {uqSecret, "new"}} {
			ev, err := uqSource(t, uqTime, secrets...).Parse(uqHeader(timestamp, signature), []byte(uqBody))
			if err != nil {
				t.Fatalf("%s: %v", timestamp, err)
			}
			data, ok := ev.Data.(*uqpay.CardActivationCode)
			if !ok || data.Code.Reveal() != "57609685" || ev.Type != uqpay.EventCardActivationCode ||
				ev.ID != "78ca1f8a-cf8a-42a4-ae0b-9b2acebe600b" || ev.Provider != "uqpay" || ev.Time.Unix() != 1711077773 {
				t.Errorf("%+v", ev)
			}
			leaktest.Check(t, []string{"57609685"}, ev)
		}
	}
}

func TestUQPAYRefuses(t *testing.T) {
	t.Parallel()
	sign := func(timestamp string) http.Header { return uqHeader(timestamp, uqSign(uqSecret, uqBody, timestamp)) }
	for name, c := range map[string]struct {
		header http.Header
		body   string
		now    time.Time
		secret string
		want   error
	}{
		"no headers":       {http.Header{}, uqBody, uqTime, uqSecret, webhook.ErrSignature},
		"unsigned":         {http.Header{"X-Wk-Timestamp": {"1711077773"}}, uqBody, uqTime, uqSecret, webhook.ErrSignature},
		"no timestamp":     {uqHeader("", uqSeconds), uqBody, uqTime, uqSecret, webhook.ErrSignature},
		"other body":       {uqHeader("1711077773", uqSeconds), uqBody + " ", uqTime, uqSecret, webhook.ErrSignature},
		"other secret":     {uqHeader("1711077773", uqSeconds), uqBody, uqTime, "other", webhook.ErrSignature},
		"cut signature":    {uqHeader("1711077773", uqSeconds[:64]), uqBody, uqTime, uqSecret, webhook.ErrSignature},
		"other timestamp":  {uqHeader("1711077774", uqSeconds), uqBody, uqTime, uqSecret, webhook.ErrSignature},
		"older names":      {http.Header{"X-Timestamp": {"1711077773"}, "X-Signature": {uqSeconds}}, uqBody, uqTime, uqSecret, webhook.ErrSignature},
		"too old":          {sign("1711077773"), uqBody, uqTime.Add(5*time.Minute + time.Second), uqSecret, webhook.ErrTimestamp},
		"from the future":  {sign("1711077773"), uqBody, uqTime.Add(-5*time.Minute - time.Second), uqSecret, webhook.ErrTimestamp},
		"not a time":       {sign("yesterday"), uqBody, uqTime, uqSecret, webhook.ErrTimestamp},
		"a negative time":  {sign("-1711077773"), uqBody, uqTime, uqSecret, webhook.ErrTimestamp},
		"a huge time":      {sign("99999999999999999999"), uqBody, uqTime, uqSecret, webhook.ErrTimestamp},
		"not JSON":         {uqHeader("1711077773", uqSign(uqSecret, "hello", "1711077773")), "hello", uqTime, uqSecret, webhook.ErrPayload},
		"without any type": {uqHeader("1711077773", uqSign(uqSecret, "{}", "1711077773")), "{}", uqTime, uqSecret, webhook.ErrPayload},
	} {
		src := uqSource(t, c.now, c.secret)
		ev, err := src.Parse(c.header, []byte(c.body))
		if !errors.Is(err, c.want) || ev != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && (strings.Contains(err.Error(), uqSecret) || strings.Contains(err.Error(), uqSeconds[:16])) {
			t.Errorf("%s: the error says too much: %v", name, err)
		}
	}
	for name, cfg := range map[string]webhook.UQPAYConfig{
		"no secret":          {},
		"empty secret":       {Secrets: []issuing.Secret{issuing.NewSecret("a"), {}}},
		"negative tolerance": {Secrets: []issuing.Secret{issuing.NewSecret("a")}, Tolerance: -1},
	} {
		if _, err := webhook.UQPAY(cfg); !errors.Is(err, issuing.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestUQPAYOverHTTP: a repeat is acknowledged and not dispatched, an unknown
// type arrives as it is.
func TestUQPAYOverHTTP(t *testing.T) {
	t.Parallel()
	var types []string
	h := webhook.NewHandler(uqSource(t, uqTime, uqSecret), func(_ context.Context, ev *webhook.Event) error {
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
		{uqBody, "1711077773"}, {uqBody, "1711077773"}, {uqBody, "1711077780"}, {novel, "1711077773"}, {swapped, "1711077773"},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(c.body))
		r.Header = uqHeader(c.timestamp, uqSign(uqSecret, c.body, c.timestamp))
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

func FuzzUQPAY(f *testing.F) {
	src := uqSource(f, uqTime, uqSecret)
	f.Add("1711077773", uqSeconds, []byte(uqBody))
	f.Add("", "", []byte(`{`))
	f.Add("1711077773123", strings.ToUpper(uqMilliseconds), []byte(uqBody))
	f.Fuzz(func(t *testing.T, timestamp, signature string, body []byte) {
		ev, err := src.Parse(uqHeader(timestamp, signature), body)
		if (err == nil) != (ev != nil) {
			t.Errorf("%v, %v", ev, err)
		}
		if err == nil && !bytes.Equal(body, []byte(uqBody)) {
			t.Errorf("a body that nobody signed is authentic: %q", body)
		}
	})
}

const uqTransaction = `{"version":"V1.6.0","event_name":"ISSUING","event_type":"issuing.transaction.authorization","event_id":"234fca01-1ace-4d34-baf5-29b10e9d11c0","source_id":"1a53aebf-900c-4e25-9852-b98f4338d94c","data":{"authorization_code":"W6MJU9","billing_amount":"11.5","billing_currency":"USD","card_available_balance":"988.5","card_id":"50418faa-57a8-4ce2-9157-621b00b13a3b","card_number":"40963608****1764","cardholder_id":"25ea804d-7fd5-43d5-8792-0fc0214cdb2f","description":"","fee_pass_through":"Y","merchant_data":[{"category_code":"5734","city":"","country":"","name":"Test Merchant"}],"original_transaction_id":"","posted_time":"2026-04-12T15:27:39.563+08:00","short_transaction_id":"T260412-2AHV51KO5U68","transaction_amount":"10","transaction_currency":"USD","transaction_fee":"1.5","transaction_fee_currency":"USD","transaction_id":"1a53aebf-900c-4e25-9852-b98f4338d94c","transaction_status":"APPROVED","transaction_time":"2026-04-12T15:27:39.48+08:00","transaction_type":"AUTHORIZATION","wallet_type":""}}`

// BenchmarkUQPAYCallback measures verifying and decoding the largest callback
// beside bare HMAC and encoding/json into a struct of the same fields.
func BenchmarkUQPAYCallback(b *testing.B) {
	signature := uqSign(uqSecret, uqTransaction, "1711077773")
	b.Run("bare HMAC and json.Unmarshal", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			given, err := hex.DecodeString(signature)
			if err != nil {
				b.Fatal(err)
			}
			mac := hmac.New(sha512.New, []byte(uqSecret))
			mac.Write([]byte(uqTransaction))
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
					MerchantData           []uqMerchant   `json:"merchant_data"`
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
			if err := json.Unmarshal([]byte(uqTransaction), &ev); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("ours", func(b *testing.B) {
		src := uqSource(b, uqTime, uqSecret)
		header, body := uqHeader("1711077773", signature), []byte(uqTransaction)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := src.Parse(header, body); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// uqMerchant is the shop in a callback, for the bare benchmark.
type uqMerchant struct {
	CategoryCode string `json:"category_code"`
	City         string `json:"city"`
	Country      string `json:"country"`
	Name         string `json:"name"`
}
