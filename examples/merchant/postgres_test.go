//go:build unix

package main

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// postgres is a server on loopback that comes and goes, run by an account without
// privileges.
type postgres struct {
	dir, bin, address string
	port              int
	credential        *syscall.Credential
	cmd               *exec.Cmd
	output            bytes.Buffer
}

// newPostgres makes a database of its own and starts its server. Root could have installed
// one, as the gate does, so that a skip would hide a hole.
func newPostgres(t *testing.T) *postgres {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		if os.Getuid() == 0 {
			t.Fatal("PostgreSQL is not installed")
		}
		t.Skip("SKIPPED: PostgreSQL is not installed")
	}
	slices.Sort(found)
	p := &postgres{bin: filepath.Dir(found[len(found)-1]), port: freePort(t)}
	var err error
	p.dir, err = os.MkdirTemp("", "merchant-pg")
	ok(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(p.dir) })
	if os.Getuid() == 0 {
		account, err := user.Lookup("postgres")
		if err != nil {
			account, err = user.Lookup("nobody")
		}
		ok(t, err)
		uid, err := strconv.ParseUint(account.Uid, 10, 32)
		ok(t, err)
		gid, err := strconv.ParseUint(account.Gid, 10, 32)
		ok(t, err)
		p.credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		ok(t, os.Chown(p.dir, int(uid), int(gid)))
	}
	p.address = fmt.Sprintf("postgres://test@127.0.0.1:%d/postgres?sslmode=disable", p.port)
	out, err := p.command(t.Context(), "initdb", "-D", p.data(), "-U", "test", "-A", "trust", "-E", "UTF8", "--no-locale", "-N").CombinedOutput()
	if err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	t.Cleanup(p.stop)
	p.start(t)
	return p
}

func (p *postgres) data() string { return filepath.Join(p.dir, "data") }

func (p *postgres) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(p.bin, name), args...)
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	if p.credential != nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: p.credential}
	}
	return cmd
}

func (p *postgres) start(t *testing.T) {
	t.Helper()
	p.cmd = p.command(context.WithoutCancel(t.Context()), "postgres", "-D", p.data(), "-k", p.dir, "-c", "listen_addresses=127.0.0.1",
		"-c", "port="+strconv.Itoa(p.port), "-c", "max_connections=100")
	p.cmd.Stdout, p.cmd.Stderr = &p.output, &p.output
	ok(t, p.cmd.Start())
	db, err := sql.Open("pgx", p.address)
	ok(t, err)
	defer func() { _ = db.Close() }()
	for begun := time.Now(); db.PingContext(t.Context()) != nil; time.Sleep(50 * time.Millisecond) {
		if time.Since(begun) > time.Minute {
			t.Errorf("PostgreSQL does not answer")
			return
		}
	}
}

// stop ends it as a fault does: at once, without a farewell.
func (p *postgres) stop() {
	if p.cmd != nil && p.cmd.Process != nil {
		_ = p.cmd.Process.Signal(syscall.SIGQUIT)
		_ = p.cmd.Wait()
		p.cmd = nil
	}
}

// dump is everything that it holds, as text.
func (p *postgres) dump(t *testing.T) []byte {
	t.Helper()
	out, err := p.command(t.Context(), "pg_dump", "-d", p.address).Output()
	ok(t, err)
	return out
}

func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	ok(t, err)
	defer func() { _ = listener.Close() }()
	return listener.Addr().(*net.TCPAddr).Port
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
