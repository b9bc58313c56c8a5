//go:build unix

package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
)

func today() string { return time.Now().UTC().Format(dayLayout) }

// differing reconciles today and returns what differs, by reference.
func (s *service) differing(provider string) map[string]string {
	s.t.Helper()
	ended, err := s.reconcile(s.t.Context(), s.providers[provider], today(), time.Minute)
	ok(s.t, err)
	if !ended {
		s.t.Error("the day is not done with")
	}
	return s.differences()
}

func (s *service) differences() map[string]string {
	s.t.Helper()
	all, err := s.store.differences(s.t.Context())
	ok(s.t, err)
	out := map[string]string{}
	for _, d := range all {
		out[d.Ref] = d.Kind + ": " + d.Detail
	}
	return out
}

// sent has the provider carry an order out, whatever the merchant's books say of it.
func (s *service) sent(o *order) {
	s.t.Helper()
	ok(s.t, s.send(s.t.Context(), o))
	eventually(s.t, "the end at "+o.Provider, func() bool {
		got := s.at(o.ID)
		if got.State.final() {
			return true
		}
		w, err := s.work(s.t.Context(), got)
		ok(s.t, err)
		e, err := s.ask(s.t.Context(), w)
		ok(s.t, err)
		ok(s.t, s.conclude(s.t.Context(), o.ID, e))
		return false
	})
	s.has(o.ID, stateDone)
}

func (s *service) rewrite(id, change string, args ...any) {
	s.t.Helper()
	_, err := s.store.exec(s.t.Context(), s.store.db, "UPDATE orders SET "+change+" WHERE id = $1", append([]any{id},
		args...)...)
	ok(s.t, err)
}

// Of every provider that tells, what only one side has and what they disagree on is found.
func TestReconciliation(t *testing.T) {
	t.Parallel()
	for provider, tells := range map[string]struct{ surplus, missing bool }{
		"worldcard": {true, true}, "kazepay": {true, true}, "coshine": {true, true},
		"legacy": {false, true}, "uqpay": {false, false},
	} {
		t.Run(provider, func(t *testing.T) {
			t.Parallel()
			s := newService(t, "", nil)
			card := s.card(provider)
			var all []*order
			for i := range 4 {
				o := s.deposit(provider, card, fmt.Sprint(i))
				s.sent(o)
				all = append(all, s.at(o.ID))
			}
			if got := s.differing(provider); len(got) > 0 {
				t.Fatalf("two equal books differ: %v", got)
			}
			ref := func(o *order) string {
				if provider == "kazepay" {
					return o.PlatformID
				}
				return o.ID
			}
			// One that we think was refused, one that they never heard of, one that we never did.
			s.rewrite(all[0].ID, "state = 'refused'")
			missing := s.done(request{Provider: provider, Kind: kindDeposit, Key: "m", Card: card, Amount: fleetAmount,
				Currency: "USD"},
				evidence{id: "~none"})
			_, err := s.store.exec(t.Context(), s.store.db, "DELETE FROM orders WHERE id = $1", all[3].ID)
			ok(t, err)
			want := map[string]string{ref(all[0]): "unequal"}
			if tells.surplus {
				want[ref(all[3])] = "surplus"
			}
			if tells.missing {
				want[ref(s.at(missing))] = "missing"
			}
			if provider == "uqpay" { // which does not know the number that we made up
				s.rewrite(missing, "platform_id = ''")
				want[missing] = "missing"
			}
			got := s.differing(provider)
			for ref, kind := range want {
				if !strings.HasPrefix(got[ref], kind) {
					t.Errorf("%s is %q, want %s", ref, got[ref], kind)
				}
			}
			if len(got) != len(want) {
				t.Errorf("%v, want %v", got, want)
			}
		})
	}
}

