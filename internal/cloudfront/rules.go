package cloudfront

import (
	"slices"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
)

var declared rules.Set

// Rules are the rules of distributions, behaviors, policies and origins.
func Rules() []rules.Rule { return slices.Clone(declared) }

const (
	pageWebSockets     = `CloudFront Developer Guide, "Use WebSockets with CloudFront distributions"`
	pageBehavior       = `CloudFront Developer Guide, "Cache behavior settings"`
	pageDistribution   = `CloudFront Developer Guide, "Distribution settings"`
	pageOrigin         = `CloudFront Developer Guide, "Origin settings"`
	pageCustomOrigin   = `CloudFront Developer Guide, "Request and response behavior for custom origins"`
	pageOriginRequests = `CloudFront Developer Guide, "Control origin requests with a policy"`
	pageCacheKey       = `CloudFront Developer Guide, "Control the cache key with a policy"`
	pageCustomHeaders  = `CloudFront Developer Guide, "Add custom headers to origin requests"`
	pageQuotas         = `CloudFront Developer Guide, "Quotas"`
	pageErrors         = `CloudFront Developer Guide, "Generate custom error responses"`
	pageFailover       = `CloudFront Developer Guide, "Optimize high availability with CloudFront origin failover"`
	pageHTTPS          = `CloudFront Developer Guide, "Requirements for using SSL/TLS certificates with CloudFront"`
	pageWAF            = `AWS WAF Developer Guide, "Using AWS WAF with Amazon CloudFront"`
	pageRoot           = `CloudFront Developer Guide, "Specify a default root object"`
	pageGeo            = `CloudFront Developer Guide, "Restrict the geographic distribution of your content"`
	pageCNAMEs         = `CloudFront Developer Guide, "Use custom URLs by adding alternate domain names (CNAMEs)"`
	pageStaging        = `CloudFront Developer Guide, "Use CloudFront continuous deployment to safely test CDN configuration changes"`
	pageTenants        = `CloudFront Developer Guide, "Understand how multi-tenant distributions work"`
	pageMTLS           = `CloudFront Developer Guide, "Mutual TLS authentication with CloudFront (Viewer mTLS)"`
	pageOriginMTLS     = `CloudFront Developer Guide, "Origin mutual TLS with CloudFront"`
	pageGRPC           = `CloudFront Developer Guide, "Using gRPC with CloudFront distributions"`
	pageSigners        = `CloudFront Developer Guide, "Specify signers that can create signed URLs and signed cookies"`
	pageRemoveHeaders  = `CloudFront Developer Guide, "Understand response headers policies"`
	pageErrorCodes     = `CloudFront Developer Guide, "How CloudFront processes HTTP 4xx and 5xx status codes from your origin"`
	pageLogs           = `CloudFront Developer Guide, "Configure standard logging (legacy)"`
	pageAccessControl  = `CloudFront Developer Guide, "Restrict access to an AWS origin"`
	pageAnycast        = `CloudFront Developer Guide, "Request Anycast static IPs to use for allowlisting"`
	pageLegacy         = `CloudFormation Template Reference, "AWS::CloudFront::Distribution DistributionConfig"`
	pageWSQuotas       = `API Gateway Developer Guide, "Quotas for configuring and running a WebSocket API"`
	limit              = "no AWS rule: a limit of this package"
)

