package uqpay_test

import (
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
)

// TestOneTimeCards: a card for one use ends with its trigger.
func TestOneTimeCards(t *testing.T) {
	t.Parallel()
	for _, trigger := range []uqpay.AutoCancelTrigger{uqpay.AutoCancelTriggerOnAuth, uqpay.AutoCancelTriggerOnCapture} {
		t.Run(string(trigger), func(t *testing.T) {
			t.Parallel()
			s := newPlatform(t, uqpaytest.Config{})
			c := newClient(t, s)
			ctx := t.Context()
			o, err := c.Cards.Apply(ctx, uqpay.ApplyRequest{
				Currency: issuing.CurrencyUSD, ProductID: uqpaytest.ProductSingle, CardholderID: newHolder(t, c), Limit: amount(t, "100"),
				UsageType: uqpay.UsageTypeOneTime, AutoCancelTrigger: trigger,
			})
			if err != nil {
				t.Fatal(err)
			}
			s.Clock().Advance(time.Second)
			tx, err := c.Simulator.Authorize(ctx, uqpay.AuthorizeRequest{CardID: o.CardID, Amount: amount(t, "10"), Currency: issuing.CurrencyUSD, MerchantName: "Shop"})
			if err != nil || tx.Status != uqpay.TransactionStatusApproved {
				t.Fatalf("%+v, %v", tx, err)
			}
			status := func(want uqpay.CardStatus) {
				t.Helper()
				if card, err := c.Cards.Card(ctx, o.CardID); err != nil || card.Status != want {
					t.Errorf("%+v, %v, want %s", card, err, want)
				}
			}
			if trigger == uqpay.AutoCancelTriggerOnCapture {
				status(uqpay.CardStatusActive)
			}
			if err := s.Settle(tx.ID, amount(t, "10")); err != nil {
				t.Fatal(err)
			}
			status(uqpay.CardStatusPreCancel)
			if err := s.Check(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestUnknownThings: what the platform does not know is not found, whatever it
// is.
func TestUnknownThings(t *testing.T) {
	t.Parallel()
	c := newClient(t, newPlatform(t, uqpaytest.Config{}))
	ctx := t.Context()
	for name, err := range map[string]error{
		"card":        ignore(c.Cards.Card(ctx, "no")),
		"order":       ignore(c.Orders.Order(ctx, "no")),
		"cardholder":  ignore(c.Cardholders.Cardholder(ctx, "no")),
		"account":     ignore(c.Accounts.Account(ctx, "no", "")),
		"transaction": ignore(c.Transactions.Transaction(ctx, "no")),
		"transfer":    ignore(c.Transfers.Transfer(ctx, "no")),
	} {
		if !errors.Is(err, issuing.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestDoKnowsTheSimulator: no spelling of its path reaches production.
func TestDoKnowsTheSimulator(t *testing.T) {
	t.Parallel()
	cfg := stubConfig()
	cfg.BaseURL = uqpay.ProductionURL
	c, err := uqpay.New(cfg, issuing.WithHTTPClient(&http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
		t.Error("sent")
		return nil, io.EOF
	})}), issuing.WithMaxAttempts(1))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/v1/simulation/deposit", "/v1//simulation/deposit", "/v1/%73imulation/deposit", "/V1/Simulation/deposit"} {
		if err := c.Do(t.Context(), "POST "+path, nil, nil); !errors.Is(err, issuing.ErrNotConfigured) {
			t.Errorf("%s: %v", path, err)
		}
	}
}
