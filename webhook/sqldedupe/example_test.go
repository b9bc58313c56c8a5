package sqldedupe_test

import (
	"context"
	"database/sql"
	"log"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/issuing-sdk/issuing-go/webhook"
	"github.com/issuing-sdk/issuing-go/webhook/sqldedupe"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// Each replica of a program opens the same database; each event is dispatched
// by one of them. The program imports the driver, such as
// github.com/jackc/pgx/v5/stdlib.
func Example() {
	ctx := context.Background()
	db, err := sql.Open("pgx", os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Print(err)
		return
	}
	dedupe, err := sqldedupe.New(db, sqldedupe.Config{Dialect: sqldedupe.DialectPostgreSQL})
	if err != nil {
		log.Print(err)
		return
	}
	if err := dedupe.Migrate(ctx); err != nil {
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
	http.Handle("POST /callbacks/worldcard", webhook.NewHandler(src, handle))

	go sweep(ctx, dedupe)
}

func handle(ctx context.Context, ev *webhook.Event) error {
	slog.InfoContext(ctx, "event", "type", ev.Type, "id", ev.ID)
	return nil
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
