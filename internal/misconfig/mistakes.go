package misconfig

import (
	"net/http"
	"slices"
	"strings"
)

// Mistakes are the changes that break something.
func Mistakes() []Case {
	return slices.Concat(policyMistakes(), originMistakes(), behaviorMistakes(), functionMistakes(), apiMistakes(), distributionMistakes())
}

func policyMistakes() []Case {
	return []Case{
		{Name: "Sec-WebSocket-Key missing from the header list", Base: "external",
			Mutate: func(t Template) { t.dropHeader("Sec-WebSocket-Key") },
			Status: 400, Rule: "api.websocket-headers", Word: "Sec-WebSocket-Key"},
		{Name: "Sec-WebSocket-Version missing from the header list", Base: "external",
			Mutate: func(t Template) { t.dropHeader("Sec-WebSocket-Version") },
			Status: 400, Rule: "api.websocket-headers", Word: "Sec-WebSocket-Version"},
		{Name: "Sec-WebSocket-Protocol missing from the header list", Base: "authorizer",
			Mutate: func(t Template) { t.dropHeader("Sec-WebSocket-Protocol") }, Subprotocol: "chat",
			Status: 101, Rule: "api.subprotocol", Word: "does not forward Sec-WebSocket-Protocol"},
		{Name: "no origin request policy at all", Base: "external",
			Mutate: func(t Template) { delete(t.behavior(), "OriginRequestPolicyId") },
			Status: 400, Rule: "api.websocket-headers", Word: "no origin request policy"},
		{Name: "header behavior none", Base: "external",
			Mutate: func(t Template) { t.policy()["HeadersConfig"] = object{"HeaderBehavior": "none"} },
			Status: 400, Rule: "api.websocket-headers", Word: "Sec-WebSocket-Key"},
		{Name: "Host in the header list", Base: "external",
			Mutate: func(t Template) { t.listHeaders("Host") },
			Status: 403, Rule: "api.host", Word: "forwards the viewer's Host"},
		{Name: "managed policy AllViewer", Base: "external",
			Mutate: func(t Template) { t.behavior()["OriginRequestPolicyId"] = allViewer },
			Status: 403, Rule: "api.host", Word: "AllViewer"},
		{Name: "managed policy HostHeaderOnly", Base: "external",
			Mutate: func(t Template) { t.behavior()["OriginRequestPolicyId"] = hostHeaderOnly },
			Status: 403, Rule: "api.host", Word: "HostHeaderOnly"},
		{Name: "a policy of one's own that forwards all headers", Base: "external",
			Mutate: func(t Template) { t.policy()["HeadersConfig"] = object{"HeaderBehavior": "allViewer"} },
			Status: 403, Rule: "api.host", Word: "forwards the viewer's Host"},
		{Name: "Host in the cache key", Base: "external",
			Mutate: func(t Template) {
				t.resources()["Cache"] = object{"Type": "AWS::CloudFront::CachePolicy", "Properties": object{"CachePolicyConfig": object{
					"Name": "with-host", "MinTTL": 0, "DefaultTTL": 0, "MaxTTL": 1, "ParametersInCacheKeyAndForwardedToOrigin": object{
						"EnableAcceptEncodingGzip": false, "HeadersConfig": object{"HeaderBehavior": "whitelist", "Headers": []any{"Host"}},
						"CookiesConfig": object{"CookieBehavior": "none"}, "QueryStringsConfig": object{"QueryStringBehavior": "none"}}}}}
				t.behavior()["CachePolicyId"] = object{"Ref": "Cache"}
			}, Status: 403, Rule: "api.host", Word: "Host"},
		{Name: "the token's query string dropped", Base: "authorizer",
			Mutate: func(t Template) { t.policy()["QueryStringsConfig"] = object{"QueryStringBehavior": "none"} },
			Status: 401, Rule: "api.identity-source", Word: "query string token"},
		{Name: "the session cookie dropped", Base: "authorizer",
			Mutate: func(t Template) { t.policy()["CookiesConfig"] = object{"CookieBehavior": "none"} },
			Status: 401, Rule: "api.identity-source", Word: "header Cookie"},
		{Name: "an authorizer on Authorization, which a list cannot forward", Base: "authorizer",
			Mutate: func(t Template) {
				t.set("ChatAuthorizer", "IdentitySource", []any{"route.request.header.Authorization"})
			},
			Header: http.Header{"Authorization": {"Bearer x"}},
			Status: 401, Rule: "api.identity-source", Word: "header Authorization"},
		{Name: "Authorization in the header list", Base: "external",
			Mutate: func(t Template) { t.listHeaders("Authorization") },
			Static: true, Deploy: true, Rule: "policy.denied-header", Word: "Authorization"},
		{Name: "Upgrade and Connection in the header list", Base: "external",
			Mutate: func(t Template) { t.listHeaders("Upgrade", "Connection") },
			Static: true, Deploy: true, Rule: "policy.denied-header", Word: "Upgrade"},
		{Name: "Accept-Encoding in the header list", Base: "external",
			Mutate: func(t Template) { t.listHeaders("Accept-Encoding") },
			Static: true, Deploy: true, Rule: "policy.denied-header", Word: "Accept-Encoding"},
		{Name: "eleven headers in the policy", Base: "external",
			Mutate: func(t Template) { t.fillHeaders(11) },
			Static: true, Deploy: true, Rule: "policy.quota", Word: "11 headers"},
		{Name: "eleven query strings in the policy", Base: "external",
			Mutate: func(t Template) {
				t.policy()["QueryStringsConfig"] = object{"QueryStringBehavior": "whitelist", "QueryStrings": anys(numbered("q%d", 11))}
			},
			Static: true, Deploy: true, Rule: "policy.quota", Word: "11 query strings"},
		{Name: "eleven cookies in the policy", Base: "external",
			Mutate: func(t Template) {
				t.policy()["CookiesConfig"] = object{"CookieBehavior": "whitelist", "Cookies": anys(numbered("c%d", 11))}
			},
			Static: true, Deploy: true, Rule: "policy.quota", Word: "11 cookies"},
		{Name: "two policies of one name", Base: "external",
			Mutate: func(t Template) { t.copyOf(t.first("AWS::CloudFront::OriginRequestPolicy"), "Twin") },
			Static: true, Deploy: true, Rule: "policy.name", Word: "Twin"},
		{Name: "twenty-one policies in one stack", Base: "external",
			Mutate: func(t Template) {
				base := t.first("AWS::CloudFront::OriginRequestPolicy")
				for _, id := range numbered("More%d", 20) {
					t.copyOf(base, id)["OriginRequestPolicyConfig"].(object)["Name"] = id
				}
			}, Static: true, Deploy: true, Rule: "policy.per-account", Word: "21 origin request policies"},
		{Name: "a cache policy id that is none", Base: "external",
			Mutate: func(t Template) { t.behavior()["CachePolicyId"] = "bad" },
			Static: true, Deploy: true, Status: 400, Rule: "policy.unknown", Word: `"bad"`},
		{Name: "an origin request policy's id with a typing error", Base: "external",
			Mutate: func(t Template) {
				t.behavior()["OriginRequestPolicyId"] = strings.Replace(allViewerExceptHost, "b6", "b7", 1)
			},
			Static: true, Deploy: true, Status: 400, Rule: "policy.unknown", Word: "b789b0a8"},
		{Name: "caching on", Base: "external",
			Mutate: func(t Template) { t.behavior()["CachePolicyId"] = cachingOptimized },
			Static: true, Rule: "policy.caching", Word: "CachingOptimized"},
		{Name: "the WebSocket headers in a cache policy without TTL", Base: "external",
			Mutate: func(t Template) {
				t.resources()["Cache"] = object{"Type": "AWS::CloudFront::CachePolicy", "Properties": object{"CachePolicyConfig": object{
					"Name": "no-ttl", "MinTTL": 0, "DefaultTTL": 0, "MaxTTL": 0, "ParametersInCacheKeyAndForwardedToOrigin": object{
						"EnableAcceptEncodingGzip": false, "HeadersConfig": object{"HeaderBehavior": "whitelist", "Headers": []any{"Sec-WebSocket-Key"}},
						"CookiesConfig": object{"CookieBehavior": "none"}, "QueryStringsConfig": object{"QueryStringBehavior": "none"}}}}}
				t.behavior()["CachePolicyId"] = object{"Ref": "Cache"}
			}, Static: true, Deploy: true, Rule: "policy.ttl", Word: "TTLs are all 0"},
	}
}

