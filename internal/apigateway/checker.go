package apigateway

import (
	"slices"

	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
)

// checker reads the resources of a template, to find what CloudFormation or API
// Gateway refuses. What is known only after the deploy is no finding.
type checker struct {
	t     *cfn.Template
	order *cfn.Order
	apis  []*API
	byID  map[string]*API
	read  map[string][]resource
	ids   map[string]map[string]resource
	found *trace.Findings
}

func newChecker(g *Gateway, found *trace.Findings) *checker {
	c := &checker{t: g.template, order: g.template.Order(), apis: g.apis, byID: map[string]*API{}, read: map[string][]resource{}, ids: map[string]map[string]resource{}, found: found}
	for _, a := range g.apis {
		for _, id := range a.ids {
			c.byID[id] = a
		}
	}
	return c
}

// resource is a resource with its properties, and the WebSocket API that it belongs
// to; nil for that of another API.
type resource struct {
	cfn.Properties
	*cfn.Resource
	id  string
	api *API
}

// of lists the resources of a type.
func (c *checker) of(kind string) []resource {
	all, done := c.read[kind]
	if done {
		return all
	}
	for _, r := range c.t.Of(kind) {
		p := c.t.Properties(r).Aside()
		all = append(all, resource{p, r, r.ID, c.byID[p.Text("ApiId")]})
	}
	c.read[kind] = all
	return all
}

// parts lists those that belong to a WebSocket API of the template.
func (c *checker) parts(kind string) []resource {
	return slices.DeleteFunc(slices.Clone(c.of(kind)), func(r resource) bool { return r.api == nil })
}

// named lists the resources of a type by each of their ids.
func (c *checker) named(kind, attribute string) map[string]resource {
	all, done := c.ids[kind]
	if done {
		return all
	}
	all = map[string]resource{}
	c.ids[kind] = all
	for _, r := range c.of(kind) {
		for _, id := range idsOf(c.t, r.Resource, attribute) {
			all[id] = r
		}
	}
	return all
}

// at is the place of a property of a resource.
func (r resource) at(property string) string { return r.Place + "." + property }

// absent says that a property is certainly not there.
func (r resource) absent(property string) bool { return r.Known(property) && !r.Has(property) }

// add adds a finding.
func (c *checker) add(rule rules.Rule, r resource, property, fix, format string, args ...any) {
	c.found.AddFixed(rule, r.at(property), fix, format, args...)
}

// refused adds what would refuse a handshake.
func (c *checker) refused(refusal *trace.Refusal) {
	if refusal != nil && refusal.Status != 0 {
		c.found.AddFixed(refusal.Rule, refusal.Place, refusal.Fix, "%s", refusal.Reason)
	}
}
