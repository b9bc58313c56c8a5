package issuingtest_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// asksOf has a client ask about a card of a platform, by whatever its provider
// names cards by.
func asksOf(t *testing.T, server any, clock *issuingtest.Clock, card issuingtest.Item) error {
	t.Helper()
	now := issuing.WithClock(clock.Now)
	switch s := server.(type) {
	case *worldcardtest.Server:
		client := must[*worldcard.Client](t)(worldcard.New(s.ClientConfig(), now))
		_, err := client.Cards.Freeze(t.Context(), worldcard.ByMerchantCardID(card.Key))
		return err
	case *legacytest.Server:
		client := must[*legacy.Client](t)(legacy.New(s.ClientConfig(), now))
		actions := s.Platform.Actions()
		i := slices.IndexFunc(actions, func(a issuingtest.Action) bool { return a.Name == "reveal-card" })
		answer := must[any](t)(actions[i].Run(t.Context(), map[string]string{"card": card.ID}))
		var named struct{ Number string }
		if err := json.Unmarshal(must[[]byte](t)(json.Marshal(answer)), &named); err != nil {
			return err
		}
		_, err := client.VirtualP.Card(t.Context(), issuing.NewSecret(named.Number))
		return err
	case *kazepaytest.Server:
		client := must[*kazepay.Client](t)(kazepay.New(s.ClientConfig(), now))
		_, err := client.Cards.Card(t.Context(), card.ID)
		return err
	case *uqpaytest.Server:
		client := must[*uqpay.Client](t)(uqpay.New(s.ClientConfig(), now))
		_, err := client.Cards.Card(t.Context(), card.ID)
		return err
	case *coshinetest.Server:
		client := must[*coshine.Client](t)(coshine.New(s.ClientConfig(), now))
		_, err := client.Cards.Card(t.Context(), coshine.CardRequest{CardToken: coshine.CardToken(card.ID)})
		return err
	case *unionpaytest.Server:
		client := must[*unionpay.Client](t)(unionpay.New(s.ClientConfig(), now))
		_, err := client.Tokens.Token(t.Context(), unionpay.TokenQuery{RefID: s.Tokens()[0].RefID})
		return err
	}
	t.Fatalf("no client for %T", server)
	return nil
}

// Platforms tell their observers which card a request or a callback is about, by the id
// that the state has.
func TestEventsNameTheirCard(t *testing.T) {
	t.Parallel()
	hook := httptest.NewServer(http.NotFoundHandler())
	defer hook.Close()
	for _, tt := range platformsUnderTest(t) {
		clock := issuingtest.NewClock(time.Date(2026, 4, 1, 2, 0, 0, 0, time.UTC))
		server, p := tt.start(t, clock, hook.URL)
		defer p.Close()
		var mu sync.Mutex
		var requests, callbacks []string
		p.Observe(func(e issuingtest.Event) {
			mu.Lock()
			defer mu.Unlock()
			if e.Request != nil {
				requests = append(requests, e.Request.Card)
			} else {
				callbacks = append(callbacks, e.Delivery.Card)
			}
		})
		var ids []string
		for _, c := range p.State().Cards {
			ids = append(ids, c.ID)
		}
		if err := asksOf(t, server, clock, p.State().Cards[len(ids)-1]); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		if s, ok := server.(*coshinetest.Server); ok { // the others have said something at their start
			if err := s.Notify(coshine.APIAuthorizationNotification, map[string]any{"cardToken": ids[0]}); err != nil {
				t.Fatal(err)
			}
		}
		clock.Advance(time.Second)
		mu.Lock()
		for what, cards := range map[string][]string{"request": requests, "callback": callbacks} {
			known := func(id string) bool { return slices.Contains(ids, id) }
			if !slices.ContainsFunc(cards, known) {
				t.Errorf("%s: no %s is about one of the cards %v: %q", tt.name, what, ids, cards)
			}
			if i := slices.IndexFunc(cards, func(id string) bool { return id != "" && !known(id) }); i >= 0 {
				t.Errorf("%s: a %s is about %q, which is no card", tt.name, what, cards[i])
			}
		}
		mu.Unlock()
	}
}
