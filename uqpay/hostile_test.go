package uqpay

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/conform"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// samples are valid answers and callbacks, by what they answer.
var samples = []struct{ name, body string }{
	{"Cards.Deposit", `{"card_id":"c-1","card_order_id":"o-1","order_type":"CARD_RECHARGE","create_time":"2026-09-17T00:00:00Z","update_time":"2026-09-17T01:00:00Z","complete_time":"","order_status":"PENDING","amount":"20.00","card_currency":"USD","failure_code":""}`},
	{"Cards.Apply", `{"card_id":"c-1","card_order_id":"o-1","create_time":"2026-09-17T00:00:00+08:00","card_status":"PENDING","order_status":"PROCESSING","risk_controls":{},"cardholder_id":"h-1","cardholder_created":true,"message":"waits"}`},
	{"Transfers.Create", `{"transfer_id":"t-1","short_transaction_id":"T250624-K0XMYZRF"}`},
	{"Cards.SetPIN", `{"request_status":"SUCCESS","card_id":"c-1","card_order_id":"o-1","order_status":"PROCESSING","create_time":"2026-09-17T00:00:00Z"}`},
	{"Cards.Freeze", `{"card_id":"c-1","card_order_id":"o-1","order_status":"PENDING","update_reason":"why"}`},
	{"Cards.Card", `{"card_id":"c-1","card_bin":"40963608","card_scheme":"VISA","card_number":"************5668","form_factor":"VIRTUAL","mode_type":"SINGLE","card_limit":100,"available_balance":"12.50","cardholder":{"cardholder_id":"h-1","date_of_birth":"1990-02-03","number_of_cards":1},"card_status":"ACTIVE","spending_controls":[{"amount":"50","interval":"PER_TRANSACTION"}],"risk_controls":{"allowed_mcc":["5734"]},"no_pin_payment_amount":"200USD","metadata":{"a":"b"},"expiry_at":"2027-01-01T00:00:00Z"}`},
	{"Cards.All", `{"total_pages":2,"total_items":2,"data":[{"card_id":"c-1","card_limit":"100","metadata":"{\"a\":\"b\"}"},{"card_id":"c-2","metadata":""}]}`},
	{"Transactions.All", `{"total_pages":1,"total_items":1,"data":[{"transaction_id":"t-1","card_id":"c-1","billing_amount":"-11.5","authorization_code":123456,"merchant_data":{"category_code":5734},"transaction_status":"APPROVED","transaction_time":"2026-04-12T15:27:39.563+08:00"}]}`},
	{"callback", `{"version":"V1.6.0","event_name":"ISSUING","event_type":"issuing.transaction.authorization","event_id":"e-1","source_id":"t-1","data":{"transaction_id":"t-1","card_id":"c-1","billing_amount":"11.5","merchant_data":[{"category_code":"5734"}],"transaction_status":"APPROVED"}}`},
	{"callback", `{"version":"V1.6.0","event_name":"ISSUING","event_type":"card.create.succeeded","event_id":"e-2","source_id":"o-1","data":{"card_id":"c-1","card_available_balance":"5","cardholder":{"cardholder_id":"h-1","reason":"r"},"metadata":{"a":"b"},"spending_limits":[{"amount":"1","interval":"PER_TRANSACTION"}],"risk_control":{"blocked_mcc":["1234"]}}}`},
	{"callback", `{"version":"V1.5.2","event_name":"cardholder.kyc.status_changed","event_type":"ISSUING","event_id":"e-3","data":{"cardholder_id":"h-1","cardholder_status":"FAILED","reason":"x","date_of_birth":"0001-01-01"}}`},
}

// hostile is a platform that books every write and then answers what it is given.
type hostile struct {
	status int
	body   []byte
	calls  int
}

func (h *hostile) RoundTrip(r *http.Request) (*http.Response, error) {
	body, status := h.body, h.status
	if strings.HasSuffix(r.URL.Path, "/connect/token") {
		body, status = []byte(`{"auth_token":"eyJ.t","expired_at":4102444800}`), 200
	} else {
		h.calls++
	}
	return &http.Response{
		StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r, Header: http.Header{},
		Body: io.NopCloser(strings.NewReader(string(body))), ContentLength: int64(len(body)),
	}, nil
}

// mostItems bounds what is read of a list.
const mostItems = 1000

// attempt makes the call that a sample answers, and returns the ids of its result.
func attempt(ctx context.Context, c *Client, name string) (ids []string, write bool, err error) {
	amount := issuing.Amount("20.00")
	switch name {
	case "Cards.Deposit":
		o, err := c.Cards.Deposit(ctx, "c-1", AmountRequest{Amount: amount})
		if err == nil {
			ids = []string{o.ID}
		}
		return ids, true, err
	case "Cards.Apply":
		o, err := c.Cards.Apply(ctx, ApplyRequest{Currency: "USD", ProductID: "p", CardholderID: "h"})
		if err == nil {
			ids = []string{o.ID + o.CardID}
		}
		return ids, true, err
	case "Transfers.Create":
		tr, err := c.Transfers.Create(ctx, TransferRequest{SourceAccountID: "a", DestinationAccountID: "b", Currency: "USD", Amount: amount})
		if err == nil {
			ids = []string{tr.ID}
		}
		return ids, true, err
	case "Cards.SetPIN":
		_, err := c.Cards.SetPIN(ctx, PINRequest{CardID: "c-1", PIN: issuing.NewSecret("493815")})
		return nil, true, err
	case "Cards.Freeze":
		o, err := c.Cards.Freeze(ctx, "c-1")
		if err == nil {
			ids = []string{o.ID + o.CardID}
		}
		return ids, true, err
	case "Cards.Card":
		card, err := c.Cards.Card(ctx, "c-1")
		if err == nil {
			ids = []string{card.ID}
		}
		return ids, false, err
	}
	n := 0
	if name == "Cards.All" {
		for _, itemErr := range c.Cards.All(ctx, CardsRequest{}) {
			if err = itemErr; n > mostItems {
				break
			}
			n++
		}
		return nil, false, err
	}
	for _, itemErr := range c.Transactions.All(ctx, TransactionsRequest{}) {
		if err = itemErr; n > mostItems {
			break
		}
		n++
	}
	return nil, false, err
}

