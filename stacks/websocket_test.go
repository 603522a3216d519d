package stacks_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
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
	topic       = "arn:aws:sns:us-east-1:111122223333:oncall"
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

// here and elsewhere are an environment with a ping API of its own and one without.
const (
	here      = `{}`
	elsewhere = `{"apiUrl": "` + apiURL + `"}`
	domain    = `{"apiUrl": "` + apiURL + `", "domainNames": ["ws.example.com"], "certificateArn": "` + certificate + `"}`
	zone      = `{"apiUrl": "` + apiURL + `", "domainNames": ["ws.example.com"], "certificateArn": "` + certificate + `", "hostedZone": {"id": "Z1", "name": "example.com"}}`
	policyID  = "11111111-2222-3333-4444-555555555555"
	otherAPI  = "wss://other.execute-api.eu-west-1.amazonaws.com/prod"
	watched   = `{"apiUrl": "` + apiURL + `", "monitoring": {}}`

	stackItself      = "the stack"
	distributionType = "AWS::CloudFront::Distribution"
	policyType       = "AWS::CloudFront::OriginRequestPolicy"
	functionType     = "AWS::CloudFront::Function"
	webACLType       = "AWS::WAFv2::WebACL"
	alarmType        = "AWS::CloudWatch::Alarm"
)

// unseen are the keys that do not reach the template, and why.
var unseen = map[string]string{
	"hostedZone.name": "records name their zone by its id; the name is what domainNames are checked against",
}

