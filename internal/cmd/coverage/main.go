// Command coverage writes COVERAGE.md and the counts in README.md, from the tables in
// testdata/coverage. Run it in the root folder. With -check it writes nothing: it says what
// is stale, and which rows lack a Go name that is declared or a test that is there.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"

	"github.com/issuing-sdk/issuing-go/internal/coverage"
)

// mode is what is done with the pages.
type mode int

const (
	write mode = iota
	check
)

func main() {
	only := flag.Bool("check", false, "write nothing, and fail where something is stale or missing")
	flag.Parse()
	m := write
	if *only {
		m = check
	}
	if err := run(m); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(m mode) error {
	var all []coverage.Documents
	var faults []string
	for _, provider := range coverage.Providers() {
		rows, err := coverage.Read(".", provider)
		if err != nil {
			return err
		}
		source, err := coverage.Load(".", provider)
		if err != nil {
			return err
		}
		for _, fault := range coverage.Check(rows, source) {
			faults = append(faults, provider+": "+fault)
		}
		all = append(all, coverage.Documents{Provider: provider, Rows: rows})
	}
	if len(faults) > 0 {
		return errors.New(strings.Join(faults, "\n"))
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		return err
	}
	text, ok := coverage.Put(string(readme), coverage.Counts(all))
	if !ok {
		return errors.New("README.md lacks the marks of the counts")
	}
	return errors.Join(put(m, "COVERAGE.md", coverage.Page(all)), put(m, "README.md", text))
}

// put writes a page, or says that it is stale.
func put(m mode, path, text string) error {
	if m == write {
		return os.WriteFile(path, []byte(text), 0o644)
	}
	was, err := os.ReadFile(path)
	switch {
	case err != nil:
		return err
	case string(was) != text:
		return fmt.Errorf("%s is stale: go run ./internal/cmd/coverage writes it", path)
	}
	return nil
}
