package keyring

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/webhook"
)

var errStore = errors.New("the store is down")

// store is a merchant's: it counts, and does to look-ups what a test says.
type store struct {
	looks atomic.Int64
	mu    sync.Mutex
	does  func(ctx context.Context, id string) (int, error)
}

func (s *store) set(does func(ctx context.Context, id string) (int, error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.does = does
}

func (s *store) look(ctx context.Context, id string) (int, error) {
	s.looks.Add(1)
	s.mu.Lock()
	does := s.does
	s.mu.Unlock()
	return does(ctx, id)
}

func says(value int, err error) func(context.Context, string) (int, error) {
	return func(context.Context, string) (int, error) { return value, err }
}

// hang ignores the end of its context.
func hang(d time.Duration, value int) func(context.Context, string) (int, error) {
	return func(context.Context, string) (int, error) {
		time.Sleep(d)
		return value, nil
	}
}

// bubble runs a test of a ring on a clock of its own.
func bubble(t *testing.T, test func(t *testing.T, r *ring[int], s *store)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &store{does: says(1, nil)}
		test(t, newRing(s.look), s)
	})
}

// gets asks for the id "a", and says how long that took.
func gets(t *testing.T, r *ring[int]) (value int, took time.Duration, err error) {
	t.Helper()
	begun := time.Now()
	h, err := r.get(t.Context(), "a")
	if err == nil {
		value = h.value
	}
	return value, time.Since(begun), err
}

func wants(t *testing.T, r *ring[int], want int) {
	t.Helper()
	if got, took, err := gets(t, r); got != want || took != 0 || err != nil {
		t.Fatalf("%d after %v, %v, want %d at once", got, took, err, want)
	}
}

func (s *store) counts(t *testing.T, want int64) {
	t.Helper()
	synctest.Wait()
	if got := s.looks.Load(); got != want {
		t.Errorf("%d look-ups, want %d", got, want)
	}
}

func TestOneLookUpForAll(t *testing.T) {
	bubble(t, func(t *testing.T, r *ring[int], s *store) {
		s.set(hang(time.Second, 1))
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() {
				if got, took, err := gets(t, r); got != 1 || took != time.Second || err != nil {
					t.Errorf("%d after %v, %v", got, took, err)
				}
			})
		}
		wg.Wait()
		s.counts(t, 1)
		s.set(says(2, nil))
		time.Sleep(freshFor - time.Second - 1)
		wants(t, r, 1)
		time.Sleep(time.Nanosecond)
		wants(t, r, 2)
		s.counts(t, 2)
	})
}

