package coshinetest

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/wire"
)

// object is a JSON object with ordered members.
type object []member

type member struct {
	name  string
	value any // object, []object, or what package wire encodes
}

// with appends a member unless its value is empty.
func (o object) with(name string, value any) object {
	if secret, ok := value.(issuing.Secret); (ok && secret.IsZero()) || reflect.ValueOf(value).IsZero() {
		return o
	}
	return append(o, member{name, value})
}

// list makes the members of a list answer.
func list(records []object) object {
	return object{{"recordNum", strconv.Itoa(len(records))}, {"recordList", records}}
}

func (o object) append(b []byte) []byte {
	b = append(b, '{')
	for i, m := range o {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(wire.AppendString(b, m.name), ':')
		b = appendValue(b, m.value)
	}
	return append(b, '}')
}

func appendValue(b []byte, value any) []byte {
	switch v := value.(type) {
	case object:
		return v.append(b)
	case []object:
		b = append(b, '[')
		for i, o := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = o.append(b)
		}
		return append(b, ']')
	}
	text, err := wire.Codec{}.Marshal(value)
	if err != nil {
		return append(b, "null"...)
	}
	return append(b, text...)
}

// sortedObject makes an object of a map, for requests to the issuer. A value that
// cannot be encoded is an error.
func sortedObject(fields map[string]any) (object, error) {
	var o object
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		raw, err := wire.Codec{}.Marshal(fields[name])
		if err != nil {
			return nil, err
		}
		o = append(o, member{name, json.RawMessage(raw)})
	}
	return o, nil
}
