package template

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
)

func parse(t *testing.T, resources string) *cfn.Template {
	t.Helper()
	var document map[string]any
	text := `{"Parameters": {"Version": {"Type": "String", "Default": "http9"}, "Open": {"Type": "String"}},
		"Conditions": {"Never": {"Fn::Equals": ["a", "b"]}, "Later": {"Fn::Equals": [{"Ref": "Open"}, "b"]}}, "Resources": {` + resources + `}}`
	if err := json.Unmarshal([]byte(text), &document); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	template, err := cfn.Parse(document, cfn.Environment{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return template
}

// distribution is a distribution with a setting of its own.
func distribution(setting string) string {
	return `"D": {"Type": "AWS::CloudFront::Distribution", "Properties": {"DistributionConfig": {"Enabled": true, "DefaultCacheBehavior":
		{"TargetOriginId": "a", "ViewerProtocolPolicy": "https-only", "CachePolicyId": "c"}` + setting + `}}}`
}

func TestWhatAPropertyDoesNotTakeIsFound(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, resources, place, reason, fix string }{
		{"a sound distribution", distribution(``), "", "", ""},
		{"a value that is not one of the list", distribution(`, "HttpVersion": "http4"`), "HttpVersion", `HttpVersion: "http4" is not accepted; want one of http1.1`, "use one of these values"},
		{"a parameter's default that is not one of the list", distribution(`, "HttpVersion": {"Ref": "Version"}`), "HttpVersion", `"http9" is not accepted`, "these values"},
		{"the branch of a condition", distribution(`, "HttpVersion": {"Fn::If": ["Never", "http2", "http4"]}`), "HttpVersion", `"http4"`, "these values"},
		{"a branch that is not taken", distribution(`, "HttpVersion": {"Fn::If": ["Never", "http4", {"Ref": "AWS::NoValue"}]}`), "", "", ""},
		{"a condition that is decided later", distribution(`, "HttpVersion": {"Fn::If": ["Later", "http4", "http2"]}`), "", "", ""},
		{"a value that is given later", distribution(`, "HttpVersion": {"Ref": "Open"}`), "", "", ""},
		{"a value of another resource", distribution(`, "HttpVersion": {"Ref": "D"}, "PriceClass": {"Fn::GetAtt": ["D", "Id"]}, "Comment": {"Fn::Sub": "${D}"}`), "", "", ""},
		{"a value that another tool fills in", distribution(`, "HttpVersion": "${opt:version}"`), "", "", ""},
		{"a misspelled property", distribution(`, "HttpVersions": "http2"`), "HttpVersions", "unknown property; did you mean HttpVersion?", "write HttpVersion, or remove it"},
		{"a property that means nothing near", distribution(`, "Wings": 2`), "Wings", "unknown property", "remove it, or correct its name"},
		{"a number out of range", `"P": {"Type": "AWS::CloudFront::CachePolicy", "Properties": {"CachePolicyConfig": {"Name": "p", "MinTTL": -1, "DefaultTTL": 0, "MaxTTL": 0,
			"ParametersInCacheKeyAndForwardedToOrigin": {"EnableAcceptEncodingGzip": false, "CookiesConfig": {"CookieBehavior": "none"},
			"HeadersConfig": {"HeaderBehavior": "none"}, "QueryStringsConfig": {"QueryStringBehavior": "none"}}}}}`, "MinTTL", "MinTTL: got -1, want", "use "},
		{"a property that is missing", `"F": {"Type": "AWS::CloudFront::Function", "Properties": {"FunctionCode": "x", "FunctionConfig": {"Comment": "c", "Runtime": "cloudfront-js-2.0"}}}`,
			"Name", "required property is missing", "add the property"},
		{"a type that is not known", `"X": {"Type": "Custom::Thing", "Properties": {"Anything": 1}}`, "", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var found trace.Findings
			Check(parse(t, tt.resources), &found)
			if tt.reason == "" {
				if len(found) > 0 {
					t.Errorf("found %v, want nothing", found)
				}
				return
			}
			if len(found) != 1 {
				t.Fatalf("found %v, want one", found)
			}
			f := found[0]
			if f.Rule.ID != Property.ID || f.Rule.Layer != rules.LayerDeploy || !strings.HasSuffix(f.Place, "."+tt.place) || !strings.Contains(f.Reason, tt.reason) || !strings.Contains(f.Fix, tt.fix) {
				t.Errorf("found %s: %s (%s), want %s: %s (%s)", f.Place, f.Reason, f.Fix, tt.place, tt.reason, tt.fix)
			}
		})
	}
}

func TestAPlaceThatIsSpokenOfAlreadyIsLeftOut(t *testing.T) {
	t.Parallel()
	template := parse(t, distribution(`, "HttpVersion": "http4"`))
	for _, tt := range []struct {
		place    string
		severity rules.Severity
		want     int
	}{
		{"Resources.D.Properties.DistributionConfig.HttpVersion", rules.SeverityError, 1},
		{"Resources.D.Properties.DistributionConfig.HttpVersion[0]", rules.SeverityError, 1},
		{"Resources.D.Properties.DistributionConfig.HttpVersion", rules.SeverityWarning, 2},
		{"Resources.D.Properties.DistributionConfig", rules.SeverityError, 2},
		{"Resources.D.Properties.DistributionConfig.HttpVersions", rules.SeverityError, 2},
	} {
		found := trace.Findings{{Rule: rules.Rule{ID: "other", Severity: tt.severity}, Place: tt.place}}
		Check(template, &found)
		if len(found) != tt.want {
			t.Errorf("beside a finding (%s) at %s: %d findings, want %d", tt.severity, tt.place, len(found), tt.want)
		}
	}
}