// examples have for each key of the environment table the environment without it
// (elsewhere, unless with says another), its value, and where that arrives: at a
// path below the properties of the stack's only resource of a type, or of the stack
// itself. Where several resources are of the type, a word of the logical id follows
// it; where none is named, it is enough that something changes.
var examples = []struct {
	key, with, value string
	resource, at     string
	want             any
}{
	{"account", `{"apiUrl": "` + apiURL + `", "accessLogs": {"logGroupName": "mine"}}`, `"111122223333"`, "AWS::Logs::DeliveryDestination", "DestinationResourceArn", "arn:aws:logs:us-east-1:111122223333:log-group:mine:*"},
	{"account", "", `"111122223333"`, stackItself, "environment", "aws://111122223333/us-east-1"},
	{"region", "", `"eu-west-1"`, stackItself, "environment", "aws://unknown-account/eu-west-1"},
	{"terminationProtection", "", `true`, stackItself, "terminationProtection", true},
	{"tags", "", `{"team": "chat"}`, stackItself, "tags.team", "chat"},

	{"apiUrl", here, `"` + apiURL + `"`, distributionType, "DistributionConfig.Origins.0.DomainName", "abc.execute-api.eu-west-1.amazonaws.com"},
	{"origin.readTimeoutSeconds", "", `60`, distributionType, "DistributionConfig.Origins.0.CustomOriginConfig.OriginReadTimeout", 60.0},
	{"origin.keepaliveTimeoutSeconds", "", `9`, distributionType, "DistributionConfig.Origins.0.CustomOriginConfig.OriginKeepaliveTimeout", 9.0},
	{"origin.connectionAttempts", "", `2`, distributionType, "DistributionConfig.Origins.0.ConnectionAttempts", 2.0},
	{"origin.connectionTimeoutSeconds", "", `3`, distributionType, "DistributionConfig.Origins.0.ConnectionTimeout", 3.0},
	{"origin.customHeaders", "", `{"x-a": "1"}`, distributionType, "DistributionConfig.Origins.0.OriginCustomHeaders.0.HeaderName", "x-a"},
	{"origin.customHeaders", here, `{"x-a": "1"}`, distributionType, "DistributionConfig.Origins.0.OriginCustomHeaders.0.HeaderName", "x-a"},
	{"origin.ipAddressType", "", `"DUALSTACK"`, distributionType, "DistributionConfig.Origins.0.CustomOriginConfig.IpAddressType", "dualstack"},
	{"forwarding.headers", "", `["Origin"]`, policyType, "OriginRequestPolicyConfig.HeadersConfig.Headers.5", "Origin"},
	{"forwarding.queryStrings", "", `"all"`, policyType, "OriginRequestPolicyConfig.QueryStringsConfig.QueryStringBehavior", "all"},
	{"forwarding.queryStrings", "", `["token"]`, policyType, "OriginRequestPolicyConfig.QueryStringsConfig.QueryStrings.0", "token"},
	{"forwarding.cookies", "", `"all"`, policyType, "OriginRequestPolicyConfig.CookiesConfig.CookieBehavior", "all"},
	{"forwarding.cookies", "", `["session"]`, policyType, "OriginRequestPolicyConfig.CookiesConfig.Cookies.0", "session"},
	{"forwarding.allExceptHost", "", `true`, distributionType, "DistributionConfig.DefaultCacheBehavior.OriginRequestPolicyId", "b689b0a8-53d0-40ab-baf2-68738e2966ac"},
	{"forwarding.originRequestPolicyId", "", `"` + policyID + `"`, distributionType, "DistributionConfig.DefaultCacheBehavior.OriginRequestPolicyId", policyID},
	{"forwarding.omitExtensions", "", `true`, policyType, "OriginRequestPolicyConfig.HeadersConfig.Headers.4", nil},
	{"pathParameter", "", `"path"`, policyType, "OriginRequestPolicyConfig.QueryStringsConfig.QueryStrings.0", "path"},
	{"allowedWebOrigins", "", `["https://app.example.com"]`, functionType, "FunctionConfig.Runtime", "cloudfront-js-2.0"},
	{"requireWebOrigin", `{"apiUrl": "` + apiURL + `", "allowedWebOrigins": ["https://app.example.com"]}`, `true`, "", "", nil},
	{"requireHandshake", "", `true`, distributionType, "DistributionConfig.DefaultCacheBehavior.FunctionAssociations.0.EventType", "viewer-request"},
	{"routes", "", `{"/chat": {"apiUrl": "` + otherAPI + `"}}`, distributionType, "DistributionConfig.CacheBehaviors.0.PathPattern", "/chat"},
	{"routes", "", `{"/chat": {"apiUrl": "` + otherAPI + `"}}`, distributionType, "DistributionConfig.Origins.1.DomainName", "other.execute-api.eu-west-1.amazonaws.com"},
	{"routes", here, `{"/chat": {}, "/game": {}}`, "AWS::ApiGatewayV2::Api", "ProtocolType", "WEBSOCKET"},

	{"lock.disabled", here, `true`, distributionType, "DistributionConfig.Origins.0.OriginCustomHeaders", nil},
	{"lock.open", here, `true`, "AWS::ApiGateway::ApiKey", "Enabled", true},
	{"lock.keys", here, `["x"]`, "AWS::ApiGateway::ApiKey", "Description", "Key x by which CloudFront is let in"},
	{"lock.active", `{"lock": {"keys": ["x", "y"]}}`, `"y"`, distributionType, "DistributionConfig.Origins.0.OriginCustomHeaders.0.HeaderValue.Fn::Join.1.1.Ref", "LockSecrety81E0DC5A"},
	{"lock.throttle.ratePerSecond", `{"lock": {"throttle": {"ratePerSecond": 1, "burst": 200}}}`, `100`, "AWS::ApiGateway::UsagePlan", "Throttle.RateLimit", 100.0},
	{"lock.throttle.burst", `{"lock": {"throttle": {"ratePerSecond": 100, "burst": 100}}}`, `200`, "AWS::ApiGateway::UsagePlan", "Throttle.BurstLimit", 200.0},
	{"lock.secretArn", "", `"` + secret + `"`, distributionType, "DistributionConfig.Origins.0.OriginCustomHeaders.0.HeaderValue", "{{resolve:secretsmanager:" + secret + ":SecretString:::}}"},
	{"lock.secretName", "", `"chat/edge"`, distributionType, "DistributionConfig.Origins.0.OriginCustomHeaders.0.HeaderName", "x-api-key"},
	{"lock.ssmParameter", "", `"/chat/edge"`, distributionType, "DistributionConfig.Origins.0.OriginCustomHeaders.0.HeaderValue", "{{resolve:ssm:/chat/edge}}"},
	{"lock.field", `{"apiUrl": "` + apiURL + `", "lock": {"secretName": "chat/edge"}}`, `"key"`, distributionType, "DistributionConfig.Origins.0.OriginCustomHeaders.0.HeaderValue", "{{resolve:secretsmanager:chat/edge:SecretString:key::}}"},
	{"lock.header", `{"apiUrl": "` + apiURL + `", "lock": {"secretName": "chat/edge"}}`, `"x-verify"`, distributionType, "DistributionConfig.Origins.0.OriginCustomHeaders.0.HeaderName", "x-verify"},

	{"domainNames", domain, `["chat.example.com"]`, distributionType, "DistributionConfig.Aliases.0", "chat.example.com"},
	{"certificateArn", domain, `"` + certificate[:len(certificate)-1] + `6"`, distributionType, "DistributionConfig.ViewerCertificate.AcmCertificateArn", certificate[:len(certificate)-1] + "6"},
	{"hostedZone.id", strings.Replace(zone, "{", `{"disableIpv6": true, `, 1), `"Z2"`, "AWS::Route53::RecordSet", "HostedZoneId", "Z2"},
	{"minimumProtocolVersion", domain, `"TLS_V1_3_2025"`, distributionType, "DistributionConfig.ViewerCertificate.MinimumProtocolVersion", "TLSv1.3_2025"},
	{"httpVersion", "", `"HTTP1_1"`, distributionType, "DistributionConfig.HttpVersion", "http1.1"},
	{"priceClass", "", `"PRICE_CLASS_200"`, distributionType, "DistributionConfig.PriceClass", "PriceClass_200"},
	{"geoRestriction.allow", "", `["DE"]`, distributionType, "DistributionConfig.Restrictions.GeoRestriction.RestrictionType", "whitelist"},
	{"geoRestriction.deny", "", `["DE"]`, distributionType, "DistributionConfig.Restrictions.GeoRestriction.RestrictionType", "blacklist"},
	{"disableIpv6", "", `true`, distributionType, "DistributionConfig.IPV6Enabled", false},
	{"comment", "", `"chat"`, distributionType, "DistributionConfig.Comment", "chat"},

	{"webAclArn", "", `"` + webACL + `"`, distributionType, "DistributionConfig.WebACLId", webACL},
	{"webAcl", "", `{}`, distributionType, "DistributionConfig.WebACLId.Fn::GetAtt.1", "Arn"},
	{"webAcl.rateLimit", "", `500`, webACLType, "Rules.0.Statement.RateBasedStatement.Limit", 500.0},
	{"webAcl.allowedAddresses", "", `["192.0.2.0/24", "2001:db8::/32"]`, webACLType, "Rules.0.Name", "AllowedAddresses"},
	{"webAcl.deniedAddresses", "", `["192.0.2.0/24"]`, webACLType, "Rules.0.Name", "DeniedAddresses"},
	{"webAcl.trustedAddresses", "", `["192.0.2.0/24"]`, webACLType, "Rules.0.Name", "TrustedAddresses"},
	{"webAcl.countOnly", `{"apiUrl": "` + apiURL + `", "webAcl": {}}`, `true`, webACLType, "Rules.0.Action.Block", nil},

	{"accessLogs", "", `{}`, "AWS::Logs::LogGroup", "RetentionInDays", 90.0},
	{"accessLogs.logGroupName", `{"apiUrl": "` + apiURL + `", "account": "111122223333", "accessLogs": {}}`, `"mine"`, "AWS::Logs::DeliveryDestination", "DestinationResourceArn", "arn:aws:logs:us-east-1:111122223333:log-group:mine:*"},
	{"accessLogs.toBucket", `{"apiUrl": "` + apiURL + `", "accessLogs": {"retentionDays": 30}}`, `true`, "AWS::S3::Bucket", "LifecycleConfiguration.Rules.0.ExpirationInDays", 30.0},
	{"accessLogs.bucketName", `{"apiUrl": "` + apiURL + `", "accessLogs": {}}`, `"mine"`, "AWS::Logs::DeliveryDestination", "DestinationResourceArn", "arn:aws:s3:::mine"},
	{"accessLogs.retentionDays", "", `30`, "AWS::Logs::LogGroup", "RetentionInDays", 30.0},
	{"accessLogs.additionalFields", `{"apiUrl": "` + apiURL + `", "accessLogs": {}}`, `["cs-uri-query"]`, "AWS::Logs::Delivery", "RecordFields.20", "cs-uri-query"},
	{"apiLogs.accountRole", `{"apiLogs": {"accountRole": "exists"}}`, `"make"`, "AWS::ApiGateway::Account", "CloudWatchRoleArn.Fn::GetAtt.1", "Arn"},
	{"apiLogs.retentionDays", `{"apiLogs": {"accountRole": "exists"}}`, `30`, "AWS::Logs::LogGroup", "RetentionInDays", 30.0},

	{"monitoring", "", `{}`, "AWS::CloudWatch::Dashboard", "DashboardName", "WebSocket-test"},
	{"monitoring.emails", "", `["a@example.com"]`, "AWS::SNS::Topic", "Subscription.0.Endpoint", "a@example.com"},
	{"monitoring.actionArns", watched, `["` + topic + `"]`, alarmType + " ServerErrors", "AlarmActions.0", topic},
	{"monitoring.disableAlarms", watched, `true`, "AWS::CloudWatch::Dashboard", "DashboardName", "WebSocket-test"},
	{"monitoring.serverErrorPercent", watched, `7`, alarmType + " ServerErrors", "Threshold", 7.0},
	{"monitoring.clientErrorPercent", watched, `70`, alarmType + " ClientErrors", "Threshold", 70.0},
	{"monitoring.blockedPercent", `{"apiUrl": "` + apiURL + `", "webAcl": {}, "monitoring": {}}`, `60`, alarmType + " Blocked", "Threshold", 60.0},
	{"monitoring.minRequests", watched, `99`, alarmType + " ServerErrors", "Metrics.0.Expression", "IF(m1 >= 99, m0, 0)"},
}

