package handshake

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
)

// Severity says what a finding costs.
type Severity string

// The severities of a finding.
const (
	// Error is a deploy that fails, a handshake that AWS refuses, or a lock that
	// does not lock.
	Error Severity = "error"
	// Warning is what works now and hurts later.
	Warning Severity = "warning"
)

// Finding is one thing that is wrong with a template, found without a handshake.
type Finding struct {
	// Rule is the id of the rule; see [Rules].
	Rule string `json:"rule"`
	// Severity is error or warning.
	Severity Severity `json:"severity"`
	// Deploy says that CloudFormation fails, so that there is nothing to connect to.
	Deploy bool `json:"deploy,omitempty"`
	// Place is the property in the template.
	Place string `json:"place"`
	// Reason says what is wrong.
	Reason string `json:"reason"`
	// Fix says what to set.
	Fix string `json:"fix"`
}

// String gives the finding in one line.
func (f Finding) String() string {
	return fmt.Sprintf("%s: %s: %s; fix: %s [%s]", f.Severity, f.Place, f.Reason, f.Fix, f.Rule)
}

// Quotas of CloudFront, per distribution, origin or policy.
const (
	maxPolicyItems   = 10
	maxPolicies      = 20
	maxBehaviors     = 75
	maxOrigins       = 100
	maxOriginGroups  = 10
	maxCustomHeaders = 30
)

// Check looks for what no handshake is needed to see: quotas, values that AWS
// refuses, locks that do not lock. Behaviours that do not lead to a WebSocket
// API are checked only for what makes the deploy fail. The findings come in
// the order of their places; a good template has none.
func (t *Template) Check() []Finding {
	c := &checker{t: t}
	c.policies()
	for _, d := range t.distributions {
		c.distribution(d)
	}
	c.edgeFunctions()
	for _, a := range t.apis {
		c.api(a)
	}
	c.unresolved()
	slices.SortStableFunc(c.findings, func(a, b Finding) int { return strings.Compare(a.Place, b.Place) })
	return c.findings
}

type checker struct {
	t        *Template
	findings []Finding
}

func (c *checker) add(f Finding) {
	for _, seen := range c.findings {
		if seen.Rule == f.Rule && seen.Place == f.Place && seen.Reason == f.Reason {
			return
		}
	}
	c.findings = append(c.findings, f)
}

// deploy is a value with which CloudFormation fails.
func (c *checker) deploy(rule, place, fix, format string, args ...any) {
	c.add(Finding{Rule: rule, Severity: Error, Deploy: true, Place: place, Reason: fmt.Sprintf(format, args...), Fix: fix})
}

func (c *checker) err(rule, place, fix, format string, args ...any) {
	c.add(Finding{Rule: rule, Severity: Error, Place: place, Reason: fmt.Sprintf(format, args...), Fix: fix})
}

func (c *checker) warn(rule, place, fix, format string, args ...any) {
	c.add(Finding{Rule: rule, Severity: Warning, Place: place, Reason: fmt.Sprintf(format, args...), Fix: fix})
}

// deniedInPolicy are headers that an origin request policy cannot list.
func deniedInPolicy(name string) bool {
	switch name {
	case "authorization", "accept-encoding", "cookie":
		return true
	case "via":
		return false
	}
	return hop(name)
}

