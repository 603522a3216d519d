package apigateway

import "github.com/websocket-distribution/websocket-distribution/internal/trace"

// Check finds what is wrong with the APIs of the template. keyed says of an API that
// an origin sends it a key.
func (g *Gateway) Check(keyed func(a *API) bool, found *trace.Findings) {
	for _, a := range g.apis {
		a.check(keyed(a), found)
	}
}

func (a *API) check(keyed bool, found *trace.Findings) {
	connect := a.route("$connect")
	if (keyed || len(a.plans) > 0) && !a.Locked() {
		if connect != nil {
			found.Add(Bypass, connect.place+".ApiKeyRequired", "there is an API key, but $connect does not ask for it: clients can go around the edge")
		} else {
			found.AddFixed(Bypass, a.place, "add the $connect route with ApiKeyRequired: true",
				"there is an API key, but no $connect route that asks for it: clients can go around the edge")
		}
	}
	for _, p := range a.plans {
		if p.limits {
			found.Add(Throttle, "Resources."+p.id+".Properties",
				"the usage plan's limits hold for all connects through the edge together (rate %v, burst %v)", p.rate, p.burst)
		}
	}
	for _, s := range a.stages {
		if !s.deployed {
			found.Add(Deployment, "Resources."+s.id+".Properties", "stage %s has no deployment", s.name)
		}
	}
	for _, r := range a.routes {
		i := a.integrationOf(r)
		if !i.mock() || r.problem != nil || i.problem != nil {
			continue
		}
		if _, err := i.mockStatus(); err != nil {
			found.Add(Mock, i.place+".RequestTemplates", "the MOCK integration of %s %s", r.key, err)
		}
		if r.key != "$connect" && r.key != "$disconnect" && i.hasResponse && !r.twoWay {
			found.Add(MockSilent, r.place, "route %s has an integration response but no route response, so nothing is sent back", r.key)
		}
	}
}
