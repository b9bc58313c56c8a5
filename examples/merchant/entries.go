package main

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
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