func (c *checker) policies() {
	byName := map[string]string{}
	for _, r := range c.t.of("AWS::CloudFront::OriginRequestPolicy") {
		p := c.t.policies[r.id]
		place := "Resources." + p.id + ".Properties.OriginRequestPolicyConfig"
		if other, taken := byName[p.name]; taken && p.name != "" {
			c.deploy("policy.name", place+".Name", "give it another name, with stack and region in it; prop Forwarding does",
				"two origin request policies are named %q: %s and %s", p.name, other, p.id)
		}
		byName[p.name] = p.id
		for _, kind := range []struct {
			what  string
			names []string
		}{{"headers", slices.Concat(p.headers.names, p.cloudFront)}, {"query strings", p.queries.names}, {"cookies", p.cookies.names}} {
			if n := len(kind.names); n > maxPolicyItems {
				c.deploy("policy.quota", place, "list fewer, or forward all; prop Forwarding", "the policy lists %d %s, at most %d are allowed", n, kind.what, maxPolicyItems)
			}
		}
		if p.headers.mode != "whitelist" {
			continue
		}
		for _, name := range p.headers.names {
			lower := strings.ToLower(name)
			if !deniedInPolicy(lower) {
				continue
			}
			fix := "remove it from Headers; prop Forwarding"
			switch lower {
			case "authorization":
				fix = "use AllViewerExceptHostHeader (b689b0a8-53d0-40ab-baf2-68738e2966ac), which forwards it; prop Forwarding"
			case "connection", "upgrade":
				fix = "remove it from Headers: CloudFront handles it by itself; prop Forwarding"
			case "cookie":
				fix = "name the cookies in CookiesConfig; prop Forwarding"
			}
			c.deploy("policy.denied-header", place+".HeadersConfig.Headers", fix, "the header %s cannot be listed in an origin request policy", name)
		}
	}
	if n := len(c.t.policies); n > maxPolicies {
		c.deploy("policy.per-account", "Resources", "share policies between behaviors, or use managed ones",
			"the template has %d origin request policies, an account has at most %d", n, maxPolicies)
	}
	byName = map[string]string{}
	for _, r := range c.t.of("AWS::CloudFront::CachePolicy") {
		p := c.t.cachePolicies[r.id]
		place := "Resources." + p.id + ".Properties.CachePolicyConfig"
		if other, taken := byName[p.name]; taken && p.name != "" {
			c.deploy("policy.name", place+".Name", "give it another name", "two cache policies are named %q: %s and %s", p.name, other, p.id)
		}
		byName[p.name] = p.id
		if !p.caches() && (active(p.headers) || active(p.queries) || active(p.cookies)) {
			c.deploy("policy.ttl", place, "put them in an origin request policy; prop Forwarding",
				"a cache policy whose TTLs are all 0 cannot carry headers, query strings or cookies")
		}
	}
}

func active(s selection) bool { return s.mode != "" && s.mode != "none" }

