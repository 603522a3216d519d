package handshake

// The policies that AWS manages, by id: CloudFront Developer Guide, "Use managed
// origin request policies" and "Use managed cache policies".

var managedOriginRequestPolicies = index(
	&originRequestPolicy{id: "216adef6-5c7f-47e4-b989-5492eafa07d3", name: "AllViewer",
		headers: selection{mode: "all"}, queries: selection{mode: "all"}, cookies: selection{mode: "all"}},
	&originRequestPolicy{id: "b689b0a8-53d0-40ab-baf2-68738e2966ac", name: "AllViewerExceptHostHeader",
		headers: selection{mode: "allExcept", names: []string{"host"}}, queries: selection{mode: "all"}, cookies: selection{mode: "all"}},
	&originRequestPolicy{id: "33f36d7e-f396-46d9-90e0-52428a34d9dc", name: "AllViewerAndCloudFrontHeaders-2022-06",
		headers: selection{mode: "all"}, queries: selection{mode: "all"}, cookies: selection{mode: "all"},
		cloudFront: []string{"CloudFront-Forwarded-Proto", "CloudFront-Is-Android-Viewer", "CloudFront-Is-Desktop-Viewer",
			"CloudFront-Is-IOS-Viewer", "CloudFront-Is-Mobile-Viewer", "CloudFront-Is-SmartTV-Viewer", "CloudFront-Is-Tablet-Viewer",
			"CloudFront-Viewer-Address", "CloudFront-Viewer-ASN", "CloudFront-Viewer-City", "CloudFront-Viewer-Country",
			"CloudFront-Viewer-Country-Name", "CloudFront-Viewer-Country-Region", "CloudFront-Viewer-Country-Region-Name",
			"CloudFront-Viewer-Http-Version", "CloudFront-Viewer-Latitude", "CloudFront-Viewer-Longitude",
			"CloudFront-Viewer-Metro-Code", "CloudFront-Viewer-Postal-Code", "CloudFront-Viewer-Time-Zone", "CloudFront-Viewer-TLS"}},
	&originRequestPolicy{id: "acba4595-bd28-49b8-b9fe-13317c0390fa", name: "UserAgentRefererHeaders",
		headers: selection{mode: "whitelist", names: []string{"User-Agent", "Referer"}}, queries: selection{mode: "none"}, cookies: selection{mode: "none"}},
	&originRequestPolicy{id: "59781a5b-3903-41f3-afcb-af62929ccde1", name: "CORS-CustomOrigin",
		headers: selection{mode: "whitelist", names: []string{"Origin"}}, queries: selection{mode: "none"}, cookies: selection{mode: "none"}},
	&originRequestPolicy{id: "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf", name: "CORS-S3Origin",
		headers: selection{mode: "whitelist", names: []string{"Origin", "Access-Control-Request-Headers", "Access-Control-Request-Method"}},
		queries: selection{mode: "none"}, cookies: selection{mode: "none"}},
	&originRequestPolicy{id: "bf0718e1-ba1e-49d1-88b1-f726733018ae", name: "HostHeaderOnly",
		headers: selection{mode: "whitelist", names: []string{"Host"}}, queries: selection{mode: "none"}, cookies: selection{mode: "none"}},
	&originRequestPolicy{id: "775133bc-15f2-49f9-abea-afb2e0bf67d2", name: "Elemental-MediaTailor-PersonalizedManifests",
		headers: selection{mode: "whitelist", names: []string{"Origin", "Access-Control-Request-Headers", "Access-Control-Request-Method",
			"User-Agent", "X-Forwarded-For"}},
		queries: selection{mode: "all"}, cookies: selection{mode: "none"}},
)

var managedCachePolicies = indexCache(
	&cachePolicy{id: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad", name: "CachingDisabled"},
	&cachePolicy{id: "658327ea-f89d-4fab-a63d-7e88639e58f6", name: "CachingOptimized", minTTL: 1, ttl: 86400, maxTTL: 31536000, encoding: true},
	&cachePolicy{id: "b2884449-e4de-46a7-ac36-70bc7f1ddd6d", name: "CachingOptimizedForUncompressedObjects", minTTL: 1, ttl: 86400, maxTTL: 31536000},
	&cachePolicy{id: "83da9c7e-98b4-4e11-a168-04f0df8e2c65", name: "UseOriginCacheControlHeaders", maxTTL: 31536000, encoding: true,
		headers: selection{mode: "whitelist", names: []string{"Host", "Origin", "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"}},
		cookies: selection{mode: "all"}},
	&cachePolicy{id: "4cc15a8a-d715-48a4-82b8-cc0b614638fe", name: "UseOriginCacheControlHeaders-QueryStrings", maxTTL: 31536000, encoding: true,
		headers: selection{mode: "whitelist", names: []string{"Host", "Origin", "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"}},
		queries: selection{mode: "all"}, cookies: selection{mode: "all"}},
	&cachePolicy{id: "2e54312d-136d-493c-8eb9-b001f22f67d2", name: "Amplify", minTTL: 2, ttl: 2, maxTTL: 600, encoding: true,
		headers: selection{mode: "whitelist", names: []string{"Authorization", "CloudFront-Viewer-Country", "Host"}},
		queries: selection{mode: "all"}, cookies: selection{mode: "all"}},
	&cachePolicy{id: "08627262-05a9-4f76-9ded-b50ca2e3a84f", name: "Elemental-MediaPackage", ttl: 86400, maxTTL: 31536000, encoding: true,
		headers: selection{mode: "whitelist", names: []string{"Origin"}},
		queries: selection{mode: "whitelist", names: []string{"aws.manifestfilter", "start", "end", "m"}}},
)

func index(policies ...*originRequestPolicy) map[string]*originRequestPolicy {
	m := make(map[string]*originRequestPolicy, len(policies))
	for _, p := range policies {
		p.managed = true
		m[p.id] = p
	}
	return m
}

func indexCache(policies ...*cachePolicy) map[string]*cachePolicy {
	m := make(map[string]*cachePolicy, len(policies))
	for _, p := range policies {
		p.managed = true
		m[p.id] = p
	}
	return m
}

// originRequestPolicy finds a policy by the id that a behaviour gives.
func (t *Template) originRequestPolicy(id string) *originRequestPolicy {
	if p, ok := t.policies[id]; ok {
		return p
	}
	return managedOriginRequestPolicies[id]
}

// cachePolicy finds a cache policy by the id that a behaviour gives.
func (t *Template) cachePolicy(id string) *cachePolicy {
	if p, ok := t.cachePolicies[id]; ok {
		return p
	}
	return managedCachePolicies[id]
}
