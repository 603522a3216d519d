package main

import (
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/websocket-distribution/websocket-distribution/handshake"
)

// hostile is a result whose texts would break out of each format: they come from the
// template.
func hostile() *result {
	text := "a\n::error::b\r%0A ]]></failure> \x1b[2J \u202e<&>"
	rule := handshake.Rule{ID: "x.y", Severity: handshake.SeverityError}
	r := &result{Source: "a,b:c%.json", checked: true,
		Sockets: []socket{{URL: "wss://h/", Path: "/", Distribution: text, Report: &handshake.Report{Outcome: handshake.Refused, Status: 403,
			Request: "GET wss://h/", Refusal: &handshake.Refusal{Rule: rule, Status: 403, Reason: text, Fix: text, Place: text}}}},
		Checks:   []socketCheck{{check: check{Name: "ws:// refused", Result: notProven, Text: "x"}, Distribution: text}},
		Findings: []finding{{Finding: handshake.Finding{Rule: rule, Severity: rule.Severity, Place: text, Reason: text + " too", Fix: text}, File: "f", Line: 3}}}
	r.judge()
	r.conclude(false)
	return r
}

func TestTextsOfATemplateBreakOutOfNoFormat(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := writeText(&out, hostile(), true); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(out.String(), "\x1b\u202e\r") || strings.Contains(out.String(), "\n::error") {
		t.Errorf("text:\n%q", out.String())
	}

	out.Reset()
	if err := writeGitHub(&out, hostile()); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(lines) != 4 || !strings.HasPrefix(lines[0], "::error file=a%2Cb%3Ac%25.json,title=wscheck%3A wss%3A//h/::refused: 403") ||
		!strings.HasPrefix(lines[1], "::notice ") || !strings.HasPrefix(lines[2], "::error file=f,line=3,title=") || strings.HasPrefix(lines[3], "::") {
		t.Errorf("GitHub:\n%s", out.String())
	}

	out.Reset()
	if err := writeJUnit(&out, hostile()); err != nil {
		t.Fatal(err)
	}
	var suites junitSuites
	if err := xml.Unmarshal([]byte(out.String()), &suites); err != nil {
		t.Fatal(err)
	}
	if suites.Tests != 3 || suites.Failures != 2 || suites.Skipped != 1 || len(suites.Suites) != 2 || len(suites.Suites[0].Cases) != 2 {
		t.Errorf("JUnit:\n%s", out.String())
	}
}

func TestAnErrorThatFailsTheDeployStandsInEveryVerdict(t *testing.T) {
	t.Parallel()
	opened := &handshake.Report{Request: "GET wss://h/", Outcome: handshake.Accepted, Status: 101}
	shut := &handshake.Report{Request: "GET wss://h/", Outcome: handshake.Refused, Status: 403,
		Refusal: &handshake.Refusal{Rule: handshake.Rule{ID: "api.stage"}, Status: 403, Layer: "stage", Reason: "a"}}
	fails := finding{Finding: handshake.Finding{Rule: handshake.Rule{ID: "x"}, Severity: handshake.SeverityError, Deploy: true, Reason: "b"}}
	hurts := finding{Finding: handshake.Finding{Severity: handshake.SeverityError, Reason: "c"}}
	later := finding{Finding: handshake.Finding{Severity: handshake.SeverityWarning, Deploy: true, Reason: "d"}}
	for name, c := range map[string]struct {
		report   *handshake.Report
		findings []finding
		verdict  string
		text     string
		code     int
	}{
		"sound":                   {opened, nil, opens, "opens", exitOK},
		"a warning":               {opened, []finding{later}, opens, "opens", exitOK},
		"an error":                {opened, []finding{hurts}, opens, "opens, with an error: c", exitNo},
		"a deploy that fails":     {opened, []finding{hurts, fails}, deployFails, "would open, but the deploy fails: b", exitNo},
		"two reasons":             {opened, []finding{fails, fails}, deployFails, "would open, but the deploy fails: b (and 1 error more)", exitNo},
		"refused":                 {shut, []finding{later}, refused, "refused: 403 by API Gateway, because a", exitNo},
		"refused after no deploy": {shut, []finding{fails}, refused, "refused: 403 by API Gateway, because a; and the deploy fails: b", exitNo},
	} {
		r := &result{Sockets: []socket{{Report: c.report}}, Findings: c.findings, checked: true}
		r.judge()
		r.conclude(false)
		if s := r.Sockets[0]; s.Verdict != c.verdict || s.Text != c.text || r.ExitCode != c.code || r.OK != (c.code == exitOK) {
			t.Errorf("%s: %q, %q, exit %d, %v", name, s.Verdict, s.Text, r.ExitCode, r.OK)
		}
	}
}