func (c *checker) distribution(d *distribution) {
	cert := d.certificate
	if !d.enabled {
		c.err("distribution.disabled", d.place+".Enabled", "set it to true", "the distribution is disabled")
	}
	if n := len(d.behaviors); n > maxBehaviors {
		c.deploy("distribution.behaviors", d.place+".CacheBehaviors", "use a second distribution, or ask AWS for a higher quota",
			"the distribution has %d cache behaviors, at most %d are allowed", n, maxBehaviors)
	}
	if n := len(d.origins); n > maxOrigins {
		c.deploy("distribution.origins", d.place+".Origins", "use a second distribution, or ask AWS for a higher quota",
			"the distribution has %d origins, at most %d are allowed", n, maxOrigins)
	}
	if n := len(d.groups); n > maxOriginGroups {
		c.deploy("distribution.groups", d.place+".OriginGroups", "use fewer origin groups", "the distribution has %d origin groups, at most %d are allowed", n, maxOriginGroups)
	}
	if len(d.aliases) > 0 && d.problem == nil && cert.arn == "" && cert.iam == "" {
		c.deploy("distribution.certificate", d.place+".ViewerCertificate", "give a certificate of us-east-1; prop Certificate",
			"Aliases (%s) need a certificate", strings.Join(d.aliases, ", "))
	}
	if region := arnRegion(cert.arn); region != "" && region != "us-east-1" {
		c.deploy("distribution.certificate", d.place+".ViewerCertificate.AcmCertificateArn", "issue it in us-east-1; prop Certificate",
			"the certificate is one of %s, and CloudFront takes only those of us-east-1", region)
	}
	if cert.arn != "" || cert.iam != "" {
		switch cert.minimum {
		case "", "SSLv3", "TLSv1", "TLSv1_2016", "TLSv1.1_2016":
			c.warn("distribution.tls", d.place+".ViewerCertificate.MinimumProtocolVersion", "set it to TLSv1.2_2021 or later; prop MinimumProtocolVersion",
				"the viewer security policy %s lets protocols before TLS 1.2 in", orDefault(cert.minimum, "(none, which is TLSv1)"))
		}
	}
	c.webACL(d)
	c.shadowed(d)
	sockets := 0
	for _, b := range d.behaviors {
		socket := c.t.isSocket(d, b)
		if socket {
			sockets++
		}
		c.behavior(d, b, socket)
	}
	used := map[*origin]bool{}
	clear := map[*origin]bool{}
	for _, b := range d.behaviors {
		if !c.t.isSocket(d, b) {
			continue
		}
		origins, _ := d.targets(b.target)
		for _, o := range origins {
			used[o] = true
			if b.viewerProtocol == "allow-all" {
				clear[o] = true
			}
		}
	}
	for _, o := range d.origins {
		c.origin(d, o, used[o], clear[o])
	}
	if sockets == 0 {
		return
	}
	for _, e := range d.errors {
		if e.status < 400 || e.answer == 0 && e.page == "" {
			continue
		}
		c.warn("distribution.error-responses", d.place+".CustomErrorResponses",
			"remove the entry, or give the socket a distribution of its own",
			"a custom error response turns %d into %d %s, a refused handshake too", e.status, e.answer, e.page)
	}
}

var (
	webACLARN = regexp.MustCompile(`^arn:aws[a-z-]*:wafv2:([a-z0-9-]+):\d{12}:(global|regional)/webacl/[^/]+/[^/]+$`)
	classicID = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
)

func (c *checker) webACL(d *distribution) {
	if d.webACL == "" || classicID.MatchString(d.webACL) {
		return
	}
	place, fix := d.place+".WebACLId", "create the web ACL with scope CLOUDFRONT in us-east-1; prop WebACL"
	m := webACLARN.FindStringSubmatch(d.webACL)
	switch {
	case m == nil:
		c.deploy("distribution.web-acl", place, fix, "%q is not the ARN of a WAFv2 web ACL", shorten(d.webACL))
	case m[2] != "global":
		c.deploy("distribution.web-acl", place, fix, "the web ACL has scope REGIONAL, and a distribution takes one of scope CLOUDFRONT")
	case m[1] != "us-east-1":
		c.deploy("distribution.web-acl", place, fix, "the web ACL is one of %s, and CloudFront takes only those of us-east-1", m[1])
	}
}

func (c *checker) shadowed(d *distribution) {
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
			report := c.warn
			if c.t.isSocket(d, later) {
				report = c.err
			}
			report("distribution.shadowed", later.place, "put the narrower pattern first; prop AdditionalBehaviors",
				"the %s is never reached: the %s before it takes all its paths", later.name(), earlier.name())
			break
		}
	}
}

