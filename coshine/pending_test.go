package coshine_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/internal/pendingtest"
)

// secretsOfCalls are the secrets in the requests of calls, but for those of one letter,
// which every text holds.
var secretsOfCalls = []string{"E12345678", "+6591234567", "test@example.com", "Test Holder", `"123"`, `"6292"`}

// TestPendings: what every write records and leaves open is the golden file of its
// operation, holds no secret of the request, and is settled by what the row says.
func TestPendings(t *testing.T) {
	t.Parallel()
	rows := map[string]issuing.Operation{}
	for _, o := range coshine.Operations() {
		rows[o.Name] = o
	}
	seen := 0
	for api, call := range calls {
		d := &desk{}
		var recorded []issuing.Pending
		client := d.client(t, nil, issuing.WithRecord(func(_ context.Context, p issuing.Pending) error {
			recorded = append(recorded, p)
			return nil
		}))
		err := call(t.Context(), client, withID("TXN20260420143052GOLDEN01"))
		left, ok := issuing.PendingOf(err)
		if !ok {
			if len(recorded) > 0 {
				t.Errorf("%s: a read is recorded", api)
			}
			continue
		}
		seen++
		row := rows[left.Op]
		if len(recorded) != 1 || row.SettledBy == "" {
			t.Fatalf("%s: %d records, %+v", api, len(recorded), row)
		}
		pendingtest.Keeps(t, left, secretsOfCalls...)
		pendingtest.Began(t, recorded[0], left)
		golden := pendingtest.Golden(t, left)
		got := pendingtest.With(t, d.client(t, nil)).Settle(golden, issuing.VerdictOpen, "")
		if u := got.Unsettled; u.Note != row.Note || cmp.Diff(u.Inquiry, row.Inquiry) != "" || u.Reversal != row.Reversal {
			t.Errorf("%s: %+v, the row is %+v", left.Op, u, row)
		}
		if (got.Unsettled.Err == nil) != (row.SettledBy == issuing.SettledByNobody) {
			t.Errorf("%s: %v, by %s", left.Op, got.Unsettled.Err, row.SettledBy)
		}
	}
	checkGoldens(t, rows)
	if files, err := filepath.Glob("testdata/pending/*.json"); err != nil || len(files) != seen || seen != 46 {
		t.Errorf("%d golden files for %d writes: %v", len(files), seen, err)
	}
}

// checkGoldens settles the files against a platform that shows what was done.
func checkGoldens(t *testing.T, rows map[string]issuing.Operation) {
	t.Helper()
	const lines = `,"recordList":[{"tranId":"TXN20260420143052GOLDEN01","amount":"5.00","currency":"USD"}]`
	d := &desk{answers: map[coshine.API]string{
		coshine.APITransactionHistory: lines, coshine.APIAuthorizationHistory: lines,
		coshine.APICardInfoInquiry: `,"cardStatus":"D","expiryDate":"3001"`,
	}}
	client := d.client(t, nil)
	done := 0
	for op, row := range rows {
		if row.SettledBy == "" {
			continue
		}
		text, err := os.ReadFile(filepath.Join("testdata", "pending", op+".json"))
		var p issuing.Pending
		if err != nil || json.Unmarshal(text, &p) != nil {
			t.Fatal(err)
		}
		want := issuing.VerdictOpen
		if (row.SettledBy == issuing.SettledByHistory && p.Card != "") || op == "Cards.Close" || op == "Cards.SetExpiry" {
			want, done = issuing.VerdictDone, done+1
		}
		pendingtest.With(t, client).Settle(p, want, "")
	}
	if done != 13 {
		t.Errorf("%d of the files are done", done)
	}
}
