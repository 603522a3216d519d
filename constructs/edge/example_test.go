package edge_test

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/constructs/edge"
)

var (
	stack awscdk.Stack
	stage awsapigatewayv2.IWebSocketStage
)

func ExampleNewWebSocketDistribution() {
	distribution := edge.NewWebSocketDistribution(stack, "Edge", &edge.WebSocketDistributionProps{
		DefaultBehavior: edge.WebSocketBehaviorProps{
			Origin: edge.FromURL("wss://abc.execute-api.eu-west-1.amazonaws.com/prod", nil),
		},
	})
	awscdk.NewCfnOutput(stack, jsii.String("WebSocketUrl"), &awscdk.CfnOutputProps{Value: distribution.URL()})
}

// A distribution under a domain name of its own, in front of a stage of the same
// app. Browsers send their token as a query string and say where they come from.
func ExampleNewWebSocketDistribution_domainName() {
	edge.NewWebSocketDistribution(stack, "Edge", &edge.WebSocketDistributionProps{
		DefaultBehavior: edge.WebSocketBehaviorProps{
			Origin: edge.FromStage(stage, nil),
			Forwarding: edge.Forwarding{
				Headers:      []string{"Origin"},
				QueryStrings: edge.AllowList("token"),
			},
		},
		DomainNames: []string{"ws.example.com"},
		Certificate: awscertificatemanager.Certificate_FromCertificateArn(stack, jsii.String("Certificate"),
			jsii.String("arn:aws:acm:us-east-1:111122223333:certificate/11111111-2222-3333-4444-555555555555")),
		HostedZone: awsroute53.HostedZone_FromHostedZoneId(stack, jsii.String("Zone"), jsii.String("Z0123456789EXAMPLE")),
	})
}

// A distribution that serves a site gains wss://its.domain/ws.
func ExampleWebSocketBehavior_AddTo() {
	var site awscloudfront.Distribution

	edge.NewWebSocketBehavior(stack, "Socket", &edge.WebSocketBehaviorProps{
		Origin: edge.FromStage(stage, nil),
	}).AddTo(site, "/ws")
}

// Two APIs behind one name: what is at /chat and below it goes to one of them,
// with its path, for pages of one site only; everything else to the other.
func ExampleNewWebSocketDistribution_severalAPIs() {
	edge.NewWebSocketDistribution(stack, "Edge", &edge.WebSocketDistributionProps{
		DefaultBehavior: edge.WebSocketBehaviorProps{
			Origin:           edge.FromStage(stage, nil),
			RequireHandshake: true,
		},
		AdditionalBehaviors: map[string]edge.WebSocketBehaviorProps{
			"/chat": {
				Origin:            edge.FromURL("wss://abc.execute-api.eu-west-1.amazonaws.com/prod", nil),
				Forwarding:        edge.Forwarding{QueryStrings: edge.AllowList("token")},
				PathParameter:     "path",
				AllowedWebOrigins: []string{"https://app.example.com", "https://*.example.org"},
			},
		},
	})
}
