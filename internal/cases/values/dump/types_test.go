package dump

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"expvar"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"reflect"
	"strings"
	"testing"
	"text/template"

	"github.com/davecgh/go-spew/spew"
	"github.com/google/go-cmp/cmp"
	"github.com/kr/pretty"
	"github.com/stretchr/testify/assert"

	"github.com/issuing-sdk/issuing-go/internal/cases/values"
	"github.com/issuing-sdk/issuing-go/internal/leaktest"
)

// What secrets are filled with.
const (
	pan  = "4929420573595709"
	code = "538174"
)

// secretsOf are the texts that show what values are filled with: a card number, or a
// code of six digits and its digests.
func secretsOf(secret string) []string {
	out := leaktest.Forms(secret)
	if secret == code {
		for _, digest := range [][]byte{sum(sha256.Sum256([]byte(code))), sum20(sha1.Sum([]byte(code))), sum16(md5.Sum([]byte(code)))} {
			out = append(out, bytesOf(digest)...)
		}
	}
	return append(out, privates...)
}

// keys are the texts that show the keys of the makers.
func keys() []string {
	var out []string
	for _, key := range []string{values.AESText, values.AppText, values.HMACText, values.Token} {
		out = append(out, bytesOf([]byte(key))...)
	}
	rsa, ec := must(values.RSA()), must(values.EC())
	out = append(append(out, numbers(rsa.D)...), numbers(rsa.Primes[0])...)
	return append(out, numbers(new(big.Int).SetBytes(must(ec.Bytes())))...)
}

func sum(d [32]byte) []byte   { return d[:] }
func sum20(d [20]byte) []byte { return d[:] }
func sum16(d [16]byte) []byte { return d[:] }

// privates are what dumpers write of a private key, whatever its numbers are.
var privates = []string{"Primes:", "Precomputed:", "packet.PrivateKey"}

// shows returns what text shows of the secrets. A code counts where it stands alone:
// an address has six digits in a row by accident.
func shows(text string, secrets []string) string {
	for _, secret := range secrets {
		for rest := text; ; {
			i := strings.Index(rest, secret)
			if i < 0 {
				break
			}
			if secret != code || !hexAt(rest, i-1) && !hexAt(rest, i+len(code)) {
				return secret
			}
			rest = rest[i+len(code):]
		}
	}
	return ""
}

func hexAt(text string, i int) bool {
	return i >= 0 && i < len(text) && strings.IndexByte("0123456789abcdefABCDEFx", text[i]) >= 0
}

// places puts a value where a program may have put it.
func places(v reflect.Value) map[string]any {
	pointer := reflect.New(v.Type())
	pointer.Elem().Set(v)
	list := reflect.Append(reflect.MakeSlice(reflect.SliceOf(v.Type()), 0, 1), v)
	byName := reflect.MakeMap(reflect.MapOf(reflect.TypeFor[string](), v.Type()))
	byName.SetMapIndex(reflect.ValueOf("k"), v)
	out := map[string]any{
		"by value":             v.Interface(),
		"pointer":              pointer.Interface(),
		"nil pointer":          reflect.Zero(pointer.Type()).Interface(),
		"unexported field":     struct{ v any }{v.Interface()},
		"unexported pointer":   &struct{ v any }{pointer.Interface()},
		"list":                 list.Interface(),
		"map":                  byName.Interface(),
		"list in a struct":     struct{ l any }{list.Interface()},
		"pointer in interface": []any{pointer.Interface()},
	}
	if v.Comparable() {
		keys := reflect.MakeMap(reflect.MapOf(v.Type(), reflect.TypeFor[bool]()))
		keys.SetMapIndex(v, reflect.ValueOf(true))
		out["map's key"] = keys.Interface()
	}
	return out
}

var verbs = strings.Split("%v %+v %#v %s %q %x %X % x %#x %d %t %c %e %U %p %b %o %T", " ")

var page = template.Must(template.New("page").Parse(`{{.}} {{print .}} {{html .}} {{printf "%v %+v %#v %s %x %d" . . . . . .}}`))

// printed is what a program prints of a value.
func printed(v any) map[string]string {
	var verbsText, logs, text strings.Builder
	for _, verb := range verbs {
		fmt.Fprintf(&verbsText, verb+"\n", v)
	}
	for _, h := range []slog.Handler{slog.NewTextHandler(&logs, nil), slog.NewJSONHandler(&logs, nil)} {
		slog.New(h).With("with", v).Info("message", "v", v, slog.Group("g", "list", []any{v}))
	}
	out := map[string]string{
		"fmt": verbsText.String(), "slog": logs.String(), "expvar": expvar.Func(func() any { return v }).String(),
		"template": fmt.Sprint(page.Execute(&text, v), text.String()),
	}
	for name, encode := range map[string]func(io.Writer) error{
		"JSON": func(w io.Writer) error { return json.NewEncoder(w).Encode(v) },
		"XML":  func(w io.Writer) error { return xml.NewEncoder(w).Encode(v) },
		"gob": func(w io.Writer) error {
			if of := reflect.ValueOf(v); of.Kind() == reflect.Pointer && of.IsNil() {
				return nil // panics by its contract
			}
			return gob.NewEncoder(w).Encode(v)
		},
	} {
		var b bytes.Buffer
		err := encode(&b)
		out[name] = fmt.Sprint(b.String(), err)
	}
	return out
}

