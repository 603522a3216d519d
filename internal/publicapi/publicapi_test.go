package publicapi

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite testdata/api.txt of each package")

const module = "github.com/websocket-distribution/websocket-distribution"

// Directories whose packages could be imported and are not meant for it, with why.
var notForImporters = map[string]string{
	"examples": "is there to be read and copied",
}

type pkg struct{ path, name, dir string }

// packages are those that an importer may use: whatever the module has that is
// no command and not internal, so that a new one is held to the same. The
// directories are read here, rather than by the go command, so that the cache of
// test results notices a new one.
var packages = sync.OnceValues(func() (public []pkg, err error) {
	const root = "../.."
	return public, filepath.WalkDir(root, func(dir string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() || dir == root {
			return err
		}
		path := filepath.ToSlash(strings.TrimPrefix(dir, root+string(filepath.Separator)))
		if name := entry.Name(); name[0] == '.' || name == "internal" || name == "testdata" || name == "node_modules" || notForImporters[path] != "" {
			return filepath.SkipDir
		}
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.SkipDir
		}
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(files) == 0 {
			return err
		}
		clause, err := parser.ParseFile(token.NewFileSet(), files[0], nil, parser.PackageClauseOnly)
		if err != nil {
			return err
		}
		if name := strings.TrimSuffix(clause.Name.Name, "_test"); name != "main" {
			public = append(public, pkg{module + "/" + path, name, dir})
		}
		return nil
	})
})

// each runs f on every package for importers.
func each(t *testing.T, f func(t *testing.T, p pkg)) {
	t.Helper()
	public, err := packages()
	if err != nil {
		t.Fatal(err)
	}
	if len(public) < 2 {
		t.Fatalf("want constructs/edge and constructs/pingapi at least, got %v", public)
	}
	for _, p := range public {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			f(t, p)
		})
	}
}

// The golden is what a reviewer reads to see what an importer will meet: what is
// removed or renamed in it is a breaking change.
func TestTheAPIIsWhatIsWrittenDown(t *testing.T) {
	each(t, func(t *testing.T, p pkg) {
		godoc := exec.Command("go", "doc", "-all", ".")
		godoc.Dir = p.dir
		got, err := godoc.Output()
		if err != nil {
			t.Fatal(err)
		}
		golden := filepath.Join(p.dir, "testdata", "api.txt")
		if *update {
			if err := os.MkdirAll(filepath.Dir(golden), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(golden, got, 0o644); err != nil {
				t.Fatal(err)
			}
			return
		}
		const fix = "run go test ./internal/publicapi -update, review the diff, and say in CHANGELOG.md what breaks"
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatalf("%v; %s", err, fix)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is stale (-want +got):\n%s\n%s", golden, cmp.Diff(string(want), string(got)), fix)
		}
	})
}

// source is the package as its documentation sees it, and its test files.
func source(t *testing.T, p pkg) (*doc.Package, []*ast.File) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(p.dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	var files, tests []*ast.File
	for _, name := range names {
		file, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "_test.go") {
			tests = append(tests, file)
		} else {
			files = append(files, file)
		}
	}
	documented, err := doc.NewFromFiles(fset, append(files, tests...), p.path)
	if err != nil {
		t.Fatal(err)
	}
	return documented, tests
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	each(t, func(t *testing.T, p pkg) {
		documented, _ := source(t, p)
		if !strings.HasPrefix(documented.Doc, "Package "+p.name+" ") {
			t.Errorf("want a package comment that starts with \"Package %s\", got %q", p.name, documented.Doc)
		}
	})
}

func TestEveryPackageHasAnExampleThatIsCompiled(t *testing.T) {
	each(t, func(t *testing.T, p pkg) {
		_, tests := source(t, p)
		if len(doc.Examples(tests...)) == 0 {
			t.Errorf("want an Example in a _test.go file")
		}
	})
}

func TestEveryExportedNameIsDocumented(t *testing.T) {
	each(t, func(t *testing.T, p pkg) {
		documented, _ := source(t, p)
		check := func(name, text string) {
			if ast.IsExported(name[strings.LastIndex(name, ".")+1:]) && strings.TrimSpace(text) == "" {
				t.Errorf("%s has no doc comment", name)
			}
		}
		values := func(all []*doc.Value) {
			for _, value := range all {
				for _, spec := range value.Decl.Specs {
					s := spec.(*ast.ValueSpec)
					check(s.Names[0].Name, value.Doc+s.Doc.Text()+s.Comment.Text())
				}
			}
		}
		functions := func(of string, all []*doc.Func) {
			for _, f := range all {
				check(of+f.Name, f.Doc)
			}
		}
		values(append(documented.Consts, documented.Vars...))
		functions("", documented.Funcs)
		for _, kind := range documented.Types {
			check(kind.Name, kind.Doc)
			values(append(kind.Consts, kind.Vars...))
			functions("", kind.Funcs)
			functions(kind.Name+".", kind.Methods)
		}
	})
}

// An importer reads a field where it is written, in an editor, and wants to know
// what it is and what happens without it. What a package only returns is not held
// to it.
func TestEveryFieldOfPropsSaysWhatItIsAndWhatIsTheDefault(t *testing.T) {
	each(t, func(t *testing.T, p pkg) {
		documented, _ := source(t, p)
		for _, kind := range documented.Types {
			spec := kind.Decl.Specs[0].(*ast.TypeSpec)
			fields, ok := spec.Type.(*ast.StructType)
			if !ok || !strings.Contains(p.path, "/constructs/") && !strings.HasSuffix(kind.Name, "Options") {
				continue
			}
			for _, field := range fields.Fields.List {
				for _, name := range field.Names {
					if name.IsExported() {
						for _, problem := range fieldProblems(kind.Name, name.Name, field) {
							t.Errorf("%s.%s %s", kind.Name, name.Name, problem)
						}
					}
				}
			}
		}
	})
}

func fieldProblems(kind, name string, field *ast.Field) []string {
	var problems []string
	text := field.Doc.Text()
	if !strings.HasPrefix(text, name+" ") {
		problems = append(problems, fmt.Sprintf("must have a comment that starts with its name, got %q", text))
	}
	if selector, ok := field.Type.(*ast.SelectorExpr); ok && selector.Sel.Name == "Duration" && !strings.Contains(text, "second") {
		problems = append(problems, "must say its unit")
	}
	// The zero value of a boolean is its default, and its name says the other.
	if identifier, ok := field.Type.(*ast.Ident); ok && identifier.Name == "bool" {
		return problems
	}
	required := strings.Contains(text, "Required") || strings.Contains(text, "required")
	if strings.HasSuffix(kind, "Props") && !required && !strings.Contains(text, "\nDefault: ") {
		problems = append(problems, "must say \"Default: …\" in a paragraph of its own, or that it is required")
	}
	return problems
}

func TestAFieldThatSaysTooLittleIsFound(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "", `package p
import "time"
type Props struct {
	// A is one thing.
	//
	// Default: none.
	A string
	// B is another. Required.
	B string
	// C says it all.
	C bool
	// D is nothing that says what happens without it.
	D string
	// The name does not come first.
	E bool
	// F is how long.
	//
	// Default: long.
	F time.Duration
}`, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	found := ""
	for _, field := range file.Decls[1].(*ast.GenDecl).Specs[0].(*ast.TypeSpec).Type.(*ast.StructType).Fields.List {
		if name := field.Names[0].Name; len(fieldProblems("Props", name, field)) > 0 {
			found += name
		}
	}
	if found != "DEF" {
		t.Errorf("want D, E and F, got %s", found)
	}
}
