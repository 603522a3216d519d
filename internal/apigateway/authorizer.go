package apigateway

import (
	"context"
	"maps"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
	"github.com/websocket-distribution/websocket-distribution/internal/wire"
)

// authorize applies the authorization of $connect. What an authorizer returns is put
// into the event.
func authorize(ctx context.Context, a *API, connect *route, stage string, q *Request, event *Event, backend *Backend, s *trace.Step, t *trace.Trace) *trace.Refusal {
	authorization := connect.authorization
	if a.external && backend.Authorizer != nil {
		authorization = "CUSTOM" // the caller says that there is one
	}
	switch authorization {
	case "CUSTOM":
		s.Add(Authorizer, IdentitySource)
		if au := a.authorizers[connect.authorizer]; au != nil {
			if refusal := checkIdentity(au, a.stage(stage), q); refusal != nil {
				return refusal
			}
			if refusal := checkCall(a, au.call, a.stage(stage), "authorizers/"+connect.authorizer); refusal != nil {
				return refusal
			}
		}
		if backend.Authorizer == nil {
			t.Note(Authorizer, "assumed: the authorizer allows")
			break
		}
		request := authorizerEvent(event, backend.Region, backend.Account)
		response, err := backend.Authorizer(ctx, request)
		if refusal := verdict(response, err, request.MethodArn); refusal != nil {
			refusal.Place = connect.place
			return refusal
		}
		context := map[string]any{"principalId": response.PrincipalID}
		maps.Copy(context, response.Context)
		event.RequestContext.Authorizer = context
	case "AWS_IAM":
		s.Add(IAM)
		signed := q.Header.Get("Authorization") != "" || wire.Has(wire.ParseQuery(q.Query), "X-Amz-Signature")
		if !signed {
			return trace.Refuse(IAM, connect.place, "$connect has AWS_IAM and no signature reached it")
		}
		t.Note(IAM, "assumed: the signature is valid and allows")
	default:
		return nil
	}
	s.Pass("authorizer")
	return nil
}

// verdict applies rule api.authorizer.
func verdict(response events.APIGatewayCustomAuthorizerResponse, err error, arn string) *trace.Refusal {
	refuse := func(status int, reason string) *trace.Refusal {
		refusal := trace.Refuse(Authorizer, "", "%s", reason)
		refusal.Status = status
		return refusal
	}
	switch {
	case err != nil && err.Error() == "Unauthorized":
		return refuse(401, `the authorizer fails with the error "Unauthorized"`)
	case err != nil:
		return refuse(500, "the authorizer fails: "+trace.FirstLine(err.Error()))
	case response.PrincipalID == "" || len(response.PolicyDocument.Statement) == 0:
		return refuse(500, "the authorizer returns no principalId, or no policy with a statement")
	case !allows(response.PolicyDocument.Statement, arn):
		return refuse(403, "the authorizer denies: its policy does not allow execute-api:Invoke on "+arn)
	}
	return nil
}

// allows evaluates a policy as IAM does: a matching Deny beats any Allow, and without
// a matching Allow the answer is no.
func allows(statements []events.IAMPolicyStatement, arn string) bool {
	allowed := false
	for _, s := range statements {
		if !matchesAny(s.Action, "execute-api:Invoke") || !matchesAny(s.Resource, arn) {
			continue
		}
		if strings.EqualFold(s.Effect, "Deny") {
			return false
		}
		allowed = allowed || strings.EqualFold(s.Effect, "Allow")
	}
	return allowed
}

func matchesAny(patterns []string, text string) bool {
	for _, pattern := range patterns {
		if rules.WildcardMatches(strings.ToLower(pattern), strings.ToLower(text)) {
			return true
		}
	}
	return false
}

// checkIdentity applies rule api.identity-source.
func checkIdentity(au *authorizer, stage *stage, q *Request) *trace.Refusal {
	for _, source := range au.sources {
		if name, ok := strings.CutPrefix(source, "stageVariables."); ok {
			if stage == nil || stage.variables == nil {
				continue
			}
			if _, defined := stage.variables[name]; !defined {
				return trace.Refuse(IdentitySource, stage.place+".StageVariables", "the stage variable %s, an identity source of authorizer %s, is not defined", name, au.id).
					Fixed("add %s to StageVariables, or leave it out of IdentitySource", name)
			}
			continue
		}
		p, ok := parameterOf(source, q)
		if !ok || p.there {
			continue
		}
		refusal := p.blame(trace.Refuse(IdentitySource, "", "the %s %s, an identity source of authorizer %s, did not reach $connect", p.kind, p.name, au.id), q)
		if p.dropped && strings.EqualFold(p.name, "Authorization") {
			refusal.Fixed("use the managed policy AllViewerExceptHostHeader (%s), the only way to forward Authorization without caching", rules.AllViewerExceptHostHeader)
		}
		return refusal
	}
	return nil
}
