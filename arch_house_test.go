package issuing_test

import (
	"go/ast"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// strange are the files of provider packages, beside client.go, protocol.go and
// settle.go,
// that may name types of the core, each for what no other provider has.
var strange = []string{
	"coshine/accesstoken.go", // a token endpoint with a protocol of its own
	"kazepay/upload.go",      // a message that is a form with a picture
	"uqpay/files.go",         // a body that is read while it is sent
	"uqpay/token.go",         // a token that a newer one ends
}

// maxProtocol bounds a provider's protocol.go: what makes it strange stays in
// files of its own.
const maxProtocol = 250

// TestProvidersStandOnTheCore: only a provider's protocol speaks to the core, and
// none reports, numbers or settles by itself.
func TestProvidersStandOnTheCore(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, s := range sources(t) {
		if s.test || provider(s.dir) != s.dir {
			continue
		}
		if path.Base(s.path) == "protocol.go" && s.lines > maxProtocol {
			t.Errorf("%s has %d lines, at most %d are meant", s.path, s.lines, maxProtocol)
		}
		speaks := slices.Contains([]string{"client.go", "protocol.go", "settle.go"}, path.Base(s.path)) || slices.Contains(strange, s.path)
		for _, spec := range s.file.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			if !strings.HasPrefix(imported, module+"/internal/transport") && !strings.HasPrefix(imported, module+"/internal/provider") {
				continue
			}
			used[s.path] = true
			if !speaks && !checksURLsOnly(s) {
				t.Errorf("%s imports %s: only client.go, protocol.go, settle.go and the files listed here do", s.path, imported)
			}
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.CompositeLit); ok {
				if name := dotted(lit.Type); name == "issuing.CallInfo" || name == "issuing.Unsettled" || name == "issuing.CallEvent" {
					t.Errorf("%s makes an %s: the core does", s.at(n), name)
				}
			}
			return true
		})
	}
	for _, name := range strange {
		if !used[name] {
			t.Errorf("%s is listed and does not use the core", name)
		}
	}
}

// checksURLsOnly reports whether a file takes nothing of the core but the check of
// a configured address.
func checksURLsOnly(s source) bool {
	only := true
	ast.Inspect(s.file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			name := dotted(sel)
			core := strings.HasPrefix(name, "transport.") || strings.HasPrefix(name, "provider.")
			only = only && (!core || name == "transport.CheckURL")
		}
		return true
	})
	return only
}

// Bounds of a function in library code.
const (
	maxFuncLines = 60
	maxBranches  = 22
)

// TestFunctionsAreShort bounds the lines and the branches of functions.
func TestFunctionsAreShort(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if !s.library() {
			continue
		}
		for _, decl := range s.file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Body == nil {
				continue
			}
			lines := s.set.Position(f.End()).Line - s.set.Position(f.Pos()).Line + 1
			if n := branches(f.Body); lines > maxFuncLines || n > maxBranches {
				t.Errorf("%s: %s has %d lines and %d branches", s.at(f), f.Name.Name, lines, n)
			}
		}
	}
}

// branches counts the ways through a function: one, and one more for each
// condition.
func branches(body ast.Node) int {
	n := 1
	ast.Inspect(body, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.IfStmt, *ast.ForStmt, *ast.RangeStmt:
			n++
		case *ast.CaseClause:
			if node.List != nil {
				n++
			}
		case *ast.CommClause:
			if node.Comm != nil {
				n++
			}
		case *ast.BinaryExpr:
			if node.Op == token.LAND || node.Op == token.LOR {
				n++
			}
		}
		return true
	})
	return n
}

// everyBuild are the rooms that every merchant compiles, whatever the provider.
var everyBuild = []string{".", "sign", "webhook", "internal/provider", "internal/transport", "internal/wire", "internal/check", "internal/pages", "internal/keytext"}

// compiledAnew are generics of the standard library that are compiled again in each
// package that uses them. They made up a third of internal/wire and a fifth of a
// merchant's first build; package sort and a map behind an atomic.Pointer do the same.
var compiledAnew = []string{"slices.Sort", "slices.SortFunc", "slices.SortStableFunc", "slices.Sorted", "slices.SortedFunc", "sync.Map"}

// TestFirstBuildStaysCheap keeps them out.
func TestFirstBuildStaysCheap(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if s.test || !slices.Contains(everyBuild, s.dir) {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if e, ok := n.(ast.Expr); ok && slices.Contains(compiledAnew, dotted(e)) {
				t.Errorf("%s: %s is compiled anew in every build", s.at(n), dotted(e))
			}
			return true
		})
	}
}
