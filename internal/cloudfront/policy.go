package cloudfront

import (
	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
	"github.com/websocket-distribution/websocket-distribution/internal/rules"
)

// policy is an origin request policy or a cache policy, of the template or managed.
type policy struct {
	rules.PolicyFacts
	// title is what the policy is called in messages.
	title string
	// place is its configuration in the template; "" for a managed one.
	place   string
	lists   []list
	problem error
}

// list is what a policy says of headers, query strings or cookies, as it stands.
type list struct {
	place, mode string
	names       int
	// property is what the list is called.
	property string
}

// caches says whether anything may be cached under the policy.
func (p *policy) caches() bool { return p.MaxTTL > 0 || p.DefaultTTL > 0 || p.MinTTL > 0 }

// policies are those of the template, by logical id.
type policies struct{ originRequest, cache map[string]*policy }

// originRequestPolicy finds a policy by the id that a behavior gives.
func (p policies) originRequestPolicy(id string) *policy {
	return find(p.originRequest, id, rules.ManagedOriginRequestPolicy)
}

// cachePolicy finds a policy by the id that a behavior gives.
func (p policies) cachePolicy(id string) *policy {
	return find(p.cache, id, rules.ManagedCachePolicy)
}

func find(own map[string]*policy, id string, managed func(id string) (rules.PolicyFacts, bool)) *policy {
	if p, ok := own[id]; ok {
		return p
	}
	if facts, ok := managed(id); ok {
		return &policy{PolicyFacts: facts, title: "the managed policy " + facts.Name}
	}
	return nil
}

func readPolicies(t *cfn.Template) policies {
	p := policies{map[string]*policy{}, map[string]*policy{}}
	for _, r := range t.Of("AWS::CloudFront::OriginRequestPolicy") {
		p.originRequest[r.ID] = readOriginRequestPolicy(r.ID, t.Properties(r).Child("OriginRequestPolicyConfig"))
	}
	for _, r := range t.Of("AWS::CloudFront::CachePolicy") {
		p.cache[r.ID] = readCachePolicy(r.ID, t.Properties(r).Child("CachePolicyConfig"))
	}
	return p
}

func readOriginRequestPolicy(id string, c cfn.Properties) *policy {
	p := &policy{title: "origin request policy " + id, place: c.Place}
	p.ID, p.Name = id, c.Text("Name")
	headers := c.Child("HeadersConfig")
	p.Headers = rules.Selection{Mode: headers.Text("HeaderBehavior"), Names: headers.Texts("Headers")}
	p.lists = append(p.lists, list{headers.Place, p.Headers.Mode, len(p.Headers.Names), "Headers"})
	switch p.Headers.Mode {
	case "allViewer":
		p.Headers = rules.Selection{Mode: "all"}
	case "allViewerAndWhitelistCloudFront":
		p.CloudFrontHeaders = p.Headers.Names
		p.Headers = rules.Selection{Mode: "all"}
	}
	p.readQueryAndCookies(c)
	p.problem = c.Err()
	return p
}

func readCachePolicy(id string, c cfn.Properties) *policy {
	p := &policy{title: "cache policy " + id, place: c.Place}
	p.ID, p.Name = id, c.Text("Name")
	p.MinTTL, p.DefaultTTL, p.MaxTTL = c.Number("MinTTL", 0), c.Number("DefaultTTL", 86400), c.Number("MaxTTL", 31536000)
	k := c.Child("ParametersInCacheKeyAndForwardedToOrigin")
	headers := k.Child("HeadersConfig")
	p.Headers = rules.Selection{Mode: headers.Text("HeaderBehavior"), Names: headers.Texts("Headers")}
	p.lists = append(p.lists, list{headers.Place, p.Headers.Mode, len(p.Headers.Names), "Headers"})
	p.readQueryAndCookies(k)
	p.AcceptEncoding = k.Flag("EnableAcceptEncodingGzip", false) || k.Flag("EnableAcceptEncodingBrotli", false)
	p.problem = c.Err()
	return p
}

func (p *policy) readQueryAndCookies(c cfn.Properties) {
	queries, cookies := c.Child("QueryStringsConfig"), c.Child("CookiesConfig")
	p.QueryStrings = rules.Selection{Mode: queries.Text("QueryStringBehavior"), Names: queries.Texts("QueryStrings")}
	p.Cookies = rules.Selection{Mode: cookies.Text("CookieBehavior"), Names: cookies.Texts("Cookies")}
	p.lists = append(p.lists, list{queries.Place, p.QueryStrings.Mode, len(p.QueryStrings.Names), "QueryStrings"},
		list{cookies.Place, p.Cookies.Mode, len(p.Cookies.Names), "Cookies"})
}
