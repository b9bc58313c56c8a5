package coverage

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Marks of the part of README.md that holds the counts.
const (
	Begin = "<!-- coverage: written by go run ./internal/cmd/coverage -->\n"
	End   = "<!-- end of coverage -->\n"
)

// Documents are a provider's rows.
type Documents struct {
	Provider string
	Rows     []Row
}

// Page is COVERAGE.md.
func Page(all []Documents) string {
	var b strings.Builder
	b.WriteString(intro)
	b.WriteString(Counts(all))
	for _, d := range all {
		d.write(&b)
	}
	return b.String()
}

const intro = `# Coverage

From each row of a provider's documents to its Go name and the test that holds it. This page is written by
` + "`go run ./internal/cmd/coverage`" + ` from the tables in [testdata/coverage](testdata/coverage);
` + "`-check`" + ` says whether it is fresh, whether each Go name is declared, and whether each test is there.

` + "`TestCoverage`" + ` of a provider's package puts a row through the package's own code: a member
of a request is set in Go and found on the wire at its place, a member of an answer or callback is put there and
arrives in Go, each in two values; a value and a code are those of their constants, and known; a path is that of the
table of operations. A request without what the documents require is refused unsent, and a request has no member that
no row documents. Another test stands there by its name, after a slash with the row of it. Members of a list are
written as ` + "`list[].name`" + `. A row without a Go name says why it has none. Pages are those of
WorldCard's documentation; for the other providers they are the sections of the notes that were made of theirs.

`

// titles are the headings of rows that belong to no operation and no callback.
var titles = map[string]string{
	KindCommon: "Headers and common parameters", KindEnvelope: "Around the answers", KindEnum: "Values",
	KindCode: "Codes", KindRule: "Rules",
	KindReply: "Answers to callbacks", KindFile: "Files",
}

// counted are the columns of the counts; what stands around the messages is counted together.
var counted = []struct {
	title string
	kinds []string
}{
	{"Operations", []string{KindOperation}}, {"Request fields", []string{KindRequest}},
	{"Answer fields", []string{KindResponse}}, {"Callbacks", []string{KindCallback}},
	{"Callback fields", []string{KindEvent, KindReply}}, {"Values", []string{KindEnum}}, {"Codes", []string{KindCode}},
	{"Rules", []string{KindRule}}, {"Headers, envelopes, files", []string{KindCommon, KindEnvelope, KindFile}},
}

// Counts is the table of counts of all providers.
func Counts(all []Documents) string {
	var b strings.Builder
	b.WriteString("| Provider | Rows |")
	for _, c := range counted {
		b.WriteString(" " + c.title + " |")
	}
	b.WriteString(" Without a Go name |\n|---|" + strings.Repeat("---:|", len(counted)+2) + "\n")
	for _, d := range all {
		fmt.Fprintf(&b, "| `%s` | %d |", d.Provider, len(d.Rows))
		for _, c := range counted {
			fmt.Fprintf(&b, " %d |", len(d.of(c.kinds...)))
		}
		without := slices.DeleteFunc(slices.Clone(d.Rows), func(r Row) bool { return r.Go != "" })
		fmt.Fprintf(&b, " %d |\n", len(without))
	}
	return b.String()
}

func (d Documents) of(kinds ...string) []Row {
	return slices.DeleteFunc(slices.Clone(d.Rows), func(r Row) bool { return !slices.Contains(kinds, r.Kind) })
}

// write writes a provider's part: operations, callbacks, and what belongs to none.
func (d Documents) write(b *strings.Builder) {
	fmt.Fprintf(b, "\n## %s\n", d.Provider)
	d.operations(b)
	d.callbacks(b)
	for _, kind := range []string{KindReply, KindCommon, KindEnvelope, KindFile, KindEnum, KindCode, KindRule} {
		if rows := d.of(kind); len(rows) > 0 {
			fmt.Fprintf(b, "\n### %s of %s\n\n", titles[kind], d.Provider)
			list(b, kind, rows)
		}
	}
}

// operations writes a table for each operation: all rows that belong to it.
func (d Documents) operations(b *strings.Builder) {
	var g groups
	for _, r := range d.of(KindOperation, KindRequest, KindResponse) {
		ops, names := r.Operations(), strings.Fields(r.Go)
		if len(ops) == 0 {
			g.add("Not in this module", r)
		}
		for i, op := range ops {
			own := r
			if len(names) == len(ops) {
				own.Go = names[i]
			}
			g.add(op, own)
		}
	}
	g.write(b, KindOperation, KindRequest, KindResponse)
}

