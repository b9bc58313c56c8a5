package issuing_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/issuing-sdk/issuing-go"

// providers are their folders; the last is the worked example, which is for tests.
var providers = []string{"worldcard", "legacy", "kazepay", "uqpay", "coshine", "unionpay", "internal/acme"}

// source is one Go file of the module.
type source struct {
	path  string // with slashes, from the root
	dir   string // "." for the root
	test  bool
	lines int
	set   *token.FileSet
	file  *ast.File
}

func (s source) at(n ast.Node) string {
	return s.path + ":" + strconv.Itoa(s.set.Position(n.Pos()).Line)
}

// sources parses the module; nested modules and test data are not part of it.
func sources(t *testing.T) []source {
	t.Helper()
	var out []source
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && path != "." {
			_, modErr := os.Stat(filepath.Join(path, "go.mod"))
			if strings.HasPrefix(name, ".") || name == "testdata" || modErr == nil {
				return filepath.SkipDir
			}
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, text, parser.ParseComments)
		if err != nil {
			return err
		}
		path = filepath.ToSlash(path)
		out = append(out, source{
			path: path, dir: filepath.ToSlash(filepath.Dir(path)), test: strings.HasSuffix(name, "_test.go"),
			lines: bytes.Count(text, []byte("\n")), set: set, file: file,
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 30 {
		t.Fatalf("found %d files only", len(out))
	}
	return out
}

// library reports whether the file is code that merchants link in: no test, no
// check of tests, no example.
func (s source) library() bool {
	return !s.test && s.dir != "examples" && !strings.HasPrefix(s.dir, "examples/") && s.dir != "internal/providertest" &&
		!strings.HasPrefix(s.dir, "internal/cmd/")
}

// provider returns the provider whose folder dir is in, or "".
func provider(dir string) string {
	for _, name := range providers {
		if dir == name || strings.HasPrefix(dir, name+"/") {
			return name
		}
	}
	return ""
}

// forTests reports whether the code of dir is for tests and for trying things out:
// the platforms in memory and what stands on them.
func forTests(dir string) bool {
	return strings.HasSuffix(dir, "test") || strings.HasPrefix(dir, "issuingtest/") || strings.HasPrefix(dir, "examples/") || dir == "internal/platform"
}

// mayImport says whether a file of this module may import path, and why not.
func mayImport(s source, path string) string {
	own, internal := strings.CutPrefix(path, module)
	own = strings.TrimPrefix(own, "/")
	external := strings.Contains(strings.SplitN(path, "/", 2)[0], ".") && !internal
	from := provider(s.dir)
	switch {
	case own == "examples/internal/start" && strings.HasPrefix(s.dir, "examples/"):
		return "" // how all of them begin
	case internal && (own == "examples" || strings.HasPrefix(own, "examples/")):
		return "nothing imports examples"
	case strings.Contains(path, "ProtonMail") && s.dir != "uqpay/authdecision":
		return "only uqpay/authdecision uses PGP"
	case strings.Contains(path, "google/go-cmp") && !s.test:
		return "go-cmp is for tests"
	case s.test && !internal:
		return ""
	case s.dir == "." && !s.test && (external || internal):
		return "the root imports the standard library only"
	case from != "" && provider(own) != "" && provider(own) != from:
		return "providers never import each other"
	case from != "" && s.dir == from+"/"+filepath.Base(from)+"test" && own == "webhook" && !s.test:
		return "a platform in memory never imports webhook"
	case s.dir == "webhook" && !s.test && (external || internal && own != "" && own != "sign"):
		return "webhook imports the root and sign only"
	case s.dir == "sign" && internal && own != "" && own != "internal/keytext" && !s.test:
		return "sign imports the root and internal/keytext only"
	case s.dir == "internal/keytext" && (external || internal) && !s.test:
		return "internal/keytext imports the standard library only"
	case s.dir == "sign/jose" && internal && own != "" && own != "sign" && !s.test:
		return "sign/jose imports sign only"
	case strings.Contains(path, "go-jose") && !s.test && s.dir != "sign/jose" && !strings.HasSuffix(s.dir, "test"):
		return "only sign/jose uses go-jose"
	case own == "internal/providertest" && !s.test:
		return "the suite of checks is for tests"
	case s.dir == "internal/providertest", slices.Contains([]string{"internal/cases", "internal/crash"}, s.dir) && s.test, s.dir == "internal/cmd/operations":
		return ""
	case from == "" && strings.HasPrefix(s.dir, "internal/") && provider(own) != "":
		return "the foundation knows no provider"
	case from == "" && strings.HasPrefix(s.dir, "internal/") && own == "webhook" && s.dir != "internal/keyring":
		return "the foundation knows no webhook"
	case s.dir == "issuingtest" && internal && own != "" && own != "internal/ledger" && !s.test:
		return "issuingtest imports the root and the ledger only"
	case own == "issuingtest" && internal && !s.test && !forTests(s.dir):
		return "issuingtest is for tests and platforms"
	case s.dir == "internal/platform" && internal && own != "" && own != "issuingtest" && own != "internal/nearest" && !s.test:
		return "internal/platform imports the root, issuingtest and nearest only"
	case own == "internal/platform" && !s.test && !strings.HasSuffix(s.dir, "test"):
		return "internal/platform is for the platforms in memory"
	case strings.HasPrefix(s.dir, "examples/") && strings.HasPrefix(own, "internal/"):
		return "examples use public packages only"
	case slices.Contains([]string{"internal/leaktest", "internal/pendingtest", "internal/hoptest"}, own) && !s.test:
		return "leaktest, pendingtest and hoptest are for tests"
	case external && !slices.ContainsFunc([]string{
		"github.com/hashicorp/go-retryablehttp", "github.com/google/uuid", "github.com/go-jose/go-jose/v4",
		"github.com/ProtonMail/go-crypto",
	}, func(allowed string) bool { return path == allowed || strings.HasPrefix(path, allowed+"/") }):
		return "not one of the allowed dependencies"
	}
	return ""
}

func TestImports(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		for _, spec := range s.file.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if why := mayImport(s, path); why != "" {
				t.Errorf("%s imports %s: %s", s.at(spec), path, why)
			}
		}
	}
}

