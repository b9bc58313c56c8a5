package webhook_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// acme is the scheme of a provider that this module does not know: it signs
// "time.body" with HMAC-SHA256.
type acme struct{ key []byte }

func (a acme) sign(timestamp string, body []byte) []byte {
	mac := hmac.New(sha256.New, a.key)
	mac.Write([]byte(timestamp + "."))
	mac.Write(body)
	return mac.Sum(nil)
}

func (a acme) Verify(_ context.Context, req *webhook.Request) (webhook.Verified, error) {
	timestamp, text := req.Header.Get("Acme-Time"), req.Header.Get("Acme-Signature")
	signature, err := hex.DecodeString(text)
	if err != nil || !hmac.Equal(signature, a.sign(timestamp, req.Body)) {
		return webhook.Verified{}, webhook.ErrSignature
	}
	window := webhook.Window{MaxAge: 24 * time.Hour, MaxAhead: 5 * time.Minute}
	at, err := window.CheckUnix(timestamp, req.Time)
	return webhook.Verified{Delivery: "signature/" + text, At: at}, err
}

func (acme) Open(_ context.Context, req *webhook.Request, _ webhook.Verified) (*webhook.Event, error) {
	var envelope struct {
		Type, ID string
		Data     json.RawMessage
	}
	if err := json.Unmarshal(req.Body, &envelope); err != nil {
		return nil, err
	}
	event := &webhook.Event{Type: envelope.Type, ID: envelope.ID, Raw: issuing.NewSecret(string(req.Body))}
	if envelope.Type == "card.shipped" {
		shipped := new(CardShipped)
		event.Data = shipped
		return event, json.Unmarshal(envelope.Data, shipped)
	}
	return event, nil // of an unknown type: its data becomes *webhook.Unknown
}

func (acme) Answer(_ *webhook.Request, result webhook.Result) webhook.Answer {
	if result.Outcome.Acknowledged() {
		return webhook.Answer{Status: http.StatusNoContent}
	}
	return webhook.StandardAnswer(result)
}

// CardShipped is an event of acme's.
type CardShipped struct {
	Card    string
	Carrier string
}

// A provider of one's own: three methods say how it signs, what it sends and what
// it wants to hear. Everything else is the handler's.
func ExampleNewSource() {
	scheme := acme{key: []byte("a secret of thirty-two characters")}
	src, err := webhook.NewSource("acme", scheme)
	if err != nil {
		log.Fatal(err)
	}
	handler := webhook.NewHandler(src, func(_ context.Context, ev *webhook.Event) error {
		if shipped, ok := ev.Data.(*CardShipped); ok {
			fmt.Println(ev.Type, shipped.Card, shipped.Carrier)
		}
		return nil
	}, webhook.WithObserver(func(_ context.Context, r webhook.Report) {
		fmt.Println(r.Status, r.Outcome, r.Err)
	}))

	body := `{"type":"card.shipped","id":"e-1","data":{"card":"c-1","carrier":"post"}}`
	timestamp := strconv.FormatInt(time.Now().Unix(), 10)
	for _, sent := range []string{body, body, strings.Replace(body, "c-1", "c-2", 1)} { // once, again, forged
		r := httptest.NewRequest(http.MethodPost, "/callbacks/acme", strings.NewReader(sent))
		r.Header.Set("Acme-Time", timestamp)
		r.Header.Set("Acme-Signature", hex.EncodeToString(scheme.sign(timestamp, []byte(body))))
		handler.ServeHTTP(httptest.NewRecorder(), r)
	}
	// Output:
	// card.shipped c-1 post
	// 204 handled <nil>
	// 204 duplicate <nil>
	// 401 refused webhook: bad signature
}
