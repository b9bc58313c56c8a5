package pages

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
)

func numberID(n *int) string {
	if *n == 0 {
		return ""
	}
	return strconv.Itoa(*n)
}

var errCut = errors.New("cut here")

func TestComplete(t *testing.T) {
	t.Parallel()
	type answers map[int]Listed[int]
	none := fmt.Errorf("no such page: %w", issuing.ErrInvalid)
	for name, tt := range map[string]struct {
		first   int
		answers answers
		other   error // for a page that is not in the table; nil is an empty page
		want    []int
		asked   int
		err     error
	}{
		"empty":                              {1, answers{}, nil, []int{}, 1, nil},
		"one page":                           {1, answers{1: {[]int{1, 2}, 0, 1, 0, nil}}, nil, []int{1, 2}, 2, nil},
		"refused beyond the end":             {1, answers{1: {[]int{1, 2}, 0, 1, 0, nil}}, none, []int{1, 2}, 2, nil},
		"broken beyond the end":              {1, answers{1: {[]int{1, 2}, 0, 1, 0, nil}}, errFetch, []int{1, 2}, 2, errFetch},
		"refused before the end":             {1, answers{1: {[]int{1, 2}, 0, 2, 0, nil}}, none, []int{1, 2}, 2, issuing.ErrInvalid},
		"refused at once":                    {1, answers{}, none, []int{}, 1, issuing.ErrInvalid},
		"from page 2":                        {2, answers{1: {[]int{1}, 0, 2, 0, nil}, 2: {[]int{2}, 0, 2, 0, nil}}, nil, []int{2}, 2, nil},
		"a total too low":                    {1, answers{1: {[]int{1}, 0, 1, 0, nil}, 2: {[]int{2}, 0, 1, 0, nil}, 3: {[]int{3}, 0, 0, 0, nil}}, nil, []int{1, 2, 3}, 4, nil},
		"an empty page":                      {1, answers{1: {[]int{1}, 0, 3, 0, nil}, 2: {nil, 0, 3, 0, nil}, 3: {[]int{3}, 0, 3, 0, nil}}, nil, []int{1, 3}, 4, nil},
		"shifted by one":                     {1, answers{1: {[]int{5, 4, 3}, 0, 2, 0, nil}, 2: {[]int{3, 2, 1}, 0, 2, 0, nil}}, nil, []int{5, 4, 3, 2, 1}, 3, nil},
		"the last page for ever":             {1, answers{1: {[]int{1}, 0, 2, 0, nil}, 2: {[]int{2}, 0, 2, 0, nil}, 3: {[]int{2}, 0, 2, 0, nil}}, nil, []int{1, 2}, 3, nil},
		"items without ids":                  {1, answers{1: {[]int{0, 0}, 0, 2, 0, nil}, 2: {[]int{0}, 0, 2, 0, nil}}, nil, []int{0, 0, 0}, 2, nil},
		"the last page under its own number": {1, answers{1: {[]int{1}, 1, 2, 0, nil}, 2: {[]int{2}, 2, 2, 0, nil}, 3: {[]int{2}, 2, 2, 0, nil}}, nil, []int{1, 2}, 3, nil},
		"another page before the end":        {1, answers{1: {[]int{1}, 1, 3, 0, nil}, 2: {[]int{1}, 1, 3, 0, nil}}, nil, []int{1}, 2, issuing.ErrBadResponse},
		"another page at once":               {2, answers{2: {[]int{1}, 1, 1, 0, nil}}, nil, []int{}, 1, issuing.ErrBadResponse},
		"no last page":                       {1, answers{1: {[]int{1}, 1, 0, 0, nil}, 2: {[]int{2}, 2, 0, 0, nil}}, nil, []int{1, 2}, 3, nil},
		"no last page, shifted by a page":    {1, answers{1: {[]int{3}, 0, 0, 0, nil}, 2: {[]int{3}, 0, 0, 0, nil}, 3: {[]int{2}, 0, 0, 0, nil}}, nil, []int{3, 2}, 4, nil},
		"no last page, refused beyond it":    {1, answers{1: {[]int{1}, 0, 0, 0, nil}}, none, []int{1}, 2, issuing.ErrInvalid},
		"paging is ignored":                  {1, answers{1: {[]int{1}, 0, 3, 0, nil}, 2: {[]int{1}, 0, 3, 0, nil}, 3: {[]int{1}, 0, 3, 0, nil}}, nil, []int{1}, 3, issuing.ErrBadResponse},
		"a promised page is the one before":  {1, answers{1: {[]int{1}, 0, 2, 0, nil}, 2: {[]int{1}, 0, 3, 0, nil}, 3: {nil, 0, 2, 0, nil}}, nil, []int{1}, 3, issuing.ErrBadResponse},
		"grows by a page at the end":         {1, answers{1: {[]int{1}, 0, 1, 0, nil}, 2: {[]int{1}, 0, 2, 0, nil}, 3: {nil, 0, 2, 0, nil}}, nil, []int{1}, 2, nil},
		"capped, by the size of a page":      {1, answers{1: {[]int{1, 2}, 0, 1, 3, nil}, 2: {[]int{3}, 0, 1, 3, nil}}, nil, []int{1, 2, 3}, 3, nil},
		"capped, by the size asked for":      {1, answers{1: {[]int{1}, 0, 2, 90, nil}, 2: {[]int{46}, 0, 2, 90, nil}}, nil, []int{1, 46}, 12, issuing.ErrBadResponse},
		"from the last page":                 {3, answers{3: {[]int{9}, 0, 3, 90, nil}}, nil, []int{9}, 2, nil},
		"one item twice in a page":           {1, answers{1: {[]int{1, 1}, 0, 1, 0, nil}}, nil, []int{1}, 2, nil},
		"the furthest page":                  {1, answers{1: {[]int{1}, 0, 0, 0, nil}, 2: {[]int{2}, 0, 0, 0, errCut}}, nil, []int{1, 2}, 2, errCut},
		"the furthest page, without ids":     {1, answers{1: {[]int{1}, 0, 0, 0, nil}, 2: {[]int{0}, 0, 0, 0, errCut}}, nil, []int{1, 0}, 2, errCut},
		"the furthest page, promised more":   {1, answers{1: {[]int{1}, 0, 3, 0, nil}, 2: {nil, 0, 3, 0, errCut}}, nil, []int{1}, 2, errCut},
		"the furthest page is empty":         {1, answers{1: {[]int{1}, 0, 0, 0, nil}, 2: {nil, 0, 0, 0, errCut}}, nil, []int{1}, 2, nil},
		"the furthest page is the last one":  {1, answers{1: {[]int{1}, 0, 2, 0, nil}, 2: {nil, 0, 2, 0, errCut}}, nil, []int{1}, 2, nil},
		"the furthest page repeats":          {1, answers{1: {[]int{1}, 0, 0, 0, nil}, 2: {[]int{1}, 0, 0, 0, errCut}}, nil, []int{1}, 2, issuing.ErrBadResponse},
	} {
		asked := 0
		seq := Complete(tt.first, numberID, func(page int) (Listed[int], error) {
			asked++
			if answer, ok := tt.answers[page]; ok || tt.other == nil {
				return answer, nil
			}
			return Listed[int]{}, tt.other
		})
		for range 2 {
			asked = 0
			got, err := drain(t, seq, 0)
			if diff := cmp.Diff(tt.want, got); diff != "" || asked != tt.asked || !errors.Is(err, tt.err) {
				t.Errorf("%s: %d asked, %v (-want +got):\n%s", name, asked, err, diff)
			}
		}
	}
}

