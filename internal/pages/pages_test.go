package pages

import (
	"errors"
	"iter"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
)

// drain collects the items up to limit and the error that ended them.
func drain(t *testing.T, seq iter.Seq2[*int, error], limit int) ([]int, error) {
	t.Helper()
	got := []int{}
	var last error
	for item, err := range seq {
		if last != nil {
			t.Fatal("something follows the error")
		}
		if (item == nil) == (err == nil) {
			t.Fatalf("item %v with error %v", item, err)
		}
		if last = err; err == nil {
			got = append(got, *item)
		}
		if len(got) == limit {
			break
		}
	}
	return got, last
}

var errFetch = errors.New("fetch failed")

func TestCursor(t *testing.T) {
	t.Parallel()
	type answer struct {
		items []int
		next  string
	}
	for name, tt := range map[string]struct {
		answers map[string]answer
		limit   int
		want    []int
		err     error
	}{
		"one page":          {map[string]answer{"": {[]int{1}, ""}}, 0, []int{1}, nil},
		"three pages":       {map[string]answer{"": {[]int{1}, "a"}, "a": {nil, "b"}, "b": {[]int{3}, ""}}, 0, []int{1, 3}, nil},
		"cursor stands":     {map[string]answer{"": {[]int{1}, "a"}, "a": {[]int{2}, "a"}}, 0, []int{1, 2}, issuing.ErrBadResponse},
		"items again":       {map[string]answer{"": {[]int{3, 2}, "a"}, "a": {[]int{2, 1}, ""}}, 0, []int{3, 2, 1}, nil},
		"error":             {map[string]answer{"": {[]int{1}, "a"}}, 0, []int{1}, errFetch},
		"break":             {map[string]answer{"": {[]int{1, 2}, "a"}}, 1, []int{1}, nil},
		"break on the last": {map[string]answer{"": {[]int{1, 2}, "a"}}, 2, []int{1, 2}, nil},
	} {
		seq := Cursor(numberID, func(cursor string) ([]int, string, error) {
			a, ok := tt.answers[cursor]
			if !ok {
				return nil, "", errFetch
			}
			return a.items, a.next, nil
		})
		for range 2 {
			got, err := drain(t, seq, tt.limit)
			if diff := cmp.Diff(tt.want, got); diff != "" || !errors.Is(err, tt.err) {
				t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
			}
		}
	}
}

// Cursors that come round again must not be followed for ever, however long the
// round is and wherever it starts.
func TestCursorRound(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ lead, round int }{{0, 2}, {1, 2}, {3, 5}, {10, 1}, {5, 100}} {
		fetched := 0
		_, err := drain(t, Cursor(numberID, func(string) ([]int, string, error) {
			n := fetched
			if n >= tt.lead {
				n = tt.lead + (n-tt.lead)%tt.round
			}
			if fetched++; fetched > 10*(tt.lead+tt.round)+10 {
				t.Fatalf("%+v: still going after %d pages", tt, fetched)
			}
			return []int{n}, "c" + strconv.Itoa(n), nil
		}), 0)
		if !errors.Is(err, issuing.ErrBadResponse) {
			t.Errorf("%+v: %v", tt, err)
		}
	}
	// A long list with a cursor of its own for each page is none.
	got, err := drain(t, Cursor(numberID, func(cursor string) ([]int, string, error) {
		n, _ := strconv.Atoi(cursor)
		if n == 5000 {
			return []int{n}, "", nil
		}
		return []int{n}, strconv.Itoa(n + 1), nil
	}), 0)
	if len(got) != 5001 || err != nil {
		t.Errorf("%d items, %v", len(got), err)
	}
}

// Ever new cursors end as well, when their pages bring nothing new: the one that repeats
// itself, and the one that is empty. Nine such pages in a row do not.
func TestCursorInVain(t *testing.T) {
	t.Parallel()
	for name, page := range map[string][]int{"the same page": {1, 2}, "no items": nil} {
		fetched := 0
		_, err := drain(t, Cursor(numberID, func(string) ([]int, string, error) {
			if fetched++; fetched > 20 {
				t.Fatalf("%s: still going after %d pages", name, fetched)
			}
			return page, "c" + strconv.Itoa(fetched), nil
		}), 0)
		if !errors.Is(err, issuing.ErrBadResponse) {
			t.Errorf("%s: %v", name, err)
		}
	}
	got, err := drain(t, Cursor(numberID, func(cursor string) ([]int, string, error) {
		n, _ := strconv.Atoi(cursor)
		switch {
		case n == 30:
			return []int{n}, "", nil
		case n%10 == 0:
			return []int{n}, strconv.Itoa(n + 1), nil
		}
		return nil, strconv.Itoa(n + 1), nil
	}), 0)
	if diff := cmp.Diff([]int{0, 10, 20, 30}, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}
