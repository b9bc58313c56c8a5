package webhook

import (
	"strconv"
	"testing"
	"testing/synctest"
	"time"
)

func claim(t *testing.T, d Deduper, id string, want Claim) {
	t.Helper()
	if got, err := d.Claim(t.Context(), id); err != nil || got != want {
		t.Errorf("claim of %s is %v, %v; want %v", id, got, err, want)
	}
}

func done(t *testing.T, d Deduper, id string) {
	t.Helper()
	if err := d.Done(t.Context(), id); err != nil {
		t.Error(err)
	}
}

func release(t *testing.T, d Deduper, id string) {
	t.Helper()
	if err := d.Release(t.Context(), id); err != nil {
		t.Error(err)
	}
}

func TestMemoryDeduper(t *testing.T) {
	t.Parallel()
	d := NewMemoryDeduper(0, 0)
	claim(t, d, "a", ClaimNew)
	claim(t, d, "a", ClaimBusy)
	claim(t, d, "b", ClaimNew)
	release(t, d, "a")
	claim(t, d, "a", ClaimNew)
	done(t, d, "a")
	claim(t, d, "a", ClaimDone)
	release(t, d, "a") // what is done stays done
	claim(t, d, "a", ClaimDone)
	done(t, d, "a")
	release(t, d, "never claimed")
	done(t, d, "done at once")
	claim(t, d, "done at once", ClaimDone)
	if d.Len() != 2 {
		t.Errorf("remembers %d events, want 2", d.Len())
	}
}

func TestMemoryDeduperAge(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := NewMemoryDeduper(time.Hour, 0)
		claim(t, d, "a", ClaimNew)
		time.Sleep(2 * time.Hour)
		claim(t, d, "a", ClaimBusy) // a claim does not lapse while its handler runs
		done(t, d, "a")
		time.Sleep(time.Hour - 1)
		claim(t, d, "a", ClaimDone)
		done(t, d, "b")
		time.Sleep(time.Nanosecond)
		claim(t, d, "a", ClaimNew)
		claim(t, d, "b", ClaimDone)
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
		claim(t, d, id, ClaimNew)
		done(t, d, id)
		if d.Len() > 3 || len(d.states) != d.Len() || len(d.busy) != 0 {
			t.Fatalf("after %d events: %d, %d, %d", i+1, d.Len(), len(d.states), len(d.busy))
		}
	}
	for id, want := range map[string]Claim{"999": ClaimDone, "998": ClaimDone, "997": ClaimDone, "996": ClaimNew} {
		claim(t, d, id, want)
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
