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
		readParts(t, a)
		g.apis = append(g.apis, a)
	}
	for _, r := range t.Of("AWS::ApiGateway::RestApi") {
		g.others = append(g.others, prefix(r.ID))
	}
	return g
}

// parts calls read for each resource of a type that belongs to the API.
func parts(t *cfn.Template, a *API, kind string, read func(r *cfn.Resource, p cfn.Properties)) {
	for _, r := range t.Of(kind) {
		if p := t.Properties(r); p.Text("ApiId") == cfn.DNSLabel(a.id) {
			read(r, p)
		}
	}
}

func readParts(t *cfn.Template, a *API) {
	parts(t, a, "AWS::ApiGatewayV2::Stage", func(r *cfn.Resource, p cfn.Properties) {
		a.stages = append(a.stages, &stage{id: r.ID, name: p.Text("StageName"),
			deployed: p.Flag("AutoDeploy", false) || p.Has("DeploymentId")})
	})
	parts(t, a, "AWS::ApiGatewayV2::Route", func(r *cfn.Resource, p cfn.Properties) {
		target := strings.TrimPrefix(p.Text("Target"), "integrations/")
		a.routes = append(a.routes, &route{
			id: r.ID, place: p.Place, key: p.Text("RouteKey"),
			keyRequired:   p.Flag("ApiKeyRequired", false),
			authorization: p.Text("AuthorizationType"),
			authorizer:    p.Text("AuthorizerId"),
			target:        target,
			problem:       p.Err(),
		})
	})
	parts(t, a, "AWS::ApiGatewayV2::RouteResponse", func(r *cfn.Resource, p cfn.Properties) {
		for _, route := range a.routes {
			if route.id == p.Text("RouteId") {
				route.twoWay = true
			}
		}
	})
	parts(t, a, "AWS::ApiGatewayV2::Integration", func(r *cfn.Resource, p cfn.Properties) {
		a.integrations[r.ID] = &integration{id: r.ID, place: p.Place, kind: p.Text("IntegrationType"),
			requests: p.TextMap("RequestTemplates"), problem: p.Err()}
	})
	parts(t, a, "AWS::ApiGatewayV2::IntegrationResponse", func(r *cfn.Resource, p cfn.Properties) {
		if i := a.integrations[p.Text("IntegrationId")]; i != nil && p.Text("IntegrationResponseKey") == "$default" {
			i.hasResponse = true
			i.responses = p.TextMap("ResponseTemplates")
		}
	})
	parts(t, a, "AWS::ApiGatewayV2::Authorizer", func(r *cfn.Resource, p cfn.Properties) {
		a.authorizers[r.ID] = &authorizer{id: r.ID, sources: p.Texts("IdentitySource")}
	})
	parts(t, a, "AWS::ApiGatewayV2::ApiMapping", func(r *cfn.Resource, p cfn.Properties) {
		a.mappings = append(a.mappings, Mapping{domain: strings.ToLower(p.Text("DomainName")),
			key: p.Text("ApiMappingKey"), stage: p.Text("Stage")})
	})
	readKeys(t, a)
}

// readKeys finds the API keys and the stages of the API that they open.
func readKeys(t *cfn.Template, a *API) {
	stages := map[string][]string{} // usage plan → stages of this API
	for _, r := range t.Of("AWS::ApiGateway::UsagePlan") {
		p := t.Properties(r)
		for _, s := range p.Children("ApiStages") {
			if s.Text("ApiId") != cfn.DNSLabel(a.id) {
				continue
			}
			stages[r.ID] = append(stages[r.ID], s.Text("Stage"))
			throttle := p.Child("Throttle")
			a.plans = append(a.plans, usagePlan{id: r.ID, stage: s.Text("Stage"), rate: throttle.Number("RateLimit", 0),
				burst: throttle.Number("BurstLimit", 0), throttled: p.Has("Throttle"), quota: p.Has("Quota")})
		}
	}
	opens := map[string][]string{} // key → stages
	for _, r := range t.Of("AWS::ApiGateway::UsagePlanKey") {
		p := t.Properties(r)
		opens[p.Text("KeyId")] = append(opens[p.Text("KeyId")], stages[p.Text("UsagePlanId")]...)
	}
	for _, r := range t.Of("AWS::ApiGateway::ApiKey") {
		p := t.Properties(r)
		key := apiKey{id: r.ID, value: p.Text("Value"), enabled: p.Flag("Enabled", false), generated: !p.Has("Value")}
		if len(opens[r.ID]) == 0 {
			a.keys = append(a.keys, key)
		}
		for _, s := range opens[r.ID] {
			key.stage = s
			a.keys = append(a.keys, key)
		}
	}
}
