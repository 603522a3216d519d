package cloudfront

import (
	"net/http"
	"slices"
	"sort"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
	"github.com/websocket-distribution/websocket-distribution/internal/wire"
)

// forwarding is what the policies of a behavior let through.
type forwarding struct {
	title    string
	applied  []rules.Rule
	headers  []rules.Selection
	queries  []rules.Selection
	cookies  []rules.Selection
	host     []hostForwarder // what sends the viewer's Host to the origin; none when nothing does
	agent    bool            // so does User-Agent
	encoding bool
	// authorization says that Authorization may pass.
	authorization bool
}

// hostForwarder is a policy that forwards the viewer's Host.
type hostForwarder struct{ title, place, fix string }

// forwarding reads the behavior's policies.
func (e *Edge) forwarding(b *Behavior) (*forwarding, *trace.Refusal) {
	f := &forwarding{title: "no origin request policy", applied: []rules.Rule{Headers, Hop, Host, UserAgent, ForwardedFor}}
	if b.policyID != "" {
		p := e.originRequestPolicy(b.policyID)
		if p == nil {
			return nil, unknownPolicy(b, "OriginRequestPolicyId", b.policyID)
		}
		if p.problem != nil {
			return nil, trace.Undecided(rules.LayerPolicy, p.problem)
		}
		f.title = p.title
		f.add(p, b.place+".OriginRequestPolicyId", "use the managed policy AllViewerExceptHostHeader ("+rules.AllViewerExceptHostHeader+") in OriginRequestPolicyId, or a list without Host")
		// A list cannot name these two; a policy for everything carries them.
		everything := p.Headers.Mode != "whitelist"
		f.encoding = everything && p.Headers.AllowsHeader("accept-encoding")
		f.authorization = everything && p.Headers.AllowsHeader("authorization")
	}
	if b.cachePolicyID != "" {
		p := e.cachePolicy(b.cachePolicyID)
		if p == nil {
			return nil, unknownPolicy(b, "CachePolicyId", b.cachePolicyID)
		}
		if p.problem != nil {
			return nil, trace.Undecided(rules.LayerPolicy, p.problem)
		}
		f.add(p, b.place+".CachePolicyId", "use the managed policy CachingDisabled ("+rules.CachingDisabled+") in CachePolicyId, or a cache policy without Host")
		f.encoding = f.encoding || p.AcceptEncoding
		f.authorization = f.authorization || p.Headers.AllowsHeader("authorization")
		f.applied = append(f.applied, CacheKey)
	}
	if b.legacy != nil && b.cachePolicyID == "" {
		f.addLegacy(b.legacy, b.place+".ForwardedValues.Headers")
	}
	return f, nil
}

func unknownPolicy(b *Behavior, property, id string) *trace.Refusal {
	kind := "an origin request policy"
	if property == "CachePolicyId" {
		kind = "a cache policy"
	}
	return trace.Refuse(UnknownPolicy, b.place+"."+property, "%s of the %s: %q is neither %s of the template nor a managed one",
		property, b.Name(), trace.Short(id), kind)
}

// add adds a policy that stands at a place, with what to do if it forwards Host.
func (f *forwarding) add(p *policy, place, fix string) {
	f.headers = append(f.headers, p.Headers)
	f.queries = append(f.queries, p.QueryStrings)
	f.cookies = append(f.cookies, p.Cookies)
	if p.Headers.AllowsHeader("host") {
		if p.place != "" && p.Headers.Mode == "whitelist" {
			fix = "remove Host from the headers of " + p.title
		}
		f.host = append(f.host, hostForwarder{p.title, place, fix})
	}
	f.agent = f.agent || p.Headers.AllowsHeader("user-agent")
}

// addLegacy adds ForwardedValues, which pass most headers unless they are listed.
func (f *forwarding) addLegacy(l *legacy, place string) {
	f.title = "ForwardedValues"
	f.applied = append(f.applied, Legacy)
	listed := rules.Selection{Mode: "whitelist", Names: l.headers}
	if slices.Contains(l.headers, "*") {
		listed = rules.Selection{Mode: "all"}
	}
	if listed.AllowsHeader("host") {
		fix := "remove Host from ForwardedValues.Headers"
		if listed.Mode == "all" {
			fix = "list the headers that the socket needs in ForwardedValues.Headers, instead of *, and not Host"
		}
		f.host = append(f.host, hostForwarder{f.title, place, fix})
	}
	f.agent = listed.AllowsHeader("user-agent")
	f.encoding = true
	f.authorization = listed.AllowsHeader("authorization")
	removed := slices.DeleteFunc([]string{"Accept", "Accept-Charset", "Accept-Language", "Referer", "X-HTTP-Method-Override", "Expect"}, listed.AllowsHeader)
	f.headers = append(f.headers, rules.Selection{Mode: "allExcept", Names: removed})
	f.queries = append(f.queries, l.queries)
	f.cookies = append(f.cookies, l.cookies)
}

