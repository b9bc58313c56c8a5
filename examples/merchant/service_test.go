//go:build unix

package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// service is the service with its platforms, of which the test says what works: no job
// runs unless work is called.
type service struct {
	*merchant
	t      *testing.T
	box    *sandbox
	server *httptest.Server
}

const testKey = "0707070707070707070707070707070707070707070707070707070707070707"

const testToken = "0123456789abcdef"

// newService opens the service on a database, SQLite where the address is empty.
func newService(t *testing.T, address string, more map[string]string) *service {
	t.Helper()
	slog.SetDefault(slog.New(slog.DiscardHandler))
	if address == "" {
		address = filepath.Join(t.TempDir(), "merchant.db")
	}
	s := &service{t: t}
	var routes atomic.Pointer[http.Handler]
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if handler := routes.Load(); handler != nil {
			(*handler).ServeHTTP(w, r)
			return
		}
		w.WriteHeader(http.StatusServiceUnavailable) // a late callback for whoever had the port before
	}))
	t.Cleanup(s.server.Close)
	box, err := newSandbox(s.server.URL)
	ok(t, err)
	t.Cleanup(box.Close)
	s.box = box
	variables := map[string]string{"MERCHANT_KEY": testKey, "MERCHANT_DATABASE": address}
	for _, setting := range quick {
		name, value, _ := strings.Cut(setting, "=")
		variables[name] = value
	}
	for name, value := range more {
		variables[name] = value
	}
	maps.Copy(variables, box.variables)
	get := func(name string) string { return variables[name] }
	cfg, err := parseConfig(nil, io.Discard, get)
	ok(t, err)
	signals, err := newTelemetry(t.Context())
	ok(t, err)
	s.merchant, err = newMerchant(t.Context(), cfg, get, signals)
	ok(t, err)
	t.Cleanup(s.store.close)
	s.started.Store(true)
	handler := s.routes()
	routes.Store(&handler)
	return s
}

// databases runs a test on both databases.
func databases(t *testing.T, test func(*testing.T, *service)) {
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		test(t, newService(t, "", nil))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		test(t, newService(t, database(t), nil))
	})
}

// post sends JSON and returns status and answer.
func (s *service) post(path string, body any, header ...string) (int, string) {
	s.t.Helper()
	text, err := json.Marshal(body)
	ok(s.t, err)
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.server.URL+path, bytes.NewReader(text))
	ok(s.t, err)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return s.do(r)
}

func (s *service) get(path string, header ...string) (int, string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.server.URL+path, nil)
	ok(s.t, err)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return s.do(r)
}

func (s *service) do(r *http.Request) (int, string) {
	s.t.Helper()
	resp, err := http.DefaultTransport.RoundTrip(r)
	ok(s.t, err)
	text, err := io.ReadAll(resp.Body)
	ok(s.t, err)
	ok(s.t, resp.Body.Close())
	return resp.StatusCode, string(text)
}

// card stores a card that the platform has, as an application that is done.
func (s *service) card(provider string) string {
	s.t.Helper()
	card, err := s.box.issue(provider, 1)
	ok(s.t, err)
	return s.done(request{Provider: provider, Kind: kindApply, Key: "card of " + s.t.Name()}, evidence{
		id: "platform's " + provider, result: result{Card: card},
	})
}

// done stores an order that has been carried out.
func (s *service) done(r request, e evidence) string {
	s.t.Helper()
	var id string
	ok(s.t, s.store.tx(s.t.Context(), func(tx *sql.Tx) error {
		o, _, err := s.store.add(s.t.Context(), tx, r)
		if err != nil {
			return err
		}
		id, e.finding, e.from = o.ID, foundDone, "test"
		_, err = s.store.advance(s.t.Context(), tx, id, e)
		return err
	}))
	return id
}

// deposit takes an order for a top-up.
func (s *service) deposit(provider, card, key string) *order {
	s.t.Helper()
	o, err := s.take(s.t.Context(), request{
		Provider: provider, Kind: kindDeposit, Key: key, Card: card, Amount: fleetAmount, Currency: issuing.CurrencyUSD,
	})
	ok(s.t, err)
	return o
}

// at reads an order.
func (s *service) at(id string) *order {
	s.t.Helper()
	o, err := s.store.order(s.t.Context(), s.store.db, id)
	ok(s.t, err)
	return o
}

// has checks where an order stands.
func (s *service) has(id string, want state) *order {
	s.t.Helper()
	o := s.at(id)
	if o.State != want {
		s.t.Errorf("%s %s is %s, want %s: %s %s", o.Provider, o.Kind, o.State, want, o.Code, o.Note)
	}
	return o
}

// tell gives evidence to an order.
func (s *service) tell(id string, e evidence) {
	s.t.Helper()
	ok(s.t, s.store.tx(s.t.Context(), func(tx *sql.Tx) error {
		_, err := s.store.advance(s.t.Context(), tx, id, e)
		return err
	}))
}

func (s *service) count(text string, args ...any) (n int) {
	s.t.Helper()
	ok(s.t, s.store.row(s.t.Context(), s.store.db, text, args...).Scan(&n))
	return n
}

// eventually waits for what another process or goroutine brings about.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for begun := time.Now(); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Since(begun) > 30*time.Second {
			t.Fatalf("%s did not come", what)
		}
	}
}

// working has the jobs and the sweep run until the test ends.
func (s *service) working() {
	s.t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(s.t.Context()))
	ok(s.t, s.jobs.Start(ctx))
	go s.sweeping(ctx)
	s.t.Cleanup(func() {
		cancel()
		<-s.jobs.Stopped()
	})
}

// platform is one of the sandbox's, by name.
func (b *sandbox) platform(name string) issuingtest.Platform {
	for _, p := range b.platforms {
		if p.Name == name {
			return p.Platform
		}
	}
	panic("no platform " + name)
}

// The database is its owner's alone, whatever the process lets others read.
func TestFileIsPrivate(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "merchant.db")
	s := newService(t, path, nil)
	s.card("worldcard")
	files, err := filepath.Glob(path + "*")
	ok(t, err)
	for _, name := range files {
		info, err := os.Stat(name)
		ok(t, err)
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v", filepath.Base(name), info.Mode())
		}
	}
}
