package wire

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
)

type tree struct {
	Children []tree          `json:"c"`
	Next     *tree           `json:"n"`
	Map      map[string]tree `json:"m"`
	Text     string          `json:"t"`
}

// everything has a field of every kind that the codec knows.
type everything struct {
	Text    string            `json:"text"`
	Int     int               `json:"int"`
	Uint    uint16            `json:"uint"`
	Bool    bool              `json:"bool"`
	Amount  issuing.Amount    `json:"amount"`
	Secret  issuing.Secret    `json:"secret"`
	Date    issuing.Date      `json:"date"`
	Time    time.Time         `json:"time"`
	Raw     json.RawMessage   `json:"raw"`
	Any     any               `json:"any"`
	Bytes   []byte            `json:"bytes"`
	Struct  pair              `json:"struct"`
	Pointer *pair             `json:"pointer"`
	List    []pair            `json:"list"`
	Map     map[string]string `json:"map"`
	Tree    tree              `json:"tree"`
}

// Nesting costs time and stack: as deep as JSON may be, and in types that refer
// to themselves.
func TestDeepNesting(t *testing.T) {
	t.Parallel()
	pad := strings.Repeat("x", 256<<10)
	for name, text := range map[string]string{
		"10,000 arrays":            strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000),
		"100,000 arrays":           strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000),
		"a million open":           strings.Repeat("[", 1_000_000),
		"objects":                  strings.Repeat(`{"n":`, 2_000) + `{}` + strings.Repeat("}", 2_000),
		"objects with a long text": strings.Repeat(`{"n":`, 2_000) + `{"t":"` + pad + `"}` + strings.Repeat("}", 2_000),
		"lists with a long text":   strings.Repeat(`{"c":[`, 1_500) + `{"t":"` + pad + `"}` + strings.Repeat("]}", 1_500),
		"maps with a long text":    strings.Repeat(`{"m":{"k":`, 1_500) + `{"t":"` + pad + `"}` + strings.Repeat("}}", 1_500),
		"unknown member":           `{"zz":` + strings.Repeat("[", 2_000) + `"` + pad + `"` + strings.Repeat("]", 2_000) + `}`,
	} {
		for _, v := range []any{new(any), new(tree), new(everything), new(map[string]tree), new([]tree), new(string)} {
			err := (Codec{}).Unmarshal([]byte(text), v)
			if _, ok := v.(*tree); ok && err == nil && name != "unknown member" {
				t.Errorf("%s: accepted", name)
			}
		}
		for range Members([]byte(text)) {
			break
		}
	}
	var nested tree
	if err := (Codec{}).Unmarshal([]byte(strings.Repeat(`{"n":`, 50)+`{"t":"x"}`+strings.Repeat("}", 50)), &nested); err != nil {
		t.Errorf("50 levels: %v", err)
	}
	if err := (Codec{}).Unmarshal([]byte(strings.Repeat(`{"n":`, 2_000)+`{}`+strings.Repeat("}", 2_000)), &nested); err == nil {
		t.Error("2,000 levels of one type are accepted")
	}
}

// A few bytes on the wire must not become gigabytes in memory.
func TestManyElements(t *testing.T) {
	t.Parallel()
	text := []byte(`{"list":[` + strings.Repeat("{},", 1_300_000) + `{}]}`)
	var v everything
	if err := (Codec{}).Unmarshal(text, &v); err == nil {
		t.Errorf("%d records of %d bytes from %d bytes", len(v.List), reflect.TypeFor[pair]().Size(), len(text))
	}
	var ids []int
	if err := (Codec{}).Unmarshal([]byte("["+strings.Repeat("1,", 50_000)+"1]"), &ids); err != nil || len(ids) != 50_001 {
		t.Errorf("%d elements: %v", len(ids), err)
	}
}

