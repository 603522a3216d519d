package apigateway

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
)

// sound is a WebSocket API with one of everything that a handshake meets.
const sound = `{
"Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Name": "chat", "ProtocolType": "WEBSOCKET", "RouteSelectionExpression": "$request.body.action"}},
"Connect": {"Type": "AWS::ApiGatewayV2::Route", "Properties": {"ApiId": {"Ref": "Api"}, "RouteKey": "$connect", "ApiKeyRequired": true, "AuthorizationType": "CUSTOM",
  "AuthorizerId": {"Ref": "Auth"}, "Target": {"Fn::Sub": "integrations/${Proxy}"}}},
"Say": {"Type": "AWS::ApiGatewayV2::Route", "Properties": {"ApiId": {"Ref": "Api"}, "RouteKey": "say", "Target": {"Fn::Join": ["/", ["integrations", {"Ref": "Answer"}]]}}},
"Proxy": {"Type": "AWS::ApiGatewayV2::Integration", "Properties": {"ApiId": {"Ref": "Api"}, "IntegrationType": "AWS_PROXY",
  "IntegrationUri": {"Fn::Sub": "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Function.Arn}/invocations"}}},
"Answer": {"Type": "AWS::ApiGatewayV2::Integration", "Properties": {"ApiId": {"Ref": "Api"}, "IntegrationType": "MOCK", "RequestTemplates": {"$default": "{\"statusCode\": 200}"}}},
"Function": {"Type": "AWS::Lambda::Function", "Properties": {"Handler": "index.handler", "Runtime": "nodejs22.x", "Role": "arn:aws:iam::123456789012:role/f",
  "Code": {"ZipFile": "exports.handler = async () => ({statusCode: 200})"}}},
"Permission": {"Type": "AWS::Lambda::Permission", "Properties": {"Action": "lambda:InvokeFunction", "FunctionName": {"Ref": "Function"}, "Principal": "apigateway.amazonaws.com",
  "SourceArn": {"Fn::Sub": "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*/$connect"}}},
"Auth": {"Type": "AWS::ApiGatewayV2::Authorizer", "Properties": {"ApiId": {"Ref": "Api"}, "Name": "a", "AuthorizerType": "REQUEST", "IdentitySource": ["route.request.querystring.token"],
  "AuthorizerUri": {"Fn::Sub": "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Check.Arn}/invocations"}}},
"Check": {"Type": "AWS::Lambda::Function", "Properties": {"Handler": "main.handler", "Runtime": "python3.13", "Role": "arn:aws:iam::123456789012:role/f", "Code": {"S3Bucket": "b", "S3Key": "k"}}},
"CheckPermission": {"Type": "AWS::Lambda::Permission", "Properties": {"Action": "lambda:InvokeFunction", "FunctionName": {"Fn::GetAtt": ["Check", "Arn"]}, "Principal": "apigateway.amazonaws.com",
  "SourceArn": {"Fn::Sub": "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/authorizers/${Auth}"}}},
"Deployment": {"Type": "AWS::ApiGatewayV2::Deployment", "DependsOn": ["Connect", "Say"], "Properties": {"ApiId": {"Ref": "Api"}}},
"Stage": {"Type": "AWS::ApiGatewayV2::Stage", "Properties": {"ApiId": {"Ref": "Api"}, "StageName": "prod", "DeploymentId": {"Ref": "Deployment"}}},
"Key": {"Type": "AWS::ApiGateway::ApiKey", "Properties": {"Enabled": true, "Value": "0123456789abcdefghijklmnop"}},
"Plan": {"Type": "AWS::ApiGateway::UsagePlan", "Properties": {"ApiStages": [{"ApiId": {"Ref": "Api"}, "Stage": {"Ref": "Stage"}}]}},
"PlanKey": {"Type": "AWS::ApiGateway::UsagePlanKey", "Properties": {"KeyId": {"Ref": "Key"}, "KeyType": "API_KEY", "UsagePlanId": {"Ref": "Plan"}}},
"Domain": {"Type": "AWS::ApiGatewayV2::DomainName", "Properties": {"DomainName": "ws.example.com", "DomainNameConfigurations": [
  {"CertificateArn": "arn:aws:acm:eu-west-1:123456789012:certificate/1", "EndpointType": "REGIONAL", "SecurityPolicy": "TLS_1_2"}]}},
"Mapping": {"Type": "AWS::ApiGatewayV2::ApiMapping", "Properties": {"ApiId": {"Ref": "Api"}, "DomainName": {"Ref": "Domain"}, "Stage": {"Ref": "Stage"}}}
}`

type object = map[string]any

// template is the sound one after a change.
type template object

func change(t testing.TB, changes ...func(r template)) template {
	t.Helper()
	var r template
	if err := json.Unmarshal([]byte(sound), &r); err != nil {
		t.Fatal(err)
	}
	for _, change := range changes {
		change(r)
	}
	return r
}

func (r template) props(id string) object { return r[id].(object)["Properties"].(object) }

// set changes a property; a nil value removes it.
func set(id, property string, value any) func(r template) {
	return func(r template) {
		if value == nil {
			delete(r.props(id), property)
			return
		}
		r.props(id)[property] = value
	}
}

// add adds a resource.
func add(id, kind string, properties object) func(r template) {
	return func(r template) { r[id] = object{"Type": kind, "Properties": properties} }
}

