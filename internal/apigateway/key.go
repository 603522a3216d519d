package apigateway

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
)

// checkKey applies rule api.key.
func checkKey(a *API, stage string, q *Request, t *trace.Trace) *trace.Refusal {
	if a.keyHeader == "" {
		refusal := trace.Refuse(Outside, a.place+".ApiKeySelectionExpression", "cannot decide: the API key comes from the authorizer (ApiKeySelectionExpression), which is not played")
		refusal.Layer = rules.LayerRoute
		return refusal.Fixed("set ApiKeySelectionExpression to $request.header.x-api-key, or play without a key")
	}
	given := q.Header.Get(a.keyHeader)
	if given == "" {
		return missingKey(a, q)
	}
	source, place := "the client's x-api-key", ""
	if q.Via != nil && q.Via.SetByOrigin["x-api-key"] {
		source, place = "x-api-key of the origin's custom headers", q.Via.OriginPlace+".OriginCustomHeaders"
	}
	var hidden *apiKey
	var almost *trace.Refusal
	for _, key := range a.keys {
		switch {
		case key.open || key.generated:
			if plan, _ := key.opens(a, stage); plan != nil && key.enabled {
				hidden = key
			}
		case key.value == given:
			if almost = closed(a, key, stage, source); almost == nil {
				return nil
			}
		}
	}
	switch {
	case almost != nil:
		return almost
	case hidden != nil:
		return hiddenKey(a, hidden, given, source, stage, q, t)
	}
	refusal := trace.Refuse(Key, place, "%s is not the value of an API key of stage %s", source, stage)
	switch {
	case uncertain(a, given, stage):
		return trace.Undecided(rules.LayerRoute, errors.New("whether the dynamic reference and the written value of the API key are the same")).
			Fixed("give the value of the reference (a secret by its {{resolve:…}} text)")
	case len(a.keys) == 0 && !a.external:
		return refusal.Fixed("add an AWS::ApiGateway::ApiKey, a usage plan with the stage, and an AWS::ApiGateway::UsagePlanKey: the template has no key")
	case a.external && len(a.keys) == 0:
		return trace.Undecided(rules.LayerRoute, errors.New("the API keys of "+a.host+" are not given")).Fixed("give an API key of %s", a.host)
	case q.Via == nil:
		refusal.Fixed("connect through the distribution")
	}
	return refusal
}

// opens finds the usage plan by which a key opens a stage; nil for none. stages are
// those of the API that its plans have.
func (k *apiKey) opens(a *API, stage string) (plan *usagePlan, stages []string) {
	for _, p := range k.plans {
		if slices.Contains(p.stages[a], stage) || a.anyStage && len(p.stages[a]) > 0 {
			return p, nil
		}
		stages = append(stages, p.stages[a]...)
	}
	return nil, stages
}

// uncertain says that header and key cannot be compared: one is a dynamic reference to
// a value that the template does not tell, the other a value.
func uncertain(a *API, given, stage string) bool {
	for _, key := range a.keys {
		if key.value == "" || key.random || !key.enabled || strings.Contains(key.value, "{{resolve:") == strings.Contains(given, "{{resolve:") {
			continue
		}
		if plan, _ := key.opens(a, stage); plan != nil {
			return true
		}
	}
	return false
}

// missingKey refuses a handshake without a key.
func missingKey(a *API, q *Request) *trace.Refusal {
	if q.Via == nil {
		return trace.Refuse(Key, "", "$connect asks for an API key, and the client sent no x-api-key: going around the edge is refused").
			Fixed("connect through the distribution")
	}
	refusal := trace.Refuse(Key, q.Via.OriginPlace+".OriginCustomHeaders", "$connect asks for an API key, and no x-api-key header reached it").
		Fixed("add x-api-key to OriginCustomHeaders, with the API key's Value")
	for _, key := range a.keys {
		for name := range q.Via.SetByOrigin {
			if !key.open && !key.generated && q.Header.Get(name) == key.value && name != "x-api-key" {
				refusal.Reason += ": the origin sends the key as " + name
				refusal.Fixed("send it as x-api-key: rename the header in OriginCustomHeaders")
			}
		}
	}
	return refusal
}

// closed says why a key with the right value does not open the stage; nil when it
// does.
func closed(a *API, key *apiKey, stage, source string) *trace.Refusal {
	at := "Resources." + key.id + ".Properties"
	plan, stages := key.opens(a, stage)
	switch {
	case !key.enabled:
		return trace.Refuse(Key, at, "%s is the value of API key %s, which is not enabled", source, key.id).Fixed("set Enabled to true")
	case len(key.plans) == 0:
		return trace.Refuse(Key, at, "%s is the value of API key %s, which is in no usage plan of the API", source, key.id).
			Fixed("add an AWS::ApiGateway::UsagePlanKey for it, in a usage plan with the stage")
	case plan == nil && len(stages) == 0:
		return trace.Refuse(Key, "Resources."+key.plans[0].id+".Properties.ApiStages", "%s is the value of API key %s, whose usage plan %s has no stage of the API", source, key.id, key.plans[0].id).
			Fixed("add the API and its stage %s to ApiStages of %s", stage, key.plans[0].id)
	case plan == nil && a.external:
		return trace.Refuse(Key, "", "%s is an API key of stage %s, and the handshake comes to stage %s", source, strings.Join(stages, ", "), stage).
			Fixed("set OriginPath to /%s", stages[0])
	case plan == nil:
		return trace.Refuse(Key, at, "%s is the value of API key %s, whose usage plan has stage %s, not %s", source, key.id, strings.Join(stages, ", "), stage).
			Fixed("add the stage to ApiStages of the usage plan")
	}
	return checkPlan(plan)
}

// checkPlan refuses what a usage plan throttles altogether.
func checkPlan(plan *usagePlan) *trace.Refusal {
	if plan.closed == "" {
		return nil
	}
	refusal := trace.Refuse(Throttle, "Resources."+plan.id+".Properties."+plan.closed, "usage plan %s has %s 0, so every handshake with its keys is throttled", plan.id, plan.closed)
	refusal.Status = 429
	return refusal
}

// hiddenKey decides about a key whose value only the deploy knows. A header that comes
// from outside the template may be that value, read back: the caller gave it.
func hiddenKey(a *API, key *apiKey, given, source, stage string, q *Request, t *trace.Trace) *trace.Refusal {
	at := "Resources." + key.id + ".Properties.Value"
	switch {
	case a.given(given):
		t.Note(Key, "assumed: the value given for %s is that of API key %s", source, key.id)
		if plan, _ := key.opens(a, stage); plan != nil {
			return checkPlan(plan)
		}
		return nil
	case key.open:
		return trace.Undecided(rules.LayerRoute, fmt.Errorf("%s: the value of API key %s", at, key.id)).Fixed("give the value of the key")
	case q.Via == nil:
		return trace.Refuse(KeyGenerated, at, "%s is not the value of an API key of stage %s, as far as the template says", source, stage).Fixed("connect through the distribution")
	}
	return trace.Refuse(KeyGenerated, at, "%s is not the value of an API key of stage %s; API Gateway generates the value of %s", source, stage, key.id)
}
