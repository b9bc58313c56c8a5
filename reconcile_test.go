package issuing_test

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
)

// entries is a list; one that has an error at its end yields that.
func entries(list []issuing.Entry, end error) iter.Seq2[issuing.Entry, error] {
	return func(yield func(issuing.Entry, error) bool) {
		for _, e := range list {
			if !yield(e, nil) {
				return
			}
		}
		if end != nil {
			yield(issuing.Entry{}, end)
		}
	}
}

// all collects what an iterator gives until its end or its error.
func all[T any](list iter.Seq2[T, error]) (out []T, err error) {
	for item, err := range list {
		if err != nil {
			return out, err
		}
		out = append(out, item)
	}
	return out, nil
}

// line is an entry of 10.00 USD that is done, changed as said.
func line(key string, changes ...func(*issuing.Entry)) issuing.Entry {
	e := issuing.Entry{Key: key, Amount: "10.00", Currency: "USD", State: "done"}
	for _, change := range changes {
		change(&e)
	}
	return e
}

func open(e *issuing.Entry)    { e.Open = true }
func again(e *issuing.Entry)   { e.ID = "again" }
func unset(e *issuing.Entry)   { e.Amount = "" }
func failed(e *issuing.Entry)  { e.State = "failed" }
func dollars(e *issuing.Entry) { e.Amount, e.Currency = "10", "HKD" }
func later(e *issuing.Entry)   { e.Time = time.Unix(1, 0) }

