package issuing_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// played starts a platform in memory with one active card, makes a client for it, and
// returns a top-up of that card.
func played() (*worldcardtest.Server, *worldcard.Client, worldcard.DepositRequest) {
	clock := issuingtest.NewClock(time.Date(2026, 4, 1, 2, 0, 0, 0, time.UTC))
	server, err := worldcardtest.NewServer(worldcardtest.Config{Clock: clock, Reserve: issuing.NewAmount(1000, 0)})
	if err != nil {
		log.Fatal(err)
	}
	client, err := worldcard.New(server.ClientConfig(), issuing.WithClock(clock.Now),
		issuing.WithRetryWait(time.Millisecond, time.Millisecond))
	if err != nil {
		log.Fatal(err)
	}
	card, err := client.Virtual.Apply(context.Background(), worldcard.ApplyRequest{
		MerchantCardID: "mc_001", CardType: worldcard.CardTypeVirtualR, CardBINID: "2",
		FirstRechargeAmount: issuing.NewAmount(100, 0), Email: "john@example.com",
	})
	if err != nil {
		log.Fatal(err)
	}
	clock.Advance(time.Minute)
	return server, client, worldcard.DepositRequest{
		CardRef: worldcard.ByCardID(card.ID), MerchantTransactionID: "top-up-1", Amount: issuing.NewAmount(50, 0),
	}
}

// play puts faults into the way of the next requests of an operation.
func play(server *worldcardtest.Server, op string, faults ...issuingtest.Fault) {
	if err := server.Inject(op, faults...); err != nil {
		log.Fatal(err)
	}
}

// A request that breaks a documented rule is not sent; all its fields are named at once.
func ExampleError_invalid() {
	server, client, _ := played()
	defer server.Close()
	_, err := client.Cards.Deposit(context.Background(), worldcard.DepositRequest{Amount: issuing.NewAmount(-1, 3)})
	var e *issuing.Error
	if errors.Is(err, issuing.ErrInvalid) && errors.As(err, &e) {
		for _, field := range e.Fields {
			fmt.Println(field)
		}
	}
	fmt.Println("sent:", server.Requests("Cards.Deposit"))
	// Output:
	// card_id, merchant_card_id needs at least one of them
	// merchant_transaction_id is required
	// amount must be greater than zero
	// amount has more than 2 decimal places
	// sent: 0
}

// A write of which nobody knows what became of it is never a failure, and never sent
// again under another key: its pending is settled, in this process or another.
func ExampleError_outcomeUnknown() {
	server, client, topUp := played()
	defer server.Close()
	ctx := context.Background()
	// The platform carries the top-up out, and neither the answer nor a look-up arrives.
	play(server, "Cards.Deposit", issuingtest.DropAfter(), issuingtest.DropAfter(), issuingtest.DropAfter())
	play(server, "Cards.Deposits", issuingtest.DropBefore(), issuingtest.DropBefore(), issuingtest.DropBefore())
	_, err := client.Cards.Deposit(ctx, topUp)
	pending, ok := issuing.PendingOf(err)
	if !errors.Is(err, issuing.ErrOutcomeUnknown) || !ok {
		log.Fatal(err)
	}
	fmt.Println("open:", pending.Key, "after", pending.Attempts, "attempts")

	outcome, err := client.Settle(ctx, pending) // later
	if err != nil {
		log.Fatal(err)
	}
	found, _ := issuing.ResultOf[worldcard.Deposit](outcome)
	fmt.Println(outcome.Verdict.String()+":", found.Amount, found.Status)
	// Output:
	// open: top-up-1 after 3 attempts
	// done: 50.00 processing
}

// A process that dies between sending and answering leaves the record that it made before.
// What never arrived is absent, and may be sent again under its key.
func ExampleWithRecord() {
	server, client, topUp := played()
	defer server.Close()
	ctx := context.Background()
	var stored []byte // a row of a table
	record := issuing.WithRecord(func(_ context.Context, p issuing.Pending) (err error) {
		stored, err = json.Marshal(p)
		return err
	})
	play(server, "Cards.Deposit", issuingtest.DropBefore(), issuingtest.DropBefore(), issuingtest.DropBefore())
	if _, err := client.Cards.Deposit(ctx, topUp, record); err == nil {
		log.Fatal("it arrived")
	}

	var pending issuing.Pending
	if err := json.Unmarshal(stored, &pending); err != nil {
		log.Fatal(err)
	}
	outcome, err := client.Settle(ctx, pending)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(outcome.Verdict, "may be sent again:", outcome.ResendSameKey)
	outcome, err = client.Settle(ctx, pending, issuing.WithResend(topUp))
	fmt.Println(outcome.Verdict, err, "top-ups:", len(server.Deposits()))
	// Output:
	// absent may be sent again: true
	// done <nil> top-ups: 1
}

// The key was used before this call: what stands under it is looked up, not repeated.
func ExampleError_duplicate() {
	server, client, topUp := played()
	defer server.Close()
	ctx := context.Background()
	if _, err := client.Cards.Deposit(ctx, topUp); err != nil {
		log.Fatal(err)
	}
	_, err := client.Cards.Deposit(ctx, topUp)
	if errors.Is(err, issuing.ErrDuplicate) {
		first, err := client.Cards.DepositByKey(ctx, topUp.CardRef, topUp.MerchantTransactionID)
		fmt.Println("there already:", first.Amount, err)
	}
	// Output:
	// there already: 50.00 <nil>
}

