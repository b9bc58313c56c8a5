package uqpay_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/hoptest"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
)

// TestAnswersOfOtherCalls: an answer about another card, order or amount is not taken
// for the call's own. A write that was answered so is open.
func TestAnswersOfOtherCalls(t *testing.T) {
	t.Parallel()
	deposit := func(ctx context.Context, c *uqpay.Client) error {
		_, err := c.Cards.Deposit(ctx, "c", uqpay.AmountRequest{Amount: "5"})
		return err
	}
	pin := func(ctx context.Context, c *uqpay.Client) error {
		_, err := c.Cards.SetPIN(ctx, uqpay.PINRequest{CardID: "c", PIN: issuing.NewSecret("493815")})
		return err
	}
	card := func(ctx context.Context, c *uqpay.Client) error {
		_, err := c.Cards.Card(ctx, "c")
		return err
	}
	order := func(ctx context.Context, c *uqpay.Client) error {
		_, err := c.Orders.Order(ctx, "o-1")
		return err
	}
	for name, tt := range map[string]struct {
		call   func(context.Context, *uqpay.Client) error
		answer string
		want   error
	}{
		"its own":            {deposit, `{"card_id":"c","card_order_id":"o-1","amount":"5.00"}`, nil},
		"a number":           {deposit, `{"card_id":"c","card_order_id":"o-1","amount":5}`, nil},
		"with a sign":        {deposit, `{"card_id":"c","card_order_id":"o-1","amount":"-5.00"}`, nil},
		"without card":       {deposit, `{"card_order_id":"o-1"}`, nil},
		"another card":       {deposit, `{"card_id":"d","card_order_id":"o-1","amount":"5.00"}`, issuing.ErrOutcomeUnknown},
		"its operation":      {deposit, `{"card_id":"c","card_order_id":"o-1","amount":"5.00","order_type":"CARD_RECHARGE"}`, nil},
		"a new operation":    {deposit, `{"card_id":"c","card_order_id":"o-1","amount":"5.00","order_type":"CARD_TOPUP"}`, nil},
		"another operation":  {deposit, `{"card_id":"c","card_order_id":"o-1","amount":"5.00","order_type":"CARD_WITHDRAW"}`, issuing.ErrOutcomeUnknown},
		"another amount":     {deposit, `{"card_id":"c","card_order_id":"o-1","amount":"50.00"}`, issuing.ErrOutcomeUnknown},
		"a PIN":              {pin, `{"request_status":"SUCCESS","card_id":"c","card_order_id":"o-2"}`, nil},
		"another card's PIN": {pin, `{"request_status":"SUCCESS","card_id":"d","card_order_id":"o-2"}`, issuing.ErrOutcomeUnknown},
		"a card":             {card, `{"card_id":"c"}`, nil},
		"another":            {card, `{"card_id":"d"}`, issuing.ErrBadResponse},
		"an order":           {order, `{"card_id":"c","card_order_id":"o-1"}`, nil},
		"another order":      {order, `{"card_id":"c","card_order_id":"o-2"}`, issuing.ErrBadResponse},
	} {
		s := &script{answers: []scripted{{200, tt.answer, nil}}}
		err := tt.call(t.Context(), stubClient(t, s))
		if !errors.Is(err, tt.want) || (tt.want != nil && s.calls != 1) {
			t.Errorf("%s: %v after %d calls, want %v", name, err, s.calls, tt.want)
		}
	}
}

// TestAnswersOneLate: a hop that delivers an answer twice on a kept connection gives every
// later request another's answer. 2,000 top-ups, each of a card of its own: none takes
// another's order for its own, and none that happened is told as failed.
func TestAnswersOneLate(t *testing.T) {
	t.Parallel()
	const calls, workers = 2000, 8
	s := newPlatform(t, uqpaytest.Config{Reserve: issuing.NewAmount(10_000_000, 0), Limits: &uqpaytest.Limits{}})
	cards := make([]string, calls)
	for i := range cards {
		var err error
		if cards[i], err = s.IssueCard(uqpaytest.ProductSingle, issuing.NewAmount(10, 0)); err != nil {
			t.Fatal(err)
		}
	}
	hop := hoptest.Start(t, strings.TrimSuffix(s.URL(), "/api"), 10)
	cfg := s.ClientConfig()
	cfg.BaseURL = strings.Replace(cfg.BaseURL, strings.TrimSuffix(s.URL(), "/api"), hop.URL(), 1)
	c, err := uqpay.New(cfg, issuing.WithClock(s.Clock().Now), issuing.WithRetryWait(time.Microsecond, 2*time.Microsecond))
	if err != nil {
		t.Fatal(err)
	}
	orders, errs := make([]*uqpay.Order, calls), make([]error, calls)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < calls; i = int(next.Add(1)) - 1 {
				orders[i], errs[i] = c.Cards.Deposit(t.Context(), cards[i], uqpay.AmountRequest{Amount: "5"})
			}
		})
	}
	wg.Wait()
	booked := map[string]uqpay.Order{}
	for _, o := range s.Orders(uqpay.OrderTypeCardRecharge) {
		if _, twice := booked[o.CardID]; twice {
			t.Errorf("card %s was topped up twice", o.CardID)
		}
		booked[o.CardID] = o
	}
	right, open := 0, 0
	for i, card := range cards {
		own, there := booked[card]
		switch {
		case errors.Is(errs[i], issuing.ErrOutcomeUnknown):
			open++
		case errs[i] != nil && there:
			t.Errorf("card %s: booked, and told as %v", card, errs[i])
		case errs[i] == nil && (!there || orders[i].ID != own.ID || orders[i].CardID != card):
			t.Errorf("card %s: told %+v, booked %+v", card, orders[i], own)
		default:
			right++
		}
	}
	t.Logf("%d answers delivered twice, %d to another request: %d with their own result, %d open", hop.Twice(), hop.Late(), right, open)
	if hop.Late() == 0 || right+open != calls || open == 0 {
		t.Errorf("%d right, %d open, %d late", right, open, hop.Late())
	}
}
