package wire

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strings"
	"sync"
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
	textType     = reflect.TypeFor[encoding.TextUnmarshaler]()
	jsonType     = reflect.TypeFor[json.Unmarshaler]()
	jsonOutType  = reflect.TypeFor[json.Marshaler]()
	textOutType  = reflect.TypeFor[encoding.TextMarshaler]()
	isZeroerType = reflect.TypeFor[interface{ IsZero() bool }]()
)

// plan is what the codec knows of a struct type.
type plan struct {
	fields []field
	byName map[string]int // index into fields
}

type field struct {
	name      string
	index     []int
	omitEmpty bool
	omitZero  bool
	inline    bool // map[string]any merged into the object when writing
	class     class
}

// class says how values of a type are decoded. It is found once per type,
// because asking reflection for an interface is slow.
type class uint8

const (
	classPlain   class = iota // by its kind
	classTime                 // time.Time or issuing.Date
	classRaw                  // json.RawMessage
	classPointer              // a pointer
	classText                 // has UnmarshalText
	classJSON                 // has UnmarshalJSON
)

func classOf(t reflect.Type) class {
	switch {
	case t == timeType || t == dateType:
		return classTime
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

var plans sync.Map // reflect.Type to *plan

func planOf(t reflect.Type) *plan {
	if p, ok := plans.Load(t); ok {
		return p.(*plan)
	}
	p := &plan{byName: map[string]int{}}
	addFields(p, t, nil)
	actual, _ := plans.LoadOrStore(t, p)
	return actual.(*plan)
}

func addFields(p *plan, t reflect.Type, prefix []int) {
	for i := range t.NumField() {
		f := t.Field(i)
		index := append(append([]int(nil), prefix...), i)
		tag, tagged := f.Tag.Lookup("json")
		name, options, _ := strings.Cut(tag, ",")
		if f.Tag.Get("wire") == "inline" {
			p.fields = append(p.fields, field{index: index, inline: true})
			continue
		}
		if f.Anonymous && !tagged && f.Type.Kind() == reflect.Struct {
			addFields(p, f.Type, index)
			continue
		}
		if !f.IsExported() || tag == "-" {
			continue
		}
		if name == "" {
			name = f.Name
		}
		if _, taken := p.byName[name]; taken {
			continue
		}
		p.byName[name] = len(p.fields)
		options = "," + options + ","
		p.fields = append(p.fields, field{
			name:      name,
			index:     index,
			omitEmpty: strings.Contains(options, ",omitempty,"),
			omitZero:  strings.Contains(options, ",omitzero,"),
			class:     classOf(f.Type),
		})
	}
}
