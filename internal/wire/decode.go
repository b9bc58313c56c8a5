package wire

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// ErrJSON marks text that is not JSON, or is nested deeper than 10,000 levels.
var ErrJSON = errors.New("not valid JSON")

// Codec reads and writes JSON with one provider's conventions. The zero Codec
// reads zone-less times as UTC and writes amounts as strings and times as
// RFC 3339.
type Codec struct {
	Zone          *time.Location // zone of times without one; nil is UTC
	TimeLayout    string         // layout for writing times; "" is RFC 3339
	NumberAmounts bool           // write amounts as bare JSON numbers
}

// DecodeError says which field of an answer has a shape that cannot be read. It
// does not hold the value.
type DecodeError struct {
	Path string // such as "data.list.amount"
	Want string // the Go type, such as "issuing.Amount"
	Got  string // the JSON shape: string, number, object, array, bool
}

// Error returns one line.
func (e *DecodeError) Error() string {
	return fmt.Sprintf("field %q: cannot read a JSON %s as %s", e.Path, e.Got, e.Want)
}

// Unmarshal decodes data into the struct, slice or map that v points to.
//
// Per target: a string takes a string, a number's or boolean's literal, or the
// raw JSON of an object or array; an integer takes a number or a string of
// digits; a bool takes true, false, 0, 1 and the strings of those; a struct
// takes an object, a string that holds one, and leaves the zero value for null,
// "" and []; a slice takes an array, a string that holds one, and leaves nil
// for null, "" and {}. A time or date that cannot be read stays zero. Unknown
// members are ignored; names are compared exactly.
func (c Codec) Unmarshal(data []byte, v any) error {
	if !json.Valid(data) {
		return ErrJSON
	}
	rv := reflect.ValueOf(v)
	if rv.Kind() != reflect.Pointer || rv.IsNil() {
		return fmt.Errorf("wire: cannot decode into %T", v)
	}
	return c.decode(trim(data), rv.Elem(), "")
}

func trim(data []byte) []byte { return bytes.Trim(data, " \t\r\n") }

func shape(data []byte) string {
	switch data[0] {
	case '"':
		return "string"
	case '{':
		return "object"
	case '[':
		return "array"
	case 't', 'f':
		return "bool"
	case 'n':
		return "null"
	default:
		return "number"
	}
}

func mismatch(data []byte, v reflect.Value, path string) error {
	return &DecodeError{Path: path, Want: v.Type().String(), Got: shape(data)}
}

func (c Codec) decode(data []byte, v reflect.Value, path string) error {
	if data[0] == 'n' {
		v.SetZero()
		return nil
	}
	t := v.Type()
	switch t {
	case timeType, dateType:
		return c.decodeTime(data, v)
	case rawType:
		v.SetBytes(bytes.Clone(data))
		return nil
	}
	if v.Kind() == reflect.Pointer {
		return c.decodePointer(data, v, path)
	}
	if v.CanAddr() && reflect.PointerTo(t).Implements(textType) {
		return decodeText(data, v, path)
	}
	if v.CanAddr() && reflect.PointerTo(t).Implements(jsonType) {
		if err := v.Addr().Interface().(json.Unmarshaler).UnmarshalJSON(data); err != nil {
			return mismatch(data, v, path)
		}
		return nil
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(literal(data))
		return nil
	case reflect.Bool:
		return decodeBool(data, v, path)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return decodeInt(data, v, path)
	case reflect.Struct:
		return c.decodeStruct(data, v, path)
	case reflect.Slice:
		return c.decodeSlice(data, v, path)
	case reflect.Map:
		return c.decodeMap(data, v, path)
	case reflect.Interface:
		return decodeAny(data, v, path)
	}
	return mismatch(data, v, path)
}

// literal returns the text of a string, or the JSON of anything else.
func literal(data []byte) string {
	if data[0] == '"' {
		return string(unquote(data))
	}
	return string(data)
}

func (c Codec) decodeTime(data []byte, v reflect.Value) error {
	if t, ok := ParseTime(strings.TrimSpace(literal(data)), c.Zone); ok {
		if v.Type() == timeType {
			v.Set(reflect.ValueOf(t))
		} else {
			_ = v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(t.Format(time.DateOnly)))
		}
	}
	return nil
}

func (c Codec) decodePointer(data []byte, v reflect.Value, path string) error {
	if string(data) == `""` && v.Type().Elem().Kind() == reflect.Struct {
		v.SetZero()
		return nil
	}
	target := reflect.New(v.Type().Elem())
	if err := c.decode(data, target.Elem(), path); err != nil {
		return err
	}
	v.Set(target)
	return nil
}