func TestDuplicateKeys(t *testing.T) {
	t.Parallel()
	var got everything
	text := `{"text":"a","text":"b","list":[{"a":"1"},{}],"list":[{"a":"2"}],"map":{"x":"1"},"map":{"y":"2"},"amount":1,"amount":null,"any":1,"any":null,"time":"2024-01-02","time":null}`
	if err := (Codec{}).Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	want := everything{Text: "b", List: []pair{{A: "2"}}, Map: map[string]string{"y": "2"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the last member must win (-want +got):\n%s", diff)
	}
}

// TestAgainstEncodingJSON compares both directions with the standard library on
// random documents of the shapes that both read.
func TestAgainstEncodingJSON(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 1_000 {
		doc := randomDocument(rnd, 4)
		text, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		ours, err := (Codec{}).Marshal(doc)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		var want, got, back any
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		if err := d.Decode(&want); err != nil {
			t.Fatal(err)
		}
		if err := (Codec{}).Unmarshal(text, &got); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if err := (Codec{}).Unmarshal(ours, &back); err != nil {
			t.Fatalf("%s: %v", ours, err)
		}
		if diff := cmp.Diff(want, got) + cmp.Diff(want, back); diff != "" {
			t.Fatalf("%s (-want +got):\n%s", text, diff)
		}
		var wantMap, gotMap map[string]json.RawMessage
		wantErr, gotErr := json.Unmarshal(text, &wantMap), (Codec{}).Unmarshal(text, &gotMap)
		for name, raw := range wantMap {
			if string(raw) == "null" {
				wantMap[name] = nil // ours leaves every zero value for null
			}
		}
		if diff := cmp.Diff(wantMap, gotMap); wantErr == nil && (gotErr != nil || diff != "") {
			t.Fatalf("%s: %v (-want +got):\n%s", text, gotErr, diff)
		}
		var wantStruct, gotStruct pair
		if json.Unmarshal(text, &wantStruct) == nil && string(text) != "null" {
			// The standard library also matches names in another case.
			if err := (Codec{}).Unmarshal(text, &gotStruct); err != nil || wantStruct != gotStruct && !strings.ContainsAny(string(text), "AN") {
				t.Fatalf("%s is %+v, want %+v, %v", text, gotStruct, wantStruct, err)
			}
		}
	}
}

// randomDocument makes a document with awkward texts and names.
func randomDocument(rnd *rand.Rand, depth int) any {
	texts := []string{"", "a", "n", "A", "x\"\\/\b\f\n\r\t", "\u2028<&>", "😀é\u0000", "\x7f", "}]{[,:\"", "null", "-1.50e+3", "\ufffd"}
	switch n := rnd.IntN(9); {
	case n < 3 && depth > 0:
		m := map[string]any{}
		for range rnd.IntN(5) {
			m[texts[rnd.IntN(len(texts))]] = randomDocument(rnd, depth-1)
		}
		return m
	case n < 5 && depth > 0:
		list := []any{}
		for range rnd.IntN(4) {
			list = append(list, randomDocument(rnd, depth-1))
		}
		return list
	case n < 6:
		return json.Number([]string{"0", "-0", "1.50", "1e400", "-12345678901234567890.123", "7"}[rnd.IntN(6)])
	case n < 7:
		return []any{true, false, nil}[rnd.IntN(3)]
	}
	return texts[rnd.IntN(len(texts))]
}

func FuzzUnmarshal(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"text":1,"int":"2","bool":1,"amount":"1e2","secret":{},"date":"20240229","time":1700000000}`, `{"list":"[{\"a\":\"\\ud800\"}]","struct":"","pointer":[]}`,
		`{"map":{"\u0000":null},"any":[1e999],"raw":  [ ] ,"bytes":"aGk="}`, `[[[[`, `{"tree":{"c":[{"n":{"t":"x"}}]}}`, `"\ud83d\ude00"`, "\"\xff\"", `{"text":"a","text":"b"}`, `nul`, `-`, "\ufeff{}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		before, bare := bytes.Clone(data), TrimBOM(data)
		var v everything
		err := (Codec{}).Unmarshal(data, &v)
		if !bytes.Equal(before, data) {
			t.Fatal("the input was changed")
		}
		if !json.Valid(bare) {
			if err == nil {
				t.Fatalf("%q is no JSON and accepted", data)
			}
			return
		}
		var text, want string
		shape := bytes.TrimLeft(bare, " \t\r\n")[0]
		if err := (Codec{}).Unmarshal(data, &text); err != nil && shape != '{' && shape != '[' {
			t.Fatalf("%q into a string: %v", data, err)
		}
		if json.Unmarshal(bare, &want) == nil && text != want || strings.ContainsAny(text[:min(1, len(text))], "{[") && shape != '"' {
			t.Fatalf("%q is %q, want %q", data, text, want)
		}
		names := map[string]int{}
		for name, value := range Members(data) {
			names[name]++
			if !json.Valid(value) {
				t.Fatalf("%q: the member %q has the value %q", data, name, value)
			}
		}
		var wantNames map[string]json.RawMessage
		if json.Unmarshal(bare, &wantNames) == nil && len(wantNames) != len(names) {
			t.Fatalf("%q has the members %v, want %d", data, names, len(wantNames))
		}
		if err != nil {
			return
		}
		out, err := (Codec{}).Marshal(v)
		if err != nil || !json.Valid(out) {
			t.Fatalf("%q decodes to what encodes as %q, %v", data, out, err)
		}
		var again everything
		if err := (Codec{}).Unmarshal(out, &again); err != nil {
			t.Fatalf("%q does not decode again: %v", out, err)
		}
	})
}
