package coshine_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/internal/pendingtest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// chaos picks a fault for about every third request.
func chaos(seed uint64) func(string) issuingtest.Fault {
	var mu sync.Mutex
	random := rand.New(rand.NewPCG(seed, 7))
	return func(string) issuingtest.Fault {
		mu.Lock()
		defer mu.Unlock()
		switch random.IntN(24) {
		case 0:
			return issuingtest.DropBefore()
		case 1:
			return issuingtest.DropAfter()
		case 2:
			return issuingtest.BadGatewayBefore()
		case 3:
			return issuingtest.BadGatewayAfter()
		case 4:
			return issuingtest.Truncate()
		case 5:
			return issuingtest.RateLimited(0)
		case 6:
			return issuingtest.Replace("<html>maintenance</html>")
		case 7:
			return issuingtest.Replace(`{"responseCode":"00","tranId":"SOMEBODYELSE"}`)
		}
		return issuingtest.Fault{}
	}
}

// moves are the interfaces that move money, with what a request needs beside
// the amount.
var moves = []struct {
	name string
	do   func(context.Context, *coshine.Client, *world, ...issuing.CallOption) error
}{
	{"Cards.Deposit", func(ctx context.Context, c *coshine.Client, w *world, o ...issuing.CallOption) error {
		return drop(c.Cards.Deposit(ctx, money(w.card, "5.00"), o...))
	}},
	{"Cards.Withdraw", func(ctx context.Context, c *coshine.Client, w *world, o ...issuing.CallOption) error {
		return drop(c.Cards.Withdraw(ctx, money(w.card, "1.25"), o...))
	}},
	{"Transactions.Transfer", func(ctx context.Context, c *coshine.Client, w *world, o ...issuing.CallOption) error {
		req := coshine.TransferRequest{Extra: coshine.Extra{
			"cardToken": string(w.card), coshinetest.FieldTargetCard: string(w.other), coshinetest.FieldAmount: issuing.NewAmount(75, 2),
		}}
		return drop(c.Transactions.Transfer(ctx, req, o...))
	}},
	{"Transactions.Purchase", func(ctx context.Context, c *coshine.Client, w *world, o ...issuing.CallOption) error {
		return drop(c.Transactions.Purchase(ctx, money(w.card, "2.00"), o...))
	}},
	{"Transactions.Refund", func(ctx context.Context, c *coshine.Client, w *world, o ...issuing.CallOption) error {
		return drop(c.Transactions.Refund(ctx, money(w.card, "0.01", coshinetest.FieldOriginal, w.purchase), o...))
	}},
	{"Transactions.Reverse", func(ctx context.Context, c *coshine.Client, w *world, o ...issuing.CallOption) error {
		return drop(c.Transactions.Reverse(ctx, money(w.card, "1.00", coshinetest.FieldOriginal, w.load), o...))
	}},
	{"Transactions.Block", func(ctx context.Context, c *coshine.Client, w *world, o ...issuing.CallOption) error {
		return drop(c.Transactions.Block(ctx, money(w.card, "0.50"), o...))
	}},
	{"Transactions.Unblock", func(ctx context.Context, c *coshine.Client, w *world, o ...issuing.CallOption) error {
		return drop(c.Transactions.Unblock(ctx, money(w.card, "0.01", coshinetest.FieldOriginal, w.hold), o...))
	}},
	{"Transactions.Charge", func(ctx context.Context, c *coshine.Client, w *world, o ...issuing.CallOption) error {
		return drop(c.Transactions.Charge(ctx, money(w.card, "0.10"), o...))
	}},
	{"Transactions.AdjustDebit", func(ctx context.Context, c *coshine.Client, w *world, o ...issuing.CallOption) error {
		return drop(c.Transactions.AdjustDebit(ctx, money(w.card, "0.20"), o...))
	}},
	{"Transactions.AdjustCredit", func(ctx context.Context, c *coshine.Client, w *world, o ...issuing.CallOption) error {
		return drop(c.Transactions.AdjustCredit(ctx, money(w.card, "0.30"), o...))
	}},
}

