package issuing_test

import (
	"encoding/csv"
	"go/ast"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// headings are those of every provider's page, in this order.
var headings = []string{
	"What it is", "Credentials", "Keys", "First call", "Callbacks", "What is inferred", "Going live", "Troubleshooting",
	"Limits", "In godoc",
}

// section is the text below a heading of the second level.
func section(text, heading string) string {
	_, after, _ := strings.Cut(text, "\n## "+heading+"\n")
	within, _, _ := strings.Cut(after, "\n## ")
	return within
}

// TestProviderPages: every provider has a page of the same headings, and its page names
// every setting of what is inferred.
func TestProviderPages(t *testing.T) {
	t.Parallel()
	for _, p := range providers[:len(providers)-1] {
		text := read(t, "docs/providers/"+p+".md")
		var got []string
		for _, h := range regexp.MustCompile(`(?m)^## (.*)$`).FindAllStringSubmatch(text, -1) {
			got = append(got, h[1])
		}
		if !slices.Equal(got, headings) {
			t.Errorf("%s has the headings %q, want %q", p, got, headings)
		}
		inferred := section(text, "What is inferred")
		for _, setting := range inferredSettings(t, p) {
			if !strings.Contains(inferred, "`"+setting+"`") {
				t.Errorf("docs/providers/%s.md lacks the setting %s", p, setting)
			}
		}
	}
}

// inferredSettings are those of a provider's table; a provider that publishes everything
// has none.
func inferredSettings(t *testing.T, provider string) []string {
	t.Helper()
	file, err := os.Open(provider + "/testdata/inferred.csv")
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatal(len(rows), err)
	}
	var out []string
	for _, row := range rows[1:] {
		if row[2] != "" {
			out = append(out, row[2])
		}
	}
	return out
}

// quoted are the texts in backticks of a table's first column.
func quoted(table string) []string {
	var out []string
	for line := range strings.Lines(table) {
		cells := strings.Split(line, "|")
		if len(cells) < 3 {
			continue
		}
		for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[1], -1) {
			out = append(out, m[1])
		}
	}
	return out
}

// TestTroubleshooting: every text that a page says is printed is one that is: of a
// set-up that is wrong, tried here, or a text that stands in the code.
func TestTroubleshooting(t *testing.T) {
	t.Parallel()
	words := literals(t)
	check := func(path, heading string, tried []string) {
		texts := quoted(section(read(t, path), heading))
		if len(texts) < 6 {
			t.Errorf("%s: %d texts only", path, len(texts))
		}
		for _, text := range texts {
			if !slices.ContainsFunc(tried, func(s string) bool { return strings.Contains(s, text) }) &&
				!slices.ContainsFunc(words, func(s string) bool { return strings.Contains(s, text) }) &&
				!fieldProblem(words, text) {
				t.Errorf("%s quotes %q, which nothing prints", path, text)
			}
		}
	}
	for _, p := range providers[:len(providers)-1] {
		check("docs/providers/"+p+".md", "Troubleshooting", printed(t, p))
	}
	check("docs/callbacks.md", "When a callback is refused", printed(t, "webhook"))
}

// fieldProblem reports whether a text is a setting's name and, behind it, a problem that
// stands in the code.
func fieldProblem(words []string, text string) bool {
	field, problem, _ := strings.Cut(text, " ")
	return slices.Contains(words, field) && len(problem) > 8 &&
		slices.ContainsFunc(words, func(s string) bool { return strings.Contains(s, problem) })
}

// literals are the texts of the module's code, those joined by + as one.
func literals(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, s := range sources(t) {
		if s.test || strings.HasPrefix(s.dir, "examples") || s.dir == "internal/acme" {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if e, ok := n.(ast.Expr); ok {
				if text, ok := folded(e); ok {
					out = append(out, text)
					return false
				}
			}
			return true
		})
	}
	return out
}

// folded is the value of a text, or of texts joined by +.
func folded(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", false
		}
		text, err := strconv.Unquote(e.Value)
		return text, err == nil
	case *ast.BinaryExpr:
		x, okX := folded(e.X)
		y, okY := folded(e.Y)
		return x + y, e.Op == token.ADD && okX && okY
	}
	return "", false
}