// dumped is what the tools of tests print of a value, and of its difference to its
// zero and to another. kr/pretty does not end on a value that refers to itself.
func dumped(v, zero, other any, shape walk) map[string]string {
	plain := spew.ConfigState{Indent: " ", DisableMethods: true}
	var testify heard
	assert.Equal(&testify, v, other)
	assert.Equal(&testify, zero, v)
	assert.Nil(&testify, v)
	out := map[string]string{
		"spew without methods": plain.Sdump(v),
		"testify":              testify.text.String(),
		"go-cmp":               difference(v, zero) + difference(v, other),
	}
	out["spew"] = spew.Sdump(v) + spew.Sprintf("%#+v", v)
	if !shape.cyclic {
		out["pretty"] = pretty.Sprint(v) + strings.Join(append(pretty.Diff(v, other), pretty.Diff(zero, v)...), "\n")
	}
	return out
}

// difference is go-cmp's. Told to look into everything, it calls methods of the
// standard library's on values that are none, and these panic.
func difference(a, b any) (text string) {
	defer func() {
		if r := recover(); r != nil {
			text = fmt.Sprint(r)
		}
	}()
	return cmp.Diff(a, b, cmp.Exporter(func(reflect.Type) bool { return true }))
}

// TestTypesPrintNoSecret gives every exported type, filled with secrets, to whatever
// prints.
func TestTypesPrintNoSecret(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{pan, code} {
		alone := secretsOf(secret)
		withKeys := append(keys(), alone...)
		held := 0
		for _, of := range values.Types {
			f, g := values.Filler{Secret: secret, Keys: true}, values.Filler{Secret: "another secret", Keys: true}
			v, err := f.Fill(of)
			other, errOther := g.Fill(of)
			if err != nil || errOther != nil {
				t.Fatal(err, errOther)
			}
			if f.Secrets+f.Made == 0 {
				continue // has nothing to show
			}
			held++
			secrets := alone
			if f.Made > 0 {
				secrets = withKeys
			}
			at, shape := reached(v, secrets)
			if at != "" {
				t.Errorf("%s: reflection reaches %s", of, at)
			}
			leaks(t, v, other, shape, secrets)
		}
		if held < 150 {
			t.Errorf("only %d types hold a secret or a key", held)
		}
		t.Logf("%d types hold a secret or a key", held)
	}
}

func leaks(t *testing.T, v, other reflect.Value, shape walk, secrets []string) {
	t.Helper()
	tight := make([]string, len(secrets))
	for i, s := range secrets {
		tight[i] = squeezed(s)
	}
	of := v.Type()
	for place, value := range places(v) {
		for how, text := range printed(value) {
			if shown := shows(text, secrets); shown != "" {
				t.Errorf("%s %s: %s shows %.60q", of, place, how, shown)
			}
			if strings.Contains(text, "PANIC") {
				t.Errorf("%s %s: %s panics", of, place, how)
			}
		}
	}
	pointer, otherPointer := places(v)["pointer"], places(other)["pointer"]
	for place, three := range map[string][3]any{
		"pointer":  {pointer, reflect.New(of).Interface(), otherPointer},
		"in lists": {field{inner: []any{pointer}}, field{inner: []any{reflect.New(of).Interface()}}, field{inner: []any{otherPointer}}},
		"in maps":  {places(v)["map"], places(reflect.Zero(of))["map"], places(other)["map"]},
	} {
		for how, text := range dumped(three[0], three[1], three[2], shape) {
			if shown := shows(squeezed(text), tight); shown != "" {
				t.Errorf("%s %s: %s shows %.60q", of, place, how, shown)
			}
		}
	}
}

// TestPrintersShowWhatIsInTheOpen proves that the test above can fail in each of its
// ways.
func TestPrintersShowWhatIsInTheOpen(t *testing.T) {
	t.Parallel()
	type card struct{ Number string }
	for _, secret := range []string{pan, code} {
		secrets := secretsOf(secret)
		digest := sha256.Sum256([]byte(code))
		for what, number := range map[string]string{"secret": secret, "digest of a code": fmt.Sprintf("%x", digest)} {
			if what != "secret" && secret == pan {
				continue
			}
			v := card{number}
			for place, value := range places(reflect.ValueOf(v)) {
				for how, text := range printed(value) {
					closed := place == "nil pointer" || how == "XML" || how == "JSON" || how == "expvar" || how == "gob" || how == "slog"
					if shows(text, secrets) == "" && !closed {
						t.Errorf("%s %s: %s does not show it", what, place, how)
					}
				}
			}
			for how, text := range printed(&v) {
				if shows(text, secrets) == "" {
					t.Errorf("%s: %s does not show it", what, how)
				}
			}
			for how, text := range dumped(&v, new(card), &card{"other"}, walk{}) {
				if shows(squeezed(text), secrets) == "" {
					t.Errorf("%s: %s does not show it", what, how)
				}
			}
		}
	}
}