// world is what the moves of one test refer to.
type world struct {
	card, other          coshine.CardToken
	load, purchase, hold string // tranIds to reverse, refund, release
}

// newWorld makes two cards, one with money, and transactions to refer to.
func newWorld(t testing.TB, client *coshine.Client) *world {
	t.Helper()
	w := &world{load: "LOAD0", purchase: "PURCHASE0", hold: "HOLD0"}
	w.card, w.other = activeCard(t, client, "C1").CardToken, activeCard(t, client, "C2").CardToken
	ctx := t.Context()
	_, err1 := client.Cards.Deposit(ctx, money(w.card, "100000.00"))
	_, err2 := client.Cards.Deposit(ctx, money(w.card, "1.00"), withID(w.load))
	_, err3 := client.Transactions.Purchase(ctx, money(w.card, "1000.00"), withID(w.purchase))
	_, err4 := client.Transactions.Block(ctx, money(w.card, "1000.00"), withID(w.hold))
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		t.Fatal(err)
	}
	return w
}

// TestPropertyMoneyMovesOnceUnderFaults sends thousands of money calls through
// faults. Whatever the platform does, no call moves money twice, a success moved
// it, a failure did not, and every open outcome is settled by the history.
func TestPropertyMoneyMovesOnceUnderFaults(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]coshinetest.Config{"static token": {}, "OAuth": {OAuth: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := full(t, cfg, issuing.WithRetryWait(time.Microsecond, 10*time.Microsecond))
			w := newWorld(t, client)
			const workers = 8
			rounds := 12
			if cfg.OAuth {
				rounds = 2 // every call costs four RSA operations
			}
			server.Choose(chaos(42))
			outcomes := struct {
				sync.Mutex
				byID map[string]error
			}{byID: map[string]error{}}
			var wg sync.WaitGroup
			for range workers {
				wg.Go(func() {
					for range rounds {
						for _, m := range moves {
							for range 3 {
								var info issuing.CallInfo
								err := m.do(t.Context(), client, w, issuing.WithCallInfo(&info))
								if info.Attempts != 1 && !errors.Is(err, issuing.ErrUnavailable) {
									t.Errorf("%s: %d attempts, %v", m.name, info.Attempts, err)
								}
								outcomes.Lock()
								if _, again := outcomes.byID[info.Key]; again {
									t.Errorf("tranId %s was drawn twice", info.Key)
								}
								outcomes.byID[info.Key] = err
								outcomes.Unlock()
							}
						}
					}
				})
			}
			wg.Wait()
			server.Choose(nil)
			settle(t, server, client, w, outcomes.byID)
		})
	}
}

func settle(t *testing.T, server *coshinetest.Server, client *coshine.Client, w *world, byID map[string]error) {
	t.Helper()
	history, err := client.Cards.Transactions(t.Context(), coshine.CardRequest{CardToken: w.card})
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, record := range history.Records {
		var entry struct {
			TranID string `json:"tranId"`
		}
		if err := record.Decode(&entry); err != nil {
			t.Fatal(err)
		}
		listed[entry.TranID] = true
	}
	booked := server.Bookings()
	var done, failed, open int
	for id, err := range byID {
		n := booked[id]
		switch {
		case n > 1:
			t.Errorf("%s moved money %d times", id, n)
		case err == nil:
			done++
			if n != 1 {
				t.Errorf("%s is a success and moved nothing", id)
			}
		case errors.Is(err, issuing.ErrOutcomeUnknown):
			open++
			if listed[id] != (n == 1) {
				t.Errorf("%s: the history says %t, the books %d", id, listed[id], n)
			}
			checkWayOut(t, id, err)
			if open%16 == 0 { // each reads the whole history
				want := issuing.VerdictOpen
				if n == 1 {
					want = issuing.VerdictDone
				}
				pendingtest.With(t, client).Settle(pendingtest.Of(t, err), want, "")
			}
		default:
			failed++
			if n != 0 {
				t.Errorf("%s is called failed (%v) and moved money", id, err)
			}
		}
	}
	if done == 0 || open == 0 || failed == 0 {
		t.Errorf("%d successes, %d open, %d failures: the test proves nothing", done, open, failed)
	}
	if err := server.Check(); err != nil {
		t.Error(err)
	}
	t.Logf("%d calls: %d successes, %d open and settled, %d failures", len(byID), done, open, failed)
}

