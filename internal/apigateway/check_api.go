package apigateway

import (
	"regexp"
	"slices"
	"strings"
)

// routeSelection are the forms of RouteSelectionExpression: a field of the message, or
// one route for all.
var routeSelection = regexp.MustCompile(`^(\$request\.body\.[^ ]+|\$\{request\.body\.[^ }]+\}|\\*\$default)$`)

// keySelection are the values of ApiKeySelectionExpression.
var keySelection = []string{"$request.header.x-api-key", "${request.header.x-api-key}", "$context.authorizer.usageIdentifierKey", "${context.authorizer.usageIdentifierKey}"}

// checkAPIs finds settings that a WebSocket API does not take.
func checkAPIs(c *checker) {
	for _, r := range c.of("AWS::ApiGatewayV2::Api") {
		imported := r.Has("Body") || r.Has("BodyS3Location") || !r.Known("Body") || !r.Known("BodyS3Location")
		for _, name := range []string{"ProtocolType", "Name"} {
			if r.absent(name) && !imported {
				c.add(Required, r, name, "set "+name, "API %s has no %s, which is required when nothing is imported", r.id, name)
			}
		}
		if r.Text("ProtocolType") != "WEBSOCKET" {
			continue
		}
		if r.Has("Body") || r.Has("BodyS3Location") {
			c.add(Definition, r, "Body", "define the routes by AWS::ApiGatewayV2::Route and remove the definition", "API %s imports a definition; API Gateway imports HTTP APIs only", r.id)
		}
		expression := r.Text("RouteSelectionExpression")
		switch {
		case r.absent("RouteSelectionExpression"):
			c.add(Required, r, "RouteSelectionExpression", "set RouteSelectionExpression to $request.body.action",
				"API %s has no RouteSelectionExpression, which is required for WEBSOCKET", r.id)
		case expression != "" && !routeSelection.MatchString(expression):
			c.add(Selection, r, "RouteSelectionExpression", "set it to $request.body.action, or to the field that your messages have",
				"the route selection expression of API %s is %q; a WebSocket API's names a field of the message", r.id, expression)
		}
		if key := r.Text("ApiKeySelectionExpression"); key != "" && !slices.Contains(keySelection, key) {
			c.add(KeySelection, r, "ApiKeySelectionExpression", "set it to $request.header.x-api-key", "API %s takes its key from %q; API Gateway knows %s and %s", r.id, key, keySelection[0], keySelection[2])
		}
		for _, name := range []string{"CorsConfiguration", "RouteKey", "Target", "CredentialsArn"} {
			if r.Has(name) {
				c.add(HTTPOnly, r, name, "remove "+name, "%s is for HTTP APIs, and API %s is a WebSocket API", name, r.id)
			}
		}
		if r.Has("BasePath") {
			c.add(HTTPOnlyIgnored, r, "BasePath", "remove BasePath", "BasePath is for the import of HTTP APIs, and API %s is a WebSocket API", r.id)
		}
	}
}

// httpRoute is the form of an HTTP API's route key.
var httpRoute = regexp.MustCompile(`^(\$default|(ANY|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT) /\S*)$`)

// checkProtocols finds WebSocket routes of an HTTP API.
func checkProtocols(c *checker) {
	apis := c.named("AWS::ApiGatewayV2::Api", "ApiId")
	for _, r := range c.of("AWS::ApiGatewayV2::Route") {
		key := r.Text("RouteKey")
		api, ok := apis[r.Text("ApiId")]
		if !ok || api.Text("ProtocolType") != "HTTP" || key == "" || httpRoute.MatchString(key) {
			continue
		}
		fix := "write the route key as METHOD /path"
		if strings.HasPrefix(key, "$") {
			fix = "set ProtocolType of " + api.id + " to WEBSOCKET, and RouteSelectionExpression"
		}
		c.add(HTTPRoute, r, "RouteKey", fix, "API %s has ProtocolType HTTP, and the route key %s is not one of an HTTP API", api.id, key)
	}
}
