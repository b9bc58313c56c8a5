//go:build unix

package sqltest

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	_ "github.com/jackc/pgx/v5/stdlib"

	"github.com/issuing-sdk/issuing-go/webhook/sqldedupe"
)

// find returns the newest program of that name in PATH or one of the places
// where distributions hide it, "" when there is none.
func find(name string, places ...string) string {
	for _, place := range places {
		found, _ := filepath.Glob(filepath.Join(place, name))
		if len(found) > 0 {
			slices.Sort(found)
			return found[len(found)-1]
		}
	}
	path, _ := exec.LookPath(name)
	return path
}

// missing ends a test whose server is not installed. Root could have installed it,
// as the gate does, so that a skip would hide a hole.
func missing(t *testing.T, server string) {
	t.Helper()
	if os.Getuid() == 0 {
		t.Fatalf("%s is not installed", server)
	}
	t.Skipf("SKIPPED: %s is not installed", server)
}

// account is who runs a server that refuses to be run by root.
type account struct {
	uid, gid uint32
	other    bool // than this process's
}

func unprivileged(t *testing.T, names ...string) account {
	t.Helper()
	if os.Getuid() != 0 {
		return account{}
	}
	for _, name := range append(names, "nobody") {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseUint(found.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(found.Gid, 10, 32)
		if uidErr == nil && gidErr == nil && uid != 0 {
			return account{uid: uint32(uid), gid: uint32(gid), other: true}
		}
	}
	t.Skip("runs as root, and no account without privileges exists")
	return account{}
}

// folder makes a short one, for sockets, that the account owns.
func (a account) folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "sqltest")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if a.other {
		if err := os.Chown(dir, int(a.uid), int(a.gid)); err != nil {
			t.Skip(err)
		}
	}
	return dir
}

func (a account) command(ctx context.Context, dir, name string, args ...string) (*exec.Cmd, *bytes.Buffer) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	if a.other {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: a.uid, Gid: a.gid}}
	}
	output := &bytes.Buffer{}
	cmd.Stdout, cmd.Stderr = output, output
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	return cmd, output
}

// run runs a program to its end and skips the test when it fails: what is
// installed does not work here.
func (a account) run(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	cmd, output := a.command(t.Context(), dir, name, args...)
	if err := cmd.Run(); err != nil {
		t.Skipf("%s: %v\n%s", name, err, output)
	}
}

// serve starts a server, waits until db answers, and stops it with the test.
func (a account) serve(t *testing.T, db *sql.DB, stop os.Signal, dir, name string, args ...string) {
	t.Helper()
	cmd, output := a.command(context.WithoutCancel(t.Context()), dir, name, args...)
	if err := cmd.Start(); err != nil {
		t.Skip(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = db.Close()
		_ = cmd.Process.Signal(stop)
		select {
		case <-ended:
		case <-time.After(20 * time.Second):
			_ = cmd.Process.Kill()
			<-ended
		}
	})
	deadline := time.After(60 * time.Second)
	for db.PingContext(t.Context()) != nil {
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("%s ended: %v\n%s", name, err, output)
		case <-deadline:
			t.Fatalf("%s does not answer", name)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// pool is a connection for each goroutine of the suite.
func pool(t *testing.T, driver, address string) *sql.DB {
	t.Helper()
	db := countedDB(t, driver, address)
	db.SetMaxOpenConns(16)
	db.SetMaxIdleConns(16)
	return db
}

// tables gives each test of the suite a table of its own in one database.
func tables(db *sql.DB, dialect sqldedupe.Dialect) func(*testing.T) (*sql.DB, sqldedupe.Config) {
	var n atomic.Int32
	return func(*testing.T) (*sql.DB, sqldedupe.Config) {
		return db, sqldedupe.Config{Dialect: dialect, Table: fmt.Sprintf("events_%d", n.Add(1))}
	}
}

func TestPostgreSQL(t *testing.T) {
	t.Parallel()
	initdb := find("initdb", "/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin")
	if initdb == "" {
		missing(t, "PostgreSQL")
	}
	who := unprivileged(t, "postgres")
	dir := who.folder(t)
	data := filepath.Join(dir, "data")
	who.run(t, dir, initdb, "-D", data, "-U", "test", "-A", "trust", "-E", "UTF8", "--no-locale", "-N")
	address := "host=" + dir + " user=test dbname=postgres sslmode=disable lock_timeout=300"
	db := pool(t, "pgx", address)
	who.serve(t, db, os.Interrupt, dir, filepath.Join(filepath.Dir(initdb), "postgres"),
		"-D", data, "-k", dir, "-c", "listen_addresses=", "-c", "fsync=off")
	open := tables(db, sqldedupe.DialectPostgreSQL)
	t.Run("ReadCommitted", func(t *testing.T) { suite(t, open) })
	strict := tables(pool(t, "pgx", address+" default_transaction_isolation=serializable"), sqldedupe.DialectPostgreSQL)
	t.Run("Serializable", func(t *testing.T) {
		suite(t, func(t *testing.T) (*sql.DB, sqldedupe.Config) {
			db, cfg := strict(t)
			cfg.Table = "strict_" + cfg.Table
			return db, cfg
		})
	})
}

func TestMySQL(t *testing.T) {
	t.Parallel()
	server := find("mariadbd", "/usr/sbin", "/usr/local/sbin")
	install := find("mariadb-install-db", "/usr/bin")
	if server == "" || install == "" {
		missing(t, "MariaDB")
	}
	who := unprivileged(t, "mysql")
	dir := who.folder(t)
	data, socket := filepath.Join(dir, "data"), filepath.Join(dir, "s")
	base := filepath.Dir(filepath.Dir(install))
	who.run(t, dir, install, "--no-defaults", "--basedir="+base, "--datadir="+data,
		"--auth-root-authentication-method=normal", "--skip-test-db")
	_ = mysql.SetLogger(silent{}) // the driver reports attempts before the server listens
	db := pool(t, "mysql", "root@unix("+socket+")/mysql")
	who.serve(t, db, syscall.SIGTERM, dir, server, "--no-defaults", "--basedir="+base, "--datadir="+data,
		"--socket="+socket, "--skip-networking", "--pid-file="+filepath.Join(dir, "pid"),
		"--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=64M")
	suite(t, tables(db, sqldedupe.DialectMySQL))
}

type silent struct{}

func (silent) Print(...any) {}
