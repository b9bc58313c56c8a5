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
	folded map[string]int // byName in lower case
	extra  []int          // index of the field with the tag wire:"extra"; nil without one
}

type field struct {
	name      string
	index     []int
	omitEmpty bool
	omitZero  bool
	inline    bool // map[string]any merged into the object when writing
	extra     bool // map[string]issuing.Secret that takes members without a field when reading; see [Loose]
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
	p := newPlan(t)
	plansMux.Lock()
	defer plansMux.Unlock()
	grown := map[reflect.Type]*plan{t: p}
	if known := plans.Load(); known != nil {
		for other, p := range *known {
			grown[other] = p
		}
	}
	plans.Store(&grown)
	return grown[t]
}

func newPlan(t reflect.Type) *plan {
	p := &plan{byName: map[string]int{}, folded: map[string]int{}}
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
		p.fields = append(p.fields, f)
	}
	return p
}

// fieldsOf lists the fields of t, embedded ones in the place of their struct.
func fieldsOf(t reflect.Type, prefix []int) []field {
	var out []field
	for i := range t.NumField() {
		f := t.Field(i)
		index := append(append([]int(nil), prefix...), i)
		tag, tagged := f.Tag.Lookup("json")
		name, options, _ := strings.Cut(tag, ",")
		switch f.Tag.Get("wire") {
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
		out = append(out, field{
			name:      name,
			index:     index,
			omitEmpty: strings.Contains(options, ",omitempty,"),
			omitZero:  strings.Contains(options, ",omitzero,"),
			class:     classOf(f.Type),
		})
	}
	return out
}
