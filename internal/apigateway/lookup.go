package apigateway

import (
	"slices"
	"strings"
)

// Endpoint is how something names an API: the host that it connects to, the path
// that it puts in front, and where in the template that is said.
type Endpoint struct{ Host, Path, Place string }

// At finds the WebSocket API that serves an endpoint, and the mapping if the host is
// a custom domain. It makes one up, with its assumptions written down, for a host
// that the template does not define.
func (g *Gateway) At(e Endpoint) (*API, *Mapping) {
	if a, m := g.Own(e.Host); a != nil {
		return a, m
	}
	return g.external(e)
}

// Own finds an API that the template defines by its execute-api host, or by a custom
// domain; nil for none.
func (g *Gateway) Own(host string) (*API, *Mapping) {
	for _, a := range g.apis {
		if strings.EqualFold(a.host, host) {
			return a, nil
		}
		for i := range a.mappings {
			if strings.EqualFold(a.mappings[i].domain, host) {
				return a, &a.mappings[i]
			}
		}
	}
	return nil, nil
}

// known is what is known of an API outside the template.
func (g *Gateway) known(host string) (External, bool) {
	for name, external := range g.outside {
		if strings.EqualFold(name, host) {
			return external, true
		}
	}
	return External{}, false
}

func (g *Gateway) external(e Endpoint) (*API, *Mapping) {
	host := strings.ToLower(e.Host)
	connect := &route{key: "$connect", place: e.Place}
	a := &API{host: host, external: true, keyHeader: "x-api-key", place: e.Place, routes: []*route{connect}}
	for _, own := range g.apis {
		if strings.HasPrefix(host, prefix(own.id)) {
			a.owner = own
		}
	}
	name := strings.Trim(e.Path, "/")
	known, given := g.known(host)
	if given {
		name = known.Stage
		connect.keyRequired = known.KeyRequired
		for _, key := range known.Keys {
			a.keys = append(a.keys, &apiKey{id: "given for " + host, value: key, enabled: true, stages: map[*API][]string{a: {name}}})
		}
	} else {
		a.assumed = append(a.assumed, "the template does not define "+host+
			"; assumed: its $connect asks for no key and accepts")
	}
	if !strings.Contains(host, ".execute-api.") {
		a.mappings = []Mapping{{domain: host, key: name, stage: name}}
		a.stages = []*stage{{name: name, deployed: true}}
		if !given {
			a.assumed = append(a.assumed, "assumed: the origin path is the API mapping of "+host)
		}
		return a, &a.mappings[0]
	}
	if !strings.Contains(name, "/") && name != "" {
		a.stages = []*stage{{name: name, deployed: true}}
		if !given {
			a.assumed = append(a.assumed, "assumed: stage "+name+", from the origin path")
		}
	}
	return a, nil
}

// Serves says whether a host is that of a WebSocket API: yes, no, or unknown.
func (g *Gateway) Serves(host string) (serves, known bool) {
	host = strings.ToLower(host)
	if a, _ := g.Own(host); a != nil {
		return true, true
	}
	if _, given := g.known(host); given {
		return true, true
	}
	if slices.ContainsFunc(g.apis, func(a *API) bool { return strings.Contains(host, prefix(a.id)) }) {
		return true, true
	}
	return false, slices.ContainsFunc(g.others, func(other string) bool { return strings.Contains(host, other) })
}