func remove(ids ...string) func(r template) {
	return func(r template) {
		for _, id := range ids {
			delete(r, id)
		}
	}
}

func dependsOn(id string, on ...any) func(r template) {
	return func(r template) { r[id].(object)["DependsOn"] = on }
}

func ref(id string) object   { return object{"Ref": id} }
func sub(text string) object { return object{"Fn::Sub": text} }

// gateway reads a template in eu-west-1, with parameters that nobody gives.
func gateway(t testing.TB, r template, environment cfn.Environment) *Gateway {
	t.Helper()
	parsed, err := cfn.Parse(object{"Resources": object(r), "Parameters": object{"Unknown": object{"Type": "String"}}}, environment, Names())
	if err != nil {
		t.Fatal(err)
	}
	return Read(parsed, nil)
}

var ireland = cfn.Environment{Region: "eu-west-1", Account: "123456789012"}

func findings(t testing.TB, r template, environment cfn.Environment) []trace.Finding {
	t.Helper()
	var found trace.Findings
	gateway(t, r, environment).Check(func(*API) bool { return false }, &found)
	return found.Sorted()
}

func describe(found []trace.Finding) string {
	var b strings.Builder
	for _, f := range found {
		fmt.Fprintf(&b, "\n\t%s %s: %s; fix: %s", f.Rule.ID, f.Place, f.Reason, f.Fix)
	}
	return b.String()
}

func TestASoundAPIHasNoFindings(t *testing.T) {
	t.Parallel()
	if found := findings(t, change(t), ireland); len(found) > 0 {
		t.Error(describe(found))
	}
}

