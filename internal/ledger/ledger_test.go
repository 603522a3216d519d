package ledger

import (
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/websocket-distribution/websocket-distribution/handshake"
	"github.com/websocket-distribution/websocket-distribution/internal/cfn/schema"
)

var update = flag.Bool("update", false, "rewrite docs/coverage.md")

func rows(t *testing.T) []Row {
	t.Helper()
	all, err := Rows()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestEveryPropertyHasOneRow(t *testing.T) {
	byType := map[string][]Row{}
	for _, row := range rows(t) {
		byType[row.Type] = append(byType[row.Type], row)
	}
	for resourceType, list := range byType {
		paths, err := properties(resourceType)
		if err != nil {
			t.Error(err)
			continue
		}
		used := map[string]bool{}
		for _, path := range paths {
			// The longest path is the one that is meant.
			var best []Row
			for _, row := range list {
				switch {
				case !row.covers(path):
				case len(best) > 0 && len(best[0].Path) > len(row.Path):
				case len(best) > 0 && len(best[0].Path) == len(row.Path):
					best = append(best, row)
				default:
					best = []Row{row}
				}
			}
			switch {
			case len(best) == 0:
				t.Errorf("%s %s has no row: is it played, checked, or does it have no bearing?", resourceType, path)
			case len(best) > 1:
				t.Errorf("%s %s has %d rows", resourceType, path, len(best))
			default:
				used[best[0].Path] = true
			}
		}
		r, _ := schema.Of(resourceType)
		for _, row := range list {
			if !used[row.Path] && !slices.Contains(r.Paths(), row.Path) {
				t.Errorf("%s %s is a row about no property", resourceType, row.Path)
			}
		}
	}
}

// What a distribution or a WebSocket API can lead to is in the ledger. The types of
// these services that are left out are REST APIs' own.
func TestEveryTypeThatAHandshakeCanMeetIsThere(t *testing.T) {
	there := map[string]bool{}
	for _, row := range rows(t) {
		there[row.Type] = true
	}
	for _, resourceType := range schema.Types() {
		for _, service := range []string{"AWS::CloudFront::", "AWS::ApiGatewayV2::", "AWS::WAFv2::"} {
			if strings.HasPrefix(resourceType, service) && !there[resourceType] {
				t.Errorf("%s is not in the ledger", resourceType)
			}
		}
	}
	for _, resourceType := range []string{"AWS::ApiGateway::ApiKey", "AWS::ApiGateway::UsagePlan", "AWS::ApiGateway::UsagePlanKey",
		"AWS::Lambda::Permission", "AWS::Route53::RecordSet", "AWS::Route53::RecordSetGroup"} {
		if !there[resourceType] {
			t.Errorf("%s is not in the ledger", resourceType)
		}
	}
}

func TestRowsNameRulesThatExist(t *testing.T) {
	known := map[string]bool{}
	for _, rule := range handshake.Rules() {
		known[rule.ID] = true
	}
	for _, row := range rows(t) {
		for _, id := range row.Rules {
			if !known[id] {
				t.Errorf("%s %s: there is no rule %q", row.Type, row.Path, id)
			}
		}
		if row.Use == None && len(row.Why) < 10 {
			t.Errorf("%s %s: %q is no reason", row.Type, row.Path, row.Why)
		}
	}
}

// A property that is said to be played or checked is read by its name somewhere.
func TestWhatIsUsedIsRead(t *testing.T) {
	var source bytes.Buffer
	for _, dir := range []string{"handshake", "internal/cfn", "internal/cloudfront", "internal/apigateway", "internal/lambda", "internal/waf", "internal/route53"} {
		err := filepath.WalkDir(filepath.Join("../..", dir), func(path string, d fs.DirEntry, err error) error {
			if os.IsNotExist(err) {
				return nil
			}
			if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			source.Write(text)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, row := range rows(t) {
		if row.Use != Played && row.Use != Checked {
			continue
		}
		name := strings.TrimSuffix(row.Path, ".*")
		name = name[strings.LastIndexByte(name, '.')+1:]
		if !bytes.Contains(source.Bytes(), []byte(strconv.Quote(name))) {
			t.Errorf("%s %s is %s, and nothing reads %q", row.Type, row.Path, row.Use, name)
		}
	}
}

// The number of properties that nothing looks at yet may only fall.
const openRows = 2

func TestCoverageIsWritten(t *testing.T) {
	got := coverage(t)
	const path = "../../docs/coverage.md"
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is stale; run go test ./internal/ledger -update and read the diff", path)
	}
	open := 0
	for _, row := range rows(t) {
		if row.Use == Open {
			open++
		}
	}
	if open != openRows {
		t.Errorf("%d rows are open, and openRows is %d; it may only fall", open, openRows)
	}
}

func coverage(t *testing.T) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `# What is looked at, property by property

Written from internal/ledger; do not edit. The properties are those of AWS's provider schemas (%s).

- **played**: it decides what happens to a handshake that is played
- **checked**: a finding reports values that do harm
- **no bearing**: a handshake goes the same way whatever it says
- **not yet**: it has a bearing, and nothing looks at it yet

`, strings.Join(schema.Sources(), ", "))
	count := map[Use]int{}
	list := rows(t)
	for _, row := range list {
		count[row.Use]++
	}
	fmt.Fprintf(&b, "| played | checked | no bearing | not yet |\n| --- | --- | --- | --- |\n| %d | %d | %d | %d |\n", count[Played], count[Checked], count[None], count[Open])
	resourceType := ""
	for _, row := range list {
		if row.Type != resourceType {
			resourceType = row.Type
			fmt.Fprintf(&b, "\n## %s\n\n| property | | rules or reason |\n| --- | --- | --- |\n", resourceType)
		}
		use, what := string(row.Use), row.Why
		switch row.Use {
		case None:
			use = "no bearing"
		case Open:
			use = "not yet"
		default:
			what = strings.Join(row.Rules, ", ")
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", row.Path, use, what)
	}
	return b.Bytes()
}
