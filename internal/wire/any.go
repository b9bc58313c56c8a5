package wire

import (
	"encoding/json"
	"reflect"
)

// decodeAny reads a value of any shape: maps of names, lists, texts, truth values, and
// numbers as json.Number, so that no digit is lost.
func (d *decoder) decodeAny(data string, v reflect.Value, path string) error {
	if v.NumMethod() != 0 {
		return mismatch(data, v, path)
	}
	out, _ := d.anyAt(data, 0)
	if out != nil {
		v.Set(reflect.ValueOf(out))
	}
	return nil
}

// anyAt returns the value that starts at i and the index after it.
func (d *decoder) anyAt(data string, i int) (value any, end int) {
	switch data[i] {
	case '"':
		end = skipString(data, i)
		return d.keep(unquote(data[i:end])), end
	case '{':
		return d.membersAt(data, i)
	case '[':
		return d.elementsAt(data, i)
	}
	end = skipValue(data, i)
	switch data[i] {
	case 't', 'f':
		return data[i] == 't', end
	case 'n':
		return nil, end
	}
	return json.Number(d.keep(data[i:end])), end
}

func (d *decoder) membersAt(data string, i int) (value map[string]any, end int) {
	value = map[string]any{}
	for i = skipSpace(data, i+1); data[i] != '}'; i = skipSpace(data, i) {
		if data[i] == ',' {
			i = skipSpace(data, i+1)
		}
		name := data[i:skipString(data, i)]
		i = skipSpace(data, i+len(name)) // the colon
		var element any
		element, i = d.anyAt(data, skipSpace(data, i+1))
		value[d.keep(unquote(name))] = element
	}
	return value, i + 1
}

func (d *decoder) elementsAt(data string, i int) (value []any, end int) {
	value = []any{}
	for i = skipSpace(data, i+1); data[i] != ']'; i = skipSpace(data, i) {
		if data[i] == ',' {
			i = skipSpace(data, i+1)
		}
		var element any
		element, i = d.anyAt(data, i)
		value = append(value, element)
	}
	return value, i + 1
}
