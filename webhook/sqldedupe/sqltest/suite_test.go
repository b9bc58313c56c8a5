package sqltest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/issuing-sdk/issuing-go/webhook"
	"github.com/issuing-sdk/issuing-go/webhook/sqldedupe"
)

var epoch = time.Date(2026, 4, 1, 2, 0, 0, 0, time.UTC)

// lab is one table and a clock that its replicas share.
type lab struct {
	db  *sql.DB
	cfg sqldedupe.Config

	mu  sync.Mutex
	now time.Time
}

// suite runs every test on databases that open returns. Each call of open is
// for one table that does not exist yet.
func suite(t *testing.T, open func(t *testing.T) (*sql.DB, sqldedupe.Config)) {
	tests := []struct {
		name string
		run  func(*testing.T, *lab)
	}{
		{"States", testStates},
		{"ConcurrentClaims", testConcurrentClaims},
		{"ConcurrentLives", testConcurrentLives},
		{"LapsedClaim", testLapsedClaim},
		{"LapsedClaimsAreTakenOnce", testLapsedClaimsAreTakenOnce},
		{"NeverFromItself", testNeverFromItself},
		{"OrphanOfAFailedClaim", testOrphan},
		{"ReleaseIsFenced", testReleaseIsFenced},
		{"DoneWins", testDoneWins},
		{"LateDone", testLateDone},
		{"Ids", testIDs},
		{"Sweep", testSweep},
		{"SweepLeavesRunningClaims", testSweepLeavesRunningClaims},
		{"SweepInBatches", testSweepInBatches},
		{"SweepsAndClaims", testSweepsAndClaims},
		{"CancelledContext", testCancelledContext},
		{"Migrate", testMigrate},
		{"MissingTable", testMissingTable},
		{"ReservedWord", testReservedWord},
		{"Together", testTogether},
		{"OneDies", testOneDies},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			db, cfg := open(t)
			l := &lab{db: db, cfg: cfg, now: epoch}
			l.cfg.Now = l.clock
			test.run(t, l)
		})
	}
}

func (l *lab) clock() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now
}

func (l *lab) advance(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now = l.now.Add(d)
}

