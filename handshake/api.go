package handshake

import (
	"strings"
)

// api is a WebSocket API: one of the template, or one that only an origin names.
type api struct {
	id    string // logical id; "" for an external one
	place string
	// hosts are the names that the API answers to, in lower case.
	host         string
	region       string
	disabled     bool // the execute-api endpoint is disabled
	keyHeader    string
	selection    string // RouteSelectionExpression
	stages       []*stage
	routes       []*route
	integrations map[string]*integration
	authorizers  map[string]*authorizer
	mappings     []mapping
	keys         []apiKey
	plans        []usagePlan
	problem      error
	external     bool
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

// mapping is one API mapping of a custom domain.
type mapping struct{ domain, key, stage string }

// apiKey is a key that opens a stage.
type apiKey struct {
	id, value string
	stage     string // "" when no usage plan gives it a stage
	enabled   bool
	generated bool
}

// usagePlan is what a usage plan sets for one stage of the API.
type usagePlan struct {
	id, stage   string
	rate, burst float64
	throttled   bool
	quota       bool
}

// name is what the API is called in messages.
func (a *api) name() string {
	if a.external {
		return "API " + a.host
	}
	return "API " + a.id
}

func (a *api) route(key string) *route {
	for _, r := range a.routes {
		if r.key == key {
			return r
		}
	}
	return nil
}

func (a *api) stage(name string) *stage {
	for _, s := range a.stages {
		if s.name == name {
			return s
		}
	}
	return nil
}

func (a *api) stageNames() string {
	var names []string
	for _, s := range a.stages {
		names = append(names, s.name)
	}
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// locked says whether $connect asks for a key or an authorizer, so that a
// client cannot simply go around the edge.
func (a *api) locked() bool {
	r := a.route("$connect")
	return r != nil && (r.keyRequired || r.authorization == "CUSTOM" || r.authorization == "AWS_IAM")
}

func (t *Template) readAPIs() {
	for _, r := range t.of("AWS::ApiGatewayV2::Api") {
		var errs []error
		p := t.reader("Resources."+r.id+".Properties", r.properties, &errs)
		if kind := p.text("ProtocolType"); kind != "WEBSOCKET" {
			t.otherAPIs = append(t.otherAPIs, dnsLabel(r.id)+".execute-api.")
			continue
		}
		a := &api{
			id:           r.id,
			place:        p.place,
			host:         dnsLabel(r.id) + ".execute-api." + t.region() + "." + t.urlSuffix(),
			region:       t.region(),
			disabled:     p.flag("DisableExecuteApiEndpoint", false),
			keyHeader:    "x-api-key",
			selection:    p.text("RouteSelectionExpression"),
			integrations: map[string]*integration{},
			authorizers:  map[string]*authorizer{},
		}
		if expression := p.text("ApiKeySelectionExpression"); expression == "$context.authorizer.usageIdentifierKey" {
			a.keyHeader = ""
		}
		a.problem = joined(errs)
		t.readAPI(a)
		t.apis = append(t.apis, a)
	}
	for _, r := range t.of("AWS::ApiGateway::RestApi") {
		t.otherAPIs = append(t.otherAPIs, dnsLabel(r.id)+".execute-api.")
	}
}

// parts calls read for each resource of a kind that belongs to the API.
func (t *Template) parts(a *api, kind string, read func(r *resource, p properties) error) {
	for _, r := range t.of(kind) {
		var errs []error
		p := t.reader("Resources."+r.id+".Properties", r.properties, &errs)
		if p.text("ApiId") != dnsLabel(a.id) {
			continue
		}
		if err := read(r, p); err != nil {
			errs = append(errs, err)
		}
	}
}

func (t *Template) readAPI(a *api) {
	t.parts(a, "AWS::ApiGatewayV2::Stage", func(r *resource, p properties) error {
		a.stages = append(a.stages, &stage{id: r.id, name: p.text("StageName"),
			deployed: p.flag("AutoDeploy", false) || p.has("DeploymentId")})
		return nil
	})
	t.parts(a, "AWS::ApiGatewayV2::Route", func(r *resource, p properties) error {
		target := strings.TrimPrefix(p.text("Target"), "integrations/")
		a.routes = append(a.routes, &route{
			id: r.id, place: p.place, key: p.text("RouteKey"),
			keyRequired:   p.flag("ApiKeyRequired", false),
			authorization: p.text("AuthorizationType"),
			authorizer:    p.text("AuthorizerId"),
			target:        target,
			problem:       joined(*p.errs),
		})
		return nil
	})
	t.parts(a, "AWS::ApiGatewayV2::RouteResponse", func(r *resource, p properties) error {
		for _, route := range a.routes {
			if route.id == p.text("RouteId") {
				route.twoWay = true
			}
		}
		return nil
	})
	t.parts(a, "AWS::ApiGatewayV2::Integration", func(r *resource, p properties) error {
		a.integrations[r.id] = &integration{id: r.id, place: p.place, kind: p.text("IntegrationType"),
			requests: textMap(p.get("RequestTemplates")), problem: joined(*p.errs)}
		return nil
	})
	t.parts(a, "AWS::ApiGatewayV2::IntegrationResponse", func(r *resource, p properties) error {
		if i := a.integrations[p.text("IntegrationId")]; i != nil && p.text("IntegrationResponseKey") == "$default" {
			i.hasResponse = true
			i.responses = textMap(p.get("ResponseTemplates"))
		}
		return nil
	})
	t.parts(a, "AWS::ApiGatewayV2::Authorizer", func(r *resource, p properties) error {
		a.authorizers[r.id] = &authorizer{id: r.id, sources: p.texts("IdentitySource")}
		return nil
	})
	t.parts(a, "AWS::ApiGatewayV2::ApiMapping", func(r *resource, p properties) error {
		a.mappings = append(a.mappings, mapping{domain: strings.ToLower(p.text("DomainName")),
			key: p.text("ApiMappingKey"), stage: p.text("Stage")})
		return nil
	})
	t.readKeys(a)
}

// readKeys finds the API keys and the stages of the API that they open.
func (t *Template) readKeys(a *api) {
	stages := map[string][]string{} // usage plan → stages of this API
	for _, r := range t.of("AWS::ApiGateway::UsagePlan") {
		var errs []error
		p := t.reader("Resources."+r.id+".Properties", r.properties, &errs)
		for _, s := range p.children("ApiStages") {
			if s.text("ApiId") != dnsLabel(a.id) {
				continue
			}
			stages[r.id] = append(stages[r.id], s.text("Stage"))
			throttle := p.child("Throttle")
			a.plans = append(a.plans, usagePlan{id: r.id, stage: s.text("Stage"), rate: throttle.number("RateLimit", 0),
				burst: throttle.number("BurstLimit", 0), throttled: p.has("Throttle"), quota: p.has("Quota")})
		}
	}
	opens := map[string][]string{} // key → stages
	for _, r := range t.of("AWS::ApiGateway::UsagePlanKey") {
		var errs []error
		p := t.reader("Resources."+r.id+".Properties", r.properties, &errs)
		opens[p.text("KeyId")] = append(opens[p.text("KeyId")], stages[p.text("UsagePlanId")]...)
	}
	for _, r := range t.of("AWS::ApiGateway::ApiKey") {
		var errs []error
		p := t.reader("Resources."+r.id+".Properties", r.properties, &errs)
		key := apiKey{id: r.id, value: p.text("Value"), enabled: p.flag("Enabled", false), generated: !p.has("Value")}
		if len(opens[r.id]) == 0 {
			a.keys = append(a.keys, key)
		}
		for _, s := range opens[r.id] {
			key.stage = s
			a.keys = append(a.keys, key)
		}
	}
}

func textMap(v any) map[string]string {
	out := map[string]string{}
	for name, item := range object(v) {
		out[name] = scalar(item)
	}
	return out
}

// apiAt finds the WebSocket API that serves a host name, and the mapping if the
// host is a custom domain. It makes one up, with its assumptions written down,
// for a host that the template does not define.
func (t *Template) apiAt(o *origin) (*api, *mapping) {
	host := strings.ToLower(o.domain)
	for _, a := range t.apis {
		if a.host == host {
			return a, nil
		}
		for i := range a.mappings {
			if a.mappings[i].domain == host {
				return a, &a.mappings[i]
			}
		}
	}
	return t.externalAPI(o, host)
}

func (t *Template) externalAPI(o *origin, host string) (*api, *mapping) {
	a := &api{host: host, external: true, keyHeader: "x-api-key", place: o.place,
		integrations: map[string]*integration{}, authorizers: map[string]*authorizer{}}
	connect := &route{key: "$connect", place: o.place}
	a.routes = []*route{connect}
	known, given := t.facts.APIs[host]
	if !given {
		for name, facts := range t.facts.APIs {
			if strings.EqualFold(name, host) {
				known, given = facts, true
			}
		}
	}
	name := strings.Trim(o.path, "/")
	if given {
		name = known.Stage
		connect.keyRequired = known.KeyRequired
		for _, key := range known.Keys {
			a.keys = append(a.keys, apiKey{id: "Facts.APIs", value: key, stage: name, enabled: true})
		}
	} else {
		a.assumed = append(a.assumed, "the template does not define "+host+
			": its $connect is taken to ask for no key and to accept; give Facts.APIs to say more")
	}
	custom := !strings.Contains(host, ".execute-api.")
	if custom {
		a.mappings = []mapping{{domain: host, key: name, stage: name}}
		a.stages = []*stage{{name: name, deployed: true}}
		if !given {
			a.assumed = append(a.assumed, "the origin path is taken as the API mapping of "+host)
		}
		return a, &a.mappings[0]
	}
	if !strings.Contains(name, "/") && name != "" {
		a.stages = []*stage{{name: name, deployed: true}}
		if !given {
			a.assumed = append(a.assumed, "stage "+name+" is taken from the origin path")
		}
	}
	return a, nil
}

// isSocket says whether a behaviour's origin is a WebSocket API, as far as the
// template shows: one that it defines, one that the facts name, a policy that
// forwards WebSocket headers, or an execute-api host that is no other API's.
func (t *Template) isSocket(d *distribution, b *behavior) bool {
	origins, _ := d.targets(b.target)
	for _, o := range origins {
		host := strings.ToLower(o.domain)
		for _, a := range t.apis {
			if a.host == host || strings.Contains(host, dnsLabel(a.id)+".execute-api.") {
				return true
			}
			for _, m := range a.mappings {
				if m.domain == host {
					return true
				}
			}
		}
		for name := range t.facts.APIs {
			if strings.EqualFold(name, host) {
				return true
			}
		}
		for _, other := range t.otherAPIs {
			if strings.Contains(host, other) {
				return false
			}
		}
	}
	if p := t.originRequestPolicy(b.policyID); p != nil {
		for _, name := range p.headers.names {
			if p.headers.mode == "whitelist" && strings.HasPrefix(strings.ToLower(name), "sec-websocket-") {
				return true
			}
		}
	}
	for _, o := range origins {
		if strings.Contains(strings.ToLower(o.domain), ".execute-api.") && !posts(b) {
			return true
		}
	}
	return false
}

// posts says whether a behaviour takes POST, which no WebSocket needs.
func posts(b *behavior) bool {
	for _, m := range b.methods {
		if m == "POST" {
			return true
		}
	}
	return false
}