// The rules themselves refuse what they are there to refuse.
func TestImportRules(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		dir, path string
		test, ok  bool
	}{
		{".", "net/http", false, true}, {".", "github.com/google/uuid", false, false}, {".", module + "/internal/check", false, false}, {".", module + "/internal/leaktest", true, true},
		{"worldcard", module + "/kazepay", false, false}, {"worldcard", module + "/internal/wire", false, true}, {"worldcard", module + "/webhook", false, true},
		{"worldcard/worldcardtest", module + "/worldcard", false, true}, {"worldcard/worldcardtest", module + "/webhook", false, false}, {"kazepay/kazepaytest", module + "/worldcard", true, false},
		{"internal/acme", module + "/webhook", false, true}, {"internal/acme", module + "/worldcard", false, false}, {"worldcard", module + "/internal/acme", false, false}, {"internal/acme/acmetest", module + "/internal/acme", false, true},
		{"internal/acme/acmetest", module + "/webhook", false, false}, {"internal/platform", module + "/internal/acme", false, false}, {"internal/providertest", module + "/internal/acme", false, true}, {"examples/sandbox", module + "/internal/acme", false, false},
		{"webhook", module + "/worldcard", false, false}, {"webhook", module + "/worldcard", true, true}, {"webhook", module + "/internal/check", false, false},
		{"webhook", module + "/sign", false, true}, {"webhook", module, false, true}, {"webhook", "github.com/google/uuid", false, false}, {"webhook/sqldedupe", module + "/webhook", false, true},
		{"sign", module + "/internal/wire", false, false}, {"sign", module + "/internal/keytext", false, true}, {"internal/keytext", module, false, false}, {"sign", module, false, true}, {"sign", "github.com/go-jose/go-jose/v4/json", false, false}, {"sign/jose", "github.com/go-jose/go-jose/v4", false, true}, {"sign/jose", module + "/internal/wire", false, false},
		{"internal/wire", module + "/worldcard", false, false}, {"examples/worldcard", module + "/internal/wire", false, false}, {"webhook", module + "/examples/sandbox", true, false},
		{"uqpay", "github.com/ProtonMail/go-crypto/openpgp", false, false}, {"uqpay/authdecision", "github.com/ProtonMail/go-crypto/openpgp", false, true},
		{"issuingtest", module, false, true}, {"issuingtest", module + "/internal/ledger", false, true}, {"issuingtest", module + "/internal/platform", false, false}, {"issuingtest", module + "/internal/platform", true, true}, {"issuingtest", module + "/worldcard/worldcardtest", false, false}, {"issuingtest", module + "/worldcard/worldcardtest", true, true},
		{"internal/keyring", module + "/webhook", false, true}, {"internal/provider", module + "/webhook", false, false}, {"internal/keyring", module + "/worldcard", false, false},
		{"internal/platform", module + "/issuingtest", false, true}, {"internal/platform", module + "/internal/wire", false, false}, {"internal/transport", module + "/issuingtest", false, false}, {"internal/providertest", module + "/issuingtest", false, true}, {"internal/cases", module + "/worldcard", true, true}, {"internal/cases", module + "/worldcard", false, false}, {"issuingtest/control", module + "/issuingtest", false, true}, {"examples/sandbox", module + "/issuingtest", false, true},
		{"worldcard/worldcardtest", module + "/issuingtest", false, true}, {"worldcard/worldcardtest", module + "/internal/platform", false, true}, {"worldcard", module + "/issuingtest", false, false}, {"worldcard", module + "/issuingtest", true, true}, {"worldcard", module + "/internal/platform", false, false}, {"webhook", module + "/issuingtest", false, false}, {"webhook", module + "/issuingtest", true, true},
		{"worldcard", "github.com/google/go-cmp/cmp", false, false}, {"worldcard", "github.com/google/go-cmp/cmp", true, true}, {"worldcard", "github.com/other/thing", false, false},
	} {
		if why := mayImport(source{dir: tt.dir, test: tt.test}, tt.path); (why == "") != tt.ok {
			t.Errorf("%s importing %s: %q", tt.dir, tt.path, why)
		}
	}
}

