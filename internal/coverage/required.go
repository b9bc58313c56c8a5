package coverage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
)

// must are the documents' words for a member without which a request is refused.
var must = []string{"Yes", "yes", "Y", "R", "M"}

// required lists members that the documents require, that the client does not miss in an
// empty request, and that it does not send all the same.
func (v *verifier) required(rows []Row) []string {
	names := map[string][]string{}
	for _, row := range rows {
		mine := row.Kind == KindRequest && row.Test == cmp.Or(v.Test, Generic) && row.Place == ""
		if !mine || !slices.Contains(must, row.Required) {
			continue
		}
		for _, op := range row.Operations() {
			names[op] = append(names[op], row.Name)
		}
	}
	used := map[string]bool{}
	var faults []string
	for _, op := range slices.Sorted(maps.Keys(names)) {
		text, err := v.refusal(op)
		if err != nil {
			faults = append(faults, fmt.Sprintf("%s: an empty request: %v", op, err))
			continue
		}
		for _, name := range names[op] {
			switch key := op + " " + name; {
			case strings.Contains(text, name), v.always(op, name):
			case v.Defaults[key] != "":
				used[key] = true
			default:
				faults = append(faults, fmt.Sprintf("%s: %s is required, and not missed: %s", op, name, text))
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(v.Defaults)) {
		if !used[key] {
			faults = append(faults, key+" has a default, and needs none")
		}
	}
	return faults
}

// always reports whether a member is sent where the request has nothing for it.
func (v *verifier) always(op, name string) bool {
	t := v.requestType(op, "")
	if t == nil {
		return false
	}
	data, err := v.Encode(op, reflect.Zero(t).Interface())
	if err != nil {
		return false
	}
	value, sent := look(data, "", name)
	return sent && value != nil && value != ""
}

// refusal calls an operation with nothing in its request, and returns how the client
// refuses it.
func (v *verifier) refusal(op string) (string, error) {
	ctx, stop := context.WithCancel(context.Background())
	stop() // what is not refused must not be sent
	method, ok := v.method(op)
	if !ok {
		return "", errors.New("the client has no such method")
	}
	in := []reflect.Value{reflect.ValueOf(ctx)}
	last := method.Type().NumIn()
	if method.Type().IsVariadic() {
		last--
	}
	for i := 1; i < last; i++ {
		in = append(in, reflect.Zero(method.Type().In(i)))
	}
	out := method.Call(in)
	err, _ := out[len(out)-1].Interface().(error)
	var refused *issuing.Error
	if !errors.As(err, &refused) || !errors.Is(refused, issuing.ErrInvalid) {
		return "", fmt.Errorf("it is not refused: %v", err)
	}
	return refused.Error(), nil
}