func (c *checker) behavior(d *distribution, b *behavior, socket bool) {
	if b.problem == nil {
		if origins, _ := d.targets(b.target); len(origins) == 0 {
			c.deploy("distribution.unknown-target", b.place+".TargetOriginId", "set it to the Id of an origin", "the target %q is no origin of the distribution", b.target)
		}
	}
	if !slices.Contains(b.methods, "GET") {
		c.deploy("edge.methods", b.place+".AllowedMethods", "list GET and HEAD", "the methods %s lack GET, with which every handshake begins", strings.Join(b.methods, ", "))
	}
	policy, cache := c.t.originRequestPolicy(b.policyID), c.t.cachePolicy(b.cachePolicyID)
	if b.policyID != "" && policy == nil {
		c.deploy("policy.unknown", b.place+".OriginRequestPolicyId", "set it to the id of a policy of the template or a managed one",
			"%q is neither an origin request policy of the template nor a managed one", shorten(b.policyID))
	}
	if b.cachePolicyID != "" && cache == nil {
		c.deploy("policy.unknown", b.place+".CachePolicyId", "set it to CachingDisabled (4135ea2d-6df8-44a3-9df3-4b5a84be39ad)",
			"%q is neither a cache policy of the template nor a managed one", shorten(b.cachePolicyID))
	}
	c.associations(b, socket)
	if !socket {
		return
	}
	switch b.viewerProtocol {
	case "allow-all":
		c.warn("edge.viewer-protocol-clear", b.place+".ViewerProtocolPolicy", "set it to https-only",
			"allow-all lets ws:// through in the clear, tokens and cookies with it")
	case "redirect-to-https":
		c.warn("edge.viewer-protocol-redirect", b.place+".ViewerProtocolPolicy", "set it to https-only, so that ws:// is refused plainly",
			"redirect-to-https answers ws:// with a redirect that WebSocket clients do not follow")
	}
	if cache != nil && cache.caches() {
		c.warn("policy.caching", b.place+".CachePolicyId", "set it to CachingDisabled (4135ea2d-6df8-44a3-9df3-4b5a84be39ad)",
			"%s caches, and a handshake must not be collapsed with others", cache.place())
	}
	c.forwarding(b)
}

// forwarding checks that the handshake's own headers come through.
func (c *checker) forwarding(b *behavior) {
	e := &engine{template: c.t}
	f, refusal := e.forwarding(b)
	if refusal != nil {
		return // said already, or unresolved
	}
	fix := "list the five Sec-WebSocket-* headers in an origin request policy; prop Forwarding does"
	var missing, better []string
	for _, name := range []string{"Sec-WebSocket-Key", "Sec-WebSocket-Version"} {
		if !anyAllows(f.headers, strings.ToLower(name), true) {
			missing = append(missing, name)
		}
	}
	for _, name := range []string{"Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions"} {
		if !anyAllows(f.headers, strings.ToLower(name), true) {
			better = append(better, name)
		}
	}
	place := b.place + ".OriginRequestPolicyId"
	if len(missing) > 0 {
		c.err("policy.websocket-headers", place, fix, "%s does not forward %s, without which there is no handshake", f.place, strings.Join(missing, " and "))
	} else if len(better) > 0 {
		c.warn("policy.websocket-headers", place, fix, "%s does not forward %s, as AWS recommends", f.place, strings.Join(better, " and "))
	}
	if f.host {
		c.err("api.host", place, "use AllViewerExceptHostHeader (b689b0a8-53d0-40ab-baf2-68738e2966ac), or a list without Host; prop Forwarding",
			"%s forwards the viewer's Host, and API Gateway answers 403 to any Host but its own", f.place)
	}
}

func (c *checker) associations(b *behavior, socket bool) {
	seen := map[string]string{}
	for _, a := range b.functions {
		if seen[a.event] != "" {
			c.deploy("function.association", b.place+".FunctionAssociations", "keep one; compose them in its code", "two functions are on %s", a.event)
		}
		seen[a.event] = "CloudFront Function"
		if a.event == "origin-request" || a.event == "origin-response" {
			c.deploy("function.association", b.place+".FunctionAssociations", "use viewer-request, or Lambda@Edge",
				"a CloudFront Function cannot be on %s", a.event)
		}
		if f := c.t.functionByARN(a.arn); f != nil && !f.published && f.problem == nil {
			c.deploy("function.unpublished", f.place+".AutoPublish", "set it to true", "function %s is not published, so it cannot be associated", f.id)
		}
	}
	for _, a := range b.lambdas {
		if kind := seen[a.event]; kind != "" {
			c.deploy("function.association", b.place+".LambdaFunctionAssociations", "keep one", "two functions are on %s", a.event)
		}
		if strings.HasPrefix(a.event, "viewer-") && len(b.functions) > 0 {
			c.deploy("function.association", b.place+".LambdaFunctionAssociations", "use one kind on viewer events",
				"CloudFront Functions and Lambda@Edge are mixed on viewer events")
		}
	}
	if !socket {
		return
	}
	for _, a := range slices.Concat(b.functions, b.lambdas) {
		if strings.HasSuffix(a.event, "-response") {
			c.warn("function.response-event", b.place, "leave response events of a WebSocket behavior empty",
				"a function is on %s, and nothing is documented of that on a 101 answer", a.event)
		}
	}
}