// What is sound in another way, or not known before the deploy, is no finding.
func TestSoundVariantsHaveNoFindings(t *testing.T) {
	t.Parallel()
	uri := func(function string) object {
		return sub("arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/" + function + "/invocations")
	}
	role := func(service string, policies ...any) func(r template) {
		return func(r template) {
			add("Role", "AWS::IAM::Role", object{"Policies": policies, "AssumeRolePolicyDocument": object{"Statement": []any{
				object{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": object{"Service": []any{service}}}}}})(r)
			set("Proxy", "CredentialsArn", object{"Fn::GetAtt": []any{"Role", "Arn"}})(r)
			remove("Permission")(r)
		}
	}
	calls := object{"PolicyName": "p", "PolicyDocument": object{"Statement": object{"Effect": "Allow", "Action": "lambda:*", "Resource": object{"Fn::GetAtt": []any{"Function", "Arn"}}}}}
	for name, c := range map[string][]func(r template){
		"an unknown protocol":                     {set("Api", "ProtocolType", ref("Unknown"))},
		"a route selection of one route for all":  {set("Api", "RouteSelectionExpression", `\$default`)},
		"a route selection in braces":             {set("Api", "RouteSelectionExpression", "${request.body.action}")},
		"the key by its header, written out":      {set("Api", "ApiKeySelectionExpression", "$request.header.x-api-key")},
		"AutoDeploy":                              {set("Stage", "DeploymentId", nil), set("Stage", "AutoDeploy", true), remove("Deployment")},
		"a deployment that names its stage":       {set("Stage", "DeploymentId", nil), set("Deployment", "StageName", ref("Stage")), dependsOn("Deployment", "Connect", "Say")},
		"a deployment of elsewhere":               {set("Stage", "DeploymentId", ref("Unknown")), remove("Deployment")},
		"a deployment after others":               {add("Wait", "AWS::CloudFormation::WaitConditionHandle", object{}), dependsOn("Wait", "Connect", "Say"), dependsOn("Deployment", "Wait")},
		"a stage with an unknown name":            {set("Stage", "StageName", ref("Unknown"))},
		"an unknown target":                       {set("Connect", "Target", ref("Unknown"))},
		"$connect without integration":            {set("Connect", "Target", nil)},
		"no $connect route":                       {remove("Connect", "Key", "Plan", "PlanKey"), dependsOn("Deployment", "Say")},
		"routes that only look like predefined":   {set("Say", "RouteKey", "connection")},
		"a plain connect beside $connect":         {set("Say", "RouteKey", "connect")},
		"a function by its plain ARN":             {set("Proxy", "IntegrationUri", object{"Fn::GetAtt": []any{"Function", "Arn"}})},
		"an unknown URI":                          {set("Proxy", "IntegrationUri", ref("Unknown")), remove("Permission")},
		"a function of elsewhere":                 {set("Proxy", "IntegrationUri", uri("arn:aws:lambda:eu-west-1:123456789012:function:other")), remove("Permission")},
		"IntegrationMethod POST":                  {set("Proxy", "IntegrationMethod", "POST")},
		"a permission for everything of the API":  {set("Permission", "SourceArn", sub("arn:aws:execute-api:eu-west-1:123456789012:${Api}/*"))},
		"a permission as the CDK writes it":       {set("Permission", "SourceArn", sub("arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*/*$connect"))},
		"a permission without SourceArn":          {set("Permission", "SourceArn", nil)},
		"a permission by a part of the ARN":       {set("Permission", "FunctionName", sub("${AWS::AccountId}:function:${Function}"))},
		"a permission for an unknown source":      {set("Permission", "SourceArn", ref("Unknown"))},
		"a permission for an unknown function":    {set("Permission", "FunctionName", ref("Unknown"))},
		"a permission of the account":             {set("Permission", "SourceAccount", ref("AWS::AccountId"))},
		"an alias with a permission of its own":   {add("Live", "AWS::Lambda::Alias", object{"FunctionName": ref("Function"), "FunctionVersion": "1", "Name": "live"}), set("Proxy", "IntegrationUri", uri("${Live}")), set("Permission", "FunctionName", ref("Live"))},
		"a function with a name":                  {set("Function", "FunctionName", "chat"), set("Permission", "FunctionName", "chat")},
		"a role with a policy":                    {role("apigateway.amazonaws.com", calls)},
		"a role with a managed policy":            {role("apigateway.amazonaws.com"), set("Role", "ManagedPolicyArns", []any{"arn:aws:iam::aws:policy/service-role/AWSLambdaRole"})},
		"a role of elsewhere":                     {set("Proxy", "CredentialsArn", "arn:aws:iam::123456789012:role/calls"), remove("Permission")},
		"a container image":                       {set("Function", "PackageType", "Image"), set("Function", "Handler", nil), set("Function", "Runtime", nil), set("Function", "Code", object{"ImageUri": "x"})},
		"an unknown handler":                      {set("Function", "Handler", ref("Unknown"))},
		"an identity source in a header":          {set("Auth", "IdentitySource", []any{"route.request.header.Cookie", "context.identity.sourceIp"})},
		"an unknown identity source":              {set("Auth", "IdentitySource", []any{ref("Unknown")})},
		"an authorizer of elsewhere":              {set("Connect", "AuthorizerId", ref("Unknown")), remove("Auth", "CheckPermission")},
		"a TTL of 0":                              {set("Auth", "AuthorizerResultTtlInSeconds", 0)},
		"a defined stage variable":                {set("Stage", "StageVariables", object{"name": "x"}), set("Proxy", "IntegrationUri", sub("arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:${!stageVariables.name}/invocations"))},
		"throttling above 0":                      {set("Stage", "DefaultRouteSettings", object{"ThrottlingRateLimit": 10, "ThrottlingBurstLimit": 5})},
		"throttling of 0 that $connect overrides": {set("Stage", "DefaultRouteSettings", object{"ThrottlingRateLimit": 0, "ThrottlingBurstLimit": 0}), set("Stage", "RouteSettings", object{"$connect": object{"ThrottlingRateLimit": 9, "ThrottlingBurstLimit": 9}})},
		"logs with the account's role":            {add("Account", "AWS::ApiGateway::Account", object{"CloudWatchRoleArn": "arn:aws:iam::123456789012:role/logs"}), set("Stage", "AccessLogSettings", object{"DestinationArn": "arn:aws:logs:eu-west-1:123456789012:log-group:x:*", "Format": "x"}), dependsOn("Stage", "Account")},
		"an AWS integration with an action":       {set("Answer", "IntegrationType", "AWS"), set("Answer", "IntegrationUri", "arn:aws:apigateway:eu-west-1:dynamodb:action/PutItem"), set("Answer", "IntegrationMethod", "POST"), set("Answer", "CredentialsArn", "arn:aws:iam::123456789012:role/x")},
		"an HTTP integration":                     {set("Answer", "IntegrationType", "HTTP_PROXY"), set("Answer", "IntegrationUri", "https://example.com/connect"), set("Answer", "IntegrationMethod", "POST")},
		"an HTTP integration by a stage variable": {set("Answer", "IntegrationType", "HTTP"), set("Answer", "IntegrationUri", "https://${stageVariables.host}/x"), set("Answer", "IntegrationMethod", "ANY"), set("Stage", "StageVariables", object{"host": "x"})},
		"a private integration":                   {set("Answer", "IntegrationType", "HTTP_PROXY"), set("Answer", "IntegrationUri", "http://internal.example.com"), set("Answer", "IntegrationMethod", "POST"), set("Answer", "ConnectionType", "VPC_LINK"), set("Answer", "ConnectionId", "abc")},
		"a MOCK that is less than JSON":           {set("Answer", "RequestTemplates", object{"200": "{statusCode:200}"})},
		"a MOCK that is rendered":                 {set("Answer", "RequestTemplates", object{"$default": "#set($x = 1)\n{\"statusCode\": $x}"})},
		"a MOCK by a static expression":           {set("Answer", "TemplateSelectionExpression", "200"), set("Answer", "RequestTemplates", object{"200": `{"statusCode":200}`, "x": "x"})},
		"a certificate of the template":           {set("Domain", "DomainNameConfigurations", []any{object{"CertificateArn": ref("Unknown"), "EndpointType": "REGIONAL"}})},
		"a mapping with a key":                    {set("Mapping", "ApiMappingKey", "chat")},
		"two mappings of one domain":              {add("Second", "AWS::ApiGatewayV2::ApiMapping", object{"ApiId": ref("Api"), "DomainName": ref("Domain"), "Stage": ref("Stage"), "ApiMappingKey": "b"})},
		"a mapping to an unknown stage":           {set("Mapping", "Stage", ref("Unknown"))},
		"a key that API Gateway generates":        {set("Key", "Value", nil)},
		"a key by reference":                      {set("Key", "Value", "{{resolve:secretsmanager:key}}")},
		"a key of elsewhere":                      {set("PlanKey", "KeyId", ref("Unknown")), remove("Key")},
		"a plan of elsewhere":                     {set("PlanKey", "UsagePlanId", ref("Unknown")), remove("Plan")},
		"neither key nor plan here":               {remove("Key", "Plan", "PlanKey")},
		"an HTTP API beside it":                   {add("Http", "AWS::ApiGatewayV2::Api", object{"Name": "h", "ProtocolType": "HTTP", "CorsConfiguration": object{}}), add("Get", "AWS::ApiGatewayV2::Route", object{"ApiId": ref("Http"), "RouteKey": "GET /x", "AuthorizationType": "JWT"})},
		"an imported HTTP API":                    {add("Http", "AWS::ApiGatewayV2::Api", object{"Body": object{"openapi": "3.0.1"}})},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if found := findings(t, change(t, c...), ireland); len(found) > 0 {
				t.Error(describe(found))
			}
		})
	}
}

func TestMistakesAreFound(t *testing.T) {
	t.Parallel()
	lambdaURI := func(function string) object {
		return sub("arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/" + function + "/invocations")
	}
	type mistake struct {
		rule  rules.Rule
		place string // after "Resources."
		word  string
		make  []func(r template)
	}
	for name, c := range map[string]mistake{
		"no protocol":                    {Required, "Api.Properties.ProtocolType", "no ProtocolType", []func(r template){set("Api", "ProtocolType", nil)}},
		"no name":                        {Required, "Api.Properties.Name", "no Name", []func(r template){set("Api", "Name", nil)}},
		"no selection expression":        {Required, "Api.Properties.RouteSelectionExpression", "required for WEBSOCKET", []func(r template){set("Api", "RouteSelectionExpression", nil)}},
		"the selection of HTTP APIs":     {Selection, "Api.Properties.RouteSelectionExpression", "field of the message", []func(r template){set("Api", "RouteSelectionExpression", "$request.method $request.path")}},
		"a selection without $":          {Selection, "Api.Properties.RouteSelectionExpression", "field of the message", []func(r template){set("Api", "RouteSelectionExpression", "request.body.action")}},
		"a key of another header":        {KeySelection, "Api.Properties.ApiKeySelectionExpression", "x-secret", []func(r template){set("Api", "ApiKeySelectionExpression", "$request.header.x-secret")}},
		"an import":                      {Definition, "Api.Properties.Body", "HTTP APIs only", []func(r template){set("Api", "Body", object{"openapi": "3.0.1"})}},
		"CORS":                           {HTTPOnly, "Api.Properties.CorsConfiguration", "for HTTP APIs", []func(r template){set("Api", "CorsConfiguration", object{"AllowOrigins": []any{"*"}})}},
		"quick create":                   {HTTPOnly, "Api.Properties.Target", "for HTTP APIs", []func(r template){set("Api", "Target", "arn:x")}},
		"a $connect of an HTTP API":      {HTTPRoute, "Other.Properties.RouteKey", "$connect", []func(r template){add("Http", "AWS::ApiGatewayV2::Api", object{"Name": "h", "ProtocolType": "HTTP"}), add("Other", "AWS::ApiGatewayV2::Route", object{"ApiId": ref("Http"), "RouteKey": "$connect"})}},
		"the stage $default":             {StageName, "Stage.Properties.StageName", "$default", []func(r template){set("Stage", "StageName", "$default")}},
		"a stage with a dot":             {StageName, "Stage.Properties.StageName", "v1.0", []func(r template){set("Stage", "StageName", "v1.0")}},
		"two stages of one name":         {StageName, "Twin.Properties.StageName", "same name", []func(r template){add("Twin", "AWS::ApiGatewayV2::Stage", object{"ApiId": ref("Api"), "StageName": "prod", "AutoDeploy": true})}},
		"no deployment":                  {Deployment, "Stage.Properties", "no deployment", []func(r template){set("Stage", "DeploymentId", nil)}},
		"AutoDeploy and a deployment":    {DeploymentStage, "Stage.Properties.DeploymentId", "AutoDeploy", []func(r template){set("Stage", "AutoDeploy", true)}},
		"a deployment for itself":        {DeploymentStage, "Deployment.Properties.StageName", "after it", []func(r template){set("Deployment", "StageName", "prod")}},
		"a deployment for nothing":       {DeploymentStage, "Deployment.Properties.StageName", "does not have", []func(r template){set("Deployment", "StageName", "test")}},
		"a deployment beside its stage":  {Order, "Deployment.Properties.StageName", "does not depend", []func(r template){set("Deployment", "StageName", "prod"), set("Stage", "DeploymentId", nil)}},
		"a deployment of another API":    {DeploymentStage, "Stage.Properties.DeploymentId", "another API", []func(r template){add("Two", "AWS::ApiGatewayV2::Api", object{"Name": "2", "ProtocolType": "WEBSOCKET", "RouteSelectionExpression": "$request.body.x"}), set("Deployment", "ApiId", ref("Two"))}},
		"a deployment before the routes": {DeploymentOrder, "Deployment.Properties", "At least one route", []func(r template){func(r template) { delete(r["Deployment"].(object), "DependsOn") }}},
		"a deployment without $connect":  {DeploymentPartial, "Deployment.Properties", "$connect", []func(r template){dependsOn("Deployment", "Say")}},
		"a deployment without one route": {DeploymentPartial, "Deployment.Properties", "Say", []func(r template){dependsOn("Deployment", "Connect")}},
		"settings of no route":           {RouteSettings, "Stage.Properties.RouteSettings", "shout", []func(r template){set("Stage", "RouteSettings", object{"shout": object{"ThrottlingRateLimit": 1}})}},
		"a rate of 0":                    {StageThrottle, "Stage.Properties.DefaultRouteSettings.ThrottlingRateLimit", "0 for $connect", []func(r template){set("Stage", "DefaultRouteSettings", object{"ThrottlingRateLimit": 0, "ThrottlingBurstLimit": 0})}},
		"a burst of 0 on $connect":       {StageThrottle, "Stage.Properties.RouteSettings.ThrottlingBurstLimit", "0 for $connect", []func(r template){set("Stage", "RouteSettings", object{"$connect": object{"ThrottlingBurstLimit": "0"}})}},
		"logs without a role":            {LogRole, "Stage.Properties.AccessLogSettings", "CloudWatch role", []func(r template){set("Stage", "AccessLogSettings", object{"DestinationArn": "arn:aws:logs:eu-west-1:123456789012:log-group:x", "Format": "x"})}},
		"logs before the role":           {LogRole, "Stage.Properties.AccessLogSettings", "does not depend on Account", []func(r template){set("Stage", "DefaultRouteSettings", object{"LoggingLevel": "INFO"}), add("Account", "AWS::ApiGateway::Account", object{"CloudWatchRoleArn": "arn:aws:iam::123456789012:role/logs"})}},
		"an account without role":        {LogRole, "Account.Properties.CloudWatchRoleArn", "no CloudWatch role", []func(r template){set("Stage", "DefaultRouteSettings", object{"LoggingLevel": "INFO"}), add("Account", "AWS::ApiGateway::Account", object{})}},
		"logs to a name":                 {LogDestination, "Stage.Properties.AccessLogSettings.DestinationArn", "neither", []func(r template){set("Stage", "AccessLogSettings", object{"DestinationArn": "/ws/logs", "Format": "x"})}},
		"logs to any stream":             {LogDestination, "Stage.Properties.AccessLogSettings.DestinationArn", "amazon-apigateway-", []func(r template){set("Stage", "AccessLogSettings", object{"DestinationArn": "arn:aws:firehose:eu-west-1:123456789012:deliverystream/logs", "Format": "x"})}},
		"connect without $":              {RouteKey, "Connect.Properties.RouteKey", "does not come to it", []func(r template){set("Connect", "RouteKey", "connect"), remove("Key", "Plan", "PlanKey"), set("Connect", "AuthorizationType", "NONE"), set("Connect", "AuthorizerId", nil)}},
		"$Connect":                       {RouteKey, "Connect.Properties.RouteKey", "does not come to it", []func(r template){set("Connect", "RouteKey", "$Connect")}},
		"a misspelt predefined route":    {RouteKey, "Say.Properties.RouteKey", "predefined", []func(r template){set("Say", "RouteKey", "$defualt")}},
		"a route key of HTTP APIs":       {RouteKey, "Say.Properties.RouteKey", "HTTP API", []func(r template){set("Say", "RouteKey", "GET /")}},
		"one route key twice":            {RouteTwice, "Tell.Properties.RouteKey", "same route key", []func(r template){add("Tell", "AWS::ApiGatewayV2::Route", object{"ApiId": ref("Api"), "RouteKey": "say"})}},
		"a bare target":                  {RouteTarget, "Connect.Properties.Target", "without integrations/", []func(r template){set("Connect", "Target", ref("Proxy"))}},
		"another API's integration":      {RouteTarget, "Connect.Properties.Target", "another API", []func(r template){add("Two", "AWS::ApiGatewayV2::Api", object{"Name": "2", "ProtocolType": "WEBSOCKET", "RouteSelectionExpression": "$request.body.x"}), set("Proxy", "ApiId", ref("Two"))}},
		"a route response by a status":   {RouteResponse, "Say.Properties.RouteResponseSelectionExpression", "$default only", []func(r template){set("Say", "RouteResponseSelectionExpression", "$integration.response.statuscode")}},
		"a route response of a status":   {RouteResponse, "Back.Properties.RouteResponseKey", "$default only", []func(r template){add("Back", "AWS::ApiGatewayV2::RouteResponse", object{"ApiId": ref("Api"), "RouteId": ref("Say"), "RouteResponseKey": "200"})}},
		"JWT on $connect":                {AuthorizerType, "Connect.Properties.AuthorizationType", "JWT", []func(r template){set("Connect", "AuthorizationType", "JWT")}},
		"a JWT authorizer":               {AuthorizerType, "Auth.Properties.AuthorizerType", "REQUEST only", []func(r template){set("Auth", "AuthorizerType", "JWT")}},
		"CUSTOM without authorizer":      {AuthorizerType, "Connect.Properties.AuthorizerId", "no AuthorizerId", []func(r template){set("Connect", "AuthorizerId", nil)}},
		"an authorizer nobody asks":      {AuthorizerUnused, "Connect.Properties.AuthorizationType", "nothing asks it", []func(r template){set("Connect", "AuthorizationType", "NONE")}},
		"another API's authorizer":       {AuthorizerType, "Connect.Properties.AuthorizerId", "another API", []func(r template){add("Two", "AWS::ApiGatewayV2::Api", object{"Name": "2", "ProtocolType": "WEBSOCKET", "RouteSelectionExpression": "$request.body.x"}), set("Auth", "ApiId", ref("Two"))}},
		"an authorizer on messages":      {AuthorizerRoute, "Say.Properties.AuthorizationType", "$connect only", []func(r template){set("Say", "AuthorizationType", "AWS_IAM")}},
		"an authorizer without URI":      {AuthorizerType, "Auth.Properties.AuthorizerUri", "no AuthorizerUri", []func(r template){set("Auth", "AuthorizerUri", nil)}},
		"an authorizer by a plain ARN":   {AuthorizerType, "Auth.Properties.AuthorizerUri", "not the URI", []func(r template){set("Auth", "AuthorizerUri", object{"Fn::GetAtt": []any{"Check", "Arn"}})}},
		"an identity source of HTTP":     {IdentityForm, "Auth.Properties.IdentitySource", "$request.header.X", []func(r template){set("Auth", "IdentitySource", []any{"$request.header.X"})}},
		"an identity source of REST":     {IdentityForm, "Auth.Properties.IdentitySource", "method.request", []func(r template){set("Auth", "IdentitySource", []any{"method.request.querystring.token"})}},
		"simple responses":               {HTTPOnlyIgnored, "Auth.Properties.EnableSimpleResponses", "policy", []func(r template){set("Auth", "EnableSimpleResponses", true)}},
		"an authorizer that remembers":   {HTTPOnlyIgnored, "Auth.Properties.AuthorizerResultTtlInSeconds", "300", []func(r template){set("Auth", "AuthorizerResultTtlInSeconds", 300)}},
		"payload format 2.0":             {HTTPOnlyIgnored, "Proxy.Properties.PayloadFormatVersion", "2.0", []func(r template){set("Proxy", "PayloadFormatVersion", "2.0")}},
		"no permission":                  {Permission, "Function.Properties", "no AWS::Lambda::Permission", []func(r template){remove("Permission")}},
		"no permission for authorizer":   {Permission, "Check.Properties", "no AWS::Lambda::Permission", []func(r template){remove("CheckPermission")}},
		"a permission for another":       {Permission, "Function.Properties", "no AWS::Lambda::Permission", []func(r template){set("Permission", "FunctionName", ref("Check"))}},
		"a permission for S3":            {Permission, "Permission.Properties.Principal", "s3.amazonaws.com", []func(r template){set("Permission", "Principal", "s3.amazonaws.com")}},
		"a permission to look":           {Permission, "Permission.Properties.Action", "lambda:GetFunction", []func(r template){set("Permission", "Action", "lambda:GetFunction")}},
		"a permission as for REST APIs":  {Permission, "Permission.Properties.SourceArn", "/*/GET/connect", []func(r template){set("Permission", "SourceArn", sub("arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*/GET/connect"))}},
		"a permission for another stage": {Permission, "Permission.Properties.SourceArn", "/test/", []func(r template){set("Permission", "SourceArn", sub("arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/test/*"))}},
		"a permission for another API":   {Permission, "Permission.Properties.SourceArn", "abc123", []func(r template){set("Permission", "SourceArn", "arn:aws:execute-api:eu-west-1:123456789012:abc123/*")}},
		"a permission elsewhere":         {Permission, "Permission.Properties.SourceArn", "us-west-2", []func(r template){set("Permission", "SourceArn", sub("arn:aws:execute-api:us-west-2:123456789012:${Api}/*"))}},
		"the permission of the route":    {Permission, "CheckPermission.Properties.SourceArn", "authorizers/Auth", []func(r template){set("CheckPermission", "SourceArn", sub("arn:aws:execute-api:eu-west-1:123456789012:${Api}/*/$connect"))}},
		"an alias without a permission":  {Permission, "Permission.Properties.FunctionName", "live", []func(r template){add("Live", "AWS::Lambda::Alias", object{"FunctionName": ref("Function"), "FunctionVersion": "1", "Name": "live"}), set("Proxy", "IntegrationUri", lambdaURI("${Live}"))}},
		"a role of Lambda": {Permission, "Role.Properties.AssumeRolePolicyDocument", "does not let API Gateway", []func(r template){remove("Permission"), set("Proxy", "CredentialsArn", object{"Fn::GetAtt": []any{"Role", "Arn"}}), add("Role", "AWS::IAM::Role", object{"AssumeRolePolicyDocument": object{"Statement": []any{
			object{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": object{"Service": "lambda.amazonaws.com"}}}}})}},
		"a role that may not": {Permission, "Role.Properties", "no policy", []func(r template){remove("Permission"), set("Proxy", "CredentialsArn", object{"Fn::GetAtt": []any{"Role", "Arn"}}), add("Role", "AWS::IAM::Role", object{"AssumeRolePolicyDocument": object{"Statement": []any{
			object{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": object{"Service": "apigateway.amazonaws.com"}}}}})}},
		"Lambda by GET":                   {LambdaMethod, "Proxy.Properties.IntegrationMethod", "GET", []func(r template){set("Proxy", "IntegrationMethod", "GET")}},
		"no handler":                      {FunctionRefused, "Function.Properties.Handler", "no Handler", []func(r template){set("Function", "Handler", nil)}},
		"no runtime":                      {FunctionRefused, "Check.Properties.Runtime", "no Runtime", []func(r template){set("Check", "Runtime", nil)}},
		"inline code of Java":             {FunctionRefused, "Function.Properties.Code.ZipFile", "java21", []func(r template){set("Function", "Runtime", "java21")}},
		"inline code in another file":     {FunctionHandler, "Function.Properties.Handler", "file index", []func(r template){set("Function", "Handler", "app.handler")}},
		"inline code without the handler": {FunctionHandler, "Function.Properties.Handler", "no connect", []func(r template){set("Function", "Handler", "index.connect")}},
		"a function that never runs":      {FunctionIdle, "Function.Properties.ReservedConcurrentExecutions", "concurrency of 0", []func(r template){set("Function", "ReservedConcurrentExecutions", 0)}},
		"no URI":                          {Integration, "Proxy.Properties.IntegrationUri", "no IntegrationUri", []func(r template){set("Proxy", "IntegrationUri", nil)}},
		"a URI that is none":              {Integration, "Answer.Properties.IntegrationUri", "no URL", []func(r template){set("Answer", "IntegrationType", "HTTP_PROXY"), set("Answer", "IntegrationUri", "example.com/connect"), set("Answer", "IntegrationMethod", "POST")}},
		"a URI without its end":           {Integration, "Proxy.Properties.IntegrationUri", "/invocations", []func(r template){set("Proxy", "IntegrationUri", sub("arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Function.Arn}"))}},
		"a function's name as URI":        {Integration, "Proxy.Properties.IntegrationUri", "neither a function", []func(r template){set("Proxy", "IntegrationUri", ref("Function"))}},
		"a service as Lambda":             {Integration, "Proxy.Properties.IntegrationType", "Lambda only", []func(r template){set("Proxy", "IntegrationUri", "arn:aws:apigateway:eu-west-1:sqs:path/q")}},
		"a service without a role":        {Integration, "Proxy.Properties.CredentialsArn", "without CredentialsArn", []func(r template){set("Proxy", "IntegrationType", "AWS"), set("Proxy", "IntegrationUri", "arn:aws:apigateway:eu-west-1:sqs:path/q")}},
		"HTTP without a method":           {Integration, "Answer.Properties.IntegrationMethod", "no IntegrationMethod", []func(r template){set("Answer", "IntegrationType", "HTTP_PROXY"), set("Answer", "IntegrationUri", "https://example.com")}},
		"NEVER without a template":        {Passthrough, "Answer.Properties.PassthroughBehavior", "takes nothing", []func(r template){set("Answer", "IntegrationType", "HTTP"), set("Answer", "IntegrationUri", "https://example.com"), set("Answer", "IntegrationMethod", "POST"), set("Answer", "RequestTemplates", nil), set("Answer", "PassthroughBehavior", "NEVER")}},
		"half a minute":                   {IntegrationTimeout, "Proxy.Properties.TimeoutInMillis", "30000", []func(r template){set("Proxy", "TimeoutInMillis", 30000)}},
		"a VPC link without id":           {VPCLink, "Answer.Properties.ConnectionId", "no ConnectionId", []func(r template){set("Answer", "IntegrationType", "HTTP_PROXY"), set("Answer", "IntegrationUri", "http://x.example.com"), set("Answer", "IntegrationMethod", "POST"), set("Answer", "ConnectionType", "VPC_LINK")}},
		"a VPC link of HTTP APIs":         {VPCLink, "Answer.Properties.ConnectionId", "for HTTP APIs", []func(r template){add("Link", "AWS::ApiGatewayV2::VpcLink", object{"Name": "l"}), set("Answer", "IntegrationType", "HTTP_PROXY"), set("Answer", "IntegrationUri", "http://x.example.com"), set("Answer", "IntegrationMethod", "POST"), set("Answer", "ConnectionType", "VPC_LINK"), set("Answer", "ConnectionId", ref("Link"))}},
		"an undefined stage variable":     {StageVariable, "Proxy.Properties.IntegrationUri", "stage variable name", []func(r template){set("Proxy", "IntegrationUri", lambdaURI("arn:aws:lambda:eu-west-1:123456789012:function:${!stageVariables.name}"))}},
		"a MOCK without a template":       {Mock, "Answer.Properties.RequestTemplates", "no request template", []func(r template){set("Answer", "RequestTemplates", nil)}},
		"a MOCK without a status":         {Mock, "Answer.Properties.RequestTemplates", "without a statusCode", []func(r template){set("Answer", "RequestTemplates", object{"$default": "{}"})}},
		"a MOCK with half a status":       {Mock, "Answer.Properties.RequestTemplates", "no status", []func(r template){set("Answer", "RequestTemplates", object{"$default": `{"statusCode":20}`})}},
		"an edge domain":                  {DomainSetting, "Domain.Properties.DomainNameConfigurations[0].EndpointType", "REGIONAL only", []func(r template){set("Domain", "DomainNameConfigurations", []any{object{"CertificateArn": ref("Unknown"), "EndpointType": "EDGE"}})}},
		"TLS 1.0":                         {DomainSetting, "Domain.Properties.DomainNameConfigurations[0].SecurityPolicy", "TLS_1_2 only", []func(r template){set("Domain", "DomainNameConfigurations", []any{object{"CertificateArn": ref("Unknown"), "SecurityPolicy": "TLS_1_0"}})}},
		"a certificate of us-east-1":      {DomainSetting, "Domain.Properties.DomainNameConfigurations[0].CertificateArn", "us-east-1", []func(r template){set("Domain", "DomainNameConfigurations", []any{object{"CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/1"}})}},
		"no certificate":                  {DomainSetting, "Domain.Properties.DomainNameConfigurations[0].CertificateArn", "no certificate", []func(r template){set("Domain", "DomainNameConfigurations", []any{object{"EndpointType": "REGIONAL"}})}},
		"a client certificate":            {Domain, "Domain.Properties.MutualTlsAuthentication", "client certificate", []func(r template){set("Domain", "MutualTlsAuthentication", object{"TruststoreUri": "s3://x/y"})}},
		"rules instead of mappings":       {Domain, "Domain.Properties.RoutingMode", "do nothing", []func(r template){set("Domain", "RoutingMode", "ROUTING_RULE_ONLY")}},
		"a mapping to no stage":           {Mappings, "Mapping.Properties.Stage", "no such stage", []func(r template){set("Mapping", "Stage", "test")}},
		"a mapping twice":                 {Mappings, "Twin.Properties.ApiMappingKey", "same key", []func(r template){add("Twin", "AWS::ApiGatewayV2::ApiMapping", object{"ApiId": ref("Api"), "DomainName": ref("Domain"), "Stage": ref("Stage")})}},
		"a domain for two kinds":          {Mappings, "Twin.Properties.ApiId", "share no domain", []func(r template){add("Http", "AWS::ApiGatewayV2::Api", object{"Name": "h", "ProtocolType": "HTTP"}), add("Twin", "AWS::ApiGatewayV2::ApiMapping", object{"ApiId": ref("Http"), "DomainName": ref("Domain"), "Stage": "x", "ApiMappingKey": "h"})}},
		"a mapping before its stage":      {Order, "Mapping.Properties.Stage", "before it", []func(r template){set("Mapping", "Stage", "prod")}},
		"a mapping before its domain":     {Order, "Mapping.Properties.DomainName", "before the domain", []func(r template){set("Mapping", "DomainName", "ws.example.com")}},
		"a plan before its stage":         {Order, "Plan.Properties.ApiStages[0].Stage", "before it", []func(r template){set("Plan", "ApiStages", []any{object{"ApiId": ref("Api"), "Stage": "prod"}})}},
		"a plan for no stage":             {UsagePlan, "Plan.Properties.ApiStages[0].Stage", "no such stage", []func(r template){set("Plan", "ApiStages", []any{object{"ApiId": ref("Api"), "Stage": "test"}})}},
		"a quota without a period":        {UsagePlan, "Plan.Properties.Quota", "Period", []func(r template){set("Plan", "Quota", object{"Limit": 5})}},
		"throttled methods":               {MethodThrottle, "Plan.Properties.ApiStages[0].Throttle", "single methods", []func(r template){set("Plan", "ApiStages", []any{object{"ApiId": ref("Api"), "Stage": ref("Stage"), "Throttle": object{"/x/GET": object{"RateLimit": 1}}}})}},
		"a plan for nobody":               {Key, "Plan.Properties", "has no key", []func(r template){remove("PlanKey")}},
		"a plan without a stage":          {Key, "Api.Properties", "no usage plan has a stage", []func(r template){set("Plan", "ApiStages", nil)}},
		"a disabled key":                  {Key, "Key.Properties.Enabled", "not enabled", []func(r template){set("Key", "Enabled", false)}},
		"two keys of one value":           {KeyTwice, "Two.Properties.Value", "same value", []func(r template){add("Two", "AWS::ApiGateway::ApiKey", object{"Enabled": true, "Value": "0123456789abcdefghijklmnop"})}},
		"another type of key":             {UsagePlan, "PlanKey.Properties.KeyType", "API_KEY", []func(r template){set("PlanKey", "KeyType", "SECRET")}},
		"eleven stages": {Quota, "Api.Properties", "11 stages", []func(r template){func(r template) {
			for i := range 10 {
				add(fmt.Sprintf("S%d", i), "AWS::ApiGatewayV2::Stage", object{"ApiId": ref("Api"), "StageName": fmt.Sprintf("s%d", i), "AutoDeploy": true})(r)
			}
		}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := findings(t, change(t, c.make...), ireland)
			if !slices.ContainsFunc(found, func(f trace.Finding) bool {
				return f.Rule.ID == c.rule.ID && f.Place == "Resources."+c.place && strings.Contains(f.Reason, c.word) && f.Fix != ""
			}) {
				t.Errorf("no finding of %s at %s with %q among%s", c.rule.ID, c.place, c.word, describe(found))
			}
		})
	}
}

// What the template writes out of region and account is not compared with a stack whose
// own are not known.
func TestAnUnknownRegionIsAnyRegion(t *testing.T) {
	t.Parallel()
	r := change(t, set("Permission", "SourceArn", sub("arn:aws:execute-api:ap-northeast-1:999999999999:${Api}/*/$connect")))
	if found := findings(t, r, cfn.Environment{}); len(found) > 0 {
		t.Error(describe(found))
	}
	if found := findings(t, r, ireland); len(found) != 1 || found[0].Rule.ID != Permission.ID {
		t.Errorf("in eu-west-1:%s", describe(found))
	}
}
