package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// The queues. A reconciliation takes long and must not keep orders waiting.
const (
	queueOrders    = river.QueueDefault
	queueReconcile = "reconcile"
)

// sendArgs sends a queued order. Arguments hold ids alone: jobs are kept in clear.
type sendArgs struct {
	Order string `json:"order" river:"unique"`
	Epoch int64  `json:"epoch" river:"unique"` // a job of an earlier one hangs perhaps, and does not hinder
}

// Kind implements [river.JobArgs].
func (sendArgs) Kind() string { return "send" }

// InsertOpts implements [river.JobArgsWithInsertOpts].
func (sendArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{MaxAttempts: 5, UniqueOpts: river.UniqueOpts{ByArgs: true}}
}

// settleArgs asks what became of an order.
type settleArgs struct {
	Order string `json:"order" river:"unique"`
	Epoch int64  `json:"epoch" river:"unique"`
}

// Kind implements [river.JobArgs].
func (settleArgs) Kind() string { return "settle" }

// InsertOpts implements [river.JobArgsWithInsertOpts].
func (settleArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{MaxAttempts: 25, UniqueOpts: river.UniqueOpts{ByArgs: true}}
}

// eventArgs finds the order of an event that came before its number was known.
type eventArgs struct {
	Event string `json:"event" river:"unique"`
}

// Kind implements [river.JobArgs].
func (eventArgs) Kind() string { return "event" }

// InsertOpts implements [river.JobArgsWithInsertOpts].
func (eventArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{MaxAttempts: 10, UniqueOpts: river.UniqueOpts{ByArgs: true}}
}

// softStop is how long jobs go on when the service ends. Then their calls are canceled, and
// what is known of them is stored.
const softStop = 20 * time.Second

// newJobs makes River's client. [river.Client.Start] has it work.
func (m *merchant) newJobs() (*river.Client[*sql.Tx], error) {
	workers := river.NewWorkers()
	river.AddWorker(workers, &sendWorker{m: m})
	river.AddWorker(workers, &settleWorker{m: m})
	river.AddWorker(workers, &eventWorker{m: m})
	river.AddWorker(workers, &reconcileWorker{m: m})
	return river.NewClient(m.store.driver, &river.Config{
		Workers: workers, ErrorHandler: jobErrors{}, // its own log is warnings and errors alone
		Logger: slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
		Queues: map[string]river.QueueConfig{
			queueOrders: {MaxWorkers: m.cfg.Workers}, queueReconcile: {MaxWorkers: 1},
		},
		// Workers divided by the pause is the rate of jobs.
		FetchCooldown: 50 * time.Millisecond,
		JobTimeout:    m.cfg.JobTimeout, RescueStuckJobsAfter: 3 * m.cfg.JobTimeout,
		SoftStopTimeout: softStop,
		PeriodicJobs:    m.nightly(),
	})
}

// jobErrors reports jobs that fail; the last attempt of one is for a person.
type jobErrors struct{}

// HandleError implements [river.ErrorHandler].
func (jobErrors) HandleError(ctx context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	level := slog.LevelWarn
	if job.Attempt >= job.MaxAttempts {
		level = slog.LevelError
	}
	slog.Log(ctx, level, "job failed", "kind", job.Kind, "job", job.ID, "attempt", job.Attempt, "of", job.MaxAttempts,
		"reason", err)
	return nil
}

// HandlePanic implements [river.ErrorHandler].
func (jobErrors) HandlePanic(
	ctx context.Context, job *rivertype.JobRow, value any, _ string,
) *river.ErrorHandlerResult {
	slog.ErrorContext(ctx, "job panicked", "kind", job.Kind, "job", job.ID, "type", fmt.Sprintf("%T", value))
	return nil
}

// sendWorker sends queued orders.
type sendWorker struct {
	river.WorkerDefaults[sendArgs]
	m *merchant
}

// Work implements [river.Worker]. An order that has been sent by somebody else is not
// sent, nor is one that a later job holds.
func (w *sendWorker) Work(ctx context.Context, job *river.Job[sendArgs]) error {
	o, err := w.m.store.order(ctx, w.m.store.db, job.Args.Order)
	if err != nil {
		return err
	}
	if o.State != stateQueued || o.Epoch != job.Args.Epoch {
		return nil
	}
	if w.m.cfg.Hold {
		return river.JobSnooze(w.m.cfg.Lease)
	}
	return w.m.send(ctx, o)
}

// send makes an order's call. Its end is stored also when the process is told to stop.
func (m *merchant) send(ctx context.Context, o *order) error {
	work, err := m.work(ctx, o)
	if err != nil {
		return err
	}
	_, c, err := m.callOf(o)
	if err != nil {
		return err
	}
	call, cancel := context.WithTimeout(ctx, m.cfg.callEnd())
	defer cancel()
	var this attempt
	got, err := c.send(call, work, m.keyed(o), m.recorded(o, o.Epoch, &this))
	e, err := m.ended(o, got, err)
	e.attempt = &this
	switch {
	case errors.Is(err, errSuperseded):
		return nil
	case err != nil:
		return err
	}
	return m.conclude(ctx, o.ID, e)
}

// conclude stores what a call or a question said, whatever becomes of the job. An answer is
// told once, and of some providers never again: what a lock or a database that restarts
// keeps from being stored is tried until the next question would come.
func (m *merchant) conclude(ctx context.Context, id string, e evidence) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), m.cfg.Grace)
	defer cancel()
	return persist(ctx, func() error {
		return m.store.tx(ctx, func(tx *sql.Tx) error {
			_, err := m.store.advance(ctx, tx, id, e)
			return err
		})
	})
}

// persist tries until it succeeds or the context ends, and returns the last error.
func persist(ctx context.Context, try func() error) error {
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		err := try()
		if err == nil || ctx.Err() != nil {
			return err
		}
		slog.WarnContext(ctx, "not stored yet", "reason", err)
		select {
		case <-ctx.Done():
			return err
		case <-time.After(wait):
		}
	}
}

// settleWorker asks about orders.
type settleWorker struct {
	river.WorkerDefaults[settleArgs]
	m *merchant
}

// Work implements [river.Worker].
func (w *settleWorker) Work(ctx context.Context, job *river.Job[settleArgs]) error {
	o, err := w.m.store.order(ctx, w.m.store.db, job.Args.Order)
	if err != nil {
		return err
	}
	if o.Epoch != job.Args.Epoch || !o.State.asks() && o.State != stateReview {
		return nil
	}
	work, err := w.m.work(ctx, o)
	if err != nil {
		return err
	}
	e, err := w.m.ask(ctx, work)
	if err != nil {
		return err
	}
	return w.m.conclude(ctx, o.ID, e)
}

// eventWorker finds out whose an event is.
type eventWorker struct {
	river.WorkerDefaults[eventArgs]
	m *merchant
}

// orphanFor is how long the order of an event may take to learn its platform's number.
const orphanFor = time.Hour

// Work implements [river.Worker]. An event that stays without an order is on the page.
func (w *eventWorker) Work(ctx context.Context, job *river.Job[eventArgs]) error {
	found, err := w.m.adopt(ctx, job.Args.Event)
	if err != nil || found || time.Since(job.CreatedAt) > orphanFor {
		return err
	}
	return river.JobSnooze(min(max(time.Since(job.CreatedAt), w.m.cfg.Steps[0]), time.Minute))
}
