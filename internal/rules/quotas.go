package rules

// CloudFront's quotas that a template can exceed (CloudFront Developer Guide,
// "Quotas"), beside MaxPerKind and MaxOriginHeaders.
const (
	// MaxBehaviors is per distribution, the default behavior included.
	MaxBehaviors = 75
	// MaxOrigins is per distribution.
	MaxOrigins = 100
	// MaxOriginGroups is per distribution.
	MaxOriginGroups = 10
	// MaxOriginRequestPolicies is how many an account may make itself.
	MaxOriginRequestPolicies = 20
	// MaxFunctionSize is of a function's code, in bytes.
	MaxFunctionSize = 10 * 1024
	// MaxFunctionMemory is what a function may use, in bytes.
	MaxFunctionMemory = 2 << 20
)

// What CloudFront takes from a viewer, in bytes (CloudFront Developer Guide,
// "Request and response behavior for custom origins").
const (
	MaxViewerURL     = 8192
	MaxViewerRequest = 20_480
)

// MaxMessage is the largest message of a WebSocket API, in bytes (API Gateway
// Developer Guide, "Quotas for configuring and running a WebSocket API").
const MaxMessage = 128 << 10

// DefaultMaxOriginTimeout is the longest read or keep-alive timeout of an origin in
// seconds, unless the account's quota is raised (CloudFront Developer Guide,
// "Origin settings").
const DefaultMaxOriginTimeout = 120
