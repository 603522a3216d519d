package webacl_test

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/websocket-distribution/websocket-distribution/constructs/edge"
	"github.com/websocket-distribution/websocket-distribution/constructs/webacl"
)

var stack awscdk.Stack

func ExampleNew() {
	acl := webacl.New(stack, "WebAcl", &webacl.Props{CountOnly: true})
	edge.NewWebSocketDistribution(stack, "Edge", &edge.WebSocketDistributionProps{
		DefaultBehavior: edge.WebSocketBehaviorProps{
			Origin: edge.FromURL("wss://abc.execute-api.eu-west-1.amazonaws.com/prod", nil),
		},
		WebACL: acl.ARN(),
	})
}