// deniedByOrigin are headers that cannot be origin custom headers.
func deniedByOrigin(name string) bool {
	switch name {
	case "cache-control", "connection", "content-length", "cookie", "host", "if-match", "if-modified-since", "if-none-match", "if-range",
		"if-unmodified-since", "max-forwards", "pragma", "proxy-authenticate", "proxy-authorization", "proxy-connection", "range",
		"request-range", "te", "trailer", "transfer-encoding", "upgrade", "via", "x-real-ip":
		return true
	}
	return strings.HasPrefix(name, "x-amz-") || strings.HasPrefix(name, "x-edge-")
}

func (c *checker) origin(d *distribution, o *origin, socket, clear bool) {
	if o.problem == nil {
		if err := checkDomain(o.domain); err != nil {
			c.deploy("origin.domain", o.place+".DomainName", "set it to the bare host, and the stage in OriginPath; prop Origin takes the whole URL",
				"the origin's domain %q %s", shorten(o.domain), err)
		}
		if o.path != "" && (!strings.HasPrefix(o.path, "/") || strings.HasSuffix(o.path, "/") || badURL(o.path)) {
			c.deploy("origin.path", o.place+".OriginPath", "set it to /<stage>; prop Origin",
				"the origin path %q must begin with a slash, not end with one, and have no spaces", shorten(o.path))
		}
	}
	c.originTimeouts(o, socket)
	seen := map[string]bool{}
	for _, h := range o.headers {
		name := strings.ToLower(h.name)
		if deniedByOrigin(name) {
			c.deploy("origin.custom-header-denied", o.place+".OriginCustomHeaders", "remove it", "the header %s cannot be an origin custom header", h.name)
		}
		if seen[name] {
			c.deploy("origin.custom-header-twice", o.place+".OriginCustomHeaders", "keep one", "the header %s is there twice", h.name)
		}
		seen[name] = true
	}
	if n := len(o.headers); n > maxCustomHeaders {
		c.deploy("origin.custom-headers", o.place+".OriginCustomHeaders", "send fewer", "the origin adds %d headers, at most %d are allowed", n, maxCustomHeaders)
	}
	for _, b := range d.behaviors {
		origins, _ := d.targets(b.target)
		if !slices.Contains(origins, o) {
			continue
		}
		if p := c.t.originRequestPolicy(b.policyID); p != nil && p.headers.mode == "whitelist" {
			for _, name := range p.headers.names {
				if seen[strings.ToLower(name)] {
					c.err("origin.custom-header-twice", o.place+".OriginCustomHeaders", "remove it from the policy's Headers; prop Forwarding",
						"the header %s is an origin custom header and in %s as well", name, p.place())
				}
			}
		}
	}
	if socket {
		c.socketOrigin(o, clear)
	}
}