// clockFiles are the only places that read the real time.
var clockFiles = []string{
	"option.go",                       // the default of WithClock
	"issuingtest/clock.go",            // a platform that follows real time
	"internal/platform/server.go",     // durations of requests
	"issuingtest/control/log.go",      // when requests came, beside the platform's time
	"issuingtest/control/stream.go",   // deadlines of writes
	"internal/platform/sample.go",     // the default clock of callbacks for tests
	"internal/provider/call.go",       // durations of calls
	"internal/provider/settle.go",     // durations of calls
	"internal/transport/seal.go",      // durations of attempts
	"webhook/source.go",               // the default clock of a source
	"internal/keyring/ring.go",        // how long what was looked up counts
	"webhook/delivery.go",             // deadlines and durations of callbacks
	"webhook/memory.go",               // ages in memory
	"webhook/log.go",                  // how much is logged in a while
	"uqpay/sqltoken/store.go",         // the default clock of leases
	"webhook/sqldedupe/sqldedupe.go",  // the default clock of leases
	"webhook/sqldedupe/claim.go",      // how long a function may hold its transaction
	"unionpay/linkconfig.go",          // the default clock of links
	"unionpay/callbacks.go",           // the default clock of answers
	"uqpay/authdecision/keys.go",      // whether a PGP key is valid when it is read
	"uqpay/authdecision/caller.go",    // the platform's side, for tests and the sandbox
	"uqpay/authdecision/callbacks.go", // the default clock of the keys
}

