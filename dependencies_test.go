package issuing_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// required reads the modules of a go.mod with their versions; an indirect one ends
// with its mark.
func required(goMod string) map[string]string {
	out := map[string]string{}
	line := regexp.MustCompile(`(?m)^(?:require)?\s+([^\s(]+\.[^\s(]+/\S+) (v\S+)(?: // (indirect))?$`)
	for _, m := range line.FindAllStringSubmatch(goMod, -1) {
		out[m[1]] = strings.TrimSpace(m[2] + " " + m[3])
	}
	return out
}

// listed reads the tables of a page: versions as required gives them, and licence
// and users as they stand.
func listed(page string) (versions, licences, users map[string]string) {
	versions, licences, users = map[string]string{}, map[string]string{}, map[string]string{}
	_, indirect, _ := strings.Cut(page, "## Indirect")
	row := regexp.MustCompile(`(?m)^\| (\S+/\S+) \| (v\S+) \| ([^|]+) \| ([^|]+) \| [^|]+ \|$`)
	for _, m := range row.FindAllStringSubmatch(page, -1) {
		versions[m[1]], licences[m[1]], users[m[1]] = m[2], m[3], m[4]
		if strings.Contains(indirect, m[0]) {
			versions[m[1]] += " indirect"
		}
	}
	return versions, licences, users
}

// importers says which library packages import each module, as the page writes it.
func importers(t *testing.T, modules map[string]string) map[string]string {
	t.Helper()
	dirs := map[string]map[string]bool{}
	for _, s := range sources(t) {
		for _, spec := range s.file.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			for module := range modules {
				if (path == module || strings.HasPrefix(path, module+"/")) && s.library() && !forTests(s.dir) {
					if dirs[module] == nil {
						dirs[module] = map[string]bool{}
					}
					dirs[module][s.dir] = true
				}
			}
		}
	}
	out := map[string]string{}
	for module, version := range modules {
		switch {
		case strings.HasSuffix(version, "indirect"):
		case dirs[module] == nil:
			out[module] = "tests only"
		default:
			out[module] = "`" + strings.Join(slices.Sorted(maps.Keys(dirs[module])), "`, `") + "`"
		}
	}
	return out
}

// licenceTexts are what the text of a licence holds.
var licenceTexts = map[string]string{
	"BSD-3-Clause": "Redistribution and use in source and binary forms",
	"Apache-2.0":   "Apache License",
	"MPL-2.0":      "Mozilla Public License",
}

// TestDependenciesPage holds docs/dependencies.md to go.mod, to the code, and to
// the licences in the module cache.
func TestDependenciesPage(t *testing.T) {
	t.Parallel()
	goMod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.FromSlash("docs/dependencies.md"))
	if err != nil {
		t.Fatal(err)
	}
	modules := required(string(goMod))
	versions, licences, users := listed(string(page))
	if diff := cmp.Diff(modules, versions); diff != "" || len(modules) < 5 {
		t.Errorf("the page is not as go.mod says (-go.mod +page):\n%s", diff)
	}
	for module, want := range importers(t, modules) {
		if users[module] != want {
			t.Errorf("%s is imported by %s, the page says %s", module, want, users[module])
		}
	}
	for module, licence := range licences {
		if licenceTexts[licence] == "" {
			t.Errorf("%s has a licence that nobody looked at: %q", module, licence)
		}
	}
	licenceFiles(t, modules, licences)
	readme, err := os.ReadFile("README.md")
	if err != nil || !strings.Contains(string(readme), "(docs/dependencies.md)") {
		t.Errorf("README does not lead to the page: %v", err)
	}
}

// licenceFiles compares licences with the files in the module cache, where it is.
func licenceFiles(t *testing.T, modules, licences map[string]string) {
	t.Helper()
	cache := os.Getenv("GOMODCACHE")
	if home, err := os.UserHomeDir(); cache == "" && err == nil {
		cache = filepath.Join(home, "go", "pkg", "mod")
	}
	upper := regexp.MustCompile(`[A-Z]`)
	for module, version := range modules {
		version, _, _ = strings.Cut(version, " ")
		escaped := upper.ReplaceAllStringFunc(module, func(s string) string { return "!" + strings.ToLower(s) })
		text, err := os.ReadFile(filepath.Join(cache, filepath.FromSlash(escaped)+"@"+version, "LICENSE"))
		if err == nil && !strings.Contains(string(text), licenceTexts[licences[module]]) {
			t.Errorf("the licence of %s is not %s", module, licences[module])
		}
	}
}

// The page is read as it is written.
func TestDependenciesAreRead(t *testing.T) {
	t.Parallel()
	want := map[string]string{"a.example/b": "v1.2.3", "c.example/D/v4": "v4.0.0-x indirect", "e.example/f": "v1.0.0"}
	got := required("module m.example/m\n\ngo 1.26\n\nrequire e.example/f v1.0.0\n\nrequire (\n\ta.example/b v1.2.3\n\tc.example/D/v4 v4.0.0-x // indirect\n)\n")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("go.mod (-want +got):\n%s", diff)
	}
	row := func(module, version string) string {
		return "| " + module + " | " + version + " | MIT | `x` | why |\n"
	}
	versions, licences, users := listed("| Module | Version |\n" + row("a.example/b", "v1.2.3") + row("e.example/f", "v1.0.0") +
		"## Indirect\n" + row("c.example/D/v4", "v4.0.0-x"))
	if diff := cmp.Diff(want, versions); diff != "" || licences["a.example/b"] != "MIT" || users["e.example/f"] != "`x`" {
		t.Errorf("page (-want +got):\n%s", diff)
	}
}
