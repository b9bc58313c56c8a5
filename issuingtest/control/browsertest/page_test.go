package browsertest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/issuing-sdk/issuing-go/worldcard"
)

// What a client does appears by itself, and what the page does happens.
func TestPage(t *testing.T) {
	s := newStage(t, "")
	b := open(t, s)
	b.sees("main h1", "Cards")
	b.sees(".empty-title", "No card yet")
	b.until(`document.getElementById("live").dataset.state === "live"`)
	card := s.apply(t, "order-1", "Ada", "Lovelace")
	b.sees("tbody tr", "Ada Lovelace")
	s.clock.Advance(time.Minute)
	b.sees("tbody .c-amount", "250.00 USD")

	b.click("tbody a", "4408")
	b.sees(".timeline", "Virtual.Apply")
	b.sees(".timeline", "card_open")
	b.enter("Amount", "much")
	b.click("form button", "Purchase")
	b.sees(".field .wrong", `Is no amount, such as "12.50"`)
	if got := eval[string](b, `document.activeElement.getAttribute("aria-invalid")`); got != "true" {
		t.Error("the focus is not on the field that is wrong")
	}
	b.enter("Amount", "12.50")
	b.click("form button", "Purchase")
	b.sees(".outcome", "Approved")
	b.sees(".timeline", "Authorization · 12.50 USD")
	b.sees(".figures", "237.50 USD")
	b.masked(t, s)

	got := s.got.Load()
	b.click(".clock button", "+1 h")
	b.sees(".clock", "10:01 UTC")
	b.visit("#/callbacks")
	b.sees("tbody tr:first-child", "card_billing")
	b.sees("tbody tr:first-child", "Accepted")
	if s.got.Load() != got+1 {
		t.Errorf("%d callbacks more, want one", s.got.Load()-got)
	}
	text := "bad signature"
	s.answer.Store(&text)
	b.click("tbody a", "card_billing")
	b.sees(".panel", "1 attempt")
	b.click(".panel button", "Resend")
	b.sees(".panel .said", "Sent again")
	b.click(".clock button", "+1 day")
	b.sees(".panel", "2 attempts")
	b.sees(".attempts li:first-child", "Not accepted: 401 bad signature")
	b.sees("tbody tr:first-child", "Not accepted")
	b.sees(".clock", "2 Apr 2026")
	b.click(".panel button", "Show headers and bodies")
	b.sees(".bodies pre", "X-Signature: ")

	b.click(".panel a.close", "")
	b.until(`document.activeElement.innerText === "card_billing"`) // where it came from

	b.visit("#/faults?provider=worldcard")
	b.sees(".calm-line", "Nothing is broken")
	b.enter("Operation", "Cards.Deposit")
	b.click(".sheet button", "Add the fault")
	b.sees("tbody tr", "Cards.Deposit")
	b.sees("tbody tr", "drop-after")
	deposit := worldcard.DepositRequest{CardRef: worldcard.ByCardID(card), MerchantTransactionID: "d-1", Amount: "20.00"}
	if _, err := s.client.Cards.Deposit(t.Context(), deposit); err != nil {
		t.Error(err)
	}
	b.sees(".calm-line", "Nothing is broken")
	b.visit("#/requests")
	b.sees("tbody tr", "Virtual.Apply")
	b.click(".choices a", "Fault")
	b.until(`document.querySelectorAll("tbody tr").length === 1`)
	b.sees("tbody tr", "Cards.Deposit")
	if href := eval[string](b, `document.querySelector("tbody a").getAttribute("href")`); !strings.HasSuffix(href, "?verdict=fault") {
		t.Errorf("the row leads to %s, without the filter", href)
	}
	b.click("tbody a", "Cards.Deposit")
	b.sees(".panel", "It met an injected fault.")
	b.sees(".panel", "drop-after")
	if want := []string{"error: Failed to load resource: the server responded with a status of 400 (Bad Request) (/v1/worldcard/actions/purchase)"}; !slices.Equal(b.console(), want) {
		t.Errorf("the console says %q", b.console())
	}
}

