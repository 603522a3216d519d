package cfn

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// parse reads the template of the tests in an environment.
func parse(t *testing.T, environment Environment) *Template {
	t.Helper()
	var document map[string]any
	if err := json.Unmarshal([]byte(parts), &document); err != nil {
		t.Fatal(err)
	}
	template, err := Parse(document, environment, names)
	if err != nil {
		t.Fatal(err)
	}
	return template
}

// names are what the services of the tests call their resources.
var names = Names{
	"AWS::ApiGatewayV2::Api":       func(n Named) (any, error) { return DNSLabel(n.ID), nil },
	"AWS::ApiGatewayV2::Api.ApiId": func(n Named) (any, error) { return DNSLabel(n.ID), nil },
	"AWS::ApiGatewayV2::Api.ApiEndpoint": func(n Named) (any, error) {
		return "wss://" + DNSLabel(n.ID) + ".execute-api." + n.InRegion() + "." + n.URLSuffix(), nil
	},
	"AWS::ApiGatewayV2::Stage": func(n Named) (any, error) { return n.Property("StageName") },
	"AWS::WAFv2::WebACL.Arn": func(n Named) (any, error) {
		scope, err := n.Property("Scope")
		return n.ARN("wafv2", n.InRegion(), n.InAccount(), Text(scope)+"/webacl/"+n.ID), err
	},
}

const parts = `{
	"Resources": {
		"Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"ProtocolType": "WEBSOCKET"}},
		"Stage": {"Type": "AWS::ApiGatewayV2::Stage", "Properties": {"StageName": {"Ref": "Name"}, "ApiId": {"Ref": "Api"}}},
		"Acl": {"Type": "AWS::WAFv2::WebACL", "Properties": {"Scope": "CLOUDFRONT"}},
		"Balancer": {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer"},
		"Gone": {"Type": "AWS::S3::Bucket", "Condition": "Never"}
	},
	"Parameters": {"Name": {"Type": "String", "Default": "prod"}, "Bare": {"Type": "String"},
		"Ssm": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/path"}, "List": {"Type": "CommaDelimitedList", "Default": "a, b"}},
	"Mappings": {"M": {"us-east-1": {"stage": "mapped"}}},
	"Conditions": {"Always": {"Fn::Equals": ["a", "a"]}, "Never": {"Fn::Not": [{"Condition": "Always"}]},
		"Both": {"Fn::And": [{"Condition": "Always"}, {"Condition": "Never"}]}, "Any": {"Fn::Or": [{"Condition": "Never"}, {"Condition": "Always"}]},
		"Loop": {"Fn::Not": [{"Condition": "Loop"}]}}
}`

func TestIntrinsicsResolve(t *testing.T) {
	t.Parallel()
	template := parse(t, Environment{Imports: map[string]string{"Other:Host": "h.example.com"},
		Attributes: map[string]string{"Balancer.DNSName": "lb.example.com"}, Secrets: map[string]string{"{{resolve:ssm:/key}}": "given"}})
	for expression, want := range map[string]any{
		`"plain"`:                                              "plain",
		`{"Ref": "Name"}`:                                      "prod",
		`{"Ref": "Stage"}`:                                     "prod",
		`{"Ref": "Api"}`:                                       "api",
		`{"Ref": "AWS::Region"}`:                               "us-east-1",
		`{"Ref": "List"}`:                                      []any{"a", "b"},
		`{"Fn::GetAtt": ["Api", "ApiEndpoint"]}`:               "wss://api.execute-api.us-east-1.amazonaws.com",
		`{"Fn::GetAtt": "Api.ApiId"}`:                          "api",
		`{"Fn::GetAtt": ["Acl", "Arn"]}`:                       "arn:aws:wafv2:us-east-1:123456789012:CLOUDFRONT/webacl/Acl",
		`{"Fn::GetAtt": ["Balancer", "DNSName"]}`:              "lb.example.com",
		`{"Fn::Join": ["-", ["a", {"Ref": "Name"}, 3, true]]}`: "a-prod-3-true",
		`{"Fn::Sub": "${Api}.${AWS::Region}/${Api.ApiId}/${!literal}"}`:            "api.us-east-1/api/${literal}",
		`{"Fn::Sub": ["${x}/${Name}", {"x": {"Ref": "Stage"}}]}`:                   "prod/prod",
		`{"Fn::Select": ["1", {"Fn::Split": ["/", "a/b/c"]}]}`:                     "b",
		`{"Fn::If": ["Always", "yes", "no"]}`:                                      "yes",
		`{"Fn::If": ["Both", "yes", "no"]}`:                                        "no",
		`{"Fn::If": ["Any", "yes", {"Ref": "Nothing"}]}`:                           "yes",
		`{"Fn::ImportValue": "Other:Host"}`:                                        "h.example.com",
		`{"Fn::FindInMap": ["M", {"Ref": "AWS::Region"}, "stage"]}`:                "mapped",
		`"{{resolve:ssm:/key}}"`:                                                   "given",
		`"{{resolve:secretsmanager:a:SecretString:::}}"`:                           "{{resolve:secretsmanager:a:SecretString:::}}",
		`{"Fn::Join": ["", ["{{resolve:secretsmanager:", {"Ref": "Name"}, "}}"]]}`: "{{resolve:secretsmanager:prod}}",
		`["a", {"Ref": "AWS::NoValue"}, "b"]`:                                      []any{"a", "b"},
		`{"a": {"Ref": "AWS::NoValue"}, "b": 1}`:                                   map[string]any{"b": 1.0},
		`{"StringEquals": {"Condition": "x"}}`:                                     map[string]any{"StringEquals": map[string]any{"Condition": "x"}},
	} {
		var v any
		if err := json.Unmarshal([]byte(expression), &v); err != nil {
			t.Fatal(err)
		}
		got, err := template.resolve(v)
		if err != nil {
			t.Errorf("%s: %v", expression, err)
			continue
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s = %#v, want %#v", expression, got, want)
		}
	}
}

