package edge_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/constructs/edge"
	"github.com/websocket-distribution/websocket-distribution/internal/cdktest"
)

func onFunction(stack awscdk.Stack, event awscloudfront.FunctionEventType) *awscloudfront.FunctionAssociation {
	return &awscloudfront.FunctionAssociation{
		EventType: event,
		Function: awscloudfront.Function_FromFunctionAttributes(stack, jsii.String("Function"+string(event)), &awscloudfront.FunctionAttributes{
			FunctionName: jsii.String("f"), FunctionArn: jsii.String("arn:aws:cloudfront::111122223333:function/f"),
		}),
	}
}

func onLambda(stack awscdk.Stack, event awscloudfront.LambdaEdgeEventType) *awscloudfront.EdgeLambda {
	return &awscloudfront.EdgeLambda{
		EventType: event,
		FunctionVersion: awslambda.Version_FromVersionArn(stack, jsii.String("Lambda"+string(event)),
			jsii.String("arn:aws:lambda:us-east-1:111122223333:function:f:1")),
	}
}

const (
	functionRequest  = awscloudfront.FunctionEventType_VIEWER_REQUEST
	functionResponse = awscloudfront.FunctionEventType_VIEWER_RESPONSE
	viewerRequest    = awscloudfront.LambdaEdgeEventType_VIEWER_REQUEST
	viewerResponse   = awscloudfront.LambdaEdgeEventType_VIEWER_RESPONSE
	originRequest    = awscloudfront.LambdaEdgeEventType_ORIGIN_REQUEST
	originResponse   = awscloudfront.LambdaEdgeEventType_ORIGIN_RESPONSE
)

func TestEdgeFunctions(t *testing.T) {
	type functions = []*awscloudfront.FunctionAssociation
	type lambdas = []*awscloudfront.EdgeLambda
	for name, tt := range map[string]struct {
		props func(awscdk.Stack) (functions, lambdas)
		// refused is part of the error, warned part of the warning.
		refused, warned string
	}{
		"a CloudFront Function on the request": {func(s awscdk.Stack) (functions, lambdas) {
			return functions{onFunction(s, functionRequest)}, nil
		}, "", ""},
		"Lambda@Edge on both requests": {func(s awscdk.Stack) (functions, lambdas) {
			return nil, lambdas{onLambda(s, viewerRequest), onLambda(s, originRequest)}
		}, "", ""},
		"a CloudFront Function and Lambda@Edge on an origin event": {func(s awscdk.Stack) (functions, lambdas) {
			return functions{onFunction(s, functionRequest)}, lambdas{onLambda(s, originRequest)}
		}, "", ""},
		"a CloudFront Function on the response": {func(s awscdk.Stack) (functions, lambdas) {
			return functions{onFunction(s, functionResponse)}, nil
		}, "", "try it before you rely on it: FunctionAssociations[0] (VIEWER_RESPONSE)"},
		"Lambda@Edge on the responses": {func(s awscdk.Stack) (functions, lambdas) {
			return nil, lambdas{onLambda(s, viewerResponse), onLambda(s, originResponse)}
		}, "", "EdgeLambdas[0] (VIEWER_RESPONSE), EdgeLambdas[1] (ORIGIN_RESPONSE)"},
		"two on one event": {func(s awscdk.Stack) (functions, lambdas) {
			f := onFunction(s, functionRequest)
			return functions{f, f}, nil
		}, "FunctionAssociations[1]: is on VIEWER_REQUEST, where FunctionAssociations[0] is already", ""},
		"both kinds on viewer events": {func(s awscdk.Stack) (functions, lambdas) {
			return functions{onFunction(s, functionRequest)}, lambdas{onLambda(s, viewerResponse)}
		}, "FunctionAssociations[0]: is on a viewer event, as EdgeLambdas[0] is", ""},
		"a body on a response": {func(s awscdk.Stack) (functions, lambdas) {
			l := onLambda(s, originResponse)
			l.IncludeBody = jsii.Bool(true)
			return nil, lambdas{l}
		}, "EdgeLambdas[0].IncludeBody: goes with request events only", ""},
		"a Lambda function outside us-east-1": {func(s awscdk.Stack) (functions, lambdas) {
			l := onLambda(s, originRequest)
			l.FunctionVersion = awslambda.Version_FromVersionArn(s, jsii.String("Elsewhere"), jsii.String("arn:aws:lambda:eu-west-1:111122223333:function:f:1"))
			return nil, lambdas{l}
		}, "EdgeLambdas[0].FunctionVersion: must be in us-east-1, the only region Lambda@Edge takes functions from, got one in eu-west-1", ""},
		"no event type": {func(s awscdk.Stack) (functions, lambdas) {
			f := onFunction(s, functionRequest)
			f.EventType = ""
			return functions{f}, lambdas{{}}
		}, `FunctionAssociations[0].EventType: must be VIEWER_REQUEST or VIEWER_RESPONSE, got ""`, ""},
		"nothing to run": {func(s awscdk.Stack) (functions, lambdas) {
			return functions{{EventType: functionRequest}}, lambdas{{EventType: originRequest}, nil}
		}, "FunctionAssociations[0].Function: is required", ""},
	} {
		t.Run(name, func(t *testing.T) {
			stack := cdktest.NewStack(t)
			props := edge.WebSocketDistributionProps{DefaultBehavior: byURL()}
			props.DefaultBehavior.FunctionAssociations, props.DefaultBehavior.EdgeLambdas = tt.props(stack)
			if tt.refused != "" {
				cdktest.Panics(t, func() { edge.NewWebSocketDistribution(stack, "Edge", &props) }, "DefaultBehavior."+tt.refused)
				return
			}
			behavior := distributionOf(t, stack, props)["DefaultCacheBehavior"].(map[string]any)
			functions, _ := behavior["FunctionAssociations"].([]any)
			lambdas, _ := behavior["LambdaFunctionAssociations"].([]any)
			if len(functions) != len(props.DefaultBehavior.FunctionAssociations) || len(lambdas) != len(props.DefaultBehavior.EdgeLambdas) {
				t.Errorf("want all functions in the template, got %v and %v", functions, lambdas)
			}
			got := strings.Join(cdktest.Warnings(t, stack), "\n")
			if tt.warned == "" && got != "" || !strings.Contains(got, tt.warned) {
				t.Errorf("want the warning %q, got %q", tt.warned, got)
			}
		})
	}
}

