package apigateway

import (
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
)

// Gateway is the WebSocket APIs of a template, and what is known of others.
type Gateway struct {
	apis    []*API
	outside map[string]External
	others  []string // the beginnings of hosts of other APIs: HTTP and REST
}

// External is what is known of a WebSocket API outside the template.
type External struct {
	// Stage is the stage's name, without slashes; for a custom domain the API
	// mapping's key, which may be empty.
	Stage string
	// KeyRequired says that the $connect route asks for an API key.
	KeyRequired bool
	// Keys are the API keys that are enabled in a usage plan of the stage.
	Keys []string
}

// Names are what API Gateway calls its APIs, stages and domains.
func Names() cfn.Names {
	label := func(n cfn.Named) (any, error) { return cfn.DNSLabel(n.ID), nil }
	property := func(name string) func(n cfn.Named) (any, error) {
		return func(n cfn.Named) (any, error) { return n.Property(name) }
	}
	return cfn.Names{
		"AWS::ApiGateway::RestApi":                         label,
		"AWS::ApiGateway::ApiKey.APIKeyId":                 func(n cfn.Named) (any, error) { return n.ID, nil },
		"AWS::ApiGatewayV2::Api":                           label,
		"AWS::ApiGatewayV2::Api.ApiId":                     label,
		"AWS::ApiGatewayV2::Api.ApiEndpoint":               func(n cfn.Named) (any, error) { return "wss://" + executeAPI(n.Environment, n.ID), nil },
		"AWS::ApiGatewayV2::Stage":                         property("StageName"),
		"AWS::ApiGatewayV2::DomainName":                    property("DomainName"),
		"AWS::ApiGatewayV2::DomainName.RegionalDomainName": func(n cfn.Named) (any, error) { return "d-" + executeAPI(n.Environment, n.ID), nil },
	}
}

// executeAPI is the host of an API's default endpoint.
func executeAPI(e *cfn.Environment, id string) string {
	return prefix(id) + e.InRegion() + "." + e.URLSuffix()
}

// prefix is what the host of an API's default endpoint begins with.
func prefix(id string) string { return cfn.DNSLabel(id) + ".execute-api." }

// Read reads the WebSocket APIs of a template. outside are APIs that it does not
// define, by host name.
func Read(t *cfn.Template, outside map[string]External) *Gateway {
	g := &Gateway{outside: outside}
	parts := reader{t, map[string]*API{}}

	for _, r := range t.Of("AWS::ApiGatewayV2::Api") {
		p := t.Properties(r)
		if kind := p.Text("ProtocolType"); kind != "WEBSOCKET" {
			g.others = append(g.others, prefix(r.ID))
			continue
		}
		a := &API{
			id:           r.ID,
			place:        p.Place,
			host:         executeAPI(&t.Environment, r.ID),
			disabled:     p.Flag("DisableExecuteApiEndpoint", false),
			keyHeader:    "x-api-key",
			selection:    p.Text("RouteSelectionExpression"),
			integrations: map[string]*integration{},
			authorizers:  map[string]*authorizer{},
		}
		if expression := p.Text("ApiKeySelectionExpression"); expression == "$context.authorizer.usageIdentifierKey" {
			a.keyHeader = ""
		}
		a.problem = p.Err()
		g.apis = append(g.apis, a)
		parts.apis[cfn.DNSLabel(r.ID)] = a
	}
	for _, r := range t.Of("AWS::ApiGateway::RestApi") {
		g.others = append(g.others, prefix(r.ID))
	}
	parts.parts()
	keys := parts.keys()
	for _, a := range g.apis {
		a.keys = keys
	}
	return g
}

// reader reads what belongs to the APIs of a template, each resource once.
type reader struct {
	template *cfn.Template
	apis     map[string]*API // by the id that Ref gives
}

// each calls read for each resource of a type that belongs to an API.
func (r reader) each(kind string, read func(a *API, id string, p cfn.Properties)) {
	for _, resource := range r.template.Of(kind) {
		p := r.template.Properties(resource)
		if a := r.apis[p.Text("ApiId")]; a != nil {
			read(a, resource.ID, p)
		}
	}
}

