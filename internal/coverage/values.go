package coverage

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
)

// ownerOf is the type of Type.Field.
func ownerOf(name string) string {
	if i := strings.LastIndex(name, "."); i >= 0 {
		name = name[:i]
	}
	return name[strings.LastIndex(name, ".")+1:]
}

// typeName is the name of a type without package, type arguments and pointers.
func typeName(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	name, _, _ := strings.Cut(t.Name(), "[")
	return name
}

// collect finds the types that the client's methods and the further types lead to.
func (v *verifier) collect() {
	for _, further := range v.Types {
		v.add(reflect.TypeOf(further))
	}
	if v.Client == nil {
		return
	}
	client := reflect.ValueOf(v.Client).Elem()
	for i := range client.NumField() {
		if f := client.Type().Field(i); f.IsExported() {
			for m := range f.Type.Methods() {
				for in := range m.Type.Ins() {
					v.add(in)
				}
				for out := range m.Type.Outs() {
					v.add(out)
				}
			}
		}
	}
}

func (v *verifier) add(t reflect.Type) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		v.add(t.Elem())
		return
	case reflect.Interface, reflect.Func:
		return
	}
	if t.PkgPath() == "" || !strings.Contains(t.PkgPath(), v.Name) || v.types[t.String()] != nil {
		return
	}
	v.types[t.String()] = t
	if v.types[typeName(t)] == nil {
		v.types[typeName(t)] = t
	}
	if t.Kind() == reflect.Struct {
		for i := range t.NumField() {
			v.add(t.Field(i).Type)
		}
	}
}

var contextType = reflect.TypeFor[context.Context]()

// requestType is the type of an operation's request: what is named so among its
// parameters, or made of them.
func (v *verifier) requestType(op, owner string) reflect.Type {
	if r, ok := v.Requests[op]; ok {
		return reflect.TypeOf(r)
	}
	m, ok := v.method(op)
	if !ok {
		return nil
	}
	var only reflect.Type
	for in := range m.Type().Ins() {
		if in == contextType || in.Kind() == reflect.Slice && in.Elem() == reflect.TypeFor[issuing.CallOption]() {
			continue
		}
		if typeName(in) == owner {
			return in
		}
		if in.Kind() == reflect.Struct && in.PkgPath() == reflect.TypeOf(v.Client).Elem().PkgPath() {
			only = in
		}
	}
	return only
}

func (v *verifier) resultType(op string) reflect.Type {
	if r, ok := v.Results[op]; ok {
		return reflect.TypeOf(r)
	}
	m, ok := v.method(op)
	if !ok || m.Type().NumOut() < 2 {
		return nil
	}
	out := m.Type().Out(0)
	if out.Kind() == reflect.Pointer {
		out = out.Elem()
	}
	return out
}

// known is an enum that tells its documented values; an open one has no such method.
type known interface{ Known() bool }

func (v *verifier) enum(row Row) error {
	typ, value, ok := v.source.Constant(row.Go)
	switch {
	case !ok:
		return fmt.Errorf("no such constant")
	case v.types[typ] == nil:
		return fmt.Errorf("nothing leads to %s", typ)
	}
	e, err := enumOf(v.types[typ], row.Name)
	if err != nil {
		return err
	}
	if value != row.Name && normal(e) != value {
		return fmt.Errorf("the constant is %q", value)
	}
	if k, closed := e.Interface().(known); closed && !k.Known() {
		return fmt.Errorf("%s does not know it", typ)
	}
	return nil
}

// enumOf is a value of an enum.
func enumOf(t reflect.Type, text string) (reflect.Value, error) {
	e := reflect.New(t).Elem()
	if t.Kind() == reflect.String {
		e.SetString(text)
		return e, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err == nil {
		e.SetInt(n)
	}
	return e, err
}

// normal is the spelling that an enum's own method makes of another one.
func normal(e reflect.Value) string {
	m := e.MethodByName("Normal")
	if !m.IsValid() || m.Type().NumIn() != 0 {
		return ""
	}
	return fmt.Sprint(m.Call(nil)[0])
}

// kindNames are the kinds of errors, as the tables write them; "" is success.
var kindNames = map[string]error{
	"success": nil, "invalid": issuing.ErrInvalid, "outcome unknown": issuing.ErrOutcomeUnknown,
	"duplicate": issuing.ErrDuplicate, "unavailable": issuing.ErrUnavailable, "rate limited": issuing.ErrRateLimited,
	"insufficient funds": issuing.ErrInsufficientFunds, "declined": issuing.ErrDeclined, "conflict": issuing.ErrConflict,
	"not found": issuing.ErrNotFound, "bad response": issuing.ErrBadResponse, "unauthorized": issuing.ErrUnauthorized,
}

func (v *verifier) code(row Row) error {
	want, ok := kindNames[row.Type]
	if !ok {
		return fmt.Errorf("%s is no kind of error", row.Type)
	}
	kind, ok := v.Kind(row.Name)
	switch {
	case !ok:
		return errors.New("the code is not known")
	case kind != want:
		return fmt.Errorf("its kind is %v", kind)
	}
	if _, value, ok := v.source.Constant(row.Go); ok && value != row.Name {
		return fmt.Errorf("the constant is %q", value)
	}
	return nil
}

// RuleNames fails for each row of a provider's table that names a row of a test which
// that does not have, and for each row of the test that the table lacks: test is the
// function, such as worldcardtest.TestViolations, and names are its rows.
func RuleNames(root, provider, test string, names []string) error {
	rows, err := Read(root, provider)
	if err != nil {
		return err
	}
	var missing, listed []string
	for _, row := range rows {
		if in, name, ok := strings.Cut(row.Test, "/"); ok && in == test {
			if listed = append(listed, name); !slices.Contains(names, name) {
				missing = append(missing, name)
			}
		}
	}
	unlisted := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return slices.Contains(listed, name) })
	if len(missing) > 0 || len(unlisted) > 0 {
		return fmt.Errorf("%s has no rows %q; the table has none for its rows %q", test, missing, unlisted)
	}
	return nil
}