// A run that is broken off goes on where it stopped, and finds each difference once; so
// does one over more orders than are read at once.
func TestReconciliationGoesOn(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		orders, runs int
		budget       time.Duration
	}{"in steps": {40, 39, 0}, "at once": {batch + 7, 1, time.Minute}} {
		s := newService(t, "", nil)
		ok(t, s.store.tx(t.Context(), func(tx *sql.Tx) error {
			for i := range test.orders {
				_, _, err := s.store.add(t.Context(), tx, request{
					Provider: "worldcard", Kind: kindDeposit, Key: fmt.Sprint(i), Card: "c", Amount: "1", Currency: "USD",
				})
				if err != nil {
					return err
				}
			}
			_, err := tx.ExecContext(t.Context(), "UPDATE orders SET state = 'done'")
			return err
		}))
		runs := 0
		for ended := false; !ended && runs <= test.runs; runs++ {
			var err error
			ended, err = s.reconcile(t.Context(), s.providers["worldcard"], today(), test.budget)
			ok(t, err)
		}
		if n := s.count("SELECT COUNT(*) FROM differences"); n != test.orders || runs != test.runs {
			t.Errorf("%s: %d differences after %d runs, want %d after %d", name, n, runs, test.orders, test.runs)
		}
	}
}

// What the platform takes to list a day is no part of a run's budget: else a run that begins
// anew gets no further than the listing, and a large day never ends.
func TestReconciliationOfASlowList(t *testing.T) {
	t.Parallel()
	s := newService(t, "", nil)
	for i := range 40 {
		id := s.done(request{Provider: "worldcard", Kind: kindDeposit, Key: fmt.Sprint(i), Card: "c", Amount: "1",
			Currency: "USD"}, evidence{})
		s.rewrite(id, "state = 'refused'")
	}
	const budget = 50 * time.Millisecond
	slow := *s.providers["worldcard"]
	slow.listed = func(context.Context, period, iter.Seq2[*order, error]) iter.Seq2[listing, error] {
		return func(func(listing, error) bool) {
			for begun := time.Now(); time.Since(begun) <= budget; {
				runtime.Gosched()
			}
		}
	}
	if ended, err := s.reconcile(t.Context(), &slow, today(), budget); !ended || err != nil {
		t.Errorf("%v, %v", ended, err)
	}
}

// What a list says of an order whose end nobody knows is evidence like any other: after a
// restored backup, nothing that was carried out is sent again.
func TestReconciliationBringsEvidence(t *testing.T) {
	t.Parallel()
	s := newService(t, "", nil)
	s.cfg.Hold = true
	for _, provider := range []string{"worldcard", "coshine"} {
		o := s.deposit(provider, s.card(provider), "k")
		s.sent(o)
		_, err := s.store.exec(t.Context(), s.store.db, "DELETE FROM effects WHERE order_id = $1", o.ID)
		ok(t, err)
		s.rewrite(o.ID, "state = 'queued', epoch = 0, pending = '', platform_id = '', sent_at = 0, due_at = 1")
		worker := &sendWorker{m: s.merchant}
		var snoozed *river.JobSnoozeError
		if err := worker.Work(t.Context(), &river.Job[sendArgs]{Args: sendArgs{o.ID, 0}}); !errors.As(err, &snoozed) {
			t.Errorf("%s is sent in spite of -hold: %v", provider, err)
		}
		s.has(o.ID, stateQueued)
		if got := s.differing(provider); len(got) > 0 {
			t.Errorf("%v", got)
		}
		s.has(o.ID, stateDone)
		if booked := s.box.booked()[o.ID]; booked != 1 {
			t.Errorf("%s carried it out %d times", provider, booked)
		}
	}
}

// A list that cannot be read ends the run with an error, and nothing is called missing.
func TestReconciliationOfAnUnreadableList(t *testing.T) {
	t.Parallel()
	s := newService(t, "", nil)
	card := s.card("worldcard")
	s.done(request{Provider: "worldcard", Kind: kindDeposit, Key: "m", Card: card, Amount: "1", Currency: "USD"},
		evidence{})
	drop := issuingtest.DropBefore()
	ok(t, s.box.worldcard.Inject("Cards.Deposits", drop, drop, drop, drop))
	_, err := s.reconcile(t.Context(), s.providers["worldcard"], today(), time.Minute)
	if !errors.Is(err, issuing.ErrUnavailable) || len(s.differences()) > 0 {
		t.Errorf("%v, %v", err, s.differences())
	}
}

