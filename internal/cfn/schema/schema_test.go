package schema

import (
	"slices"
	"strings"
	"testing"
)

func TestEveryTypeIsReadable(t *testing.T) {
	if len(Types()) < 100 {
		t.Fatalf("only %d types", len(Types()))
	}
	for _, name := range Types() {
		r, ok := Of(name)
		if !ok {
			t.Errorf("%s: not found", name)
			continue
		}
		if !slices.Contains(Sources(), r.Source) {
			t.Errorf("%s: source %q is not among %q", name, r.Source, Sources())
		}
		if len(r.PrimaryIdentifier) == 0 {
			t.Errorf("%s: no primary identifier", name)
		}
		// These have no properties of their own.
		if len(r.Paths()) == 0 && name != "AWS::CloudFormation::WaitConditionHandle" {
			t.Errorf("%s: no properties", name)
		}
		for _, path := range r.Paths() {
			if _, ok := r.At(path); !ok {
				t.Errorf("%s: Paths lists %s and At does not find it", name, path)
			}
		}
	}
	if _, ok := Of("AWS::CloudFront::Distributions"); ok {
		t.Error("a type that does not exist was found")
	}
}

func TestPathsLeadThroughListsMapsAndDefinitions(t *testing.T) {
	for _, test := range []struct{ resource, path, kind string }{
		{"AWS::CloudFront::Distribution", "DistributionConfig.Origins.CustomOriginConfig.HTTPSPort", "integer"},
		{"AWS::CloudFront::Distribution", "DistributionConfig.OriginGroups.Items.FailoverCriteria.StatusCodes.Items", "array"},
		{"AWS::ApiGateway::UsagePlan", "ApiStages.Throttle.*.RateLimit", "number"},
		{"AWS::WAFv2::WebACL", "Rules.Statement.NotStatement.Statement", "object"},
		{"AWS::ApiGatewayV2::Route", "ApiKeyRequired", "boolean"},
	} {
		t.Run(test.resource+" "+test.path, func(t *testing.T) {
			r, _ := Of(test.resource)
			p, ok := r.At(test.path)
			if !ok {
				t.Fatal("not found")
			}
			if !slices.Equal(p.Kinds, []string{test.kind}) {
				t.Errorf("is %q, want %q", p.Kinds, test.kind)
			}
			if got := slices.Contains(r.Paths(), test.path); !got {
				t.Error("Paths does not list it")
			}
		})
	}
	r, _ := Of("AWS::CloudFront::Distribution")
	for _, path := range []string{"DistributionConfig.Origin", "Nothing", "DistributionConfig.Comment.More"} {
		if _, ok := r.At(path); ok {
			t.Errorf("found %s, which does not exist", path)
		}
	}
	if slices.Contains(r.Paths(), "Id") {
		t.Error("Paths lists a read-only property")
	}
}

func TestChangesThatReplaceAreKnown(t *testing.T) {
	for _, test := range []struct {
		resource, path     string
		always, sometimes  bool
		readOnly, absentOK bool
	}{
		{resource: "AWS::ApiGateway::ApiKey", path: "Value", always: true},
		{resource: "AWS::ApiGateway::ApiKey", path: "Enabled"},
		{resource: "AWS::ApiGatewayV2::Stage", path: "StageName", always: true},
		{resource: "AWS::ApiGatewayV2::Api", path: "ProtocolType", always: true},
		{resource: "AWS::ApiGatewayV2::Api", path: "Name"},
		{resource: "AWS::CloudFront::Function", path: "Name", always: true},
		{resource: "AWS::CloudFront::Function", path: "FunctionCode"},
		{resource: "AWS::CloudFront::Function", path: "FunctionMetadata.FunctionARN", readOnly: true},
		{resource: "AWS::CloudFront::OriginRequestPolicy", path: "OriginRequestPolicyConfig.Name"},
		{resource: "AWS::CloudFront::ContinuousDeploymentPolicy", path: "ContinuousDeploymentPolicyConfig.Enabled"},
		{resource: "AWS::Lambda::Permission", path: "SourceArn", always: true},
		{resource: "AWS::Lambda::Function", path: "FunctionName", always: true},
		{resource: "AWS::Lambda::Function", path: "DurableConfig.ExecutionTimeout", sometimes: true},
		{resource: "AWS::WAFv2::WebACL", path: "Scope", always: true},
		{resource: "AWS::Logs::Delivery", path: "DeliveryDestinationArn", always: true},
	} {
		t.Run(test.resource+" "+test.path, func(t *testing.T) {
			r, ok := Of(test.resource)
			if !ok {
				t.Fatal("unknown type")
			}
			if got := r.CreateOnly(test.path); got != test.always {
				t.Errorf("CreateOnly is %v", got)
			}
			if got := r.ConditionalCreateOnly(test.path); got != test.sometimes {
				t.Errorf("ConditionalCreateOnly is %v", got)
			}
			if got := r.ReadOnly(test.path); got != test.readOnly {
				t.Errorf("ReadOnly is %v", got)
			}
			if _, ok := r.At(test.path); !ok {
				t.Error("no such property")
			}
		})
	}
}