func (c *checker) originTimeouts(o *origin, socket bool) {
	within := func(property string, value, low, high float64, unit string) {
		if value < low || value > high {
			c.deploy("origin.timeouts", o.place+"."+property, fmt.Sprintf("set it from %v to %v; props ConnectionAttempts, ConnectionTimeout, ReadTimeout, KeepaliveTimeout", low, high),
				"%s is %v%s, outside %v-%v", property, value, unit, low, high)
		}
	}
	within("ConnectionAttempts", o.attempts, 1, 3, "")
	within("ConnectionTimeout", o.timeout, 1, 10, " s")
	for property, value := range map[string]float64{"OriginReadTimeout": o.readTimeout, "OriginKeepaliveTimeout": o.keepAlive} {
		within("CustomOriginConfig."+property, value, 1, 180, " s")
		if value > 120 && value <= 180 {
			c.warn("origin.timeouts", o.place+".CustomOriginConfig."+property, "set it to 120 or less, or ask AWS for a higher quota before the deploy; props ReadTimeout, KeepaliveTimeout",
				"%s is %v s, more than the 120 s that an account has without a raised quota", property, value)
		}
	}
	if !socket {
		return
	}
	if o.readTimeout >= 1 && o.readTimeout < 30 {
		c.warn("origin.timeout-short", o.place+".CustomOriginConfig.OriginReadTimeout", "set it to 30 or more; prop ReadTimeout",
			"the read timeout of %v s is shorter than the 29 s that $connect may take", o.readTimeout)
	}
	if o.completion {
		c.warn("origin.completion-timeout", o.place+".ResponseCompletionTimeout", "remove it",
			"ResponseCompletionTimeout may end an open connection")
	}
}

func (c *checker) socketOrigin(o *origin, clear bool) {
	fix := "set it to https-only; prop Origin always does"
	switch {
	case o.s3:
		c.err("origin.s3", o.place+".S3OriginConfig", "use a CustomOriginConfig; prop Origin", "an S3 origin cannot be a WebSocket API")
	case o.vpc:
		c.err("origin.vpc", o.place+".VpcOriginConfig", "use a CustomOriginConfig; prop Origin", "a VPC origin reaches no WebSocket API")
	case o.protocol == "http-only":
		c.err("origin.protocol", o.place+".CustomOriginConfig.OriginProtocolPolicy", fix, "http-only goes to port 80, and API Gateway takes no plain HTTP")
	case o.protocol == "match-viewer" && clear:
		c.err("origin.protocol", o.place+".CustomOriginConfig.OriginProtocolPolicy", fix,
			"match-viewer sends ws:// to port 80, and API Gateway takes no plain HTTP")
	case o.protocol == "match-viewer":
		c.warn("origin.protocol", o.place+".CustomOriginConfig.OriginProtocolPolicy", fix,
			"match-viewer works only while ws:// is refused: API Gateway takes no plain HTTP")
	}
	if o.httpsPort != 443 {
		c.err("origin.protocol", o.place+".CustomOriginConfig.HTTPSPort", "remove it", "the HTTPS port is %v, and API Gateway answers on 443 only", o.httpsPort)
	}
	if len(o.sslVersions) > 0 && !slices.Contains(o.sslVersions, "TLSv1.2") {
		c.err("api.tls", o.place+".CustomOriginConfig.OriginSSLProtocols", "set it to [TLSv1.2]; prop Origin always does",
			"the protocols %s lack TLSv1.2, and API Gateway takes nothing older", strings.Join(o.sslVersions, ", "))
	}
	if o.problem != nil || checkDomain(o.domain) != nil {
		return
	}
	a, m := c.t.apiAt(o)
	e := &engine{template: c.t}
	r := &Report{}
	path := o.path + "/"
	if refusal := e.checkHost(a, m, &apiRequest{host: o.domain, trail: &trail{origin: o}}); refusal != nil {
		c.err(refusal.Rule, o.place+".DomainName", refusal.Fix, "%s", refusal.Reason)
		return
	}
	if o.path == "" && m == nil {
		// A function or the client's path may still bring the stage.
		return
	}
	if _, refusal := e.checkPath(a, m, &apiRequest{host: o.domain, path: path, trail: &trail{origin: o, behavior: &behavior{}}}, r); refusal != nil {
		c.err(refusal.Rule, o.place+".OriginPath", refusal.Fix, "%s", refusal.Reason)
	}
}

