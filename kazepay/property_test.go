package kazepay_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
)

// Size of the property test: top-ups under faults, spread over cards, so that the list of
// one is a page.
const (
	propertyCards   = 20
	propertyWorkers = 8
)

// randomFault draws a fault on either side of the commit for about a third of
// the requests. The last two are lies about a top-up that was carried out.
func randomFault(string) issuingtest.Fault {
	switch rand.IntN(30) {
	case 0, 1:
		return issuingtest.DropBefore()
	case 2, 3:
		return issuingtest.DropAfter()
	case 4:
		return issuingtest.BadGatewayBefore()
	case 5:
		return issuingtest.BadGatewayAfter()
	case 6:
		return issuingtest.RateLimited(0)
	case 7:
		return issuingtest.Truncate()
	case 8:
		return issuingtest.Replace("<html>maintenance</html>")
	case 9:
		return issuingtest.Replace(`{"head":{"code":"SUCCESS","detail":"SUCCESS"},"body":{}}`)
	case 10:
		return issuingtest.Replace(`{"head":{"code":"FAKE_FORGED","detail":"refused"},"body":{}}`)
	default:
		return issuingtest.Fault{}
	}
}

// outcome is what a top-up reported to its caller.
type outcome struct {
	card   string
	amount issuing.Amount // tells it from every other top-up of the card
	key    string
	id     string
	err    error
}

func TestPropertyEveryTopUpOnceUnderFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("1,000 calls")
	}
	server := startServer(t, kazepaytest.Config{
		Reserve: issuing.NewAmount(1_000_000_000, 0), Quirks: kazepaytest.Quirks{Errors: kazepaytest.ErrorFormSealed},
	})
	pool := &http.Transport{MaxIdleConnsPerHost: propertyWorkers}
	t.Cleanup(pool.CloseIdleConnections)
	cfg := server.ClientConfig()
	cfg.SignedFailures = true // a forged failure must not pass for a real one
	client := clientOf(t, server, cfg, issuing.WithHTTPClient(&http.Client{Transport: pool}),
		issuing.WithRetryWait(time.Millisecond, 4*time.Millisecond))
	var cards []string
	for i := range propertyCards {
		cards = append(cards, activeCard(t, server, client, i+1))
	}
	server.Choose(randomFault)
	outcomes := depositAll(t, client, cards)
	server.Choose(nil)
	server.Clock().Advance(delay)
	settleAll(t, newClient(t, server), outcomes)
	compare(t, server, outcomes)
}

// depositAll tops up from all workers, a different amount each time.
func depositAll(t *testing.T, client *kazepay.Client, cards []string) []outcome {
	t.Helper()
	outcomes := make([]outcome, propertyDeposits)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range propertyWorkers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < propertyDeposits; i = int(next.Add(1)) - 1 {
				o := &outcomes[i]
				o.card, o.amount = cards[i%len(cards)], issuing.NewAmount(10_000+int64(i), 2)
				// Some want more than the merchant has, which is a failure that counts.
				if i%50 == 49 {
					o.amount = issuing.NewAmount(2_000_000_000_00+int64(i), 2)
				}
				var info issuing.CallInfo
				d, err := client.Cards.Deposit(t.Context(), kazepay.DepositRequest{CardID: o.card, Amount: o.amount}, issuing.WithCallInfo(&info))
				o.key, o.err = info.Key, err
				if err == nil {
					o.id = d.ID
				}
			}
		})
	}
	wg.Wait()
	return outcomes
}

