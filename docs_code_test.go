package issuing_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The Go blocks of the Markdown files compile. A block is a whole file, declarations, or
// the body of a function; imports are added. A comment right above it says what it stands
// on:
//
//	<!-- go: var client *worldcard.Client -->  declarations that go before it
//	<!-- go: continues -->                     it goes on where the block before it ended
//	<!-- go: test -->                          it is run, as a test with t
//	<!-- go: stands in examples/keys/x.go -->  it is part of that file, which is compiled
//	                                           in a module of its own
//
// A translated block, equal but for its comments, takes the original's place.

// noteStands begins the note of a block that is compiled elsewhere.
const noteStands = "stands in "

// piece is the Go text of one block, or of several that continue each other.
type piece struct {
	blocks []block
	decls  string // what goes before the first
	run    bool
}

// TestGoBlocks compiles every Go block of the repository's pages in one package, and
// runs those that are tests.
func TestGoBlocks(t *testing.T) {
	t.Parallel()
	var pieces []*piece
	seen := map[string]bool{}
	for _, p := range pages(t) {
		for _, b := range p.blocks {
			if b.lang() != "go" {
				continue
			}
			if file, elsewhere := strings.CutPrefix(b.note, noteStands); elsewhere {
				if !strings.Contains(flat(read(t, file)), flat(b.text)) {
					t.Errorf("%s:%d: the block does not stand in %s", b.page, b.line, file)
				}
				continue
			}
			tokens := tokensOf(b.text)
			rest, continues := strings.CutPrefix(b.note, "continues")
			switch {
			case seen[tokens]: // compiled already
			case continues && (len(pieces) == 0 || pieces[len(pieces)-1].blocks[0].page != b.page):
				t.Errorf("%s:%d: there is no block on this page to continue", b.page, b.line)
			case continues:
				last := pieces[len(pieces)-1]
				last.decls += strings.TrimPrefix(rest, ";")
				last.blocks = append(last.blocks, b)
			default:
				decls, run := strings.CutPrefix(b.note, "test")
				pieces = append(pieces, &piece{blocks: []block{b}, decls: strings.TrimPrefix(decls, ";"), run: run})
			}
			seen[tokens] = true
		}
	}
	if len(pieces) < 20 {
		t.Errorf("%d pieces of Go only", len(pieces))
	}
	compile(t, pieces)
}

// tokensOf is a text without its comments and blanks.
func tokensOf(text string) string {
	var s scanner.Scanner
	set := token.NewFileSet()
	s.Init(set.AddFile("", set.Base(), len(text)), []byte(text), nil, 0)
	var b strings.Builder
	for {
		_, tok, lit := s.Scan()
		if tok == token.EOF {
			return b.String()
		}
		if tok != token.SEMICOLON || lit != "\n" {
			b.WriteString(tok.String() + " " + lit + "\n")
		}
	}
}

// compile builds and runs the pieces, which stand in an overlay: nothing is written into
// the repository.
func compile(t *testing.T, pieces []*piece) {
	t.Helper()
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	overlay := map[string]string{}
	for i, p := range pieces {
		text, err := p.source(i)
		if err != nil {
			t.Errorf("%s:%d: %v", p.blocks[0].page, p.blocks[0].line, err)
			continue
		}
		name := fmt.Sprintf("b%d_test.go", i)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		overlay[filepath.Join(root, "docs", name)] = filepath.Join(dir, name)
	}
	list, err := json.Marshal(map[string]any{"Replace": overlay})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(file, list, 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), "go", "test", "-overlay", file, "./docs")
	if out, err := command.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// source is the Go file of a piece. Errors of the compiler name page and line.
