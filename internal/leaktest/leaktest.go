// Package leaktest proves that values do not print the secrets they hold. It
// prints each value in every way that a program logs one: all verbs and flags
// of package fmt, the handlers of log/slog, text/template, expvar and the encoders
// for JSON, XML and gob, by value and by pointer, on its own and inside structs,
// slices, maps and interfaces.
package leaktest

import (
	"bytes"
	"encoding/base64"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"expvar"
	"fmt"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"text/template"
)

// MinSecret is the shortest secret that Check accepts. A shorter one turns up in
// an address or a length by accident.
const MinSecret = 8

// Check fails the test for every way of printing one of values that shows one
// of secrets: as plain text, hex, Base64, or the numbers of its bytes. Secrets
// need at least MinSecret bytes and should occur nowhere else in the values.
func Check(t testing.TB, secrets []string, values ...any) {
	t.Helper()
	if len(secrets) == 0 || len(values) == 0 {
		t.Fatal("leaktest: no secrets or no values to check")
		return
	}
	var wanted [][]string
	for _, secret := range secrets {
		if len(secret) < MinSecret {
			t.Fatalf("leaktest: a secret of %d bytes is too short to be told from an accident", len(secret))
			return
		}
		wanted = append(wanted, Forms(secret))
	}
	for _, value := range values {
		for _, p := range printings(value) {
			for i, forms := range wanted {
				if form := found(p.text, forms); form != "" {
					t.Errorf("%T %s shows secret %d as %q", value, p.how, i, form)
				}
			}
		}
	}
}

func found(text string, forms []string) string {
	for _, form := range forms {
		if strings.Contains(text, form) {
			return form
		}
	}
	return ""
}

// formats are all verbs with all sensible flags.
var formats = func() []string {
	var out []string
	for _, verb := range "vTtbcdoOqxXUeEfFgGsp" {
		for _, flags := range []string{"", "+", "#", " ", "# ", "-030.99"} {
			out = append(out, "%"+flags+string(verb))
		}
	}
	return append(out, "%w", "%z", "%!", "%*d")
}()

// Forms lists the texts that show secret: as it is, and as hex, Base64 and the numbers
// of its bytes, in the ways in which package fmt writes them.
func Forms(secret string) []string {
	set := map[string]bool{secret: true}
	add := func(text string) {
		text = strings.Trim(text, " []{}()\"`")
		if len(text) >= len(secret) {
			set[text] = true
		}
	}
	// What fmt makes of the bytes and of the characters, in every verb.
	for _, verb := range []string{"%d", "%x", "%X", "% x", "% X", "%#x", "%# x", "%o", "%b", "%c", "%U", "%q", "%+q"} {
		for _, v := range []any{secret, []byte(secret), []rune(secret)} {
			add(fmt.Sprintf(verb, v))
		}
	}
	add(strings.TrimSuffix(strings.TrimPrefix(fmt.Sprintf("%#v", []byte(secret)), "[]byte{"), "}"))
	for separator, verb := range map[string]string{", ": "%d", ",": "%d", ",\n": "%d"} {
		parts := make([]string, len(secret))
		for i := range len(secret) {
			parts[i] = fmt.Sprintf(verb, secret[i])
		}
		add(strings.Join(parts, separator))
	}
	if quoted, err := json.Marshal(secret); err == nil {
		add(string(quoted))
	}
	// Base64 depends on where in the encoded text the secret starts: take the
	// characters that its neighbours do not change.
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for before := range 3 {
			text := encoding.EncodeToString(append(make([]byte, before), secret...))
			from, to := (before*8+5)/6, (before+len(secret))*8/6
			set[text[from:to]] = true
		}
	}
	delete(set, "")
	return slices.Sorted(maps.Keys(set))
}

// printing is one way in which a value was printed, and its text.
type printing struct{ how, text string }

// printings prints value in every position and in every way.
func printings(value any) []printing {
	var out []printing
	for position, v := range positions(value) {
		for _, format := range formats {
			out = append(out, printing{format + " " + position, fmt.Sprintf(format, v)})
		}
		out = append(out,
			printing{"Sprint " + position, fmt.Sprint(v)},
			printing{"Errorf " + position, fmt.Errorf("wrapped: %v", v).Error()},
			printing{"slog text " + position, logged(v, func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) })},
			printing{"slog JSON " + position, logged(v, func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) })},
			printing{"JSON " + position, marshaled(v)},
			printing{"expvar " + position, expvar.Func(func() any { return v }).String()},
			printing{"template " + position, templated(v)},
			printing{"XML " + position, encoded(v, func(b *bytes.Buffer) encoder { return xml.NewEncoder(b) })},
			printing{"gob " + position, encoded(v, func(b *bytes.Buffer) encoder { return gob.NewEncoder(b) })},
		)
	}
	return out
}

