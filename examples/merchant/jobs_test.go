//go:build unix

package main

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/rivertest"
	"github.com/riverqueue/river/rivertype"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/webhook"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// Send and settle, as River works them: on PostgreSQL, because a job is completed in a
// transaction of its own there while the worker uses others.
func TestWorkers(t *testing.T) {
	t.Parallel()
	s := newService(t, database(t), nil)
	card := s.card("worldcard")
	cfg := &river.Config{}
	sender := rivertest.NewWorker(t, riverdatabasesql.New(s.store.db), cfg, &sendWorker{m: s.merchant})
	asker := rivertest.NewWorker(t, riverdatabasesql.New(s.store.db), cfg, &settleWorker{m: s.merchant})
	send := func(o *order) {
		t.Helper()
		inTx(t, s, func(tx *sql.Tx) {
			got, err := sender.Work(t.Context(), t, tx, sendArgs{o.ID, o.Epoch}, nil)
			ok(t, err)
			if got.EventKind != river.EventKindJobCompleted {
				t.Errorf("send: %s", got.EventKind)
			}
		})
	}
	ask := func(id string) {
		t.Helper()
		inTx(t, s, func(tx *sql.Tx) {
			_, err := asker.Work(t.Context(), t, tx, settleArgs{id, s.at(id).Epoch}, nil)
			ok(t, err)
		})
	}

	// An order and its job are stored together.
	one := s.deposit("worldcard", card, "1")
	inTx(t, s, func(tx *sql.Tx) {
		rivertest.RequireInsertedTx[*riverdatabasesql.Driver](t.Context(), t, tx, sendArgs{one.ID, 0}, nil)
	})
	send(one)
	if o := s.has(one.ID, stateAccepted); o.Epoch != 1 || o.PlatformID == "" || o.Due.IsZero() {
		t.Errorf("%+v", o)
	}
	send(one) // a job that was rescued although it had worked
	if n := len(s.box.worldcard.Deposits()); n != 1 {
		t.Errorf("%d top-ups, want 1", n)
	}
	eventually(t, "the top-up", func() bool {
		ask(one.ID)
		return s.at(one.ID).State == stateDone
	})

	// Carried out, and the answers lost: open, and settled by its key.
	ok(t, s.box.worldcard.Inject("Cards.Deposit", issuingtest.DropAfter(), issuingtest.DropAfter()))
	ok(t, s.box.worldcard.Inject("Cards.Deposits", issuingtest.DropBefore(), issuingtest.DropBefore()))
	two := s.deposit("worldcard", card, "2")
	send(two)
	if o := s.has(two.ID, stateOpen); o.Note == "" || o.Due.IsZero() {
		t.Errorf("%+v", o)
	}
	eventually(t, "the second top-up", func() bool {
		ask(two.ID)
		return s.at(two.ID).State == stateDone
	})

	// A question of an epoch that is over asks nothing.
	before := s.box.worldcard.Requests("Cards.Deposits")
	inTx(t, s, func(tx *sql.Tx) {
		_, err := asker.Work(t.Context(), t, tx, settleArgs{two.ID, 0}, nil)
		ok(t, err)
	})
	if n := s.box.worldcard.Requests("Cards.Deposits"); n != before {
		t.Error("an old job asked")
	}
}

// inTx gives a transaction for what rivertest stores, and forgets it.
func inTx(t *testing.T, s *service, fn func(*sql.Tx)) {
	t.Helper()
	tx, err := s.store.db.BeginTx(t.Context(), nil)
	ok(t, err)
	defer func() { _ = tx.Rollback() }()
	fn(tx)
}

