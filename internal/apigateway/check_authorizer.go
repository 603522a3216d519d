package apigateway

import (
	"regexp"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/lambda"
)

// identitySource are the forms that a WebSocket API's authorizer takes.
var identitySource = regexp.MustCompile(`^(route\.request\.(multivalue)?(header|querystring)\..+|context\..+|stageVariables\..+)$`)

// checkAuthorizers finds authorizers that a WebSocket API does not take.
func checkAuthorizers(c *checker) {
	for _, r := range c.parts("AWS::ApiGatewayV2::Authorizer") {
		switch kind := r.Text("AuthorizerType"); {
		case kind != "" && kind != "REQUEST":
			c.add(AuthorizerType, r, "AuthorizerType", "set AuthorizerType to REQUEST, with a Lambda function that checks the token", "authorizer %s is of type %s; a WebSocket API takes REQUEST only", r.id, kind)
			continue
		case r.Has("JwtConfiguration"):
			c.add(AuthorizerType, r, "JwtConfiguration", "remove it; a Lambda function checks the token", "authorizer %s has a JwtConfiguration, which is for HTTP APIs", r.id)
		}
		uri := r.Text("AuthorizerUri")
		switch {
		case r.absent("AuthorizerUri"):
			c.add(AuthorizerType, r, "AuthorizerUri", "set AuthorizerUri to arn:aws:apigateway:<region>:lambda:path/2015-03-31/functions/<function ARN>/invocations", "authorizer %s has no AuthorizerUri", r.id)
		case uri != "" && !strings.Contains(uri, "stageVariables") && (!strings.Contains(uri, ":lambda:path/") || lambda.OfURI(uri) == "" || !strings.HasSuffix(uri, "/invocations")):
			c.add(AuthorizerType, r, "AuthorizerUri", "set AuthorizerUri to arn:aws:apigateway:<region>:lambda:path/2015-03-31/functions/<function ARN>/invocations",
				"authorizer %s has the URI %q, which is not the URI of a Lambda call", r.id, uri)
		}
		for _, source := range r.Texts("IdentitySource") {
			if identitySource.MatchString(source) {
				continue
			}
			fix := "write it as route.request.header.<name> or route.request.querystring.<name>"
			if rest, ok := strings.CutPrefix(source, "$request."); ok {
				fix = "write it as route.request." + rest
			} else if rest, ok := strings.CutPrefix(source, "method.request."); ok {
				fix = "write it as route.request." + rest
			}
			c.add(IdentityForm, r, "IdentitySource", fix, "authorizer %s has the identity source %q, which is not one of a WebSocket API", r.id, source)
		}
		if r.Flag("EnableSimpleResponses", false) {
			c.add(HTTPOnlyIgnored, r, "EnableSimpleResponses", "remove it, and return a policy", "authorizer %s has EnableSimpleResponses, which is for HTTP APIs; a WebSocket API wants a policy", r.id)
		}
		if version := r.Text("AuthorizerPayloadFormatVersion"); version != "" && version != "1.0" && version != "1" {
			c.add(HTTPOnlyIgnored, r, "AuthorizerPayloadFormatVersion", "remove it", "authorizer %s has the payload format %s, which is for HTTP APIs", r.id, version)
		}
		if n := r.Number("AuthorizerResultTtlInSeconds", 0); n > 0 {
			c.add(HTTPOnlyIgnored, r, "AuthorizerResultTtlInSeconds", "remove it", "authorizer %s keeps results for %v seconds, which is for HTTP APIs; a WebSocket API asks for each connection", r.id, n)
		}
		if f := lambdaOf(r.api, readCall(r.Properties, "AuthorizerUri", "AuthorizerCredentialsArn")); f != nil {
			checkFunction(c, f)
		}
	}
}
