package sqldedupe

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"
)

var epoch = time.Date(2026, 4, 1, 2, 0, 0, 0, time.UTC)

// step is one statement that a script expects, and the answer to it.
type step struct {
	verb string           // how the statement begins
	rows int64            // changed by it
	read [][]driver.Value // rows read by it
	err  error
	// hangs keeps the statement until its context or the test ends.
	hangs bool
}

// script is a database that follows steps and refuses what is not next.
type script struct {
	mu    sync.Mutex
	steps []step
	texts []string
	args  [][]driver.NamedValue
	end   chan struct{} // ends what hangs
}

func (s *script) next(ctx context.Context, text string, args []driver.NamedValue) (step, error) {
	now, err := s.advance(ctx, text, args)
	if !now.hangs {
		return now, err
	}
	select {
	case <-ctx.Done():
		return now, ctx.Err()
	case <-s.end:
		return now, errors.New("ended by the test")
	}
}

func (s *script) advance(ctx context.Context, text string, args []driver.NamedValue) (step, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return step{}, err
	}
	if len(s.steps) == 0 || !strings.HasPrefix(text, s.steps[0].verb) {
		return step{}, errors.New("unexpected statement: " + text)
	}
	now := s.steps[0]
	s.steps = s.steps[1:]
	s.texts, s.args = append(s.texts, text), append(s.args, args)
	return now, now.err
}

func (s *script) Connect(context.Context) (driver.Conn, error) { return conn{s}, nil }
func (s *script) Driver() driver.Driver                        { return nil }

type conn struct{ script *script }

func (conn) Prepare(string) (driver.Stmt, error) { return nil, errors.New("prepared") }
func (conn) Begin() (driver.Tx, error)           { return nil, errors.New("without a level") }
func (conn) Close() error                        { return nil }

func (c conn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	now, err := c.script.next(ctx, text, args)
	return driver.RowsAffected(now.rows), err
}

func (c conn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	now, err := c.script.next(ctx, text, args)
	return &rows{now.read}, err
}

func (c conn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	_, err := c.script.next(ctx, "BEGIN "+sql.IsolationLevel(opts.Isolation).String(), nil)
	return tx(c), err
}

type tx struct{ script *script }

func (t tx) Commit() error {
	_, err := t.script.next(context.Background(), "COMMIT", nil)
	return err
}

func (t tx) Rollback() error {
	_, err := t.script.next(context.Background(), "ROLLBACK", nil)
	return err
}

type rows struct{ rows [][]driver.Value }

func (*rows) Columns() []string {
	return []string{"id", "nonce", "state", "owner", "lapses_at", "answer"}
}
func (*rows) Close() error { return nil }

func (r *rows) Next(dest []driver.Value) error {
	if len(r.rows) == 0 {
		return io.EOF
	}
	copy(dest, r.rows[0])
	r.rows = r.rows[1:]
	return nil
}

// follow returns a Deduper whose database follows steps, all of which the test
// has to use.
func follow(t *testing.T, dialect Dialect, steps ...step) (*Deduper, *script) {
	t.Helper()
	s := &script{steps: steps, end: make(chan struct{})}
	db := sql.OpenDB(s)
	d, err := New(db, Config{Dialect: dialect, Now: func() time.Time { return epoch }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if len(s.steps) > 0 {
			t.Errorf("not asked: %v", s.steps)
		}
		_ = db.Close()
	})
	return d, s
}
