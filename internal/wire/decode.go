package wire

import (
	"encoding"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
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
	Loose         *Loose         // how to read the outermost object, where it is a struct; nil is strictly
	Sparse        bool           // leave out members of structs that are unset, but numbers and truth values
	// Note, when set, is told of each member that cannot be read: its path, such as
	// "data.list[2].amount", and why, never its value. The member stays unset and the
	// rest is read; only what is not JSON, or no object where one belongs, is an error.
	// A time that cannot be read is told as well. Nil lets such a member fail the whole.
	Note func(member, reason string)
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
	return fmt.Sprintf("field %q: %s", e.Path, e.reason())
}

func (e *DecodeError) reason() string { return "cannot read a JSON " + e.Got + " as " + e.Want }

// Unmarshal decodes data into the struct, slice or map that v points to.
//
// Per target: a string or a secret takes a string or a number's or boolean's literal,
// and stays empty for {} and []; an object or array with content is no id, no name and
// no secret, and so an error, but in a field with the tag wire:"json", which keeps it as
// JSON. An integer takes a number or a string of digits; bytes take Base64; a bool takes
// true, false, 0, 1 and the strings of those; a struct takes an object, a string that
// holds one, and leaves the zero value for null, "" and []; a slice takes an array, a
// string that holds one, and leaves nil for null, "" and {}; a map is read as a struct
// is, and its texts, which are free, keep the JSON of objects and arrays. A struct with
// the tag wire:"first" takes an array as its first element, and any text. A time or date
// that cannot be read stays zero; [ParseDate] says which day an instant is. Unknown
// members are ignored; names are compared exactly. A byte order mark is skipped.
func (c Codec) Unmarshal(data []byte, v any) error {
	data = TrimBOM(data)
	if !json.Valid(data) {
		return ErrJSON
	}
	rv := reflect.ValueOf(v)
	if rv.Kind() != reflect.Pointer || rv.IsNil() {
		return fmt.Errorf("wire: cannot decode into %T", v)
	}
	// One copy of the text serves all strings of a small document; those of a
	// large one are copied, so that keeping one does not keep the rest.
	d := &decoder{zone: c.Zone, share: len(data) <= shareLimit}
	if c.Note != nil {
		d.odd = &oddities{note: c.Note}
	}
	if rv.Elem().Kind() == reflect.Struct {
		d.loose = c.Loose
	}
	return d.decode(trim(string(data)), rv.Elem(), planOf(rv.Type().Elem()), "")
}

// shareLimit is the size up to which decoded strings share the document's text.
const shareLimit = 4 << 10

// decoder is one run of Unmarshal.
type decoder struct {
	zone  *time.Location
	loose *Loose // of the outermost object; nil inside it
	share bool
	depth int       // of the value at hand
	odd   *oddities // where a member that cannot be read costs itself alone
}

// Limits that keep a few hostile bytes from costing minutes or gigabytes. The
// documented messages have up to 6 levels and lists of some hundred entries.
const (
	maxDepth    = 128     // Go values inside each other, for types that refer to themselves
	maxElements = 100_000 // in one array or map
)

var (
	errDepth    = errors.New("wire: values are nested too deeply")
	errElements = errors.New("wire: an array or object has too many elements")
)

func trim(data string) string { return strings.Trim(data, " \t\r\n") }

