package sqldedupe

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/issuing-sdk/issuing-go/webhook"
)

// row names an event and its delivery in the table.
type row struct {
	id    string
	nonce sql.NullString
	once  bool
}

func rowOf(c webhook.Claims) row {
	r := row{id: keyOf(c.Event), once: c.Once}
	if c.Delivery != "" {
		r.nonce = sql.NullString{String: keyOf(c.Delivery), Valid: true}
	}
	return r
}

// keyOf makes a name of any length and content fit its column.
func keyOf(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:])
}

// session is a database or a transaction.
type session interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// exec runs a statement and returns how many rows it changed.
func exec(ctx context.Context, db session, text string, args ...any) (int64, error) {
	result, err := db.ExecContext(ctx, text, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// Do implements [webhook.Deduper] with a claim and a confirmation, two statements,
// and a lease between them. Repeats of what this process is handling are busy and
// need no connection.
func (d *Deduper) Do(
	ctx context.Context, c webhook.Claims, fn func(context.Context) ([]byte, error),
) (webhook.Claim, []byte, error) {
	r := rowOf(c)
	if !d.hold(r) {
		return webhook.ClaimBusy, nil, nil
	}
	defer d.drop(r)
	if answer, ok, err := d.unstored(ctx, r); ok {
		return webhook.ClaimDone, answer, err
	}
	state, answer, err := d.claim(ctx, r)
	if err != nil || state != webhook.ClaimNew {
		return state, answer, err
	}
	handled := false
	defer func() {
		if !handled {
			d.release(ctx, r)
		}
	}()
	answer, err = fn(ctx)
	if err != nil {
		return webhook.ClaimNew, nil, err
	}
	sealed, err := d.sealed(r.id, answer)
	if err != nil {
		return webhook.ClaimNew, nil, err
	}
	handled = true
	return webhook.ClaimNew, answer, d.confirm(ctx, r, sealed)
}

// claim takes r in a statement of its own, or says who has it.
func (d *Deduper) claim(ctx context.Context, r row) (state webhook.Claim, answer []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, d.cfg.Timeout)
	defer cancel()
	err = repeat(ctx, func() error {
		state, answer, err = d.take(ctx, d.db, r, stateBusy)
		return err
	})
	return d.claimed(state, answer, err)
}

// claimed concludes a claim: what others hold for longer than anybody waits is busy.
func (d *Deduper) claimed(state webhook.Claim, answer []byte, err error) (webhook.Claim, []byte, error) {
	switch {
	case lostRace(err), locked(err):
		return webhook.ClaimBusy, nil, nil
	case err != nil:
		return webhook.ClaimBusy, nil, fmt.Errorf("sqldedupe: claim: %w", err)
	}
	return state, answer, nil
}

// takeTries bounds how often a claim starts again because the row changed
// between two statements.
const takeTries = 3

// take claims r with the state that its row gets, or reads the state that it has.
func (d *Deduper) take(ctx context.Context, db session, r row, state int) (webhook.Claim, []byte, error) {
	for range takeTries {
		now := d.cfg.Now()
		until := now.Add(d.cfg.Lease).UnixMilli()
		if state == stateDone {
			until = 0
		}
		n, err := exec(ctx, db, d.sql.insert, r.id, r.nonce, state, d.owner, now.UnixMilli(), until, []byte(nil))
		if n > 0 || err != nil {
			return webhook.ClaimNew, nil, err
		}
		known, found, err := d.find(ctx, db, r)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			continue // rolled back or given back between the two statements
		case err != nil:
			return webhook.ClaimBusy, nil, err
		case found != webhook.ClaimNew:
			answer, err := d.opened(r.id, known.answer)
			return found, answer, err
		case known.lapses > now.UnixMilli() && known.owner != d.owner:
			return webhook.ClaimBusy, nil, nil
		case state == stateBusy && known.owner == d.owner && known.lapses == until && known.nonce == r.nonce:
			return webhook.ClaimNew, nil, nil // MySQL does not count a row that stays the same as changed
		}
		// It lapsed, or a claim of this process failed and left it behind: no other
		// has it, because r is held. It is taken only as it was read.
		n, err = exec(ctx, db, d.sql.take, r.nonce, state, d.owner, now.UnixMilli(), until, r.id, known.owner, known.lapses)
		if n > 0 || err != nil {
			return webhook.ClaimNew, nil, err
		}
	}
	return webhook.ClaimBusy, nil, nil // others are at it
}

