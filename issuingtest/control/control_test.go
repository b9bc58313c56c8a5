package control_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/issuingtest/control"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// stage is two platforms, their clock and their control.
type stage struct {
	worldcard *worldcardtest.Server
	uqpay     *uqpaytest.Server
	clock     *issuingtest.Clock
	server    *httptest.Server
	hooks     chan string
}

func newStage(t *testing.T, change func(*control.Config)) *stage {
	t.Helper()
	s := &stage{hooks: make(chan string, 1000), clock: issuingtest.NewClock(time.Date(2026, 4, 1, 2, 0, 0, 0, time.UTC))}
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.hooks <- string(body)
		http.Error(w, "bad signature", http.StatusUnauthorized)
	}))
	t.Cleanup(hook.Close)
	var err error
	if s.worldcard, err = worldcardtest.NewServer(worldcardtest.Config{Clock: s.clock, WebhookURL: hook.URL}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.worldcard.Close)
	if s.uqpay, err = uqpaytest.NewServer(uqpaytest.Config{Clock: s.clock}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.uqpay.Close)
	cfg := control.Config{Platforms: []control.Platform{
		{Name: "worldcard", Platform: s.worldcard.Platform, Credentials: map[string]string{"aes_key": s.worldcard.AESKeyText().Reveal()}},
		{Name: "uqpay", Platform: s.uqpay.Platform},
	}}
	if change != nil {
		change(&cfg)
	}
	handler, err := control.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	s.server = httptest.NewServer(handler)
	t.Cleanup(s.server.Close)
	t.Cleanup(handler.Close)
	return s
}

// ask sends a request and returns status and body.
func (s *stage) ask(t *testing.T, method, path, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.server.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/json")
	}
	return send(t, req)
}

func send(t *testing.T, req *http.Request) (int, string) {
	t.Helper()
	resp, err := http.DefaultTransport.RoundTrip(req) // without following redirects
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// want sends a request that has to succeed and decodes what it answers.
func want[T any](t *testing.T, s *stage, method, path, body string) (out T) {
	t.Helper()
	status, text := s.ask(t, method, path, body)
	if status != http.StatusOK && status != http.StatusAccepted {
		t.Fatalf("%s %s: %d %s", method, path, status, text)
	}
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatalf("%s %s: %v in %s", method, path, err, text)
	}
	return out
}

type states struct {
	Providers map[string]issuingtest.State
}

// A card is issued, used, refused, and the books, requests and callbacks tell of it.
func TestALifeOverHTTP(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	card := want[struct{ Card string }](t, s, "POST", "/v1/worldcard/actions/issue-card", `{"type":"VIRTUAL-G","amount":100}`).Card
	bought := want[struct {
		Transaction string
		Approved    bool
	}](t, s, "POST", "/v1/worldcard/actions/purchase", `{"card":"`+card+`","amount":"12.50","shop":"Corner Books"}`)
	if !bought.Approved {
		t.Fatal("declined")
	}
	declined := want[map[string]any](t, s, "POST", "/v1/worldcard/actions/decline", `{"card":"`+card+`"}`)
	if declined["approved"] != false || declined["reason"] != "insufficient balance" {
		t.Errorf("%v", declined)
	}
	want[any](t, s, "POST", "/v1/worldcard/actions/settle", `{"card":"`+card+`","transaction":"`+bought.Transaction+`"}`)
	state := want[states](t, s, "GET", "/v1/state?provider=worldcard", "").Providers["worldcard"]
	if len(state.Cards) != 1 || state.Cards[0].Amount != "87.50" || state.Cards[0].Status != "active" || !strings.Contains(state.Cards[0].Number, "••••••") ||
		len(state.Transactions) != 3 || state.Balances[0].Amount != "999900.00" {
		t.Errorf("%+v", state)
	}
	clock := want[map[string]map[string]struct {
		Now     time.Time
		Turning bool
	}](t, s, "POST", "/v1/clock", `{"advance":"24h"}`)
	if got := clock["providers"]; len(got) != 2 || got["worldcard"].Turning && got["uqpay"].Turning {
		t.Errorf("%v", got)
	}
	s.clock.Advance(0) // behind the turns
	list := want[struct {
		Callbacks []struct {
			ID       uint64
			Type     string
			Accepted bool
			Tried    int
			Attempts []struct {
				Status int
				Answer string
			}
		}
		Total, Dropped uint64
	}](t, s, "GET", "/v1/callbacks?provider=worldcard&accepted=false", "")
	if len(list.Callbacks) != 3 || list.Callbacks[0].Type != worldcard.EventCardBilled || list.Callbacks[0].Attempts[0].Status != 401 ||
		list.Callbacks[0].Attempts[0].Answer != "bad signature\n" || list.Callbacks[0].Tried < 10 || len(list.Callbacks[0].Attempts) != 10 {
		t.Errorf("%+v", list)
	}
	before := len(s.hooks)
	want[any](t, s, "POST", fmt.Sprintf("/v1/callbacks/%d/resend", list.Callbacks[0].ID), "")
	s.clock.Advance(0)
	if len(s.hooks) != before+1 {
		t.Errorf("%d deliveries more", len(s.hooks)-before)
	}
	revealed := want[struct{ Deliveries []struct{ Body string } }](t, s, "POST", fmt.Sprintf("/v1/callbacks/%d/reveal", list.Callbacks[0].ID), "")
	if len(revealed.Deliveries) != 10 || !strings.HasPrefix(revealed.Deliveries[0].Body, `{"`) {
		t.Errorf("%+v", revealed)
	}
	if keys := want[map[string]any](t, s, "POST", "/v1/keys?provider=worldcard", ""); fmt.Sprint(keys["providers"]) != "map[worldcard:map[aes_key:"+s.worldcard.AESKeyText().Reveal()+"]]" {
		t.Error("the keys are not the platform's")
	}
}

