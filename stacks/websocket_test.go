package stacks_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/internal/cdktest"
	"github.com/websocket-distribution/websocket-distribution/internal/config"
	"github.com/websocket-distribution/websocket-distribution/stacks"
)

func TestMain(m *testing.M) { cdktest.Main(m) }

const (
	certificate = "arn:aws:acm:us-east-1:111122223333:certificate/11111111-2222-3333-4444-555555555555"
	webACL      = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/name/11111111-2222-3333-4444-555555555555"
	secret      = "arn:aws:secretsmanager:us-east-1:111122223333:secret:chat-AbCdEf"
	apiURL      = "wss://abc.execute-api.eu-west-1.amazonaws.com/prod"
)

// environment is what config makes of an entry called test.
func environment(t *testing.T, entry string) config.Environment {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(`{"test": `+entry+`}`), &value); err != nil {
		t.Fatal(err)
	}
	environments, err := config.Select(value, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return environments[0]
}

// Each key of the environment table changes the template in one place.
func TestEachKeyReachesTheTemplate(t *testing.T) {
	const (
		distribution = "AWS::CloudFront::Distribution"
		policy       = "AWS::CloudFront::OriginRequestPolicy"
		acl          = "AWS::WAFv2::WebACL"
	)
	domain := `"domainNames": ["ws.example.com"], "certificateArn": "` + certificate + `"`
	for _, tt := range []struct {
		entry, resource, at string
		want                any
	}{
		{`{}`, distribution, "DistributionConfig.Comment", "WebSocket-test"},
		{`{"comment": "chat"}`, distribution, "DistributionConfig.Comment", "chat"},
		{`{"apiUrl": "` + apiURL + `"}`, distribution, "DistributionConfig.Origins.0.DomainName", "abc.execute-api.eu-west-1.amazonaws.com"},
		{`{"origin": {"readTimeoutSeconds": 60}}`, distribution, "DistributionConfig.Origins.0.CustomOriginConfig.OriginReadTimeout", 60.0},
		{`{"origin": {"keepaliveTimeoutSeconds": 9}}`, distribution, "DistributionConfig.Origins.0.CustomOriginConfig.OriginKeepaliveTimeout", 9.0},
		{`{"origin": {"ipAddressType": "DUALSTACK"}}`, distribution, "DistributionConfig.Origins.0.CustomOriginConfig.IpAddressType", "dualstack"},
		{`{"origin": {"connectionAttempts": 2}}`, distribution, "DistributionConfig.Origins.0.ConnectionAttempts", 2.0},
		{`{"origin": {"connectionTimeoutSeconds": 3}}`, distribution, "DistributionConfig.Origins.0.ConnectionTimeout", 3.0},
		{`{"origin": {"customHeaders": {"x-a": "1"}}}`, distribution, "DistributionConfig.Origins.0.OriginCustomHeaders.0.HeaderName", "x-a"},
		{`{"forwarding": {"headers": ["Origin"]}}`, policy, "OriginRequestPolicyConfig.HeadersConfig.Headers.5", "Origin"},
		{`{"forwarding": {"omitExtensions": true}}`, policy, "OriginRequestPolicyConfig.HeadersConfig.Headers.4", nil},
		{`{"forwarding": {"queryStrings": "all"}}`, policy, "OriginRequestPolicyConfig.QueryStringsConfig.QueryStringBehavior", "all"},
		{`{"forwarding": {"queryStrings": ["token"]}}`, policy, "OriginRequestPolicyConfig.QueryStringsConfig.QueryStrings.0", "token"},
		{`{"forwarding": {"cookies": ["session"]}}`, policy, "OriginRequestPolicyConfig.CookiesConfig.Cookies.0", "session"},
		{`{"forwarding": {"allExceptHost": true}}`, distribution, "DistributionConfig.DefaultCacheBehavior.OriginRequestPolicyId", "b689b0a8-53d0-40ab-baf2-68738e2966ac"},
		{`{"forwarding": {"originRequestPolicyId": "11111111-2222-3333-4444-555555555555"}}`, distribution, "DistributionConfig.DefaultCacheBehavior.OriginRequestPolicyId", "11111111-2222-3333-4444-555555555555"},
		{`{` + domain + `}`, distribution, "DistributionConfig.Aliases.0", "ws.example.com"},
		{`{` + domain + `}`, distribution, "DistributionConfig.ViewerCertificate.AcmCertificateArn", certificate},
		{`{` + domain + `, "minimumProtocolVersion": "TLS_V1_3_2025"}`, distribution, "DistributionConfig.ViewerCertificate.MinimumProtocolVersion", "TLSv1.3_2025"},
		{`{` + domain + `, "disableIpv6": true, "hostedZone": {"id": "Z1", "name": "example.com"}}`, "AWS::Route53::RecordSet", "HostedZoneId", "Z1"},
		{`{"pathParameter": "path"}`, policy, "OriginRequestPolicyConfig.QueryStringsConfig.QueryStrings.0", "path"},
		{`{"allowedOrigins": ["https://app.example.com"]}`, distribution, "DistributionConfig.DefaultCacheBehavior.FunctionAssociations.0.EventType", "viewer-request"},
		{`{"allowedOrigins": ["https://app.example.com"], "requireOrigin": true}`, "AWS::CloudFront::Function", "FunctionConfig.Runtime", "cloudfront-js-2.0"},
		{`{"requireHandshake": true}`, "AWS::CloudFront::Function", "FunctionConfig.Runtime", "cloudfront-js-2.0"},
		{`{"routes": {"/chat": {"apiUrl": "` + apiURL + `"}}}`, distribution, "DistributionConfig.CacheBehaviors.0.PathPattern", "/chat"},
		{`{"routes": {"/chat": {"apiUrl": "` + apiURL + `"}}}`, distribution, "DistributionConfig.Origins.1.DomainName", "abc.execute-api.eu-west-1.amazonaws.com"},
		{`{"webAcl": {"rateLimit": 500}}`, acl, "Rules.0.Statement.RateBasedStatement.Limit", 500.0},
		{`{"webAcl": {"allowedAddresses": ["192.0.2.0/24"]}}`, acl, "Rules.0.Name", "AllowedAddresses"},
		{`{"webAcl": {"deniedAddresses": ["192.0.2.0/24"]}}`, acl, "Rules.0.Name", "DeniedAddresses"},
		{`{"webAcl": {"trustedAddresses": ["192.0.2.0/24"]}}`, acl, "Rules.0.Name", "TrustedAddresses"},
		{`{"webAcl": {"countOnly": true}}`, acl, "Rules.0.Action.Block", nil},
		{`{"webAcl": {}}`, distribution, "DistributionConfig.WebACLId.Fn::GetAtt.1", "Arn"},
		{`{}`, distribution, "DistributionConfig.WebACLId", nil},
		{`{"accessLogs": {}}`, "AWS::Logs::LogGroup", "RetentionInDays", 90.0},
		{`{"accessLogs": {"retentionDays": 30}}`, "AWS::Logs::LogGroup", "RetentionInDays", 30.0},
		{`{"accessLogs": {"toBucket": true, "retentionDays": 10}}`, "AWS::S3::Bucket", "LifecycleConfiguration.Rules.0.ExpirationInDays", 10.0},
		{`{"accessLogs": {"additionalFields": ["cs-uri-query"]}}`, "AWS::Logs::Delivery", "RecordFields.20", "cs-uri-query"},
		{`{"accessLogs": {"bucketName": "mine"}}`, "AWS::Logs::DeliveryDestination", "DestinationResourceArn", "arn:aws:s3:::mine"},
		{`{"account": "111122223333", "accessLogs": {"logGroupName": "mine"}}`, "AWS::Logs::DeliveryDestination", "DestinationResourceArn", "arn:aws:logs:us-east-1:111122223333:log-group:mine:*"},
		{`{"apiLogs": {"accountRole": "exists", "retentionDays": 30}}`, "AWS::Logs::LogGroup", "RetentionInDays", 30.0},
		{`{"apiLogs": {"accountRole": "make"}}`, "AWS::ApiGateway::Account", "CloudWatchRoleArn.Fn::GetAtt.1", "Arn"},
		{`{"monitoring": {"emails": ["a@example.com"]}}`, "AWS::SNS::Topic", "Subscription.0.Endpoint", "a@example.com"},
		{`{"monitoring": {"disableAlarms": true}}`, "AWS::CloudWatch::Dashboard", "DashboardName", "WebSocket-test"},
		{`{"lock": {"keys": ["x"]}}`, "AWS::ApiGateway::ApiKey", "Description", "Key x by which CloudFront is let in"},
		{`{"lock": {"throttle": {"ratePerSecond": 100, "burst": 200}}}`, "AWS::ApiGateway::UsagePlan", "Throttle.BurstLimit", 200.0},
		{`{"lock": {"disabled": true}}`, distribution, "DistributionConfig.Origins.0.OriginCustomHeaders", nil},
		{`{"apiUrl": "` + apiURL + `", "lock": {"secretName": "chat/edge"}}`, distribution, "DistributionConfig.Origins.0.OriginCustomHeaders.0.HeaderName", "x-api-key"},
		{`{"apiUrl": "` + apiURL + `", "lock": {"secretArn": "` + secret + `", "header": "x-verify"}}`, distribution, "DistributionConfig.Origins.0.OriginCustomHeaders.0.HeaderName", "x-verify"},
		{`{"apiUrl": "` + apiURL + `", "lock": {"secretName": "chat/edge", "field": "key"}}`, distribution, "DistributionConfig.Origins.0.OriginCustomHeaders.0.HeaderValue", "{{resolve:secretsmanager:chat/edge:SecretString:key::}}"},
		{`{"apiUrl": "` + apiURL + `", "lock": {"ssmParameter": "/chat/edge"}}`, distribution, "DistributionConfig.Origins.0.OriginCustomHeaders.0.HeaderValue", "{{resolve:ssm:/chat/edge}}"},
		{`{"routes": {"/chat": {}, "/game": {}}}`, "AWS::ApiGatewayV2::Api", "ProtocolType", "WEBSOCKET"},
		{`{"httpVersion": "HTTP1_1"}`, distribution, "DistributionConfig.HttpVersion", "http1.1"},
		{`{"priceClass": "PRICE_CLASS_200"}`, distribution, "DistributionConfig.PriceClass", "PriceClass_200"},
		{`{"geoRestriction": {"allow": ["DE"]}}`, distribution, "DistributionConfig.Restrictions.GeoRestriction.RestrictionType", "whitelist"},
		{`{"geoRestriction": {"deny": ["DE"]}}`, distribution, "DistributionConfig.Restrictions.GeoRestriction.RestrictionType", "blacklist"},
		{`{"disableIpv6": true}`, distribution, "DistributionConfig.IPV6Enabled", false},
		{`{"webAclArn": "` + webACL + `"}`, distribution, "DistributionConfig.WebACLId", webACL},
	} {
		stack := stacks.NewWebSocket(cdktest.NewApp(t), environment(t, tt.entry))
		if got := at(cdktest.Synth(t, stack).Properties(tt.resource), tt.at); got != tt.want {
			t.Errorf("%s: want %s %v, got %v", tt.entry, tt.at, tt.want, got)
		}
	}
}

