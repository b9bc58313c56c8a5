package providertest

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strconv"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// recorded: a write is recorded once, before its first byte leaves, as plain JSON without
// a secret of the request; a record that fails ends the call unsent; a read has none.
func recorded(ctx context.Context, t testing.TB, p Provider) {
	var kept []issuing.Pending
	b := p.Open(t)
	for _, op := range b.Ops {
		before := b.Platform.Requests(op.Name)
		kept = nil
		err := op.Call(ctx, issuing.WithRecord(func(_ context.Context, pending issuing.Pending) error {
			if b.Platform.Requests(op.Name) != before {
				t.Errorf("%s: a request arrived before its record", op.Name)
			}
			kept = append(kept, pending)
			return nil
		}))
		if op.Safety == transport.Read {
			if len(kept) != 0 {
				t.Errorf("%s: a read has %d records", op.Name, len(kept))
			}
			continue
		}
		if err != nil || len(kept) != 1 {
			t.Fatalf("%s: %v, %d records", op.Name, err, len(kept))
		}
		if got := kept[0]; got.Version == 0 || got.Provider != p.Name || got.Op != op.Name || got.SentAt.IsZero() ||
			got.Credentials == "" {
			t.Errorf("%s: %+v", op.Name, got)
		}
		storable(t, op, kept[0])
		before = b.Platform.Requests(op.Name)
		away := errors.New("the database is away")
		err = op.Call(ctx, issuing.WithRecord(func(context.Context, issuing.Pending) error { return away }))
		if !errors.Is(err, away) || errors.Is(err, issuing.ErrOutcomeUnknown) || b.Platform.Requests(op.Name) != before {
			t.Errorf("%s: sent without a record: %v", op.Name, err)
		}
	}
}

// storable is a pending as another process reads it.
func storable(t testing.TB, op Op, pending issuing.Pending) issuing.Pending {
	t.Helper()
	text, err := json.Marshal(pending)
	check(t, err)
	for _, secret := range op.Secrets {
		if len(secret) < 6 { // three digits stand in many a key and digest by chance
			secret = strconv.Quote(secret)
		}
		if strings.Contains(string(text), secret) {
			t.Errorf("%s: a secret stands in the record %s", op.Name, text)
		}
	}
	var back issuing.Pending
	check(t, json.Unmarshal(text, &back))
	if !reflect.DeepEqual(back, pending) {
		t.Errorf("%s: stored %+v, read %+v", op.Name, pending, back)
	}
	return back
}

// settled: what Settle says of a write whose answers were lost, before or after it was
// carried out, agrees with the platform, as far as the row says that it can be told.
func settled(ctx context.Context, t testing.TB, p Provider) {
	b := p.Open(t)
	if b.Settle == nil {
		t.Skip("not there yet")
	}
	rows := map[string]issuing.Operation{}
	for _, row := range b.Operations {
		rows[row.Name] = row
	}
	for _, op := range b.Ops {
		row, ok := rows[op.Name]
		if !ok || row.Safety != op.Safety.String() && op.Safety != transport.Once {
			t.Errorf("%s: its row is %+v", op.Name, row)
		}
		if op.Safety == transport.Read {
			continue
		}
		for name, fault := range map[string]issuingtest.Fault{
			"lost before it arrived": issuingtest.DropBefore(), "lost after it was carried out": issuingtest.DropAfter(),
		} {
			pending, done := b.lose(ctx, t, op, fault)
			var opts []issuing.SettleOption
			if reference := b.Reference[op.Name]; reference != nil {
				opts = append(opts, issuing.WithReference(reference()))
			}
			got, err := b.Settle(ctx, storable(t, op, pending), opts...)
			tells := row.SettledBy == issuing.SettledByKey || row.SettledBy == issuing.SettledByState
			switch {
			case err != nil:
				t.Errorf("%s, %s: %v", op.Name, name, err)
			case got.Verdict == issuing.VerdictOpen && (got.Unsettled == nil || got.Unsettled.Pending.Op != op.Name):
				t.Errorf("%s, %s: open without what to ask", op.Name, name)
			case !tells || op.Done == nil:
			case (got.Verdict == issuing.VerdictDone) != (done == 1), got.Verdict == issuing.VerdictRefused:
				t.Errorf("%s, %s: %v, and the platform has carried it out %d times", op.Name, name, got.Verdict, done)
			}
		}
	}
}

// lose sends a write whose answers are lost, and those of all that would settle it within
// the call, and returns its record and how often it was carried out.
func (b *Bench) lose(
	ctx context.Context, t testing.TB, op Op, fault issuingtest.Fault,
) (kept issuing.Pending, done int) {
	t.Helper()
	before := op.done()
	b.Platform.Choose(func(name string) issuingtest.Fault {
		switch name {
		case op.Name:
			return fault
		case op.Look:
			return issuingtest.DropBefore()
		}
		return issuingtest.Fault{}
	})
	err := op.Call(ctx, issuing.WithRecord(func(_ context.Context, pending issuing.Pending) error {
		kept = pending
		return nil
	}))
	b.Platform.Choose(nil)
	if err == nil {
		t.Errorf("%s: no answer arrived, and it is a success", op.Name)
	}
	return kept, op.done() - before
}
