package apigateway

import (
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
)

// readHTTP remembers an HTTP API by the names of its endpoint.
func readHTTP(t *cfn.Template, r *cfn.Resource, others map[string]*foreign) {
	p := t.Properties(r).Aside()
	what := "an HTTP API (ProtocolType " + p.Text("ProtocolType") + ")"
	if !p.Has("ProtocolType") {
		what = "no WebSocket API: it has no ProtocolType"
	}
	f := &foreign{id: r.ID, place: p.Place + ".ProtocolType", what: what, status: 404}
	ids := idsOf(t, r, "ApiId")
	for _, id := range ids {
		others[prefix(id)] = f
	}
	for _, host := range hostsOf(t, r, ids) {
		others[host] = f
	}
}

// readSockets finds the HTTP APIs that have the routes of a WebSocket API.
func readSockets(t *cfn.Template, others map[string]*foreign) {
	for _, route := range t.Of("AWS::ApiGatewayV2::Route") {
		p := t.Properties(route).Aside()
		if f := others[prefix(p.Text("ApiId"))]; f != nil && p.Text("RouteKey") == "$connect" {
			f.socket = true
		}
	}
}

// readREST remembers a REST API by the names of its endpoint.
func readREST(t *cfn.Template, r *cfn.Resource, others map[string]*foreign) {
	for _, id := range idsOf(t, r, "RestApiId") {
		others[prefix(id)] = &foreign{id: r.ID, place: "Resources." + r.ID, what: "a REST API", status: 403}
	}
}

// readDomains gives the APIs their mappings, and remembers the domains that lead to
// none of them.
func readDomains(t *cfn.Template, apis map[string]*API, others map[string]*foreign) {
	type domain struct {
		name, target, place, broken string
		mappings                    []*Mapping
		elsewhere                   *foreign
	}
	byName := map[string]*domain{}
	var domains []*domain
	find := func(name string) *domain {
		name = strings.ToLower(name)
		if byName[name] == nil {
			byName[name] = &domain{name: name}
			domains = append(domains, byName[name])
		}
		return byName[name]
	}
	for _, r := range t.Of("AWS::ApiGatewayV2::DomainName") {
		p := t.Properties(r).Aside()
		if !p.Has("DomainName") {
			continue
		}
		d := find(p.Text("DomainName"))
		d.place, d.target = p.Place, strings.ToLower(t.Attribute(r, "RegionalDomainName"))
		switch {
		case p.Text("RoutingMode") == "ROUTING_RULE_ONLY":
			d.broken = "has RoutingMode ROUTING_RULE_ONLY, so its API mappings do nothing"
		case p.Has("MutualTlsAuthentication"):
			d.broken = "asks for a client certificate (MutualTlsAuthentication), and CloudFront has none to show"
		}
	}
	for _, r := range t.Of("AWS::ApiGatewayV2::ApiMapping") {
		p := t.Properties(r).Aside()
		if !p.Has("DomainName") {
			continue
		}
		d := find(p.Text("DomainName"))
		if d.name == "" {
			continue
		}
		if a := apis[p.Text("ApiId")]; a != nil {
			m := &Mapping{id: r.ID, domain: d.name, key: p.Text("ApiMappingKey"), stage: p.Text("Stage"), api: a, place: p.Place}
			a.mappings = append(a.mappings, m)
			d.mappings = append(d.mappings, m)
		}
		if f := others[prefix(p.Text("ApiId"))]; f != nil {
			d.elsewhere = f
		}
		if !p.Known("ApiId") {
			d.elsewhere = &foreign{} // an API that is not known: the domain is an external one
		}
	}
	for _, d := range domains {
		for _, m := range d.mappings {
			m.target, m.broken, m.others = d.target, d.broken, d.mappings
			if d.place != "" && d.broken != "" {
				m.place = d.place
			}
		}
		if len(d.mappings) > 0 || d.place == "" {
			continue
		}
		switch f := d.elsewhere; {
		case f == nil && len(apis) == 0: // the API and its mapping are elsewhere
		case f == nil:
			f = &foreign{id: d.name, place: d.place, what: "a custom domain without an AWS::ApiGatewayV2::ApiMapping", status: 403, socket: true}
			others[d.name], others[d.target] = f, f
		case f.what != "":
			others[d.name], others[d.target] = f, f
		}
	}
}
