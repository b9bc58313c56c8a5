package platform

import "testing"

func TestAbout(t *testing.T) {
	t.Parallel()
	find := func(text string) string {
		return map[string]string{"10": "10", "11": "11", "key-10": "10", "4937240000000001": "10"}[text]
	}
	for name, tt := range map[string]struct {
		values []any
		want   string
	}{
		"by id":           {[]any{map[string]any{"card_id": "10", "amount": "5"}}, "10"},
		"by key":          {[]any{[]byte(nil), Fields{"k": JSON("key-10")}}, "10"},
		"by number, deep": {[]any{nil, map[string]any{"a": []any{map[string]any{"n": "4937240000000001"}}}}, "10"},
		"JSON in a text":  {[]any{map[string]any{"data": `{"card_id":"10"}`, "more": "{"}}, "10"},
		"a JSON number":   {[]any{map[string]any{"card": 11}}, "11"},
		"twice the same":  {[]any{map[string]any{"a": "10"}, map[string]any{"b": "key-10"}}, "10"},
		"two cards":       {[]any{map[string]any{"a": "10"}, map[string]any{"b": "11"}}, ""},
		"none":            {[]any{map[string]any{"a": "12", "b": "", "c": true}}, ""},
		"nothing":         {nil, ""},
	} {
		if got := About(find, tt.values...); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}
