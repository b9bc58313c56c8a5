// Package pendingtest is for tests of what is left of a write that stayed open: its record
// as another process reads it, and what settling says of it.
package pendingtest

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
)

var update = flag.Bool("update", false, "write testdata/pending anew")

// Of returns the pending of a write that stayed open, stored and read again.
func Of(t testing.TB, err error) issuing.Pending {
	t.Helper()
	p, ok := issuing.PendingOf(err)
	if !ok || !errors.Is(err, issuing.ErrOutcomeUnknown) {
		t.Fatalf("not open: %v", err)
	}
	text, err := json.Marshal(p)
	var back issuing.Pending
	if err = errors.Join(err, json.Unmarshal(text, &back)); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(p, back) {
		t.Errorf("stored %+v, read %+v", p, back)
	}
	return back
}

// Keeps reports secrets in what is stored of a pending, which is plain data.
func Keeps(t testing.TB, p issuing.Pending, secrets ...string) {
	t.Helper()
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range secrets {
		if strings.Contains(string(text), secret) {
			t.Errorf("%s: a secret stands in %s", p.Op, text)
		}
	}
}

// Golden compares a pending with the file of its operation in testdata/pending, which the
// flag -update writes, and returns what the file holds.
func Golden(t testing.TB, p issuing.Pending) issuing.Pending {
	t.Helper()
	name := filepath.Join("testdata", "pending", p.Op+".json")
	text, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		err = errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, append(text, '\n'), 0o644))
		if err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if strings.TrimSpace(string(kept)) != string(text) {
		t.Errorf("%s holds\n%s\nand this is\n%s", name, kept, text)
	}
	var back issuing.Pending
	if err := json.Unmarshal(kept, &back); err != nil {
		t.Fatal(err)
	}
	return back
}

// Client is a client of any provider.
type Client interface {
	Settle(ctx context.Context, p issuing.Pending, opts ...issuing.SettleOption) (issuing.Settlement, error)
}

// Desk settles for a test.
type Desk struct {
	t      testing.TB
	client Client
}

// With returns a desk of a client.
func With(t testing.TB, client Client) Desk { return Desk{t, client} }

// Settle settles a pending and compares the verdict, and of an open one a part of what it
// says.
func (d Desk) Settle(
	p issuing.Pending, want issuing.Verdict, says string, opts ...issuing.SettleOption,
) issuing.Settlement {
	t := d.t
	t.Helper()
	got, err := d.client.Settle(t.Context(), p, opts...)
	switch {
	case err != nil || got.Verdict != want:
		t.Fatalf("%s: %v, want %v: %+v, %v", p.Op, got.Verdict, want, got.Unsettled, err)
	case want == issuing.VerdictOpen && !strings.Contains(got.Unsettled.Error(), says):
		t.Errorf("%s: %q does not say %q", p.Op, got.Unsettled.Error(), says)
	case want == issuing.VerdictAbsent && !got.AbsentSince.After(p.SentAt):
		t.Errorf("%s: absent since %v, sent at %v", p.Op, got.AbsentSince, p.SentAt)
	}
	return got
}

// Began compares the record of a write with what it left open.
func Began(t testing.TB, record, left issuing.Pending) {
	t.Helper()
	left.Attempts, left.EndedAt = record.Attempts, record.EndedAt
	if !record.EndedAt.IsZero() || !reflect.DeepEqual(record, left) {
		t.Errorf("%s: recorded %+v, left %+v", left.Op, record, left)
	}
}
