package cloudfront

import (
	"slices"
	"time"

	"github.com/websocket-distribution/websocket-distribution/internal/cloudfront/function"
	"github.com/websocket-distribution/websocket-distribution/internal/cloudfront/lambdaedge"
	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
	"github.com/websocket-distribution/websocket-distribution/internal/wire"
)

// FunctionLimit is how long a function may run here. CloudFront's limit is under a
// millisecond of its own runtime; this one only ends endless loops.
const FunctionLimit = time.Second

// edgeRun is a handshake between its behavior and its origins, where functions run.
type edgeRun struct {
	edge         *Edge
	distribution *Distribution
	behavior     *Behavior
	values       map[string]string
	handling     *handling
	trace        *trace.Trace
}

// choice is what a function makes of the behavior's target: the origins that it chooses
// or changes, none for the behavior's own, and the statuses of a group.
type choice struct {
	origins  []function.OriginChange
	failover []int
}

// viewerRequest runs what the behavior has on viewer-request. It returns the request as
// the function left it.
func (r *edgeRun) viewerRequest(v *ViewerRequest) (*ViewerRequest, choice, *trace.Refusal, *wire.Response) {
	for _, l := range r.behavior.lambdas {
		if l.Event == "viewer-request" {
			next, refusal, response := r.lambdaViewer(l, v)
			return next, choice{}, refusal, response
		}
	}
	i := slices.IndexFunc(r.behavior.functions, func(a association) bool { return a.event == "viewer-request" })
	if i < 0 {
		return v, choice{}, nil, nil
	}
	return r.function(r.behavior.functions[i], v)
}

// function runs a CloudFront Function.
func (r *edgeRun) function(a association, v *ViewerRequest) (*ViewerRequest, choice, *trace.Refusal, *wire.Response) {
	d, t := r.distribution, r.trace
	f := r.edge.function(a.arn)
	if f == nil {
		refusal := trace.Refuse(trace.Unresolved, r.behavior.place+".FunctionAssociations",
			"cannot decide: the code of the viewer-request function %s is not in the template", a.arn).
			Fixed("play the template that defines the function")
		refusal.Layer = rules.LayerFunction
		return nil, choice{}, refusal, Answer(refusal)
	}
	r.handling.function = f.ID
	run := f.Run(&v.Request, function.Input{DistributionID: d.ID, DistributionDomain: d.domainName(), Origins: d.originIDs(),
		RequestID: v.ID, Region: v.EdgeRegion, Values: r.values, Added: r.edge.cloudFrontHeaders(r.behavior, v), Limit: FunctionLimit})
	s := t.Step(rules.LayerFunction, f.ID, function.Rewrite)
	for _, line := range run.Logs {
		t.Note(function.Response, "function %s logs: %s", f.ID, line)
	}
	if run.Refusal != nil {
		s.Add(run.Refusal.Rule)
		return nil, choice{}, run.Refusal, Answer(run.Refusal)
	}
	if run.Response != nil {
		s.Add(function.Response)
		refusal := trace.Refuse(function.Response, f.Place+".FunctionCode", "function %s answers the viewer itself", f.ID)
		if len(run.Response.Body) > 0 {
			refusal.Reason += ": " + trace.FirstLine(string(run.Response.Body))
		}
		refusal.Status = run.Response.Status
		return nil, choice{}, refusal, run.Response
	}
	s.Changed = run.Changed
	if run.Query != v.Query || !sameHeaders(run.Header, v.Header) {
		s.Add(function.Added)
	}
	if len(run.Changed) == 0 {
		s.Pass("everything")
	}
	for _, open := range run.Open {
		t.Leave(trace.Open{Place: f.Place, Reason: open, Fix: function.OpenFix, Origin: f.ChoosesOrigin()})
	}
	next := *v
	next.Path, next.Query, next.Header = run.Path, run.Query, run.Header
	return &next, choice{run.Origins, run.Failover}, nil, nil
}

// lambda runs a Lambda@Edge function. It returns nil for one that is not played, whose
// outcome is left open.
func (r *edgeRun) lambda(l lambdaedge.Association, request *lambdaedge.Request, id string) (*lambdaedge.Request, *trace.Refusal, *wire.Response) {
	d, t := r.distribution, r.trace
	run := l.Run(request, lambdaedge.Input{Event: l.Event, DistributionID: d.ID, DistributionDomain: d.domainName(), RequestID: id, Limit: FunctionLimit})
	if run.Open != "" {
		t.Leave(trace.Open{Place: l.Place, Reason: run.Open + ", and it may change the request", Fix: "look at what the function does on " + l.Event, Origin: l.Event == "origin-request"})
		t.Note(lambdaedge.NotPlayed, "%s: the handshake passes it unchanged", run.Open)
		return nil, nil, nil
	}
	s := t.Step(rules.LayerFunction, l.Name(), lambdaedge.Played)
	r.handling.function = l.Name()
	switch {
	case run.Refusal != nil:
		s.Add(run.Refusal.Rule)
		return nil, run.Refusal, Answer(run.Refusal)
	case run.Response != nil:
		s.Add(lambdaedge.Response)
		refusal := trace.Refuse(lambdaedge.Response, l.Function.Place+".Code", "Lambda@Edge function %s answers the viewer itself", l.Name())
		if len(run.Response.Body) > 0 {
			refusal.Reason += ": " + trace.FirstLine(string(run.Response.Body))
		}
		refusal.Status = run.Response.Status
		return nil, refusal, run.Response
	}
	if s.Changed = run.Changed; len(s.Changed) == 0 {
		s.Pass("everything")
	}
	return &run.Request, nil, nil
}

func (r *edgeRun) lambdaViewer(l lambdaedge.Association, v *ViewerRequest) (*ViewerRequest, *trace.Refusal, *wire.Response) {
	header := v.Header.Clone()
	for name, value := range r.edge.cloudFrontHeaders(r.behavior, v) {
		header.Set(name, value)
	}
	after, refusal, response := r.lambda(l, &lambdaedge.Request{Method: v.Method, Path: v.Path, Query: v.Query, Host: v.Host, Header: header, IP: v.IP}, v.ID)
	if after == nil {
		return v, refusal, response
	}
	next := *v
	next.Path, next.Query, next.Header = after.Path, after.Query, after.Header
	return &next, nil, nil
}

// lambdaOrigin runs what the behavior has on origin-request, for one origin.
func (r *edgeRun) lambdaOrigin(q *OriginRequest, v *ViewerRequest) (*trace.Refusal, *wire.Response) {
	for _, l := range r.behavior.lambdas {
		if l.Event != "origin-request" {
			continue
		}
		request := q.forLambda(v)
		after, refusal, response := r.lambda(l, request, v.ID)
		if after == nil {
			return refusal, response
		}
		q.fromLambda(after, request)
	}
	return nil, nil
}
