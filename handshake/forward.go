package handshake

import (
	"fmt"
	"net/http"
	"slices"
	"sort"
	"strings"
)

// toOrigins applies policies and origin settings to the handshake.
func (e *engine) toOrigins(v *viewerRequest, b *behavior, change *originChange, id string, t *trail, r *Report) ([]*originRequest, []int, *answer) {
	refuse := func(refusal *Refusal) ([]*originRequest, []int, *answer) {
		r.refuse(refusal)
		return nil, nil, edgeAnswer(refusal)
	}
	f, refusal := e.forwarding(b)
	if refusal != nil {
		return refuse(refusal)
	}
	t.policy = f.place
	target := b.target
	if change != nil && change.origin != "" {
		target = change.origin
	}
	origins, statuses := e.distribution.targets(target)
	if len(origins) == 0 {
		return refuse(&Refusal{Status: 400, Layer: "deploy", Rule: "distribution.unknown-target",
			Reason: fmt.Sprintf("%s has the target %q, which is no origin of the distribution, so the deploy fails", b.name(), target),
			Fix:    "set TargetOriginId of " + b.place + " to the Id of an origin"})
	}
	header := f.apply(v, e.cloudFrontHeaders(b, v), t, r.step("policy", f.place, f.rules...))
	query := f.applyQuery(v, t, r)
	var requests []*originRequest
	for i, o := range origins {
		if change != nil {
			o = change.apply(o)
		}
		own := *t
		own.origin = o
		own.setByOrigin = map[string]bool{}
		q := &originRequest{origin: o, host: o.domain, path: o.path + v.path, query: query, header: header.Clone(), trail: &own}
		s := Step{Layer: "origin", Subject: o.domain, Rules: []string{"origin.path", "origin.protocol", "origin.custom-header"}}
		if change != nil && change.host != nil {
			q.host = *change.host
			s.Changed = append(s.Changed, "Host "+q.host+" by the function")
		} else if f.host {
			q.host = v.host
			own.hostByPolicy = true
		}
		if o.path != "" {
			s.Changed = append(s.Changed, "path "+shorten(v.path)+" → "+shorten(q.path))
		}
		for _, h := range o.headers {
			name := http.CanonicalHeaderKey(h.name)
			if badHeaderValue(h.value) || !validHeaderName(strings.ToLower(h.name)) {
				continue
			}
			if _, overwritten := q.header[name]; overwritten {
				s.Changed = append(s.Changed, "overwrites "+eventHeader(name))
			} else {
				s.Changed = append(s.Changed, "adds "+eventHeader(name))
			}
			q.header[name] = []string{h.value}
			own.setByOrigin[strings.ToLower(h.name)] = true
		}
		q.header.Set("X-Amz-Cf-Id", id)
		q.header.Set("Via", "1.1 "+e.distribution.domainName()+" (CloudFront)")
		if len(s.Changed) == 0 {
			s.Passed = []string{"path " + shorten(q.path)}
		}
		if i == 0 {
			r.Steps = append(r.Steps, s)
		}
		requests = append(requests, q)
	}
	return requests, statuses, nil
}

// apply gives the origin as a function has changed it.
func (c *originChange) apply(o *origin) *origin {
	changed := *o
	if c.domain != nil {
		changed.domain = *c.domain
	}
	if c.path != nil {
		changed.path = *c.path
	}
	if c.replaceHeaders {
		changed.headers = c.headers
	}
	return &changed
}

// forwarding is what the policies of a behaviour let through.
type forwarding struct {
	place    string
	rules    []string
	headers  []selection
	queries  []selection
	cookies  []selection
	host     bool // the viewer's Host goes to the origin
	agent    bool // so does User-Agent
	encoding bool
	// authorization says that Authorization may pass.
	authorization bool
	legacy        bool
}