// at is the value under a path of keys and indexes, nil where there is none.
func at(value any, path string) any {
	for _, key := range strings.Split(path, ".") {
		switch v := value.(type) {
		case map[string]any:
			value = v[key]
		case []any:
			var i int
			if _, err := fmt.Sscan(key, &i); err != nil || i >= len(v) {
				return nil
			}
			value = v[i]
		}
	}
	return value
}

func TestTheStackOfAnEnvironment(t *testing.T) {
	stack := stacks.NewWebSocket(cdktest.NewApp(t), environment(t, `{
		"account": "111122223333", "region": "eu-west-1", "terminationProtection": true, "tags": {"team": "chat"}
	}`))
	if got := *stack.StackName(); got != "WebSocket-test" {
		t.Errorf("name: got %s", got)
	}
	if *stack.Account() != "111122223333" || *stack.Region() != "eu-west-1" {
		t.Errorf("environment: got %s %s", *stack.Account(), *stack.Region())
	}
	if !*stack.TerminationProtection() {
		t.Error("want termination protection")
	}
	if got := *(*stack.Tags().TagValues())["team"]; got != "chat" {
		t.Errorf("tags: got %s", got)
	}
}

func TestAStackWithoutDecisions(t *testing.T) {
	stack := stacks.NewWebSocket(cdktest.NewApp(t), environment(t, `{}`))
	if got := *stack.Region(); got != "us-east-1" {
		t.Errorf("region: got %s", got)
	}
	if *stack.TerminationProtection() {
		t.Error("want no termination protection")
	}
	if *awscdk.Token_IsUnresolved(stack.Account()) != true {
		t.Errorf("want the account of the deploy's credentials, got %s", *stack.Account())
	}
	cdktest.Synth(t, stack).Count("AWS::ApiGatewayV2::Api", 1)
}

