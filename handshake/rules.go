package handshake

import "slices"

// Rule is one thing that AWS does with a handshake, as the package plays it.
type Rule struct {
	// ID names the rule in refusals, findings and reports; it does not change.
	ID string `json:"id"`

	// Statement says what AWS does.
	Statement string `json:"statement"`

	// Source is the AWS page, or for an inferred rule what it is inferred from.
	Source string `json:"source"`

	// Documented says that the source states the rule; otherwise it is inferred.
	Documented bool `json:"documented"`
}

// Rules returns every rule that is played or checked, sorted by ID. The ones
// that are not Documented are what a result may be wrong about.
func Rules() []Rule {
	return slices.Clone(allRules)
}

// ruleByID returns a rule; the second result is false for an unknown id.
func ruleByID(id string) (Rule, bool) {
	for _, r := range allRules {
		if r.ID == id {
			return r, true
		}
	}
	return Rule{}, false
}

// The pages, as their titles are in the AWS documentation.
const (
	pageWebSockets     = "CloudFront Developer Guide, \"Use WebSockets with CloudFront distributions\""
	pageBehavior       = "CloudFront Developer Guide, \"Cache behavior settings\""
	pageDistribution   = "CloudFront Developer Guide, \"Distribution settings\""
	pageOrigin         = "CloudFront Developer Guide, \"Origin settings\""
	pageCustomOrigin   = "CloudFront Developer Guide, \"Request and response behavior for custom origins\""
	pageOriginRequests = "CloudFront Developer Guide, \"Control origin requests with a policy\""
	pageManaged        = "CloudFront Developer Guide, \"Use managed origin request policies\""
	pageCacheKey       = "CloudFront Developer Guide, \"Control the cache key with a policy\""
	pageCustomHeaders  = "CloudFront Developer Guide, \"Add custom headers to origin requests\""
	pageQuotas         = "CloudFront Developer Guide, \"Quotas\""
	pageEdge           = "CloudFront Developer Guide, \"Restrictions on all edge functions\""
	pageFunctions      = "CloudFront Developer Guide, \"Restrictions on CloudFront Functions\""
	pageEvent          = "CloudFront Developer Guide, \"CloudFront Functions event structure\""
	pageRuntime        = "CloudFront Developer Guide, \"JavaScript runtime 2.0 features for CloudFront Functions\""
	pageErrors         = "CloudFront Developer Guide, \"Generate custom error responses\""
	page502            = "CloudFront Developer Guide, \"HTTP 502 status code (Bad Gateway)\""
	page503            = "CloudFront Developer Guide, \"HTTP 503 status code (Service Unavailable)\""
	pageHTTPS          = "CloudFront Developer Guide, \"Requirements for using SSL/TLS certificates with CloudFront\""
	pageWAF            = "AWS WAF Developer Guide, \"Using AWS WAF with Amazon CloudFront\""
	pageConnect        = "API Gateway Developer Guide, \"Manage connected users and client apps: $connect and $disconnect routes\""
	pageCreate         = "API Gateway Developer Guide, \"Create WebSocket APIs in API Gateway\""
	pageInvoke         = "API Gateway Developer Guide, \"Use wscat to connect to a WebSocket API\""
	pageDomain         = "API Gateway Developer Guide, \"Custom domain names for WebSocket APIs\""
	pageMappings       = "API Gateway Developer Guide, \"Map API stages to a custom domain name for WebSocket APIs\""
	pageDisable        = "API Gateway Developer Guide, \"Disable the default endpoint for WebSocket APIs\""
	pageKeys           = "API Gateway Developer Guide, \"Choose an API key source\""
	pageAuthorizer     = "API Gateway Developer Guide, \"Control access to WebSocket APIs with AWS Lambda REQUEST authorizers\""
	pageIAM            = "API Gateway Developer Guide, \"Control access to WebSocket APIs with IAM authorization\""
	pageSubprotocol    = "API Gateway Developer Guide, \"Set up a $connect route that requires a WebSocket subprotocol\""
	pageSelection      = "API Gateway Developer Guide, \"WebSocket selection expressions\""
	pageIntegration    = "API Gateway Developer Guide, \"Set up a WebSocket API integration request\""
	pageResponses      = "API Gateway Developer Guide, \"Set up WebSocket API integration responses\""
	pageWSQuotas       = "API Gateway Developer Guide, \"Quotas for configuring and running a WebSocket API\""
	pageUsagePlans     = "API Gateway Developer Guide, \"Usage plans and API keys\""
	pageIntrinsics     = "CloudFormation User Guide, \"Intrinsic function reference\""
	rfc6455            = "RFC 6455, section 4"
)

