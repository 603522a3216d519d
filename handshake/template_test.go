package handshake

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestATemplateThatCannotBeReadSaysWhy(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                        "not a JSON object",
		"[]":                      "not a JSON object",
		"{}":                      "no Resources",
		`{"Resources": []}`:       "no Resources",
		`{"Resources": {}} x`:     "text after",
		`{"Resources": {"A": 1}}`: "no AWS::CloudFront::Distribution",
	} {
		if _, err := Read(strings.NewReader(text), nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Read(%q): %v, want %q", text, err, want)
		}
	}
	if _, err := Read(strings.NewReader(`{"Resources": {}}`), nil); !errors.Is(err, ErrNoDistribution) {
		t.Errorf("a template without distribution: %v, want ErrNoDistribution", err)
	}
	if _, err := Load(filepath.Join(t.TempDir(), "none.json"), nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
	bad := filepath.Join(t.TempDir(), "bad.json")
	if err := os.WriteFile(bad, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(bad, nil); err == nil || !strings.HasPrefix(err.Error(), bad+": ") {
		t.Errorf("a bad file: %v, want its path before the error", err)
	}
}

func TestDistributionsAndTheirSocketPathsAreFound(t *testing.T) {
	t.Parallel()
	template := load(t, "owned")
	if got := template.Distributions(); !slices.Equal(got, []string{"EdgeDistribution"}) {
		t.Errorf("distributions %v", got)
	}
	if got := template.Paths(""); !slices.Equal(got, []string{"/ws", "/ws/"}) {
		t.Errorf("paths %v: the site's default behavior is none of a socket", got)
	}
	if !template.Locked("") || load(t, "external").Locked("") {
		t.Error("the owned API is locked and the external one is not")
	}
	if got := template.Paths("Nothing"); got != nil {
		t.Errorf("paths of no distribution: %v", got)
	}
}

func TestWhatIsUnresolvedHasItsPlace(t *testing.T) {
	t.Parallel()
	template := parse(t, "external", func(d map[string]any) {
		origin0(d)["DomainName"] = map[string]any{"Fn::ImportValue": "Api:Host"}
	}, nil)
	want := `Resources.EdgeDistribution5E6F7A8B.Properties.DistributionConfig.Origins[0].DomainName: Fn::ImportValue "Api:Host" is another stack's export; give Facts.Imports["Api:Host"]`
	unresolved := template.Unresolved()
	if len(unresolved) != 1 || unresolved[0].Error() != want {
		t.Fatalf("unresolved %v, want %q", unresolved, want)
	}
	report := Play(template, nil, nil)
	if report.Outcome != Unknown || report.Status != 0 || !strings.Contains(report.Refusal.Reason, `Fn::ImportValue "Api:Host"`) {
		t.Errorf("outcome %s %d: %v", report.Outcome, report.Status, report.Refusal)
	}
	findings := template.Check()
	if len(findings) != 1 || findings[0].Severity != Warning || findings[0].Rule != "template.unresolved" {
		t.Errorf("findings %v", findings)
	}
	given := parse(t, "external", func(d map[string]any) {
		origin0(d)["DomainName"] = map[string]any{"Fn::ImportValue": "Api:Host"}
	}, &Facts{Imports: map[string]string{"Api:Host": "abcdef1234.execute-api.eu-west-1.amazonaws.com"}})
	if report := Play(given, nil, nil); report.Err() != nil {
		t.Errorf("with the import given: %v", report.Err())
	}
}

func TestAnUnknownOriginOfAnotherBehaviorDoesNotMatter(t *testing.T) {
	t.Parallel()
	template := parse(t, "owned", func(d map[string]any) {
		second := object(list(config(d)["Origins"])[1])
		second["DomainName"] = map[string]any{"Fn::GetAtt": []any{"Balancer", "DNSName"}}
	}, nil)
	if report := Play(template, &Request{Path: "/ws"}, nil); report.Err() != nil {
		t.Errorf("the socket's own way is known: %v", report.Err())
	}
	if findings := template.Check(); len(findings) != 0 {
		t.Errorf("findings %v", findings)
	}
	if report := Play(template, &Request{Path: "/site"}, nil); report.Outcome != Unknown {
		t.Errorf("the site's way: %s, want unknown", report.Outcome)
	}
}
