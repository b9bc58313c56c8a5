package wire

import (
	"encoding"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"sort"
	"strconv"
	"time"
	"unicode/utf8"

	issuing "github.com/issuing-sdk/issuing-go"
)

// Marshal encodes v. Secrets are written in clear and amounts with their exact
// digits; structs keep their field order and maps are sorted by key. Characters
// are escaped only where JSON requires it.
func (c Codec) Marshal(v any) ([]byte, error) {
	return encoder{Codec: c}.append(make([]byte, 0, 512), reflect.ValueOf(v))
}

// encoder is one run of Marshal.
type encoder struct {
	Codec
	depth int // of the value at hand
}

func (c encoder) append(b []byte, v reflect.Value) ([]byte, error) {
	if !v.IsValid() {
		return append(b, "null"...), nil
	}
	if c.depth++; c.depth > maxDepth {
		return nil, errDepth // a value that holds itself, perhaps
	}
	switch v.Type() {
	case secretType:
		return AppendString(b, v.Interface().(issuing.Secret).Reveal()), nil
	case amountType:
		return c.appendAmount(b, v.Interface().(issuing.Amount))
	case timeType:
		return c.appendTime(b, v.Interface().(time.Time)), nil
	case rawType:
		if v.Len() == 0 {
			return append(b, "null"...), nil
		}
		if !json.Valid(v.Bytes()) {
			return nil, errors.New("wire: a json.RawMessage is not valid JSON")
		}
		return append(b, v.Bytes()...), nil
	}
	switch kind := v.Kind(); kind {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return append(b, "null"...), nil
		}
		return c.append(b, v.Elem())
	default:
		if b, done, err := appendMarshaler(b, v); done {
			return b, err
		}
		switch kind {
		case reflect.Struct:
			return c.appendStruct(b, v)
		case reflect.Slice, reflect.Array:
			return c.appendSlice(b, v)
		case reflect.Map:
			return c.appendMap(b, v)
		}
	}
	return c.appendBasic(b, v)
}

// appendMarshaler encodes a value of a type that encodes itself; done is false
// for any other.
func appendMarshaler(b []byte, v reflect.Value) (_ []byte, done bool, err error) {
	switch {
	case v.Type().Implements(textOutType):
		text, err := v.Interface().(encoding.TextMarshaler).MarshalText()
		if err != nil {
			return nil, true, fmt.Errorf("wire: cannot encode %s", v.Type())
		}
		return AppendString(b, string(text)), true, nil
	case v.Type().Implements(jsonOutType):
		text, err := json.Marshal(v.Interface())
		if err != nil {
			return nil, true, fmt.Errorf("wire: cannot encode %s", v.Type())
		}
		return append(b, text...), true, nil
	}
	return b, false, nil
}

// appendBasic encodes a text, a truth value or an integer.
func (c encoder) appendBasic(b []byte, v reflect.Value) ([]byte, error) {
	switch v.Kind() {
	case reflect.String:
		if v.Type() == reflect.TypeFor[json.Number]() {
			return c.appendNumber(b, v.String())
		}
		return AppendString(b, v.String()), nil
	case reflect.Bool:
		return strconv.AppendBool(b, v.Bool()), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.AppendInt(b, v.Int(), 10), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return strconv.AppendUint(b, v.Uint(), 10), nil
	}
	return nil, fmt.Errorf("wire: cannot encode %s", v.Type())
}

func (c encoder) appendAmount(b []byte, a issuing.Amount) ([]byte, error) {
	switch {
	case a.Check() != nil:
		return nil, fmt.Errorf("wire: %w", a.Check())
	case a.IsZero():
		return append(b, "null"...), nil
	case c.NumberAmounts:
		return append(b, a.String()...), nil
	default:
		return AppendString(b, a.String()), nil
	}
}