// documented reports an id of the platform's form.
func documented(id string) bool {
	return id != "" && len(id) <= 2*maxID && strings.Trim(id, "\x00\n\r\t ") == id &&
		!strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' })
}

// saysNo reports whether a body under a status of success is an error of the platform's
// that a page has.
func saysNo(body []byte) bool {
	env := readEnvelope(body)
	return env != nil && env.known() && env.Message != ""
}

// survive holds one answer against what must hold for all of them.
func survive(t *testing.T, which int, status int, body []byte) {
	t.Helper()
	sample := samples[which%len(samples)]
	conform.Unharmed(t, sample.name, func() {
		if sample.name == "callback" {
			surviveCallback(t, body)
			return
		}
		h := &hostile{status: status, body: body}
		c, err := New(Config{BaseURL: SandboxURL, ClientID: "client-1", APIKey: issuing.NewSecret("api-key-secret")},
			issuing.WithHTTPClient(&http.Client{Transport: h}), issuing.WithMaxAttempts(1),
			issuing.WithRetryWait(time.Microsecond, 2*time.Microsecond))
		if err != nil {
			t.Error(err)
			return
		}
		ids, write, err := attempt(t.Context(), c, sample.name)
		for _, id := range ids {
			if !documented(id) {
				t.Errorf("%s: a result with the id %.200q", sample.name, id)
			}
		}
		booked := write && (status < 300 || status >= 500)
		if booked && err != nil && !errors.Is(err, issuing.ErrOutcomeUnknown) && !saysNo(body) {
			t.Errorf("%s: a booked write, answered %d %.300s, is told as %v", sample.name, status, body, err)
		}
		if err == nil && status >= 300 {
			t.Errorf("%s: status %d is told as success", sample.name, status)
		}
		if err != nil && len(err.Error()) > 4000 {
			t.Errorf("%s: an error of %d bytes", sample.name, len(err.Error()))
		}
		if h.calls > mostItems+20 {
			t.Errorf("%s: %d calls", sample.name, h.calls)
		}
	})
}

// surviveCallback signs a body and delivers it twice: nothing authentic ends in a server
// error, and what is handled is handled once, under an id.
func surviveCallback(t *testing.T, body []byte) {
	t.Helper()
	secret := issuing.NewSecret("webhook-secret-of-the-test")
	src, err := NewCallbacks(CallbackConfig{Secrets: []issuing.Secret{secret}})
	if err != nil {
		t.Error(err)
		return
	}
	key, err := sign.NewHMACKey(secret)
	if err != nil {
		t.Error(err)
		return
	}
	handled := 0
	h := webhook.NewHandler(src, func(_ context.Context, e *webhook.Event) error {
		if handled++; e.ID == "" || e.Type == "" || e.Data == nil {
			t.Errorf("an event %q of type %q with data %T", e.ID, e.Type, e.Data)
		}
		return nil
	}, webhook.WithObserver(func(context.Context, webhook.Report) {}))
	for range 2 {
		stamp := strconv.FormatInt(time.Now().Unix(), 10)
		signature, err := sign.SignHMAC512(key, body, stamp)
		if err != nil {
			t.Error(err)
			return
		}
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(string(body)))
		r.Header.Set(headerTimestamp, stamp)
		r.Header.Set(headerSignature, signature)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code >= 500 {
			t.Errorf("answered %d to %.300s", w.Code, body)
		}
	}
	if handled > 1 {
		t.Errorf("handled %d times: %.300s", handled, body)
	}
}

// statuses are those that an answer comes under.
var statuses = []int{200, 201, 200, 502, 500, 200}

// FuzzHostile mutates valid answers and callbacks. An empty raw has the sample mutated by
// the seed; anything else is the body as it is.
func FuzzHostile(f *testing.F) {
	for i := range samples {
		f.Add(i, uint64(i), []byte{})
		f.Add(i, uint64(i*7919), []byte(samples[i].body))
	}
	f.Add(0, uint64(0), []byte(`{"code":"api_error","message":"m"}`))
	f.Add(0, uint64(0), []byte(`{"code":200,"message":"Request is processing, please try again later"}`))
	f.Fuzz(func(t *testing.T, which int, seed uint64, body []byte) {
		if which < 0 {
			which = -(which + 1)
		}
		if len(body) == 0 {
			body = conform.Mutate(seed, []byte(samples[which%len(samples)].body))
		}
		survive(t, which, statuses[seed%uint64(len(statuses))], body)
	})
}

// Mutated answers and callbacks, the same in every run.
func TestHostile(t *testing.T) {
	for seed := range hostileAnswers {
		which := seed % len(samples)
		survive(t, which, statuses[seed%len(statuses)], conform.Mutate(uint64(seed), []byte(samples[which].body)))
	}
}
