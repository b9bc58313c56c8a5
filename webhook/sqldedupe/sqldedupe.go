package sqldedupe

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/issuing-sdk/issuing-go/webhook"
)

// Defaults of [Config].
const (
	DefaultTable = "webhook_events"
	DefaultLease = 5 * time.Minute
	DefaultKeep  = webhook.DefaultDedupeAge
)

// sweepBatch bounds the rows that one statement of Sweep deletes, so that it
// holds no locks for long.
const sweepBatch = 1000

// Config describes a [Deduper]. All replicas use the same Dialect and Table.
type Config struct {
	Dialect Dialect // required
	// Table is the table's name: ASCII letters, digits and underscores, not a
	// digit first, at most 48 characters; empty is DefaultTable. It is quoted,
	// so that PostgreSQL keeps its case, and found through the connection's
	// default schema.
	Table string
	// Lease is how long a claim is respected after its process died, in whole
	// milliseconds; 0 is DefaultLease. It should be longer than the handler's
	// function ever takes.
	Lease time.Duration
	// Keep is how long [Deduper.Sweep] leaves handled events; 0 is DefaultKeep.
	// It is at least the Lease, and should be longer than a platform retries.
	Keep time.Duration
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// problems returns all that is wrong with the configuration.
func (c Config) problems() []string {
	var out []string
	if c.Dialect == "" {
		out = append(out, "Dialect is required")
	} else if !c.Dialect.Known() {
		out = append(out, "Dialect is not PostgreSQL, MySQL or SQLite")
	}
	if problem := tableProblem(c.Dialect, c.Table); problem != "" {
		out = append(out, "Table "+problem)
	}
	if c.Lease < time.Millisecond {
		out = append(out, "Lease is shorter than a millisecond")
	}
	if c.Keep < c.Lease {
		out = append(out, "Keep is shorter than Lease")
	}
	return out
}

// Deduper is a [webhook.Deduper] over a database table. It is safe for
// concurrent use by one process; every process has its own.
type Deduper struct {
	db    *sql.DB
	cfg   Config
	sql   statements
	owner string

	mu   sync.Mutex
	held map[string]struct{} // keys of the claims that this process is handling
}

var _ webhook.Deduper = (*Deduper)(nil)

// New returns a Deduper on db, which stays the caller's to close. It checks the
// configuration and does no I/O; an error names every field that is wrong.
func New(db *sql.DB, cfg Config) (*Deduper, error) {
	if cfg.Table == "" {
		cfg.Table = DefaultTable
	}
	if cfg.Lease == 0 {
		cfg.Lease = DefaultLease
	}
	if cfg.Keep == 0 {
		cfg.Keep = max(DefaultKeep, cfg.Lease)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	problems := cfg.problems()
	if db == nil {
		problems = append([]string{"db is required"}, problems...)
	}
	if len(problems) > 0 {
		return nil, errors.New("sqldedupe: " + strings.Join(problems, "; "))
	}
	owner := make([]byte, 16)
	_, _ = rand.Read(owner) // documented never to fail
	return &Deduper{
		db: db, cfg: cfg, sql: newStatements(cfg.Dialect, cfg.Table),
		owner: hex.EncodeToString(owner), held: map[string]struct{}{},
	}, nil
}

// Schema returns the statements that create the table and its index when they
// are missing, each ended by a semicolon.
func (d *Deduper) Schema() string { return strings.Join(d.sql.schema, ";\n") + ";\n" }

// Migrate creates the table and its index when they are missing. Replicas may
// call it at the same time.
func (d *Deduper) Migrate(ctx context.Context) error {
	for _, text := range d.sql.schema {
		_, err := d.db.ExecContext(ctx, text)
		if err != nil && ctx.Err() == nil {
			// In PostgreSQL the loser of a race to create fails, IF NOT EXISTS or
			// not; by then the winner's is there.
			_, err = d.db.ExecContext(ctx, text)
		}
		if err != nil {
			return fmt.Errorf("sqldedupe: migrate: %w", err)
		}
	}
	return nil
}

// Claim implements [webhook.Deduper]. An error may have left a claim in the
// database: the same Deduper takes it again at once, others when it lapsed.
func (d *Deduper) Claim(ctx context.Context, id string) (webhook.Claim, error) {
	key := keyOf(id)
	mine := d.hold(key)
	state, err := d.claim(ctx, key, mine)
	if mine && (err != nil || state != webhook.ClaimNew) {
		d.drop(key)
	}
	if err != nil {
		return webhook.ClaimBusy, fmt.Errorf("sqldedupe: claim: %w", err)
	}
	return state, nil
}

// claimTries bounds how often a claim starts again because the row changed
// between two statements.
const claimTries = 4

// claim takes key in the database if mine, and else only reads its state.
func (d *Deduper) claim(ctx context.Context, key string, mine bool) (webhook.Claim, error) {
	for range claimTries {
		now := d.cfg.Now()
		if mine {
			taken, err := d.changed(ctx, d.sql.insert, key, stateBusy, d.owner,
				now.UnixMilli(), now.Add(d.cfg.Lease).UnixMilli())
			if taken || err != nil {
				return webhook.ClaimNew, err
			}
		}
		state, owner, lapses, err := d.read(ctx, key)
		switch {
		case errors.Is(err, sql.ErrNoRows) && mine:
			continue // released between the two statements
		case errors.Is(err, sql.ErrNoRows):
			return webhook.ClaimBusy, nil // held by this process, and not yet or no longer stored
		case err != nil:
			return webhook.ClaimBusy, err
		case state == stateDone:
			return webhook.ClaimDone, nil
		case !mine || owner != d.owner && lapses > now.UnixMilli():
			return webhook.ClaimBusy, nil
		}
		taken, err := d.takeOver(ctx, key, owner, lapses, now)
		if taken || err != nil {
			return webhook.ClaimNew, err
		}
	}
	return webhook.ClaimBusy, nil // others are at it
}

// takeOver takes a busy row that lapsed, or that this Deduper left behind when a
// Claim of it failed: no other claim of this process has it, because key is
// held. It is taken only as it was read.
func (d *Deduper) takeOver(ctx context.Context, key, owner string, lapses int64, now time.Time) (bool, error) {
	until := now.Add(d.cfg.Lease).UnixMilli()
	if owner == d.owner && lapses == until {
		return true, nil // MySQL does not count a row that stays the same as changed
	}
	return d.changed(ctx, d.sql.take, d.owner, now.UnixMilli(), until, key, owner, lapses)
}

// Done implements [webhook.Deduper]. The event has been handled, so it is marked
// whoever holds the claim now, and also when nobody does.
func (d *Deduper) Done(ctx context.Context, id string) error {
	key := keyOf(id)
	defer d.drop(key)
	args := []any{key, stateDone, d.owner, d.cfg.Now().UnixMilli(), 0}
	if d.cfg.Dialect == DialectMySQL {
		args = append(args, args[1:]...)
	}
	if _, err := d.count(ctx, d.sql.done, args...); err != nil {
		return fmt.Errorf("sqldedupe: done: %w", err)
	}
	return nil
}

// Release implements [webhook.Deduper]. It leaves alone what another owner has
// claimed since, and what is done.
func (d *Deduper) Release(ctx context.Context, id string) error {
	key := keyOf(id)
	defer d.drop(key)
	if _, err := d.count(ctx, d.sql.release, key, d.owner); err != nil {
		return fmt.Errorf("sqldedupe: release: %w", err)
	}
	return nil
}

// Sweep deletes the events that were handled longer than Keep ago, and the
// claims of that age whose process died, in batches. It returns how many it
// deleted, also when it ends early. Replicas may call it at the same time.
func (d *Deduper) Sweep(ctx context.Context) (int64, error) {
	now := d.cfg.Now()
	args := []any{now.Add(-d.cfg.Keep).UnixMilli(), now.UnixMilli()}
	if d.cfg.Dialect != DialectMySQL {
		args = append(args, args...)
	}
	args = append(args, sweepBatch)
	var total int64
	for {
		n, err := d.count(ctx, d.sql.sweep, args...)
		total += n
		if err != nil {
			return total, fmt.Errorf("sqldedupe: sweep: %w", err)
		}
		if n < sweepBatch {
			return total, nil
		}
	}
}

// changed runs a statement on one row and reports whether it changed it.
func (d *Deduper) changed(ctx context.Context, text string, args ...any) (bool, error) {
	n, err := d.count(ctx, text, args...)
	return n > 0, err
}

// count runs a statement and returns how many rows it changed.
func (d *Deduper) count(ctx context.Context, text string, args ...any) (n int64, err error) {
	err = repeat(func() error {
		result, err := d.db.ExecContext(ctx, text, args...)
		if err != nil {
			return err
		}
		n, err = result.RowsAffected()
		return err
	})
	return n, err
}

func (d *Deduper) read(ctx context.Context, key string) (state int64, owner string, lapses int64, err error) {
	err = repeat(func() error {
		return d.db.QueryRowContext(ctx, d.sql.read, key).Scan(&state, &owner, &lapses)
	})
	return state, owner, lapses, err
}

// hold reserves key for one claim of this process, so that the process does not
// take a lapsed claim from itself while its function still runs.
func (d *Deduper) hold(key string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, ok := d.held[key]; ok {
		return false
	}
	d.held[key] = struct{}{}
	return true
}

func (d *Deduper) drop(key string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.held, key)
}

// keyOf makes an id of any length and content fit its column.
func keyOf(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:])
}