// Programs read the outputs by these names.
func TestTheOutputsOfAStack(t *testing.T) {
	stack := stacks.NewWebSocket(cdktest.NewApp(t), environment(t, `{
		"apiUrl": "`+apiURL+`", "domainNames": ["ws.example.com"], "certificateArn": "`+certificate+`"
	}`))
	outputs := *cdktest.Synth(t, stack).FindOutputs(jsii.String("*"), nil)
	if got := slices.Sorted(maps.Keys(outputs)); fmt.Sprint(got) != "[CallbackUrl DistributionDomainName DistributionId WebSocketUrl]" {
		t.Errorf("got %v", got)
	}
	for name, want := range map[string]any{
		"WebSocketUrl": "wss://ws.example.com",
		"CallbackUrl":  "https://abc.execute-api.eu-west-1.amazonaws.com/prod",
	} {
		if got := (*outputs[name])["Value"]; got != want {
			t.Errorf("%s: want %v, got %v", name, want, got)
		}
	}
	if got := *stack.Distribution().URL(); got != "wss://ws.example.com" {
		t.Errorf("got %s", got)
	}
}

func TestWhatIsReturnedIsTheStack(t *testing.T) {
	app := cdktest.NewApp(t)
	stack := stacks.NewWebSocket(app, environment(t, `{}`))
	if awscdk.Stack_Of(stack) != awscdk.Stack(stack) || app.Node().FindChild(jsii.String("WebSocket-test")) != constructs.IConstruct(stack) {
		t.Error("want the value that was returned")
	}
	other := awscdk.NewStack(app, jsii.String("Other"), nil)
	other.AddDependency(stack, nil)
	awscdk.NewCfnResource(stack, jsii.String("Child"), &awscdk.CfnResourceProps{Type: jsii.String("Test::Test::Child")})
	awscdk.Tags_Of(stack).Add(jsii.String("team"), jsii.String("chat"), nil)
	tpl := cdktest.Synth(t, stack)
	tpl.Count("Test::Test::Child", 1)
	tpl.Has("AWS::CloudFront::Distribution", map[string]any{"Tags": []any{map[string]any{"Key": "team", "Value": "chat"}}})
	if got := *other.Dependencies(); len(got) != 1 || got[0] != awscdk.Stack(stack) {
		t.Errorf("want the dependency, got %v", got)
	}
}

