package main

import (
	"context"
	"iter"
	"net/http"
	"time"

	"github.com/riverqueue/river"

	issuing "github.com/issuing-sdk/issuing-go"
)

// period is a day, from midnight to midnight UTC.
type period struct{ from, to time.Time }

func (p period) has(t time.Time) bool { return !t.Before(p.from) && t.Before(p.to) }

// listing is a top-up as a platform lists it: by our key, or by its own id.
type listing struct {
	key, id      string
	amount       issuing.Amount
	currency     issuing.Currency
	at           time.Time
	done, failed bool
}

// eachCard lists what every card has.
func eachCard(cards iter.Seq2[*order, error], list func(*order) iter.Seq2[listing, error]) iter.Seq2[listing, error] {
	return func(yield func(listing, error) bool) {
		for card, err := range cards {
			if err != nil {
				yield(listing{}, err)
				return
			}
			for l, err := range list(card) {
				if !yield(l, err) || err != nil {
					return
				}
			}
		}
	}
}

// listings reads a platform's list, as far as its items are wanted.
func listings[T any](list iter.Seq2[*T, error], read func(*T) (listing, bool)) iter.Seq2[listing, error] {
	return func(yield func(listing, error) bool) {
		for item, err := range list {
			if err != nil {
				yield(listing{}, err)
				return
			}
			if l, wanted := read(item); wanted && !yield(l, nil) {
				return
			}
		}
	}
}

type reconcileArgs struct {
	Provider string `json:"provider" river:"unique"`
	Day      string `json:"day" river:"unique"`
}

func (reconcileArgs) Kind() string { return "reconcile" }

type reconcileWorker struct {
	river.WorkerDefaults[reconcileArgs]
	m *merchant
}

func (w *reconcileWorker) Work(ctx context.Context, job *river.Job[reconcileArgs]) error { return nil }

func (m *merchant) nightly() *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(24*time.Hour), func() (river.JobArgs, *river.InsertOpts) {
		return nil, nil
	}, nil)
}

func (m *merchant) postReconciliation(w http.ResponseWriter, r *http.Request) {}
func (m *merchant) getDifferences(w http.ResponseWriter, r *http.Request)     {}