func TestReconciliationOfAFile(t *testing.T) {
	t.Parallel()
	s := newService(t, "", nil)
	card := s.card("coshine")
	both := s.done(request{Provider: "coshine", Kind: kindDeposit, Key: "b", Card: card, Amount: fleetAmount,
		Currency: "USD"}, evidence{})
	missing := s.done(request{Provider: "coshine", Kind: kindDeposit, Key: "m", Card: card, Amount: fleetAmount,
		Currency: "USD"}, evidence{})
	status, text := s.post("/v1/files/coshine/"+today()+"?layout=none", nil)
	if status != http.StatusBadRequest {
		t.Errorf("%d: %s", status, text)
	}
	day := time.Now().UTC().Format("20060102")
	line := func(id, code, amount string) string {
		return fmt.Sprintf("C,300001,%s,S,POS,%s,SALE,Load,9000000000000000001,4220000001***,,0200,000000,%s,C,"+
			"840,%s,840,%s,840,%s,0.00,0.00\n",
			id, code, day, amount, amount, amount)
	}
	file := "HCAPTURED_300001,300001," + day + "\n" + line("0surplus", "LOAD", "7.00") + line(both, "LOAD",
		"20.50") + line("0bought", "PURCHASE", "1.00")
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
		s.server.URL+"/v1/files/coshine/"+today()+"?layout=capture&code=LOAD", strings.NewReader(file))
	ok(t, err)
	status, text = s.do(r)
	got := s.differences()
	if status != http.StatusOK || !strings.HasPrefix(got[missing], "missing") || !strings.HasPrefix(got["0surplus"],
		"surplus") || len(got) != 2 {
		t.Errorf("%d: %s: %v", status, text, got)
	}
}

// A file that is not read to its end proves nothing: what lies beyond would be missing.
func TestReconciliationOfAFileTooLarge(t *testing.T) {
	t.Parallel()
	s := newService(t, "", nil)
	s.done(request{Provider: "coshine", Kind: kindDeposit, Key: "m", Card: s.card("coshine"), Amount: fleetAmount,
		Currency: "USD"}, evidence{})
	day := time.Now().UTC().Format("20060102")
	file := "HCAPTURED_300001,300001," + day + "\n"
	r := httptest.NewRequest(http.MethodPost, "/v1/files/coshine/"+today()+"?layout=capture",
		http.MaxBytesReader(nil, io.NopCloser(strings.NewReader(file+strings.Repeat("x", 100))), int64(len(file))))
	r.Host = "localhost"
	w := httptest.NewRecorder()
	s.routes().ServeHTTP(w, r)
	if w.Code != http.StatusRequestEntityTooLarge || len(s.differences()) > 0 {
		t.Errorf("%d: %s: %v", w.Code, w.Body, s.differences())
	}
}

func TestReconciliationJobs(t *testing.T) {
	t.Parallel()
	s := newService(t, "", nil)
	if n := len(s.nightly()); n != 5 {
		t.Errorf("%d providers are compared every night, want 5", n)
	}
	worker := &reconcileWorker{m: s.merchant}
	work := func(provider string) error {
		return worker.Work(t.Context(), &river.Job[reconcileArgs]{JobRow: &rivertype.JobRow{}, Args: reconcileArgs{provider,
			today()}})
	}
	if err := work("worldcard"); err != nil {
		t.Error(err)
	}
	var cancelled *river.JobCancelError
	if err := work("unionpay"); !errors.As(err, &cancelled) {
		t.Errorf("unionpay: %v", err)
	}
	for provider, want := range map[string]int{"worldcard": http.StatusAccepted, "unionpay": http.StatusBadRequest,
		"": http.StatusBadRequest} {
		body := map[string]string{"provider": provider, "day": today()}
		if status, text := s.post("/v1/reconciliations", body); status != want {
			t.Errorf("%s: %d: %s", provider, status, text)
		}
	}
	if status, _ := s.post("/v1/reconciliations", map[string]string{"provider": "worldcard",
		"day": "tomorrow"}); status != http.StatusBadRequest {
		t.Errorf("a day that is none: %d", status)
	}
	if status, text := s.get("/v1/differences"); status != http.StatusOK || !strings.Contains(text, `"differences":[]`) {
		t.Errorf("%d: %s", status, text)
	}
}
