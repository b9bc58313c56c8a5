package wire

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
)

type enum string

type number int

type pair struct {
	A string `json:"a"`
	N int    `json:"n"`
}

// decodeInto decodes text into a new value of the type of want.
func decodeInto(t *testing.T, c Codec, text string, want any) (any, error) {
	t.Helper()
	v := reflect.New(reflect.TypeOf(want))
	err := c.Unmarshal([]byte(text), v.Interface())
	return v.Elem().Interface(), err
}

func parsed(text string) issuing.Amount {
	a, err := issuing.ParseAmount(text)
	if err != nil {
		panic(err)
	}
	return a
}

func TestDecodeValues(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("", 8*3600)
	secret := issuing.NewSecret
	for _, tt := range []struct {
		text string
		want any
	}{
		{`"x"`, "x"}, {`12.50`, "12.50"}, {`true`, "true"}, {`null`, ""}, {`{}`, ""}, {`[ ]`, ""}, {`""`, ""}, {`{}`, enum("")}, {`[]`, secret("")},
		{` "a\tb\u00e9\\\/" `, "a\tbé\\/"}, {`"\ud83d\ude00"`, "😀"}, {`"\ud83d"`, "\ufffd"}, {`"\ud83dx"`, "\ufffdx"}, {`"\ude00\ud83d"`, "\ufffd\ufffd"},
		{`"\ud83d\ud83d\ude00"`, "\ufffd😀"}, {`"\u0000"`, "\x00"}, {"\"\xff\"", "\ufffd"}, {`"ACTIVE"`, enum("ACTIVE")}, {`7`, enum("7")},
		{`7`, 7}, {`"7"`, 7}, {`" 7 "`, 7}, {`""`, 0}, {`null`, 0}, {`-7`, -7}, {`7.0`, 7}, {`"7.00"`, 7}, {`9223372036854775807`, int64(9223372036854775807)},
		{`2`, number(2)}, {`127`, int8(127)}, {`7`, uint(7)}, {`"255"`, uint8(255)}, {`18446744073709551615`, uint64(18446744073709551615)}, {`""`, uint(0)},
		{`true`, true}, {`false`, false}, {`1`, true}, {`0`, false}, {`"1"`, true}, {`"0"`, false}, {`"TRUE"`, true}, {`"False"`, false}, {`""`, false}, {`null`, false},
		{`100.00`, parsed("100.00")}, {`"100.00"`, parsed("100.00")}, {`1e2`, parsed("100")}, {`""`, issuing.Amount("")}, {`null`, issuing.Amount("")},
		{`"123"`, secret("123")}, {`123`, secret("123")}, {`null`, secret("")}, {`{}`, secret("")}, {`true`, secret("true")},
		{`"2024-02-29"`, issuing.NewDate(2024, 2, 29)}, {`20240229`, issuing.NewDate(2024, 2, 29)}, {`""`, issuing.Date("")}, {`"2024-02-30"`, issuing.Date("")},
		{`"2024-02-29 23:30:00"`, issuing.NewDate(2024, 2, 29)}, {`{}`, issuing.Date("")},
		{`"2024-01-02 03:04:05"`, time.Date(2024, 1, 2, 3, 4, 5, 0, zone)}, {`1700000000`, time.Unix(1700000000, 0)}, {`"never"`, time.Time{}}, {`true`, time.Time{}}, {`null`, time.Time{}},
		{`{"a":"x","n":"5"}`, pair{"x", 5}}, {`"{\"a\":\"x\"}"`, pair{A: "x"}}, {`" {\"a\":\"x\"} "`, pair{A: "x"}}, {`""`, pair{}}, {`[]`, pair{}}, {`[ ]`, pair{}}, {`null`, pair{}}, {`{}`, pair{}},
		{`{"A":"x","a ":"y"}`, pair{}}, {`{"\u0061":"x"}`, pair{A: "x"}}, {`{"z":{"a":[{}]},"a":"x","q":"}]\"\\"}`, pair{A: "x"}},
		{`[1,"2"]`, []int{1, 2}}, {`[]`, []int{}}, {`""`, []int(nil)}, {`{}`, []int(nil)}, {`null`, []int(nil)}, {`"[1,2]"`, []int{1, 2}}, {`[null]`, []int{0}},
		{`[{"a":"x"},"",{"a":"y"}]`, []pair{{A: "x"}, {}, {A: "y"}}}, {`[[1],[]]`, [][]int{{1}, {}}},
		{`"aGk="`, []byte("hi")}, {`""`, []byte(nil)}, {`null`, []byte(nil)},
		{`{"a":1}`, map[string]string{"a": "1"}}, {`{"a":{"b": [1]},"c":[]}`, map[string]string{"a": `{"b": [1]}`, "c": "[]"}}, {"\ufeff {\"a\":\"x\"}", pair{A: "x"}}, {`{}`, map[string]string{}}, {`""`, map[string]string(nil)}, {`[]`, map[string]string(nil)}, {`[ ]`, map[string]string(nil)},
		{`{"a":[1]}`, map[enum][]int{"a": {1}}}, {`"{\"a\":1}"`, map[string]int{"a": 1}},
		{`{"a": 1.10}`, json.RawMessage(`{"a": 1.10}`)}, {`null`, json.RawMessage(nil)},
		{`{"a":1.10,"b":[true,null]}`, map[string]any{"a": json.Number("1.10"), "b": []any{true, nil}}},
	} {
		got, err := decodeInto(t, Codec{Zone: zone}, tt.text, tt.want)
		if diff := cmp.Diff(tt.want, got); diff != "" || err != nil {
			t.Errorf("%s into %T: %v (-want +got):\n%s", tt.text, tt.want, err, diff)
		}
	}
}

