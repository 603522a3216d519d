package cloudfront

import (
	"slices"
	"strings"
	"sync"

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
	template      *cfn.Template

	// sockets are the behaviors that lead to a WebSocket API, found once.
	once    sync.Once
	sockets map[*Distribution][]*Behavior
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
	e := &Edge{policies: readPolicies(t), functions: function.Read(t), apis: apis, template: t}
	for _, r := range t.Of("AWS::CloudFront::Distribution") {
		e.distributions = append(e.distributions, readDistribution(t, r.ID, t.Properties(r).Child("DistributionConfig")))
	}
	for _, n := range readTenants(t) {
		for _, d := range e.distributions {
			if d.ID == n.distribution {
				d.tenants = append(d.tenants, n)
			}
		}
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
		if f.Has(arn) {
			return f
		}
	}
	return nil
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
