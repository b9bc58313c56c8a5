package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// sample is what one run of a benchmark measured, per operation.
type sample struct{ ns, bytes, allocs float64 }

// results holds the samples of each benchmark, one a round.
type results map[measure][]sample

// add reads what go test printed of the benchmarks in dir.
func (r results) add(dir string, out io.Reader) error {
	processors := regexp.MustCompile(`-\d+$`)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		var s sample
		for i := 2; i+1 < len(fields); i += 2 {
			value, err := strconv.ParseFloat(fields[i], 64)
			if err != nil {
				return fmt.Errorf("%s: %w", lines.Text(), err)
			}
			switch fields[i+1] {
			case "ns/op":
				s.ns = value
			case "B/op":
				s.bytes = value
			case "allocs/op":
				s.allocs = value
			}
		}
		m := measure{dir, processors.ReplaceAllString(fields[0], "")}
		r[m] = append(r[m], s)
	}
	return lines.Err()
}

// median is the middle of the values, which are not empty.
func median(values []float64) float64 {
	values = slices.Sorted(slices.Values(values))
	return values[len(values)/2]
}

// of is the median of one figure of a benchmark.
func (r results) of(m measure, figure func(sample) float64) float64 {
	var values []float64
	for _, s := range r[m] {
		values = append(values, figure(s))
	}
	return median(values)
}

// ratio is the median of the ratios of both in the same round.
func (r results) ratio(a, b measure) float64 {
	var ratios []float64
	for i := range min(len(r[a]), len(r[b])) {
		ratios = append(ratios, r[a][i].ns/r[b][i].ns)
	}
	return median(ratios)
}

// functions are the benchmark functions that the rows want of each folder.
func functions(rows []row) map[string][]string {
	out := map[string][]string{}
	add := func(m measure) {
		function, _, _ := strings.Cut(m.name, "/")
		if !slices.Contains(out[m.dir], function) {
			out[m.dir] = append(out[m.dir], function)
		}
	}
	for _, r := range rows {
		add(r.ours)
		for _, b := range r.beside {
			add(b.measure)
		}
	}
	return out
}

// runner runs benchmarks from test programs that it builds once.
type runner struct {
	root, programs string
	rounds         int
	time           string // of each benchmark in each round, as -benchtime
}

func (r runner) program(dir string) string {
	return filepath.Join(r.programs, strings.ReplaceAll(dir, "/", "-")+".test")
}

// run measures everything, one round after the other, so that what else the machine does
// meets all of them.
func (r runner) run(wanted map[string][]string) (results, error) {
	for dir := range wanted {
		build := exec.Command("go", "test", "-c", "-o", r.program(dir), ".")
		build.Dir = filepath.Join(r.root, filepath.FromSlash(dir))
		if out, err := build.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%s: %w\n%s", dir, err, out)
		}
	}
	found := results{}
	for round := range r.rounds {
		fmt.Fprintf(os.Stderr, "round %d of %d\n", round+1, r.rounds)
		for dir, names := range wanted {
			test := exec.Command(r.program(dir), "-test.run=^$", "-test.benchmem", "-test.benchtime="+r.time,
				"-test.bench=^("+strings.Join(names, "|")+")$")
			test.Dir = filepath.Join(r.root, filepath.FromSlash(dir))
			out, err := test.Output()
			if err != nil {
				return nil, fmt.Errorf("%s: %w\n%s", dir, err, out)
			}
			if err := found.add(dir, bytes.NewReader(out)); err != nil {
				return nil, err
			}
		}
	}
	return found, nil
}

// program is one that takes callbacks, and how many a second.
type program struct {
	name  string
	rates []float64 // one a round
}

// rateTest is a test that logs the rates of programs that do the same work, ours first. It
// wants PostgreSQL.
type rateTest struct {
	dir, test string
	names     map[string]string // of the programs, by those that the test logs
}

// rateTests measure a service.
var rateTests = []rateTest{
	{"examples/merchant", "TestRateOfAReplica", map[string]string{
		"service": "`examples/merchant`, one replica", "database": "the bare database, a row each",
	}},
	{"webhook/sqldedupe/sqltest", "TestRateOfAHandler", map[string]string{
		"handler": "`sqldedupe.NewHandler`", "check and database": "the bare check and the same statements",
		"check": "the bare check alone", "database": "the bare database alone, the same statements",
	}},
}

var (
	ratesLine = regexp.MustCompile(`(?m)rates: (.*)$`)
	rateOf    = regexp.MustCompile(`^(.+) (\d+)/s$`)
)

// programs reads the rounds that the test logged, ours first.
func (r rateTest) programs(out []byte) ([]program, error) {
	var found []program
	for _, line := range ratesLine.FindAllSubmatch(out, -1) {
		for i, one := range strings.Split(string(line[1]), ", ") {
			m := rateOf.FindStringSubmatch(one)
			if m == nil || r.names[m[1]] == "" {
				return nil, fmt.Errorf("%s logged the rate %q", r.test, one)
			}
			if i == len(found) {
				found = append(found, program{name: r.names[m[1]]})
			}
			value, err := strconv.ParseFloat(m[2], 64)
			if err != nil || found[i].name != r.names[m[1]] {
				return nil, fmt.Errorf("%s logged the rate %q", r.test, one)
			}
			found[i].rates = append(found[i].rates, value)
		}
	}
	if len(found) < 2 {
		return nil, fmt.Errorf("%s logged no rates", r.test)
	}
	return found, nil
}

// serve measures services on a database. A test fails where its ratio is too low, which is
// a result all the same.
func (r runner) serve() (out [][]program, err error) {
	for _, t := range rateTests {
		fmt.Fprintln(os.Stderr, t.test)
		test := exec.Command("go", "test", "-tags=long", "-count=1", "-v", "-run=^"+t.test+"$", ".")
		test.Dir = filepath.Join(r.root, filepath.FromSlash(t.dir))
		text, failed := test.CombinedOutput()
		found, err := t.programs(text)
		if err != nil {
			return nil, fmt.Errorf("%w: %w\n%s", err, failed, text)
		}
		out = append(out, found)
	}
	return out, nil
}
