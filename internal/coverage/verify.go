package coverage

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// Provider is how a package's own code is asked about the rows of its table.
type Provider struct {
	Name string
	// Test is the rows' test that this is; empty is [Generic].
	Test   string
	Client any // its services have the operations; nil where the rows have none
	// Paths are what names an operation on the wire, by operation.
	Paths map[string][]string
	// Encode gives a request's members as they are sent, before the envelope.
	Encode func(op string, request any) ([]byte, error)
	// Decode reads an answer's data.
	Decode func(op string, data []byte, result any) error
	// Event reads a callback's content, and Reply writes the merchant's answer to one.
	Event func(typ string, content []byte) (any, error)
	Reply func(reply any) ([]byte, error)
	// Types are requests, results, replies and enums that no method leads to.
	Types []any
	// Requests and Results are the types of operations whose methods show others.
	Requests, Results map[string]any
	// Kind is the kind of error that a code means; ok is false for codes that are not
	// known. Nil is success.
	Kind func(code string) (kind error, ok bool)
	// Beyond are members of requests that no table documents, with the reason why they are
	// sent all the same.
	Beyond map[string]string
	// Defaults are members that the documents require and the client fills in, as
	// "operation member", with the value.
	Defaults map[string]string
	// Sent calls methods whose request is made of their parameters.
	Sent Recorder
}

// verifier holds a provider and what its types are.
type verifier struct {
	Provider
	source *Source
	types  map[string]reflect.Type
}

// Verify puts each row of a provider's table whose test is the provider's through the
// package's own code: members of requests are set in Go and found on the wire at their
// place, members of answers and callbacks are put there and arrive in Go; values and codes
// are those of the constants, and known. What the documents require, an empty request is refused for
// or has all the same. root is the module's folder. It returns the rows.
func Verify(t *testing.T, root string, p Provider) []Row {
	t.Helper()
	rows, err := Read(root, p.Name)
	if err != nil {
		t.Fatal(err)
	}
	source, err := Load(root, p.Name)
	if err != nil {
		t.Fatal(err)
	}
	verified, faults := verify(rows, source, p)
	for _, fault := range faults {
		t.Error(fault)
	}
	if verified == 0 {
		t.Error("no row was verified")
	}
	t.Logf("%d of %d rows verified", verified, len(rows))
	return rows
}

// verify returns how many rows it took, and what is wrong.
func verify(rows []Row, source *Source, p Provider) (verified int, faults []string) {
	v := &verifier{Provider: p, source: source, types: map[string]reflect.Type{}}
	v.collect()
	for _, row := range rows {
		if row.Test != cmp.Or(p.Test, Generic) {
			continue
		}
		verified++
		if err := v.row(row); err != nil {
			faults = append(faults, fmt.Sprintf("%s (%s): %v", row, row.Go, err))
		}
	}
	return verified, append(append(faults, v.beyond(rows)...), v.required(rows)...)
}

func (v *verifier) row(row Row) error {
	switch row.Kind {
	case KindOperation:
		return v.operation(row)
	case KindEnum:
		return v.enum(row)
	case KindCode:
		return v.code(row)
	case KindCallback:
		return v.callback(row)
	case KindReply:
		return v.sends(row, v.types[ownerOf(row.Go)], func(_ string, in any) ([]byte, error) { return v.Reply(in) })
	}
	if len(row.Operations()) == 0 {
		return fmt.Errorf("the row has no operation")
	}
	names := strings.Fields(row.Go)
	for i, op := range row.Operations() {
		row := row
		if len(names) == len(row.Operations()) {
			row.Go = names[i]
		}
		var err error
		switch row.Kind {
		case KindRequest:
			err = v.request(op, row)
		case KindResponse:
			err = v.response(op, row)
		case KindEvent:
			err = v.event(op, row)
		default:
			err = fmt.Errorf("%s has no generic test", row.Kind)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", op, err)
		}
	}
	return nil
}

// method is the client's method of an operation such as Cards.Deposit.
func (v *verifier) method(op string) (reflect.Value, bool) {
	service, name, _ := strings.Cut(op, ".")
	field := reflect.ValueOf(v.Client).Elem().FieldByName(service)
	if !field.IsValid() {
		return reflect.Value{}, false
	}
	m := field.MethodByName(name)
	return m, m.IsValid()
}

func (v *verifier) operation(row Row) error {
	for _, op := range row.Operations() {
		if _, ok := v.method(op); !ok {
			return fmt.Errorf("the client has no method %s", op)
		}
		if !slices.Contains(v.Paths[op], row.Name) {
			return fmt.Errorf("the table of operations has %s for %s", v.Paths[op], op)
		}
	}
	return nil
}

