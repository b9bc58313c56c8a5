package uqpay_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/leaktest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
)

func failNext(t testing.TB, s *uqpaytest.Server, op string) {
	t.Helper()
	if err := s.FailNext(op, ""); err != nil {
		t.Fatal(err)
	}
}

func TestLevers(t *testing.T) {
	t.Parallel()
	s := newPlatform(t, uqpaytest.Config{})
	c := newClient(t, s)
	id := newCard(t, s, c, "20")
	if s.Balance(id).String() != "20.00" || !s.Balance("nobody's").IsZero() {
		t.Errorf("the card holds %s, no card %s", s.Balance(id), s.Balance("nobody's"))
	}
	if got := s.Reserve(issuing.CurrencyUSD); got.String() != "99980.00" {
		t.Errorf("the balance holds %s", got)
	}
	shop := issuingtest.Merchant{Name: "Books", MCC: "5942"}
	bought, err := s.Purchase(id, amount(t, "5"), shop)
	if err != nil || !bought.Approved || bought.ID == "" || bought.Reason != "" {
		t.Errorf("%+v, %v", bought, err)
	}
	if a, err := s.Purchase(id, amount(t, "50"), shop); err != nil || a.Approved || a.Reason != "1016 - Insufficient funds" {
		t.Errorf("more than there is: %+v, %v", a, err)
	}
	if _, err := s.Purchase("nobody's", amount(t, "5"), shop); err == nil {
		t.Error("a card that is not there can spend")
	}
	if _, err := s.Purchase(id, issuing.Amount(""), shop); err == nil {
		t.Error("nothing was bought")
	}
	if err := s.SendOTP("nobody's", issuingtest.Challenge{}); err == nil {
		t.Error("a card that is not there was challenged")
	}
	if err := s.FailNext("Cards.Card", ""); err == nil {
		t.Error("reading a card fails by itself")
	}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
	failNext(t, s, "Cards.Update")
	if err := s.Check(); err == nil {
		t.Error("a failure that never happened passes")
	}
}

