package sqldedupe

import (
	"bytes"
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
)

var errDown = errors.New("database down")

// delivery is what the tests claim.
var delivery = webhook.Claims{Event: "event", Delivery: "nonce"}

// SHA-256 of the names of delivery.
const (
	eventKey = "b8e1f80bd70ae0784c7855a451731b745fddb67749d23f637be9082b75e9575b"
	nonceKey = "78377b525757b494427f89014f97d79928f3938d14eb51e20fb5dec9834eb304"
)

func busyRow(owner string, lapses int64) step { return rowOfState(stateBusy, owner, lapses) }

func rowOfState(state int64, owner string, lapses int64) step {
	return step{verb: "SELECT", read: [][]driver.Value{{eventKey, nonceKey, state, owner, lapses, nil}}}
}

// claims runs fn under delivery's claim and checks what the Deduper found.
func claims(t *testing.T, d webhook.Deduper, want webhook.Claim, fn func(context.Context) ([]byte, error)) {
	t.Helper()
	ran := false
	got, _, err := d.Do(t.Context(), delivery, func(ctx context.Context) ([]byte, error) {
		ran = true
		return fn(ctx)
	})
	if got != want || ran != (want == webhook.ClaimNew) || err != nil && !errors.Is(err, errFn) {
		t.Fatalf("Do = %v, %v, called %t; want %v", got, err, ran, want)
	}
}

var errFn = errors.New("the function failed")

func handled(context.Context) ([]byte, error) { return nil, nil }

func fails(context.Context) ([]byte, error) { return nil, errFn }

func values(args []driver.NamedValue) (out []any) {
	for _, arg := range args {
		out = append(out, arg.Value)
	}
	return out
}

var (
	insert  = step{verb: "INSERT", rows: 1}
	taken   = step{verb: "INSERT"}
	confirm = step{verb: "UPDATE", rows: 1}
	release = step{verb: "DELETE", rows: 1}
)

func TestPlainForm(t *testing.T) {
	t.Parallel()
	d, s := follow(t, DialectMySQL, insert, confirm, insert, release)
	claims(t, d, webhook.ClaimNew, handled)
	claims(t, d, webhook.ClaimNew, fails)
	now := epoch.UnixMilli()
	claim := []any{eventKey, nonceKey, int64(0), d.owner, now, now + DefaultLease.Milliseconds(), []byte(nil)}
	want := [][]any{claim, {[]byte(nil), eventKey}, claim, {eventKey, d.owner}}
	for i, args := range s.args {
		if diff := cmp.Diff(want[i], values(args)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", s.texts[i], diff)
		}
	}
}

func TestTransactionalForm(t *testing.T) {
	t.Parallel()
	begin := step{verb: "BEGIN Read Committed"}
	d, s := follow(t, DialectPostgreSQL, begin, insert, step{verb: "COMMIT"}, begin, insert, step{verb: "ROLLBACK"},
		begin, taken, rowOfState(stateDone, "other", 0), step{verb: "ROLLBACK"},
		begin, taken, busyRow("other", 0), confirm, step{verb: "COMMIT"}) // of the plain form, lapsed
	claims(t, inTx{d}, webhook.ClaimNew, handled)
	claims(t, inTx{d}, webhook.ClaimNew, fails)
	claims(t, inTx{d}, webhook.ClaimDone, handled)
	claims(t, inTx{d}, webhook.ClaimNew, handled)
	want := []any{eventKey, nonceKey, int64(1), d.owner, epoch.UnixMilli(), int64(0), []byte(nil)}
	if diff := cmp.Diff(want, values(s.args[1])); diff != "" {
		t.Errorf("INSERT (-want +got):\n%s", diff)
	}
	sqlite, _ := follow(t, DialectSQLite, step{verb: "BEGIN Default"}, insert, step{verb: "COMMIT"})
	claims(t, inTx{sqlite}, webhook.ClaimNew, handled)
}

