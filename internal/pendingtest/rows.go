package pendingtest

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/optable"
)

// Rows compares the rows of a provider with its settlers, of which it gets what disagrees,
// with how many they are, and with the tables on the package's page.
func Rows(t testing.TB, rows []issuing.Operation, disagreements []string, number int) {
	t.Helper()
	if len(disagreements) > 0 || len(rows) != number {
		t.Errorf("%d rows of %d operations: %q", len(rows), number, disagreements)
	}
	page, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	if want, ok := optable.Page(string(page), rows); !ok || want != string(page) {
		t.Error("the page's tables are not those of the rows: go generate")
	}
}

// away is a platform that breaks every connection but those that the function answers.
type away func(*http.Request) *http.Response

func (but away) RoundTrip(r *http.Request) (*http.Response, error) {
	if resp := but(r); resp != nil {
		return resp, nil
	}
	return nil, errAway
}

var errAway = errors.New("the platform is away")

// Away has a client reach nobody: each of its writes may have arrived, for all it knows.
func Away() issuing.Option { return AwayBut(func(*http.Request) *http.Response { return nil }) }

// AwayBut is Away for all that answer answers with nil.
func AwayBut(answer func(*http.Request) *http.Response) issuing.Option {
	return issuing.WithHTTPClient(&http.Client{Transport: away(answer)})
}

// Journal keeps what a client records, and makes golden files of it.
type Journal struct {
	Rows    []issuing.Operation // of the provider
	Secrets []string            // of all requests
	kept    []issuing.Pending
	written map[string]bool
}

// Option is the record of the client's writes.
func (j *Journal) Option() issuing.Option {
	return issuing.WithRecord(func(_ context.Context, p issuing.Pending) error {
		j.kept = append(j.kept, p)
		return nil
	})
}

// Row is the row of an operation.
func (j *Journal) Row(op string) issuing.Operation {
	at := slices.IndexFunc(j.Rows, func(o issuing.Operation) bool { return o.Name == op })
	if at < 0 {
		return issuing.Operation{}
	}
	return j.Rows[at]
}

// Left ends a call that reached nobody: of a write it compares record and pending, and the
// pending with its golden file, and returns what stands there. Of an operation that was
// called before, and of a read, which must not be recorded, there is none.
func (j *Journal) Left(t testing.TB, err error) (golden issuing.Pending, isWrite bool) {
	t.Helper()
	kept := j.kept
	j.kept = nil
	left, open := issuing.PendingOf(err)
	if err == nil || open != (len(kept) == 1) || len(kept) > 1 {
		t.Fatalf("%d records of a call that ended with %v", len(kept), err)
	}
	if !open || j.written[left.Op] {
		return left, false
	}
	if j.written == nil {
		j.written = map[string]bool{}
	}
	j.written[left.Op] = true
	if row := j.Row(left.Op); row.SettledBy == "" {
		t.Errorf("%s stays open, and its row is %+v", left.Op, row)
	}
	Keeps(t, left, j.Secrets...)
	Began(t, kept[0], Of(t, err))
	return Golden(t, left), true
}

// Nobody settles a pending with a client that reaches nobody: it stays open, with what the
// row says and, where it could be asked, why.
func (j *Journal) Nobody(t testing.TB, client Client, p issuing.Pending, opts ...issuing.SettleOption) {
	t.Helper()
	row := j.Row(p.Op)
	u := With(t, client).Settle(p, issuing.VerdictOpen, "", opts...).Unsettled
	if u.Key != p.Key || u.Note != row.Note || u.Reversal != row.Reversal || !slices.Equal(u.Inquiry, row.Inquiry) {
		t.Errorf("%s: %+v, the row is %+v", p.Op, u, row)
	}
	looks := row.SettledBy == issuing.SettledByKey || row.SettledBy == issuing.SettledByState ||
		row.SettledBy == issuing.SettledByHistory
	if looks && !errors.Is(u, errAway) {
		t.Errorf("%s: open because of %v", p.Op, u.Err)
	}
}

// Complete reports writes without a golden file, and files without a write.
func (j *Journal) Complete(t testing.TB) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "pending", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if op := strings.TrimSuffix(filepath.Base(file), ".json"); !j.written[op] {
			t.Errorf("%s is the file of no write", file)
		}
	}
	for _, row := range j.Rows {
		if row.SettledBy != "" && !j.written[row.Name] {
			t.Errorf("%s has no golden file", row.Name)
		}
	}
}
