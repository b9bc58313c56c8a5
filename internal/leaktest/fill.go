package leaktest

import (
	"reflect"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
)

// maxFill bounds how deep Fill goes, for types that refer to themselves.
const maxFill = 6

// Fill returns a copy of zero, a struct or a pointer to one, in which every
// field of type issuing.Secret holds secret: in nested structs, in fresh
// pointers, and in slices and maps of one element. It fails the test when the
// type has no such field, because Check would then prove nothing.
func Fill(t testing.TB, secret string, zero any) any {
	t.Helper()
	if zero == nil {
		t.Fatal("leaktest: cannot fill nil")
		return nil
	}
	out := reflect.New(reflect.TypeOf(zero)).Elem()
	out.Set(reflect.ValueOf(zero))
	if !fill(out, reflect.ValueOf(issuing.NewSecret(secret)), 0) {
		t.Errorf("leaktest: %T has no exported field of type issuing.Secret", zero)
	}
	return out.Interface()
}

// fill reports whether it has set a secret below v.
func fill(v, secret reflect.Value, depth int) bool {
	if depth > maxFill || !v.CanSet() {
		return false
	}
	if v.Type() == secret.Type() {
		v.Set(secret)
		return true
	}
	switch v.Kind() {
	case reflect.Struct:
		set := false
		for i := range v.NumField() {
			set = fill(v.Field(i), secret, depth+1) || set
		}
		return set
	case reflect.Pointer:
		target := reflect.New(v.Type().Elem())
		if !fill(target.Elem(), secret, depth+1) {
			return false
		}
		v.Set(target)
		return true
	case reflect.Slice:
		element := reflect.New(v.Type().Elem()).Elem()
		if !fill(element, secret, depth+1) {
			return false
		}
		v.Set(reflect.Append(reflect.MakeSlice(v.Type(), 0, 1), element))
		return true
	case reflect.Map:
		element := reflect.New(v.Type().Elem()).Elem()
		if v.Type().Key().Kind() != reflect.String || !fill(element, secret, depth+1) {
			return false
		}
		m := reflect.MakeMap(v.Type())
		m.SetMapIndex(reflect.ValueOf("k").Convert(v.Type().Key()), element)
		v.Set(m)
		return true
	}
	return false
}
