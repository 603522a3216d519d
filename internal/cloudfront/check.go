package cloudfront

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/apigateway"
	"github.com/websocket-distribution/websocket-distribution/internal/cloudfront/function"
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
}

type checker struct {
	edge  *Edge
	found *trace.Findings
}

func (c *checker) policies() {
	policies := c.edge.policies
	names(c.found, "origin request policies", policies.originRequest)
	for _, id := range sorted(policies.originRequest) {
		c.originRequestPolicy(policies.originRequest[id])
	}
	if n := len(policies.originRequest); n > rules.MaxOriginRequestPolicies {
		c.found.Add(PoliciesPerAccount, "Resources", "the template has %d origin request policies, an account has at most %d", n, rules.MaxOriginRequestPolicies)
	}
	names(c.found, "cache policies", policies.cache)
	for _, id := range sorted(policies.cache) {
		p := policies.cache[id]
		if !p.caches() && (p.Headers.Some() || p.QueryStrings.Some() || p.Cookies.Some()) {
			c.found.Add(TTL, p.place, "a cache policy whose TTLs are all 0 cannot carry headers, query strings or cookies")
		}
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
	for _, kind := range []struct {
		what  string
		names []string
	}{{"headers", slices.Concat(p.Headers.Names, p.CloudFrontHeaders)}, {"query strings", p.QueryStrings.Names}, {"cookies", p.Cookies.Names}} {
		if n := len(kind.names); n > rules.MaxPerKind {
			c.found.Add(PolicyQuota, p.place, "the policy lists %d %s, at most %d are allowed", n, kind.what, rules.MaxPerKind)
		}
	}
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
	c.webACL(d)
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

func (c *checker) certificate(d *Distribution) {
	place, cert := d.place+".ViewerCertificate", d.certificate
	if len(d.aliases) > 0 && d.problem == nil && cert.arn == "" && cert.iam == "" {
		c.found.AddFixed(Certificate, place, "add a certificate that is in us-east-1", "Aliases (%s) need a certificate", strings.Join(d.aliases, ", "))
	}
	if region := arnRegion(cert.arn); region != "" && region != "us-east-1" {
		c.found.AddFixed(Certificate, place+".AcmCertificateArn", "issue it in us-east-1", "the certificate is in %s, and CloudFront takes only those in us-east-1", region)
	}
	if cert.arn == "" && cert.iam == "" {
		return
	}
	minimum := cert.minimum
	switch minimum {
	case "":
		minimum = "(none, which is TLSv1)"
	case "SSLv3", "TLSv1", "TLSv1_2016", "TLSv1.1_2016":
	default:
		return
	}
	c.found.Add(ViewerTLS, place+".MinimumProtocolVersion", "the viewer security policy %s lets protocols before TLS 1.2 in", minimum)
}

func arnRegion(arn string) string {
	parts := strings.Split(arn, ":")
	if len(parts) < 6 || parts[0] != "arn" {
		return ""
	}
	return parts[3]
}

var (
	webACLARN = regexp.MustCompile(`^arn:aws[a-z-]*:wafv2:([a-z0-9-]+):\d{12}:(global|regional)/webacl/[^/]+/[^/]+$`)
	classicID = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
)

func (c *checker) webACL(d *Distribution) {
	if d.webACL == "" || classicID.MatchString(d.webACL) {
		return
	}
	place := d.place + ".WebACLId"
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
	if !slices.Contains(b.methods, "GET") {
		c.found.Add(MethodsGET, b.place+".AllowedMethods", "the methods %s lack GET, with which every handshake begins", trace.Short(strings.Join(b.methods, ", ")))
	}
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
	c.forwarding(b)
}

func (c *checker) unknownPolicy(b *Behavior, property, id string) {
	refusal := unknownPolicy(b, property, id)
	c.found.Add(refusal.Rule, refusal.Place, "%s", refusal.Reason)
}

// forwarding checks that the handshake's own headers come through.
func (c *checker) forwarding(b *Behavior) {
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
	if f.host {
		c.found.Add(apigateway.Host, place, "%s forwards the viewer's Host, and API Gateway answers 403 to any Host but its own", f.title)
	}
}

func (c *checker) associations(b *Behavior, socket bool) {
	functions, lambdas := b.place+".FunctionAssociations", b.place+".LambdaFunctionAssociations"
	seen := map[string]bool{}
	for _, a := range b.functions {
		if seen[a.event] {
			c.found.Add(function.Association, functions, "two functions are on %s", a.event)
		}
		seen[a.event] = true
		if a.event == "origin-request" || a.event == "origin-response" {
			c.found.AddFixed(function.Association, functions, "use viewer-request, or Lambda@Edge", "a CloudFront Function cannot be on %s", a.event)
		}
		if f := c.edge.function(a.arn); f != nil && !f.Published && f.Problem == nil {
			c.found.Add(function.Unpublished, f.Place+".AutoPublish", "function %s is not published, so it cannot be associated", f.ID)
		}
	}
	for _, a := range b.lambdas {
		if seen[a.event] {
			c.found.Add(function.Association, lambdas, "two functions are on %s", a.event)
		}
		if strings.HasPrefix(a.event, "viewer-") && len(b.functions) > 0 {
			c.found.Add(function.Association, lambdas, "CloudFront Functions and Lambda@Edge are mixed on viewer events")
		}
	}
	if !socket {
		return
	}
	for _, a := range slices.Concat(b.functions, b.lambdas) {
		if strings.HasSuffix(a.event, "-response") {
			c.found.Add(function.ResponseEvent, b.place, "a function is on %s, and AWS does not document what that does to a 101 answer", a.event)
		}
	}
}

func (c *checker) origin(d *Distribution, o *Origin) {
	if o.problem == nil {
		if err := checkDomain(o.domain); err != nil {
			c.found.Add(OriginDomain, o.place+".DomainName", "the origin's domain %q %s", trace.Short(o.domain), err)
		}
		if problem := pathProblem(o.path); problem != "" {
			c.found.Add(OriginPath, o.place+".OriginPath", "the origin path %q %s", trace.Short(o.path), problem)
		}
	}
	c.timeouts(o)
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
	if !o.sound() {
		return
	}
	a, m := c.edge.apis.At(o.Endpoint())
	if refusal := apigateway.CheckEndpoint(a, m, o.Endpoint()); refusal != nil {
		c.add(refusal)
	}
}

// add makes a finding of what would refuse a handshake.
func (c *checker) add(refusal *trace.Refusal) {
	c.found.AddFixed(refusal.Rule, refusal.Place, refusal.Fix, "%s", refusal.Reason)
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