// What a client sends is seen, and so is why it was refused and which fault it met.
func TestRequestsWithVerdicts(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	client, err := worldcard.New(s.worldcard.ClientConfig(), issuing.WithClock(s.clock.Now))
	if err != nil {
		t.Fatal(err)
	}
	card, err := s.worldcard.IssueCard(worldcard.CardTypeVirtualG, "100.00")
	if err != nil {
		t.Fatal(err)
	}
	want[any](t, s, "POST", "/v1/worldcard/actions/inject", `{"operation":"Cards.Deposit","fault":"drop-after"}`)
	if faults := want[map[string]any](t, s, "GET", "/v1/faults?provider=worldcard", ""); fmt.Sprint(faults["providers"]) != "map[worldcard:map[Cards.Deposit:[drop-after]]]" {
		t.Errorf("%v", faults)
	}
	if _, err := client.Cards.Deposit(t.Context(), worldcard.DepositRequest{CardRef: worldcard.ByCardID(card), MerchantTransactionID: "d-9", Amount: "20.00"}); err != nil {
		t.Errorf("the client looks the top-up up: %v", err)
	}
	_, _ = client.Cards.Freeze(t.Context(), worldcard.ByCardID("404"))
	resp, err := http.Post(s.worldcard.URL()+"/api/v1/card/deposit", "application/json", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	type row struct {
		ID                                         uint64
		Provider, Operation, Verdict, Check, Fault string
		Expected                                   string
	}
	list := want[struct{ Requests []row }](t, s, "GET", "/v1/requests", "")
	got := list.Requests
	wanted := []row{
		{5, "worldcard", "Cards.Deposit", "refused", "headers", "", "X-App-Id, X-Timestamp, X-Nonce and X-Signature"},
		{4, "worldcard", "Cards.Freeze", "refused", "code 10001", "", "Card does not exist"},
		{3, "worldcard", "Cards.Deposits", "ok", "", "", ""},
		{2, "worldcard", "Cards.Deposit", "refused", "code 10011", "", "Duplicate card order"}, // the repeat after the broken answer
		{1, "worldcard", "Cards.Deposit", "fault", "", "drop-after", ""},
	}
	if diff := cmp.Diff(wanted, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for query, ids := range map[string]string{
		"verdict=refused": "5 4 2", "operation=Cards.Deposit": "5 2 1", "provider=uqpay": "", "limit=1": "5", "before=3": "2 1", "before=99": "5 4 3 2 1",
		"verdict=fault&operation=Cards.Deposit": "1",
	} {
		var got []string
		for _, r := range want[struct{ Requests []row }](t, s, "GET", "/v1/requests?"+query, "").Requests {
			got = append(got, fmt.Sprint(r.ID))
		}
		if strings.Join(got, " ") != ids {
			t.Errorf("%s: %v, want %s", query, got, ids)
		}
	}
	if one := want[row](t, s, "GET", "/v1/requests/4", ""); one.Operation != "Cards.Freeze" {
		t.Errorf("%+v", one)
	}
}

// The stream goes on where a list or a lost connection ended.
func TestStream(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	first := want[struct {
		LastEvent string `json:"last_event"`
	}](t, s, "GET", "/v1/state", "").LastEvent
	want[any](t, s, "POST", "/v1/uqpay/actions/fund", `{"currency":"USD","amount":"5"}`)
	read := func(after string, n int) (lines []string) {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		req, _ := http.NewRequestWithContext(ctx, http.MethodGet, s.server.URL+"/v1/events?after="+after, nil)
		req.Header.Set("Accept", "text/event-stream")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		if got := resp.Header.Get("Content-Type"); got != "text/event-stream; charset=utf-8" {
			t.Errorf("content type %s", got)
		}
		for scanner := bufio.NewScanner(resp.Body); len(lines) < n && scanner.Scan(); {
			if text := scanner.Text(); strings.HasPrefix(text, "event: ") || strings.HasPrefix(text, "id: ") {
				lines = append(lines, text)
			}
		}
		return lines
	}
	boot, _, _ := strings.Cut(first, "-")
	if diff := cmp.Diff([]string{"event: action", "id: " + boot + "-1"}, read(first, 2)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	go func() { _, _ = http.Post(s.uqpay.URL()+"/v1/nowhere", "application/json", nil) }()
	if diff := cmp.Diff([]string{"event: request", "id: " + boot + "-2"}, read(boot+"-1", 2)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, lost := range []string{"another-1", boot + "-99", boot + "-x"} {
		if diff := cmp.Diff([]string{"event: reset", "id: " + boot + "-2"}, read(lost, 2)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", lost, diff)
		}
	}
	page := want[struct{ Events []struct{ Kind, Text string } }](t, s, "GET", "/v1/events", "")
	if len(page.Events) != 2 || page.Events[0].Text != "fund" || page.Events[1].Text != "POST /api/v1/nowhere refused: not_found" {
		t.Errorf("%+v", page)
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	for name, platforms := range map[string][]string{
		"none": nil, "no name": {""}, "capitals": {"World"}, "a path": {"a/b"}, "twice": {"a", "a"}, "a word of the paths": {"actions"},
	} {
		var cfg control.Config
		for _, n := range platforms {
			cfg.Platforms = append(cfg.Platforms, control.Platform{Name: n, Platform: s.uqpay.Platform})
		}
		if _, err := control.New(cfg); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