// What crashed between its record and its end is settled: sent again under the same key
// where the provider recognises it, and left to a person where it does not.
func TestAfterACrash(t *testing.T) {
	t.Parallel()
	for provider, want := range map[string]state{
		"worldcard": stateDone, "legacy": stateDone, "uqpay": stateDone, "kazepay": stateReview, "coshine": stateReview,
	} {
		t.Run(provider, func(t *testing.T) {
			t.Parallel()
			s := newService(t, "", map[string]string{"MERCHANT_REVIEW_AFTER": "2s"})
			o := s.deposit(provider, s.card(provider), "k")
			// The process dies after the record: the call is cut off before it leaves.
			w, err := s.work(t.Context(), o)
			ok(t, err)
			p, c, err := s.callOf(o)
			ok(t, err)
			ok(t, s.box.platform(p.name).Inject("Cards.Deposit", issuingtest.DropBefore(), issuingtest.DropBefore()))
			_, err = c.send(t.Context(), w, s.keyed(o), s.recorded(o, 0, new(attempt)))
			if err == nil {
				t.Fatal("the call was answered")
			}
			s.has(o.ID, stateSending)
			s.working()
			eventually(t, "the end", func() bool { st := s.at(o.ID).State; return st.final() || st == stateReview })
			got := s.has(o.ID, want)
			if booked := s.box.booked(); want == stateDone && booked[o.ID]+booked[string(w.card.Card)] != 1 {
				t.Errorf("carried out %d times", booked[o.ID])
			}
			if want == stateReview && got.Note == "" {
				t.Error("review without a reason")
			}
		})
	}
}

// A platform that cannot be reached leaves orders queued, and they go out when it is back.
func TestUnreachable(t *testing.T) {
	t.Parallel()
	s := newService(t, "", map[string]string{"MERCHANT_REVIEW_AFTER": "1m"})
	o := s.deposit("worldcard", s.card("worldcard"), "k")
	ok(t, s.box.worldcard.Inject("", issuingtest.Refuse(503, ""), issuingtest.Refuse(503, "")))
	job := &river.Job[sendArgs]{Args: sendArgs{o.ID, o.Epoch}}
	ok(t, (&sendWorker{m: s.merchant}).Work(t.Context(), job))
	got := s.at(o.ID)
	if got.State != stateQueued && got.State != stateOpen {
		t.Errorf("%s: %s", got.State, got.Note)
	}
	s.working()
	eventually(t, "the top-up", func() bool { return s.at(o.ID).State == stateDone })
	if n := len(s.box.worldcard.Deposits()); n != 1 {
		t.Errorf("%d top-ups, want 1", n)
	}
}

// The sweep hands out what is due once, whoever sweeps.
func TestSweepSharesOut(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, s *service) {
		card := s.card("worldcard")
		for i := range 5 {
			o := s.deposit("worldcard", card, string(rune('a'+i)))
			_, err := s.store.exec(t.Context(), s.store.db, "UPDATE orders SET due_at = 1 WHERE id = $1", o.ID)
			ok(t, err)
		}
		total := 0
		for range 3 {
			n, err := s.sweep(t.Context())
			ok(t, err)
			total += n
		}
		if total != 5 {
			t.Errorf("%d orders were handed out, want 5", total)
		}
		if n := s.count("SELECT COUNT(*) FROM orders WHERE epoch = 1"); n != 5 {
			t.Errorf("%d orders have a new epoch, want 5", n)
		}
	})
}

// An event that overtakes the answer with its number finds its order later.
func TestEventBeforeItsOrder(t *testing.T) {
	t.Parallel()
	s := newService(t, "", nil)
	card := s.card("uqpay")
	o := s.deposit("uqpay", card, "k")
	s.working()
	eventually(t, "the top-up", func() bool { return s.at(o.ID).State == stateDone })
	eventually(t, "its event", func() bool { return s.at(o.ID).Callbacks == 1 })
	_, err := s.store.exec(t.Context(), s.store.db, "UPDATE events SET order_id = ''")
	ok(t, err)
	var id string
	ok(t, s.store.row(t.Context(), s.store.db, "SELECT id FROM events").Scan(&id))
	found, err := s.adopt(t.Context(), id)
	if err != nil || !found || s.at(o.ID).Callbacks != 2 {
		t.Errorf("%v, %v, %+v", found, err, s.at(o.ID))
	}
	found, err = s.adopt(t.Context(), id)
	if err != nil || !found || s.at(o.ID).Callbacks != 2 {
		t.Errorf("twice: %v, %v", found, err)
	}
	worker := &eventWorker{m: s.merchant}
	_, err = s.store.exec(t.Context(), s.store.db, "UPDATE events SET order_id = ''")
	ok(t, err)
	_, err = s.store.exec(t.Context(), s.store.db, "UPDATE orders SET platform_id = 'unknown'")
	ok(t, err)
	job := func(age time.Duration) error {
		args := &river.Job[eventArgs]{Args: eventArgs{id}}
		args.JobRow = newJobRow(age)
		return worker.Work(t.Context(), args)
	}
	if err := job(time.Second); err == nil {
		t.Error("it does not try again")
	}
	if err := job(2 * orphanFor); err != nil {
		t.Errorf("it tries for ever: %v", err)
	}
}

