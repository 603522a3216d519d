package monitoring_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawsapigatewayv2"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/constructs/edge"
	"github.com/websocket-distribution/websocket-distribution/constructs/monitoring"
	"github.com/websocket-distribution/websocket-distribution/constructs/pingapi"
	"github.com/websocket-distribution/websocket-distribution/constructs/webacl"
	"github.com/websocket-distribution/websocket-distribution/internal/cdktest"
)

func TestEachPropChangesTheTemplate(t *testing.T) {
	type example = cdktest.Example[monitoring.Props]
	// distribution is one that is defined elsewhere, which costs little.
	distribution := func(stack awscdk.Stack, id string) awscloudfront.IDistribution {
		return awscloudfront.Distribution_FromDistributionAttributes(stack, &id, &awscloudfront.DistributionAttributes{
			DistributionId: &id, DomainName: jsii.String("d111111abcdef8.cloudfront.net"),
		})
	}
	set := func(props monitoring.Props, f func(p *monitoring.Props)) example {
		return func(stack awscdk.Stack) (monitoring.Props, func(*monitoring.Props)) {
			props.Distribution = distribution(stack, "E1")
			return props, f
		}
	}
	plain := func(f func(p *monitoring.Props)) example { return set(monitoring.Props{}, f) }
	cdktest.EachPropChangesTheTemplate(t, map[string]example{
		"Distribution": func(stack awscdk.Stack) (monitoring.Props, func(*monitoring.Props)) {
			one, two := distribution(stack, "E1"), distribution(stack, "E2")
			return monitoring.Props{Distribution: one}, func(p *monitoring.Props) { p.Distribution = two }
		},
		"Behaviors": func(stack awscdk.Stack) (monitoring.Props, func(*monitoring.Props)) {
			behavior := edge.NewWebSocketBehavior(stack, "Socket", &edge.WebSocketBehaviorProps{Origin: edge.FromURL("wss://abc.execute-api.us-east-1.amazonaws.com/prod", nil)})
			return monitoring.Props{Distribution: distribution(stack, "E1")}, func(p *monitoring.Props) { p.Behaviors = []*edge.WebSocketBehavior{behavior} }
		},
		"Stages": func(stack awscdk.Stack) (monitoring.Props, func(*monitoring.Props)) {
			stage := pingapi.New(stack, "Api", nil).Stage()
			return monitoring.Props{Distribution: distribution(stack, "E1")}, func(p *monitoring.Props) { p.Stages = []interfacesawsapigatewayv2.IStageRef{stage} }
		},
		"WebACL": func(stack awscdk.Stack) (monitoring.Props, func(*monitoring.Props)) {
			acl := webacl.New(stack, "Acl", nil)
			return monitoring.Props{Distribution: distribution(stack, "E1")}, func(p *monitoring.Props) { p.WebACL = acl }
		},
		"DashboardName":      plain(func(p *monitoring.Props) { p.DashboardName = "chat" }),
		"Emails":             plain(func(p *monitoring.Props) { p.Emails = []string{"oncall@example.com"} }),
		"Actions":            plain(func(p *monitoring.Props) { p.Actions = []string{topicARN} }),
		"DisableAlarms":      plain(func(p *monitoring.Props) { p.DisableAlarms = true }),
		"ServerErrorPercent": plain(func(p *monitoring.Props) { p.ServerErrorPercent = 7 }),
		"ClientErrorPercent": plain(func(p *monitoring.Props) { p.ClientErrorPercent = 70 }),
		"BlockedPercent": func(stack awscdk.Stack) (monitoring.Props, func(*monitoring.Props)) {
			return monitoring.Props{Distribution: distribution(stack, "E1"), WebACL: webacl.New(stack, "Acl", nil)}, func(p *monitoring.Props) { p.BlockedPercent = 60 }
		},
		"MinRequests": plain(func(p *monitoring.Props) { p.MinRequests = 99 }),
	}, func(stack awscdk.Stack, props *monitoring.Props) { monitoring.New(stack, "Monitoring", props) })
}
