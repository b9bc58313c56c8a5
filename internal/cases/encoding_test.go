package cases

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// redacted is what encoding/json writes for every secret. Secrets that hold it are the
// same in both encoders.
const redacted = "[redacted]"

// fill sets all that a value holds: texts to awkward ones, secrets to what prints alike.
func fill(v reflect.Value, depth int) {
	switch v.Addr().Interface().(type) {
	case *issuing.Secret:
		v.Set(reflect.ValueOf(issuing.NewSecret(redacted)))
		return
	case *issuing.Amount:
		v.SetString("100.50")
		return
	case *issuing.Date, *unionpay.EnrolDate:
		v.SetString("1990-01-15")
		return
	case *time.Time:
		v.Set(reflect.ValueOf(time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("", 8*60*60))))
		return
	case *json.RawMessage:
		v.SetBytes([]byte(`{"a":[1,"é"]}`))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("a\"\\ü<&>😀")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(-7)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(7)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), depth)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			fill(v.Index(i), depth)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for _, key := range []string{"b", "a"} {
			element := reflect.New(v.Type().Elem()).Elem()
			fill(element, depth)
			v.SetMapIndex(reflect.ValueOf(key).Convert(v.Type().Key()), element)
		}
	case reflect.Interface:
		if v.NumMethod() == 0 {
			v.Set(reflect.ValueOf("any"))
		}
	case reflect.Struct:
		fillStruct(v, depth)
	}
}

func fillStruct(v reflect.Value, depth int) {
	if depth == 0 {
		return
	}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		// A map of open members stands apart in encoding/json, and in no message.
		if f.IsExported() && f.Tag.Get("wire") == "" && f.Tag.Get("json") != "-" {
			fill(v.Field(i), depth-1)
		}
	}
}

// structs calls f with every exported struct that a client's methods take or return.
func structs(client any, f func(reflect.Type)) {
	seen := map[reflect.Type]bool{}
	visit := func(t reflect.Type) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		if t.Kind() == reflect.Struct && strings.Contains(t.PkgPath(), "/issuing-go/") && !seen[t] {
			seen[t] = true
			f(t)
		}
	}
	methods := func(t reflect.Type) {
		for m := range t.NumMethod() {
			signature := t.Method(m).Type
			for i := 1; i < signature.NumIn(); i++ {
				visit(signature.In(i))
			}
			for i := range signature.NumOut() {
				visit(signature.Out(i))
			}
		}
	}
	c := reflect.TypeOf(client)
	methods(c)
	for i := range c.Elem().NumField() {
		if field := c.Elem().Field(i); field.IsExported() {
			methods(field.Type)
		}
	}
}

// The clients' encoder writes every request and result as encoding/json does, but for
// secrets and what JSON lets a writer choose. Filled, and with nothing set.
func TestEncodingIsThatOfEncodingJSON(t *testing.T) {
	t.Parallel()
	for _, client := range []any{
		&worldcard.Client{}, &legacy.Client{}, &kazepay.Client{}, &uqpay.Client{}, &coshine.Client{}, &unionpay.Client{},
	} {
		n := 0
		structs(client, func(typ reflect.Type) {
			for _, set := range []bool{true, false} {
				v := reflect.New(typ)
				if set {
					fill(v.Elem(), 6)
				}
				var std bytes.Buffer
				e := json.NewEncoder(&std)
				e.SetEscapeHTML(false)
				if e.Encode(v.Interface()) != nil {
					return // such as a client, which is no message
				}
				n++
				want := strings.TrimSpace(std.String())
				if !set {
					want = strings.ReplaceAll(want, redacted, "") // which it writes for empty ones too
				}
				hold(t, fmt.Sprintf("%s, set %t", typ, set), "", func(*testing.T) error {
					ours, err := (wire.Codec{}).Marshal(v.Interface())
					return errors.Join(err, is("JSON", string(ours), want))
				})
			}
		})
		if n < 20 {
			t.Errorf("%T: %d structs are found", client, n)
		}
	}
}
