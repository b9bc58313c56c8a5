//go:build unix

package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// postgres is a server on loopback that comes and goes, run by an account without
// privileges.
type postgres struct {
	dir, bin   string
	port       int
	credential *syscall.Credential
	args       []string
	cmd        *exec.Cmd
	output     bytes.Buffer
}

// newPostgres makes a server of the test's own, whose commits survive.
func newPostgres(t *testing.T) *postgres {
	t.Helper()
	p, err := makePostgres(programs(t))
	ok(t, err)
	t.Cleanup(p.close)
	return p
}

// shared is the server of all tests that harm none: each gets a database of its own.
var shared struct {
	sync.Once
	server *postgres
	err    error
	n      atomic.Int32
}

// database returns the address of a fresh one.
func database(t *testing.T) string {
	t.Helper()
	bin := programs(t)
	shared.Do(func() { shared.server, shared.err = makePostgres(bin, "-c", "fsync=off") })
	ok(t, shared.err)
	name := fmt.Sprintf("test%d", shared.n.Add(1))
	db, err := sql.Open("pgx", shared.server.address("postgres"))
	ok(t, err)
	defer func() { _ = db.Close() }()
	_, err = db.ExecContext(t.Context(), "CREATE DATABASE "+name)
	ok(t, err)
	return shared.server.address(name)
}

// programs finds PostgreSQL. Root could have installed it, as the gate does, so that a skip
// would hide a hole.
func programs(t *testing.T) string {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		if os.Getuid() == 0 {
			t.Fatal("PostgreSQL is not installed")
		}
		t.Skip("SKIPPED: PostgreSQL is not installed")
	}
	slices.Sort(found)
	return filepath.Dir(found[len(found)-1])
}

func makePostgres(bin string, args ...string) (p *postgres, err error) {
	p = &postgres{bin: bin, args: args}
	if p.port, err = freePort(); err != nil {
		return nil, err
	}
	if p.dir, err = os.MkdirTemp("", "merchant-pg"); err != nil {
		return nil, err
	}
	if os.Getuid() == 0 {
		if err := p.unprivileged(); err != nil {
			return nil, err
		}
	}
	out, err := p.command(context.Background(), "initdb", "-D", p.data(), "-U", "test", "-A", "trust", "-E", "UTF8",
		"--no-locale", "-N").
		CombinedOutput()
	if err != nil {
		p.close()
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return p, p.start()
}

// unprivileged finds the account to run it as, and gives it the folder.
func (p *postgres) unprivileged() error {
	account, err := user.Lookup("postgres")
	if err != nil {
		account, err = user.Lookup("nobody")
	}
	if err != nil {
		return err
	}
	uid, uidErr := strconv.ParseUint(account.Uid, 10, 32)
	gid, gidErr := strconv.ParseUint(account.Gid, 10, 32)
	p.credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return errors.Join(uidErr, gidErr, os.Chown(p.dir, int(uid), int(gid)))
}

func (p *postgres) data() string { return filepath.Join(p.dir, "data") }

func (p *postgres) address(name string) string {
	return fmt.Sprintf("postgres://test@127.0.0.1:%d/%s?sslmode=disable", p.port, name)
}

func (p *postgres) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(p.bin, name), args...)
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	if p.credential != nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: p.credential}
	}
	return cmd
}

// start returns when it answers.
func (p *postgres) start() error {
	args := append([]string{"-D", p.data(), "-k", p.dir, "-c", "listen_addresses=127.0.0.1", "-c",
		"port=" + strconv.Itoa(p.port)}, p.args...)
	p.cmd = p.command(context.Background(), "postgres", args...)
	p.cmd.Stdout, p.cmd.Stderr = &p.output, &p.output
	if err := p.cmd.Start(); err != nil {
		return err
	}
	db, err := sql.Open("pgx", p.address("postgres"))
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	for begun := time.Now(); db.Ping() != nil; time.Sleep(50 * time.Millisecond) {
		if time.Since(begun) > time.Minute {
			return errors.New("PostgreSQL does not answer")
		}
	}
	return nil
}

// stop ends it as a fault does: at once, without a farewell.
func (p *postgres) stop() {
	if p.cmd != nil && p.cmd.Process != nil {
		_ = p.cmd.Process.Signal(syscall.SIGQUIT)
		_ = p.cmd.Wait()
		p.cmd = nil
	}
}

func (p *postgres) close() {
	p.stop()
	_ = os.RemoveAll(p.dir)
}

// dump is everything that it holds, as text.
func (p *postgres) dump(t *testing.T) []byte {
	t.Helper()
	out, err := p.command(t.Context(), "pg_dump", "-d", p.address("postgres")).Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		t.Fatalf("pg_dump: %s", strings.TrimSpace(string(exit.Stderr)))
	}
	ok(t, err)
	return out
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
