package uqpay_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// start is a platform whose clock stands still until it is turned.
var start = time.Date(2026, 9, 17, 10, 0, 0, 0, time.UTC)

func newPlatform(tb testing.TB, cfg uqpaytest.Config) *uqpaytest.Server {
	tb.Helper()
	if cfg.Clock == nil {
		cfg.Clock = issuingtest.NewClock(start)
	}
	s, err := uqpaytest.NewServer(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(s.Close)
	return s
}

// inject queues faults for an operation.
func inject(tb testing.TB, s *uqpaytest.Server, op string, faults ...issuingtest.Fault) {
	tb.Helper()
	if err := s.Inject(op, faults...); err != nil {
		tb.Fatal(err)
	}
}

func newClient(tb testing.TB, s *uqpaytest.Server, opts ...issuing.Option) *uqpay.Client {
	tb.Helper()
	opts = append([]issuing.Option{issuing.WithClock(s.Clock().Now), issuing.WithRetryWait(time.Microsecond, 2*time.Microsecond)}, opts...)
	c, err := uqpay.New(s.ClientConfig(), opts...)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func amount(tb testing.TB, text string) issuing.Amount {
	tb.Helper()
	a, err := issuing.ParseAmount(text)
	if err != nil {
		tb.Fatal(err)
	}
	return a
}

func alex() uqpay.CreateCardholderRequest {
	return uqpay.CreateCardholderRequest{
		Email: "alex.chen@example.com", FirstName: "Alex", LastName: "Chen", CountryCode: "SG", PhoneNumber: "91234567",
	}
}

func newHolder(tb testing.TB, c *uqpay.Client) string {
	tb.Helper()
	h, err := c.Cardholders.Create(tb.Context(), alex())
	if err != nil {
		tb.Fatal(err)
	}
	return h.ID
}

func newCard(tb testing.TB, s *uqpaytest.Server, c *uqpay.Client, limit string) string {
	tb.Helper()
	o, err := c.Cards.Apply(tb.Context(), uqpay.ApplyRequest{
		Currency: issuing.CurrencyUSD, ProductID: uqpaytest.ProductSingle, CardholderID: newHolder(tb, c), Limit: amount(tb, limit),
	})
	if err != nil {
		tb.Fatal(err)
	}
	s.Clock().Advance(time.Second)
	return o.CardID
}

// inbox collects the events that a platform pushes.
type inbox struct {
	mu     sync.Mutex
	events []*webhook.Event
}

func listen(tb testing.TB, s *uqpaytest.Server) *inbox {
	tb.Helper()
	in := &inbox{}
	src, err := uqpay.NewCallbacks(uqpay.CallbackConfig{Secrets: []issuing.Secret{s.WebhookSecret()}, Now: s.Clock().Now})
	if err != nil {
		tb.Fatal(err)
	}
	server := httptest.NewServer(webhook.NewHandler(src, func(_ context.Context, ev *webhook.Event) error {
		in.mu.Lock()
		defer in.mu.Unlock()
		in.events = append(in.events, ev)
		return nil
	}))
	tb.Cleanup(server.Close)
	s.SetWebhookURL(server.URL)
	return in
}

func (in *inbox) types() string {
	in.mu.Lock()
	defer in.mu.Unlock()
	var out []string
	for _, e := range in.events {
		out = append(out, e.Type)
	}
	return strings.Join(out, " ")
}

func (in *inbox) last() any {
	in.mu.Lock()
	defer in.mu.Unlock()
	if len(in.events) == 0 {
		return nil
	}
	return in.events[len(in.events)-1].Data
}

// TestCardholderGuide runs the guide on cardholders: create, retrieve, list,
// update.
func TestCardholderGuide(t *testing.T) {
	t.Parallel()
	s := newPlatform(t, uqpaytest.Config{})
	c := newClient(t, s)
	ctx := t.Context()
	created, err := c.Cardholders.Create(ctx, alex())
	if err != nil || created.Status != uqpay.CardholderStatusSuccess {
		t.Fatalf("create: %+v, %v", created, err)
	}
	h, err := c.Cardholders.Cardholder(ctx, created.ID)
	if err != nil || h.Email != "alex.chen@example.com" || h.NumberOfCards != 0 || !h.CreateTime.Equal(start) {
		t.Fatalf("retrieve: %+v, %v", h, err)
	}
	_, err = c.Cardholders.Create(ctx, alex())
	if !errors.Is(err, uqpay.CodeEmailDuplicated) || !errors.Is(err, issuing.ErrConflict) {
		t.Errorf("same address again: %v", err)
	}
	if _, err = c.Cardholders.Update(ctx, created.ID, uqpay.UpdateCardholderRequest{CountryCode: "SG", PhoneNumber: "98765432"}); err != nil {
		t.Fatal(err)
	}
	n := 0
	for h, err := range c.Cardholders.All(ctx, uqpay.CardholdersRequest{Status: uqpay.CardholderStatusSuccess}) {
		if err != nil || h.PhoneNumber != "98765432" {
			t.Fatalf("list: %+v, %v", h, err)
		}
		n++
	}
	if n != 1 {
		t.Errorf("%d cardholders", n)
	}
	if s.Mints() != 1 {
		t.Errorf("%d tokens for one client", s.Mints())
	}
}

func TestCardLife(t *testing.T) {
	t.Parallel()
	s := newPlatform(t, uqpaytest.Config{})
	in := listen(t, s)
	c := newClient(t, s)
	ctx := t.Context()
	id := newCard(t, s, c, "100.50")
	s.Clock().Advance(0)
	card, err := c.Cards.Card(ctx, id)
	if err != nil || card.Status != uqpay.CardStatusActive || card.AvailableBalance.String() != "100.50" || card.Limit.String() != "100.50" {
		t.Fatalf("%+v, %v", card, err)
	}
	secure, err := c.Cards.Secure(ctx, id)
	if err != nil || secure.Number.Len() != 16 || secure.Number.Last4() != card.Number.Last4() || secure.CVV.Len() != 3 {
		t.Fatalf("secure: %v, %v", secure, err)
	}
	o, err := c.Cards.Deposit(ctx, id, uqpay.AmountRequest{Amount: amount(t, "10.25")})
	if err != nil || o.Status.Terminal() {
		t.Fatalf("%+v, %v", o, err)
	}
	s.Clock().Advance(time.Second)
	if o, err = c.Orders.Order(ctx, o.ID); err != nil || o.Status != uqpay.OrderStatusSuccess || o.Amount.String() != "10.25" {
		t.Fatalf("%+v, %v", o, err)
	}
	tx, err := c.Simulator.Authorize(ctx, uqpay.AuthorizeRequest{CardID: id, Amount: amount(t, "11"), Currency: issuing.CurrencyUSD, MerchantName: "Test Merchant"})
	if err != nil || tx.Status != uqpay.TransactionStatusApproved || tx.CardBalance.String() != "99.75" {
		t.Fatalf("%+v, %v", tx, err)
	}
	s.Clock().Advance(0)
	ev, ok := in.last().(*uqpay.TransactionCreated)
	if !ok || ev.ID != tx.ID || ev.Merchant.Name != "Test Merchant" || ev.SourceID != tx.ID || ev.BillingAmount.Cmp(amount(t, "11")) != 0 {
		t.Fatalf("event %T %+v", in.last(), in.last())
	}
	if _, err = c.Simulator.Reverse(ctx, tx.ID); err != nil {
		t.Fatal(err)
	}
	if _, err = c.Cards.Withdraw(ctx, id, uqpay.AmountRequest{Amount: amount(t, "1000")}); !errors.Is(err, issuing.ErrInsufficientFunds) {
		t.Errorf("too much: %v", err)
	}
	if _, err = c.Cards.Withdraw(ctx, id, uqpay.AmountRequest{Amount: amount(t, "50")}); err != nil {
		t.Fatal(err)
	}
	if _, err = c.Cards.Freeze(ctx, id); err != nil {
		t.Fatal(err)
	}
	s.Clock().Advance(time.Second)
	if _, err = c.Cards.Close(ctx, id); err != nil {
		t.Fatal(err)
	}
	s.Clock().Advance(time.Second)
	if card, err = c.Cards.Card(ctx, id); err != nil || card.Status != uqpay.CardStatusPreCancel {
		t.Fatalf("%+v, %v", card, err)
	}
	s.Clock().Advance(30 * 24 * time.Hour)
	s.Clock().Advance(0)
	if got := s.AccountBalance(uqpaytest.MasterAccount, issuing.CurrencyUSD); got.Cmp(amount(t, "100000")) != 0 {
		t.Errorf("issuing balance %s after the card was cancelled", got)
	}
	want := "card.create.succeeded card.recharge.succeeded issuing.transaction.authorization issuing.transaction.reversal " +
		"card.withdraw.succeeded card.status.update.succeeded card.status.update.succeeded card.status.update.succeeded"
	if got := in.types(); got != want {
		t.Errorf("events\n got %s\nwant %s", got, want)
	}
	var report bytes.Buffer
	r, err := c.Reports.Create(ctx, uqpay.ReportRequest{Type: uqpay.ReportTypeLedger, Start: start, End: s.Clock().Now()})
	if err != nil {
		t.Fatal(err)
	}
	if err = c.Reports.Download(ctx, r.ID, &report); !errors.Is(err, issuing.ErrNotFound) || report.Len() != 0 {
		t.Errorf("before it is ready: %v, %d bytes", err, report.Len())
	}
	s.Clock().Advance(time.Second)
	if err = c.Reports.Download(ctx, r.ID, &report); err != nil || !strings.HasPrefix(report.String(), "transaction_id,") {
		t.Errorf("%v %q", err, report.String())
	}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
}

func TestHostileIDs(t *testing.T) {
	t.Parallel()
	var paths []string
	rt := roundTrip(func(r *http.Request) (*http.Response, error) {
		if !strings.HasSuffix(r.URL.Path, "/token") {
			paths = append(paths, r.URL.EscapedPath())
		}
		return answerTo(r, 200, `{"auth_token":"t","expired_at":4102444800,"card_id":"x"}`), nil
	})
	c := stubClient(t, rt)
	for _, id := range []string{"../accounts", "a?b=c#d", "a/b", "%2e%2e", "\x00"} {
		_, _ = c.Cards.Card(t.Context(), id)
	}
	for _, id := range []string{"", ".", ".."} {
		if _, err := c.Cards.Card(t.Context(), id); !errors.Is(err, issuing.ErrInvalid) {
			t.Errorf("id %q: %v", id, err)
		}
	}
	for _, p := range paths {
		if strings.Count(p, "/") != 5 || !strings.HasPrefix(p, "/api/v1/issuing/cards/") {
			t.Errorf("path %q", p)
		}
	}
	if len(paths) != 5 {
		t.Errorf("%d requests", len(paths))
	}
}
