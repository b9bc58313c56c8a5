package wire

import (
	"bytes"
	"encoding"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"sort"
	"strconv"
	"sync"
	"time"
	"unicode/utf8"

	issuing "github.com/issuing-sdk/issuing-go"
)

// buffers holds the memory that documents are written in before they are copied at
// their right size. It is wiped before it returns, because requests hold secrets.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// maxBuffer bounds what is kept: a request with pictures is not worth keeping.
const maxBuffer = 64 << 10

// Marshal encodes v. Secrets are written in clear and amounts with their exact
// digits; structs keep their field order and maps are sorted by key. Characters
// are escaped only where JSON requires it.
func (c Codec) Marshal(v any) ([]byte, error) {
	buffer := buffers.Get().(*[]byte)
	e := encoder{Codec: c}
	b, err := e.appendAny((*buffer)[:0], v)
	if err != nil {
		return nil, err // the buffer is not worth wiping
	}
	out := bytes.Clone(b)
	clear(b)
	if cap(b) <= maxBuffer {
		*buffer = b[:0]
		buffers.Put(buffer)
	}
	return out, nil
}

// encoder is one run of Marshal.
type encoder struct {
	Codec
	depth int // of the value at hand
}

// appendAny encodes what an interface holds.
func (e *encoder) appendAny(b []byte, v any) ([]byte, error) {
	if v == nil {
		return append(b, "null"...), nil
	}
	rv := reflect.ValueOf(v)
	return e.append(b, rv, planOf(rv.Type()))
}

// append encodes a value by its plan.
func (e *encoder) append(b []byte, v reflect.Value, p *plan) ([]byte, error) {
	switch p.form {
	case formSecret:
		return AppendString(b, v.Interface().(issuing.Secret).Reveal()), nil
	case formBase64:
		return AppendString(b, OneLine(v.Interface().(issuing.Secret).Reveal())), nil
	case formAmount:
		return e.appendAmount(b, issuing.Amount(v.String()))
	case formString:
		return AppendString(b, v.String()), nil
	case formBool:
		return strconv.AppendBool(b, v.Bool()), nil
	case formInt:
		return strconv.AppendInt(b, v.Int(), 10), nil
	case formUint:
		return strconv.AppendUint(b, v.Uint(), 10), nil
	}
	if e.depth++; e.depth > maxDepth {
		return nil, errDepth // a value that holds itself, perhaps
	}
	var err error
	switch p.form {
	case formPointer, formInterface:
		b, err = e.appendElem(b, v, p)
	case formStruct:
		b, err = e.appendStruct(b, v, p)
	case formList:
		b, err = e.appendList(b, v, p)
	case formTexts, formMembers, formMap:
		b, err = e.appendMap(b, v, p)
	default:
		b, err = e.appendLeaf(b, v, p)
	}
	e.depth--
	return b, err
}

// appendElem encodes what a pointer or an interface leads to.
func (e *encoder) appendElem(b []byte, v reflect.Value, p *plan) ([]byte, error) {
	switch {
	case v.IsNil():
		return append(b, "null"...), nil
	case p.elem != nil:
		return e.append(b, v.Elem(), p.elem)
	}
	return e.append(b, v.Elem(), planOf(v.Elem().Type()))
}

// appendLeaf encodes a value that holds no others of the codec's.
func (e *encoder) appendLeaf(b []byte, v reflect.Value, p *plan) ([]byte, error) {
	switch p.form {
	case formTime:
		return e.appendTime(b, v.Interface().(time.Time)), nil
	case formDate:
		d := issuing.Date(v.String())
		if !d.IsZero() && !d.Valid() {
			return nil, fmt.Errorf("wire: cannot encode %s", v.Type())
		}
		return AppendString(b, d.String()), nil
	case formRaw:
		if v.Len() == 0 {
			return append(b, "null"...), nil
		}
		if !json.Valid(v.Bytes()) {
			return nil, errors.New("wire: a json.RawMessage is not valid JSON")
		}
		return append(b, v.Bytes()...), nil
	case formNumber:
		return appendNumber(b, v.String())
	case formText:
		text, err := v.Interface().(encoding.TextMarshaler).MarshalText()
		if err != nil {
			return nil, fmt.Errorf("wire: cannot encode %s", v.Type())
		}
		return AppendString(b, string(text)), nil
	case formJSON:
		text, err := json.Marshal(v.Interface())
		if err != nil {
			return nil, fmt.Errorf("wire: cannot encode %s", v.Type())
		}
		return append(b, text...), nil
	case formBytes:
		if v.IsNil() {
			return append(b, "null"...), nil
		}
		return append(base64.StdEncoding.AppendEncode(append(b, '"'), v.Bytes()), '"'), nil
	}
	if v.CanFloat() {
		return nil, fmt.Errorf("wire: cannot encode %s, which is not exact: use an issuing.Amount or a json.Number", v.Type())
	}
	return nil, fmt.Errorf("wire: cannot encode %s", v.Type())
}

