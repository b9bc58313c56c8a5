package issuing_test

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The Chinese pages are README.zh-CN.md and those of docs/zh, each a translation of an
// English one. A page and its translation have the same sections, and each section has the
// same blocks, tables, links and texts in backticks. What prose says cannot be compared:
// testdata/translated.txt has a digest of every English section as it was when it was
// translated, so that one which changes is named. After the Chinese page has followed,
// go test -run TestChinesePages -update . accepts it, and copies the tables that commands
// write into the English pages.
//
// Comments for other tests (<!-- go: … -->) and the word offline stand in the English page
// alone: its blocks are compiled and run, and those of the translation equal them.

var acceptTranslations = flag.Bool("update", false, "write testdata/translated.txt anew")

const translated = "testdata/translated.txt"

// originalOf is the English page that a page translates, or "".
func originalOf(page string) string {
	if dir, name := path.Split(page); strings.HasSuffix(name, ".zh-CN.md") {
		return dir + strings.TrimSuffix(name, ".zh-CN.md") + ".md"
	}
	if rest, ok := strings.CutPrefix(page, "docs/zh/"); ok {
		return "docs/" + rest
	}
	return ""
}

// chapter is what stands below one heading, or above the first.
type chapter struct {
	heading string // with its marks, such as "## Errors"
	anchor  string // of the heading, such as "#errors"
	text    string
}

// level is the number of a heading's marks.
func (c chapter) level() int { return strings.Count(strings.SplitN(c.heading, " ", 2)[0], "#") }

// chapters splits a page at its headings; a line of a block is none.
func chapters(text string) []chapter {
	out := []chapter{{}}
	var b strings.Builder
	inBlock := false
	for line := range strings.Lines(text) {
		if fencePattern.MatchString(strings.TrimRight(line, "\r\n")) {
			inBlock = !inBlock
		}
		if !inBlock && headingPattern.MatchString(line) {
			out[len(out)-1].text = b.String()
			b.Reset()
			below := chapter{heading: strings.TrimSpace(line)}
			for below.anchor = range anchors(below.heading) {
			}
			out = append(out, below)
			continue
		}
		b.WriteString(line)
	}
	out[len(out)-1].text = b.String()
	return out
}

var (
	fencedPattern    = regexp.MustCompile("(?ms)^```.*?^```$")
	generatedPattern = regexp.MustCompile(`(?s)<!-- \w+: (?:go generate|written by [^>]*) -->\n` +
		`.*?<!-- (?:/|end of )\w+ -->`)
	commentPattern = regexp.MustCompile(`(?s)<!--.*?-->`)
	spanPattern    = regexp.MustCompile("`[^`\n]+`")
)

// generated are the tables that commands write, which are the same in both languages.
func (c chapter) generated() []string { return generatedPattern.FindAllString(c.text, -1) }

// prose is a chapter's text without blocks, comments and generated tables.
func (c chapter) prose() string {
	text := fencedPattern.ReplaceAllString(generatedPattern.ReplaceAllString(c.text, ""), "")
	return strings.TrimSpace(commentPattern.ReplaceAllString(text, ""))
}

// blocks are those of a chapter: the first word behind the fence, and the text.
func (c chapter) blocks() []string {
	var out []string
	for _, b := range blocksOf("", c.text) {
		out = append(out, b.lang()+"\n"+b.text)
	}
	return out
}

// rows are those of a chapter's tables: the texts in backticks of each cell, sorted.
func (c chapter) rows() []string {
	var out []string
	for line := range strings.Lines(c.prose()) {
		if !strings.HasPrefix(line, "|") {
			if len(out) > 0 && out[len(out)-1] != "" {
				out = append(out, "") // a table ends
			}
			continue
		}
		line = spanPattern.ReplaceAllStringFunc(line, func(span string) string {
			return strings.ReplaceAll(span, "|", "¦") // which ends no cell
		})
		var row strings.Builder
		for cell := range strings.SplitSeq(strings.TrimSpace(line), "|") {
			row.WriteString(strings.Join(spansOf(cell), " ") + "|")
		}
		out = append(out, row.String())
	}
	return out
}

// spans are the texts in backticks of a chapter.
func (c chapter) spans() []string { return spansOf(c.prose()) }

// spansOf are the texts in backticks, sorted: a sentence may turn them round.
func spansOf(text string) []string {
	return slices.Sorted(slices.Values(spanPattern.FindAllString(text, -1)))
}

// digest changes with the words of a chapter.
func (c chapter) digest() string {
	words := strings.Join(strings.Fields(c.heading+"\n"+c.prose()), " ")
	return fmt.Sprintf("%x", sha256.Sum256([]byte(words)))[:12]
}