func originMistakes() []Case {
	return []Case{
		{Name: "http-only to the origin", Base: "external",
			Mutate: func(t Template) { t.custom()["OriginProtocolPolicy"] = "http-only" },
			Status: 502, Static: true, Rule: "origin.protocol", Word: "http-only"},
		{Name: "match-viewer to the origin, with allow-all", Base: "external",
			Mutate: func(t Template) {
				t.custom()["OriginProtocolPolicy"] = "match-viewer"
				t.behavior()["ViewerProtocolPolicy"] = "allow-all"
			}, Plain: true,
			Status: 502, Static: true, Rule: "origin.protocol", Word: "match-viewer"},
		{Name: "match-viewer to the origin", Base: "external",
			Mutate: func(t Template) { t.custom()["OriginProtocolPolicy"] = "match-viewer" },
			Static: true, Rule: "origin.protocol-match-viewer", Word: "match-viewer"},
		{Name: "only TLSv1 to the origin", Base: "external",
			Mutate: func(t Template) { t.custom()["OriginSSLProtocols"] = []any{"TLSv1"} },
			Status: 502, Static: true, Rule: "api.tls", Word: "TLSv1"},
		{Name: "an HTTPS port of 8443", Base: "external",
			Mutate: func(t Template) { t.custom()["HTTPSPort"] = 8443 },
			Status: 502, Static: true, Rule: "origin.protocol", Word: "8443"},
		{Name: "stage path missing", Base: "external",
			Mutate: func(t Template) { delete(t.origin(), "OriginPath") },
			Status: 403, Rule: "api.stage", Word: "without a stage"},
		{Name: "stage in the origin path and in the client's URL", Base: "external", Path: "/STAGE",
			Status: 403, Rule: "api.stage", Word: "stage twice"},
		{Name: "stage twice in the origin path", Base: "external",
			Mutate: func(t Template) { t.origin()["OriginPath"] = "/" + t.stage() + "/" + t.stage() },
			Status: 403, Rule: "api.stage", Word: "stage twice"},
		{Name: "a stage that the API does not have", Base: "owned",
			Mutate: func(t Template) { t.origin()["OriginPath"] = "/production" },
			Status: 403, Rule: "api.stage", Word: `no stage "production"`},
		{Name: "the stage in another case", Base: "owned",
			Mutate: func(t Template) { t.origin()["OriginPath"] = "/Prod" },
			Status: 403, Rule: "api.stage", Word: `no stage "Prod"`},
		{Name: "a path after the stage in the origin path", Base: "external",
			Mutate: func(t Template) { t.origin()["OriginPath"] = "/" + t.stage() + "/socket" },
			Status: 403, Rule: "api.stage", Word: "goes past the stage"},
		{Name: "a path of the client after the stage", Base: "external", Path: "/rooms/42",
			Status: 403, Rule: "api.stage", Word: "goes past the stage"},
		{Name: "a stage in the origin path of a custom domain", Base: "authorizer",
			Mutate: func(t Template) { t.origin()["OriginPath"] = "/prod" },
			Status: 403, Rule: "api.stage", Word: "API mapping"},
		{Name: "an origin path that ends with a slash", Base: "external",
			Mutate: func(t Template) { t.origin()["OriginPath"] = "/prod/" },
			Static: true, Deploy: true, Rule: "origin.path", Word: `"/prod/"`},
		{Name: "an origin path without its slash", Base: "external",
			Mutate: func(t Template) { t.origin()["OriginPath"] = "prod" },
			Static: true, Deploy: true, Rule: "origin.path", Word: `"prod"`},
		{Name: "a domain with a scheme", Base: "external",
			Mutate: func(t Template) {
				t.origin()["DomainName"] = "wss://abcdef1234.execute-api.eu-west-1.amazonaws.com"
			},
			Static: true, Deploy: true, Rule: "origin.domain", Word: "has a scheme"},
		{Name: "a domain with a path", Base: "external",
			Mutate: func(t Template) {
				t.origin()["DomainName"] = "abcdef1234.execute-api.eu-west-1.amazonaws.com/prod"
			},
			Static: true, Deploy: true, Rule: "origin.domain", Word: "has a path"},
		{Name: "the API's endpoint, a URL, as the domain", Base: "owned",
			Mutate: func(t Template) {
				t.origin()["DomainName"] = object{"Fn::GetAtt": []any{"PingApi", "ApiEndpoint"}}
			},
			Static: true, Deploy: true, Rule: "origin.domain", Word: "has a scheme"},
		{Name: "a domain with a port", Base: "external",
			Mutate: func(t Template) {
				t.origin()["DomainName"] = "abcdef1234.execute-api.eu-west-1.amazonaws.com:443"
			},
			Static: true, Deploy: true, Rule: "origin.domain", Word: "has a port"},
		{Name: "the API's host in another region", Base: "owned",
			Mutate: func(t Template) {
				t.origin()["DomainName"] = object{"Fn::Join": []any{"", []any{object{"Ref": "PingApi"}, ".execute-api.eu-west-1.amazonaws.com"}}}
			},
			Status: 403, Static: true, Rule: "api.region", Word: "eu-west-1"},
		{Name: "the regional target of a custom domain instead of the domain", Base: "authorizer",
			Mutate: func(t Template) {
				t.origin()["DomainName"] = object{"Fn::GetAtt": []any{"ChatDomain", "RegionalDomainName"}}
			},
			Status: 403, Static: true, Rule: "api.host", Word: "regional target"},
		{Name: "a read timeout of 999 seconds", Base: "external",
			Mutate: func(t Template) { t.custom()["OriginReadTimeout"] = 999 },
			Static: true, Deploy: true, Rule: "origin.timeouts", Word: "999"},
		{Name: "a read timeout below that of $connect", Base: "external",
			Mutate: func(t Template) { t.custom()["OriginReadTimeout"] = 5 },
			Static: true, Rule: "origin.timeout-short", Word: "29 s"},
		{Name: "a keep-alive timeout of 0", Base: "external",
			Mutate: func(t Template) { t.custom()["OriginKeepaliveTimeout"] = 0 },
			Static: true, Deploy: true, Rule: "origin.timeouts", Word: "OriginKeepaliveTimeout"},
		{Name: "four connection attempts", Base: "external",
			Mutate: func(t Template) { t.origin()["ConnectionAttempts"] = 4 },
			Static: true, Deploy: true, Rule: "origin.timeouts", Word: "ConnectionAttempts"},
		{Name: "a connection timeout of 60 seconds", Base: "external",
			Mutate: func(t Template) { t.origin()["ConnectionTimeout"] = 60 },
			Static: true, Deploy: true, Rule: "origin.timeouts", Word: "ConnectionTimeout"},
		{Name: "a response completion timeout", Base: "external",
			Mutate: func(t Template) { t.origin()["ResponseCompletionTimeout"] = 60 },
			Static: true, Rule: "origin.completion-timeout", Word: "ResponseCompletionTimeout"},
		{Name: "an S3 origin for the socket", Base: "owned",
			Mutate: func(t Template) { t.setBehaviors("TargetOriginId", "AppEdgeOrigin2") },
			Status: 403, Rule: "origin.s3", Word: "S3 origin"},
		{Name: "x-api-key in the header list as well", Base: "owned",
			Mutate: func(t Template) { t.listHeaders("x-api-key") },
			Static: true, Rule: "origin.custom-header-forwarded", Word: "x-api-key"},
		{Name: "Host as an origin custom header", Base: "external",
			Mutate: func(t Template) {
				t.origin()["OriginCustomHeaders"] = []any{object{"HeaderName": "Host", "HeaderValue": "abcdef1234.execute-api.eu-west-1.amazonaws.com"}}
			},
			Static: true, Deploy: true, Rule: "origin.custom-header-denied", Word: "Host"},
		{Name: "thirty-one origin custom headers", Base: "external",
			Mutate: func(t Template) {
				var headers []any
				for _, name := range numbered("x-custom-%d", 31) {
					headers = append(headers, object{"HeaderName": name, "HeaderValue": "v"})
				}
				t.origin()["OriginCustomHeaders"] = headers
			}, Static: true, Deploy: true, Rule: "origin.custom-headers", Word: "31 headers"},
	}
}

