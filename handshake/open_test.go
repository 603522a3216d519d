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
	if _, err := Open(filepath.Join(t.TempDir(), "none.json"), nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
	bad := filepath.Join(t.TempDir(), "bad.json")
	if err := os.WriteFile(bad, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(bad, nil); err == nil || !strings.HasPrefix(err.Error(), bad+": ") {
		t.Errorf("a bad file: %v, want its path before the error", err)
	}
}

func TestDistributionsAndTheirSocketPathsAreFound(t *testing.T) {
	t.Parallel()
	template := load(t, "owned")
	d, err := template.Distribution("EdgeDistribution")
	if all := template.Distributions(); err != nil || len(all) != 1 || all[0].ID != "EdgeDistribution" {
		t.Errorf("distributions %v, %v", all, err)
	}
	if !slices.Equal(d.Paths, []string{"/ws", "/ws/"}) {
		t.Errorf("paths %v: the site's default behavior is none of a socket", d.Paths)
	}
	if want := (API{Host: "pingapi.execute-api.us-east-1.amazonaws.com", Path: "/prod", Locked: true}); d.API == nil || *d.API != want {
		t.Errorf("API %+v, want %+v", d.API, want)
	}
	if external := load(t, "external").Distributions()[0]; external.API == nil || external.API.Locked {
		t.Errorf("API %+v, want one without lock", external.API)
	}
	none := parse(t, "owned", func(d map[string]any) { delete(config(d), "CacheBehaviors") }, nil).Distributions()[0]
	if none.API != nil || len(none.Paths) != 0 {
		t.Errorf("a site alone has the paths %v and the API %v", none.Paths, none.API)
	}
}

func TestWhatIsUnresolvedHasItsPlace(t *testing.T) {
	t.Parallel()
	template := parse(t, "external", func(d map[string]any) {
		origin0(d)["DomainName"] = map[string]any{"Fn::ImportValue": "Api:Host"}
	}, nil)
	want := `Resources.EdgeDistribution5E6F7A8B.Properties.DistributionConfig.Origins[0].DomainName: Fn::ImportValue "Api:Host" is another stack's export; give the value of that export`
	unresolved := template.Unresolved()
	if len(unresolved) != 1 || unresolved[0].Error() != want {
		t.Fatalf("unresolved %v, want %q", unresolved, want)
	}
	report := played(t, template, nil)
	if report.Outcome != Unknown || report.Status != 0 || !strings.Contains(report.Refusal.Reason, `Fn::ImportValue "Api:Host"`) {
		t.Errorf("outcome %s %d: %v", report.Outcome, report.Status, report.Refusal)
	}
	findings := template.Check()
	if len(findings) != 1 || findings[0].Severity != SeverityWarning || findings[0].Rule.ID != "template.unresolved" {
		t.Errorf("findings %v", findings)
	}
	given := parse(t, "external", func(d map[string]any) {
		origin0(d)["DomainName"] = map[string]any{"Fn::ImportValue": "Api:Host"}
	}, &Options{Imports: map[string]string{"Api:Host": "abcdef1234.execute-api.eu-west-1.amazonaws.com"}})
	if report := played(t, given, nil); report.Err() != nil {
		t.Errorf("with the import given: %v", report.Err())
	}
}

func TestAnUnknownOriginOfAnotherBehaviorDoesNotMatter(t *testing.T) {
	t.Parallel()
	template := parse(t, "owned", func(d map[string]any) {
		second := object(list(config(d)["Origins"])[1])
		second["DomainName"] = map[string]any{"Fn::GetAtt": []any{"Balancer", "DNSName"}}
	}, nil)
	if report := played(t, template, &Request{Path: "/ws"}); report.Err() != nil {
		t.Errorf("the socket's own way is known: %v", report.Err())
	}
	if findings := template.Check(); len(findings) != 0 {
		t.Errorf("findings %v", findings)
	}
	if report := played(t, template, &Request{Path: "/site"}); report.Outcome != Unknown {
		t.Errorf("the site's way: %s, want unknown", report.Outcome)
	}
}
