//go:build unix

package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// fleetAmount is what every top-up moves, onto a card of its own.
var fleetAmount, fleetOpening = issuing.NewAmount(20_50, 2), issuing.NewAmount(100, 0)

// issue has the platform make a card, or what a token is asked for with.
func (b *sandbox) issue(provider string, n int) (card text, err error) {
	switch provider {
	case "worldcard":
		id, err := b.worldcard.IssueCard(worldcard.CardTypeVirtualG, fleetOpening)
		return text(id), err
	case "legacy":
		return text(b.previous.IssueCard(legacytest.ProductVirtualP).Reveal()), nil
	case "kazepay":
		id, err := b.kazepay.IssueCard(fmt.Sprintf("holder%d@example.com", n), fleetOpening)
		return text(id), err
	case "uqpay":
		id, err := b.uqpay.IssueCard(uqpaytest.ProductSingle, fleetOpening)
		return text(id), err
	case "coshine":
		token, err := b.coshine.IssueCard(fmt.Sprintf("CIF%d", n), fleetOpening)
		return text(token), err
	default:
		push, err := b.unionpay.Push(unionpaytest.PushRequest{})
		return text(push.AuthData.Reveal()), err
	}
}

// booked counts what the platforms have carried out, by the key of the order; UQPAY's by
// the card, which is each order's own.
func (b *sandbox) booked() map[string]int {
	all := b.coshine.Bookings()
	counts := map[string]int{}
	maps.Copy(counts, all)
	for _, d := range b.worldcard.Deposits() {
		counts[d.MerchantTransactionID]++
	}
	for _, d := range b.previous.Deposits() {
		counts[d.MerOrderNo]++
	}
	for _, d := range b.kazepay.Deposits() {
		counts[d.RequestNo]++
	}
	for _, o := range b.uqpay.Orders(uqpay.OrderTypeCardRecharge) {
		counts[o.CardID]++
	}
	for _, token := range b.unionpay.Tokens() {
		counts[token.MsgID]++
	}
	return counts
}

// placing is what the test places: one order for each card.
type placing struct {
	request request
	card    text
}

// place prepares the orders. Cards are there before: their applications stand as done.
func place(t *testing.T, f *fleet, s *store) (all []placing) {
	t.Helper()
	providers := accountNames()
	for n := range fleetOrders {
		p := placing{request: request{Provider: providers[n%len(providers)], Kind: kindDeposit, Key: fmt.Sprintf("order-%d",
			n), Amount: fleetAmount}}
		card, err := f.box.issue(p.request.Provider, n)
		ok(t, err)
		p.card = card
		if p.request.Provider == "unionpay" {
			p.request.Kind, p.request.Amount, p.request.Device, p.request.AuthData = kindApply, "", "device-1", card
		} else {
			ok(t, s.tx(t.Context(), func(tx *sql.Tx) error {
				opened := request{Provider: p.request.Provider, Kind: kindApply, Key: fmt.Sprintf("card-%d", n)}
				o, _, err := s.add(t.Context(), tx, opened)
				if err != nil {
					return err
				}
				p.request.Card = o.ID
				e := evidence{finding: foundDone, id: fmt.Sprintf("card-%d", n), result: result{Card: card}, from: "test"}
				_, err = s.advance(t.Context(), tx, o.ID, e)
				return err
			}))
		}
		all = append(all, p)
	}
	return all
}

// load places all orders, spread over fleetLoad, some of them twice at once.
func (f *fleet) load(ctx context.Context, all []placing) {
	const senders = 16
	var next atomic.Int64
	var sending sync.WaitGroup
	begun := time.Now()
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: senders}}
	for range senders {
		sending.Go(func() {
			for n := next.Add(1) - 1; int(n) < len(all); n = next.Add(1) - 1 {
				wait(ctx, time.Until(begun.Add(fleetLoad*time.Duration(n)/time.Duration(len(all)))))
				times := 1
				if f.intn(10) == 0 {
					times = 2
				}
				var ids [2]string
				var twice sync.WaitGroup
				for i := range times {
					twice.Go(func() {
						v, err := f.post(ctx, client, all[n].request)
						if err != nil {
							f.t.Errorf("%s %s: %v", all[n].request.Provider, all[n].request.Key, err)
						}
						ids[i] = v.ID
					})
				}
				twice.Wait()
				if times == 2 && ids[0] != ids[1] {
					f.t.Errorf("one key is two orders: %s, %s", ids[0], ids[1])
				}
			}
		})
	}
	sending.Wait()
}

