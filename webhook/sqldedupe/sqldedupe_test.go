package sqldedupe

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/issuing-sdk/issuing-go/webhook"
)

var errDown = errors.New("database down")

func busyRow(owner string, lapses int64) step {
	return step{verb: "SELECT", row: []driver.Value{int64(stateBusy), owner, lapses}}
}

func wantClaim(t *testing.T, d *Deduper, want webhook.Claim) {
	t.Helper()
	if got, err := d.Claim(t.Context(), "event"); err != nil || got != want {
		t.Fatalf("Claim = %v, %v; want %v", got, err, want)
	}
}

func values(args []driver.NamedValue) (out []any) {
	for _, arg := range args {
		out = append(out, arg.Value)
	}
	return out
}

func TestClaimsAndTheirArguments(t *testing.T) {
	t.Parallel()
	d, s := follow(t, DialectMySQL, step{verb: "INSERT IGNORE", rows: 1}, step{verb: "INSERT INTO", rows: 1},
		step{verb: "DELETE"})
	wantClaim(t, d, webhook.ClaimNew)
	if err := d.Done(t.Context(), "event"); err != nil {
		t.Fatal(err)
	}
	if err := d.Release(t.Context(), "event"); err != nil {
		t.Fatal(err)
	}
	const key = "b8e1f80bd70ae0784c7855a451731b745fddb67749d23f637be9082b75e9575b" // SHA-256 of "event"
	now := epoch.UnixMilli()
	want := [][]any{
		{key, int64(0), d.owner, now, now + DefaultLease.Milliseconds()},
		{key, int64(1), d.owner, now, int64(0), int64(1), d.owner, now, int64(0)},
		{key, d.owner},
	}
	for i, args := range s.args {
		if got := values(args); !slices.Equal(got, want[i]) {
			t.Errorf("%s\n%v\nwant\n%v", s.texts[i], got, want[i])
		}
	}
}

func TestClaimStartsAgainWhenTheRowIsReleased(t *testing.T) {
	t.Parallel()
	gone := []step{{verb: "INSERT"}, {verb: "SELECT"}}
	d, _ := follow(t, DialectSQLite, slices.Concat(gone, []step{{verb: "INSERT", rows: 1}})...)
	wantClaim(t, d, webhook.ClaimNew)
	// Others keep taking and releasing it: busy, after a bounded number of tries.
	d, _ = follow(t, DialectSQLite, slices.Concat(gone, gone, gone, gone)...)
	wantClaim(t, d, webhook.ClaimBusy)
	if len(d.held) != 0 {
		t.Error("the claim is held although it was busy")
	}
}

func TestTakeOver(t *testing.T) {
	t.Parallel()
	now := epoch.UnixMilli()
	d, s := follow(t, DialectSQLite,
		step{verb: "INSERT"}, busyRow("other", now), step{verb: "UPDATE"}, // lost to a third
		step{verb: "INSERT"}, busyRow("third", now-1), step{verb: "UPDATE", rows: 1})
	wantClaim(t, d, webhook.ClaimNew)
	until := now + DefaultLease.Milliseconds()
	if got, want := values(s.args[5]), []any{d.owner, now, until, keyOf("event"), "third", now - 1}; !slices.Equal(got, want) {
		t.Errorf("UPDATE with %v, want %v", got, want)
	}

	d, _ = follow(t, DialectSQLite, step{verb: "INSERT"}, busyRow("other", now+1))
	wantClaim(t, d, webhook.ClaimBusy)
}

func TestOwnOrphanIsTakenBeforeItLapses(t *testing.T) {
	t.Parallel()
	until := epoch.Add(DefaultLease).UnixMilli()
	d, s := follow(t, DialectMySQL)
	s.steps = []step{{verb: "INSERT", err: errDown}, {verb: "INSERT"}, busyRow(d.owner, until-1), {verb: "UPDATE", rows: 1}}
	if _, err := d.Claim(t.Context(), "event"); !errors.Is(err, errDown) {
		t.Fatal(err)
	}
	wantClaim(t, d, webhook.ClaimNew)

	// MySQL would count no change for a row that stays as it is.
	d, s = follow(t, DialectMySQL)
	s.steps = []step{{verb: "INSERT"}, busyRow(d.owner, until)}
	wantClaim(t, d, webhook.ClaimNew)
}

func TestHeldClaimIsOnlyRead(t *testing.T) {
	t.Parallel()
	d, _ := follow(t, DialectSQLite, step{verb: "INSERT", rows: 1},
		busyRow("other", 0), // lapsed, but this process is still handling the event
		step{verb: "SELECT"},
		step{verb: "SELECT", row: []driver.Value{int64(stateDone), "other", int64(0)}},
		step{verb: "DELETE"}, step{verb: "INSERT", rows: 1})
	wantClaim(t, d, webhook.ClaimNew)
	wantClaim(t, d, webhook.ClaimBusy)
	wantClaim(t, d, webhook.ClaimBusy)
	wantClaim(t, d, webhook.ClaimDone)
	if err := d.Release(t.Context(), "event"); err != nil {
		t.Fatal(err)
	}
	wantClaim(t, d, webhook.ClaimNew)
}

