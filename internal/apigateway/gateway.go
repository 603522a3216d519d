package apigateway

import (
	"slices"

	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
	"github.com/websocket-distribution/websocket-distribution/internal/lambda"
)

// Gateway is the WebSocket APIs of a template, and what is known of others.
type Gateway struct {
	template  *cfn.Template
	functions *lambda.Functions
	apis      []*API
	outside   map[string]External
	// others are APIs and domains of the template that no WebSocket API answers at,
	// by what their hosts begin with.
	others map[string]*foreign
}

// External is what is known of a WebSocket API outside the template.
type External struct {
	// Stage is the stage's name; for a custom domain the API mapping's key, "/" for an
	// empty one. "" takes it from the origin path.
	Stage string
	// KeyRequired says that the $connect route asks for an API key.
	KeyRequired bool
	// Keys are the API keys that are enabled in a usage plan of the stage.
	Keys []string
}

// Read reads the WebSocket APIs of a template. outside are APIs that it does not
// define, by host name.
func Read(t *cfn.Template, outside map[string]External) *Gateway {
	g := &Gateway{template: t, functions: lambda.Read(t), outside: outside, others: map[string]*foreign{}}
	parts := reader{t, map[string]*API{}}
	for _, r := range t.Of("AWS::ApiGatewayV2::Api") {
		if a := readAPI(t, r, g.functions); a != nil {
			g.apis = append(g.apis, a)
			for _, id := range a.ids {
				parts.apis[id] = a
			}
			continue
		}
		readHTTP(t, r, g.others)
	}
	for _, r := range t.Of("AWS::ApiGateway::RestApi") {
		readREST(t, r, g.others)
	}
	parts.stages()
	parts.routes()
	parts.integrations()
	parts.authorizers()
	keys := parts.keys()
	for _, a := range g.apis {
		a.keys = keys
	}
	readSockets(t, g.others)
	readDomains(t, parts.apis, g.others)
	return g
}

// Locate takes the region of the APIs from a host that names one of them, where the
// stack's own is not known.
func (g *Gateway) Locate(host string) {
	for _, a := range g.apis {
		if a.region == "" && a.regional(host) && !slices.Contains(a.hosts, host) {
			a.host = host
			a.hosts = append(a.hosts, host)
		}
	}
}
