package wire

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

// Types that the codec treats by name rather than by kind.
var (
	timeType     = reflect.TypeFor[time.Time]()
	dateType     = reflect.TypeFor[issuing.Date]()
	amountType   = reflect.TypeFor[issuing.Amount]()
	secretType   = reflect.TypeFor[issuing.Secret]()
	rawType      = reflect.TypeFor[json.RawMessage]()
	numberType   = reflect.TypeFor[json.Number]()
	stringType   = reflect.TypeFor[string]()
	anyType      = reflect.TypeFor[any]()
	textType     = reflect.TypeFor[encoding.TextUnmarshaler]()
	jsonType     = reflect.TypeFor[json.Unmarshaler]()
	jsonOutType  = reflect.TypeFor[json.Marshaler]()
	textOutType  = reflect.TypeFor[encoding.TextMarshaler]()
	isZeroerType = reflect.TypeFor[interface{ IsZero() bool }]()
)

// plan is what the codec knows of a type. It is made once, because asking reflection
// for methods and tags is slow.
type plan struct {
	class  class // how values are decoded
	form   form  // how values are encoded
	zeroer bool  // has IsZero, which decides for omitzero
	elem   *plan // of a pointer, slice, array or map
	raw    bool  // a text or secret takes an object or array, as its JSON
	first  bool  // a struct takes an array, as its first element
	spare  bool  // what cannot be read is left unset

	// Of a struct:
	fields []field
	byName map[string]int // index into fields
	folded map[string]int // byName in lower case
	extra  []int          // index of the field with the tag wire:"extra"; nil without one
}

type field struct {
	name      string
	also      string // another name of the member, in messages that are read
	quoted    string // the name as it is written, with its colon
	index     []int
	omitEmpty bool
	omitZero  bool
	inline    bool // map[string]any merged into the object when writing
	extra     bool // map[string]issuing.Secret that takes members without a field when reading; see [Loose]
	plan      *plan
}

// of returns the field of the struct v.
func (f *field) of(v reflect.Value) reflect.Value {
	if len(f.index) == 1 {
		return v.Field(f.index[0])
	}
	return v.FieldByIndex(f.index)
}

// class says how values of a type are decoded.
type class uint8

const (
	classPlain   class = iota // by its kind
	classTime                 // time.Time
	classDate                 // issuing.Date
	classRaw                  // json.RawMessage
	classPointer              // a pointer
	classText                 // has UnmarshalText
	classJSON                 // has UnmarshalJSON
)

func classOf(t reflect.Type) class {
	switch {
	case t == timeType:
		return classTime
	case t == dateType:
		return classDate
	case t == rawType:
		return classRaw
	case t.Kind() == reflect.Pointer:
		return classPointer
	case reflect.PointerTo(t).Implements(textType):
		return classText
	case reflect.PointerTo(t).Implements(jsonType):
		return classJSON
	}
	return classPlain
}

// form says how values of a type are encoded.
type form uint8

const (
	formNone      form = iota // not at all
	formPointer               // what it points to, or null
	formInterface             // what it holds, or null
	formSecret                // issuing.Secret, in clear
	formBase64                // the same, Base64 in one line
	formAmount                // issuing.Amount
	formDate                  // issuing.Date
	formTime                  // time.Time
	formRaw                   // json.RawMessage
	formNumber                // json.Number
	formText                  // has MarshalText
	formJSON                  // has MarshalJSON
	formString
	formBool
	formInt
	formUint
	formStruct
	formList    // a slice or an array
	formBytes   // Base64
	formTexts   // map[string]string
	formMembers // map[string]any
	formMap     // any other map
)

// forms are the forms of types that are encoded by name.
var forms = map[reflect.Type]form{
	secretType: formSecret, amountType: formAmount, dateType: formDate, timeType: formTime,
	rawType: formRaw, numberType: formNumber,
}

func formOf(t reflect.Type) form {
	if named, ok := forms[t]; ok {
		return named
	}
	switch kind := t.Kind(); {
	case kind == reflect.Pointer:
		return formPointer
	case kind == reflect.Interface:
		return formInterface
	case t.Implements(textOutType):
		return formText
	case t.Implements(jsonOutType):
		return formJSON
	}
	return formOfKind(t)
}

func formOfKind(t reflect.Type) form {
	switch t.Kind() {
	case reflect.String:
		return formString
	case reflect.Bool:
		return formBool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return formInt
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return formUint
	case reflect.Struct:
		return formStruct
	case reflect.Array:
		return formList
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return formBytes
		}
		return formList
	case reflect.Map:
		switch {
		case t.Key() == stringType && t.Elem() == stringType:
			return formTexts
		case t.Key() == stringType && t.Elem() == anyType:
			return formMembers
		case t.Key().Kind() == reflect.String:
			return formMap
		}
	}
	return formNone
}