// forwarding reads the behaviour's policies.
func (e *engine) forwarding(b *behavior) (*forwarding, *Refusal) {
	f := &forwarding{place: "no origin request policy", rules: []string{"policy.headers", "policy.hop", "policy.host", "policy.user-agent",
		"policy.forwarded-for"}}
	unresolved := func(err error) *Refusal {
		return &Refusal{Layer: "policy", Rule: "template.unresolved",
			Reason: "it cannot be told without what the template leaves open: " + firstLine(err.Error()),
			Fix:    "give the value in Facts (wscheck: --parameter, --import, --attribute, --secret)"}
	}
	missing := func(property, id string) *Refusal {
		return &Refusal{Status: 400, Layer: "deploy", Rule: "policy.unknown",
			Reason: fmt.Sprintf("%s of %s is %q, neither a policy of the template nor a managed one", property, b.name(), shorten(id)),
			Fix:    "set " + property + " of " + b.place + " to the id of a policy"}
	}
	if b.policyID != "" {
		p := e.template.originRequestPolicy(b.policyID)
		if p == nil {
			return nil, missing("OriginRequestPolicyId", b.policyID)
		}
		if p.problem != nil {
			return nil, unresolved(p.problem)
		}
		f.place = p.place()
		f.headers = append(f.headers, p.headers)
		f.queries = append(f.queries, p.queries)
		f.cookies = append(f.cookies, p.cookies)
		f.host = p.headers.allows("host", true)
		f.agent = p.headers.allows("user-agent", true)
		f.encoding = p.headers.mode != "whitelist" && p.headers.allows("accept-encoding", true)
		// A list cannot name Authorization; everything-policies carry it.
		f.authorization = p.headers.mode != "whitelist" && p.headers.allows("authorization", true)
	}
	if b.cachePolicyID != "" {
		p := e.template.cachePolicy(b.cachePolicyID)
		if p == nil {
			return nil, missing("CachePolicyId", b.cachePolicyID)
		}
		if p.problem != nil {
			return nil, unresolved(p.problem)
		}
		f.headers = append(f.headers, p.headers)
		f.queries = append(f.queries, p.queries)
		f.cookies = append(f.cookies, p.cookies)
		f.host = f.host || p.headers.allows("host", true)
		f.agent = f.agent || p.headers.allows("user-agent", true)
		f.encoding = f.encoding || p.encoding
		f.authorization = f.authorization || p.headers.allows("authorization", true)
		f.rules = append(f.rules, "policy.cache-key")
	}
	if l := b.legacy; l != nil && b.cachePolicyID == "" {
		f.legacy = true
		f.place = "ForwardedValues"
		f.rules = append(f.rules, "policy.legacy")
		all := slices.Contains(l.headers, "*")
		listed := selection{mode: "whitelist", names: l.headers}
		f.host = all || listed.allows("host", true)
		f.agent = all || listed.allows("user-agent", true)
		f.encoding = true
		f.authorization = all || listed.allows("authorization", true)
		removed := []string{"Accept", "Accept-Charset", "Accept-Language", "Referer", "X-HTTP-Method-Override", "Expect"}
		removed = slices.DeleteFunc(removed, func(name string) bool { return all || listed.allows(name, true) })
		f.headers = append(f.headers, selection{mode: "allExcept", names: removed})
		f.queries = append(f.queries, l.queries)
		f.cookies = append(f.cookies, l.cookies)
	}
	return f, nil
}

func anyAllows(selections []selection, name string, anyCase bool) bool {
	return slices.ContainsFunc(selections, func(s selection) bool { return s.allows(name, anyCase) })
}

// hop says whether a header is CloudFront's own business between viewer and origin.
func hop(name string) bool {
	switch name {
	case "connection", "upgrade", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
		"expect", "x-real-ip", "x-forwarded-proto", "content-length", "transfer-encoding", "via":
		return true
	}
	return strings.HasPrefix(name, "x-edge-") || strings.HasPrefix(name, "x-amz-cf-")
}

// apply makes the headers of the origin request.
func (f *forwarding) apply(v *viewerRequest, added map[string]string, t *trail, s *Step) http.Header {
	out := http.Header{}
	var dropped []string
	for _, name := range sortedNames(v.header) {
		values := v.header[name]
		lower := strings.ToLower(name)
		pass := false
		switch {
		case lower == "cookie", lower == "host", lower == "user-agent", lower == "x-forwarded-for", hop(lower):
			continue
		case lower == "authorization":
			pass = f.authorization
		case lower == "accept-encoding":
			pass = f.encoding
		default:
			pass = anyAllows(f.headers, lower, true)
		}
		if !pass {
			dropped = append(dropped, eventHeader(name))
			t.droppedBy[lower] = f.place
			switch lower {
			case "authorization":
				s.Rules = append(s.Rules, "policy.authorization")
			case "accept-encoding":
				s.Rules = append(s.Rules, "policy.accept-encoding")
			}
			continue
		}
		out[name] = values
		s.Passed = append(s.Passed, eventHeader(name))
	}
	for name, value := range added {
		out[http.CanonicalHeaderKey(name)] = []string{value}
		s.Changed = append(s.Changed, "adds "+name)
	}
	sort.Strings(s.Changed)
	if upgrades(v.header) {
		out.Set("Connection", "Upgrade")
		out.Set("Upgrade", "websocket")
	}
	if agent := v.header.Get("User-Agent"); f.agent && agent != "" {
		out.Set("User-Agent", agent)
		s.Passed = append(s.Passed, "User-Agent")
	} else {
		out.Set("User-Agent", "Amazon CloudFront")
		s.Changed = append(s.Changed, "User-Agent → Amazon CloudFront")
	}
	if f.host {
		s.Passed = append(s.Passed, "Host "+v.host)
	} else {
		s.Changed = append(s.Changed, "Host → the origin's domain")
	}
	forwarded := append(slices.Clone(v.header.Values("X-Forwarded-For")), v.ip)
	out.Set("X-Forwarded-For", strings.Join(forwarded, ", "))

	var kept, lost []pair
	for _, c := range splitCookies(v.header) {
		if anyAllows(f.cookies, c.name, false) {
			kept = append(kept, c)
		} else {
			lost = append(lost, c)
		}
	}
	if len(kept) > 0 {
		out.Set("Cookie", joinCookies(kept))
		s.Passed = append(s.Passed, "cookies "+names(namesOf(kept)))
	}
	if len(lost) > 0 {
		dropped = append(dropped, "cookies "+names(namesOf(lost)))
		t.droppedBy["cookie"] = f.place
		s.Rules = append(s.Rules, "policy.cookies")
	}
	s.Dropped = dropped
	return out
}