// checkWayOut demands that an open outcome names the tranId and the inquiry.
func checkWayOut(t *testing.T, id string, err error) {
	t.Helper()
	var open *issuing.Unsettled
	var e *issuing.Error
	if !errors.As(err, &open) || !errors.As(err, &e) {
		t.Errorf("%s: no way out in %v", id, err)
		return
	}
	if open.Key != id || e.Key != id || len(open.Inquiry) == 0 || !strings.Contains(err.Error(), "Cards.Authorizations") {
		t.Errorf("%s: %+v in %v", id, open, err)
	}
	for _, op := range open.Inquiry {
		if op != "Cards.Transactions" && op != "Cards.Authorizations" {
			t.Errorf("%s: look up with %s?", id, op)
		}
	}
}

// TestMoneyIsNeverRepeated runs every money call into every fault that leaves
// its outcome open.
func TestMoneyIsNeverRepeated(t *testing.T) {
	t.Parallel()
	const takeBack = "Transactions.Reverse"
	reversal := map[string]string{
		"Cards.Deposit": takeBack, "Cards.Withdraw": takeBack, "Transactions.Transfer": takeBack, "Transactions.Purchase": takeBack,
		"Transactions.Block": "Transactions.Unblock",
	}
	for _, m := range moves {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			server, client := full(t, coshinetest.Config{})
			w := newWorld(t, client)
			op := m.name
			before := server.Requests(op)
			for name, fault := range map[string]issuingtest.Fault{
				"no answer": issuingtest.DropAfter(), "never arrived": issuingtest.DropBefore(), "502": issuingtest.BadGatewayAfter(),
				"broken off": issuingtest.Truncate(), "HTML": issuingtest.Replace("<html>"), "empty": issuingtest.Replace(""),
				"no code":    issuingtest.Replace(`{"tranId":"X"}`),
				"other id":   issuingtest.Replace(`{"responseCode":"00","tranId":"X"}`),
				"code 99":    issuingtest.Replace(`{"responseCode":"99","tranId":"` + fixedID(m.name, "code 99") + `"}`),
				"code 96":    issuingtest.Replace(`{"responseCode":"96","tranId":"` + fixedID(m.name, "code 96") + `"}`),
				"not a list": issuingtest.Replace(`[]`),
			} {
				id := fixedID(m.name, name)
				inject(t, server, op, fault)
				err := m.do(t.Context(), client, w, withID(id))
				before++
				if n := server.Requests(op); n != before {
					t.Errorf("%s: sent %d times", name, n-before+1)
				}
				if !errors.Is(err, issuing.ErrOutcomeUnknown) || errors.Is(err, issuing.ErrUnavailable) {
					t.Errorf("%s: %v", name, err)
				}
				checkWayOut(t, id, err)
				var open *issuing.Unsettled
				if errors.As(err, &open) && open.Reversal != reversal[m.name] {
					t.Errorf("%s: reversal %q, want %q", name, open.Reversal, reversal[m.name])
				}
			}
		})
	}
}

// fixedID is a tranId of letters and digits.
func fixedID(op, fault string) string {
	_, method, _ := strings.Cut(op, ".")
	id := strings.ToUpper(strings.ReplaceAll(method+fault, " ", ""))
	return id[:min(len(id), 32)]
}