func TestWhatCannotBeResolvedIsNamedWithTheFix(t *testing.T) {
	t.Parallel()
	template := parse(t, Environment{})
	for expression, want := range map[string]string{
		`{"Ref": "Nothing"}`: `"Nothing" names neither a parameter nor a resource`,
		`{"Ref": "Gone"}`:    `"Gone" names neither`,
		`{"Ref": "Bare"}`:    `parameter "Bare" has no default; give the value of that parameter`,
		`{"Ref": "Ssm"}`:     `parameter "Ssm" is read from SSM`,
		`{"Ref": 3}`:         "Ref takes a name",
		`{"Fn::GetAtt": ["Balancer", "DNSName"]}`:           `Balancer.DNSName of AWS::ElasticLoadBalancingV2::LoadBalancer is known only after the deploy`,
		`{"Fn::GetAtt": ["Nothing", "Arn"]}`:                "names no resource",
		`{"Fn::GetAtt": []}`:                                "takes a resource and an attribute",
		`{"Fn::ImportValue": "Other:Host"}`:                 `"Other:Host" is another stack's export; give the value`,
		`{"Fn::Sub": "${Nothing}"}`:                         "${Nothing}",
		`{"Fn::Select": [9, ["a"]]}`:                        "index 9",
		`{"Fn::Select": ["x", ["a"]]}`:                      `got "x"`,
		`{"Fn::Split": ["", "a"]}`:                          "delimiter is empty",
		`{"Fn::Join": [1]}`:                                 "Fn::Join takes",
		`{"Fn::If": ["Unknown", 1, 2]}`:                     `condition "Unknown" is not in the template`,
		`{"Fn::If": ["Loop", 1, 2]}`:                        `condition "Loop" depends on itself`,
		`{"Fn::FindInMap": ["M", "x", "y"]}`:                "finds no M.x.y",
		`{"Fn::GetAZs": ""}`:                                "Fn::GetAZs is not resolved here",
		`{"Fn::Invented": ""}`:                              "Fn::Invented is not an intrinsic function known here",
		strings.Repeat("[", 150) + strings.Repeat("]", 150): "nested deeper",
	} {
		var v any
		if err := json.Unmarshal([]byte(expression), &v); err != nil {
			t.Fatal(err)
		}
		if got, err := template.resolve(v); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s = %v, %v; want an error with %q", expression, got, err, want)
		}
	}
}

func TestAValueThatContainsItselfDoesNotHang(t *testing.T) {
	t.Parallel()
	template := parse(t, Environment{})
	loop := map[string]any{"a": 1}
	loop["left"], loop["right"] = loop, loop
	if _, err := template.resolve(loop); err == nil || !strings.Contains(err.Error(), "deeper") && !strings.Contains(err.Error(), "more than") {
		t.Errorf("resolve of a loop: %v", err)
	}
}

func TestTheRegionDecidesSuffixAndPartition(t *testing.T) {
	t.Parallel()
	for region, want := range map[string]string{"cn-north-1": "api.execute-api.cn-north-1.amazonaws.com.cn aws-cn",
		"us-gov-west-1": "api.execute-api.us-gov-west-1.amazonaws.com aws-us-gov", "eu-west-1": "api.execute-api.eu-west-1.amazonaws.com aws"} {
		template := parse(t, Environment{Region: region})
		got, err := template.resolve(map[string]any{"Fn::Sub": "${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix} ${AWS::Partition}"})
		if err != nil || got != want {
			t.Errorf("%s: %v, %v; want %q", region, got, err, want)
		}
	}
}
