package wire_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/issuing-sdk/issuing-go/internal/wire"
)

func TestTexts(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		in   string
		want [][2]string
	}{
		{`{"b":"x","a":12.50,"c":true,"d":null,"e":{"k": [1, 2]},"f":"","g":"é\n\"q\""}`, [][2]string{
			{"b", "x"}, {"a", "12.50"}, {"c", "true"}, {"d", ""}, {"e", `{"k": [1, 2]}`}, {"f", ""}, {"g", "é\n\"q\""},
		}},
		{`{"na\u006de":"{\"k\":1}"}`, [][2]string{{"name", `{"k":1}`}}},
		{` { } `, nil},
		{`["a"]`, nil},
		{`{"a":1`, nil},
		{``, nil},
	} {
		var got [][2]string
		for name, text := range wire.Texts([]byte(tc.in)) {
			got = append(got, [2]string{name, text})
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.in, diff)
		}
	}
}

// Every reader skips one byte order mark, at the start alone.
func TestByteOrderMark(t *testing.T) {
	t.Parallel()
	const bom = "\ufeff"
	read := func(text string) (got []string) {
		for name, value := range wire.Members([]byte(text)) {
			got = append(got, "Members "+name+string(value))
		}
		for name, value := range wire.ReadMembers(text) {
			got = append(got, "ReadMembers "+name+value)
		}
		for name, value := range wire.Texts([]byte(text)) {
			got = append(got, "Texts "+name+value)
		}
		var into struct {
			A string `json:"a"`
		}
		if err := (wire.Codec{}).Unmarshal([]byte(text), &into); err == nil {
			got = append(got, "Unmarshal a"+into.A)
		}
		if text := wire.Text(text, "a"); text != "" {
			got = append(got, "Text "+text)
		}
		return got
	}
	want := read(`{"a":"1"}`)
	if len(want) != 5 {
		t.Fatal(want)
	}
	if diff := cmp.Diff(want, read(bom+`{"a":"1"}`)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, text := range []string{bom + bom + `{"a":"1"}`, bom[:2] + `{"a":"1"}`, " " + bom + `{"a":"1"}`} {
		if got := read(text); got != nil {
			t.Errorf("%q: %v", text, got)
		}
	}
	if text, ok := wire.Unquote([]byte(bom + `"x"`)); !ok || text != "x" {
		t.Errorf("Unquote: %q, %t", text, ok)
	}
	if got := string(wire.TrimBOM([]byte("plain"))); got != "plain" {
		t.Errorf("TrimBOM: %q", got)
	}
}
