package uqpay_test

import (
	"errors"
	"strings"
	"testing"

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
