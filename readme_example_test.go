package issuing_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
	"github.com/issuing-sdk/issuing-go/webhook/sqldedupe"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// The bodies of these functions are the README's code blocks; TestREADME
// compares them.

func Example_firstCall() {
	cfg, err := worldcard.ParseConfig(worldcard.ConfigTexts{
		BaseURL: os.Getenv("WORLDCARD_BASE_URL"), AppID: os.Getenv("WORLDCARD_APP_ID"),
		PrivateKey: issuing.NewSecret(os.Getenv("WORLDCARD_PRIVATE_KEY")),
		AESKey:     issuing.NewSecret(os.Getenv("WORLDCARD_AES_KEY")),
	})
	if err != nil {
		log.Fatal(err)
	}
	client, err := worldcard.New(cfg)
	if err != nil {
		log.Fatal(err)
	}
	for bin, err := range client.Virtual.AllBINs(context.Background(), worldcard.BINsRequest{}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(bin.ID, bin.CardType, bin.BIN, bin.CardBrand)
	}
}

func Example_firstCallback() {
	platformKey, err := sign.ParsePublicKey(os.Getenv("WORLDCARD_PLATFORM_KEY"))
	if err != nil {
		log.Fatal(err)
	}
	aesKey, err := sign.ParseAESKey(os.Getenv("WORLDCARD_AES_KEY"))
	if err != nil {
		log.Fatal(err)
	}
	src, err := worldcard.NewCallbacks(worldcard.CallbackConfig{
		PlatformKeys: []sign.PublicKey{platformKey}, AESKey: aesKey,
	})
	if err != nil {
		log.Fatal(err)
	}
	handle := func(ctx context.Context, ev *webhook.Event) error {
		switch e := ev.Data.(type) {
		case *worldcard.CardOpened:
			slog.InfoContext(ctx, "card opened", "card", e.CardID, "last4", e.CardNumber.Last4())
		case *webhook.Unknown:
			slog.WarnContext(ctx, "new callback type", "type", e.Type)
		}
		return nil // acknowledged; an error makes the platform send again
	}
	http.Handle("POST /callbacks/worldcard/{type}", webhook.NewHandler(src, handle))
}

func Example_replicas() {
	var db *sql.DB
	var src *webhook.Source
	dedupe, err := sqldedupe.New(db, sqldedupe.Config{Dialect: sqldedupe.DialectPostgreSQL})
	if err != nil {
		log.Fatal(err)
	}
	if err := dedupe.Migrate(context.Background()); err != nil {
		log.Fatal(err)
	}
	book := func(ctx context.Context, tx *sql.Tx, ev *webhook.Event) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO bookings (event) VALUES ($1)", ev.ID)
		return err // nil commits booking and claim together, and then acknowledges
	}
	http.Handle("POST /callbacks/worldcard/{type}", sqldedupe.NewHandler(dedupe, src, book))
}

func Example_topUp() {
	var client *worldcard.Client
	var card worldcard.CardRef
	var db *sql.DB
	done := func(context.Context, string, *worldcard.Deposit) error { return nil }
	failed := func(context.Context, string, error) error { return nil }
	topUp := func(ctx context.Context, key string, amount issuing.Amount) error {
		client, err := client.Clone(issuing.WithRecord(func(ctx context.Context, p issuing.Pending) error {
			text, err := json.Marshal(p) // plain, stable, without a secret
			if err != nil {
				return err
			}
			_, err = db.ExecContext(ctx, "INSERT INTO pendings (key, pending) VALUES ($1, $2)", p.Key, text)
			return err // an error ends the call unsent
		}))
		if err != nil {
			return err
		}
		deposit, err := client.Cards.Deposit(ctx, worldcard.DepositRequest{
			CardRef: card, MerchantTransactionID: key, Amount: amount,
		})
		switch {
		case errors.Is(err, issuing.ErrOutcomeUnknown):
			return nil // it may have happened: its record stays, to be settled. Never use another key
		case err != nil:
			return failed(ctx, key, err) // this call did nothing: the record is done with
		}
		return done(ctx, key, deposit)
	}
	settle := func(ctx context.Context, pending issuing.Pending) error {
		outcome, err := client.Settle(ctx, pending)
		if err != nil {
			return err // the pending cannot be read: another provider's, or a newer version's
		}
		switch outcome.Verdict {
		case issuing.VerdictDone:
			deposit, _ := issuing.ResultOf[worldcard.Deposit](outcome)
			return done(ctx, pending.Key, deposit) // its status says whether it is still under way
		case issuing.VerdictRefused:
			return failed(ctx, pending.Key, outcome.Refusal)
		case issuing.VerdictAbsent:
			if time.Now().Before(outcome.AbsentSince) {
				return nil // it may still be on its way: settle again then
			}
			return failed(ctx, pending.Key, errors.New("it never arrived"))
		default: // issuing.VerdictOpen
			slog.WarnContext(ctx, "still open", "why", outcome.Unsettled) // what to ask, and whom
			return nil
		}
	}
	_, _ = topUp, settle
}

func Example_platformInMemory() {
	testTopUp := func(t *testing.T) {
		clock := issuingtest.NewClock(time.Date(2026, 4, 1, 2, 0, 0, 0, time.UTC))
		server, err := worldcardtest.NewServer(worldcardtest.Config{Clock: clock})
		if err != nil {
			t.Fatal(err)
		}
		defer server.Close()
		client, err := worldcard.New(server.ClientConfig(), issuing.WithClock(clock.Now))
		if err != nil {
			t.Fatal(err)
		}
		card, err := client.Virtual.Apply(t.Context(), worldcard.ApplyRequest{
			MerchantCardID: "mc_001", CardType: worldcard.CardTypeVirtualR, CardBINID: "2",
			FirstRechargeAmount: issuing.NewAmount(100_00, 2), Email: "john@example.com",
		})
		if err != nil {
			t.Fatal(err)
		}
		clock.Advance(time.Minute) // the card is issued

		err = server.Inject("Cards.Deposit", issuingtest.DropAfter()) // carried out, not answered
		if err != nil {
			t.Fatal(err)
		}
		deposit, err := client.Cards.Deposit(t.Context(), worldcard.DepositRequest{
			CardRef: worldcard.ByCardID(card.ID), MerchantTransactionID: "tx_001",
			Amount: issuing.NewAmount(50_00, 2),
		})
		if err != nil || len(server.Deposits()) != 1 || deposit.ID != server.Deposits()[0].ID {
			t.Errorf("%+v, %v", deposit, err)
		}
		if err := server.Check(); err != nil { // the books balance, the fault fired
			t.Error(err)
		}

		src, err := worldcard.NewCallbacks(worldcard.CallbackConfig{
			PlatformKeys: []sign.PublicKey{server.PlatformKey()}, AESKey: server.AESKey(),
			Now: clock.Now, // callbacks are signed at the platform's time
		})
		if err != nil {
			t.Fatal(err)
		}
		var closed *worldcard.CardClosed
		handler := webhook.NewHandler(src, func(_ context.Context, ev *webhook.Event) error {
			closed, _ = ev.Data.(*worldcard.CardClosed)
			return nil
		})
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, server.SignCallback(map[string]any{
			"notify_type": worldcard.EventCardClosed, "card_id": card.ID, "card_status": "cancelled",
			"amount": "57.66", "currency": "USD",
		}))
		if w.Code != http.StatusOK || closed == nil || closed.Amount.String() != "57.66" {
			t.Errorf("status %d, %+v", w.Code, closed)
		}
	}
	readmeTest = testTopUp
}

// readmeTest is the README's test, for TestREADME to run.
var readmeTest func(*testing.T)
