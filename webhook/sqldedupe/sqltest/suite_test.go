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
		{"Deliveries", testDeliveries},
		{"LapsedClaimsAreTakenOnce", testLapsedClaimsAreTakenOnce},
		{"NeverFromItself", testNeverFromItself},
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
		{"Answers", testAnswers},
		{"OneTransaction", testOneTransaction},
		{"OnceUnderRollbacks", testOnceUnderRollbacks},
		{"RepeatsOfASlowEvent", testRepeatsOfASlowEvent},
		{"StatementsAreCounted", testStatements},
		{"FormsMix", testFormsMix},
		{"Positions", testPositions},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			db, cfg := open(t)
			l := &lab{db: db, cfg: cfg, now: epoch}
			l.cfg.Now, l.cfg.Timeout = l.clock, time.Minute // on a machine that is busy with other tests
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

// named is the event and the delivery of one name.
func named(name string) webhook.Claims {
	return webhook.Claims{Event: "event/" + name, Delivery: "delivery/" + name}
}

// errFn is what a function fails with.
var errFn = errors.New("the function failed")

// do claims c, does something under the claim, and checks what was found.
func do(t *testing.T, d webhook.Deduper, c webhook.Claims, want webhook.Claim, fn func() error) {
	t.Helper()
	ran := false
	got, _, err := d.Do(t.Context(), c, func(context.Context) ([]byte, error) {
		ran = true
		return nil, fn()
	})
	if got != want || ran != (want == webhook.ClaimNew) || err != nil && !errors.Is(err, errFn) {
		t.Fatalf("Do(%.60q) = %v, %v, called %t; want %v", c.Event, got, err, ran, want)
	}
}

func handled() error { return nil }

func fails() error { return errFn }

// held is a claim whose function runs until the test ends it.
type held struct {
	leave chan error
	ended chan error
}

// hold claims c in a goroutine and returns when its function runs.
func hold(t *testing.T, d webhook.Deduper, c webhook.Claims) *held {
	t.Helper()
	h := &held{leave: make(chan error, 1), ended: make(chan error, 1)}
	entered := make(chan struct{})
	go func() {
		_, _, err := d.Do(context.WithoutCancel(t.Context()), c, func(context.Context) ([]byte, error) {
			close(entered)
			return nil, <-h.leave
		})
		h.ended <- err
	}()
	select {
	case <-entered:
	case err := <-h.ended:
		t.Fatalf("Do(%.60q) called nothing: %v", c.Event, err)
	}
	return h
}

// end lets the function return and waits for the claim's end.
func (h *held) end(err error) error {
	h.leave <- err
	return <-h.ended
}

// die leaves a claim behind, as a process does that dies: its function never returns.
func (l *lab) die(t *testing.T, names ...string) {
	t.Helper()
	d := l.replica(t)
	for _, name := range names {
		h := hold(t, d, named(name))
		t.Cleanup(func() { _ = h.end(errFn) })
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
		c := named(fmt.Sprintf("%p", d))
		h := hold(t, d, c)
		do(t, a, c, webhook.ClaimBusy, handled)
		do(t, b, c, webhook.ClaimBusy, handled)
		if err := h.end(errFn); !errors.Is(err, errFn) {
			t.Error(err)
		}
		do(t, d, c, webhook.ClaimNew, handled)
		do(t, a, c, webhook.ClaimDone, handled)
		do(t, b, c, webhook.ClaimDone, handled)
	}
	if n := l.rows(t, "state = 1 AND lapses_at = 0"); n != 2 {
		t.Errorf("%d handled rows, want 2", n)
	}
}