// request sets the Go field and finds its member.
func (v *verifier) request(op string, row Row) error {
	if strings.Contains(row.Go, "(") {
		return v.parameter(op, row)
	}
	root := v.requestType(op, ownerOf(row.Go))
	if root == nil {
		return fmt.Errorf("no method of the operation takes %s", ownerOf(row.Go))
	}
	return v.sends(row, root, func(_ string, in any) ([]byte, error) { return v.Encode(op, in) })
}

// sends sets a field of a request of type root and finds its member, which has another
// value when the field has.
func (v *verifier) sends(row Row, root reflect.Type, encode func(string, any) ([]byte, error)) error {
	if root == nil {
		return fmt.Errorf("no such type")
	}
	var before any
	for variant := range variants {
		in := reflect.New(root).Elem()
		holder, err := at(in, row.Place)
		if err != nil {
			return err
		}
		field, err := v.field(holder, row)
		if err != nil {
			return err
		}
		if !fill(field, variant) {
			return fmt.Errorf("no value for %s", field.Type())
		}
		filled := field.Kind() == reflect.Bool
		data, err := encode(row.Name, in.Interface())
		if err != nil {
			return err
		}
		value, ok := look(data, row.Place, row.Name)
		switch {
		case !ok || value == nil || value == "":
			return fmt.Errorf("it is not sent: %s", data)
		case variant > 0 && !filled && reflect.DeepEqual(value, before):
			return fmt.Errorf("%v is sent for two values", value)
		}
		before = value
	}
	return nil
}

// field is the Go field of a row in the struct at its place. Whether it belongs to the
// document's name is what comes out on the other side.
func (v *verifier) field(holder reflect.Value, row Row) (reflect.Value, error) {
	if holder.Kind() != reflect.Struct {
		return holder, fmt.Errorf("%s is no object", holder.Type())
	}
	owner, name := ownerOf(row.Go), row.Go[strings.LastIndex(row.Go, ".")+1:]
	if got := typeName(holder.Type()); got != owner {
		return holder, fmt.Errorf("at its place is a %s", got)
	}
	field := holder.FieldByName(name)
	if !field.IsValid() {
		return holder, fmt.Errorf("%s has no field %s", owner, name)
	}
	return field, nil
}

func (v *verifier) response(op string, row Row) error {
	root := v.resultType(op)
	if root == nil {
		return fmt.Errorf("the operation has no result")
	}
	return v.arrives(row, func(data []byte) (reflect.Value, error) {
		out := reflect.New(root)
		return out.Elem(), v.Decode(op, data, out.Interface())
	})
}

func (v *verifier) event(typ string, row Row) error {
	return v.arrives(row, func(data []byte) (reflect.Value, error) {
		out, err := v.Event(typ, data)
		return reflect.ValueOf(out), err
	})
}

// arrives puts a member's value at its place and reads it in Go, in two values.
func (v *verifier) arrives(row Row, decode func([]byte) (reflect.Value, error)) error {
	blank, err := decode(wrap(row.Place, "unknownMember", "x"))
	if err != nil {
		return err
	}
	addressable := reflect.New(blank.Type()).Elem()
	addressable.Set(blank)
	holder, err := at(addressable, row.Place)
	if err != nil {
		return err
	}
	field, err := v.field(holder, row)
	if err != nil {
		return err
	}
	var before any
	for variant := range variants {
		value, sent, err := v.read(row, field.Type(), variant, decode)
		if err != nil {
			return err
		}
		if variant > 0 && sent != true && reflect.DeepEqual(value, before) {
			return fmt.Errorf("two values arrive as %v", value)
		}
		before = value
	}
	return nil
}

// read tries the forms of a member until one arrives.
func (v *verifier) read(
	row Row, typ reflect.Type, variant int, decode func([]byte) (reflect.Value, error),
) (value, sent any, err error) {
	for _, form := range forms(typ, variant) {
		var out, holder, field reflect.Value
		if out, err = decode(wrap(row.Place, row.Name, form)); err != nil {
			continue
		}
		addressable := reflect.New(out.Type()).Elem()
		addressable.Set(out)
		if holder, err = at(addressable, row.Place); err != nil {
			return nil, nil, err
		}
		if field, err = v.field(holder, row); err != nil {
			return nil, nil, err
		}
		if field.IsZero() {
			continue
		}
		if text, ok := plain(field); ok && text != fmt.Sprint(form) {
			return nil, nil, fmt.Errorf("%v arrives as %s", form, text)
		}
		return field.Interface(), form, nil
	}
	if err == nil {
		err = fmt.Errorf("it does not arrive")
	}
	return nil, nil, err
}

func (v *verifier) callback(row Row) error {
	out, err := v.Event(row.Name, []byte(`{}`))
	if err != nil {
		return err
	}
	if got := typeName(reflect.TypeOf(out)); got != row.Go {
		return fmt.Errorf("it is decoded as %s", got)
	}
	return nil
}