// The distribution.
var (
	Alias = declared.Add(rules.Rule{ID: "distribution.alias", Statement: "a distribution answers only to its own name and its aliases; another Host is answered with 403",
		Source: pageDistribution, Documented: true, Layer: rules.LayerViewer, Status: 403, Fix: "add the name to Aliases"})

	Behaviors = declared.Add(rules.Rule{ID: "distribution.behaviors", Statement: "a distribution has at most 75 cache behaviors",
		Source: pageQuotas, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError,
		Fix: "use a second distribution, or ask AWS for a higher quota"})

	Origins = declared.Add(rules.Rule{ID: "distribution.origins", Statement: "a distribution has at most 100 origins",
		Source: pageQuotas, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError,
		Fix: "use a second distribution, or ask AWS for a higher quota"})

	OriginGroups = declared.Add(rules.Rule{ID: "distribution.groups", Statement: "a distribution has at most 10 origin groups",
		Source: pageQuotas, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "use fewer origin groups"})

	Certificate = declared.Add(rules.Rule{ID: "distribution.certificate", Statement: "the viewer certificate is one of us-east-1, and aliases need one",
		Source: pageHTTPS, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "use a certificate that is in us-east-1"})

	ViewerTLS = declared.Add(rules.Rule{ID: "distribution.tls", Statement: "a viewer security policy below TLSv1.2 lets old protocols in",
		Source: pageDistribution, Documented: true, Layer: rules.LayerViewer, Severity: rules.SeverityWarning,
		Fix: "set MinimumProtocolVersion to TLSv1.2_2021 or later"})

	Disabled = declared.Add(rules.Rule{ID: "distribution.disabled", Statement: "a disabled distribution serves nothing",
		Source: pageDistribution, Documented: true, Layer: rules.LayerViewer, Status: 403, Severity: rules.SeverityError, Fix: "set Enabled to true"})

	ErrorResponses = declared.Add(rules.Rule{ID: "distribution.error-responses", Statement: "custom error responses hold for the whole distribution, refused handshakes included",
		Source: pageErrors + "; their effect on a refused handshake is inferred", Layer: rules.LayerErrors, Severity: rules.SeverityWarning,
		Fix: "remove the entry, or give the socket a distribution of its own"})

	Shadowed = declared.Add(rules.Rule{ID: "distribution.shadowed", Statement: "the first behavior whose pattern matches is taken; one after it with a narrower pattern is never reached",
		Source: pageBehavior, Documented: true, Layer: rules.LayerBehavior, Severity: rules.SeverityError, Fix: "put the narrower pattern first"})

	ShadowedOther = declared.Add(rules.Rule{ID: "distribution.shadowed-other", Statement: "a behavior that is never reached and leads to no WebSocket API harms no handshake",
		Source: pageBehavior, Documented: true, Layer: rules.LayerBehavior, Severity: rules.SeverityWarning, Fix: "put the narrower pattern first"})

	UnknownTarget = declared.Add(rules.Rule{ID: "distribution.unknown-target", Statement: "every behavior's target is an origin or an origin group of the distribution",
		Source: pageBehavior, Documented: true, Layer: rules.LayerDeploy, Status: 400, Severity: rules.SeverityError,
		Fix: "set TargetOriginId to the Id of an origin"})

	AliasForm = declared.Add(rules.Rule{ID: "distribution.alias-form", Statement: "an alias is a domain name, with a wildcard only in the place of the whole first label; a distribution has at most 100",
		Source: pageCNAMEs, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "list bare names, such as app.example.com or *.example.com"})

	AliasTwice = declared.Add(rules.Rule{ID: "distribution.alias-twice", Statement: "an alias belongs to one distribution only",
		Source: pageCNAMEs, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "keep the name in one place"})

	CertificateNames = declared.Add(rules.Rule{ID: "distribution.certificate-names", Statement: "the certificate covers every alias, by its domain name or its subject alternative names",
		Source: pageHTTPS, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "add the name to SubjectAlternativeNames of the certificate"})

	RootObject = declared.Add(rules.Rule{ID: "distribution.root-object", Statement: "a request for the root URL asks the origin for DefaultRootObject, a handshake too",
		Source: pageRoot + "; for handshakes inferred", Layer: rules.LayerBehavior,
		Fix: "give the socket a path of its own, rewrite / in a viewer-request function, or remove DefaultRootObject"})

	RootObjectRewritten = declared.Add(rules.Rule{ID: "distribution.root-object-rewritten", Statement: "DefaultRootObject is for the root URL that viewers ask for, not for a path that a function rewrites to /",
		Source: pageRoot + "; AWS does not say what becomes of a rewritten path", Layer: rules.LayerBehavior})

	PatternTwice = declared.Add(rules.Rule{ID: "distribution.pattern-twice", Statement: "each path pattern of a distribution is there once; the leading slash is optional",
		Source: "CloudFront API Reference, CreateDistribution: InvalidArgument, as seen by users", Layer: rules.LayerDeploy, Severity: rules.SeverityError,
		Fix: "keep one of the two behaviors"})

	OriginID = declared.Add(rules.Rule{ID: "distribution.origin-id", Statement: "a distribution has an origin, and each origin and origin group an id of its own",
		Source: pageOrigin, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "give each another Id"})

	GroupMembers = declared.Add(rules.Rule{ID: "distribution.group-members", Statement: "an origin group has two members, different origins of the distribution",
		Source: pageFailover, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "name two origins of the distribution"})

	GroupMethods = declared.Add(rules.Rule{ID: "distribution.group-methods", Statement: "a behavior whose target is an origin group allows GET, HEAD and OPTIONS only",
		Source: pageFailover + "; the refusal as seen by users", Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "set AllowedMethods to [GET, HEAD] or [GET, HEAD, OPTIONS]"})

	Quantity = declared.Add(rules.Rule{ID: "distribution.quantity", Statement: "Quantity is the number of Items",
		Source: "CloudFront API Reference, OriginGroups", Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "set Quantity to the number of Items"})

	LegacyProperty = declared.Add(rules.Rule{ID: "distribution.legacy", Statement: "CNAMEs, CustomOrigin and S3Origin are from before Aliases and Origins, and are not read here",
		Source: pageLegacy, Documented: true, Layer: rules.LayerViewer, Severity: rules.SeverityWarning, Fix: "use Aliases and Origins"})

	Staging = declared.Add(rules.Rule{ID: "distribution.staging", Statement: "a staging distribution has no aliases, and viewers reach it through its primary distribution only",
		Source: pageStaging, Documented: true, Layer: rules.LayerDeploy, Status: 403, Severity: rules.SeverityError, Fix: "remove Aliases from the staging distribution, and connect to the primary one"})

	Deployment = declared.Add(rules.Rule{ID: "distribution.continuous-deployment", Statement: "a continuous deployment policy sends at most 15 % by weight, or by a header aws-cf-cd-…, and is not for HTTP/3",
		Source: pageStaging, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "set Weight to 0.15 or less, the header's name to aws-cf-cd-…, and HttpVersion to http2"})

	DeploymentOpen = declared.Add(rules.Rule{ID: "distribution.continuous-deployment-share", Statement: "a share of the handshakes goes to the staging distribution; AWS does not document it for WebSocket",
		Source: pageStaging, Layer: rules.LayerViewer, Severity: rules.SeverityWarning, Fix: "play the staging distribution as well"})

	TenantOnly = declared.Add(rules.Rule{ID: "distribution.tenant-only", Statement: "a multi-tenant distribution serves its tenants' domains only, and has no aliases, ForwardedValues, TrustedSigners or staging",
		Source: pageTenants, Documented: true, Layer: rules.LayerDeploy, Status: 403, Severity: rules.SeverityError, Fix: "connect to a domain of an AWS::CloudFront::DistributionTenant"})

	ErrorCaching = declared.Add(rules.Rule{ID: "distribution.error-caching", Statement: "a behavior that caches keeps 404, 414 and 500 to 504 of the origin for ErrorCachingMinTTL, 10 s by default, and gives them to others",
		Source: pageErrorCodes + "; for handshakes inferred", Layer: rules.LayerErrors, Severity: rules.SeverityWarning, Fix: "use the managed policy CachingDisabled, under which none is kept"})

	Anycast = declared.Add(rules.Rule{ID: "distribution.anycast", Statement: "a distribution with an Anycast IP list has price class PriceClass_All",
		Source: pageAnycast, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "set PriceClass to PriceClass_All"})

	LogBucket = declared.Add(rules.Rule{ID: "distribution.log-bucket", Statement: "legacy standard logging writes to a bucket with ACLs, which S3 turns off in buckets that do not ask for them",
		Source: pageLogs, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError,
		Fix: "set OwnershipControls of the bucket to BucketOwnerPreferred, or use standard logging (v2)"})

	NoSocket = declared.Add(rules.Rule{ID: "distribution.no-socket", Statement: "a WebSocket API of the template is behind a distribution when a behavior leads to it",
		Source: pageWebSockets, Documented: true, Layer: rules.LayerBehavior, Severity: rules.SeverityWarning, Fix: "add an origin with the API's host, and a behavior for the socket's path"})

	WebACL = declared.Add(rules.Rule{ID: "distribution.web-acl", Statement: "a distribution takes a web ACL of scope CLOUDFRONT, which is one of us-east-1",
		Source: pageWAF, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError,
		Fix: "create the web ACL with scope CLOUDFRONT in us-east-1"})

	WebACLNotPlayed = declared.Add(rules.Rule{ID: "distribution.web-acl-rules", Statement: "a web ACL outside the template may block a handshake; its rules are not played here",
		Source: limit, Layer: rules.LayerViewer})
)