// applyQuery makes the query string of the origin request; it adds to the step
// that apply has filled.
func (f *forwarding) applyQuery(v *viewerRequest, t *trail, r *Report) string {
	var kept, lost []pair
	for _, p := range splitQuery(v.query) {
		if anyAllows(f.queries, p.name, false) {
			kept = append(kept, p)
		} else {
			lost = append(lost, p)
			t.droppedQuery[p.name] = true
		}
	}
	s := &r.Steps[len(r.Steps)-1]
	if len(kept) > 0 {
		s.Passed = append(s.Passed, "query strings "+names(namesOf(kept)))
	}
	if len(lost) > 0 {
		s.Dropped = append(s.Dropped, "query strings "+names(namesOf(lost)))
		s.Rules = append(s.Rules, "policy.query")
	}
	return joinQuery(kept)
}

func sortedNames(h http.Header) []string {
	out := make([]string, 0, len(h))
	for name := range h {
		out = append(out, name)
	}
	sort.Strings(out)
	return out
}

// connects checks what keeps the edge from reaching the API at all.
func (q *originRequest) connects(secure bool) *Refusal {
	o := q.origin
	if o.problem != nil {
		return &Refusal{Layer: "origin", Rule: "template.unresolved",
			Reason: "it cannot be told without what the template leaves open: " + firstLine(o.problem.Error()),
			Fix:    "give the value in Facts (wscheck: --parameter, --import, --attribute, --secret)"}
	}
	if err := checkDomain(o.domain); err != nil {
		return &Refusal{Status: 400, Layer: "deploy", Rule: "origin.domain",
			Reason: fmt.Sprintf("the origin's domain %q %s, so the deploy fails", shorten(o.domain), err),
			Fix:    "set DomainName of " + o.place + " to the bare host, and the stage in OriginPath; prop Origin takes the whole URL"}
	}
	if badURL(o.path) || badURL(q.path) {
		return &Refusal{Status: 400, Layer: "deploy", Rule: "origin.path",
			Reason: fmt.Sprintf("the origin path %q has a space, a control character or #, so the deploy fails", shorten(o.path)),
			Fix:    "set OriginPath of " + o.place + " to /<stage>; prop Origin"}
	}
	if q.host != o.domain && strings.ContainsFunc(q.host, func(c rune) bool { return c <= ' ' || c >= 0x7f || c == '/' }) {
		return &Refusal{Status: 502, Layer: "origin", Rule: "api.host", Reason: fmt.Sprintf("the Host %q is no host name", shorten(q.host)),
			Fix: "correct what sets it"}
	}
	if o.path != "" && (!strings.HasPrefix(o.path, "/") || strings.HasSuffix(o.path, "/")) {
		return &Refusal{Status: 400, Layer: "deploy", Rule: "origin.path",
			Reason: fmt.Sprintf("the origin path %q must begin with a slash and not end with one, so the deploy fails", shorten(o.path)),
			Fix:    "set OriginPath of " + o.place + " to /<stage>; prop Origin"}
	}
	if o.s3 {
		return &Refusal{Status: 403, Layer: "origin", Rule: "origin.s3",
			Reason: o.domain + " is an S3 origin, which is no WebSocket API",
			Fix:    "give " + o.place + " a CustomOriginConfig, or send the path to another behavior; prop Origin"}
	}
	if o.vpc {
		return &Refusal{Status: 502, Layer: "origin", Rule: "origin.vpc", Reason: o.domain + " is a VPC origin; a WebSocket API is public",
			Fix: "replace VpcOriginConfig of " + o.place + " by a CustomOriginConfig; prop Origin"}
	}
	if o.protocol == "http-only" || o.protocol == "match-viewer" && !secure {
		return &Refusal{Status: 502, Layer: "origin", Rule: "origin.protocol",
			Reason: fmt.Sprintf("the origin protocol policy %s goes to port 80, and API Gateway takes no plain HTTP", o.protocol),
			Fix:    "set OriginProtocolPolicy of " + o.place + " to https-only; prop Origin always does"}
	}
	if o.httpsPort != 443 {
		return &Refusal{Status: 502, Layer: "origin", Rule: "origin.protocol",
			Reason: fmt.Sprintf("the origin's HTTPS port is %v, and API Gateway answers on 443 only", o.httpsPort),
			Fix:    "remove HTTPSPort from " + o.place}
	}
	if len(o.sslVersions) > 0 && !slices.Contains(o.sslVersions, "TLSv1.2") {
		return &Refusal{Status: 502, Layer: "origin", Rule: "api.tls",
			Reason: "the origin's protocols are " + strings.Join(o.sslVersions, ", ") + ", and API Gateway takes TLS 1.2 and later only",
			Fix:    "set OriginSSLProtocols of " + o.place + " to [TLSv1.2]; prop Origin always does"}
	}
	return nil
}
