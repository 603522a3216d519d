package cloudfront

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/websocket-distribution/websocket-distribution/internal/cloudfront/function"
	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
	"github.com/websocket-distribution/websocket-distribution/internal/wire"
)

// Passage is a handshake that the edge sends on: a request for each origin, in the
// order in which they are tried, and the statuses that make CloudFront try the next.
type Passage struct {
	Requests []*OriginRequest
	Failover []int
}

// FunctionLimit is how long a function may run here. CloudFront's limit is under a
// millisecond of its own runtime; this one only ends endless loops.
const FunctionLimit = time.Second

// Handshake takes a handshake through a distribution. The result is a passage to the
// origins, or a response of the edge's own with the refusal behind it. values are what
// functions find in their key value store.
func (e *Edge) Handshake(d *Distribution, v *ViewerRequest, values map[string]string, t *trace.Trace) (*Passage, *trace.Refusal, *wire.Response) {
	if refusal := d.receive(v, t); refusal != nil {
		return nil, refusal, Answer(refusal)
	}
	b, refusal := d.choose(v, t)
	if refusal != nil {
		if refusal.Status == http.StatusMovedPermanently {
			return nil, refusal, redirect(refusal, v)
		}
		return nil, refusal, Answer(refusal)
	}
	h := &handling{behavior: b, viewerPath: v.Path, droppedHeaders: map[string]bool{}, droppedQuery: map[string]bool{}}
	v, change, refusal, response := e.viewerFunction(d, v, b, values, h, t)
	if refusal != nil {
		return nil, refusal, response
	}
	passage, refusal := e.toOrigins(d, v, b, change, h, t)
	if refusal != nil {
		return nil, refusal, Answer(refusal)
	}
	return passage, nil, nil
}

// receive takes the request in.
func (d *Distribution) receive(v *ViewerRequest, t *trace.Trace) *trace.Refusal {
	s := t.Step(rules.LayerViewer, d.Host(), Length, Alias)
	s.Passed = v.summary()
	switch n := len(v.Path) + len(v.Query) + len("https://?") + len(v.Host); {
	case d.problem != nil:
		return trace.Undecided(rules.LayerViewer, d.problem)
	case !d.enabled:
		return trace.Refuse(Disabled, d.place+".Enabled", "distribution %s is disabled", d.ID)
	case n > rules.MaxViewerURL:
		return trace.Refuse(Length, "", "the URL has %d bytes, at most %d are taken", n, rules.MaxViewerURL)
	case v.size() > rules.MaxViewerRequest:
		return trace.Refuse(Length, "", "the request has %d bytes, at most %d are taken", v.size(), rules.MaxViewerRequest)
	case !d.answersTo(v.Host):
		return trace.Refuse(Alias, d.place+".Aliases", "the distribution does not serve the name %q", trace.Short(v.Host))
	case v.HTTP2:
		return trace.Refuse(HTTP1, "", "the client negotiated HTTP/2 by ALPN and then asked for a WebSocket")
	}
	return nil
}

// choose finds the behavior, and checks what it asks of the request.
func (d *Distribution) choose(v *ViewerRequest, t *trace.Trace) (*Behavior, *trace.Refusal) {
	b := d.route(v.Path)
	if b == nil {
		return nil, trace.Refuse(PathPattern, d.place, "the distribution has no default behavior")
	}
	s := t.Step(rules.LayerBehavior, b.Name(), PathPattern, PathNormalized)
	if b.problem != nil {
		return nil, trace.Undecided(rules.LayerBehavior, b.problem)
	}
	s.Pass("path %s", trace.Short(v.Path))
	if refusal := b.checkProtocol(v); refusal != nil {
		s.Add(ViewerProtocol)
		return nil, refusal
	}
	if !v.Secure {
		t.Note(ViewerProtocolClear, "the %s has viewer protocol policy allow-all: ws:// goes through in the clear", b.Name())
	}
	if !slices.Contains(b.methods, v.Method) {
		return nil, trace.Refuse(Methods, b.place+".AllowedMethods", "the %s does not allow the method %s", b.Name(), v.Method)
	}
	if b.signed {
		return nil, trace.Refuse(Signed, b.place, "the %s takes only signed URLs or cookies, whose signatures are not checked here", b.Name())
	}
	if d.webACL != "" {
		t.Note(WebACLNotPlayed, "the web ACL's rules are not played")
	}
	return b, nil
}

// checkProtocol applies the viewer protocol policy.
func (b *Behavior) checkProtocol(v *ViewerRequest) *trace.Refusal {
	if v.Secure || b.viewerProtocol == "allow-all" {
		return nil
	}
	place := b.place + ".ViewerProtocolPolicy"
	if b.viewerProtocol == "redirect-to-https" {
		return trace.Refuse(ViewerProtocolRedirect, place, "ws:// is redirected to https://, and WebSocket clients do not follow a redirect")
	}
	return trace.Refuse(ViewerProtocol, place, "ws:// is refused: the viewer protocol policy is https-only")
}