func behaviorMistakes() []Case {
	return []Case{
		{Name: "redirect-to-https", Base: "external",
			Mutate: func(t Template) { t.behavior()["ViewerProtocolPolicy"] = "redirect-to-https" }, Plain: true,
			Status: 301, Static: true, Rule: "edge.viewer-protocol-redirect", Word: "redirect"},
		{Name: "allow-all", Base: "external",
			Mutate: func(t Template) { t.behavior()["ViewerProtocolPolicy"] = "allow-all" },
			Static: true, Rule: "edge.viewer-protocol-clear", Word: "in the clear"},
		{Name: "a client that uses ws://", Base: "external", Plain: true,
			Status: 403, Rule: "edge.viewer-protocol", Word: "https-only"},
		{Name: "methods without GET", Base: "external",
			Mutate: func(t Template) { t.behavior()["AllowedMethods"] = []any{"HEAD", "OPTIONS"} },
			Status: 403, Static: true, Deploy: true, Rule: "edge.methods-get", Word: "GET"},
		{Name: "a path pattern that misses the path below it", Base: "owned",
			Mutate: func(t Template) {
				t.config()["CacheBehaviors"] = t.config()["CacheBehaviors"].([]any)[:1]
			},
			Status: 403, Rule: "origin.s3", Word: "S3 origin"},
		{Name: "a path pattern in another case", Base: "owned",
			Mutate: func(t Template) {
				t.behaviors()[0]["PathPattern"], t.behaviors()[1]["PathPattern"] = "/WS", "/WS/*"
			},
			Status: 403, Rule: "origin.s3", Word: "S3 origin"},
		{Name: "the socket's pattern after one that takes everything", Base: "owned",
			Mutate: func(t Template) {
				site := clone(t.config()["DefaultCacheBehavior"].(object))
				site["PathPattern"] = "/*"
				t.config()["CacheBehaviors"] = append([]any{site}, t.config()["CacheBehaviors"].([]any)...)
			},
			Status: 403, Static: true, Rule: "distribution.shadowed", Word: "never reached"},
		{Name: "a target that is no origin", Base: "external",
			Mutate: func(t Template) { t.behavior()["TargetOriginId"] = "elsewhere" },
			Status: 400, Static: true, Deploy: true, Rule: "distribution.unknown-target", Word: "elsewhere"},
		{Name: "signed URLs asked for", Base: "external",
			Mutate: func(t Template) {
				t.behavior()["TrustedKeyGroups"] = []any{"11111111-2222-3333-4444-555555555555"}
			},
			Status: 403, Rule: "edge.signed", Word: "signed"},
		{Name: "a function on viewer-response", Base: "owned",
			Mutate: func(t Template) {
				for _, b := range t.behaviors() {
					b["FunctionAssociations"].([]any)[0].(object)["EventType"] = "viewer-response"
				}
			},
			Static: true, Rule: "function.response-event", Word: "viewer-response"},
		{Name: "a CloudFront Function and Lambda@Edge on viewer events", Base: "owned",
			Mutate: func(t Template) {
				t.setBehaviors("LambdaFunctionAssociations", []any{object{"EventType": "viewer-response",
					"LambdaFunctionARN": "arn:aws:lambda:us-east-1:123456789012:function:edge:1"}})
			},
			Static: true, Deploy: true, Rule: "function.association", Word: "mixed"},
		{Name: "two functions on viewer-request", Base: "owned",
			Mutate: func(t Template) {
				for _, b := range t.behaviors() {
					b["FunctionAssociations"] = append(b["FunctionAssociations"].([]any), clone(b["FunctionAssociations"].([]any)[0]))
				}
			},
			Static: true, Deploy: true, Rule: "function.association", Word: "two functions"},
	}
}

