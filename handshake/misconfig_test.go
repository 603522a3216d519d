package handshake

import (
	"flag"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/websocket-distribution/websocket-distribution/internal/misconfig"
)

var bases = flag.String("bases", "testdata", "directory of the base templates of the misconfiguration table")

// playCase plays the case's handshake.
func playCase(t *testing.T, model *Model, document misconfig.Template, c misconfig.Case) *Report {
	t.Helper()
	path, header := c.Handshake(document)
	header = header.Clone()
	if c.Subprotocol != "" {
		if header == nil {
			header = http.Header{}
		}
		header.Set("Sec-WebSocket-Protocol", c.Subprotocol)
	}
	return played(t, model, &Request{Path: path, Header: header, Plain: c.Plain, Direct: c.Direct})
}

func parseCase(t *testing.T, c misconfig.Case) (*Model, misconfig.Template) {
	t.Helper()
	document, err := c.Apply(*bases)
	if err != nil {
		t.Fatal(err)
	}
	// The bases are stacks of us-east-1; the templates themselves leave the region open.
	template, err := Parse((*map[string]any)(&document), &Options{Region: "us-east-1"})
	if err != nil {
		t.Fatal(err)
	}
	return template, document
}

func TestEveryMistakeIsDetectedAndItsCauseNamed(t *testing.T) {
	t.Parallel()
	mistakes := misconfig.Mistakes()
	if len(mistakes) < 40 {
		t.Errorf("the table has %d mistakes, want 40 or more", len(mistakes))
	}
	for _, c := range mistakes {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			if c.Status == 0 && !c.Static {
				t.Fatal("the row expects neither a refusal nor a finding")
			}
			if c.Word == "" || c.Rule == "" {
				t.Fatal("the row names no cause")
			}
			if _, ok := rule(c.Rule); !ok {
				t.Fatalf("unknown rule %q", c.Rule)
			}
			template, document := parseCase(t, c)
			if c.Static {
				findings := template.Check()
				if !slices.ContainsFunc(findings, func(f Finding) bool {
					return f.Rule.ID == c.Rule && strings.Contains(f.Reason, c.Word) && f.Deploy == c.Deploy && f.Fix != ""
				}) {
					t.Errorf("no finding of %s (deploy %v) with %q among %v", c.Rule, c.Deploy, c.Word, findings)
				}
			}
			refusal := playCase(t, template, document, c).Refusal
			if c.Status == 0 {
				return
			}
			if refusal == nil {
				t.Fatalf("the handshake got through, want %d", c.Status)
			}
			if refusal.Status != c.Status {
				t.Errorf("status %d, want %d: %s", refusal.Status, c.Status, refusal.Reason)
			}
			if !c.Static && (refusal.Rule.ID != c.Rule || !strings.Contains(refusal.Reason, c.Word)) {
				t.Errorf("refused by %s: %q, want rule %s and %q", refusal.Rule, refusal.Reason, c.Rule, c.Word)
			}
			if refusal.Fix == "" {
				t.Error("the refusal has no fix")
			}
		})
	}
}

func TestGoodVariantsRaiseNoAlarm(t *testing.T) {
	t.Parallel()
	variants := misconfig.Variants()
	if len(variants) < 20 {
		t.Errorf("the table has %d good variants, want 20 or more", len(variants))
	}
	for _, c := range variants {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			template, document := parseCase(t, c)
			for _, f := range template.Check() {
				if f.Severity == SeverityError {
					t.Errorf("false alarm: %s", f)
				}
			}
			if refusal := playCase(t, template, document, c).Refusal; refusal != nil {
				t.Errorf("refused: %v", refusal)
			}
		})
	}
}

func TestTheBasesHaveNoFindingAtAll(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(*bases, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no bases in %s: %v", *bases, err)
	}
	for _, file := range files {
		template, err := Open(file, nil)
		if err != nil {
			t.Error(err)
			continue
		}
		if findings := template.Check(); len(findings) > 0 {
			t.Errorf("%s: %v", file, findings)
		}
		if left := template.Unresolved(); len(left) > 0 {
			t.Errorf("%s: unresolved: %v", file, left)
		}
	}
}

func TestMistakesHaveNamesOfTheirOwn(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, c := range slices.Concat(misconfig.Mistakes(), misconfig.Variants()) {
		if seen[c.Name] {
			t.Errorf("two cases are named %q", c.Name)
		}
		seen[c.Name] = true
	}
}

// rule finds a rule by its ID.
func rule(id string) (Rule, bool) {
	var r Rule
	err := r.UnmarshalText([]byte(id))
	return r, err == nil && r.Statement != ""
}

// header is a short http.Header of one value each.
func header(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i+1 < len(pairs); i += 2 {
		h.Add(pairs[i], pairs[i+1])
	}
	return h
}