// TestDecodeJSONFields: a field for JSON keeps an object or array as it stands, and
// other fields of its type do not.
func TestDecodeJSONFields(t *testing.T) {
	t.Parallel()
	type target struct {
		Text   string         `json:"text" wire:"json"`
		Secret issuing.Secret `json:"secret" wire:"json"`
		Plain  string         `json:"plain"`
	}
	for text, want := range map[string]target{
		`{"text":{"a": [1]},"secret":[1, 2]}`: {Text: `{"a": [1]}`, Secret: issuing.NewSecret("[1, 2]")},
		`{"text":"{\"a\":1}","secret":7}`:     {Text: `{"a":1}`, Secret: issuing.NewSecret("7")},
		`{"text":{},"secret":null}`:           {Text: "{}"},
	} {
		got, err := decodeInto(t, Codec{}, text, target{})
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", text, err, diff)
		}
	}
	if got, err := decodeInto(t, Codec{}, `{"plain":{"a":1}}`, target{}); err == nil {
		t.Errorf("%+v", got)
	}
}

func TestDecodePointers(t *testing.T) {
	t.Parallel()
	type target struct {
		Struct *pair           `json:"struct"`
		Bool   *bool           `json:"bool"`
		Amount *issuing.Amount `json:"amount"`
		Time   *time.Time      `json:"time"`
		Text   *string         `json:"text"`
	}
	for text, want := range map[string]target{
		`{}`: {}, `{"struct":"","amount":"","time":"","bool":null,"text":null}`: {},
		`{"struct":{},"bool":"0","text":""}`:  {Struct: &pair{}, Bool: new(bool), Text: new(string)},
		`{"struct":"{\"n\":1}","amount":1.5}`: {Struct: &pair{N: 1}, Amount: func() *issuing.Amount { a := parsed("1.5"); return &a }()},
	} {
		var got target
		if err := (Codec{}).Unmarshal([]byte(text), &got); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

func TestDecodeErrors(t *testing.T) {
	t.Parallel()
	type list struct {
		Amount issuing.Amount `json:"amount"`
	}
	type data struct {
		List []list          `json:"list"`
		Map  map[string]list `json:"map"`
	}
	type answer struct {
		Data data `json:"data"`
	}
	for _, tt := range []struct {
		text string
		into any
		want DecodeError
	}{
		{`{"data":{"list":[{"amount":"4929420573595709x"}]}}`, answer{}, DecodeError{"data.list.amount", "issuing.Amount", "string"}},
		{`{"data":{"map":{"4929420573595709":{"amount":true}}}}`, answer{}, DecodeError{"data.map.*.amount", "issuing.Amount", "bool"}},
		{`{"data":7}`, answer{}, DecodeError{"data", "wire.data", "number"}},
		{`{"data":"text"}`, answer{}, DecodeError{"data", "wire.data", "string"}},
		{`{"data":[1]}`, answer{}, DecodeError{"data", "wire.data", "array"}},
		{`"x"`, 0, DecodeError{"", "int", "string"}}, {`1.5`, 0, DecodeError{"", "int", "number"}}, {`1e400`, 0, DecodeError{"", "int", "number"}},
		{`128`, int8(0), DecodeError{"", "int8", "number"}}, {`-1`, uint(0), DecodeError{"", "uint", "number"}}, {`256`, uint8(0), DecodeError{"", "uint8", "number"}},
		{`9223372036854775808`, int64(0), DecodeError{"", "int64", "number"}}, {`true`, 0, DecodeError{"", "int", "bool"}}, {`{}`, 0, DecodeError{"", "int", "object"}},
		{`2`, false, DecodeError{"", "bool", "number"}}, {`"yes"`, false, DecodeError{"", "bool", "string"}},
		{`"01"`, issuing.Amount(""), DecodeError{"", "issuing.Amount", "string"}}, {`{}`, issuing.Amount(""), DecodeError{"", "issuing.Amount", "object"}},
		{`1e400`, issuing.Amount(""), DecodeError{"", "issuing.Amount", "number"}},
		{`7`, []int{}, DecodeError{"", "[]int", "number"}}, {`"7"`, []int{}, DecodeError{"", "[]int", "string"}}, {`{"a":1}`, []int{}, DecodeError{"", "[]int", "object"}},
		{`"%"`, []byte{}, DecodeError{"", "[]uint8", "string"}}, {`[1]`, []byte{}, DecodeError{"", "[]uint8", "array"}},
		{`[1]`, map[string]int{}, DecodeError{"", "map[string]int", "array"}}, {`{"1":1}`, map[int]int{}, DecodeError{"", "map[int]int", "object"}},
		{`1.5`, 1.5, DecodeError{"", "float64", "number"}},
		{`{"a": 1}`, "", DecodeError{"", "string", "object"}}, {`["4929420573595709"]`, "", DecodeError{"", "string", "array"}}, {`[[]]`, enum(""), DecodeError{"", "wire.enum", "array"}},
		{`{"a":1}`, issuing.Secret{}, DecodeError{"", "issuing.Secret", "object"}}, {`[4929420573595709]`, issuing.Secret{}, DecodeError{"", "issuing.Secret", "array"}},
		{`[{"a":[1]}]`, []pair{}, DecodeError{"a", "string", "array"}}, {`{"a":{"x":1},"n":2}`, pair{}, DecodeError{"a", "string", "object"}},
		{`{"k":[1]}`, map[string]enum{}, DecodeError{"*", "wire.enum", "array"}},
	} {
		_, err := decodeInto(t, Codec{}, tt.text, tt.into)
		var got *DecodeError
		if !errors.As(err, &got) {
			t.Errorf("%s into %T: %v", tt.text, tt.into, err)
			continue
		}
		if diff := cmp.Diff(&tt.want, got); diff != "" {
			t.Errorf("%s into %T (-want +got):\n%s", tt.text, tt.into, diff)
		}
		if strings.Contains(err.Error(), "4929420573595709") {
			t.Errorf("%s: the error quotes the answer: %v", tt.text, err)
		}
	}
}

func TestUnmarshalTargets(t *testing.T) {
	t.Parallel()
	for name, v := range map[string]any{"nil": nil, "value": pair{}, "nil pointer": (*pair)(nil), "nil interface pointer": (*any)(nil)} {
		if err := (Codec{}).Unmarshal([]byte(`{}`), v); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	for _, text := range []string{"", " ", "{", "{} {}", `{"a"}`, `{'a':1}`, "NaN", "tru", `"`, "\ufeff", "\ufeff\ufeff{}", "{}\ufeff", " \ufeff{}", "\ufffe{}", "01", `{"a":1,}`, "<html>"} {
		var v any
		if err := (Codec{}).Unmarshal([]byte(text), &v); !errors.Is(err, ErrJSON) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// The result must not share memory with the answer, which may be wiped or
// reused.
func TestDecodeCopies(t *testing.T) {
	t.Parallel()
	type target struct {
		Raw    json.RawMessage `json:"raw"`
		Text   string          `json:"text"`
		Secret issuing.Secret  `json:"secret"`
		Any    any             `json:"any"`
	}
	data := []byte(`{"raw":[1],"text":"abc","secret":"def","any":"ghi"}`)
	var got target
	if err := (Codec{}).Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	clear(data)
	if diff := cmp.Diff(target{json.RawMessage("[1]"), "abc", issuing.NewSecret("def"), "ghi"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMembersAndUnquote(t *testing.T) {
	t.Parallel()
	var got []string
	for name, value := range Members([]byte(` {"b": [1, {"x":2}] , "\u0061":"q\"}", "b":null} `)) {
		got = append(got, name+"="+string(value))
	}
	if diff := cmp.Diff([]string{`b=[1, {"x":2}]`, `a="q\"}"`, "b=null"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for range Members([]byte(`{"a":1,"b":2}`)) {
		break
	}
	for _, text := range []string{"", "[1]", `"a"`, "{", `{"a":1}x`, "null"} {
		for name := range Members([]byte(text)) {
			t.Errorf("%q has the member %q", text, name)
		}
	}
	for text, want := range map[string]string{`"a\n"`: "a\n", ` "x" `: "x", `""`: ""} {
		if got, ok := Unquote([]byte(text)); !ok || got != want {
			t.Errorf("Unquote(%s) = %q, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "1", `"`, `"a`, `"a"b`, "null", " ", `["a"]`} {
		if got, ok := Unquote([]byte(text)); ok {
			t.Errorf("Unquote(%s) = %q", text, got)
		}
	}
}

// A member with two names is read under both, and the first that has a value counts.
func TestUnmarshalOtherName(t *testing.T) {
	t.Parallel()
	type inner struct {
		Name string `json:"name" wire:"also=field_name"`
	}
	type target struct {
		Balance issuing.Amount `json:"balance" wire:"also=available"`
		List    []inner        `json:"list"`
		Other   string         `json:"other"`
	}
	for text, want := range map[string]target{
		`{"balance":"1"}`:                                        {Balance: "1"},
		`{"available":2}`:                                        {Balance: "2"},
		`{"available":"2","balance":""}`:                         {Balance: "2"},
		`{"balance":null,"available":"2"}`:                       {Balance: "2"},
		`{"balance":"1","available":"2"}`:                        {Balance: "1"},
		`{"available":"2","balance":"1"}`:                        {Balance: "2"},
		`{"list":[{"field_name":"a"},{"name":"b"}],"other":"c"}`: {List: []inner{{"a"}, {"b"}}, Other: "c"},
	} {
		for _, codec := range []Codec{{}, {Note: func(member, reason string) { t.Error(member, reason) }}, {Loose: &Loose{}}} {
			var got target
			if err := codec.Unmarshal([]byte(text), &got); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %+v, %v", text, got, err)
			}
		}
	}
	out, err := Codec{}.Marshal(target{Balance: "1"})
	if err != nil || string(out) != `{"balance":"1","list":null,"other":""}` {
		t.Errorf("%s, %v", out, err)
	}
}

// A spare member costs itself alone.
func TestUnmarshalSpare(t *testing.T) {
	t.Parallel()
	type target struct {
		Metadata map[string]string `json:"metadata" wire:"spare"`
		Amount   issuing.Amount    `json:"amount"`
	}
	for text, want := range map[string]map[string]string{
		`{"metadata":"not json","amount":"1"}`:             nil,
		`{"metadata":"{\"a\":","amount":"1"}`:              nil,
		`{"metadata":[1],"amount":"1"}`:                    nil,
		`{"metadata":true,"amount":"1"}`:                   nil,
		`{"metadata":"{\"a\":\"b\"}","amount":"1"}`:        {"a": "b"},
		`{"metadata":{"":""},"amount":"1"}`:                {"": ""},
		`{"amount":"1","metadata":{"a":{"b":1},"c":true}}`: {"a": `{"b":1}`, "c": "true"},
	} {
		var got target
		if err := (Codec{}).Unmarshal([]byte(text), &got); err != nil || got.Amount != "1" || !reflect.DeepEqual(got.Metadata, want) {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	var got target
	if err := (Codec{}).Unmarshal([]byte(`{"metadata":{},"amount":"x"}`), &got); err == nil {
		t.Error("another member is spared as well")
	}
}
