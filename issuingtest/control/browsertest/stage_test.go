package browsertest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/issuingtest/control"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// seed makes the ids of the platforms, so that pictures are the same in every run.
const seed = "7"

// stage is a sandbox of all six platforms, whose clock is turned, and a merchant's
// service that gets their callbacks.
type stage struct {
	worldcard *worldcardtest.Server
	client    *worldcard.Client
	clock     *issuingtest.Clock
	handler   *control.Handler
	server    *httptest.Server
	down      atomic.Bool            // the control breaks connections off
	asked     atomic.Int64           // requests that the control got
	answer    atomic.Pointer[string] // of the merchant's service, with 401; nil is "ok" with 200
	got       atomic.Int64           // callbacks that it got
}

func newStage(t *testing.T, token string) *stage {
	t.Helper()
	s := &stage{clock: issuingtest.NewClock(time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC))}
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		s.got.Add(1)
		if text := s.answer.Load(); text != nil {
			http.Error(w, *text, http.StatusUnauthorized)
			return
		}
		_, _ = io.WriteString(w, "ok")
	}))
	t.Cleanup(service.Close)
	var list []control.Platform
	add := func(name string, p issuingtest.Platform, err error) {
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(p.Close)
		list = append(list, control.Platform{Name: name, Platform: p, Credentials: map[string]string{"secret": "key of " + name}})
	}
	var err error
	s.worldcard, err = worldcardtest.NewServer(worldcardtest.Config{Clock: s.clock, WebhookURL: service.URL + "/callbacks"})
	add("worldcard", s.worldcard.Platform, err)
	l, err := legacytest.NewServer(legacytest.Config{Clock: s.clock, Seed: seed})
	add("legacy", l.Platform, err)
	k, err := kazepaytest.NewServer(kazepaytest.Config{Clock: s.clock, Seed: seed})
	add("kazepay", k.Platform, err)
	u, err := uqpaytest.NewServer(uqpaytest.Config{Clock: s.clock, Seed: seed})
	add("uqpay", u.Platform, err)
	c, err := coshinetest.NewServer(coshinetest.Config{Clock: s.clock})
	add("coshine", c.Platform, err)
	up, err := unionpaytest.NewServer(unionpaytest.Config{Clock: s.clock, Seed: seed})
	add("unionpay", up.Platform, err)
	if s.client, err = worldcard.New(s.worldcard.ClientConfig(), issuing.WithClock(s.clock.Now)); err != nil {
		t.Fatal(err)
	}
	if s.handler, err = control.New(control.Config{Platforms: list, Token: issuing.NewSecret(token)}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.handler.Close)
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.asked.Add(1); s.down.Load() {
			panic(http.ErrAbortHandler)
		}
		s.handler.ServeHTTP(w, r)
	}))
	t.Cleanup(s.server.Close)
	t.Cleanup(s.server.CloseClientConnections)
	return s
}

// apply has the merchant's client apply for a card.
func (s *stage) apply(t *testing.T, key, first, last string) string {
	t.Helper()
	card, err := s.client.Virtual.Apply(t.Context(), worldcard.ApplyRequest{
		MerchantCardID: key, CardType: worldcard.CardTypeVirtualV, CardBINID: "1", FirstRechargeAmount: "250.00",
		FirstName: issuing.Personal(first), LastName: issuing.Personal(last), State: "NY", CountryCode: "US", City: "New York",
		Address: "123 Main St", PostalCode: "10001",
	})
	if err != nil {
		t.Fatal(err)
	}
	return card.ID
}

// do does an action as a script would, and returns what it answered.
func (s *stage) do(t *testing.T, provider, action string, args map[string]string) map[string]any {
	t.Helper()
	body, _ := json.Marshal(args)
	resp, err := http.Post(s.server.URL+"/v1/"+provider+"/actions/"+action, "application/json", strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var out map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s.%s: %d %v %v", provider, action, resp.StatusCode, out, err)
	}
	return out
}

// day is a morning of a merchant's: cards, purchases, a decline, a refusal, a fault, and
// a service that does not accept one of the callbacks. It returns the first card.
func (s *stage) day(t *testing.T) string {
	t.Helper()
	ctx := t.Context()
	ada := s.apply(t, "order-1001", "Ada", "Lovelace")
	s.clock.Advance(4 * time.Minute)
	grace := s.apply(t, "order-1002", "Grace", "Hopper")
	s.clock.Advance(3 * time.Minute)
	mary := s.apply(t, "order-1003", "Mary", "Jackson")
	s.clock.Advance(9 * time.Minute)
	bought := s.do(t, "worldcard", "purchase", map[string]string{"card": ada, "amount": "12.50", "shop": "Corner Books"})
	s.clock.Advance(26 * time.Minute)
	s.do(t, "worldcard", "settle", map[string]string{"card": ada, "transaction": fmt.Sprint(bought["transaction"])})
	s.clock.Advance(11 * time.Minute)
	s.worldcard.Inject("Cards.Deposit", issuingtest.DropAfter())
	deposit := worldcard.DepositRequest{CardRef: worldcard.ByCardID(ada), MerchantTransactionID: "top-up-88", Amount: "100.00"}
	if _, err := s.client.Cards.Deposit(ctx, deposit); err != nil {
		t.Fatal(err)
	}
	text := "bad signature"
	s.answer.Store(&text)
	s.clock.Advance(17 * time.Minute)
	s.answer.Store(nil)
	s.do(t, "worldcard", "decline", map[string]string{"card": ada, "shop": "Grand Hotel"})
	s.clock.Advance(38 * time.Minute)
	_, _ = s.client.Cards.Freeze(ctx, worldcard.ByCardID(mary))
	_, _ = s.client.Cards.Freeze(ctx, worldcard.ByCardID("404"))
	resp, err := http.Post(s.worldcard.URL()+"/api/v1/card/deposit", "application/json", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	s.clock.Advance(21 * time.Minute)
	s.do(t, "worldcard", "purchase", map[string]string{"card": grace, "amount": "86.20", "shop": "Lakeside Grocers"})
	s.do(t, "worldcard", "purchase", map[string]string{"card": ada, "amount": "41.90", "shop": "City Rail"})
	s.answer.Store(&text)
	s.clock.Advance(2 * time.Minute)
	if _, err := s.client.Virtual.Card(ctx, worldcard.ByCardID(ada)); err != nil {
		t.Fatal(err)
	}
	s.do(t, "kazepay", "issue-card", map[string]string{"email": "katherine@example.com", "amount": "60"})
	s.do(t, "uqpay", "issue-card", map[string]string{"product": uqpaytest.ProductSingle, "amount": "75"})
	return ada
}