type (
	exported   struct{ V any }
	unexported struct{ v any }
	nested     struct{ v unexported }
	embedded   struct{ unexported }
)

// positions puts value where a program may have put it. Slices, arrays, maps
// and pointers are of its own type, because fmt treats an interface's content
// differently.
func positions(value any) map[string]any {
	out := map[string]any{
		"by value":                   value,
		"in an interface":            any(&value),
		"in an exported field":       exported{value},
		"in a pointer's field":       &exported{value},
		"in an unexported field":     unexported{value},
		"in a pointer's unexported":  &unexported{value},
		"in a nested struct":         nested{unexported{value}},
		"in an embedded struct":      embedded{unexported{value}},
		"in a slice of any":          []any{value},
		"in a map of any":            map[string]any{"k": value},
		"in a hidden slice of any":   unexported{[]any{value}},
		"in a hidden map of any":     unexported{map[string]any{"k": value}},
		"in an error's wrapped text": fmt.Errorf("outer: %w", asError(value)),
	}
	rv := reflect.ValueOf(value)
	if !rv.IsValid() {
		return out
	}
	add := func(name string, v any) {
		out["in "+name] = v
		out["in an exported field in "+name] = exported{v}
		out["in an unexported field in "+name] = unexported{v}
	}
	pointer := reflect.New(rv.Type())
	pointer.Elem().Set(rv)
	add("a pointer", pointer.Interface())
	slice := reflect.Append(reflect.MakeSlice(reflect.SliceOf(rv.Type()), 0, 1), rv)
	add("a slice", slice.Interface())
	add("a slice of pointers", reflect.Append(reflect.MakeSlice(reflect.SliceOf(pointer.Type()), 0, 1), pointer).Interface())
	array := reflect.New(reflect.ArrayOf(1, rv.Type())).Elem()
	array.Index(0).Set(rv)
	add("an array", array.Interface())
	m := reflect.MakeMap(reflect.MapOf(reflect.TypeFor[string](), rv.Type()))
	m.SetMapIndex(reflect.ValueOf("k"), rv)
	add("a map", m.Interface())
	if rv.Comparable() {
		keys := reflect.MakeMap(reflect.MapOf(rv.Type(), reflect.TypeFor[bool]()))
		keys.SetMapIndex(rv, reflect.ValueOf(true))
		add("a map's key", keys.Interface())
	}
	return out
}

// asError returns value as an error, or an error that formats it.
func asError(value any) error {
	if err, ok := value.(error); ok && err != nil {
		return err
	}
	return fmt.Errorf("value %+v", value)
}

func logged(v any, handler func(*bytes.Buffer) slog.Handler) string {
	var b bytes.Buffer
	logger := slog.New(handler(&b))
	logger.Info(fmt.Sprint("message ", v), "attr", v, slog.Group("group", "v", v), "list", []any{v})
	logger.With("with", v).WithGroup("g").Error("again", slog.Any("v", v))
	return b.String()
}

// page prints a value as a template of a page for operators does, where go vet
// checks no verb.
var page = template.Must(template.New("page").Parse(
	`{{.}} {{print .}} {{html .}} {{js .}} {{printf "%v %+v %#v %s %q %t %c %U %x %d" . . . . . . . . . .}}`))

func templated(v any) string {
	var b bytes.Buffer
	err := page.Execute(&b, v)
	return fmt.Sprint(b.String(), " ", err)
}

type encoder interface{ Encode(v any) error }

func encoded(v any, to func(*bytes.Buffer) encoder) string {
	var b bytes.Buffer
	err := to(&b).Encode(v)
	return fmt.Sprint(b.String(), " ", err)
}

func marshaled(v any) string {
	text, err := json.Marshal(v)
	indented, indentErr := json.MarshalIndent(v, "", " ")
	return fmt.Sprint(string(text), " ", err, " ", string(indented), " ", indentErr)
}
