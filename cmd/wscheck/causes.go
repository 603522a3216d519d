package main

import (
	"net/http"
	"slices"
	"strings"
)

// A cause is something that may be behind a refusal. It stands in a section of
// docs/runbook.md, under the same title and in the same place.
type cause struct {
	key   string
	title string
	// check is what to look at.
	check string
}

// section is a section of docs/runbook.md with its causes, the likeliest first.
type section struct {
	title  string
	causes []cause
}

// runbook has the sections in the order of docs/runbook.md.
var runbook = []section{
	{"Nothing arrives", []cause{
		{"no-record", "No DNS record leads to the distribution", "look the name up at its name server; it needs an alias or CNAME to DistributionDomainName (prop HostedZone makes it)"},
		{"resolver", "The resolver here does not answer", "try from another network, or ask another resolver"},
		{"network", "The network here does not let the connection through", "try from another network; firewalls and proxies close port 443, or connections they cannot read"},
		{"not-listed", "The name is not among the distribution's domain names", "add it to DomainNames, with a certificate that covers it; until then CloudFront answers with its own certificate or none"},
		{"expired", "The certificate has expired", "renew it in ACM; it renews itself while its DNS validation record exists"},
		{"intercepted", "A certificate that is not trusted here", "a proxy or virus scanner on the way presents its own; for an endpoint of your own, name its issuer with --ca"},
		{"tls-version", "The distribution does not take the client's TLS version", "compare the client with MinimumProtocolVersion"},
		{"other-target", "The record leads to something else", "compare its addresses with those of DistributionDomainName"},
		{"slow-connect", "$connect takes longer than --timeout", "raise --timeout; $connect has 29 seconds, and CloudFront asks up to three times"},
		{"no-upgrade", "Something on the way does not let WebSockets through", "try from another network; proxies that read TLS often drop the upgrade"},
	}},
	{"101 without a WebSocket", []cause{
		{"fake-101", "Something on the way answered for the API", "the checksum of the handshake is wrong or its headers are missing: look for a proxy, or an edge function on viewer-response"},
	}},
	{"200 with a page", []cause{
		{"error-page", "A custom error response of the distribution covers the refusal", "remove it from CustomErrorResponses (403 and 404 to /index.html is the usual one), and look at the status again"},
		{"other-behavior", "The path leads to another behavior", "compare the path with the path patterns; a site's behavior answers with its page"},
	}},
	{"A redirect", []cause{
		{"redirecting-behavior", "The path leads to another behavior, which redirects", "compare the path with the path patterns"},
		{"redirecting-function", "An edge function redirects", "read the viewer-request function of the behavior; WebSocket clients do not follow redirects"},
	}},
	{"400", []cause{
		{"no-key", "Sec-WebSocket-Key or Sec-WebSocket-Version does not reach the API", "list the WebSocket headers in the origin request policy (prop Forwarding)"},
		{"connect-400", "The $connect integration answered 400", "read its log; it may not take the subprotocol or a parameter"},
		{"bad-path", "The edge function cannot read the path", "the body says why: write the route's path as it is configured, without /.. behind it, and percent-encode what a URL cannot hold"},
		{"malformed", "CloudFront cannot read the request", "the client's request is malformed, or it asks for a WebSocket over HTTP/2; set HTTPVersion to HTTP1_1 for such clients"},
	}},
	{"401", []cause{
		{"no-identity", "The authorizer's identity source did not reach $connect", "forward the header, cookie or query string that it reads (prop Forwarding)"},
		{"unauthorized", "The authorizer says Unauthorized", "check the token, and that the client sends it"},
	}},
	{"403 with HTML", []cause{
		{"web-acl", "The web ACL blocks the request", "look at its sampled requests: which rule, which addresses?"},
		{"country", "The viewer's country is not allowed", "compare it with AllowedCountries and DeniedCountries (geoRestriction)"},
		{"not-enabled", "The distribution does not know the name, or is disabled", "look for the name in its domain names, and whether it is enabled and deployed"},
		{"signed", "The behavior asks for signed URLs or cookies", "drop its trusted key groups, or let the client sign"},
		{"method", "The behavior does not allow the method", "allow GET and HEAD at least"},
		{"custom-403", "A custom page hides who refused", "a custom response of the web ACL, or a custom error response for 403, replaced CloudFront's page: look at both"},
	}},
	{"403 in words", []cause{
		{"foreign-page", "The page's origin is not in AllowedWebOrigins", "mind the port, and that *. stands for one label; with RequireWebOrigin, a client without Origin is refused as well"},
		{"own-function", "An edge function of yours refuses", "read its code: the body of the answer is its own"},
	}},
	{"403 with ForbiddenException", []cause{
		{"key", "$connect asks for an API key that does not arrive", "the key that CloudFront sends must be in the usage plan of the stage, and enabled (lock.active, lock.keys)"},
		{"past-stage", "The path goes past the stage, or the stage is wrong", "the stage belongs to the origin's path, and not to the client's URL; for paths set PathParameter"},
		{"host", "The viewer's Host reaches the API", "use AllViewerExceptHostHeader, or a list without Host (prop Forwarding)"},
		{"denied", "The authorizer denies", "read its log; the API's log has authorizerError"},
		{"old-deployment", "The stage serves an old deployment", "deploy the stage again, or set AutoDeploy"},
		{"rest-api", "The origin is a REST API, or not the stage of a WebSocket API", "compare the origin's domain name and path with the URL of the WebSocket API"},
	}},
	{"404", []cause{
		{"http-api", "The origin is an HTTP API", "compare the origin's domain name with the URL of the WebSocket API"},
		{"bucket", "The path leads to a bucket or another server", "compare the path with the path patterns"},
		{"connect-404", "The $connect integration answered 404", "read its log; it may not know the path or room"},
	}},
	{"413 and 414", []cause{
		{"too-long-api", "The URL is longer than API Gateway takes", "4,096 characters, the path counted as a query string, and 24 query string parameters with PathParameter: send less"},
		{"too-long-edge", "The URL or the headers are longer than CloudFront takes", "8,192 bytes for the URL; look at the token and the cookies"},
	}},
	{"426", []cause{
		{"no-handshake", "The request reached the edge function without the headers of a handshake", "something on the way removed them: try from another network; a client must speak WebSocket over HTTP/1.1"},
	}},
	{"429", []cause{
		{"throttle", "The usage plan's throttle or quota is used up", "it holds for all viewers together (lock.throttle): raise or remove it"},
		{"account", "The account makes more than 500 connections a second in the region", "ask AWS to raise the quota; let clients reconnect after a random while"},
		{"rate-rule", "A rule of the web ACL answers with 429", "look at its sampled requests"},
	}},
	{"502 and 504", []cause{
		{"integration", "The $connect integration fails", "read its log, and integrationError in the API's log; a MOCK integration needs a template that gives a statusCode"},
		{"slow-integration", "$connect takes too long", "29 seconds at API Gateway, ReadTimeout at CloudFront: read its log"},
		{"function-throws", "The edge function throws", "read its log in us-east-1, /aws/cloudfront/function/ and its name; what was deployed last?"},
		{"function-throttled", "The edge function takes too long and is throttled", "look at its FunctionComputeUtilization; the throttle ends some minutes after the fix. A function that throws is throttled as well"},
		{"function-invalid", "The edge function returns something invalid", "read its log; it may have set a header that it may not set"},
		{"lambda-edge", "A Lambda@Edge function fails", "its log is in the region nearest to the viewer: read it there, and look at its concurrency"},
		{"origin-name", "CloudFront cannot resolve the origin's name", "compare the origin's domain name with the API's; was the API or its domain name deleted?"},
		{"origin-connect", "CloudFront cannot connect to the API", "port 443, TLS 1.2 and a certificate for the origin's name; DUALSTACK only for an API that has it (prop Origin)"},
		{"capacity", "CloudFront or the API is overloaded", "look at AWS's health dashboard, and try again"},
	}},
	{"Any other answer", []cause{
		{"unknown-function", "An edge function answered", "read its code: the status and the body are its own"},
		{"unknown-status", "The origin gave an answer that API Gateway is not known to give", "compare the origin with the API's URL, and read the log of $connect"},
		{"not-cloudfront", "Something other than CloudFront answered", "the answer has no header of CloudFront's: compare the DNS record with DistributionDomainName, and look for a proxy here"},
	}},
}

