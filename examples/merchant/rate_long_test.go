//go:build unix && long

package main

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// turns are the providers in the order of their callbacks. What Coshine asks and UnionPay
// tells is about none of the orders.
var turns = []string{"worldcard", "legacy", "kazepay", "uqpay", "coshine", "unionpay"}

// signed makes the n-th callback about an order, by the service's id or the platform's.
func (b *sandbox) signed(n int, order, theirs string) *http.Request {
	id := fmt.Sprintf("%d%06d", time.Now().Unix(), n)
	switch turns[n%len(turns)] {
	case "worldcard":
		return b.worldcard.SignCallback(map[string]any{
			"notify_type": worldcard.EventCardDeposited, "transaction_id": id, "merchant_transaction_id": order,
			"card_id": "1", "amount": "1", "status": worldcard.DepositEventStatusSuccess,
		})
	case "legacy":
		return b.previous.SignCallback(&legacy.CardDeposited{
			OrderNo: id, MerOrderNo: order, Status: legacy.OrderStatusSuccess,
		})
	case "kazepay":
		return b.kazepay.SignCallback(&kazepay.CardDeposited{
			CardID: id, TransactionID: theirs, Amount: "1.00", Status: kazepay.TransactionStatusSuccess,
		})
	case "uqpay":
		return b.uqpay.SignCallback(map[string]any{
			"version": "V1.6.0", "event_name": "ISSUING", "event_type": uqpay.EventCardDepositSucceeded, "event_id": id,
			"source_id": theirs, "data": map[string]any{"card_id": "1"},
		})
	case "coshine":
		r := b.coshine.SignCallback(coshinetest.Callback{API: coshine.APITokenStateNotification, Fields: map[string]any{
			"token": "62" + id, "tokenState": coshine.TokenStateSuspended,
		}})
		r.URL.Path = "/callbacks/coshine" + r.URL.Path
		return r
	}
	return b.unionpay.SignCallback(&unionpay.TokenStateChanged{
		Token: issuing.NewSecret("62" + id), State: unionpay.TokenStateSuspended,
	})
}

// notice is a callback that was read, to be given to the service.
type notice struct {
	path   string
	header http.Header
	body   []byte
}

// notices has the platforms sign callbacks about top-ups that wait for them, each of a card
// of its own.
func notices(t *testing.T, s *service, round, count int) []notice {
	t.Helper()
	out := make([]notice, count)
	for n := range out {
		var id, theirs string
		if provider := turns[n%len(turns)]; provider != "coshine" && provider != "unionpay" {
			theirs = fmt.Sprintf("p-%d-%d", round, n)
			card := s.done(request{Provider: provider, Kind: kindApply, Key: "card " + theirs}, evidence{
				id: "card " + theirs, result: result{Card: text(theirs)},
			})
			id = s.deposit(provider, card, theirs).ID
			s.tell(id, evidence{finding: foundAccepted, id: theirs, from: "test"})
		}
		r := s.box.signed(round*count+n, id, theirs)
		body, err := io.ReadAll(r.Body)
		ok(t, err)
		out[n] = notice{r.URL.Path, r.Header, body}
	}
	return out
}

// TestRateOfAReplica measures how many callbacks a second a replica takes from 16 senders,
// with what the service makes of each: the event sealed and stored, its order, the job that
// asks. Beside it stand as many transactions of one row over the same connections.
func TestRateOfAReplica(t *testing.T) {
	const callbacks, rounds = 600, 5
	db := newPostgres(t)
	s := newService(t, db.address("postgres"), nil)
	routes := s.routes()
	_, err := s.store.db.ExecContext(t.Context(), "CREATE TABLE bare (id TEXT PRIMARY KEY, at BIGINT)")
	ok(t, err)
	for round := range rounds {
		ready := notices(t, s, round, callbacks)
		served := each(callbacks, func(n int) {
			r := httptest.NewRequest(http.MethodPost, ready[n].path, bytes.NewReader(ready[n].body))
			r.Header = ready[n].header
			w := httptest.NewRecorder()
			routes.ServeHTTP(w, r)
			if w.Code != http.StatusOK {
				t.Errorf("%s: %d %s", ready[n].path, w.Code, w.Body)
			}
		})
		stored := each(callbacks, func(n int) {
			err := s.store.tx(t.Context(), func(tx *sql.Tx) error {
				id := fmt.Sprintf("%x", sha256.Sum256(fmt.Append(nil, round, n)))
				_, err := tx.ExecContext(t.Context(), "INSERT INTO bare (id, at) VALUES ($1, $2)", id, n)
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
		t.Logf("rates: service %.0f/s, database %.0f/s", callbacks/served.Seconds(), callbacks/stored.Seconds())
	}
	if n := s.count("SELECT COUNT(*) FROM events"); n != rounds*callbacks {
		t.Errorf("%d events, want %d", n, rounds*callbacks)
	}
	// WorldCard's, legacy's and KazePay's, which are half of them, prove nothing alone.
	if n := s.count("SELECT COUNT(*) FROM river_job WHERE kind = 'settle'"); n != rounds*callbacks/2 {
		t.Errorf("%d orders are asked about, want %d", n, rounds*callbacks/2)
	}
}

// each does n things on 16 goroutines.
func each(n int, do func(n int)) time.Duration {
	var next atomic.Int64
	var all sync.WaitGroup
	begun := time.Now()
	for range 16 {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	all.Wait()
	return time.Since(begun)
}