func TestEveryPathOfAListLeadsToAProperty(t *testing.T) {
	for _, name := range Types() {
		r, _ := Of(name)
		for list, paths := range map[string][]string{
			"createOnly": r.CreateOnlyPaths, "conditionalCreateOnly": r.ConditionalCreateOnlyPaths,
			"readOnly": r.ReadOnlyPaths, "writeOnly": r.WriteOnlyPaths, "primaryIdentifier": r.PrimaryIdentifier,
		} {
			for _, path := range paths {
				if strings.Contains(path, "/") {
					t.Errorf("%s: %s %s is not dotted", name, list, path)
				}
				if _, ok := r.At(path); !ok {
					t.Errorf("%s: %s %s leads nowhere", name, list, path)
				}
			}
		}
	}
}

// The patterns that Go cannot read and Check therefore leaves unchecked. A new one
// in newer schemas fails here, so that somebody looks at what is no longer checked.
var unreadable = map[string]string{
	`^(?!^[0-9]+$)([a-zA-Z0-9-_]+)$`:              "AWS::Lambda::Alias Name",
	`^(^(?!(system\x2e)))(^[_a-zA-Z0-9])([^$]*)$`: "AWS::Lambda::EventSourceMapping Topics",
	`^[0-9A-Za-z\.\-_]*(?<!\.)$`:                  "AWS::Lambda::Function S3Bucket",
	`((?!^[0-9]+$)([a-zA-Z0-9-_]+))`:              "AWS::Lambda::Url Qualifier",
	`^((?![:*$])[\x00-\x7F]){1,255}`:              "AWS::Logs::MetricFilter dimension",
	`^[0-9A-Za-z_:-]{1,1024}$`:                    "AWS::WAFv2 label: Go repeats at most 1000 times",
	`^(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso(b?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:((?!\d+)[0-9a-zA-Z-_]+))?$`: "AWS::Lambda::Url TargetFunctionArn",
}

func TestEveryPatternIsReadOrListed(t *testing.T) {
	met := map[string]bool{}
	every(func(_ string, p *Property) {
		if p.Pattern == "" || compile(p.Pattern) != nil {
			return
		}
		met[p.Pattern] = true
		if unreadable[p.Pattern] == "" {
			t.Errorf("Go cannot read %s", p.Pattern)
		}
	})
	for pattern := range unreadable {
		if !met[pattern] {
			t.Errorf("no schema has %s any more", pattern)
		}
	}
}

// every visits each place of each schema.
func every(visit func(resourceType string, p *Property)) {
	for _, name := range Types() {
		r, _ := Of(name)
		var walk func(*Property)
		walk = func(p *Property) {
			if p == nil {
				return
			}
			visit(name, p)
			walk(p.Items)
			walk(p.Values)
			for _, child := range p.Properties {
				walk(child)
			}
			for _, alternative := range slices.Concat(p.AnyOf, p.OneOf) {
				walk(alternative)
			}
		}
		walk(&r.Property)
		for _, d := range r.Definitions {
			walk(d)
		}
	}
}
