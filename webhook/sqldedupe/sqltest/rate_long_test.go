//go:build long && unix

package sqltest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// bareCheck is what authenticates a callback and, of UnionPay's, what signs the answer
// that its protocol asks for; and nothing else.
func (p platform) bareCheck(provider string, d *delivery, hmac sign.HMACKey) error {
	get := d.header.Get
	switch provider {
	case "worldcard":
		return sign.VerifyPSS(p.own.Public(), get("X-Signature"), d.body, get("X-Timestamp"), get("X-Nonce"))
	case "uqpay":
		return sign.VerifyHMAC512(hmac, get("X-Wk-Signature"), d.body, get("X-Wk-Timestamp"))
	case "legacy":
		_, err := p.app.SignParams([]sign.Param{
			{Name: "appKey", Value: "app"}, {Name: "merOrderNo", Value: "m"}, {Name: "orderNo", Value: "1"},
			{Name: "status", Value: "2"},
		})
		return err
	case "unionpay":
		verifier := sign.UPIVerifier{
			Keys: map[string]sign.PublicKey{upiKeyID: p.own.Public()}, AppIDs: []string{unionpaytest.DefaultAppID},
		}
		head, err := verifier.Verify(get("UPI-JWS"), d.body, sign.UPIExpect{Now: time.Now(), Request: true, Path: upiPath})
		if err == nil {
			_, err = sign.SignUPI(p.merchant, sign.UPIHeader{
				KeyID: "20190411000000", UUID: head.UUID, Time: time.Now(), AppID: head.AppID,
			}, d.body)
		}
		return err
	case "coshine":
		got, want := sha256.Sum256([]byte(get("Authorization"))), sha256.Sum256([]byte("Bearer "+issuerToken.Reveal()))
		if subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
			return webhook.ErrUnknownKey
		}
		return nil
	}
	e, err := sign.ParseEnvelope(d.body)
	if err == nil {
		_, err = (sign.Profile{}).Open(p.merchant, p.own.Public(), e)
	}
	return err
}

// minRatio is how much of the bare program's rate a handler keeps, in the median.
const minRatio = 0.6

// rateSide is one way to deal with a callback.
type rateSide struct {
	name string
	do   func(n int, provider string, d *delivery)
}

// rateSides are the handler; the bare program, which makes the check and the same
// statements with the same driver and connections; and the bare program's two halves.
func rateSides(t *testing.T, e *engine, p platform) []rateSide {
	t.Helper()
	shop, err := shopOf(p, e.db, e.dialect, none)
	ok(t, err)
	hmac, err := sign.NewHMACKey(uqSecret)
	ok(t, err)
	inTx, _, err := dedupers(e.db, e.dialect)
	ok(t, err)
	_, err = e.db.ExecContext(t.Context(), strings.ReplaceAll(inTx.Schema(), "tx_events", "bare_events"))
	ok(t, err)

	serve := func(_ int, provider string, d *delivery) {
		r := httptest.NewRequest(http.MethodPost, "/tx/"+provider+"/"+d.address(), bytes.NewReader(d.body))
		r.Header = d.header
		w := httptest.NewRecorder()
		shop.ServeHTTP(w, r)
		if !acknowledged(provider, w.Code, w.Body.Bytes()) {
			t.Errorf("%s: %d %s", provider, w.Code, w.Body)
		}
	}
	check := func(_ int, provider string, d *delivery) {
		if err := p.bareCheck(provider, d, hmac); err != nil {
			t.Errorf("%s: %v", provider, err)
		}
	}
	store := func(n int, provider string, _ *delivery) {
		if err := bareClaim(t.Context(), e.db, provider, n); err != nil {
			t.Error(err)
		}
	}
	return []rateSide{{"handler", serve}, {"check and database", func(n int, provider string, d *delivery) {
		check(n, provider, d)
		store(n, provider, d)
	}}, {"check", check}, {"database", store}}
}

// bareClaim makes a handler's statements.
func bareClaim(ctx context.Context, db *sql.DB, provider string, n int) error {
	tx, err := db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	id := sha256.Sum256(fmt.Append(nil, provider, n, time.Now()))
	const insert = `INSERT INTO bare_events (id, nonce, state, owner, claimed_at, lapses_at, answer)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`
	if _, err := tx.ExecContext(ctx, insert, fmt.Sprintf("%x", id), nil, 1, "o", n, 0, nil); err != nil {
		return err
	}
	return tx.Commit()
}

// TestRateOfAHandler compares what a handler of the transactional form does in a second
// with the bare program, on as many goroutines and over the mix of providers. Callbacks
// are signed beforehand.
func TestRateOfAHandler(t *testing.T) {
	const callbacks, slice, rounds, goroutines = 2400, 240, 5, 16
	e := startPostgreSQL(t)
	e.prepare(t)
	dir := t.TempDir()
	ok(t, writeKeys(dir))
	p, err := loadPlatform(dir)
	ok(t, err)
	sides := rateSides(t, e, p)
	var ratios []float64
	signed := 0
	for range rounds {
		names, ready := make([]string, len(sides)*callbacks), make([]*delivery, len(sides)*callbacks)
		for n := range ready {
			signed++
			push, err := p.sign(signed)
			ok(t, err)
			names[n] = push.provider
			ready[n], err = push.signed()
			ok(t, err)
		}
		// In turns, so that what else the machine does falls on all.
		took := make([]time.Duration, len(sides))
		for from := 0; from < len(ready); from += slice {
			side := from / slice % len(sides)
			took[side] += timed(goroutines, slice, func(n int) { sides[side].do(from+n, names[from+n], ready[from+n]) })
		}
		var rates []string
		for i, side := range sides {
			rates = append(rates, fmt.Sprintf("%s %.0f/s", side.name, callbacks/took[i].Seconds()))
		}
		ratios = append(ratios, took[1].Seconds()/took[0].Seconds())
		t.Log("rates: " + strings.Join(rates, ", "))
	}
	slices.Sort(ratios)
	median := ratios[rounds/2]
	t.Logf("median %.2f", median)
	if median < minRatio {
		t.Errorf("the median is %.2f, at least %.2f is meant", median, minRatio)
	}
}

// timed does n things on so many goroutines.
func timed(goroutines, n int, do func(int)) time.Duration {
	var next atomic.Int64
	var wg sync.WaitGroup
	begun := time.Now()
	for range goroutines {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	wg.Wait()
	return time.Since(begun)
}