func functionMistakes() []Case {
	return []Case{
		{Name: "the function rewrites to the stage", Base: "owned",
			Mutate: func(t Template) { t.edit("request.uri = '/';", "request.uri = '/prod';") },
			Status: 403, Rule: "api.stage", Word: "rewrites to /prod"},
		{Name: "the function rewrites to another path", Base: "owned",
			Mutate: func(t Template) { t.edit("request.uri = '/';", "request.uri = '/socket';") },
			Status: 403, Rule: "api.stage", Word: "rewrites to /socket"},
		{Name: "the function adds Upgrade", Base: "owned",
			Mutate: func(t Template) {
				t.edit("request.uri = '/';", "request.uri = '/'; request.headers['upgrade'] = { value: 'websocket' };")
			},
			Status: 502, Rule: "function.header", Word: `"upgrade"`},
		{Name: "the function sets Host", Base: "owned",
			Mutate: func(t Template) {
				t.edit("request.uri = '/';", "request.uri = '/'; request.headers.host = { value: 'api.example.com' };")
			},
			Status: 502, Rule: "function.read-only", Word: `"host"`},
		{Name: "the function throws", Base: "owned",
			Mutate: func(t Template) { t.edit("request.uri = '/';", "request.uri = request.headers.nothing.value;") },
			Status: 503, Rule: "function.error", Word: "throws"},
		{Name: "the function has a syntax error", Base: "owned",
			Mutate: func(t Template) {
				t.edit("return request;", "return request")
				t.edit("request.uri = '/';", "request.uri = ;")
			},
			Status: 503, Rule: "function.error", Word: "throws"},
		{Name: "the function has no handler", Base: "owned",
			Mutate: func(t Template) { t.edit("function handler", "function handle") },
			Status: 503, Rule: "function.error", Word: "handler"},
		{Name: "the function returns nothing", Base: "owned",
			Mutate: func(t Template) { t.edit("    return request;\n", "") },
			Status: 502, Rule: "function.invalid", Word: "returns nothing"},
		{Name: "the function makes a URI without its slash", Base: "owned",
			Mutate: func(t Template) { t.edit("request.uri = '/';", "request.uri = 'prod';") },
			Status: 502, Rule: "function.invalid", Word: "slash"},
		{Name: "the function makes a query string with a space", Base: "owned",
			Mutate: func(t Template) { t.edit("encodeURIComponent(request.uri)", "'a path'") },
			Status: 502, Rule: "function.query", Word: "query string"},
		{Name: "a function of more than 10 KB", Base: "owned",
			Mutate: func(t Template) { t.edit("import cf", "//"+strings.Repeat(" padding", 1300)+"\nimport cf") },
			Status: 400, Static: true, Deploy: true, Rule: "function.size", Word: "at most 10240"},
		{Name: "the function is not published", Base: "owned",
			Mutate: func(t Template) { t.function()["AutoPublish"] = false },
			Static: true, Deploy: true, Rule: "function.unpublished", Word: "not published"},
		{Name: "the function uses syntax that the runtime does not take", Base: "owned",
			Mutate: func(t Template) {
				t.edit("request.headers['sec-websocket-key']", "request.headers?.['sec-websocket-key']")
			},
			Static: true, Rule: "function.syntax", Word: "optional chaining"},
		{Name: "the function refuses the client's browser origin", Base: "owned",
			Header: http.Header{"Origin": {"https://evil.example"}},
			Status: 403, Rule: "function.response", Word: "Origin not allowed"},
		{Name: "the function reads a key value store that it does not have", Base: "owned",
			Mutate: func(t Template) { t.edit("request.uri = '/';", "await cf.kvs().get('x'); request.uri = '/';") },
			Status: 503, Rule: "function.error", Word: "key value store"},
	}
}

