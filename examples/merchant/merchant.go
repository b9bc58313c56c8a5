package main

import (
	"context"
	"database/sql"
	"net/http"
	"sync/atomic"

	"github.com/riverqueue/river"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/webhook"
	"github.com/issuing-sdk/issuing-go/webhook/sqldedupe"
)

// merchant is the service.
type merchant struct {
	cfg       config
	store     *store
	claims    *sqldedupe.Deduper
	sealer    *webhook.Sealer
	providers map[string]*provider
	jobs      *river.Client[*sql.Tx]
	seen      seen
	signals   *telemetry
	started   atomic.Bool // ready as far as this process is concerned
}

// newMerchant opens the database, brings it to this release's version, and makes clients
// and workers. Nothing works yet.
func newMerchant(ctx context.Context, cfg config, getenv func(string) string, signals *telemetry) (*merchant, error) {
	s, err := openStore(ctx, cfg.Database, cfg.Key)
	if err != nil {
		return nil, err
	}
	s.lease = cfg.Lease
	m := &merchant{cfg: cfg, store: s, signals: signals}
	if err := m.open(ctx, getenv); err != nil {
		s.close()
		return nil, err
	}
	return m, nil
}

func (m *merchant) open(ctx context.Context, getenv func(string) string) (err error) {
	if err := m.store.await(ctx); err != nil {
		return err
	}
	if err := m.store.migrate(ctx); err != nil {
		return err
	}
	if m.claims, err = m.store.deduper(defaultLease); err != nil {
		return err
	}
	if m.sealer, err = webhook.NewSealer(m.cfg.Key); err != nil {
		return err
	}
	if err := m.openProviders(getenv, []issuing.Observer{m.signals.observer,
		issuing.LogCalls(m.signals.log)}); err != nil {
		return err
	}
	if m.jobs, err = m.newJobs(); err != nil {
		return err
	}
	return m.signals.watch(m.store)
}

// keyed gives a call the order's id as its key, where a provider takes one beside the
// request.
func (m *merchant) keyed(o *order) issuing.CallOption { return issuing.WithIdempotencyKey(o.ID) }

// routes are everything that this service answers.
func (m *merchant) routes() http.Handler {
	mux := http.NewServeMux()
	m.handleCallbacks(mux)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("GET /readyz", m.readyz)
	own := http.NewServeMux()
	m.handleAPI(own)
	m.handlePage(own)
	own.Handle("GET /metrics", m.signals.metrics)
	mux.Handle("/", m.guarded(own))
	return mux
}
