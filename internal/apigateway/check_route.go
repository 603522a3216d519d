package apigateway

import (
	"slices"
	"strings"
)

// checkRoutes finds routes that API Gateway does not take, or that nobody comes to.
func checkRoutes(c *checker) {
	taken := map[string]string{} // API and key → logical id
	for _, r := range c.parts("AWS::ApiGatewayV2::Route") {
		key := r.Text("RouteKey")
		checkRouteKey(c, r, key)
		if key != "" {
			if other, twice := taken[r.api.id+" "+key]; twice {
				c.add(RouteTwice, r, "RouteKey", "remove one of them", "the routes %s and %s of API %s have the same route key %s", other, r.id, r.api.id, key)
			}
			taken[r.api.id+" "+key] = r.id
		}
		checkTarget(c, r)
		checkAuthorization(c, r, key)
		if expression := r.Text("RouteResponseSelectionExpression"); expression != "" && strings.TrimLeft(expression, `\`) != "$default" {
			c.add(RouteResponse, r, "RouteResponseSelectionExpression", "set it to $default", "route %s chooses its response by %q; API Gateway takes $default only", r.id, expression)
		}
		if r.Has("AuthorizationScopes") {
			c.add(HTTPOnlyIgnored, r, "AuthorizationScopes", "remove it", "AuthorizationScopes go with JWT authorizers, which are for HTTP APIs")
		}
	}
	for _, r := range c.parts("AWS::ApiGatewayV2::RouteResponse") {
		if key := r.Text("RouteResponseKey"); key != "" && strings.TrimLeft(key, `\`) != "$default" {
			c.add(RouteResponse, r, "RouteResponseKey", "set it to $default", "the route response %s has the key %q; API Gateway takes $default only", r.id, key)
		}
	}
}

// checkRouteKey finds keys that look like one of the predefined routes and are none.
func checkRouteKey(c *checker, r resource, key string) {
	predefined := []string{"$connect", "$disconnect", "$default"}
	bare := strings.ToLower(strings.Trim(key, "$ /"))
	switch {
	case key == "" || slices.Contains(predefined, key):
	case slices.Contains([]string{"connect", "disconnect", "default"}, bare) && (r.api.route("$"+bare) == nil || strings.HasPrefix(key, "$")):
		what := "the handshake does not come to it"
		if bare != "connect" {
			what = "only a message that names it does"
		}
		c.add(RouteKey, r, "RouteKey", "set RouteKey to $"+bare, "route %s has the key %s, which is not $%s: %s", r.id, key, bare, what)
	case strings.HasPrefix(key, "$"):
		c.add(RouteKey, r, "RouteKey", "set RouteKey to $connect, $disconnect, $default, or to what messages name", "route %s has the key %s; the predefined routes are $connect, $disconnect and $default", r.id, key)
	case httpRoute.MatchString(key):
		c.add(RouteKey, r, "RouteKey", "set RouteKey to $connect, $disconnect, $default, or to what messages name", "route %s has the key %q, which is one of an HTTP API", r.id, key)
	}
}

// checkTarget finds targets that are no integration of the API.
func checkTarget(c *checker, r resource) {
	target := r.Text("Target")
	if target == "" {
		return
	}
	id, ok := strings.CutPrefix(target, "integrations/")
	switch {
	case !ok:
		c.add(RouteTarget, r, "Target", "set Target to integrations/ followed by the integration's id (Fn::Sub \"integrations/${Integration}\")", "route %s has the target %q, without integrations/", r.id, target)
	case r.api.integrations[id] == nil:
		if i, ok := c.named("AWS::ApiGatewayV2::Integration", "IntegrationId")[id]; ok && i.Known("ApiId") {
			c.add(RouteTarget, r, "Target", "name an integration of "+r.api.id, "route %s of API %s has the target %s, which is an integration of another API", r.id, r.api.id, i.id)
		}
	}
}

// checkAuthorization finds authorization that a WebSocket API does not take.
func checkAuthorization(c *checker, r resource, key string) {
	kind, id := r.Text("AuthorizationType"), r.Text("AuthorizerId")
	switch {
	case kind == "JWT":
		c.add(AuthorizerType, r, "AuthorizationType", "use a Lambda authorizer of type REQUEST (AuthorizationType CUSTOM), which checks the token", "route %s has AuthorizationType JWT, which is for HTTP APIs", r.id)
		return
	case kind != "" && kind != "NONE" && key != "" && key != "$connect":
		c.add(AuthorizerRoute, r, "AuthorizationType", "set authorization on $connect only", "route %s (%s) has AuthorizationType %s; a WebSocket API authorizes on $connect only", r.id, key, kind)
	case kind == "CUSTOM" && r.absent("AuthorizerId"):
		c.add(AuthorizerType, r, "AuthorizerId", "set AuthorizerId", "route %s has AuthorizationType CUSTOM and no AuthorizerId", r.id)
	case (kind == "NONE" || r.absent("AuthorizationType")) && id != "":
		c.add(AuthorizerUnused, r, "AuthorizationType", "set AuthorizationType to CUSTOM", "route %s names the authorizer %s, and without AuthorizationType CUSTOM nothing asks it", r.id, id)
	}
	if id == "" || r.api.authorizers[id] != nil {
		return
	}
	if au, ok := c.named("AWS::ApiGatewayV2::Authorizer", "AuthorizerId")[id]; ok && au.Known("ApiId") {
		c.add(AuthorizerType, r, "AuthorizerId", "name an authorizer of "+r.api.id, "route %s of API %s names %s, which is an authorizer of another API", r.id, r.api.id, au.id)
	}
}
