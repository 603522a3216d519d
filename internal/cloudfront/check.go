package cloudfront

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/apigateway"
	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
	"github.com/websocket-distribution/websocket-distribution/internal/wire"
)

// Check finds what is wrong with the template's part of CloudFront. Behaviors that do
// not lead to a WebSocket API are checked only for what makes the deploy fail.
func (e *Edge) Check(found *trace.Findings) {
	c := &checker{e, found}
	c.policies()
	for _, d := range e.distributions {
		c.distribution(d)
	}
	for _, f := range e.functions {
		f.Check(found)
	}
	c.stores()
	c.signers()
	c.deployments()
	c.responsePolicies()
	c.aliasesTwice()
	c.unused()
}

func (c *checker) policies() {
	policies := c.edge.policies
	names(c.found, "origin request policies", policies.originRequest)
	for _, id := range sorted(policies.originRequest) {
		c.originRequestPolicy(policies.originRequest[id])
	}
	for _, kind := range []struct {
		policies map[string]*policy
		name     string
	}{{policies.originRequest, "origin request policies"}, {policies.cache, "cache policies"}} {
		if n := len(kind.policies); n > rules.MaxOriginRequestPolicies {
			c.found.Add(PoliciesPerAccount, "Resources", "the template has %d %s, an account has at most %d", n, kind.name, rules.MaxOriginRequestPolicies)
		}
		for _, id := range sorted(kind.policies) {
			kind.policies[id].checkLists(c.found)
		}
	}
	names(c.found, "cache policies", policies.cache)
	for _, id := range sorted(policies.cache) {
		policies.cache[id].checkCache(c.found)
	}
}

