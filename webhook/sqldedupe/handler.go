package sqldedupe

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/issuing-sdk/issuing-go/webhook"
)

// Func handles one event in the transaction in which it is claimed. What it does in
// tx is committed together with the claim, or not at all; the platform hears the
// acknowledgement after that. It neither commits nor rolls back, and does not use
// tx after it has returned.
type Func func(ctx context.Context, tx *sql.Tx, event *webhook.Event) error

// NewHandler returns a handler of src that calls fn inside of a transaction of d's
// database, READ COMMITTED, in which the event stands claimed: effectively once, for
// all that fn does in that transaction. An error or a panic of fn rolls back, and the
// platform sends again. So does a COMMIT that fails, whose outcome is unknown: the
// next delivery finds out.
//
// The claim is one statement beside BEGIN and COMMIT, and the source's own Deduper is
// not asked. ctx is not the request's: it ends at [Config.Lease] or the source's
// deadline, and the transaction is rolled back then.
//
// A question ([webhook.Event].Question) comes here like an event, and fn writes its answer.
// A [webhook.Sealer] does not take it, since it is answered where it arrived: a function
// that stores events seals the Raw of one by itself.
//
// A handler without d, src or fn answers every callback with status 503, and says so.
func NewHandler(d *Deduper, src *webhook.Source, fn Func, opts ...webhook.Option) *webhook.Handler {
	if d == nil || fn == nil {
		return webhook.NewHandler(src, nil, opts...)
	}
	inside := func(ctx context.Context, event *webhook.Event) error {
		tx, ok := ctx.Value(txKey{}).(*sql.Tx)
		if !ok {
			return errors.New("sqldedupe: no transaction")
		}
		return fn(ctx, tx, event)
	}
	return webhook.NewHandler(src, inside, append(opts[:len(opts):len(opts)], webhook.WithClaims(inTx{d}))...)
}

// txKey is where a context holds its transaction.
type txKey struct{}

// inTx is a [webhook.Deduper] whose claims are part of a transaction.
type inTx struct{ *Deduper }

// Do implements [webhook.Deduper].
func (d inTx) Do(
	ctx context.Context, c webhook.Claims, fn func(context.Context) ([]byte, error),
) (webhook.Claim, []byte, error) {
	r := rowOf(c)
	if !d.hold(r) {
		return webhook.ClaimBusy, nil, nil
	}
	defer d.drop(r)
	if answer, ok, err := d.unstored(ctx, r); ok { // by a handler of the plain form
		return webhook.ClaimDone, answer, err
	}
	ctx, cancel := d.detached(ctx)
	defer cancel()
	tx, state, answer, err := d.begin(ctx, cancel, r)
	if tx == nil {
		return state, answer, err
	}
	ended := false
	defer func() {
		if !ended {
			_ = d.within(tx.Rollback)
		}
	}()
	answer, err = fn(context.WithValue(ctx, txKey{}, tx))
	if err == nil && answer != nil {
		err = d.keep(ctx, tx, r, answer)
	}
	if err != nil {
		return webhook.ClaimNew, nil, err
	}
	ended = true
	if err := d.within(tx.Commit); err != nil {
		return webhook.ClaimNew, nil, fmt.Errorf("sqldedupe: commit: %w", err)
	}
	return webhook.ClaimNew, answer, nil
}

// begin begins a transaction and claims r in it; tx is nil where that was not to be
// had. The merchant's function has not begun, so what loses a race is tried again.
func (d inTx) begin(
	ctx context.Context, cancel func(), r row,
) (tx *sql.Tx, state webhook.Claim, answer []byte, err error) {
	slow := time.AfterFunc(d.cfg.Timeout, cancel)
	err = repeat(ctx, func() error {
		if tx, err = d.db.BeginTx(ctx, d.options()); err != nil {
			return err
		}
		state, answer, err = d.take(ctx, tx, r, stateDone)
		if err != nil || state != webhook.ClaimNew {
			_ = d.within(tx.Rollback)
			tx = nil
		}
		return err
	})
	if !slow.Stop() {
		if tx != nil {
			_ = d.within(tx.Rollback)
		}
		return nil, webhook.ClaimBusy, nil, fmt.Errorf("sqldedupe: claim: the database took longer than %v", d.cfg.Timeout)
	}
	state, answer, err = d.claimed(state, answer, err)
	return tx, state, answer, err
}

// options ask for READ COMMITTED: a claim that waited for another's sees its row, and
// nothing stricter is needed. SQLite has no levels.
func (d inTx) options() *sql.TxOptions {
	if d.cfg.Dialect == DialectSQLite {
		return nil
	}
	return &sql.TxOptions{Isolation: sql.LevelReadCommitted}
}

// keep stores the answer to a question.
func (d inTx) keep(ctx context.Context, tx *sql.Tx, r row, answer []byte) error {
	sealed, err := d.sealed(r.id, answer)
	if err == nil {
		_, err = exec(ctx, tx, d.sql.answer, sealed, r.id)
	}
	if err != nil {
		return fmt.Errorf("sqldedupe: answer: %w", err)
	}
	return nil
}

// within bounds the end of a transaction, to which drivers give no context: a
// database that hangs costs a goroutine, and not the handler.
func (d inTx) within(end func() error) error {
	ended := make(chan error, 1)
	go func() { ended <- end() }()
	timer := time.NewTimer(d.cfg.Timeout)
	defer timer.Stop()
	select {
	case err := <-ended:
		return err
	case <-timer.C:
		return fmt.Errorf("the database took longer than %v", d.cfg.Timeout)
	}
}