func TestReconcile(t *testing.T) {
	t.Parallel()
	type lines = []issuing.Entry
	state := []string{"state"}
	twice := lines{line("a"), line("a", again)}
	for name, tt := range map[string]struct {
		mine, theirs lines
		kind         issuing.DifferenceKind // "" is none
		fields       []string
	}{
		"nothing":                {},
		"equal":                  {mine: lines{line("a")}, theirs: lines{line("a", again, later)}},
		"equal by value":         {mine: lines{{Key: "a", Amount: "1.5"}}, theirs: lines{{Key: "a", Amount: "1.50"}}},
		"equal and open":         {mine: lines{line("a", open)}, theirs: lines{line("a")}},
		"listed twice":           {mine: lines{line("a")}, theirs: lines{line("a"), line("a"), line("a")}},
		"missing":                {mine: lines{line("a")}, kind: "missing"},
		"open, and not there":    {mine: lines{line("a", open)}, kind: "pending"},
		"surplus":                {theirs: lines{line("a")}, kind: "surplus"},
		"surplus of another day": {theirs: lines{line("a", open)}, kind: "pending"},
		"another state":          {mine: lines{line("a")}, theirs: lines{line("a", failed)}, kind: "unequal", fields: state},
		"another currency": {
			mine: lines{line("a")}, theirs: lines{line("a", dollars)},
			kind: "unequal", fields: []string{"currency"},
		},
		"no amount is not nothing": {
			mine: lines{{Key: "a", Amount: "0"}}, theirs: lines{{Key: "a"}},
			kind: "unequal", fields: []string{"amount"},
		},
		"all fields": {
			mine: lines{line("a", dollars, failed)}, theirs: lines{line("a", unset)},
			kind: "unequal", fields: []string{"amount", "currency", "state"},
		},
		"open, and done there": {
			mine: lines{line("a", open, failed)}, theirs: lines{line("a")},
			kind: "pending", fields: state,
		},
		"decided by the merchant's": {
			mine: lines{line("a")}, theirs: lines{line("a", open, failed)},
			kind: "unequal", fields: state,
		},
		"carried out twice":           {mine: lines{line("a")}, theirs: twice, kind: "duplicate"},
		"carried out twice, and open": {mine: lines{line("a", open)}, theirs: twice, kind: "pending"},
		"twice, for nobody":           {theirs: lines{line("a"), line("a", later)}, kind: "duplicate"},
		"twice, one of another day":   {theirs: lines{line("a", open), line("a", later)}, kind: "duplicate"},
		"twice, and both of another":  {theirs: lines{line("a", open), line("a", later, open)}, kind: "pending"},
		"twice, and one of them failed": {
			mine: lines{line("a")}, theirs: lines{line("a"), line("a", failed)},
			kind: "duplicate", fields: state,
		},
	} {
		got, err := all(issuing.Reconcile(entries(tt.mine, nil), entries(tt.theirs, nil)))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var want []issuing.Difference
		if tt.kind != "" {
			want = []issuing.Difference{{Kind: tt.kind, Key: "a", Mine: tt.mine, Theirs: tt.theirs, Fields: tt.fields}}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestReconcileBounds: a key that comes without end costs no memory.
func TestReconcileBounds(t *testing.T) {
	t.Parallel()
	endless := func(yield func(issuing.Entry, error) bool) {
		for i := range 10_000 {
			if !yield(issuing.Entry{Key: "a", ID: fmt.Sprint(i)}, nil) {
				return
			}
		}
		yield(issuing.Entry{Key: "b"}, nil)
	}
	got, err := all(issuing.Reconcile(entries(nil, nil), endless))
	if err != nil || len(got) != 2 || len(got[0].Theirs) != 8 || got[0].Kind != "duplicate" || got[1].Key != "b" {
		t.Errorf("%v, %v", got, err)
	}
}

func TestReconcileRefuses(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		list []issuing.Entry
		want string
	}{
		"disorder":  {[]issuing.Entry{{Key: "a"}, {Key: "c"}, {Key: "b"}}, `key "b" comes after "c"`},
		"a locale":  {[]issuing.Entry{{Key: "_a"}, {Key: "a1"}, {Key: "A2"}}, `key "A2" comes after "a1"`},
		"no key":    {[]issuing.Entry{{Amount: "1"}}, "no key"},
		"too large": {[]issuing.Entry{{Key: "a", State: strings.Repeat("x", 4096)}}, "4097 bytes"},
		"no amount": {[]issuing.Entry{{Key: "a", Amount: "ten"}}, `entry "a": amount`},
	} {
		for i, sides := range [][2][]issuing.Entry{{tt.list, nil}, {nil, tt.list}} {
			_, err := all(issuing.Reconcile(entries(sides[0], nil), entries(sides[1], nil)))
			side := []string{"mine", "theirs"}[i]
			if text := fmt.Sprint(err); !errors.Is(err, issuing.ErrInvalid) || !strings.Contains(text, side+": ") ||
				!strings.Contains(text, tt.want) {
				t.Errorf("%s of %s: %v", name, side, err)
			}
		}
		if name == "disorder" || name == "a locale" {
			continue
		}
		_, err := all(issuing.SortEntries(entries(tt.list, nil), t.TempDir(), 0))
		if !errors.Is(err, issuing.ErrInvalid) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s, sorted: %v", name, err)
		}
	}
}

// TestReconcilePassesErrorsThrough: the error of a side ends it, as it is, and what came
// before holds.
func TestReconcilePassesErrorsThrough(t *testing.T) {
	t.Parallel()
	cut := errors.New("the list is cut")
	for name, sides := range map[string][2]iter.Seq2[issuing.Entry, error]{
		"mine":   {entries([]issuing.Entry{line("a"), line("c")}, cut), entries([]issuing.Entry{line("b"), line("c")}, nil)},
		"theirs": {entries([]issuing.Entry{line("a"), line("d")}, nil), entries([]issuing.Entry{line("b"), line("d")}, cut)},
	} {
		got, err := all(issuing.Reconcile(sides[0], sides[1]))
		if err != cut || len(got) != 2 || got[0].Key != "a" || got[1].Key != "b" {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	for name, sides := range map[string][2]iter.Seq2[issuing.Entry, error]{
		"mine":   {entries(nil, cut), entries(nil, nil)},
		"theirs": {entries(nil, nil), entries(nil, cut)},
	} {
		if got, err := all(issuing.Reconcile(sides[0], sides[1])); err != cut || len(got) > 0 {
			t.Errorf("%s at once: %v, %v", name, got, err)
		}
	}
}

// oracle compares two lists with maps.
func oracle(mine, theirs []issuing.Entry) map[string]issuing.DifferenceKind {
	distinct := func(list []issuing.Entry) map[string]map[issuing.Entry]bool {
		out := map[string]map[issuing.Entry]bool{}
		for _, e := range list {
			if out[e.Key] == nil {
				out[e.Key] = map[issuing.Entry]bool{}
			}
			out[e.Key][e] = true
		}
		return out
	}
	m, t := distinct(mine), distinct(theirs)
	out := map[string]issuing.DifferenceKind{}
	for _, e := range slices.Concat(mine, theirs) {
		of, other := m[e.Key], t[e.Key]
		kind := issuing.DifferenceKindUnequal
		switch {
		case len(of) > 1 || len(other) > 1:
			kind = issuing.DifferenceKindDuplicate
		case len(other) == 0:
			kind = issuing.DifferenceKindMissing
		case len(of) == 0:
			kind = issuing.DifferenceKindSurplus
		default:
			for a := range of {
				for b := range other {
					if a.State == b.State && a.Amount == b.Amount {
						kind = ""
					}
				}
			}
		}
		if len(of) == 0 {
			of = other
		}
		open := true
		for e := range of {
			open = open && e.Open
		}
		if open && kind != "" {
			kind = issuing.DifferenceKindPending
		}
		if kind != "" {
			out[e.Key] = kind
		}
	}
	return out
}

// TestReconcileAgreesWithMaps: whatever repeats and disorder there is, and however small
// the chunks are.
func TestReconcileAgreesWithMaps(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	seen := map[issuing.DifferenceKind]int{}
	for seed := range uint64(150) {
		random := rand.New(rand.NewPCG(seed, 1))
		draw := func() (list []issuing.Entry) {
			for range random.IntN(60) {
				e := issuing.Entry{Key: string([]byte{byte(random.IntN(256)), byte(random.IntN(3))}[:1+random.IntN(2)])}
				if random.IntN(2) == 0 {
					e.Key = fmt.Sprint(random.IntN(40))
				}
				e.State, e.Open = []string{"done", "failed"}[random.IntN(8)/7], random.IntN(6) == 0
				e.Amount = []issuing.Amount{"1", "0", ""}[random.IntN(12)/5]
				for range 1 + random.IntN(3)/2 {
					list = append(list, e)
				}
			}
			random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
			return list
		}
		mine, theirs := draw(), draw()
		got, err := all(issuing.Reconcile(
			issuing.SortEntries(entries(mine, nil), dir, 4+random.IntN(20)),
			issuing.SortEntries(entries(theirs, nil), dir, 6+random.IntN(6)),
		))
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		kinds := map[string]issuing.DifferenceKind{}
		for i, d := range got {
			if i > 0 && got[i-1].Key >= d.Key {
				t.Errorf("seed %d: %q after %q", seed, d.Key, got[i-1].Key)
			}
			kinds[d.Key] = d.Kind
			seen[d.Kind]++
		}
		if diff := cmp.Diff(oracle(mine, theirs), kinds); diff != "" {
			t.Fatalf("seed %d (-want +got):\n%s", seed, diff)
		}
	}
	if len(seen) != 5 || slices.Min(slices.Collect(maps.Values(seen))) < 50 {
		t.Errorf("the lists differ too little: %v", seen)
	}
}

// TestReconcileDays: of orders that are on two sides of midnight, each difference is told
// by one day.
func TestReconcileDays(t *testing.T) {
	t.Parallel()
	const days, margin = 4, time.Minute
	first := time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
	random := rand.New(rand.NewPCG(1, 2))
	var mine, theirs []issuing.Entry
	want := map[string]issuing.DifferenceKind{}
	for i := range 2000 {
		midnight := first.AddDate(0, 0, 1+random.IntN(days-1))
		e := line(fmt.Sprintf("%04d", i))
		e.Time = midnight.Add(time.Duration(random.IntN(240)-120) * time.Second)
		other := e
		other.Time = e.Time.Add(time.Duration(random.IntN(110)-55) * time.Second)
		kind := []issuing.DifferenceKind{"", "missing", "surplus", "unequal"}[i%4]
		if kind == issuing.DifferenceKindUnequal {
			other.State = "failed"
		}
		if kind != issuing.DifferenceKindSurplus {
			mine = append(mine, e)
		}
		if kind != issuing.DifferenceKindMissing {
			theirs = append(theirs, other)
		}
		if kind != "" {
			want[e.Key] = kind
		}
	}
	got := map[string]issuing.DifferenceKind{}
	for n := range days {
		begin, end := first.AddDate(0, 0, n), first.AddDate(0, 0, n+1)
		read := func(list []issuing.Entry) (out []issuing.Entry) {
			for _, e := range list {
				if !e.Time.Before(begin.Add(-margin)) && e.Time.Before(end.Add(margin)) {
					e.Open = e.Time.Before(begin) || !e.Time.Before(end)
					out = append(out, e)
				}
			}
			return out
		}
		found, err := all(issuing.Reconcile(entries(read(mine), nil), entries(read(theirs), nil)))
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range found {
			if d.Kind == issuing.DifferenceKindPending {
				continue
			}
			if got[d.Key] != "" {
				t.Errorf("%s is told twice", d.Key)
			}
			got[d.Key] = d.Kind
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