func (r reader) parts() {
	r.each("AWS::ApiGatewayV2::Stage", func(a *API, id string, p cfn.Properties) {
		a.stages = append(a.stages, &stage{id: id, name: p.Text("StageName"), deployed: p.Flag("AutoDeploy", false) || p.Has("DeploymentId")})
	})
	routes := map[string]*route{} // by logical id
	r.each("AWS::ApiGatewayV2::Route", func(a *API, id string, p cfn.Properties) {
		target := strings.TrimPrefix(p.Text("Target"), "integrations/")
		routes[id] = &route{
			id: id, place: p.Place, key: p.Text("RouteKey"),
			keyRequired:   p.Flag("ApiKeyRequired", false),
			authorization: p.Text("AuthorizationType"),
			authorizer:    p.Text("AuthorizerId"),
			target:        target,
			problem:       p.Err(),
		}
		a.routes = append(a.routes, routes[id])
	})
	r.each("AWS::ApiGatewayV2::RouteResponse", func(_ *API, _ string, p cfn.Properties) {
		if route := routes[p.Text("RouteId")]; route != nil {
			route.twoWay = true
		}
	})
	r.each("AWS::ApiGatewayV2::Integration", func(a *API, id string, p cfn.Properties) {
		a.integrations[id] = &integration{id: id, place: p.Place, kind: p.Text("IntegrationType"),
			requests: p.TextMap("RequestTemplates"), problem: p.Err()}
	})
	r.each("AWS::ApiGatewayV2::IntegrationResponse", func(a *API, _ string, p cfn.Properties) {
		if i := a.integrations[p.Text("IntegrationId")]; i != nil && p.Text("IntegrationResponseKey") == "$default" {
			i.hasResponse = true
			i.responses = p.TextMap("ResponseTemplates")
		}
	})
	r.each("AWS::ApiGatewayV2::Authorizer", func(a *API, id string, p cfn.Properties) {
		a.authorizers[id] = &authorizer{id: id, sources: p.Texts("IdentitySource")}
	})
	r.each("AWS::ApiGatewayV2::ApiMapping", func(a *API, _ string, p cfn.Properties) {
		a.mappings = append(a.mappings, Mapping{domain: strings.ToLower(p.Text("DomainName")), key: p.Text("ApiMappingKey"), stage: p.Text("Stage")})
	})
}

// keys finds the API keys and the stages that they open.
func (r reader) keys() []*apiKey {
	t := r.template
	keys := map[string]*apiKey{} // by logical id
	var all []*apiKey
	for _, resource := range t.Of("AWS::ApiGateway::ApiKey") {
		p := t.Properties(resource)
		key := &apiKey{id: resource.ID, value: p.Text("Value"), enabled: p.Flag("Enabled", false), generated: !p.Has("Value"), stages: map[*API][]string{}}
		keys[resource.ID] = key
		all = append(all, key)
	}
	of := map[string][]*apiKey{} // usage plan → keys
	for _, resource := range t.Of("AWS::ApiGateway::UsagePlanKey") {
		p := t.Properties(resource)
		if key := keys[p.Text("KeyId")]; key != nil {
			of[p.Text("UsagePlanId")] = append(of[p.Text("UsagePlanId")], key)
		}
	}
	for _, resource := range t.Of("AWS::ApiGateway::UsagePlan") {
		p := t.Properties(resource)
		throttle := p.Child("Throttle")
		plan := usagePlan{id: resource.ID, rate: throttle.Number("RateLimit", 0), burst: throttle.Number("BurstLimit", 0),
			limits: p.Has("Throttle") || p.Has("Quota")}
		for _, s := range p.Children("ApiStages") {
			a := r.apis[s.Text("ApiId")]
			if a == nil {
				continue
			}
			a.plans = append(a.plans, plan)
			for _, key := range of[resource.ID] {
				key.stages[a] = append(key.stages[a], s.Text("Stage"))
			}
		}
	}
	return all
}
