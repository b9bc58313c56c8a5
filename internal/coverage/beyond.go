package coverage

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// beyond lists members that requests send and no row documents, and exceptions that are
// none.
func (v *verifier) beyond(rows []Row) []string {
	var faults []string
	documented := map[string][]string{}
	owners := map[string]string{}
	for _, row := range rows {
		if row.Kind != KindRequest || row.Go == "" || row.Test != cmp.Or(v.Test, Generic) || strings.Contains(row.Go, "(") {
			continue
		}
		first, _, _ := strings.Cut(place(row.Place, row.Name), ".")
		for _, op := range row.Operations() {
			documented[op] = append(documented[op], strings.TrimSuffix(first, "[]"))
			if row.Place == "" {
				owners[op] = ownerOf(row.Go)
			}
		}
	}
	used := map[string]bool{}
	for _, op := range slices.Sorted(maps.Keys(owners)) {
		sent, err := v.members(op, v.requestType(op, owners[op]))
		if err != nil {
			faults = append(faults, fmt.Sprintf("%s: %v", op, err))
		}
		for _, name := range sent {
			switch {
			case slices.Contains(documented[op], name):
			case v.Beyond[name] != "":
				used[name] = true
			default:
				faults = append(faults, fmt.Sprintf("%s sends %s, which no row documents", op, name))
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(v.Beyond)) {
		if !used[name] {
			faults = append(faults, name+" is beyond the documents, and nothing sends it")
		}
	}
	return faults
}

// members are the members of a request that has a value everywhere.
func (v *verifier) members(op string, t reflect.Type) ([]string, error) {
	if t == nil {
		return nil, errors.New("no request")
	}
	in := reflect.New(t).Elem()
	fill(in, 0)
	data, err := v.Encode(op, in.Interface())
	if err != nil {
		return nil, err
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(data, &object); err != nil {
		return nil, err
	}
	return slices.Sorted(maps.Keys(object)), nil
}