// callbacks writes a table for the types that have the same members.
func (d Documents) callbacks(b *strings.Builder) {
	homes := map[string]string{} // of a type: the types that it shares most members with
	counts := map[string]int{}
	events := d.of(KindEvent)
	for _, r := range events {
		counts[r.Operation]++
	}
	for _, r := range events {
		for _, typ := range r.Operations() {
			if counts[r.Operation] > counts[homes[typ]] {
				homes[typ] = r.Operation
			}
		}
	}
	var g groups
	for _, r := range d.of(KindCallback, KindEvent) {
		home := r.Operation
		if types := r.Operations(); len(types) == 1 {
			home = cmp.Or(homes[types[0]], home)
		}
		g.add("Callback "+strings.Join(strings.Fields(home), ", "), r)
	}
	g.write(b, KindCallback, KindEvent)
}

// groups are rows under titles, in the order in which the titles came.
type groups struct {
	titles []string
	rows   map[string][]Row
}

func (g *groups) add(title string, r Row) {
	if g.rows == nil {
		g.rows = map[string][]Row{}
	}
	if g.rows[title] == nil {
		g.titles = append(g.titles, title)
	}
	g.rows[title] = append(g.rows[title], r)
}

// write writes the tables, each with its rows in the order of the kinds.
func (g *groups) write(b *strings.Builder, kinds ...string) {
	for _, title := range g.titles {
		fmt.Fprintf(b, "\n### %s\n\n", title)
		b.WriteString("| | Name | Type | Required | Go | Test | Page |\n|---|---|---|---|---|---|---|\n")
		rows := g.rows[title]
		slices.SortStableFunc(rows, func(a, b Row) int { return slices.Index(kinds, a.Kind) - slices.Index(kinds, b.Kind) })
		for _, r := range rows {
			cells := []string{
				r.Kind, code(place(r.Place, r.Name)), cell(r.Type), cell(r.Required), r.goCell(), code(r.Test), r.at(),
			}
			b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
		}
	}
}

// list writes rows of one kind; those that differ in their page alone are one line.
func list(b *strings.Builder, kind string, rows []Row) {
	about := "Of"
	if kind == KindCode {
		about = "Error"
	}
	fmt.Fprintf(b, "| %s | Name | Go | Test | Page |\n|---|---|---|---|---|\n", about)
	type key struct{ of, name, golang, test, reason string }
	var order []key
	pages := map[key][]string{}
	for _, r := range rows {
		of := r.Operation
		switch kind {
		case KindCode:
			of = r.Type
		case KindEnvelope, KindCommon:
			of = ""
		}
		k := key{of, place(r.Place, r.Name), r.Go, r.Test, r.Reason}
		if pages[k] == nil {
			order = append(order, k)
		}
		if at := r.at(); !slices.Contains(pages[k], at) {
			pages[k] = append(pages[k], at)
		}
	}
	for _, k := range order {
		at := pages[k][0]
		if n := len(pages[k]); n > 1 {
			at = fmt.Sprintf("%s and %d more", at, n-1)
		}
		r := Row{Go: k.golang, Reason: k.reason}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", cell(k.of), code(k.name), r.goCell(), code(k.test), at)
	}
}

// at is the page with the number of the table.
func (r Row) at() string {
	if r.Table == "" {
		return cell(r.Page)
	}
	return cell(r.Page) + ", table " + r.Table
}

func (r Row) goCell() string {
	if r.Reason != "" {
		return "none: " + cell(r.Reason)
	}
	names := strings.Fields(r.Go)
	for i, name := range names {
		names[i] = code(name)
	}
	return strings.Join(names, ", ")
}

func code(text string) string {
	if text == "" {
		return ""
	}
	if strings.Contains(text, "`") {
		return "`` " + cell(text) + " ``"
	}
	return "`" + cell(text) + "`"
}

// cell is text inside a table.
func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

// Put puts the counts into README.md, between the marks; ok is false where they are not.
func Put(readme, counts string) (_ string, ok bool) {
	before, rest, ok := strings.Cut(readme, Begin)
	_, after, ends := strings.Cut(rest, End)
	if !ok || !ends {
		return readme, false
	}
	return before + Begin + counts + End + after, true
}
