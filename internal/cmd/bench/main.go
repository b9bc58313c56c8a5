// Command bench measures every scheme and call beside its bare primitive and beside what
// others take for the same work, and a replica's callbacks beside a bare program's, and
// prints docs/benchmarks.md. Run it in the root, on a machine that does nothing else:
//
//	go run ./internal/cmd/bench > docs/benchmarks.md
//
// The service wants PostgreSQL; -service=false leaves it out.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

// machine says on what it runs.
func machine() string {
	model := runtime.GOARCH
	if file, err := os.Open("/proc/cpuinfo"); err == nil {
		defer func() { _ = file.Close() }()
		for lines := bufio.NewScanner(file); lines.Scan(); {
			if name, value, _ := strings.Cut(lines.Text(), ":"); strings.TrimSpace(name) == "model name" {
				model = strings.TrimSpace(value)
				break
			}
		}
	}
	return fmt.Sprintf("%d cores of %s, %s, %s", runtime.NumCPU(), model, runtime.GOOS, runtime.Version())
}

// options are the program's flags.
type options struct {
	runner
	note    string
	service bool
}

func main() {
	o := options{runner: runner{root: "."}}
	flag.IntVar(&o.rounds, "rounds", 11, "how often everything is measured")
	flag.StringVar(&o.time, "benchtime", "50ms", "how long each benchmark runs in each round")
	flag.StringVar(&o.note, "note", "", "a sentence on the machine")
	flag.BoolVar(&o.service, "service", true, "measure the service as well")
	flag.Parse()
	text, err := bench(o)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	fmt.Print(text)
}

// bench measures, and returns the page.
func bench(o options) (_ page, err error) {
	if o.rounds < 1 {
		return page{}, errors.New("-rounds is at least 1")
	}
	if o.programs, err = os.MkdirTemp("", "issuing-bench-"); err != nil {
		return page{}, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(o.programs)) }()
	found, err := o.run(functions(rows))
	if err != nil {
		return page{}, err
	}
	out := page{on: time.Now(), machine: machine(), note: o.note, rounds: o.rounds, time: o.time}
	if out.table, err = table(rows, found); err != nil {
		return page{}, err
	}
	if o.service {
		if out.services, err = o.serve(); err != nil {
			return page{}, err
		}
	}
	return out, nil
}