// The one that began the look-up goes away, and the others get its answer.
func TestALookUpOutlivesItsFirst(t *testing.T) {
	bubble(t, func(t *testing.T, r *ring[int], s *store) {
		s.set(func(ctx context.Context, _ string) (int, error) {
			select {
			case <-ctx.Done():
				return 0, ctx.Err()
			case <-time.After(time.Second):
				return 1, nil
			}
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if _, err := r.get(ctx, "a"); !errors.Is(err, issuing.ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		if got, _, err := gets(t, r); got != 1 || err != nil {
			t.Errorf("%d, %v", got, err)
		}
		s.counts(t, 1)
	})
}

func TestUnknownIsKnownForAWhile(t *testing.T) {
	bubble(t, func(t *testing.T, r *ring[int], s *store) {
		s.set(says(0, fmt.Errorf("no row: %w", webhook.ErrUnknownKey)))
		for range 5 {
			if _, _, err := gets(t, r); !errors.Is(err, webhook.ErrUnknownKey) || errors.Is(err, issuing.ErrUnavailable) || !strings.Contains(err.Error(), `"a"`) {
				t.Error(err)
			}
		}
		s.counts(t, 1)
		s.set(says(1, nil))
		time.Sleep(unknownFor)
		wants(t, r, 1)
		// And what is known may end.
		s.set(says(0, webhook.ErrUnknownKey))
		time.Sleep(freshFor)
		if _, _, err := gets(t, r); !errors.Is(err, webhook.ErrUnknownKey) {
			t.Error(err)
		}
		s.counts(t, 3)
		for _, id := range []string{"", strings.Repeat("x", maxID+1)} {
			if _, err := r.get(t.Context(), id); !errors.Is(err, webhook.ErrUnknownKey) || len(err.Error()) > 150 {
				t.Error(err)
			}
		}
		s.counts(t, 4) // of "", which is an id; the other is none
	})
}

func TestTheLastGoodValueCountsWhileLookUpsFail(t *testing.T) {
	for name, does := range map[string]func(context.Context, string) (int, error){
		"fails": says(0, errStore), "panics": func(context.Context, string) (int, error) { panic("secret") },
		"ends its goroutine": func(context.Context, string) (int, error) { runtime.Goexit(); return 0, nil },
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, r *ring[int], s *store) {
				wants(t, r, 1)
				s.set(does)
				begun := time.Now()
				for time.Since(begun) < freshFor+lastGoodFor {
					wants(t, r, 1)
					wants(t, r, 1)
					time.Sleep(time.Second)
				}
				if most := int64((freshFor+lastGoodFor)/renewAfter) + 1; s.looks.Load() > most || s.looks.Load() < most/2 {
					t.Errorf("%d look-ups, at most %d", s.looks.Load(), most)
				}
				time.Sleep(renewAfter)
				if _, _, err := gets(t, r); !errors.Is(err, issuing.ErrUnavailable) || strings.Contains(err.Error(), "secret") {
					t.Error(err)
				}
				s.set(says(2, nil))
				time.Sleep(renewAfter)
				wants(t, r, 2)
			})
		})
	}
}

func TestALookUpThatHangs(t *testing.T) {
	bubble(t, func(t *testing.T, r *ring[int], s *store) {
		s.set(hang(time.Hour, 7))
		if _, took, err := gets(t, r); took != lookUpFor || !errors.Is(err, issuing.ErrUnavailable) {
			t.Errorf("without a value: %v, %v", took, err)
		}
		if _, took, err := gets(t, r); took != 0 || !errors.Is(err, issuing.ErrUnavailable) {
			t.Errorf("and the next: %v, %v", took, err)
		}
		time.Sleep(renewAfter)
		s.set(says(1, nil))
		wants(t, r, 1) // the one that hangs is left behind
		s.set(hang(30*time.Minute, 8))
		time.Sleep(freshFor)
		if got, took, err := gets(t, r); got != 1 || took != patience || err != nil {
			t.Errorf("with a value: %d after %v, %v", got, took, err)
		}
		wants(t, r, 1)
		s.set(says(2, nil))
		time.Sleep(lookUpFor + renewAfter)
		wants(t, r, 2)
		// What was left behind comes back at last, and is older than what is known.
		for range 61 {
			time.Sleep(time.Minute)
			wants(t, r, 2)
		}
		// Nor does it bring back what was withdrawn meanwhile.
		s.set(hang(30*time.Second, 9))
		time.Sleep(freshFor)
		_, _, _ = gets(t, r)
		s.set(says(0, webhook.ErrUnknownKey))
		time.Sleep(lookUpFor + renewAfter)
		if _, _, err := gets(t, r); !errors.Is(err, webhook.ErrUnknownKey) {
			t.Error(err)
		}
		for range 30 {
			time.Sleep(time.Second)
			if _, _, err := gets(t, r); !errors.Is(err, webhook.ErrUnknownKey) {
				t.Error(err)
			}
		}
	})
}

