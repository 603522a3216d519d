package cloudfront

import (
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/cloudfront/function"
)

// associations checks the edge functions of a behavior.
func (c *checker) associations(b *Behavior, socket bool) {
	functions, lambdas := b.place+".FunctionAssociations", b.place+".LambdaFunctionAssociations"
	seen := map[string]bool{}
	twice := func(event, place string) {
		if seen[event] {
			c.found.Add(function.Association, place, "two functions are on %s", event)
		}
		seen[event] = true
		if socket && strings.HasSuffix(event, "-response") {
			c.found.Add(function.ResponseEvent, b.place, "a function is on %s, and AWS does not document what that does to a 101 answer", event)
		}
	}
	for _, a := range b.functions {
		twice(a.event, functions)
		if a.event == "origin-request" || a.event == "origin-response" {
			c.found.AddFixed(function.Association, functions, "use viewer-request, or Lambda@Edge", "a CloudFront Function cannot be on %s", a.event)
		}
		if f := c.edge.function(a.arn); f != nil && !f.Published && f.Problem == nil {
			c.found.Add(function.Unpublished, f.Place+".AutoPublish", "function %s is not published, so it cannot be associated", f.ID)
		}
	}
	for _, a := range b.lambdas {
		twice(a.Event, lambdas)
		if strings.HasPrefix(a.Event, "viewer-") && len(b.functions) > 0 {
			c.found.Add(function.Association, lambdas, "CloudFront Functions and Lambda@Edge are mixed on viewer events")
		}
		a.Check(c.found)
	}
}
