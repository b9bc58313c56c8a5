package conform

import (
	"encoding/json"
	"strings"
	"testing"
)

// Refusal is how a platform refuses a request. Code and Message are compared where
// they are not empty: Code to the letter, Message as a part of the platform's words.
type Refusal struct {
	Status  int    // of HTTP
	Code    string // the platform's
	Message string // words about what is wrong, such as the name of the field
}

// Violation is a request that breaks one rule of the documents and no other.
type Violation[R any] struct {
	Name    string // what is broken
	Rule    string // where the documents say so
	Request R      // as it is sent, past the client
	Want    Refusal
}

// Set returns a JSON object with one member replaced or added, or taken away by "".
func Set(t testing.TB, object, member, value string) string {
	t.Helper()
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal([]byte(object), &fields); err != nil {
		t.Fatal(object, err)
	}
	fields[member] = json.RawMessage(value)
	if value == "" {
		delete(fields, member)
	}
	text, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(value, err)
	}
	return string(text)
}

// Violations sends each row raw and compares how it is refused; there are at least so
// many. Send sends a request; intact reports what a refused request has changed all the
// same, and is asked after each.
func Violations[R any](
	t *testing.T, least int, rows []Violation[R], send func(testing.TB, R) Refusal, intact func() error,
) {
	t.Helper()
	if len(rows) < least {
		t.Errorf("%d violations, want %d at least", len(rows), least)
	}
	names := map[string]bool{}
	refused := 0
	for _, row := range rows {
		if row.Name == "" || row.Rule == "" || row.Want.Status == 0 || names[row.Name] {
			t.Errorf("%q: a row needs a name of its own, the rule and the status", row.Name)
		}
		names[row.Name] = true
		got := send(t, row.Request)
		switch {
		case got.Status != row.Want.Status,
			row.Want.Code != "" && got.Code != row.Want.Code,
			!strings.Contains(got.Message, row.Want.Message):
			t.Errorf("%s (%s): answered %d %q %q, want %d %q %q",
				row.Name, row.Rule, got.Status, got.Code, got.Message, row.Want.Status, row.Want.Code, row.Want.Message)
		default:
			refused++
		}
		if err := intact(); err != nil {
			t.Errorf("%s (%s): refused, and changed something: %v", row.Name, row.Rule, err)
		}
	}
	t.Logf("%d of %d violations refused as documented", refused, len(rows))
}

// Names are the names of rows.
func Names[R any](rows []Violation[R]) []string {
	names := make([]string, len(rows))
	for i, row := range rows {
		names[i] = row.Name
	}
	return names
}
