package apigateway

import (
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/trace"
)

// checkPath applies rule api.stage and returns the stage's name. It notes a stage
// that is only assumed.
func checkPath(a *API, m *Mapping, q *Request, t *trace.Trace) (string, *trace.Refusal) {
	via := q.Via
	place := ""
	if via != nil {
		place = via.OriginPlace + ".OriginPath"
	}
	refuse := func(format string, args ...any) *trace.Refusal {
		return trace.Refuse(StagePath, place, format, args...)
	}
	if m != nil {
		want := "/" + m.key
		if q.Path == want || q.Path == want+"/" || m.key == "" && q.Path == "" {
			return m.stage, nil
		}
		refusal := refuse("the path at the API is %s, and the API mapping of %s serves only %s", trace.Short(q.Path), m.domain, want)
		if strings.HasPrefix(q.Path, strings.TrimSuffix(want, "/")+"/") {
			return "", past(refusal, via)
		}
		return "", inOrigin(refusal, via, "the API mapping's key")
	}
	segments := strings.Split(strings.TrimPrefix(q.Path, "/"), "/")
	name := segments[0]
	if name == "" {
		stage := "/<stage>"
		if len(a.stages) == 1 {
			stage = "/" + a.stages[0].name
		}
		return "", inOrigin(refuse("the path at the API is %s, without a stage", trace.Short(q.Path)), via, stage)
	}
	if a.stage(name) == nil {
		if !a.external || len(a.stages) > 0 {
			return "", inOrigin(refuse("the path at the API is %s, and %s has no stage %q (its stages: %s)",
				trace.Short(q.Path), a.Name(), trace.Short(name), a.stageNames()), via, "/<stage>")
		}
		t.Note(Outside, "assumed: stage %s, from the path", trace.Short(name))
	}
	if len(segments) == 1 || len(segments) == 2 && segments[1] == "" {
		return name, nil
	}
	if segments[1] != name {
		return "", past(refuse("the path at the API is %s, which goes past the stage %s", trace.Short(q.Path), name), via)
	}
	refusal := refuse("the path at the API is %s, with the stage twice", trace.Short(q.Path))
	switch {
	case via != nil && strings.Count(via.OriginPath, "/") > 1:
		refusal.Fixed("set OriginPath to /%s", name)
	case via != nil && via.rewrites():
		refusal.Reason += ": function " + via.Function + " rewrites to " + trace.Short(via.Rewritten) + ", and the origin path adds the stage again"
		refusal.Fixed("rewrite the uri to / in function %s", via.Function)
	default:
		refusal.Fixed("leave the stage out of the client's URL")
	}
	return "", refusal
}

// inOrigin is the fix of a path that names the wrong stage or none: it belongs in the
// origin path, or in the URL of a client that came directly.
func inOrigin(refusal *trace.Refusal, via *Via, want string) *trace.Refusal {
	if via == nil {
		return refusal.Fixed("connect to %s", want)
	}
	return blame(refusal.Fixed("set OriginPath to %s", want), via)
}

// past explains a path that goes past the stage.
func past(refusal *trace.Refusal, via *Via) *trace.Refusal {
	if via == nil {
		return refusal.Fixed("connect to the stage itself")
	}
	refusal.Place = via.BehaviorPlace + ".FunctionAssociations"
	refusal.Fixed("connect to /, or let a viewer-request function rewrite the uri to / (it can keep the path in a query string)")
	return blame(refusal, via)
}

// blame finds what made the path: the origin path, or a function.
func blame(refusal *trace.Refusal, via *Via) *trace.Refusal {
	switch {
	case strings.Count(via.OriginPath, "/") > 1:
		refusal.Reason += ": the origin path is " + trace.Short(via.OriginPath)
		refusal.Place = via.OriginPlace + ".OriginPath"
		refusal.Fixed("set OriginPath to the stage alone")
	case via.rewrites():
		refusal.Reason += ": function " + via.Function + " rewrites to " + trace.Short(via.Rewritten) + ", and the origin path is put in front of that"
		refusal.Fixed("rewrite the uri to / in function %s", via.Function)
	}
	return refusal
}
