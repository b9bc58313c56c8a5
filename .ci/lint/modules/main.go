// Command modules reads the licences of all that modules need, as the module cache has
// them, refuses those that nobody has looked at, and with -sbom writes a bill of
// materials of the first module's library:
//
//	go run ./modules -sbom /tmp/sbom.cdx.json -version 0.1.0 ../.. ../../examples/observability
//
// It is a program of ours because the tools that write such bills name some licences
// wrongly, and stand on a hundred modules more.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/google/licensecheck"
)

// allowed may stand in what we compile, test with or run: all of them let a program of
// any licence link what is unchanged.
var allowed = []string{"MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "MPL-2.0"}

// enough is how much of a file has to be a licence that is known, in percent; the rest is
// copyright lines.
const enough = 75

// module is what go list says of a package's module.
type module struct {
	Path, Version, Dir string
	Main               bool
	Replace            *module
}

// needed lists the modules of the packages that go list names with these arguments.
func needed(dir string, args ...string) (map[string]module, error) {
	list := exec.Command("go", append([]string{"list", "-deps", "-json=Module"}, args...)...)
	list.Dir = dir
	out, err := list.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			err = fmt.Errorf("%w: %s", err, exit.Stderr)
		}
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	found := map[string]module{}
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct{ Module *module }
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return found, nil
		} else if err != nil {
			return nil, fmt.Errorf("%s: %w", dir, err)
		}
		if m := p.Module; m != nil && !m.Main && m.Replace == nil { // what is replaced is ours
			found[m.Path+"@"+m.Version] = *m
		}
	}
}

// licenceFile are the names of a module's own licence; there are such of its logo and of
// the sources that it was translated from.
var licenceFile = regexp.MustCompile(`^(LICEN[CS]E|COPYING)([-.](TXT|MD|MIT|APACHE|BSD))*$`)

// licences names those of a module, and says what is wrong with them.
func licences(m module) (names []string, err error) {
	entries, err := os.ReadDir(m.Dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if e.IsDir() || !licenceFile.MatchString(strings.ToUpper(e.Name())) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(m.Dir, e.Name()))
		if err != nil {
			return nil, err
		}
		coverage := licensecheck.Scan(text)
		if coverage.Percent < enough {
			return nil, fmt.Errorf("%s is %.0f %% of a licence that is known", e.Name(), coverage.Percent)
		}
		for _, match := range coverage.Match {
			if !slices.Contains(allowed, match.ID) {
				return nil, fmt.Errorf("%s is %s, which nobody has looked at", e.Name(), match.ID)
			}
			names = append(names, match.ID)
		}
	}
	if len(names) == 0 {
		return nil, errors.New("there is no file of a licence")
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// check reads the licences of everything that the modules in dirs compile, tests and
// tools included.
func check(dirs []string) error {
	all := map[string]module{}
	for _, dir := range dirs {
		for _, args := range [][]string{{"-test", "./..."}, {"tool"}} {
			found, err := needed(dir, args...)
			if err != nil {
				return err
			}
			maps.Copy(all, found)
		}
	}
	count := map[string]int{}
	var bad []error
	for name, m := range all {
		names, err := licences(m)
		if err != nil {
			bad = append(bad, fmt.Errorf("%s: %w", name, err))
			continue
		}
		count[strings.Join(names, " and ")]++
	}
	fmt.Printf("licences of %d modules: %v\n", len(all), count)
	if len(all) == 0 {
		return errors.New("no module was found")
	}
	return errors.Join(bad...)
}

func main() {
	sbom := flag.String("sbom", "", "the file of the bill of materials")
	version := flag.String("version", "", "the first module's version")
	flag.Parse()
	err := check(flag.Args())
	if err == nil && *sbom != "" {
		err = writeBill(*sbom, flag.Arg(0), *version)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