// deployed synthesizes the environment of an entry, once.
func deployed(t *testing.T, entry string) cdktest.Stack {
	t.Helper()
	if stack, made := synthesized[entry]; made {
		return stack
	}
	synthesized[entry] = deployedAs(t, "test", entry)
	return synthesized[entry]
}

// deployedAs synthesizes the environment of an entry under a name.
func deployedAs(t *testing.T, name, entry string) cdktest.Stack {
	t.Helper()
	app, env := cdktest.NewApp(t), environment(t, entry)
	env.Name = name
	stacks.NewWebSocket(app, env)
	return cdktest.Assembly(t, *app.Synth(nil).Directory())[env.StackName()]
}

var synthesized = map[string]cdktest.Stack{}

// set returns the entry with the value at a dotted key.
func set(t *testing.T, entry, key, value string) string {
	t.Helper()
	var object map[string]any
	if err := json.Unmarshal([]byte(entry), &object); err != nil {
		t.Fatalf("%v in %s", err, entry)
	}
	inner, path := object, strings.Split(key, ".")
	for _, key := range path[:len(path)-1] {
		if inner[key] == nil {
			inner[key] = map[string]any{}
		}
		inner = inner[key].(map[string]any)
	}
	inner[path[len(path)-1]] = json.RawMessage(value)
	raw, err := json.Marshal(object)
	if err != nil {
		t.Fatalf("%v in %s", err, value)
	}
	return string(raw)
}