// masked holds that a card's number is nowhere on its page until somebody asks for it.
func (b *tab) masked(t *testing.T, s *stage) {
	t.Helper()
	number := s.worldcard.Cards()[0].Number.Reveal()
	page := func() string {
		return strings.ReplaceAll(eval[string](b, `document.documentElement.outerHTML`), " ", "")
	}
	if strings.Contains(page(), number) {
		t.Error("the number stands on the page")
	}
	b.click(".hero button", "Show the number")
	b.sees(".hero h1", number[12:])
	b.until(`!document.querySelector(".hero h1").innerText.includes("•")`)
	if !strings.Contains(page(), number) {
		t.Error("the number was not shown")
	}
	b.click(".hero button", "Hide the number")
	b.until(`document.querySelector(".hero h1").innerText.includes("•")`)
	if strings.Contains(page(), number) {
		t.Error("the number still stands on the page")
	}
}

// What a client, a shop or a merchant's service writes is text, wherever it appears.
func TestHostileTexts(t *testing.T) {
	const evil = `<img src=x onerror="document.title='taken'"><b>bold</b>`
	s := newStage(t, "")
	b := open(t, s)
	text := evil
	s.answer.Store(&text)
	card := s.apply(t, "order-1", "Ada", "Lovelace")
	s.clock.Advance(time.Minute)
	s.do(t, "worldcard", "purchase", map[string]string{"card": card, "amount": "1", "shop": evil})
	s.do(t, "coshine", "issue-card", map[string]string{"customer": evil})
	s.clock.Advance(time.Second)
	resp, err := http.Post(s.worldcard.URL()+"/"+strings.ReplaceAll(evil, " ", "%20"), "application/json", nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	for hash, place := range map[string]string{
		"#/cards/worldcard/" + card: ".timeline", "#/callbacks": "tbody", "#/requests": "tbody", "#/callbacks/1": ".attempts",
		"#/requests?card=" + strings.NewReplacer("<", "%3C", " ", "%20", ">", "%3E", `"`, "%22").Replace(evil): ".tag",
	} {
		b.visit(hash)
		b.sees(place, "<b>bold</b>")
	}
	b.visit("#/requests/" + evil)
	b.sees(".panel", "No such request")
	b.visit("#/callbacks/99")
	b.sees(".panel", "No such callback")
	b.visit("#/cards/coshine/none")
	b.sees("main h1", "No such card")
	if n := eval[int](b, `document.querySelectorAll("main img, main b").length`); n != 0 {
		t.Errorf("%d elements were made of texts", n)
	}
	if title := eval[string](b, `document.title`); strings.Contains(title, "taken") {
		t.Error("a text ran")
	}
	sink := `(() => { try { document.body.innerHTML = "<b>x</b>"; return "set"; } catch (e) { return e.name; } })()`
	if got := eval[string](b, sink); got != "TypeError" {
		t.Errorf("the page lets a script set markup: %s", got)
	}
}

// An action from the first key to the answer without a mouse.
func TestKeyboard(t *testing.T) {
	s := newStage(t, "")
	b := open(t, s)
	focused := func() string {
		return eval[string](b, `(document.activeElement.labels?.[0] ?? document.activeElement).innerText.trim().split("\n")[0]`)
	}
	press := func(keys ...string) {
		t.Helper()
		for _, key := range keys {
			b.do(chromedp.KeyEvent(key))
		}
	}
	tabTo := func(name string) {
		t.Helper()
		var seen []string
		for range 60 {
			press(kb.Tab)
			seen = append(seen, focused())
			if seen[len(seen)-1] == name {
				return
			}
		}
		t.Fatalf("no Tab leads to %q: %q", name, seen)
	}
	press(kb.Tab)
	if got := focused(); got != "Skip to the content" {
		t.Fatalf("the first Tab leads to %q", got)
	}
	if left := eval[float64](b, `document.activeElement.getBoundingClientRect().left`); left < 0 {
		t.Error("the skip link cannot be seen when it has the focus")
	}
	press(kb.Enter)
	if eval[string](b, `document.activeElement.id`) != "main" {
		t.Fatal("the skip link does not skip")
	}
	tabTo("Issue a card")
	press(kb.Enter)
	b.sees(".choose", "Which one?")
	tabTo("WorldCard")
	press(kb.Enter)
	b.sees(".sheet h2", "Issue card")
	tabTo("1 optional field")
	press(kb.Enter)
	tabTo("Amount")
	press("75")
	press(kb.Enter)
	b.sees(".outcome", "Done")
	if cards := s.worldcard.Cards(); len(cards) != 1 {
		t.Errorf("%d cards", len(cards))
	}
	b.visit("#/requests")
	tabTo("Refused")
	press(kb.Enter)
	b.until(`location.hash === "#/requests?verdict=refused" && document.querySelector("main").ariaBusy === "false"`)
	if got := focused(); got != "Refused" {
		t.Errorf("the focus went from the filter to %q", got)
	}
	outline := eval[string](b, `getComputedStyle(document.activeElement).outlineStyle`)
	if outline == "none" {
		t.Error("the focus cannot be seen")
	}
	if got := b.console(); len(got) != 0 {
		t.Errorf("the console says %q", got)
	}
}

// A page goes on by itself where a lost connection ended, and says meanwhile that it is
// lost.
func TestReconnect(t *testing.T) {
	s := newStage(t, "")
	b := open(t, s)
	b.until(`document.getElementById("live").dataset.state === "live"`)
	s.down.Store(true)
	s.server.CloseClientConnections()
	b.sees("#live", "Reconnecting")
	b.sees("#cut", "does not answer")
	s.apply(t, "order-1", "Ada", "Lovelace")
	s.down.Store(false)
	b.sees("#live", "Live")
	b.sees("tbody tr", "Ada Lovelace")
	b.until(`!document.getElementById("cut")`)
}

// A sandbox that asks for a token gets it from the person, once.
func TestToken(t *testing.T) {
	s := newStage(t, "the token")
	b := open(t, s)
	give := func(token string) {
		eval[chromedp.Void](b, `{ document.getElementById("ask-token").value = `+quote(token)+`;
			document.querySelector("#ask-form button").click(); }`)
	}
	give("another")
	b.sees("#ask-wrong", "not the token")
	give("the token")
	b.sees("#live", "Live")
	b.sees("main h1", "Cards")
	if where := eval[string](b, `location.href + document.cookie`); strings.Contains(where, "token") {
		t.Errorf("the token stands in %s", where)
	}
}

// Events that come fast are drawn together: the page asks a few times a second and keeps
// fifty rows.
func TestFlood(t *testing.T) {
	const many = 2000
	s := newStage(t, "")
	b := open(t, s)
	b.visit("#/requests?provider=worldcard")
	b.until(`document.getElementById("live").dataset.state === "live"`)
	before, begun := s.asked.Load(), time.Now()
	flood(t, s.worldcard.URL()+"/api/v1/card/deposit", many)
	b.sees(".pager", fmt.Sprintf("%d,000 recorded", many/1000))
	took := time.Since(begun)
	if rows := eval[int](b, `document.querySelectorAll("tbody tr").length`); rows != 50 {
		t.Errorf("%d rows", rows)
	}
	// Each drawing asks for the list and for the clock.
	if asked, most := s.asked.Load()-before, int64(2*(took/(300*time.Millisecond)+4)); asked > most {
		t.Errorf("%d requests in %v, want %d at most", asked, took, most)
	}
	t.Logf("%d requests seen in %v by %d requests", many, took.Round(time.Millisecond), s.asked.Load()-before)
}

// flood sends requests that are refused.
func flood(t *testing.T, url string, n int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for range n {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
	}
}