func (c *checker) edgeFunctions() {
	for _, r := range c.t.of("AWS::CloudFront::Function") {
		f := c.t.functions[r.id]
		if f.problem != nil {
			continue
		}
		if n := len(f.code); n > maxFunctionSize {
			c.deploy("function.size", f.place+".FunctionCode", "shorten it", "the function has %d bytes of code, at most %d are allowed", n, maxFunctionSize)
			continue
		}
		for _, what := range beyondRuntime(f.script()) {
			c.warn("function.syntax", f.place+".FunctionCode", "write it without; CloudFront's runtime is ECMAScript 5.1 with parts of later editions",
				"the code uses %s, which CloudFront's runtime does not list", what)
		}
	}
}

func (c *checker) api(a *api) {
	carries := false // an origin sends a key to this API
	for _, d := range c.t.distributions {
		for _, o := range d.origins {
			if owner, _ := c.t.apiAt(o); owner == a && slices.ContainsFunc(o.headers, func(h customHeader) bool { return strings.EqualFold(h.name, "x-api-key") }) {
				carries = true
			}
		}
	}
	connect := a.route("$connect")
	if (carries || len(a.plans) > 0) && !a.locked() {
		place := a.place
		fix := "add the $connect route with ApiKeyRequired: true; package originlock"
		if connect != nil {
			place, fix = connect.place+".ApiKeyRequired", "set it to true; package originlock"
		}
		c.err("api.bypass", place, fix, "an API key is there, but $connect does not ask for it: clients can go around the edge")
	}
	for _, p := range a.plans {
		if p.throttled || p.quota {
			c.warn("api.throttle", "Resources."+p.id+".Properties", "remove Throttle and Quota, unless the limit is meant",
				"the usage plan's limits hold for all connects through the edge together (rate %v, burst %v)", p.rate, p.burst)
		}
	}
	for _, s := range a.stages {
		if !s.deployed {
			c.err("api.deployment", "Resources."+s.id+".Properties", "set AutoDeploy: true or DeploymentId", "stage %s has no deployment", s.name)
		}
	}
	for _, r := range a.routes {
		i := a.integrations[r.target]
		if i == nil || i.kind != "MOCK" || r.problem != nil || i.problem != nil {
			continue
		}
		if _, err := i.mockStatus(); err != nil {
			c.err("api.mock", i.place+".RequestTemplates", `set {"$default": "{\"statusCode\":200}"}`, "the MOCK integration of %s %s", r.key, err)
		}
		if r.key != "$connect" && r.key != "$disconnect" && i.hasResponse && !r.twoWay {
			c.warn("api.mock", r.place, "add an AWS::ApiGatewayV2::RouteResponse with key $default",
				"route %s has an integration response but no route response, so nothing is sent back", r.key)
		}
	}
}

// unresolved reports what a WebSocket handshake may come to and is not known.
func (c *checker) unresolved() {
	var others []string
	for _, d := range c.t.distributions {
		for _, b := range d.behaviors {
			if c.t.isSocket(d, b) {
				continue
			}
			others = append(others, b.place+".")
			origins, _ := d.targets(b.target)
			for _, o := range origins {
				others = append(others, o.place+".")
			}
		}
	}
	for _, err := range c.t.unresolved {
		text := err.Error()
		if slices.ContainsFunc(others, func(place string) bool { return strings.HasPrefix(text, place) }) {
			continue
		}
		place, reason, _ := strings.Cut(text, ": ")
		c.warn("template.unresolved", place, "give the value in Facts (wscheck: --parameter, --import, --attribute, --secret)", "%s", reason)
	}
}

func arnRegion(arn string) string {
	parts := strings.Split(arn, ":")
	if len(parts) < 6 || parts[0] != "arn" {
		return ""
	}
	return parts[3]
}

func orDefault(text, fallback string) string {
	if text == "" {
		return fallback
	}
	return text
}
