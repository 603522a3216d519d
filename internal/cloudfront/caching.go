package cloudfront

import (
	"fmt"
	"slices"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
)

// caching checks how a behavior says what is cached and forwarded.
func (c *checker) caching(d *Distribution, b *Behavior, socket bool) {
	if b.problem == nil {
		switch {
		case b.cachePolicyID != "" && b.legacy != nil:
			c.found.AddFixed(PolicyBoth, b.place+".ForwardedValues", "remove ForwardedValues; what it forwards belongs in the cache policy and the origin request policy",
				"the %s has CachePolicyId and ForwardedValues at once", b.Name())
		case b.cachePolicyID == "" && b.legacy == nil:
			c.found.AddFixed(PolicyBoth, b.place+".CachePolicyId", "set CachePolicyId to the managed policy CachingDisabled ("+rules.CachingDisabled+")",
				"the %s has neither CachePolicyId nor ForwardedValues", b.Name())
		case b.cachePolicyID == "" && b.policyID != "":
			c.found.AddFixed(PolicyBoth, b.place+".OriginRequestPolicyId", "set CachePolicyId to the managed policy CachingDisabled ("+rules.CachingDisabled+"), and remove ForwardedValues",
				"the %s has OriginRequestPolicyId without CachePolicyId", b.Name())
		}
		if names := ttlNames(b.ttls); b.cachePolicyID != "" && len(names) > 0 {
			c.found.AddFixed(PolicyBoth, b.place+"."+names[0], "remove "+strings.Join(names, ", ")+": the cache policy has them",
				"the %s has CachePolicyId and %s at once", b.Name(), strings.Join(names, ", "))
		}
		if problem := ttlOrder(b.ttls); problem != "" {
			c.found.Add(TTLOrder, b.place, "%s", problem)
		}
	}
	cache := c.edge.cachePolicy(b.cachePolicyID)
	if !socket || cache == nil || !cache.caches() {
		return
	}
	kept := 10.0
	for _, e := range d.errors {
		if e.status == 500 || e.status == 502 || e.status == 503 || e.status == 504 {
			kept = e.caching
		}
	}
	if kept > 0 {
		c.found.Add(ErrorCaching, b.place+".CachePolicyId", "%s caches, so that CloudFront keeps 500, 502, 503 and 504 of the API for %v s and gives them to other clients", cache.title, kept)
	}
}

func ttlNames(ttls map[string]float64) []string {
	return slices.DeleteFunc([]string{"MinTTL", "DefaultTTL", "MaxTTL"}, func(name string) bool { _, ok := ttls[name]; return !ok })
}

// ttlOrder says which TTLs are out of order; "" for none.
func ttlOrder(ttls map[string]float64) string {
	names := ttlNames(ttls)
	for i := 1; i < len(names); i++ {
		if ttls[names[i-1]] > ttls[names[i]] {
			return fmt.Sprintf("%s (%v) is above %s (%v)", names[i-1], ttls[names[i-1]], names[i], ttls[names[i]])
		}
	}
	return ""
}

// checkCache checks a cache policy of the template.
func (p *policy) checkCache(found *trace.Findings) {
	if p.problem != nil {
		return
	}
	if !p.caches() && (p.Headers.Some() || p.QueryStrings.Some() || p.Cookies.Some()) {
		found.Add(TTL, p.place, "a cache policy whose TTLs are all 0 cannot carry headers, query strings or cookies")
	}
	if p.MaxTTL == 0 && p.AcceptEncoding {
		found.AddFixed(TTL, p.place+".ParametersInCacheKeyAndForwardedToOrigin", "set EnableAcceptEncodingGzip and EnableAcceptEncodingBrotli to false, or use the managed policy CachingDisabled ("+rules.CachingDisabled+")",
			"a cache policy whose MaxTTL is 0 cannot have EnableAcceptEncodingGzip or EnableAcceptEncodingBrotli")
	}
	if problem := ttlOrder(map[string]float64{"MinTTL": p.MinTTL, "DefaultTTL": p.DefaultTTL, "MaxTTL": p.MaxTTL}); problem != "" {
		found.Add(TTLOrder, p.place, "%s", problem)
	}
}

// checkLists checks the lists of a policy: how many names, and whether the behavior
// that they stand beside takes a list.
func (p *policy) checkLists(found *trace.Findings) {
	if p.problem != nil {
		return
	}
	what := map[string]string{"Headers": "headers", "QueryStrings": "query strings", "Cookies": "cookies"}
	for _, l := range p.lists {
		if l.names > rules.MaxPerKind {
			found.Add(PolicyQuota, p.place, "the policy lists %d %s, at most %d are allowed", l.names, what[l.property], rules.MaxPerKind)
		}
		switch l.mode {
		case "whitelist", "allExcept", "allViewerAndWhitelistCloudFront":
			if l.names == 0 {
				found.AddFixed(PolicyItems, l.place+"."+l.property, "list the "+what[l.property]+", or set the behavior to none or all", "the behavior %s needs a list of %s, and there is none", l.mode, what[l.property])
			}
		case "none", "all", "allViewer":
			if l.names > 0 {
				found.AddFixed(PolicyItems, l.place+"."+l.property, "remove the list, or set the behavior to whitelist", "the behavior %s takes no list of %s, and there is one", l.mode, what[l.property])
			}
		}
	}
}
