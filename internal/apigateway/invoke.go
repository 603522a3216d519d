package apigateway

import (
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/lambda"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
)

// checkCall says why API Gateway cannot call what an integration or an authorizer
// names; nil where nothing speaks against it. path is what the caller's ARN has after
// the API's id.
func checkCall(a *API, c call, stage *stage, path string) *trace.Refusal {
	if name, missing := undefined(c.uri, stage); missing {
		return trace.Refuse(StageVariable, c.place+"."+c.property, "%s uses the stage variable %s, which stage %s does not define", c.property, name, stage.name)
	}
	arn := lambda.OfURI(c.uri)
	if c.open || a.functions == nil || arn == "" || strings.Contains(arn, "${") {
		return nil
	}
	f, qualifier := a.functions.Find(arn)
	if f == nil {
		return nil
	}
	if fault := f.Fault(); fault != nil && !fault.Deploy {
		return trace.Refuse(FunctionHandler, fault.Place, "%s", fault.Reason).Fixed("%s", fault.Fix)
	}
	if f.Idle() {
		return trace.Refuse(FunctionIdle, f.Place+".ReservedConcurrentExecutions", "function %s has a reserved concurrency of 0, so Lambda never runs it", f.ID)
	}
	var fault *lambda.Fault
	switch {
	case c.credentials == "":
		fault = a.functions.Permits(f, qualifier, lambda.Source{APIs: a.ids, Where: a.where, Path: path})
	case strings.HasPrefix(c.credentials, "arn:") && strings.Contains(c.credentials, "*:user/*"):
		return nil // the caller's own credentials
	default:
		fault = a.functions.Role(c.credentials, arn)
	}
	if fault == nil {
		return nil
	}
	return trace.Refuse(Permission, fault.Place, "%s", fault.Reason).Fixed("%s", fault.Fix)
}

// undefined is a stage variable in a URI that the stage does not define.
func undefined(uri string, s *stage) (string, bool) {
	if s == nil || s.variables == nil {
		return "", false
	}
	for _, piece := range strings.Split(uri, "stageVariables.")[1:] {
		name := piece
		if i := strings.IndexFunc(piece, func(c rune) bool {
			return c != '_' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z')
		}); i >= 0 {
			name = piece[:i]
		}
		if _, defined := s.variables[name]; !defined {
			return name, true
		}
	}
	return "", false
}

// lambdaOf is the function that a call names; nil for one outside the template.
func lambdaOf(a *API, c call) *lambda.Function {
	if a.functions == nil || c.open {
		return nil
	}
	f, _ := a.functions.Find(lambda.OfURI(c.uri))
	return f
}
