package schema

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestCheckFindsWhatAWSRefusesAndNothingElse(t *testing.T) {
	for _, test := range []struct {
		name, resource, properties string
		want                       []string // of Problem.String
	}{
		{"a value of an enumeration", "AWS::CloudFront::Function", `{"Name":"f","FunctionCode":"x","FunctionConfig":{"Comment":"","Runtime":"cloudfront-js-2.0"}}`, nil},
		{"a value outside an enumeration", "AWS::CloudFront::Function", `{"Name":"f","FunctionCode":"x","FunctionConfig":{"Comment":"","Runtime":"cloudfront-js-3.0"}}`,
			[]string{`FunctionConfig.Runtime: "cloudfront-js-3.0" is not accepted; want one of cloudfront-js-1.0, cloudfront-js-2.0`}},
		{"an enumeration is case-sensitive", "AWS::ApiGatewayV2::Api", `{"ProtocolType":"WebSocket"}`,
			[]string{`ProtocolType: "WebSocket" is not accepted; want one of HTTP, WEBSOCKET`}},
		{"a number of an enumeration, written as text", "AWS::CloudFront::Distribution", distribution(`"CustomErrorResponses":[{"ErrorCode":"403"},{"ErrorCode":504.0}]`), nil},
		{"a number outside an enumeration", "AWS::CloudFront::Distribution", distribution(`"CustomErrorResponses":[{"ErrorCode":418}]`),
			[]string{`DistributionConfig.CustomErrorResponses[0].ErrorCode: 418 is not accepted; want one of 400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504`}},

		{"required properties", "AWS::CloudFront::Function", `{"Name":"f","FunctionConfig":{"Comment":""}}`,
			[]string{"FunctionCode: required property is missing", "FunctionConfig.Runtime: required property is missing"}},
		{"no value is a missing property", "AWS::CloudFront::Function", `{"Name":"f","FunctionCode":{"Ref":"AWS::NoValue"},"FunctionConfig":{"Comment":"","Runtime":"cloudfront-js-2.0"}}`,
			[]string{"FunctionCode: required property is missing"}},
		{"an unknown property", "AWS::ApiGatewayV2::Route", `{"ApiId":"a","RouteKey":"$connect","ApiKeyRequred":true}`,
			[]string{"ApiKeyRequred: unknown property; did you mean ApiKeyRequired?"}},
		{"a property in another case", "AWS::CloudFront::Distribution", distribution(`"Ipv6Enabled":true`),
			[]string{"DistributionConfig.Ipv6Enabled: unknown property; did you mean IPV6Enabled?"}},
		{"an unknown property like no other", "AWS::ApiGatewayV2::Route", `{"ApiId":"a","RouteKey":"$connect","Zzzzzzzzzz":1}`,
			[]string{"Zzzzzzzzzz: unknown property"}},
		{"a property that AWS decides", "AWS::ApiGatewayV2::Api", `{"ApiId":"abc"}`,
			[]string{"ApiId: AWS sets this property; a template may not"}},

		{"kinds are converted", "AWS::ApiGatewayV2::Authorizer", `{"ApiId":1,"AuthorizerType":"REQUEST","Name":true,"AuthorizerResultTtlInSeconds":"300","EnableSimpleResponses":"True"}`, nil},
		{"a text that is no number", "AWS::ApiGatewayV2::Integration", `{"ApiId":"a","IntegrationType":"MOCK","TimeoutInMillis":"long"}`,
			[]string{`TimeoutInMillis: "long" is of the wrong type; want integer`}},
		{"a fraction for an integer", "AWS::ApiGatewayV2::Integration", `{"ApiId":"a","IntegrationType":"MOCK","TimeoutInMillis":100.5}`,
			[]string{`TimeoutInMillis: 100.5 is of the wrong type; want integer`}},
		{"one value where a list is wanted", "AWS::ApiGatewayV2::Authorizer", `{"ApiId":"a","AuthorizerType":"REQUEST","Name":"n","IdentitySource":"route.request.header.Auth"}`,
			[]string{`IdentitySource: "route.request.header.Auth" is of the wrong type; want array`}},
		{"a list where one value is wanted", "AWS::ApiGatewayV2::Api", `{"Name":["n"]}`,
			[]string{`Name: ["n"] is of the wrong type; want string`}},
		{"a document may be text", "AWS::IAM::Role", `{"AssumeRolePolicyDocument":"{\"Statement\":[]}"}`, nil},

		{"a range", "AWS::ApiGatewayV2::Authorizer", `{"ApiId":"a","AuthorizerType":"REQUEST","Name":"n","AuthorizerResultTtlInSeconds":3601}`,
			[]string{"AuthorizerResultTtlInSeconds: got 3601, want 0 to 3600"}},
		{"the end of a range", "AWS::ApiGatewayV2::Authorizer", `{"ApiId":"a","AuthorizerType":"REQUEST","Name":"n","AuthorizerResultTtlInSeconds":"3600"}`, nil},
		{"a length in characters, not bytes", "AWS::ApiGatewayV2::Api", `{"Name":"` + strings.Repeat("é", 128) + `"}`, nil},
		{"a length", "AWS::ApiGatewayV2::Api", `{"Name":"` + strings.Repeat("x", 129) + `"}`,
			[]string{`Name: got "` + strings.Repeat("x", 57) + `...", want 1 to 128 characters`}},
		{"a pattern", "AWS::ApiGatewayV2::Stage", `{"ApiId":"a","StageName":"prod/v1"}`,
			[]string{`StageName: got "prod/v1", want text that matches ^(\$default|[A-Za-z0-9_-]{1,128})$`}},
		{"text that a pattern allows", "AWS::ApiGatewayV2::Stage", `{"ApiId":"a","StageName":"$default"}`, nil},
		{"a list too short", "AWS::CloudFront::Distribution", distribution(`"OriginGroups":{"Quantity":1,"Items":[{"Id":"g","FailoverCriteria":{"StatusCodes":{"Quantity":1,"Items":[500]}},"Members":{"Quantity":1,"Items":[{"OriginId":"o"}]}}]}`),
			[]string{"DistributionConfig.OriginGroups.Items[0].Members.Items: got 1, want exactly 2 items"}},
		{"a list that may lose an element", "AWS::CloudFront::Distribution", distribution(`"OriginGroups":{"Quantity":1,"Items":[{"Id":"g","FailoverCriteria":{"StatusCodes":{"Quantity":1,"Items":[500]}},"Members":{"Quantity":2,"Items":[{"OriginId":"o"},{"OriginId":"p"},{"Fn::If":["C",{"OriginId":"q"},{"Ref":"AWS::NoValue"}]}]}}]}`), nil},
		{"a list that repeats a value", "AWS::ApiGateway::ApiKey", `{"StageKeys":[{"RestApiId":"a","StageName":"s"},{"StageName":"s","RestApiId":"a"}]}`,
			[]string{`StageKeys[1]: {"RestApiId":"a","StageName":"s"} is listed twice`}},

		{"two that shut each other out", "AWS::CloudFront::Distribution", distribution(`"Comment":""`, `"S3OriginConfig":{}`),
			[]string{"DistributionConfig.Origins[0]: may not be set together: CustomOriginConfig, S3OriginConfig"}},
		{"one that is needed with another", "AWS::CloudFront::Distribution", distribution(`"CustomErrorResponses":[{"ErrorCode":403,"ResponseCode":200}]`),
			[]string{"DistributionConfig.CustomErrorResponses[0].ResponseCode: needs ResponsePagePath as well"}},
		{"exactly one, and none", "AWS::Route53::RecordSet", `{"Name":"a.example.com","Type":"A"}`,
			[]string{"Properties: needs one of HostedZoneId, HostedZoneName"}},
		{"exactly one, and two", "AWS::Route53::RecordSet", `{"Name":"a.example.com","Type":"A","HostedZoneId":"Z","HostedZoneName":"example.com."}`,
			[]string{"Properties: may not be set together: HostedZoneId, HostedZoneName"}},
		{"exactly one, and two of which one may be none", "AWS::Route53::RecordSet", `{"Name":"a.example.com","Type":"A","HostedZoneId":{"Fn::If":["C","Z",{"Ref":"AWS::NoValue"}]},"HostedZoneName":"example.com."}`, nil},
		{"at least one of several", "AWS::IAM::Policy", `{"PolicyName":"p","PolicyDocument":{}}`,
			[]string{"Properties: needs one of Users, Groups, Roles"}},
		{"alternatives, none of which holds", "AWS::S3::Bucket", `{"LoggingConfiguration":{"TargetObjectKeyFormat":{"SimplePrefixes":{}}}}`,
			[]string{"LoggingConfiguration.TargetObjectKeyFormat.SimplePrefix: required property is missing", "LoggingConfiguration.TargetObjectKeyFormat.SimplePrefixes: unknown property; did you mean SimplePrefix?"}},
		{"the values of a map", "AWS::ApiGatewayV2::Api", `{"Tags":{"any key":"v","other":["v"]}}`,
			[]string{`Tags.other: ["v"] is of the wrong type; want string`}},
		{"a type that contains itself", "AWS::WAFv2::WebACL", `{"Scope":"CLOUDFRONT","DefaultAction":{"Allow":{}},"VisibilityConfig":{"CloudWatchMetricsEnabled":true,"SampledRequestsEnabled":true,"MetricName":"m"},
			"Rules":[{"Name":"r","Priority":0,"Action":{"Block":{}},"VisibilityConfig":{"CloudWatchMetricsEnabled":true,"SampledRequestsEnabled":true,"MetricName":"m"},"Statement":{"NotStatement":{"Statement":{"GeoMatchStatement":{"CountryCodes":["XX"]}}}}}]}`,
			[]string{"Rules[0].Statement.NotStatement.Statement.GeoMatchStatement.CountryCodes[0]: "}},

		{"intrinsics are decided later", "AWS::CloudFront::Function", `{"Name":{"Fn::Sub":"${X}"},"FunctionCode":{"Ref":"P"},"FunctionConfig":{"Fn::If":["C",{"Bad":1},{"Ref":"AWS::NoValue"}]}}`, nil},
		{"a dynamic reference is decided later", "AWS::ApiGateway::ApiKey", `{"Value":"{{resolve:ssm:k}}"}`, nil},
		{"what the caller cannot resolve", "AWS::ApiGatewayV2::Api", `{"ProtocolType":"<unresolved>"}`, nil},
		{"a transform may add anything", "AWS::ApiGatewayV2::Api", `{"CorsConfiguration":{"Fn::Transform":{"Name":"AWS::Include"},"Zzz":1}}`, nil},
		{"an unknown type", "Custom::Thing", `{"Any":1}`, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			var properties map[string]any
			if err := json.Unmarshal([]byte(test.properties), &properties); err != nil {
				t.Fatal(err)
			}
			got := Check(test.resource, properties, func(v any) bool { return v == "<unresolved>" })
			for i, p := range got {
				if i >= len(test.want) || !strings.HasPrefix(p.String(), test.want[i]) {
					t.Errorf("found %s", p)
				}
			}
			if len(got) < len(test.want) {
				t.Errorf("missed %q", test.want[len(got):])
			}
		})
	}
}

