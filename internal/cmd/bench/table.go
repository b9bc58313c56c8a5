package main

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// duration writes nanoseconds with three digits.
func duration(ns float64) string {
	for _, unit := range []struct {
		name string
		ns   float64
	}{{"ms", 1e6}, {"µs", 1e3}} {
		if ns >= unit.ns {
			return digits(ns/unit.ns) + " " + unit.name
		}
	}
	return digits(ns) + " ns"
}

// digits writes a number above 0 with three digits, or all of those before the point.
func digits(x float64) string {
	switch {
	case x < 10:
		return fmt.Sprintf("%.2f", x)
	case x < 100:
		return fmt.Sprintf("%.1f", x)
	}
	return fmt.Sprintf("%.0f", x)
}

// table is the rows in Markdown; an error names benchmarks that did not run.
func table(rows []row, found results) (string, error) {
	var b strings.Builder
	var missing []error
	b.WriteString("| Of | Ours | Time, bytes, allocations | Beside | Time, bytes, allocations | Ratio |\n" +
		"|---|---|---|---|---|---|\n")
	cell := func(m measure) string {
		if len(found[m]) == 0 {
			missing = append(missing, fmt.Errorf("%s in %s did not run", m.name, m.dir))
			return ""
		}
		return fmt.Sprintf("%s, %.0f, %.0f",
			duration(found.of(m, func(s sample) float64 { return s.ns })),
			found.of(m, func(s sample) float64 { return s.bytes }),
			found.of(m, func(s sample) float64 { return s.allocs }))
	}
	for _, r := range rows {
		ours := cell(r.ours)
		for _, side := range r.beside {
			theirs := cell(side.measure)
			if ours == "" || theirs == "" {
				continue
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %.2f |\n",
				r.group, r.what, ours, side.what, theirs, found.ratio(r.ours, side.measure))
		}
	}
	return b.String(), errors.Join(missing...)
}

// page is docs/benchmarks.md.
type page struct {
	on      time.Time
	machine string
	note    string // what else is to be said of the machine
	rounds  int
	time    string
	table   string
	rate    *rate // nil was not measured
}

// How the page reads its figures.
const (
	figures = "Times depend on the machine; the ratio of ours to what stands beside it says more. Each figure is the " +
		"median of %d rounds of %s for each benchmark, and the ratio is the median of the ratios of the rounds, in each of " +
		"which both sides run within a second or so. Beside a scheme stands the bare primitive that nobody can do " +
		"without, on a key and bytes of the same size, and what a peer's library or the steps of the provider's " +
		"document take for the same work. A call is a whole one but for the network: validation, encoding, envelope, " +
		"signature, judgement, decoding. A callback is authenticated, opened and decoded."
	served = "One replica carries **%.0f callbacks a second**, each claimed and handled in a transaction on " +
		"PostgreSQL, 16 at a time and of all six providers; a program that makes the bare checks and the same " +
		"statements with the same driver and as many connections, %.0f. The ratio is %.2f."
)

func (p page) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Benchmarks\n\nWritten by `go run ./internal/cmd/bench`, on %s, on %s.",
		p.on.Format(time.DateOnly), p.machine)
	if p.note != "" {
		b.WriteString(" " + p.note)
	}
	fmt.Fprintf(&b, "\n\n"+figures+"\n\n%s", p.rounds, p.time, p.table)
	if p.rate != nil {
		fmt.Fprintf(&b, "\n## A service\n\n"+served+"\n", p.rate.handler, p.rate.bare, p.rate.ratio)
	}
	return b.String()
}
