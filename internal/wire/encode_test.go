package wire

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

type embedded struct {
	ID   string `json:"id"`
	Deep string `json:"deep"`
}

func TestEncode(t *testing.T) {
	t.Parallel()
	type request struct {
		embedded
		ID      string `json:"id"`
		Plain   string // no tag
		Skipped string `json:"-"`
		//lint:ignore SA5008 the comma is what names the field "-" instead of leaving it out
		Dash     string         `json:"-,"`
		Empty    string         `json:"empty,omitempty"`
		Zero     issuing.Amount `json:"zero,omitzero"`
		Date     issuing.Date   `json:"date,omitzero"`
		When     time.Time      `json:"when,omitzero"`
		PIN      issuing.Secret `json:"pin,omitzero"`
		Flag     *bool          `json:"flag,omitempty"`
		List     []int          `json:"list,omitempty"`
		Extra    map[string]any `wire:"inline"`
		private  string
		Nothing  any `json:"nothing"`
		Currency issuing.Currency
	}
	at := time.Date(2024, 1, 2, 3, 4, 5, 0, time.FixedZone("", 2*3600))
	no := false
	tokyo := time.FixedZone("", 9*3600)
	for _, tt := range []struct {
		name  string
		codec Codec
		in    any
		want  string
	}{
		{"unset fields", Codec{}, request{}, `{"deep":"","id":"","Plain":"","-":"","nothing":null,"Currency":""}`},
		{
			"all fields", Codec{}, &request{
				embedded: embedded{"inner", "d"}, ID: "outer", Plain: "<&>\u2028", Skipped: "s", Dash: "d", Empty: "e", Zero: parsed("0.00"),
				Date: issuing.NewDate(2024, 5, 6), When: at, PIN: issuing.NewSecret("1234"), Flag: &no, List: []int{1}, private: "p",
				Extra: map[string]any{"z": json.Number("1.10"), "a": "x", "id": "never", "empty": "never"}, Currency: "USD",
			},
			`{"deep":"d","id":"outer","Plain":"<&>` + "\u2028" + `","-":"d","empty":"e","zero":"0.00","date":"2024-05-06","when":"2024-01-02T03:04:05+02:00",` +
				`"pin":"1234","flag":false,"list":[1],"a":"x","z":1.10,"nothing":null,"Currency":"USD"}`,
		},
		{"nil", Codec{}, nil, "null"}, {"nil pointer", Codec{}, (*request)(nil), "null"}, {"nil slice", Codec{}, []int(nil), "null"}, {"nil map", Codec{}, map[string]int(nil), "null"},
		{"empty slice", Codec{}, []int{}, "[]"}, {"array", Codec{}, [2]bool{true}, "[true,false]"}, {"map", Codec{}, map[enum]any{"b": 1, "a": nil}, `{"a":null,"b":1}`},
		{"bytes", Codec{}, []byte("hi"), `"aGk="`}, {"unsigned", Codec{}, uint64(1<<64 - 1), "18446744073709551615"}, {"negative", Codec{}, int8(-7), "-7"},
		{"control characters", Codec{}, "a\"\\\n\x00\x1f\x7f\tü", `"a\"\\\u000a\u0000\u001f\u007f\u0009ü"`}, {"invalid UTF-8", Codec{}, "a\xffb", "\"a\ufffdb\""},
		{"raw", Codec{}, json.RawMessage(`{"a": 1}`), `{"a": 1}`}, {"empty raw", Codec{}, json.RawMessage{}, "null"},
		{"number amounts", Codec{NumberAmounts: true}, []issuing.Amount{"1.50", ""}, "[1.50,null]"}, {"amounts", Codec{}, []issuing.Amount{"1.50", ""}, `["1.50",null]`},
		{"amount pointer", Codec{}, new(issuing.Amount), "null"}, {"unset date", Codec{}, issuing.Date(""), `""`},
		{"time in a zone", Codec{Zone: tokyo}, at, `"2024-01-02T10:04:05+09:00"`}, {"layout in a zone", Codec{Zone: tokyo, TimeLayout: time.DateTime}, at, `"2024-01-02 10:04:05"`},
		{"layout without a zone", Codec{TimeLayout: time.DateTime}, at, `"2024-01-02 01:04:05"`},
		{"secrets in a map", Codec{}, map[string]any{"pan": issuing.NewSecret("4929420573595709")}, `{"pan":"4929420573595709"}`},
		{"marshaler", Codec{}, json.Number("1e5"), "1e5"}, {"pointer in slice", Codec{}, []*pair{nil, {A: "x"}}, `[null,{"a":"x","n":0}]`},
	} {
		got, err := tt.codec.Marshal(tt.in)
		if err != nil || string(got) != tt.want {
			t.Errorf("%s: %v\ngot  %s\nwant %s", tt.name, err, got, tt.want)
		}
		if !json.Valid(got) {
			t.Errorf("%s: not JSON: %s", tt.name, got)
		}
	}
}

