package main

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	_ "github.com/jackc/pgx/v5/stdlib" // PostgreSQL for database/sql
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	_ "modernc.org/sqlite" // SQLite for database/sql

	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/uqpay/sqltoken"
	"github.com/issuing-sdk/issuing-go/webhook/sqldedupe"
)

// store is the database, of either kind. Both read $1, $2, … and the same statements;
// {now} stands for the database's clock in milliseconds, so that replicas need not agree
// on the time, and {lock} for what locks a row that was read.
type store struct {
	db      *sql.DB
	key     sign.AESKey // seals what must not stand there in clear
	dialect sqldedupe.Dialect
	words   *strings.Replacer
	driver  riverdriver.Driver[*sql.Tx]
	lease   time.Duration // how long a job has an order to itself
	close   func()
}

// sqliteOptions make one writer wait for another, and a commit survive a power cut.
const sqliteOptions = "?_txlock=immediate&_pragma=busy_timeout(5000)" +
	"&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)"

// openStore opens the database of an address: postgres://… or a file's path.
func openStore(ctx context.Context, address string, key sign.AESKey) (*store, error) {
	if strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://") {
		return openPostgreSQL(ctx, address, key)
	}
	// SQLite gives the files beside it the same mode.
	file, err := os.OpenFile(address, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := file.Close(); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", "file:"+address+sqliteOptions)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1) // SQLite has one writer; a second connection would only wait for it
	return &store{
		db: db, key: key, dialect: sqldedupe.DialectSQLite, driver: riversqlite.New(db), close: func() { _ = db.Close() },
		words: strings.NewReplacer("{now}", "CAST(unixepoch('subsec') * 1000 AS INTEGER)", "{lock}", "", "{skip}", "",
			"{bytes}", ""),
	}, nil
}

// poolSize is a replica's connections, beside the one that listens.
const poolSize = 10

func openPostgreSQL(ctx context.Context, address string, key sign.AESKey) (*store, error) {
	// Who waits for another's lock must not hold a connection for long.
	address += map[bool]string{true: "&", false: "?"}[strings.Contains(address, "?")] + "lock_timeout=300"
	db, err := sql.Open("pgx", address)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(poolSize)
	db.SetMaxIdleConns(poolSize)
	listen, err := pgxpool.New(ctx, address+"&pool_max_conns=1")
	if err != nil {
		_ = db.Close()
		return nil, err
	}
	return &store{
		db: db, key: key, dialect: sqldedupe.DialectPostgreSQL, driver: riverdatabasesql.NewWithPgxListener(db, listen),
		words: strings.NewReplacer("{now}", "(EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::BIGINT",
			"{lock}", "FOR UPDATE", "{skip}", "FOR UPDATE SKIP LOCKED", "{bytes}", `COLLATE "C"`),
		close: func() {
			listen.Close()
			_ = db.Close()
		},
	}, nil
}

// session is the database or a transaction.
type session interface {
	ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, text string, args ...any) *sql.Row
}

