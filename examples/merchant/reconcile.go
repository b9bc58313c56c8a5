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

// period is a day, from midnight to midnight in UTC.
type period struct{ from, to time.Time }

const dayLayout = "2006-01-02"

func dayOf(text string) (period, error) {
	from, err := time.Parse(dayLayout, text)
	if err != nil {
		return period{}, bad("day is no date such as 2026-04-01")
	}
	return period{from, from.AddDate(0, 0, 1)}, nil
}

func (p period) has(t time.Time) bool { return !t.Before(p.from) && t.Before(p.to) }

// margin is how far the merchant's clock and a platform's may be apart: what lies as far
// outside of a day is read, and decides nothing.
const margin = time.Hour

func (p period) wide() period { return period{p.from.Add(-margin), p.to.Add(margin)} }

// States of entries, in one vocabulary for both sides.
const (
	entryDone    = "done"
	entryRefused = "refused"
	entryOpen    = "open"
)

// listing is a top-up as a platform lists it: by our key, or by its own id.
type listing struct {
	key, id      string
	amount       issuing.Amount
	currency     issuing.Currency
	at           time.Time
	done, failed bool
}

// entry is a listing as the comparison wants it.
func (l listing) entry(day period) issuing.Entry {
	e := issuing.Entry{
		Key: l.key, ID: l.id, Amount: l.amount, Currency: l.currency, State: entryOpen, Time: l.at, Open: !day.has(l.at),
	}
	if e.Key == "" {
		e.Key = l.id
	}
	switch {
	case l.done:
		e.State = entryDone
	case l.failed:
		e.State = entryRefused
	default:
		e.Open = true
	}
	return e
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

// batch is how many orders are read at once: no cursor of the database stays open while a
// platform is asked, which on SQLite would keep everybody out.
const batch = 500

// orders iterates over orders in ascending order of a column that is unique to them.
func (s *store) orders(ctx context.Context, column, where string, args ...any) iter.Seq2[*order, error] {
	return func(yield func(*order, error) bool) {
		last := ""
		for {
			var page []*order
			err := s.each(ctx, s.db, func(rows *sql.Rows) error {
				o, err := s.scanOrder(rows)
				page = append(page, o)
				return err
			}, fmt.Sprintf("SELECT %s FROM orders o WHERE %s AND %s > $%d ORDER BY %s LIMIT %d",
				orderColumns, where, column, len(args)+1, column, batch), append(args[:len(args):len(args)], last)...)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, o := range page {
				if !yield(o, nil) {
					return
				}
				last = o.ID
				if column != "o.id" {
					last = o.PlatformID
				}
			}
			if len(page) < batch {
				return
			}
		}
	}
}

// cards are the orders that opened cards before the end of a day.
func (m *merchant) cards(ctx context.Context, p *provider, day period) iter.Seq2[*order, error] {
	return m.store.orders(ctx, "o.id", "o.provider = $1 AND o.kind = 'apply' AND o.state = 'done' AND o.created_at < $2",
		p.name, day.to.UnixMilli())
}

// mine are the merchant's top-ups of a day in the order of their keys: by the order's id,
// or where the platform knows that not, by its own. Ids of orders are digits alone; the
// platform's are compared byte by byte.
func (m *merchant) mine(ctx context.Context, p *provider, day period, after string) iter.Seq2[issuing.Entry, error] {
	wide := day.wide()
	byPlatform := p.calls[kindDeposit].lists
	column := "o.id"
	where := "o.provider = $1 AND o.kind = 'deposit' AND o.created_at >= $2 AND o.created_at < $3"
	if byPlatform {
		column = m.store.words.Replace("o.platform_id {bytes}")
		where += " AND o.platform_id <> ''"
	}
	return func(yield func(issuing.Entry, error) bool) {
		for o, err := range m.store.orders(ctx, column, where, p.name, wide.from.UnixMilli(), wide.to.UnixMilli()) {
			if err != nil {
				yield(issuing.Entry{}, err)
				return
			}
			e := issuing.Entry{
				Key: o.ID, ID: o.ID, Amount: o.Request.Amount, Currency: o.Request.Currency, State: entryOpen, Time: o.Created,
				Open: !o.State.final() || !day.has(o.Created),
			}
			if byPlatform {
				e.Key = o.PlatformID
			}
			switch o.State {
			case stateDone:
				e.State = entryDone
			case stateRefused:
				e.State = entryRefused
			}
			if e.Key > after && !yield(e, nil) {
				return
			}
		}
	}
}

// theirs are the platform's top-ups of a day, sorted. Where it has no list each of the
// merchant's own is asked for: nothing of theirs can be missed that we know of, and nothing
// tells of one that we do not.
func (m *merchant) theirs(ctx context.Context, p *provider, day period) iter.Seq2[issuing.Entry, error] {
	wide := day.wide()
	list := func(yield func(issuing.Entry, error) bool) {
		for l, err := range p.listed(ctx, wide, m.cards(ctx, p, wide)) {
			if !yield(l.entry(day), err) || err != nil {
				return
			}
		}
	}
	if p.listed != nil {
		return issuing.SortEntries(list, "", 0)
	}
	return func(yield func(issuing.Entry, error) bool) { // in order already
		where := "o.provider = $1 AND o.kind = 'deposit' AND o.created_at >= $2 AND o.created_at < $3 AND o.state <> 'queued'"
		for o, err := range m.store.orders(ctx, "o.id", where, p.name, wide.from.UnixMilli(), wide.to.UnixMilli()) {
			var l listing
			known := false
			if err == nil {
				l, known, err = p.asked(ctx, o)
			}
			if err != nil {
				yield(issuing.Entry{}, err)
				return
			}
			if known && !yield(l.entry(day), nil) {
				return
			}
		}
	}
}

// reconcilable reports whether the provider can be asked at all.
func (p *provider) reconcilable() bool {
	return p.calls[kindDeposit] != nil && (p.listed != nil || p.asked != nil)
}

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
	until := time.Now().Add(budget)
	var before, last string // of the keys that were read
	mine := func(yield func(issuing.Entry, error) bool) {
		for e, err := range m.mine(ctx, p, day, cursor) {
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
