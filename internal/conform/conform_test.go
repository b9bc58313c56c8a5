package conform

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
)

func TestReadInferredRefuses(t *testing.T) {
	t.Parallel()
	const head = "section,what,setting,reason\n"
	for name, c := range map[string]struct{ text, want string }{
		"good":            {head + "1,a,Config.A,\n2,b,,because\n", ""},
		"other columns":   {"section,setting\n1,2\n", "columns"},
		"empty":           {"", "columns"},
		"no section":      {head + ",a,B,\n", "section"},
		"neither":         {head + "1,a,,\n", "reason"},
		"both":            {head + "1,a,B,c\n", "reason"},
		"a setting twice": {head + "1,a,B,\n1,b,B,\n", ""},
		"a short row":     {head + "1,a\n", "fields"},
	} {
		path := filepath.Join(t.TempDir(), "inferred.csv")
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		rows, err := ReadInferred(path)
		if c.want == "" && (err != nil || len(rows) != 2) || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, %v", name, rows, err)
		}
	}
}

func TestClear(t *testing.T) {
	t.Parallel()
	sentinel := errors.New("signature")
	for name, c := range map[string]struct {
		err  error
		want bool
	}{
		"an error of a call": {&issuing.Error{Kind: issuing.ErrDeclined}, true},
		"a value":            {Differs("time", 1, 2), true},
		"a sentinel":         {errors.Join(sentinel), true},
		"anything else":      {errors.New("x"), false},
		"too late":           {&issuing.Error{Kind: issuing.ErrUnavailable, Err: context.DeadlineExceeded}, false},
	} {
		if clear(c.err, []error{sentinel}) != c.want {
			t.Errorf("%s: %v", name, c.err)
		}
	}
	if Differs("time", 1, 1) != nil || Differs("time", 1, 2).Error() != "time is 1, want 2" {
		t.Error("Differs is wrong")
	}
}

// The same seed makes the same document; few seeds change nothing; most are JSON.
func TestMutate(t *testing.T) {
	t.Parallel()
	document := []byte(`{"cardID":"19181","amount":5000.00,"list":[{"a":null},true],"text":"x\"y"}`)
	valid, same := 0, 0
	kinds := map[string]bool{}
	for seed := range uint64(2000) {
		got := Mutate(seed, document)
		if !bytes.Equal(got, Mutate(seed, document)) {
			t.Fatalf("seed %d makes two documents", seed)
		}
		if json.Valid(got) {
			valid++
		}
		if bytes.Equal(got, document) {
			same++
		}
		for kind, sign := range map[string]string{"deep": "[[[[[[", "long": "xxxxxx", "odd": "1e400", "many": `"m4999"`, "byte order": "\xef\xbb\xbf", "html": "<html>"} {
			kinds[kind] = kinds[kind] || bytes.Contains(got, []byte(sign))
		}
	}
	if valid < 1000 || same > 300 || len(kinds) != 6 {
		t.Errorf("of 2000: %d are JSON, %d unchanged, kinds %v", valid, same, kinds)
	}
	for kind, there := range kinds {
		if !there {
			t.Errorf("no document is %s", kind)
		}
	}
	if len(Mutate(1, nil)) == 0 && len(Mutate(2, nil)) == 0 {
		t.Error("nothing stays nothing")
	}
}

// failing collects what a test says of itself.
type failing struct {
	testing.TB
	said []string
}

func (f *failing) Helper() {}
func (f *failing) Errorf(format string, args ...any) {
	f.said = append(f.said, format)
}
func (f *failing) Fatalf(format string, args ...any) {
	f.said = append(f.said, format)
}

func TestUnharmed(t *testing.T) {
	var kept []byte
	for name, c := range map[string]struct {
		run  func()
		want string
	}{
		"nothing": {func() {}, ""}, "panic": {func() { panic("x") }, "panics"},
		"memory": {func() { kept = make([]byte, maxMemory+1) }, "allocates"},
	} {
		f := &failing{TB: t}
		Unharmed(f, name, c.run)
		if said := strings.Join(f.said, " "); (c.want == "") != (said == "") || !strings.Contains(said, c.want) {
			t.Errorf("%s: said %q", name, said)
		}
	}
	_ = kept
}