func TestThePingAPIIsLocked(t *testing.T) {
	for entry, want := range map[string]any{`{}`: true, `{"lock": {"open": true}}`: nil, `{"lock": {"disabled": true}}`: nil} {
		tpl := cdktest.Synth(t, stacks.NewWebSocket(cdktest.NewApp(t), environment(t, entry)))
		for _, route := range *tpl.FindResources(jsii.String("AWS::ApiGatewayV2::Route"), map[string]any{"Properties": map[string]any{"RouteKey": "$connect"}}) {
			if got := (*route)["Properties"].(map[string]any)["ApiKeyRequired"]; got != want {
				t.Errorf("%s: want %v, got %v", entry, want, got)
			}
		}
	}
}

func TestRoutesToThePingAPIShareItsLock(t *testing.T) {
	stack := stacks.NewWebSocket(cdktest.NewApp(t), environment(t, `{
		"apiUrl": "`+apiURL+`", "routes": {"/a": {"lock": {"keys": ["x", "y"], "active": "y"}}, "/b": {"origin": {"customHeaders": {"x-a": "1"}}}}
	}`))
	tpl := cdktest.Synth(t, stack)
	tpl.Count("AWS::ApiGateway::UsagePlan", 1)
	tpl.Count("AWS::ApiGateway::ApiKey", 2)
	config := tpl.Properties("AWS::CloudFront::Distribution")["DistributionConfig"]
	if got := at(config, "Origins.0.OriginCustomHeaders"); got != nil {
		t.Errorf("want nothing for the API that lives elsewhere, got %v", got)
	}
	a, b := at(config, "Origins.1.OriginCustomHeaders"), at(config, "Origins.2.OriginCustomHeaders").([]any)
	if len(b) != 2 || !strings.Contains(fmt.Sprint(b), fmt.Sprint(at(a, "0"))) || !strings.Contains(fmt.Sprint(a), "LockSecrety") {
		t.Errorf("want the key y for both, got\n%v\n%v", a, b)
	}
}