func decodeText(data []byte, v reflect.Value, path string) error {
	target := v.Addr().Interface()
	if data[0] == '{' || data[0] == '[' {
		if u, ok := target.(json.Unmarshaler); ok && u.UnmarshalJSON(data) == nil {
			return nil
		}
		return mismatch(data, v, path)
	}
	text := data
	if data[0] == '"' {
		text = unquote(data)
		if v.Type() == amountType && len(text) > 1 && text[0] == '+' && text[1] != '-' {
			// Signed amounts come as "+99.00" and "-99.00".
			text = text[1:]
		}
	}
	if err := target.(encoding.TextUnmarshaler).UnmarshalText(text); err != nil {
		return mismatch(data, v, path)
	}
	return nil
}

func decodeBool(data []byte, v reflect.Value, path string) error {
	switch strings.ToLower(literal(data)) {
	case "true", "1":
		v.SetBool(true)
	case "false", "0", "":
		v.SetBool(false)
	default:
		return mismatch(data, v, path)
	}
	return nil
}

func decodeInt(data []byte, v reflect.Value, path string) error {
	text := strings.TrimSpace(literal(data))
	if text == "" {
		v.SetInt(0)
		return nil
	}
	if whole, fraction, ok := strings.Cut(text, "."); ok && strings.Trim(fraction, "0") == "" {
		text = whole
	}
	n, err := strconv.ParseInt(text, 10, v.Type().Bits())
	if err != nil {
		return mismatch(data, v, path)
	}
	v.SetInt(n)
	return nil
}

// inner returns the JSON inside a string that holds a value starting with open,
// or nil.
func inner(data []byte, open byte) []byte {
	if data[0] != '"' {
		return nil
	}
	text := trim(unquote(data))
	if len(text) == 0 || text[0] != open || !json.Valid(text) {
		return nil
	}
	return text
}

func (c Codec) decodeStruct(data []byte, v reflect.Value, path string) error {
	if nested := inner(data, '{'); nested != nil {
		data = nested
	}
	if data[0] != '{' {
		if string(data) == `""` || (data[0] == '[' && len(trim(data[1:len(data)-1])) == 0) {
			v.SetZero()
			return nil
		}
		return mismatch(data, v, path)
	}
	p := planOf(v.Type())
	var err error
	eachMember(data, func(name, value []byte) bool {
		i, known := p.byName[string(unquote(name))]
		if !known {
			return true
		}
		f := &p.fields[i]
		err = c.decode(value, v.FieldByIndex(f.index), f.name)
		if err != nil && path != "" {
			var d *DecodeError
			if errors.As(err, &d) {
				d.Path = path + "." + d.Path
			}
		}
		return err == nil
	})
	return err
}

func (c Codec) decodeSlice(data []byte, v reflect.Value, path string) error {
	if nested := inner(data, '['); nested != nil {
		data = nested
	}
	if data[0] != '[' {
		if string(data) == `""` || (data[0] == '{' && len(trim(data[1:len(data)-1])) == 0) {
			v.SetZero()
			return nil
		}
		return mismatch(data, v, path)
	}
	out := reflect.MakeSlice(v.Type(), 0, 0)
	var err error
	eachElement(data, func(value []byte) bool {
		element := reflect.New(v.Type().Elem()).Elem()
		if err = c.decode(value, element, path); err != nil {
			return false
		}
		out = reflect.Append(out, element)
		return true
	})
	if err == nil {
		v.Set(out)
	}
	return err
}

func (c Codec) decodeMap(data []byte, v reflect.Value, path string) error {
	if nested := inner(data, '{'); nested != nil {
		data = nested
	}
	if data[0] != '{' {
		if string(data) == `""` || string(data) == "[]" {
			v.SetZero()
			return nil
		}
		return mismatch(data, v, path)
	}
	if v.Type().Key().Kind() != reflect.String {
		return mismatch(data, v, path)
	}
	out := reflect.MakeMap(v.Type())
	var err error
	eachMember(data, func(name, value []byte) bool {
		element := reflect.New(v.Type().Elem()).Elem()
		key := string(unquote(name))
		if err = c.decode(value, element, path+"."+key); err != nil {
			return false
		}
		out.SetMapIndex(reflect.ValueOf(key).Convert(v.Type().Key()), element)
		return true
	})
	if err == nil {
		v.Set(out)
	}
	return err
}

// decodeAny keeps numbers as json.Number, so that no digit is lost.
func decodeAny(data []byte, v reflect.Value, path string) error {
	if v.NumMethod() != 0 {
		return mismatch(data, v, path)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var out any
	if err := d.Decode(&out); err != nil {
		return mismatch(data, v, path)
	}
	if out != nil {
		v.Set(reflect.ValueOf(out))
	}
	return nil
}