// distribution is a sound distribution's properties with something added to its
// configuration and to its origin.
func distribution(config string, origin ...string) string {
	more := ""
	for _, o := range origin {
		more += "," + o
	}
	return `{"DistributionConfig":{"Enabled":true,"DefaultCacheBehavior":{"TargetOriginId":"o","ViewerProtocolPolicy":"https-only","CachePolicyId":"c"},
		"Origins":[{"Id":"o","DomainName":"a.execute-api.eu-west-1.amazonaws.com","CustomOriginConfig":{"OriginProtocolPolicy":"https-only","OriginSSLProtocols":["TLSv1.2"],"HTTPSPort":443}` + more + `}],` + config + `}}`
}

func TestTheGoldensOfThisModuleHaveNoProblems(t *testing.T) {
	files, err := filepath.Glob("../../../testdata/*.json")
	if err != nil {
		t.Fatal(err)
	}
	more, err := filepath.Glob("../../../constructs/*/testdata/*.json")
	if err != nil {
		t.Fatal(err)
	}
	met := map[string]bool{}
	for _, path := range slices.Concat(files, more) {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var template struct {
			Resources map[string]struct {
				Type       string
				Properties map[string]any
			}
		}
		if err := json.Unmarshal(raw, &template); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		for id, r := range template.Resources {
			met[r.Type] = true
			if _, ok := Of(r.Type); !ok && !strings.HasPrefix(r.Type, "Custom::") && r.Type != "AWS::CDK::Metadata" {
				t.Errorf("%s: no schema for %s; name it in generate/main.go", path, r.Type)
			}
			for _, p := range Check(r.Type, r.Properties, nil) {
				t.Errorf("%s: %s: %s", path, id, p)
			}
		}
	}
	if !met["AWS::CloudFront::Distribution"] || !met["AWS::ApiGatewayV2::Stage"] {
		t.Errorf("the goldens were not read; met only %v", met)
	}
}
