package check

import (
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
)

// What the merchant knows of a code wins over what the client has.
func TestKinds(t *testing.T) {
	t.Parallel()
	k := Kinds[string]{"A": issuing.ErrConflict, "B": issuing.ErrOutcomeUnknown}
	for _, c := range []struct {
		code string
		own  error
		open bool
		want error
		left bool
	}{
		{"A", issuing.ErrDeclined, true, issuing.ErrConflict, false},
		{"B", issuing.ErrDeclined, false, issuing.ErrUnavailable, true},
		{"C", issuing.ErrDeclined, true, issuing.ErrDeclined, true},
		{"C", nil, false, nil, false},
	} {
		if kind, open := k.Kind(c.code, c.own), k.Open(c.code, c.open); kind != c.want || open != c.left {
			t.Errorf("%s, own %v: %v, open %t", c.code, c.own, kind, open)
		}
	}
	for code, kind := range map[string]error{"": issuing.ErrDeclined, "A": nil, "B": issuing.ErrSignature, "C": issuing.ErrInvalid} {
		var p Problems
		Kinds[string]{code: kind}.Check(&p, "Codes", func(code string) bool { return code != "" })
		if p.Any() != (code != "C") {
			t.Errorf("%q is %v: %v", code, kind, p.Refusal())
		}
	}
}

func TestListed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		field, value string
		known        bool
		problems     int
	}{
		{"f", "", false, 0}, {"f", "X", true, 0}, {"f", "Y", false, 0}, {"f", "Z", false, 1}, {"g", "Y", false, 1},
	} {
		p := Problems{Values: map[string][]string{"f": {"Y"}}}
		if p.Listed(c.field, c.value, c.known); len(p.fields) != c.problems {
			t.Errorf("%+v: %v", c, p.fields)
		}
	}
	var p Problems
	if p.CheckValues(map[string][]string{"f": {"Y", ""}, "g": {"a\nb"}}); len(p.fields) != 2 {
		t.Errorf("%v", p.fields)
	}
}
