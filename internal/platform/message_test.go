package platform

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"math"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadFields(t *testing.T) {
	t.Parallel()
	for text, ok := range map[string]bool{
		`{}`: true, ` {"a":1,"b":{"a":2}} `: true, `{"a":null}`: true,
		``: false, `null`: false, `[]`: false, `"x"`: false, `{`: false, `{"a"}`: false, `{"a":}`: false, `{"a":1`: false, `{"a":1,}`: false,
		`{} {}`: false, `{}x`: false, `{"a":1,"a":1}`: false, `{"a":1,"\u0061":2}`: false, `{"a":` + strings.Repeat("[", 100_000): false,
		"{\"a\":\"\xff\"}": false, "{\"\xff\":1}": false, `{"a":"é"}`: true,
	} {
		if f, err := ReadFields([]byte(text)); (err == nil) != ok || (f != nil) != ok {
			t.Errorf("%.40s: %v, %v", text, f, err)
		}
	}
}

func TestIsJSON(t *testing.T) {
	t.Parallel()
	for want, rows := range map[bool][][]string{
		true: {{"application/json"}, {"Application/JSON; charset=UTF-8"}, {`application/json;charset="utf-8"`}},
		false: {
			nil, {""}, {"text/plain"}, {"application/jsonp"}, {"application/json; charset"}, {"application/json; charset=gbk"},
			{"application/json", "application/json"}, {"application/json", "text/plain"}, {"application/json, text/plain"},
		},
	} {
		for _, types := range rows {
			if got := IsJSON(http.Header{"Content-Type": types}); got != want {
				t.Errorf("%q: %v", types, got)
			}
		}
	}
}

func FuzzReadFields(f *testing.F) {
	f.Add([]byte(`{"a":"x","n":-12,"o":{"a":[1,"\ud800"]},"z":null}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		fields, err := ReadFields(text)
		if err != nil {
			return
		}
		again, err := ReadFields(JSON(fields))
		if err != nil || len(again) != len(fields) {
			t.Errorf("%q came back as %q: %v", fields, again, err)
		}
		for name := range fields {
			_, _ = fields.Int(name)
			if fields.Text(name) != again.Text(name) || fields.Has(name) != again.Has(name) {
				t.Errorf("%q: %q and %q", name, fields[name], again[name])
			}
		}
	})
}

func TestFields(t *testing.T) {
	t.Parallel()
	f, err := ReadFields([]byte(`{"text":"a\u00e9\n","empty":"","null":null,"n":12,"big":92233720368547758070,"float":1.5,"digits":"7"}`))
	if err != nil {
		t.Fatal(err)
	}
	type read struct {
		Has  bool
		Text string
		Int  int
		OK   bool
	}
	got := map[string]read{}
	for _, name := range []string{"text", "empty", "null", "absent", "n", "big", "float", "digits"} {
		n, ok := f.Int(name)
		if !ok {
			n = 0
		}
		got[name] = read{f.Has(name), f.Text(name), n, ok}
	}
	want := map[string]read{
		"text": {true, "aé\n", 0, false}, "empty": {true, "", 0, false}, "null": {}, "absent": {}, "n": {true, "", 12, true},
		"big": {true, "", 0, false}, "float": {true, "", 0, false}, "digits": {true, "7", 0, false},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for name, names := range map[string][]string{"": {"text", "digits"}, "null": {"text", "null", "absent"}, "n": {"n"}, "empty": {"empty"}} {
		if missing := f.Missing(names...); missing != name {
			t.Errorf("of %v %q is missing, want %q", names, missing, name)
		}
	}
}

func TestPage(t *testing.T) {
	t.Parallel()
	items := []int{1, 2, 3, 4, 5}
	for i, tt := range []struct {
		page, size int
		want       []int
	}{
		{1, 2, []int{1, 2}}, {3, 2, []int{5}}, {4, 2, []int{}}, {1, 5, items}, {2, 5, []int{}}, {1, math.MaxInt, items},
		{math.MaxInt, math.MaxInt, []int{}}, {math.MaxInt, 2, []int{}}, {math.MaxInt/2 + 2, 2, []int{}}, {2, math.MaxInt, []int{}},
		{0, 2, []int{}}, {1, 0, []int{}}, {-1, 2, []int{}}, {1, -1, []int{}}, {math.MinInt, 2, []int{}},
	} {
		if diff := cmp.Diff(tt.want, Page(items, tt.page, tt.size)); diff != "" {
			t.Errorf("%d (-want +got):\n%s", i, diff)
		}
	}
	if got := Page([]int(nil), 1, 10); got == nil || len(got) != 0 {
		t.Errorf("of nothing: %v", got)
	}
}

func TestJSONReply(t *testing.T) {
	t.Parallel()
	r := JSONReply(401, map[string]any{"a": "<&>é", "n": 1})
	if r.Status != 401 || string(r.Body) != `{"a":"<&>é","n":1}` || r.Header.Get("Content-Type") != "application/json; charset=utf-8" {
		t.Errorf("%d %v %s", r.Status, r.Header, r.Body)
	}
}

func TestKeyText(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	block, rest := pem.Decode([]byte(KeyText(key).Reveal()))
	if block == nil || len(rest) != 0 || block.Type != "PRIVATE KEY" {
		t.Fatal("not one block of PKCS #8 PEM")
	}
	if parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes); err != nil || !key.Equal(parsed) {
		t.Errorf("another key, or %v", err)
	}
}
