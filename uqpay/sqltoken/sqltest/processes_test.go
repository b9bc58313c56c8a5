package sqltest

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/go-sql-driver/mysql"
	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/uqpay/sqltoken"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
	"github.com/issuing-sdk/issuing-go/webhook/sqldedupe"
)

// What a process is told by its environment. The first makes the test binary one.
const (
	envURL      = "SQLTEST_TOKEN_URL"
	envClientID = "SQLTEST_TOKEN_CLIENT"
	envAPIKey   = "SQLTEST_TOKEN_APIKEY"
	envDriver   = "SQLTEST_TOKEN_DRIVER"
	envAddress  = "SQLTEST_TOKEN_DATABASE"
	envDialect  = "SQLTEST_TOKEN_DIALECT"
)

func TestMain(m *testing.M) {
	if os.Getenv(envURL) != "" {
		if err := process(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, "process:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// database is one that processes share.
type database struct {
	dialect         sqldedupe.Dialect
	driver, address string
}

func (d database) open() (*sql.DB, *sqltoken.Store, error) {
	db, err := sql.Open(d.driver, d.address)
	if err != nil {
		return nil, nil, err
	}
	key, err := sign.NewAESKey(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		return nil, nil, err
	}
	store, err := sqltoken.New(db, sqltoken.Config{Dialect: d.dialect, Credential: "client-1", Keys: []sign.AESKey{key}})
	return db, store, err
}

// callers is how many calls a process makes at once.
const callers = 16

// process reads a list in many goroutines for every line that it is sent, and answers
// with how many calls failed.
func process(in io.Reader, out io.Writer) error {
	db, store, err := database{sqldedupe.Dialect(os.Getenv(envDialect)), os.Getenv(envDriver), os.Getenv(envAddress)}.open()
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	client, err := uqpay.New(uqpay.Config{
		BaseURL: os.Getenv(envURL), ClientID: os.Getenv(envClientID), APIKey: issuing.NewSecret(os.Getenv(envAPIKey)), Tokens: store,
	})
	if err != nil {
		return err
	}
	for lines := bufio.NewScanner(in); lines.Scan(); {
		if err := store.Migrate(context.Background()); err != nil {
			return err
		}
		var failed atomic.Int64
		var wg sync.WaitGroup
		for range callers {
			wg.Go(func() {
				if _, err := client.Products.List(context.Background(), uqpay.Paging{}); err != nil {
					failed.Add(1)
					fmt.Fprintln(os.Stderr, err)
				}
			})
		}
		wg.Wait()
		if _, err := fmt.Fprintln(out, failed.Load()); err != nil {
			return err
		}
	}
	return nil
}

// child is a process of the test's.
type child struct {
	in  io.WriteCloser
	out *bufio.Scanner
}

func start(t *testing.T, s *uqpaytest.Server, d database) child {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), self)
	cmd.Env = append(os.Environ(), envURL+"="+s.URL(), envClientID+"="+s.ClientID(), envAPIKey+"="+s.APIKey().Reveal(),
		envDriver+"="+d.driver, envAddress+"="+d.address, envDialect+"="+string(d.dialect))
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		if err := cmd.Wait(); err != nil || complaints.Len() > 0 {
			t.Errorf("process: %v\n%s", err, &complaints)
		}
	})
	return child{in, bufio.NewScanner(out)}
}

// twoProcesses share one token: each time it is ended, all their calls together mint one.
func twoProcesses(t *testing.T, d database) {
	t.Helper()
	s, err := uqpaytest.NewServer(uqpaytest.Config{Limits: &uqpaytest.Limits{}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	children := []child{start(t, s, d), start(t, s, d)}
	const rounds = 5
	for round := range rounds {
		for _, c := range children {
			if _, err := io.WriteString(c.in, "go\n"); err != nil {
				t.Fatal(err)
			}
		}
		for i, c := range children {
			if !c.out.Scan() || c.out.Text() != "0" {
				t.Fatalf("round %d: process %d: %q calls failed, %v", round, i, c.out.Text(), c.out.Err())
			}
		}
		if s.Mints() != round+1 {
			t.Fatalf("round %d: %d mints", round, s.Mints())
		}
		s.EndToken()
	}
	t.Logf("%d calls of two processes, %d mints", rounds*len(children)*callers, s.Mints())
	kept(t, d)
	lapses(t, d)
}

// kept reads what is stored: nothing in clear, and no lease.
func kept(t *testing.T, d database) {
	t.Helper()
	db, _, err := d.open()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var token, owner string
	var lapses int64
	if err := db.QueryRowContext(t.Context(), "SELECT token, owner, lapses_at FROM "+sqltoken.DefaultTable).Scan(&token, &owner, &lapses); err != nil {
		t.Fatal(err)
	}
	if token == "" || strings.Contains(token, ".") || strings.TrimSpace(owner) != "" || lapses != 0 {
		t.Errorf("stored %q of %q until %d", token, owner, lapses)
	}
}

// lapses: a process that dies with the lease holds the others up until it lapses, and
// what it brings afterwards is not stored.
func lapses(t *testing.T, d database) {
	t.Helper()
	clock := issuingtest.NewClock(time.Unix(1_800_000_000, 0))
	stores := make([]*sqltoken.Store, 2)
	for i := range stores {
		db, _, err := d.open()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		key, err := sign.NewAESKey(bytes.Repeat([]byte{7}, 32))
		if err != nil {
			t.Fatal(err)
		}
		if stores[i], err = sqltoken.New(db, sqltoken.Config{
			Dialect: d.dialect, Credential: "another", Keys: []sign.AESKey{key}, Now: clock.Now,
		}); err != nil {
			t.Fatal(err)
		}
	}
	token := func(value string) uqpay.Token {
		return uqpay.Token{Value: issuing.NewSecret(value), ExpiresAt: clock.Now().Add(time.Hour)}
	}
	begun, end, died := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		_, err := stores[0].Update(context.Background(), func(context.Context, uqpay.Token) (uqpay.Token, error) {
			close(begun)
			<-end
			return token("late"), nil
		})
		died <- err
	}()
	<-begun
	impatient, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	never := func(context.Context, uqpay.Token) (uqpay.Token, error) {
		t.Error("renewed under another's lease")
		return uqpay.Token{}, nil
	}
	if _, err := stores[1].Update(impatient, never); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("waited: %v", err)
	}
	clock.Advance(sqltoken.DefaultLease)
	got, err := stores[1].Update(t.Context(), func(_ context.Context, stored uqpay.Token) (uqpay.Token, error) {
		if !stored.Value.IsZero() {
			t.Errorf("stored %v", stored)
		}
		return token("new"), nil
	})
	if err != nil || got.Value.Reveal() != "new" {
		t.Errorf("%v, %v", got, err)
	}
	close(end)
	if err := <-died; err == nil {
		t.Error("what came late was stored")
	}
	refused := errors.New("refused")
	if _, err := stores[0].Update(t.Context(), func(_ context.Context, stored uqpay.Token) (uqpay.Token, error) {
		if stored.Value.Reveal() != "new" || !stored.ExpiresAt.Equal(token("").ExpiresAt) {
			t.Errorf("stored %v", stored)
		}
		return uqpay.Token{}, refused
	}); !errors.Is(err, refused) {
		t.Errorf("a mint that fails: %v", err)
	}
	if got, err := stores[1].Update(t.Context(), func(_ context.Context, stored uqpay.Token) (uqpay.Token, error) {
		return stored, nil
	}); err != nil || got.Value.Reveal() != "new" {
		t.Errorf("after a mint that failed: %v, %v", got, err)
	}
}
