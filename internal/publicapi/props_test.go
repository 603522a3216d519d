package publicapi

import (
	"go/ast"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// settings is a struct that an importer fills in, such as the props of a construct.
type settings struct {
	pkg, name string
	fields    []string
	// in are the fields of other structs of the package that hold it.
	in []field
}

type field struct{ of, name string }

// settingsOf are the structs of a package under constructs with exported fields.
func settingsOf(t *testing.T, p pkg) map[string]*settings {
	t.Helper()
	documented, _ := source(t, p)
	all := map[string]*settings{}
	structs := map[string]*ast.StructType{}
	for _, kind := range documented.Types {
		fields, ok := kind.Decl.Specs[0].(*ast.TypeSpec).Type.(*ast.StructType)
		if !ok {
			continue
		}
		s := &settings{pkg: p.name, name: kind.Name}
		for _, f := range fields.Fields.List {
			for _, name := range f.Names {
				if name.IsExported() {
					s.fields = append(s.fields, name.Name)
				}
			}
		}
		if len(s.fields) > 0 {
			all[kind.Name], structs[kind.Name] = s, fields
		}
	}
	for of, fields := range structs {
		for _, f := range fields.Fields.List {
			if s := all[held(f.Type)]; s != nil && len(f.Names) > 0 {
				s.in = append(s.in, field{of, f.Names[0].Name})
			}
		}
	}
	return all
}

// held is the name of the type of the same package that a field's type is made of.
func held(expr ast.Expr) string {
	switch e := expr.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.StarExpr:
		return held(e.X)
	case *ast.ArrayType:
		return held(e.Elt)
	case *ast.MapType:
		return held(e.Value)
	}
	return ""
}

// eachSettings runs f on the structs that are filled in of each construct.
func eachSettings(t *testing.T, f func(t *testing.T, p pkg, s *settings)) {
	each(t, func(t *testing.T, p pkg) {
		if !strings.Contains(p.path, "/constructs/") {
			t.Skip("is no construct")
		}
		all := settingsOf(t, p)
		if len(all) == 0 {
			t.Error("want props, got none")
		}
		for _, s := range all {
			f(t, p, s)
		}
	})
}

// A struct that stands in another is tried where it stands; the others need a test
// of their own that tries each of their fields.
func TestEachPropIsTried(t *testing.T) {
	eachSettings(t, func(t *testing.T, p pkg, s *settings) {
		if len(s.in) > 0 {
			return
		}
		files, err := filepath.Glob(filepath.Join(p.dir, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(raw), "cdktest.EachPropChangesTheTemplate(") && strings.Contains(string(raw), "cdktest.Example["+s.pkg+"."+s.name+"]") {
				return
			}
		}
		t.Errorf("no test calls cdktest.EachPropChangesTheTemplate with examples of %s.%s", s.pkg, s.name)
	})
}

// rows are those of a README's tables, by the type in the table's first cell. Each
// row is the props that its first cell names, and its text.
func rows(readme string) map[string][]row {
	tables := map[string][]row{}
	table := ""
	for line := range strings.Lines(readme) {
		if !strings.HasPrefix(line, "|") {
			table = ""
			continue
		}
		first, _, _ := strings.Cut(line[1:], "|")
		names := code(first)
		if table == "" {
			table = strings.Join(names, " ")
			continue
		}
		tables[table] = append(tables[table], row{names, code(line)})
	}
	return tables
}

type row struct{ props, words []string }

var quoted = regexp.MustCompile("`([^`]+)`")

// code are the words in backticks.
func code(text string) []string {
	var words []string
	for _, match := range quoted.FindAllStringSubmatch(text, -1) {
		words = append(words, match[1])
	}
	return words
}

// undocumented are the fields that no table has in a row of their own, nor the row of
// the prop that holds the struct.
func undocumented(tables map[string][]row, s *settings) []string {
	of := func(name string) []row { return append(tables[name], tables[s.pkg+"."+name]...) }
	return slices.DeleteFunc(slices.Clone(s.fields), func(f string) bool {
		own := slices.ContainsFunc(of(s.name), func(r row) bool { return slices.Contains(r.props, f) })
		return own || slices.ContainsFunc(s.in, func(in field) bool {
			return slices.ContainsFunc(of(in.of), func(r row) bool {
				return slices.Contains(r.props, in.name) && slices.Contains(r.words, f)
			})
		})
	})
}

