package acme_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/acme"
	"github.com/issuing-sdk/issuing-go/internal/acme/acmetest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
)

const secret = "acme-secret-0001"

// shop is a merchant with a platform of his own, whose callbacks arrive over HTTP.
type shop struct {
	front    *httptest.Server
	server   *acmetest.Server
	client   *acme.Client
	key      sign.HMACKey
	fail     error // of the next events
	events   []*webhook.Event
	outcomes []webhook.Outcome
}

func open(t *testing.T, opts ...issuing.Option) *shop {
	t.Helper()
	s := &shop{}
	var handler http.Handler
	s.front = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(s.front.Close)
	clock := issuingtest.NewClock(time.Date(2026, 4, 1, 2, 0, 0, 0, time.UTC))
	var err error
	s.server, err = acmetest.NewServer(acmetest.Config{Secret: issuing.NewSecret(secret), Clock: clock, WebhookURL: s.front.URL})
	check(t, err)
	t.Cleanup(s.server.Close)
	s.key = s.server.ClientConfig().Secret
	s.client, err = acme.New(s.server.ClientConfig(), append([]issuing.Option{
		issuing.WithClock(clock.Now), issuing.WithRetryWait(time.Millisecond, time.Millisecond),
	}, opts...)...)
	check(t, err)
	src, err := acme.NewCallbacks(acme.CallbackConfig{Secret: s.key, Now: clock.Now})
	check(t, err)
	handler = webhook.NewHandler(src, func(_ context.Context, event *webhook.Event) error {
		s.events = append(s.events, event)
		return s.fail
	}, webhook.WithObserver(func(_ context.Context, r webhook.Report) { s.outcomes = append(s.outcomes, r.Outcome) }))
	return s
}

// issue returns an active card.
func (s *shop) issue() acme.CardRef { return acme.CardRef{CardID: s.server.Issue()} }

// deposit is a top-up of a hundred dollars.
func deposit(card acme.CardRef, orderNo string) acme.Deposit {
	return acme.Deposit{CardRef: card, OrderNo: orderNo, Amount: issuing.NewAmount(10000, 2)}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
