package issuing_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// page is one Markdown file of the repository.
type page struct {
	path   string // with slashes, from the root
	text   string
	blocks []block
}

// block is a fenced block of a page.
type block struct {
	page string
	line int    // of its first line of text
	info string // what stands behind the fence, such as "go" or "sh offline"
	note string // what a comment right above it says to the tests: <!-- go: … -->
	text string
}

// lang is the first word of the block's info.
func (b block) lang() string {
	lang, _, _ := strings.Cut(b.info, " ")
	return lang
}

// pages reads the Markdown files of the repository, those of nested modules included.
func pages(t *testing.T) []page {
	t.Helper()
	var out []page
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if path != "." && strings.HasPrefix(name, ".") || name == "testdata" || name == "node_modules" {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".md") {
			return nil
		}
		text, err := os.ReadFile(path)
		path = filepath.ToSlash(path)
		out = append(out, page{path: path, text: string(text), blocks: blocksOf(path, string(text))})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 10 {
		t.Fatalf("%d pages only", len(out))
	}
	return out
}

var (
	notePattern  = regexp.MustCompile(`(?s)<!-- go:\s*(.*?)\s*-->\s*$`)
	fencePattern = regexp.MustCompile("^(\\s*)```(.*)$")
)

// blocksOf finds the fenced blocks of a page.
func blocksOf(path, text string) []block {
	var out []block
	var open *block
	var before, inside strings.Builder // since the last block, and in this one
	n := 0
	for line := range strings.Lines(text) {
		n++
		fence := fencePattern.FindStringSubmatch(strings.TrimRight(line, "\r\n"))
		switch {
		case fence != nil && open == nil:
			open = &block{page: path, line: n + 1, info: strings.TrimSpace(fence[2])}
			if note := notePattern.FindStringSubmatch(before.String()); note != nil {
				open.note = note[1]
			}
			before.Reset()
		case fence != nil:
			open.text = inside.String()
			out, open = append(out, *open), nil
			inside.Reset()
		case open != nil:
			inside.WriteString(line)
		default:
			before.WriteString(line)
		}
	}
	return out
}

// TestBlocksOf: what stands above a block belongs to it, and to no other.
func TestBlocksOf(t *testing.T) {
	t.Parallel()
	got := blocksOf("a.md", "x\n<!-- go: var a int -->\n```go\na++\n```\n\ntext\n```sh offline\ntrue\n```\n```\nplain\n")
	if len(got) != 2 || got[0] != (block{"a.md", 4, "go", "var a int", "a++\n"}) ||
		got[1] != (block{"a.md", 9, "sh offline", "", "true\n"}) {
		t.Errorf("%+v", got)
	}
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
