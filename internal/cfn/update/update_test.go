package update_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/websocket-distribution/websocket-distribution/internal/cfn/update"
)

func stack(t *testing.T, region, resources string) update.Stack {
	t.Helper()
	var template map[string]any
	if err := json.Unmarshal([]byte(`{"Resources": {`+strings.TrimSuffix(resources, ", ")+`}}`), &template); err != nil {
		t.Fatalf("%v in %s", err, resources)
	}
	return update.Deployed(template, "111122223333", region)
}

const (
	group   = `"Group": {"Type": "AWS::Logs::LogGroup"}, `
	toGroup = group + `"To": {"Type": "AWS::Logs::DeliveryDestination", "Properties": {"Name": "log", "DestinationResourceArn": {"Fn::GetAtt": ["Group", "Arn"]}}}`
	api     = `"Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"ProtocolType": "WEBSOCKET"}}, `
)

func TestUpdates(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, before, after, want string }{
		{"nothing changes", toGroup, toGroup, ""},
		{"a named resource is new", group, toGroup, ""},
		{"a named resource goes", toGroup, group, ""},
		{
			"a named resource would be replaced", toGroup,
			group + `"To": {"Type": "AWS::Logs::DeliveryDestination", "Properties": {"Name": "log", "DestinationResourceArn": "arn:aws:s3:::mine"}}`,
			`To: DestinationResourceArn has changed, which replaces it, and AWS::Logs::DeliveryDestination Name "log" has not`,
		},
		{
			"a named resource is replaced by one of another name", toGroup,
			group + `"To": {"Type": "AWS::Logs::DeliveryDestination", "Properties": {"Name": "bucket", "DestinationResourceArn": "arn:aws:s3:::mine"}}`, "",
		},
		{
			"a name goes from one resource to another", toGroup,
			strings.Replace(toGroup, `"To"`, `"There"`, 1),
			`There: takes over AWS::Logs::DeliveryDestination Name "log" from To, which is there until it has been made`,
		},
		{
			"a resource without a name is replaced",
			`"Set": {"Type": "AWS::WAFv2::IPSet", "Properties": {"Scope": "CLOUDFRONT", "IPAddressVersion": "IPV4"}}`,
			`"Set": {"Type": "AWS::WAFv2::IPSet", "Properties": {"Scope": "CLOUDFRONT", "IPAddressVersion": "IPV6"}}`, "",
		},
		{
			"a property that the schema lets change and the service does not",
			`"Set": {"Type": "AWS::WAFv2::IPSet", "Properties": {"Name": "a", "Scope": "CLOUDFRONT", "IPAddressVersion": "IPV4"}}`,
			`"Set": {"Type": "AWS::WAFv2::IPSet", "Properties": {"Name": "a", "Scope": "CLOUDFRONT", "IPAddressVersion": "IPV6"}}`,
			`Set: IPAddressVersion has changed, which replaces it, and AWS::WAFv2::IPSet Name "a" Scope "CLOUDFRONT" has not`,
		},
		{
			"a named resource refers to one that is replaced",
			`"Old": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "a"}}, "To": {"Type": "AWS::Logs::DeliveryDestination", "Properties": {"Name": "log", "DestinationResourceArn": {"Fn::GetAtt": ["Old", "Arn"]}}}`,
			`"Old": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "b"}}, "To": {"Type": "AWS::Logs::DeliveryDestination", "Properties": {"Name": "log", "DestinationResourceArn": {"Fn::GetAtt": ["Old", "Arn"]}}}`,
			`To: DestinationResourceArn has changed, which replaces it, and AWS::Logs::DeliveryDestination Name "log" has not`,
		},
		{
			"a name within a resource that is replaced",
			api + `"Stage": {"Type": "AWS::ApiGatewayV2::Stage", "Properties": {"ApiId": {"Ref": "Api"}, "StageName": "live"}}`,
			strings.Replace(api, "WEBSOCKET", "HTTP", 1) + `"Stage": {"Type": "AWS::ApiGatewayV2::Stage", "Properties": {"ApiId": {"Ref": "Api"}, "StageName": "live"}}`, "",
		},
		{
			"a second source for a distribution",
			`"A": {"Type": "AWS::Logs::DeliverySource", "Properties": {"Name": "a", "LogType": "ACCESS_LOGS", "ResourceArn": "arn"}}`,
			`"B": {"Type": "AWS::Logs::DeliverySource", "Properties": {"Name": "b", "LogType": "ACCESS_LOGS", "ResourceArn": "arn"}}`,
			`B: takes over AWS::Logs::DeliverySource ResourceArn "arn" LogType "ACCESS_LOGS" from A, which is there until it has been made`,
		},
		{
			"a record under another id, whatever its case",
			`"A": {"Type": "AWS::Route53::RecordSet", "Properties": {"HostedZoneId": "Z1", "Name": "A.example.com", "Type": "A"}}`,
			`"B": {"Type": "AWS::Route53::RecordSet", "Properties": {"HostedZoneId": "Z1", "Name": "a.example.com.", "Type": "A"}}`,
			`B: takes over AWS::Route53::RecordSet HostedZoneId "Z1" Name "a.example.com" Type "A" from A, which is there until it has been made`,
		},
		{
			"an alias under another id",
			`"A": {"Type": "AWS::CloudFront::Distribution", "Properties": {"DistributionConfig": {"Aliases": ["b.example.com", "a.example.com"]}}}`,
			`"B": {"Type": "AWS::CloudFront::Distribution", "Properties": {"DistributionConfig": {"Aliases": ["a.example.com"]}}}`,
			`B: takes over AWS::CloudFront::Distribution DistributionConfig.Aliases "a.example.com" from A, which is there until it has been made`,
		},
		{
			"another type under one id", group, `"Group": {"Type": "AWS::S3::Bucket"}`,
			`Group: was AWS::Logs::LogGroup and is AWS::S3::Bucket; a resource cannot change its type`,
		},
		{
			"a type that nothing is known of", ``, `"X": {"Type": "AWS::EC2::VPC"}`,
			`X: nothing is known of AWS::EC2::VPC; add it to uniqueness, and to the schemas`,
		},
		{
			"a name that stays behind",
			`"Group": {"Type": "AWS::Logs::LogGroup", "DeletionPolicy": "RetainExceptOnCreate", "Properties": {"LogGroupName": "mine"}}`, ``,
			`Group: stays when it is no longer in the template, under a name of its own, so it could not be made again`,
		},
		{"something without a name that stays behind", `"Group": {"Type": "AWS::Logs::LogGroup", "DeletionPolicy": "Retain"}`, ``, ""},
		{
			"a setting that CloudFormation does not reset",
			api + `"R": {"Type": "AWS::ApiGatewayV2::Route", "Properties": {"ApiId": {"Ref": "Api"}, "RouteKey": "$connect", "ApiKeyRequired": true}}`,
			api + `"R": {"Type": "AWS::ApiGatewayV2::Route", "Properties": {"ApiId": {"Ref": "Api"}, "RouteKey": "$connect"}}`,
			`R: no longer says ApiKeyRequired, so CloudFormation leaves it as it was; say what it is to be`,
		},
		{
			"a setting that is turned off in words",
			api + `"R": {"Type": "AWS::ApiGatewayV2::Route", "Properties": {"ApiId": {"Ref": "Api"}, "RouteKey": "$connect", "ApiKeyRequired": true}}`,
			api + `"R": {"Type": "AWS::ApiGatewayV2::Route", "Properties": {"ApiId": {"Ref": "Api"}, "RouteKey": "$connect", "ApiKeyRequired": false}}`, "",
		},
		{
			"a setting without a value for none",
			`"S": {"Type": "AWS::ApiGatewayV2::Stage", "Properties": {"ApiId": "a", "StageName": "live", "AccessLogSettings": {}}}`,
			`"S": {"Type": "AWS::ApiGatewayV2::Stage", "Properties": {"ApiId": "a", "StageName": "live"}}`, "",
		},
		{
			"the account in words and as a pseudo parameter",
			`"To": {"Type": "AWS::Logs::DeliveryDestination", "Properties": {"Name": "log", "DestinationResourceArn": {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":logs:us-east-1:", {"Ref": "AWS::AccountId"}, ":log-group:mine:*"]]}}}`,
			`"To": {"Type": "AWS::Logs::DeliveryDestination", "Properties": {"Name": "log", "DestinationResourceArn": {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":logs:us-east-1:111122223333:log-group:mine:*"]]}}}`, "",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := strings.Join(update.Problems(stack(t, "us-east-1", tt.before), stack(t, "us-east-1", tt.after)), "\n")
			if got != tt.want {
				t.Errorf("want %q\ngot  %q", tt.want, got)
			}
		})
	}
}

