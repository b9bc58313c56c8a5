package sqldedupe

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// Defaults of [Config].
const (
	DefaultTable = "webhook_events"
	// DefaultLease lets a claim lapse between the last two deliveries of the
	// shortest documented schedule, which are 16 s apart.
	DefaultLease   = 15 * time.Second
	DefaultTimeout = 5 * time.Second
	DefaultKeep    = webhook.DefaultDedupeAge
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
	// Lease is how long a delivery may hold its claim, in whole milliseconds; 0 is
	// DefaultLease. A claim whose process died is respected for so long, and the
	// transaction of [NewHandler] is rolled back then. It should be longer than the
	// function ever takes, and shorter than the platform goes on sending: a source
	// whose schedule it outlasts is refused.
	Lease time.Duration
	// Timeout bounds a claim, and the end of one, waiting for a connection
	// included; 0 is DefaultTimeout.
	Timeout time.Duration
	// AnswerKeys seal the answers to questions that the table keeps. The first one
	// seals, all of them open, for a change of key: keys of the merchant's own, and
	// no platform's. Sources that remember answers are refused without one.
	AnswerKeys []sign.AESKey
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
	if c.Timeout < time.Millisecond {
		out = append(out, "Timeout is shorter than a millisecond")
	}
	if slices.ContainsFunc(c.AnswerKeys, sign.AESKey.IsZero) {
		out = append(out, "AnswerKeys has an empty one")
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
	held map[string]bool   // rows and nonces of what this process is handling
	open map[string][]byte // sealed answers of what it handled and could not store, by row
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
	if cfg.Timeout == 0 {
		cfg.Timeout = DefaultTimeout
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
	cfg.AnswerKeys = slices.Clone(cfg.AnswerKeys)
	return &Deduper{
		db: db, cfg: cfg, sql: newStatements(cfg.Dialect, cfg.Table),
		owner: hex.EncodeToString(owner), held: map[string]bool{}, open: map[string][]byte{},
	}, nil
}

// Lease returns how long a claim is respected after its process died: sources
// compare it with their platform's schedule.
func (d *Deduper) Lease() time.Duration { return d.cfg.Lease }

// KeepsAnswers reports whether answers to questions can be stored: sources that
// remember them ask.
func (d *Deduper) KeepsAnswers() bool { return len(d.cfg.AnswerKeys) > 0 }

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

// count runs a statement and returns how many rows it changed. What loses a race
// for its locks is carried out again.
func (d *Deduper) count(ctx context.Context, text string, args ...any) (n int64, err error) {
	err = repeat(ctx, func() (err error) {
		n, err = exec(ctx, d.db, text, args...)
		return err
	})
	return n, err
}
