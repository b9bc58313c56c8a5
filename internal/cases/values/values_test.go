package values

import (
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"testing"
)

const modulePath = "github.com/issuing-sdk/issuing-go"

// TestTypesAreComplete: what is exported and not in the list is in no test of this
// module. After a new type, run go generate.
func TestTypesAreComplete(t *testing.T) {
	t.Parallel()
	listed := map[string]bool{}
	for _, of := range Types {
		name, _, _ := strings.Cut(of.Name(), "[")
		listed[of.PkgPath()+"."+name] = true
	}
	list := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Export}}", "./...")
	list.Dir, list.Stderr = "../../..", os.Stderr
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	exports := map[string]string{}
	for line := range strings.Lines(string(out)) {
		name, file, _ := strings.Cut(strings.TrimSpace(line), "\t")
		exports[name] = file
	}
	from := importer.ForCompiler(token.NewFileSet(), "gc", func(name string) (io.ReadCloser, error) { return os.Open(exports[name]) })
	exported := 0
	for path := range exports {
		dir, ours := strings.CutPrefix(path, modulePath)
		if !ours || strings.Contains(dir, "/internal/") || strings.Contains(dir, "/examples/") {
			continue
		}
		p, err := from.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range p.Scope().Names() {
			of, ok := p.Scope().Lookup(name).(*types.TypeName)
			if !ok || !of.Exported() || of.IsAlias() || types.IsInterface(of.Type()) {
				continue
			}
			if _, function := of.Type().Underlying().(*types.Signature); function {
				continue
			}
			exported++
			if !listed[path+"."+name] {
				t.Errorf("%s.%s is not in the list: run go generate in internal/cases/values", path, name)
			}
		}
	}
	if exported != len(Types) {
		t.Errorf("%d types are exported, %d are listed: run go generate in internal/cases/values", exported, len(Types))
	}
}

// TestEveryTypeIsFilled: each type is filled by reflection or has a maker.
func TestEveryTypeIsFilled(t *testing.T) {
	t.Parallel()
	for _, of := range Types {
		f := Filler{Secret: Token, Keys: true}
		v, err := f.Fill(of)
		switch {
		case err != nil:
			t.Error(err)
		case v.IsZero() && !allFunctions(of):
			t.Errorf("%s: nothing was filled", of)
		}
	}
}

// allFunctions reports whether a struct has functions alone, which hold no data.
func allFunctions(of reflect.Type) bool {
	if of.Kind() != reflect.Struct {
		return false
	}
	for field := range of.Fields() {
		if field.Type.Kind() != reflect.Func {
			return false
		}
	}
	return of.NumField() > 0
}

// TestFillerSetsEveryField: a second value differs in every field, and a sparse one
// has fields of both kinds.
func TestFillerSetsEveryField(t *testing.T) {
	t.Parallel()
	type inner struct{ A, B string }
	type all struct {
		S    string
		P    *inner
		L    []inner
		M    map[string]inner
		I, J int
	}
	full := new(Filler)
	v, err := full.Fill(reflect.TypeFor[all]())
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%+v", v.Field(2)); v.Field(1).IsNil() || len(v.Field(2).Interface().([]inner)) == 0 || v.Field(3).Len() != 2 {
		t.Errorf("filled as %s and %v", got, v.Field(3))
	}
	if a, ok := v.Field(1).Interface().(*inner); !ok || a.A == a.B || a.A == "" {
		t.Errorf("texts are %v", a)
	}
	sparse, err := (&Filler{Sparse: true}).Fill(reflect.TypeFor[inner]())
	if err != nil || (sparse.Field(0).String() == "") == (sparse.Field(1).String() == "") {
		t.Errorf("sparse is %v, %v", sparse, err)
	}
	for _, bad := range []reflect.Type{reflect.TypeFor[chan int](), reflect.TypeFor[struct{ a int }](), reflect.TypeFor[float64]()} {
		if _, err := new(Filler).Fill(bad); err == nil {
			t.Errorf("%s: no error", bad)
		}
	}
}
