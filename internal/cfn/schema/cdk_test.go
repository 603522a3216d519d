package schema

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Properties that the CDK's L1 constructs have and the schemas do not, each with
// the reason. A new property of a new CDK fails the test below until it is in
// supplement.json, and so in the ledgers that are made from it, or here.
var onlyInCDK = map[string]string{
	"AWS::ApiGateway::BasePathMapping Id":                            "the L1 takes the read-only identifier of the mapping for a property",
	"AWS::ApiGatewayV2::Integration ResponseParameters":              "the schema gives the map of status codes and what each holds as one",
	"AWS::CloudFormation::Stack Output":                              "what Fn::GetAtt reads, not a property",
	"AWS::CloudWatch::Alarm AlarmTagsPropagation":                    "below ActionConfiguration, which is taken as it is",
	"AWS::CloudWatch::CompositeAlarm AlarmTagsPropagation":           "below ActionConfiguration, which is taken as it is",
	"AWS::CloudWatch::Alarm WallClockWindow":                         "below EvaluationWindow, which is taken as it is",
	"AWS::CloudFront::FieldLevelEncryptionConfig ContentTypeProfile": "below ContentTypeProfileConfig, which is taken as it is",
	"AWS::CloudFront::FieldLevelEncryptionConfig QueryArgProfile":    "below QueryArgProfileConfig, which is taken as it is",
	"AWS::CloudFront::FieldLevelEncryptionProfile EncryptionEntity":  "below FieldLevelEncryptionProfileConfig, which is taken as it is",
	"AWS::WAFv2::LoggingConfiguration MatchPattern":                  "below JsonBody, which is taken as it is",
	"AWS::WAFv2::WebACL CryptoConfig":                                "below MonetizationConfig, which is taken as it is",
	"AWS::WAFv2::WebACL MonetizeAction":                              "the action Monetize, which is taken as it is",
	"AWS::WAFv2::WebACL PaymentNetwork":                              "below MonetizationConfig, which is taken as it is",
	"AWS::WAFv2::WebACL PreParseTextTransformation":                  "below PreParseTextTransformations, which is taken as it is",
	"AWS::WAFv2::WebACL Price":                                       "below MonetizationConfig, which is taken as it is",
	"AWS::WAFv2::RuleGroup CryptoConfig":                             "below MonetizationConfig, which is taken as it is",
	"AWS::WAFv2::RuleGroup MonetizeAction":                           "the action Monetize, which is taken as it is",
	"AWS::WAFv2::RuleGroup PaymentNetwork":                           "below MonetizationConfig, which is taken as it is",
	"AWS::WAFv2::RuleGroup PreParseTextTransformation":               "below PreParseTextTransformations, which is taken as it is",
	"AWS::WAFv2::RuleGroup Price":                                    "below MonetizationConfig, which is taken as it is",
}

