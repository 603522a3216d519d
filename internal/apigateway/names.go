package apigateway

import (
	"maps"

	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
	"github.com/websocket-distribution/websocket-distribution/internal/lambda"
)

// Names are what API Gateway calls its APIs, stages and domains, and Lambda the
// functions behind them.
func Names() cfn.Names {
	label := func(n cfn.Named) (any, error) { return cfn.DNSLabel(n.ID), nil }
	logicalID := func(n cfn.Named) (any, error) { return n.ID, nil }
	property := func(name string) func(n cfn.Named) (any, error) {
		return func(n cfn.Named) (any, error) { return n.Property(name) }
	}
	endpoint := func(n cfn.Named) (any, error) {
		if kind, err := n.Property("ProtocolType"); err == nil && cfn.Text(kind) == "HTTP" {
			return "https://" + executeAPI(n.Environment, n.ID), nil
		}
		return "wss://" + executeAPI(n.Environment, n.ID), nil
	}
	names := cfn.Names{
		"AWS::ApiGateway::RestApi":                         label,
		"AWS::ApiGateway::RestApi.RestApiId":               label,
		"AWS::ApiGateway::Stage":                           property("StageName"),
		"AWS::ApiGateway::ApiKey.APIKeyId":                 logicalID,
		"AWS::ApiGateway::DomainName":                      property("DomainName"),
		"AWS::ApiGatewayV2::Api":                           label,
		"AWS::ApiGatewayV2::Api.ApiId":                     label,
		"AWS::ApiGatewayV2::Api.ApiEndpoint":               endpoint,
		"AWS::ApiGatewayV2::Stage":                         property("StageName"),
		"AWS::ApiGatewayV2::Route.RouteId":                 logicalID,
		"AWS::ApiGatewayV2::Integration.IntegrationId":     logicalID,
		"AWS::ApiGatewayV2::Authorizer.AuthorizerId":       logicalID,
		"AWS::ApiGatewayV2::Deployment.DeploymentId":       logicalID,
		"AWS::ApiGatewayV2::DomainName":                    property("DomainName"),
		"AWS::ApiGatewayV2::DomainName.RegionalDomainName": func(n cfn.Named) (any, error) { return regionalName(n.Environment, n.ID), nil },
	}
	maps.Copy(names, lambda.Names())
	return names
}

// executeAPI is the host of an API's default endpoint.
func executeAPI(e *cfn.Environment, id string) string {
	return prefix(id) + e.InRegion() + "." + e.URLSuffix()
}

// regionalName is the name to which DNS sends a custom domain.
func regionalName(e *cfn.Environment, id string) string { return "d-" + executeAPI(e, id) }

// prefix is what the host of an API's default endpoint begins with.
func prefix(id string) string { return cfn.DNSLabel(id) + ".execute-api." }