// symptom is a row of the table: the form of an answer, and the causes that it
// leaves. Every field that is set must fit.
type symptom struct {
	name   string
	ended  stage
	failed []string // words of attempt.failure
	status []int
	// cache is what X-Cache begins with. CloudFront writes "Error from cloudfront"
	// over every refusal, the API's too, so that value tells nothing.
	cache string
	// header is "Name", or "Name: value".
	header string
	// body is text of which one must be in the body.
	body    []string
	gateway bool // API Gateway answered

	causes []string
	// source is where the form is documented, or that it was seen.
	source string
}

// Where the forms come from. Pages of the CloudFront Developer Guide are cited by
// title; what is not documented was seen in public reports.
const (
	page403      = `re:Post, "How do I troubleshoot 403 errors from CloudFront?"`
	pageResults  = `CloudFront Developer Guide, "Standard logging reference": x-edge-result-type, which X-Cache repeats`
	pageLambda   = `CloudFront Developer Guide, "Test and debug Lambda@Edge functions": X-Cache`
	pageOrigin   = `CloudFront Developer Guide, "Troubleshooting error responses from your origin"`
	pageRequest  = `CloudFront Developer Guide, "Request and response behavior for custom origins"`
	pageErrors   = `CloudFront Developer Guide, "Generate custom error responses"`
	pageWAF      = `AWS WAF Developer Guide, "CAPTCHA and Challenge rule actions": x-amzn-waf-action`
	pageSigned   = `re:Post, "How do I troubleshoot issues related to a signed URL or signed cookies in CloudFront?"`
	pageSockets  = `API Gateway Developer Guide, "Quotas for configuring and running a WebSocket API"`
	pageGateway  = `API Gateway Developer Guide, "Gateway response types": x-amzn-ErrorType`
	pageFunction = "this repository, constructs/edge/function.js"
	seen         = "seen in public reports; not documented"
)

