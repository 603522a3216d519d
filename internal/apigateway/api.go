package apigateway

import "strings"

// API is a WebSocket API: one of the template, or one that only an origin names.
type API struct {
	id    string // logical id; "" for one outside the template
	place string
	// host is the name that the API answers to, in lower case.
	host         string
	disabled     bool // the execute-api endpoint is disabled
	keyHeader    string
	selection    string // RouteSelectionExpression
	stages       []*stage
	routes       []*route
	integrations map[string]*integration
	authorizers  map[string]*authorizer
	mappings     []Mapping
	keys         []*apiKey // all of the template: which open the API, they say themselves
	plans        []usagePlan
	problem      error
	// owner is the API of the template that the host seems to mean, under another
	// region or suffix.
	owner    *API
	external bool
	// assumed lists what is taken for granted of an external API.
	assumed []string
}

type stage struct {
	id, name string
	deployed bool
}

type route struct {
	id, place, key string
	keyRequired    bool
	authorization  string
	authorizer     string
	target         string
	twoWay         bool
	problem        error
}

type integration struct {
	id, place, kind string
	requests        map[string]string
	responses       map[string]string // templates of the $default integration response
	hasResponse     bool
	problem         error
}

type authorizer struct {
	id      string
	sources []string
}

// Mapping is one API mapping of a custom domain.
type Mapping struct{ domain, key, stage string }

// apiKey is an API key and the stages that it opens.
type apiKey struct {
	id, value string
	enabled   bool
	generated bool
	stages    map[*API][]string
}

// usagePlan is what a usage plan sets for one stage of the API.
type usagePlan struct {
	id          string
	rate, burst float64
	limits      bool // there is a throttle or a quota
}

// Name is what the API is called in messages.
func (a *API) Name() string {
	if a.external {
		return "API " + a.host
	}
	return "API " + a.id
}

// HostOf is the host name that the API answers to, by a mapping or by itself.
func (a *API) HostOf(m *Mapping) string {
	if m != nil {
		return m.domain
	}
	return a.host
}

// PathOf is the path of the API's first stage, or of a mapping.
func (a *API) PathOf(m *Mapping) string {
	switch {
	case m != nil:
		return "/" + m.key
	case len(a.stages) > 0:
		return "/" + a.stages[0].name
	}
	return "/"
}

// Locked says whether $connect asks for a key or an authorizer, so that a client
// cannot simply go around the edge.
func (a *API) Locked() bool {
	r := a.route("$connect")
	return r != nil && (r.keyRequired || r.authorization == "CUSTOM" || r.authorization == "AWS_IAM")
}

func (a *API) route(key string) *route {
	for _, r := range a.routes {
		if r.key == key {
			return r
		}
	}
	return nil
}

// integrationOf is the integration of a route; nil for a route that has none.
func (a *API) integrationOf(r *route) *integration {
	if r == nil {
		return nil
	}
	return a.integrations[r.target]
}

func (a *API) stage(name string) *stage {
	for _, s := range a.stages {
		if s.name == name {
			return s
		}
	}
	return nil
}

func (a *API) stageNames() string {
	var names []string
	for _, s := range a.stages {
		names = append(names, s.name)
	}
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
