//go:build unix

package main

import (
	"database/sql"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Final wins, the same again is nothing, a contradiction is told; what is no fact about
// the order counts in its own epoch alone.
func TestDecide(t *testing.T) {
	t.Parallel()
	all := []state{stateQueued, stateSending, stateAccepted, stateOpen, stateReview, stateDone, stateRefused}
	// What each finding makes of each state, in the order above; "" leaves it as it is, and
	// "!" tells a contradiction.
	for finding, want := range map[finding][]string{
		foundDone:     {"done", "done", "done", "done", "done", "", "!"},
		foundRefused:  {"refused", "refused", "refused", "refused", "refused", "!", ""},
		foundAccepted: {"accepted", "accepted", "accepted", "accepted", "accepted", "", ""},
		foundAbsent:   {"", "queued", "!review", "queued", "", "", ""},
		foundUnsent:   {"", "queued", "!review", "queued", "", "", ""},
		foundOpen:     {"", "open", "accepted", "open", "", "", ""},
		foundNothing:  {"", "review", "review", "review", "", "", ""},
	} {
		for i, from := range all {
			for _, epoch := range []int64{3, 2} {
				m := decide(&order{State: from, Epoch: 3}, evidence{finding: finding, epoch: epoch})
				to, contradict := want[i], false
				if to != "" && to[0] == '!' {
					to, contradict = to[1:], true
				}
				fact := finding == foundDone || finding == foundRefused || finding == foundAccepted
				if epoch != 3 && !fact {
					to, contradict = "", false // another attempt's
				}
				changed := to != ""
				if to == "" {
					to = string(from)
				}
				if m.to != state(to) || m.contradict != contradict || m.changed != changed {
					t.Errorf("%s of epoch %d for %s: %+v, want %s, contradiction %v", finding, epoch, from, m, to, contradict)
				}
			}
		}
	}
}

// Another id of the platform's under one order is money moved twice, whatever else agrees.
func TestTwoIDsContradict(t *testing.T) {
	t.Parallel()
	for _, st := range []state{stateAccepted, stateOpen, stateReview, stateDone} {
		for _, f := range []finding{foundAccepted, foundDone} {
			o := &order{State: st, Epoch: 3, PlatformID: "p1"}
			if m := decide(o, evidence{finding: f, id: "p2"}); !m.contradict {
				t.Errorf("%s under another id for %s: %+v", f, st, m)
			}
			for _, id := range []string{"p1", ""} {
				if m := decide(o, evidence{finding: f, id: id}); m.contradict {
					t.Errorf("%s under %q for %s: %+v", f, id, st, m)
				}
			}
		}
	}
}

// A refusal is of one attempt. One that comes late, while another attempt is under way, is
// none of that; it counts where no other has begun, and whoever asked since.
func TestLateRefusalOfACall(t *testing.T) {
	t.Parallel()
	s := newService(t, "", nil)
	card := s.card("worldcard")
	const first, second = `{"sent_at": 1}`, `{"sent_at": 2}`
	refusal := func(record string) evidence {
		return evidence{finding: foundRefused, epoch: 1, from: "call", attempt: &attempt{record}}
	}
	o := s.deposit("worldcard", card, "1")
	ok(t, s.store.record(t.Context(), o.ID, 0, first, time.Minute))
	s.tell(o.ID, evidence{finding: foundAbsent, epoch: 1})
	ok(t, s.store.record(t.Context(), o.ID, 1, second, time.Minute))
	s.tell(o.ID, refusal(first))
	s.tell(o.ID, refusal("")) // of a replica that could not have sent it
	s.has(o.ID, stateSending)
	s.tell(o.ID, evidence{finding: foundDone, epoch: 2, from: "call", attempt: &attempt{second}})
	s.tell(o.ID, refusal(first))
	s.has(o.ID, stateDone)
	if n := s.count("SELECT COUNT(*) FROM differences"); n != 0 {
		t.Errorf("%d contradictions, want none", n)
	}

	o = s.deposit("worldcard", card, "2")
	ok(t, s.store.record(t.Context(), o.ID, 0, first, time.Minute))
	if _, err := s.settleNow(t.Context(), o.ID); err != nil {
		t.Fatal(err)
	}
	s.tell(o.ID, refusal(first))
	s.has(o.ID, stateRefused)

	o = s.deposit("worldcard", card, "3")
	s.tell(o.ID, refusal(""))
	s.has(o.ID, stateRefused)
}

func TestContradictionIsTold(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, s *service) {
		o := s.deposit("worldcard", s.card("worldcard"), "k")
		s.tell(o.ID, evidence{finding: foundDone, id: "p1", from: "call"})
		s.tell(o.ID, evidence{finding: foundDone, id: "p2", from: "callback"})
		s.has(o.ID, stateDone)
		s.tell(o.ID, evidence{finding: foundRefused, from: "question"})
		s.tell(o.ID, evidence{finding: foundRefused, from: "question"})
		if got := s.has(o.ID, stateDone); got.PlatformID != "p1" || !got.Due.IsZero() {
			t.Errorf("%+v", got)
		}
		if n := s.count("SELECT COUNT(*) FROM differences WHERE ref = $1 AND kind = 'contradiction'", o.ID); n != 2 {
			t.Errorf("%d contradictions are told, want the other id and the refusal", n)
		}
		if n := s.count("SELECT COUNT(*) FROM effects WHERE order_id = $1", o.ID); n != 1 {
			t.Errorf("%d bookings, want 1", n)
		}
	})
}

