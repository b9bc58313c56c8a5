package sqldedupe

import (
	"context"
	"database/sql"
	"fmt"
	"math"

	"github.com/issuing-sdk/issuing-go/webhook"
)

var (
	_ webhook.Sequencer = (*Deduper)(nil)
	_ webhook.Sequencer = inTx{}
)

// last is the time of what nothing comes after.
const last = math.MaxInt64

// Advance implements [webhook.Sequencer] in a row of its own, which [Deduper.Sweep]
// forgets when nothing was heard of it for [Config.Keep]. Within the transaction of
// [NewHandler] it is part of that, and whoever brings news of the same thing waits
// for its end.
func (d *Deduper) Advance(ctx context.Context, p webhook.Position) (news bool, err error) {
	tx, inside := ctx.Value(txKey{}).(*sql.Tx)
	ctx, cancel := context.WithTimeout(ctx, d.cfg.Timeout)
	defer cancel()
	if inside { // what loses a race there has lost the transaction
		news, err = d.advance(ctx, tx, keyOf(p.Of), p)
	} else {
		err = repeat(ctx, func() error {
			news, err = d.advance(ctx, d.db, keyOf(p.Of), p)
			return err
		})
	}
	if err != nil {
		return false, fmt.Errorf("sqldedupe: advance: %w", err)
	}
	return news, nil
}

func (d *Deduper) advance(ctx context.Context, db session, id string, p webhook.Position) (bool, error) {
	at := p.At.UnixMilli()
	switch {
	case p.Last:
		at = last
	case p.At.IsZero():
		known, err := d.latest(ctx, db, id)
		return known < last, err
	}
	now := d.cfg.Now().UnixMilli()
	n, err := exec(ctx, db, d.sql.insert, id, nil, stateDone, d.owner, now, at, []byte(nil))
	if n > 0 || err != nil {
		return true, err
	}
	if n, err = exec(ctx, db, d.sql.advance, now, at, id, at); n > 0 || err != nil {
		return true, err
	}
	// It is older, or MySQL does not count a row that stays the same as changed.
	known, err := d.latest(ctx, db, id)
	return known <= at, err
}

// latest returns the time that was noted, the earliest of all when none was.
func (d *Deduper) latest(ctx context.Context, db session, id string) (int64, error) {
	rows, err := db.QueryContext(ctx, d.sql.latest, id)
	if err != nil {
		return last, err
	}
	defer func() { _ = rows.Close() }()
	known := int64(math.MinInt64)
	if rows.Next() {
		if err := rows.Scan(&known); err != nil {
			return last, err
		}
	}
	return known, rows.Err()
}