// symptoms are looked at from the top; the first that fits says which causes are
// left. Within a status, what is told by a mark comes before what is left over.
var symptoms = []symptom{
	{name: "the name does not exist", ended: atName, failed: []string{"not found"}, causes: []string{"no-record"}, source: "RFC 8020"},
	{name: "the name is not answered", ended: atName, causes: []string{"resolver"}, source: "RFC 1035"},
	{name: "no address connects", ended: atAddress, causes: []string{"network", "other-target"}, source: "RFC 9293"},
	{name: "a certificate of another name", ended: atTLS, failed: []string{"another name"}, causes: []string{"not-listed", "other-target", "intercepted"}, source: seen},
	{name: "a certificate that has expired", ended: atTLS, failed: []string{"expired"}, causes: []string{"expired", "other-target"}, source: "RFC 5280"},
	{name: "a certificate that is not trusted", ended: atTLS, failed: []string{"not trusted"}, causes: []string{"intercepted", "other-target"}, source: "RFC 5280"},
	{name: "TLS is refused", ended: atTLS, failed: []string{"alert"}, causes: []string{"not-listed", "tls-version", "other-target"}, source: seen},
	{name: "TLS breaks off", ended: atTLS, causes: []string{"network", "other-target"}, source: "RFC 8446"},
	{name: "nothing after TLS in time", ended: atHTTP, failed: []string{"timeout"}, causes: []string{"slow-connect", "no-upgrade"}, source: pageRequest},
	{name: "closed after TLS", ended: atHTTP, causes: []string{"no-upgrade", "network"}, source: seen},

	{name: "101 that fails the handshake", status: []int{101}, causes: []string{"fake-101"}, source: "RFC 6455"},
	{name: "a web ACL's challenge", header: "X-Amzn-Waf-Action", causes: []string{"web-acl"}, source: pageWAF},

	{name: "the function's 400", status: []int{400}, cache: "FunctionGeneratedResponse", causes: []string{"bad-path", "own-function"}, source: pageFunction},
	{name: "the function's 403", status: []int{403}, cache: "FunctionGeneratedResponse", causes: []string{"foreign-page", "own-function"}, source: pageFunction},
	{name: "the function's 414", status: []int{414}, cache: "FunctionGeneratedResponse", causes: []string{"too-long-api"}, source: pageFunction},
	{name: "the function's 426", status: []int{426}, cache: "FunctionGeneratedResponse", causes: []string{"no-handshake"}, source: pageFunction},
	{name: "the function's redirect", status: []int{301, 302, 303, 307, 308}, cache: "FunctionGeneratedResponse", causes: []string{"redirecting-function"}, source: pageResults},
	{name: "another answer of a function", cache: "FunctionGeneratedResponse", causes: []string{"unknown-function"}, source: pageResults},
	{name: "a Lambda@Edge function's redirect", status: []int{301, 302, 303, 307, 308}, cache: "LambdaGeneratedResponse", causes: []string{"redirecting-function"}, source: pageLambda},
	{name: "a Lambda@Edge function's 403", status: []int{403}, cache: "LambdaGeneratedResponse", causes: []string{"own-function"}, source: pageLambda},
	{name: "another answer of a Lambda@Edge function", cache: "LambdaGeneratedResponse", causes: []string{"unknown-function"}, source: pageLambda},
	{name: "a function that throws", cache: "FunctionExecutionError", causes: []string{"function-throws"}, source: pageResults},
	{name: "a function that is throttled", cache: "FunctionThrottledError", causes: []string{"function-throws", "function-throttled"}, source: pageResults},
	{name: "a function that returns something invalid", cache: "FunctionValidationError", causes: []string{"function-invalid"}, source: seen},
	{name: "a Lambda@Edge function that fails", cache: "LambdaExecutionError", causes: []string{"lambda-edge"}, source: pageLambda},
	{name: "a Lambda@Edge function that returns something invalid", cache: "LambdaValidationError", causes: []string{"lambda-edge"}, source: pageLambda},
	{name: "a Lambda@Edge function over its limit", cache: "LambdaLimitExceeded", causes: []string{"lambda-edge"}, source: pageLambda},

	{name: "a redirect", status: []int{301, 302, 303, 307, 308}, causes: []string{"redirecting-behavior", "redirecting-function"}, source: pageRequest},
	{name: "a page", status: []int{200, 201, 202, 203, 204, 206, 304}, causes: []string{"error-page", "other-behavior"}, source: pageErrors},

	{name: "API Gateway's 400", status: []int{400}, gateway: true, causes: []string{"no-key", "connect-400"}, source: pageGateway},
	{name: "CloudFront's 400", status: []int{400}, body: []string{"The request could not be satisfied", "Bad request"}, causes: []string{"malformed", "no-key"}, source: pageOrigin},
	{name: "a 400", status: []int{400}, causes: []string{"no-key", "connect-400", "malformed"}, source: pageOrigin},

	{name: "a 401", status: []int{401}, causes: []string{"no-identity", "unauthorized"}, source: pageGateway},

	{name: "a REST API's 403", status: []int{403}, header: "X-Amzn-Errortype: MissingAuthenticationToken", causes: []string{"rest-api"}, source: pageGateway},
	{name: "a REST API's 403, by its body", status: []int{403}, body: []string{"Missing Authentication Token"}, causes: []string{"rest-api"}, source: pageGateway},
	{name: "API Gateway's 403", status: []int{403}, gateway: true, causes: []string{"key", "past-stage", "host", "denied", "old-deployment"}, source: pageGateway},
	{name: "a country", status: []int{403}, body: []string{"block access from your country"}, causes: []string{"country"}, source: page403},
	{name: "a web ACL's block", status: []int{403}, body: []string{"Request blocked."}, causes: []string{"web-acl"}, source: page403},
	{name: "a signature is missing", status: []int{403}, body: []string{"Key-Pair-Id", "<Code>MissingKey</Code>", "<Code>InvalidKey</Code>", "Unknown Key"}, causes: []string{"signed"}, source: pageSigned},
	{name: "a method that is not allowed", status: []int{403}, body: []string{"not configured to allow the HTTP request method"}, causes: []string{"method"}, source: seen},
	{name: "a bucket's 403", status: []int{403}, body: []string{"<Code>AccessDenied</Code>"}, causes: []string{"bucket"}, source: page403},
	{name: "a bucket's 403, by its header", status: []int{403}, header: "Server: AmazonS3", causes: []string{"bucket"}, source: page403},
	{name: "a name that no distribution has", status: []int{403}, body: []string{"Bad request."}, causes: []string{"not-enabled"}, source: seen},
	{name: "a 403 without a mark", status: []int{403}, causes: []string{"web-acl", "country", "not-enabled", "signed", "method", "custom-403"}, source: page403},

	{name: "an HTTP API's 404", status: []int{404}, header: "Apigw-Requestid", causes: []string{"http-api"}, source: seen},
	{name: "API Gateway's 404", status: []int{404}, gateway: true, causes: []string{"connect-404", "http-api"}, source: pageSockets},
	{name: "a 404", status: []int{404}, causes: []string{"error-page", "bucket", "connect-404"}, source: pageErrors},
	{name: "CloudFront's 413", status: []int{413}, causes: []string{"too-long-edge"}, source: pageRequest},
	{name: "API Gateway's 414", status: []int{414}, gateway: true, causes: []string{"too-long-api"}, source: pageSockets},
	{name: "a 414", status: []int{414}, causes: []string{"too-long-api", "too-long-edge"}, source: pageSockets},
	{name: "a 426", status: []int{426}, causes: []string{"no-handshake"}, source: "RFC 9110"},
	{name: "API Gateway's 429", status: []int{429}, gateway: true, causes: []string{"throttle", "account"}, source: pageGateway},
	{name: "a 429", status: []int{429}, causes: []string{"throttle", "account", "rate-rule"}, source: pageGateway},

	{name: "API Gateway's 504", status: []int{504}, gateway: true, causes: []string{"slow-integration"}, source: pageGateway},
	{name: "API Gateway's 5xx", status: []int{500, 502, 503}, gateway: true, causes: []string{"integration", "capacity"}, source: pageGateway},
	{name: "the origin's name does not resolve", status: []int{502, 504}, body: []string{"able to resolve the origin domain name"}, causes: []string{"origin-name"}, source: pageOrigin},
	{name: "a function that returns something invalid, by the page", status: []int{502, 503}, body: []string{"CloudFront function returned an invalid value"}, causes: []string{"function-invalid"}, source: seen},
	{name: "a function that throws, by the page", status: []int{502, 503}, body: []string{"CloudFront function associated"}, causes: []string{"function-throws", "function-throttled"}, source: seen},
	{name: "a Lambda@Edge function that fails, by the page", status: []int{502, 503}, body: []string{"Lambda function"}, causes: []string{"lambda-edge"}, source: seen},
	{name: "CloudFront does not reach the origin", status: []int{502}, body: []string{"able to connect to the origin", "couldn't connect to the origin"}, causes: []string{"origin-connect"}, source: pageOrigin},
	{name: "a 502", status: []int{502}, causes: []string{"integration", "function-invalid", "lambda-edge", "origin-name", "origin-connect"}, source: pageOrigin},
	{name: "a 503", status: []int{503}, causes: []string{"function-throws", "function-throttled", "lambda-edge", "capacity"}, source: pageOrigin},
	{name: "a 504", status: []int{504}, causes: []string{"slow-integration", "origin-connect"}, source: pageOrigin},
	{name: "a 500", status: []int{500}, causes: []string{"integration", "capacity"}, source: pageGateway},
	{name: "another answer", causes: []string{"unknown-status"}, source: "what is left"},
}

