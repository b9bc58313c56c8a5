package webhook

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// claims does something with an event, and checks what the deduper found.
func claims(t *testing.T, d Deduper, c Claims, want Claim, fn func() error) {
	t.Helper()
	ran := false
	state, _, err := d.Do(t.Context(), c, func(context.Context) ([]byte, error) {
		ran = true
		return nil, fn()
	})
	if state != want || ran != (want == ClaimNew) || err != nil && !errors.Is(err, errStore) {
		t.Errorf("%+v: %v, %v, called %t; want %v", c, state, err, ran, want)
	}
}

func done() error { return nil }

func fails() error { return errStore }

func event(name string) Claims { return Claims{Event: name} }

func TestMemoryDeduper(t *testing.T) {
	t.Parallel()
	d := NewMemoryDeduper(0, 0)
	claims(t, d, event("a"), ClaimNew, func() error {
		claims(t, d, event("a"), ClaimBusy, done)
		claims(t, d, event("b"), ClaimNew, done)
		return errStore
	})
	claims(t, d, event("a"), ClaimNew, done)
	claims(t, d, event("a"), ClaimDone, done)
	claims(t, d, event("b"), ClaimDone, done)
	if d.Len() != 2 {
		t.Errorf("remembers %d events, want 2", d.Len())
	}
}

// A delivery's name belongs to the event that it came with.
func TestMemoryDeduperDeliveries(t *testing.T) {
	t.Parallel()
	d := NewMemoryDeduper(0, 0)
	named := func(event, delivery string) Claims { return Claims{Event: event, Delivery: delivery} }
	once := Claims{Event: "a", Delivery: "1", Once: true}
	claims(t, d, once, ClaimNew, func() error {
		claims(t, d, once, ClaimBusy, done)
		claims(t, d, named("b", "1"), ClaimBusy, done) // the first may still fail
		return errStore
	})
	claims(t, d, named("b", "1"), ClaimNew, fails)
	claims(t, d, once, ClaimNew, done)
	claims(t, d, once, ClaimReplay, done)
	claims(t, d, named("a", "1"), ClaimDone, done)
	claims(t, d, Claims{Event: "a", Delivery: "2", Once: true}, ClaimDone, done)
	claims(t, d, named("b", "1"), ClaimReplay, done)
	claims(t, d, named("b", "2"), ClaimNew, done) // the repeat's name was not taken
	claims(t, d, named("1", "a"), ClaimNew, done)
	if len(d.deliveries) != 3 {
		t.Errorf("%d deliveries, want 3", len(d.deliveries))
	}
}

// What ends a function's goroutine gives its claim back.
func TestMemoryDeduperPanics(t *testing.T) {
	t.Parallel()
	d := NewMemoryDeduper(0, 0)
	func() {
		defer func() { _ = recover() }()
		claims(t, d, event("a"), ClaimNew, func() error { panic("bug") })
	}()
	claims(t, d, event("a"), ClaimNew, done)
}

func TestMemoryDeduperAge(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := NewMemoryDeduper(time.Hour, 0)
		claims(t, d, event("a"), ClaimNew, func() error {
			time.Sleep(2 * time.Hour)
			claims(t, d, event("a"), ClaimBusy, done) // a claim does not lapse while its function runs
			return nil
		})
		time.Sleep(time.Hour - 1)
		claims(t, d, event("a"), ClaimDone, done)
		claims(t, d, event("b"), ClaimNew, done)
		time.Sleep(time.Nanosecond)
		claims(t, d, event("a"), ClaimNew, fails)
		claims(t, d, event("b"), ClaimDone, done)
		if d.Len() != 1 {
			t.Errorf("remembers %d events, want 1", d.Len())
		}
	})
}

func TestMemoryDeduperSize(t *testing.T) {
	t.Parallel()
	d := NewMemoryDeduper(0, 3)
	for i := range 1000 {
		id := strconv.Itoa(i)
		claims(t, d, Claims{Event: id, Delivery: id}, ClaimNew, done)
		if d.Len() > 3 || len(d.events) != d.Len() || len(d.deliveries) != d.Len() {
			t.Fatalf("after %d events: %d, %d, %d", i+1, d.Len(), len(d.events), len(d.deliveries))
		}
	}
	for id, want := range map[string]Claim{"999": ClaimDone, "998": ClaimDone, "997": ClaimDone} {
		claims(t, d, event(id), want, done)
	}
	claims(t, d, event("996"), ClaimNew, fails)
}

// What is being handled is within the limit too: it takes the place of what was
// handled, and what is beyond it is busy.
func TestMemoryDeduperFullOfBusy(t *testing.T) {
	t.Parallel()
	const size = 3
	d := NewMemoryDeduper(0, size)
	claims(t, d, event("old"), ClaimNew, done)
	leave := make(chan struct{})
	var entered, ended sync.WaitGroup
	for i := range size {
		entered.Add(1)
		ended.Go(func() {
			claims(t, d, event(strconv.Itoa(i)), ClaimNew, func() error {
				entered.Done()
				<-leave
				return nil
			})
		})
	}
	entered.Wait()
	claims(t, d, event("more"), ClaimBusy, done)
	claims(t, d, event("0"), ClaimBusy, done)
	close(leave)
	ended.Wait()
	claims(t, d, event("2"), ClaimDone, done)
	claims(t, d, event("old"), ClaimNew, fails)
	if d.Len() > size || len(d.events) > size {
		t.Errorf("%d and %d events", d.Len(), len(d.events))
	}
}

func TestWindow(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_000_000, 0)
	for _, tt := range []struct {
		offset, maxAge time.Duration
		want           bool
	}{
		{0, time.Hour, true}, {-time.Hour + 1, time.Hour, true}, {-time.Hour, time.Hour, false}, {time.Minute - 1, time.Hour, true}, {time.Minute, time.Hour, false},
		{-1000 * time.Hour, -1, true}, {time.Minute, -1, false},
	} {
		window := Window{MaxAge: tt.maxAge, MaxAhead: time.Minute}
		if got := window.Check(now.Add(tt.offset), now) == nil; got != tt.want {
			t.Errorf("%v from now with age %v: %v", tt.offset, tt.maxAge, got)
		}
	}
}