func sorted(policies map[string]*policy) []string {
	ids := make([]string, 0, len(policies))
	for id := range policies {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// names finds policies of one kind that have the same name.
func names(found *trace.Findings, kind string, policies map[string]*policy) {
	first := map[string]string{}
	for _, id := range sorted(policies) {
		name := policies[id].Name
		if other, taken := first[name]; taken && name != "" {
			found.Add(PolicyName, policies[id].place+".Name", "two %s are named %q: %s and %s", kind, name, other, id)
		}
		first[name] = id
	}
}

func (c *checker) originRequestPolicy(p *policy) {
	if p.Headers.Mode != "whitelist" {
		return
	}
	for _, name := range p.Headers.Names {
		if !rules.NotListable(name) {
			continue
		}
		fix := DeniedHeader.Fix
		switch strings.ToLower(name) {
		case "authorization":
			fix = "use the managed policy AllViewerExceptHostHeader (" + rules.AllViewerExceptHostHeader + "), which forwards it"
		case "connection", "upgrade":
			fix = "remove it from Headers: CloudFront handles it by itself"
		case "cookie":
			fix = "name the cookies in CookiesConfig"
		}
		c.found.AddFixed(DeniedHeader, p.place+".HeadersConfig.Headers", fix, "the header %s cannot be listed in an origin request policy", name)
	}
}

func (c *checker) distribution(d *Distribution) {
	if !d.enabled {
		c.found.Add(Disabled, d.place+".Enabled", "the distribution is disabled")
	}
	for _, quota := range []struct {
		rule     rules.Rule
		property string
		what     string
		n, most  int
	}{
		{Behaviors, "CacheBehaviors", "cache behaviors", len(d.behaviors), rules.MaxBehaviors},
		{Origins, "Origins", "origins", len(d.origins), rules.MaxOrigins},
		{OriginGroups, "OriginGroups", "origin groups", len(d.groups), rules.MaxOriginGroups},
	} {
		if quota.n > quota.most {
			c.found.Add(quota.rule, d.place+"."+quota.property, "the distribution has %d %s, at most %d are allowed", quota.n, quota.what, quota.most)
		}
	}
	c.certificate(d)
	c.aliases(d)
	c.webACL(d)
	c.settings(d)
	c.groups(d)
	c.shadowed(d)
	sockets := c.edge.Sockets(d)
	for _, b := range d.behaviors {
		c.behavior(d, b, slices.Contains(sockets, b))
	}
	// The origins of sockets, and whether viewers reach them in the clear.
	clear := map[*Origin]bool{}
	for _, b := range sockets {
		origins, _ := d.targets(b.target)
		for _, o := range origins {
			clear[o] = clear[o] || b.viewerProtocol == "allow-all"
		}
	}
	for _, o := range d.origins {
		c.origin(d, o)
		if inTheClear, socket := clear[o]; socket {
			c.socketOrigin(o, inTheClear)
		}
	}
	if len(sockets) == 0 {
		return
	}
	for _, e := range d.errors {
		if e.status >= 400 && (e.answer != 0 || e.page != "") {
			c.found.Add(ErrorResponses, d.place+".CustomErrorResponses", "a custom error response turns %d into %d %s, a refused handshake too", e.status, e.answer, e.page)
		}
	}
}

var (
	webACLARN = regexp.MustCompile(`^arn:aws[a-z-]*:wafv2:([a-z0-9-]+):\d{12}:(global|regional)/webacl/[^/]+/[^/]+$`)
	classicID = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
)

func (c *checker) webACL(d *Distribution) {
	place := d.place + ".WebACLId"
	if d.acl != nil {
		if d.acl.Scope == "REGIONAL" {
			c.found.AddFixed(WebACL, place, "set Scope of "+d.acl.ID+" to CLOUDFRONT, and create it in us-east-1", "the web ACL %s has scope REGIONAL, and a distribution takes one of scope CLOUDFRONT", d.acl.ID)
		}
		return
	}
	if d.webACL == "" || classicID.MatchString(d.webACL) || strings.Contains(d.webACL, "{{resolve:") {
		return
	}
	m := webACLARN.FindStringSubmatch(d.webACL)
	switch {
	case m == nil:
		c.found.Add(WebACL, place, "%q is not the ARN of a WAFv2 web ACL", trace.Short(d.webACL))
	case m[2] != "global":
		c.found.Add(WebACL, place, "the web ACL has scope REGIONAL, and a distribution takes one of scope CLOUDFRONT")
	case m[1] != "us-east-1":
		c.found.Add(WebACL, place, "the web ACL is in %s, and CloudFront takes only those in us-east-1", m[1])
	}
}

func (c *checker) shadowed(d *Distribution) {
	for i, later := range d.behaviors {
		for _, earlier := range d.behaviors[:i] {
			if earlier.pattern == "" {
				continue
			}
			inner := later.pattern
			if inner == "" {
				inner = "*"
			}
			if strings.TrimPrefix(earlier.pattern, "/") == strings.TrimPrefix(later.pattern, "/") {
				c.found.AddFixed(PatternTwice, later.place+".PathPattern", "remove this behavior or the other, at "+earlier.place, "the path pattern %q is there twice", later.pattern)
				break
			}
			if !rules.PatternCovers(earlier.pattern, inner) {
				continue
			}
			rule := ShadowedOther
			if c.edge.isSocket(d, later) {
				rule = Shadowed
			}
			c.found.Add(rule, later.place, "the %s is never reached: the %s before it takes all its paths", later.Name(), earlier.Name())
			break
		}
	}
}

func (c *checker) behavior(d *Distribution, b *Behavior, socket bool) {
	if b.problem == nil {
		if origins, _ := d.targets(b.target); len(origins) == 0 {
			c.found.Add(UnknownTarget, b.place+".TargetOriginId", "the target %q is not an origin of the distribution", trace.Short(b.target))
		}
	}
	if n := len(b.pattern); n > rules.MaxPattern {
		c.found.Add(PathPatternLength, b.place+".PathPattern", "the path pattern has %d characters, at most %d are allowed", n, rules.MaxPattern)
	}
	c.methods(b)
	c.caching(d, b, socket)
	c.behaviorSettings(d, b, socket)
	cache := c.edge.cachePolicy(b.cachePolicyID)
	if b.policyID != "" && c.edge.originRequestPolicy(b.policyID) == nil {
		c.unknownPolicy(b, "OriginRequestPolicyId", b.policyID)
	}
	if b.cachePolicyID != "" && cache == nil {
		c.unknownPolicy(b, "CachePolicyId", b.cachePolicyID)
	}
	c.associations(b, socket)
	if !socket {
		return
	}
	switch place := b.place + ".ViewerProtocolPolicy"; b.viewerProtocol {
	case "allow-all":
		c.found.Add(ViewerProtocolClear, place, "allow-all lets ws:// through in the clear, tokens and cookies with it")
	case "redirect-to-https":
		c.found.Add(ViewerProtocolRedirect, place, "redirect-to-https answers ws:// with a redirect that WebSocket clients do not follow")
	}
	if cache != nil && cache.caches() {
		c.found.Add(Caching, b.place+".CachePolicyId", "%s caches, and a handshake must not be collapsed with others", cache.title)
	}
	c.forwarding(d, b)
}

func (c *checker) unknownPolicy(b *Behavior, property, id string) {
	refusal := unknownPolicy(b, property, id)
	c.found.Add(refusal.Rule, refusal.Place, "%s", refusal.Reason)
}

// forwarding checks that the handshake's own headers come through.
func (c *checker) forwarding(d *Distribution, b *Behavior) {
	f, refusal := c.edge.forwarding(b)
	if refusal != nil {
		return // said already, or unresolved
	}
	place := b.place + ".OriginRequestPolicyId"
	if missing := f.missing("Sec-WebSocket-Key", "Sec-WebSocket-Version"); len(missing) > 0 {
		c.found.Add(WebSocketHeaders, place, "%s does not forward %s, without which there is no handshake", f.title, strings.Join(missing, " and "))
	} else if missing := f.missing("Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions"); len(missing) > 0 {
		c.found.Add(WebSocketHeadersRecommended, place, "%s does not forward %s, as AWS recommends", f.title, strings.Join(missing, " and "))
	}
	if c.servesAlias(d, b) {
		return // the API answers to the viewer's Host
	}
	for _, h := range f.host {
		c.found.AddFixed(apigateway.Host, h.place, h.fix, "%s forwards the viewer's Host, and API Gateway answers 403 to any Host but its own", h.title)
	}
}

func (c *checker) origin(d *Distribution, o *Origin) {
	if o.problem == nil {
		if err := checkDomain(o.domain); err != nil && !o.templated() {
			c.found.Add(OriginDomain, o.place+".DomainName", "the origin's domain %q %s", trace.Short(o.domain), err)
		}
		if problem := pathProblem(o.path); problem != "" && !o.templated() {
			c.found.Add(OriginPath, o.place+".OriginPath", "the origin path %q %s", trace.Short(o.path), problem)
		}
	}
	c.timeouts(o)
	c.ports(o)
	place := o.place + ".OriginCustomHeaders"
	if n := len(o.headers); n > rules.MaxOriginHeaders {
		c.found.Add(CustomHeaders, place, "the origin adds %d headers, at most %d are allowed", n, rules.MaxOriginHeaders)
	}
	seen := map[string]bool{}
	for _, h := range o.headers {
		name := strings.ToLower(h.Name)
		if rules.NotAddable(name) {
			c.found.Add(CustomHeaderDenied, place, "the header %s cannot be an origin custom header", h.Name)
		}
		if !wire.ValidHeaderName(h.Name) || !wire.ValidHeaderValue(h.Value) {
			c.found.Add(CustomHeaderValue, place, "the header %q has a name or a value that no HTTP header can have", trace.Short(h.Name))
		}
		if seen[name] {
			c.found.Add(CustomHeaderTwice, place, "the header %s is there twice", h.Name)
		}
		seen[name] = true
	}
	if len(seen) == 0 {
		return
	}
	for _, b := range d.behaviors {
		p := c.edge.originRequestPolicy(b.policyID)
		if origins, _ := d.targets(b.target); p == nil || p.Headers.Mode != "whitelist" || !slices.Contains(origins, o) {
			continue
		}
		for _, name := range p.Headers.Names {
			if seen[strings.ToLower(name)] {
				c.found.Add(CustomHeaderForwarded, place, "the header %s is an origin custom header and in %s as well", name, p.title)
			}
		}
	}
}

func (c *checker) timeouts(o *Origin) {
	within := func(property string, value, most float64, unit string) {
		if value < 1 || value > most {
			c.found.AddFixed(Timeouts, o.place+"."+property, fmt.Sprintf("set it from 1 to %v", most), "%s is %v%s, outside 1-%v", property, value, unit, most)
		}
	}
	within("ConnectionAttempts", o.attempts, rules.MaxConnections, "")
	within("ConnectionTimeout", o.timeout, rules.MaxConnectionTimeout.Seconds(), " s")
	for _, timeout := range []struct {
		property string
		value    float64
	}{{"CustomOriginConfig.OriginReadTimeout", o.readTimeout}, {"CustomOriginConfig.OriginKeepaliveTimeout", o.keepAlive}} {
		within(timeout.property, timeout.value, rules.MaxOriginTimeout.Seconds(), " s")
		if timeout.value > rules.DefaultMaxOriginTimeout && timeout.value <= rules.MaxOriginTimeout.Seconds() {
			c.found.Add(TimeoutsQuota, o.place+"."+timeout.property, "%s is %v s, more than the %d s that an account has without a raised quota",
				timeout.property, timeout.value, rules.DefaultMaxOriginTimeout)
		}
	}
}

func (c *checker) ports(o *Origin) {
	for _, port := range []struct {
		property string
		n        float64
	}{{"HTTPPort", o.httpPort}, {"HTTPSPort", o.httpsPort}} {
		if n := port.n; n != 80 && n != 443 && (n < 1024 || n > 65535) {
			c.found.Add(OriginPort, o.place+".CustomOriginConfig."+port.property, "%s is %v", port.property, n)
		}
	}
	if o.shield.Flag("Enabled", false) && !o.shield.Has("OriginShieldRegion") && o.shield.Err() == nil {
		c.found.Add(OriginShield, o.place+".OriginShield", "Origin Shield is enabled without OriginShieldRegion")
	}
}

// socketOrigin checks an origin that a WebSocket behavior leads to. inTheClear says
// that viewers may come over ws://.
func (c *checker) socketOrigin(o *Origin, inTheClear bool) {
	if o.readTimeout >= 1 && o.readTimeout < 30 {
		c.found.Add(ReadTimeout, o.place+".CustomOriginConfig.OriginReadTimeout", "the read timeout of %v s is shorter than the 29 s that $connect may take", o.readTimeout)
	}
	if o.completion {
		c.found.Add(CompletionTimeout, o.place+".ResponseCompletionTimeout", "ResponseCompletionTimeout may end an open connection")
	}
	for _, refusal := range o.unreachable(!inTheClear) {
		c.add(refusal)
	}
	if o.protocol == "match-viewer" && !inTheClear {
		c.found.Add(OriginProtocolMatch, o.place+".CustomOriginConfig.OriginProtocolPolicy", "match-viewer works only while ws:// is refused: API Gateway takes no plain HTTP")
	}
	if o.accessControl && !o.s3 {
		c.found.Add(AccessControl, o.place+".OriginAccessControlId", "the origin has an origin access control, which does not sign for API Gateway")
	}
	if o.mtls {
		c.found.Add(OriginMTLS, o.place+".CustomOriginConfig.OriginMtlsConfig", "CloudFront shows the origin a client certificate, which is not for WebSocket")
	}
	if own, _ := c.edge.apis.Own(o.domain); o.ipType == "ipv6" && own != nil && !c.dualstack() {
		c.found.Add(IPType, o.place+".CustomOriginConfig.IpAddressType", "the origin is reached by IPv6 only, and %s has none", own.Name())
	}
	if !o.sound() {
		return
	}
	a, m := c.edge.apis.At(o.Endpoint())
	if refusal := apigateway.CheckEndpoint(a, m, o.Endpoint()); refusal != nil {
		c.add(refusal)
	}
}

// dualstack says whether an API or a domain of the template has IPv6.
func (c *checker) dualstack() bool {
	for _, kind := range []string{"AWS::ApiGatewayV2::Api", "AWS::ApiGatewayV2::DomainName"} {
		for _, r := range c.edge.template.Of(kind) {
			p := c.edge.template.Properties(r).Aside()
			if p.Text("IpAddressType") == "dualstack" {
				return true
			}
			for _, configuration := range p.Children("DomainNameConfigurations") {
				if configuration.Text("IpAddressType") == "dualstack" {
					return true
				}
			}
		}
	}
	return false
}

// SendsKey says whether an origin sends an API key to an API.
func (e *Edge) SendsKey(a *apigateway.API) bool {
	for _, d := range e.distributions {
		for _, o := range d.origins {
			if !o.sends("x-api-key") {
				continue
			}
			if owner, _ := e.apis.At(o.Endpoint()); owner == a {
				return true
			}
		}
	}
	return false
}

// Elsewhere are the places of behaviors and origins that no WebSocket handshake
// passes: what is unresolved there does not matter.
func (e *Edge) Elsewhere() []string {
	var places []string
	for _, d := range e.distributions {
		sockets := e.Sockets(d)
		for _, b := range d.behaviors {
			if slices.Contains(sockets, b) {
				continue
			}
			places = append(places, b.place+".")
			origins, _ := d.targets(b.target)
			for _, o := range origins {
				places = append(places, o.place+".")
			}
		}
	}
	return places
}
