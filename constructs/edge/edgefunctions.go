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

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/token"
)

// edgeFunctions are the functions that a user attaches to a behaviour.
type edgeFunctions struct {
	associations []*awscloudfront.FunctionAssociation
	lambdas      []*awscloudfront.EdgeLambda
}

func (f edgeFunctions) problems() (p rules.Problems) {
	on := map[string]rules.Field{}
	take := func(where rules.Field, event string) {
		if first, taken := on[event]; taken {
			p.Addf(where, "is on %s, where %s is already; join them into one, CloudFront runs one function per event and behavior", event, first)
			return
		}
		on[event] = where
	}
	var viewerFunction, viewerLambda rules.Field
	for i, a := range f.associations {
		where := rules.Field("FunctionAssociations").At(i)
		switch {
		case a == nil:
			p.Addf(where, "is nil; drop it")
			continue
		case a.Function == nil:
			p.Addf(where+".Function", "is required; name the CloudFront Function to run")
		}
		switch a.EventType {
		case awscloudfront.FunctionEventType_VIEWER_REQUEST, awscloudfront.FunctionEventType_VIEWER_RESPONSE:
			take(where, string(a.EventType))
			viewerFunction = where
		default:
			p.Addf(where+".EventType", "must be VIEWER_REQUEST or VIEWER_RESPONSE, got %q", a.EventType)
		}
	}
	for i, l := range f.lambdas {
		where := rules.Field("EdgeLambdas").At(i)
		if l == nil {
			p.Addf(where, "is nil; drop it")
			continue
		}
		switch l.EventType {
		case awscloudfront.LambdaEdgeEventType_VIEWER_REQUEST, awscloudfront.LambdaEdgeEventType_VIEWER_RESPONSE:
			viewerLambda = where
			take(where, string(l.EventType))
		case awscloudfront.LambdaEdgeEventType_ORIGIN_REQUEST, awscloudfront.LambdaEdgeEventType_ORIGIN_RESPONSE:
			take(where, string(l.EventType))
		default:
			p.Addf(where+".EventType", "must be VIEWER_REQUEST, VIEWER_RESPONSE, ORIGIN_REQUEST or ORIGIN_RESPONSE, got %q", l.EventType)
		}
		if l.IncludeBody != nil && *l.IncludeBody && isResponse(string(l.EventType)) {
			p.Addf(where+".IncludeBody", "goes with request events only, got %s; drop it", l.EventType)
		}
		if l.FunctionVersion == nil {
			p.Addf(where+".FunctionVersion", "is required; name a published version of the Lambda function")
			continue
		}
		if region := lambdaRegion(l.FunctionVersion); !token.Is(region) && region != "us-east-1" {
			p.Addf(where+".FunctionVersion", "must be in us-east-1, the only region Lambda@Edge takes functions from, got one in %s; define it there", region)
		}
	}
	if viewerFunction != "" && viewerLambda != "" {
		p.Addf(viewerFunction, "is on a viewer event, as %s is, and CloudFront does not mix CloudFront Functions and Lambda@Edge there; move one to an origin event or use one kind", viewerLambda)
	}
	return p
}

// lambdaRegion is the region of the function's ARN, where that is known, because
// the CDK takes a version imported by ARN for one of the stack's own region.
func lambdaRegion(version awslambda.IVersion) string {
	if arn := *version.FunctionArn(); !token.Is(arn) {
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
	const way = "do it in your function and leave that prop out, or move your function to another event"
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