// translations are pages and their translations by path, as chapters.
type translations struct {
	pages map[string][]chapter
	of    map[string]string // the English page of each Chinese one
}

// links are the targets of a chapter's links, sorted: as paths of English pages from the
// root, with the number of a heading in the place of its anchor.
func (tr translations) links(page string, c chapter) []string {
	var out []string
	for _, m := range linkPattern.FindAllStringSubmatch(c.prose(), -1) {
		target, anchor, _ := strings.Cut(m[1], "#")
		anchor = "#" + anchor
		switch {
		case strings.Contains(target, "://"):
			out = append(out, m[1])
			continue
		case target == "":
			target = page
		default:
			target = path.Join(path.Dir(page), target)
		}
		for n, c := range tr.pages[target] {
			if c.anchor == anchor {
				anchor = fmt.Sprintf("#%d", n)
				break
			}
		}
		if original := tr.of[target]; original != "" {
			target = original
		} else if tr.of[page] != "" && slices.Contains(slices.Collect(maps.Values(tr.of)), target) {
			target += " in English" // where there is a Chinese page
		}
		out = append(out, target+anchor)
	}
	slices.Sort(out)
	return out
}

// differences are what a translation has otherwise than its original.
func (tr translations) differences(page string) []string {
	original := tr.of[page]
	en, zh := tr.pages[original], tr.pages[page]
	if got, want := levels(zh), levels(en); !slices.Equal(got, want) {
		return []string{fmt.Sprintf("%s has headings of the levels %v, %s %v", page, got, original, want)}
	}
	var out []string
	for i := range en {
		for _, all := range []struct {
			what   string
			zh, en []string
		}{
			{"blocks", zh[i].blocks(), en[i].blocks()},
			{"rows of tables", zh[i].rows(), en[i].rows()},
			{"generated tables", zh[i].generated(), en[i].generated()},
			{"texts in backticks", zh[i].spans(), en[i].spans()},
			{"links", tr.links(page, zh[i]), tr.links(original, en[i])},
		} {
			if !slices.Equal(all.zh, all.en) {
				out = append(out, fmt.Sprintf("%s, %q: the %s differ from those of %s: %q too many, %q missing",
					page, zh[i].heading, all.what, original, without(all.zh, all.en), without(all.en, all.zh)))
			}
		}
		for _, b := range blocksOf(page, zh[i].text) {
			if b.note != "" || b.info != b.lang() {
				out = append(out, fmt.Sprintf("%s, %q: a block has words for other tests: %q %q",
					page, zh[i].heading, b.note, b.info))
			}
		}
	}
	return out
}

func levels(all []chapter) []int {
	var out []int
	for _, c := range all {
		out = append(out, c.level())
	}
	return out
}

// without is a list without what another has, each as often as it is there.
func without(list, other []string) []string {
	out := slices.Clone(list)
	for _, s := range other {
		if i := slices.Index(out, s); i >= 0 {
			out = slices.Delete(out, i, i+1)
		}
	}
	return out
}

// digests are those of every chapter of a page.
func digests(page string, all []chapter) []string {
	var out []string
	for _, c := range all {
		if c.heading != "" {
			out = append(out, c.digest()+" "+page+" "+c.heading)
		}
	}
	return out
}

// languages takes the line that links a page's two languages off a text, and says what is
// wrong with it. It is the third line of a page.
func languages(page, twin, text, format string) (string, error) {
	link, err := filepath.Rel(filepath.FromSlash(path.Dir(page)), filepath.FromSlash(twin))
	if err != nil {
		return text, err
	}
	want := "\n" + fmt.Sprintf(format, filepath.ToSlash(link)) + "\n"
	lines := strings.SplitAfterN(text, "\n", 4)
	if len(lines) < 4 || lines[1]+lines[2] != want {
		return text, fmt.Errorf("the third line of %s is not %q", page, strings.TrimSpace(want))
	}
	return lines[0] + lines[3], nil
}

// withTables is a translation with the generated tables of its original.
func withTables(translation, original string) string {
	tables := generatedPattern.FindAllString(original, -1)
	return generatedPattern.ReplaceAllStringFunc(translation, func(old string) string {
		if len(tables) == 0 {
			return old
		}
		old, tables = tables[0], tables[1:]
		return old
	})
}

