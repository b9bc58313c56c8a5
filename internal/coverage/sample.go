package coverage

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

// variants are how many different values each member gets: a member that is taken for
// another one, or for none, does not follow them.
const variants = 2

// forms are the texts in which a member of a Go type may come; the first that arrives is
// the one.
func forms(t reflect.Type, variant int) []any {
	n := variant + 1
	switch reflect.Zero(t).Interface().(type) {
	case time.Time:
		return []any{
			fmt.Sprintf("2026-04-0%dT10:00:00+08:00", n), fmt.Sprintf("2026-04-0%d 10:00:00", n),
			fmt.Sprintf("2026040%d100000", n), fmt.Sprintf("2026-04-0%d", n), 1775008800000 + int64(n),
		}
	case issuing.Date:
		return []any{fmt.Sprintf("2026-04-0%d", n), fmt.Sprintf("2026040%d", n)}
	case issuing.Amount:
		return []any{fmt.Sprintf("1%d.50", n), fmt.Sprintf("1%d50", n)}
	case issuing.Currency:
		return []any{[]string{"USD", "EUR"}[variant]}
	case issuing.Secret:
		return []any{fmt.Sprintf("411111111111111%d", n)}
	}
	switch t.Kind() {
	case reflect.String:
		return []any{fmt.Sprintf("1%d", n)}
	case reflect.Bool:
		return []any{true}
	case reflect.Int, reflect.Int32, reflect.Int64, reflect.Uint8:
		return []any{n, fmt.Sprint(n)}
	case reflect.Pointer:
		return forms(t.Elem(), variant)
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return []any{map[string]any{"a": n}}
		}
		var out []any
		for _, form := range forms(t.Elem(), variant) {
			out = append(out, []any{form})
		}
		return out
	case reflect.Map, reflect.Interface:
		return []any{map[string]any{"a": fmt.Sprint(n)}}
	case reflect.Struct:
		return structForms(t, variant)
	}
	return nil
}

// structForms are the forms of an object: one member of it.
func structForms(t reflect.Type, variant int) []any {
	var out []any
	for _, f := range reflect.VisibleFields(t) {
		tag := f.Tag.Get("json")
		_, whole := value(f.Type, variant)
		plain := whole || f.Type.Kind() <= reflect.Complex128 || f.Type.Kind() == reflect.String
		if !f.IsExported() || tag == "" || tag == "-" || !plain {
			continue // a plain member is enough, and types that refer to themselves end
		}
		name, _, _ := strings.Cut(tag, ",")
		for _, form := range forms(f.Type, variant) {
			out = append(out, map[string]any{name: form})
		}
	}
	return out
}

// value is a Go value of types that say more than their kind.
func value(t reflect.Type, variant int) (any, bool) {
	n := variant + 1
	switch reflect.Zero(t).Interface().(type) {
	case time.Time:
		return time.Date(2026, 4, n, 2, 0, 0, 0, time.UTC), true
	case issuing.Date:
		return issuing.NewDate(2026, time.April, n), true
	case issuing.Amount:
		return issuing.NewAmount(int64(10*n), 0), true
	case issuing.Currency:
		return []issuing.Currency{issuing.CurrencyUSD, issuing.CurrencyHKD}[variant], true
	case issuing.Secret:
		return issuing.NewSecret(fmt.Sprintf("411111111111111%d", n)), true
	}
	if t.Kind() == reflect.String && strings.HasSuffix(t.Name(), "Date") { // a date with a form of its own
		date := issuing.NewDate(2026, time.April, n)
		return reflect.ValueOf(date).Convert(t).Interface(), true
	}
	return nil, false
}

// fill gives a field a value, and reports whether it has one for the type.
func fill(v reflect.Value, variant int) bool {
	n := variant + 1
	if ready, ok := value(v.Type(), variant); ok {
		v.Set(reflect.ValueOf(ready))
		return true
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("1%d", n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(int64(n))
	case reflect.Uint8:
		v.SetUint(uint64(n))
	case reflect.Pointer:
		if v.Type().Elem().Kind() == reflect.Bool {
			opened(v).SetBool(variant == 0)
			return true
		}
		return fill(opened(v), variant)
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			v.SetBytes(fmt.Appendf(nil, `{"a":%d}`, n))
			return true
		}
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		return fill(v.Index(0), variant)
	case reflect.Map:
		return fillMap(v, variant)
	case reflect.Interface:
		if v.NumMethod() > 0 {
			return false
		}
		v.Set(reflect.ValueOf(map[string]any{"a": fmt.Sprint(n)}))
	case reflect.Struct:
		return fillStruct(v, variant)
	default:
		return false
	}
	return true
}

func fillMap(v reflect.Value, variant int) bool {
	element := reflect.New(v.Type().Elem()).Elem()
	if !fill(element, variant) {
		return false
	}
	v.Set(reflect.MakeMap(v.Type()))
	v.SetMapIndex(reflect.ValueOf("a").Convert(v.Type().Key()), element)
	return true
}

func fillStruct(v reflect.Value, variant int) bool {
	set := false
	for _, f := range reflect.VisibleFields(v.Type()) {
		refers := f.Type.Kind() == reflect.Slice && f.Type.Elem() == v.Type()
		if f.Tag.Get("wire") == "inline" {
			continue // members without a documented name
		}
		if f.IsExported() && !f.Anonymous && !refers {
			set = fill(v.FieldByIndex(f.Index), variant) || set
		}
	}
	return set
}

// plain is the text of a value that has one, to compare with the text that was sent.
func plain(v reflect.Value) (string, bool) {
	if s, ok := v.Interface().(issuing.Secret); ok {
		return s.Reveal(), true
	}
	if p, ok := v.Interface().(issuing.Personal); ok {
		return string(p), true
	}
	if v.Kind() == reflect.String {
		return v.String(), true
	}
	return "", false
}
