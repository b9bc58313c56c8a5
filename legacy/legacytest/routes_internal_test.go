package legacytest

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The platform answers the paths that the pages document, and no others.
func TestPaths(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../testdata/paths.txt")
	if err != nil {
		t.Fatal(err)
	}
	var answered []string
	for _, o := range routes {
		answered = append(answered, o.path)
	}
	slices.Sort(answered)
	if diff := cmp.Diff(strings.Fields(string(text)), slices.Compact(answered)); diff != "" {
		t.Errorf("paths (-want +got):\n%s", diff)
	}
}