// A COMMIT that fails leaves it open whether the effect is there: no acknowledgement,
// and no second attempt.
func TestFailedCommit(t *testing.T) {
	t.Parallel()
	d, _ := follow(t, DialectPostgreSQL, step{verb: "BEGIN"}, insert, step{verb: "COMMIT", err: stateError("40001")})
	state, _, err := inTx{d}.Do(t.Context(), delivery, handled)
	if state != webhook.ClaimNew || !errors.As(err, new(stateError)) || len(d.held) != 0 {
		t.Errorf("%v, %v, holds %v", state, err, d.held)
	}
}

// The claim alone is tried again, and then called busy; what the function met is its
// own.
func TestRacesAtTheClaim(t *testing.T) {
	t.Parallel()
	for _, lost := range []error{
		stateError("40001"), stateError("40P01"), errors.New("Error 1213 (40001): Deadlock found"),
		errors.New("Error 1205 (HY000): Lock wait timeout exceeded"),
	} {
		synctest.Test(t, func(t *testing.T) {
			race := []step{{verb: "BEGIN"}, {verb: "INSERT", err: lost}, {verb: "ROLLBACK"}}
			d, _ := follow(t, DialectMySQL, slices.Concat(race, race, race, []step{{verb: "BEGIN"}, insert, {verb: "COMMIT"}})...)
			claims(t, inTx{d}, webhook.ClaimNew, handled)
			d, _ = follow(t, DialectMySQL, slices.Concat(race, race, race, race)...)
			claims(t, inTx{d}, webhook.ClaimBusy, handled)
			d, _ = follow(t, DialectMySQL, step{verb: "BEGIN"}, insert, step{verb: "ROLLBACK"})
			if _, _, err := (inTx{d}).Do(t.Context(), delivery, func(context.Context) ([]byte, error) { return nil, lost }); !errors.Is(err, lost) {
				t.Errorf("of the function: %v", err)
			}

			// The plain form likewise, and its end is tried again too.
			d, _ = follow(t, DialectMySQL, step{verb: "INSERT", err: lost}, insert, step{verb: "UPDATE", err: lost}, confirm)
			claims(t, d, webhook.ClaimNew, handled)
			d, _ = follow(t, DialectMySQL, slices.Repeat([]step{{verb: "INSERT", err: lost}}, 1+raceRepeats)...)
			claims(t, d, webhook.ClaimBusy, handled)
		})
	}
}

// What another transaction holds for longer than the connection waits is busy at once.
func TestLockedIsBusy(t *testing.T) {
	t.Parallel()
	for _, err := range []error{stateError("55P03"), errors.New("database is locked (5) (SQLITE_BUSY)")} {
		d, _ := follow(t, DialectPostgreSQL, step{verb: "INSERT", err: err},
			step{verb: "BEGIN"}, step{verb: "INSERT", err: err}, step{verb: "ROLLBACK"})
		claims(t, d, webhook.ClaimBusy, handled)
		claims(t, inTx{d}, webhook.ClaimBusy, handled)
	}
}

func TestClaimStartsAgainWhenTheRowIsGone(t *testing.T) {
	t.Parallel()
	gone := []step{taken, {verb: "SELECT"}}
	d, _ := follow(t, DialectSQLite, slices.Concat(gone, []step{insert, confirm})...)
	claims(t, d, webhook.ClaimNew, handled)
	// Others keep taking and releasing it: busy, after a bounded number of tries.
	d, _ = follow(t, DialectSQLite, slices.Concat(gone, gone, gone)...)
	claims(t, d, webhook.ClaimBusy, handled)
	if len(d.held) != 0 {
		t.Error("the claim is held although it was busy")
	}
}

func TestTakeOver(t *testing.T) {
	t.Parallel()
	now := epoch.UnixMilli()
	d, s := follow(t, DialectSQLite, taken, busyRow("other", now), step{verb: "UPDATE"}, // lost to a third
		taken, busyRow("third", now-1), step{verb: "UPDATE", rows: 1}, confirm,
		taken, busyRow("other", now+1))
	claims(t, d, webhook.ClaimNew, handled)
	until := now + DefaultLease.Milliseconds()
	want := []any{nonceKey, int64(0), d.owner, now, until, eventKey, "third", now - 1}
	if diff := cmp.Diff(want, values(s.args[5])); diff != "" {
		t.Errorf("UPDATE (-want +got):\n%s", diff)
	}
	claims(t, d, webhook.ClaimBusy, handled)
}

