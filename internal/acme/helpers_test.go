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
	"github.com/issuing-sdk/issuing-go/webhook"
)

const secret = "acme-secret-0001"

// shop is a merchant with a platform of his own, whose callbacks arrive over HTTP.
type shop struct {
	front     *httptest.Server
	server    *acmetest.Server
	client    *acme.Client
	callbacks *webhook.Source
	fail      error // of the next events
	events    []*webhook.Event
	outcomes  []webhook.Outcome
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
	s.client, err = acme.New(s.config(secret), append([]issuing.Option{
		issuing.WithClock(clock.Now), issuing.WithRetryWait(time.Millisecond, time.Millisecond),
	}, opts...)...)
	check(t, err)
	s.callbacks, err = acme.NewCallbacks(issuing.NewSecret(secret), webhook.WithClock(clock.Now))
	check(t, err)
	handler = webhook.NewHandler(s.callbacks, func(_ context.Context, event *webhook.Event) error {
		s.events = append(s.events, event)
		return s.fail
	}, webhook.WithObserver(func(_ context.Context, r webhook.Report) { s.outcomes = append(s.outcomes, r.Outcome) }))
	return s
}

// config is a client's, of this platform.
func (s *shop) config(secret string) acme.Config {
	return acme.Config{BaseURL: s.server.URL(), Secret: issuing.NewSecret(secret)}
}

// issue returns an active card.
func (s *shop) issue() acme.CardRef { return acme.CardRef{CardID: s.server.Issue()} }

// deposit is a top-up of a hundred dollars.
func deposit(card acme.CardRef, orderNo string) acme.Deposit {
	return acme.Deposit{OrderRef: acme.OrderRef{OrderNo: orderNo}, CardID: card.CardID, Amount: issuing.NewAmount(10000, 2)}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