func (c encoder) appendTime(b []byte, t time.Time) []byte {
	layout := c.TimeLayout
	if layout == "" {
		layout = time.RFC3339
	}
	switch {
	case c.Zone != nil:
		t = t.In(c.Zone)
	case c.TimeLayout != "":
		t = t.UTC() // a layout without a zone is read as UTC
	}
	return AppendString(b, t.Format(layout))
}

func (c encoder) appendNumber(b []byte, text string) ([]byte, error) {
	if text == "" || !json.Valid([]byte(text)) || (text[0] != '-' && (text[0] < '0' || text[0] > '9')) {
		return nil, fmt.Errorf("wire: not a JSON number")
	}
	return append(b, text...), nil
}

func (c encoder) appendStruct(b []byte, v reflect.Value) ([]byte, error) {
	p := planOf(v.Type())
	b = append(b, '{')
	start := len(b)
	var err error
	for i := range p.fields {
		f := &p.fields[i]
		value := v.FieldByIndex(f.index)
		if f.inline {
			if b, err = c.appendInline(b, start, p, value); err != nil {
				return nil, err
			}
			continue
		}
		if (f.omitEmpty && isEmpty(value)) || (f.omitZero && isZero(value)) {
			continue
		}
		b = appendName(b, start, f.name)
		if b, err = c.append(b, value); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

// appendInline writes the entries of a map whose names are not fields of the
// struct; a field always wins over an entry.
func (c encoder) appendInline(b []byte, start int, p *plan, m reflect.Value) ([]byte, error) {
	var err error
	for _, key := range sortedKeys(m) {
		if _, taken := p.byName[key.String()]; taken {
			continue
		}
		b = appendName(b, start, key.String())
		if b, err = c.append(b, m.MapIndex(key)); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func appendName(b []byte, start int, name string) []byte {
	if len(b) > start {
		b = append(b, ',')
	}
	return append(AppendString(b, name), ':')
}

func (c encoder) appendSlice(b []byte, v reflect.Value) ([]byte, error) {
	if v.Kind() == reflect.Slice && v.IsNil() {
		return append(b, "null"...), nil
	}
	if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 {
		return AppendString(b, base64.StdEncoding.EncodeToString(v.Bytes())), nil
	}
	b = append(b, '[')
	var err error
	for i := range v.Len() {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = c.append(b, v.Index(i)); err != nil {
			return nil, err
		}
	}
	return append(b, ']'), nil
}

func (c encoder) appendMap(b []byte, v reflect.Value) ([]byte, error) {
	if v.IsNil() {
		return append(b, "null"...), nil
	}
	if v.Type().Key().Kind() != reflect.String {
		return nil, fmt.Errorf("wire: cannot encode %s", v.Type())
	}
	b = append(b, '{')
	start := len(b)
	var err error
	for _, key := range sortedKeys(v) {
		b = appendName(b, start, key.String())
		if b, err = c.append(b, v.MapIndex(key)); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

func sortedKeys(m reflect.Value) []reflect.Value {
	keys := m.MapKeys()
	sort.Slice(keys, func(i, j int) bool { return keys[i].String() < keys[j].String() })
	return keys
}

func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.String, reflect.Slice, reflect.Map, reflect.Array:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}

func isZero(v reflect.Value) bool {
	if v.Type().Implements(isZeroerType) && (v.Kind() != reflect.Pointer || !v.IsNil()) {
		return v.Interface().(interface{ IsZero() bool }).IsZero()
	}
	return v.IsZero()
}

// AppendString appends s as a JSON string. Invalid UTF-8 becomes U+FFFD; only
// quotes, backslashes and control characters are escaped.
func AppendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
			i++
		case c < ' ' || c == 0x7f:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
			i++
		case c < utf8.RuneSelf:
			b = append(b, c)
			i++
		default:
			r, n := utf8.DecodeRuneInString(s[i:])
			b = utf8.AppendRune(b, r)
			i += n
		}
	}
	return append(b, '"')
}
