package issuing_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestREADME keeps the README true: its Go blocks stand, but for indentation, in
// the compiled examples, and its test runs.
func TestREADME(t *testing.T) {
	t.Parallel()
	readme := read(t, "README.md")
	source := flat(read(t, "readme_example_test.go"))
	blocks := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(readme, -1)
	if len(blocks) < 4 {
		t.Errorf("%d Go blocks", len(blocks))
	}
	for _, block := range blocks {
		if !strings.Contains(source, flat(block[1])) {
			t.Errorf("not in readme_example_test.go:\n%s", block[1])
		}
	}
	for _, command := range []string{"go run ./examples/quickstart", "go test ./..."} {
		if !strings.Contains(readme, command) {
			t.Errorf("the README lacks the set-up command %q", command)
		}
	}
	Example_platformInMemory()
	readmeTest(t)
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// flat joins the lines of text without their indentation.
func flat(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}
