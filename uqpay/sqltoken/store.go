package sqltoken

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/webhook/sqldedupe"
)

// Defaults and bounds of [Config].
const (
	DefaultTable = "uqpay_tokens"
	DefaultLease = time.Minute
	// MaxSkew is how far the clocks of the processes may lie apart: a renewal ends that
	// much before its lease does.
	MaxSkew = 10 * time.Second
	minimum = 2 * MaxSkew
)

// Config describes a [Store]. All processes use the same values.
type Config struct {
	Dialect sqldedupe.Dialect // of the database; required
	// Credential names the row, such as the client id of an environment. Required.
	Credential string
	// Keys seal the token. The first one seals, all of them open, for a change of key:
	// keys of the merchant's own, of 256 bits. Required.
	Keys []sign.AESKey
	// Table is the table's name: ASCII letters, digits and underscores, not a digit
	// first, at most 48 characters; empty is DefaultTable.
	Table string
	// Lease is how long a process that renews the token keeps the others out, at least 20
	// seconds; 0 is DefaultLease. A renewal has MaxSkew less.
	Lease time.Duration
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

func (c Config) validate(p *check.Problems) {
	if p.Required("Dialect", c.Dialect != "") && !c.Dialect.Known() {
		p.Add("Dialect", "is not PostgreSQL, MySQL or SQLite")
	}
	p.Required("Credential", c.Credential != "")
	p.Required("Keys", len(c.Keys) > 0)
	if slices.ContainsFunc(c.Keys, sign.AESKey.IsZero) {
		p.Add("Keys", "has an empty one")
	}
	if !identifier(c.Table) {
		p.Add("Table", "is not an identifier of at most %d ASCII letters, digits and underscores", maxTable)
	}
	if c.Lease < minimum {
		p.Add("Lease", "is shorter than %v", minimum)
	}
}

// Store is a [uqpay.TokenStore] over a database table. It is safe for concurrent use by
// one process; every process has its own.
type Store struct {
	db  *sql.DB
	cfg Config
	sql statements
	row string // key of the row
}

var _ uqpay.TokenStore = (*Store)(nil)

// New returns a Store on db, which stays the caller's to close. It checks the
// configuration and does no I/O; the error, of kind issuing.ErrInvalid, names every
// field that is wrong.
func New(db *sql.DB, cfg Config) (*Store, error) {
	if cfg.Table == "" {
		cfg.Table = DefaultTable
	}
	if cfg.Lease == 0 {
		cfg.Lease = DefaultLease
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	var p check.Problems
	p.Required("db", db != nil)
	cfg.validate(&p)
	if err := p.Err("uqpay", "sqltoken.New"); err != nil {
		return nil, err
	}
	cfg.Keys = slices.Clone(cfg.Keys)
	sum := sha256.Sum256([]byte(cfg.Credential))
	return &Store{db: db, cfg: cfg, sql: newStatements(cfg.Dialect, cfg.Table), row: hex.EncodeToString(sum[:])}, nil
}

// Schema returns the statement that creates the table when it is missing, ended by a
// semicolon.
func (s *Store) Schema() string { return s.sql.schema + ";\n" }

// Migrate creates the table when it is missing. Processes may call it at the same time.
func (s *Store) Migrate(ctx context.Context) error {
	_, err := s.db.ExecContext(ctx, s.sql.schema)
	if err != nil && ctx.Err() == nil {
		// In PostgreSQL the loser of a race to create fails, IF NOT EXISTS or not; by
		// then the winner's is there.
		_, err = s.db.ExecContext(ctx, s.sql.schema)
	}
	if err != nil {
		return fmt.Errorf("sqltoken: migrate: %w", err)
	}
	return nil
}

// errLapsed says that a renewal took longer than its lease.
var errLapsed = errors.New("sqltoken: the lease lapsed before the token was stored")

// Update implements [uqpay.TokenStore].
func (s *Store) Update(
	ctx context.Context, renew func(context.Context, uqpay.Token) (uqpay.Token, error),
) (uqpay.Token, error) {
	owner, err := s.lease(ctx)
	if err != nil {
		return uqpay.Token{}, err
	}
	next, stored, err := s.renewed(ctx, renew)
	if err == nil && !same(next, stored) {
		return s.keep(ctx, owner, next)
	}
	s.release(ctx, owner)
	if err != nil {
		return uqpay.Token{}, err
	}
	return next, nil
}

func same(a, b uqpay.Token) bool { return a.Value.Equal(b.Value) }

// Waits between two looks at a lease that another process holds.
const (
	leastWait = 10 * time.Millisecond
	mostWait  = 100 * time.Millisecond
)

// lease waits for the row and takes it.
func (s *Store) lease(ctx context.Context) (owner string, err error) {
	id := make([]byte, 16)
	_, _ = rand.Read(id) // documented never to fail
	owner = hex.EncodeToString(id)
	for {
		now := s.cfg.Now()
		taken, err := s.exec(ctx, s.sql.take, owner, now.Add(s.cfg.Lease).UnixMilli(), s.row, now.UnixMilli())
		switch {
		case err != nil && !busy(err):
			return "", fmt.Errorf("sqltoken: %w", err)
		case taken == 1:
			return owner, nil
		case err == nil:
			if err := s.create(ctx); err != nil {
				return "", err
			}
		}
		if !pause(ctx) {
			return "", ctx.Err()
		}
	}
}

// pause waits before another look, and reports whether there is time for it.
func pause(ctx context.Context) bool {
	timer := time.NewTimer(leastWait + mathrand.N(mostWait-leastWait))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// create makes the row where it is missing, free for whoever comes.
func (s *Store) create(ctx context.Context) error {
	var owner string
	err := s.db.QueryRowContext(ctx, s.sql.owner, s.row).Scan(&owner)
	if !errors.Is(err, sql.ErrNoRows) {
		if err != nil && !busy(err) {
			return fmt.Errorf("sqltoken: %w", err)
		}
		return nil
	}
	if _, err = s.exec(ctx, s.sql.insert, s.row); err == nil || busy(err) {
		return nil
	}
	// Another process was faster, unless it is still missing.
	if again := s.db.QueryRowContext(ctx, s.sql.owner, s.row).Scan(&owner); again != nil {
		return fmt.Errorf("sqltoken: %w", err)
	}
	return nil
}

// renewed runs a renewal within the lease.
func (s *Store) renewed(
	ctx context.Context, renew func(context.Context, uqpay.Token) (uqpay.Token, error),
) (next, stored uqpay.Token, err error) {
	ctx, cancel := context.WithTimeout(ctx, s.cfg.Lease-MaxSkew)
	defer cancel()
	var sealed string
	if err := s.db.QueryRowContext(ctx, s.sql.token, s.row).Scan(&sealed); err != nil {
		return next, stored, fmt.Errorf("sqltoken: %w", err)
	}
	stored = s.open(sealed)
	next, err = renew(ctx, stored)
	return next, stored, err
}

// ending is a context for what must be written though the caller has gone.
func ending(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), MaxSkew/2)
}

// keep stores a token and gives the lease back.
func (s *Store) keep(ctx context.Context, owner string, next uqpay.Token) (uqpay.Token, error) {
	ctx, cancel := ending(ctx)
	defer cancel()
	sealed, err := s.seal(next)
	if err != nil {
		return uqpay.Token{}, err
	}
	for {
		kept, err := s.exec(ctx, s.sql.keep, sealed, s.row, owner)
		switch {
		case busy(err) && pause(ctx):
			continue
		case err != nil:
			return uqpay.Token{}, fmt.Errorf("sqltoken: %w", err)
		case kept == 0:
			return uqpay.Token{}, errLapsed
		}
		return next, nil
	}
}

// release gives the lease back; where that fails it lapses.
func (s *Store) release(ctx context.Context, owner string) {
	ctx, cancel := ending(ctx)
	defer cancel()
	for {
		if _, err := s.exec(ctx, s.sql.free, s.row, owner); !busy(err) || !pause(ctx) {
			return
		}
	}
}

func (s *Store) exec(ctx context.Context, text string, args ...any) (int64, error) {
	result, err := s.db.ExecContext(ctx, text, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// kept is a token as it is sealed.
type kept struct {
	Value     string `json:"value"`
	IssuedAt  int64  `json:"issued_at"`  // Unix milliseconds
	ExpiresAt int64  `json:"expires_at"` // Unix milliseconds
}

// bound ties a token to its row.
func (s *Store) bound() []byte { return []byte("uqpay token|" + s.row) }

func (s *Store) seal(t uqpay.Token) (string, error) {
	text, err := json.Marshal(kept{t.Value.Reveal(), t.IssuedAt.UnixMilli(), t.ExpiresAt.UnixMilli()})
	if err != nil {
		return "", fmt.Errorf("sqltoken: %w", err)
	}
	sealed, err := s.cfg.Keys[0].SealBound(text, s.bound())
	return hex.EncodeToString(sealed), err
}

// open returns no token for one that is not there or that no key opens.
func (s *Store) open(sealed string) uqpay.Token {
	raw, err := hex.DecodeString(sealed)
	if err != nil || len(raw) == 0 {
		return uqpay.Token{}
	}
	for _, key := range s.cfg.Keys {
		var k kept
		if text, err := key.OpenBound(raw, s.bound()); err == nil && json.Unmarshal(text, &k) == nil {
			return uqpay.Token{
				Value:    issuing.NewSecret(k.Value),
				IssuedAt: time.UnixMilli(k.IssuedAt), ExpiresAt: time.UnixMilli(k.ExpiresAt),
			}
		}
	}
	return uqpay.Token{}
}
