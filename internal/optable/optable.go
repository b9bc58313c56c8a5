// Package optable writes the tables of operations that stand on the provider packages'
// pages, from the operations themselves.
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

// Replace puts the table into a package's page: in place of the indented lines of the
// section Settling. ok is false where there is no such section.
func Replace(page, table string) (_ string, ok bool) {
	before, section, ok := strings.Cut(page, Heading)
	if !ok {
		return page, false
	}
	text, rest, ok := strings.Cut(section, "//\t")
	if !ok || strings.Contains(text, "// # ") {
		return page, false
	}
	rest = "//\t" + rest
	for strings.HasPrefix(rest, "//\t") {
		_, rest, _ = strings.Cut(rest, "\n")
	}
	return before + Heading + text + table + rest, true
}