func shape(data string) string {
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

func mismatch(data string, v reflect.Value, path string) error {
	return &DecodeError{Path: path, Want: v.Type().String(), Got: shape(data)}
}

func (d *decoder) decode(data string, v reflect.Value, p *plan, path string) error {
	if data[0] == 'n' {
		v.SetZero()
		return nil
	}
	if d.depth == maxDepth {
		return errDepth
	}
	d.depth++
	err := d.decodeClass(data, v, p, path)
	d.depth--
	return err
}

func (d *decoder) decodeClass(data string, v reflect.Value, p *plan, path string) error {
	switch p.class {
	case classTime:
		return d.decodeTime(data, v, path)
	case classDate:
		return d.decodeDate(data, v, path)
	case classRaw:
		v.SetBytes([]byte(data))
		return nil
	case classPointer:
		return d.decodePointer(data, v, p, path)
	case classText:
		return d.decodeText(data, v, p, path)
	case classJSON:
		if err := v.Addr().Interface().(json.Unmarshaler).UnmarshalJSON([]byte(data)); err != nil {
			return mismatch(data, v, path)
		}
		return nil
	}
	switch v.Kind() {
	case reflect.String:
		text, ok := d.text(data, p)
		if !ok {
			return mismatch(data, v, path)
		}
		v.SetString(text)
		return nil
	case reflect.Bool:
		return decodeBool(data, v, path)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return decodeInt(data, v, path)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return decodeUint(data, v, path)
	case reflect.Struct:
		return d.decodeStruct(data, v, p, path)
	case reflect.Slice:
		return d.decodeSlice(data, v, p, path)
	case reflect.Map:
		return d.decodeMap(data, v, p, path)
	case reflect.Interface:
		return d.decodeAny(data, v, path)
	}
	return mismatch(data, v, path)
}

// literal returns the text of a string, or the JSON of anything else.
func literal(data string) string {
	if data[0] == '"' {
		return unquote(data)
	}
	return data
}

// text is literal for a result that is kept. An object or an array is no text, unless
// the field is for JSON, but without content it is how platforms write one that is
// missing.
func (d *decoder) text(data string, p *plan) (text string, ok bool) {
	if (data[0] == '{' || data[0] == '[') && !p.raw {
		return "", bare(data)
	}
	return d.keep(literal(data)), true
}

// keep returns a text of the document that the result may hold.
func (d *decoder) keep(text string) string {
	if d.share {
		return text
	}
	return strings.Clone(text)
}

// bare reports whether an object or array has no content.
func bare(data string) bool { return len(trim(data[1:len(data)-1])) == 0 }

func (d *decoder) decodeTime(data string, v reflect.Value, path string) error {
	if t, ok := ParseTime(strings.TrimSpace(literal(data)), d.zone); ok {
		*v.Addr().Interface().(*time.Time) = t
		return nil
	}
	return d.noTime(data, v, path)
}

func (d *decoder) decodeDate(data string, v reflect.Value, path string) error {
	if date, ok := ParseDate(strings.TrimSpace(literal(data)), d.zone); ok {
		v.SetString(date.String())
		return nil
	}
	return d.noTime(data, v, path)
}

// noTime tells of a time that cannot be read, where somebody listens: it fails no
// document. What platforms send for none is none.
func (d *decoder) noTime(data string, v reflect.Value, path string) error {
	if d.odd == nil || strings.TrimSpace(literal(data)) == "" || (data[0] == '{' || data[0] == '[') && bare(data) {
		return nil
	}
	return mismatch(data, v, path)
}

func (d *decoder) decodePointer(data string, v reflect.Value, p *plan, path string) error {
	if elem := v.Type().Elem(); data == `""` && (elem.Kind() == reflect.Struct || elem == amountType || elem == dateType) {
		v.SetZero()
		return nil
	}
	target := reflect.New(v.Type().Elem())
	if err := d.decode(data, target.Elem(), p.elem, path); err != nil {
		return err
	}
	v.Set(target)
	return nil
}

func (d *decoder) decodeText(data string, v reflect.Value, p *plan, path string) error {
	var err error
	switch target := v.Addr().Interface().(type) {
	case *issuing.Secret:
		text, ok := d.text(data, p)
		if !ok {
			return mismatch(data, v, path)
		}
		*target = issuing.NewSecret(text)
		return nil
	case *issuing.Amount:
		*target = ""
		if text := literal(data); strings.TrimSpace(text) != "" {
			*target, err = issuing.ParseAmount(d.keep(text))
		}
	case encoding.TextUnmarshaler:
		if data[0] != '{' && data[0] != '[' {
			err = target.UnmarshalText([]byte(literal(data)))
		} else if u, ok := target.(json.Unmarshaler); ok {
			err = u.UnmarshalJSON([]byte(data))
		} else {
			return mismatch(data, v, path)
		}
	}
	if err != nil {
		return mismatch(data, v, path)
	}
	return nil
}

func decodeBool(data string, v reflect.Value, path string) error {
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

func decodeInt(data string, v reflect.Value, path string) error {
	n, err := strconv.ParseInt(integer(data), 10, v.Type().Bits())
	if err != nil {
		return mismatch(data, v, path)
	}
	v.SetInt(n)
	return nil
}

func decodeUint(data string, v reflect.Value, path string) error {
	n, err := strconv.ParseUint(integer(data), 10, v.Type().Bits())
	if err != nil {
		return mismatch(data, v, path)
	}
	v.SetUint(n)
	return nil
}

// integer returns the text of a number without decimals that are zero; an empty
// string is 0.
func integer(data string) string {
	text := strings.TrimSpace(literal(data))
	if text == "" {
		return "0"
	}
	if whole, fraction, ok := strings.Cut(text, "."); ok && strings.Trim(fraction, "0") == "" {
		return whole
	}
	return text
}

func (d *decoder) decodeStruct(data string, v reflect.Value, p *plan, path string) error {
	if p.first && data[0] == '[' {
		eachElement(data, func(value string) bool {
			data = value
			return false
		})
	}
	data, ok := object.in(data)
	switch {
	case !ok && p.first && data[0] == '"' && d.odd == nil: // a text names nothing
		v.SetZero()
		return nil
	case !ok:
		return mismatch(data, v, path)
	case data == "":
		v.SetZero()
		return nil
	}
	if d.loose != nil {
		d.decodeLoose(data, v, p)
		return nil
	}
	var err error
	eachMember(data, func(name, value string) bool {
		i, known := p.byName[unquote(name)]
		if !known {
			return true
		}
		f := &p.fields[i]
		if f.also != "" && !f.of(v).IsZero() {
			return true // under its other name
		}
		if d.odd != nil {
			d.tolerate(step{name: f.name}, value, f.of(v), f.plan)
			return true
		}
		err = d.decode(value, f.of(v), f.plan, f.name)
		if err != nil && f.plan.spare {
			f.of(v).SetZero()
			err = nil
		}
		if err != nil && path != "" {
			var de *DecodeError
			if errors.As(err, &de) {
				de.Path = path + "." + de.Path
			}
		}
		return err == nil
	})
	return err
}

// decodeBytes reads Base64, as encoding/json does.
func decodeBytes(data string, v reflect.Value, path string) error {
	raw, err := base64.StdEncoding.DecodeString(literal(data))
	switch {
	case err != nil || data[0] != '"':
		return mismatch(data, v, path)
	case len(raw) == 0:
		v.SetZero()
	default:
		v.SetBytes(raw)
	}
	return nil
}

func (d *decoder) decodeSlice(data string, v reflect.Value, p *plan, path string) error {
	if v.Type().Elem().Kind() == reflect.Uint8 {
		return decodeBytes(data, v, path)
	}
	data, ok := array.in(data)
	switch {
	case !ok:
		return mismatch(data, v, path)
	case data == "":
		v.SetZero()
		return nil
	}
	list := reflect.New(v.Type()).Elem()
	list.Set(reflect.MakeSlice(v.Type(), 0, 0))
	var err error
	eachElement(data, func(value string) bool {
		n := list.Len()
		if n == maxElements {
			err = errElements
			return false
		}
		list.Grow(1)
		list.SetLen(n + 1)
		if d.odd != nil {
			d.tolerate(step{index: n}, value, list.Index(n), p.elem)
		} else {
			err = d.decode(value, list.Index(n), p.elem, path)
		}
		return err == nil
	})
	if err == nil {
		v.Set(list)
	}
	return err
}

func (d *decoder) decodeMap(data string, v reflect.Value, p *plan, path string) error {
	data, ok := object.in(data)
	switch {
	case !ok:
		return mismatch(data, v, path)
	case data == "":
		v.SetZero()
		return nil
	}
	if v.Type().Key().Kind() != reflect.String {
		return mismatch(data, v, path)
	}
	out := reflect.MakeMap(v.Type())
	free := v.Type().Elem() == stringType
	element := reflect.New(v.Type().Elem()).Elem()
	var err error
	// The keys are foreign text: errors show a star for them.
	path = strings.TrimPrefix(path+".*", ".")
	eachMember(data, func(name, value string) bool {
		if out.Len() == maxElements {
			err = errElements
			return false
		}
		element.SetZero()
		switch {
		case free && (value[0] == '{' || value[0] == '['):
			element.SetString(strings.Clone(value))
		case d.odd != nil:
			if !d.tolerate(step{name: "*"}, value, element, p.elem) {
				return true
			}
		default:
			err = d.decode(value, element, p.elem, path)
		}
		if err != nil {
			return false
		}
		out.SetMapIndex(reflect.ValueOf(strings.Clone(unquote(name))).Convert(v.Type().Key()), element)
		return true
	})
	if err == nil {
		v.Set(out)
	}
	return err
}
