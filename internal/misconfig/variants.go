package misconfig

import (
	"net/http"
)

// Variants are changes that break nothing: the handshake gets through and no
// check finds an error.
func Variants() []Case {
	header := func(name, value string) http.Header { return http.Header{name: {value}} }
	return []Case{
		{Name: "an API by URL, all defaults", Base: "external"},
		{Name: "a locked MOCK API under a path, with a path parameter", Base: "owned"},
		{Name: "a Lambda API with an authorizer, by its custom domain", Base: "authorizer"},
		{Name: "the four headers of the article, without Extensions", Base: "external",
			Mutate: func(t Template) { t.dropHeader("Sec-WebSocket-Extensions") }},
		{Name: "only the two headers that must be", Base: "external",
			Mutate: func(t Template) {
				t.headers()["Headers"] = []any{"Sec-WebSocket-Key", "Sec-WebSocket-Version"}
			}},
		{Name: "header names in lower case", Base: "external",
			Mutate: func(t Template) {
				t.headers()["Headers"] = []any{"sec-websocket-key", "sec-websocket-version", "sec-websocket-protocol", "sec-websocket-extensions"}
			}},
		{Name: "the managed policy AllViewerExceptHostHeader", Base: "external",
			Mutate: func(t Template) { t.behavior()["OriginRequestPolicyId"] = allViewerExceptHost }},
		{Name: "Authorization by AllViewerExceptHostHeader to an authorizer", Base: "authorizer", Header: header("Authorization", "Bearer x"),
			Mutate: func(t Template) {
				t.behavior()["OriginRequestPolicyId"] = allViewerExceptHost
				t.set("ChatAuthorizer", "IdentitySource", []any{"route.request.header.Authorization"})
			}},
		{Name: "all headers but Host in a policy of one's own", Base: "external",
			Mutate: func(t Template) {
				t.policy()["HeadersConfig"] = object{"HeaderBehavior": "allExcept", "Headers": []any{"host"}}
			}},
		{Name: "all query strings", Base: "authorizer",
			Mutate: func(t Template) { t.policy()["QueryStringsConfig"] = object{"QueryStringBehavior": "all"} }},
		{Name: "all query strings but one", Base: "authorizer", Path: "/?utm=1&token=x",
			Mutate: func(t Template) {
				t.policy()["QueryStringsConfig"] = object{"QueryStringBehavior": "allExcept", "QueryStrings": []any{"utm"}}
			}},
		{Name: "all cookies", Base: "authorizer",
			Mutate: func(t Template) { t.policy()["CookiesConfig"] = object{"CookieBehavior": "all"} }},
		{Name: "ten headers exactly", Base: "external",
			Mutate: func(t Template) { t.fillHeaders(10) }},
		{Name: "two policies of different names", Base: "external",
			Mutate: func(t Template) {
				t.copyOf(t.first("AWS::CloudFront::OriginRequestPolicy"), "Other")["OriginRequestPolicyConfig"].(object)["Name"] = "another"
			}},
		{Name: "compression on", Base: "external",
			Mutate: func(t Template) { t.behavior()["Compress"] = true }},
		{Name: "HTTP/3 on", Base: "external",
			Mutate: func(t Template) { t.config()["HttpVersion"] = "http2and3" }},
		{Name: "HTTP/1.1 only", Base: "external",
			Mutate: func(t Template) { t.config()["HttpVersion"] = "http1.1" }},
		{Name: "OPTIONS allowed as well", Base: "external",
			Mutate: func(t Template) { t.behavior()["AllowedMethods"] = []any{"GET", "HEAD", "OPTIONS"} }},
		{Name: "redirect-to-https, by a wss:// client", Base: "external",
			Mutate: func(t Template) { t.behavior()["ViewerProtocolPolicy"] = "redirect-to-https" }},
		{Name: "a read timeout of 60 seconds and two attempts", Base: "external",
			Mutate: func(t Template) {
				t.custom()["OriginReadTimeout"] = 60
				t.origin()["ConnectionAttempts"] = 2
				t.origin()["ConnectionTimeout"] = 5
			}},
		{Name: "numbers as text, as CloudFormation takes them", Base: "external",
			Mutate: func(t Template) {
				t.custom()["OriginReadTimeout"] = "45"
				t.origin()["ConnectionAttempts"] = "3"
			}},
		{Name: "an API in China", Base: "external",
			Mutate: func(t Template) {
				t.origin()["DomainName"] = "abcdef1234.execute-api.cn-north-1.amazonaws.com.cn"
			}},
		{Name: "dual-stack to the origin", Base: "external",
			Mutate: func(t Template) { t.custom()["IpAddressType"] = "dualstack" }},
		{Name: "an origin custom header that overwrites the viewer's", Base: "external", Header: header("X-Tenant", "forged"),
			Mutate: func(t Template) {
				t.origin()["OriginCustomHeaders"] = []any{object{"HeaderName": "x-tenant", "HeaderValue": "blue"}}
			}},
		{Name: "a behavior pattern without its slash", Base: "owned",
			Mutate: func(t Template) {
				t.behaviors()[0]["PathPattern"], t.behaviors()[1]["PathPattern"] = "ws", "ws/*"
			}},
		{Name: "the origin of the site's own pages", Base: "owned", Header: header("Origin", "https://app.example.com")},
		{Name: "two keys in the usage plan, as while rotating", Base: "owned",
			Mutate: func(t Template) {
				t.copyOf("LockKey", "LockKeyOld")["Value"] = "{{resolve:secretsmanager:old:SecretString:::}}"
				t.copyOf("LockPlanKey", "LockPlanKeyOld")["KeyId"] = object{"Ref": "LockKeyOld"}
			}},
		{Name: "an error response for 500 on a site beside the socket", Base: "owned",
			Mutate: func(t Template) {
				t.config()["CustomErrorResponses"] = []any{object{"ErrorCode": 500, "ErrorCachingMinTTL": 10}}
			}},
		{Name: "a stage named by a condition", Base: "owned",
			Mutate: func(t Template) {
				t.origin()["OriginPath"] = object{"Fn::If": []any{"IsMainRegion", "/prod", "/test"}}
			}},
		{Name: "the domain by Fn::Sub", Base: "owned",
			Mutate: func(t Template) {
				t.origin()["DomainName"] = object{"Fn::Sub": "${PingApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}"}
			}},
		{Name: "the domain taken out of the API's endpoint", Base: "owned",
			Mutate: func(t Template) {
				t.origin()["DomainName"] = object{"Fn::Select": []any{1, object{"Fn::Split": []any{"://", object{"Fn::GetAtt": []any{"PingApi", "ApiEndpoint"}}}}}}
			}},
		{Name: "an API mapping with a key, in the origin path", Base: "authorizer",
			Mutate: func(t Template) {
				t.set("ChatMapping", "ApiMappingKey", "chat")
				t.origin()["OriginPath"] = "/chat"
			}},
		{Name: "the execute-api endpoint disabled behind a custom domain", Base: "authorizer",
			Mutate: func(t Template) { t.set("ChatApi", "DisableExecuteApiEndpoint", true) }},
		{Name: "an origin group for two regions", Base: "external",
			Mutate: func(t Template) {
				second := clone(t.origin())
				second["Id"], second["DomainName"] = "second", "zyxwvu9876.execute-api.us-west-2.amazonaws.com"
				t.config()["Origins"] = append(t.config()["Origins"].([]any), second)
				t.config()["OriginGroups"] = object{"Quantity": 1, "Items": []any{object{"Id": "both",
					"FailoverCriteria": object{"StatusCodes": object{"Quantity": 2, "Items": []any{500, 502}}},
					"Members":          object{"Quantity": 2, "Items": []any{object{"OriginId": t.origin()["Id"]}, object{"OriginId": "second"}}}}}}
				t.behavior()["TargetOriginId"] = "both"
			}},
		{Name: "a web ACL of scope CLOUDFRONT", Base: "external",
			Mutate: func(t Template) {
				t.config()["WebACLId"] = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/edge/11111111-2222-3333-4444-555555555555"
			}},
	}
}
