package sqltest

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"strings"
	"sync"
	"testing"
)

// counting is a driver that notes what another one carries out.
type counting struct {
	inner   driver.Driver
	address string

	mu    sync.Mutex
	texts []string
}

// countedDB opens a database whose statements are noted.
func countedDB(t *testing.T, name, address string) *sql.DB {
	t.Helper()
	plain, err := sql.Open(name, address)
	ok(t, err)
	inner := plain.Driver()
	ok(t, plain.Close())
	db := sql.OpenDB(&counting{inner: inner, address: address})
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// noted returns the verbs of what was carried out since the last time.
func noted(db *sql.DB) []string {
	c, _ := db.Driver().(*counting)
	c.mu.Lock()
	defer c.mu.Unlock()
	texts := c.texts
	c.texts = nil
	for i, text := range texts {
		texts[i], _, _ = strings.Cut(text, " ")
	}
	return texts
}

func (c *counting) note(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.texts = append(c.texts, text)
}

func (c *counting) Driver() driver.Driver { return c }

func (c *counting) Open(string) (driver.Conn, error) { return c.Connect(context.Background()) }

func (c *counting) Connect(ctx context.Context) (driver.Conn, error) {
	var conn driver.Conn
	var err error
	if d, ok := c.inner.(driver.DriverContext); ok {
		var connector driver.Connector
		if connector, err = d.OpenConnector(c.address); err == nil {
			conn, err = connector.Connect(ctx)
		}
	} else {
		conn, err = c.inner.Open(c.address)
	}
	if err != nil {
		return nil, err
	}
	return &countingConn{conn, c}, nil
}

type countingConn struct {
	driver.Conn
	c *counting
}

func (c *countingConn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	result, err := c.Conn.(driver.ExecerContext).ExecContext(ctx, text, args)
	if !errors.Is(err, driver.ErrSkip) {
		c.c.note(text)
	}
	return result, err
}

func (c *countingConn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	rows, err := c.Conn.(driver.QueryerContext).QueryContext(ctx, text, args)
	if !errors.Is(err, driver.ErrSkip) {
		c.c.note(text)
	}
	return rows, err
}

// PrepareContext counts too: what skips the two above is prepared and carried out.
func (c *countingConn) PrepareContext(ctx context.Context, text string) (driver.Stmt, error) {
	c.c.note(text)
	return c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, text)
}

func (c *countingConn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	c.c.note("BEGIN")
	tx, err := c.Conn.(driver.ConnBeginTx).BeginTx(ctx, opts)
	return countingTx{tx, c.c}, err
}

func (c *countingConn) CheckNamedValue(v *driver.NamedValue) error {
	if checker, ok := c.Conn.(driver.NamedValueChecker); ok {
		return checker.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

func (c *countingConn) ResetSession(ctx context.Context) error {
	if r, ok := c.Conn.(driver.SessionResetter); ok {
		return r.ResetSession(ctx)
	}
	return nil
}

func (c *countingConn) IsValid() bool {
	v, ok := c.Conn.(driver.Validator)
	return !ok || v.IsValid()
}

type countingTx struct {
	driver.Tx
	c *counting
}

func (t countingTx) Commit() error {
	t.c.note("COMMIT")
	return t.Tx.Commit()
}

func (t countingTx) Rollback() error {
	t.c.note("ROLLBACK")
	return t.Tx.Rollback()
}
