package optable

import (
	"cmp"
	"slices"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
)

// Capabilities begins the section of a package's page that says what it offers.
const Capabilities = "// # Capabilities\n"

// Offers is the table of what a provider offers as the lines of a doc comment: concept and
// method, when it is complete, and what tells. Operations of no concept stand in it where
// their end comes later. Below it stand the forms of keys and the limits.
func Offers(ops []issuing.Operation) string {
	var t table
	for _, concept := range append(issuing.Concepts(), "") {
		for _, o := range ops {
			for _, offer := range offers(o) {
				if offer.Concept == concept {
					t.add(offer.Method, string(concept), completion(o), told(o))
				}
			}
		}
	}
	rows := [][]string{{"concept", "method", "complete", "told by"}}
	for _, cells := range t.order {
		for _, method := range Grouped(t.methods[cells]) {
			rows = append(rows, []string{cells[0], method, cells[1], cells[2]})
		}
	}
	return lines(rows) + limits(ops)
}

// table gathers the methods of which the other cells are the same.
type table struct {
	order   [][3]string
	methods map[[3]string][]string
}

func (t *table) add(method string, cells ...string) {
	key := [3]string(cells)
	if t.methods == nil {
		t.methods = map[[3]string][]string{}
	}
	if t.methods[key] == nil {
		t.order = append(t.order, key)
	}
	t.methods[key] = append(t.methods[key], method)
}

// completion is that of a write: a read has none to tell, unless it begins something.
func completion(o issuing.Operation) string {
	if o.SettledBy == "" && o.Completion == issuing.CompletionAtOnce {
		return ""
	}
	return string(o.Completion)
}

// offers are those of an operation, and its own method where it is a speciality of which the
// end comes later.
func offers(o issuing.Operation) []issuing.Offer {
	if len(o.Offers) == 0 && (o.Completion == issuing.CompletionLater || o.Completion == issuing.CompletionEither) {
		return []issuing.Offer{{Method: o.Name}}
	}
	return o.Offers
}

// told is what tells of an operation's end: events, then reads.
func told(o issuing.Operation) string {
	events, last := "", ""
	for _, event := range o.Events {
		group, rest := event[:strings.LastIndexByte(event, '.')+1], event[strings.LastIndexByte(event, '.')+1:]
		switch {
		case events == "":
			events = event
		case group != "" && group == last:
			events += ", ." + rest
		default:
			events += ", " + event
		}
		last = group
	}
	shown := strings.Join(o.ShownBy, ", ")
	if events != "" && shown != "" {
		return events + "; " + shown
	}
	return events + shown
}

// limits is the table of keys and limits; "" where there are none.
func limits(ops []issuing.Operation) string {
	var t table
	writes := 0
	for _, o := range ops {
		if o.SettledBy != "" {
			writes++
		}
		if o.Key.Field != "" {
			t.add(o.Name, o.Key.Field+": "+o.Key.String(), cmp.Or(o.Key.Source, "the client's own"), "key")
		}
		for _, l := range o.Limits {
			t.add(o.Name, l.String(), l.Source, "")
		}
	}
	rows := [][]string{{"limit", "page", "methods"}}
	for _, cells := range t.order {
		names := wrapped(Grouped(t.methods[cells]))
		if cells[2] == "key" && len(t.methods[cells]) == writes {
			names = []string{"all writes"}
		}
		rows = append(rows, []string{cells[0], cells[1], names[0]})
		for _, more := range names[1:] {
			rows = append(rows, []string{"", "", more})
		}
	}
	if len(rows) == 1 {
		return ""
	}
	return "//\n" + lines(rows)
}

// width is that of a column of methods.
const width = 44

// wrapped joins names to lines.
func wrapped(names []string) []string {
	out := names[:1:1]
	for _, name := range names[1:] {
		if last := len(out) - 1; len(out[last])+len(name) < width {
			out[last] += ", " + name
		} else {
			out = append(out, name)
		}
	}
	return out
}

// Grouped joins the services that have the same method, as long as the column allows:
// VisaH.Freeze and VirtualL.Freeze are VisaH|VirtualL.Freeze.
func Grouped(methods []string) []string {
	var out []string
	at := map[string]int{}
	for _, m := range methods {
		service, method, _ := strings.Cut(m, ".")
		if i, ok := at[method]; ok && len(out[i])+len(service) < width {
			before, _, _ := strings.Cut(out[i], ".")
			out[i] = before + "|" + service + "." + method
			continue
		}
		at[method] = len(out)
		out = append(out, m)
	}
	return out
}

// The marks that the README's table stands between.
const (
	Begin = "<!-- capabilities: go generate -->\n"
	End   = "<!-- /capabilities -->\n"
)

// Provider is a provider's name with its operations.
type Provider struct {
	Name string
	Ops  []issuing.Operation
}

// Matrix is the table of concepts and providers in Markdown.
func Matrix(providers []Provider) string {
	var b strings.Builder
	b.WriteString("| |")
	for _, p := range providers {
		b.WriteString(" `" + p.Name + "` |")
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(providers)) + "\n")
	for _, concept := range issuing.Concepts() {
		b.WriteString("| " + string(concept) + " |")
		for _, p := range providers {
			b.WriteString(" " + cell(p.Ops, concept) + " |")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// cell is what a provider has of a concept: its methods, those with the same marks together.
func cell(ops []issuing.Operation, concept issuing.Concept) string {
	var order []string
	methods := map[string][]string{}
	for _, o := range ops {
		method := o.Method(concept)
		if method == "" {
			continue
		}
		m := marks(o)
		if !slices.Contains(order, m) {
			order = append(order, m)
		}
		methods[m] = append(methods[m], method)
	}
	var parts []string
	for _, m := range order {
		names := "`" + strings.Join(Grouped(methods[m]), "` `") + "`"
		names = strings.ReplaceAll(names, "|", "/")
		parts = append(parts, strings.TrimSuffix(names+" "+m, " "))
	}
	if len(parts) == 0 {
		return "–"
	}
	return strings.Join(parts, "; ")
}

// marks are those of an operation: when it is complete, unless at once, and what settles it.
func marks(o issuing.Operation) string {
	var all []string
	switch o.Completion {
	case issuing.CompletionLater, issuing.CompletionEither:
		all = append(all, string(o.Completion))
	}
	if o.SettledBy != "" {
		all = append(all, string(o.SettledBy))
	}
	return strings.Join(all, ", ")
}
