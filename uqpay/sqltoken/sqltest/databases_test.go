//go:build unix

package sqltest

import (
	"database/sql"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/issuing-sdk/issuing-go/webhook/sqldedupe"
)

func TestSQLite(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "tokens.db")
	twoProcesses(t, database{sqldedupe.DialectSQLite, "sqlite",
		"file:" + file + "?_txlock=immediate&_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)"})
}

// server runs a database server until the test ends, as an account without privileges
// where the test is run by root.
type server struct {
	dir  string
	attr *syscall.SysProcAttr
}

func newServer(t *testing.T, account string) server {
	t.Helper()
	dir, err := os.MkdirTemp("", "sqltoken") // short, for sockets
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	s := server{dir: dir}
	if os.Getuid() != 0 {
		return s
	}
	who, err := user.Lookup(account)
	if err != nil {
		t.Skip(err)
	}
	uid, uidErr := strconv.ParseUint(who.Uid, 10, 32)
	gid, gidErr := strconv.ParseUint(who.Gid, 10, 32)
	if uidErr != nil || gidErr != nil || os.Chown(dir, int(uid), int(gid)) != nil {
		t.Skip("no folder for " + account)
	}
	s.attr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	return s
}

func (s server) command(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.SysProcAttr = s.dir, s.attr
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	return cmd
}

// serve starts the server, waits until it answers, and stops it with the test.
func (s server) serve(t *testing.T, d database, stop os.Signal, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(stop)
		late := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() })
		defer late.Stop()
		_ = cmd.Wait()
	})
	db, err := sql.Open(d.driver, d.address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	deadline := time.Now().Add(time.Minute)
	for db.PingContext(t.Context()) != nil {
		if time.Now().After(deadline) {
			t.Fatal("the server does not answer")
		}
		time.Sleep(50 * time.Millisecond) // a real server starts in real time
	}
}

// program returns the newest of the programs of that name, or skips.
func program(t *testing.T, patterns ...string) string {
	t.Helper()
	for _, pattern := range patterns {
		found, _ := filepath.Glob(pattern)
		slices.Sort(found)
		if len(found) > 0 {
			return found[len(found)-1]
		}
	}
	t.Skipf("SKIPPED: none of %v is installed", patterns)
	return ""
}

func TestPostgreSQL(t *testing.T) {
	t.Parallel()
	initdb := program(t, "/usr/lib/postgresql/*/bin/initdb", "/usr/local/pgsql/bin/initdb")
	s := newServer(t, "postgres")
	data := filepath.Join(s.dir, "data")
	if out, err := s.command(t, initdb, "-D", data, "-U", "test", "-A", "trust", "-E", "UTF8", "--no-locale", "-N").CombinedOutput(); err != nil {
		t.Skipf("%v\n%s", err, out)
	}
	d := database{sqldedupe.DialectPostgreSQL, "pgx", "host=" + s.dir + " user=test dbname=postgres sslmode=disable lock_timeout=300"}
	s.serve(t, d, os.Interrupt, s.command(t, filepath.Join(filepath.Dir(initdb), "postgres"), "-D", data, "-k", s.dir, "-c", "listen_addresses=", "-c", "fsync=off"))
	twoProcesses(t, d)
}

func TestMySQL(t *testing.T) {
	t.Parallel()
	mariadbd, install := program(t, "/usr/sbin/mariadbd", "/usr/local/sbin/mariadbd"), program(t, "/usr/bin/mariadb-install-db")
	s := newServer(t, "mysql")
	data, socket := filepath.Join(s.dir, "data"), filepath.Join(s.dir, "s")
	if out, err := s.command(t, install, "--no-defaults", "--datadir="+data, "--auth-root-authentication-method=normal", "--skip-test-db").CombinedOutput(); err != nil {
		t.Skipf("%v\n%s", err, out)
	}
	d := database{sqldedupe.DialectMySQL, "mysql", "root@unix(" + socket + ")/mysql"}
	s.serve(t, d, syscall.SIGTERM, s.command(t, mariadbd, "--no-defaults", "--datadir="+data, "--socket="+socket, "--skip-networking", "--pid-file="+filepath.Join(s.dir, "pid")))
	twoProcesses(t, d)
}
