package apigateway

import (
	"slices"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
)

// checkKey applies rule api.key.
func checkKey(a *API, stage string, q *Request) *trace.Refusal {
	if a.keyHeader == "" {
		refusal := trace.Refuse(Outside, a.place+".ApiKeySelectionExpression", "the API key comes from the authorizer (ApiKeySelectionExpression), which is not played")
		refusal.Layer = rules.LayerRoute
		return refusal.Fixed("set ApiKeySelectionExpression to $request.header.x-api-key, or play without a key")
	}
	given := q.Header.Get(a.keyHeader)
	if given == "" {
		if q.Via == nil {
			return trace.Refuse(Key, "", "$connect asks for an API key, and the client sent no x-api-key: going around the edge is refused").
				Fixed("connect through the distribution")
		}
		return trace.Refuse(Key, q.Via.OriginPlace+".OriginCustomHeaders", "$connect asks for an API key, and no x-api-key header reached it").
			Fixed("add x-api-key to OriginCustomHeaders, with the API key's Value")
	}
	source, place := "the client's x-api-key", ""
	if q.Via != nil && q.Via.SetByOrigin["x-api-key"] {
		source, place = "x-api-key of the origin's custom headers", q.Via.OriginPlace+".OriginCustomHeaders"
	}
	var generated []string
	var almost *trace.Refusal
	for _, key := range a.keys {
		stages := key.stages[a]
		at := "Resources." + key.id + ".Properties"
		switch {
		case key.generated:
			generated = append(generated, key.id)
		case key.value != given:
		case !key.enabled:
			almost = trace.Refuse(Key, at, "%s is the value of API key %s, which is not enabled", source, key.id).Fixed("set Enabled to true")
		case len(stages) == 0:
			almost = trace.Refuse(Key, at, "%s is the value of API key %s, which is in no usage plan of the API", source, key.id).
				Fixed("add an AWS::ApiGateway::UsagePlanKey for it, in a usage plan with the stage")
		case !slices.Contains(stages, stage):
			almost = trace.Refuse(Key, at, "%s is the value of API key %s, whose usage plan has stage %s, not %s", source, key.id, strings.Join(stages, ", "), stage).
				Fixed("add the stage to ApiStages of the usage plan")
		default:
			return nil
		}
	}
	switch {
	case almost != nil:
		return almost
	case len(generated) > 0:
		return trace.Refuse(KeyGenerated, "Resources."+generated[0]+".Properties.Value", "%s is not the value of an API key of stage %s; API Gateway generates the value of %s",
			source, stage, strings.Join(generated, ", "))
	}
	refusal := trace.Refuse(Key, place, "%s is not the value of an API key of stage %s", source, stage)
	if q.Via == nil {
		refusal.Fixed("connect through the distribution")
	}
	return refusal
}
