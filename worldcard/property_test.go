package worldcard_test

import (
	"context"
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
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// propertyWorkers are the goroutines that call under faults.
const propertyWorkers = 16

// randomFault draws a fault on either side of the commit for about a third of
// the requests.
func randomFault(string) issuingtest.Fault {
	switch rand.IntN(24) {
	case 0:
		return issuingtest.DropBefore()
	case 1, 2:
		return issuingtest.DropAfter()
	case 3:
		return issuingtest.BadGatewayBefore()
	case 4:
		return issuingtest.BadGatewayAfter()
	case 5:
		return issuingtest.RateLimited(0)
	case 6:
		return issuingtest.Truncate()
	case 7:
		return issuingtest.Replace("<html>maintenance</html>")
	case 8:
		return issuingtest.Replace(`{"message":"success"}`)
	case 9:
		return worldcardtest.Refuse(10012, "a code that the documents do not list")
	default:
		return issuingtest.Fault{}
	}
}

// outcome is what a call reported to its caller.
type outcome struct {
	key    string
	amount issuing.Amount
	id     string
	err    error
}

// parallel runs n calls from the workers and returns their outcomes.
func parallel(n int, run func(i int) outcome) []outcome {
	outcomes := make([]outcome, n)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range propertyWorkers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				outcomes[i] = run(i)
			}
		})
	}
	wg.Wait()
	return outcomes
}

func TestPropertyEveryKeyOnceUnderFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("hundreds of calls under faults")
	}
	server := startServer(t, worldcardtest.Config{Delay: time.Millisecond, Reserve: issuing.NewAmount(1_000_000_000, 0)})
	pool := &http.Transport{MaxIdleConnsPerHost: propertyWorkers}
	t.Cleanup(pool.CloseIdleConnections)
	client := newClient(t, server,
		issuing.WithHTTPClient(&http.Client{Transport: pool}),
		issuing.WithRetryWait(time.Millisecond, 4*time.Millisecond))
	server.Choose(randomFault)

	applications := parallel(propertyApplications, func(i int) outcome {
		o := outcome{key: fmt.Sprintf("card-%d", i), amount: issuing.NewAmount(1000+int64(i%500), 2)}
		card, err := client.Virtual.Apply(t.Context(), virtualV(o.key, o.amount))
		if o.err = err; err == nil {
			o.id = card.ID
		}
		return o
	})
	settleAll(t, server, applications, func(ctx context.Context, key string) (string, issuing.Amount, error) {
		card, err := client.Virtual.Card(ctx, worldcard.ByMerchantCardID(key))
		if err != nil {
			return "", issuing.Amount(""), err
		}
		return card.ID, card.FirstRechargeAmount, nil
	})
	target := activeCard(t, server, client)

	deposits := parallel(propertyDeposits, func(i int) outcome {
		o := outcome{key: fmt.Sprintf("tx-%d", i), amount: issuing.NewAmount(1000+int64(i%900), 2)}
		d, err := client.Cards.Deposit(t.Context(), worldcard.DepositRequest{
			CardRef: target, MerchantTransactionID: o.key, Amount: o.amount,
		})
		if o.err = err; err == nil {
			o.id = d.ID
			if d.Amount.Cmp(o.amount) != 0 || d.MerchantTransactionID != o.key {
				t.Errorf("%s: reported %s for %s, asked for %s", o.key, d.Amount, d.MerchantTransactionID, o.amount)
			}
		}
		return o
	})
	settleAll(t, server, deposits, func(ctx context.Context, key string) (string, issuing.Amount, error) {
		d, err := client.Cards.DepositByKey(ctx, target, key)
		if err != nil {
			return "", issuing.Amount(""), err
		}
		return d.ID, d.Amount, nil
	})

	checkLedger(t, server, applications, deposits)
}

// settleAll asks for every open outcome by its key, without faults, as the
// methods' documentation says. What is not there is an open call that never
// arrived.
func settleAll(t *testing.T, server *worldcardtest.Server, outcomes []outcome,
	find func(ctx context.Context, key string) (string, issuing.Amount, error),
) {
	t.Helper()
	server.Choose(nil)
	defer server.Choose(randomFault)
	open, settled := 0, 0
	for i := range outcomes {
		o := &outcomes[i]
		if o.err == nil {
			continue
		}
		if !errors.Is(o.err, issuing.ErrOutcomeUnknown) {
			// A definite failure: the ledger check below refuses it if the key is there.
			continue
		}
		open++
		var e *issuing.Error
		if !errors.As(o.err, &e) || e.Key != o.key {
			t.Errorf("%s: the error carries the key %q", o.key, e.Key)
		}
		id, amount, err := find(t.Context(), o.key)
		switch {
		case err == nil:
			settled++
			o.id, o.err = id, nil
			if amount.Cmp(o.amount) != 0 {
				t.Errorf("%s: settled with %s, asked for %s", o.key, amount, o.amount)
			}
		case !errors.Is(err, issuing.ErrNotFound):
			t.Errorf("%s: the lookup failed: %v", o.key, err)
		}
	}
	t.Logf("%d calls, %d left open, %d of them found by the lookup", len(outcomes), open, settled)
	if open == 0 {
		t.Error("no outcome was left open: the faults did not bite")
	}
}

// checkLedger compares what callers were told with what the platform booked.
func checkLedger(t *testing.T, server *worldcardtest.Server, applications, deposits []outcome) {
	t.Helper()
	if err := server.Check(); err != nil {
		t.Error(err)
	}
	booked := map[string]string{}
	for _, card := range server.Cards() {
		if booked["card "+card.MerchantCardID] != "" {
			t.Errorf("two cards for %s", card.MerchantCardID)
		}
		booked["card "+card.MerchantCardID] = card.ID
	}
	for _, d := range server.Deposits() {
		if booked["deposit "+d.MerchantTransactionID] != "" {
			t.Errorf("two top-ups for %s", d.MerchantTransactionID)
		}
		booked["deposit "+d.MerchantTransactionID] = d.ID
	}
	failed := 0
	compare := func(kind string, outcomes []outcome) {
		for _, o := range outcomes {
			id, there := booked[kind+" "+o.key]
			switch {
			case o.err == nil && o.id != id:
				t.Errorf("%s: reported %q, booked %q", o.key, o.id, id)
			case o.err != nil && there:
				t.Errorf("%s: booked, but reported as %v", o.key, o.err)
			case o.err != nil:
				failed++
			}
		}
	}
	compare("card", applications)
	compare("deposit", deposits)
	t.Logf("%d keys booked, %d calls failed or never arrived", len(booked), failed)
}