func apiMistakes() []Case {
	return []Case{
		{Name: "the API key header missing", Base: "owned",
			Mutate: func(t Template) { delete(t.origin(), "OriginCustomHeaders") },
			Status: 403, Rule: "api.key", Word: "no x-api-key header"},
		{Name: "the API key header with another value", Base: "owned",
			Mutate: func(t Template) {
				t.origin()["OriginCustomHeaders"].([]any)[0].(object)["HeaderValue"] = "{{resolve:secretsmanager:other:SecretString:::}}"
			},
			Status: 403, Rule: "api.key", Word: "not the value of an API key"},
		{Name: "the API key under another header", Base: "owned",
			Mutate: func(t Template) {
				t.origin()["OriginCustomHeaders"].([]any)[0].(object)["HeaderName"] = "x-origin-key"
			},
			Status: 403, Rule: "api.key", Word: "no x-api-key header"},
		{Name: "the API key not enabled", Base: "owned",
			Mutate: func(t Template) { t.set("LockKey", "Enabled", false) },
			Status: 403, Rule: "api.key", Word: "not enabled"},
		{Name: "the API key without a value of its own", Base: "owned",
			Mutate: func(t Template) { delete(t.props("LockKey"), "Value") },
			Status: 403, Rule: "api.key-generated", Word: "API Gateway generates the value"},
		{Name: "the API key in no usage plan", Base: "owned",
			Mutate: func(t Template) { t.remove("LockPlanKey") },
			Status: 403, Rule: "api.key", Word: "no usage plan"},
		{Name: "the usage plan for another stage", Base: "owned",
			Mutate: func(t Template) {
				t.props("LockPlan")["ApiStages"].([]any)[0].(object)["Stage"] = "test"
			},
			Status: 403, Rule: "api.key", Word: "stage test"},
		{Name: "$connect without the key although the lock is on", Base: "owned",
			Mutate: func(t Template) { t.set("PingConnect", "ApiKeyRequired", false) },
			Static: true, Rule: "api.bypass", Word: "around the edge"},
		{Name: "a throttle on the usage plan", Base: "owned",
			Mutate: func(t Template) { t.set("LockPlan", "Throttle", object{"RateLimit": 50, "BurstLimit": 100}) },
			Static: true, Rule: "api.throttle", Word: "rate 50"},
		{Name: "the execute-api endpoint disabled", Base: "owned",
			Mutate: func(t Template) { t.set("PingApi", "DisableExecuteApiEndpoint", true) },
			Status: 403, Static: true, Rule: "api.endpoint-disabled", Word: "disabled"},
		{Name: "a stage without a deployment", Base: "owned",
			Mutate: func(t Template) { delete(t.props("PingApiStage"), "AutoDeploy") },
			Status: 403, Static: true, Rule: "api.deployment", Word: "no deployment"},
		{Name: "a MOCK $connect without a statusCode", Base: "owned",
			Mutate: func(t Template) { t.set("PingConnectIntegration", "RequestTemplates", object{"$default": "{}"}) },
			Status: 500, Static: true, Rule: "api.mock", Word: "statusCode"},
		{Name: "a MOCK $connect with the status 400", Base: "owned",
			Mutate: func(t Template) {
				t.set("PingConnectIntegration", "RequestTemplates", object{"$default": `{"statusCode":400}`})
			},
			Status: 400, Rule: "api.connect", Word: "status 400"},
		{Name: "a MOCK route without a route response", Base: "owned",
			Mutate: func(t Template) { t.remove("PingDefaultRouteResponse") },
			Static: true, Rule: "api.mock-silent", Word: "no route response"},
		{Name: "a subprotocol that a MOCK $connect cannot return", Base: "owned", Subprotocol: "chat",
			Status: 101, Rule: "api.subprotocol", Word: "subprotocol chat"},
		{Name: "IAM authorization without a signature", Base: "authorizer",
			Mutate: func(t Template) { t.set("ChatConnect", "AuthorizationType", "AWS_IAM") },
			Status: 403, Rule: "api.iam", Word: "AWS_IAM"},
		{Name: "a URL of more than 4,096 characters", Base: "authorizer", Path: "/?token=" + strings.Repeat("x", 4096),
			Status: 414, Rule: "api.url-length", Word: "4096"},
		{Name: "a client that goes around the edge", Base: "owned", Direct: true, Path: "/prod",
			Status: 403, Rule: "api.key", Word: "around the edge"},
	}
}

