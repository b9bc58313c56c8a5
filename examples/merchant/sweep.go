package main

import (
	"context"
	"database/sql"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
)

// sweepBatch bounds the orders that one sweep hands out.
const sweepBatch = 100

// sweeping hands out what is due, until the context ends. Every replica does, so that an
// order waits for nobody's lease: neither for River's leader nor for its rescuer.
func (m *merchant) sweeping(ctx context.Context) {
	due, old := time.NewTicker(m.cfg.Sweep), time.NewTicker(time.Hour)
	defer due.Stop()
	defer old.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-due.C:
			_, err = m.sweep(ctx)
		case <-old.C:
			err = within(ctx, m.cfg.JobTimeout, func(ctx context.Context) error {
				_, err := m.claims.Sweep(ctx) // of events that no platform sends any more
				return err
			})
		}
		if err != nil && ctx.Err() == nil {
			slog.WarnContext(ctx, "sweep", "reason", err)
		}
	}
}

// sweep gives each due order a job of a new epoch, and itself time until that has ended.
// Replicas share the orders out: a row that another one has locked is left to it.
func (m *merchant) sweep(ctx context.Context) (n int, err error) {
	ctx, cancel := context.WithTimeout(ctx, m.cfg.JobTimeout)
	defer cancel()
	err = m.store.tx(ctx, func(tx *sql.Tx) error {
		var jobs []river.InsertManyParams
		err := m.store.each(ctx, tx, func(rows *sql.Rows) error {
			var id string
			var epoch int64
			var st state
			if err := rows.Scan(&id, &epoch, &st); err != nil {
				return err
			}
			if st == stateQueued {
				jobs = append(jobs, river.InsertManyParams{Args: sendArgs{id, epoch + 1}})
			} else {
				jobs = append(jobs, river.InsertManyParams{Args: settleArgs{id, epoch + 1}})
			}
			return nil
		}, "SELECT id, epoch, state FROM orders WHERE due_at > 0 AND due_at <= {now} "+
			"ORDER BY due_at LIMIT $1 {skip}", sweepBatch)
		if n = len(jobs); err != nil || n == 0 {
			return err
		}
		for _, job := range jobs {
			var id string
			switch args := job.Args.(type) {
			case sendArgs:
				id = args.Order
			case settleArgs:
				id = args.Order
			}
			if _, err := m.store.exec(ctx, tx, "UPDATE orders SET epoch = epoch + 1, due_at = {now} + $1 WHERE id = $2",
				m.cfg.Lease.Milliseconds(), id); err != nil {
				return err
			}
		}
		_, err = m.jobs.InsertManyTx(ctx, tx, jobs)
		return err
	})
	return n, err
}
