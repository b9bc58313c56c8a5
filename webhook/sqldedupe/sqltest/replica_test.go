//go:build unix

package sqltest

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
	"github.com/issuing-sdk/issuing-go/webhook/sqldedupe"
)

// What a replica is told by its environment.
const (
	envAddress  = "SQLTEST_REPLICA_ADDRESS"  // to listen on; makes the test binary a replica
	envDialect  = "SQLTEST_REPLICA_DIALECT"  // a sqldedupe.Dialect
	envDatabase = "SQLTEST_REPLICA_DATABASE" // to connect to
	envKeys     = "SQLTEST_REPLICA_KEYS"     // folder with platform.pem and merchant.pem
)

func TestMain(m *testing.M) {
	if os.Getenv(envAddress) != "" {
		fmt.Fprintln(os.Stderr, "replica:", replica())
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// drivers are the names under which database/sql knows them.
var drivers = map[sqldedupe.Dialect]string{
	sqldedupe.DialectPostgreSQL: "pgx", sqldedupe.DialectMySQL: "mysql", sqldedupe.DialectSQLite: "sqlite",
}

// connect opens a database as a replica does. SQLite has one writer, and a second
// connection of the same process would do nothing but wait for it.
func connect(dialect sqldedupe.Dialect, address string) (*sql.DB, error) {
	db, err := sql.Open(drivers[dialect], address)
	if err != nil {
		return nil, err
	}
	conns := 16
	if dialect == sqldedupe.DialectSQLite {
		conns = 1
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db, nil
}

// dedupers are those of both forms, each on a table of its own.
func dedupers(db *sql.DB, dialect sqldedupe.Dialect) (inTx, plain *sqldedupe.Deduper, err error) {
	key, err := sign.NewAESKey(bytes.Repeat([]byte{9}, 32))
	if err != nil {
		return nil, nil, err
	}
	cfg := sqldedupe.Config{Dialect: dialect, Table: "tx_events", Lease: 2 * time.Second, AnswerKeys: []sign.AESKey{key}}
	if inTx, err = sqldedupe.New(db, cfg); err != nil {
		return nil, nil, err
	}
	cfg.Table = "plain_events"
	plain, err = sqldedupe.New(db, cfg)
	return inTx, plain, err
}

// effectOf is the statement of an effect, of a form.
func effectOf(dialect sqldedupe.Dialect, form string) string {
	values := "(?, ?)"
	if dialect == sqldedupe.DialectPostgreSQL {
		values = "($1, $2)"
	}
	return "INSERT INTO " + form + "_effects (provider, event) VALUES " + values
}

// effect is what a merchant's function does in its transaction, or without one.
type effect func(ctx context.Context, exec execer, form string, event *webhook.Event) error

// execer is a transaction or a database.
type execer interface {
	ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error)
}

// inserted is an effect in a table of the form's own.
func inserted(dialect sqldedupe.Dialect) effect {
	texts := map[string]string{"tx": effectOf(dialect, "tx"), "plain": effectOf(dialect, "plain")}
	return func(ctx context.Context, exec execer, form string, event *webhook.Event) error {
		_, err := exec.ExecContext(ctx, texts[form], event.Provider, event.ID)
		return err
	}
}

// none is no effect.
func none(context.Context, execer, string, *webhook.Event) error { return nil }

// shopOf is a merchant's program: all providers in both forms beside each other, at
// /tx/ and /plain/ with provider and type.
func shopOf(p platform, db *sql.DB, dialect sqldedupe.Dialect, do effect) (http.Handler, error) {
	inTx, plain, err := dedupers(db, dialect)
	if err != nil {
		return nil, err
	}
	sources, err := p.sources(inTx)
	if err != nil {
		return nil, err
	}
	remembering, err := p.sources(plain)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	for name, src := range sources {
		mux.Handle("POST /tx/"+name+"/{type}", sqldedupe.NewHandler(inTx, src,
			func(ctx context.Context, tx *sql.Tx, event *webhook.Event) error {
				return errors.Join(do(ctx, tx, "tx", event), answered(ctx, event))
			}))
		mux.Handle("POST /plain/"+name+"/{type}", webhook.NewHandler(remembering[name],
			func(ctx context.Context, event *webhook.Event) error {
				return errors.Join(do(ctx, db, "plain", event), answered(ctx, event))
			}))
	}
	return mux, nil
}

// replica serves the merchant's program until it is killed.
func replica() error {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	_ = mysql.SetLogger(silent{})
	dialect := sqldedupe.Dialect(os.Getenv(envDialect))
	db, err := connect(dialect, os.Getenv(envDatabase))
	if err != nil {
		return err
	}
	p, err := loadPlatform(os.Getenv(envKeys))
	if err != nil {
		return err
	}
	shop, err := shopOf(p, db, dialect, inserted(dialect))
	if err != nil {
		return err
	}
	server := &http.Server{Addr: os.Getenv(envAddress), Handler: shop, ReadHeaderTimeout: 5 * time.Second}
	return server.ListenAndServe()
}
