// Command importedapi is a CDK app that puts CloudFront in front of WebSocket APIs
// it does not define: one stack per environment, each with an API of another stack
// and region.
package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/constructs/edge"
)

func main() {
	defer jsii.Close()
	app := awscdk.NewApp(nil)
	define(app)
	app.Synth(nil)
}

// define defines both environments.
func define(app awscdk.App) {
	// By attributes: the id and the stage, which the stack of the API has as
	// outputs. The CDK takes what is imported for being in the region of the stack
	// that imports it, so this one is in the API's.
	dev := newStack(app, "Edge-dev", "eu-central-1")
	api := awsapigatewayv2.WebSocketApi_FromWebSocketApiAttributes(dev, jsii.String("Api"), &awsapigatewayv2.WebSocketApiAttributes{
		WebSocketId: jsii.String("dev4567890"),
	})
	newEdge(dev, edge.FromAPI(api, "dev", nil))

	// By URL: all that clients know of it is enough, whichever account and region it
	// is in. A certificate or a web ACL would want this stack to be in us-east-1.
	prod := newStack(app, "Edge-prod", "us-east-1")
	newEdge(prod, edge.FromURL("wss://prod567890.execute-api.eu-west-1.amazonaws.com/prod", nil))
}

func newStack(app awscdk.App, name, region string) awscdk.Stack {
	return awscdk.NewStack(app, &name, &awscdk.StackProps{Env: &awscdk.Environment{Region: &region}})
}

func newEdge(stack awscdk.Stack, origin *edge.Origin) {
	distribution := edge.NewWebSocketDistribution(stack, "Edge", &edge.WebSocketDistributionProps{
		DefaultBehavior: edge.WebSocketBehaviorProps{
			Origin:     origin,
			Forwarding: edge.Forwarding{QueryStrings: edge.AllowList("token")},
		},
	})
	awscdk.NewCfnOutput(stack, jsii.String("WebSocketUrl"), &awscdk.CfnOutputProps{Value: distribution.URL()})
	awscdk.NewCfnOutput(stack, jsii.String("CallbackUrl"), &awscdk.CfnOutputProps{Value: distribution.Behavior().CallbackURL()})
}