// TestReplicas: three replicas on PostgreSQL, one of which is killed every few seconds, a
// database that goes away, platforms that fail on both sides of what they do, and callbacks
// that come one to five times in any order. Every order ends in a final state that agrees
// with the platform's books, or in review; none is paid twice; each callback has its effect
// once; no secret is in the logs or in the database.
func TestReplicas(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	key := hex.EncodeToString(bytes.Repeat([]byte{7}, 32))
	way := newWay(t)
	f := newFleet(t, key, seed, way)
	m := watcher(t, f, key)
	all := place(t, f, m.store)

	ctx, cancel := context.WithCancel(t.Context())
	var harming sync.WaitGroup
	harming.Go(func() {
		f.harm(ctx, func() (n int) {
			_ = m.store.row(ctx, m.store.db, "SELECT COUNT(*) FROM orders WHERE state = 'sending'").Scan(&n)
			return n
		})
	})
	begun := time.Now()
	f.load(t.Context(), all)
	loaded := time.Since(begun)
	cancel()
	harming.Wait()
	for i := range fleetSize {
		f.ready(i)
	}
	rest(t, m.store, 45*time.Second)
	way.settled(20 * time.Second)
	t.Logf("seed %d: %d orders in %v, all ended after %v; %d kills (%d orders were being sent), database away %v", seed,
		len(all),
		loaded.Round(time.Second), time.Since(begun).Round(time.Second), f.kills, f.caught, f.away.Round(time.Second))
	f.checkOrders(m, all)
	f.checkCallbacks(m, way)
	f.checkSecrets(all, key)
	if f.kills < 3 || f.caught == 0 || f.away < databaseAway {
		t.Errorf("%d kills, %d orders caught, database away %v: nothing was harmed", f.kills, f.caught, f.away)
	}
}

// watcher opens the service on the fleet's database and lets nothing work: it reads.
func watcher(t *testing.T, f *fleet, key string) *merchant {
	t.Helper()
	get := func(name string) string {
		if value := f.box.getenv(name); value != "" {
			return value
		}
		return map[string]string{"MERCHANT_KEY": key, "MERCHANT_DATABASE": f.db.address("postgres")}[name]
	}
	cfg, err := parseConfig(nil, new(bytes.Buffer), get)
	ok(t, err)
	signals, err := newTelemetry(t.Context())
	ok(t, err)
	m, err := newMerchant(t.Context(), cfg, get, signals)
	ok(t, err)
	t.Cleanup(m.store.close)
	return m
}

// rest waits until nothing is under way.
func rest(t *testing.T, s *store, most time.Duration) {
	t.Helper()
	for begun := time.Now(); ; time.Sleep(200 * time.Millisecond) {
		counts, _, err := s.pulse(t.Context())
		ok(t, err)
		left := counts[stateQueued] + counts[stateSending] + counts[stateAccepted] + counts[stateOpen]
		if left == 0 {
			return
		}
		if time.Since(begun) > most {
			t.Errorf("%d orders are still under way: %v", left, counts)
			return
		}
	}
}

