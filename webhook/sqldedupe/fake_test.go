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
	verb string         // how the statement begins
	rows int64          // changed by it
	row  []driver.Value // read by it; nil is no row
	err  error
}

// script is a database that follows steps and refuses what is not next.
type script struct {
	mu    sync.Mutex
	steps []step
	texts []string
	args  [][]driver.NamedValue
}

func (s *script) next(ctx context.Context, text string, args []driver.NamedValue) (step, error) {
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
func (conn) Begin() (driver.Tx, error)           { return nil, errors.New("transaction") }
func (conn) Close() error                        { return nil }

func (c conn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	now, err := c.script.next(ctx, text, args)
	return driver.RowsAffected(now.rows), err
}

func (c conn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	now, err := c.script.next(ctx, text, args)
	return &rows{now.row}, err
}

type rows struct{ row []driver.Value }

func (*rows) Columns() []string { return []string{"state", "owner", "lapses_at"} }
func (*rows) Close() error      { return nil }

func (r *rows) Next(dest []driver.Value) error {
	if r.row == nil {
		return io.EOF
	}
	copy(dest, r.row)
	r.row = nil
	return nil
}

// follow returns a Deduper whose database follows steps, all of which the test
// has to use.
func follow(t *testing.T, dialect Dialect, steps ...step) (*Deduper, *script) {
	t.Helper()
	s := &script{steps: steps}
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
