// Command newapi is a CDK app with a WebSocket API of its own: a Go Lambda
// function on $connect and $default, and CloudFront in front.
package main

import (
	"fmt"
	"os"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2integrations"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/constructs/edge"
	"github.com/websocket-distribution/websocket-distribution/constructs/originlock"
)

//go:generate go run ./pack

// handler is the folder that go generate builds the Lambda function into, and
// that the CLI asks for by "build" in cdk.json.
const handler = "dist/handler"

func main() {
	if _, err := os.Stat(handler + "/bootstrap"); err != nil {
		fmt.Fprintf(os.Stderr, "%v; build the Lambda function first: go generate .\n", err)
		os.Exit(1)
	}
	defer jsii.Close()
	app := awscdk.NewApp(nil)
	newChat(app, "Chat", handler)
	app.Synth(nil)
}

// newChat is the stack: the API with the function in the folder code, and the
// distribution.
func newChat(app awscdk.App, name, code string) awscdk.Stack {
	stack := awscdk.NewStack(app, &name, &awscdk.StackProps{
		Env: &awscdk.Environment{Region: jsii.String("us-east-1")},
	})
	function := awslambda.NewFunction(stack, jsii.String("Handler"), &awslambda.FunctionProps{
		Runtime:      awslambda.Runtime_PROVIDED_AL2023(),
		Architecture: awslambda.Architecture_ARM_64(),
		Handler:      jsii.String("bootstrap"),
		Code:         awslambda.Code_FromAsset(&code, nil),
	})
	integration := func(id string) awsapigatewayv2.WebSocketRouteIntegration {
		return awsapigatewayv2integrations.NewWebSocketLambdaIntegration(&id, function, nil)
	}
	api := awsapigatewayv2.NewWebSocketApi(stack, jsii.String("Api"), &awsapigatewayv2.WebSocketApiProps{
		ConnectRouteOptions: &awsapigatewayv2.WebSocketRouteOptions{Integration: integration("ConnectIntegration")},
		DefaultRouteOptions: &awsapigatewayv2.WebSocketRouteOptions{
			Integration:    integration("DefaultIntegration"),
			ReturnResponse: jsii.Bool(true),
		},
	})
	stage := awsapigatewayv2.NewWebSocketStage(stack, jsii.String("Stage"), &awsapigatewayv2.WebSocketStageProps{
		WebSocketApi: api,
		StageName:    jsii.String("live"),
		AutoDeploy:   jsii.Bool(true),
	})

	// Without the lock, clients could go around CloudFront, and write the header that
	// the function relies on themselves.
	lock := originlock.New(stack, "Lock", &originlock.Props{Stage: stage})
	distribution := edge.NewWebSocketDistribution(stack, "Edge", &edge.WebSocketDistributionProps{
		DefaultBehavior: edge.WebSocketBehaviorProps{
			Origin:        edge.FromStage(stage, &edge.OriginProps{CustomHeaders: lock.Headers(stack)}),
			Forwarding:    edge.Forwarding{Headers: []string{"CloudFront-Viewer-Address"}},
			PathParameter: "path",
		},
	})
	awscdk.NewCfnOutput(stack, jsii.String("WebSocketUrl"), &awscdk.CfnOutputProps{Value: distribution.URL()})
	return stack
}
