package sqltest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/issuing-sdk/issuing-go/webhook"
	"github.com/issuing-sdk/issuing-go/webhook/sqldedupe"
)

func swept(t *testing.T, d *sqldedupe.Deduper, want int64) {
	t.Helper()
	if got, err := d.Sweep(t.Context()); err != nil || got != want {
		t.Errorf("Sweep = %d, %v; want %d", got, err, want)
	}
}

func testSweep(t *testing.T, l *lab) {
	l.cfg.Keep = 48 * time.Hour
	d, other := l.replica(t), l.replica(t)
	l.die(t, "dead")
	do(t, d, named("old"), webhook.ClaimNew, handled)
	l.advance(time.Millisecond)
	do(t, d, named("young"), webhook.ClaimNew, handled)
	swept(t, d, 0)
	l.advance(48*time.Hour - time.Millisecond)
	swept(t, d, 0) // exactly Keep old
	l.advance(time.Millisecond)
	swept(t, other, 2) // "dead" and "old"
	do(t, other, named("old"), webhook.ClaimNew, fails)
	do(t, other, named("dead"), webhook.ClaimNew, fails)
	do(t, other, named("young"), webhook.ClaimDone, handled)
	l.advance(48 * time.Hour)
	swept(t, d, 1)
	if n := l.rows(t, "1 = 1"); n != 0 {
		t.Errorf("%d rows are left", n)
	}
}

// testSweepLeavesRunningClaims sweeps where another replica's lease is longer
// than what this one keeps.
func testSweepLeavesRunningClaims(t *testing.T, l *lab) {
	d := l.replica(t)
	l.cfg.Lease = 2 * sqldedupe.DefaultKeep
	l.die(t, "x")
	l.advance(2*sqldedupe.DefaultKeep - time.Millisecond)
	swept(t, d, 0)
	do(t, d, named("x"), webhook.ClaimBusy, handled)
	l.advance(time.Millisecond)
	swept(t, d, 1)
}

func testSweepInBatches(t *testing.T, l *lab) {
	const rows = 2500
	d := l.replica(t)
	var values []string
	for n := range rows {
		values = append(values, fmt.Sprintf("('%064d', 1, '%032d', %d, 0)", n, 0, epoch.UnixMilli()+int64(n)))
	}
	insert := "INSERT INTO " + l.cfg.Table + " (id, state, owner, claimed_at, lapses_at) VALUES "
	if _, err := l.db.ExecContext(t.Context(), insert+strings.Join(values, ", ")); err != nil {
		t.Fatal(err)
	}
	l.advance(sqldedupe.DefaultKeep + 2100*time.Millisecond)
	swept(t, d, 2100)
	l.advance(time.Hour)
	swept(t, d, 400)
	swept(t, d, 0)
}

// testSweepsAndClaims sweeps from two replicas while the lapsed and aged claims
// are taken over: a claim that was taken is never swept away.
func testSweepsAndClaims(t *testing.T, l *lab) {
	const ids = 100
	for n := range ids {
		l.die(t, fmt.Sprint(n))
	}
	l.advance(sqldedupe.DefaultKeep + time.Second)
	var wg sync.WaitGroup
	for range 2 {
		d := l.replica(t)
		wg.Go(func() {
			for range 10 {
				if _, err := d.Sweep(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	d := l.replica(t)
	wg.Go(func() {
		for n := range ids {
			state, _, err := d.Do(t.Context(), named(fmt.Sprint(n)), func(context.Context) ([]byte, error) { return nil, nil })
			if err != nil || state != webhook.ClaimNew {
				t.Errorf("event %d: %v, %v", n, state, err)
			}
		}
	})
	wg.Wait()
	if n := l.rows(t, "state = 1"); n != ids {
		t.Errorf("%d events, want %d", n, ids)
	}
}

func testMigrate(t *testing.T, l *lab) {
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			d, err := sqldedupe.New(l.db, l.cfg)
			if err == nil {
				err = d.Migrate(t.Context())
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	d := l.replica(t)
	do(t, d, named("x"), webhook.ClaimNew, handled)
	ok(t, d.Migrate(t.Context()))
	do(t, d, named("x"), webhook.ClaimDone, handled) // nothing was lost

	cfg := l.cfg
	cfg.Table += "_by_hand"
	byHand, err := sqldedupe.New(l.db, cfg)
	ok(t, err)
	for _, statement := range strings.SplitAfter(byHand.Schema(), ";\n") {
		if statement == "" {
			continue
		}
		if _, err := l.db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	do(t, byHand, named("x"), webhook.ClaimNew, handled)
	ok(t, byHand.Migrate(t.Context()))
}

func testMissingTable(t *testing.T, l *lab) {
	d, err := sqldedupe.New(l.db, l.cfg)
	ok(t, err)
	if _, _, err := d.Do(t.Context(), named("x"), func(context.Context) ([]byte, error) { return nil, nil }); err == nil {
		t.Error("claimed without a table")
	}
	if _, err := d.Sweep(t.Context()); err == nil {
		t.Error("swept without a table")
	}
	ok(t, d.Migrate(t.Context()))
	do(t, d, named("x"), webhook.ClaimNew, handled)
}

var dropOrder = map[sqldedupe.Dialect]string{
	sqldedupe.DialectPostgreSQL: `DROP TABLE IF EXISTS "Order"`,
	sqldedupe.DialectMySQL:      "DROP TABLE IF EXISTS `Order`",
	sqldedupe.DialectSQLite:     `DROP TABLE IF EXISTS "Order"`,
}

func testReservedWord(t *testing.T, l *lab) {
	l.cfg.Table = "Order"
	if _, err := l.db.ExecContext(t.Context(), dropOrder[l.cfg.Dialect]); err != nil {
		t.Fatal(err) // an earlier suite's on the same server
	}
	d := l.replica(t)
	do(t, d, named("x"), webhook.ClaimNew, fails)
	do(t, d, named("x"), webhook.ClaimNew, handled)
	do(t, d, named("x"), webhook.ClaimDone, handled)
	l.advance(365 * 24 * time.Hour)
	swept(t, d, 1)
}

func TestBadTableNames(t *testing.T) {
	t.Parallel()
	db, cfg := openSQLite(t)
	for _, table := range []string{
		`events"; DROP TABLE keep; --`, "a b", "a.b", "a-b", "1a", "a;", "a`", `a"`, "a'", "é", "a\x00", "sqlite_events",
		strings.Repeat("a", 49),
	} {
		cfg.Table = table
		if _, err := sqldedupe.New(db, cfg); err == nil || !strings.Contains(err.Error(), "Table") {
			t.Errorf("New with table %q: %v", table, err)
		}
	}
	cfg.Table = strings.Repeat("a", 48)
	l := &lab{db: db, cfg: cfg}
	do(t, l.replica(t), named("x"), webhook.ClaimNew, handled)
}
