package issuing_test

import (
	"net/url"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

var (
	linkPattern    = regexp.MustCompile(`\]\(([^()\s]+)\)`)
	headingPattern = regexp.MustCompile(`(?m)^#{1,6} +(.*?)\s*$`)
	codePattern    = regexp.MustCompile("(?s)```.*?```|`[^`\n]*`")
)

// links are the targets of a page's links that are not on the web, without those in code.
func (p page) links() []string {
	var out []string
	for _, m := range linkPattern.FindAllStringSubmatch(withoutCode(p.text), -1) {
		if u, err := url.Parse(m[1]); err != nil || u.Scheme == "" {
			out = append(out, m[1])
		}
	}
	return out
}

// withoutCode takes blocks and the text of code out, and leaves links whose text is code.
func withoutCode(text string) string { return codePattern.ReplaceAllString(text, "code") }

// anchors are those that a page has, as GitHub makes them of its headings.
func anchors(text string) map[string]bool {
	out := map[string]bool{}
	outside := regexp.MustCompile("(?s)```.*?```").ReplaceAllString(text, "")
	for _, m := range headingPattern.FindAllStringSubmatch(outside, -1) {
		slug := strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
				return unicode.ToLower(r)
			}
			return -1
		}, m[1])
		out["#"+slug] = true
	}
	return out
}

// follow returns the file that a link of a page leads to, and what is wrong with it.
func follow(from, link string) (target, problem string) {
	target, anchor, _ := strings.Cut(link, "#")
	target, err := url.PathUnescape(target)
	if err != nil {
		return "", "is no address"
	}
	if target = path.Join(path.Dir(from), target); strings.HasPrefix(link, "#") {
		target = from
	}
	info, err := os.Stat(target)
	switch {
	case err != nil:
		return target, "leads nowhere"
	case anchor == "" || info.IsDir():
		return target, ""
	}
	text, err := os.ReadFile(target)
	if err != nil || !anchors(string(text))["#"+anchor] {
		return target, "has an anchor that its page lacks"
	}
	return target, ""
}

// TestLinks follows every link and anchor of the repository's pages.
func TestLinks(t *testing.T) {
	t.Parallel()
	n := 0
	for _, p := range pages(t) {
		for _, link := range p.links() {
			n++
			if _, problem := follow(p.path, link); problem != "" {
				t.Errorf("%s: the link %s %s", p.path, link, problem)
			}
		}
	}
	if n < 100 {
		t.Errorf("%d links only", n)
	}
}

// tasks are what a new user comes for.
var tasks = []string{
	"make the first call", "receive the first callback", "test with a fault", "recover after a crash", "change keys",
	"keep a key in a key service", "serve a second merchant", "put callbacks through a queue",
	"receive callbacks behind gin, echo, chi or API Gateway", "log calls", "count calls, for metrics", "trace calls",
	"drive a platform from curl", "find out how KazePay's envelope is made", "reconcile with the provider's records",
	"upgrade to a newer version", "report a security fault", "list licences", "read it in Chinese", "contribute",
}

// TestTasks: each has a row with a link on the index, and the index is one click away from
// the README.
func TestTasks(t *testing.T) {
	t.Parallel()
	const index = "docs/README.md"
	first := page{path: "README.md", text: read(t, "README.md")}
	if !slices.ContainsFunc(first.links(), func(link string) bool {
		target, _ := follow(first.path, link)
		return target == index
	}) {
		t.Errorf("the README does not lead to %s", index)
	}
	rows := section(read(t, index), "Twenty tasks")
	for _, task := range tasks {
		_, after, found := strings.Cut(rows, "\n| "+task+" | ")
		row, _, _ := strings.Cut(after, "\n")
		if links := (page{path: index, text: row}).links(); !found || len(links) == 0 {
			t.Errorf("%s has no way to %q", index, task)
		}
	}
	if n := strings.Count(rows, "\n| ") - 1; n != len(tasks) {
		t.Errorf("%d rows, want %d", n, len(tasks))
	}
}

// TestAnchors: as GitHub makes them.
func TestAnchors(t *testing.T) {
	t.Parallel()
	got := anchors("# A `code`, and more!\n```\n# no\n```\n## What it is\n## UQPAY's own\n")
	for _, want := range []string{"#a-code-and-more", "#what-it-is", "#uqpays-own"} {
		if !got[want] {
			t.Errorf("no %s in %v", want, got)
		}
	}
	if len(got) != 3 {
		t.Errorf("%v", got)
	}
}
