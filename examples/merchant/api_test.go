//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
)

func TestOrders(t *testing.T) {
	t.Parallel()
	s := newService(t, "", nil)
	body := map[string]any{
		"provider": "worldcard", "kind": "apply", "key": "k", "product": "VIRTUAL-R", "bin": "2", "amount": "100.00",
		"holder": map[string]string{"email": "ada@example.com"},
	}
	status, first := s.post("/v1/orders", body)
	var v view
	ok(t, json.Unmarshal([]byte(first), &v))
	if status != http.StatusAccepted || v.State != stateQueued || v.Final || strings.Contains(first, "ada@") {
		t.Errorf("%d: %s", status, first)
	}
	status, again := s.post("/v1/orders", body)
	if status != http.StatusAccepted || again != first {
		t.Errorf("the same again: %d: %s", status, again)
	}
	other := maps.Clone(body)
	other["amount"] = "100.01"
	if status, text := s.post("/v1/orders", other); status != http.StatusConflict {
		t.Errorf("another order under the key: %d: %s", status, text)
	}
	if status, text := s.get("/v1/orders/" + v.ID); status != http.StatusOK || text != first {
		t.Errorf("%d: %s", status, text)
	}
	if status, _ := s.get("/v1/orders/1"); status != http.StatusNotFound {
		t.Errorf("an order that is not there: %d", status)
	}
	if n := s.count("SELECT COUNT(*) FROM river_job WHERE kind = 'send'"); n != 1 {
		t.Errorf("%d jobs, want 1", n)
	}
}

func TestOrdersAreRefused(t *testing.T) {
	t.Parallel()
	s := newService(t, "", nil)
	card := s.card("kazepay")
	open := s.deposit("kazepay", card, "open")
	deposit := func(change map[string]any) map[string]any {
		body := map[string]any{"provider": "kazepay", "kind": "deposit", "key": "k", "card": card, "amount": "10"}
		maps.Copy(body, change)
		return body
	}
	for name, test := range map[string]struct {
		body   any
		status int
		want   string
	}{
		"not JSON":         {"x", http.StatusBadRequest, "JSON"},
		"unknown member":   {deposit(map[string]any{"ammount": "1"}), http.StatusBadRequest, "ammount"},
		"unknown provider": {deposit(map[string]any{"provider": "bank"}), http.StatusBadRequest, "bank"},
		"unknown kind":     {deposit(map[string]any{"kind": "activate"}), http.StatusBadRequest, "activate"},
		"a key with a NUL": {deposit(map[string]any{"key": "k\x00"}), http.StatusBadRequest, "key"},
		"a card with one":  {deposit(map[string]any{"card": "1\x00"}), http.StatusBadRequest, "card"},
		"no key":           {deposit(map[string]any{"key": ""}), http.StatusBadRequest, "key"},
		"no card":          {deposit(map[string]any{"card": ""}), http.StatusBadRequest, "card"},
		"a card for apply": {deposit(map[string]any{"kind": "apply"}), http.StatusBadRequest, "card"},
		"no amount":        {deposit(map[string]any{"amount": "0"}), http.StatusBadRequest, "amount"},
		"a float":          {deposit(map[string]any{"amount": "1e999999"}), http.StatusBadRequest, "JSON"},
		"strange card":     {deposit(map[string]any{"card": "1"}), http.StatusBadRequest, "card"},
		"another's card":   {deposit(map[string]any{"provider": "worldcard"}), http.StatusBadRequest, "card"},
		"no card's order":  {deposit(map[string]any{"card": open.ID}), http.StatusBadRequest, "card"},
		// Only a list shows KazePay's top-ups, so that they go one at a time.
		"a rival": {deposit(nil), http.StatusConflict, open.ID},
		"huge":    {deposit(map[string]any{"key": strings.Repeat("k", maxRequest)}), http.StatusBadRequest, "large"},
	} {
		if status, text := s.post("/v1/orders", test.body); status != test.status || !strings.Contains(text, test.want) {
			t.Errorf("%s: %d: %s", name, status, text)
		}
	}
	if n := s.count("SELECT COUNT(*) FROM orders"); n != 2 {
		t.Errorf("%d orders are stored, want 2", n)
	}
	s.tell(open.ID, evidence{finding: foundDone})
	if status, text := s.post("/v1/orders", deposit(nil)); status != http.StatusAccepted {
		t.Errorf("after the rival: %d: %s", status, text)
	}
	// Who lost the answer to an order repeats its key, whatever is under way by then: told to
	// wait, he would take another key.
	again := deposit(map[string]any{"key": "open", "amount": fleetAmount, "currency": issuing.CurrencyUSD})
	if status, text := s.post("/v1/orders", again); status != http.StatusAccepted || !strings.Contains(text, open.ID) {
		t.Errorf("a repeat while a rival is under way: %d: %s", status, text)
	}
}