// translationsOf reads the pages of the repository.
func translationsOf(t *testing.T) translations {
	t.Helper()
	tr := translations{pages: map[string][]chapter{}, of: map[string]string{}}
	texts := map[string]string{}
	for _, p := range pages(t) {
		texts[p.path] = p.text
		if original := originalOf(p.path); original != "" {
			tr.of[p.path] = original
		}
	}
	for zh, en := range tr.of {
		if *acceptTranslations {
			texts[zh] = withTables(texts[zh], texts[en])
			write(t, zh, texts[zh])
		}
		for _, page := range []struct{ path, twin, language string }{
			{zh, en, "[English](%s) | 简体中文"}, {en, zh, "English | [简体中文](%s)"},
		} {
			text, err := languages(page.path, page.twin, texts[page.path], page.language)
			if err != nil {
				t.Error(err)
			}
			tr.pages[page.path] = chapters(text)
		}
	}
	return tr
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestChinesePages: every Chinese page has what its English one has, and follows it.
func TestChinesePages(t *testing.T) {
	t.Parallel()
	tr := translationsOf(t)
	for _, p := range providers[:len(providers)-1] {
		if tr.of["docs/zh/providers/"+p+".md"] == "" {
			t.Errorf("%s has no page in Chinese", p)
		}
	}
	var now []string
	for _, page := range slices.Sorted(maps.Keys(tr.of)) {
		for _, difference := range tr.differences(page) {
			t.Error(difference)
		}
		now = append(now, digests(tr.of[page], tr.pages[tr.of[page]])...)
	}
	if *acceptTranslations {
		write(t, translated, strings.Join(now, "\n")+"\n")
	}
	then := strings.Split(strings.TrimSpace(read(t, translated)), "\n")
	for _, line := range now {
		if !slices.Contains(then, line) {
			_, where, _ := strings.Cut(line, " ")
			t.Errorf("%s is not what was translated: let the Chinese page follow, then accept it with -update", where)
		}
	}
	if len(then) != len(now) {
		t.Errorf("%s has %d sections, the pages have %d", translated, len(then), len(now))
	}
}

// TestTranslationsDiffer: what a translation lacks or has otherwise is found.
func TestTranslationsDiffer(t *testing.T) {
	t.Parallel()
	const en = "# A\n\nSee [B](#b), [c](c.md#d).\n\n<!-- go: var x int -->\n```go\n# x\nx++\n```\n\n## B\n\n" +
		"`Deposit` moves `money`.\n\n| a | b |\n|---|---|\n| `x|y` | 2 |\n\n<!-- n: go generate -->\n|1|\n<!-- /n -->\n"
	const zh = "# 甲\n\n见 [c](../c.md#d)、[B](#乙)。\n\n```go\n# x\nx++\n```\n\n## 乙\n\n" +
		"`money` 由 `Deposit` 动用。\n\n| 甲 | 乙 |\n|---|---|\n| `x|y` | 2 |\n\n<!-- n: go generate -->\n|1|\n<!-- /n -->\n"
	differences := func(zh string) []string {
		return translations{
			pages: map[string][]chapter{"docs/a.md": chapters(en), "docs/zh/a.md": chapters(zh)},
			of:    map[string]string{"docs/zh/a.md": "docs/a.md"},
		}.differences("docs/zh/a.md")
	}
	if got := differences(zh); got != nil {
		t.Errorf("the translation differs: %q", got)
	}
	for what, change := range map[string][2]string{
		"a level": {"## 乙", "### 乙"}, "a heading": {"## 乙\n", ""}, "a block": {"x++", "x--"},
		"the kind of a block": {"```go", "```sh"}, "a word for a test": {"```go", "```go offline"},
		"a row": {"| `x|y` | 2 |\n", ""}, "a cell": {"| 甲 | 乙 |", "| 甲 |"}, "a generated table": {"|1|", "|2|"},
		"a name": {"`Deposit`", "`Deposits`"}, "a name twice": {"动用", "`money`"},
		"a cell's name": {"| `x|y` | 2 |", "| 2 | `x|y` |"}, "a link": {"../c.md", "c.md"},
		"an anchor": {"#乙", "#丙"}, "a page in English": {"(#乙)", "(../a.md#b)"},
	} {
		if got := differences(strings.Replace(zh, change[0], change[1], 1)); len(got) == 0 {
			t.Errorf("%s that is changed is not found", what)
		}
	}
	if got := withTables(strings.Replace(zh, "|1|", "|2|", 1), en); got != zh {
		t.Errorf("with the tables of its original the translation is %q", got)
	}
	was, is := chapters(en), chapters(strings.Replace(en, "moves", "may move", 1))
	if was[1].digest() != is[1].digest() || was[2].digest() == is[2].digest() {
		t.Error("a changed word does not change the digest of its section alone")
	}
}
