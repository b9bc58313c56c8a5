//go:build unix

package sqltest

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/webhook/sqldedupe"
)

// TestStatementsOfEveryProvider counts what the callbacks of every provider cost the
// database, whose function does nothing: one statement in one transaction, or two
// statements in the plain form. A question adds the one that keeps its answer, in the
// transactional form, and a token's state the one that keeps its order.
func TestStatementsOfEveryProvider(t *testing.T) {
	t.Parallel()
	db, _ := openSQLite(t)
	inTx, plain, err := dedupers(db, sqldedupe.DialectSQLite)
	ok(t, err)
	ok(t, inTx.Migrate(t.Context()))
	ok(t, plain.Migrate(t.Context()))
	dir := t.TempDir()
	ok(t, writeKeys(dir))
	p, err := loadPlatform(dir)
	ok(t, err)
	shop, err := shopOf(p, db, sqldedupe.DialectSQLite, none)
	ok(t, err)
	cost := func(form string, push push) []string {
		d, err := push.signed()
		ok(t, err)
		r := httptest.NewRequest(http.MethodPost, "/"+form+"/"+push.provider+"/"+d.address(), bytes.NewReader(d.body))
		r.Header = d.header
		noted(db)
		w := httptest.NewRecorder()
		shop.ServeHTTP(w, r)
		if !acknowledged(push.provider, w.Code, w.Body.Bytes()) {
			t.Errorf("%s, %s: %d %s", push.provider, form, w.Code, w.Body)
		}
		return noted(db)
	}
	table := fmt.Sprintf("\n%-10s %-32s %-32s %s", "provider", "event", "transactional", "plain")
	for n := range 6 * len(providers) { // every event of each
		push, err := p.sign(n)
		ok(t, err)
		_, question := push.event.(*unionpay.UserIDRequested)
		question = question || push.provider == "coshine"
		_, ordered := push.event.(*unionpay.TokenStateChanged)
		wantTx, wantPlain := []string{"BEGIN", "INSERT", "COMMIT"}, []string{"INSERT", "UPDATE"}
		switch {
		case question:
			wantTx = []string{"BEGIN", "INSERT", "UPDATE", "COMMIT"}
		case ordered:
			wantTx, wantPlain = []string{"BEGIN", "INSERT", "INSERT", "COMMIT"}, []string{"INSERT", "INSERT", "UPDATE"}
		}
		gotTx, gotPlain := cost("tx", push), cost("plain", push)
		if !slices.Equal(gotTx, wantTx) || !slices.Equal(gotPlain, wantPlain) {
			t.Errorf("%T: %v and %v, want %v and %v", push.event, gotTx, gotPlain, wantTx, wantPlain)
		}
		line := fmt.Sprintf("\n%-10s %-32s %-32s %s", push.provider, strings.TrimPrefix(fmt.Sprintf("%T", push.event), "*"+push.provider+"."),
			strings.Join(gotTx, " "), strings.Join(gotPlain, " "))
		if !strings.Contains(table, line) {
			table += line
		}
	}
	t.Log(table)
}
