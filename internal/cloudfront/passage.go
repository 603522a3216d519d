package cloudfront

import (
	"net/http"
	"slices"
	"strings"

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

// candidate is one origin that a handshake may go to, as the function left it.
type candidate struct {
	origin *Origin
	change *function.OriginChange // nil for none
}

// candidates are the origins in the order in which they are tried, and the statuses
// that make CloudFront try the next.
func (d *Distribution) candidates(b *Behavior, c choice) ([]candidate, []int, *trace.Refusal) {
	if len(c.origins) > 1 {
		var all []candidate
		for i := range c.origins {
			all = append(all, candidate{d.origin(c.origins[i].ID).changed(&c.origins[i]), &c.origins[i]})
		}
		return all, c.failover, nil
	}
	target, change := b.target, (*function.OriginChange)(nil)
	if len(c.origins) == 1 {
		change = &c.origins[0]
		if change.ID != "" {
			target = change.ID
		}
	}
	origins, statuses := d.targets(target)
	if len(origins) == 0 {
		return nil, nil, trace.Refuse(UnknownTarget, b.place+".TargetOriginId", "the %s has the target %q, which is not an origin of the distribution, so the deploy fails",
			b.Name(), trace.Short(target))
	}
	var all []candidate
	for _, o := range origins {
		if change != nil {
			o = o.changed(change)
		}
		all = append(all, candidate{o, change})
	}
	return all, statuses, nil
}

// toOrigins applies policies and origin settings to the handshake.
func (r *edgeRun) toOrigins(v *ViewerRequest, c choice) (*Passage, *trace.Refusal, *wire.Response) {
	e, d, b, h, t := r.edge, r.distribution, r.behavior, r.handling, r.trace
	f, refusal := e.forwarding(b)
	if refusal != nil {
		return nil, refusal, Answer(refusal)
	}
	h.policy = f.title
	candidates, statuses, refusal := d.candidates(b, c)
	if refusal != nil {
		return nil, refusal, Answer(refusal)
	}
	s := t.Step(rules.LayerPolicy, f.title, f.applied...)
	header := f.apply(v, e.cloudFrontHeaders(b, v), h, s)
	query := f.applyQuery(v, h, s)
	passage := &Passage{Failover: statuses}
	tenant := d.tenantOf(v.Host)
	for i, c := range candidates {
		o := c.origin
		if tenant != nil {
			o = o.filled(tenant.parameters)
		}
		q := &OriginRequest{Origin: o, Host: o.domain, Path: v.Path, Query: query, Header: header.Clone(), secure: v.Secure, hosts: f.host, root: h.root}
		q.Via = h.via(o, v.Path, f.host != nil)
		changed := ""
		switch {
		case c.change != nil && c.change.Host.Set:
			q.Host, q.Via.HostForwarded = c.change.Host.Value, false
			changed = "by the function"
		case f.host != nil:
			q.Host = v.Host
		}
		if i == 0 {
			if refusal, response := r.lambdaOrigin(q, v); refusal != nil {
				return nil, refusal, response
			}
			o = q.Origin
		}
		step := trace.Step{Layer: rules.LayerOrigin, Subject: o.domain, Rules: []rules.Rule{OriginPath, OriginProtocol, CustomHeader}}
		if changed != "" {
			step.Change("Host %s %s", q.Host, changed)
		}
		if o.path != "" {
			step.Change("path %s → %s", trace.Short(q.Path), trace.Short(o.path+q.Path))
		}
		q.Path = o.path + q.Path
		q.addHeaders(d, v.ID, &step)
		if len(step.Changed) == 0 {
			step.Pass("path %s", trace.Short(q.Path))
		}
		if i == 0 {
			t.Steps = append(t.Steps, step)
		}
		passage.Requests = append(passage.Requests, q)
	}
	return passage, nil, nil
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

// rootObject puts the default root object in the place of the root URL, unless a
// function has rewritten it.
func (d *Distribution) rootObject(v *ViewerRequest, h *handling, t *trace.Trace) *ViewerRequest {
	object := strings.TrimPrefix(d.root, "/")
	if object == "" || v.Path != "/" {
		return v
	}
	if h.viewerPath != "/" {
		t.Note(RootObjectRewritten, "a function rewrites the uri to /: AWS documents DefaultRootObject for what viewers ask for, so %s is not put in its place", object)
		return v
	}
	h.root = d.place + ".DefaultRootObject"
	t.Step(rules.LayerBehavior, "DefaultRootObject", RootObject).Change("path / → /%s", object)
	next := *v
	next.Path = "/" + object
	return &next
}

// targets are the origins that a behavior's target stands for, in the order in which
// they are tried, with the statuses that make CloudFront try the next.
func (d *Distribution) targets(id string) ([]*Origin, []int) {
	if o := d.origin(id); o != nil {
		return []*Origin{o}, nil
	}
	i := slices.IndexFunc(d.groups, func(g *originGroup) bool { return g.id == id })
	if i < 0 {
		return nil, nil
	}
	var found []*Origin
	for _, member := range d.groups[i].members {
		if o := d.origin(member); o != nil {
			found = append(found, o)
		}
	}
	return found, d.groups[i].statuses
}