// property is what is at a path of the only resource of a kind, or of the stack.
func property(t *testing.T, stack cdktest.Stack, resource, path string) any {
	t.Helper()
	if resource == stackItself {
		return at(stack.Settings, path)
	}
	found := resources(stack, resource)
	if len(found) != 1 {
		t.Fatalf("want one %s, got %d", resource, len(found))
	}
	for _, r := range found {
		return at(r, "Properties."+path)
	}
	return nil
}

// resources are those of a type, with a word in their logical ids if one follows it.
func resources(stack cdktest.Stack, resource string) map[string]any {
	kind, word, _ := strings.Cut(resource, " ")
	found := map[string]any{}
	for id, r := range stack.Template["Resources"].(map[string]any) {
		if at(r, "Type") == kind && strings.Contains(id, word) {
			found[id] = r
		}
	}
	return found
}

func TestEachKeyChangesWhatIsDeployed(t *testing.T) {
	for _, tt := range examples {
		t.Run(tt.key+"="+tt.value, func(t *testing.T) {
			with := cmp.Or(tt.with, elsewhere)
			changed := deployed(t, set(t, with, tt.key, tt.value))
			if reflect.DeepEqual(deployed(t, with), changed) {
				t.Errorf("nothing changes")
			}
			if tt.resource == "" {
				return
			}
			if got := property(t, changed, tt.resource, tt.at); got != tt.want {
				t.Errorf("want %s %s %v, got %v", tt.resource, tt.at, tt.want, got)
			}
		})
	}
}

