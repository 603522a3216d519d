package edge_test

import (
	"fmt"
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

// setOrigin is an example of an origin that becomes another one.
func setOrigin(from, to func(stack awscdk.Stack) *edge.Origin) example {
	return func(stack awscdk.Stack) (edge.WebSocketDistributionProps, func(*edge.WebSocketDistributionProps)) {
		origin := to(stack)
		return edge.WebSocketDistributionProps{DefaultBehavior: edge.WebSocketBehaviorProps{Origin: from(stack)}},
			func(p *edge.WebSocketDistributionProps) { p.DefaultBehavior.Origin = origin }
	}
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
	byURLOf := func(url string) func(awscdk.Stack) *edge.Origin {
		return func(awscdk.Stack) *edge.Origin { return edge.FromURL(url, nil) }
	}
	cdktest.EachPropChangesTheTemplate(t, map[string]example{
		"DefaultBehavior.Origin": setOrigin(byURLOf(apiURL), byURLOf("wss://def.execute-api.eu-west-1.amazonaws.com/prod")),

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

		"DefaultBehavior.PathParameter":     setBehavior(func(b *edge.WebSocketBehaviorProps) { b.PathParameter = "path" }),
		"DefaultBehavior.AllowedWebOrigins": setBehavior(func(b *edge.WebSocketBehaviorProps) { b.AllowedWebOrigins = []string{"https://app.example.com"} }),
		"DefaultBehavior.RequireWebOrigin": func(awscdk.Stack) (edge.WebSocketDistributionProps, func(*edge.WebSocketDistributionProps)) {
			props := edge.WebSocketDistributionProps{DefaultBehavior: byURL()}
			props.DefaultBehavior.AllowedWebOrigins = []string{"https://app.example.com"}
			return props, func(p *edge.WebSocketDistributionProps) { p.DefaultBehavior.RequireWebOrigin = true }
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

func TestEachPropOfAnOriginChangesTheTemplate(t *testing.T) {
	set := func(f func(*edge.OriginProps)) cdktest.Example[edge.OriginProps] {
		return cdktest.Set(edge.OriginProps{}, f)
	}
	cdktest.EachPropChangesTheTemplate(t, map[string]cdktest.Example[edge.OriginProps]{
		"ReadTimeout":        set(func(p *edge.OriginProps) { p.ReadTimeout = time.Minute }),
		"KeepaliveTimeout":   set(func(p *edge.OriginProps) { p.KeepaliveTimeout = time.Minute }),
		"ConnectionAttempts": set(func(p *edge.OriginProps) { p.ConnectionAttempts = 2 }),
		"ConnectionTimeout":  set(func(p *edge.OriginProps) { p.ConnectionTimeout = 3 * time.Second }),
		"CustomHeaders":      set(func(p *edge.OriginProps) { p.CustomHeaders = map[string]string{"x-origin": "edge"} }),
		"IPAddressType":      set(func(p *edge.OriginProps) { p.IPAddressType = awscloudfront.OriginIpAddressType_DUALSTACK }),
	}, func(stack awscdk.Stack, props *edge.OriginProps) {
		edge.NewWebSocketDistribution(stack, "Edge", &edge.WebSocketDistributionProps{
			DefaultBehavior: edge.WebSocketBehaviorProps{Origin: edge.FromURL(apiURL, props)},
		})
	})
}

// What a constructor is given decides where the origin is.
func TestEachPartOfAnOriginsAddressChangesTheTemplate(t *testing.T) {
	address := func(stack awscdk.Stack, o *edge.Origin) string {
		edge.NewWebSocketDistribution(stack, "Edge", &edge.WebSocketDistributionProps{DefaultBehavior: edge.WebSocketBehaviorProps{Origin: o}})
		origin := config(cdktest.Synth(t, stack))["Origins"].([]any)[0].(map[string]any)
		return fmt.Sprint(origin["DomainName"], origin["OriginPath"])
	}
	for name, two := range map[string]func(stages [2]awsapigatewayv2.WebSocketStage) [2]*edge.Origin{
		"stage": func(s [2]awsapigatewayv2.WebSocketStage) [2]*edge.Origin {
			return [2]*edge.Origin{edge.FromStage(s[0], nil), edge.FromStage(s[1], nil)}
		},
		"API": func(s [2]awsapigatewayv2.WebSocketStage) [2]*edge.Origin {
			return [2]*edge.Origin{edge.FromAPI(s[0].Api(), "live", nil), edge.FromAPI(s[1].Api(), "live", nil)}
		},
		"stage name": func(s [2]awsapigatewayv2.WebSocketStage) [2]*edge.Origin {
			return [2]*edge.Origin{edge.FromAPI(s[0].Api(), "live", nil), edge.FromAPI(s[0].Api(), "beta", nil)}
		},
		"domain name": func([2]awsapigatewayv2.WebSocketStage) [2]*edge.Origin {
			return [2]*edge.Origin{edge.FromDomainName("socket.example.com", "one", nil), edge.FromDomainName("other.example.com", "one", nil)}
		},
		"path": func([2]awsapigatewayv2.WebSocketStage) [2]*edge.Origin {
			return [2]*edge.Origin{edge.FromDomainName("socket.example.com", "one", nil), edge.FromDomainName("socket.example.com", "two", nil)}
		},
	} {
		t.Run(name, func(t *testing.T) {
			var got [2]string
			for i := range got {
				stack := cdktest.NewStack(t)
				got[i] = address(stack, two(twoAPIs(stack))[i])
			}
			if got[0] == got[1] {
				t.Errorf("want two addresses, got %s", got[0])
			}
		})
	}
}
