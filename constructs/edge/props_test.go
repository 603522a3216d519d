package edge_test

import (
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/constructs/edge"
	"github.com/websocket-distribution/websocket-distribution/internal/cdktest"
)

type example = cdktest.Example[edge.WebSocketDistributionProps]

// set is an example of a prop of a distribution in front of an API by URL.
func set(f func(*edge.WebSocketDistributionProps)) example {
	return cdktest.Set(edge.WebSocketDistributionProps{DefaultBehavior: byURL()}, f)
}

// setBehavior is an example of a prop of the default behavior.
func setBehavior(f func(*edge.WebSocketBehaviorProps)) example {
	return set(func(p *edge.WebSocketDistributionProps) { f(&p.DefaultBehavior) })
}

// setOrigin is an example of a prop of an origin that is there without it.
func setOrigin(origin edge.Origin, f func(*edge.Origin)) example {
	return cdktest.Set(edge.WebSocketDistributionProps{DefaultBehavior: edge.WebSocketBehaviorProps{Origin: origin}},
		func(p *edge.WebSocketDistributionProps) { f(&p.DefaultBehavior.Origin) })
}

// setDomain is an example of a prop of a distribution with a domain name.
func setDomain(f func(stack awscdk.Stack) func(*edge.WebSocketDistributionProps)) example {
	return func(stack awscdk.Stack) (edge.WebSocketDistributionProps, func(*edge.WebSocketDistributionProps)) {
		return edge.WebSocketDistributionProps{
			DefaultBehavior: byURL(), DomainNames: []string{"ws.example.com"}, Certificate: certificate(stack),
		}, f(stack)
	}
}

// twoAPIs are there in both stacks, so that they alone make no difference.
func twoAPIs(stack awscdk.Stack) (stages [2]awsapigatewayv2.WebSocketStage) {
	for i, id := range []string{"One", "Two"} {
		api := awsapigatewayv2.NewWebSocketApi(stack, &id, nil)
		stages[i] = awsapigatewayv2.NewWebSocketStage(stack, jsii.String(id+"Stage"), &awsapigatewayv2.WebSocketStageProps{
			WebSocketApi: api, StageName: jsii.String("live"),
		})
	}
	return stages
}

