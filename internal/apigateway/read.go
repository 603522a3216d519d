package apigateway

import (
	"slices"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
	"github.com/websocket-distribution/websocket-distribution/internal/lambda"
)

// readAPI reads a WebSocket API; nil for one of another protocol.
func readAPI(t *cfn.Template, r *cfn.Resource, functions *lambda.Functions) *API {
	p := t.Properties(r)
	if kind := p.Text("ProtocolType"); kind != "WEBSOCKET" && p.Err() == nil {
		return nil
	}
	a := &API{
		id:           r.ID,
		place:        p.Place,
		ids:          idsOf(t, r, "ApiId"),
		where:        t.Where(r),
		region:       t.Where(r).Region,
		disabled:     p.Flag("DisableExecuteApiEndpoint", false),
		keyHeader:    "x-api-key",
		selection:    p.Text("RouteSelectionExpression"),
		byName:       map[string]*stage{},
		byKey:        map[string]*route{},
		integrations: map[string]*integration{},
		authorizers:  map[string]*authorizer{},
		functions:    functions,
		given:        t.Gives,
	}
	a.hosts = hostsOf(t, r, a.ids)
	a.host = a.hosts[0]
	if expression := p.Text("ApiKeySelectionExpression"); strings.Contains(expression, "usageIdentifierKey") {
		a.keyHeader = ""
	}
	a.problem = p.Err()
	return a
}