// TestShopLevers: what a shop does to a card, and where the money is afterwards.
func TestShopLevers(t *testing.T) {
	t.Parallel()
	s := newPlatform(t, uqpaytest.Config{})
	c := newClient(t, s)
	id := newCard(t, s, c, "20")
	shop := issuingtest.Merchant{Name: "Books", MCC: "5942"}
	buy := func(text string) string {
		t.Helper()
		bought, err := s.Purchase(id, amount(t, text), shop)
		if err != nil || !bought.Approved {
			t.Fatalf("%+v, %v", bought, err)
		}
		return bought.ID
	}
	holds := func(want string) {
		t.Helper()
		if got := s.Balance(id); got.String() != want {
			t.Errorf("the card holds %s, want %s", got, want)
		}
	}
	reversed := buy("5")
	holds("15.00")
	if err := s.Reverse(reversed); err != nil {
		t.Fatal(err)
	}
	holds("20.00")
	for name, transaction := range map[string]string{"twice": reversed, "of nothing": "nobody's"} {
		if err := s.Reverse(transaction); err == nil {
			t.Errorf("a reversal %s", name)
		}
	}
	tx, err := c.Transactions.Transaction(t.Context(), reversed)
	if err != nil || tx.SettlementStatus != uqpay.SettlementStatusNotApplicable {
		t.Errorf("%+v, %v", tx, err)
	}
	page, err := c.Transactions.List(t.Context(), uqpay.TransactionsRequest{CardID: id})
	if err != nil || page.Total != 2 || page.List[0].Type != uqpay.TransactionTypeReversal ||
		page.List[0].OriginalID != reversed {
		t.Errorf("%+v, %v", page, err)
	}
	settled := buy("4")
	if err := s.Settle(settled, amount(t, "4")); err != nil {
		t.Fatal(err)
	}
	if err := s.Reverse(settled); err == nil {
		t.Error("what has settled was reversed")
	}
	if err := s.Refund(settled, amount(t, "1")); err != nil {
		t.Fatal(err)
	}
	holds("17.00")
	if _, err := c.Cards.Freeze(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	s.Clock().Advance(time.Minute)
	if a, err := s.Purchase(id, amount(t, "5"), shop); err != nil || a.Approved || a.Reason != "1103 - Card is not active" {
		t.Errorf("a frozen card: %+v, %v", a, err)
	}
	holds("17.00")
	before := s.Reserve(issuing.CurrencyUSD)
	if err := s.Fund(issuing.CurrencyUSD, amount(t, "10")); err != nil {
		t.Fatal(err)
	}
	if got := s.Reserve(issuing.CurrencyUSD).Sub(before); got.String() != "10.00" {
		t.Errorf("funded %s", got)
	}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
}

// TestFailNextSaysWhy: a PIN order has a field for the reason, and the PIN stays.
func TestFailNextSaysWhy(t *testing.T) {
	t.Parallel()
	s := newPlatform(t, uqpaytest.Config{})
	c := newClient(t, s)
	id := newCard(t, s, c, "20")
	pin := issuing.NewSecret("482913")
	if err := s.FailNext("Cards.SetPIN", "pin_operation_failed"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []uqpay.Order{
		{Status: uqpay.OrderStatusFailed, FailureCode: "pin_operation_failed"}, {Status: uqpay.OrderStatusSuccess},
	} {
		result, err := c.Cards.SetPIN(t.Context(), uqpay.PINRequest{CardID: id, PIN: pin})
		if err != nil {
			t.Fatal(err)
		}
		s.Clock().Advance(time.Minute)
		got, err := c.Orders.Order(t.Context(), result.OrderID)
		if err != nil || got.Status != want.Status || got.FailureCode != want.FailureCode {
			t.Errorf("%+v, %v", got, err)
		}
		if s.CheckPIN(id, pin) != (want.FailureCode == "") {
			t.Errorf("after %s the PIN is set: %t", got.Status, s.CheckPIN(id, pin))
		}
	}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
}

// TestPurchaseAsksTheMerchant: Config.Authorize decides, and Config.DefaultApprove
// where it gives no answer.
func TestPurchaseAsksTheMerchant(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		code    string
		err     error
		approve bool
		want    issuingtest.Authorization
	}{
		"approved":                {code: "00", want: issuingtest.Authorization{Approved: true}},
		"declined":                {code: "51", want: issuingtest.Authorization{Reason: "1051 - Declined by the merchant"}},
		"no answer":               {err: errors.New("late"), want: issuingtest.Authorization{Reason: "1091 - No decision in time"}},
		"no answer, but approves": {err: errors.New("late"), approve: true, want: issuingtest.Authorization{Approved: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked map[string]any
			s := newPlatform(t, uqpaytest.Config{
				DefaultApprove: c.approve,
				Authorize: func(_ context.Context, request map[string]any) (string, error) {
					asked = request
					return c.code, c.err
				},
			})
			id := newCard(t, s, newClient(t, s), "20")
			got, err := s.Purchase(id, amount(t, "5"), issuingtest.Merchant{Name: "Books", MCC: "5942"})
			if err != nil || got.Approved != c.want.Approved || got.Reason != c.want.Reason {
				t.Errorf("%+v, %v", got, err)
			}
			if asked["transaction_id"] != got.ID || asked["card_id"] != id || asked["merchant_category_code"] != "5942" {
				t.Errorf("asked %v", asked)
			}
			if err := s.Check(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestParseConfigNamesEveryProblem(t *testing.T) {
	t.Parallel()
	texts := uqpay.ConfigTexts{
		BaseURL: "ftp://x", ClientID: "a b", APIKey: issuing.NewSecret("not a key\n"), FilesURL: "x", IframeURL: "http://example.com",
		OnBehalfOf: "a\nb",
	}
	_, err := uqpay.ParseConfig(texts)
	var e *issuing.Error
	if !errors.As(err, &e) || e.Kind != issuing.ErrInvalid || strings.Contains(err.Error(), "not a key") {
		t.Fatalf("%v", err)
	}
	var fields []string
	for _, f := range e.Fields {
		fields = append(fields, f.Field)
	}
	if got := strings.Join(fields, " "); got != "BaseURL FilesURL IframeURL ClientID APIKey OnBehalfOf" {
		t.Errorf("%s", got)
	}
	leaktest.Check(t, []string{"not a key"}, texts)
	cfg, err := uqpay.ParseConfig(uqpay.ConfigTexts{BaseURL: uqpay.SandboxURL, ClientID: "c", APIKey: issuing.NewSecret("k")})
	if err != nil || cfg.ClientID != "c" || cfg.APIKey.Reveal() != "k" {
		t.Errorf("%v", err)
	}
}