func TestOwnOrphanIsTakenBeforeItLapses(t *testing.T) {
	t.Parallel()
	until := epoch.Add(DefaultLease).UnixMilli()
	d, s := follow(t, DialectMySQL)
	s.steps = []step{{verb: "INSERT", err: errDown}, taken, busyRow(d.owner, until-1), {verb: "UPDATE", rows: 1}, confirm}
	if state, _, err := d.Do(t.Context(), delivery, handled); state != webhook.ClaimBusy || !errors.Is(err, errDown) {
		t.Fatal(state, err)
	}
	claims(t, d, webhook.ClaimNew, handled)

	// MySQL would count no change for a row that stays as it is.
	d, s = follow(t, DialectMySQL)
	s.steps = []step{taken, busyRow(d.owner, until), confirm}
	claims(t, d, webhook.ClaimNew, handled)
}

// A repeat of what this process is handling asks the database nothing.
func TestHeldClaimsNeedNoConnection(t *testing.T) {
	t.Parallel()
	d, _ := follow(t, DialectSQLite, insert, release)
	claims(t, d, webhook.ClaimNew, func(context.Context) ([]byte, error) {
		for _, c := range []webhook.Claims{delivery, {Event: "event"}, {Event: "other", Delivery: "nonce"}} {
			for _, d := range []webhook.Deduper{d, inTx{d}} {
				if state, _, err := d.Do(t.Context(), c, handled); state != webhook.ClaimBusy || err != nil {
					t.Errorf("%+v: %v, %v", c, state, err)
				}
			}
		}
		return nil, errFn
	})
	if len(d.held) != 0 {
		t.Errorf("holds %v", d.held)
	}
}

// A delivery's name belongs to one event, and one that may come once is used up.
func TestReplays(t *testing.T) {
	t.Parallel()
	row := func(id, nonce string, state int64) []driver.Value {
		return []driver.Value{id, nonce, state, "other", int64(0), nil}
	}
	done := row(eventKey, nonceKey, stateDone)
	for name, c := range map[string]struct {
		rows [][]driver.Value
		once bool
		want webhook.Claim
	}{
		"handled":            {[][]driver.Value{done}, false, webhook.ClaimDone},
		"once":               {[][]driver.Value{done}, true, webhook.ClaimReplay},
		"once, another name": {[][]driver.Value{row(eventKey, "n", stateDone)}, true, webhook.ClaimDone},
		"another event":      {[][]driver.Value{row("e", nonceKey, stateDone)}, false, webhook.ClaimReplay},
		"both":               {[][]driver.Value{row(eventKey, "n", stateDone), row("e", nonceKey, stateDone)}, false, webhook.ClaimReplay},
	} {
		d, _ := follow(t, DialectSQLite, taken, step{verb: "SELECT", read: c.rows})
		state, _, err := d.Do(t.Context(), webhook.Claims{Event: "event", Delivery: "nonce", Once: c.once}, handled)
		if state != c.want || err != nil {
			t.Errorf("%s: %v, %v", name, state, err)
		}
	}
}

// What was handled and could not be stored is not handled again by this process: the
// next delivery stores it.
func TestUnstoredIsRemembered(t *testing.T) {
	t.Parallel()
	down := step{verb: "UPDATE", err: errDown}
	d, _ := follow(t, DialectPostgreSQL, insert, down, down, confirm, taken, rowOfState(stateDone, "", 0))
	for range 2 {
		if _, _, err := d.Do(t.Context(), delivery, handled); !errors.Is(err, errDown) {
			t.Error(err)
		}
	}
	claims(t, d, webhook.ClaimDone, handled)
	claims(t, d, webhook.ClaimDone, handled) // by the table again
	if len(d.open) != 0 || len(d.held) != 0 {
		t.Errorf("%v, %v", d.open, d.held)
	}

	// Another owner has ended it in the meantime, and given it back: it is handled.
	d, s := follow(t, DialectPostgreSQL, insert, step{verb: "UPDATE"}, insert)
	claims(t, d, webhook.ClaimNew, handled)
	if got := values(s.args[2]); got[2] != int64(stateDone) || got[5] != int64(0) {
		t.Errorf("INSERT with %v", got)
	}
}