// The platform could not be reached, and nothing was carried out: try again later, with
// the same key.
func ExampleError_unavailable() {
	server, client, topUp := played()
	defer server.Close()
	play(server, "Cards.Transactions", issuingtest.DropBefore(), issuingtest.DropBefore(), issuingtest.DropBefore())
	_, err := client.Cards.Transactions(context.Background(), worldcard.TransactionsRequest{CardRef: topUp.CardRef})
	fmt.Println(errors.Is(err, issuing.ErrUnavailable), errors.Is(err, issuing.ErrCanceled))
	// Output:
	// true false
}

// The caller's own context ended the call, which nothing was carried out for.
func ExampleError_canceled() {
	server, client, topUp := played()
	defer server.Close()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := client.Cards.Deposit(ctx, topUp)
	fmt.Println(errors.Is(err, issuing.ErrCanceled), errors.Is(err, context.Canceled))
	// Output:
	// true true
}

// Too many requests: they are carried out later or not at all, and repeated by the
// client as often as it is allowed to.
func ExampleError_rateLimited() {
	server, client, topUp := played()
	defer server.Close()
	play(server, "Cards.Deposit", issuingtest.RateLimited(0), issuingtest.RateLimited(0), issuingtest.RateLimited(0))
	_, err := client.Cards.Deposit(context.Background(), topUp)
	var e *issuing.Error
	fmt.Println(errors.Is(err, issuing.ErrRateLimited), errors.As(err, &e) && e.Attempts == 3)
	// Output:
	// true true
}

// The merchant's own money does not cover it: fund it, then use the same key again.
func ExampleError_insufficientFunds() {
	server, client, topUp := played()
	defer server.Close()
	topUp.Amount = issuing.NewAmount(5000, 0)
	_, err := client.Cards.Deposit(context.Background(), topUp)
	fmt.Println(errors.Is(err, issuing.ErrInsufficientFunds), errors.Is(err, worldcard.CodeInsufficientReserve))
	// Output:
	// true true
}

// The card's state does not allow it.
func ExampleError_conflict() {
	server, client, topUp := played()
	defer server.Close()
	ctx := context.Background()
	if _, err := client.Cards.Freeze(ctx, topUp.CardRef); err != nil {
		log.Fatal(err)
	}
	_, err := client.Cards.Deposit(ctx, topUp)
	fmt.Println(errors.Is(err, issuing.ErrConflict), errors.Is(err, worldcard.CodeCardDisabled))
	// Output:
	// true true
}

// There is no such card.
func ExampleError_notFound() {
	server, client, _ := played()
	defer server.Close()
	_, err := client.Virtual.Card(context.Background(), worldcard.ByCardID("9999999999999999"))
	fmt.Println(errors.Is(err, issuing.ErrNotFound))
	// Output:
	// true
}

// The platform refused for good.
func ExampleError_declined() {
	server, client, topUp := played()
	defer server.Close()
	play(server, "Cards.Freeze", worldcardtest.Refuse(worldcard.CodeFreezeFailed, ""))
	_, err := client.Cards.Freeze(context.Background(), topUp.CardRef)
	fmt.Println(errors.Is(err, issuing.ErrDeclined))
	// Output:
	// true
}

// The platform does not accept who is calling: keys, clock or address list.
func ExampleError_unauthorized() {
	server, _, topUp := played()
	defer server.Close()
	cfg := server.ClientConfig()
	cfg.AppID = "app_of_another"
	stranger, err := worldcard.New(cfg, issuing.WithClock(server.Clock().Now))
	if err != nil {
		log.Fatal(err)
	}
	_, err = stranger.Cards.Deposit(context.Background(), topUp)
	fmt.Println(errors.Is(err, issuing.ErrUnauthorized))
	// Output:
	// true
}

// A read was answered by something that is not the platform, such as a proxy's page.
func ExampleError_badResponse() {
	server, client, topUp := played()
	defer server.Close()
	page := issuingtest.Replace("<html>maintenance</html>")
	play(server, "Virtual.Card", page, page, page)
	_, err := client.Virtual.Card(context.Background(), topUp.CardRef)
	fmt.Println(errors.Is(err, issuing.ErrBadResponse))
	// Output:
	// true
}

// For logs and queues an error is JSON, one member a field, without secrets.
func ExampleError_MarshalJSON() {
	server, client, topUp := played()
	defer server.Close()
	topUp.Amount = issuing.NewAmount(5000, 0)
	_, err := client.Cards.Deposit(context.Background(), topUp)
	var e *issuing.Error
	if !errors.As(err, &e) {
		log.Fatal(err)
	}
	e.RequestID = "" // drawn anew for each attempt
	text, err := json.Marshal(e)
	fmt.Println(string(text), err)
	// Output:
	// {"provider":"worldcard","op":"Cards.Deposit","kind":"insufficient funds","status":200,"code":"10031","message":"Insufficient card reserve balance","key":"top-up-1","attempts":1} <nil>
}
