package platform

import (
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/issuing-sdk/issuing-go/issuingtest"
)

func TestQueue(t *testing.T) {
	t.Parallel()
	var q Queue[string]
	if v, ok := q.Take("a"); ok || v != "" || len(q.Left()) != 0 {
		t.Errorf("an empty queue has %q", v)
	}
	q.Add("a", "1", "2")
	q.Add("b", "3")
	q.Add("c")
	q.Add("a", "4")
	left := q.Left()
	if diff := cmp.Diff(map[string][]string{"a": {"1", "2", "4"}, "b": {"3"}}, left); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	left["a"][0] = "changed"
	for _, want := range []string{"1", "2", "4"} {
		if v, ok := q.Take("a"); !ok || v != want {
			t.Errorf("got %q, want %q", v, want)
		}
	}
	if diff := cmp.Diff(map[string][]string{"b": {"3"}}, q.Left()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSequence(t *testing.T) {
	t.Parallel()
	var s Sequence
	if s.Next() != 1 || s.ID(4) != "1002" || s.ID(1) != "13" {
		t.Error("wrong numbers")
	}
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() { s.Next() })
	}
	wg.Wait()
	if n := s.Next(); n != 104 {
		t.Errorf("%d after 103 numbers", n)
	}
}

func TestMemory(t *testing.T) {
	t.Parallel()
	m := NewMemory(time.Minute)
	for i, tt := range []struct {
		key   string
		at    time.Duration
		first bool
	}{
		{"a", 0, true}, {"a", 0, false}, {"b", 0, true}, {"a", time.Minute - 1, false}, {"a", time.Minute, true}, {"a", time.Minute, false},
	} {
		if got := m.First(tt.key, start.Add(tt.at)); got != tt.first {
			t.Errorf("%d: %t", i, got)
		}
	}
	for i := range 10 * forgetAfter {
		m.First(strconv.Itoa(i), start.Add(time.Duration(i)*time.Second))
	}
	if n := len(m.seen); n > forgetAfter+1 {
		t.Errorf("%d keys are remembered", n)
	}
}

func TestLater(t *testing.T) {
	t.Parallel()
	clock := issuingtest.NewClock(start)
	s, _ := newServer(t, Config{Clock: clock})
	var lock sync.Mutex
	ran := 0
	s.Later(&lock, time.Minute, func() {
		if lock.TryLock() {
			t.Error("the job runs without the lock")
		}
		ran++
		panic("job")
	})
	clock.Advance(time.Minute - 1)
	func() {
		defer func() { _ = recover() }()
		clock.Advance(1)
	}()
	if ran != 1 || !lock.TryLock() {
		t.Errorf("ran %d times, or kept the lock", ran)
	}
}