// settleAll has a new client settle what is open, without and with what the merchant
// knows of the cards' other top-ups.
func settleAll(t *testing.T, client *kazepay.Client, outcomes []outcome) {
	t.Helper()
	known := map[string][]string{} // by card
	for _, o := range outcomes {
		known[o.card] = append(known[o.card], o.id)
	}
	open, verdicts := 0, map[issuing.Verdict]int{}
	for i := range outcomes {
		o := &outcomes[i]
		p, ok := issuing.PendingOf(o.err)
		if ok != errors.Is(o.err, issuing.ErrOutcomeUnknown) || ok && (p.Key != o.key || p.Card != o.card) {
			t.Errorf("%s: %v leaves %+v", o.key, o.err, p)
		}
		if !ok {
			continue
		}
		open++
		if open <= 20 {
			if got, err := client.Settle(t.Context(), p); err != nil || got.Verdict != issuing.VerdictOpen {
				t.Errorf("%s: %v of a list that names no key, %v", o.key, got.Verdict, err)
			}
		}
		got, err := client.Settle(t.Context(), stored(t, p), issuing.WithOthers(known[o.card]...))
		if err != nil {
			t.Fatal(err)
		}
		verdicts[got.Verdict]++
		if d, done := issuing.ResultOf[kazepay.Deposit](got); done {
			o.id, o.err = d.ID, nil
		}
	}
	t.Logf("%d calls, %d left open: %v", len(outcomes), open, verdicts)
	if verdicts[issuing.VerdictDone] == 0 || verdicts[issuing.VerdictOpen] == 0 || len(verdicts) != 2 {
		t.Error("the faults did not bite on both sides of the commit")
	}
}

// compare holds what callers know against the platform's books.
func compare(t *testing.T, server *kazepaytest.Server, outcomes []outcome) {
	t.Helper()
	if err := server.Check(); err != nil {
		t.Error(err)
	}
	booked := map[string]kazepaytest.Deposit{}
	sums := map[string]issuing.Amount{}
	for _, topUp := range server.Deposits() {
		if booked[topUp.RequestNo] != (kazepaytest.Deposit{}) {
			t.Errorf("two top-ups for %s", topUp.RequestNo)
		}
		booked[topUp.RequestNo] = topUp
	}
	refused := 0
	for _, o := range outcomes {
		topUp, there := booked[o.key]
		switch {
		case o.err == nil && (topUp.TransactionID != o.id || topUp.Amount.Cmp(o.amount) != 0 || topUp.CardID != o.card):
			t.Errorf("%s: reported %s of %s, booked %+v", o.key, o.id, o.amount, topUp)
		case o.err != nil && there:
			t.Errorf("%s: booked, but reported as %v", o.key, o.err)
		case errors.Is(o.err, issuing.ErrDeclined):
			refused++
		}
		if there {
			sums[o.card] = sums[o.card].Add(topUp.Amount)
			delete(booked, o.key)
		}
	}
	if len(booked) != 0 || refused == 0 {
		t.Errorf("%d top-ups that nobody asked for, %d refused", len(booked), refused)
	}
	for card, sum := range sums {
		if state, _ := server.Card(card); state.Available.Cmp(sum) != 0 {
			t.Errorf("card %s holds %s, its top-ups are %s", card, state.Available, sum)
		}
	}
}

// TestNoWriteIsSentTwice drops every answer, of every operation.
func TestNoWriteIsSentTwice(t *testing.T) {
	t.Parallel()
	for _, c := range wireCases() {
		s := newWireServer(t, func(w http.ResponseWriter, _ *wireMessage) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			_ = conn.Close()
		})
		var info issuing.CallInfo
		_, err := c.call(t.Context(), s.client(t), issuing.WithCallInfo(&info))
		messages, _ := s.requests()
		if info.Key == "" { // a read
			wantError(t, err, issuing.ErrUnavailable)
			if len(messages) != issuing.DefaultMaxAttempts || messages[0].Head.RequestNo == messages[1].Head.RequestNo {
				t.Errorf("%s: %d attempts", c.name, len(messages))
			}
			continue
		}
		e := wantError(t, err, issuing.ErrOutcomeUnknown)
		var u *issuing.Unsettled
		sent := 0 // the rest are reads, by which it was looked up
		for _, m := range messages {
			if m.Head.APICode == c.apiCode {
				sent++
			}
		}
		if sent != 1 || messages[0].Head.APICode != c.apiCode || !errors.As(err, &u) || e.Op != c.name || u.Inquiry == nil && u.Note == "" || e.Key != u.Key || e.Key != messages[0].Head.RequestNo {
			t.Errorf("%s: %d writes in %d requests, %v", c.name, sent, len(messages), err)
		}
		if fmt.Sprint(e) == "" || info.Attempts != 1 {
			t.Errorf("%s: %+v", c.name, info)
		}
	}
}
