package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"slices"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
)

// errBudget ends a run that goes on later.
var errBudget = errors.New("enough for now")

// reconcile compares a day from where the last run left off, for as long as budget, and
// reports whether the day is done with.
func (m *merchant) reconcile(ctx context.Context, p *provider, text string, budget time.Duration) (ended bool,
	err error) {
	day, err := dayOf(text)
	if err != nil {
		return false, err
	}
	cursor, err := m.cursor(ctx, p.name, text)
	if err != nil {
		return false, err
	}
	var until time.Time     // from the second key on: between the first two the platform's list is read
	var before, last string // of the keys that were read
	mine := func(yield func(issuing.Entry, error) bool) {
		for e, err := range m.mine(ctx, p, day, cursor) {
			if last != "" && until.IsZero() {
				until = time.Now().Add(budget)
			}
			if err == nil && time.Now().After(until) && before > cursor {
				err = errBudget
			}
			if err != nil {
				yield(issuing.Entry{}, err)
				return
			}
			before, last = last, e.Key
			if !yield(e, nil) {
				return
			}
		}
	}
	n, err := m.compare(ctx, p, text, mine, above(cursor, m.theirs(ctx, p, day)))
	switch {
	case errors.Is(err, errBudget):
		// The last key may be half compared; all below it is done.
		return false, m.setCursor(ctx, p.name, text, max(before, cursor), "0")
	case err != nil:
		return false, err
	}
	slog.InfoContext(ctx, "reconciled", "provider", p.name, "day", text, "differences", n)
	return true, m.setCursor(ctx, p.name, text, max(last, cursor), "{now}")
}

// above leaves out what was compared before.
func above(cursor string, in iter.Seq2[issuing.Entry, error]) iter.Seq2[issuing.Entry, error] {
	return func(yield func(issuing.Entry, error) bool) {
		for e, err := range in {
			if (err != nil || e.Key > cursor) && !yield(e, err) {
				return
			}
		}
	}
}

// compare stores the differences of two lists, and counts them.
func (m *merchant) compare(ctx context.Context, p *provider, day string, mine, theirs iter.Seq2[issuing.Entry,
	error]) (n int, err error) {
	for d, err := range issuing.Reconcile(mine, theirs) {
		if err != nil {
			return n, err
		}
		told, ok := worth(p.name, day, d)
		e, decides := decided(d)
		if !ok && !decides {
			continue
		}
		err := m.store.tx(ctx, func(tx *sql.Tx) error {
			if decides {
				_, err := m.store.advance(ctx, tx, d.Mine[0].ID, e)
				return err
			}
			n++
			return m.store.differ(ctx, tx, told)
		})
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// decided is what a list says of an order of which the merchant does not know the end: one
// line on each side, that agree in everything else.
func decided(d issuing.Difference) (evidence, bool) {
	if len(d.Mine) != 1 || len(d.Theirs) != 1 || d.Mine[0].State != entryOpen ||
		!slices.Equal(d.Fields, []string{"state"}) {
		return evidence{}, false
	}
	e := evidence{id: d.Theirs[0].ID, from: "reconciliation"}
	switch d.Theirs[0].State {
	case entryDone:
		e.finding = foundDone
	case entryRefused:
		e.finding = foundRefused
	default:
		return evidence{}, false
	}
	return e, true
}

// worth says whether a difference is one for a person. What was refused is in no list of
// what was done, and what is pending is decided by another day.
func worth(provider, day string, d issuing.Difference) (difference, bool) {
	switch {
	case d.Kind == issuing.DifferenceKindPending:
		return difference{}, false
	case d.Kind == issuing.DifferenceKindMissing && d.Mine[0].State == entryRefused:
		return difference{}, false
	case d.Kind == issuing.DifferenceKindSurplus && d.Theirs[0].State == entryRefused:
		return difference{}, false
	}
	side := func(name string, all []issuing.Entry) string {
		text := name + ": nothing"
		for i, e := range all {
			text = map[bool]string{true: name + ":", false: text + " and"}[i == 0] + fmt.Sprintf(" %s %s %s", e.State,
				e.Amount, e.Currency)
		}
		return text
	}
	return difference{
		Provider: provider, Kind: string(d.Kind), Ref: d.Key, Day: day, Detail: side("ours", d.Mine) + "; " + side("theirs",
			d.Theirs),
	}, true
}

func (m *merchant) cursor(ctx context.Context, provider, day string) (cursor string, err error) {
	_, err = m.store.exec(ctx, m.store.db, `INSERT INTO recon (provider, day, cursor, ended_at) VALUES ($1, $2, '', 0)
		ON CONFLICT DO NOTHING`, provider, day)
	if err != nil {
		return "", err
	}
	var ended int64
	err = m.store.row(ctx, m.store.db, "SELECT cursor, ended_at FROM recon WHERE provider = $1 AND day = $2", provider,
		day).
		Scan(&cursor, &ended)
	if ended > 0 {
		cursor = "" // it is asked for once more, from the beginning
	}
	return cursor, err
}

// setCursor keeps how far a day has been compared; ended is the time of its end, as SQL.
func (m *merchant) setCursor(ctx context.Context, provider, day, cursor, ended string) error {
	_, err := m.store.exec(ctx, m.store.db,
		"UPDATE recon SET cursor = $1, ended_at = "+ended+" WHERE provider = $2 AND day = $3", cursor, provider, day)
	return err
}

// dayFile is a reconciliation file of Coshine's.
type dayFile struct {
	day    string
	layout coshine.Layout
	code   string // the transaction code of top-ups, which Coshine does not publish; "" takes all lines
	text   io.Reader
}

// reconcileFile compares a day with a file, which may be of any size.
func (m *merchant) reconcileFile(ctx context.Context, p *provider, f dayFile) (int, error) {
	day, err := dayOf(f.day)
	if err != nil {
		return 0, err
	}
	reader, err := coshine.NewFileReader(f.text, f.layout)
	if err != nil {
		return 0, bad("%v", err)
	}
	theirs := listings(reader.All(), func(r *coshine.FileRecord) (listing, bool) {
		currency, _ := issuing.CurrencyByNumber(r.TransactionCurrency)
		at := r.SettlementDate.In(time.UTC).Add(12 * time.Hour) // the date alone is told
		return listing{
			key: r.TransactionID, id: r.SchemeTransactionID, amount: r.TransactionAmount, currency: currency, at: at, done: true,
		}, f.code == "" || r.TransactionCode == f.code
	})
	sorted := issuing.SortEntries(func(yield func(issuing.Entry, error) bool) {
		for l, err := range theirs {
			if !yield(l.entry(day), err) || err != nil {
				return
			}
		}
	}, "", 0)
	return m.compare(ctx, p, f.day, m.mine(ctx, p, day, ""), sorted)
}