// The path of an attached behaviour needs the viewer-request event.
func TestAFunctionOfOnesOwnOnAnAttachedBehavior(t *testing.T) {
	for name, tt := range map[string]struct {
		props   func(awscdk.Stack, *edge.WebSocketBehaviorProps)
		refused string
	}{
		"on the viewer request": {func(s awscdk.Stack, p *edge.WebSocketBehaviorProps) {
			p.FunctionAssociations = []*awscloudfront.FunctionAssociation{onFunction(s, functionRequest)}
		}, `taking "/ws" off the path needs the viewer-request event, where FunctionAssociations[0] is already`},
		"Lambda@Edge on the viewer request": {func(s awscdk.Stack, p *edge.WebSocketBehaviorProps) {
			p.EdgeLambdas = []*awscloudfront.EdgeLambda{onLambda(s, viewerRequest)}
		}, "where EdgeLambdas[0] is already"},
		"Lambda@Edge on the viewer response": {func(s awscdk.Stack, p *edge.WebSocketBehaviorProps) {
			p.EdgeLambdas = []*awscloudfront.EdgeLambda{onLambda(s, viewerResponse)}
		}, "does not mix with Lambda@Edge on viewer events (EdgeLambdas[0])"},
		"on the viewer response": {func(s awscdk.Stack, p *edge.WebSocketBehaviorProps) {
			p.FunctionAssociations = []*awscloudfront.FunctionAssociation{onFunction(s, functionResponse)}
		}, ""},
		"Lambda@Edge on the origin request": {func(s awscdk.Stack, p *edge.WebSocketBehaviorProps) {
			p.EdgeLambdas = []*awscloudfront.EdgeLambda{onLambda(s, originRequest)}
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			stack := cdktest.NewStack(t)
			props, d := byURL(), site(stack)
			tt.props(stack, &props)
			b := edge.NewWebSocketBehavior(stack, "Socket", &props)
			if tt.refused != "" {
				cdktest.Panics(t, func() { b.AddTo(d, "/ws") }, tt.refused)
				return
			}
			b.AddTo(d, "/ws")
			if got := fmt.Sprint(config(cdktest.Synth(t, stack))["CacheBehaviors"]); strings.Count(got, "EventType:") != 4 {
				t.Errorf("want both functions under both patterns, got %s", got)
			}
		})
	}
}

// One function runs on an event, and these need the viewer request.
func TestAFunctionOfOnesOwnBesideTheBehaviorsFeatures(t *testing.T) {
	for want, change := range map[string]func(*edge.WebSocketBehaviorProps){
		"DefaultBehavior: PathParameter needs the viewer-request event, where FunctionAssociations[0] is already, and CloudFront runs one function per event":    func(p *edge.WebSocketBehaviorProps) { p.PathParameter = "path" },
		"DefaultBehavior: RequireHandshake needs the viewer-request event, where FunctionAssociations[0] is already, and CloudFront runs one function per event": func(p *edge.WebSocketBehaviorProps) { p.RequireHandshake = true },
		"DefaultBehavior: PathParameter and AllowedWebOrigins needs the viewer-request event, where FunctionAssociations[0] is already, and CloudFront runs one function per event": func(p *edge.WebSocketBehaviorProps) {
			p.PathParameter, p.AllowedWebOrigins = "path", []string{"https://app.example.com"}
		},
	} {
		stack := cdktest.NewStack(t)
		props := edge.WebSocketDistributionProps{DefaultBehavior: byURL()}
		props.DefaultBehavior.FunctionAssociations = []*awscloudfront.FunctionAssociation{onFunction(stack, functionRequest)}
		change(&props.DefaultBehavior)
		if err := props.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	stack := cdktest.NewStack(t)
	props := edge.WebSocketDistributionProps{DefaultBehavior: byURL()}
	further := byURL()
	further.EdgeLambdas = []*awscloudfront.EdgeLambda{onLambda(stack, viewerRequest)}
	props.AdditionalBehaviors = map[string]edge.WebSocketBehaviorProps{"/chat": further}
	want := `AdditionalBehaviors["/chat"]: taking "/chat" off the path needs the viewer-request event, where EdgeLambdas[0] is already`
	if err := props.Validate(); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("want %q, got %v", want, err)
	}
}
