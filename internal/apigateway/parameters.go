package apigateway

import (
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/trace"
	"github.com/websocket-distribution/websocket-distribution/internal/wire"
)

// parameter is a header or a query string of a handshake, by the name that API Gateway
// gives it: route.request.header.X or route.request.querystring.X.
type parameter struct {
	kind, name string
	// there says that it reached $connect, dropped that the edge did not forward it.
	there, dropped bool
}

// parameterOf finds a parameter in a request; false for what is neither header nor
// query string.
func parameterOf(source string, q *Request) (parameter, bool) {
	if name, ok := strings.CutPrefix(source, "route.request.header."); ok {
		return parameter{"header", name, q.Header.Get(name) != "", q.Via != nil && q.Via.DroppedHeaders[strings.ToLower(name)]}, true
	}
	if name, ok := strings.CutPrefix(source, "route.request.querystring."); ok {
		return parameter{"query string", name, wire.Has(wire.ParseQuery(q.Query), name), q.Via != nil && q.Via.DroppedQuery[name]}, true
	}
	return parameter{}, false
}

// blame says in a refusal that the edge did not forward the parameter.
func (p parameter) blame(refusal *trace.Refusal, q *Request) *trace.Refusal {
	if !p.dropped {
		return refusal
	}
	refusal.Place = q.Via.BehaviorPlace + ".OriginRequestPolicyId"
	refusal.Reason += ": " + q.Via.Policy + " does not forward it"
	return refusal.Fixed("let the origin request policy forward it")
}

// checkRequired applies rule api.required-parameter.
func checkRequired(r *route, q *Request) *trace.Refusal {
	for _, source := range r.required {
		p, ok := parameterOf(source, q)
		if !ok || p.there {
			continue
		}
		return p.blame(trace.Refuse(RequiredParameter, r.place+".RequestParameters", "$connect requires the %s %s, and it did not reach it", p.kind, p.name), q)
	}
	return nil
}
