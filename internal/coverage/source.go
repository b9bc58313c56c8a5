package coverage

import (
	"errors"
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Source is what a provider's source declares.
type Source struct {
	packages map[string]*types.Package // "" is the provider's own
	tests    map[string]bool           // those of other packages as package.TestName
	texts    map[string]bool           // texts in tests, as package/text
}

// noImporter resolves nothing: names, members and constants of a package are known
// without what it imports.
type noImporter struct{}

func (noImporter) Import(string) (*types.Package, error) { return nil, errors.New("not needed") }

// Load reads a provider's source, with its sub-packages and the module's root.
func Load(root, provider string) (*Source, error) {
	s := &Source{packages: map[string]*types.Package{}, tests: map[string]bool{}, texts: map[string]bool{}}
	dirs := map[string]string{"": provider, "issuing": "."}
	entries, err := os.ReadDir(filepath.Join(root, provider))
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if e.IsDir() && e.Name() != "testdata" && e.Name() != "internal" {
			dirs[e.Name()] = provider + "/" + e.Name()
		}
	}
	for name, dir := range dirs {
		if err := s.load(name, filepath.Join(root, filepath.FromSlash(dir))); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *Source) load(name, dir string) error {
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return err
	}
	set := token.NewFileSet()
	var files []*ast.File
	for _, path := range paths {
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		if strings.HasSuffix(path, "_test.go") {
			s.addTests(name, file)
			s.addTexts(name, file)
		} else {
			files = append(files, file)
		}
	}
	config := types.Config{Importer: noImporter{}, Error: func(error) {}, IgnoreFuncBodies: true}
	pkg, _ := config.Check(name, set, files, nil) // what it lacks of imports is no error here
	s.packages[name] = pkg
	return nil
}

func (s *Source) addTests(name string, file *ast.File) {
	for _, decl := range file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok || f.Recv != nil || !strings.HasPrefix(f.Name.Name, "Test") {
			continue
		}
		if name == "" {
			s.tests[f.Name.Name] = true
		} else {
			s.tests[name+"."+f.Name.Name] = true
		}
	}
}

func (s *Source) addTexts(name string, file *ast.File) {
	ast.Inspect(file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if text, err := strconv.Unquote(lit.Value); err == nil {
				s.texts[name+"/"+text] = true
			}
		}
		return true
	})
}

// HasTest reports whether a test is there. What stands behind a slash is a row of its
// table: a text in its package, or one that the test itself finds, with [RuleNames], which
// takes its name.
func (s *Source) HasTest(name string) bool {
	function, row, of := strings.Cut(name, "/")
	pkg, _, elsewhere := strings.Cut(function, ".")
	if !elsewhere {
		pkg = ""
	}
	return s.tests[function] && (!of || s.texts[pkg+"/"+row] || s.texts[pkg+"/"+function])
}

// Resolve refuses a Go name that is none: Type, Type.Field, Service.Method,
// Service.Method(parameter), a constant or a function, with its package where that is
// another than the provider's.
func (s *Source) Resolve(name string) error {
	name, parameter, called := strings.Cut(strings.TrimSuffix(name, ")"), "(")
	parts := strings.Split(name, ".")
	pkg := s.packages[""]
	if p, ok := s.packages[parts[0]]; ok && len(parts) > 1 {
		pkg, parts = p, parts[1:]
	}
	for _, part := range parts {
		if !ast.IsExported(part) {
			return fmt.Errorf("%s is not exported", part)
		}
	}
	object := pkg.Scope().Lookup(parts[0])
	for _, part := range parts[1:] {
		if object == nil {
			break
		}
		object, _, _ = types.LookupFieldOrMethod(object.Type(), true, pkg, part)
	}
	switch {
	case object == nil:
		return fmt.Errorf("%s is not declared", name)
	case !called:
		return nil
	}
	signature, ok := object.Type().(*types.Signature)
	if !ok {
		return fmt.Errorf("%s is no function", name)
	}
	if !slices.Contains(parameters(signature), parameter) {
		return fmt.Errorf("%s has no parameter %s", name, parameter)
	}
	return nil
}

func parameters(f *types.Signature) []string {
	var out []string
	for p := range f.Params().Variables() {
		out = append(out, p.Name())
	}
	return out
}

// Parameters are the names of a method's parameters.
func (s *Source) Parameters(service, method string) []string {
	object := s.packages[""].Scope().Lookup(service)
	if object == nil {
		return nil
	}
	found, _, _ := types.LookupFieldOrMethod(object.Type(), true, s.packages[""], method)
	if found == nil {
		return nil
	}
	signature, ok := found.Type().(*types.Signature)
	if !ok {
		return nil
	}
	return parameters(signature)
}

// Constant returns the type and value of a constant.
func (s *Source) Constant(name string) (typ, value string, ok bool) {
	pkg := s.packages[""]
	if in, rest, cut := strings.Cut(name, "."); cut && s.packages[in] != nil {
		pkg, name = s.packages[in], rest
	}
	c, ok := pkg.Scope().Lookup(name).(*types.Const)
	if !ok {
		return "", "", false
	}
	typ = c.Type().String()
	if named, ok := c.Type().(*types.Named); ok {
		typ = named.Obj().Name()
	}
	if c.Val().Kind() == constant.String {
		return typ, constant.StringVal(c.Val()), true
	}
	return typ, c.Val().ExactString(), true
}
