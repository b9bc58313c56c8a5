package acme_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/acme"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
)

func TestCallback(t *testing.T) {
	t.Parallel()
	s := open(t)
	card := s.issue()
	s.fail = errors.New("the database is down")
	_, err := s.client.Cards.Deposit(t.Context(), deposit(card, "o-1"))
	check(t, err)
	s.server.Clock().Advance(0)
	s.fail = nil
	s.server.SetCallbackFault(issuingtest.CallbackFault{Duplicate: true})
	_, err = s.client.Cards.Deposit(t.Context(), deposit(card, "o-2"))
	check(t, err)
	s.server.Clock().Advance(time.Hour) // o-1 is sent again after a minute
	s.front.Close()                     // reports come after answers
	want := []webhook.Outcome{webhook.OutcomeFailed, webhook.OutcomeHandled, webhook.OutcomeDuplicate, webhook.OutcomeHandled}
	if !slices.Equal(s.outcomes, want) {
		t.Errorf("outcomes %v, want %v", s.outcomes, want)
	}
	var orders []string
	for _, event := range s.events {
		data, ok := event.Data.(*acme.CardDeposited)
		if !ok || event.Provider != "acme" || event.Type != acme.NotifyDeposit || event.Time.IsZero() || data.CardRef != card {
			t.Fatalf("%+v", event)
		}
		orders = append(orders, data.OrderNo)
		if !data.Amount.Equal(issuing.NewAmount(100, 0)) {
			t.Errorf("amount %v", data.Amount)
		}
	}
	if !slices.Equal(orders, []string{"o-1", "o-2", "o-1"}) || s.events[0].ID != s.events[2].ID || s.events[0].ID == s.events[1].ID {
		t.Errorf("events %v", orders)
	}
	if d := s.server.Deliveries(); len(d) != 4 || d[0].Accepted || !d[1].Accepted || !d[3].Accepted || d[3].Attempt != 2 {
		t.Errorf("deliveries %v", d)
	}
	check(t, s.server.Check())
}

// signed are the headers of a body under a stamp, from Acme or from the client.
func signed(t *testing.T, key sign.HMACKey, stamp, body string) http.Header {
	t.Helper()
	signature, err := sign.SignHMAC512(key, []byte(body), stamp)
	check(t, err)
	return http.Header{"X-Stamp": {stamp}, "X-Signature": {signature}}
}

func TestRefusedCallbacks(t *testing.T) {
	t.Parallel()
	s := open(t)
	now := s.server.Clock().Now()
	src, err := acme.NewCallbacks(acme.CallbackConfig{Secret: s.key, Now: s.server.Clock().Now})
	check(t, err)
	other, err := sign.NewHMACKey(issuing.NewSecret("another"))
	check(t, err)
	stamp := func(after time.Duration, nonce, typ string) string {
		return fmt.Sprintf("%d %s %s", now.Add(after).Unix(), nonce, typ)
	}
	good := stamp(0, "n-1", acme.NotifyDeposit)
	const body = `{"card_id":"card-1","order_no":"o-1","amount":"5.00"}`
	changed := signed(t, s.key, good, body)
	changed.Set("X-Stamp", stamp(0, "n-2", acme.NotifyDeposit))
	for name, tt := range map[string]struct {
		header http.Header
		body   string
		want   error
	}{
		"good":               {signed(t, s.key, good, body), body, nil},
		"just in time":       {signed(t, s.key, stamp(-299*time.Second, "n-1", acme.NotifyDeposit), body), body, nil},
		"nothing signed":     {http.Header{}, body, webhook.ErrSignature},
		"another secret":     {signed(t, other, good, body), body, webhook.ErrSignature},
		"another body":       {signed(t, s.key, good, body), body + " ", webhook.ErrSignature},
		"another stamp":      {changed, body, webhook.ErrSignature},
		"a stamp of two":     {signed(t, s.key, "1775008800 n-1", body), body, webhook.ErrSignature},
		"a request":          {signed(t, s.key, stamp(0, "n-1", "/Cards.Deposit"), body), body, webhook.ErrSignature},
		"too old":            {signed(t, s.key, stamp(-5*time.Minute, "n-1", acme.NotifyDeposit), body), body, webhook.ErrTimestamp},
		"too far ahead":      {signed(t, s.key, stamp(5*time.Minute, "n-1", acme.NotifyDeposit), body), body, webhook.ErrTimestamp},
		"a time of no clock": {signed(t, s.key, "now n-1 "+acme.NotifyDeposit, body), body, webhook.ErrTimestamp},
		"not an object":      {signed(t, s.key, good, "[1]"), "[1]", webhook.ErrPayload},
	} {
		event, err := src.Parse(tt.header, []byte(tt.body))
		if !errors.Is(err, tt.want) || (event == nil) != (tt.want != nil) {
			t.Errorf("%s: %v, %v", name, event, err)
		}
	}
	event, err := src.Parse(signed(t, s.key, stamp(0, "n-1", "card_closed"), body), []byte(body))
	check(t, err)
	if data, unknown := event.Data.(*webhook.Unknown); !unknown || data.Type != "card_closed" {
		t.Errorf("a new type: %+v", event)
	}
}

// A nonce is one delivery's, whatever else is signed with it.
func TestNonceIsClaimed(t *testing.T) {
	t.Parallel()
	s := open(t)
	src, err := acme.NewCallbacks(acme.CallbackConfig{Secret: s.key, Now: s.server.Clock().Now})
	check(t, err)
	var outcomes []webhook.Outcome
	handler := webhook.NewHandler(src, func(context.Context, *webhook.Event) error { return nil },
		webhook.WithObserver(func(_ context.Context, r webhook.Report) { outcomes = append(outcomes, r.Outcome) }))
	for _, tt := range []struct{ nonce, orderNo string }{{"n-1", "o-1"}, {"n-1", "o-2"}, {"n-2", "o-1"}, {"n-3", "o-2"}} {
		stamp := fmt.Sprintf("%d %s %s", s.server.Clock().Now().Unix(), tt.nonce, acme.NotifyDeposit)
		body := fmt.Sprintf(`{"card_id":"card-1","order_no":%q,"amount":"5.00"}`, tt.orderNo)
		handler.Handle(t.Context(), &webhook.Request{Header: signed(t, s.key, stamp, body), Body: []byte(body)})
	}
	want := []webhook.Outcome{webhook.OutcomeHandled, webhook.OutcomeDuplicate, webhook.OutcomeDuplicate, webhook.OutcomeHandled}
	if !slices.Equal(outcomes, want) {
		t.Errorf("outcomes %v, want %v", outcomes, want)
	}
}