// passes says whether a header passes by what the policies list.
func (f *forwarding) passes(name string) bool {
	return slices.ContainsFunc(f.headers, func(s rules.Selection) bool { return s.AllowsHeader(name) })
}

// missing are those of the headers that do not pass.
func (f *forwarding) missing(names ...string) []string {
	return slices.DeleteFunc(names, f.passes)
}

// apply makes the headers of the origin request. added are the CloudFront-* headers
// that the policies ask for.
func (f *forwarding) apply(v *ViewerRequest, added map[string]string, h *handling, s *trace.Step) http.Header {
	out := http.Header{}
	for _, name := range wire.SortedNames(v.Header) {
		lower := strings.ToLower(name)
		if lower == "cookie" || lower == "host" || lower == "user-agent" || lower == "x-forwarded-for" || rules.EdgeOwned(lower) {
			continue
		}
		pass, rule := f.passes(lower), Headers
		switch lower {
		case "authorization":
			pass, rule = f.authorization, Authorization
		case "accept-encoding":
			pass, rule = f.encoding, AcceptEncoding
		}
		if pass {
			out[name] = v.Header[name]
			s.Passed = append(s.Passed, wire.HeaderName(name))
			continue
		}
		s.Dropped = append(s.Dropped, wire.HeaderName(name))
		h.droppedHeaders[lower] = true
		if rule.ID != Headers.ID {
			s.Add(rule)
		}
	}
	for name, value := range added {
		out[http.CanonicalHeaderKey(name)] = []string{value}
		s.Change("adds %s", name)
	}
	sort.Strings(s.Changed)
	if wire.Upgrades(v.Header) {
		out.Set("Connection", "Upgrade")
		out.Set("Upgrade", "websocket")
	}
	if agent := v.Header.Get("User-Agent"); f.agent && agent != "" {
		out.Set("User-Agent", agent)
		s.Pass("User-Agent")
	} else {
		out.Set("User-Agent", "Amazon CloudFront")
		s.Change("User-Agent → Amazon CloudFront")
	}
	if f.host != nil {
		s.Pass("Host %s", v.Host)
	} else {
		s.Change("Host → the origin's domain")
	}
	out.Set("X-Forwarded-For", strings.Join(append(slices.Clone(v.Header.Values("X-Forwarded-For")), v.IP), ", "))
	kept, lost := split(wire.Cookies(v.Header), f.cookies)
	if len(kept) > 0 {
		out.Set("Cookie", wire.FormatCookies(kept))
		s.Pass("cookies %s", trace.List(wire.Names(kept)))
	}
	if len(lost) > 0 {
		s.Dropped = append(s.Dropped, "cookies "+trace.List(wire.Names(lost)))
		s.Add(Cookies)
		h.droppedHeaders["cookie"] = true
	}
	return out
}

// applyQuery makes the query string of the origin request.
func (f *forwarding) applyQuery(v *ViewerRequest, h *handling, s *trace.Step) string {
	kept, lost := split(wire.ParseQuery(v.Query), f.queries)
	if len(kept) > 0 {
		s.Pass("query strings %s", trace.List(wire.Names(kept)))
	}
	if len(lost) > 0 {
		s.Dropped = append(s.Dropped, "query strings "+trace.List(wire.Names(lost)))
		s.Add(Query)
	}
	for _, p := range lost {
		h.droppedQuery[p.Name] = true
	}
	return wire.FormatQuery(kept)
}

// split parts the pairs that any of the selections lets through from the others.
func split(pairs []wire.Pair, by []rules.Selection) (kept, lost []wire.Pair) {
	for _, p := range pairs {
		if slices.ContainsFunc(by, func(s rules.Selection) bool { return s.Allows(p.Name) }) {
			kept = append(kept, p)
		} else {
			lost = append(lost, p)
		}
	}
	return kept, lost
}

// cloudFrontHeaders are the CloudFront-* headers that the policies ask for and whose
// values are known here.
func (e *Edge) cloudFrontHeaders(b *Behavior, v *ViewerRequest) map[string]string {
	var wanted []string
	for _, p := range []*policy{e.originRequestPolicy(b.policyID), e.cachePolicy(b.cachePolicyID)} {
		if p == nil {
			continue
		}
		wanted = append(wanted, p.CloudFrontHeaders...)
		if p.Headers.Mode == "whitelist" {
			wanted = append(wanted, p.Headers.Names...)
		}
	}
	out := map[string]string{}
	for _, name := range wanted {
		if value, known := v.known(name); known {
			out[name] = value
		}
	}
	return out
}