func (e *encoder) appendAmount(b []byte, a issuing.Amount) ([]byte, error) {
	if a.IsZero() {
		return append(b, "null"...), nil
	}
	if err := a.Check(); err != nil {
		return nil, fmt.Errorf("wire: %w", err)
	}
	if e.NumberAmounts {
		return append(b, a...), nil
	}
	return append(append(append(b, '"'), a...), '"'), nil
}

func (e *encoder) appendTime(b []byte, t time.Time) []byte {
	layout := e.TimeLayout
	if layout == "" {
		layout = time.RFC3339
	}
	switch {
	case e.Zone != nil:
		t = t.In(e.Zone)
	case e.TimeLayout != "":
		t = t.UTC() // a layout without a zone is read as UTC
	}
	var text [64]byte
	return AppendString(b, string(t.AppendFormat(text[:0], layout)))
}

func appendNumber(b []byte, text string) ([]byte, error) {
	if text == "" || !json.Valid([]byte(text)) || (text[0] != '-' && (text[0] < '0' || text[0] > '9')) {
		return nil, fmt.Errorf("wire: not a JSON number")
	}
	return append(b, text...), nil
}

func (e *encoder) appendStruct(b []byte, v reflect.Value, p *plan) ([]byte, error) {
	b = append(b, '{')
	start := len(b)
	var err error
	for i := range p.fields {
		f := &p.fields[i]
		value := f.of(v)
		if f.inline {
			taken := func(name string) bool {
				i, ok := p.byName[name]
				return ok && !e.omits(&p.fields[i], p.fields[i].of(v))
			}
			if b, err = e.appendEntries(b, start, value, f.plan, taken); err != nil {
				return nil, err
			}
			continue
		}
		if e.omits(f, value) {
			continue
		}
		if len(b) > start {
			b = append(b, ',')
		}
		b = append(b, f.quoted...)
		if b, err = e.append(b, value, f.plan); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

// omits reports whether a field is left out.
func (e *encoder) omits(f *field, value reflect.Value) bool {
	omitZero := f.omitZero || e.Sparse && f.plan.form != formBool && f.plan.form != formInt && f.plan.form != formUint
	return (f.omitEmpty && isEmpty(value)) || (omitZero && f.plan.isZero(value))
}

func (e *encoder) appendList(b []byte, v reflect.Value, p *plan) ([]byte, error) {
	if v.Kind() == reflect.Slice && v.IsNil() {
		return append(b, "null"...), nil
	}
	b = append(b, '[')
	var err error
	for i := range v.Len() {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = e.append(b, v.Index(i), p.elem); err != nil {
			return nil, err
		}
	}
	return append(b, ']'), nil
}

func (e *encoder) appendMap(b []byte, v reflect.Value, p *plan) ([]byte, error) {
	if v.IsNil() {
		return append(b, "null"...), nil
	}
	b = append(b, '{')
	b, err := e.appendEntries(b, len(b), v, p, nil)
	if err != nil {
		return nil, err
	}
	return append(b, '}'), nil
}

// appendEntries writes the entries of a map into the object that starts at start,
// sorted by name, without those whose names are taken: a struct's field that is written
// wins over an entry of its inline map. A nil taken is none.
func (e *encoder) appendEntries(
	b []byte, start int, v reflect.Value, p *plan, taken func(name string) bool,
) ([]byte, error) {
	texts, members, keys := mapOf(v, p)
	sort.Strings(keys)
	var err error
	for _, key := range keys {
		if taken != nil && taken(key) {
			continue
		}
		if len(b) > start {
			b = append(b, ',')
		}
		b = append(AppendString(b, key), ':')
		switch p.form {
		case formTexts:
			b = AppendString(b, texts[key])
		case formMembers:
			b, err = e.appendMember(b, members[key])
		default:
			b, err = e.append(b, v.MapIndex(reflect.ValueOf(key).Convert(v.Type().Key())), p.elem)
		}
		if err != nil {
			return nil, inMember(key, err)
		}
	}
	return b, nil
}

// memberError names the member of a map that cannot be encoded, the innermost one.
type memberError struct {
	name string
	err  error
}

func (e *memberError) Error() string { return fmt.Sprintf("%v (member %.64q)", e.err, e.name) }
func (e *memberError) Unwrap() error { return e.err }

func inMember(name string, err error) error {
	if _, named := errors.AsType[*memberError](err); named {
		return err
	}
	return &memberError{name, err}
}

// redaction is what stands in JSON for a secret that was not stored. A map of anything
// reads it back as a text, which must not be sent in the secret's place.
const redaction = "[redacted]"

var errRedaction = errors.New("wire: a secret that was redacted when it was stored is no value")

// appendMember encodes an element of a map[string]any.
func (e *encoder) appendMember(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case string: // most are
		if v == redaction {
			return nil, errRedaction
		}
		return AppendString(b, v), nil
	case issuing.Amount:
		return e.appendAmount(b, v)
	}
	if e.depth++; e.depth > maxDepth { // as an interface counts anywhere else
		return nil, errDepth
	}
	b, err := e.appendAny(b, v)
	e.depth--
	return b, err
}

// mapOf returns the names of a map's entries, and the map itself where reflection can
// be spared.
func mapOf(v reflect.Value, p *plan) (texts map[string]string, members map[string]any, keys []string) {
	if v.Len() == 0 {
		return nil, nil, nil
	}
	keys = make([]string, 0, v.Len())
	switch p.form {
	case formTexts:
		texts = v.Convert(textsType).Interface().(map[string]string)
		for key := range texts {
			keys = append(keys, key)
		}
	case formMembers:
		members = v.Convert(membersType).Interface().(map[string]any)
		for key := range members {
			keys = append(keys, key)
		}
	default:
		for entry := v.MapRange(); entry.Next(); {
			keys = append(keys, entry.Key().String())
		}
	}
	return texts, members, keys
}

var (
	textsType   = reflect.TypeFor[map[string]string]()
	membersType = reflect.TypeFor[map[string]any]()
)

func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.String, reflect.Slice, reflect.Map, reflect.Array:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}

// isZero reports whether omitzero leaves a value out.
func (p *plan) isZero(v reflect.Value) bool {
	switch {
	case p.form == formAmount || p.form == formDate:
		return v.Len() == 0 // as their IsZero, without the copy
	case p.zeroer && (p.form != formPointer || !v.IsNil()):
		return v.Interface().(interface{ IsZero() bool }).IsZero()
	}
	return v.IsZero()
}

// plain are the bytes that stand for themselves in a JSON string and need no look at
// the bytes around them.
var plain = func() (table [256]bool) {
	for c := ' '; c < 0x7f; c++ {
		table[c] = c != '"' && c != '\\'
	}
	return table
}()

// AppendString appends s as a JSON string. Invalid UTF-8 becomes U+FFFD; only
// quotes, backslashes and control characters are escaped.
func AppendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	start := 0 // of what is appended as it is
	for i := 0; i < len(s); {
		c := s[i]
		if plain[c] {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r != utf8.RuneError || n > 1 {
				i += n
				continue
			}
		}
		b = append(b, s[start:i]...)
		switch {
		case c >= utf8.RuneSelf:
			b = append(b, "\ufffd"...)
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		default:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
		i++
		start = i
	}
	return append(append(b, s[start:]...), '"')
}
