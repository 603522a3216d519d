package apigateway

import "github.com/websocket-distribution/websocket-distribution/internal/trace"

// Check finds what is wrong with the APIs of the template. keyed says of an API that
// an origin sends it a key.
func (g *Gateway) Check(keyed func(a *API) bool, found *trace.Findings) {
	c := newChecker(g, found)
	checkAPIs(c)
	checkProtocols(c)
	checkStages(c)
	checkDeployments(c)
	checkRoutes(c)
	checkIntegrations(c)
	checkAuthorizers(c)
	checkDomains(c)
	checkMappings(c)
	checkUsagePlans(c)
	checkQuotas(c)
	for _, a := range g.apis {
		checkLock(c, a, keyed(a))
		checkKeys(c, a)
		checkAnswers(c, a)
	}
}

// checkLock finds a lock that does not lock.
func checkLock(c *checker, a *API, keyed bool) {
	connect := a.route("$connect")
	if (keyed || len(a.plans) > 0) && !a.Locked() && a.problem == nil && (connect == nil || connect.problem == nil) {
		if connect != nil {
			c.found.Add(Bypass, connect.place+".ApiKeyRequired", "there is an API key, but $connect does not ask for it: clients can go around the edge")
		} else {
			c.found.AddFixed(Bypass, a.place, "add the $connect route with ApiKeyRequired: true",
				"there is an API key, but no $connect route that asks for it: clients can go around the edge")
		}
	}
	for _, p := range a.plans {
		if p.limits {
			c.found.Add(Throttle, "Resources."+p.id+".Properties",
				"the usage plan's limits hold for all connects through the edge together (rate %v, burst %v)", p.rate, p.burst)
		}
	}
}

// checkAnswers finds what refuses every handshake or message, on each stage.
func checkAnswers(c *checker, a *API) {
	for _, s := range a.stages {
		if !s.deployed {
			c.found.Add(Deployment, "Resources."+s.id+".Properties", "stage %s has no deployment", s.name)
		}
		c.refused(checkThrottle(s, "$connect"))
	}
	stages := a.stages[:min(len(a.stages), maxStages)]
	if len(stages) == 0 {
		stages = []*stage{nil}
	}
	for _, r := range a.routes {
		i := a.integrationOf(r)
		for _, s := range stages {
			if i != nil && r.problem == nil {
				c.refused(checkIntegration(a, i, s, r.key))
			}
			if au := a.authorizers[r.authorizer]; au != nil && r.authorization == "CUSTOM" {
				c.refused(checkCall(a, au.call, s, "authorizers/"+r.authorizer))
			}
		}
		if i.mock() && r.key != "$connect" && r.key != "$disconnect" && i.hasResponse && !r.twoWay {
			c.found.Add(MockSilent, r.place, "route %s has an integration response but no route response, so nothing is sent back", r.key)
		}
	}
}
