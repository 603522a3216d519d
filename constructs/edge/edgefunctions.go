package edge

import (
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// edgeFunctions are the functions that a user attaches to a behaviour.
type edgeFunctions struct {
	associations []*awscloudfront.FunctionAssociation
	lambdas      []*awscloudfront.EdgeLambda
}

func (f edgeFunctions) problems(at string) []error {
	var problems []error
	add := func(format string, args ...any) { problems = append(problems, fmt.Errorf(at+format, args...)) }
	on := map[string]string{}
	take := func(where, event string) {
		if first, taken := on[event]; taken {
			add("%s is on %s, where %s is already; CloudFront runs one function per event and behaviour, so join them into one", where, event, first)
			return
		}
		on[event] = where
	}
	viewerFunction, viewerLambda := "", ""
	for i, a := range f.associations {
		where := fmt.Sprintf("FunctionAssociations[%d]", i)
		switch {
		case a == nil:
			add("%s is nil; drop it", where)
			continue
		case a.Function == nil:
			add("%s.Function is required; name the CloudFront Function to run", where)
		}
		switch a.EventType {
		case awscloudfront.FunctionEventType_VIEWER_REQUEST, awscloudfront.FunctionEventType_VIEWER_RESPONSE:
			take(where, string(a.EventType))
			viewerFunction = where
		default:
			add("%s.EventType must be VIEWER_REQUEST or VIEWER_RESPONSE, got %q", where, a.EventType)
		}
	}
	for i, l := range f.lambdas {
		where := fmt.Sprintf("EdgeLambdas[%d]", i)
		if l == nil {
			add("%s is nil; drop it", where)
			continue
		}
		switch l.EventType {
		case awscloudfront.LambdaEdgeEventType_VIEWER_REQUEST, awscloudfront.LambdaEdgeEventType_VIEWER_RESPONSE:
			viewerLambda = where
			take(where, string(l.EventType))
		case awscloudfront.LambdaEdgeEventType_ORIGIN_REQUEST, awscloudfront.LambdaEdgeEventType_ORIGIN_RESPONSE:
			take(where, string(l.EventType))
		default:
			add("%s.EventType must be VIEWER_REQUEST, VIEWER_RESPONSE, ORIGIN_REQUEST or ORIGIN_RESPONSE, got %q", where, l.EventType)
		}
		if l.IncludeBody != nil && *l.IncludeBody && isResponse(string(l.EventType)) {
			add("%s.IncludeBody goes with request events only, got %s; drop it", where, l.EventType)
		}
		if l.FunctionVersion == nil {
			add("%s.FunctionVersion is required; name a published version of the Lambda function", where)
			continue
		}
		if region := lambdaRegion(l.FunctionVersion); !isToken(region) && region != "us-east-1" {
			add("%s.FunctionVersion must be in us-east-1, the only region Lambda@Edge takes functions from, got one in %s", where, region)
		}
	}
	if viewerFunction != "" && viewerLambda != "" {
		add("%s and %s are both on viewer events; CloudFront does not mix CloudFront Functions and Lambda@Edge there, so move one to an origin event or use one kind", viewerFunction, viewerLambda)
	}
	return problems
}

// lambdaRegion is the region of the function's ARN, where that is known, because
// the CDK takes a version imported by ARN for one of the stack's own region.
func lambdaRegion(version awslambda.IVersion) string {
	if arn := *version.FunctionArn(); !isToken(arn) {
		if parts := strings.Split(arn, ":"); len(parts) > 3 {
			return parts[3]
		}
	}
	return *version.Env().Region
}

// onViewerRequest names the function that is on the viewer-request event.
func (f edgeFunctions) onViewerRequest() (string, bool) {
	for i, a := range f.associations {
		if a.EventType == awscloudfront.FunctionEventType_VIEWER_REQUEST {
			return fmt.Sprintf("FunctionAssociations[%d]", i), true
		}
	}
	for i, l := range f.lambdas {
		if l.EventType == awscloudfront.LambdaEdgeEventType_VIEWER_REQUEST {
			return fmt.Sprintf("EdgeLambdas[%d]", i), true
		}
	}
	return "", false
}

// lambdaOnViewer names a Lambda@Edge function that is on a viewer event.
func (f edgeFunctions) lambdaOnViewer() (string, bool) {
	for i, l := range f.lambdas {
		if strings.HasPrefix(string(l.EventType), "VIEWER_") {
			return fmt.Sprintf("EdgeLambdas[%d]", i), true
		}
	}
	return "", false
}

// beside reports whether CloudFront takes a CloudFront Function of our own on
// the viewer-request event beside f, and if not, why.
func (f edgeFunctions) beside(purpose string) error {
	const way = "do it in your function and attach Options() yourself, or move your function to another event"
	if where, taken := f.onViewerRequest(); taken {
		return fmt.Errorf("%s needs the viewer-request event, where %s is already, and CloudFront runs one function per event; %s", purpose, where, way)
	}
	if where, taken := f.lambdaOnViewer(); taken {
		return errors.New(purpose + " needs a CloudFront Function on the viewer-request event, which CloudFront does not mix with Lambda@Edge on viewer events (" + where + "); " + way)
	}
	return nil
}

// warn points at functions that run on the response to a handshake: AWS does
// not document what they may do to a 101.
func (f edgeFunctions) warn(scope constructs.Construct) {
	var where []string
	for i, a := range f.associations {
		if isResponse(string(a.EventType)) {
			where = append(where, fmt.Sprintf("FunctionAssociations[%d] (%s)", i, a.EventType))
		}
	}
	for i, l := range f.lambdas {
		if isResponse(string(l.EventType)) {
			where = append(where, fmt.Sprintf("EdgeLambdas[%d] (%s)", i, l.EventType))
		}
	}
	if len(where) == 0 {
		return
	}
	awscdk.Annotations_Of(scope).AddWarningV2(
		jsii.String("websocket-distribution:responseFunction"),
		jsii.Sprintf("AWS does not document what a function on the response does to the 101 of a WebSocket handshake; try it before you rely on it: %s", strings.Join(where, ", ")),
	)
}

func isResponse(event string) bool { return strings.HasSuffix(event, "_RESPONSE") }
