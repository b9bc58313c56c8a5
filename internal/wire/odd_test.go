package wire

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

type oddInner struct {
	Name   string         `json:"name"`
	Amount issuing.Amount `json:"amount"`
}

type oddMessage struct {
	ID     string              `json:"id"`
	Amount issuing.Amount      `json:"amount"`
	Count  int                 `json:"count"`
	Done   bool                `json:"done"`
	OTP    issuing.Secret      `json:"otp"`
	At     time.Time           `json:"at"`
	Day    issuing.Date        `json:"day"`
	Inner  oddInner            `json:"inner"`
	Far    *oddInner           `json:"far"`
	List   []oddInner          `json:"list"`
	Texts  map[string]string   `json:"texts"`
	Totals map[string]int      `json:"totals"`
	Kept   map[string]oddInner `json:"kept"`
}

// TestNote: a member that cannot be read costs itself alone, wherever it stands, and
// is named with its reason and without its value.
func TestNote(t *testing.T) {
	t.Parallel()
	const noText, noAmount = "cannot read a JSON object as string", "cannot read a JSON string as issuing.Amount"
	for _, c := range []struct {
		name, in string
		want     oddMessage
		notes    []string
	}{
		{"all fits", `{"id":"a","amount":"1.50","count":2,"done":true,"at":"2026-05-04T10:00:00Z"}`, oddMessage{
			ID: "a", Amount: "1.50", Count: 2, Done: true, At: time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC),
		}, nil},
		{"none", `{"id":null,"amount":"","count":"","at":"","day":null,"inner":"","far":"","list":{},"texts":[]}`, oddMessage{}, nil},
		{"an object for a text", `{"id":{"a":1},"count":3}`, oddMessage{Count: 3}, []string{"id: " + noText}},
		{"words for numbers", `{"amount":"N/A","count":"two","done":"Y","id":"a"}`, oddMessage{ID: "a"}, []string{
			"amount: " + noAmount, "count: cannot read a JSON string as int", "done: cannot read a JSON string as bool",
		}},
		{"times", `{"at":"soon","day":{"a":1},"id":"a"}`, oddMessage{ID: "a"}, []string{
			"at: cannot read a JSON string as time.Time", "day: cannot read a JSON object as issuing.Date",
		}},
		{"the later of two is odd", `{"count":1,"count":{"a":1}}`, oddMessage{}, []string{"count: cannot read a JSON object as int"}},
		{"inside a struct", `{"inner":{"name":{"a":1},"amount":"2"},"id":"a"}`, oddMessage{
			ID: "a", Inner: oddInner{Amount: "2"},
		}, []string{"inner.name: " + noText}},
		{"inside a text", `{"inner":"{\"name\":\"n\",\"amount\":\"N/A\"}"}`, oddMessage{Inner: oddInner{Name: "n"}}, []string{
			"inner.amount: " + noAmount,
		}},
		{"behind a pointer", `{"far":{"name":"n","amount":true}}`, oddMessage{Far: &oddInner{Name: "n"}}, []string{
			"far.amount: cannot read a JSON bool as issuing.Amount",
		}},
		{"no struct", `{"inner":12,"far":[1],"id":"a"}`, oddMessage{ID: "a"}, []string{
			"inner: cannot read a JSON number as wire.oddInner", "far: cannot read a JSON array as wire.oddInner",
		}},
		{"inside a list", `{"list":[{"name":"n","amount":"N/A"},7,{"name":"m"}]}`, oddMessage{
			List: []oddInner{{Name: "n"}, {}, {Name: "m"}},
		}, []string{"list[0].amount: " + noAmount, "list[1]: cannot read a JSON number as wire.oddInner"}},
		{"no list", `{"list":{"name":"n"},"id":"a"}`, oddMessage{ID: "a"}, []string{"list: cannot read a JSON object as []wire.oddInner"}},
		{"inside a map", `{"totals":{"a":1,"secret":"x"},"kept":{"k":{"name":"n","amount":[1]}},"texts":{"t":{"a":1}}}`, oddMessage{
			Totals: map[string]int{"a": 1}, Kept: map[string]oddInner{"k": {Name: "n"}}, Texts: map[string]string{"t": `{"a":1}`},
		}, []string{"totals.*: cannot read a JSON string as int", "kept.*.amount: cannot read a JSON array as issuing.Amount"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var got oddMessage
			var notes []string
			codec := Codec{Note: func(member, reason string) { notes = append(notes, member+": "+reason) }}
			if err := codec.Unmarshal([]byte(c.in), &got); err != nil {
				t.Fatal(err)
			}
			if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", c.want) && c.want.Far == nil {
				t.Errorf("got  %+v\nwant %+v", got, c.want)
			}
			if c.want.Far != nil && (got.Far == nil || *got.Far != *c.want.Far) {
				t.Errorf("got %+v, want %+v", got.Far, c.want.Far)
			}
			if !slices.Equal(notes, c.notes) {
				t.Errorf("notes %q, want %q", notes, c.notes)
			}
		})
	}
}

// TestNoteIsBounded: as many notes as anybody reads, whatever comes.
func TestNoteIsBounded(t *testing.T) {
	t.Parallel()
	notes := 0
	codec := Codec{Note: func(string, string) { notes++ }}
	var out oddMessage
	in := `{"list":[` + strings.Repeat(`7,`, 10_000) + `{"name":"n"}],"id":"a"}`
	if err := codec.Unmarshal([]byte(in), &out); err != nil || out.ID != "a" || out.List[10_000].Name != "n" {
		t.Fatal(err)
	}
	if notes != maxOddities {
		t.Errorf("%d notes", notes)
	}
	nested := strings.Repeat(`{"next":`, maxDepth+2) + `{}` + strings.Repeat(`}`, maxDepth+2)
	if err := codec.Unmarshal([]byte(`{"id":"b","deep":`+nested+`}`), &struct {
		ID   *string    `json:"id"`
		Deep *oddCyclic `json:"deep"`
	}{}); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{``, `{`, `[1]`, `12`} {
		if err := codec.Unmarshal([]byte(bad), &out); err == nil {
			t.Errorf("%q is read", bad)
		}
	}
}

type oddCyclic struct {
	Next *oddCyclic `json:"next"`
}

// TestLooseNote: what is kept in Extra is told as well, and inside a struct a member
// costs itself.
func TestLooseNote(t *testing.T) {
	t.Parallel()
	var notes []string
	codec := Codec{
		Loose: &Loose{Open: func(name string, value []byte) ([]byte, error) {
			if name == "id" {
				return nil, errSealed
			}
			return value, nil
		}},
		Note: func(member, reason string) { notes = append(notes, member+": "+reason) },
	}
	var m looseMessage
	in := `{"ID":1,"id":"sealed","COUNT":"two","nested":{"name":{"a":1}},"Amount":"2.00"}`
	if err := codec.Unmarshal([]byte(in), &m); err != nil {
		t.Fatal(err)
	}
	if m.ID != "1" || m.Count != 0 || m.Amount != "2.00" {
		t.Errorf("%+v", m)
	}
	want := []string{
		"count: cannot read a JSON string as int", "nested.name: cannot read a JSON object as string",
	}
	if !slices.Equal(notes, want) {
		t.Errorf("notes %q, want %q", notes, want)
	}
}