type loop struct {
	Next *loop `json:"next"`
}

func TestEncodeErrors(t *testing.T) {
	t.Parallel()
	cycle := &loop{}
	cycle.Next = cycle
	own := map[string]any{}
	own["self"] = own
	const pan = "4929420573595709"
	for name, v := range map[string]any{
		"float": 1.5, "float in extra": map[string]any{"a": 0.1}, "channel": make(chan int), "function": func() {}, "complex": 1i,
		"map of ints": map[int]string{1: pan}, "bad number": json.Number(pan + "x"), "empty number": json.Number(""), "number with more": json.Number(`1,"admin":true`),
		"bad raw": json.RawMessage(`{"pan":"` + pan), "raw with more": json.RawMessage(`1,"admin":true`), "cycle": cycle, "map in itself": own,
	} {
		got, err := (Codec{}).Marshal(v)
		if err == nil {
			t.Errorf("%s: encoded as %.60s", name, got)
		} else if strings.Contains(err.Error(), pan) {
			t.Errorf("%s: the error quotes the value: %v", name, err)
		}
	}
}

// A value that is refused somewhere in a map is found by the name of its member.
func TestEncodeErrorNamesMember(t *testing.T) {
	t.Parallel()
	for want, v := range map[string]any{
		`(member "amount")`: map[string]any{"card": "1", "amount": 1.5},
		`(member "deep")`:   map[string]any{"outer": map[string]any{"list": []any{map[string]any{"deep": make(chan int)}}}},
		"json.Number":       map[string]any{"amount": float32(1)}, // what to use instead
	} {
		if _, err := (Codec{}).Marshal(v); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// What is written is the caller's alone: later documents do not change it, and nothing of
// it stays in the memory that is kept for them.
func TestEncodeKeepsNothing(t *testing.T) {
	const pan = "4929420573595709"
	first, err := Codec{}.Marshal(map[string]any{"pan": issuing.NewSecret(pan)})
	if err != nil {
		t.Fatal(err)
	}
	for range 8 {
		buffer := buffers.Get().(*[]byte)
		if kept := (*buffer)[:cap(*buffer)]; strings.Contains(string(kept), pan) {
			t.Fatal("a card number stays in memory")
		}
		defer buffers.Put(buffer)
	}
	if _, err := (Codec{}).Marshal(strings.Repeat("x", 100)); err != nil {
		t.Fatal(err)
	}
	if want := `{"pan":"` + pan + `"}`; string(first) != want || cap(first) > 2*len(want) {
		t.Errorf("%s of %d bytes", first, cap(first))
	}
	if big, err := (Codec{}).Marshal(strings.Repeat("x", 2*maxBuffer)); err != nil || len(big) != 2*maxBuffer+2 {
		t.Errorf("%d bytes, %v", len(big), err)
	}
	if buffer := buffers.Get().(*[]byte); cap(*buffer) > maxBuffer {
		t.Errorf("%d bytes are kept", cap(*buffer))
	}
}

// TestRedactionIsNotSent: what JSON wrote for a secret in a map of anything is not sent in
// the secret's place.
func TestRedactionIsNotSent(t *testing.T) {
	t.Parallel()
	stored, err := json.Marshal(map[string]any{"pin": issuing.NewSecret("1234"), "memo": "a"})
	if err != nil {
		t.Fatal(err)
	}
	var back map[string]any
	if err := json.Unmarshal(stored, &back); err != nil {
		t.Fatal(err)
	}
	if out, err := (Codec{}).Marshal(back); err == nil {
		t.Errorf("sends %s", out)
	}
	type request struct {
		ID    string         `json:"id"`
		Extra map[string]any `json:"extra" wire:"inline"`
	}
	if out, err := (Codec{}).Marshal(request{"1", back}); err == nil {
		t.Errorf("sends %s", out)
	}
}
