package uqpay_test

import (
	"context"
	"errors"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/uqpay"
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
