package sqldedupe_test

import (
	"context"
	"database/sql"
	"errors"
	"log"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
	"github.com/issuing-sdk/issuing-go/webhook/sqldedupe"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// open opens a merchant's database and makes a Deduper on it. The program imports the
// driver, such as github.com/jackc/pgx/v5/stdlib.
func open(ctx context.Context) (*sql.DB, *sqldedupe.Deduper, error) {
	db, err := sql.Open("pgx", os.Getenv("DATABASE_URL")) // … lock_timeout=300
	if err != nil {
		return nil, nil, err
	}
	dedupe, err := sqldedupe.New(db, sqldedupe.Config{Dialect: sqldedupe.DialectPostgreSQL})
	if err != nil {
		return nil, nil, err
	}
	return db, dedupe, dedupe.Migrate(ctx)
}

// Effectively once: the effect of an event is committed together with its claim, or
// not at all, whatever dies in between.
func ExampleNewHandler() {
	ctx := context.Background()
	_, dedupe, err := open(ctx)
	if err != nil {
		log.Print(err)
		return
	}
	var cfg worldcard.CallbackConfig // or another provider's, with the platform's keys
	src, err := worldcard.NewCallbacks(cfg)
	if err != nil {
		log.Print(err)
		return
	}
	book := func(ctx context.Context, tx *sql.Tx, ev *webhook.Event) error {
		deposited, ok := ev.Data.(*worldcard.CardDeposited)
		if !ok {
			return nil // acknowledged
		}
		_, err := tx.ExecContext(ctx, "UPDATE top_ups SET status = $1 WHERE key = $2",
			int(deposited.Status), deposited.MerchantTransactionID)
		return err // rolls back, and the platform sends again
	}
	http.Handle("POST /callbacks/worldcard/{type}", sqldedupe.NewHandler(dedupe, src, book))
	go sweep(ctx, dedupe)
}

// At least once: each event is dispatched by one replica, and once more when that dies
// before it could confirm. The function's own effect takes the event's id.
func Example() {
	ctx := context.Background()
	_, dedupe, err := open(ctx)
	if err != nil {
		log.Print(err)
		return
	}
	var cfg worldcard.CallbackConfig // or another provider's, with the platform's keys
	cfg.Deduper = dedupe
	src, err := worldcard.NewCallbacks(cfg)
	if err != nil {
		log.Print(err)
		return
	}
	notify := func(ctx context.Context, ev *webhook.Event) error {
		slog.InfoContext(ctx, "told the shop", "type", ev.Type, "idempotency key", ev.ID)
		return nil
	}
	http.Handle("POST /callbacks/worldcard/{type}", webhook.NewHandler(src, notify))
	go sweep(ctx, dedupe)
}

// sweep forgets old events every hour.
func sweep(ctx context.Context, dedupe *sqldedupe.Deduper) {
	ticker := time.NewTicker(time.Hour)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if n, err := dedupe.Sweep(ctx); err != nil {
				slog.WarnContext(ctx, "sweep", "deleted", n, "error", err)
			}
		}
	}
}

// The queue's table. It shows an event's id and type; what the event holds is sealed.
const queueTable = `CREATE TABLE IF NOT EXISTS queue (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event TEXT NOT NULL,
  sealed TEXT NOT NULL)`

// A queue in the database: the callback is answered when its event stands there,
// sealed, once. Workers take it from there and have the typed event with its secrets.
func Example_queue() {
	ctx := context.Background()
	db, dedupe, err := open(ctx)
	if err != nil {
		log.Print(err)
		return
	}
	if _, err := db.ExecContext(ctx, queueTable); err != nil {
		log.Print(err)
		return
	}
	key, err := sign.ParseAESKey(os.Getenv("QUEUE_KEY")) // the merchant's own: openssl rand -hex 32
	if err != nil {
		log.Print(err)
		return
	}
	sealer, err := webhook.NewSealer(key)
	if err != nil {
		log.Print(err)
		return
	}
	src, err := worldcard.NewCallbacks(worldcard.CallbackConfig{})
	if err != nil {
		log.Print(err)
		return
	}
	enqueue := func(ctx context.Context, tx *sql.Tx, ev *webhook.Event) error {
		sealed, err := sealer.Seal(ev)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO queue (event, sealed) VALUES ($1, $2)", ev.ID, sealed)
		return err
	}
	http.Handle("POST /callbacks/worldcard/{type}", sqldedupe.NewHandler(dedupe, src, enqueue))

	// In any other process that has the sources and the key:
	for ctx.Err() == nil {
		if err := work(ctx, db, sealer, src); errors.Is(err, sql.ErrNoRows) {
			time.Sleep(time.Second)
		} else if err != nil {
			slog.ErrorContext(ctx, "queue", "error", err)
		}
	}
}

// work takes one event from the queue and does what it asks for, in one transaction.
func work(ctx context.Context, db *sql.DB, sealer *webhook.Sealer, sources ...*webhook.Source) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	var id int64
	var sealed string
	row := tx.QueryRowContext(ctx, "DELETE FROM queue WHERE id = "+
		"(SELECT id FROM queue ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id, sealed")
	if err := row.Scan(&id, &sealed); err != nil {
		return err
	}
	ev, err := sealer.Open(sealed, sources...)
	if err != nil {
		return err
	}
	if challenge, ok := ev.Data.(*worldcard.HolderChallenged); ok {
		slog.InfoContext(ctx, "forward the code", "card", challenge.CardID, "digits", challenge.OTP.Len())
	}
	return tx.Commit()
}
