// Package optable writes the tables of operations that stand on the provider packages'
// pages and in the README, from the operations themselves.
package optable

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	issuing "github.com/issuing-sdk/issuing-go"
)

// Heading begins the section of a package's page that holds its table.
const Heading = "// # Settling\n"

// Table is the table of the writes as the lines of a doc comment: operation, safety, what
// settles it, and whether Settle may send it again.
func Table(ops []issuing.Operation) string {
	rows := [][]string{{"operation", "safety", "settled by", "sent again"}}
	for _, o := range ops {
		if o.SettledBy == "" {
			continue
		}
		rows = append(rows, []string{o.Name, o.Safety, settledBy(o), again(o)})
	}
	return lines(rows)
}

// lines are the rows as the lines of a doc comment, in columns.
func lines(rows [][]string) string {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		line := ""
		for i, cell := range row {
			line += fmt.Sprintf("%-*s  ", widths[i], cell)
		}
		b.WriteString("//\t" + strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}

func settledBy(o issuing.Operation) string {
	switch {
	case len(o.Inquiry) == 0:
		return string(o.SettledBy)
	case o.SettledBy == issuing.SettledByNobody:
		return string(o.SettledBy) + " (see " + strings.Join(o.Inquiry, ", ") + ")"
	}
	return string(o.SettledBy) + ": " + strings.Join(o.Inquiry, ", ")
}

func again(o issuing.Operation) string {
	switch {
	case !o.Resend:
		return "no"
	case o.Window > 0:
		return fmt.Sprintf("for %d hours", o.Window/time.Hour)
	}
	return "yes"
}

// Replace puts a table into a package's page: in place of the indented lines of the section
// with the heading. ok is false where there is no such section with one.
func Replace(page, heading, table string) (_ string, ok bool) {
	before, section, ok := strings.Cut(page, heading)
	if !ok {
		return page, false
	}
	text, rest, ok := strings.Cut(section, "//\t")
	if !ok || strings.Contains(text, "// # ") {
		return page, false
	}
	rest = "//\t" + rest
	for strings.HasPrefix(rest, "//\t") || strings.HasPrefix(rest, "//\n//\t") {
		_, rest, _ = strings.Cut(rest, "\n")
	}
	return before + heading + text + table + rest, true
}

// Page is a package's page with its two tables as the operations have them.
func Page(page string, ops []issuing.Operation) (_ string, ok bool) {
	page, ok = Replace(page, Capabilities, Offers(ops))
	if !ok {
		return page, false
	}
	return Replace(page, Heading, Table(ops))
}

// Readme is the README with the table between its marks.
func Readme(text string, providers []Provider) (_ string, ok bool) {
	before, rest, ok := strings.Cut(text, Begin)
	_, after, ends := strings.Cut(rest, End)
	return before + Begin + Matrix(providers) + End + after, ok && ends
}