// allRules is sorted by ID.
var allRules = []Rule{
	{"api.authorizer", "an authorizer on $connect decides: a denial is 403, \"Unauthorized\" is 401, its own failure 500", pageConnect, true},
	{"api.bypass", "a $connect route that asks for neither key nor authorizer lets clients go around the edge", pageConnect, true},
	{"api.connect", "the $connect integration's status decides the handshake: anything but 2xx refuses it with that status", pageSubprotocol, true},
	{"api.deployment", "a stage serves nothing before a deployment; a handshake on it is answered with 403", "inferred from the REST APIs' answer for a stage without deployment", false},
	{"api.endpoint-disabled", "a disabled execute-api endpoint answers 403; only custom domains are left", pageDisable, true},
	{"api.external", "an API that the template does not define is played by what the origin says of it", "no AWS rule: a limit of this package", false},
	{"api.host", "API Gateway expects its own host name in Host, and answers 403 to another", pageManaged, true},
	{"api.iam", "with AWS_IAM the handshake must be signed; without a signature it is answered with 403", pageIAM, true},
	{"api.identity-source", "when an identity source of the authorizer is missing, the answer is 401 without calling it", pageAuthorizer, true},
	{"api.key", "with ApiKeyRequired, the x-api-key header must be an enabled key of a usage plan of the stage; else 403", pageKeys, true},
	{"api.key-generated", "an API key without Value is made up by AWS at the deploy, so no origin header can carry it", "inferred from AWS::ApiGateway::ApiKey, property Value", false},
	{"api.mock", "a MOCK integration answers by its request template's statusCode and its response template", pageIntegration, true},
	{"api.mock-template", "a response template with $input or $context is rendered by API Gateway; it is not rendered here", "no AWS rule: a limit of this package", false},
	{"api.region", "an execute-api host carries the API's own region", pageInvoke, true},
	{"api.route", "a message goes to the route that the selection expression names, else to $default", pageSelection, true},
	{"api.stage", "the URL's path is the stage and nothing more: /stage or /stage/; anything else is answered with 403", pageInvoke + "; the status as seen by users", false},
	{"api.subprotocol", "a subprotocol that the client asks for must be in the $connect integration's answer, else browsers close the connection", pageSubprotocol, true},
	{"api.throttle", "a usage plan's throttle and quota hold for all connects with its key together: beyond them the answer is 429", pageUsagePlans, true},
	{"api.tls", "WebSocket APIs take TLS 1.2 and 1.3 only, and no plain HTTP", pageCreate, true},
	{"api.upgrade", "what is not a WebSocket upgrade is answered with 403", "seen by users; the WebSocket page of API Gateway does not state the status", false},
	{"api.url-length", "a WebSocket API takes URLs of at most 4,096 characters", pageWSQuotas + "; the status 414 is inferred", false},
	{"api.websocket-headers", "a handshake needs Sec-WebSocket-Key and Sec-WebSocket-Version: 13; else 400", rfc6455 + "; API Gateway's own status is not documented", false},
	{"distribution.alias", "a distribution answers only to its own name and its aliases; another Host is answered with 403", pageDistribution, true},
	{"distribution.behaviors", "a distribution has at most 75 cache behaviors", pageQuotas, true},
	{"distribution.certificate", "the viewer certificate is one of us-east-1, and aliases need one", pageHTTPS, true},
	{"distribution.disabled", "a disabled distribution serves nothing", pageDistribution, true},
	{"distribution.error-responses", "custom error responses hold for the whole distribution, refused handshakes included", pageErrors + "; their effect on a refused handshake is inferred", false},
	{"distribution.groups", "a distribution has at most 10 origin groups", pageQuotas, true},
	{"distribution.origins", "a distribution has at most 100 origins", pageQuotas, true},
	{"distribution.shadowed", "the first behavior whose pattern applies is taken; one after it with a narrower pattern is never reached", pageBehavior, true},
	{"distribution.tls", "a viewer security policy below TLSv1.2 lets old protocols in", pageDistribution, true},
	{"distribution.unknown-target", "every behavior's target is an origin or an origin group of the distribution", pageBehavior, true},
	{"distribution.web-acl", "a distribution takes a web ACL of scope CLOUDFRONT, which is one of us-east-1", pageWAF, true},
	{"edge.http1", "WebSocket runs over HTTP/1.1; an upgrade on a connection that negotiated HTTP/2 is refused", pageWebSockets + "; the status is inferred", false},
	{"edge.lambda", "a Lambda@Edge function may change or answer the request; its code is not played here", "no AWS rule: a limit of this package", false},
	{"edge.length", "a URL has at most 8,192 bytes, a request at most 20,480; else 413", pageCustomOrigin, true},
	{"edge.methods", "a method that the behavior does not allow is answered with 403; a handshake is a GET", pageBehavior, true},
	{"edge.path-normalized", "the path is normalized by RFC 3986 before patterns are compared; the origin gets it as it came", pageBehavior, true},
	{"edge.path-pattern", "the first behavior whose pattern matches the path is taken: * any text, ? one character, in the given case, leading slash optional", pageBehavior, true},
	{"edge.signed", "a behavior with trusted signers or key groups answers 403 to an unsigned request", pageBehavior, true},
	{"edge.viewer-protocol", "https-only answers ws:// with 403, redirect-to-https with 301, allow-all lets it through", pageBehavior, true},
	{"edge.viewer-protocol-clear", "with allow-all, ws:// carries tokens, cookies and messages in the clear", pageBehavior, true},
	{"edge.viewer-protocol-redirect", "WebSocket clients do not follow the redirect", "WHATWG WebSockets standard: a redirect fails the connection", true},
	{"function.added", "headers and query strings that a function adds reach the origin only if the policies let them", "inferred: the policies are applied after the viewer-request function", false},
	{"function.association", "one edge function per event and behavior, and no mix of CloudFront Functions and Lambda@Edge on viewer events", pageEdge, true},
	{"function.error", "a function that throws, or does not end in time, is answered with 503", page503, true},
	{"function.header", "adding a header that functions do not see, such as Connection, Upgrade or X-Forwarded-Proto, is answered with 502", pageEdge, true},
	{"function.invalid", "a function that returns no valid request or response object is answered with 502", page502, true},
	{"function.query", "a query string that a function makes has no spaces, control characters or #, and the URI stays under 8,192 characters", pageEdge, true},
	{"function.read-only", "changing Host, Via, Content-Length, Transfer-Encoding or the method is answered with 502", pageEdge, true},
	{"function.response", "a response that a function returns goes to the viewer; custom error responses do not replace it", pageEvent, true},
	{"function.response-event", "nothing is documented for response-side functions on a 101 answer", pageEdge + " has nothing on it", false},
	{"function.rewrite", "a changed URI does not change the behavior, and the origin path is still put before it", pageEdge, true},
	{"function.size", "a function's code has at most 10 KB", pageFunctions + " and \"Quotas\"", true},
	{"function.syntax", "the runtime takes ECMAScript 5.1 and parts of later editions: no classes, destructuring, spread, optional chaining, for-of", pageRuntime, true},
	{"function.unpublished", "only a published function can be associated with a distribution", "CloudFront Developer Guide, \"Publish functions\"", true},
	{"origin.completion-timeout", "ResponseCompletionTimeout bounds the whole response; it may end an open connection", pageOrigin + "; its effect on a WebSocket is inferred", false},
	{"origin.custom-header", "origin custom headers overwrite the viewer's headers of the same name", pageCustomHeaders, true},
	{"origin.custom-header-denied", "some headers, such as Host, Connection, Cookie or X-Edge-*, cannot be origin custom headers", pageCustomHeaders, true},
	{"origin.custom-header-twice", "a header that an origin adds must not be in the origin request policy or the cache policy as well", pageCustomHeaders, true},
	{"origin.custom-headers", "an origin has at most 30 custom headers", pageQuotas, true},
	{"origin.domain", "an origin's domain is a bare name: no scheme, path or port", pageOrigin, true},
	{"origin.group", "an origin group sends a GET to the second origin when the first answers one of its statuses", "CloudFront Developer Guide, \"Optimize high availability with CloudFront origin failover\"; for handshakes inferred", false},
	{"origin.path", "the origin path is put before the viewer's path; it begins with a slash and does not end with one", pageOrigin, true},
	{"origin.protocol", "http-only goes to port 80, match-viewer does so for ws://; API Gateway takes HTTPS only", pageOrigin, true},
	{"origin.s3", "an S3 origin cannot be a WebSocket API", pageOrigin, true},
	{"origin.timeout-short", "the read timeout covers $connect, whose integration may take 29 s", pageOrigin + " and " + pageWSQuotas + "; that it covers the handshake is inferred", false},
	{"origin.timeouts", "connection attempts are 1-3, the connection timeout 1-10 s, read and keep-alive timeouts 1-120 s, up to 180 s with a raised quota", pageOrigin, true},
	{"origin.vpc", "a WebSocket API is public: no VPC origin reaches it", pageCreate + " names no private endpoint", false},
	{"policy.accept-encoding", "Accept-Encoding goes to the origin normalized, and only if the cache policy says so", pageCacheKey, true},
	{"policy.authorization", "Authorization goes to the origin only by an all-viewer policy or the cache key", pageCustomHeaders, true},
	{"policy.cache-key", "what is in the cache key goes to the origin as well", pageOriginRequests, true},
	{"policy.caching", "a handshake is not cacheable: use CachingDisabled", pageCustomOrigin + " (request collapsing); for handshakes inferred", false},
	{"policy.cookies", "cookies go to the origin only as the policies say", pageOriginRequests, true},
	{"policy.denied-header", "Connection, Upgrade, Authorization, Accept-Encoding and the like cannot be listed in an origin request policy", pageOriginRequests + " and " + pageCustomOrigin, true},
	{"policy.forwarded-for", "CloudFront appends the viewer's address to X-Forwarded-For", pageCustomOrigin, true},
	{"policy.headers", "viewer headers go to the origin only as the policies say", pageOriginRequests, true},
	{"policy.hop", "Connection, X-Edge-*, X-Real-IP, X-Forwarded-Proto and the like are removed or replaced", pageCustomOrigin, true},
	{"policy.host", "Host is the origin's domain unless the policies forward the viewer's", pageCustomOrigin, true},
	{"policy.legacy", "ForwardedValues passes most headers by default", pageCustomOrigin, true},
	{"policy.name", "a policy's name is unique in the account", "CloudFront API Reference, CreateOriginRequestPolicy: OriginRequestPolicyAlreadyExists", true},
	{"policy.per-account", "an account has at most 20 origin request policies of its own", pageQuotas, true},
	{"policy.query", "query strings go to the origin only as the policies say", pageOriginRequests, true},
	{"policy.quota", "an origin request policy lists at most 10 headers, 10 query strings and 10 cookies", pageQuotas, true},
	{"policy.ttl", "a cache policy whose TTLs are all 0 takes no headers, query strings or cookies", pageCacheKey, true},
	{"policy.unknown", "a behavior's policies are ones of the template or managed ones", pageBehavior, true},
	{"policy.user-agent", "User-Agent becomes \"Amazon CloudFront\" unless the policies forward it", pageCustomOrigin, true},
	{"policy.websocket-headers", "Sec-WebSocket-Key and -Version must be forwarded; -Protocol, -Accept and -Extensions should be", pageWebSockets, true},
	{"template.unresolved", "a value that is known only after the deploy is not guessed", pageIntrinsics, true},
}
