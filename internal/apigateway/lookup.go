package apigateway

import "strings"

// Endpoint is how something names an API: the host that it connects to, the path
// that it puts in front, and where in the template that is said.
type Endpoint struct{ Host, Path, Place string }

// At finds the WebSocket API that serves an endpoint, and the mapping if the host is
// a custom domain. It makes one up, with its assumptions written down, for a host
// that the template does not define.
func (g *Gateway) At(e Endpoint) (*API, *Mapping) {
	if a, m := g.own(e.Host, e.Path); a != nil {
		return a, m
	}
	return g.external(e)
}

// Own finds an API that the template defines by its execute-api host, or by a custom
// domain; nil for none.
func (g *Gateway) Own(host string) (*API, *Mapping) { return g.own(host, "") }

func (g *Gateway) own(host, path string) (*API, *Mapping) {
	for _, a := range g.apis {
		if a.answersTo(host) {
			return a, nil
		}
		for _, m := range a.mappings {
			if strings.EqualFold(m.domain, host) || m.target != "" && strings.EqualFold(m.target, host) {
				m = m.at(path)
				return m.api, m
			}
		}
	}
	return nil, nil
}

// at is the mapping of the same domain that serves a path: the longest key that the
// path begins with, else this one.
func (m *Mapping) at(path string) *Mapping {
	best, length := m, -1
	for _, other := range m.others {
		if n := len(other.key); n > length && strings.HasPrefix(strings.Trim(path, "/")+"/", strings.Trim(other.key, "/")+"/") || n > length && other.key == "" {
			best, length = other, n
		}
	}
	return best
}

// Authorizes says whether an API of the template asks an authorizer, as far as is
// known.
func (g *Gateway) Authorizes() bool {
	for _, a := range g.apis {
		if connect := a.route("$connect"); connect != nil && (connect.authorization == "CUSTOM" || connect.problem != nil) {
			return true
		}
	}
	return false
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

// foreign is what of the template a host leads to instead of a WebSocket API.
func (g *Gateway) foreign(host string) *foreign {
	if f := g.others[host]; f != nil {
		return f
	}
	for beginning, f := range g.others {
		if strings.HasSuffix(beginning, ".execute-api.") && begins(host, beginning) {
			return f
		}
	}
	return nil
}

func (g *Gateway) external(e Endpoint) (*API, *Mapping) {
	host := strings.ToLower(e.Host)
	connect := &route{key: "$connect", place: e.Place}
	a := &API{host: host, hosts: []string{host}, external: true, keyHeader: "x-api-key", place: e.Place, routes: []*route{connect}, byKey: map[string]*route{connect.key: connect}, byName: map[string]*stage{},
		functions: g.functions, given: func(string) bool { return false }}
	for _, own := range g.apis {
		for _, id := range own.ids {
			if begins(host, prefix(id)) {
				a.owner = own
			}
		}
	}
	name := strings.Trim(e.Path, "/")
	known, given := g.known(host)
	if !given {
		if a.foreign = g.foreign(host); a.foreign != nil {
			return a, nil
		}
	}
	if given {
		connect.keyRequired = known.KeyRequired
		if known.Stage != "" {
			name = strings.Trim(known.Stage, "/")
		}
		for _, key := range known.Keys {
			a.keys = append(a.keys, &apiKey{id: "given for " + host, value: key, enabled: true, plans: []*usagePlan{{stages: map[*API][]string{a: {name}}}}})
		}
	} else {
		a.assumed = append(a.assumed, "the template does not define "+host+"; assumed: its $connect asks for no API key")
	}
	a.anyStage = known.Stage == ""
	if !strings.Contains(host, ".execute-api.") {
		m := &Mapping{domain: host, key: name, stage: name, api: a}
		m.others = []*Mapping{m}
		a.mappings = m.others
		a.addStage(name)
		if a.anyStage {
			a.assumed = append(a.assumed, "assumed: the origin path is the API mapping of "+host)
		}
		return a, m
	}
	if !strings.Contains(name, "/") && name != "" {
		a.addStage(name)
		if a.anyStage {
			a.assumed = append(a.assumed, "assumed: stage "+name+", from the origin path")
		}
	}
	return a, nil
}

// addStage adds a stage of which only the name is known.
func (a *API) addStage(name string) {
	s := &stage{name: name, deployed: true}
	a.stages, a.byName[name] = append(a.stages, s), s
}

// Serves says whether a host is that of a WebSocket API: yes, no, or unknown. An API
// of another protocol counts when it has the routes of one.
func (g *Gateway) Serves(host string) (serves, known bool) {
	host = strings.ToLower(host)
	if a, _ := g.Own(host); a != nil {
		return true, true
	}
	if _, given := g.known(host); given {
		return true, true
	}
	for _, a := range g.apis {
		for _, id := range a.ids {
			if begins(host, prefix(id)) {
				return true, true
			}
		}
	}
	if f := g.foreign(host); f != nil {
		return f.socket, true
	}
	return false, false
}

// begins says whether a host begins like another, whatever scheme is written before it.
func begins(host, prefix string) bool {
	_, name, schemed := strings.Cut(host, "://")
	return strings.HasPrefix(host, prefix) || schemed && strings.HasPrefix(name, prefix)
}
