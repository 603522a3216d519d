package cloudfront

import (
	"slices"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/apigateway"
	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
	"github.com/websocket-distribution/websocket-distribution/internal/cloudfront/function"
)

// Edge is what a template has of CloudFront: distributions, policies and functions,
// and the WebSocket APIs that the origins may name.
type Edge struct {
	policies
	distributions []*Distribution
	functions     []*function.Function
	apis          *apigateway.Gateway
}

// Names are what CloudFront calls its resources.
func Names() cfn.Names {
	names := function.Names()
	logicalID := func(n cfn.Named) (any, error) { return n.ID, nil }
	names["AWS::CloudFront::Distribution.Id"] = logicalID
	names["AWS::CloudFront::OriginRequestPolicy.Id"] = logicalID
	names["AWS::CloudFront::CachePolicy.Id"] = logicalID
	names["AWS::CloudFront::Distribution.DomainName"] = func(n cfn.Named) (any, error) {
		return (&Distribution{ID: n.ID}).domainName(), nil
	}
	return names
}

// Read reads what a template has of CloudFront.
func Read(t *cfn.Template, apis *apigateway.Gateway) *Edge {
	e := &Edge{policies: readPolicies(t), functions: function.Read(t), apis: apis}
	for _, r := range t.Of("AWS::CloudFront::Distribution") {
		e.distributions = append(e.distributions, readDistribution(r.ID, t.Properties(r).Child("DistributionConfig")))
	}
	for _, d := range e.distributions {
		for _, o := range d.origins {
			apis.Locate(strings.ToLower(o.domain))
		}
	}
	return e
}

// Distributions are those of the template, sorted by logical id.
func (e *Edge) Distributions() []*Distribution { return e.distributions }

// function finds the function that a behavior names.
func (e *Edge) function(arn string) *function.Function {
	for _, f := range e.functions {
		if f.ARN == arn {
			return f
		}
	}
	return nil
}

// Sockets are the behaviors of a distribution that lead to a WebSocket API, as far as
// the template shows: an API that it defines or that is known, a policy that forwards
// WebSocket headers, or an execute-api host that is no other API's.
func (e *Edge) Sockets(d *Distribution) []*Behavior {
	var sockets []*Behavior
	for _, b := range d.behaviors {
		if e.isSocket(d, b) {
			sockets = append(sockets, b)
		}
	}
	return sockets
}

func (e *Edge) isSocket(d *Distribution, b *Behavior) bool {
	origins, _ := d.targets(b.target)
	for _, o := range origins {
		if serves, known := e.apis.Serves(o.domain); known {
			return serves
		}
	}
	if p := e.originRequestPolicy(b.policyID); p != nil && p.Headers.Mode == "whitelist" {
		for _, name := range p.Headers.Names {
			if strings.HasPrefix(strings.ToLower(name), "sec-websocket-") {
				return true
			}
		}
	}
	return !b.posts() && slices.ContainsFunc(origins, func(o *Origin) bool {
		return strings.Contains(strings.ToLower(o.domain), ".execute-api.")
	})
}

// FirstAPI is the API of the first WebSocket behavior, the default one first; nil when
// there is none.
func (e *Edge) FirstAPI(d *Distribution) (*apigateway.API, *apigateway.Mapping) {
	sockets := e.Sockets(d)
	for i := len(sockets) - 1; i >= 0; i-- {
		origins, _ := d.targets(sockets[i].target)
		for _, o := range origins {
			if o.sound() {
				return e.apis.At(o.Endpoint())
			}
		}
	}
	return nil, nil
}

// OriginHosts are the names that the origins connect to, in lower case. They are not
// complete when one is known only after the deploy, or when edge functions may choose
// others.
func (e *Edge) OriginHosts() (hosts []string, complete bool) {
	complete = len(e.functions) == 0
	for _, d := range e.distributions {
		for _, o := range d.origins {
			complete = complete && o.problem == nil
			if host := strings.ToLower(o.domain); o.problem == nil && !slices.Contains(hosts, host) {
				hosts = append(hosts, host)
			}
		}
		for _, b := range d.behaviors {
			complete = complete && len(b.lambdas) == 0
		}
	}
	return hosts, complete
}

// APIByHost finds the API that answers to a host: one of the template, or one that an
// origin of the distribution names; nil for none.
func (e *Edge) APIByHost(d *Distribution, host string) (*apigateway.API, *apigateway.Mapping) {
	for _, o := range d.origins {
		if o.problem == nil && strings.EqualFold(o.domain, host) {
			return e.apis.At(o.Endpoint())
		}
	}
	return e.apis.Own(host)
}

// Paths are paths that lead to the WebSocket behaviors of a distribution, one each:
// "/" for the default one, else the pattern with its wildcards filled in.
func (e *Edge) Paths(d *Distribution) []string {
	var paths []string
	for _, b := range e.Sockets(d) {
		path := "/" + strings.TrimPrefix(strings.NewReplacer("*", "", "?", "x").Replace(b.pattern), "/")
		if d.route(path) == b && !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	}
	return paths
}
