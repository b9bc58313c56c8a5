package legacytest

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/issuing-sdk/issuing-go/internal/coverage"
)

// Every documented parameter has a rule, and no rule is about anything else.
func TestRulesAreThePages(t *testing.T) {
	t.Parallel()
	rows, err := coverage.Read("../..", "legacy")
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]map[string]bool{} // by page: two ways to ask are two operations of ours
	pages := map[string]string{}
	for _, row := range rows {
		if row.Kind != coverage.KindRequest || row.Place != "" {
			continue
		}
		for _, op := range row.Operations() {
			pages[op] = row.Page
			if documented[row.Page] == nil {
				documented[row.Page] = map[string]bool{}
			}
			documented[row.Page][row.Name] = true
		}
	}
	if len(documented) < 30 {
		t.Errorf("%d pages with parameters", len(documented))
	}
	for _, o := range routes {
		names := map[string]bool{}
		for _, row := range o.takes {
			for _, name := range strings.Fields(row.names) {
				if names[name] {
					t.Errorf("%s: %s has two rules", o.op, name)
				}
				names[name] = true
			}
		}
		if !maps.Equal(names, documented[pages[o.op]]) {
			t.Errorf("%s: rules for %v, documented are %v", o.op,
				slices.Sorted(maps.Keys(names)), slices.Sorted(maps.Keys(documented[pages[o.op]])))
		}
	}
}
