package sqltest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/issuing-sdk/issuing-go/webhook"
	"github.com/issuing-sdk/issuing-go/webhook/sqldedupe"
)

func testLapsedClaim(t *testing.T, l *lab) {
	l.die(t, "x")
	other := l.replica(t)
	l.advance(sqldedupe.DefaultLease - time.Millisecond)
	do(t, other, named("x"), webhook.ClaimBusy, handled)
	l.advance(time.Millisecond)
	h := hold(t, other, named("x"))
	l.advance(sqldedupe.DefaultLease - time.Millisecond)
	do(t, l.replica(t), named("x"), webhook.ClaimBusy, handled) // the lease began anew
	ok(t, h.end(nil))
	l.advance(365 * 24 * time.Hour)
	do(t, l.replica(t), named("x"), webhook.ClaimDone, handled) // what is done does not lapse
}

func testLapsedClaimsAreTakenOnce(t *testing.T, l *lab) {
	const ids, replicas = 50, 6
	for n := range ids {
		l.die(t, fmt.Sprint(n))
	}
	l.advance(sqldedupe.DefaultLease)
	var won [ids]atomic.Int32
	var wg sync.WaitGroup
	for range replicas {
		d := l.replica(t)
		wg.Go(func() {
			for n := range ids {
				_, _, err := d.Do(t.Context(), named(fmt.Sprint(n)), func(context.Context) ([]byte, error) {
					won[n].Add(1)
					return nil, nil
				})
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	for n := range won {
		if got := won[n].Load(); got != 1 {
			t.Errorf("event %d was taken over %d times", n, got)
		}
	}
}

func testNeverFromItself(t *testing.T, l *lab) {
	slow, other := l.replica(t), l.replica(t)
	h := hold(t, slow, named("x"))
	l.advance(2 * sqldedupe.DefaultLease)
	do(t, slow, named("x"), webhook.ClaimBusy, handled) // its function still runs
	do(t, other, named("x"), webhook.ClaimNew, handled)
	ok(t, h.end(nil))
	do(t, slow, named("x"), webhook.ClaimDone, handled)
}

func testReleaseIsFenced(t *testing.T, l *lab) {
	slow, other := l.replica(t), l.replica(t)
	late := hold(t, slow, named("x"))
	l.advance(sqldedupe.DefaultLease)
	running := hold(t, other, named("x"))
	if err := late.end(errFn); !errors.Is(err, errFn) { // gives nothing back any more
		t.Error(err)
	}
	do(t, slow, named("x"), webhook.ClaimBusy, handled)
	do(t, l.replica(t), named("x"), webhook.ClaimBusy, handled)
	if err := running.end(errFn); !errors.Is(err, errFn) {
		t.Error(err)
	}

	// A lapsed claim that nobody took is still the owner's to give back.
	late = hold(t, slow, named("x"))
	l.advance(2 * sqldedupe.DefaultLease)
	if err := late.end(errFn); !errors.Is(err, errFn) {
		t.Error(err)
	}
	if n := l.rows(t, "1 = 1"); n != 0 {
		t.Errorf("%d rows after the release", n)
	}
}

func testDoneWins(t *testing.T, l *lab) {
	slow, other := l.replica(t), l.replica(t)
	late := hold(t, slow, named("x"))
	l.advance(sqldedupe.DefaultLease)
	running := hold(t, other, named("x"))
	ok(t, late.end(nil)) // late, but the event has been handled
	do(t, l.replica(t), named("x"), webhook.ClaimDone, handled)
	if err := running.end(errFn); !errors.Is(err, errFn) { // the second run failed
		t.Error(err)
	}
	do(t, l.replica(t), named("x"), webhook.ClaimDone, handled)
	l.advance(2 * sqldedupe.DefaultLease)
	do(t, other, named("x"), webhook.ClaimDone, handled)
}

// testLateDone finishes a claim that another replica took over and gave back.
func testLateDone(t *testing.T, l *lab) {
	slow, other := l.replica(t), l.replica(t)
	late := hold(t, slow, named("x"))
	l.advance(sqldedupe.DefaultLease)
	do(t, other, named("x"), webhook.ClaimNew, fails)
	do(t, slow, named("x"), webhook.ClaimBusy, handled) // no row is left, but its function still runs
	ok(t, late.end(nil))
	do(t, other, named("x"), webhook.ClaimDone, handled)
}