// The behavior.
var (
	HTTP1 = declared.Add(rules.Rule{ID: "edge.http1", Statement: "WebSocket runs over HTTP/1.1; an upgrade on a connection that negotiated HTTP/2 is refused",
		Source: pageWebSockets + "; the status is inferred", Layer: rules.LayerViewer, Status: 400,
		Fix: "let the client offer only http/1.1 for wss, as browsers do"})

	Geo = declared.Add(rules.Rule{ID: "edge.geo", Statement: "a viewer from a country that the geographic restriction keeps out gets 403",
		Source: pageGeo, Documented: true, Layer: rules.LayerViewer, Status: 403, Fix: "let the country in, by Restrictions.GeoRestriction"})

	GeoLocations = declared.Add(rules.Rule{ID: "edge.geo-locations", Statement: "whitelist and blacklist list countries by two capitals, none lists none",
		Source: pageGeo, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "list ISO 3166-1 codes in Locations, such as DE"})

	GRPC = declared.Add(rules.Rule{ID: "edge.grpc", Statement: "gRPC needs HTTP/2, every method and no Lambda@Edge",
		Source: pageGRPC, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "remove GrpcConfig from the behavior, which WebSocket does not need"})

	KeyGroup = declared.Add(rules.Rule{ID: "edge.key-group", Statement: "a behavior trusts key groups that exist, at most 4 for a distribution; a group has at most 5 public keys, RSA of 2048 bits or ECDSA of 256, in PEM",
		Source: pageSigners + " and " + `"Quotas"`, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "name AWS::CloudFront::KeyGroup and AWS::CloudFront::PublicKey resources"})

	Length = declared.Add(rules.Rule{ID: "edge.length", Statement: "a URL has at most 8,192 bytes, a request at most 20,480; else 413",
		Source: pageCustomOrigin, Documented: true, Layer: rules.LayerViewer, Status: 413, Fix: "send less in the query string, the headers and the cookies"})

	Methods = declared.Add(rules.Rule{ID: "edge.methods", Statement: "a method that the behavior does not allow is answered with 403; a handshake is a GET",
		Source: pageBehavior, Documented: true, Layer: rules.LayerBehavior, Status: 403, Fix: "list the method in AllowedMethods; a handshake is a GET"})

	MethodsGET = declared.Add(rules.Rule{ID: "edge.methods-get", Statement: "AllowedMethods contains GET and HEAD",
		Source: pageBehavior, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "list GET and HEAD"})

	MethodsSet = declared.Add(rules.Rule{ID: "edge.methods-set", Statement: "AllowedMethods is GET and HEAD, these and OPTIONS, or all seven methods; CachedMethods is one of the first two and within it",
		Source: "CloudFront API Reference, AllowedMethods and CachedMethods", Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError,
		Fix: "set AllowedMethods to [GET, HEAD], [GET, HEAD, OPTIONS] or [GET, HEAD, OPTIONS, PUT, POST, PATCH, DELETE]"})

	MTLS = declared.Add(rules.Rule{ID: "viewer.mtls", Statement: "viewer mTLS needs a trust store, HTTPS only and no HTTP/3; a connection function needs viewer mTLS and is published",
		Source: pageMTLS, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "correct ViewerMtlsConfig"})

	MTLSRequired = declared.Add(rules.Rule{ID: "viewer.mtls-required", Statement: "with viewer mTLS required, a client without a certificate gets no TLS connection; AWS does not document it for WebSocket",
		Source: pageMTLS, Layer: rules.LayerViewer, Severity: rules.SeverityWarning, Fix: "set Mode to optional, unless every client has a certificate"})

	ResponsePolicy = declared.Add(rules.Rule{ID: "response.policy", Statement: "a behavior's response headers policy is one of the template or a managed one, and removes no header that CloudFront needs",
		Source: pageRemoveHeaders, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "correct ResponseHeadersPolicyId or RemoveHeadersConfig"})

	ResponseRemoves = declared.Add(rules.Rule{ID: "response.removes", Statement: "a response headers policy that removes Sec-WebSocket-Accept, -Protocol or -Extensions breaks the handshake in the client",
		Source: pageRemoveHeaders + "; the effect on a 101 is inferred", Layer: rules.LayerBehavior, Severity: rules.SeverityWarning, Fix: "remove the header from RemoveHeadersConfig"})

	PathNormalized = declared.Add(rules.Rule{ID: "edge.path-normalized", Statement: "the path is normalized by RFC 3986 before patterns are compared; the origin gets it as it came",
		Source: pageBehavior, Documented: true, Layer: rules.LayerBehavior})

	PathPattern = declared.Add(rules.Rule{ID: "edge.path-pattern", Statement: "the first behavior whose pattern matches the path is taken: * any text, ? one character, in the given case, leading slash optional",
		Source: pageBehavior, Documented: true, Layer: rules.LayerBehavior, Fix: "set DefaultCacheBehavior"})

	PathPatternLength = declared.Add(rules.Rule{ID: "edge.path-pattern-length", Statement: "a path pattern has at most 255 characters",
		Source: `CloudFront API Reference, "CacheBehavior"`, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "shorten PathPattern"})

	Signed = declared.Add(rules.Rule{ID: "edge.signed", Statement: "a behavior with trusted signers or key groups answers 403 to an unsigned request",
		Source: pageBehavior, Documented: true, Layer: rules.LayerBehavior, Status: 403, Fix: "remove TrustedKeyGroups and TrustedSigners, or use a behavior without them"})

	ViewerProtocol = declared.Add(rules.Rule{ID: "edge.viewer-protocol", Statement: "https-only answers ws:// with 403, redirect-to-https with 301, allow-all lets it through",
		Source: pageBehavior, Documented: true, Layer: rules.LayerBehavior, Status: 403, Fix: "connect with wss://"})

	ViewerProtocolClear = declared.Add(rules.Rule{ID: "edge.viewer-protocol-clear", Statement: "with allow-all, ws:// carries tokens, cookies and messages in the clear",
		Source: pageBehavior, Documented: true, Layer: rules.LayerBehavior, Severity: rules.SeverityWarning, Fix: "set ViewerProtocolPolicy to https-only"})

	ViewerProtocolRedirect = declared.Add(rules.Rule{ID: "edge.viewer-protocol-redirect", Statement: "WebSocket clients do not follow the redirect",
		Source: "WHATWG WebSockets standard: a redirect fails the connection", Documented: true, Layer: rules.LayerBehavior, Status: 301,
		Severity: rules.SeverityWarning, Fix: "connect with wss://, and set ViewerProtocolPolicy to https-only so that ws:// is refused plainly"})
)