// idsOf are the values by which a template names a resource: Ref, an attribute, and
// the stand-in, which other stand-ins are made of.
func idsOf(t *cfn.Template, r *cfn.Resource, attribute string) []string {
	var ids []string
	for _, id := range []string{t.Ref(r), t.Attribute(r, attribute), cfn.DNSLabel(r.ID)} {
		if id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// hostsOf are the names of an API's default endpoint. The first is the one that was
// given, if one was.
func hostsOf(t *cfn.Template, r *cfn.Resource, ids []string) []string {
	var hosts []string
	for _, id := range ids {
		hosts = append(hosts, executeAPI(t.Where(r), id))
	}
	_, host, _ := strings.Cut(t.Attribute(r, "ApiEndpoint"), "://")
	if host = strings.ToLower(strings.TrimSuffix(host, "/")); host != "" && !slices.Contains(hosts, host) {
		hosts = append([]string{host}, hosts...)
	}
	return hosts
}

// reader reads what belongs to the APIs of a template, each resource once.
type reader struct {
	template *cfn.Template
	apis     map[string]*API // by the ids that the template may give
}

// each calls read for each resource of a type that belongs to an API.
func (r reader) each(kind string, read func(a *API, resource *cfn.Resource, p cfn.Properties)) {
	for _, resource := range r.template.Of(kind) {
		p := r.template.Properties(resource)
		if a := r.apis[p.Aside().Text("ApiId")]; a != nil {
			read(a, resource, p)
		}
	}
}

func (r reader) stages() {
	r.each("AWS::ApiGatewayV2::Stage", func(a *API, resource *cfn.Resource, p cfn.Properties) {
		aside := p.Aside()
		s := &stage{Resource: resource, id: resource.ID, place: p.Place, name: p.Text("StageName"), limits: map[string]limits{},
			deployed: aside.Flag("AutoDeploy", false) || aside.Has("DeploymentId") || !aside.Known("DeploymentId") || !aside.Known("AutoDeploy")}
		if aside.Known("StageVariables") {
			s.variables = aside.TextMap("StageVariables")
		}
		if settings := aside.Child("DefaultRouteSettings"); !settings.Empty() {
			s.limits[""] = readLimits(settings)
		}
		routes := aside.Child("RouteSettings")
		for key := range cfn.Object(aside.Value("RouteSettings")) {
			s.limits[key] = readLimits(routes.Child(key))
		}
		a.stages = append(a.stages, s)
		if a.byName[s.name] == nil {
			a.byName[s.name] = s
		}
	})
	r.each("AWS::ApiGatewayV2::Deployment", func(a *API, _ *cfn.Resource, p cfn.Properties) {
		if s := a.stage(p.Aside().Text("StageName")); s != nil && s.name != "" {
			s.deployed = true
		}
	})
}

func readLimits(p cfn.Properties) limits {
	return limits{rate: p.Number("ThrottlingRateLimit", -1), burst: p.Number("ThrottlingBurstLimit", -1)}
}

func (r reader) routes() {
	routes := map[string]*route{} // by logical id
	r.each("AWS::ApiGatewayV2::Route", func(a *API, resource *cfn.Resource, p cfn.Properties) {
		aside := p.Aside()
		route := &route{
			Resource: resource, id: resource.ID, place: p.Place, key: p.Text("RouteKey"),
			keyRequired:   p.Flag("ApiKeyRequired", false),
			authorization: p.Text("AuthorizationType"),
			authorizer:    aside.Text("AuthorizerId"),
			target:        strings.TrimPrefix(aside.Text("Target"), "integrations/"),
			problem:       p.Err(),
		}
		parameters := aside.Child("RequestParameters")
		for name := range cfn.Object(aside.Value("RequestParameters")) {
			if parameters.Child(name).Flag("Required", false) {
				route.required = append(route.required, name)
			}
		}
		slices.Sort(route.required)
		routes[resource.ID] = route
		a.routes = append(a.routes, route)
		if a.byKey[route.key] == nil {
			a.byKey[route.key] = route
		}
	})
	r.each("AWS::ApiGatewayV2::RouteResponse", func(_ *API, _ *cfn.Resource, p cfn.Properties) {
		if route := routes[p.Aside().Text("RouteId")]; route != nil {
			route.twoWay = true
		}
	})
}

func (r reader) integrations() {
	r.each("AWS::ApiGatewayV2::Integration", func(a *API, resource *cfn.Resource, p cfn.Properties) {
		aside := p.Aside()
		i := &integration{id: resource.ID, place: p.Place, kind: p.Text("IntegrationType"), call: readCall(aside, "IntegrationUri", "CredentialsArn"),
			method: aside.Text("IntegrationMethod"), passthrough: aside.Text("PassthroughBehavior"), selection: aside.Text("TemplateSelectionExpression")}
		if i.kind == "MOCK" {
			i.requests = p.TextMap("RequestTemplates")
		} else {
			i.requests = aside.TextMap("RequestTemplates")
			i.call.open = i.call.open || !aside.Known("RequestTemplates")
		}
		i.problem = p.Err()
		for _, id := range idsOf(r.template, resource, "IntegrationId") {
			a.integrations[id] = i
		}
	})
	r.each("AWS::ApiGatewayV2::IntegrationResponse", func(a *API, _ *cfn.Resource, p cfn.Properties) {
		p = p.Aside()
		if i := a.integrations[p.Text("IntegrationId")]; i != nil && p.Text("IntegrationResponseKey") == "$default" {
			i.hasResponse = true
			i.responses = p.TextMap("ResponseTemplates")
			for name, value := range p.TextMap("ResponseParameters") {
				if strings.EqualFold(name, "route.response.header.Sec-WebSocket-Protocol") {
					i.subprotocol = value
				}
			}
		}
	})
}

func readCall(p cfn.Properties, uri, credentials string) call {
	return call{place: p.Place, property: uri, uri: p.Text(uri), credentials: p.Text(credentials), open: !p.Known(uri) || !p.Known(credentials)}
}

func (r reader) authorizers() {
	r.each("AWS::ApiGatewayV2::Authorizer", func(a *API, resource *cfn.Resource, p cfn.Properties) {
		au := &authorizer{id: resource.ID, place: p.Place, sources: p.Texts("IdentitySource"), call: readCall(p.Aside(), "AuthorizerUri", "AuthorizerCredentialsArn")}
		for _, id := range idsOf(r.template, resource, "AuthorizerId") {
			a.authorizers[id] = au
		}
	})
}

// isRandom says whether a value is a dynamic reference to a secret of the template
// that Secrets Manager generates.
func isRandom(t *cfn.Template, value string) bool {
	return slices.ContainsFunc(t.Of("AWS::SecretsManager::Secret"), func(secret *cfn.Resource) bool {
		return strings.Contains(value, "{{resolve:secretsmanager:"+t.Ref(secret)) && t.Properties(secret).Aside().Has("GenerateSecretString")
	})
}

// keys finds the API keys, the usage plans that have them, and the stages that these
// open.
func (r reader) keys() []*apiKey {
	t := r.template
	plans := map[string]*usagePlan{} // by what a usage plan is called
	for _, resource := range t.Of("AWS::ApiGateway::UsagePlan") {
		p := t.Properties(resource)
		plan := readPlan(resource.ID, p.Aside())
		for _, id := range idsOf(t, resource, "Id") {
			plans[id] = plan
		}
		for _, s := range p.Children("ApiStages") {
			if a := r.apis[s.Aside().Text("ApiId")]; a != nil {
				if len(plan.stages[a]) == 0 {
					a.plans = append(a.plans, plan)
				}
				plan.stages[a] = append(plan.stages[a], s.Text("Stage"))
			}
		}
	}
	keys := map[string]*apiKey{} // by what a key is called
	var all []*apiKey
	for _, resource := range t.Of("AWS::ApiGateway::ApiKey") {
		p := t.Properties(resource).Aside()
		key := &apiKey{id: resource.ID, value: p.Text("Value"), enabled: p.Flag("Enabled", false), open: !p.Known("Value"), generated: p.Known("Value") && !p.Has("Value")}
		key.random = isRandom(t, key.value)
		for _, id := range idsOf(t, resource, "APIKeyId") {
			keys[id] = key
		}
		all = append(all, key)
	}
	for _, resource := range t.Of("AWS::ApiGateway::UsagePlanKey") {
		p := t.Properties(resource).Aside()
		key, plan := keys[p.Text("KeyId")], plans[p.Text("UsagePlanId")]
		if !p.Known("KeyId") {
			key = &apiKey{id: resource.ID, enabled: true, open: true} // a key of elsewhere
			all = append(all, key)
		}
		if !p.Known("UsagePlanId") {
			for _, a := range r.apis {
				a.openPlans = true
			}
		}
		if key != nil && plan != nil {
			key.plans = append(key.plans, plan)
		}
	}
	return all
}

func readPlan(id string, p cfn.Properties) *usagePlan {
	throttle, quota := p.Child("Throttle"), p.Child("Quota")
	plan := &usagePlan{id: id, rate: throttle.Number("RateLimit", 0), burst: throttle.Number("BurstLimit", 0),
		limits: p.Has("Throttle") || p.Has("Quota"), stages: map[*API][]string{}}
	switch {
	case throttle.Number("RateLimit", -1) == 0:
		plan.closed = "Throttle.RateLimit"
	case throttle.Number("BurstLimit", -1) == 0:
		plan.closed = "Throttle.BurstLimit"
	case quota.Number("Limit", -1) == 0:
		plan.closed = "Quota.Limit"
	}
	return plan
}
