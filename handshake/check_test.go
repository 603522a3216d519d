package handshake

import (
	"strings"
	"testing"
)

func TestATimeoutBeyondTheDefaultQuotaIsAWarningAndBeyondTheHighestAnError(t *testing.T) {
	t.Parallel()
	for seconds, want := range map[float64]Severity{30: "", 120: "", 121: SeverityWarning, 180: SeverityWarning, 181: SeverityError} {
		for _, property := range []string{"OriginReadTimeout", "OriginKeepaliveTimeout"} {
			template := parse(t, "external", func(d map[string]any) {
				object(origin0(d)["CustomOriginConfig"])[property] = seconds
			}, nil)
			var got Severity
			for _, finding := range template.Check() {
				if strings.HasPrefix(finding.Rule.ID, "origin.timeouts") {
					got = finding.Severity
				}
			}
			if got != want {
				t.Errorf("%s of %v s: want %q, got %q", property, seconds, want, got)
			}
		}
	}
}

func TestAPathPatternHasAtMost255Characters(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]bool{255: false, 256: true} {
		template := parse(t, "owned", func(d map[string]any) {
			object(list(config(d)["CacheBehaviors"])[0])["PathPattern"] = "/" + strings.Repeat("a", n-1)
		}, nil)
		got := false
		for _, finding := range template.Check() {
			got = got || finding.Rule.ID == "edge.path-pattern-length" && finding.Deploy
		}
		if got != want {
			t.Errorf("%d characters: %v, want %v", n, got, want)
		}
	}
}