// The origin.
var (
	CompletionTimeout = declared.Add(rules.Rule{ID: "origin.completion-timeout", Statement: "ResponseCompletionTimeout bounds the whole response; it may end an open connection",
		Source: pageOrigin + "; its effect on a WebSocket is inferred", Layer: rules.LayerOrigin, Severity: rules.SeverityWarning, Fix: "remove it"})

	AccessControl = declared.Add(rules.Rule{ID: "origin.access-control", Statement: "origin access control signs requests for S3, MediaStore, MediaPackage and function URLs, not for API Gateway",
		Source: pageAccessControl + "; the effect on a handshake is inferred", Layer: rules.LayerOrigin, Severity: rules.SeverityWarning, Fix: "remove OriginAccessControlId; lock the API by an API key instead"})

	IPType = declared.Add(rules.Rule{ID: "origin.ip-type", Statement: "an origin that is reached by IPv6 only has to have IPv6: an API with IpAddressType dualstack",
		Source: pageOrigin + ` and API Gateway Developer Guide, "IP address types for HTTP and WebSocket APIs"`, Documented: true, Layer: rules.LayerOrigin, Status: 502,
		Severity: rules.SeverityError, Fix: "set IpAddressType of the origin to ipv4, or IpAddressType of the API to dualstack"})

	OriginMTLS = declared.Add(rules.Rule{ID: "origin.mtls", Statement: "CloudFront's client certificate for an origin is not for WebSocket",
		Source: pageOriginMTLS + "; the effect on a handshake is inferred", Layer: rules.LayerOrigin, Severity: rules.SeverityWarning, Fix: "remove OriginMtlsConfig"})

	OriginPort = declared.Add(rules.Rule{ID: "origin.port", Statement: "an origin's ports are 80, 443 or from 1024 to 65535",
		Source: pageOrigin, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "set 443, which API Gateway answers on"})

	OriginShield = declared.Add(rules.Rule{ID: "origin.shield", Statement: "Origin Shield, when it is enabled, has a region",
		Source: "CloudFront API Reference, OriginShield", Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "set OriginShieldRegion"})

	CustomHeader = declared.Add(rules.Rule{ID: "origin.custom-header", Statement: "origin custom headers overwrite the viewer's headers of the same name",
		Source: pageCustomHeaders, Documented: true, Layer: rules.LayerOrigin})

	CustomHeaderDenied = declared.Add(rules.Rule{ID: "origin.custom-header-denied", Statement: "some headers, such as Host, Connection, Cookie or X-Edge-*, cannot be origin custom headers",
		Source: pageCustomHeaders, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "remove it"})

	CustomHeaderValue = declared.Add(rules.Rule{ID: "origin.custom-header-value", Statement: "the name of an origin custom header is a token, and its value has no line break or other control character",
		Source: "RFC 9110, section 5", Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "correct the name or the value"})

	CustomHeaderTwice = declared.Add(rules.Rule{ID: "origin.custom-header-twice", Statement: "an origin has at most one custom header of a name",
		Source: pageCustomHeaders, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "keep one"})

	CustomHeaderForwarded = declared.Add(rules.Rule{ID: "origin.custom-header-forwarded", Statement: "a header that an origin adds must not be in the origin request policy or the cache policy as well",
		Source: pageCustomHeaders, Documented: true, Layer: rules.LayerOrigin, Severity: rules.SeverityError, Fix: "remove it from the policy's Headers"})

	CustomHeaders = declared.Add(rules.Rule{ID: "origin.custom-headers", Statement: "an origin has at most 30 custom headers",
		Source: pageQuotas, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "send fewer"})

	OriginDomain = declared.Add(rules.Rule{ID: "origin.domain", Statement: "an origin's domain is a bare name: no scheme, path or port",
		Source: pageOrigin, Documented: true, Layer: rules.LayerDeploy, Status: 400, Severity: rules.SeverityError,
		Fix: "set DomainName to the bare host, and put the stage in OriginPath"})

	OriginHost = declared.Add(rules.Rule{ID: "origin.host", Statement: "the Host that goes to the origin is a host name",
		Source: "RFC 9110, section 7.2", Documented: true, Layer: rules.LayerOrigin, Status: 502, Fix: "correct what sets it"})

	OriginGroup = declared.Add(rules.Rule{ID: "origin.group", Statement: "an origin group sends a GET to the second origin when the first answers one of its statuses",
		Source: pageFailover + "; for handshakes inferred", Layer: rules.LayerOrigin})

	OriginPath = declared.Add(rules.Rule{ID: "origin.path", Statement: "the origin path is put in front of the viewer's path; it begins with a slash and does not end with one",
		Source: pageOrigin, Documented: true, Layer: rules.LayerDeploy, Status: 400, Severity: rules.SeverityError, Fix: "set OriginPath to /<stage>"})

	OriginProtocol = declared.Add(rules.Rule{ID: "origin.protocol", Statement: "http-only goes to port 80, match-viewer does so for ws://; API Gateway takes HTTPS on port 443 only",
		Source: pageOrigin, Documented: true, Layer: rules.LayerOrigin, Status: 502, Severity: rules.SeverityError, Fix: "set OriginProtocolPolicy to https-only"})

	OriginProtocolMatch = declared.Add(rules.Rule{ID: "origin.protocol-match-viewer", Statement: "match-viewer reaches API Gateway only while ws:// is refused",
		Source: pageOrigin, Documented: true, Layer: rules.LayerOrigin, Severity: rules.SeverityWarning, Fix: "set OriginProtocolPolicy to https-only"})

	S3Origin = declared.Add(rules.Rule{ID: "origin.s3", Statement: "an S3 origin cannot be a WebSocket API",
		Source: pageOrigin, Documented: true, Layer: rules.LayerOrigin, Status: 403, Severity: rules.SeverityError,
		Fix: "use a CustomOriginConfig, or send the path to another behavior"})

	VPCOrigin = declared.Add(rules.Rule{ID: "origin.vpc", Statement: "a WebSocket API is public: a VPC origin does not reach it",
		Source: `API Gateway Developer Guide, "Create WebSocket APIs in API Gateway" names no private endpoint`, Layer: rules.LayerOrigin, Status: 502,
		Severity: rules.SeverityError, Fix: "replace VpcOriginConfig by a CustomOriginConfig"})

	ReadTimeout = declared.Add(rules.Rule{ID: "origin.timeout-short", Statement: "the read timeout covers $connect, whose integration may take 29 s",
		Source: pageOrigin + " and " + pageWSQuotas + "; that it covers the handshake is inferred", Layer: rules.LayerOrigin, Status: 504,
		Severity: rules.SeverityWarning, Fix: "set OriginReadTimeout to 30 or more, or answer sooner"})

	Timeouts = declared.Add(rules.Rule{ID: "origin.timeouts", Statement: "connection attempts are 1-3, the connection timeout 1-10 s, read and keep-alive timeouts 1-180 s",
		Source: pageOrigin, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "set a value within the range"})

	TimeoutsQuota = declared.Add(rules.Rule{ID: "origin.timeouts-quota", Statement: "read and keep-alive timeouts above 120 s need a raised quota",
		Source: pageOrigin, Documented: true, Layer: rules.LayerOrigin, Severity: rules.SeverityWarning,
		Fix: "set it to 120 or less, or ask AWS for a higher quota before the deploy"})
)

