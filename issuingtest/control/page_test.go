package control_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/issuingtest/control"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// The page's files are served without the token, with a policy that lets nothing else
// in, and name only each other.
func TestPageFiles(t *testing.T) {
	t.Parallel()
	s := newStage(t, func(cfg *control.Config) { cfg.Token = issuing.NewSecret("token") })
	files, err := filepath.Glob("page/*")
	if err != nil || len(files) < 10 {
		t.Fatalf("%v %v", files, err)
	}
	elsewhere := regexp.MustCompile(`(?i)(https?:)?//[a-z0-9.-]+\.[a-z]{2,}`)
	unsafe := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|\.style\b|DOMParser|javascript:| on[a-z]+="| style="`)
	for _, file := range append(files, "") {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.server.URL+"/"+file, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		typ := resp.Header.Get("Content-Type")
		if resp.StatusCode != http.StatusOK || typ == "" || strings.HasPrefix(typ, "application/json") {
			t.Errorf("%s: %d %s", file, resp.StatusCode, typ)
		}
		policy := resp.Header.Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy %q", file, policy)
		}
		if file == "" {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Count(string(text), "\n") > 500 {
			t.Errorf("%s has more than 500 lines", file)
		}
		if found := elsewhere.FindString(strings.ReplaceAll(string(text), "http://www.w3.org/2000/svg", "")); found != "" && !strings.Contains(found, "127.0.0.1") {
			t.Errorf("%s names %s", file, found)
		}
		if found := unsafe.FindString(string(text)); found != "" {
			t.Errorf("%s has %q", file, found)
		}
	}
	if status, _ := s.ask(t, "GET", "/v1/state", ""); status != http.StatusUnauthorized {
		t.Errorf("the state without the token: %d", status)
	}
}

type cardList struct {
	Cards []struct {
		Provider, ID, Status, Number string
	}
	Balances []struct{ Provider, ID, Amount string }
	Statuses []string
	Counts   map[string]int
	Total    int
}

// Cards come page by page, the latest first, with what filters by them.
func TestCardPages(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	var ids []string
	for range 5 {
		id, err := s.worldcard.IssueCard(worldcard.CardTypeVirtualG, "10.00")
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	physical, err := s.worldcard.IssueCard(worldcard.CardTypePhysicalG, "0")
	if err != nil {
		t.Fatal(err)
	}
	list := func(query string) (ids []string, all cardList) {
		all = want[cardList](t, s, "GET", "/v1/cards?"+query, "")
		for _, c := range all.Cards {
			ids = append(ids, c.ID)
		}
		return ids, all
	}
	got, all := list("provider=worldcard")
	if diff := cmp.Diff([]string{physical, ids[4], ids[3], ids[2], ids[1], ids[0]}, got); diff != "" || all.Total != 6 {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"active", "pending KYC"}, all.Statuses); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]int{"worldcard": 6}, all.Counts); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	if len(all.Balances) != 1 || all.Balances[0].Amount != "999950.00" {
		t.Errorf("balances %v", all.Balances)
	}
	for query, want := range map[string][]string{
		"limit=2&offset=1": {ids[4], ids[3]}, "limit=2&offset=5": {ids[0]}, "offset=9": nil, "limit=0": nil,
		"status=active&limit=1": {ids[4]}, "search=" + ids[2]: {ids[2]}, "search=nobody": nil, "provider=uqpay": nil,
		"search=LOVELACE&status=pending%20KYC": {physical},
	} {
		if got, _ := list(query); !cmp.Equal(got, want) {
			t.Errorf("%s: %v, want %v", query, got, want)
		}
	}
	if _, all := list("search=" + ids[2]); all.Total != 1 || len(all.Statuses) != 2 {
		t.Errorf("a filter changes what filters there are: %+v", all)
	}
}

type life struct {
	Card     issuingtest.Item
	Timeline []struct {
		At       time.Time
		Kind     string
		Item     *issuingtest.Item
		Request  *struct{ Operation, Card string }
		Callback *struct{ Type, Card string }
	}
	More bool
}

// The life of a card tells what was asked of it, what happened and what was said of it,
// and of no other card.
func TestTimeline(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	client, err := worldcard.New(s.worldcard.ClientConfig(), issuing.WithClock(s.clock.Now))
	if err != nil {
		t.Fatal(err)
	}
	card, _ := s.worldcard.IssueCard(worldcard.CardTypeVirtualG, "100.00")
	other, _ := s.worldcard.IssueCard(worldcard.CardTypeVirtualG, "100.00")
	for _, id := range []string{other, card} {
		s.clock.Advance(time.Minute)
		if _, err := client.Cards.Deposit(t.Context(), worldcard.DepositRequest{
			CardRef: worldcard.ByCardID(id), MerchantTransactionID: "d-" + id, Amount: "20.00",
		}); err != nil {
			t.Fatal(err)
		}
		s.clock.Advance(time.Minute)
		want[any](t, s, "POST", "/v1/worldcard/actions/purchase", `{"card":"`+id+`","amount":"12.50"}`)
		s.clock.Advance(time.Minute)
	}
	if _, err := client.Cards.Freeze(t.Context(), worldcard.ByCardID(card)); err != nil {
		t.Fatal(err)
	}
	told := func(query string) (lines []string) {
		l := want[life](t, s, "GET", "/v1/timeline?provider=worldcard&card="+card+query, "")
		if l.Card.ID != card || l.More {
			t.Errorf("%+v", l)
		}
		for i, m := range l.Timeline {
			if i > 0 && m.At.After(l.Timeline[i-1].At) {
				t.Error("the order is not the latest first")
			}
			switch {
			case m.Request != nil:
				lines = append(lines, m.Kind+" "+m.Request.Operation)
			case m.Callback != nil:
				lines = append(lines, m.Kind+" "+m.Callback.Type)
			default:
				lines = append(lines, m.Kind+" "+m.Item.Kind)
			}
		}
		return lines
	}
	if diff := cmp.Diff([]string{
		"request Cards.Freeze", "callback card_billing", "transaction Authorization",
		"callback card_deposit", "order deposit", "request Cards.Deposit", "card VIRTUAL-G",
	}, told("")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"transaction Authorization", "order deposit"}, told("&kinds=order,transaction")); diff != "" {
		t.Errorf("some kinds (-want +got):\n%s", diff)
	}
	for path, list := range map[string]string{"/v1/requests": "requests", "/v1/callbacks": "callbacks"} {
		got := want[map[string]json.RawMessage](t, s, "GET", path+"?card="+card, "")
		var items []struct{ Card string }
		err := json.Unmarshal(got[list], &items)
		if err != nil || len(items) != 2 || items[0].Card != card || items[1].Card != card {
			t.Errorf("%s of the card: %s %v", list, got[list], err)
		}
	}
	for range control.MaxRequests/50 + 1 {
		if _, err := client.Virtual.Card(t.Context(), worldcard.ByCardID(card)); err != nil {
			t.Fatal(err)
		}
	}
	if l := want[life](t, s, "GET", "/v1/timeline?provider=worldcard&card="+card, ""); len(l.Timeline) != 200 || !l.More {
		t.Errorf("%d moments, more %t", len(l.Timeline), l.More)
	}
	if got := fmt.Sprint(told("&kinds=order")); got != "[order deposit]" {
		t.Errorf("an order behind many requests: %s", got)
	}
}