// plans holds a plan per type. It is copied to grow, which happens once a type, so
// that reading takes no lock. A sync.Map would do the same, but makes every program
// that imports this package compile its generics anew.
var (
	plans    atomic.Pointer[map[reflect.Type]*plan]
	plansMux sync.Mutex
)

func planOf(t reflect.Type) *plan {
	if known := plans.Load(); known != nil {
		if p, ok := (*known)[t]; ok {
			return p
		}
	}
	plansMux.Lock()
	defer plansMux.Unlock()
	grown := maker{}
	if known := plans.Load(); known != nil {
		for other, p := range *known {
			grown[other] = p
		}
	}
	p := grown.plan(t)
	all := map[reflect.Type]*plan(grown)
	plans.Store(&all)
	return p
}

// maker makes plans, which refer to each other as their types do. Nobody sees them
// before all are made.
type maker map[reflect.Type]*plan

func (m maker) plan(t reflect.Type) *plan {
	if p, ok := m[t]; ok {
		return p
	}
	p := &plan{class: classOf(t), form: formOf(t), zeroer: t.Implements(isZeroerType)}
	m[t] = p
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		p.elem = m.plan(t.Elem())
	case reflect.Struct:
		if p.class == classPlain || p.form == formStruct {
			m.addFields(p, t)
		}
	}
	return p
}

func (m maker) addFields(p *plan, t reflect.Type) {
	p.byName, p.folded = map[string]int{}, map[string]int{}
	all := fieldsOf(t, nil)
	// As in encoding/json, a field hides those of the same name that are
	// embedded more deeply.
	shallowest := map[string]int{}
	for _, f := range all {
		if n, ok := shallowest[f.name]; !f.inline && (!ok || len(f.index) < n) {
			shallowest[f.name] = len(f.index)
		}
	}
	for _, f := range all {
		if f.extra {
			p.extra = f.index
			continue
		}
		if _, taken := p.byName[f.name]; !f.inline && (taken || len(f.index) > shallowest[f.name]) {
			continue
		}
		if !f.inline {
			p.byName[f.name] = len(p.fields)
			p.folded[strings.ToLower(f.name)] = len(p.fields)
		}
		f.plan = m.plan(t.FieldByIndex(f.index).Type)
		switch tag := t.FieldByIndex(f.index).Tag.Get("wire"); tag {
		case "json", "base64", "first", "spare":
			own := *f.plan // the type's other fields have no tag
			own.raw, own.first, own.spare = tag == "json", tag == "first", tag == "spare"
			if tag == "base64" {
				own.form = formBase64
			}
			f.plan = &own
		}
		p.fields = append(p.fields, f)
	}
	for i, f := range p.fields {
		if _, taken := p.byName[f.also]; f.also != "" && !taken {
			p.byName[f.also], p.folded[strings.ToLower(f.also)] = i, i
		}
	}
}

// alsoTag begins a tag that gives a member another name.
const alsoTag = "also="

// fieldsOf lists the fields of t, embedded ones in the place of their struct.
func fieldsOf(t reflect.Type, prefix []int) []field {
	var out []field
	for i := range t.NumField() {
		f := t.Field(i)
		index := append(append([]int(nil), prefix...), i)
		tag, tagged := f.Tag.Lookup("json")
		name, options, _ := strings.Cut(tag, ",")
		switch f.Tag.Get("wire") {
		case "-": // in no message, though stores keep it
			continue
		case "inline":
			out = append(out, field{index: index, inline: true})
			continue
		case "extra":
			out = append(out, field{index: index, extra: true})
			continue
		}
		if f.Anonymous && !tagged && f.Type.Kind() == reflect.Struct {
			out = append(out, fieldsOf(f.Type, index)...)
			continue
		}
		if !f.IsExported() || tag == "-" {
			continue
		}
		if name == "" {
			name = f.Name
		}
		options = "," + options + ","
		also, named := strings.CutPrefix(f.Tag.Get("wire"), alsoTag)
		if !named {
			also = ""
		}
		out = append(out, field{
			name:      name,
			also:      also,
			quoted:    string(append(AppendString(nil, name), ':')),
			index:     index,
			omitEmpty: strings.Contains(options, ",omitempty,"),
			omitZero:  strings.Contains(options, ",omitzero,"),
		})
	}
	return out
}