// replica returns the Deduper of one more process.
func (l *lab) replica(t *testing.T) *sqldedupe.Deduper {
	t.Helper()
	d, err := sqldedupe.New(l.db, l.cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return d
}

// rows counts the table's rows.
func (l *lab) rows(t *testing.T, where string) (n int) {
	t.Helper()
	if err := l.db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM "+l.cfg.Table+" WHERE "+where).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func claims(t *testing.T, d *sqldedupe.Deduper, id string, want webhook.Claim) {
	t.Helper()
	if got, err := d.Claim(t.Context(), id); err != nil || got != want {
		t.Fatalf("Claim(%.40q) = %v, %v; want %v", id, got, err, want)
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func testStates(t *testing.T, l *lab) {
	a, b := l.replica(t), l.replica(t)
	for _, d := range []*sqldedupe.Deduper{a, b} {
		id := fmt.Sprintf("event/%p", d)
		claims(t, d, id, webhook.ClaimNew)
		claims(t, a, id, webhook.ClaimBusy)
		claims(t, b, id, webhook.ClaimBusy)
		ok(t, d.Release(t.Context(), id))
		claims(t, d, id, webhook.ClaimNew)
		ok(t, d.Done(t.Context(), id))
		claims(t, a, id, webhook.ClaimDone)
		claims(t, b, id, webhook.ClaimDone)
		ok(t, d.Release(t.Context(), id)) // what is done stays done
		claims(t, a, id, webhook.ClaimDone)
		ok(t, d.Done(t.Context(), id))
		claims(t, b, id, webhook.ClaimDone)
	}
	if n := l.rows(t, "state = 1 AND lapses_at = 0"); n != 2 {
		t.Errorf("%d handled rows, want 2", n)
	}
}

// testConcurrentClaims lets 16 goroutines of 4 replicas claim the same
// contested ids at the same time.
func testConcurrentClaims(t *testing.T, l *lab) {
	const goroutines, replicas, ids = 16, 4, contested
	dedupers := make([]*sqldedupe.Deduper, replicas)
	for i := range dedupers {
		dedupers[i] = l.replica(t)
	}
	var won [ids]atomic.Int32
	var wg sync.WaitGroup
	for g := range goroutines {
		wg.Go(func() {
			d := dedupers[g%replicas]
			for i := range ids {
				// Pairs of goroutines meet on every id; the pairs start apart.
				n := (i + g/2*ids/goroutines) % ids
				state, err := d.Claim(t.Context(), fmt.Sprint("event/", n))
				if err != nil {
					t.Error(err)
					return
				}
				switch state {
				case webhook.ClaimNew:
					won[n].Add(1)
				case webhook.ClaimDone:
					t.Errorf("event/%d is done", n)
				}
			}
		})
	}
	wg.Wait()
	for n := range won {
		if got := won[n].Load(); got != 1 {
			t.Errorf("event/%d was claimed %d times", n, got)
		}
	}
	if n := l.rows(t, "state = 0"); n != ids {
		t.Errorf("%d rows, want %d", n, ids)
	}
}

// testConcurrentLives claims few ids from many goroutines that handle them,
// fail at first, and finish: never two at a time, and once in the end.
func testConcurrentLives(t *testing.T, l *lab) {
	const goroutines, ids, failures = 8, 12, 20
	var running, attempts, handled [ids]atomic.Int32
	var wg sync.WaitGroup
	for range goroutines {
		d := l.replica(t)
		wg.Go(func() {
			for open := ids; open > 0; {
				open = 0
				for n := range ids {
					id := fmt.Sprint("event/", n)
					state, err := d.Claim(t.Context(), id)
					if err != nil {
						t.Error(err)
						return
					}
					if state != webhook.ClaimDone {
						open++
					}
					if state != webhook.ClaimNew {
						continue
					}
					if running[n].Add(1) != 1 {
						t.Errorf("%s runs twice at a time", id)
					}
					end := d.Release
					if attempts[n].Add(1) > failures {
						handled[n].Add(1)
						end = d.Done
					}
					running[n].Add(-1)
					if err := end(t.Context(), id); err != nil {
						t.Error(err)
						return
					}
				}
			}
		})
	}
	wg.Wait()
	for n := range ids {
		if got := handled[n].Load(); got != 1 || attempts[n].Load() != failures+1 {
			t.Errorf("event/%d was handled %d times in %d attempts", n, got, attempts[n].Load())
		}
	}
}

// badContext returns a context that was cancelled before the call.
func badContext(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

func testCancelledContext(t *testing.T, l *lab) {
	d := l.replica(t)
	ctx := badContext(t)
	claims(t, d, "taken", webhook.ClaimNew)
	calls := map[string]func() error{
		"Claim":   func() error { _, err := d.Claim(ctx, "new"); return err },
		"Done":    func() error { return d.Done(ctx, "taken") },
		"Release": func() error { return d.Release(ctx, "taken") },
		"Sweep":   func() error { _, err := d.Sweep(ctx); return err },
		"Migrate": func() error { return d.Migrate(ctx) },
	}
	for name, call := range calls {
		if err := call(); !errors.Is(err, context.Canceled) || !strings.HasPrefix(err.Error(), "sqldedupe: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := l.rows(t, "state = 0"); n != 1 {
		t.Errorf("%d rows, want the one that was taken", n)
	}
	claims(t, d, "new", webhook.ClaimNew) // the failed claim does not stand in the way
}

func testIDs(t *testing.T, l *lab) {
	d := l.replica(t)
	ids := []string{
		"", " ", "a", "A", "a ", "á", "a\x00", "\xff\xfe", "'; DROP TABLE webhook_events; --", "?", "$1",
		strings.Repeat("x", 1<<20), strings.Repeat("x", 1<<20+1), "worldcard/event/1", "kazepay/event/1",
	}
	for _, id := range ids {
		claims(t, d, id, webhook.ClaimNew)
	}
	for _, id := range ids {
		ok(t, d.Done(t.Context(), id))
		claims(t, d, id, webhook.ClaimDone)
	}
	if n := l.rows(t, "state = 1"); n != len(ids) {
		t.Errorf("%d rows for %d ids", n, len(ids))
	}
}
