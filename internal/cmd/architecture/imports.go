package main

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// importsOf reads what each package of the module imports, without its tests. Nested
// modules are not part of it.
func importsOf(root string) (map[string][]string, error) {
	found := map[string]map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			_, nested := os.Stat(filepath.Join(path, "go.mod"))
			if path != root && (strings.HasPrefix(name, ".") || name == "testdata" || nested == nil) {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		dir, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		dir = filepath.ToSlash(dir)
		if found[dir] == nil {
			found[dir] = map[string]bool{}
		}
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			found[dir][imported] = true
		}
		return nil
	})
	out := map[string][]string{}
	for dir, set := range found {
		out[dir] = slices.Sorted(maps.Keys(set))
	}
	return out, err
}

// graph is what rooms import of each other.
type graph struct {
	to        []map[int]bool // by room: those that it imports, without what follows from others
	libraries [][]string     // by room: of other modules
	row       []int          // by room, from the bottom
}

// graphOf puts packages into their rooms. One that has none, and rooms that import each
// other in a circle, are errors.
func graphOf(imports map[string][]string) (*graph, error) {
	n := len(rooms)
	g := &graph{to: make([]map[int]bool, n), libraries: make([][]string, n), row: make([]int, n)}
	for i := range g.to {
		g.to[i] = map[int]bool{}
	}
	for dir, list := range imports {
		from, ok := roomOf(dir)
		if !ok {
			return nil, fmt.Errorf("the package %s has no room: place it in rooms.go", dir)
		}
		if from < 0 {
			continue
		}
		for _, imported := range list {
			other, ours := folder(imported)
			if name := library(imported); !ours && name != "" && !slices.Contains(g.libraries[from], name) {
				g.libraries[from] = append(g.libraries[from], name)
			}
			if to, _ := roomOf(other); ours && to >= 0 && to != from {
				g.to[from][to] = true
			}
		}
	}
	for i := range rooms {
		slices.Sort(g.libraries[i])
		if err := g.place(i, nil); err != nil {
			return nil, err
		}
	}
	g.reduce()
	return g, nil
}

// place puts a room above all that it imports.
func (g *graph) place(i int, above []int) error {
	if slices.Contains(above, i) {
		return fmt.Errorf("%s imports itself by way of others", rooms[i].name)
	}
	for to := range g.to[i] {
		if err := g.place(to, append(above, i)); err != nil {
			return err
		}
		g.row[i] = max(g.row[i], g.row[to]+1)
	}
	return nil
}

// reduce takes out the arrows that follow from others.
func (g *graph) reduce() {
	full := make([]map[int]bool, len(g.to))
	for i, set := range g.to {
		full[i] = maps.Clone(set)
	}
	for i, set := range full {
		for to := range set {
			for other := range set {
				if other != to && reaches(full, other, to) {
					delete(g.to[i], to)
				}
			}
		}
	}
}

// reaches reports whether there is a way from one room to another.
func reaches(to []map[int]bool, from, wanted int) bool {
	for next := range to[from] {
		if next == wanted || reaches(to, next, wanted) {
			return true
		}
	}
	return false
}