func TestWithoutAWebACLNothingOfAWSWAFIsMade(t *testing.T) {
	for _, entry := range []string{`{}`, `{"webAclArn": "` + webACL + `"}`} {
		tpl := cdktest.Synth(t, stacks.NewWebSocket(cdktest.NewApp(t), environment(t, entry)))
		tpl.Count("AWS::WAFv2::WebACL", 0)
		tpl.Count("AWS::WAFv2::IPSet", 0)
	}
}

func TestWithoutLogsNothingOfThemIsMade(t *testing.T) {
	tpl := cdktest.Synth(t, stacks.NewWebSocket(cdktest.NewApp(t), environment(t, `{}`)))
	for _, kind := range []string{"AWS::Logs::LogGroup", "AWS::Logs::Delivery", "AWS::Logs::DeliverySource", "AWS::Logs::DeliveryDestination", "AWS::S3::Bucket", "AWS::ApiGateway::Account", "AWS::IAM::Role"} {
		tpl.Count(kind, 0)
	}
	if got := tpl.Properties("AWS::ApiGatewayV2::Stage")["AccessLogSettings"]; got != nil {
		t.Errorf("want no log of the stage, got %v", got)
	}
}

func TestWithoutMonitoringNothingOfItIsMade(t *testing.T) {
	tpl := cdktest.Synth(t, stacks.NewWebSocket(cdktest.NewApp(t), environment(t, `{}`)))
	for _, kind := range []string{"AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard", "AWS::SNS::Topic"} {
		tpl.Count(kind, 0)
	}
}

func TestMonitoringWatchesWhatTheEnvironmentConsistsOf(t *testing.T) {
	tpl := cdktest.Synth(t, stacks.NewWebSocket(cdktest.NewApp(t), environment(t, `{
		"monitoring": {"actionArns": ["arn:aws:sns:us-east-1:111122223333:oncall"], "serverErrorPercent": 2}, "webAcl": {}, "requireHandshake": true,
		"routes": {"/a": {"apiUrl": "`+apiURL+`"}, "/b": {"apiUrl": "`+apiURL+`"}, "/c": {}, "/d": {"apiUrl": "wss://api.example.com"}}
	}`)))
	// Two of the distribution, one of the web ACL, two of each of the five functions,
	// two of the ping API; the API in eu-west-1 is on the dashboard alone.
	tpl.Count("AWS::CloudWatch::Alarm", 2+1+2*5+2)
	body := fmt.Sprint(tpl.Properties("AWS::CloudWatch::Dashboard"))
	for want, n := range map[string]int{`API: traffic of`: 2, `"region":"eu-west-1"`: 10, `Web ACL: requests`: 1, `DashboardName:WebSocket-test`: 1} {
		if got := strings.Count(body, want); got != n {
			t.Errorf("want %d of %s, got %d", n, want, got)
		}
	}
}

func TestWithoutThePingAPIThereIsNoLock(t *testing.T) {
	for _, entry := range []string{`{"apiUrl": "` + apiURL + `"}`, `{"lock": {"disabled": true}}`} {
		tpl := cdktest.Synth(t, stacks.NewWebSocket(cdktest.NewApp(t), environment(t, entry)))
		for _, kind := range []string{"AWS::SecretsManager::Secret", "AWS::ApiGateway::UsagePlan", "AWS::ApiGateway::ApiKey"} {
			tpl.Count(kind, 0)
		}
	}
}