func (p *piece) source(n int) (string, error) {
	first := p.blocks[0]
	if strings.HasPrefix(strings.TrimSpace(first.text), "package ") {
		return "", fmt.Errorf("whole files stand in a module: say %sfile", noteStands)
	}
	var body strings.Builder
	for _, b := range p.blocks {
		fmt.Fprintf(&body, "\n//line %s:%d\n%s", b.page, b.line, b.text)
	}
	parse := func(text string) (*ast.File, error) {
		return parser.ParseFile(token.NewFileSet(), "", "package mdblocks\n"+text, parser.SkipObjectResolution)
	}
	text := p.decls + "\n" + body.String()
	if _, err := parse(text); err != nil { // no declarations: the body of a function
		file, err := parse("func _() {\n" + text + "\n}\n")
		if err != nil {
			return "", err
		}
		fn := file.Decls[0].(*ast.FuncDecl)
		head, tail := fmt.Sprintf("func block%d() ", n), fmt.Sprintf("}\nvar _ = block%d\n", n)
		switch {
		case p.run:
			head, tail = fmt.Sprintf("func TestBlock%d(t *testing.T) ", n), "}\n"
		case returns(fn.Body):
			head, tail = head+"error ", "return nil\n"+tail
		}
		text = head + "{\n" + text + "\n" + used(fn.Body) + tail
	}
	return "package mdblocks\n\n" + importsOf(text) + text, nil
}

// returns reports whether a function's own statements return a value.
func returns(body *ast.BlockStmt) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		if r, ok := n.(*ast.ReturnStmt); ok && len(r.Results) > 0 {
			found = true
		}
		_, inner := n.(*ast.FuncLit)
		return !inner
	})
	return found
}

// used are statements that use all that a body declares: a page shows a beginning, and
// what comes of it stands elsewhere.
func used(body *ast.BlockStmt) string {
	var names []string
	add := func(n ast.Expr) {
		if id, ok := n.(*ast.Ident); ok && id.Name != "_" && !slices.Contains(names, id.Name) {
			names = append(names, id.Name)
		}
	}
	for _, statement := range body.List {
		switch s := statement.(type) {
		case *ast.AssignStmt:
			if s.Tok == token.DEFINE {
				for _, left := range s.Lhs {
					add(left)
				}
			}
		case *ast.DeclStmt:
			for _, spec := range s.Decl.(*ast.GenDecl).Specs {
				if v, ok := spec.(*ast.ValueSpec); ok {
					for _, name := range v.Names {
						add(name)
					}
				}
			}
		}
	}
	var b strings.Builder
	for _, name := range names {
		b.WriteString("_ = " + name + "\n")
	}
	return b.String()
}

// known are the packages that blocks use, of the standard library and of the module.
var known = []string{
	"bytes", "context", "crypto", "crypto/rand", "crypto/rsa", "crypto/sha256", "crypto/tls", "crypto/x509",
	"database/sql", "encoding/hex", "encoding/json", "encoding/pem", "errors", "fmt", "io", "log", "log/slog", "net",
	"net/http", "net/http/httptest", "net/url", "os", "slices", "strings", "sync", "testing", "time",
	module + "/sign", module + "/sign/jose", module + "/webhook", module + "/webhook/sqldedupe",
	module + "/issuingtest", module + "/uqpay/authdecision", module + "/uqpay/sqltoken",
}

// importsOf are the imports of the packages that a text names and does not declare.
func importsOf(text string) string {
	paths := map[string]string{"issuing": module}
	for _, p := range known {
		paths[path.Base(p)] = p
	}
	for _, p := range providers[:len(providers)-1] {
		paths[p], paths[p+"test"] = module+"/"+p, module+"/"+p+"/"+p+"test"
	}
	file, err := parser.ParseFile(token.NewFileSet(), "", "package mdblocks\n"+text, 0)
	if err != nil {
		return "" // the compiler says it
	}
	var b strings.Builder
	for _, id := range file.Unresolved {
		if p := paths[id.Name]; p != "" {
			fmt.Fprintf(&b, "import %s %q\n", id.Name, p)
			delete(paths, id.Name)
		}
	}
	return b.String()
}