func TestEachKeyHasAnExample(t *testing.T) {
	keys := cdktest.Leaves(reflect.TypeFor[config.Environment](), cdktest.Key)
	if !slices.Contains(keys, "origin.readTimeoutSeconds") || !slices.Contains(keys, "monitoring.emails") {
		t.Fatalf("want keys of objects too, got %q", keys)
	}
	tried := map[string]bool{}
	for _, tt := range examples {
		tried[tt.key] = true
	}
	for _, key := range keys {
		if tried[key] == (unseen[key] != "") {
			t.Errorf("%s: want it among the examples, or a reason why it does not reach the template", key)
		}
	}
	for key := range unseen {
		if !slices.Contains(keys, key) {
			t.Errorf("%s is no key", key)
		}
	}
}

// A route takes the keys of the default behavior, and means the same by them.
func TestEachKeyOfARouteChangesWhatIsDeployed(t *testing.T) {
	keys := cdktest.Leaves(reflect.TypeFor[config.Behavior](), cdktest.Key)
	for _, tt := range examples {
		// A route has an edge function anyway, which answers what is no handshake.
		if !slices.Contains(keys, tt.key) || tt.key == "requireHandshake" {
			continue
		}
		t.Run(tt.key+"="+tt.value, func(t *testing.T) {
			route := func(entry string) cdktest.Stack {
				return deployed(t, `{"apiUrl": "`+otherAPI+`", "routes": {"/chat": `+entry+`}}`)
			}
			with := cmp.Or(tt.with, elsewhere)
			if reflect.DeepEqual(route(with), route(set(t, with, tt.key, tt.value))) {
				t.Errorf("nothing changes")
			}
		})
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
	settings := deployed(t, elsewhere).Settings
	if got := settings["terminationProtection"]; got != false {
		t.Errorf("want no termination protection without a word, got %v", got)
	}
	if got := settings["environment"]; got != "aws://unknown-account/us-east-1" {
		t.Errorf("want us-east-1 and the account of the deploy's credentials, got %s", got)
	}
	want := "CloudFront in front of an API Gateway WebSocket API (environment test)"
	if got := deployed(t, elsewhere).Template["Description"]; got != want {
		t.Errorf("want %s, got %s", want, got)
	}
	if got := property(t, deployed(t, elsewhere), distributionType, "DistributionConfig.Comment"); got != "WebSocket-test" {
		t.Errorf("want the stack's name as the comment without another, got %v", got)
	}
	if got := len(resources(deployed(t, here), "AWS::ApiGatewayV2::Api")); got != 1 {
		t.Errorf("want a ping API where no API is named, got %d", got)
	}
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
	for entry, want := range map[string]any{`{}`: true, `{"lock": {"open": true}}`: false, `{"lock": {"disabled": true}}`: false} {
		for _, route := range resources(deployed(t, entry), "AWS::ApiGatewayV2::Route") {
			if got := at(route, "Properties.ApiKeyRequired"); at(route, "Properties.RouteKey") == "$connect" && got != want {
				t.Errorf("%s: want %v, got %v", entry, want, got)
			}
		}
	}
}

// Routes may name one policy, and paths may differ in their special characters alone.
func TestRoutesMayNameThePolicyOfOthers(t *testing.T) {
	const policy = `{"forwarding": {"originRequestPolicyId": "11111111-2222-3333-4444-555555555555"}}`
	stack := stacks.NewWebSocket(cdktest.NewApp(t), environment(t, `{"routes": {"/a/b": `+policy+`, "/a--b": `+policy+`}}`))
	for _, behavior := range cdktest.Synth(t, stack).Properties("AWS::CloudFront::Distribution")["DistributionConfig"].(map[string]any)["CacheBehaviors"].([]any) {
		if got := behavior.(map[string]any)["OriginRequestPolicyId"]; got != "11111111-2222-3333-4444-555555555555" {
			t.Errorf("got %v", got)
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

// What is not asked for costs nothing.
// With IPv6 off, a list of IPv4 ranges leaves nobody out.
func TestTheWebACLKnowsWhetherIPv6IsOff(t *testing.T) {
	stack := stacks.NewWebSocket(cdktest.NewApp(t), environment(t, `{"disableIpv6": true, "webAcl": {"allowedAddresses": ["192.0.2.0/24"]}}`))
	if got := strings.Join(cdktest.Warnings(t, stack), "\n"); strings.Contains(got, "AllowedAddresses") {
		t.Errorf("got %q", got)
	}
}

func TestWhatIsNotAskedForIsNotMade(t *testing.T) {
	for _, tt := range []struct {
		entry string
		kinds []string
	}{
		{here, []string{webACLType, "AWS::WAFv2::IPSet"}},
		{`{"webAclArn": "` + webACL + `"}`, []string{webACLType, "AWS::WAFv2::IPSet"}},
		{here, []string{"AWS::Logs::LogGroup", "AWS::Logs::Delivery", "AWS::Logs::DeliverySource", "AWS::Logs::DeliveryDestination", "AWS::S3::Bucket", "AWS::ApiGateway::Account", "AWS::IAM::Role"}},
		{here, []string{alarmType, "AWS::CloudWatch::Dashboard", "AWS::SNS::Topic"}},
		{watched, []string{"AWS::SNS::Topic"}},
		{`{"apiUrl": "` + apiURL + `", "monitoring": {"disableAlarms": true}}`, []string{alarmType, "AWS::SNS::Topic"}},
		{elsewhere, []string{"AWS::ApiGatewayV2::Api", "AWS::SecretsManager::Secret", "AWS::ApiGateway::UsagePlan", "AWS::ApiGateway::ApiKey"}},
		{`{"lock": {"disabled": true}}`, []string{"AWS::SecretsManager::Secret", "AWS::ApiGateway::UsagePlan", "AWS::ApiGateway::ApiKey"}},
	} {
		for _, kind := range tt.kinds {
			if found := resources(deployed(t, tt.entry), kind); len(found) > 0 {
				t.Errorf("%s: want no %s, got %v", tt.entry, kind, found)
			}
		}
	}
	for _, stage := range resources(deployed(t, here), "AWS::ApiGatewayV2::Stage") {
		if got := at(stage, "Properties.AccessLogSettings"); got != nil {
			t.Errorf("want no log of the stage, got %v", got)
		}
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

func TestAnEnvironmentThatIsWrongIsRefusedBeforeAnythingIsDefined(t *testing.T) {
	app := cdktest.NewApp(t)
	cdktest.Panics(t, func() {
		stacks.NewWebSocket(app, stacks.Environment{Name: "Chat", Account: "1", Behavior: stacks.Behavior{APIURL: "ws://x"}})
	}, `WebSocket "Chat": environments: `, "environments.Chat.account: ", "environments.Chat.apiUrl: ")
	if n := len(*app.Node().Children()); n != 0 {
		t.Errorf("want nothing defined, got %d constructs", n)
	}
}
