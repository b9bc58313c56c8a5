//go:build long && unix

package sqltest

import (
	"bytes"
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
			{Name: "appKey", Value: "app"}, {Name: "merOrderNo", Value: "m"}, {Name: "orderNo", Value: "1"}, {Name: "status", Value: "2"},
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

// TestRateOfAHandler compares what a handler of the transactional form does in a second
// with a program that makes the bare check and the same statements with the same driver,
// connections and goroutines, over the mix of providers. Callbacks are signed beforehand.
func TestRateOfAHandler(t *testing.T) {
	const callbacks, slice, rounds, goroutines = 2400, 240, 5, 16
	e := startPostgreSQL(t)
	e.prepare(t)
	dir := t.TempDir()
	ok(t, writeKeys(dir))
	p, err := loadPlatform(dir)
	ok(t, err)
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
	const insert = "INSERT INTO bare_events (id, nonce, state, owner, claimed_at, lapses_at, answer) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING"
	bare := func(n int, provider string, d *delivery) {
		if err := p.bareCheck(provider, d, hmac); err != nil {
			t.Errorf("%s: %v", provider, err)
		}
		tx, err := e.db.BeginTx(t.Context(), &sql.TxOptions{Isolation: sql.LevelReadCommitted})
		if err != nil {
			t.Error(err)
			return
		}
		id := sha256.Sum256(fmt.Append(nil, provider, n, time.Now()))
		if _, err := tx.ExecContext(t.Context(), insert, fmt.Sprintf("%x", id), nil, 1, "o", n, 0, nil); err != nil {
			t.Error(err)
		}
		if err := tx.Commit(); err != nil {
			t.Error(err)
		}
	}
	var ratios []float64
	signed := 0
	for range rounds {
		names, ready := make([]string, 2*callbacks), make([]*delivery, 2*callbacks)
		for n := range ready {
			signed++
			push, err := p.sign(signed)
			ok(t, err)
			names[n] = push.provider
			ready[n], err = push.signed()
			ok(t, err)
		}
		// In turns, so that what else the machine does falls on both.
		var took [2]time.Duration
		for from := 0; from < len(ready); from += slice {
			side := from / slice % 2
			do := []func(int, string, *delivery){serve, bare}[side]
			took[side] += timed(goroutines, slice, func(n int) { do(from+n, names[from+n], ready[from+n]) })
		}
		ratios = append(ratios, took[1].Seconds()/took[0].Seconds())
		t.Logf("handler %.0f/s, bare %.0f/s: %.2f", callbacks/took[0].Seconds(), callbacks/took[1].Seconds(), ratios[len(ratios)-1])
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