// testDeliveries: a delivery's name belongs to the event that it came with, and an
// event without one stands for itself.
func testDeliveries(t *testing.T, l *lab) {
	a, b := l.replica(t), l.replica(t)
	c := webhook.Claims{Event: "e", Delivery: "d", Once: true}
	do(t, a, c, webhook.ClaimNew, fails)
	do(t, b, c, webhook.ClaimNew, handled)
	do(t, a, c, webhook.ClaimReplay, handled)
	do(t, a, webhook.Claims{Event: "e", Delivery: "d"}, webhook.ClaimDone, handled)
	do(t, a, webhook.Claims{Event: "e", Delivery: "d2", Once: true}, webhook.ClaimDone, handled)
	do(t, a, webhook.Claims{Event: "e2", Delivery: "d"}, webhook.ClaimReplay, handled)
	do(t, a, webhook.Claims{Event: "e2", Delivery: "d2"}, webhook.ClaimNew, handled)
	do(t, a, webhook.Claims{Event: "e", Delivery: "d2"}, webhook.ClaimReplay, handled)
	for _, event := range []string{"bare", "also bare"} {
		do(t, a, webhook.Claims{Event: event}, webhook.ClaimNew, handled)
		do(t, b, webhook.Claims{Event: event}, webhook.ClaimDone, handled)
	}
}

// testConcurrentLives claims few events from many goroutines that handle them,
// fail at first, and finish: never two at a time, and once in the end.
func testConcurrentLives(t *testing.T, l *lab) {
	const goroutines, ids, failures = 8, 12, 20
	var running, attempts, finished [ids]atomic.Int32
	var wg sync.WaitGroup
	for range goroutines {
		d := l.replica(t)
		wg.Go(func() {
			for open := ids; open > 0; {
				open = 0
				for n := range ids {
					name := fmt.Sprint(n)
					state, _, err := d.Do(t.Context(), named(name), func(context.Context) ([]byte, error) {
						if running[n].Add(1) != 1 {
							t.Errorf("%s runs twice at a time", name)
						}
						defer running[n].Add(-1)
						if attempts[n].Add(1) <= failures {
							return nil, errFn
						}
						finished[n].Add(1)
						return nil, nil
					})
					if err != nil && !errors.Is(err, errFn) {
						t.Error(err)
						return
					}
					if state != webhook.ClaimDone {
						open++
					}
				}
			}
		})
	}
	wg.Wait()
	for n := range ids {
		if got := finished[n].Load(); got != 1 || attempts[n].Load() != failures+1 {
			t.Errorf("event %d was handled %d times in %d attempts", n, got, attempts[n].Load())
		}
	}
}

// testConcurrentClaims lets 16 goroutines of 4 replicas handle the same contested
// events at the same time.
func testConcurrentClaims(t *testing.T, l *lab) {
	const goroutines, replicas = 16, 4
	ids := contested
	dedupers := make([]*sqldedupe.Deduper, replicas)
	for i := range dedupers {
		dedupers[i] = l.replica(t)
	}
	won := make([]atomic.Int32, ids)
	var wg sync.WaitGroup
	for g := range goroutines {
		wg.Go(func() {
			d := dedupers[g%replicas]
			for i := range ids {
				// Pairs of goroutines meet on every id; the pairs start apart.
				n := (i + g/2*ids/goroutines) % ids
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
			t.Errorf("event %d was handled %d times", n, got)
		}
	}
	if n := l.rows(t, "state = 1"); n != ids {
		t.Errorf("%d rows, want %d", n, ids)
	}
}

func testCancelledContext(t *testing.T, l *lab) {
	d := l.replica(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	l.die(t, "taken")
	calls := map[string]func() error{
		"Do": func() error {
			_, _, err := d.Do(ctx, named("new"), func(context.Context) ([]byte, error) { return nil, nil })
			return err
		},
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
	do(t, d, named("new"), webhook.ClaimNew, handled) // the failed claim does not stand in the way
}

func testIDs(t *testing.T, l *lab) {
	d := l.replica(t)
	ids := []string{
		" ", "a", "A", "a ", "á", "a\x00", "\xff\xfe", "'; DROP TABLE webhook_events; --", "?", "$1",
		strings.Repeat("x", 1<<20), strings.Repeat("x", 1<<20+1), "worldcard/event/1", "kazepay/event/1",
	}
	for _, id := range ids {
		do(t, d, webhook.Claims{Event: id, Delivery: id}, webhook.ClaimNew, handled)
	}
	for _, id := range ids {
		do(t, d, webhook.Claims{Event: id, Delivery: id}, webhook.ClaimDone, handled)
	}
	if n := l.rows(t, "state = 1"); n != len(ids) {
		t.Errorf("%d rows for %d ids", n, len(ids))
	}
}
