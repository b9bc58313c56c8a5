package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

const root = "../../.."

// TestPicture: the picture is that of the code.
func TestPicture(t *testing.T) {
	t.Parallel()
	want, err := drawn(root)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(root + "/" + picture)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(bytes.ReplaceAll(got, []byte("\r\n"), []byte("\n")), want) {
		t.Errorf("%s is stale: run go generate in the root folder", picture)
	}
}

// TestGraph: a package without a room, and a circle, are errors; an arrow that follows from
// others is not drawn.
func TestGraph(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		imports map[string][]string
		want    string
	}{
		"no room": {map[string][]string{"internal/new": nil}, "internal/new has no room"},
		"circle":  {map[string][]string{"sign": {module + "/webhook"}, "webhook": {module + "/sign"}}, "imports itself"},
	} {
		if _, err := graphOf(tt.imports); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	g, err := graphOf(map[string][]string{
		"webhook": {module + "/sign", module, "example.com/a/lib/v2"}, "sign": {module}, ".": {"fmt"},
	})
	if err != nil {
		t.Fatal(err)
	}
	webhook, _ := roomOf("webhook")
	sign, _ := roomOf("sign")
	if len(g.to[webhook]) != 1 || !g.to[webhook][sign] || g.row[webhook] != 2 || len(g.libraries[webhook]) != 1 {
		t.Errorf("%+v", g)
	}
}
