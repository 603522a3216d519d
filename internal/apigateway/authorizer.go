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
func authorize(ctx context.Context, a *API, connect *route, q *Request, event *Event, backend *Backend, s *trace.Step, t *trace.Trace) *trace.Refusal {
	switch connect.authorization {
	case "CUSTOM":
		s.Add(Authorizer, IdentitySource)
		if au := a.authorizers[connect.authorizer]; au != nil {
			if refusal := checkIdentity(au, q); refusal != nil {
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
func checkIdentity(au *authorizer, q *Request) *trace.Refusal {
	for _, source := range au.sources {
		kind, name := "header", ""
		there, dropped := false, false
		if n, ok := strings.CutPrefix(source, "route.request.header."); ok {
			name = n
			there = q.Header.Get(name) != ""
			dropped = q.Via != nil && q.Via.DroppedHeaders[strings.ToLower(name)]
		} else if n, ok := strings.CutPrefix(source, "route.request.querystring."); ok {
			kind, name = "query string", n
			there = wire.Has(wire.ParseQuery(q.Query), name)
			dropped = q.Via != nil && q.Via.DroppedQuery[name]
		} else {
			continue
		}
		if there {
			continue
		}
		refusal := trace.Refuse(IdentitySource, "", "the %s %s, an identity source of authorizer %s, did not reach $connect", kind, name, au.id)
		if dropped {
			refusal.Place = q.Via.BehaviorPlace + ".OriginRequestPolicyId"
			refusal.Reason += ": " + q.Via.Policy + " does not forward it"
			refusal.Fixed("let the origin request policy forward it")
			if strings.EqualFold(name, "Authorization") {
				refusal.Fixed("use the managed policy AllViewerExceptHostHeader (%s), the only way to forward Authorization without caching", rules.AllViewerExceptHostHeader)
			}
		}
		return refusal
	}
	return nil
}
