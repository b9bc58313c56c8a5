package coverage

import (
	"fmt"
	"slices"
	"strings"
)

// Check lists the rows of a provider that lead nowhere.
func Check(rows []Row, source *Source) []string {
	var faults []string
	seen := map[Row]bool{}
	for _, row := range rows {
		if why := row.check(source); why != "" {
			faults = append(faults, row.String()+": "+why)
		}
		key := row
		key.Type, key.Required, key.Go, key.Test, key.Reason = "", "", "", "", ""
		if seen[key] {
			faults = append(faults, row.String()+": stands there twice")
		}
		seen[key] = true
	}
	return faults
}

func (r Row) check(source *Source) string {
	switch {
	case !slices.Contains(Kinds(), r.Kind):
		return "no such kind"
	case r.Page == "" || r.Name == "":
		return "a row needs its page and its name"
	case r.Reason != "" && (r.Go != "" || r.Test != ""):
		return "a reason is for rows without a Go name"
	case r.Reason != "":
		return ""
	case r.Go == "" || r.Test == "":
		return "a row needs a Go name and a test, or the reason why it has none"
	}
	for name := range strings.FieldsSeq(r.Go) {
		if err := source.Resolve(name); err != nil {
			return err.Error()
		}
	}
	if !source.HasTest(r.Test) {
		return fmt.Sprintf("there is no test %s", r.Test)
	}
	return ""
}

// Tables counts the tables with rows of some kinds on pages that begin with prefix.
func Tables(rows []Row, prefix string, kinds ...string) int {
	tables := map[[2]string]bool{}
	for _, row := range rows {
		if row.Table != "" && strings.HasPrefix(row.Page, prefix) && slices.Contains(kinds, row.Kind) {
			tables[[2]string{row.Page, row.Table}] = true
		}
	}
	return len(tables)
}
