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

// serviceTable is the rates of programs in Markdown. As with times, a ratio is the median of
// the rounds'.
func serviceTable(services [][]program) string {
	var b strings.Builder
	b.WriteString("| Ours | Callbacks a second | Beside | Callbacks a second | Ratio |\n|---|---|---|---|---|\n")
	for _, programs := range services {
		ours := programs[0]
		for _, other := range programs[1:] {
			var ratios []float64
			for i := range min(len(ours.rates), len(other.rates)) {
				ratios = append(ratios, ours.rates[i]/other.rates[i])
			}
			fmt.Fprintf(&b, "| %s | %.0f | %s | %.0f | %.2f |\n",
				ours.name, median(ours.rates), other.name, median(other.rates), median(ratios))
		}
	}
	return b.String()
}

// page is docs/benchmarks.md.
type page struct {
	on       time.Time
	machine  string
	note     string // what else is to be said of the machine
	rounds   int
	time     string
	table    string
	services [][]program // empty was not measured
}

// How the page reads its figures.
const (
	figures = "Times depend on the machine; the ratio of ours to what stands beside it says more. Each figure is the " +
		"median of %d rounds of %s for each benchmark, and the ratio is the median of the ratios of the rounds, in each of " +
		"which both sides run within a second or so. Beside a scheme stands the bare primitive that nobody can do " +
		"without, on a key and bytes of the same size, and what a peer's library or the steps of the provider's " +
		"document take for the same work. A call is a whole one but for the network: validation, encoding, envelope, " +
		"signature, judgement, decoding. A callback is authenticated, opened and decoded, and answered where the row " +
		"says so. \"RSA twice\" is one operation with the private and one with the public key."
	served = "Callbacks of all six providers in turn, signed beforehand, from 16 senders; the database is PostgreSQL, " +
		"which runs beside on the same machine and syncs each commit to its disk. The service stores each event sealed, brings " +
		"its order forward and plans what has to be asked, in the transaction of the claim; the handler alone claims and " +
		"commits. The bare check is that of the signature or token, and what opens an envelope or signs an answer; the " +
		"bare database makes a transaction for each, with the same driver and as many connections."
)

func (p page) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Benchmarks\n\nWritten by `go run ./internal/cmd/bench`, on %s, on %s.",
		p.on.Format(time.DateOnly), p.machine)
	if p.note != "" {
		b.WriteString(" " + p.note)
	}
	fmt.Fprintf(&b, "\n\n"+figures+"\n\n%s", p.rounds, p.time, p.table)
	if len(p.services) > 0 {
		b.WriteString("\n## A service\n\n" + served + "\n\n" + serviceTable(p.services))
	}
	return b.String()
}
