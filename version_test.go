package issuing_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
)

// TestVersion: the constant is the newest heading of the changelog, and -dev as long as
// that has no date.
func TestVersion(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	heading := regexp.MustCompile(`(?m)^## (\d+\.\d+\.\d+) - (unreleased|\d{4}-\d\d-\d\d)$`).FindStringSubmatch(string(text))
	if first := regexp.MustCompile(`(?m)^## .*$`).FindString(string(text)); heading == nil || heading[0] != first {
		t.Fatalf("the newest heading is %q, want a version and its date or unreleased", first)
	}
	want := heading[1]
	if heading[2] == "unreleased" {
		want += "-dev"
	}
	if issuing.Version != want {
		t.Errorf("Version is %q, the changelog's %q", issuing.Version, want)
	}
}

// TestDependabotKnowsEveryModule: the updates of one that is not listed come from nobody.
func TestDependabotKnowsEveryModule(t *testing.T) {
	t.Parallel()
	var modules []string
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == "go.mod" {
			modules = append(modules, strings.TrimSuffix("/"+filepath.ToSlash(filepath.Dir(path)), "/."))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.FromSlash(".github/dependabot.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var listed []string
	for _, m := range regexp.MustCompile(`(?m)^      - (/\S*)$`).FindAllStringSubmatch(string(text), -1) {
		listed = append(listed, strings.TrimSuffix(m[1], "/"))
	}
	slices.Sort(modules)
	slices.Sort(listed)
	if diff := cmp.Diff(modules, listed); diff != "" || len(modules) < 5 {
		t.Errorf("(-modules +listed):\n%s", diff)
	}
}
