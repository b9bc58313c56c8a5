package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRowsExist: each row's benchmarks are functions of one folder, and no two rows are the
// same.
func TestRowsExist(t *testing.T) {
	t.Parallel()
	for dir, names := range functions(rows) {
		text := tests(t, dir)
		for _, name := range names {
			if !strings.Contains(text, "\nfunc "+name+"(b *testing.B)") {
				t.Errorf("%s has no %s", dir, name)
			}
		}
	}
	seen := map[string]bool{}
	for _, r := range rows {
		for _, side := range r.beside {
			if side.dir != r.ours.dir {
				t.Errorf("the sides of %s, %s are in two processes", r.group, r.what)
			}
		}
		if name := r.group + r.what; seen[name] {
			t.Errorf("%s stands twice", name)
		} else {
			seen[name] = true
		}
	}
	if len(rows) < 30 {
		t.Errorf("there are %d rows only", len(rows))
	}
}

const round1 = `goos: linux
cpu: AMD EPYC
BenchmarkX/ours-2         	      21	   200 ns/op	 912 B/op	       7 allocs/op
BenchmarkX/go-jose-2      	      22	   100 ns/op	   0 B/op	       0 allocs/op
BenchmarkY-2              	      22	   1500000 ns/op	 97.5 MB/s	   0.5 min-ratio	 8 B/op	       1 allocs/op
PASS
`

// TestTable: of three rounds the medians, and of the ratios the median of the rounds, not
// the ratio of the medians.
func TestTable(t *testing.T) {
	t.Parallel()
	found := results{}
	for _, out := range []string{
		round1,
		strings.NewReplacer("200 ns", "900 ns", "100 ns", "300 ns").Replace(round1),
		strings.NewReplacer("200 ns", "400 ns", "100 ns", "400 ns").Replace(round1),
	} {
		if err := found.add("p", strings.NewReader(out)); err != nil {
			t.Fatal(err)
		}
	}
	ours := measure{"p", "BenchmarkX/ours"}
	list := []row{{"G", "x", ours, []beside{
		{"go-jose", measure{"p", "BenchmarkX/go-jose"}}, {"a call", measure{"p", "BenchmarkY"}},
	}}}
	got, err := table(list, found)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"| G | x | 400 ns, 912, 7 | go-jose | 300 ns, 0, 0 | 2.00 |",
		"| G | x | 400 ns, 912, 7 | a call | 1.50 ms, 8, 1 | 0.00 |", "",
	}
	if diff := cmp.Diff(want, strings.Split(got, "\n")[2:]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	list[0].beside[0].name = "BenchmarkX/gone"
	if _, err := table(list, found); err == nil || !strings.Contains(err.Error(), "BenchmarkX/gone in p did not run") {
		t.Errorf("one that did not run: %v", err)
	}
}

// TestRates: the rates of each program by round, and of the ratios the median of the rounds.
func TestRates(t *testing.T) {
	t.Parallel()
	test := rateTest{"p", "TestRate", map[string]string{
		"handler": "ours", "check": "the check", "database": "the database",
	}}
	out := "x\n  f.go:1: rates: handler 600/s, check 1000/s, database 2000/s\n" +
		"  f.go:1: rates: handler 900/s, check 1000/s, database 1000/s\n" +
		"  f.go:1: rates: handler 800/s, check 2000/s, database 1000/s\n--- FAIL"
	programs, err := test.programs([]byte(out))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"| ours | 800 | the check | 1000 | 0.60 |", "| ours | 800 | the database | 1000 | 0.80 |", "",
	}
	if diff := cmp.Diff(want, strings.Split(serviceTable([][]program{programs}), "\n")[2:]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, bad := range []string{
		"--- SKIP", "rates: handler 1/s", "rates: handler 1/s, other 2/s", "rates: handler, check 1/s",
		"rates: handler 1/s, check 2/s\nrates: check 1/s, handler 2/s",
	} {
		if got, err := test.programs([]byte(bad)); err == nil {
			t.Errorf("%q: %v", bad, got)
		}
	}
}

// TestRateTestsExist: each test of a service is there.
func TestRateTestsExist(t *testing.T) {
	t.Parallel()
	for _, r := range rateTests {
		text := tests(t, r.dir)
		if !strings.Contains(text, "\nfunc "+r.test+"(t *testing.T)") {
			t.Errorf("%s has no %s", r.dir, r.test)
		}
	}
}

// tests is the text of a folder's tests.
func tests(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "..", filepath.FromSlash(dir), "*_test.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %d files, %v", dir, len(files), err)
	}
	var text strings.Builder
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text.Write(content)
	}
	return text.String()
}

func TestDuration(t *testing.T) {
	t.Parallel()
	var got []string
	for _, ns := range []float64{2.5, 31.04, 999, 1000, 45678, 999_999, 1_073_433, 22_500_000} {
		got = append(got, duration(ns))
	}
	want := []string{"2.50 ns", "31.0 ns", "999 ns", "1.00 µs", "45.7 µs", "1000 µs", "1.07 ms", "22.5 ms"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