func aesKey(t *testing.T, fill byte) sign.AESKey {
	t.Helper()
	key, err := sign.NewAESKey(slices.Repeat([]byte{fill}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// Answers are stored sealed, for the row they stand in, and outlive a change of key.
func TestAnswers(t *testing.T) {
	t.Parallel()
	const answer = "approve 4929420573595709"
	says := func(context.Context) ([]byte, error) { return []byte(answer), nil }
	for name, form := range map[string]struct {
		of    func(*Deduper) webhook.Deduper
		steps []step
		at    int // where the answer is stored
	}{
		"plain":         {plain, []step{insert, confirm}, 1},
		"transactional": {transactional, []step{{verb: "BEGIN"}, insert, {verb: "UPDATE"}, {verb: "COMMIT"}}, 2},
	} {
		d, s := follow(t, DialectSQLite, form.steps...)
		d.cfg.AnswerKeys = []sign.AESKey{aesKey(t, 1)}
		claims(t, form.of(d), webhook.ClaimNew, says)
		stored, _ := values(s.args[form.at])[0].([]byte)
		if len(stored) < len(answer) || bytes.Contains(stored, []byte("approve")) || bytes.Contains(stored, []byte("4929")) {
			t.Errorf("%s: stored %q", name, stored)
		}
		read := func(id string, keys ...sign.AESKey) (string, error) {
			d, _ := follow(t, DialectSQLite, taken, step{verb: "SELECT", read: [][]driver.Value{{keyOf(id), nil, int64(stateDone), "o", int64(0), stored}}})
			d.cfg.AnswerKeys = keys
			_, got, err := d.Do(t.Context(), webhook.Claims{Event: id}, handled)
			return string(got), err
		}
		if got, err := read("event", aesKey(t, 2), aesKey(t, 1)); got != answer || err != nil {
			t.Errorf("%s: after a change of key: %q, %v", name, got, err)
		}
		for _, bad := range []func() (string, error){
			func() (string, error) { return read("event", aesKey(t, 2)) },
			func() (string, error) { return read("another", aesKey(t, 1)) },
			func() (string, error) { return read("event") },
			func() (string, error) { stored[0]++; return read("event", aesKey(t, 1)) },
		} {
			if got, err := bad(); got != "" || !errors.Is(err, sign.ErrDecrypt) {
				t.Errorf("%s: %q, %v", name, got, err)
			}
		}
	}
	// Without a key no answer is stored, and the claim is given back.
	d, _ := follow(t, DialectSQLite, insert, release)
	if _, _, err := d.Do(t.Context(), delivery, says); !errors.Is(err, errNoKeys) || d.KeepsAnswers() {
		t.Error(err)
	}
}

func TestErrorsAreReturnedAndHoldNothing(t *testing.T) {
	t.Parallel()
	lapsed := busyRow("other", 0)
	for name, test := range map[string]struct {
		steps []step
		call  func(context.Context, *Deduper) error
	}{
		"insert":  {[]step{{verb: "INSERT", err: errDown}}, do},
		"find":    {[]step{taken, {verb: "SELECT", err: errDown}}, do},
		"take":    {[]step{taken, lapsed, {verb: "UPDATE", err: errDown}}, do},
		"confirm": {[]step{insert, {verb: "UPDATE", err: errDown}}, do},
		"lost":    {[]step{insert, {verb: "UPDATE"}, {verb: "INSERT", err: errDown}}, do},
		"begin":   {[]step{{verb: "BEGIN", err: errDown}}, doInTx},
		"claim":   {[]step{{verb: "BEGIN"}, {verb: "INSERT", err: errDown}, {verb: "ROLLBACK"}}, doInTx},
		"commit":  {[]step{{verb: "BEGIN"}, insert, {verb: "COMMIT", err: errDown}}, doInTx},
		"migrate": {[]step{{verb: "CREATE TABLE", err: errDown}, {verb: "CREATE TABLE", err: errDown}}, func(ctx context.Context, d *Deduper) error { return d.Migrate(ctx) }},
	} {
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

func do(ctx context.Context, d *Deduper) error {
	_, _, err := d.Do(ctx, delivery, handled)
	return err
}

func doInTx(ctx context.Context, d *Deduper) error {
	_, _, err := inTx{d}.Do(ctx, delivery, handled)
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

func TestStates(t *testing.T) {
	t.Parallel()
	for err, want := range map[error]string{
		errors.New("Error 1213 (40001): Deadlock found when trying to get lock; try restarting transaction"): "1213",
		errors.New("Error 1205: Lock wait timeout exceeded"):                                                 "1205",
		fmt.Errorf("wrapped: %w", stateError("40001")):                                                       "40001",
		errDown: "", context.Canceled: "",
	} {
		if got := stateOf(err); got != want {
			t.Errorf("%v: %q, want %q", err, got, want)
		}
	}
	if lostRace(nil) || locked(nil) || lostRace(errDown) || locked(stateError("42P01")) {
		t.Error("no race is a race")
	}
}

func TestCancelledContextEndsEveryCall(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d, s := follow(t, DialectSQLite)
	_, sweepErr := d.Sweep(ctx)
	for i, err := range []error{do(ctx, d), sweepErr, d.Migrate(ctx)} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("call %d: %v", i, err)
		}
	}
	if len(s.texts) != 0 || len(d.held) != 0 {
		t.Errorf("asked %v, holds %v", s.texts, d.held)
	}
}

// The platform may hang up: what was handled is stored, what failed is given back,
// and a transaction goes on.
func TestCallerGone(t *testing.T) {
	t.Parallel()
	for _, failure := range []error{nil, errFn} {
		d, _ := follow(t, DialectSQLite, insert, map[bool]step{true: confirm, false: release}[failure == nil])
		ctx, cancel := context.WithCancel(t.Context())
		_, _, err := d.Do(ctx, delivery, func(context.Context) ([]byte, error) { cancel(); return nil, failure })
		if !errors.Is(err, failure) {
			t.Error(err)
		}
		end := map[bool]string{true: "COMMIT", false: "ROLLBACK"}[failure == nil]
		d, _ = follow(t, DialectSQLite, step{verb: "BEGIN"}, insert, step{verb: end})
		ctx, cancel = context.WithCancel(t.Context())
		_, _, err = inTx{d}.Do(ctx, delivery, func(ctx context.Context) ([]byte, error) { cancel(); return nil, errors.Join(failure, ctx.Err()) })
		if !errors.Is(err, failure) || errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
}

// A database that hangs costs a bounded time, in each of a claim's steps.
func TestHangingDatabase(t *testing.T) {
	t.Parallel()
	hang := step{hangs: true}
	at := func(verb string) step { hang.verb = verb; return hang }
	for name, c := range map[string]struct {
		form  func(*Deduper) webhook.Deduper
		steps []step
	}{
		"claim":    {plain, []step{at("INSERT")}},
		"confirm":  {plain, []step{insert, at("UPDATE")}},
		"begin":    {transactional, []step{at("BEGIN")}},
		"claim tx": {transactional, []step{{verb: "BEGIN"}, at("INSERT"), {verb: "ROLLBACK"}}},
		"commit":   {transactional, []step{{verb: "BEGIN"}, insert, at("COMMIT")}},
	} {
		synctest.Test(t, func(t *testing.T) {
			d, s := follow(t, DialectPostgreSQL, c.steps...)
			begun := time.Now()
			_, _, err := c.form(d).Do(t.Context(), delivery, handled)
			if took := time.Since(begun); err == nil || took != DefaultTimeout {
				t.Errorf("%s: %v after %v", name, err, took)
			}
			close(s.end)
			synctest.Wait()
		})
	}
}

func plain(d *Deduper) webhook.Deduper { return d }

func transactional(d *Deduper) webhook.Deduper { return inTx{d} }