// A list that promises more and brings nothing new ends with an error.
func TestCompleteBounds(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		items []int
		last  int
	}{
		"empty pages": {nil, 1 << 30}, "the same page": {[]int{1}, 1 << 30}, "items without ids": {[]int{0}, 1 << 30},
		"the same page, of nobody knows how many": {[]int{1}, 0},
	} {
		items, last := tt.items, tt.last
		asked := 0
		_, err := drain(t, Complete(1, numberID, func(int) (Listed[int], error) {
			asked++
			return Listed[int]{Items: items, Last: last}, nil
		}), 0)
		if !errors.Is(err, issuing.ErrBadResponse) || asked > maxVain+1 {
			t.Errorf("%s: %d asked, %v", name, asked, err)
		}
	}
	// What is remembered is bounded, and does not forget what came last.
	s := newSeen()
	for n := range 3 * maxSeen {
		if s.before(strconv.Itoa(n)) || !s.before(strconv.Itoa(n)) || len(s.ids) > maxSeen {
			t.Fatalf("%d: %d ids", n, len(s.ids))
		}
	}
	if !s.before(strconv.Itoa(2*maxSeen)) || s.before("0") {
		t.Error("the wrong ids are remembered")
	}
}

func TestLastPage(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ items, size, want int }{
		{0, 10, 0}, {-1, 10, 0}, {1, 0, 0}, {1, 10, 1}, {10, 10, 1}, {11, 10, 2}, {math.MaxInt, 1, math.MaxInt}, {1, math.MaxInt, 1},
	} {
		if got := LastPage(tt.items, tt.size); got != tt.want {
			t.Errorf("LastPage(%d, %d) = %d, want %d", tt.items, tt.size, got, tt.want)
		}
	}
}

func TestRow(t *testing.T) {
	t.Parallel()
	if a, b := Row("1", "AUTH", "PENDING"), Row("1", "AUTH", "POSTED"); a == b || a == "" || Row("", "AUTH") != "" || Row("1") == Row("2") {
		t.Errorf("%q and %q", a, b)
	}
}