// viewerFunction runs what the behavior has on viewer-request. It returns the request
// as the function left it.
func (e *Edge) viewerFunction(d *Distribution, v *ViewerRequest, b *Behavior, values map[string]string, h *handling, t *trace.Trace) (*ViewerRequest, *function.OriginChange, *trace.Refusal, *wire.Response) {
	for _, l := range b.lambdas {
		t.Note(Lambda, "the Lambda@Edge function on %s is not played: the handshake passes it unchanged", l.event)
	}
	i := slices.IndexFunc(b.functions, func(a association) bool { return a.event == "viewer-request" })
	if i < 0 {
		return v, nil, nil, nil
	}
	f := e.function(b.functions[i].arn)
	if f == nil {
		refusal := trace.Refuse(trace.Unresolved, b.place+".FunctionAssociations",
			"cannot decide: the code of the viewer-request function %s is not in the template", b.functions[i].arn).
			Fixed("play the template that defines the function")
		refusal.Layer = rules.LayerFunction
		return nil, nil, refusal, Answer(refusal)
	}
	h.function = f.ID
	run := f.Run(&v.Request, function.Input{DistributionID: d.ID, DistributionDomain: d.domainName(), Origins: d.originIDs(),
		RequestID: v.ID, Region: v.EdgeRegion, Values: values, Added: e.cloudFrontHeaders(b, v), Limit: FunctionLimit})
	s := t.Step(rules.LayerFunction, f.ID, function.Rewrite)
	for _, line := range run.Logs {
		t.Note(function.Response, "function %s logs: %s", f.ID, line)
	}
	if run.Refusal != nil {
		s.Add(run.Refusal.Rule)
		return nil, nil, run.Refusal, Answer(run.Refusal)
	}
	if run.Response != nil {
		s.Add(function.Response)
		refusal := trace.Refuse(function.Response, f.Place+".FunctionCode", "function %s answers the viewer itself", f.ID)
		if len(run.Response.Body) > 0 {
			refusal.Reason += ": " + trace.FirstLine(string(run.Response.Body))
		}
		refusal.Status = run.Response.Status
		return nil, nil, refusal, run.Response
	}
	s.Changed = run.Changed
	if run.Query != v.Query || !sameHeaders(run.Header, v.Header) {
		s.Add(function.Added)
	}
	if len(run.Changed) == 0 {
		s.Pass("everything")
	}
	next := *v
	next.Path, next.Query, next.Header = run.Path, run.Query, run.Header
	return &next, run.Origin, nil, nil
}

// toOrigins applies policies and origin settings to the handshake.
func (e *Edge) toOrigins(d *Distribution, v *ViewerRequest, b *Behavior, change *function.OriginChange, h *handling, t *trace.Trace) (*Passage, *trace.Refusal) {
	f, refusal := e.forwarding(b)
	if refusal != nil {
		return nil, refusal
	}
	h.policy = f.title
	target := b.target
	if change != nil && change.ID != "" {
		target = change.ID
	}
	origins, statuses := d.targets(target)
	if len(origins) == 0 {
		return nil, trace.Refuse(UnknownTarget, b.place+".TargetOriginId", "the %s has the target %q, which is not an origin of the distribution, so the deploy fails",
			b.Name(), trace.Short(target))
	}
	s := t.Step(rules.LayerPolicy, f.title, f.applied...)
	header := f.apply(v, e.cloudFrontHeaders(b, v), h, s)
	query := f.applyQuery(v, h, s)
	passage := &Passage{Failover: statuses}
	for i, o := range origins {
		if change != nil {
			o = o.changed(change)
		}
		step := trace.Step{Layer: rules.LayerOrigin, Subject: o.domain, Rules: []rules.Rule{OriginPath, OriginProtocol, CustomHeader}}
		q := &OriginRequest{Origin: o, Host: o.domain, Path: o.path + v.Path, Query: query, Header: header.Clone(), secure: v.Secure}
		q.Via = h.via(o, v.Path, f.host)
		switch {
		case change != nil && change.Host.Set:
			q.Host, q.Via.HostForwarded = change.Host.Value, false
			step.Change("Host %s by the function", q.Host)
		case f.host:
			q.Host = v.Host
		}
		if o.path != "" {
			step.Change("path %s → %s", trace.Short(v.Path), trace.Short(q.Path))
		}
		q.addHeaders(d, v.ID, &step)
		if len(step.Changed) == 0 {
			step.Pass("path %s", trace.Short(q.Path))
		}
		if i == 0 {
			t.Steps = append(t.Steps, step)
		}
		passage.Requests = append(passage.Requests, q)
	}
	return passage, nil
}

// addHeaders adds the origin's custom headers and CloudFront's own.
func (q *OriginRequest) addHeaders(d *Distribution, id string, s *trace.Step) {
	for _, h := range q.Origin.headers {
		if !wire.ValidHeaderName(h.Name) || !wire.ValidHeaderValue(h.Value) {
			continue // a finding; never written
		}
		name := http.CanonicalHeaderKey(h.Name)
		if _, overwritten := q.Header[name]; overwritten {
			s.Change("overwrites %s", wire.HeaderName(name))
		} else {
			s.Change("adds %s", wire.HeaderName(name))
		}
		q.Header[name] = []string{h.Value}
		q.Via.SetByOrigin[strings.ToLower(h.Name)] = true
	}
	q.Header.Set("X-Amz-Cf-Id", id)
	q.Header.Set("Via", "1.1 "+d.domainName()+" (CloudFront)")
}
