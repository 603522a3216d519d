package rules

import "strings"

// The ids of the managed policies that serve a WebSocket API.
const (
	AllViewerExceptHostHeader = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
	CachingDisabled           = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
)

// PolicyFacts are what an origin request policy or a cache policy passes on.
type PolicyFacts struct {
	ID, Name string

	Headers, QueryStrings, Cookies Selection

	// CloudFrontHeaders are the headers that an origin request policy has
	// CloudFront add.
	CloudFrontHeaders []string

	// MinTTL, DefaultTTL and MaxTTL are those of a cache policy, in seconds.
	MinTTL, DefaultTTL, MaxTTL float64

	// AcceptEncoding says that a cache policy passes Accept-Encoding on, normalized.
	AcceptEncoding bool
}

// ManagedOriginRequestPolicy returns the managed origin request policy with an id
// (CloudFront Developer Guide, "Use managed origin request policies").
func ManagedOriginRequestPolicy(id string) (PolicyFacts, bool) {
	return byID(managedOriginRequestPolicies, id)
}

// ManagedCachePolicy returns the managed cache policy with an id (CloudFront
// Developer Guide, "Use managed cache policies").
func ManagedCachePolicy(id string) (PolicyFacts, bool) {
	return byID(managedCachePolicies, id)
}

func byID(policies []PolicyFacts, id string) (PolicyFacts, bool) {
	for _, p := range policies {
		if strings.EqualFold(p.ID, id) {
			return p, true
		}
	}
	return PolicyFacts{}, false
}

var managedOriginRequestPolicies = []PolicyFacts{
	{ID: "216adef6-5c7f-47e4-b989-5492eafa07d3", Name: "AllViewer",
		Headers: Selection{Mode: "all"}, QueryStrings: Selection{Mode: "all"}, Cookies: Selection{Mode: "all"}},
	{ID: AllViewerExceptHostHeader, Name: "AllViewerExceptHostHeader",
		Headers: Selection{Mode: "allExcept", Names: []string{"host"}}, QueryStrings: Selection{Mode: "all"}, Cookies: Selection{Mode: "all"}},
	{ID: "33f36d7e-f396-46d9-90e0-52428a34d9dc", Name: "AllViewerAndCloudFrontHeaders-2022-06",
		Headers: Selection{Mode: "all"}, QueryStrings: Selection{Mode: "all"}, Cookies: Selection{Mode: "all"},
		CloudFrontHeaders: []string{"CloudFront-Forwarded-Proto", "CloudFront-Is-Android-Viewer", "CloudFront-Is-Desktop-Viewer",
			"CloudFront-Is-IOS-Viewer", "CloudFront-Is-Mobile-Viewer", "CloudFront-Is-SmartTV-Viewer", "CloudFront-Is-Tablet-Viewer",
			"CloudFront-Viewer-Address", "CloudFront-Viewer-ASN", "CloudFront-Viewer-City", "CloudFront-Viewer-Country",
			"CloudFront-Viewer-Country-Name", "CloudFront-Viewer-Country-Region", "CloudFront-Viewer-Country-Region-Name",
			"CloudFront-Viewer-Http-Version", "CloudFront-Viewer-Latitude", "CloudFront-Viewer-Longitude",
			"CloudFront-Viewer-Metro-Code", "CloudFront-Viewer-Postal-Code", "CloudFront-Viewer-Time-Zone", "CloudFront-Viewer-TLS"}},
	{ID: "acba4595-bd28-49b8-b9fe-13317c0390fa", Name: "UserAgentRefererHeaders",
		Headers: Selection{Mode: "whitelist", Names: []string{"User-Agent", "Referer"}}, QueryStrings: Selection{Mode: "none"}, Cookies: Selection{Mode: "none"}},
	{ID: "59781a5b-3903-41f3-afcb-af62929ccde1", Name: "CORS-CustomOrigin",
		Headers: Selection{Mode: "whitelist", Names: []string{"Origin"}}, QueryStrings: Selection{Mode: "none"}, Cookies: Selection{Mode: "none"}},
	{ID: "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf", Name: "CORS-S3Origin",
		Headers:      Selection{Mode: "whitelist", Names: []string{"Origin", "Access-Control-Request-Headers", "Access-Control-Request-Method"}},
		QueryStrings: Selection{Mode: "none"}, Cookies: Selection{Mode: "none"}},
	{ID: "bf0718e1-ba1e-49d1-88b1-f726733018ae", Name: "HostHeaderOnly",
		Headers: Selection{Mode: "whitelist", Names: []string{"Host"}}, QueryStrings: Selection{Mode: "none"}, Cookies: Selection{Mode: "none"}},
	{ID: "775133bc-15f2-49f9-abea-afb2e0bf67d2", Name: "Elemental-MediaTailor-PersonalizedManifests",
		Headers: Selection{Mode: "whitelist", Names: []string{"Origin", "Access-Control-Request-Headers", "Access-Control-Request-Method",
			"User-Agent", "X-Forwarded-For"}},
		QueryStrings: Selection{Mode: "all"}, Cookies: Selection{Mode: "none"}},
}

var managedCachePolicies = []PolicyFacts{
	{ID: CachingDisabled, Name: "CachingDisabled"},
	{ID: "658327ea-f89d-4fab-a63d-7e88639e58f6", Name: "CachingOptimized", MinTTL: 1, DefaultTTL: 86400, MaxTTL: 31536000, AcceptEncoding: true},
	{ID: "b2884449-e4de-46a7-ac36-70bc7f1ddd6d", Name: "CachingOptimizedForUncompressedObjects", MinTTL: 1, DefaultTTL: 86400, MaxTTL: 31536000},
	{ID: "83da9c7e-98b4-4e11-a168-04f0df8e2c65", Name: "UseOriginCacheControlHeaders", MaxTTL: 31536000, AcceptEncoding: true,
		Headers: Selection{Mode: "whitelist", Names: []string{"Host", "Origin", "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"}},
		Cookies: Selection{Mode: "all"}},
	{ID: "4cc15a8a-d715-48a4-82b8-cc0b614638fe", Name: "UseOriginCacheControlHeaders-QueryStrings", MaxTTL: 31536000, AcceptEncoding: true,
		Headers:      Selection{Mode: "whitelist", Names: []string{"Host", "Origin", "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"}},
		QueryStrings: Selection{Mode: "all"}, Cookies: Selection{Mode: "all"}},
	{ID: "2e54312d-136d-493c-8eb9-b001f22f67d2", Name: "Amplify", MinTTL: 2, DefaultTTL: 2, MaxTTL: 600, AcceptEncoding: true,
		Headers:      Selection{Mode: "whitelist", Names: []string{"Authorization", "CloudFront-Viewer-Country", "Host"}},
		QueryStrings: Selection{Mode: "all"}, Cookies: Selection{Mode: "all"}},
	{ID: "08627262-05a9-4f76-9ded-b50ca2e3a84f", Name: "Elemental-MediaPackage", DefaultTTL: 86400, MaxTTL: 31536000, AcceptEncoding: true,
		Headers:      Selection{Mode: "whitelist", Names: []string{"Origin"}},
		QueryStrings: Selection{Mode: "whitelist", Names: []string{"aws.manifestfilter", "start", "end", "m"}}},
}
