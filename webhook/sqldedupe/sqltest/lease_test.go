package sqltest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/issuing-sdk/issuing-go/webhook"
	"github.com/issuing-sdk/issuing-go/webhook/sqldedupe"
)

func testLapsedClaim(t *testing.T, l *lab) {
	dead, other := l.replica(t), l.replica(t)
	claims(t, dead, "event", webhook.ClaimNew)
	l.advance(sqldedupe.DefaultLease - time.Millisecond)
	claims(t, other, "event", webhook.ClaimBusy)
	l.advance(time.Millisecond)
	claims(t, other, "event", webhook.ClaimNew)
	l.advance(sqldedupe.DefaultLease - time.Millisecond)
	claims(t, l.replica(t), "event", webhook.ClaimBusy) // the lease began anew
	ok(t, other.Done(t.Context(), "event"))
	l.advance(365 * 24 * time.Hour)
	claims(t, l.replica(t), "event", webhook.ClaimDone) // what is done does not lapse
}

func testLapsedClaimsAreTakenOnce(t *testing.T, l *lab) {
	const ids, replicas = 50, 6
	dead := l.replica(t)
	for n := range ids {
		claims(t, dead, fmt.Sprint("event/", n), webhook.ClaimNew)
	}
	l.advance(sqldedupe.DefaultLease)
	var won [ids]atomic.Int32
	var wg sync.WaitGroup
	for range replicas {
		d := l.replica(t)
		wg.Go(func() {
			for n := range ids {
				state, err := d.Claim(t.Context(), fmt.Sprint("event/", n))
				if err != nil {
					t.Error(err)
					return
				}
				if state == webhook.ClaimNew {
					won[n].Add(1)
				}
			}
		})
	}
	wg.Wait()
	for n := range won {
		if got := won[n].Load(); got != 1 {
			t.Errorf("event/%d was taken over %d times", n, got)
		}
	}
}

func testNeverFromItself(t *testing.T, l *lab) {
	slow, other := l.replica(t), l.replica(t)
	claims(t, slow, "event", webhook.ClaimNew)
	l.advance(2 * sqldedupe.DefaultLease)
	claims(t, slow, "event", webhook.ClaimBusy) // its function still runs
	claims(t, other, "event", webhook.ClaimNew)
	ok(t, other.Done(t.Context(), "event"))
	claims(t, slow, "event", webhook.ClaimDone)
}

// testOrphan leaves a claim behind as a failed Claim does whose statement the
// database carried out all the same.
func testOrphan(t *testing.T, l *lab) {
	d, other := l.replica(t), l.replica(t)
	claims(t, d, "kept", webhook.ClaimNew)
	claims(t, d, "lost", webhook.ClaimNew)
	// Releasing in vain drops d's own memory of the claim; the row stays.
	if err := d.Release(badContext(t), "lost"); err == nil {
		t.Fatal("released under a cancelled context")
	}
	claims(t, other, "lost", webhook.ClaimBusy)
	l.advance(time.Minute)
	claims(t, d, "lost", webhook.ClaimNew)
	claims(t, d, "lost", webhook.ClaimBusy)
	claims(t, d, "kept", webhook.ClaimBusy)
	l.advance(sqldedupe.DefaultLease - time.Minute)
	claims(t, other, "lost", webhook.ClaimBusy) // the second claim renewed the lease
	claims(t, other, "kept", webhook.ClaimNew)

	// The same within one millisecond, when nothing in the row changes.
	claims(t, d, "again", webhook.ClaimNew)
	if err := d.Release(badContext(t), "again"); err == nil {
		t.Fatal("released under a cancelled context")
	}
	claims(t, d, "again", webhook.ClaimNew)
}

func testReleaseIsFenced(t *testing.T, l *lab) {
	slow, other := l.replica(t), l.replica(t)
	claims(t, slow, "event", webhook.ClaimNew)
	l.advance(sqldedupe.DefaultLease)
	claims(t, other, "event", webhook.ClaimNew)
	ok(t, slow.Release(t.Context(), "event")) // comes too late
	claims(t, slow, "event", webhook.ClaimBusy)
	claims(t, l.replica(t), "event", webhook.ClaimBusy)
	ok(t, other.Release(t.Context(), "event"))
	claims(t, slow, "event", webhook.ClaimNew)

	// A lapsed claim that nobody took is still the owner's to give back.
	l.advance(2 * sqldedupe.DefaultLease)
	ok(t, slow.Release(t.Context(), "event"))
	if n := l.rows(t, "1 = 1"); n != 0 {
		t.Errorf("%d rows after the release", n)
	}
}

func testDoneWins(t *testing.T, l *lab) {
	slow, other := l.replica(t), l.replica(t)
	claims(t, slow, "event", webhook.ClaimNew)
	l.advance(sqldedupe.DefaultLease)
	claims(t, other, "event", webhook.ClaimNew)
	ok(t, slow.Done(t.Context(), "event")) // late, but the event has been handled
	claims(t, l.replica(t), "event", webhook.ClaimDone)
	ok(t, other.Release(t.Context(), "event")) // the second run failed
	claims(t, l.replica(t), "event", webhook.ClaimDone)
	l.advance(2 * sqldedupe.DefaultLease)
	claims(t, other, "event", webhook.ClaimDone)
}

// testLateDone finishes a claim that another replica took over and gave back.
func testLateDone(t *testing.T, l *lab) {
	slow, other := l.replica(t), l.replica(t)
	claims(t, slow, "event", webhook.ClaimNew)
	l.advance(sqldedupe.DefaultLease)
	claims(t, other, "event", webhook.ClaimNew)
	ok(t, other.Release(t.Context(), "event"))
	claims(t, slow, "event", webhook.ClaimBusy) // no row is left, but its function still runs
	ok(t, slow.Done(t.Context(), "event"))
	claims(t, other, "event", webhook.ClaimDone)
}
