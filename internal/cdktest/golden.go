package cdktest

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

// Updating runs f as if the -update flag were set.
func Updating(f func()) {
	before := *update
	*update = true
	defer func() { *update = before }()
	f()
}

// Golden compares the template with testdata/name.json of the test's package. A
// missing file fails; the -update flag writes it.
func (tpl Template) Golden(name string) {
	tpl.t.Helper()
	GoldenFile(tpl.t, filepath.Join("testdata", name+".json"), indented(tpl.t, tpl.ToJSON()))
}

// Goldens compares the templates with the files in dir whose names match pattern:
// a file for each, NAME.json, and no others. The -update flag writes those that
// are missing or stale, and removes those that no template is left for.
func Goldens(t testing.TB, dir, pattern string, templates map[string]map[string]any) {
	t.Helper()
	for name, template := range templates {
		GoldenFile(t, filepath.Join(dir, name+".json"), indented(t, template))
	}
	files, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		if templates[strings.TrimSuffix(filepath.Base(path), ".json")] != nil {
			continue
		}
		if !*update {
			t.Errorf("%s is the golden of nothing; run the test with -update, which removes it", path)
		} else if err := os.Remove(path); err != nil {
			t.Error(err)
		}
	}
}

func indented(t testing.TB, template any) []byte {
	t.Helper()
	text, err := json.MarshalIndent(template, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(text, '\n')
}

// GoldenFile compares got with the file at path. A missing file fails; the -update
// flag writes it.
func GoldenFile(t testing.TB, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Errorf("%v; run the test with -update and review the new file", err)
		return
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is stale (-want +got):\n%s\nrun the test with -update and review the diff", path, cmp.Diff(string(want), string(got)))
	}
}