// Whatever comes at the same time, one final state stands and it is booked once.
func TestAdvanceRaces(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, s *service) {
		card := s.card("worldcard")
		for range 5 {
			o := s.deposit("worldcard", card, rand8(t))
			ok(t, s.store.record(t.Context(), o.ID, o.Epoch, "{}", time.Second))
			var all sync.WaitGroup
			for i := range 16 {
				e := evidence{finding: []finding{foundDone, foundOpen, foundAccepted, foundUnsent}[i%4], epoch: o.Epoch + 1,
					from: "race"}
				all.Go(func() {
					for range 100 {
						err := s.store.tx(t.Context(), func(tx *sql.Tx) error {
							_, err := s.store.advance(t.Context(), tx, o.ID, e)
							return err
						})
						if err == nil {
							return
						}
					}
					t.Error("a lock was never to be had")
				})
			}
			all.Wait()
			s.has(o.ID, stateDone)
			if n := s.count("SELECT COUNT(*) FROM effects WHERE order_id = $1", o.ID); n != 1 {
				t.Errorf("%d bookings, want 1", n)
			}
		}
	})
}

// Of any number of workers with the same order and epoch one may send.
func TestRecordIsAFence(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, s *service) {
		o := s.deposit("worldcard", s.card("worldcard"), "k")
		var through, held atomic.Int32
		var all sync.WaitGroup
		for range 16 {
			all.Go(func() {
				switch err := s.store.record(t.Context(), o.ID, o.Epoch, "{}", time.Second); {
				case err == nil:
					through.Add(1)
				case errors.Is(err, errSuperseded):
					held.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		all.Wait()
		if through.Load() != 1 || held.Load() != 15 {
			t.Errorf("%d went through, %d were held", through.Load(), held.Load())
		}
		if got := s.has(o.ID, stateSending); got.Epoch != o.Epoch+1 || got.Pending != "{}" || got.Sent.IsZero() ||
			got.Due.IsZero() {
			t.Errorf("%+v", got)
		}
	})
}

func TestOthersAreKnownOnlyWhenNoneIsUnderWay(t *testing.T) {
	t.Parallel()
	s := newService(t, "", nil)
	card := s.card("worldcard")
	one, two := s.deposit("worldcard", card, "1"), s.deposit("worldcard", card, "2")
	of := func() ([]string, bool) {
		ids, known, err := s.store.othersOf(t.Context(), one)
		ok(t, err)
		return ids, known
	}
	if ids, known := of(); len(ids) > 0 || !known {
		t.Errorf("%v, %v: a queued one was not sent", ids, known)
	}
	ok(t, s.store.record(t.Context(), two.ID, two.Epoch, "{}", time.Second))
	if _, known := of(); known {
		t.Error("one that is being sent may be anything")
	}
	s.tell(two.ID, evidence{finding: foundDone, id: "p2"})
	if ids, known := of(); !slices.Equal(ids, []string{"p2"}) || !known {
		t.Errorf("%v, %v", ids, known)
	}
}

func rand8(t *testing.T) string {
	t.Helper()
	id, err := newOrderID(time.Now())
	ok(t, err)
	return id
}

// Whatever a platform says, its evidence is stored: PostgreSQL keeps no NUL and nothing but
// UTF-8, and an order whose outcome cannot be stored is asked about for ever.
func TestStrangeTextIsStored(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, s *service) {
		o := s.deposit("worldcard", s.card("worldcard"), "k")
		strange := "a\x00b\xff" + strings.Repeat("c", 2*maxNote)
		s.tell(o.ID, evidence{finding: foundRefused, note: strange, code: strange, from: "callback"})
		got := s.has(o.ID, stateRefused)
		for _, text := range []string{got.Note, got.Code} {
			if !strings.HasPrefix(text, "a�b�c") || len(text) > maxNote+9 || !strings.HasSuffix(text, "c…") {
				t.Errorf("%q", text)
			}
		}
		ok(t, s.store.tx(t.Context(), func(tx *sql.Tx) error {
			return s.store.differ(t.Context(), tx, difference{"worldcard", "surplus", strange, "", strange})
		}))
	})
}
