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
	claims(t, d, "dead", webhook.ClaimNew)
	claims(t, d, "late", webhook.ClaimNew)
	claims(t, d, "old", webhook.ClaimNew)
	ok(t, d.Done(t.Context(), "old"))
	l.advance(time.Millisecond)
	claims(t, d, "young", webhook.ClaimNew)
	ok(t, d.Done(t.Context(), "young"))
	swept(t, d, 0)
	l.advance(48*time.Hour - time.Millisecond)
	swept(t, d, 0) // exactly Keep old
	ok(t, d.Done(t.Context(), "late"))
	l.advance(time.Millisecond)
	swept(t, other, 2) // "dead" and "old"
	claims(t, other, "old", webhook.ClaimNew)
	claims(t, other, "dead", webhook.ClaimNew)
	claims(t, other, "young", webhook.ClaimDone)
	claims(t, other, "late", webhook.ClaimDone) // kept from its end, not from its claim
	ok(t, other.Release(t.Context(), "old"))
	ok(t, other.Release(t.Context(), "dead"))
	l.advance(48 * time.Hour)
	swept(t, d, 2)
	if n := l.rows(t, "1 = 1"); n != 0 {
		t.Errorf("%d rows are left", n)
	}
}

// testSweepLeavesRunningClaims sweeps where another replica's lease is longer
// than what this one keeps.
func testSweepLeavesRunningClaims(t *testing.T, l *lab) {
	d := l.replica(t)
	l.cfg.Lease = 2 * sqldedupe.DefaultKeep
	patient := l.replica(t)
	claims(t, patient, "event", webhook.ClaimNew)
	l.advance(2*sqldedupe.DefaultKeep - time.Millisecond)
	swept(t, d, 0)
	claims(t, d, "event", webhook.ClaimBusy)
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
	insert := "INSERT INTO " + l.cfg.Table + " (id, state, owner, changed_at, lapses_at) VALUES "
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
	dead := l.replica(t)
	for n := range ids {
		claims(t, dead, fmt.Sprint("event/", n), webhook.ClaimNew)
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
			state, err := d.Claim(t.Context(), fmt.Sprint("event/", n))
			if err != nil || state != webhook.ClaimNew {
				t.Errorf("event/%d: %v, %v", n, state, err)
			}
		}
	})
	wg.Wait()
	if n := l.rows(t, "state = 0"); n != ids {
		t.Errorf("%d claims, want %d", n, ids)
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
	claims(t, d, "event", webhook.ClaimNew)
	ok(t, d.Migrate(t.Context()))
	claims(t, d, "event", webhook.ClaimBusy) // nothing was lost

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
	claims(t, byHand, "event", webhook.ClaimNew)
	ok(t, byHand.Migrate(t.Context()))
}

func testMissingTable(t *testing.T, l *lab) {
	d, err := sqldedupe.New(l.db, l.cfg)
	ok(t, err)
	if _, err := d.Claim(t.Context(), "event"); err == nil {
		t.Error("claimed without a table")
	}
	if _, err := d.Sweep(t.Context()); err == nil {
		t.Error("swept without a table")
	}
	ok(t, d.Migrate(t.Context()))
	claims(t, d, "event", webhook.ClaimNew)
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
	for _, end := range []func(context.Context, string) error{d.Release, d.Done} {
		claims(t, d, "event", webhook.ClaimNew)
		ok(t, end(t.Context(), "event"))
	}
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
	claims(t, l.replica(t), "event", webhook.ClaimNew)
}
