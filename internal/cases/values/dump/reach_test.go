package dump

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"reflect"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
)

// walk follows a value as dumpers do: through pointers, interfaces, lists, maps and
// unexported fields, and not into functions.
type walk struct {
	secrets []string
	found   string
	seen    map[visit]bool
	onPath  map[visit]bool

	cyclic bool // the value refers to itself
}

type visit struct {
	at uintptr
	of reflect.Type
}

// reached returns the path of the last secret that reflection reaches, and the shape
// of the value.
func reached(v reflect.Value, secrets []string) (path string, shape walk) {
	w := walk{secrets: secrets, seen: map[visit]bool{}, onPath: map[visit]bool{}}
	w.visit(v, v.Type().String())
	return w.found, w
}

func (w *walk) visit(v reflect.Value, path string) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Interface:
		if v.IsNil() {
			return
		}
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Map:
		at := visit{v.Pointer(), v.Type()}
		w.cyclic = w.cyclic || w.onPath[at]
		if w.seen[at] {
			return
		}
		w.seen[at], w.onPath[at] = true, true
		defer delete(w.onPath, at)
	}
	switch v.Type() {
	case reflect.TypeFor[rsa.PrivateKey](), reflect.TypeFor[ecdsa.PrivateKey]():
		w.found = path + ", a private key"
		return
	}
	w.inside(v, path)
}

func (w *walk) inside(v reflect.Value, path string) {
	switch v.Kind() {
	case reflect.String:
		w.judge(v.String(), path)
	case reflect.Pointer, reflect.Interface:
		w.visit(v.Elem(), path)
	case reflect.Struct:
		for field, value := range v.Fields() {
			w.visit(value, path+"."+field.Name)
		}
	case reflect.Map:
		for key, value := range v.Seq2() {
			w.visit(key, path+" key")
			w.visit(value, path+"[]")
		}
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			text := make([]byte, v.Len())
			for i := range text {
				text[i] = byte(v.Index(i).Uint())
			}
			w.judge(string(text), path)
			return
		}
		for i := range v.Len() {
			w.visit(v.Index(i), path+"[]")
		}
	}
}

func (w *walk) judge(text, path string) {
	if shows(text, w.secrets) != "" {
		w.found = path
	}
}

// TestReachFinds proves that the walk finds what dumpers find.
func TestReachFinds(t *testing.T) {
	t.Parallel()
	key := must(rsa.GenerateKey(rand.Reader, 2048))
	text := "card " + pan
	type ring struct{ next *ring }
	circle := new(ring)
	circle.next = circle
	for name, v := range map[string]any{
		"text": text, "pointer": &text, "bytes": []byte(text), "array": [21]byte([]byte(text)), "field": field{inner: &text},
		"map": map[string]any{"k": text}, "key of a map": map[string]bool{text: true}, "list": []any{1, text},
		"private key": key, "private key below": field{inner: []any{key}},
	} {
		if path, _ := reached(reflect.ValueOf(v), []string{pan}); path == "" {
			t.Errorf("%s: not found", name)
		}
	}
	for name, v := range map[string]any{"secret": issuing.NewSecret(pan), "function": func() string { return pan }} {
		if path, _ := reached(reflect.ValueOf(v), []string{pan}); path != "" {
			t.Errorf("%s: found at %s", name, path)
		}
	}
	if path, shape := reached(reflect.ValueOf(circle), []string{pan}); path != "" || !shape.cyclic {
		t.Errorf("circle: %q, %t", path, shape.cyclic)
	}
	if !strings.Contains(shows("a "+code+" b", []string{code}), code) || shows("0xc000"+code, []string{code}) != "" {
		t.Error("a code is not told from an address")
	}
}
