package legacy_test

import (
	"errors"
	"math/rand/v2"
	"sync"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
)

// TestOneNumberForManyIntents places orders of different amounts under one number
// at once, under faults: one of them exists in the end, and no other is reported
// as placed.
func TestOneNumberForManyIntents(t *testing.T) {
	t.Parallel()
	const callers, rounds = 6, 25
	server, client := platform(t, legacytest.Config{})
	card := server.IssueCard(legacytest.ProductVirtualL)
	server.Choose((&chaos{random: rand.New(rand.NewPCG(3, 5))}).choose)
	duplicates, placed := 0, 0
	for round := range rounds {
		no := "shared-" + string(rune('a'+round))
		var group sync.WaitGroup
		orders, failures := make([]*legacy.Deposit, callers), make([]error, callers)
		for i := range callers {
			group.Go(func() {
				req := depositRequest(no, card)
				req.Amount = issuing.NewAmount(int64(30+i), 0)
				orders[i], failures[i] = client.Cards.Deposit(t.Context(), req)
			})
		}
		group.Wait()
		var existing []legacy.Deposit
		for _, d := range server.Deposits() {
			if d.MerOrderNo == no {
				existing = append(existing, d)
			}
		}
		if len(existing) > 1 {
			t.Fatalf("%s exists %d times", no, len(existing))
		}
		for i, err := range failures {
			own := len(existing) == 1 && existing[0].Amount.Equal(issuing.NewAmount(int64(30+i), 0))
			switch {
			case err == nil:
				placed++
				if !own || orders[i].OrderNo != existing[0].OrderNo {
					t.Errorf("%s of %d: reported as placed, the platform has %+v", no, 30+i, existing)
				}
			case errors.Is(err, issuing.ErrDuplicate):
				duplicates++
				if own {
					t.Errorf("%s of %d exists and is reported as another's", no, 30+i)
				}
			case !errors.Is(err, issuing.ErrOutcomeUnknown):
				t.Errorf("%s of %d: %v", no, 30+i, err)
			}
		}
	}
	if placed < rounds/2 || duplicates == 0 {
		t.Errorf("%d placed, %d duplicates: the test has lost its edge", placed, duplicates)
	}
}