func newJobRow(age time.Duration) *rivertype.JobRow {
	return &rivertype.JobRow{CreatedAt: time.Now().Add(-age)}
}

// A callback that comes again after its claim was swept is acknowledged, and nothing happens
// twice: a platform that is answered with an error sends for ever.
func TestEventAfterItsClaim(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, s *service) {
		o := s.deposit("worldcard", s.card("worldcard"), "k")
		ok(t, s.store.record(t.Context(), o.ID, o.Epoch, "{}", time.Minute))
		s.tell(o.ID, evidence{finding: foundAccepted, id: "p"})
		p := s.providers["worldcard"]
		ev := &webhook.Event{Provider: "worldcard", ID: "e", Type: worldcard.EventCardDeposited,
			Data: &worldcard.CardDeposited{MerchantTransactionID: o.ID}}
		receive := s.received(p)
		for range 2 {
			ok(t, s.store.tx(t.Context(), func(tx *sql.Tx) error { return receive(t.Context(), tx, ev) }))
		}
		if got := s.at(o.ID); got.Callbacks != 1 {
			t.Errorf("it counted %d times", got.Callbacks)
		}
		// What has no id, or one of a question's, is known by its content.
		for i, text := range []string{"one", "two", "two"} {
			ev := &webhook.Event{Provider: "worldcard", Type: "new", Data: &webhook.Unknown{}, Question: i > 0,
				Raw: issuing.NewSecret(text)}
			ok(t, s.store.tx(t.Context(), func(tx *sql.Tx) error { return receive(t.Context(), tx, ev) }))
		}
		if n := s.count("SELECT COUNT(*) FROM events"); n != 3 {
			t.Errorf("%d events are kept, want 3", n)
		}
	})
}

// What is not stored at once is tried for as long as there is time, and no longer.
func TestPersist(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		locked, tries := errors.New("locked"), 0
		err := persist(ctx, func() error {
			if tries++; tries < 4 {
				return locked
			}
			return nil
		})
		if err != nil || tries != 4 {
			t.Errorf("%v after %d tries", err, tries)
		}
		begun := time.Now()
		err = persist(ctx, func() error { tries++; return locked })
		if took := time.Since(begun); !errors.Is(err, locked) || took > 10*time.Second || tries < 10 || tries > 30 {
			t.Errorf("%v after %d tries in %v", err, tries, took)
		}
	})
}

// An answer that comes while its row is locked is stored all the same.
func TestConcludeOutwaitsALock(t *testing.T) {
	t.Parallel()
	s := newService(t, database(t), map[string]string{"MERCHANT_GRACE": "30s"})
	o := s.deposit("worldcard", s.card("worldcard"), "k")
	ok(t, s.store.record(t.Context(), o.ID, o.Epoch, "{}", time.Minute))
	lock, err := s.store.db.BeginTx(t.Context(), nil)
	ok(t, err)
	defer func() { _ = lock.Rollback() }()
	_, err = s.store.order(t.Context(), lock, o.ID)
	ok(t, err)
	ended := make(chan error, 1)
	go func() { ended <- s.conclude(t.Context(), o.ID, evidence{finding: foundDone, epoch: 1, from: "call"}) }()
	waiting := func() bool {
		return s.count("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND "+
			"wait_event_type = 'Lock'") > 0
	}
	eventually(t, "the first try", waiting)
	eventually(t, "its end", func() bool { return !waiting() })
	ok(t, lock.Rollback())
	ok(t, <-ended)
	s.has(o.ID, stateDone)
}
