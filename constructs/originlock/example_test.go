package originlock_test

import (
	"context"
	"crypto/subtle"
	"errors"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/websocket-distribution/websocket-distribution/constructs/edge"
	"github.com/websocket-distribution/websocket-distribution/constructs/originlock"
)

var (
	stack awscdk.Stack
	stage awsapigatewayv2.WebSocketStage
)

func ExampleNew() {
	lock := originlock.New(stack, "Lock", &originlock.Props{Stage: stage})
	edge.NewWebSocketDistribution(stack, "Edge", &edge.WebSocketDistributionProps{
		DefaultBehavior: edge.WebSocketBehaviorProps{
			Origin: edge.FromStage(stage, &edge.OriginProps{CustomHeaders: lock.Headers(stack)}),
		},
	})
}

// The second state of a rotation: both keys are accepted, the new one is sent.
func ExampleProps_rotation() {
	originlock.New(stack, "Lock", &originlock.Props{
		Stage:  stage,
		Keys:   []string{"2026-05", "2026-11"},
		Active: "2026-11",
	})
}

// An API that lives elsewhere, whose owner has told where the secret is.
func ExampleReference_Headers() {
	lock := originlock.Reference{SecretName: "chat/edge", Header: "x-origin-verify"}
	edge.NewWebSocketDistribution(stack, "Edge", &edge.WebSocketDistributionProps{
		DefaultBehavior: edge.WebSocketBehaviorProps{
			Origin: edge.FromURL("wss://abc.execute-api.eu-west-1.amazonaws.com/prod", &edge.OriginProps{CustomHeaders: lock.Headers(stack)}),
		},
	})
}

// The authorizer of an API without API keys: type REQUEST on $connect, with the
// identity source route.request.header.x-origin-verify, so that a request without
// the header gets 401 before the function is called. While a rotation is under way
// it accepts two values.
func ExampleReference_authorizer() {
	var accepted []string // from Secrets Manager, read at start and every few minutes

	lambda.Start(func(ctx context.Context, request events.APIGatewayWebsocketProxyRequest) (events.APIGatewayCustomAuthorizerResponse, error) {
		for name, value := range request.Headers {
			if !strings.EqualFold(name, "x-origin-verify") {
				continue
			}
			for _, want := range accepted {
				if subtle.ConstantTimeCompare([]byte(value), []byte(want)) == 1 {
					return events.APIGatewayCustomAuthorizerResponse{
						PrincipalID: "cloudfront",
						PolicyDocument: events.APIGatewayCustomAuthorizerPolicy{
							Version: "2012-10-17",
							Statement: []events.IAMPolicyStatement{{
								Action: []string{"execute-api:Invoke"}, Effect: "Allow",
								Resource: []string{"arn:aws:execute-api:*:*:" + request.RequestContext.APIID + "/" + request.RequestContext.Stage + "/$connect"},
							}},
						},
					}, nil
				}
			}
		}
		return events.APIGatewayCustomAuthorizerResponse{}, errors.New("Unauthorized") // API Gateway makes it 401
	})
}