// fits tells whether an attempt has the form.
func (s *symptom) fits(a *attempt) bool {
	ended := s.ended
	if ended == "" {
		ended = answered
	}
	if a.ended != ended || len(s.failed) > 0 && !slices.Contains(s.failed, a.failure()) ||
		len(s.status) > 0 && !slices.Contains(s.status, a.status) || s.gateway && !a.gateway() {
		return false
	}
	if !strings.HasPrefix(strings.ToLower(a.header.Get("X-Cache")), strings.ToLower(s.cache)) {
		return false
	}
	if name, value, _ := strings.Cut(s.header, ": "); s.header != "" && (a.header.Get(name) == "" || !strings.HasPrefix(a.header.Get(name), value)) {
		return false
	}
	return len(s.body) == 0 || slices.ContainsFunc(s.body, func(text string) bool { return strings.Contains(a.body, text) })
}

// symptomOf returns the row that an attempt fits.
func symptomOf(a *attempt) *symptom {
	for i := range symptoms {
		if symptoms[i].fits(a) {
			return &symptoms[i]
		}
	}
	return &symptom{}
}

// likely is a cause as it is reported.
type likely struct {
	Cause string `json:"cause"`
	Check string `json:"check"`
	// Runbook is the section that has more.
	Runbook string `json:"runbook"`
}

