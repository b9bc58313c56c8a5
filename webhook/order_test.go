package webhook

import (
	"context"
	"strconv"
	"testing"
	"time"
)

func TestPositions(t *testing.T) {
	t.Parallel()
	s := newPositions()
	at := func(seconds int) time.Time { return toyNow.Add(time.Duration(seconds) * time.Second) }
	for i, step := range []struct {
		p    Position
		want bool
	}{
		{Position{Of: "a", At: at(10)}, true},
		{Position{Of: "a", At: at(5)}, false},
		{Position{Of: "a", At: at(10)}, true}, // the same second
		{Position{Of: "b", At: at(5)}, true},
		{Position{Of: "a"}, true}, // no time says that it is older
		{Position{Of: "a", At: at(9)}, false},
		{Position{Of: "a", At: at(20), Last: true}, true},
		{Position{Of: "a", At: at(30)}, false}, // nothing comes after it
		{Position{Of: "a"}, false},
		{Position{Of: "a", At: at(15), Last: true}, true}, // and nothing overtakes it
	} {
		if got := s.advance(step.p); got != step.want {
			t.Errorf("step %d, %+v: %t", i, step.p, got)
		}
	}
	for i := range maxPositions + 10 {
		s.advance(Position{Of: strconv.Itoa(i)})
	}
	if len(s.known) != maxPositions || s.order.Len() != maxPositions {
		t.Errorf("%d positions in %d places", len(s.known), s.order.Len())
	}
}

// ordered is a toy whose events' ids are the seconds of one thing.
func ordered(event *Event) (Position, bool) {
	n, err := strconv.Atoi(event.ID)
	return Position{Of: "thing", At: toyNow.Add(time.Duration(n) * time.Second)}, err == nil
}

// What is out of date is acknowledged and not dispatched, also where the deduper
// keeps no positions; what fails may come again.
func TestWithOrder(t *testing.T) {
	t.Parallel()
	for name, store := range map[string]Deduper{"keeps": NewMemoryDeduper(0, 0), "keeps none": keyless{Deduper: NewMemoryDeduper(0, 0)}} {
		_, src := newToy(WithOrder(ordered), WithDeduper(store))
		var got []string
		fail := true
		h := NewHandler(src, func(_ context.Context, event *Event) error {
			if fail {
				return errStore
			}
			got = append(got, event.ID)
			return nil
		}, WithObserver(func(context.Context, Report) {}))
		for i, step := range []struct{ id, want string }{
			{"5", answerRetry}, {"5", answerOK}, {"3", answerOK}, {"x", answerOK}, {"7", answerOK},
		} {
			if answer := deliver(t, h, strconv.Itoa(i), "SEALED tell "+step.id); answer != step.want {
				t.Errorf("%s, %s: %s", name, step.id, answer)
			}
			fail = false
		}
		if len(got) != 3 || got[0] != "5" || got[1] != "x" || got[2] != "7" {
			t.Errorf("%s: dispatched %v", name, got)
		}
	}
}