func TestErrorsAreReturnedAndHoldNothing(t *testing.T) {
	t.Parallel()
	lapsed := busyRow("other", 0)
	tests := map[string]struct {
		steps []step
		call  func(context.Context, *Deduper) error
	}{
		"insert": {[]step{{verb: "INSERT", err: errDown}}, claimOnce},
		"read":   {[]step{{verb: "INSERT"}, {verb: "SELECT", err: errDown}}, claimOnce},
		"take":   {[]step{{verb: "INSERT"}, lapsed, {verb: "UPDATE", err: errDown}}, claimOnce},
		"done": {[]step{{verb: "INSERT", rows: 1}, {verb: "INSERT", err: errDown}}, func(ctx context.Context, d *Deduper) error {
			return errors.Join(claimOnce(ctx, d), d.Done(ctx, "event"))
		}},
		"release": {[]step{{verb: "INSERT", rows: 1}, {verb: "DELETE", err: errDown}}, func(ctx context.Context, d *Deduper) error {
			return errors.Join(claimOnce(ctx, d), d.Release(ctx, "event"))
		}},
		"migrate": {[]step{{verb: "CREATE TABLE", err: errDown}, {verb: "CREATE TABLE", err: errDown}}, func(ctx context.Context, d *Deduper) error { return d.Migrate(ctx) }},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, _ := follow(t, DialectPostgreSQL, test.steps...)
			if err := test.call(t.Context(), d); !errors.Is(err, errDown) {
				t.Errorf("error %v", err)
			}
			if len(d.held) != 0 {
				t.Error("something is still held")
			}
		})
	}
}

func claimOnce(ctx context.Context, d *Deduper) error {
	_, err := d.Claim(ctx, "event")
	return err
}

func TestMigrateLosesARace(t *testing.T) {
	t.Parallel()
	d, _ := follow(t, DialectPostgreSQL, step{verb: "CREATE TABLE", err: errors.New("duplicate key")},
		step{verb: "CREATE TABLE"}, step{verb: "CREATE INDEX"})
	if err := d.Migrate(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestSweepCountsBatches(t *testing.T) {
	t.Parallel()
	for dialect, arguments := range map[Dialect]int{DialectPostgreSQL: 5, DialectSQLite: 5, DialectMySQL: 3} {
		d, s := follow(t, dialect, step{verb: "DELETE", rows: sweepBatch}, step{verb: "DELETE", rows: sweepBatch}, step{verb: "DELETE", rows: 7})
		if n, err := d.Sweep(t.Context()); n != 2*sweepBatch+7 || err != nil {
			t.Errorf("%s: Sweep = %d, %v", dialect, n, err)
		}
		got := values(s.args[0])
		if len(got) != arguments || got[0] != epoch.Add(-DefaultKeep).UnixMilli() || got[1] != epoch.UnixMilli() || got[len(got)-1] != int64(sweepBatch) {
			t.Errorf("%s: arguments %v", dialect, got)
		}
	}
	d, _ := follow(t, DialectSQLite, step{verb: "DELETE", rows: sweepBatch}, step{verb: "DELETE", err: errDown})
	if n, err := d.Sweep(t.Context()); n != sweepBatch || !errors.Is(err, errDown) {
		t.Errorf("Sweep = %d, %v", n, err)
	}
}

// stateError is how PostgreSQL's drivers report.
type stateError string

func (e stateError) Error() string    { return "state " + string(e) }
func (e stateError) SQLState() string { return string(e) }

func TestLostRacesAreRepeated(t *testing.T) {
	t.Parallel()
	mysql := errors.New("Error 1213 (40001): Deadlock found when trying to get lock; try restarting transaction")
	for err, want := range map[error]bool{
		mysql: true, errors.New("Error 1213: Deadlock found"): true,
		errors.New("Error 1205 (HY000): Lock wait timeout exceeded"): false, errDown: false,
		stateError("40001"): true, stateError("40P01"): true, stateError("42P01"): false,
		fmt.Errorf("wrapped: %w", stateError("40001")): true, context.Canceled: false,
	} {
		if lostRace(err) != want {
			t.Errorf("lostRace(%v) = %v", err, !want)
		}
	}
	if lostRace(nil) {
		t.Error("no error is a lost race")
	}

	lost := step{err: mysql}
	d, _ := follow(t, DialectMySQL, lost, step{verb: "INSERT"}, lost, busyRow("other", 0), lost, step{verb: "UPDATE", rows: 1}, lost, lost, step{verb: "INSERT"})
	wantClaim(t, d, webhook.ClaimNew)
	if err := d.Done(t.Context(), "event"); err != nil {
		t.Error(err)
	}
	d, _ = follow(t, DialectMySQL, slices.Repeat([]step{lost}, raceTries)...)
	if err := d.Done(t.Context(), "event"); !errors.Is(err, mysql) {
		t.Errorf("after %d lost races: %v", raceTries, err)
	}
}

func TestCancelledContextEndsEveryCall(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d, s := follow(t, DialectSQLite)
	_, sweepErr := d.Sweep(ctx)
	for i, err := range []error{claimOnce(ctx, d), d.Done(ctx, "event"), d.Release(ctx, "event"), sweepErr, d.Migrate(ctx)} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("call %d: %v", i, err)
		}
	}
	if len(s.texts) != 0 || len(d.held) != 0 {
		t.Errorf("asked %v, holds %v", s.texts, d.held)
	}
}