// known is a row that was read.
type known struct {
	nonce  sql.NullString
	owner  string
	lapses int64
	answer []byte
}

// find reads what stands in the way of a claim. [webhook.ClaimNew] is a row that is
// busy, for whose owner and lease the caller has to look.
func (d *Deduper) find(ctx context.Context, db session, r row) (k known, claim webhook.Claim, err error) {
	rows, err := db.QueryContext(ctx, d.sql.find, r.id, r.nonce)
	if err != nil {
		return k, webhook.ClaimBusy, err
	}
	defer func() { _ = rows.Close() }()
	claim, err = webhook.ClaimBusy, sql.ErrNoRows
	for rows.Next() {
		var id string
		var state int
		var next known
		if err := rows.Scan(&id, &next.nonce, &state, &next.owner, &next.lapses, &next.answer); err != nil {
			return k, webhook.ClaimBusy, err
		}
		if id != r.id || state == stateDone && r.once && next.nonce == r.nonce && r.nonce.Valid {
			return k, webhook.ClaimReplay, nil // the name belongs to another event, or has been used up
		}
		k, claim, err = next, webhook.ClaimNew, nil
		if state == stateDone {
			claim = webhook.ClaimDone
		}
	}
	if failed := rows.Err(); failed != nil {
		return k, webhook.ClaimBusy, failed
	}
	return k, claim, err
}

// confirm marks an event as handled. It was, so it is marked whoever holds the claim
// by now, and also when nobody does. What cannot be stored is kept for the next
// delivery that this process gets.
func (d *Deduper) confirm(ctx context.Context, r row, sealed []byte) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), d.cfg.Timeout)
	defer cancel()
	n, err := d.count(ctx, d.sql.done, sealed, r.id)
	if err == nil && n == 0 {
		// Taken over since, and done or given back.
		_, err = d.count(ctx, d.sql.insert, r.id, r.nonce, stateDone, d.owner, d.cfg.Now().UnixMilli(), 0, sealed)
	}
	d.act(r.id, sealed, err != nil)
	if err != nil {
		return fmt.Errorf("sqldedupe: confirm: %w", err)
	}
	return nil
}

// release gives a claim back. It leaves alone what another owner has claimed since.
// What it cannot give back lapses.
func (d *Deduper) release(ctx context.Context, r row) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), d.cfg.Timeout)
	defer cancel()
	_, _ = d.count(ctx, d.sql.release, r.id, d.owner)
}

// hold reserves r for one delivery of this process. So a repeat neither waits for a
// lock with a connection in its hands nor takes a lapsed claim from a function that
// still runs.
func (d *Deduper) hold(r row) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.held[r.id] || r.nonce.Valid && d.held[r.nonce.String] {
		return false
	}
	d.held[r.id] = true
	if r.nonce.Valid {
		d.held[r.nonce.String] = true
	}
	return true
}

func (d *Deduper) drop(r row) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.held, r.id)
	delete(d.held, r.nonce.String)
}

// maxOpen bounds the events whose handling could not be stored.
const maxOpen = 4096

// unstored stores what was handled without the table's knowing. ok is false where
// nothing was.
func (d *Deduper) unstored(ctx context.Context, r row) (answer []byte, ok bool, err error) {
	d.mu.Lock()
	sealed, ok := d.open[r.id]
	d.mu.Unlock()
	if !ok {
		return nil, false, nil
	}
	if err = d.confirm(ctx, r, sealed); err == nil {
		answer, err = d.opened(r.id, sealed)
	}
	return answer, true, err
}

// act notes whether the table still has to learn that an event was handled.
func (d *Deduper) act(id string, sealed []byte, open bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !open {
		delete(d.open, id)
	} else if len(d.open) < maxOpen {
		d.open[id] = sealed
	}
}

// detached is a context that goes on when the platform has hung up, until the lease
// or a deadline of the source.
func (d *Deduper) detached(ctx context.Context) (context.Context, context.CancelFunc) {
	at, bounded := ctx.Deadline()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), d.cfg.Lease)
	if !bounded {
		return ctx, cancel
	}
	ctx, earlier := context.WithDeadline(ctx, at)
	return ctx, func() {
		earlier()
		cancel()
	}
}
