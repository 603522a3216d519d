package architecture

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// listed is what the go command says of a package.
type listed struct {
	ImportPath, Dir, Export string
	GoFiles                 []string
}

// list asks the go command for packages and everything they need, compiled.
func list(t *testing.T, patterns ...string) map[string]listed {
	t.Helper()
	command := exec.Command("go", append([]string{"list", "-export", "-deps", "-json=ImportPath,Dir,Export,GoFiles"}, patterns...)...)
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	packages := map[string]listed{}
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := decoder.Decode(&p); err == io.EOF {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages[p.ImportPath] = p
	}
}

// graph says of each file of a package which other files it needs, and one name for
// which it does.
type graph map[string]map[string]string

// references reads which file refers to which. find opens the compiled form of an
// imported package.
func references(dir string, names []string, find importer.Lookup) (graph, error) {
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range names {
		file, err := parser.ParseFile(fset, filepath.Join(dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: importer.ForCompiler(fset, "gc", find)}
	pkg, err := config.Check(dir, fset, files, info)
	if err != nil {
		return nil, err
	}
	g := graph{}
	base := func(p token.Pos) string { return filepath.Base(fset.Position(p).Filename) }
	for ident, object := range info.Uses {
		if object.Pkg() != pkg || !object.Pos().IsValid() {
			continue
		}
		from, to := base(ident.Pos()), base(object.Pos())
		if from == to {
			continue
		}
		if g[from] == nil {
			g[from] = map[string]string{}
		}
		if known := g[from][to]; known == "" || ident.Name < known {
			g[from][to] = ident.Name
		}
	}
	return g, nil
}

// cycle is a way from a file back to itself, "" when there is none.
func (g graph) cycle() string {
	done := map[string]bool{}
	var way []string
	var visit func(file string) string
	visit = func(file string) string {
		if i := slices.Index(way, file); i >= 0 {
			var b strings.Builder
			for n, step := range way[i:] {
				next := file
				if i+n+1 < len(way) {
					next = way[i+n+1]
				}
				fmt.Fprintf(&b, "%s -(%s)→ ", step, g[step][next])
			}
			return b.String() + file
		}
		if done[file] {
			return ""
		}
		way = append(way, file)
		for _, next := range slices.Sorted(maps.Keys(g[file])) {
			if found := visit(next); found != "" {
				return found
			}
		}
		way = way[:len(way)-1]
		done[file] = true
		return ""
	}
	for _, file := range slices.Sorted(maps.Keys(g)) {
		if found := visit(file); found != "" {
			return found
		}
	}
	return ""
}

func TestArrowsBetweenFilesPointOneWay(t *testing.T) {
	t.Parallel()
	var patterns []string
	for _, room := range rooms {
		patterns = append(patterns, name(room))
	}
	packages := list(t, patterns...)
	find := func(path string) (io.ReadCloser, error) { return os.Open(packages[path].Export) }
	for _, room := range rooms {
		t.Run(room, func(t *testing.T) {
			t.Parallel()
			p := packages[name(room)]
			g, err := references(p.Dir, p.GoFiles, find)
			if err != nil {
				t.Fatal(err)
			}
			if found := g.cycle(); found != "" {
				t.Error(found)
			}
		})
	}
}

func TestACycleOfFilesIsFound(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"one way":    {map[string]string{"a.go": "func A() { B() }", "b.go": "func B() {}"}, ""},
		"both ways":  {map[string]string{"a.go": "func A() { B() }", "b.go": "func B() { A() }"}, "a.go -(B)→ b.go -(A)→ a.go"},
		"by methods": {map[string]string{"a.go": "type T struct{}; func (t T) Up() { t.Down() }", "b.go": "func (t T) Down() {}"}, "a.go -(Down)→ b.go -(T)→ a.go"},
		"by fields":  {map[string]string{"a.go": "type T struct{ F int }", "b.go": "func F(t T) int { return t.F }"}, ""},
		"over three": {map[string]string{"a.go": "func A() { B() }", "b.go": "func B() { C() }", "c.go": "func C() { A() }"},
			"a.go -(B)→ b.go -(C)→ c.go -(A)→ a.go"},
	} {
		dir := t.TempDir()
		var names []string
		for file, body := range c.files {
			if err := os.WriteFile(filepath.Join(dir, file), []byte("package p\n"+body+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			names = append(names, file)
		}
		g, err := references(dir, names, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := g.cycle(); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