func TestNamesAreTypesAndWhatThereCanBeOneOf(t *testing.T) {
	t.Parallel()
	got := stack(t, "us-east-1", toGroup).Names()
	want := map[string]string{
		"Group": "AWS::Logs::LogGroup",
		"To":    "AWS::Logs::DeliveryDestination\nAWS::Logs::DeliveryDestination Name \"log\"",
	}
	if !maps.Equal(got, want) {
		t.Errorf("want %q, got %q", want, got)
	}
}

func TestCollisions(t *testing.T) {
	t.Parallel()
	function := `"F": {"Type": "AWS::CloudFront::Function", "Properties": {"Name": "f"}}, `
	destination := `"To": {"Type": "AWS::Logs::DeliveryDestination", "Properties": {"Name": "log"}}`
	own := `"Policy": {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": {"Ref": "Bucket"}}}, `
	both := []string{
		`F and F have the same AWS::CloudFront::Function Name "f"`,
		`To and To have the same AWS::Logs::DeliveryDestination Name "log"`,
	}
	for region, want := range map[string][]string{"us-east-1": both, "eu-west-1": both[:1]} {
		got := update.Collisions(stack(t, "us-east-1", function+own+destination), stack(t, region, function+own+destination))
		if !slices.Equal(got, want) {
			t.Errorf("%s: want %q, got %q", region, want, got)
		}
	}
}