// The Go bindings of the CDK are read as text: linking them takes seconds and a
// Node process. Their names are the properties' own but for case (IPV6Enabled is
// Ipv6Enabled there), so names are compared without it.
func TestEveryPropertyOfTheCDKIsInTheSchemas(t *testing.T) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/aws/aws-cdk-go/awscdk/v2").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	cdk := strings.TrimSpace(string(dir))
	excused := map[string]bool{}
	missing := func(name, what, property string) {
		for _, key := range []string{name + " " + what, name + " " + property} {
			if onlyInCDK[key] != "" {
				excused[key] = true
				return
			}
		}
		t.Errorf("%s: the CDK's %s has %s, and the schemas do not; look it up, then add it to supplement.json", name, what, property)
	}
	for _, name := range Types() {
		r, _ := Of(name)
		_, service, resource, _ := split(name)
		pkg := filepath.Join(cdk, "aws"+strings.ToLower(service))
		if service == "CloudFormation" {
			pkg = cdk // whose own package has the stack
		}
		for key := range onlyInCDK {
			resourceType, what, _ := strings.Cut(key, " ")
			if _, err := os.Stat(filepath.Join(pkg, "Cfn"+resource+"_"+what+"Property.go")); resourceType == name && err != nil && what != "Id" && what != "ResponseParameters" {
				excused[key] = true // this CDK is older than the excuse
			}
		}
		props := filepath.Join(pkg, "Cfn"+resource+"Props.go")
		if _, err := os.Stat(props); err != nil {
			if name == "AWS::CloudFormation::WaitConditionHandle" || name == "AWS::CloudFormation::WaitCondition" {
				continue // have no properties file of their own
			}
			if r.Source != "" && strings.HasPrefix(r.Source, "awscdk@") {
				continue // of a CDK newer than the one in go.mod
			}
			t.Errorf("%s: %v", name, err)
			continue
		}
		known := names(r)
		for _, field := range fields(t, props) {
			if !known[""][strings.ToLower(field)] {
				missing(name, "Cfn"+resource+"Props", field)
			}
		}
		nested, err := filepath.Glob(filepath.Join(pkg, "Cfn"+resource+"_*Property.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range nested {
			what := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), "Cfn"+resource+"_"), "Property.go")
			there, ok := known[strings.ToLower(what)]
			switch {
			case !ok:
				missing(name, what, what)
			case there != nil:
				for _, field := range fields(t, path) {
					if !there[strings.ToLower(field)] {
						missing(name, what, field)
					}
				}
			}
		}
	}
	for key := range onlyInCDK {
		if !excused[key] {
			t.Errorf("%s: needs no excuse any more", key)
		}
	}
}

func split(name string) (aws, service, resource string, ok bool) {
	parts := strings.Split(name, "::")
	return parts[0], parts[1], parts[2], len(parts) == 3
}

var field = regexp.MustCompile("(?m)^\t(\\w+) \\S+ `field:")

// fields lists the fields of the struct in a file of the CDK's bindings.
func fields(t *testing.T, path string) []string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, m := range field.FindAllSubmatch(raw, -1) {
		out = append(out, string(m[1]))
	}
	if len(out) == 0 && strings.Contains(string(raw), "`field:") {
		t.Fatalf("%s: no field was read", path)
	}
	return out
}

// names maps the lower-case name of each definition and of each property that is an
// object to the lower-case names of what it may hold; "" is the resource itself. An
// object that may hold anything maps to nil.
func names(r *Resource) map[string]map[string]bool {
	out := map[string]map[string]bool{}
	add := func(name string, p *Property) {
		p = p.element()
		name = strings.ToLower(name)
		if len(p.Properties) == 0 && p.Values == nil {
			if _, ok := out[name]; !ok && (p.Open || len(p.Kinds) == 0 || slices.Contains(p.Kinds, "object")) {
				out[name] = nil
			}
			return
		}
		if out[name] == nil {
			out[name] = map[string]bool{}
		}
		for child := range p.Properties {
			out[name][strings.ToLower(child)] = true
		}
	}
	var walk func(name string, p *Property, within []*Property)
	walk = func(name string, p *Property, within []*Property) {
		add(name, p)
		p = p.element()
		if slices.Contains(within, p) {
			return
		}
		within = append(slices.Clone(within), p)
		for _, alternative := range slices.Concat(p.AnyOf, p.OneOf) {
			for _, child := range slices.Sorted(maps.Keys(alternative.Properties)) {
				walk(child, alternative.Properties[child], within)
				add(name, alternative)
			}
		}
		for _, child := range slices.Sorted(maps.Keys(p.Properties)) {
			walk(child, p.Properties[child], within)
		}
		if p.Values != nil {
			walk("", p.Values.resolved(), within)
		}
	}
	for name, d := range r.Definitions {
		walk(name, d, nil)
	}
	delete(out, "")
	walk("", &r.Property, nil)
	return out
}
