package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/riverqueue/river"

	"github.com/issuing-sdk/issuing-go/coshine"
)

// reconcileArgs compares a provider's day.
type reconcileArgs struct {
	Provider string `json:"provider" river:"unique"`
	Day      string `json:"day" river:"unique"` // such as 2026-04-01, in UTC
}

// Kind implements [river.JobArgs].
func (reconcileArgs) Kind() string { return "reconcile" }

// InsertOpts implements [river.JobArgsWithInsertOpts].
func (reconcileArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{MaxAttempts: 5, Queue: queueReconcile, UniqueOpts: river.UniqueOpts{ByArgs: true}}
}

const (
	reconcileBudget  = 45 * time.Second // of one run
	reconcileTimeout = 10 * time.Minute // with the reading of the platform's list
)

type reconcileWorker struct {
	river.WorkerDefaults[reconcileArgs]
	m *merchant
}

// Timeout implements [river.Worker].
func (w *reconcileWorker) Timeout(*river.Job[reconcileArgs]) time.Duration { return reconcileTimeout }

// Work implements [river.Worker].
func (w *reconcileWorker) Work(ctx context.Context, job *river.Job[reconcileArgs]) error {
	p := w.m.providers[job.Args.Provider]
	if p == nil || !p.reconcilable() {
		return river.JobCancel(fmt.Errorf("%s cannot be reconciled", job.Args.Provider))
	}
	ended, err := w.m.reconcile(ctx, p, job.Args.Day, reconcileBudget)
	if err != nil || ended {
		return err
	}
	return river.JobSnooze(time.Second)
}

// nightly has yesterday compared with every provider that lists, once a day whoever leads:
// River's leader keeps this list in memory, so that every replica has the same, and the
// jobs are unique by provider and day.
func (m *merchant) nightly() (all []*river.PeriodicJob) {
	for _, name := range accountNames() {
		if p := m.providers[name]; p == nil || !p.reconcilable() {
			continue
		}
		all = append(all, river.NewPeriodicJob(river.PeriodicInterval(time.Hour), func() (river.JobArgs, *river.InsertOpts) {
			return reconcileArgs{name, time.Now().UTC().AddDate(0, 0, -1).Format(dayLayout)}, nil
		}, &river.PeriodicJobOpts{RunOnStart: true}))
	}
	return all
}

// postReconciliation has a day compared. What is running already goes on.
func (m *merchant) postReconciliation(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Provider string `json:"provider"`
		Day      string `json:"day"`
	}
	err := readJSON(w, r, &in)
	if err == nil {
		_, err = dayOf(in.Day)
	}
	if p := m.providers[in.Provider]; err == nil && (p == nil || !p.reconcilable()) {
		err = bad("provider %q is not configured, or publishes nothing to compare with", cut(in.Provider))
	}
	if err == nil {
		// By the second: a day may be compared again, and not twice at once.
		_, err = m.jobs.Insert(r.Context(), reconcileArgs{in.Provider, in.Day}, &river.InsertOpts{
			Queue: queueReconcile, UniqueOpts: river.UniqueOpts{ByArgs: true, ByPeriod: time.Second},
		})
	}
	if err != nil {
		writeError(r.Context(), w, err)
		return
	}
	writeJSON(w, http.StatusAccepted, in)
}

// maxFile bounds a reconciliation file: one that is larger is refused, and not read in part.
const maxFile = 1 << 30

// postFile compares a day with the file of Coshine's in the body, while it arrives.
func (m *merchant) postFile(w http.ResponseWriter, r *http.Request) {
	layouts := map[string]coshine.Layout{
		"authorization-a": coshine.LayoutAuthorizationA, "authorization-b": coshine.LayoutAuthorizationB,
		"capture": coshine.LayoutCapture, "dispute": coshine.LayoutDispute,
	}
	p, layout := m.providers["coshine"], layouts[r.URL.Query().Get("layout")]
	var n int
	var err error
	switch {
	case p == nil:
		err = bad("coshine is not configured")
	case layout == 0:
		err = bad("layout is authorization-a, authorization-b, capture or dispute")
	default:
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(reconcileTimeout))
		n, err = m.reconcileFile(r.Context(), p, dayFile{
			r.PathValue("day"), layout, r.URL.Query().Get("code"), http.MaxBytesReader(w, r.Body, maxFile),
		})
	}
	if err != nil {
		writeError(r.Context(), w, err)
		return
	}
	writeJSON(w, http.StatusOK, map[string]int{"differences": n})
}

func (m *merchant) getDifferences(w http.ResponseWriter, r *http.Request) {
	all, err := m.store.differences(r.Context())
	if err != nil {
		writeError(r.Context(), w, err)
		return
	}
	if all == nil {
		all = []difference{}
	}
	writeJSON(w, http.StatusOK, map[string]any{"differences": all})
}