func TestADeployThatFailsConcernsTheSocketsThatNeedItsStack(t *testing.T) {
	t.Parallel()
	r := &result{checked: true}
	for _, id := range []string{"A/Distribution", "B/Distribution", "C/Distribution"} {
		r.Sockets = append(r.Sockets, socket{Distribution: id, Report: &handshake.Report{Outcome: handshake.Accepted}})
	}
	r.Sockets[1].Report.Steps = []handshake.Step{{Layer: "stage", Subject: "API A/Api"}}
	r.Findings = []finding{{Finding: handshake.Finding{Severity: handshake.SeverityError, Deploy: true, Reason: "x", Place: "Resources.A/Policy.Properties"}}}
	r.judge()
	for i, want := range []string{deployFails, deployFails, opens} {
		if got := r.Sockets[i].Verdict; got != want {
			t.Errorf("%s: %s, want %s", r.Sockets[i].Distribution, got, want)
		}
	}
	r.Findings[0].Place = "Resources"
	if r.judge(); r.Sockets[2].Verdict != deployFails {
		t.Errorf("what has no stack concerns all, got %s", r.Sockets[2].Verdict)
	}
}

func TestPlacesHaveLines(t *testing.T) {
	t.Parallel()
	l := linesOf(fixture("external"))
	for place, want := range map[string]string{
		"Resources": `"Resources": {`,
		"Resources.EdgeDistribution5E6F7A8B.Properties.DistributionConfig.Origins[0]":                                      `{`,
		"Resources.EdgeDistribution5E6F7A8B.Properties.DistributionConfig.Origins[0].CustomOriginConfig.OriginReadTimeout": `"OriginReadTimeout": 30,`,
		// What is not there has the line of what it is missing in.
		"Resources.EdgeDistribution5E6F7A8B.Properties.DistributionConfig.Nothing[1].There": `"DistributionConfig": {`,
	} {
		text := strings.Split(string(l.raw), "\n")
		if n := l.of(place); n == 0 || strings.TrimSpace(text[n-1]) != want {
			t.Errorf("%s: line %d, want %s", place, n, want)
		}
	}
	for text, want := range map[string]int{
		"Resources:\n  A:\n    Properties:\n      Items:\n        - X: 1\n        - !Sub '${B}'\n        - Y:\n            Z: 2\n": 8,
		"{\n\"Resources\": {\"A\":\n{\"Properties\": {\"Items\": [1,\n2,\n{\"Y\": {\n\"Z\": 2}}]}}}}":                              6,
		"{\"TemplateBody\": {\n\"Resources\": {\"A\": {\"Properties\": {\"Items\": [0,\n1,\n{\"Y\": {\"Z\": 1}}]}}}}}":             4,
		"{\n\"TemplateBody\": \"Resources: {}\"}": 2,
		"Resources: [": 0,
		"":             0,
	} {
		file := filepath.Join(t.TempDir(), "template")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if n := linesOf(file).of("Resources.A.Properties.Items[2].Y.Z"); n != want {
			t.Errorf("line %d, want %d in\n%s", n, want, text)
		}
	}
	if n := l.of("Nothing.There"); n != 0 {
		t.Errorf("line %d", n)
	}
	if n := linesOf("nothing.json").of("Resources"); n != 0 {
		t.Errorf("a file that is not there has line %d", n)
	}
}
