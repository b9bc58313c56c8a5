package bench

import (
	"crypto/hmac"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// notice has what a merchant takes from a callback.
type notice struct {
	EventType string `json:"event_type"`
	EventID   string `json:"event_id"`
	Data      struct {
		CardID            string         `json:"card_id"`
		TransactionID     string         `json:"transaction_id"`
		TransactionAmount issuing.Amount `json:"transaction_amount"`
		TransactionStatus string         `json:"transaction_status"`
	} `json:"data"`
}

// BenchmarkWebhook checks and decodes a callback of UQPAY's, HMAC-SHA512, beside
// standard-webhooks, whose HMAC is SHA-256, on the same bytes. Both check the time.
func BenchmarkWebhook(b *testing.B) {
	const secret = "whsec_0123456789abcdef0123456789abcdef"
	cfg := uqpaytest.CallbackConfig{Secret: issuing.NewSecret(secret)}
	r := must[*http.Request](b)(uqpaytest.NewCallback(cfg, &uqpay.TransactionCreated{
		EventBase: uqpay.EventBase{EventType: uqpay.EventAuthorization},
		Transaction: uqpay.Transaction{
			ID: "tx-1", CardID: "card-1", TransactionAmount: "12.50", TransactionCurrency: issuing.CurrencyUSD,
			Status: uqpay.TransactionStatusApproved, Description: "a purchase",
		},
	}))
	body := must[[]byte](b)(io.ReadAll(r.Body))
	source := must[*webhook.Source](b)(uqpay.NewCallbacks(uqpay.CallbackConfig{
		Secrets: []issuing.Secret{issuing.NewSecret(secret)}, Tolerance: time.Hour,
	}))
	peer := must[*standardwebhooks.Webhook](b)(standardwebhooks.NewWebhookRaw([]byte(secret)))
	sentAt := time.Now()
	header := http.Header{}
	header.Set("webhook-id", "1")
	header.Set("webhook-timestamp", strconv.FormatInt(sentAt.Unix(), 10))
	header.Set("webhook-signature", must[string](b)(peer.Sign("1", sentAt, body)))
	given := must[[]byte](b)(hex.DecodeString(r.Header.Get("x-wk-signature")))
	decode := func() error {
		var n notice
		if err := json.Unmarshal(body, &n); err != nil || n.Data.TransactionID != "tx-1" {
			return errMismatch
		}
		return nil
	}
	measure(b, side{"ours", func() error {
		event, err := source.Parse(r.Header, body)
		if err != nil {
			return err
		}
		if _, ok := event.Data.(*uqpay.TransactionCreated); !ok {
			return errMismatch
		}
		return nil
	}}, side{"bare", func() error {
		mac := hmac.New(sha512.New, []byte(secret))
		mac.Write(body)
		mac.Write([]byte(r.Header.Get("x-wk-timestamp")))
		if !hmac.Equal(mac.Sum(nil), given) {
			return errMismatch
		}
		return decode()
	}}, side{"standard-webhooks", func() error {
		if err := peer.Verify(body, header); err != nil {
			return err
		}
		return decode()
	}})
}
