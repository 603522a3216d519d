package apigateway

import (
	"context"
	"net/http"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
)

// Admission is what API Gateway makes of a handshake.
type Admission struct {
	// Event is that of $connect; nil for a handshake that did not come that far.
	Event *Event
	// Subprotocol is the one that the $connect integration answers with.
	Subprotocol string
	// API is the one that took the handshake.
	API *API
	// Refusal says why the API answers with something else than 101.
	Refusal *trace.Refusal
	// GiveUp is set when the answer is 101 and the client has to close it.
	GiveUp *trace.Refusal
}

// Admit decides about a handshake at an API.
func Admit(ctx context.Context, a *API, m *Mapping, q *Request, id string, backend *Backend, t *trace.Trace) *Admission {
	if m != nil {
		m = m.at(q.Path)
		a = m.api
	}
	out := &Admission{API: a}
	for _, text := range a.assumed {
		t.Note(Outside, "%s", text)
	}
	s := t.Step(rules.LayerStage, a.Name(), Host, StagePath, WebSocketHeaders)
	stage, refusal := arrive(a, m, q, t)
	if refusal != nil {
		out.Refusal = refusal
		return out
	}
	s.Pass("Host %s", q.Host)
	s.Pass("path %s", q.Path)

	s = t.Step(rules.LayerRoute, "$connect")
	route := a.route("$connect")
	out.Event = connectEvent(a, stage, q, id, backend.Now())
	if route == nil {
		s.Pass("every client: the API has no $connect route")
	} else {
		s.Add(Connect)
		if st := a.stage(stage); st != nil {
			if out.Refusal = checkThrottle(st, route.key); out.Refusal != nil {
				return out
			}
		}
		if out.Refusal = allow(ctx, a, route, stage, q, out.Event, backend, s, t); out.Refusal != nil {
			return out
		}
	}
	answer, refusal := connect(ctx, a, route, stage, out.Event, backend, t)
	if refusal != nil {
		out.Refusal = refusal
		return out
	}
	out.Subprotocol = subprotocol(answer)
	if out.GiveUp = checkSubprotocol(out.Subprotocol, a, route, q); out.GiveUp != nil {
		return out
	}
	s.Pass("connection")
	if out.Subprotocol != "" {
		s.Pass("subprotocol %s", out.Subprotocol)
	}
	return out
}

// arrive takes a handshake to a stage of the API.
func arrive(a *API, m *Mapping, q *Request, t *trace.Trace) (string, *trace.Refusal) {
	if a.problem != nil {
		return "", trace.Undecided(rules.LayerStage, a.problem)
	}
	if refusal := checkHost(a, m, q); refusal != nil {
		return "", refusal
	}
	if n := len("wss://") + len(q.Host) + len(q.Path) + len(q.Query) + 1; n > rules.MaxURL {
		return "", trace.Refuse(URLLength, "", "the URL has %d characters at the API, at most %d are taken", n, rules.MaxURL)
	}
	name, refusal := checkPath(a, m, q, t)
	if refusal != nil {
		return "", refusal
	}
	if st := a.stage(name); st != nil && !st.deployed {
		return "", trace.Refuse(Deployment, "Resources."+st.id+".Properties", "stage %s has no deployment", name)
	}
	return name, checkUpgrade(q)
}

// allow applies what $connect asks for.
func allow(ctx context.Context, a *API, route *route, stage string, q *Request, event *Event, backend *Backend, s *trace.Step, t *trace.Trace) *trace.Refusal {
	if route.problem != nil {
		return unknownRoute(route)
	}
	if route.keyRequired {
		s.Add(Key)
		if refusal := checkKey(a, stage, q, t); refusal != nil {
			return refusal
		}
		s.Pass("API key")
	}
	if refusal := authorize(ctx, a, route, stage, q, event, backend, s, t); refusal != nil {
		return refusal
	}
	return checkRequired(route, q)
}

// CheckEndpoint says what is wrong with the host and the path by which something
// names an API, before any handshake.
func CheckEndpoint(a *API, m *Mapping, e Endpoint) *trace.Refusal {
	if m != nil {
		m = m.at(e.Path)
	}
	q := &Request{Host: e.Host, Path: e.Path + "/", Header: http.Header{}, Via: &Via{OriginPlace: e.Place, OriginPath: e.Path}}
	if refusal := checkHost(a, m, q); refusal != nil {
		return refusal
	}
	if e.Path == "" && m == nil {
		return nil // a function or the client's path may still bring the stage
	}
	_, refusal := checkPath(a, m, q, &trace.Trace{})
	return refusal
}
