package main

import (
	"encoding/json"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/websocket-distribution/websocket-distribution/handshake"
	"github.com/websocket-distribution/websocket-distribution/internal/cdktest"
	"github.com/websocket-distribution/websocket-distribution/internal/config"
)

// block is a fenced block of the README.
type block struct{ kind, text string }

var fence = regexp.MustCompile("(?ms)^```([a-z ]*)\n(.*?)^```$")

func readme(t *testing.T) (text string, blocks []block) {
	t.Helper()
	raw, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, match := range fence.FindAllStringSubmatch(string(raw), -1) {
		blocks = append(blocks, block{match[1], match[2]})
	}
	return string(raw), blocks
}

// Each kind of block is held by something: sh by .ci/run, which runs every line.
func TestEveryBlockOfTheReadmeIsOfAKindThatIsChecked(t *testing.T) {
	_, blocks := readme(t)
	kinds := map[string]int{}
	for _, b := range blocks {
		kinds[b.kind]++
	}
	for kind := range kinds {
		switch kind {
		case "sh", "go", "json", "json error", "text error", "text wscheck":
		case "text":
			if kinds[kind] > 1 {
				t.Errorf("only the diagram is plain text, got %d blocks", kinds[kind])
			}
		default:
			t.Errorf("nothing checks blocks of kind %q", kind)
		}
	}
}

// Programs are type-checked; a fragment must stand in an example, which is.
func TestTheGoOfTheReadmeCompiles(t *testing.T) {
	examples := ""
	files, err := filepath.Glob("constructs/*/example*_test.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("want examples, got %v (%v)", files, err)
	}
	files = append(files, "handshake/example_test.go", "handshake/handshaketest/example_test.go")
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		examples += strings.ReplaceAll(string(raw), "\n\t", "\n")
	}
	_, blocks := readme(t)
	for _, b := range blocks {
		if b.kind != "go" {
			continue
		}
		if !strings.HasPrefix(b.text, "package ") {
			if fragment := strings.TrimSpace(b.text); !strings.Contains(examples, fragment) && !strings.Contains(examples, "= "+fragment) {
				t.Errorf("stands in no example:\n%s", b.text)
			}
			continue
		}
		file := filepath.Join(t.TempDir(), "main.go")
		if err := os.WriteFile(file, []byte(b.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.AllErrors); err != nil {
			t.Error(err)
			continue
		}
		if out, err := exec.Command("go", "vet", file).CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	}
}

// The report that is shown, less what "..." stands for, is what is printed.
func TestTheRefusalOfTheReadmeIsWhatWscheckSays(t *testing.T) {
	model, err := handshake.Open("constructs/edge/testdata/several-apis.json", nil)
	if err != nil {
		t.Fatal(err)
	}
	report, err := model.Play(handshake.Request{Path: "/rooms/42"})
	if err != nil {
		t.Fatal(err)
	}
	got := report.Text()
	_, blocks := readme(t)
	shown := 0
	for _, b := range blocks {
		if b.kind != "text wscheck" {
			continue
		}
		rest := got
		for _, part := range strings.Split(strings.ReplaceAll(b.text, "  ...\n", "..."), "...") {
			_, after, found := strings.Cut(rest, part)
			if !found {
				t.Fatalf("want\n%s\nin\n%s", part, got)
			}
			rest = after
			shown++
		}
	}
	if shown == 0 {
		t.Error("the README shows no report")
	}
}

func TestTheEnvironmentsOfTheReadmeAreWhatItSays(t *testing.T) {
	_, blocks := readme(t)
	table := func(b block) any {
		var value any
		if err := json.Unmarshal([]byte(b.text), &value); err != nil {
			t.Fatalf("%v in\n%s", err, b.text)
		}
		return value
	}
	var wrong error
	for _, b := range blocks {
		switch b.kind {
		case "json":
			if _, err := config.Select(table(b), nil, nil); err != nil {
				t.Errorf("%v in\n%s", err, b.text)
			}
		case "json error":
			if _, wrong = config.Select(table(b), nil, nil); wrong == nil {
				t.Errorf("want an error for\n%s", b.text)
			}
		case "text error":
			if wrong == nil || wrong.Error()+"\n" != b.text {
				t.Errorf("want\n%vgot\n%s", wrong, b.text)
			}
		}
	}
}

// A key that the README does not name is one that nobody finds.
func TestTheReadmeNamesEveryKey(t *testing.T) {
	text, _ := readme(t)
	_, table, found := strings.Cut(text, "\n| key | value | default |\n")
	table, _, _ = strings.Cut(table, "\n\n")
	if !found {
		t.Fatal("the README has no table of keys")
	}
	for _, path := range cdktest.Leaves(reflect.TypeFor[config.Environment](), cdktest.Key) {
		for _, key := range strings.Split(path, ".") {
			if !strings.Contains(table, "`"+key+"`") {
				t.Errorf("the table of keys has no `%s` of %s", key, path)
			}
		}
	}
}

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.+)$`)
	dropped = regexp.MustCompile("[^a-z0-9 -]")
)

// Links within the repository, to files and to their headings.
func TestTheLinksOfTheDocumentationLeadSomewhere(t *testing.T) {
	pages, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range append(pages, "README.md", "CONTRIBUTING.md") {
		raw, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range link.FindAllStringSubmatch(string(raw), -1) {
			if strings.Contains(match[1], "://") {
				continue
			}
			path, anchor, _ := strings.Cut(match[1], "#")
			target := page
			if path != "" {
				target = filepath.Join(filepath.Dir(page), path)
			}
			text, err := os.ReadFile(target)
			if info, statErr := os.Stat(target); statErr == nil && info.IsDir() {
				err = nil
			}
			if err != nil {
				t.Errorf("%s: %v", page, err)
				continue
			}
			found := anchor == ""
			for _, h := range heading.FindAllStringSubmatch(string(text), -1) {
				found = found || strings.ReplaceAll(dropped.ReplaceAllString(strings.ToLower(h[1]), ""), " ", "-") == anchor
			}
			if !found {
				t.Errorf("%s: no heading for %s", page, match[1])
			}
		}
	}
}

// What go.mod asks for, it asks of every importer.
func TestTheReadmeNamesTheOldestGoThatWillDo(t *testing.T) {
	raw, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	oldest := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindSubmatch(raw)
	if oldest == nil {
		t.Fatal("go.mod has no go line")
	}
	if text, _ := readme(t); !strings.Contains(text, "Go "+string(oldest[1])+" or newer") {
		t.Errorf("want \"Go %s or newer\", as go.mod says", oldest[1])
	}
}
