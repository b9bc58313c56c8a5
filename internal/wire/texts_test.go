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
