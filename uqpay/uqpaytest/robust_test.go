package uqpaytest_test

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/leaktest"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
)

// card makes a cardholder and an active card with 10 USD.
func (r *raw) card() string {
	r.t.Helper()
	holder := field(r.t, r.expect(200, "SUCCESS", "POST", "/v1/issuing/cardholders", holderBody), "cardholder_id")
	id := field(r.t, r.expect(200, "PENDING", "POST", "/v1/issuing/cards", fmt.Sprintf(
		`{"card_currency":"USD","card_product_id":%q,"cardholder_id":%q,"card_limit":10}`, uqpaytest.ProductSingle, holder)), "card_id")
	r.s.Clock().Advance(time.Second)
	return id
}

const purchasePath = "/v1/simulation/issuing/authorization"

func purchaseOf(card string) string {
	return fmt.Sprintf(`{"card_id":%q,"transaction_amount":4,"transaction_currency":"USD","merchant_name":"M","merchant_category_code":"5734"}`, card)
}

// A merchant's function that panics or ends its goroutine, as t.FailNow does, costs
// its own request: no lock stays held, and the key can be used again.
func TestAuthorizeThatNeverReturnsLeavesThePlatformUsable(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(){
		"abort": func() { panic(http.ErrAbortHandler) }, // a panic that net/http does not print
		"exit":  runtime.Goexit,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int32
			r := newRaw(t, uqpaytest.Config{Authorize: func(context.Context, map[string]any) (string, error) {
				if asked.Add(1) == 1 {
					end()
				}
				return "00", nil
			}})
			card := r.card()
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.s.URL()+purchasePath, strings.NewReader(purchaseOf(card)))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("x-auth-token", "Bearer "+r.token)
			req.Header.Set("x-idempotency-key", "mine")
			req.Header.Set("Content-Type", "application/json")
			fresh := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // which does not repeat by itself
			if resp, err := fresh.Do(req); err == nil {
				t.Errorf("answered with status %d", resp.StatusCode)
				_ = resp.Body.Close()
			}
			r.expect(200, "APPROVED", "POST", purchasePath, purchaseOf(card), "x-idempotency-key", "mine")
			r.expect(200, "APPROVED", "POST", purchasePath, purchaseOf(card), "x-idempotency-key", "mine")
			if asked.Load() != 2 || r.s.Mints() != 1 {
				t.Errorf("asked %d times, %d mints", asked.Load(), r.s.Mints())
			}
			if left := r.s.Balance(card); left.Cmp(issuing.NewAmount(6, 0)) != 0 {
				t.Errorf("%v left", left)
			}
			if err := r.s.Check(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestServerWithCardsPrintsNoSecret(t *testing.T) {
	t.Parallel()
	r := newRaw(t, uqpaytest.Config{})
	number := field(t, r.expect(200, "card_number", "GET", "/v1/issuing/cards/"+r.card()+"/secure", ""), "card_number")
	if len(number) != 16 {
		t.Fatalf("a card number of %d digits", len(number))
	}
	leaktest.Check(t, []string{number, r.token, r.s.APIKey().Reveal(), r.s.WebhookSecret().Reveal()}, r.s)
}

// A settlement takes more or less than was authorized, and no more than there is.
func TestSettlementAmounts(t *testing.T) {
	t.Parallel()
	r := newRaw(t, uqpaytest.Config{})
	card := r.card()
	buy := func() string {
		return field(t, r.expect(200, "APPROVED", "POST", purchasePath, purchaseOf(card)), "transaction_id")
	}
	left := func(want int64) {
		t.Helper()
		if got := r.s.Balance(card); got.Cmp(issuing.NewAmount(want, 0)) != 0 {
			t.Errorf("%v left, want %d", got, want)
		}
	}
	first := buy()
	if err := r.s.Settle(first, issuing.NewAmount(11, 0)); err == nil {
		t.Error("settled for more than the card holds")
	}
	left(6)
	if err := r.s.Settle(first, issuing.NewAmount(5, 0)); err != nil {
		t.Error(err)
	}
	left(5)
	if err := r.s.Settle(buy(), issuing.NewAmount(4, 0)); err != nil {
		t.Error(err)
	}
	left(1)
	if err := r.s.Settle(first, issuing.NewAmount(1, 0)); err == nil {
		t.Error("settled twice")
	}
	if err := r.s.Refund(first, issuing.NewAmount(5, 0)); err != nil {
		t.Error(err)
	}
	left(6)
	if err := r.s.Check(); err != nil {
		t.Error(err)
	}
}

// An update changes a card when its order ends, not before.
func TestUpdatesWaitForTheirOrder(t *testing.T) {
	t.Parallel()
	r := newRaw(t, uqpaytest.Config{})
	path := "/v1/issuing/cards/" + r.card()
	r.expect(200, "PENDING", "POST", path, `{"risk_controls":{"allowed_mcc":["5734","5411"]}}`)
	r.s.Clock().Advance(time.Second)
	r.expect(200, "PENDING", "POST", path, `{"risk_controls":{"allowed_mcc":["7995"]}}`)
	r.expect(200, `"allowed_mcc":["5734","5411"]`, "GET", path, "")
	r.s.Clock().Advance(time.Second)
	r.expect(200, `"allowed_mcc":["7995"]`, "GET", path, "")
}

func TestCardBalanceOfNoCard(t *testing.T) {
	t.Parallel()
	if left := newRaw(t, uqpaytest.Config{}).s.Balance("no"); !left.IsZero() {
		t.Error(left)
	}
}

// How long what is ordered takes is a setting.
func TestDelay(t *testing.T) {
	t.Parallel()
	r := newRaw(t, uqpaytest.Config{Delay: 10 * time.Second})
	id := r.card() // a second passes
	r.s.Clock().Advance(8 * time.Second)
	r.expect(200, `"card_status":"PENDING"`, "GET", cardsPath+"/"+id, "")
	r.s.Clock().Advance(time.Second)
	r.expect(200, `"card_status":"ACTIVE"`, "GET", cardsPath+"/"+id, "")
}