// Look-ups that never return hold a number of goroutines, and known ids are not kept from
// theirs by unknown ones.
func TestHangingLookUpsAreBounded(t *testing.T) {
	bubble(t, func(t *testing.T, r *ring[int], s *store) {
		for i := range 100 {
			if _, err := r.get(t.Context(), fmt.Sprint("known-", i)); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(freshFor)
		s.looks.Store(0)
		s.set(hang(time.Hour, 2))
		for i := range 100 {
			go func() { _, _ = r.get(t.Context(), fmt.Sprint("strange-", i)) }()
			synctest.Wait()
		}
		s.counts(t, strangeSlots)
		for i := range 100 {
			if h, err := r.get(t.Context(), fmt.Sprint("known-", i)); err != nil || h.value != 1 {
				t.Errorf("%v, %v", h, err)
			}
		}
		s.counts(t, strangeSlots+knownSlots)
		time.Sleep(time.Hour)
		synctest.Wait()
		if r.running != [2]int{} || len(r.flights) != 0 {
			t.Errorf("%v run, %d on their way", r.running, len(r.flights))
		}
	})
}

// TestNewerIsBounded: forged requests under a known id.
func TestNewerIsBounded(t *testing.T) {
	bubble(t, func(t *testing.T, r *ring[int], s *store) {
		h, err := r.get(t.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		s.set(says(2, nil))
		begun := time.Now()
		for time.Since(begun) < 50*time.Second {
			if newer := r.newer(t.Context(), h); newer != nil {
				h = newer
			}
			time.Sleep(10 * time.Millisecond)
		}
		if h.value != 2 {
			t.Error("what has changed is not seen")
		}
		s.counts(t, 1+int64(50*time.Second/renewAfter)-1)
		s.set(says(0, errStore))
		time.Sleep(renewAfter)
		if newer := r.newer(t.Context(), h); newer != nil {
			t.Error("a look-up that failed brought", newer.value)
		}
		s.set(says(0, webhook.ErrUnknownKey))
		time.Sleep(renewAfter)
		if newer := r.newer(t.Context(), h); newer != nil || r.newer(t.Context(), h) != nil {
			t.Error("a withdrawn one is newer")
		}
	})
}

// TestForgedIDs: a hundred thousand, as fast as they come and slowly.
func TestForgedIDs(t *testing.T) {
	for _, gap := range []time.Duration{0, time.Millisecond} {
		t.Run(gap.String(), func(t *testing.T) {
			bubble(t, func(t *testing.T, r *ring[int], s *store) {
				const forged = 100_000
				wants(t, r, 1)
				s.set(func(_ context.Context, id string) (int, error) {
					if id == "a" {
						return 2, nil
					}
					return 0, webhook.ErrUnknownKey
				})
				begun, before := time.Now(), heap()
				for i := range forged {
					if _, err := r.get(t.Context(), fmt.Sprint("forged-", i)); !errors.Is(err, webhook.ErrUnknownKey) {
						t.Fatal(err)
					}
					time.Sleep(gap)
				}
				if most := 1 + strangeBurst + int64(time.Since(begun)/strangeEvery); s.looks.Load() > most {
					t.Errorf("%d look-ups in %v, at most %d", s.looks.Load(), time.Since(begun), most)
				}
				if grown := int64(heap()) - int64(before); grown > 2<<20 || len(r.known.items) != 1 || len(r.unknown.items) > maxUnknown || len(r.flights) > 0 {
					t.Errorf("%d bytes more, %d known, %d unknown, %d on their way", grown, len(r.known.items), len(r.unknown.items), len(r.flights))
				}
				t.Logf("%d look-ups in %v", s.looks.Load(), time.Since(begun))
				time.Sleep(freshFor)
				wants(t, r, 2) // which no flood keeps from its look-up
			})
		})
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestTheOldestGoesFirst(t *testing.T) {
	bubble(t, func(t *testing.T, r *ring[int], _ *store) {
		for i := range maxKnown + 10 {
			if i%50 == 0 {
				time.Sleep(time.Second) // for the rate
				wants(t, r, 1)
			}
			if _, err := r.get(t.Context(), fmt.Sprint(i)); err != nil {
				t.Fatal(err)
			}
		}
		if _, ok := r.known.items["a"]; !ok || len(r.known.items) != maxKnown || r.known.order.Len() != maxKnown {
			t.Errorf("%v, %d", ok, len(r.known.items))
		}
	})
}