// causesOf returns the causes that a refused handshake leaves, in the order of the
// runbook. direct is the same handshake at the API itself, or nil.
func causesOf(a, direct *attempt) []likely {
	keys := slices.Clone(symptomOf(a).causes)
	if direct != nil && direct.status == http.StatusSwitchingProtocols {
		// The API takes the same handshake without a key and from the same client.
		left := slices.DeleteFunc(slices.Clone(keys), func(key string) bool {
			return slices.Contains([]string{"key", "denied", "unauthorized", "old-deployment", "connect-400", "connect-404", "integration", "slow-integration"}, key)
		})
		if len(left) > 0 {
			keys = left
		}
	}
	if a.ended == answered && !a.cloudFront() && !a.gateway() {
		keys = append(keys, "not-cloudfront")
	}
	var found []likely
	for _, s := range runbook {
		for _, c := range s.causes {
			if slices.Contains(keys, c.key) {
				found = append(found, likely{Cause: c.title, Check: c.check, Runbook: "docs/runbook.md#" + anchor(s.title)})
			}
		}
	}
	return found
}

// anchor is the anchor that GitHub gives a heading.
func anchor(heading string) string {
	var b strings.Builder
	for _, c := range strings.ToLower(heading) {
		switch {
		case c == ' ':
			b.WriteByte('-')
		case c == '-' || c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z':
			b.WriteRune(c)
		}
	}
	return b.String()
}
