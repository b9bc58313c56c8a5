package issuing_test

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
)

const modulePath = "github.com/issuing-sdk/issuing-go"

// published loads what the module's public packages export, by their folder.
var published = sync.OnceValues(func() (map[string]*types.Package, error) {
	list := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Export}}", "./...")
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	exports := map[string]string{}
	for line := range strings.Lines(string(out)) {
		name, file, _ := strings.Cut(strings.TrimSpace(line), "\t")
		exports[name] = file
	}
	from := importer.ForCompiler(token.NewFileSet(), "gc", func(name string) (io.ReadCloser, error) { return os.Open(exports[name]) })
	packages := map[string]*types.Package{}
	for name := range exports {
		dir, ours := strings.CutPrefix(name, modulePath)
		if !ours || strings.Contains(dir, "/internal/") || strings.Contains(dir, "/examples/") {
			continue
		}
		if packages[strings.TrimPrefix(dir, "/")], err = from.Import(name); err != nil {
			return nil, err
		}
	}
	return packages, nil
})

func publishedPackages(t *testing.T) map[string]*types.Package {
	t.Helper()
	packages, err := published()
	if err != nil {
		t.Fatal(err)
	}
	if len(packages) < 18 {
		t.Fatalf("found %d packages only", len(packages))
	}
	return packages
}

// TestEnumConstantsBeginWithTheirType: CardStatusActive, so that a list of names
// groups them and two enums of a package never fight over a word.
func TestEnumConstantsBeginWithTheirType(t *testing.T) {
	t.Parallel()
	checked := 0
	for dir, p := range publishedPackages(t) {
		for _, name := range p.Scope().Names() {
			c, ok := p.Scope().Lookup(name).(*types.Const)
			if !ok || !c.Exported() {
				continue
			}
			if named, ok := c.Type().(*types.Named); ok && named.Obj().Pkg() == p {
				checked++
				if !strings.HasPrefix(name, named.Obj().Name()) {
					t.Errorf("%s.%s does not begin with its type %s", dir, name, named.Obj().Name())
				}
			}
		}
	}
	if checked < 500 {
		t.Errorf("checked %d constants only", checked)
	}
}

// TestEveryServiceHasAnExample: go doc shows it under the service.
func TestEveryServiceHasAnExample(t *testing.T) {
	t.Parallel()
	examples := map[string][]string{} // by folder
	for _, s := range sources(t) {
		if !s.test {
			continue
		}
		for _, decl := range s.file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Example") {
				examples[s.dir] = append(examples[s.dir], strings.TrimPrefix(f.Name.Name, "Example"))
			}
		}
	}
	services := 0
	for _, dir := range theSix {
		for _, name := range publishedPackages(t)[dir].Scope().Names() {
			if !token.IsExported(name) || !strings.HasSuffix(name, "Service") {
				continue
			}
			services++
			if !slices.ContainsFunc(examples[dir], func(of string) bool { return of == name || strings.HasPrefix(of, name+"_") }) {
				t.Errorf("%s.%s has no example", dir, name)
			}
		}
	}
	if services < 30 {
		t.Errorf("found %d services only", services)
	}
}

var theSix = []string{"worldcard", "legacy", "kazepay", "uqpay", "coshine", "unionpay"}

// lookUp follows a path such as "Client.Cards.Deposit" or "Server.Purchase" through
// exported fields and methods.
func lookUp(p *types.Package, path string) types.Object {
	parts := strings.Split(path, ".")
	found := p.Scope().Lookup(parts[0])
	for _, name := range parts[1:] {
		if found == nil {
			return nil
		}
		found, _, _ = types.LookupFieldOrMethod(found.Type(), true, p, name)
	}
	return found
}

// results are the names of the types that a function returns, without packages.
func results(f types.Object) []string {
	signature, ok := f.Type().(*types.Signature)
	if !ok {
		return nil
	}
	var out []string
	for v := range signature.Results().Variables() {
		out = append(out, types.TypeString(v.Type(), func(*types.Package) string { return "" }))
	}
	return out
}