// checkOrders compares the merchant's books with the platforms'.
func (f *fleet) checkOrders(m *merchant, all []placing) {
	t := f.t
	t.Helper()
	booked := f.box.booked()
	counts := map[string]map[state]int{}
	paid := 0
	for _, p := range all {
		var id string
		err := m.store.row(t.Context(), m.store.db, "SELECT id FROM orders WHERE provider = $1 AND key = $2",
			p.request.Provider, p.request.Key).Scan(&id)
		if err != nil {
			t.Errorf("%s %s is not stored: %v", p.request.Provider, p.request.Key, err)
			continue
		}
		o, err := m.store.order(t.Context(), m.store.db, id)
		ok(t, err)
		if counts[o.Provider] == nil {
			counts[o.Provider] = map[state]int{}
		}
		counts[o.Provider][o.State]++
		n := booked[o.ID]
		if o.Provider == "uqpay" {
			n = booked[string(p.card)]
		}
		paid += n
		switch {
		case n > 1:
			t.Errorf("%s order %s is carried out %d times", o.Provider, o.ID, n)
		case o.State == stateDone && n != 1, o.State == stateRefused && n != 0:
			t.Errorf("%s order %s is %s, and carried out %d times: %s", o.Provider, o.ID, o.State, n, o.Note)
		case !o.State.final() && o.State != stateReview:
			t.Errorf("%s order %s is %s: %s", o.Provider, o.ID, o.State, o.Note)
		case o.State == stateReview && o.Note == "":
			t.Errorf("%s order %s is in review and does not say why", o.Provider, o.ID)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		t.Logf("%-9s %v", name, counts[name])
		// What a key settles, or a repeat, leaves nothing to a person.
		if n := counts[name][stateReview]; n > 0 && slices.Contains([]string{"worldcard", "legacy", "uqpay"}, name) {
			t.Errorf("%s: %d orders are in review, although a program can settle them", name, n)
		}
	}
	var effects, done, contradictions int
	ok(t, m.store.row(t.Context(), m.store.db,
		`SELECT (SELECT COUNT(*) FROM effects), (SELECT COUNT(*) FROM orders WHERE state = 'done'),
		(SELECT COUNT(*) FROM differences)`).Scan(&effects, &done, &contradictions))
	t.Logf("%d carried out on the platforms, none twice; %d bookings of %d done orders (cards included), "+
		"%d contradictions", paid, effects, done, contradictions)
	if effects != done || contradictions > 0 {
		t.Errorf("%d bookings of %d done orders, %d contradictions", effects, done, contradictions)
	}
}

// checkCallbacks compares the events that the platforms sent with those that took effect.
func (f *fleet) checkCallbacks(m *merchant, w *way) {
	t := f.t
	t.Helper()
	want := map[string]bool{}
	for _, d := range w.deliveries {
		source := m.providers[d.provider].source
		if d.typ != "" {
			source = source.ForType(d.typ)
		}
		ev, err := source.Parse(d.header, d.body)
		if err != nil {
			t.Errorf("%s: a callback of the platform's cannot be read: %v", d.provider, err)
			continue
		}
		want[m.eventID(ev)] = true
	}
	got := map[string]bool{}
	ok(t, m.store.each(t.Context(), m.store.db, func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		got[id] = true
		return err
	}, "SELECT id FROM events"))
	var effects, orphans int
	ok(t, m.store.row(t.Context(), m.store.db,
		`SELECT (SELECT SUM(callbacks) FROM orders), (SELECT COUNT(*) FROM events WHERE order_id IN ('', '-'))`).
		Scan(&effects, &orphans))
	t.Logf("%d callbacks as %d posts; %d events, %d effects, %d about no order", len(w.deliveries), w.posts.Load(),
		len(got), effects, orphans)
	if !maps.Equal(want, got) {
		t.Errorf("the platforms sent %d events, %d took effect", len(want), len(got))
	}
	if effects+orphans != len(got) {
		t.Errorf("%d effects and %d events about no order, of %d events", effects, orphans, len(got))
	}
	if n := w.lost.Load(); n > 0 {
		t.Errorf("%d deliveries were never acknowledged", n)
	}
}

// checkSecrets looks for what nobody must see in what the replicas wrote and stored.
func (f *fleet) checkSecrets(all []placing, key string) {
	t := f.t
	t.Helper()
	secrets := []string{key, testToken}
	for name, value := range f.box.variables {
		public := strings.HasSuffix(name, "_URL") || strings.Contains(name, "PATH") || strings.HasSuffix(name, "_ID") ||
			strings.HasSuffix(name, "PLATFORM_KEY") || strings.HasSuffix(name, "UPI_SIGN_KEY") || strings.HasSuffix(name,
			"BRANCH") ||
			strings.HasSuffix(name, "APP_KEY")
		if !public {
			secrets = append(secrets, strings.Split(strings.TrimSpace(value), "\n")...)
		}
	}
	for _, p := range all {
		if slices.Contains([]string{"legacy", "unionpay"}, p.request.Provider) {
			secrets = append(secrets, string(p.card))
		}
	}
	for _, token := range f.box.unionpay.Tokens() {
		secrets = append(secrets, token.Token.Reveal())
	}
	places := map[string][]byte{"the database": f.db.dump(t)}
	for i, l := range f.logs {
		places[fmt.Sprintf("the log of replica %d", i)] = l.bytes()
	}
	for name, text := range places {
		if bytes.Contains(text, []byte("DATA RACE")) || bytes.Contains(text, []byte("panic:")) {
			t.Errorf("a panic or a race is in %s", name)
		}
	}
	looked := 0
	for _, secret := range secrets {
		if len(secret) < 12 || strings.HasPrefix(secret, "-----") {
			continue
		}
		looked++
		for name, text := range places {
			if bytes.Contains(text, []byte(secret)) {
				t.Errorf("a secret that begins with %.4q is in %s", secret, name)
			}
		}
	}
	t.Logf("%d secrets looked for in %d places of %d bytes", looked, len(places), len(places["the database"]))
	if looked < 50 {
		t.Errorf("only %d secrets were looked for", looked)
	}
}
