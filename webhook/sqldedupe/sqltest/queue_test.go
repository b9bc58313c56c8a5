//go:build unix

package sqltest

import (
	"bytes"
	"context"
	"database/sql"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
	"github.com/issuing-sdk/issuing-go/webhook"
	"github.com/issuing-sdk/issuing-go/webhook/sqldedupe"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// challenges are callbacks that bring a secret, one of each provider that pushes.
func (p platform) challenges(secret issuing.Secret) ([]*http.Request, error) {
	var out []*http.Request
	for _, build := range []func() (*http.Request, error){
		func() (*http.Request, error) {
			return worldcardtest.NewCallback(worldcardtest.CallbackConfig{Key: p.own, AESKey: p.aes},
				&worldcard.HolderChallenged{CardID: "1", OTP: secret})
		},
		func() (*http.Request, error) {
			return legacytest.NewCallback(legacytest.CallbackConfig{AppKey: appKey, AppSecret: p.app},
				&legacy.VirtualLChallenged{OTP: secret, CardMask: "493193**1091"})
		},
		func() (*http.Request, error) {
			return uqpaytest.NewCallback(uqpaytest.CallbackConfig{Secret: uqSecret}, &uqpay.HolderChallenged{CardID: "1", OTP: secret})
		},
		func() (*http.Request, error) {
			return kazepaytest.NewCallback(kazepaytest.CallbackConfig{Key: p.own, MerchantKey: p.merchant.Public()},
				&kazepay.HolderChallenged{CardID: "1", Code: secret})
		},
		func() (*http.Request, error) {
			return unionpaytest.NewCallback(unionpaytest.CallbackConfig{Key: p.own, KeyID: upiKeyID, Path: upiPath},
				&unionpay.TokenStateChanged{Token: secret, State: unionpay.TokenStateDeleted})
		},
	} {
		r, err := build()
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// TestQueueTable: events go sealed through a table of the merchant's database, in the
// transaction in which they are claimed. The database's files hold no secret, and a
// worker has the typed events with theirs.
func TestQueueTable(t *testing.T) {
	t.Parallel()
	const secret = "6299990000000000004" // a number and a code at once
	dir := t.TempDir()
	file := filepath.Join(dir, "queue.db")
	db, err := connect(sqldedupe.DialectSQLite, "file:"+file+"?_txlock=immediate&_pragma=journal_mode(WAL)")
	ok(t, err)
	t.Cleanup(func() { _ = db.Close() })
	inTx, _, err := dedupers(db, sqldedupe.DialectSQLite)
	ok(t, err)
	ok(t, inTx.Migrate(t.Context()))
	_, err = db.ExecContext(t.Context(), "CREATE TABLE queue (id INTEGER PRIMARY KEY, event TEXT NOT NULL, sealed TEXT NOT NULL)")
	ok(t, err)
	ok(t, writeKeys(dir))
	p, err := loadPlatform(dir)
	ok(t, err)
	sources, err := p.sources(inTx)
	ok(t, err)
	key, err := sign.NewAESKey(bytes.Repeat([]byte{3}, 32))
	ok(t, err)
	sealer, err := webhook.NewSealer(key)
	ok(t, err)

	var arrived []*webhook.Event
	all, err := p.challenges(issuing.NewSecret(secret))
	ok(t, err)
	for i, r := range all {
		handler := sqldedupe.NewHandler(inTx, sources[providers[i]], func(ctx context.Context, tx *sql.Tx, event *webhook.Event) error {
			sealed, err := sealer.Seal(event)
			if err != nil {
				return err
			}
			arrived = append(arrived, event)
			_, err = tx.ExecContext(ctx, "INSERT INTO queue (event, sealed) VALUES (?, ?)", event.ID, sealed)
			return err
		})
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if !acknowledged(providers[i], w.Code, w.Body.Bytes()) {
			t.Fatalf("%s: %d %s", providers[i], w.Code, w.Body)
		}
	}
	var dump []byte
	for _, name := range []string{file, file + "-wal"} {
		text, err := os.ReadFile(name)
		ok(t, err)
		dump = append(dump, text...)
	}
	if bytes.Contains(dump, []byte(secret)) || !bytes.Contains(dump, []byte("ev1.worldcard.")) {
		t.Errorf("%d bytes of the database show the secret, or no event", len(dump))
	}

	// In another process, which has sources and key of its own:
	own, err := p.sources(nil)
	ok(t, err)
	rows, err := db.QueryContext(t.Context(), "SELECT sealed FROM queue ORDER BY id")
	ok(t, err)
	defer func() { _ = rows.Close() }()
	read := 0
	for ; rows.Next(); read++ {
		var sealed string
		ok(t, rows.Scan(&sealed))
		event, err := sealer.Open(sealed, own["worldcard"], own["legacy"], own["uqpay"], own["kazepay"], own["unionpay"])
		ok(t, err)
		if diff := cmp.Diff(arrived[read], event, cmp.Comparer(issuing.Secret.Equal)); diff != "" {
			t.Errorf("(-arrived +opened):\n%s", diff)
		}
	}
	ok(t, rows.Err())
	if read != len(arrived) || read != 5 {
		t.Errorf("%d events of %d", read, len(arrived))
	}
}
