package apigateway

import (
	"fmt"
	"slices"
	"strings"
)

// checkUsagePlans finds usage plans and keys that do not fit the stages.
func checkUsagePlans(c *checker) {
	for _, r := range c.of("AWS::ApiGateway::UsagePlan") {
		for i, s := range r.Children("ApiStages") {
			a := c.byID[s.Text("ApiId")]
			if a == nil {
				continue
			}
			checkStageOf(c, UsagePlan, r, a, fmt.Sprintf("ApiStages[%d].Stage", i), s.Text("Stage"))
			if s.Has("Throttle") {
				c.add(MethodThrottle, r, fmt.Sprintf("ApiStages[%d].Throttle", i), "remove it", "usage plan %s throttles single methods of API %s; a WebSocket API has none", r.id, a.id)
			}
		}
		quota := resource{r.Child("Quota"), r.Resource, r.id, nil}
		if !quota.Empty() && (quota.absent("Limit") || quota.absent("Period")) {
			c.add(UsagePlan, r, "Quota", "set Limit and Period, or remove Quota", "the quota of usage plan %s needs a Limit and a Period", r.id)
		}
	}
	values := map[string]string{} // value → logical id
	for _, r := range c.of("AWS::ApiGateway::ApiKey") {
		value := r.Text("Value")
		if value == "" {
			continue
		}
		if other, twice := values[value]; twice && !strings.Contains(value, "{{resolve:") {
			c.add(KeyTwice, r, "Value", "give each key a value of its own", "the API keys %s and %s have the same value", other, r.id)
		}
		values[value] = r.id
	}
	for _, r := range c.of("AWS::ApiGateway::UsagePlanKey") {
		if kind := r.Text("KeyType"); kind != "" && kind != "API_KEY" {
			c.add(UsagePlan, r, "KeyType", "set KeyType to API_KEY", "%s has the key type %s; API_KEY is the only one", r.id, kind)
		}
	}
}

// checkQuotas compares the number of parts of an API with what an API may have.
func checkQuotas(c *checker) {
	for _, quota := range []struct {
		kind, what string
		most       int
	}{{"Route", "routes", maxRoutes}, {"Integration", "integrations", maxIntegrations}, {"Stage", "stages", maxStages}, {"Authorizer", "authorizers", maxAuthorizers}} {
		count := map[*API]int{}
		for _, r := range c.parts("AWS::ApiGatewayV2::" + quota.kind) {
			count[r.api]++
		}
		for _, a := range c.apis {
			if count[a] > quota.most {
				c.found.AddFixed(Quota, a.place, "ask AWS for more, or split the API", "API %s has %d %s, and an API may have %d by default", a.id, count[a], quota.what, quota.most)
			}
		}
	}
}

// Quotas of an API (API Gateway Developer Guide, "Quotas for configuring and running a
// WebSocket API"). All of them can be raised.
const (
	maxRoutes       = 300
	maxIntegrations = 300
	maxStages       = 10
	maxAuthorizers  = 10
)

// checkKeys finds a $connect that asks for a key which nobody can have: no stage of the
// API has a usage plan with an enabled key. Keys and plans of other templates are not
// seen, so a template that has neither is left alone.
func checkKeys(c *checker, a *API) {
	connect := a.route("$connect")
	if connect == nil || connect.problem != nil || !connect.keyRequired || a.keyHeader == "" || a.openPlans || len(a.stages) == 0 || len(a.keys)+len(a.plans) == 0 {
		return
	}
	if a.stage("") != nil {
		return // a stage whose name only the deploy knows may be the plan's
	}
	var almost *apiKey
	for _, key := range a.keys {
		for _, p := range key.plans {
			if !slices.ContainsFunc(p.stages[a], func(name string) bool { return a.stage(name) != nil }) {
				continue
			}
			if key.enabled {
				return
			}
			almost = key
		}
	}
	var plan *usagePlan
	for _, p := range a.plans {
		if slices.Contains(p.stages[a], "") {
			return
		}
		plan = p
	}
	const reason = "$connect of API %s asks for an API key, and nobody can have one: "
	switch {
	case almost != nil:
		c.found.AddFixed(Key, "Resources."+almost.id+".Properties.Enabled", "set Enabled to true", reason+"key %s is not enabled", a.id, almost.id)
	case plan != nil:
		c.found.AddFixed(Key, "Resources."+plan.id+".Properties", "add an AWS::ApiGateway::UsagePlanKey that joins the key to "+plan.id, reason+"usage plan %s has no key", a.id, plan.id)
	default:
		c.found.AddFixed(Key, a.place, "add the API and its stage to ApiStages of a usage plan that has the key", reason+"no usage plan has a stage of the API", a.id)
	}
}
