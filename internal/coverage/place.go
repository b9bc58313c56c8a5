package coverage

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// member finds the field of a struct that has a name on the wire, through embedded
// structs.
func member(v reflect.Value, name string) (reflect.Value, reflect.StructField, bool) {
	for _, f := range reflect.VisibleFields(v.Type()) {
		if (f.IsExported() || !f.Anonymous) && wireName(f, name) {
			return v.FieldByIndex(f.Index), f, true
		}
	}
	return reflect.Value{}, reflect.StructField{}, false
}

// wireName reports whether a field stands under name on the wire.
func wireName(f reflect.StructField, name string) bool {
	tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	if tag == name && tag != "" {
		return true
	}
	for option := range strings.SplitSeq(f.Tag.Get("wire"), ",") {
		if also, ok := strings.CutPrefix(option, "also="); ok && also == name {
			return true
		}
	}
	return false
}

// opened follows pointers, and makes what is nil.
func opened(v reflect.Value) reflect.Value {
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		v = v.Elem()
	}
	return v
}

// at goes from a value to the struct at a place, and makes what is missing on the way:
// "a.b" are members, "a[]" is an element of the list a.
func at(v reflect.Value, place string) (reflect.Value, error) {
	v = opened(v)
	if place == "" {
		return v, nil
	}
	for step := range strings.SplitSeq(place, ".") {
		name, list := strings.CutSuffix(step, "[]")
		if name != "" {
			if v.Kind() != reflect.Struct {
				return v, fmt.Errorf("%s is no object", v.Type())
			}
			field, _, ok := member(v, name)
			if !ok {
				return v, fmt.Errorf("%s has no member %s", v.Type(), name)
			}
			v = opened(field)
		}
		if list {
			if v.Kind() != reflect.Slice {
				return v, fmt.Errorf("%s is no list", v.Type())
			}
			if v.Len() == 0 {
				v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			}
			v = opened(v.Index(0))
		}
	}
	return v, nil
}

// wrap puts a member's value at its place into JSON.
func wrap(place, name string, value any) []byte {
	var out any = map[string]any{name: value}
	steps := strings.Split(place, ".")
	if place == "" {
		steps = nil
	}
	for i := len(steps) - 1; i >= 0; i-- {
		key, list := strings.CutSuffix(steps[i], "[]")
		if list {
			out = []any{out}
		}
		if key != "" {
			out = map[string]any{key: out}
		}
	}
	text, _ := json.Marshal(out) // samples are plain
	return text
}

// look finds a member at its place in JSON.
func look(data []byte, place, name string) (any, bool) {
	var v any
	if json.Unmarshal(data, &v) != nil {
		return nil, false
	}
	steps := strings.Split(place, ".")
	if place == "" {
		steps = nil
	}
	for _, step := range append(steps, name) {
		key, list := strings.CutSuffix(step, "[]")
		if key != "" {
			object, _ := v.(map[string]any)
			if v = object[key]; v == nil {
				return nil, false
			}
		}
		if list {
			elements, _ := v.([]any)
			if len(elements) == 0 {
				return nil, false
			}
			v = elements[0]
		}
	}
	return v, true
}