// A prop that the README does not name is one that nobody finds.
func TestEachPropStandsInATableOfTheReadme(t *testing.T) {
	raw, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	tables := rows(string(raw))
	eachSettings(t, func(t *testing.T, _ pkg, s *settings) {
		for _, f := range undocumented(tables, s) {
			t.Errorf("README.md: no row of a table headed `%s.%s` has `%s`", s.pkg, s.name, f)
		}
	})
}

func TestAPropThatStandsInNoTableIsFound(t *testing.T) {
	t.Parallel()
	tables := rows("| `p.Props` | default | |\n| --- | --- | --- |\n| `A`, `B` | none | see `C` |\n| `Part` | none | its `Size` |\n\n" +
		"| `q.Props` | |\n| --- | --- |\n| `D` | |\n")
	props := &settings{pkg: "p", name: "Props", fields: []string{"A", "B", "C", "D"}}
	if got := undocumented(tables, props); !slices.Equal(got, []string{"C", "D"}) {
		t.Errorf("want C and D, got %q", got)
	}
	part := &settings{pkg: "p", name: "Part", fields: []string{"Size", "Weight", "A"}, in: []field{{"Props", "Part"}}}
	if got := undocumented(tables, part); !slices.Equal(got, []string{"Weight", "A"}) {
		t.Errorf("want Weight and A, got %q", got)
	}
}

// What a package needs, each of its importers needs. They have the three modules of
// the CDK already; another one is for good.
func TestTheConstructsNeedOnlyTheThreeModulesOfTheCDK(t *testing.T) {
	t.Parallel()
	list := exec.Command("go", "list", "-deps", "-f", `{{if not .Standard}}{{.ImportPath}} {{.Module.Path}}{{range .Imports}} {{.}}{{end}}{{end}}`, "../../constructs/...")
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	modules := map[string]string{}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		if len(fields) > 0 {
			modules[fields[0]] = fields[1]
		}
	}
	edge := module + "/constructs/edge"
	if modules[edge] == "" || modules["github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"] == "" {
		t.Fatalf("go list knows neither edge nor what it imports; got %d packages", len(modules))
	}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		if len(fields) == 0 || modules[fields[0]] != module {
			continue
		}
		for _, imported := range fields[2:] {
			if problem := notLight(fields[0], imported, modules[imported]); problem != "" {
				t.Errorf("%s imports %s: %s", fields[0], imported, problem)
			}
		}
	}
}

// notLight says why a package of the library must not import another of a module,
// which is "" for the standard library's.
func notLight(pkg, imported, of string) string {
	switch of {
	case "", "github.com/aws/aws-cdk-go/awscdk/v2", "github.com/aws/constructs-go/constructs/v10", "github.com/aws/jsii-runtime-go":
		return ""
	case module:
		// Monitoring watches what the others define, and takes it as a construct.
		watches := pkg == module+"/constructs/monitoring" && (imported == module+"/constructs/edge" || imported == module+"/constructs/webacl")
		if strings.HasPrefix(imported, module+"/internal/") || imported == pkg || watches {
			return ""
		}
		return "the constructs are apart, so that an importer compiles only those it uses"
	}
	return "it may import the standard library, this module and the three modules of the CDK"
}

func TestAnImportThatIsNotLightIsFound(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		imported, of string
		ok           bool
	}{
		{"strings", "", true},
		{"github.com/aws/aws-cdk-go/awscdk/v2/awss3", "github.com/aws/aws-cdk-go/awscdk/v2", true},
		{"github.com/aws/jsii-runtime-go", "github.com/aws/jsii-runtime-go", true},
		{module + "/internal/rules", module, true},
		{module + "/constructs/webacl", module, false},
		{module + "/handshake", module, false},
		{"github.com/dop251/goja", "github.com/dop251/goja", false},
		{"github.com/aws/aws-lambda-go/events", "github.com/aws/aws-lambda-go", false},
	} {
		if got := notLight(module+"/constructs/edge", tt.imported, tt.of); (got == "") != tt.ok {
			t.Errorf("%s: got %q", tt.imported, got)
		}
	}
}
