//go:build unix

package sqltest

import (
	"context"
	"database/sql"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/issuing-sdk/issuing-go/webhook/sqldedupe"
)

// engine is a database that comes and goes.
type engine struct {
	dialect sqldedupe.Dialect
	address string
	db      *sql.DB            // the test's own
	start   func(t *testing.T) // returns when it answers
	stop    func(t *testing.T) // at once, as after a fault
}

// server is an engine in a process of its own.
type server struct {
	who  account
	dir  string
	name string
	args []string
	end  syscall.Signal // what ends it without a farewell
	cmd  *exec.Cmd
}

func (s *server) start(t *testing.T, db *sql.DB) {
	t.Helper()
	cmd, output := s.who.command(context.WithoutCancel(t.Context()), s.dir, s.name, s.args...)
	ok(t, cmd.Start())
	s.cmd = cmd
	for begun := time.Now(); db.PingContext(t.Context()) != nil; time.Sleep(50 * time.Millisecond) {
		if time.Since(begun) > time.Minute {
			t.Errorf("%s does not answer: %s", s.name, output)
			return
		}
	}
}

func (s *server) stop() {
	if s.cmd != nil {
		_ = s.cmd.Process.Signal(s.end)
		_ = s.cmd.Wait()
		s.cmd = nil
	}
}

// served completes an engine with its server, and starts it.
func (e *engine) served(t *testing.T, s *server) *engine {
	t.Helper()
	var err error
	e.db, err = connect(e.dialect, e.address)
	ok(t, err)
	e.start = func(t *testing.T) { s.start(t, e.db) }
	e.stop = func(*testing.T) { s.stop() }
	t.Cleanup(func() {
		_ = e.db.Close()
		s.stop()
	})
	e.start(t)
	return e
}

func startPostgreSQL(t *testing.T) *engine {
	t.Helper()
	initdb := find("initdb", "/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin")
	if initdb == "" {
		missing(t, "PostgreSQL")
	}
	who := unprivileged(t, "postgres")
	dir := who.folder(t)
	data := filepath.Join(dir, "data")
	who.run(t, dir, initdb, "-D", data, "-U", "test", "-A", "trust", "-E", "UTF8", "--no-locale", "-N")
	e := &engine{
		dialect: sqldedupe.DialectPostgreSQL,
		address: "host=" + dir + " user=test dbname=postgres sslmode=disable lock_timeout=300",
	}
	return e.served(t, &server{
		who: who, dir: dir, name: filepath.Join(filepath.Dir(initdb), "postgres"), end: syscall.SIGQUIT, // "immediate"
		args: []string{"-D", data, "-k", dir, "-c", "listen_addresses=", "-c", "max_connections=120"},
	})
}

func startMariaDB(t *testing.T) *engine {
	t.Helper()
	name := find("mariadbd", "/usr/sbin", "/usr/local/sbin")
	install := find("mariadb-install-db", "/usr/bin")
	if name == "" || install == "" {
		missing(t, "MariaDB")
	}
	_ = mysql.SetLogger(silent{}) // the driver reports attempts before the server listens
	who := unprivileged(t, "mysql")
	dir := who.folder(t)
	base, data, socket := filepath.Dir(filepath.Dir(install)), filepath.Join(dir, "data"), filepath.Join(dir, "s")
	who.run(t, dir, install, "--no-defaults", "--basedir="+base, "--datadir="+data,
		"--auth-root-authentication-method=normal", "--skip-test-db")
	e := &engine{
		dialect: sqldedupe.DialectMySQL, address: "root@unix(" + socket + ")/mysql?innodb_lock_wait_timeout=1",
	}
	return e.served(t, &server{
		who: who, dir: dir, name: name, end: syscall.SIGKILL,
		args: []string{
			"--no-defaults", "--basedir=" + base, "--datadir=" + data, "--socket=" + socket, "--skip-networking",
			"--pid-file=" + filepath.Join(dir, "pid"), "--innodb-flush-log-at-trx-commit=1", "--innodb-buffer-pool-size=64M",
		},
	})
}

// startSQLite opens a file. It has no server that could go: instead another process, as
// far as SQLite can tell, holds the lock of writers.
func startSQLite(t *testing.T) *engine {
	t.Helper()
	e := &engine{
		dialect: sqldedupe.DialectSQLite,
		address: "file:" + filepath.Join(t.TempDir(), "events.db") +
			"?_txlock=immediate&_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)",
	}
	var err error
	e.db, err = connect(e.dialect, e.address)
	ok(t, err)
	t.Cleanup(func() { _ = e.db.Close() })
	var tx *sql.Tx
	e.stop = func(t *testing.T) {
		for range 10 { // the writers are many
			if tx, err = e.db.BeginTx(context.WithoutCancel(t.Context()), nil); err == nil {
				return
			}
		}
		t.Error(err)
	}
	e.start = func(*testing.T) {
		if tx != nil {
			_ = tx.Rollback()
			tx = nil
		}
	}
	return e
}