func TestEachPropOfADistributionAndItsBehaviorChangesTheTemplate(t *testing.T) {
	elsewhere := edge.Origin{DomainName: "socket.example.com", Path: "one"}
	cdktest.EachPropChangesTheTemplate(t, map[string]example{
		"DefaultBehavior.Origin.Stage": func(stack awscdk.Stack) (edge.WebSocketDistributionProps, func(*edge.WebSocketDistributionProps)) {
			stages := twoAPIs(stack)
			return edge.WebSocketDistributionProps{DefaultBehavior: edge.WebSocketBehaviorProps{Origin: edge.Origin{Stage: stages[0]}}},
				func(p *edge.WebSocketDistributionProps) { p.DefaultBehavior.Origin.Stage = stages[1] }
		},
		"DefaultBehavior.Origin.API": func(stack awscdk.Stack) (edge.WebSocketDistributionProps, func(*edge.WebSocketDistributionProps)) {
			stages := twoAPIs(stack)
			origin := edge.Origin{API: stages[0].Api(), StageName: "live"}
			return edge.WebSocketDistributionProps{DefaultBehavior: edge.WebSocketBehaviorProps{Origin: origin}},
				func(p *edge.WebSocketDistributionProps) { p.DefaultBehavior.Origin.API = stages[1].Api() }
		},
		"DefaultBehavior.Origin.StageName": func(stack awscdk.Stack) (edge.WebSocketDistributionProps, func(*edge.WebSocketDistributionProps)) {
			origin := edge.Origin{API: twoAPIs(stack)[0].Api(), StageName: "live"}
			return edge.WebSocketDistributionProps{DefaultBehavior: edge.WebSocketBehaviorProps{Origin: origin}},
				func(p *edge.WebSocketDistributionProps) { p.DefaultBehavior.Origin.StageName = "beta" }
		},
		"DefaultBehavior.Origin.URL":        setOrigin(edge.Origin{URL: apiURL}, func(o *edge.Origin) { o.URL = "wss://def.execute-api.eu-west-1.amazonaws.com/prod" }),
		"DefaultBehavior.Origin.DomainName": setOrigin(elsewhere, func(o *edge.Origin) { o.DomainName = "other.example.com" }),
		"DefaultBehavior.Origin.Path":       setOrigin(elsewhere, func(o *edge.Origin) { o.Path = "two" }),

		"DefaultBehavior.Origin.ReadTimeout":        setBehavior(func(b *edge.WebSocketBehaviorProps) { b.Origin.ReadTimeout = time.Minute }),
		"DefaultBehavior.Origin.KeepaliveTimeout":   setBehavior(func(b *edge.WebSocketBehaviorProps) { b.Origin.KeepaliveTimeout = time.Minute }),
		"DefaultBehavior.Origin.ConnectionAttempts": setBehavior(func(b *edge.WebSocketBehaviorProps) { b.Origin.ConnectionAttempts = 2 }),
		"DefaultBehavior.Origin.ConnectionTimeout":  setBehavior(func(b *edge.WebSocketBehaviorProps) { b.Origin.ConnectionTimeout = 3 * time.Second }),
		"DefaultBehavior.Origin.CustomHeaders": setBehavior(func(b *edge.WebSocketBehaviorProps) {
			b.Origin.CustomHeaders = map[string]string{"x-origin": "edge"}
		}),
		"DefaultBehavior.Origin.IPAddressType": setBehavior(func(b *edge.WebSocketBehaviorProps) {
			b.Origin.IPAddressType = awscloudfront.OriginIpAddressType_DUALSTACK
		}),

		"DefaultBehavior.Forwarding.Headers":        setBehavior(func(b *edge.WebSocketBehaviorProps) { b.Forwarding.Headers = []string{"Origin"} }),
		"DefaultBehavior.Forwarding.QueryStrings":   setBehavior(func(b *edge.WebSocketBehaviorProps) { b.Forwarding.QueryStrings = edge.AllowList("token") }),
		"DefaultBehavior.Forwarding.Cookies":        setBehavior(func(b *edge.WebSocketBehaviorProps) { b.Forwarding.Cookies = edge.All() }),
		"DefaultBehavior.Forwarding.AllExceptHost":  setBehavior(func(b *edge.WebSocketBehaviorProps) { b.Forwarding.AllExceptHost = true }),
		"DefaultBehavior.Forwarding.OmitExtensions": setBehavior(func(b *edge.WebSocketBehaviorProps) { b.Forwarding.OmitExtensions = true }),
		"DefaultBehavior.Forwarding.OriginRequestPolicy": func(stack awscdk.Stack) (edge.WebSocketDistributionProps, func(*edge.WebSocketDistributionProps)) {
			policy := awscloudfront.OriginRequestPolicy_FromOriginRequestPolicyId(stack, jsii.String("Policy"), jsii.String("11111111-2222-3333-4444-555555555555"))
			return edge.WebSocketDistributionProps{DefaultBehavior: byURL()},
				func(p *edge.WebSocketDistributionProps) { p.DefaultBehavior.Forwarding.OriginRequestPolicy = policy }
		},

		"DefaultBehavior.PathParameter":  setBehavior(func(b *edge.WebSocketBehaviorProps) { b.PathParameter = "path" }),
		"DefaultBehavior.AllowedOrigins": setBehavior(func(b *edge.WebSocketBehaviorProps) { b.AllowedOrigins = []string{"https://app.example.com"} }),
		"DefaultBehavior.RequireOrigin": func(awscdk.Stack) (edge.WebSocketDistributionProps, func(*edge.WebSocketDistributionProps)) {
			props := edge.WebSocketDistributionProps{DefaultBehavior: byURL()}
			props.DefaultBehavior.AllowedOrigins = []string{"https://app.example.com"}
			return props, func(p *edge.WebSocketDistributionProps) { p.DefaultBehavior.RequireOrigin = true }
		},
		"DefaultBehavior.RequireHandshake": setBehavior(func(b *edge.WebSocketBehaviorProps) { b.RequireHandshake = true }),
		"DefaultBehavior.FunctionAssociations": func(stack awscdk.Stack) (edge.WebSocketDistributionProps, func(*edge.WebSocketDistributionProps)) {
			function := awscloudfront.NewFunction(stack, jsii.String("Function"), &awscloudfront.FunctionProps{
				Code: awscloudfront.FunctionCode_FromInline(jsii.String("function handler(event) { return event.request; }")),
			})
			return edge.WebSocketDistributionProps{DefaultBehavior: byURL()}, func(p *edge.WebSocketDistributionProps) {
				p.DefaultBehavior.FunctionAssociations = []*awscloudfront.FunctionAssociation{{
					EventType: awscloudfront.FunctionEventType_VIEWER_REQUEST, Function: function,
				}}
			}
		},
		"DefaultBehavior.EdgeLambdas": func(stack awscdk.Stack) (edge.WebSocketDistributionProps, func(*edge.WebSocketDistributionProps)) {
			version := awslambda.Version_FromVersionArn(stack, jsii.String("Version"), jsii.String("arn:aws:lambda:us-east-1:111122223333:function:edge:1"))
			return edge.WebSocketDistributionProps{DefaultBehavior: byURL()}, func(p *edge.WebSocketDistributionProps) {
				p.DefaultBehavior.EdgeLambdas = []*awscloudfront.EdgeLambda{{
					EventType: awscloudfront.LambdaEdgeEventType_ORIGIN_REQUEST, FunctionVersion: version,
				}}
			}
		},

		"AdditionalBehaviors": set(func(p *edge.WebSocketDistributionProps) {
			p.AdditionalBehaviors = map[string]edge.WebSocketBehaviorProps{"/chat": byURL()}
		}),
		"DomainNames": setDomain(func(awscdk.Stack) func(*edge.WebSocketDistributionProps) {
			return func(p *edge.WebSocketDistributionProps) { p.DomainNames = []string{"chat.example.com"} }
		}),
		"Certificate": setDomain(func(stack awscdk.Stack) func(*edge.WebSocketDistributionProps) {
			other := awscertificatemanager.Certificate_FromCertificateArn(stack, jsii.String("Other"), jsii.String(certificateARN[:len(certificateARN)-1]+"6"))
			return func(p *edge.WebSocketDistributionProps) { p.Certificate = other }
		}),
		"HostedZone": setDomain(func(stack awscdk.Stack) func(*edge.WebSocketDistributionProps) {
			zone := awsroute53.HostedZone_FromHostedZoneId(stack, jsii.String("Zone"), jsii.String("Z0123456789EXAMPLE"))
			return func(p *edge.WebSocketDistributionProps) { p.HostedZone = zone }
		}),
		"MinimumProtocolVersion": setDomain(func(awscdk.Stack) func(*edge.WebSocketDistributionProps) {
			return func(p *edge.WebSocketDistributionProps) {
				p.MinimumProtocolVersion = awscloudfront.SecurityPolicyProtocol_TLS_V1_3_2025
			}
		}),
		"HTTPVersion":      set(func(p *edge.WebSocketDistributionProps) { p.HTTPVersion = awscloudfront.HttpVersion_HTTP1_1 }),
		"PriceClass":       set(func(p *edge.WebSocketDistributionProps) { p.PriceClass = awscloudfront.PriceClass_PRICE_CLASS_100 }),
		"AllowedCountries": set(func(p *edge.WebSocketDistributionProps) { p.AllowedCountries = []string{"DE"} }),
		"DeniedCountries":  set(func(p *edge.WebSocketDistributionProps) { p.DeniedCountries = []string{"DE"} }),
		"DisableIPv6":      set(func(p *edge.WebSocketDistributionProps) { p.DisableIPv6 = true }),
		"WebACL":           set(func(p *edge.WebSocketDistributionProps) { p.WebACL = webACLARN }),
		"Comment":          set(func(p *edge.WebSocketDistributionProps) { p.Comment = "chat" }),
	}, func(stack awscdk.Stack, props *edge.WebSocketDistributionProps) {
		edge.NewWebSocketDistribution(stack, "Edge", props)
	})
}