func distributionMistakes() []Case {
	return []Case{
		{Name: "a custom error response that masks 403", Base: "external",
			Mutate: func(t Template) {
				t.config()["CustomErrorResponses"] = []any{object{"ErrorCode": 403, "ResponseCode": 200, "ResponsePagePath": "/index.html"}}
			}, Path: "/rooms/42",
			Status: 200, Rule: "api.stage", Word: "custom error response"},
		{Name: "a custom error response that masks 404", Base: "external",
			Mutate: func(t Template) {
				t.config()["CustomErrorResponses"] = []any{object{"ErrorCode": 404, "ResponseCode": 200, "ResponsePagePath": "/index.html"}}
			},
			Static: true, Rule: "distribution.error-responses", Word: "404"},
		{Name: "a certificate of another region", Base: "owned",
			Mutate: func(t Template) {
				t.config()["ViewerCertificate"].(object)["AcmCertificateArn"] = "arn:aws:acm:eu-west-1:123456789012:certificate/8c2a1e0e-1111-2222-3333-444455556666"
			},
			Static: true, Deploy: true, Rule: "distribution.certificate", Word: "eu-west-1"},
		{Name: "aliases without a certificate", Base: "owned",
			Mutate: func(t Template) { delete(t.config(), "ViewerCertificate") },
			Static: true, Deploy: true, Rule: "distribution.certificate", Word: "socket.example.com"},
		{Name: "a TLS policy that lets TLSv1 in", Base: "owned",
			Mutate: func(t Template) { t.config()["ViewerCertificate"].(object)["MinimumProtocolVersion"] = "TLSv1" },
			Static: true, Rule: "distribution.tls", Word: "TLSv1"},
		{Name: "a regional web ACL", Base: "owned",
			Mutate: func(t Template) {
				t.config()["WebACLId"] = "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/edge/11111111-2222-3333-4444-555555555555"
			},
			Static: true, Deploy: true, Rule: "distribution.web-acl", Word: "REGIONAL"},
		{Name: "a web ACL of another region", Base: "owned",
			Mutate: func(t Template) {
				t.config()["WebACLId"] = "arn:aws:wafv2:eu-west-1:123456789012:global/webacl/edge/11111111-2222-3333-4444-555555555555"
			},
			Static: true, Deploy: true, Rule: "distribution.web-acl", Word: "eu-west-1"},
		{Name: "a web ACL by its name", Base: "owned",
			Mutate: func(t Template) { t.config()["WebACLId"] = "edge" },
			Static: true, Deploy: true, Rule: "distribution.web-acl", Word: `"edge"`},
		{Name: "a distribution that is disabled", Base: "external",
			Mutate: func(t Template) { t.config()["Enabled"] = false },
			Status: 403, Static: true, Rule: "distribution.disabled", Word: "disabled"},
		{Name: "seventy-six behaviors", Base: "external",
			Mutate: func(t Template) {
				var behaviors []any
				for _, path := range numbered("/route%d", 75) {
					b := clone(t.config()["DefaultCacheBehavior"].(object))
					b["PathPattern"] = path
					behaviors = append(behaviors, b)
				}
				t.config()["CacheBehaviors"] = behaviors
			}, Static: true, Deploy: true, Rule: "distribution.behaviors", Word: "76 cache behaviors"},
		{Name: "a hundred and one origins", Base: "external",
			Mutate: func(t Template) {
				for _, id := range numbered("more%d", 100) {
					o := clone(t.origin())
					o["Id"] = id
					t.config()["Origins"] = append(t.config()["Origins"].([]any), o)
				}
			}, Static: true, Deploy: true, Rule: "distribution.origins", Word: "101 origins"},
	}
}
