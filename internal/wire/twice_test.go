package wire

import (
	"strings"
	"testing"
)

func TestTwice(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		`{"a":1,"b":2}`: false, `{"a":1,"a":2}`: true, `{"a":1,"A":2}`: false, `{"a":{"a":{"a":"a"}}}`: false, `{"a" :1 , "a"` + "\n" + `: 1}`: true,
		`[{"a":1},{"a":2}]`: false, `[{"a":1},{"b":[{"c":1,"c":2}]}]`: true, `{"\u0061":1,"a":2}`: true, `{"a":"a\":","b":":"}`: false,
		`["a","a"]`: false, `"a"`: false, `1`: false, `{}`: false, ``: false, `{"":1,"":2}`: true,
		strings.Repeat(`{"a":`, 9_000) + "1" + strings.Repeat("}", 9_000): false,
	} {
		if Twice([]byte(text)) != want {
			t.Errorf("%.40s: not %v", text, want)
		}
	}
}

// TestInlineTakesTheUnset: an entry of an inline map stands where the field of its name
// is left out, and never beside one that is written.
func TestInlineTakesTheUnset(t *testing.T) {
	t.Parallel()
	type request struct {
		Extra  map[string]any `wire:"inline"`
		Always string         `json:"always"`
		Maybe  string         `json:"maybe,omitzero"`
	}
	extra := map[string]any{"always": "e", "maybe": "e"}
	for _, c := range []struct {
		in   request
		want string
	}{
		{request{Extra: extra}, `{"maybe":"e","always":""}`},
		{request{Extra: extra, Maybe: "m"}, `{"always":"","maybe":"m"}`},
	} {
		if out, err := (Codec{}).Marshal(c.in); err != nil || string(out) != c.want {
			t.Errorf("%s, %v, want %s", out, err, c.want)
		}
	}
}
