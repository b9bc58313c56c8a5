// Uqpay takes a cardholder and a card through their lives: a recharge, a purchase
// that the merchant decides in real time, a withdrawal, and the end of the card.
//
//	go run ./examples/uqpay
//
// It needs no network, no keys and no arguments: it starts UQPAY's platform in
// memory and talks to it over HTTP on loopback, callbacks and authorization
// requests included.
//
// With -live and UQPAY_BASE_URL in the environment (such as
// https://api-sandbox.uqpaytech.com/api) the same program talks to
// the real platform, after a confirmation. It then needs UQPAY_CLIENT_ID,
// UQPAY_API_KEY and UQPAY_WEBHOOK_SECRET,
// listens for callbacks on UQPAY_CALLBACK_ADDR (127.0.0.1:8080 when empty), which
// the Dashboard has to reach, and moves 30 dollars of the issuing balance; the
// purchase is simulated in the sandbox only, and decided by UQPAY.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/examples/internal/start"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/uqpay/authdecision"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := run(ctx, os.Args[1:], start.Terminal{Reader: os.Stdin, Writer: os.Stdout}, os.Getenv)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "uqpay:", err)
		os.Exit(1)
	}
}

// onPlatform is what the program does with real money.
var onPlatform = start.Live{
	Address: "UQPAY_BASE_URL", Account: "UQPAY_CLIENT_ID",
	Moves: "moves 30 dollars of the issuing balance to a card and back",
}

func run(ctx context.Context, args []string, out io.ReadWriter, environment func(string) string) error {
	getenv, err := onPlatform.Environment(flag.NewFlagSet("uqpay", flag.ContinueOnError), args, out, environment)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	t := &tour{out: out, suffix: fmt.Sprint(time.Now().UnixMilli() % 10_000_000)}
	closeAll, err := t.connect(getenv)
	if err != nil {
		return err
	}
	defer closeAll()
	for _, part := range []func(context.Context) error{t.cardholder, t.card, t.money, t.purchases, t.end} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (t *tour) cardholder(ctx context.Context) error {
	h, err := t.client.Cardholders.Create(ctx, uqpay.CreateCardholderRequest{
		Email: issuing.Personal("alex.chen." + t.suffix + "@example.com"), FirstName: "Alex", LastName: "Chen",
		CountryCode: "SG", PhoneNumber: issuing.Personal("9" + fmt.Sprintf("%07s", t.suffix)),
	})
	if err != nil {
		return err
	}
	t.holderID = h.ID
	t.step("Cardholder: %s", h.Status)
	return nil
}

// card issues a virtual prepaid card of the simulator's BIN.
func (t *tour) card(ctx context.Context) error {
	productID := ""
	for p, err := range t.client.Products.All(ctx, uqpay.Paging{}) {
		if err != nil {
			return err
		}
		if p.BIN == uqpay.SimulatorBIN && p.Mode == uqpay.ModeSingle && p.Status == uqpay.ProductStatusEnabled {
			productID = p.ID
			t.step("Product: %s %s, KYC %s", p.Scheme, p.BIN, strings.ToLower(string(p.KYCLevel)))
			break
		}
	}
	if productID == "" {
		return errors.New("no prepaid product of the simulator's BIN")
	}
	var info issuing.CallInfo
	o, err := t.client.Cards.Apply(ctx, uqpay.ApplyRequest{
		Currency: issuing.CurrencyUSD, ProductID: productID, CardholderID: t.holderID, Limit: issuing.NewAmount(20_00, 2),
	}, issuing.WithCallInfo(&info))
	if errors.Is(err, issuing.ErrOutcomeUnknown) {
		// The same key returns the first result, or issues the card now.
		o, err = t.client.Cards.Apply(ctx, uqpay.ApplyRequest{
			Currency: issuing.CurrencyUSD, ProductID: productID, CardholderID: t.holderID, Limit: issuing.NewAmount(20_00, 2),
		}, issuing.WithIdempotencyKey(info.Key))
	}
	if err != nil {
		return err
	}
	t.cardID = o.CardID
	t.step("Card ordered: %s", o.CardStatus)
	if _, err := await(ctx, t, func(e *uqpay.CardCreated) bool { return e.CardID == t.cardID }); err != nil {
		return err
	}
	secure, err := t.client.Cards.Secure(ctx, t.cardID)
	if err != nil {
		return err
	}
	t.step("PAN %v (last four %s), CVV %v", secure.Number, secure.Number.Last4(), secure.CVV)
	return nil
}

func (t *tour) money(ctx context.Context) error {
	o, err := t.client.Cards.Deposit(ctx, t.cardID, uqpay.AmountRequest{Amount: issuing.NewAmount(10_00, 2)})
	if err != nil {
		return err
	}
	t.step("Recharge of 10.00 USD: %s", o.Status)
	if _, err := await(ctx, t, func(e *uqpay.CardDeposited) bool { return e.SourceID == o.ID }); err != nil {
		return err
	}
	if o, err = t.client.Orders.Order(ctx, o.ID); err != nil {
		return err
	}
	t.step("Order: %s", o.Status)
	return nil
}

// purchases are decided in real time: the rule approves up to 15 dollars.
func (t *tour) purchases(ctx context.Context) error {
	if t.live {
		return nil
	}
	for _, cents := range []int64{12_50, 15_01} {
		tx, err := t.client.Simulator.Authorize(ctx, uqpay.AuthorizeRequest{
			CardID: t.cardID, Amount: issuing.NewAmount(cents, 2), Currency: issuing.CurrencyUSD, MerchantName: "Example Books",
		})
		if err != nil {
			return err
		}
		t.step("Purchase of %s USD: %s %s", tx.TransactionAmount, tx.Status, tx.Reason())
		if _, err := await(ctx, t, func(e *uqpay.TransactionCreated) bool { return e.ID == tx.ID }); err != nil {
			return err
		}
	}
	return nil
}

// decide is the merchant's rule.
func (t *tour) decide(_ context.Context, req *authdecision.Request) (authdecision.Decision, error) {
	if !req.BillingAmount.AtMost("15.00") { // a request without an amount is declined too
		t.note("asked for %s %s at %s: declined", req.BillingAmount, req.BillingCurrency, req.MerchantName)
		return authdecision.Decline(authdecision.ResponseCodeInsufficientFunds), nil
	}
	t.note("asked for %s %s at %s: approved", req.BillingAmount, req.BillingCurrency, req.MerchantName)
	return authdecision.Approve(), nil
}

func (t *tour) end(ctx context.Context) error {
	o, err := t.client.Cards.Withdraw(ctx, t.cardID, uqpay.AmountRequest{Amount: issuing.NewAmount(5_00, 2)})
	if err != nil {
		return err
	}
	t.step("Withdrawal of 5.00 USD: %s", o.Status)
	if _, err := await(ctx, t, func(e *uqpay.CardWithdrawn) bool { return e.SourceID == o.ID }); err != nil {
		return err
	}
	if _, err := t.client.Cards.Close(ctx, t.cardID); err != nil {
		return err
	}
	t.step("Cancellation ordered")
	if _, err := await(ctx, t, func(e *uqpay.CardStateChanged) bool { return e.CardStatus == uqpay.CardStatusPreCancel }); err != nil {
		return err
	}
	card, err := t.client.Cards.Card(ctx, t.cardID)
	if err != nil {
		return err
	}
	t.step("Card %s: %s, %s USD return after the waiting period", card.Number, card.Status, card.AvailableBalance)
	return nil
}