// exec runs a statement and returns how many rows it changed.
func (s *store) exec(ctx context.Context, in session, text string, args ...any) (int64, error) {
	result, err := in.ExecContext(ctx, s.words.Replace(text), args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (s *store) row(ctx context.Context, in session, text string, args ...any) *sql.Row {
	return in.QueryRowContext(ctx, s.words.Replace(text), args...)
}

// each calls scan for every row.
func (s *store) each(ctx context.Context, in session, scan func(*sql.Rows) error, text string, args ...any) error {
	rows, err := in.QueryContext(ctx, s.words.Replace(text), args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// tx runs fn in a transaction. What a platform says is never waited for in one.
func (s *store) tx(ctx context.Context, fn func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	if err := fn(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// seal makes what is stored of a value that may hold secrets, bound to its row.
func (s *store) seal(v any, row string) ([]byte, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return s.key.SealBound(text, []byte(row))
}

// open reverses seal. Nothing stored leaves v as it is.
func (s *store) open(sealed []byte, row string, v any) error {
	if len(sealed) == 0 {
		return nil
	}
	text, err := s.key.OpenBound(sealed, []byte(row))
	if err != nil {
		return err
	}
	return json.Unmarshal(text, v)
}

//go:embed migrations/*.sql
var migrations embed.FS

// await waits until the database answers: a replica that starts while it is away serves as
// soon as it is back, whoever starts replicas.
func (s *store) await(ctx context.Context) error {
	for {
		err := s.db.PingContext(ctx)
		if err == nil || ctx.Err() != nil {
			return err
		}
		slog.WarnContext(ctx, "the database does not answer yet", "reason", err)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second):
		}
	}
}

// migrate brings all tables to the newest version: this service's, River's and those of
// the packages that bring their own. Replicas take turns.
func (s *store) migrate(ctx context.Context) error {
	if s.dialect == sqldedupe.DialectPostgreSQL {
		// River's steps need transactions of their own, so that the lock is a connection's.
		turn, err := s.db.Conn(ctx)
		if err != nil {
			return err
		}
		defer func() { _ = turn.Close() }()
		if _, err := turn.ExecContext(ctx, "SET lock_timeout = '60s'; SELECT pg_advisory_lock(20261129)"); err != nil {
			return err
		}
		defer func() {
			_, _ = turn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock(20261129); RESET lock_timeout")
		}()
	}
	if err := s.tx(ctx, func(tx *sql.Tx) error { return s.migrateOwn(ctx, tx) }); err != nil {
		return err
	}
	river, err := rivermigrate.New(s.driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	if _, err := river.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("river: %w", err)
	}
	return nil
}

func (s *store) migrateOwn(ctx context.Context, tx *sql.Tx) error {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	version, err := s.version(ctx, tx)
	if err != nil {
		return err
	}
	if version > len(names) {
		return fmt.Errorf("the database has version %d, of which this release knows nothing", version)
	}
	for i, name := range names[version:] {
		text, err := migrations.ReadFile(name)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, string(text)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		_, err = s.exec(ctx, tx, "INSERT INTO merchant_schema (version, migrated_at) VALUES ($1, {now})", version+i+1)
		if err != nil {
			return err
		}
	}
	claims, err := s.deduper(defaultLease)
	if err != nil {
		return err
	}
	tokens, err := s.tokens("schema")
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, claims.Schema()+tokens.Schema())
	return err
}

func (s *store) version(ctx context.Context, tx *sql.Tx) (version int, err error) {
	_, err = tx.ExecContext(ctx,
		"CREATE TABLE IF NOT EXISTS merchant_schema (version BIGINT NOT NULL PRIMARY KEY, migrated_at BIGINT NOT NULL)")
	if err != nil {
		return 0, err
	}
	err = tx.QueryRowContext(ctx, "SELECT COALESCE(MAX(version), 0) FROM merchant_schema").Scan(&version)
	return version, err
}

// defaultLease bounds a callback's transaction.
const defaultLease = 10 * time.Second

// deduper is the store of claims, whose answers are sealed.
func (s *store) deduper(lease time.Duration) (*sqldedupe.Deduper, error) {
	return sqldedupe.New(s.db, sqldedupe.Config{Dialect: s.dialect, Lease: lease, AnswerKeys: []sign.AESKey{s.key}})
}

// tokens is where the replicas share UQPAY's access token, of which there is one at a time.
func (s *store) tokens(credential string) (*sqltoken.Store, error) {
	return sqltoken.New(s.db, sqltoken.Config{Dialect: s.dialect, Credential: credential, Keys: []sign.AESKey{s.key}})
}

// ready reports whether the database answers and has this release's tables.
func (s *store) ready(ctx context.Context) error {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	var version int
	if err := s.db.QueryRowContext(ctx,
		"SELECT COALESCE(MAX(version), 0) FROM merchant_schema").Scan(&version); err != nil {
		return errors.New("the database does not answer")
	}
	if version != len(names) {
		return fmt.Errorf("the tables have version %d, this release wants %d", version, len(names))
	}
	return nil
}
