package sign

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
)

// decoded splits an object with the standard library, as objectMembers must.
func decoded(data []byte) (map[string]string, bool) {
	d := json.NewDecoder(bytes.NewReader(data))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil, false
	}
	out := map[string]string{}
	for d.More() {
		name, err := d.Token()
		text, ok := name.(string)
		var value json.RawMessage
		if err != nil || !ok || d.Decode(&value) != nil {
			return nil, false
		}
		if _, twice := out[text]; twice {
			return nil, false
		}
		out[text] = string(value)
	}
	return out, true
}

var memberSeeds = []string{
	`{}`, ` { } `, `{"a":1}`, `{"a":1,"a":1}`, `{"a":1,"\u0061":1}`, `{"a":{"a":1,"a":2},"b":[{"c":"}"},"]"]}`, "{\"a\" :\t-1.5e3 , \"b\": true\r\n}",
	`{"":null}`, `{"a\\":"\\\"","b\"":"\\\\"}`, `{"é":"ü","\ud800":"\udfff"}`, "{\"\xff\":1,\"\xfe\":2}", `{"a":"{\"b\":1}"}`, `[1]`, `"a"`, `7`, `null`,
	`{"a":[],"b":{},"c":[[[]]],"d":""}`, `{"crit":["a" , "b\u0063",""],"x":["a",1],"y":[null],"z":[]}`,
}

// agree compares objectMembers, member.text and arrayTexts with the standard library.
func agree(t *testing.T, data []byte) {
	if !json.Valid(data) {
		return // which every caller asks first
	}
	got, ok := objectMembers(string(data), 0)
	want, wantOK := decoded(data)
	if ok != wantOK || len(got) != len(want) {
		t.Fatalf("%q: %v %v, want %v %v", data, got, ok, want, wantOK)
	}
	for name, value := range want {
		m, ok := got[name]
		if !ok || m.value != value || string(data[m.start:m.start+len(value)]) != value {
			t.Fatalf("%q: %q is %+v, want %s", data, name, m, value)
		}
		var text string
		_ = json.Unmarshal([]byte(value), &text)
		if m.text() != text {
			t.Fatalf("%q: %q has the text %q, want %q", data, name, m.text(), text)
		}
		var list []*string
		isList := json.Unmarshal([]byte(value), &list) == nil && value[0] == '[' && !slices.Contains(list, nil)
		texts, ok := arrayTexts(value)
		if ok != isList || ok && !slices.EqualFunc(texts, list, func(a string, b *string) bool { return a == *b }) {
			t.Fatalf("%q: %q has the elements %q %v, want %v", data, name, texts, ok, isList)
		}
	}
}

func TestObjectMembers(t *testing.T) {
	t.Parallel()
	for _, seed := range memberSeeds {
		if !json.Valid([]byte(seed)) {
			t.Errorf("%s is not valid", seed)
		}
		agree(t, []byte(seed))
	}
	got, ok := objectMembers(`{"top":1,"in": {"a":"x","b":[2]} ,"z":3}`, 14)
	if !ok || !slices.Equal(slices.Sorted(maps.Keys(got)), []string{"a", "b"}) || got["b"].value != "[2]" || got["b"].start != 28 {
		t.Errorf("the inner object: %+v, %v", got, ok)
	}
	if got, ok := objectMembers(`{"a":`+strings.Repeat(`[`, 5000)+strings.Repeat(`]`, 5000)+`}`, 0); !ok || len(got["a"].value) != 10_000 {
		t.Errorf("a deep value: %d bytes, %v", len(got["a"].value), ok)
	}
}

// TestHostileObjectsAreRead: millions of escapes and elements do not stop the reader.
func TestHostileObjectsAreRead(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"quotes":      `{"a":"` + strings.Repeat(`\"`, 1<<20) + `"}`,
		"backslashes": `{"a":"` + strings.Repeat(`\\`, 1<<20) + `"}`,
		"numbers":     `{"a":[` + strings.Repeat(`1,`, 1<<20) + `1]}`,
	} {
		if got, ok := objectMembers(text, 0); !ok || len(got["a"].value) != len(text)-len(`{"a":}`) {
			t.Errorf("%s: %v", name, ok)
		}
	}
}

func FuzzObjectMembers(f *testing.F) {
	for _, seed := range memberSeeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(agree)
}