func TestGuard(t *testing.T) {
	t.Parallel()
	s := newService(t, "", map[string]string{"MERCHANT_TOKEN": testToken})
	for path, want := range map[string]int{"/": 401, "/v1/differences": 401, "/metrics": 401, "/healthz": 204,
		"/readyz": 204} {
		if status, _ := s.get(path); status != want {
			t.Errorf("%s without a token: %d, want %d", path, status, want)
		}
	}
	if status, _ := s.get("/", "Authorization", "Bearer "); status != 401 {
		t.Errorf("with an empty token: %d", status)
	}
	bearer := []string{"Authorization", "Bearer " + testToken}
	if status, text := s.get("/", bearer...); status != 200 || !strings.Contains(text, "Operations") {
		t.Errorf("with the token: %d", status)
	}
	if status, _ := s.get("/", "Authorization", "Bearer 0123456789abcdeF"); status != 401 {
		t.Errorf("with another token: %d", status)
	}
	if status, _ := s.get("/", "Authorization", "Basic YW55OjAxMjM0NTY3ODlhYmNkZWY="); status != 200 {
		t.Errorf("as a browser does: %d", status)
	}
	// A page of another site cannot press the button, though the browser has the token.
	status, _ := s.post("/settle", nil, append(bearer, "Sec-Fetch-Site", "cross-site")...)
	if status != http.StatusForbidden {
		t.Errorf("from another site: %d", status)
	}
	s.started.Store(false)
	if status, _ := s.get("/readyz"); status != http.StatusServiceUnavailable {
		t.Errorf("ready while it ends: %d", status)
	}
	s.started.Store(true)
	s.store.close()
	if status, text := s.get("/readyz"); status != http.StatusServiceUnavailable || strings.Contains(text, "sql") {
		t.Errorf("ready without a database: %d: %s", status, text)
	}
}

// Without a token the service is for this machine alone: neither a page whose name was
// pointed at it may speak to it, nor who comes through a proxy.
func TestGuardWithoutAToken(t *testing.T) {
	t.Parallel()
	s := newService(t, "", nil)
	handler := s.routes()
	for host, want := range map[string]int{
		"127.0.0.1:8088": 200, "localhost:8088": 200, "[::1]:8088": 200, "127.0.0.1": 200,
		"attacker.example:8088": 403, "merchant.example": 403, "10.0.0.1": 403, "": 403, "localhost.example": 403,
	} {
		r := httptest.NewRequest(http.MethodGet, "/v1/differences", nil)
		r.Host = host
		w := httptest.NewRecorder()
		if handler.ServeHTTP(w, r); w.Code != want {
			t.Errorf("%q: %d, want %d", host, w.Code, want)
		}
	}
}

func TestSettleNow(t *testing.T) {
	t.Parallel()
	s := newService(t, "", nil)
	o := s.deposit("worldcard", s.card("worldcard"), "k")
	if status, text := s.post("/v1/orders/"+o.ID+"/settle", nil); status != http.StatusConflict {
		t.Errorf("of a queued one: %d: %s", status, text)
	}
	s.tell(o.ID, evidence{finding: foundAccepted, wait: 1 << 40})
	before := s.at(o.ID)
	if status, text := s.post("/v1/orders/"+o.ID+"/settle", nil); status != http.StatusAccepted {
		t.Errorf("of an accepted one: %d: %s", status, text)
	}
	if got := s.at(o.ID); got.Epoch != before.Epoch+1 ||
		s.count("SELECT COUNT(*) FROM river_job WHERE kind = 'settle'") != 1 {
		t.Errorf("%+v", got)
	}
}

// Of any number of callers at once one gets its order in where a card has one at a time.
func TestRivalsAtOnce(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, s *service) {
		card := s.card("kazepay")
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				body := map[string]any{"provider": "kazepay", "kind": "deposit", "key": fmt.Sprint(i), "card": card,
					"amount": "10"}
				for { // who waits too long for the card is told to come again
					switch status, text := s.post("/v1/orders", body); status {
					case http.StatusServiceUnavailable:
						continue
					case http.StatusAccepted, http.StatusConflict:
					default:
						t.Errorf("%d: %s", status, text)
					}
					return
				}
			})
		}
		all.Wait()
		if n := s.count("SELECT COUNT(*) FROM orders WHERE kind = 'deposit'"); n != 1 {
			t.Errorf("%d orders were taken, want 1", n)
		}
	})
}
