package main

import (
	"bufio"
	"bytes"
	"errors"
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

// rate is how many callbacks a second a replica carries, and how many a program that
// makes the bare checks and the same statements.
type rate struct{ handler, bare, ratio float64 }

var rateLine = regexp.MustCompile(`handler (\d+)/s, bare (\d+)/s: (\d+\.\d+)`)

// rates reads the rounds that the test of a handler's rate logs.
func rates(out []byte) (rate, error) {
	var columns [3][]float64
	for _, m := range rateLine.FindAllSubmatch(out, -1) {
		for i := range columns {
			value, err := strconv.ParseFloat(string(m[i+1]), 64)
			if err != nil {
				return rate{}, err
			}
			columns[i] = append(columns[i], value)
		}
	}
	if len(columns[0]) == 0 {
		return rate{}, errors.New("the test logged no rate")
	}
	return rate{median(columns[0]), median(columns[1]), median(columns[2])}, nil
}

// serve measures a handler on a database. The test wants PostgreSQL; it fails where the
// ratio is too low, which is a result all the same.
func (r runner) serve() (rate, error) {
	test := exec.Command("go", "test", "-tags=long", "-count=1", "-v", "-run=^TestRateOfAHandler$", ".")
	test.Dir = filepath.Join(r.root, filepath.FromSlash(service))
	out, err := test.CombinedOutput()
	measured, missing := rates(out)
	if missing != nil {
		return rate{}, fmt.Errorf("%w: %w\n%s", missing, err, out)
	}
	return measured, nil
}
