package uqpay_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
)

// movement is one recharge or withdrawal that the test asked for.
type movement struct {
	withdraw bool
	card     string
	amount   issuing.Amount
	key      string
	order    *uqpay.Order
	err      error
}

func (m *movement) send(t *testing.T, c *uqpay.Client, opts ...issuing.CallOption) {
	var info issuing.CallInfo
	opts = append(opts, issuing.WithCallInfo(&info))
	do := c.Cards.Deposit
	if m.withdraw {
		do = c.Cards.Withdraw
	}
	m.order, m.err = do(t.Context(), m.card, uqpay.AmountRequest{Amount: m.amount}, opts...)
	var e *issuing.Error
	if errors.As(m.err, &e) && e.Key != info.Key {
		t.Errorf("the error's key is %q, the call's %q", e.Key, info.Key)
	}
	m.key = info.Key
}

// faults picks a misbehaviour for a third of the requests.
func faults(seed uint64) func(string) issuingtest.Fault {
	var mu sync.Mutex
	rng := rand.New(rand.NewPCG(seed, 7))
	return func(string) issuingtest.Fault {
		mu.Lock()
		defer mu.Unlock()
		switch rng.IntN(24) {
		case 0:
			return issuingtest.DropBefore()
		case 1, 2:
			return issuingtest.DropAfter()
		case 3:
			return issuingtest.BadGatewayAfter()
		case 4:
			return issuingtest.BadGatewayBefore()
		case 5:
			return issuingtest.RateLimited(0)
		case 6:
			return issuingtest.Truncate()
		case 7:
			return issuingtest.Replace(`{}`)
		case 8:
			return issuingtest.Replace(`<html>`)
		}
		return issuingtest.Fault{}
	}
}

// TestExactlyOnceUnderFaults sends 5,000 recharges and withdrawals through a
// platform that misbehaves, loses tokens and keeps keys in flight. Every one of
// them happens once or not at all, and the client never says otherwise.
func TestExactlyOnceUnderFaults(t *testing.T) {
	t.Parallel()
	const total, workers, cards = 5000, 16, 20
	limits := uqpaytest.Limits{}
	s := newPlatform(t, uqpaytest.Config{Limits: &limits, Reserve: amount(t, "20000")})
	c := newClient(t, s)
	holder := newHolder(t, c)
	ids := make([]string, cards)
	for i := range ids {
		o, err := c.Cards.Apply(t.Context(), uqpay.ApplyRequest{
			Currency: issuing.CurrencyUSD, ProductID: uqpaytest.ProductSingle, CardholderID: holder, Limit: amount(t, "100"),
		})
		if err != nil {
			t.Fatal(err)
		}
		ids[i] = o.CardID
	}
	s.Clock().Advance(time.Second)
	s.KeepInFlight(1)
	s.Choose(faults(uint64(1)))

	moves := make([]*movement, total)
	rng := rand.New(rand.NewPCG(3, 4))
	for i := range moves {
		moves[i] = &movement{withdraw: rng.IntN(2) == 0, card: ids[rng.IntN(cards)], amount: issuing.NewAmount(int64(rng.IntN(20000)+1), 2)}
	}
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := w; i < total; i += workers {
				moves[i].send(t, c)
				if i%50 == 0 {
					s.Clock().Advance(time.Second)
				}
				if i%200 == 0 {
					s.EndToken()
				}
			}
		})
	}
	wg.Wait()
	s.Choose(nil)
	counts := settleAll(t, c, moves)
	s.Clock().Advance(time.Minute)

	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	checkOrders(t, s, moves)
	t.Logf("%v, %d requests, %d tokens", counts, s.Requests(""), s.Mints())
	for _, class := range []string{"done", "open", "refused"} {
		if counts[class] < total/100 {
			t.Errorf("only %d of %d ended %s: the test proves too little", counts[class], total, class)
		}
	}
}

// settleAll repeats what is open under its own key, and counts how the movements
// ended at first.
func settleAll(t *testing.T, c *uqpay.Client, moves []*movement) map[string]int {
	counts := map[string]int{}
	for _, m := range moves {
		switch {
		case m.err == nil:
			counts["done"]++
		case errors.Is(m.err, issuing.ErrOutcomeUnknown):
			counts["open"]++
			key := m.key
			m.send(t, c, issuing.WithIdempotencyKey(key))
			if m.err != nil && !errors.Is(m.err, issuing.ErrInsufficientFunds) {
				t.Errorf("an open movement does not settle: %v", m.err)
			}
		case errors.Is(m.err, issuing.ErrInsufficientFunds):
			counts["refused"]++
		case errors.Is(m.err, issuing.ErrUnavailable), errors.Is(m.err, issuing.ErrRateLimited), errors.Is(m.err, issuing.ErrBadResponse),
			errors.Is(m.err, issuing.ErrUnauthorized):
			// No token, or one that was ended twice during the call.
			counts["not sent"]++
		default:
			t.Errorf("unexpected: %v", m.err)
		}
	}
	return counts
}

// checkOrders compares the platform's orders with what the client said.
func checkOrders(t *testing.T, s *uqpaytest.Server, moves []*movement) {
	t.Helper()
	booked := map[string]uqpay.Order{}
	for _, typ := range []uqpay.OrderType{uqpay.OrderTypeCardRecharge, uqpay.OrderTypeCardWithdraw} {
		for _, o := range s.Orders(typ) {
			if o.Status == uqpay.OrderStatusSuccess {
				booked[o.ID] = o
			}
		}
	}
	for _, m := range moves {
		if m.err != nil {
			continue
		}
		o, ok := booked[m.order.ID]
		if !ok {
			t.Errorf("order %s is not booked, or twice in the client's results", m.order.ID)
			continue
		}
		if o.CardID != m.card || o.Amount.Cmp(m.amount) != 0 || (o.Type == uqpay.OrderTypeCardWithdraw) != m.withdraw {
			t.Errorf("order %+v for movement %+v", o, m)
		}
		delete(booked, m.order.ID)
	}
	if len(booked) != 0 {
		t.Errorf("%d orders were booked that the client called failed, or twice: %s", len(booked), fmt.Sprint(booked)[:200])
	}
}
