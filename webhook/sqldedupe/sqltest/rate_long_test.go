//go:build long && unix

package sqltest

import (
	"bytes"
	"context"
	"database/sql"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
	"github.com/issuing-sdk/issuing-go/webhook/sqldedupe"
)

// bareCheck is what authenticates a callback, and nothing else.
func (p platform) bareCheck(push push, hmac sign.HMACKey, secret sign.AppSecret) error {
	header := push.header
	switch provider, _, _ := strings.Cut(push.path, "/"); provider {
	case "worldcard":
		return sign.VerifyPSS(p.own.Public(), header["X-Signature"][0], push.body, header["X-Timestamp"][0], header["X-Nonce"][0])
	case "uqpay":
		return sign.VerifyHMAC512(hmac, header["X-Wk-Signature"][0], push.body, header["X-Wk-Timestamp"][0])
	case "legacy":
		_, err := secret.SignParams([]sign.Param{{Name: "appKey", Value: "app"}, {Name: "merOrderNo", Value: "m"}, {Name: "orderNo", Value: "1"}, {Name: "status", Value: "success"}})
		return err
	}
	e, err := sign.ParseEnvelope(push.body)
	if err == nil {
		_, err = (sign.Profile{}).Open(p.merchant, p.own.Public(), e)
	}
	return err
}

// TestRateOfAHandler prints what a handler of the transactional form does in a second,
// beside a program that makes the bare check and the same statements with the same
// driver, connections and goroutines. Callbacks are signed beforehand.
func TestRateOfAHandler(t *testing.T) {
	const callbacks, rounds, goroutines = 2000, 5, 16
	f := newFleet(t)
	p, err := loadPlatform(f.keys)
	ok(t, err)
	f.db.SetMaxOpenConns(goroutines)
	f.db.SetMaxIdleConns(goroutines)
	dedupe, _, err := dedupers(f.db)
	ok(t, err)
	sources, err := p.sources(nil)
	ok(t, err)
	handlers := map[string]http.Handler{}
	for name, src := range sources {
		handlers[name] = sqldedupe.NewHandler(dedupe, src, func(context.Context, *sql.Tx, *webhook.Event) error { return nil })
	}
	hmac, err := sign.NewHMACKey(issuing.NewSecret(uqSecret))
	ok(t, err)
	secret, err := sign.NewAppSecret(appSecret)
	ok(t, err)
	_, err = f.db.ExecContext(t.Context(), strings.ReplaceAll(dedupe.Schema(), "tx_events", "bare_events"))
	ok(t, err)

	serve := func(n int, push push) {
		name, typ, _ := strings.Cut(push.path, "/")
		r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(push.body))
		r.Header = push.header
		r.SetPathValue("type", typ)
		w := httptest.NewRecorder()
		handlers[name].ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			t.Errorf("%d: %d", n, w.Code)
		}
	}
	bare := func(n int, push push) {
		if err := p.bareCheck(push, hmac, secret); err != nil {
			t.Error(err)
		}
		tx, err := f.db.BeginTx(t.Context(), &sql.TxOptions{Isolation: sql.LevelReadCommitted})
		if err != nil {
			t.Error(err)
			return
		}
		const insert = "INSERT INTO bare_events (id, nonce, state, owner, claimed_at, lapses_at, answer) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING"
		id := push.path + string(rune('0'+n%10)) + time.Now().Format(time.RFC3339Nano)
		if _, err := tx.ExecContext(t.Context(), insert, id[:min(64, len(id))], nil, 1, "o", n, 0, nil); err != nil {
			t.Error(err)
		}
		if err := tx.Commit(); err != nil {
			t.Error(err)
		}
	}
	var ratios []float64
	signed := 0
	for range rounds {
		var rates [2]float64
		for i, do := range []func(int, push){serve, bare} {
			pushes := make([]push, callbacks)
			for n := range pushes {
				signed++
				pushes[n], err = p.sign(signed)
				ok(t, err)
			}
			var next atomic.Int64
			var wg sync.WaitGroup
			begun := time.Now()
			for range goroutines {
				wg.Go(func() {
					for n := next.Add(1) - 1; n < callbacks; n = next.Add(1) - 1 {
						do(int(n), pushes[n])
					}
				})
			}
			wg.Wait()
			rates[i] = callbacks / time.Since(begun).Seconds()
		}
		ratios = append(ratios, rates[0]/rates[1])
		t.Logf("handler %.0f/s, bare %.0f/s: %.2f", rates[0], rates[1], rates[0]/rates[1])
	}
	slices.Sort(ratios)
	t.Logf("median %.2f", ratios[rounds/2])
}