// The policies.
var (
	AcceptEncoding = declared.Add(rules.Rule{ID: "policy.accept-encoding", Statement: "Accept-Encoding goes to the origin normalized, and only if the cache policy says so",
		Source: pageCacheKey, Documented: true, Layer: rules.LayerPolicy})

	Authorization = declared.Add(rules.Rule{ID: "policy.authorization", Statement: "Authorization goes to the origin only by an all-viewer policy or the cache key",
		Source: pageCustomHeaders, Documented: true, Layer: rules.LayerPolicy})

	CacheKey = declared.Add(rules.Rule{ID: "policy.cache-key", Statement: "what is in the cache key goes to the origin as well",
		Source: pageOriginRequests, Documented: true, Layer: rules.LayerPolicy})

	Caching = declared.Add(rules.Rule{ID: "policy.caching", Statement: "a handshake is not cacheable: use CachingDisabled",
		Source: pageCustomOrigin + " (request collapsing); for handshakes inferred", Layer: rules.LayerPolicy, Severity: rules.SeverityWarning,
		Fix: "set CachePolicyId to the managed policy CachingDisabled (" + rules.CachingDisabled + ")"})

	Cookies = declared.Add(rules.Rule{ID: "policy.cookies", Statement: "cookies go to the origin only as the policies say",
		Source: pageOriginRequests, Documented: true, Layer: rules.LayerPolicy})

	DeniedHeader = declared.Add(rules.Rule{ID: "policy.denied-header", Statement: "Connection, Upgrade, Authorization, Accept-Encoding and the like cannot be listed in an origin request policy",
		Source: pageOriginRequests + " and " + pageCustomOrigin, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "remove it from Headers"})

	ForwardedFor = declared.Add(rules.Rule{ID: "policy.forwarded-for", Statement: "CloudFront appends the viewer's address to X-Forwarded-For",
		Source: pageCustomOrigin, Documented: true, Layer: rules.LayerPolicy})

	Headers = declared.Add(rules.Rule{ID: "policy.headers", Statement: "viewer headers go to the origin only as the policies say",
		Source: pageOriginRequests, Documented: true, Layer: rules.LayerPolicy})

	Hop = declared.Add(rules.Rule{ID: "policy.hop", Statement: "Connection, X-Edge-*, X-Real-IP, X-Forwarded-Proto and the like are removed or replaced",
		Source: pageCustomOrigin, Documented: true, Layer: rules.LayerPolicy})

	Host = declared.Add(rules.Rule{ID: "policy.host", Statement: "Host is the origin's domain unless the policies forward the viewer's",
		Source: pageCustomOrigin, Documented: true, Layer: rules.LayerPolicy})

	Legacy = declared.Add(rules.Rule{ID: "policy.legacy", Statement: "ForwardedValues passes most headers by default",
		Source: pageCustomOrigin, Documented: true, Layer: rules.LayerPolicy})

	PolicyBoth = declared.Add(rules.Rule{ID: "policy.both", Statement: "a behavior has either CachePolicyId or ForwardedValues; OriginRequestPolicyId goes with the first, MinTTL, DefaultTTL and MaxTTL with the second",
		Source: "CloudFront API Reference, CacheBehavior", Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError,
		Fix: "keep CachePolicyId and OriginRequestPolicyId, and remove ForwardedValues and the TTLs"})

	PolicyItems = declared.Add(rules.Rule{ID: "policy.items", Statement: "whitelist and allExcept come with a list, none and all come without",
		Source: "CloudFront API Reference, OriginRequestPolicyHeadersConfig and its like", Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError,
		Fix: "add the list, or change the behavior of the policy"})

	TTLOrder = declared.Add(rules.Rule{ID: "policy.ttl-order", Statement: "MinTTL is at most DefaultTTL, which is at most MaxTTL",
		Source: pageBehavior, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "put the TTLs in order"})

	PolicyName = declared.Add(rules.Rule{ID: "policy.name", Statement: "a policy's name is unique in the account",
		Source: "CloudFront API Reference, CreateOriginRequestPolicy: OriginRequestPolicyAlreadyExists", Documented: true, Layer: rules.LayerDeploy,
		Severity: rules.SeverityError, Fix: "give it another name, with stack and region in it"})

	PoliciesPerAccount = declared.Add(rules.Rule{ID: "policy.per-account", Statement: "an account has at most 20 origin request policies and 20 cache policies of its own",
		Source: pageQuotas, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "share policies between behaviors, or use managed ones"})

	Query = declared.Add(rules.Rule{ID: "policy.query", Statement: "query strings go to the origin only as the policies say",
		Source: pageOriginRequests, Documented: true, Layer: rules.LayerPolicy})

	PolicyQuota = declared.Add(rules.Rule{ID: "policy.quota", Statement: "a policy lists at most 10 headers, 10 query strings and 10 cookies",
		Source: pageQuotas, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "list fewer, or forward all"})

	TTL = declared.Add(rules.Rule{ID: "policy.ttl", Statement: "a cache policy whose TTLs are all 0 takes no headers, query strings or cookies, and no compression",
		Source: pageCacheKey, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "put them in an origin request policy"})

	UnknownPolicy = declared.Add(rules.Rule{ID: "policy.unknown", Statement: "a behavior's policies are ones of the template or managed ones",
		Source: pageBehavior, Documented: true, Layer: rules.LayerDeploy, Status: 400, Severity: rules.SeverityError,
		Fix: "use the id of a policy of the template, or of a managed one"})

	UserAgent = declared.Add(rules.Rule{ID: "policy.user-agent", Statement: "User-Agent becomes \"Amazon CloudFront\" unless the policies forward it",
		Source: pageCustomOrigin, Documented: true, Layer: rules.LayerPolicy})

	WebSocketHeaders = declared.Add(rules.Rule{ID: "policy.websocket-headers", Statement: "Sec-WebSocket-Key and -Version must be forwarded",
		Source: pageWebSockets, Documented: true, Layer: rules.LayerPolicy, Severity: rules.SeverityError,
		Fix: "list the five Sec-WebSocket-* headers in an origin request policy"})

	WebSocketHeadersRecommended = declared.Add(rules.Rule{ID: "policy.websocket-headers-recommended", Statement: "Sec-WebSocket-Protocol, -Accept and -Extensions should be forwarded",
		Source: pageWebSockets, Documented: true, Layer: rules.LayerPolicy, Severity: rules.SeverityWarning,
		Fix: "list the five Sec-WebSocket-* headers in an origin request policy"})
)
