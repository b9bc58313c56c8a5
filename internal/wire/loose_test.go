package wire

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
)

type kept map[string]issuing.Secret

type looseBase struct {
	ID string `json:"id"`
}

type looseMessage struct {
	looseBase
	Count  int            `json:"count"`
	Amount issuing.Amount `json:"amount"`
	Nested struct {
		Name string `json:"name"`
	} `json:"nested"`
	Kept kept `json:"-" wire:"extra"`
}

// TestLoose: names in any case and spelling, and nothing is lost but what is bounded.
func TestLoose(t *testing.T) {
	t.Parallel()
	codec := Codec{Loose: &Loose{Spellings: map[string]string{"number": "count"}}}
	for _, c := range []struct {
		name, in string
		id       string
		count    int
		nested   string
		kept     string
	}{
		{"as written", `{"id":"a","count":2,"nested":{"name":"n"}}`, "a", 2, "n", ""},
		{"any case", `{"ID":"a","COUNT":"2","Nested":{"name":"n"}}`, "a", 2, "n", ""},
		{"inside, case counts", `{"nested":{"NAME":"n"}}`, "", 0, "", ""},
		{"another spelling", `{"NUMBER":2}`, "", 2, "", ""},
		{"unknown", `{"new":{"a":[1]},"id":"a"}`, "a", 0, "", `new={"a":[1]}`},
		{"misfit", `{"count":"two","id":"a"}`, "a", 0, "", `count="two"`},
		{"misfit inside", `{"nested":{"name":"n","x":1},"amount":"007"}`, "", 0, "n", `amount="007"`},
		{"an array for an object", `{"nested":[1]}`, "", 0, "", `nested=[1]`},
		{"twice", `{"id":"a","ID":"b"}`, "a", 0, "", `ID="b"`},
		{"a misfit, then one that fits", `{"count":"two","Count":2}`, "", 2, "", `count="two"`},
		{"null", `{"id":null,"ID":"b"}`, "", 0, "", `ID="b"`},
		{"the name of the tag's field", `{"Kept":1,"-":2}`, "", 0, "", `-=2 Kept=1`},
		{"no members", `{}`, "", 0, "", ""},
		{"empty", `""`, "", 0, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var m looseMessage
			if err := codec.Unmarshal([]byte(c.in), &m); err != nil {
				t.Fatal(err)
			}
			if m.ID != c.id || m.Count != c.count || m.Nested.Name != c.nested {
				t.Errorf("%+v", m)
			}
			if diff := cmp.Diff(c.kept, text(m.Kept)); diff != "" {
				t.Errorf("kept (-want +got):\n%s", diff)
			}
			if c.kept == "" && m.Kept != nil {
				t.Error("an empty map is made")
			}
		})
	}
}

func text(extra kept) string {
	var out []string
	for _, name := range []string{"-", "ID", "Kept", "amount", "count", "nested", "new"} {
		if v, ok := extra[name]; ok {
			out = append(out, name+"="+v.Reveal())
		}
	}
	return strings.Join(out, " ")
}

// TestLooseOpens: what Open returns is read, and what it cannot open is kept.
func TestLooseOpens(t *testing.T) {
	t.Parallel()
	codec := Codec{Loose: &Loose{Open: func(name string, value []byte) ([]byte, error) {
		switch {
		case name == "ID":
			return []byte(` "opened" `), nil
		case name == "count":
			return nil, errors.New("closed")
		case name == "amount":
			return []byte(`"1.5`), nil // no JSON
		}
		return value, nil
	}}}
	var m looseMessage
	if err := codec.Unmarshal([]byte(`{"ID":"x","count":2,"amount":"1","nested":{"name":"n"},"new":1}`), &m); err != nil {
		t.Fatal(err)
	}
	if m.ID != "opened" || m.Count != 0 || !m.Amount.IsZero() || m.Nested.Name != "n" {
		t.Errorf("%+v", m)
	}
	if got := text(m.Kept); got != `amount="1" count=2 new=1` {
		t.Errorf("kept %s", got)
	}
}

// TestLooseBounds: Extra is bounded, and long texts do not keep the document.
func TestLooseBounds(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 2 * maxExtra {
		fmt.Fprintf(&b, `"%d%s":1,`, i, strings.Repeat("é", maxExtraName))
	}
	var m looseMessage
	if err := (Codec{Loose: &Loose{}}).Unmarshal([]byte("{"+b.String()+`"id":"a"}`), &m); err != nil {
		t.Fatal(err)
	}
	if len(m.Kept) != maxExtra || m.ID != "a" {
		t.Errorf("%d members kept, id %q", len(m.Kept), m.ID)
	}
	for name := range m.Kept {
		if len(name) > maxExtraName || strings.ToValidUTF8(name, "?") != name {
			t.Fatalf("a name of %d bytes: %q", len(name), name)
		}
	}
}

// TestLooseIsForStructs: other targets, structs without the tag, and writing.
func TestLooseIsForStructs(t *testing.T) {
	t.Parallel()
	codec := Codec{Loose: &Loose{}}
	var list []looseBase
	if err := codec.Unmarshal([]byte(`[{"ID":"a"},{"id":"b"}]`), &list); err != nil || list[0].ID != "" || list[1].ID != "b" {
		t.Errorf("%+v, %v", list, err)
	}
	var base looseBase
	if err := codec.Unmarshal([]byte(`{"ID":"a","new":1}`), &base); err != nil || base.ID != "a" {
		t.Errorf("%+v, %v", base, err)
	}
	if err := codec.Unmarshal([]byte(`[1]`), &base); err == nil {
		t.Error("an array passes as an object")
	}
	out, err := codec.Marshal(looseMessage{Kept: kept{"new": issuing.NewSecret("1")}})
	if err != nil || string(out) != `{"id":"","count":0,"amount":null,"nested":{"name":""}}` {
		t.Errorf("%s, %v", out, err)
	}
	var m looseMessage
	if err := (Codec{}).Unmarshal([]byte(`{"ID":"a","new":1}`), &m); err != nil || m.ID != "" || m.Kept != nil {
		t.Errorf("a strict codec: %+v, %v", m, err)
	}
}