// TestForbidden walks library code for floats in structs, the real clock, panics,
// printing, init functions, the environment, and URL paths made by Sprintf.
func TestForbidden(t *testing.T) {
	t.Parallel()
	verbs := regexp.MustCompile(`^/[^ ]*%[svdq]|^https?://[^ ]*%`)
	for _, s := range sources(t) {
		if s.lines > 500 {
			t.Errorf("%s has %d lines", s.path, s.lines)
		}
		if !s.library() {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.StructType:
				for _, f := range n.Fields.List {
					ast.Inspect(f.Type, func(n ast.Node) bool {
						if id, ok := n.(*ast.Ident); ok && (id.Name == "float64" || id.Name == "float32") {
							t.Errorf("%s: a field of type %s", s.at(f), id.Name)
						}
						return true
					})
				}
			case *ast.SelectorExpr:
				switch name := dotted(n); {
				case name == "time.Now" && !slices.Contains(clockFiles, s.path):
					t.Errorf("%s reads the real clock", s.at(n))
				case strings.HasPrefix(name, "fmt.Print"), name == "os.Getenv", name == "os.LookupEnv", name == "os.Exit", strings.HasPrefix(name, "log."):
					t.Errorf("%s uses %s", s.at(n), name)
				}
			case *ast.CallExpr:
				if id, ok := n.Fun.(*ast.Ident); ok && id.Name == "panic" && s.path != "internal/platform/fault.go" {
					t.Errorf("%s panics", s.at(n))
				}
				if name := dotted(n.Fun); name == "fmt.Sprintf" && len(n.Args) > 0 {
					if lit, ok := n.Args[0].(*ast.BasicLit); ok && verbs.MatchString(strings.Trim(lit.Value, "\"`")) {
						t.Errorf("%s makes a URL path with Sprintf; use transport.Expand", s.at(n))
					}
				}
			case *ast.FuncDecl:
				if n.Recv == nil && n.Name.Name == "init" {
					t.Errorf("%s has an init function", s.at(n))
				}
			}
			return true
		})
	}
}

func dotted(e ast.Expr) string {
	if s, ok := e.(*ast.SelectorExpr); ok {
		if x, ok := s.X.(*ast.Ident); ok {
			return x.Name + "." + s.Sel.Name
		}
	}
	return ""
}

// enum is a named type with constants and perhaps a Known method.
type enum struct {
	constants map[string]string // name to where
	known     *ast.FuncDecl
	file      source
}

// TestKnownMentionsEveryConstant finds the constant that was added to an enum
// but not to its Known method. A method that looks into a table, or calls
// another method of its type, is checked against what stands there.
func TestKnownMentionsEveryConstant(t *testing.T) {
	t.Parallel()
	enums := map[string]*enum{}
	tables := map[string]map[string]bool{} // dir.variable or dir.type.method to the names in it
	get := func(s source, typ string) *enum {
		key := s.dir + "." + typ
		if enums[key] == nil {
			enums[key] = &enum{constants: map[string]string{}, file: s}
		}
		return enums[key]
	}
	for _, s := range sources(t) {
		if !s.library() {
			continue
		}
		for _, decl := range s.file.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil {
					continue
				}
				if id, ok := d.Recv.List[0].Type.(*ast.Ident); ok {
					tables[s.dir+"."+id.Name+"."+d.Name.Name] = identifiers(d)
					if d.Name.Name == "Known" {
						get(s, id.Name).known = d
					}
				}
			case *ast.GenDecl:
				typ := ""
				for _, spec := range d.Specs {
					v, ok := spec.(*ast.ValueSpec)
					if !ok {
						continue
					}
					if d.Tok == token.VAR {
						for _, name := range v.Names {
							tables[s.dir+"."+name.Name] = identifiers(v)
						}
						continue
					}
					if v.Type != nil || len(v.Values) > 0 {
						typ = ""
						if id, ok := v.Type.(*ast.Ident); ok {
							typ = id.Name
						}
					}
					for _, name := range v.Names {
						if typ != "" && name.Name != "_" {
							get(s, typ).constants[name.Name] = s.at(name)
						}
					}
				}
			}
		}
	}
	checked := 0
	for key, e := range enums {
		if e.known == nil {
			continue
		}
		checked++
		names := identifiers(e.known.Body)
		for name := range identifiers(e.known.Body) {
			maps.Copy(names, tables[e.file.dir+"."+name]) // a table
			maps.Copy(names, tables[key+"."+name])        // another method of the type
		}
		if len(e.constants) == 0 {
			t.Errorf("%s has a Known method and no constants", key)
		}
		for name, where := range e.constants {
			if !names[name] {
				t.Errorf("%s: %s.Known does not know %s", where, key, name)
			}
		}
	}
	if checked < 5 {
		t.Errorf("found %d Known methods only", checked)
	}
}

func identifiers(n ast.Node) map[string]bool {
	out := map[string]bool{}
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			out[id.Name] = true
		}
		return true
	})
	return out
}
