package coshinetest

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/wire"
)

// object is a JSON object with ordered members.
type object []member

type member struct {
	name  string
	value any // string, issuing.Secret, object, []object, json.RawMessage
}

// with appends a member unless its value is empty.
func (o object) with(name string, value any) object {
	switch v := value.(type) {
	case string:
		if v == "" {
			return o
		}
	case issuing.Secret:
		if v.IsZero() {
			return o
		}
	}
	return append(o, member{name, value})
}

// list appends the members of a list answer.
func (o object) list(records []object) object {
	if records == nil {
		records = []object{}
	}
	return append(o, member{"recordNum", strconv.Itoa(len(records))}, member{"recordList", records})
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
	case string:
		return wire.AppendString(b, v)
	case issuing.Secret:
		return wire.AppendString(b, v.Reveal())
	case issuing.Amount:
		return wire.AppendString(b, v.String())
	case json.RawMessage:
		return append(b, v...)
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
	return append(b, "null"...)
}

// sortedObject makes an object of a map, for requests to the issuer.
func sortedObject(fields map[string]any) (object, error) {
	var o object
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		raw, err := (wire.Codec{}).Marshal(fields[name])
		if err != nil {
			return nil, err
		}
		o = append(o, member{name, json.RawMessage(raw)})
	}
	return o, nil
}

// fields are the members of a request.
type fields map[string]json.RawMessage

// text returns a field as text; numbers count as their digits.
func (f fields) text(name string) string {
	raw, ok := f[name]
	if !ok || string(raw) == "null" {
		return ""
	}
	if text, ok := wire.Unquote(raw); ok {
		return text
	}
	return string(raw)
}

// texts returns a field that is an array of strings, and whether it is one.
func (f fields) texts(name string) ([]string, bool) {
	var out []string
	if json.Unmarshal(f[name], &out) != nil {
		return nil, false
	}
	return out, true
}
