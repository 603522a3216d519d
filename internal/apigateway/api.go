package apigateway

import (
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
	"github.com/websocket-distribution/websocket-distribution/internal/lambda"
)

// API is a WebSocket API: one of the template, or one that only an origin names.
type API struct {
	id    string // logical id; "" for one outside the template
	place string
	// ids are the ids that the API has, the first by Ref; others come with values that
	// were given for its attributes.
	ids []string
	// host is the name that the API answers to, in lower case; hosts are all of them.
	host  string
	hosts []string
	// where is where the stack is deployed, region its region; "" when it is not known.
	where        *cfn.Environment
	region       string
	disabled     bool // the execute-api endpoint is disabled
	keyHeader    string
	selection    string // RouteSelectionExpression
	stages       []*stage
	byName       map[string]*stage
	routes       []*route
	byKey        map[string]*route
	integrations map[string]*integration
	authorizers  map[string]*authorizer
	mappings     []*Mapping
	keys         []*apiKey // all of the template: which open the API, they say themselves
	plans        []*usagePlan
	// openPlans says that a key may be in a usage plan that only the deploy knows.
	openPlans bool
	functions *lambda.Functions
	problem   error
	// foreign is what the host leads to instead of a WebSocket API: an HTTP or REST API
	// of the template, or a custom domain without a mapping.
	foreign *foreign
	// owner is the API of the template that the host seems to mean, under another
	// region or suffix.
	owner    *API
	external bool
	// anyStage says of an external API that its stage was not given.
	anyStage bool
	// assumed lists what is taken for granted of an external API.
	assumed []string
	// given says whether a value comes from the caller and not from the template.
	given func(value string) bool
}

// foreign is a host that no WebSocket API answers at.
type foreign struct {
	id, place, what string
	status          int
	// socket says that its routes are those of a WebSocket API.
	socket bool
}

type stage struct {
	*cfn.Resource
	id, place, name string
	deployed        bool
	// variables are the stage variables; nil when they are not known.
	variables map[string]string
	// limits are the throttling settings by route key, "" for those of all routes.
	limits map[string]limits
}

// limits are throttling settings; -1 for one that is not set.
type limits struct{ rate, burst float64 }

type route struct {
	*cfn.Resource
	id, place, key string
	keyRequired    bool
	authorization  string
	authorizer     string
	target         string
	// required are the request parameters without which the route is not taken.
	required []string
	twoWay   bool
	problem  error
}

type integration struct {
	id, place, kind string
	call            call
	method          string
	passthrough     string
	selection       string // TemplateSelectionExpression
	requests        map[string]string
	responses       map[string]string // templates of the $default integration response
	// subprotocol is what the integration response maps to Sec-WebSocket-Protocol.
	subprotocol string
	hasResponse bool
	problem     error
}

// call is what an integration or an authorizer calls, and with which role.
type call struct {
	place, property string
	uri             string
	credentials     string
	// open says that the URI or the role is known only after the deploy.
	open bool
}

type authorizer struct {
	id      string
	place   string
	sources []string
	call    call
}

// Mapping is one API mapping of a custom domain.
type Mapping struct {
	id, domain, key, stage string
	api                    *API
	// target is the domain's regional name, by which DNS leads to it.
	target string
	// broken is why the domain serves no mapping; "" for a sound one.
	broken, place string
	// others are the mappings of the same domain, this one among them.
	others []*Mapping
}

// apiKey is an API key and the usage plans that have it.
type apiKey struct {
	id, value string
	enabled   bool
	generated bool
	// random says that the value is that of a secret that is generated at the deploy,
	// so that nothing that is written out is the same.
	random bool
	// open says that the value is known only after the deploy.
	open  bool
	plans []*usagePlan
}

// usagePlan is what a usage plan sets, and the stages that it opens.
type usagePlan struct {
	id          string
	rate, burst float64
	limits      bool // there is a throttle or a quota
	// closed is a limit that lets nobody in; "" for none.
	closed string
	stages map[*API][]string
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

// route is the route with a key; nil for none.
func (a *API) route(key string) *route { return a.byKey[key] }

// integrationOf is the integration of a route; nil for a route that has none.
func (a *API) integrationOf(r *route) *integration {
	if r == nil {
		return nil
	}
	return a.integrations[r.target]
}

// stage is the stage with a name; nil for none.
func (a *API) stage(name string) *stage { return a.byName[name] }

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

// answersTo says whether a host is the API's own. Where the stack's region is not
// known, the host may name any.
func (a *API) answersTo(host string) bool {
	for _, own := range a.hosts {
		if strings.EqualFold(own, host) {
			return true
		}
	}
	return a.region == "" && a.regional(host)
}

// regional says whether a host is that of the API in some region.
func (a *API) regional(host string) bool {
	host = strings.ToLower(host)
	for _, id := range a.ids {
		if rest, ok := strings.CutPrefix(host, prefix(id)); ok {
			_, suffix, _ := strings.Cut(rest, ".")
			return suffix == "amazonaws.com" || suffix == "amazonaws.com.cn"
		}
	}
	return false
}
