package issuing_test

import (
	"os"
	"regexp"
	"testing"

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
