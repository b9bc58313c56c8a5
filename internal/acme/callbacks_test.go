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
		if !ok || event.Provider != "acme" || event.Type != acme.EventCardDeposited || event.Time.IsZero() || data.CardID != card.CardID {
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

// signed are the headers of a body under a stamp.
func signed(t *testing.T, secret, stamp, body string) http.Header {
	t.Helper()
	key, err := sign.NewHMACKey(issuing.NewSecret(secret))
	check(t, err)
	signature, err := sign.SignHMAC512(key, []byte(body), stamp)
	check(t, err)
	return http.Header{"X-Stamp": {stamp}, "X-Signature": {signature}}
}

// pushed is the body of a callback of a type.
func pushed(typ, orderNo string) string {
	return fmt.Sprintf(`{"type":%q,"card_id":"card-1","order_no":%q,"amount":"5.00"}`, typ, orderNo)
}

func TestRefusedCallbacks(t *testing.T) {
	t.Parallel()
	s := open(t)
	stamp := func(after time.Duration) string { return fmt.Sprint(s.server.Clock().Now().Add(after).Unix()) }
	now, body := stamp(0), pushed(acme.EventCardDeposited, "o-1")
	changed := signed(t, secret, now, body)
	changed.Set("X-Stamp", stamp(time.Second))
	for name, tt := range map[string]struct {
		header http.Header
		body   string
		want   error
	}{
		"good":               {signed(t, secret, now, body), body, nil},
		"just in time":       {signed(t, secret, stamp(-299*time.Second), body), body, nil},
		"nothing signed":     {http.Header{}, body, webhook.ErrSignature},
		"another secret":     {signed(t, "another", now, body), body, webhook.ErrSignature},
		"another body":       {signed(t, secret, now, body), body + " ", webhook.ErrSignature},
		"another time":       {changed, body, webhook.ErrSignature},
		"too old":            {signed(t, secret, stamp(-5*time.Minute), body), body, webhook.ErrTimestamp},
		"too far ahead":      {signed(t, secret, stamp(5*time.Minute), body), body, webhook.ErrTimestamp},
		"a time of no clock": {signed(t, secret, "now", body), body, webhook.ErrTimestamp},
		"no time":            {signed(t, secret, "", body), body, webhook.ErrTimestamp},
		"not whole":          {signed(t, secret, now, body[:len(body)-1]), body[:len(body)-1], webhook.ErrPayload},
	} {
		event, err := s.callbacks.Parse(tt.header, []byte(tt.body))
		if !errors.Is(err, tt.want) || (event == nil) != (tt.want != nil) {
			t.Errorf("%s: %v, %v", name, event, err)
		}
	}
	for body, typ := range map[string]string{pushed("card_closed", "o-1"): "card_closed", `{"amount":{}}`: "", "[1]": ""} {
		event, err := s.callbacks.Parse(signed(t, secret, now, body), []byte(body))
		check(t, err)
		if data, unknown := event.Data.(*webhook.Unknown); !unknown || data.Type != typ || data.Raw.Reveal() != body || event.ID == "" {
			t.Errorf("an unknown type: %+v", event)
		}
	}
}

// An event is its body: signed anew it is the same, and another is handled.
func TestRepeatedCallbacks(t *testing.T) {
	t.Parallel()
	s := open(t)
	var outcomes []webhook.Outcome
	handler := webhook.NewHandler(s.callbacks, func(context.Context, *webhook.Event) error { return nil },
		webhook.WithObserver(func(_ context.Context, r webhook.Report) { outcomes = append(outcomes, r.Outcome) }))
	for i, orderNo := range []string{"o-1", "o-1", "o-2"} {
		body := pushed(acme.EventCardDeposited, orderNo)
		stamp := fmt.Sprint(s.server.Clock().Now().Unix() + int64(i))
		handler.Handle(t.Context(), &webhook.Request{Header: signed(t, secret, stamp, body), Body: []byte(body)})
	}
	want := []webhook.Outcome{webhook.OutcomeHandled, webhook.OutcomeDuplicate, webhook.OutcomeHandled}
	if !slices.Equal(outcomes, want) {
		t.Errorf("outcomes %v, want %v", outcomes, want)
	}
}
